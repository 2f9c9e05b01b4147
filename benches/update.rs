//! Changes the signatures of documented functions in a folder of real code, brings their
//! docstrings up to date without a provider, and counts how many agree again and how many
//! are otherwise untouched.
//!
//! ```text
//! cargo bench --bench update -- FOLDER            # mutations
//! cargo bench --bench update -- FOLDER drift      # what is out of date as it is
//! ```

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has to stop")]
#![allow(clippy::print_stdout, reason = "it prints what it found")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use docstring_ls::docstring::{Drift, Language};
use docstring_ls::generate;
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::Offline;
use docstring_ls::syntax::Source;

#[path = "../tests/mutation/mod.rs"]
mod mutation;

use mutation::{Dice, MUTATIONS, Verdict, agrees, judge, mutate, options};

fn files(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(path),
                Ok(kind) if kind.is_file() && path.extension().is_some_and(|e| e == "py") => {
                    files.push(path);
                }
                _ => {}
            }
        }
    }
    files.sort();
    files
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(folder) = arguments.first() else {
        println!("name a folder of Python files");
        return;
    };
    let paths = files(Path::new(folder));
    if arguments.get(1).is_some_and(|mode| mode == "drift") {
        report(&paths);
    } else {
        measure(&paths, arguments.get(1).map(Path::new));
    }
}

/// What is out of date as it is.
fn report(paths: &[PathBuf]) {
    let options = options();
    let (mut symbols, mut stale) = (0usize, 0usize);
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for path in paths {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let name = path.display().to_string();
        let Ok(source) = Source::parse(Language::Python, &name, text.into()) else { continue };
        for symbol in source.symbols(|outline| outline.documented) {
            symbols += 1;
            let drift = generate::drift(&source, &symbol, &options);
            if drift.is_empty() {
                continue;
            }
            stale += 1;
            println!("{name}:{} {}", symbol.line, symbol.path);
            for one in drift {
                println!("    {one}");
                let kind = match one {
                    Drift::Missing { .. } => "missing",
                    Drift::Extra { .. } => "extra",
                    Drift::Renamed { .. } => "renamed",
                    Drift::Reordered { .. } => "reordered",
                    Drift::Retyped { .. } => "retyped",
                };
                *kinds.entry(kind).or_default() += 1;
            }
        }
    }
    println!("{stale} of {symbols} documented symbols are out of date: {kinds:?}");
}

fn measure(paths: &[PathBuf], dump: Option<&Path>) {
    let options = options();
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut functions = 0usize;
    let began = Instant::now();
    let mut rows = String::new();
    for path in paths {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let name = path.display().to_string();
        let Ok(source) = Source::parse(Language::Python, &name, text.as_str().into()) else {
            continue;
        };
        for symbol in source.symbols(|outline| outline.documented && outline.kind.is_callable()) {
            if !agrees(&source, &symbol, &options) {
                continue;
            }
            let mut is_counted = false;
            for mutation in MUTATIONS {
                let mut dice = Dice::of(&format!("{name} {} {mutation:?}", symbol.path));
                let Some(mutated) = mutate(&text, &symbol, mutation, &mut dice) else { continue };
                let Some(verdict) = judge(&mutated, &options, &orchestrator) else { continue };
                is_counted = true;
                let outcome = match &verdict {
                    Verdict::Good(after) => {
                        if dump.is_some() {
                            let row = serde_json::json!({
                                "file": name, "symbol": symbol.path.0,
                                "mutation": format!("{mutation:?}"), "name": mutated.name,
                                "original": text, "before": mutated.text, "after": after,
                            });
                            rows.push_str(&row.to_string());
                            rows.push('\n');
                        }
                        "good"
                    }
                    Verdict::Refused(_) => "refused",
                    Verdict::Disagrees(_) => "disagrees",
                    Verdict::Touched(_) => "touched",
                    Verdict::Restless(_) => "restless",
                };
                if outcome != "good" {
                    println!("{name}:{} {} {mutation:?}: {verdict:?}", symbol.line, symbol.path);
                }
                *counts.entry((format!("{mutation:?}"), outcome)).or_default() += 1;
            }
            functions += usize::from(is_counted);
        }
    }
    if let Some(dump) = dump {
        fs::write(dump, rows).unwrap();
    }
    let total: usize = counts.values().sum();
    let good: usize = counts.iter().filter(|((_, o), _)| *o == "good").map(|(_, n)| n).sum();
    for ((mutation, outcome), count) in &counts {
        println!("{mutation:8} {outcome:10} {count}");
    }
    println!(
        "{good} of {total} mutations of {functions} functions are good, in {:.1} s",
        began.elapsed().as_secs_f64()
    );
}
