//! The notation of Google: indented sections under `Args:` and the like, prose beside them.

use super::super::Layout;
use super::super::google::HEADINGS;
use super::super::prose::{colon, is_bare_type, is_type};
use super::super::wrap::{indent, width};
use super::lines::{block, dedented, fit, hanging, hangs, is_exception, is_name, open, push};
use super::{Body, Entry, Marks, Obstacle, Part, Parts, carried, is_entries};
use crate::docstring::SectionKind;

/// Further headings that napoleon knows, with the directives that they stand for.
pub(super) static OTHERS: &[(&str, &str)] = &[
    ("Attention", "attention"),
    ("Caution", "caution"),
    ("Danger", "danger"),
    ("Error", "error"),
    ("Hint", "hint"),
    ("Important", "important"),
    ("Tip", "tip"),
    ("Todo", "todo"),
];

/// The section that a heading without its colon begins.
fn known(name: &str) -> Option<SectionKind> {
    let found = carried(HEADINGS).find(|(known, _)| known.eq_ignore_ascii_case(name));
    let other = || OTHERS.iter().find(|(known, _)| *known == name);
    found
        .map(|(_, kind)| kind.clone())
        .or_else(|| other().map(|(known, _)| SectionKind::Other((*known).to_owned())))
}

/// The heading on a line, if it is one by its words.
fn heading(line: &str) -> Option<(&str, SectionKind)> {
    let name = line.strip_suffix(':')?;
    let kind = known(name).filter(|_| name.starts_with(|c: char| c.is_ascii_uppercase()))?;
    Some((name, kind))
}

/// Whether something indented stands below a heading.
fn has_body(lines: &[&str], at: usize) -> bool {
    let below = lines.get(at + 1..).unwrap_or_default();
    below.iter().find(|line| !line.is_empty()).is_some_and(|line| indent(line) > 0)
}

pub(super) fn marks(lines: &[&str]) -> Marks {
    let mut marks = Marks::default();
    for (at, (line, _)) in lines.iter().zip(open(lines)).enumerate().filter(|(_, (_, open))| *open)
    {
        match heading(line) {
            Some((_, kind)) if has_body(lines, at) => {
                *(if is_entries(&kind) { &mut marks.entries } else { &mut marks.texts }) += 1;
            }
            _ => {}
        }
    }
    marks
}

pub(super) fn read(lines: &[&str]) -> Parts {
    let open = open(lines);
    let mut parts = Vec::new();
    let mut at = 0;
    let mut prose = 0;
    let flush = |from: usize, to: usize, parts: &mut Vec<Part>| {
        let text = dedented(lines.get(from..to).unwrap_or_default());
        if !text.is_empty() {
            parts.push(Part::prose(from, text));
        }
    };
    while let Some(line) = lines.get(at) {
        let found = open.get(at).copied().unwrap_or(false).then(|| heading(line)).flatten();
        let Some((title, kind)) = found else {
            at += 1;
            continue;
        };
        if !has_body(lines, at) {
            if is_entries(&kind) {
                let reason = format!("nothing is indented below `{title}:`");
                return Err(Obstacle::new(at, reason));
            }
            at += 1;
            continue;
        }
        flush(prose, at, &mut parts);
        let below = lines.get(at + 1..).unwrap_or_default();
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > 0).count();
        let own = below.get(..count).unwrap_or_default();
        let body = match kind {
            SectionKind::Returns | SectionKind::Yields => Body::Entries(vec![value(own, at + 1)]),
            _ if is_entries(&kind) => Body::Entries(entries(own, at + 1, &kind)?),
            _ => Body::Lines(dedented(own)),
        };
        parts.push(Part { line: at, kind: Some(kind), title: title.to_owned(), body });
        at += 1 + count;
        prose = at;
    }
    flush(prose, lines.len(), &mut parts);
    Ok(parts)
}

/// `Returns` and `Yields`: one value, with a type if one stands in front of a colon.
fn value(lines: &[&str], line: usize) -> Entry {
    let text = dedented(lines);
    let Some((first, rest)) = text.split_first() else { return Entry::default() };
    let typed = colon(first).filter(|at| first.get(..*at).is_some_and(is_type));
    let (ty, first) = match typed {
        Some(at) => (first.get(..at), first.get(at + 1..).unwrap_or_default().trim()),
        None if rest.is_empty() && is_bare_type(first) => (Some(first.as_str()), ""),
        None => (None, first.as_str()),
    };
    let mut lines: Vec<String> = Vec::new();
    if !first.is_empty() {
        lines.push(first.to_owned());
    }
    lines.extend(rest.iter().skip_while(|line| first.is_empty() && line.is_empty()).cloned());
    if first.is_empty() {
        let below: Vec<&str> = lines.iter().map(String::as_str).collect();
        lines = dedented(&below);
    }
    Entry { line, name: None, ty: ty.map(str::to_owned), lines }
}

fn entries(lines: &[&str], start: usize, kind: &SectionKind) -> Result<Vec<Entry>, Obstacle> {
    let empty = lines.iter().take_while(|line| line.is_empty()).count();
    let base = lines.get(empty).map_or(0, |line| indent(line));
    let mut entries = Vec::new();
    let mut at = empty;
    while let Some(first) = lines.get(at) {
        let line = start + at;
        if indent(first) < base {
            return Err(Obstacle::new(line, "it is indented less than the entries above"));
        }
        let below = lines.get(at + 1..).unwrap_or_default();
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > base).count();
        let own = below.get(..count).unwrap_or_default();
        at += 1 + count;
        let first = first.trim();
        let is_exception_section = matches!(kind, SectionKind::Raises | SectionKind::Warns);
        let (head, text) = match colon(first) {
            Some(at) => (first.get(..at), first.get(at + 1..)),
            None if is_exception_section => (Some(first), None),
            None => {
                return Err(Obstacle::new(
                    line,
                    format!("the entry `{}` has no colon", short(first)),
                ));
            }
        };
        let head = head.unwrap_or_default().trim();
        let (name, ty) = if is_exception_section { (head, None) } else { split_type(head) };
        let is_known = if is_exception_section { is_exception(name) } else { is_name(name) };
        if !is_known || ty.is_some_and(str::is_empty) {
            return Err(Obstacle::new(line, format!("`{}` is no name", short(head))));
        }
        entries.push(Entry {
            line,
            name: Some(name.to_owned()),
            ty: ty.map(str::to_owned),
            lines: hanging(text.unwrap_or_default(), own),
        });
    }
    Ok(entries)
}

/// Name and type of `name (type)`.
fn split_type(head: &str) -> (&str, Option<&str>) {
    match head.strip_suffix(')').and_then(|head| head.split_once('(')) {
        Some((name, ty)) => (name.trim(), Some(ty.trim())),
        None => (head, None),
    }
}

/// The beginning of a text, for a message.
pub(super) fn short(text: &str) -> String {
    let mut out: String = text.chars().take(40).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

/// The heading of a section; `None` if there is none in this notation.
pub(super) fn title(kind: &SectionKind, written: &str) -> Option<String> {
    // What a person chose of `Note` and `Notes` stays.
    let mut texts = carried(HEADINGS).filter(|(_, own)| !is_entries(own) && own == kind);
    if let Some((name, _)) = texts.find(|(name, _)| *name == written) {
        return Some((*name).to_owned());
    }
    if let SectionKind::Other(name) = kind {
        return OTHERS.iter().any(|(known, _)| known == name).then(|| name.clone());
    }
    carried(HEADINGS).find(|(_, known)| known == kind).map(|(name, _)| (*name).to_owned())
}

pub(super) fn write(parts: &[Part], layout: Layout) -> Result<Vec<String>, Obstacle> {
    let mut out = Vec::new();
    for part in parts {
        let Some(kind) = &part.kind else {
            if let Body::Lines(lines) = &part.body {
                block(&mut out, lines.clone());
            }
            continue;
        };
        let Some(title) = title(kind, &part.title) else {
            let reason = format!("google has no section `{}`", part.title);
            return Err(Obstacle::new(part.line, reason));
        };
        let mut lines = vec![format!("{title}:")];
        match &part.body {
            Body::Lines(text) => {
                let room = layout.width.saturating_sub(4).max(20);
                push(&mut lines, 4, fit(text, room, room));
            }
            Body::Entries(entries) => {
                let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
                if is_value && entries.len() > 1 {
                    let line = entries.get(1).map_or(part.line, |entry| entry.line);
                    return Err(Obstacle::new(line, "google describes one value only"));
                }
                for entry in entries {
                    if is_value {
                        push(&mut lines, 4, value_lines(entry, layout)?);
                    } else {
                        push(&mut lines, 4, entry_lines(entry, layout)?);
                    }
                }
            }
        }
        block(&mut out, lines);
    }
    Ok(out)
}

fn entry_lines(entry: &Entry, layout: Layout) -> Result<Vec<String>, Obstacle> {
    let Some(name) = &entry.name else {
        return Err(Obstacle::new(entry.line, "google needs a name here"));
    };
    let head = match &entry.ty {
        Some(ty) => format!("{name} ({ty}):"),
        None => format!("{name}:"),
    };
    let rest = layout.width.saturating_sub(8).max(20);
    let first = layout.width.saturating_sub(4 + width(&head) + 1);
    Ok(beside(head, &entry.lines, first, rest))
}

/// A description beside its head, or below it where it would not come back otherwise.
pub(super) fn beside(head: String, text: &[String], first: usize, rest: usize) -> Vec<String> {
    if text.is_empty() {
        return vec![head];
    }
    let fitted = fit(text, first, rest);
    let mut lines = vec![head];
    let is_long = fitted.first().is_some_and(|line| width(line) > first) && first < rest;
    if hangs(&fitted) && !is_long {
        let mut fitted = fitted.into_iter();
        if let (Some(line), Some(text)) = (lines.first_mut(), fitted.next()) {
            line.push(' ');
            line.push_str(&text);
        }
        push(&mut lines, 4, fitted.collect());
    } else {
        push(&mut lines, 4, fit(text, rest, rest));
    }
    lines
}

/// A value: all lines stand at the same indentation.
fn value_lines(entry: &Entry, layout: Layout) -> Result<Vec<String>, Obstacle> {
    if let Some(name) = &entry.name {
        let reason = format!("google has no place for the name `{name}` of a value");
        return Err(Obstacle::new(entry.line, reason));
    }
    let room = layout.width.saturating_sub(4).max(20);
    let Some(ty) = &entry.ty else { return Ok(fit(&entry.lines, room, room)) };
    if !is_type(ty) {
        let reason = format!("google would not read `{}` as a type", short(ty));
        return Err(Obstacle::new(entry.line, reason));
    }
    let first = room.saturating_sub(width(ty) + 2);
    let mut lines = fit(&entry.lines, first, room);
    let starts_marked = lines.first().is_some_and(|line| super::lines::is_mark(line));
    match lines.first_mut() {
        Some(line) if !starts_marked => line.insert_str(0, &format!("{ty}: ")),
        _ => lines.insert(0, format!("{ty}:")),
    }
    Ok(lines)
}
