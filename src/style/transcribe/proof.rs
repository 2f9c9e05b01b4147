//! The proof that a docstring says in the new notation what it said in the old one.

use super::super::Style;
use super::lines::essence;
use super::{Body, Entry, Notation, Obstacle, Part, lines_of};
use crate::docstring::{Item, SectionKind};

/// What a part says, however it is wrapped and indented.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    kind: Option<SectionKind>,
    entries: Vec<(Option<String>, Option<String>, Vec<String>)>,
    lines: Vec<String>,
    line: usize,
}

/// The parts, prose beside prose joined.
fn said(parts: &[Part]) -> Vec<Said> {
    let mut all: Vec<Said> = Vec::new();
    for part in parts {
        let (entries, lines) = match &part.body {
            Body::Lines(lines) => (Vec::new(), essence(lines)),
            Body::Entries(entries) => (entries.iter().map(said_of).collect(), Vec::new()),
        };
        match all.last_mut() {
            Some(last) if last.kind.is_none() && part.kind.is_none() => last.lines.extend(lines),
            _ => all.push(Said { kind: part.kind.clone(), entries, lines, line: part.line }),
        }
    }
    all
}

fn said_of(entry: &Entry) -> (Option<String>, Option<String>, Vec<String>) {
    (entry.name.clone(), entry.ty.clone(), essence(&entry.lines))
}

/// Proves that `written` says what `parts` say.
///
/// # Errors
///
/// Where it does not, by the reader of the same notation or by the style's own parser.
pub(super) fn same(
    parts: &[Part],
    written: &str,
    target: &Notation,
    style: &dyn Style,
) -> Result<(), Obstacle> {
    let to = target.id;
    let back = (target.read)(&lines_of(written)).map_err(|obstacle| {
        let line = parts.first().map_or(0, |part| part.line);
        let lines = lines_of(written);
        let text = lines.get(obstacle.line).copied().unwrap_or_default().trim();
        let text = super::google::short(text);
        Obstacle::new(line, format!("{to} would not read `{text}`: {}", obstacle.reason))
    })?;
    let (before, after) = (said(parts), said(&back));
    for (index, one) in before.iter().enumerate() {
        let other = after.get(index);
        let is_same = other.is_some_and(|other| {
            one.kind == other.kind && one.entries == other.entries && one.lines == other.lines
        });
        if !is_same {
            let line = differing(one, other, parts);
            return Err(Obstacle::new(line, format!("{to} would read this otherwise")));
        }
    }
    if let (Some(extra), Some(last)) = (after.get(before.len()), before.last()) {
        let what = extra.kind.as_ref().map_or("prose".to_owned(), |kind| format!("{kind:?}"));
        return Err(Obstacle::new(last.line, format!("{to} would read {what} here")));
    }
    parsed(parts, written, style)
}

/// The line of the first entry that differs, or of the part.
fn differing(one: &Said, other: Option<&Said>, parts: &[Part]) -> usize {
    let part = parts.iter().find(|part| part.line == one.line);
    let Some(Body::Entries(entries)) = part.map(|part| &part.body) else { return one.line };
    let same = |(index, entry): &(usize, &(_, _, _))| {
        other.and_then(|other| other.entries.get(*index)) == Some(*entry)
    };
    let count = one.entries.iter().enumerate().take_while(same).count();
    entries.get(count).map_or(one.line, |entry| entry.line)
}

/// Proves that the style's own parser finds the same entries.
fn parsed(parts: &[Part], written: &str, style: &dyn Style) -> Result<(), Obstacle> {
    let docstring = style.parse(written);
    for part in parts {
        let (Some(kind), Body::Entries(entries)) = (&part.kind, &part.body) else { continue };
        let items = docstring.items(kind);
        for (index, entry) in entries.iter().enumerate() {
            let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
            let found =
                items.get(index).is_some_and(|item| is_item(entry, item, is_value, style.id()));
            if !found || items.len() != entries.len() {
                let reason = format!("{} would not be understood here", style.id());
                return Err(Obstacle::new(entry.line, reason));
            }
        }
    }
    Ok(())
}

fn is_item(entry: &Entry, item: &Item, is_value: bool, style: &str) -> bool {
    if style == "epytext" {
        // Its parser leaves most of the markup to be read.
        return entry.name == item.name && entry.ty.is_some() == item.ty.is_some();
    }
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let text = words(&entry.lines.join("\n"));
    if is_value && entry.ty.is_none() {
        // A sentence without a type may begin as one would.
        let ty = item.ty.as_deref().map(words).unwrap_or_default();
        return [ty, words(&item.description)].concat().concat().replace(':', "")
            == text.concat().replace(':', "");
    }
    entry.name == item.name && entry.ty == item.ty && text == words(&item.description)
}
