//! Documented Rust functions, each changed in its code, and their documentation updated.
//!
//! ```text
//! cargo bench --bench update_rust -- PATH…            # a table
//! cargo bench --bench update_rust -- --drift PATH…    # what is out of date as it is
//! ```
//!
//! Every documented function of the files is changed in each way that applies to it, by
//! itself and by text alone. Each change must be noticed where the documentation is
//! affected, and after the update nothing may be left to mend, no line of documentation
//! may have changed that is not about the change, and the edit guard must have agreed.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own that has to stop"
)]

#[path = "../tests/mutation_rust/mod.rs"]
mod mutation_rust;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use docstring_ls::docstring::{Drift, Language, Symbol};
use docstring_ls::generate::{self, Failure, Options, Profile};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::Offline;
use docstring_ls::style;
use docstring_ls::syntax::Source;
use futures_util::FutureExt;
use mutation_rust as mutate;

fn main() {
    let mut folders = Vec::new();
    let mut shows_drift = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--drift" => shows_drift = true,
            "--bench" => {}
            path => folders.push(PathBuf::from(path)),
        }
    }
    if folders.is_empty() {
        folders.push(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src")));
    }
    let files = files(folders);
    if shows_drift {
        drift_as_it_is(&files);
        return;
    }
    let mut tally = BTreeMap::new();
    for profile in [Profile::Common, Profile::Clippy] {
        for (name, text) in &files {
            run(name, text, profile, &mut tally);
        }
    }
    report(&tally);
}

fn options(profile: Profile) -> Options {
    let mut options = Options::new(style::by_id("rustdoc").unwrap());
    options.rules.profile = profile;
    options
}

fn files(mut folders: Vec<PathBuf>) -> Vec<(String, Arc<str>)> {
    let mut files = Vec::new();
    while let Some(path) = folders.pop() {
        if path.is_dir() {
            folders.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && let Ok(text) = fs::read_to_string(&path)
        {
            files.push((path.display().to_string(), text.into()));
        }
    }
    files.sort();
    files
}

fn documented(source: &Source) -> Vec<Symbol> {
    source.symbols(|outline| outline.documented && !outline.flags.is_test)
}

/// Prints what is out of date in the files as they are.
fn drift_as_it_is(files: &[(String, Arc<str>)]) {
    for profile in [Profile::Common, Profile::Clippy] {
        let options = options(profile);
        let (mut symbols, mut callables, mut drifted) = (0, 0, 0);
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for (name, text) in files {
            let source = Source::parse(Language::Rust, name, Arc::clone(text)).unwrap();
            for symbol in documented(&source) {
                symbols += 1;
                callables += usize::from(symbol.kind.is_callable());
                let drift = generate::drift(&source, &symbol, &options);
                drifted += usize::from(!drift.is_empty());
                for drift in drift {
                    println!("{profile:?} {name}:{}: {} {drift}", symbol.line, symbol.path);
                    *kinds.entry(label(&drift)).or_default() += 1;
                }
            }
        }
        println!(
            "{profile:?}: {symbols} documented items, {callables} functions, {drifted} out of date: {kinds:?}"
        );
    }
}

fn label(drift: &Drift) -> String {
    let word = match drift {
        Drift::Missing { .. } => "missing",
        Drift::Extra { .. } => "extra",
        Drift::Renamed { .. } => "renamed",
        Drift::Reordered { .. } => "reordered",
        Drift::Retyped { .. } => "retyped",
    };
    format!("{word} {:?}", drift.kind())
}

/// What came of one kind of change.
#[derive(Default)]
struct Counts {
    made: usize,
    noticed: usize,
    mended: usize,
    unclear: BTreeMap<String, usize>,
    failures: Vec<String>,
    elapsed: Vec<Duration>,
}

type Tally = BTreeMap<(&'static str, &'static str), Counts>;

fn run(name: &str, text: &Arc<str>, profile: Profile, tally: &mut Tally) {
    let options = options(profile);
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let source = Source::parse(Language::Rust, name, Arc::clone(text)).unwrap();
    let profile = if profile == Profile::Clippy { "clippy" } else { "common" };
    for found in documented(&source) {
        let Some((alone, symbol)) = mutate::alone(&source, &found) else { continue };
        let mut mutations = mutate::mutations(alone.text(), &symbol);
        if profile == "common" {
            match mutate::with_arguments(&alone, &symbol) {
                Some((with, symbol)) => mutations.extend(mutate::arguments(with.text(), &symbol)),
                None => mutations.extend(mutate::arguments(alone.text(), &symbol)),
            }
        }
        let before = generate::drift(&alone, &symbol, &options);
        for mutation in mutations {
            let counts = tally.entry((profile, mutation.name)).or_default();
            counts.made += 1;
            let source = mutate::parse(&mutation.text);
            let Some(symbol) = source.symbol(&symbol.path) else { continue };
            let drift = generate::drift(&source, &symbol, &options);
            if drift.is_empty() || drift == before {
                continue;
            }
            counts.noticed += 1;
            let started = Instant::now();
            let updated =
                generate::update(&source, symbol.clone(), &options, &orchestrator).now_or_never();
            counts.elapsed.push(started.elapsed());
            let place = format!("{name}:{} {} ({})", found.line, symbol.path, mutation.name);
            let updated = match updated.unwrap() {
                Ok(updated) => updated,
                Err(Failure::Unclear(reason)) => {
                    *counts.unclear.entry(reason).or_default() += 1;
                    continue;
                }
                Err(failure) => {
                    counts.failures.push(format!("{place}: {failure}"));
                    continue;
                }
            };
            match mutate::fault(&source, &symbol, &updated, &options) {
                None => counts.mended += 1,
                Some(fault) => counts.failures.push(format!("{place}: {fault}")),
            }
        }
    }
}

fn report(tally: &Tally) {
    println!(
        "profile | change | made | affects the documentation | mended | refused | failed | µs"
    );
    for ((profile, name), counts) in tally {
        let mut elapsed = counts.elapsed.clone();
        elapsed.sort();
        let median = elapsed.get(elapsed.len() / 2).map_or(0, Duration::as_micros);
        let refused: usize = counts.unclear.values().sum();
        println!(
            "{profile} | {name} | {} | {} | {} | {refused} | {} | {median}",
            counts.made,
            counts.noticed,
            counts.mended,
            counts.failures.len(),
        );
        for (reason, count) in &counts.unclear {
            println!("    refused {count}: {reason}");
        }
        for failure in counts.failures.iter().take(5) {
            println!("    failed: {failure}");
        }
    }
}
