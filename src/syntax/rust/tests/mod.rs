//! Rust as the rest of the product sees it: text in, symbols and edits out.

mod facts;
mod guard;
mod items;
mod odd;
mod place;
mod text;

use crate::docstring::{Language, Symbol, SymbolPath};
use crate::syntax::Source;

fn parse(text: &str) -> Source {
    Source::parse(Language::Rust, "/demo/src/net.rs", text.into()).unwrap()
}

fn symbol(text: &str, path: &str) -> Symbol {
    let found = parse(text).symbol(&SymbolPath(path.into()));
    found.unwrap_or_else(|| panic!("no symbol {path:?}"))
}

/// The text after documenting `path` by `docs`, proven by the guard.
fn document(text: &str, path: &str, docs: &str) -> String {
    let source = parse(text);
    let symbol = source.symbol(&SymbolPath(path.into())).unwrap();
    let edit = source.insertion(&symbol, docs).unwrap();
    source.verify(&[edit]).unwrap()
}
