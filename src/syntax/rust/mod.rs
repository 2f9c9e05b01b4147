//! Rust.

use std::ops::Range;

use super::{Outline, Source, Support, Violation};
use crate::docstring::{Language, Slot, Symbol};

/// The language Rust.
pub(crate) struct Rust;

impl Support for Rust {
    fn language(&self) -> Language {
        Language::Rust
    }

    fn extensions(&self) -> &'static [&'static str] {
        todo!()
    }

    fn grammar(&self) -> tree_sitter::Language {
        tree_sitter_rust::LANGUAGE.into()
    }

    fn symbols(&self, _source: &Source, _wanted: &mut dyn FnMut(&Outline) -> bool) -> Vec<Symbol> {
        todo!()
    }

    fn symbol_at(&self, _source: &Source, _offset: usize) -> Option<Symbol> {
        todo!()
    }

    fn docstrings(&self, _source: &Source) -> Vec<String> {
        todo!()
    }

    fn encode(&self, _text: &str, _slot: &Slot) -> Result<String, Violation> {
        todo!()
    }

    fn same_code(&self, _before: &str, _after: &str) -> Result<(), Violation> {
        todo!()
    }

    fn region(&self, _source: &Source, _range: &Range<usize>) -> Option<Range<usize>> {
        todo!()
    }
}
