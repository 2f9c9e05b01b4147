//! One style into another, line by line: nothing is lost, nothing is said anew.
//!
//! [`super::Style::parse`] and `render` bring text into a normal form, which is right for
//! a docstring that is made, and wrong for one that a person wrote: numbered lists, tables
//! and line breaks would go. Here the lines of a docstring stay what they are; only what
//! stands around them (headings, names, types, indentation) is written in another notation.
//! What has no counterpart there is an [`Obstacle`], never a guess.
//!
//! The proof: what was written is read back, by the reader of the other style and by
//! [`super::Style::parse`], and must say the same.

mod arrange;
mod epytext;
mod fields;
mod google;
mod lines;
mod numpy;
mod proof;
#[cfg(test)]
mod tests;

use super::{Layout, STYLES, Style};
use crate::docstring::SectionKind;

/// Why a docstring cannot be written in another style without loss.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// The line of the text, counted from zero.
    pub line: usize,
    /// One sentence without a full stop.
    pub reason: String,
}

impl Obstacle {
    fn new(line: usize, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// A piece of a docstring: prose, or a section.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    /// The line on which it begins, counted from zero.
    line: usize,
    /// Which section it is; `None` for prose under no heading.
    kind: Option<SectionKind>,
    /// The heading as written.
    title: String,
    body: Body,
}

/// What stands in a part.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    /// Lines, dedented, none empty at either end.
    Lines(Vec<String>),
    /// Parameters, exceptions and the like.
    Entries(Vec<Entry>),
}

/// One parameter, exception, returned value and the like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Entry {
    line: usize,
    name: Option<String>,
    ty: Option<String>,
    lines: Vec<String>,
}

impl Part {
    fn prose(line: usize, lines: Vec<String>) -> Self {
        Self { line, kind: None, title: String::new(), body: Body::Lines(lines) }
    }

    /// Whether it consists of named or typed entries.
    fn has_entries(&self) -> bool {
        matches!(self.body, Body::Entries(_))
    }
}

/// What is told of the style of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Marks {
    /// Sections of parameters, exceptions, returned values.
    entries: usize,
    /// Sections of free text.
    texts: usize,
}

/// Whether a section consists of named or typed entries in every notation.
fn is_entries(kind: &SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Parameters
            | SectionKind::OtherParameters
            | SectionKind::Attributes
            | SectionKind::Returns
            | SectionKind::Yields
            | SectionKind::Raises
            | SectionKind::Warns
    )
}

/// The headings of a style that other notations have a counterpart of.
fn carried(
    headings: &'static [(&'static str, SectionKind)],
) -> impl Iterator<Item = &'static (&'static str, SectionKind)> {
    headings.iter().filter(|(_, kind)| {
        is_entries(kind)
            || matches!(
                kind,
                SectionKind::Warnings
                    | SectionKind::SeeAlso
                    | SectionKind::Notes
                    | SectionKind::References
                    | SectionKind::Examples
            )
    })
}

type Parts = Result<Vec<Part>, Obstacle>;

/// What each notation has to offer.
struct Notation {
    id: &'static str,
    marks: fn(&[&str]) -> Marks,
    read: fn(&[&str]) -> Parts,
    write: fn(&[Part], Layout) -> Result<Vec<String>, Obstacle>,
}

static NOTATIONS: &[Notation] = &[
    Notation { id: "google", marks: google::marks, read: google::read, write: google::write },
    Notation { id: "numpy", marks: numpy::marks, read: numpy::read, write: numpy::write },
    Notation { id: "sphinx", marks: fields::sphinx, read: fields::read, write: fields::write },
    Notation { id: "epytext", marks: epytext::marks, read: epytext::read, write: epytext::write },
];

fn notation(style: &dyn Style) -> Option<&'static Notation> {
    NOTATIONS.iter().find(|notation| notation.id == style.id())
}

fn lines_of(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).collect()
}

/// The style of whose sections `text` (dedented) makes use; `None` when it has no sections.
///
/// # Errors
///
/// When it mixes several.
pub fn written_in(text: &str) -> Result<Option<&'static dyn Style>, Obstacle> {
    let lines = lines_of(text);
    let marks = NOTATIONS.iter().map(|notation| (notation.id, (notation.marks)(&lines)));
    let marks: Vec<(&str, Marks)> = marks.collect();
    let with_entries: Vec<_> = marks.iter().filter(|(_, marks)| marks.entries > 0).collect();
    let found = match with_entries.as_slice() {
        [] => marks.iter().max_by_key(|(_, marks)| marks.texts).filter(|(_, m)| m.texts > 0),
        [one] => Some(*one),
        [one, other, ..] => {
            return Err(Obstacle::new(0, format!("it mixes {} and {}", one.0, other.0)));
        }
    };
    Ok(found.and_then(|(id, _)| STYLES.iter().copied().find(|style| style.id() == *id)))
}

/// `text` (dedented) in the notation of `to`; what needs no change stays as it is.
/// `names` are the parameters with their stars, which fields leave out.
///
/// # Errors
///
/// What has no counterpart there, or is not understood.
pub fn transcribe(
    text: &str,
    from: &dyn Style,
    to: &dyn Style,
    names: &[String],
    layout: Layout,
) -> Result<String, Obstacle> {
    let lines = lines_of(text);
    let Some(source) = notation(from) else { return Ok(text.to_owned()) };
    let parts = (source.read)(&lines)?;
    let Some(target) = notation(to) else {
        let section = parts.iter().find(|part| part.kind.is_some());
        return match section {
            Some(part) => Err(Obstacle::new(
                part.line,
                format!("{} has no place for a section such as this", to.id()),
            )),
            None => Ok(text.to_owned()),
        };
    };
    let mut parts = arrange::arranged(parts, target.id)?;
    arrange::name(&mut parts, target.id, names)?;
    let written = (target.write)(&parts, layout)?;
    let written = lines::joined(&written);
    proof::same(&parts, &written, target, to)?;
    Ok(written)
}
