//! The map of a `numpy` docstring.

use std::ops::Range;

use super::names::{core, form, marks, name, names, runs};
use super::{Form, Map, MappedItem, MappedSection, Typed};
use crate::docstring::{Item, SectionKind};
use crate::style::Layout;
use crate::style::numpy::{heading, headings};
use crate::style::wrap::{fill, indent, push_indented};

/// The parts of a text.
pub(in crate::style) fn map(lines: &[&str]) -> Map {
    let trimmed: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
    let starts = headings(&trimmed);
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([lines.len()]);
    let sections = starts.iter().zip(ends).map(|((start, kind), end)| {
        let body = trimmed.get(start + 2..end).unwrap_or_default();
        let filled = body.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
        let kind = match kind {
            // To the code they are parameters like the others.
            SectionKind::OtherParameters => SectionKind::Parameters,
            kind => kind.clone(),
        };
        section(&trimmed, kind, *start..start + 2 + filled)
    });
    Map { sections: sections.collect() }
}

fn is_value(kind: &SectionKind) -> bool {
    matches!(kind, SectionKind::Returns | SectionKind::Yields)
}

/// Reads the item in these lines.
type Read = fn(&[&str], Range<usize>) -> Option<MappedItem>;

fn section(lines: &[&str], kind: SectionKind, range: Range<usize>) -> MappedSection {
    let heading = range.start..(range.start + 2).min(range.end);
    let body = heading.end..range.end;
    let read: Option<Read> = match kind {
        SectionKind::Parameters | SectionKind::Attributes => Some(parameter),
        SectionKind::Raises | SectionKind::Warns => Some(exception),
        SectionKind::Returns | SectionKind::Yields => Some(value),
        _ => None,
    };
    let items: Option<Vec<MappedItem>> =
        read.and_then(|read| runs(lines, body)?.into_iter().map(|run| read(lines, run)).collect());
    let is_clear = items.is_some();
    let items = items.unwrap_or_default();
    let (lead, quote) = marks(lines, &items);
    let form = Form {
        joint: quote.clone() + &joint(lines, &items),
        close: quote.clone(),
        lead: lead + &quote,
        is_below: true,
        ..form(lines, &items, 4)
    };
    MappedSection { kind, heading, lines: range, items, is_clear, form }
}

/// What stands between names and types.
fn joint(lines: &[&str], items: &[MappedItem]) -> String {
    let found = items.iter().find_map(|item| {
        let name = item.names.last()?.places.first()?;
        let ty = item.ty.as_ref()?;
        let between = lines.get(ty.line)?.get(name.range.end..ty.range.start)?;
        let between = between.trim_start_matches(['`', '"', '\'', '*']);
        between.contains(':').then(|| between.to_owned())
    });
    found.unwrap_or_else(|| " : ".to_owned())
}

/// `x, y : int, optional`.
fn parameter(lines: &[&str], run: Range<usize>) -> Option<MappedItem> {
    let at = run.start;
    let line = *lines.get(at)?;
    let start = indent(line);
    let (end, ty) = match line.find(':') {
        Some(colon) => (colon, core(line, at, colon + 1..line.len())),
        None => (line.len(), None),
    };
    let names = names(line, at, start..end, false).filter(|names| !names.is_empty())?;
    let is_described = run.len() > 1;
    Some(MappedItem { parts: vec![run], names, ty, is_described })
}

/// `ValueError`, `ValueError, KeyError`, `ValueError : if …`.
fn exception(lines: &[&str], run: Range<usize>) -> Option<MappedItem> {
    let at = run.start;
    let line = *lines.get(at)?;
    let start = indent(line);
    let skip = line.get(start..)?.strip_prefix(':').and_then(|rest| rest.find(":`"));
    let skip = start + skip.map_or(0, |length| length + 3);
    let end = line.get(skip..)?.find(':').map_or(line.len(), |colon| skip + colon);
    let names = names(line, at, start..end, true).filter(|names| !names.is_empty())?;
    let is_described = run.len() > 1 || end < line.len();
    Some(MappedItem { parts: vec![run], names, ty: None, is_described })
}

/// `int`, `total : int`.
fn value(lines: &[&str], run: Range<usize>) -> Option<MappedItem> {
    let at = run.start;
    let line = *lines.get(at)?;
    let start = indent(line);
    let colon = line.find(" : ").or_else(|| line.find(": "));
    let named = colon.and_then(|colon| Some((colon, name(line, at, start..colon, false)?)));
    let is_described = run.len() > 1;
    let (known, ty) = match named {
        Some((colon, name)) => {
            let from = colon + line.get(colon..)?.find(':')? + 1;
            (vec![name], core(line, at, from..line.len()))
        }
        None => (Vec::new(), core(line, at, start..line.len())),
    };
    Some(MappedItem { parts: vec![run], names: known, ty, is_described })
}

/// The heading of a new section.
pub(in crate::style) fn opening_of(kind: &SectionKind) -> Vec<String> {
    let title = heading(kind);
    vec![title.to_owned(), "-".repeat(title.chars().count())]
}

/// How the entries of a new section look: as those of the others.
pub(in crate::style) fn new_form(kind: &SectionKind, map: &Map) -> Form {
    let form = map.sections.iter().find(|section| section.is_clear).map(|section| &section.form);
    let is_typed = |section: &MappedSection| section.form.types != Typed::No;
    let untyped = map.of(&SectionKind::Parameters).next().is_some_and(|section| !is_typed(section));
    Form {
        indent: form.map_or(0, |form| form.indent),
        hang: form.map_or(4, |form| form.hang),
        types: if untyped && !is_value(kind) { Typed::No } else { Typed::Beside },
        joint: form.map_or_else(|| " : ".to_owned(), |form| form.joint.clone()),
        is_below: true,
        star: "*",
        ..Form::default()
    }
}

/// The lines of an entry.
pub(in crate::style) fn entry(
    kind: &SectionKind,
    item: &Item,
    form: &Form,
    layout: Layout,
) -> Vec<String> {
    let mut out = Vec::new();
    let ty = item.ty.as_deref();
    let head = match (item.name.as_deref().filter(|_| !is_value(kind)), ty) {
        (Some(name), Some(ty)) if form.types != Typed::No => {
            format!("{}{name}{}{ty}", form.lead, form.joint)
        }
        (Some(name), _) => format!("{}{name}{}", form.lead, form.close),
        // The line of the type must not be left out (numpydoc RT02).
        (None, ty) => ty.unwrap_or("object").to_owned(),
    };
    push_indented(&mut out, form.indent, vec![head]);
    let room = layout.width.saturating_sub(form.indent + form.hang).max(20);
    push_indented(&mut out, form.indent + form.hang, fill(&item.description, room, room));
    out
}

#[cfg(test)]
mod tests {
    use super::map;

    fn check(text: &str, expected: &[&str]) {
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(super::super::tests::shown(&lines, &map(&lines)), expected);
    }

    #[test]
    fn sections_and_entries() {
        check(
            "Do it.\n\nParameters\n----------\nx, y : int, optional\n    Both.\n\n    More.\n`z`: {'a', 'b'}, default 'a'\n    It.\n**kwargs\n    Rest.\n\nOther Parameters\n----------------\nw : array_like of shape (n,)\n    It.\n\nReturns\n-------\ntotal : float\n    It.\nint\n\nRaises\n------\nValueError, m.Bad\n    If.\n\nNotes\n-----\nText.",
            &[
                "2..12 Parameters: x,y|int z|{'a', 'b'} **kwargs",
                "13..17 Parameters: w|array_like of shape (n,)",
                "18..23 Returns: total|float -|int",
                "24..28 Raises: ValueError,m.Bad",
                "29..32 Notes ?",
            ],
        );
    }

    #[test]
    fn what_is_not_understood_is_not_clear() {
        check("Parameters\n----------\nSee the other one.", &["0..3 Parameters ?"]);
        check("Parameters\n----------\n    x : int\ny : int", &["0..4 Parameters ?"]);
    }
}
