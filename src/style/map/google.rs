//! The map of a `google` docstring.

use std::ops::Range;

use super::names::{core, form, marks, names, runs};
use super::{Form, Map, MappedItem, MappedSection, Typed};
use crate::docstring::{Item, SectionKind};
use crate::style::Layout;
use crate::style::google::{HEADINGS, heading, untyped};
use crate::style::prose::{colon, is_type};
use crate::style::wrap::{fill, indent, is_heading, push_indented, starts_kept, width};

/// Further headings whose entries are parameters.
const MORE_PARAMETERS: [&str; 7] = [
    "Keyword Args",
    "Keyword Arguments",
    "Kwargs",
    "Other Args",
    "Other Arguments",
    "Other Parameters",
    "Other Params",
];

/// The parts of a text.
pub(in crate::style) fn map(lines: &[&str]) -> Map {
    let mut sections = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let Some(kind) = heading_at(lines, at, line) else {
            at += 1;
            continue;
        };
        let inside = |line: &&&str| line.trim().is_empty() || indent(line) > 0;
        let below = lines.iter().skip(at + 1).take_while(inside);
        let below: Vec<bool> = below.map(|line| line.trim().is_empty()).collect();
        let end = at + 1 + below.iter().rposition(|is_empty| !is_empty).map_or(0, |last| last + 1);
        sections.push(section(lines, kind, at..end));
        at = end;
    }
    Map { sections }
}

fn heading_at(lines: &[&str], at: usize, line: &str) -> Option<SectionKind> {
    let title = line.trim_end().strip_suffix(':')?;
    if !title.starts_with(|c: char| c.is_ascii_uppercase())
        || !title.chars().all(|c| c.is_alphanumeric() || c == ' ')
        || title.ends_with(' ')
    {
        return None;
    }
    let below = lines.get(at + 1..)?.iter().find(|line| !line.trim().is_empty())?;
    if indent(below) == 0 {
        return None;
    }
    if MORE_PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(title)) {
        return Some(SectionKind::Parameters);
    }
    let known = HEADINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(title));
    if let Some((_, kind)) = known {
        // To the code they are parameters like the others.
        let is_more = *kind == SectionKind::OtherParameters;
        return Some(if is_more { SectionKind::Parameters } else { kind.clone() });
    }
    let is_empty = |at: usize| lines.get(at).is_some_and(|line| line.trim().is_empty());
    let is_apart = at == 0 || is_empty(at - 1);
    (is_apart && !is_empty(at + 1)).then(|| SectionKind::Other(title.to_owned()))
}

fn is_value(kind: &SectionKind) -> bool {
    matches!(kind, SectionKind::Returns | SectionKind::Yields)
}

fn section(lines: &[&str], kind: SectionKind, range: Range<usize>) -> MappedSection {
    let heading = range.start..range.start + 1;
    let body = heading.end..range.end;
    let is_exception = matches!(kind, SectionKind::Raises | SectionKind::Warns);
    let has_items =
        is_exception || matches!(kind, SectionKind::Parameters | SectionKind::Attributes);
    let items = match () {
        () if is_value(&kind) => Some(vec![value(lines, body.clone())]),
        () if has_items => items(lines, body.clone(), is_exception),
        () => None,
    };
    let is_clear = items.is_some();
    let items = items.unwrap_or_default();
    let (lead, quote) = marks(lines, &items);
    let form = Form {
        is_below: is_below(lines, &items),
        joint: if quote.is_empty() { " (".to_owned() } else { format!("{quote} (") },
        close: quote.clone(),
        lead: lead + &quote,
        ..form(lines, &items, 4)
    };
    MappedSection { kind, heading, lines: range, items, is_clear, form }
}

/// Whether the words of every entry begin below its name.
fn is_below(lines: &[&str], items: &[MappedItem]) -> bool {
    let mut described = items.iter().filter(|item| item.is_described && !item.names.is_empty());
    let is_bare = |item: &MappedItem| {
        lines.get(item.start()).is_some_and(|line| line.trim_end().ends_with(':'))
    };
    described.clone().next().is_some() && described.all(is_bare)
}

/// The entries of a section; `None` if its body is something else.
fn items(lines: &[&str], body: Range<usize>, is_exception: bool) -> Option<Vec<MappedItem>> {
    runs(lines, body)?.into_iter().map(|run| item(lines, run, is_exception)).collect()
}

fn item(lines: &[&str], run: Range<usize>, is_exception: bool) -> Option<MappedItem> {
    let at = run.start;
    let line = lines.get(at)?.trim_end();
    let mut start = indent(line);
    for bullet in ["- ", "* ", "+ "] {
        if line.get(start..)?.starts_with(bullet) {
            start += bullet.len();
            break;
        }
    }
    // A role has colons of its own.
    let role = line.get(start..)?.strip_prefix(':').and_then(|rest| rest.find(":`"));
    let skip = role.map_or(0, |length| length + 2);
    let end = start + skip + colon(line.get(start + skip..)?)?;
    let head = line.get(start..end)?.trim_end();
    let (mut names_end, mut ty) = (start + head.len(), None);
    if let Some(inner) = head.strip_suffix(')')
        && let Some(open) = opening(inner)
        && !is_exception
    {
        names_end = start + open;
        ty = core(line, at, start + open + 1..start + inner.len());
    }
    let names = names(line, at, start..names_end, is_exception)?;
    // "Note: …" in the middle of a description that is not indented.
    let is_word =
        |name: &str| is_heading(name) || matches!(name, "Default" | "Defaults" | "Optional");
    if names.is_empty() || !is_exception && names.iter().any(|name| is_word(&name.text)) {
        return None;
    }
    let is_described = run.len() > 1 || line.len() > end + 1;
    Some(MappedItem { parts: vec![run], names, ty, is_described })
}

/// The bracket that the one behind `inner` closes.
fn opening(inner: &str) -> Option<usize> {
    let mut depth = 1usize;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn value(lines: &[&str], body: Range<usize>) -> MappedItem {
    let first = body.clone().find(|at| lines.get(*at).is_some_and(|line| !line.trim().is_empty()));
    let at = first.unwrap_or(body.start);
    let line = lines.get(at).map(|line| line.trim_end()).unwrap_or_default();
    let start = indent(line);
    let end = colon(line.get(start..).unwrap_or_default()).map(|end| start + end);
    let ty = end.filter(|end| line.get(start..*end).is_some_and(is_type));
    let is_described = ty.is_none_or(|end| body.len() > 1 || line.len() > end + 1);
    let ty = ty.and_then(|end| core(line, at, start..end));
    let parts = std::iter::once(at..body.end).collect();
    MappedItem { parts, names: Vec::new(), ty, is_described }
}

/// The heading of a new section.
pub(in crate::style) fn opening_of(kind: &SectionKind) -> Vec<String> {
    vec![format!("{}:", heading(kind))]
}

/// How the entries of a new section look: as those of the others.
pub(in crate::style) fn new_form(kind: &SectionKind, map: &Map) -> Form {
    let others = || map.sections.iter().filter(|section| section.is_clear);
    let like = others().find(|section| !is_value(&section.kind)).or_else(|| others().next());
    let form = like.map(|section| &section.form);
    Form {
        indent: form.map_or(4, |form| form.indent),
        hang: form.map_or(4, |form| form.hang),
        types: match kind {
            SectionKind::Raises => Typed::No,
            _ => form.map_or(Typed::No, |form| form.types),
        },
        joint: " (".to_owned(),
        is_below: form.is_some_and(|form| form.is_below),
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
    let words = item.description.as_str();
    let ty = item.ty.as_deref().filter(|_| form.types != Typed::No);
    let room = layout.width.saturating_sub(form.indent).max(20);
    let Some(name) = item.name.as_deref().filter(|_| !is_value(kind)) else {
        let mut text = match ty {
            Some(ty) => {
                let first = room.saturating_sub(width(ty) + 2);
                let mut text = fill(words, first, room);
                match text.first_mut() {
                    Some(line) => line.insert_str(0, &format!("{ty}: ")),
                    None => text.push(format!("{ty}:")),
                }
                text
            }
            None => fill(&untyped(words), room, room),
        };
        text.retain(|line| !line.is_empty());
        push_indented(&mut out, form.indent, text);
        return out;
    };
    let head = match ty {
        Some(ty) => format!("{}{name}{}{ty}):", form.lead, form.joint),
        None => format!("{}{name}{}:", form.lead, form.close),
    };
    let rest = room.saturating_sub(form.hang).max(20);
    if form.is_below || starts_kept(words) {
        push_indented(&mut out, form.indent, vec![head]);
        push_indented(&mut out, form.indent + form.hang, fill(words, rest, rest));
        return out;
    }
    let first = room.saturating_sub(width(&head) + 1);
    let mut text = fill(words, first, rest).into_iter();
    let opening = text.next().unwrap_or_default();
    push_indented(&mut out, form.indent, vec![format!("{head} {opening}").trim_end().to_owned()]);
    push_indented(&mut out, form.indent + form.hang, text.collect());
    out
}

#[cfg(test)]
mod tests {
    use super::map;
    use crate::docstring::SectionKind;

    /// `kind: name|type …` for each section, its lines in front.
    fn check(text: &str, expected: &[&str]) {
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(super::super::tests::shown(&lines, &map(&lines)), expected);
    }

    #[test]
    fn sections_and_entries() {
        check(
            "Do it.\n\nArgs:\n    a (int, optional): The a.\n        More.\n    *args: Rest.\n\n    b, c: Both.\n\nReturns:\n    int: The\n    sum.\n\nUsage:\n    f(1)",
            &[
                "2..8 Parameters: a|int *args b,c",
                "9..12 Returns: -|int",
                "13..15 Other(\"Usage\") ?",
            ],
        );
        check(
            "Args:\n  - `a`: The a.\n\nRaises:\n  :exc:`m.Bad`: If.",
            &["0..2 Parameters: a", "3..5 Raises: m.Bad"],
        );
    }

    #[test]
    fn what_is_not_understood_is_not_clear() {
        check("Args:\n    see below", &["0..2 Parameters ?"]);
        check("Args:\n    a: The a\n    Note: it is odd", &["0..3 Parameters ?"]);
        check("Args:\n        a: The a\n    b: The b", &["0..3 Parameters ?"]);
        check("It does. Args:\n\nText", &[]);
        let lines = ["Args:", "    x: It."];
        let map = map(&lines);
        assert!(map.section(&SectionKind::Parameters).unwrap().items[0].is_described);
    }
}
