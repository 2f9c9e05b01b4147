//! Each documented function of a sample, its signature changed in each way: the
//! documentation is mended where it is affected, and nothing else is touched.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops there")]

#[path = "mutation_rust/mod.rs"]
mod mutation_rust;

use std::collections::BTreeMap;
use std::sync::Arc;

use docstring_ls::docstring::Language;
use docstring_ls::generate::{self, Options, Profile};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::Offline;
use docstring_ls::style;
use docstring_ls::syntax::Source;
use futures_util::FutureExt;

fn options() -> Options {
    Options { line_length: 80, ..Options::new(style::by_id("rustdoc").unwrap()) }
}

fn clippy() -> Options {
    let mut options = options();
    options.rules.profile = Profile::Clippy;
    options
}

fn parse(text: &str) -> Source {
    Source::parse(Language::Rust, "/demo/src/net.rs", text.into()).unwrap()
}

/// Functions as people document them.
const SAMPLE: &str = r#"
/// Opens the file at `path`.
///
/// # Errors
///
/// Returns an error if the file does not exist.
///
/// # Examples
///
/// ```no_run
/// # fn main() {
/// let file = open("a", 1);
/// # }
/// ```
pub fn open(path: &str, mode: u8) -> Result<File, Error> {
    File::open(path)
}

impl<T> List<T> {
    /// Removes the item at `index`.
    ///
    /// Keeps the order of the others,
    /// see [`List`].
    ///
    /// # Panics
    ///
    /// Panics if `index` is out of bounds.
    ///
    /// [`List`]: crate::List
    #[inline]
    pub fn remove(&mut self, index: usize, keep: bool) -> T {
        assert!(index < self.len());
        self.take(index)
    }

    /// Returns the item at `index` without a check.
    ///
    /// # Safety
    ///
    /// - `index` must be in bounds
    ///
    /// # Notes
    ///
    /// - `index` is not checked
    pub unsafe fn get_unchecked(&self, index: usize) -> &T {
        self.items.get_unchecked(index)
    }

    /// The number of items.
    pub fn len(&self) -> usize {
        self.items.len()
    }
}

/// Copies.
///
/// # Parameters
///
/// - `from`: Where it is.
/// - `to`: Where it goes,
///   after all.
/// - `count`: How many.
///
/// # Returns
///
/// The rest.
pub fn copy(from: &[u8], to: &mut [u8], count: usize) -> usize {
    count
}
"#;

#[test]
fn every_change_is_mended() {
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let source = parse(SAMPLE);
    let mut mended: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for options in [options(), clippy()] {
        for found in source.symbols(|outline| outline.documented) {
            let Some((alone, symbol)) = mutation_rust::alone(&source, &found) else { continue };
            let mut mutations = mutation_rust::mutations(alone.text(), &symbol);
            let with = mutation_rust::with_arguments(&alone, &symbol);
            let (file, listed) = with.as_ref().map_or((&alone, &symbol), |(a, b)| (a, b));
            mutations.extend(mutation_rust::arguments(file.text(), listed));
            let before = generate::drift(&alone, &symbol, &options);
            for mutation in mutations {
                let source = parse(&mutation.text);
                let symbol = source.symbol(&symbol.path).unwrap();
                let drift = generate::drift(&source, &symbol, &options);
                let count = mended.entry(mutation.name).or_default();
                count.0 += 1;
                if drift.is_empty() || drift == before {
                    continue;
                }
                let updated = generate::update(&source, symbol.clone(), &options, &orchestrator);
                let updated = updated.now_or_never().unwrap().unwrap();
                let fault = mutation_rust::fault(&source, &symbol, &updated, &options);
                assert_eq!(fault, None, "{}: {}", mutation.name, mutation.text);
                count.1 += 1;
            }
        }
    }
    let shown: Vec<String> =
        mended.iter().map(|(name, (all, mended))| format!("{name}: {mended} of {all}")).collect();
    // What is affected by none: `# Arguments` in front of prose is no list of names alone,
    // and `# Errors` or `# Panics` are nobody's duty without a linter.
    insta::assert_snapshot!(shown.join("\n"), @r"
    add `unsafe`: 8 of 8
    add an `assert!`: 5 of 10
    add an argument: 6 of 8
    drop `unsafe`: 2 of 2
    drop an argument: 4 of 6
    rename an argument: 6 of 8
    return a `Result`: 5 of 8
    return no `Result`: 2 of 2
    return nothing: 4 of 10
    swap two arguments: 4 of 6
    ");
}
