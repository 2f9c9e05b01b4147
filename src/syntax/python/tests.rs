//! Placement and facts, source in and text out.

mod definitions;
mod facts;
mod odd_input;
mod placement;

use crate::docstring::{Language, ParamKind, Symbol, SymbolKind, SymbolPath};
use crate::syntax::Source;

pub(super) fn parse(text: &str) -> Source {
    Source::parse(Language::Python, "pkg/sample.py", text.into()).unwrap()
}

pub(super) fn symbol(text: &str, path: &str) -> Symbol {
    let source = parse(text);
    let found = source.symbols(|outline| outline.path.0 == path).into_iter().next();
    // Found on the way that leads to it only, it is the same.
    let alone = source.symbol(&SymbolPath(path.to_owned()));
    assert_eq!(format!("{alone:?}"), format!("{found:?}"));
    found.unwrap_or_else(|| panic!("no {path} in {text}"))
}

/// The text after a docstring was put in the symbol, proven by the guard.
fn insert(text: &str, path: &str, docstring: &str) -> String {
    let source = parse(text);
    let symbol = symbol(text, path);
    let edit = source.insertion(&symbol, docstring).unwrap();
    let after = source.verify(&[edit]).unwrap();
    let again = self::symbol(&after, path);
    assert_eq!(again.existing.map(|existing| existing.text).as_deref(), Some(docstring), "{after}");
    after
}

fn check_insert(text: &str, path: &str, expected: &str) {
    assert_eq!(insert(text, path, "Doc."), expected);
}
