//! What becomes of real docstrings that are converted round and round.
//!
//! Each docstring with sections below a folder is brought to Google's style (one that is in
//! that style gets the stars of its signature) and from there to NumPy's, Sphinx' and back. What comes back must say what
//! was there: the same model, read by the style's own parser. What is refused is counted
//! with its reason, what differs is shown.
//!
//! ```text
//! cargo bench --bench convert -- path/to/sources
//! ```

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot run has to stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use docstring_ls::docstring::{
    Docstring, Language, Param, Section, SectionBody, Symbol, SymbolKind, SymbolPath,
};
use docstring_ls::generate::{self, Failure, Options};
use docstring_ls::style::{self, Layout, Obstacle, Style};
use docstring_ls::syntax::Source;

/// The way there and back.
const WAY: [&str; 3] = ["numpy", "sphinx", "google"];

#[derive(Default)]
struct Tally {
    docstrings: usize,
    /// Written in each style.
    styles: BTreeMap<&'static str, usize>,
    /// Conversions in the file itself: by source and target, done and refused.
    conversions: BTreeMap<(&'static str, &'static str), (usize, usize)>,
    /// Went all the way.
    round: usize,
    same: usize,
    reasons: BTreeMap<String, usize>,
    different: Vec<String>,
}

fn main() {
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let folder = folder.map_or_else(|| PathBuf::from("."), PathBuf::from);
    let mut tally = Tally::default();
    let mut files = Vec::new();
    python_files(&folder, &mut files);
    files.sort();
    for path in &files {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let name = path.to_string_lossy();
        let Ok(source) = Source::parse(Language::Python, &name, text.into()) else { continue };
        for symbol in source.symbols(|outline| outline.documented) {
            one(&source, &symbol, &mut tally);
        }
    }
    report(files.len(), &tally);
}

fn python_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            python_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "py") {
            out.push(path);
        }
    }
}

fn by_id(id: &str) -> &'static dyn Style {
    style::by_id(id).unwrap()
}

fn one(source: &Source, symbol: &Symbol, tally: &mut Tally) {
    tally.docstrings += 1;
    let Some(existing) = &symbol.existing else { return };
    let place = format!("{}:{} {}", source.name(), symbol.line, symbol.path);
    let from = match style::written_in(&existing.text) {
        Ok(Some(from)) => from,
        Ok(None) => return,
        Err(obstacle) => return tally.refuse("", "", &obstacle, &place),
    };
    *tally.styles.entry(from.id()).or_default() += 1;
    for to in ["google", "numpy", "sphinx", "epytext"] {
        if to == from.id() {
            continue;
        }
        let (done, refused) = tally.conversions.entry((from.id(), to)).or_default();
        match generate::convert(source, symbol, &Options::new(by_id(to))) {
            Ok(_) => *done += 1,
            Err(Failure::Unclear(_)) => *refused += 1,
            Err(failure) => {
                *refused += 1;
                tally.different.push(format!("{place}: to {to}: {failure}"));
            }
        }
    }
    let init = SymbolPath(format!("{}.__init__", symbol.path.0));
    let called = match symbol.kind {
        SymbolKind::Class => source.symbol(&init),
        _ => Some(symbol.clone()),
    };
    let params = called.map(|symbol| symbol.signature.params).unwrap_or_default();
    let names: Vec<String> = params.iter().map(Param::starred).collect();
    let step = |text: &str, from: &'static dyn Style, to: &'static dyn Style| {
        style::transcribe(text, from, to, &names, Layout { width: 84 })
    };
    let google = by_id("google");
    let first = match step(&existing.text, from, google) {
        Ok(text) => text,
        Err(obstacle) => return tally.refuse(from.id(), "google", &obstacle, &place),
    };
    let (mut text, mut at) = (first.clone(), google);
    for to in WAY.map(by_id) {
        text = match step(&text, at, to) {
            Ok(text) => text,
            Err(obstacle) => return tally.refuse(at.id(), to.id(), &obstacle, &place),
        };
        at = to;
    }
    tally.round += 1;
    if model(&first) == model(&text) {
        tally.same += 1;
    } else {
        tally.different.push(format!("{place}\n--- before\n{first}\n--- after\n{text}\n"));
    }
}

/// What a text says in Google's style, whatever the order of its sections; several of one
/// kind are one.
fn model(text: &str) -> Docstring {
    let mut docstring = by_id("google").parse(text);
    docstring.sections.sort_by(|one, other| one.kind.cmp(&other.kind));
    let mut sections: Vec<Section> = Vec::new();
    for section in docstring.sections {
        match (sections.last_mut(), &section.body) {
            (Some(Section { kind, body: SectionBody::Text(above) }), SectionBody::Text(text))
                if *kind == section.kind =>
            {
                above.push_str("\n\n");
                above.push_str(text);
            }
            _ => sections.push(section),
        }
    }
    Docstring { sections, ..docstring }
}

impl Tally {
    fn refuse(&mut self, from: &str, to: &str, obstacle: &Obstacle, place: &str) {
        let reason = obstacle.reason.split('`').step_by(2).collect::<Vec<_>>().join("…");
        *self.reasons.entry(format!("{from} to {to}: {reason}")).or_default() += 1;
        if std::env::args().any(|argument| argument == "--verbose") {
            println!("{place}: {from} to {to}: line {}: {}", obstacle.line + 1, obstacle.reason);
        }
    }
}

fn report(files: usize, tally: &Tally) {
    println!("{files} files, {} docstrings, with sections: {:?}", tally.docstrings, tally.styles);
    for ((from, to), (done, refused)) in &tally.conversions {
        println!("{from} to {to}: {done} converted, {refused} refused");
    }
    println!("round trips: {}, the same afterwards: {}", tally.round, tally.same);
    let mut reasons: Vec<_> = tally.reasons.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (reason, count) in reasons {
        println!("{count:6}  {reason}");
    }
    for different in &tally.different {
        println!("{different}");
    }
}
