//! Python.

mod body;
mod class;
mod depth;
mod expr;
mod grammar;
mod guard;
mod imports;
mod insertion;
mod leaves;
mod lines;
mod literal;
mod members;
mod module;
mod outline;
mod place;
mod quoted;
mod raises;
mod signature;
mod spelling;
mod stretch;
mod strings;
mod targets;
#[cfg(test)]
mod tests;
mod text;
mod walk;

use std::borrow::Cow;
use std::ops::Range;

use super::{Import, InputEdit, Mentions, Outline, Source, Spelling, Support, Violation, Written};
use crate::docstring::{Edit, Language, Slot, Symbol, SymbolPath};

/// The language Python.
pub(crate) struct Python;

impl Support for Python {
    fn language(&self) -> Language {
        Language::Python
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["py", "pyi", "pyw"]
    }

    fn grammar(&self) -> tree_sitter::Language {
        tree_sitter_python::LANGUAGE.into()
    }

    fn view<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let lone = |(at, _): &(usize, &str)| text.as_bytes().get(at + 1) != Some(&b'\n');
        if !text.match_indices('\r').any(|found| lone(&found)) {
            return text.into();
        }
        let mut view = String::with_capacity(text.len());
        let mut done = 0;
        for (at, _) in text.match_indices('\r').filter(lone) {
            view.push_str(text.get(done..at).unwrap_or(""));
            view.push('\n');
            done = at + 1;
        }
        view.push_str(text.get(done..).unwrap_or(""));
        view.into()
    }

    fn symbols(&self, source: &Source, wanted: &mut dyn FnMut(&Outline) -> bool) -> Vec<Symbol> {
        walk::Walk::new(source).run(wanted)
    }

    fn symbol(&self, source: &Source, path: &SymbolPath) -> Option<Symbol> {
        walk::Walk::new(source).find(path)
    }

    fn symbol_at(&self, source: &Source, offset: usize) -> Option<Symbol> {
        // Only definitions around the offset are entered, each inside the one before.
        walk::Walk::new(source).innermost(offset)
    }

    fn docstrings(&self, source: &Source) -> Vec<String> {
        walk::Walk::new(source).docstrings()
    }

    fn imports(&self, source: &Source) -> Vec<Import> {
        imports::imports(source)
    }

    fn imports_of(&self, text: &str) -> Vec<Import> {
        imports::imports_of(text)
    }

    fn mentions(
        &self,
        source: &Source,
        range: &Range<usize>,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Mentions {
        imports::mentions(source, range, wanted)
    }

    fn encode(&self, text: &str, slot: &Slot) -> Result<String, Violation> {
        literal::encode(text, slot)
    }

    fn spelling(&self, literal: &str, slot: &Slot) -> Result<Spelling, Violation> {
        spelling::spelling(literal, &slot.indent)
    }

    fn respelled(&self, spelling: &Spelling, text: &str) -> (String, String) {
        let literal = spelling.python(text);
        let value = literal::decode(&literal);
        (literal, value)
    }

    fn written(&self, source: &Source, symbol: &Symbol) -> Result<Written, Violation> {
        lines::written(source.text(), symbol)
    }

    fn encode_line(&self, text: &str, written: &Written) -> Result<String, Violation> {
        lines::encode(text, written.ink)
    }

    fn same_code(&self, before: &str, after: &str) -> Result<(), Violation> {
        guard::same_code(before, after)
    }

    fn same_after(&self, before: &str, edits: &[Edit], after: &str) -> Result<(), Violation> {
        guard::same_after(before, edits, after)
    }

    fn is_same_inside(&self, source: &Source, edit: &Edit, after: &str) -> bool {
        guard::is_same_inside(source, edit, after)
    }

    fn region(&self, source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
        guard::region(source, range)
    }

    fn is_code(&self, text: &str, offset: usize) -> bool {
        strings::is_code(text, offset)
    }

    fn definition_at(&self, text: &str, offset: usize) -> Result<Option<Range<usize>>, Violation> {
        guard::definition_at(text, offset)
    }

    fn stretch(
        &self,
        base: &Source,
        edits: &[InputEdit],
        len: usize,
        offset: usize,
    ) -> Option<Range<usize>> {
        stretch::stretch(base, edits, len, offset)
    }

    fn docstrings_of(&self, text: &str) -> Option<Vec<String>> {
        guard::docstring_texts(text)
    }
}
