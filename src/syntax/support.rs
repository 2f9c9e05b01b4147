//! What a language has to offer.

use std::ops::Range;

use super::{
    Import, InputEdit, LintLevel, Mentions, Outline, Source, Spelling, Violation, Written,
};
use crate::docstring::{Edit, Language, Slot, Symbol, SymbolPath};

/// What a language has to offer. Implementations are stateless.
pub(crate) trait Support: Sync {
    /// Which language it is.
    fn language(&self) -> Language;

    /// File extensions, without the dot.
    fn extensions(&self) -> &'static [&'static str];

    /// The tree-sitter grammar.
    fn grammar(&self) -> tree_sitter::Language;

    /// Bytes for the parser, of the same length as `text` so that offsets agree.
    /// (Python: a lone `\r`, which ends a line, becomes `\n`.)
    fn view<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        text.into()
    }

    /// From where on the parser is not to read `text`, because it would take very long over
    /// what is a string without an end; blanks take its place.
    fn unclosed(&self, text: &str) -> Option<usize> {
        let _ = text;
        None
    }

    /// All definitions in source order, the file's own module first. Facts are
    /// gathered only for those that `wanted` accepts; the others are left out.
    fn symbols(&self, source: &Source, wanted: &mut dyn FnMut(&Outline) -> bool) -> Vec<Symbol>;

    /// The definition with this path.
    fn symbol(&self, source: &Source, path: &SymbolPath) -> Option<Symbol> {
        self.symbols(source, &mut |outline| outline.path == *path).into_iter().next()
    }

    /// Whether the text is code as a whole, as far as [`Support::same_code`] cannot tell:
    /// a lexer accepts what no parser would.
    fn is_sound(&self, source: &Source) -> bool {
        let _ = source;
        true
    }

    /// The innermost definition whose decorators, signature or body hold `offset`
    /// (white space between definitions belongs to the enclosing one, finally to the module).
    fn symbol_at(&self, source: &Source, offset: usize) -> Option<Symbol>;

    /// The texts of all documentation in the file, dedented.
    fn docstrings(&self, source: &Source) -> Vec<String>;

    /// The levels that attributes give to lints, in source order.
    fn lint_levels(&self, source: &Source) -> Vec<LintLevel> {
        let _ = source;
        Vec::new()
    }

    /// What the file takes from others, in source order.
    fn imports(&self, source: &Source) -> Vec<Import>;

    /// The same without a tree, and also what only looks like it.
    fn imports_of(&self, text: &str) -> Vec<Import>;

    /// Calls in `range` by names that are `wanted`, and what else the file calls so.
    fn mentions(
        &self,
        source: &Source,
        range: &Range<usize>,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Mentions;

    /// The source text of `text` as documentation at `slot`: quotes, prefixes,
    /// indentation and newlines, `slot.before` and `slot.after` not included.
    ///
    /// # Errors
    ///
    /// When the text cannot be written safely (control, bidi or other invisible characters).
    fn encode(&self, text: &str, slot: &Slot) -> Result<String, Violation>;

    /// Takes the existing documentation at `slot` apart, as it is spelled.
    ///
    /// # Errors
    ///
    /// Why its lines cannot be put in another order without a change of anything else.
    fn spelling(&self, literal: &str, slot: &Slot) -> Result<Spelling, Violation> {
        let _ = (literal, slot);
        Err(Violation::new("it is not a literal"))
    }

    /// The source of the documentation with `text`, and the text that its readers see.
    fn respelled(&self, spelling: &Spelling, text: &str) -> (String, String) {
        let _ = spelling;
        (text.to_owned(), text.to_owned())
    }

    /// The documentation of `symbol` as it is written in `source`.
    ///
    /// # Errors
    ///
    /// When there is none, or it is written in a way that cannot be changed line by line.
    fn written(&self, source: &Source, symbol: &Symbol) -> Result<Written, Violation> {
        let _ = (source, symbol);
        Err(Violation::new("documentation of this language cannot be changed in place"))
    }

    /// Whether all of the documentation of `symbol` stands in `source` as it is read:
    /// no part of it is made by a macro or comes from another file.
    fn is_literal(&self, source: &Source, symbol: &Symbol) -> bool {
        let _ = source;
        symbol.existing.is_some()
    }

    /// One line of `text` as it is written among the lines of `written`.
    ///
    /// # Errors
    ///
    /// When the text cannot be written safely there.
    fn encode_line(&self, text: &str, written: &Written) -> Result<String, Violation> {
        let _ = (text, written);
        Err(Violation::new("documentation of this language cannot be changed in place"))
    }

    /// Proves that `after` is `before` but for documentation.
    ///
    /// # Errors
    ///
    /// The first difference found.
    fn same_code(&self, before: &str, after: &str) -> Result<(), Violation>;

    /// Proves that `after` is `before` but for documentation, as [`Support::same_code`]
    /// does, with the knowledge that `after` came about by `edits`.
    ///
    /// # Errors
    ///
    /// The first difference found.
    fn same_after(&self, before: &str, edits: &[Edit], after: &str) -> Result<(), Violation> {
        let _ = edits;
        self.same_code(before, after)
    }

    /// Whether less than [`Support::region`] proves that `after` is the text of `source` but
    /// for documentation; `false` says nothing.
    fn is_same_inside(&self, source: &Source, edit: &Edit, after: &str) -> bool {
        let _ = (source, edit, after);
        false
    }

    /// The smallest run of whole top-level statements around `range` that may be
    /// verified by itself; `None` when only the whole file will do.
    fn region(&self, source: &Source, range: &Range<usize>) -> Option<Range<usize>>;

    /// The whole lines of the top-level definition at `offset`, found without a tree and
    /// much faster than one is made; `None` when it is outside of every definition.
    ///
    /// # Errors
    ///
    /// When that cannot be told without a tree: `text` is not sound code.
    fn definition_at(&self, text: &str, offset: usize) -> Result<Option<Range<usize>>, Violation> {
        let _ = (text, offset);
        Err(Violation::new("definitions are not found without a tree"))
    }

    /// The whole statements around `offset` and the `edits` that made a text of length `len`
    /// out of `base`: the text is sound if they are, and `offset` stands where it stands in
    /// them. `None` when only the whole text tells.
    fn stretch(
        &self,
        base: &Source,
        edits: &[InputEdit],
        len: usize,
        offset: usize,
    ) -> Option<Range<usize>> {
        let _ = (base, edits, len, offset);
        None
    }

    /// Whether `offset`, the start of a line, is outside of strings and comments, as far
    /// as the text before it tells; the text need not be sound code.
    fn is_code(&self, text: &str, offset: usize) -> bool;

    /// The texts of all documentation in `text`, dedented, found without a tree and much
    /// faster than one is made; `None` when that is not possible.
    fn docstrings_of(&self, text: &str) -> Option<Vec<String>> {
        let _ = text;
        None
    }
}

/// The text with blanks from `at` on; lines stay lines.
pub(super) fn blank_from(text: &str, at: usize) -> String {
    let (head, tail) = text.split_at_checked(at).unwrap_or((text, ""));
    let blanks = tail.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { byte } else { b' ' });
    head.chars().chain(blanks.map(char::from)).collect()
}
