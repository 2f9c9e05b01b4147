//! Rust.

mod body;
mod causes;
mod conditions;
mod docs;
mod encode;
mod expressions;
mod form;
mod guard;
mod imports;
mod items;
mod kinds;
mod lints;
mod module;
mod place;
mod signature;
mod strings;
mod symbols;
mod tails;
#[cfg(test)]
mod tests;
mod written;

use std::ops::Range;

use super::{Import, LintLevel, Mentions, Outline, Source, Support, Violation, Written};
use crate::docstring::{Language, Slot, Symbol};

/// The language Rust.
pub(crate) struct Rust;

/// Size from which an edit is verified in its surroundings only: up to it the lexer
/// reads the whole file faster than anyone notices.
const LARGE: usize = 1 << 20;

impl Support for Rust {
    fn language(&self) -> Language {
        Language::Rust
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rs"]
    }

    fn grammar(&self) -> tree_sitter::Language {
        tree_sitter_rust::LANGUAGE.into()
    }

    fn unclosed(&self, text: &str) -> Option<usize> {
        strings::unclosed(text)
    }

    fn is_sound(&self, source: &Source) -> bool {
        form::is_sound(source.tree().root_node(), source.text())
    }

    fn symbols(&self, source: &Source, wanted: &mut dyn FnMut(&Outline) -> bool) -> Vec<Symbol> {
        let items = items::items(source);
        let chosen: Vec<usize> = items
            .iter()
            .enumerate()
            .filter(|(_, item)| wanted(&item.outline))
            .map(|(index, _)| index)
            .collect();
        if chosen.is_empty() {
            return Vec::new();
        }
        let file = symbols::File::new(source.text(), &items);
        chosen.into_iter().filter_map(|index| file.symbol(index)).collect()
    }

    fn symbol_at(&self, source: &Source, offset: usize) -> Option<Symbol> {
        let items = items::items(source);
        // Items follow each other as they nest: the last that holds the offset is the innermost.
        let index = items.iter().rposition(|item| {
            let range = &item.outline.range;
            item.parent.is_none() || range.start <= offset && offset <= range.end
        })?;
        symbols::File::new(source.text(), &items).symbol(index)
    }

    fn docstrings(&self, source: &Source) -> Vec<String> {
        let items = items::items(source);
        let found = items.iter().filter_map(|item| docs::existing(&item.docs, source.text()));
        found.map(|existing| existing.text).collect()
    }

    fn lint_levels(&self, source: &Source) -> Vec<LintLevel> {
        lints::levels(source)
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
        encode::encode(text, slot)
    }

    fn written(&self, source: &Source, symbol: &Symbol) -> Result<Written, Violation> {
        let missing = || Violation::new("there is no documentation");
        let existing = symbol.existing.as_ref().ok_or_else(missing)?;
        written::written(source.text(), existing, place::newline(source.text()))
    }

    fn is_literal(&self, source: &Source, symbol: &Symbol) -> bool {
        let existing = symbol.existing.as_ref();
        existing.is_some_and(|existing| written::is_literal(source.text(), existing))
    }

    fn encode_line(&self, text: &str, written: &Written) -> Result<String, Violation> {
        written::encode_line(text, written)
    }

    fn same_code(&self, before: &str, after: &str) -> Result<(), Violation> {
        guard::same_code(before, after)
    }

    fn is_code(&self, text: &str, offset: usize) -> bool {
        strings::is_code(text, offset)
    }

    fn region(&self, source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
        if source.text().len() <= LARGE {
            return None;
        }
        let root = source.tree().root_node();
        let mut cursor = root.walk();
        cursor.goto_first_child_for_byte(range.end)?;
        let node = cursor.node();
        if node.has_error() {
            return None;
        }
        let head = source.text().get(..range.start.min(node.start_byte()))?;
        let start = head.rfind('\n').map_or(0, |newline| newline + 1);
        // A line that several items share cannot be cut.
        let is_clean =
            source.text().get(start..range.start).is_some_and(|text| text.trim().is_empty());
        (is_clean && start > 0).then_some(start..node.end_byte())
    }
}
