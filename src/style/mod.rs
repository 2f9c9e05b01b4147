//! Layout: each style renders a [`Docstring`] to text and parses it back.
//!
//! Styles know nothing of quotes, comment markers, indentation of the code or
//! newlines of the file: they work on dedented text with `\n`, which `syntax`
//! encodes for its place. `parse(render(d)) == d` for every normalised `d`.

mod content;
mod epytext;
mod fields;
mod google;
mod map;
mod markup;
mod mend;
mod numpy;
mod pep257;
mod prose;
mod rules;
mod rustdoc;
mod schema;
mod sphinx;
mod transcribe;
mod wrap;

use crate::docstring::{Docstring, Item, Language, SectionKind};

pub use content::{Content, Described, Example};
pub use google::Google;
pub(crate) use google::untyped;
pub use map::{Form, Map, MappedItem, MappedSection, Name, Place, Typed};
pub(crate) use markup::markup;
pub(crate) use mend::{mend, mend_line};
pub use rustdoc::Rustdoc;
pub use schema::{Rejection, narrow, read};
pub use transcribe::{Obstacle, transcribe, written_in};
pub(crate) use wrap::{STOP_CLOSE, STOP_OPEN, normalise, one_line, width};

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Characters that a line may hold, the code's indentation already deducted.
    pub width: usize,
}

/// One docstring convention. Implementations are stateless.
pub trait Style: Sync {
    /// The name in configuration and on the command line.
    fn id(&self) -> &'static str;

    /// The language that it belongs to.
    fn language(&self) -> Language;

    /// The text of `docstring`: no indentation, no quotes, no trailing newline or
    /// trailing white space, sections in canonical order.
    fn render(&self, docstring: &Docstring, layout: Layout) -> String;

    /// Reads a dedented text. Never fails: what is not understood stays prose.
    fn parse(&self, text: &str) -> Docstring;

    /// How sure the text is of this style, from the number of its unmistakable marks.
    fn score(&self, text: &str) -> usize;

    /// Where the parts of a dedented text stand. Never fails: what is not understood
    /// belongs to no section, or to one that is not clear.
    fn map(&self, lines: &[&str]) -> Map {
        let _ = lines;
        Map::default()
    }

    /// The lines of a heading for `kind`, written as this docstring writes its own; empty
    /// for styles of fields.
    fn opening(&self, kind: &SectionKind, map: &Map) -> Vec<String> {
        let _ = (kind, map);
        Vec::new()
    }

    /// How the entries of a new section of `kind` look in this docstring.
    fn form(&self, kind: &SectionKind, map: &Map) -> Form {
        let _ = (kind, map);
        Form::default()
    }

    /// The lines of one entry as `form` has it. A text section has one entry without name
    /// and type.
    fn entry(&self, kind: &SectionKind, item: &Item, form: &Form, layout: Layout) -> Vec<String> {
        let _ = (kind, item, form, layout);
        Vec::new()
    }
}

/// Every style.
pub static STYLES: &[&dyn Style] = &[
    &google::Google,
    &numpy::Numpy,
    &sphinx::Sphinx,
    &epytext::Epytext,
    &pep257::Pep257,
    &rustdoc::Rustdoc,
];

/// The style with this identifier.
pub fn by_id(id: &str) -> Option<&'static dyn Style> {
    STYLES.iter().copied().find(|style| style.id() == id)
}

/// The style that most of `texts` (Python docstrings) are written in; `None` without evidence.
pub fn majority<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<&'static dyn Style> {
    let mut votes = [0usize; 16];
    for text in texts {
        let best = STYLES
            .iter()
            .enumerate()
            .filter(|(_, style)| style.language() == Language::Python)
            .map(|(index, style)| (style.score(text), index))
            .filter(|(score, _)| *score > 0)
            .max_by_key(|(score, index)| (*score, usize::MAX - index));
        if let Some((_, index)) = best
            && let Some(vote) = votes.get_mut(index)
        {
            *vote += 1;
        }
    }
    let (index, count) =
        votes.iter().enumerate().max_by_key(|(index, n)| (**n, usize::MAX - index))?;
    if *count == 0 { None } else { STYLES.get(index).copied() }
}

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;
