//! Reads source code: what is defined where, what it does, and where its docstring goes.
//!
//! tree-sitter parses; one folder a language turns its tree into [`Symbol`]s.
//! Broken code is data: whatever can be recognised is reported, nothing fails.
//! Walks are iterative, so that no input can exhaust the stack.
//!
//! The edit guard ([`Source::verify`]) does not trust tree-sitter: a second,
//! independent reader of the language (ruff's parser for Python, the compiler's
//! lexer for Rust) must find the code before and after identical but for
//! docstrings. Both are also far cheaper than a second tree-sitter parse.

mod imports;
mod lint;
mod outline;
mod python;
mod rust;
mod support;
mod written;

use std::ops::{ControlFlow, Range};
use std::path::Path;
use std::sync::Arc;

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

pub use imports::{Binding, Import, Mentions, NamedCall, first_name};
pub use lint::LintLevel;
pub use outline::Outline;
pub(crate) use support::Support;
pub use tree_sitter::{InputEdit, Point};
pub use written::{Close, Ink, Written, WrittenLine};

use crate::docstring::{Edit, Language, Symbol, SymbolPath, apply};

/// Every language, in the order of [`Language`].
pub(crate) static LANGUAGES: &[&dyn Support] = &[&python::Python, &rust::Rust];

fn support(language: Language) -> &'static dyn Support {
    match language {
        Language::Python => &python::Python,
        Language::Rust => &rust::Rust,
    }
}

/// The language of a file, by its extension.
pub fn language_of(path: &Path) -> Option<Language> {
    let extension = path.extension()?.to_str()?;
    let found = LANGUAGES.iter().find(|language| language.extensions().contains(&extension))?;
    Some(found.language())
}

/// The texts of all docstrings in `text`, dedented, without a tree if that is possible.
pub fn docstrings(language: Language, text: &str) -> Vec<String> {
    let found = support(language).docstrings_of(text);
    found.unwrap_or_else(|| {
        let source = Source::parse(language, "", text.into());
        source.map(|source| support(language).docstrings(&source)).unwrap_or_default()
    })
}

/// What the imports of `text` take, found without a tree: at least what they are, and
/// what looks like them in a string or a comment. Good enough to tell where a closer look
/// is worth it.
pub fn imports_of(language: Language, text: &str) -> Vec<Import> {
    support(language).imports_of(text)
}

/// Whether `offset`, the start of a line, is outside of strings and comments, as far as
/// the text before it tells. For text that need not be sound code, such as one in which
/// a quote was just opened.
pub fn is_code(language: Language, text: &str, offset: usize) -> bool {
    support(language).is_code(text, offset)
}

/// A text with its syntax tree. Cheap to clone, never changed.
#[derive(Clone)]
pub struct Source {
    language: Language,
    /// The file name, for the module's name and for `.pyi`; may be empty.
    name: Arc<str>,
    text: Arc<str>,
    tree: Tree,
    /// Its end was not read (see [`Support::unclosed`]).
    is_cut: bool,
}

/// An existing docstring as it is spelled in its source. Its text may be given another
/// order; quotes, prefix, escapes, indentation and newlines stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The lines, dedented, with escapes as they are written.
    pub text: String,
    /// How many lines of the source precede the first of `text` inside the literal.
    pub first_line: usize,
    /// Whether `text` holds escapes, so that readers see another one.
    pub has_escapes: bool,
    before: String,
    indent: String,
    uses_tabs: bool,
    after: String,
    quote: &'static str,
    newline: &'static str,
}

/// Why a text could not be read, or an edit was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
#[non_exhaustive]
pub struct Violation {
    /// One sentence without a full stop.
    pub reason: String,
}

impl Violation {
    /// A violation with its reason: one sentence without a full stop.
    pub fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into() }
    }
}

impl Source {
    /// Parses `text`. `name` is the file's path or URI, for its module name.
    ///
    /// # Errors
    ///
    /// When the parser cannot be set up or gives up.
    pub fn parse(language: Language, name: &str, text: Arc<str>) -> Result<Self, Violation> {
        Self::parse_unless(language, name, text, None, &|| false)
    }

    /// Parses `text`, which came about from this source by `edits` (in the order
    /// in which they were made, each in the coordinates of its own moment).
    ///
    /// # Errors
    ///
    /// When the parser gives up.
    pub fn reparse(&self, text: Arc<str>, edits: &[InputEdit]) -> Result<Self, Violation> {
        let base = Some((self, edits));
        Self::parse_unless(self.language, &self.name, text, base, &|| false)
    }

    /// Parses no more of `text` than the top-level definition around `offset`. Where `base`
    /// is a source that became `text` by the edits beside it, no more is read than they
    /// have touched.
    ///
    /// For an answer about one place while the whole text is still being parsed: all
    /// offsets agree with the whole text, but only this definition is known, and its
    /// path may lack the ordinal that tells it from another of the same name.
    /// `None` when the offset is outside of every definition.
    ///
    /// # Errors
    ///
    /// When `text` is not sound code, or of a language that is not read this way.
    pub fn parse_around(
        language: Language,
        name: &str,
        text: Arc<str>,
        base: Option<(&Self, &[InputEdit])>,
        offset: usize,
    ) -> Result<Option<Self>, Violation> {
        let support = support(language);
        let known = base
            .and_then(|(base, edits)| support.stretch(base, edits, text.len(), offset))
            .and_then(|part| Some((part.start, text.get(part)?)));
        let (start, part) = known.unwrap_or((0, &*text));
        let found = support.definition_at(part, offset.saturating_sub(start))?;
        let found = found.map(|found| found.start + start..found.end + start);
        found.map(|part| Self::run(language, name, text, None, Some(part), &|| false)).transpose()
    }

    /// Parses `text`, which came about from `base` (if there is one) by the edits beside
    /// it, and gives up as soon as `stop` says so; it is asked very often.
    ///
    /// # Errors
    ///
    /// When the parser cannot be set up or gives up.
    pub fn parse_unless(
        language: Language,
        name: &str,
        text: Arc<str>,
        base: Option<(&Self, &[InputEdit])>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Violation> {
        // The tree of a text that was cut says nothing about what was left out.
        let old = base.filter(|(base, _)| !base.is_cut).map(|(base, edits)| {
            let mut tree = base.tree.clone();
            for edit in edits {
                tree.edit(edit);
            }
            tree
        });
        Self::run(language, name, text, old.as_ref(), None, stop)
    }

    fn run(
        language: Language,
        name: &str,
        text: Arc<str>,
        old: Option<&Tree>,
        part: Option<Range<usize>>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Self, Violation> {
        let support = support(language);
        let mut parser = Parser::new();
        parser
            .set_language(&support.grammar())
            .map_err(|error| Violation::new(format!("the grammar does not load: {error}")))?;
        let cut = support.unclosed(&text);
        let view = match cut {
            Some(at) => support::blank_from(&text, at).into(),
            None => support.view(&text),
        };
        let old = old.filter(|_| cut.is_none());
        if let Some(part) = part {
            let point = |at: usize| {
                let before = view.get(..at).unwrap_or(&view);
                let row = before.bytes().filter(|byte| *byte == b'\n').count();
                Point { row, column: at - before.rfind('\n').map_or(0, |newline| newline + 1) }
            };
            let (start_point, end_point) = (point(part.start), point(part.end));
            parser
                .set_included_ranges(&[tree_sitter::Range {
                    start_byte: part.start,
                    end_byte: part.end,
                    start_point,
                    end_point,
                }])
                .map_err(|error| Violation::new(format!("the range is not valid: {error}")))?;
        }
        let bytes = view.as_bytes();
        let mut progress = |_: &ParseState| {
            if stop() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let options = ParseOptions::new().progress_callback(&mut progress);
        let tree = parser
            .parse_with_options(
                &mut |at, _| bytes.get(at..).unwrap_or_default(),
                old,
                Some(options),
            )
            .ok_or_else(|| Violation::new("the parser gave up"))?;
        drop(view);
        Ok(Self { language, name: name.into(), text, tree, is_cut: cut.is_some() })
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The file name given to [`Source::parse`].
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// Whether tree-sitter found errors anywhere; costs nothing.
    pub fn has_errors(&self) -> bool {
        self.is_cut || self.tree.root_node().has_error()
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// All definitions for which `wanted` says yes, with their facts.
    pub fn symbols(&self, mut wanted: impl FnMut(&Outline) -> bool) -> Vec<Symbol> {
        support(self.language).symbols(self, &mut wanted)
    }

    /// All definitions, without facts.
    pub fn outline(&self) -> Vec<Outline> {
        let mut all = Vec::new();
        support(self.language).symbols(self, &mut |outline| {
            all.push(outline.clone());
            false
        });
        all
    }

    /// Whether the text is code as a whole, as far as the edit guard does not find that
    /// out by itself. A batch leaves other files alone.
    pub fn is_sound(&self) -> bool {
        !self.is_cut && support(self.language).is_sound(self)
    }

    /// The texts of all docstrings in the file, dedented (for style detection).
    pub fn docstrings(&self) -> Vec<String> {
        support(self.language).docstrings(self)
    }

    /// What the file takes from others, in source order.
    pub fn imports(&self) -> Vec<Import> {
        support(self.language).imports(self)
    }

    /// Where names that are `wanted`, or paths that begin with one, are called in `range`,
    /// and what of this file is called so.
    pub fn mentions(&self, range: &Range<usize>, wanted: &dyn Fn(&str) -> bool) -> Mentions {
        support(self.language).mentions(self, range, wanted)
    }

    /// The innermost definition at a byte offset.
    pub fn symbol_at(&self, offset: usize) -> Option<Symbol> {
        support(self.language).symbol_at(self, offset)
    }

    /// The definition with this path.
    pub fn symbol(&self, path: &SymbolPath) -> Option<Symbol> {
        support(self.language).symbol(self, path)
    }

    /// The edit that puts `text` (a rendered docstring) into the symbol's slot.
    ///
    /// # Errors
    ///
    /// When the symbol has no slot or the text cannot be written safely.
    pub fn insertion(&self, symbol: &Symbol, text: &str) -> Result<Edit, Violation> {
        let slot = symbol
            .slot
            .as_ref()
            .ok_or_else(|| Violation::new("there is no safe place for a docstring here"))?;
        let literal = support(self.language).encode(text, slot)?;
        Ok(Edit {
            range: slot.replace.clone(),
            text: [slot.before.as_str(), &literal, &slot.after].concat(),
        })
    }

    /// The existing docstring of `symbol` as it is spelled.
    ///
    /// # Errors
    ///
    /// When there is none, or its lines cannot be put in another order without a change
    /// of anything else.
    pub fn spelling(&self, symbol: &Symbol) -> Result<Spelling, Violation> {
        let (Some(existing), Some(slot)) = (&symbol.existing, &symbol.slot) else {
            return Err(Violation::new("there is no docstring that could be changed here"));
        };
        let literal = self.text.get(existing.range.clone()).unwrap_or_default();
        support(self.language).spelling(literal, slot)
    }

    /// The edit that gives the docstring of `symbol`, spelled as `spelling` says, the lines
    /// of `text`, and what its readers see then.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn respelled(
        &self,
        symbol: &Symbol,
        spelling: &Spelling,
        text: &str,
    ) -> Result<(Edit, String), Violation> {
        let existing = symbol.existing.as_ref();
        let existing = existing.ok_or_else(|| Violation::new("there is no docstring here"))?;
        let (text, value) = support(self.language).respelled(spelling, text);
        Ok((Edit { range: existing.range.clone(), text }, value))
    }

    /// The edit that puts `text` (a rendered docstring) in the place of the one that is
    /// there; without one it is [`Source::insertion`].
    ///
    /// # Errors
    ///
    /// When the symbol has no slot or the text cannot be written safely.
    pub fn replacement(&self, symbol: &Symbol, text: &str) -> Result<Edit, Violation> {
        let (Some(existing), Some(slot)) = (&symbol.existing, &symbol.slot) else {
            return self.insertion(symbol, text);
        };
        let mut slot = slot.clone();
        // Rust: what is documented from the inside stays so.
        let is_inner =
            self.text.get(existing.range.clone()).is_some_and(|text| text.starts_with("//!"));
        if is_inner {
            slot.marker = "//!";
        }
        let literal = support(self.language).encode(text, &slot)?;
        Ok(Edit { range: existing.range.clone(), text: literal })
    }

    /// The documentation of `symbol` as it is written, line by line.
    ///
    /// # Errors
    ///
    /// When there is none, or it is written in a way that cannot be changed line by line
    /// (an f-string, several literals, an escaped newline).
    pub fn written(&self, symbol: &Symbol) -> Result<Written, Violation> {
        let written = support(self.language).written(self, symbol)?;
        let existing = symbol.existing.as_ref().map(|existing| existing.text.as_str());
        let mut lines = written.lines.iter().map(|line| line.text.as_str());
        let mut known = existing.unwrap_or_default().split('\n');
        // Two ways to read it must come to the same, or one of them is wrong.
        let is_same = loop {
            match (lines.next(), known.next()) {
                (None, None) => break true,
                (Some(one), Some(other)) if one == other => {}
                _ => break false,
            }
        };
        if is_same {
            Ok(written)
        } else {
            Err(Violation::new("the lines of the docstring cannot be told apart in the source"))
        }
    }

    /// Whether all of the documentation of `symbol` stands in the file as it is read: no
    /// part of it is made by a macro or comes from another file.
    pub fn is_literal(&self, symbol: &Symbol) -> bool {
        support(self.language).is_literal(self, symbol)
    }

    /// One line of new text as it has to be written among the lines of `written`.
    ///
    /// # Errors
    ///
    /// When the text cannot be written safely there.
    pub fn encode_line(&self, text: &str, written: &Written) -> Result<String, Violation> {
        support(self.language).encode_line(text, written)
    }

    /// The edit guard: the text after `edits`, if nothing but documentation differs.
    ///
    /// A single edit is verified in the definition or the smallest run of whole top-level
    /// statements around it, several in the whole file.
    ///
    /// # Errors
    ///
    /// What would have changed; the edits must not be applied.
    pub fn verify(&self, edits: &[Edit]) -> Result<String, Violation> {
        let after = apply(&self.text, edits)
            .ok_or_else(|| Violation::new("the edits overlap or are out of bounds"))?;
        let support = support(self.language);
        let is_proven = |edit: &Edit| support.is_same_inside(self, edit, &after);
        if let [edit] = edits
            && is_proven(edit)
        {
            return Ok(after);
        }
        if let [edit] = edits
            && let Some(region) = support.region(self, &edit.range)
            && let Some(before) = self.text.get(region.clone())
        {
            let end = (region.end + edit.text.len()).saturating_sub(edit.range.len());
            let inside = after.get(region.start..end).unwrap_or(&after);
            let moved = |at: usize| at.saturating_sub(region.start);
            let range = moved(edit.range.start)..moved(edit.range.end);
            let edit = Edit { range, text: edit.text.clone() };
            support.same_after(before, &[edit], inside)?;
        } else {
            support.same_after(&self.text, edits, &after)?;
        }
        Ok(after)
    }
}
