//! Where the parts of an existing docstring stand in its text, line by line.
//!
//! A style's `parse` gives the content of a docstring and forgets its layout; a [`Map`]
//! keeps the layout and forgets the content. What a person wrote can then be mended in
//! place: names and types are stretches of one line, items are runs of whole lines, and
//! a [`Form`] tells how the next item has to look beside its neighbours.

pub(super) mod fields;
pub(super) mod google;
mod names;
pub(super) mod numpy;

use std::ops::Range;

use crate::docstring::SectionKind;

/// The parts of one docstring. Lines are counted in its dedented text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// The sections in the order in which they stand; there may be two of one kind.
    pub sections: Vec<MappedSection>,
}

impl Map {
    /// The sections of `kind`, in order.
    pub fn of<'a>(&'a self, kind: &'a SectionKind) -> impl Iterator<Item = &'a MappedSection> {
        self.sections.iter().filter(move |section| section.kind == *kind)
    }

    /// The first section of `kind`.
    pub fn section(&self, kind: &SectionKind) -> Option<&MappedSection> {
        self.sections.iter().find(|section| section.kind == *kind)
    }

    /// The lines that belong to no section: summary and prose.
    pub fn is_prose(&self, line: usize) -> bool {
        !self.sections.iter().any(|section| section.holds(line))
    }
}

/// One section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedSection {
    /// Which section it is.
    pub kind: SectionKind,
    /// The lines of the heading; empty for styles of fields, which have none.
    pub heading: Range<usize>,
    /// From the heading (or the first field) to the last line that is not empty. The
    /// fields of other kinds may stand between the fields of this one.
    pub lines: Range<usize>,
    /// The entries; empty when the body is free text.
    pub items: Vec<MappedItem>,
    /// The whole body was understood as entries. Where it was not, nothing can be said to
    /// be missing or too much.
    pub is_clear: bool,
    /// What the entries look like.
    pub form: Form,
}

impl MappedSection {
    /// Whether a line belongs to the section.
    pub fn holds(&self, line: usize) -> bool {
        if self.heading.is_empty() {
            let mut parts = self.items.iter().flat_map(|item| &item.parts);
            return parts.any(|part| part.contains(&line));
        }
        self.lines.contains(&line)
    }

    /// The documented names, in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.items.iter().flat_map(|item| &item.names)
    }
}

/// One entry: a parameter, an exception, a returned value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MappedItem {
    /// Its whole lines, empty lines at the end not counted. More than one run where the
    /// type has a field of its own (`:type x: int`); the first is that of the name.
    pub parts: Vec<Range<usize>>,
    /// Its names: none for a returned value, several for `x, y : int`.
    pub names: Vec<Name>,
    /// The type, without `optional` and defaults.
    pub ty: Option<Place>,
    /// There are words about it.
    pub is_described: bool,
}

impl MappedItem {
    /// The first line.
    pub fn start(&self) -> usize {
        self.parts.first().map_or(0, |part| part.start)
    }

    /// The line after the last one.
    pub fn end(&self) -> usize {
        self.parts.iter().map(|part| part.end).max().unwrap_or(0)
    }
}

/// A documented name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name with its stars, but without escapes and quotation marks.
    pub text: String,
    /// Everywhere it stands as a name (the field of its type has it, too): the bare name
    /// without stars, escapes and quotation marks.
    pub places: Vec<Place>,
}

impl Name {
    /// The name without stars.
    pub fn bare(&self) -> &str {
        self.text.trim_start_matches('*')
    }
}

/// A stretch of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// Bytes of the line.
    pub range: Range<usize>,
}

/// What the entries of a section look like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// Columns in front of an entry.
    pub indent: usize,
    /// Columns by which the further lines of an entry stand in from its first one.
    pub hang: usize,
    /// Whether and where types are written.
    pub types: Typed,
    /// What stands in front of the name: a field's mark and tag (`:param `, `@arg `), a
    /// bullet, a quotation mark.
    pub lead: String,
    /// What stands between name and type: ` : ` or `: ` in NumPy, ` (` in Google.
    pub joint: String,
    /// What stands behind the name or its type and in front of the words.
    pub close: String,
    /// The words begin in the line below the name.
    pub is_below: bool,
    /// Empty lines between entries.
    pub gap: usize,
    /// What is written for each star of `*args`: `*`, `\*`, or nothing.
    pub star: &'static str,
    /// What begins the section's heading (`##` in Markdown); empty where nothing does.
    pub marks: String,
}

/// Whether and where types are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Typed {
    /// Nowhere.
    #[default]
    No,
    /// Beside the name.
    Beside,
    /// In a field of their own.
    Apart,
}

#[cfg(test)]
mod tests {
    use super::Map;

    /// The parts of a map in short.
    pub(super) fn shown(lines: &[&str], map: &Map) -> Vec<String> {
        let shown = map.sections.iter().map(|section| {
            let items = section.items.iter().map(|item| {
                let names: Vec<&str> = item.names.iter().map(|name| name.text.as_str()).collect();
                let names = if names.is_empty() { "-".to_owned() } else { names.join(",") };
                for name in &item.names {
                    for place in &name.places {
                        assert_eq!(&lines[place.line][place.range.clone()], name.bare());
                    }
                }
                let ty = item.ty.as_ref().map(|ty| &lines[ty.line][ty.range.clone()]);
                ty.map_or(names.clone(), |ty| format!("{names}|{ty}"))
            });
            let items: Vec<String> = items.collect();
            let range = &section.lines;
            let kind = &section.kind;
            if section.is_clear {
                format!("{}..{} {kind:?}: {}", range.start, range.end, items.join(" "))
            } else {
                format!("{}..{} {kind:?} ?", range.start, range.end)
            }
        });
        shown.collect()
    }
}
