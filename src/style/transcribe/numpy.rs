//! The notation of NumPy: underlined headings, `name : type` with its description below.

use super::super::Layout;
use super::super::numpy::{HEADINGS, heading};
use super::super::prose::is_value_type;
use super::super::wrap::indent;
use super::google::short;
use super::lines::{block, dedented, fit, is_exception, is_mark, is_name, open, push};
use super::{Body, Entry, Marks, Obstacle, Part, Parts, carried, is_entries};
use crate::docstring::SectionKind;

/// The order that numpydoc wants (GL07).
static ORDER: &[SectionKind] = &[
    SectionKind::Parameters,
    SectionKind::Attributes,
    SectionKind::Returns,
    SectionKind::Yields,
    SectionKind::OtherParameters,
    SectionKind::Raises,
    SectionKind::Warns,
    SectionKind::Warnings,
    SectionKind::SeeAlso,
    SectionKind::Notes,
    SectionKind::References,
    SectionKind::Examples,
];

/// The place of a section in the order that numpydoc wants.
pub(super) fn rank(kind: &SectionKind) -> usize {
    ORDER.iter().position(|known| known == kind).unwrap_or(ORDER.len())
}

/// Whether numpydoc knows the section.
pub(super) fn is_known(kind: &SectionKind) -> bool {
    ORDER.contains(kind)
}

/// The headings: their lines and sections.
fn headings(lines: &[&str]) -> Vec<(usize, SectionKind)> {
    let open = open(lines);
    let mut found = Vec::new();
    for (at, pair) in lines.windows(2).enumerate() {
        let [title, rule] = pair else { continue };
        let is_rule =
            rule.len() >= 3 && (rule.bytes().all(|b| b == b'-') || rule.bytes().all(|b| b == b'='));
        if !is_rule || !open.get(at).copied().unwrap_or(false) {
            continue;
        }
        let known = carried(HEADINGS).find(|(known, _)| known.eq_ignore_ascii_case(title));
        // The head of a table stands between two rules.
        let is_table = at.checked_sub(1).and_then(|at| lines.get(at)) == Some(rule);
        let is_name = title.starts_with(char::is_alphabetic)
            && title.chars().all(|c| c.is_alphanumeric() || c == ' ');
        match known {
            Some((_, kind)) => found.push((at, kind.clone())),
            None if is_name && !is_table => {
                found.push((at, SectionKind::Other((*title).to_owned())));
            }
            None => {}
        }
    }
    found
}

pub(super) fn marks(lines: &[&str]) -> Marks {
    let mut marks = Marks::default();
    for (_, kind) in headings(lines) {
        match kind {
            SectionKind::Other(_) => {}
            kind if is_entries(&kind) => marks.entries += 1,
            _ => marks.texts += 1,
        }
    }
    marks
}

pub(super) fn read(lines: &[&str]) -> Parts {
    let headings = headings(lines);
    let mut parts = Vec::new();
    let first = headings.first().map_or(lines.len(), |(at, _)| *at);
    let head = dedented(lines.get(..first).unwrap_or_default());
    if !head.is_empty() {
        parts.push(Part::prose(0, head));
    }
    let ends = headings.iter().skip(1).map(|(at, _)| *at).chain([lines.len()]);
    for ((at, kind), end) in headings.iter().zip(ends) {
        let own = lines.get(at + 2..end).unwrap_or_default();
        let body = if is_entries(kind) {
            Body::Entries(entries(own, at + 2, kind)?)
        } else {
            Body::Lines(dedented(own))
        };
        let title = lines.get(*at).map_or(String::new(), |title| (*title).to_owned());
        let is_empty = match &body {
            Body::Lines(lines) => lines.is_empty(),
            Body::Entries(entries) => entries.is_empty(),
        };
        if is_empty {
            return Err(Obstacle::new(*at, format!("the section `{title}` is empty")));
        }
        parts.push(Part { line: *at, kind: Some(kind.clone()), title, body });
    }
    Ok(parts)
}

fn entries(lines: &[&str], start: usize, kind: &SectionKind) -> Result<Vec<Entry>, Obstacle> {
    let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
    let is_raise = matches!(kind, SectionKind::Raises | SectionKind::Warns);
    let empty = lines.iter().take_while(|line| line.is_empty()).count();
    let base = lines.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min();
    let base = base.unwrap_or(0);
    let below =
        || lines.iter().skip(empty + 1).take_while(|line| line.is_empty() || indent(line) > base);
    if is_value
        && let Some(first) = lines.get(empty)
        && !is_typed(first.trim(), below().copied())
    {
        return Ok(vec![sentence(lines, first, start, base)?]);
    }
    let mut entries: Vec<Entry> = Vec::new();
    let mut at = empty;
    while let Some(first) = lines.get(at) {
        let line = start + at;
        if indent(first) > base {
            return Err(Obstacle::new(line, "it is indented more than the entries below"));
        }
        let below = lines.get(at + 1..).unwrap_or_default();
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > base).count();
        let own = below.get(..count).unwrap_or_default();
        at += 1 + count;
        let first = first.trim();
        let text = dedented(own);
        if is_value && !is_typed(first, own.iter().copied()) {
            return Err(Obstacle::new(line, "it is neither a type nor indented"));
        }
        let (name, ty) = if is_raise { (Some(first), None) } else { split_type(first, is_value) };
        let is_known = match name {
            Some(name) if is_raise => is_exception(name),
            Some(name) => is_name(name),
            None => is_value,
        };
        if !is_known || ty.is_some_and(str::is_empty) {
            return Err(Obstacle::new(line, format!("`{}` is no name", short(first))));
        }
        let (name, ty) = (name.map(str::to_owned), ty.map(str::to_owned));
        entries.push(Entry { line, name, ty, lines: text });
    }
    Ok(entries)
}

/// A value without a type: prose in the column of the types, or below its first line.
fn sentence(lines: &[&str], first: &str, start: usize, base: usize) -> Result<Entry, Obstacle> {
    let lines: Vec<&str> = lines.iter().copied().skip_while(|line| line.is_empty()).collect();
    let rest = lines.get(1..).unwrap_or_default();
    let is_below = rest.iter().all(|line| line.is_empty() || indent(line) > base);
    let is_beside = rest.iter().all(|line| line.is_empty() || indent(line) == base);
    let text = match (is_below, is_beside) {
        (true, _) => {
            // One step, and not what they have in common: there may be a list below.
            let step = rest.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min();
            let step = (base + 4).min(step.unwrap_or(base + 4));
            let below = rest.iter().map(|line| line.get(step..).unwrap_or_default().to_owned());
            let mut text = vec![first.trim().to_owned()];
            text.extend(below);
            while text.last().is_some_and(String::is_empty) {
                text.pop();
            }
            text
        }
        (false, true) => dedented(&lines),
        (false, false) => {
            let reason = format!("`{}` is neither a type nor prose", short(first.trim()));
            return Err(Obstacle::new(start, reason));
        }
    };
    Ok(Entry { line: start, lines: text, ..Entry::default() })
}

/// Whether the first line of a value is `type` or `name : type`, and not prose.
fn is_typed<'a>(first: &str, below: impl IntoIterator<Item = &'a str>) -> bool {
    if let Some((name, _)) = first.split_once(" : ") {
        return is_name(name);
    }
    let mut below = below.into_iter().map(str::trim).filter(|line| !line.is_empty());
    is_value_type(first, below.next())
}

/// Name and type of `name : type`; people leave blanks out.
fn split_type(first: &str, is_value: bool) -> (Option<&str>, Option<&str>) {
    match first.split_once(" : ").or_else(|| first.split_once(": ")) {
        Some((name, ty)) => (Some(name.trim()), Some(ty.trim())),
        None if is_value => (None, Some(first)),
        None => (Some(first.strip_suffix(':').unwrap_or(first).trim()), None),
    }
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
        let title = match kind {
            SectionKind::Other(title) => title.as_str(),
            kind => heading(kind),
        };
        let mut lines = vec![title.to_owned(), "-".repeat(title.chars().count())];
        match &part.body {
            Body::Lines(text) => lines.extend(fit(text, layout.width, layout.width)),
            Body::Entries(entries) => {
                for entry in entries {
                    push_entry(&mut lines, entry, kind, layout)?;
                }
            }
        }
        block(&mut out, lines);
    }
    Ok(out)
}

fn push_entry(
    out: &mut Vec<String>,
    entry: &Entry,
    kind: &SectionKind,
    layout: Layout,
) -> Result<(), Obstacle> {
    let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
    let room = layout.width.saturating_sub(4).max(20);
    let head = match (&entry.name, &entry.ty) {
        (Some(name), Some(ty)) => format!("{name} : {ty}"),
        (Some(name), None) => name.clone(),
        (None, Some(ty)) if is_value && is_typed(ty, entry.lines.iter().map(String::as_str)) => {
            ty.clone()
        }
        (None, Some(ty)) => {
            let reason = format!("numpy would not read `{}` as a type", short(ty));
            return Err(Obstacle::new(entry.line, reason));
        }
        (None, None) if is_value => {
            // Without a type the sentence takes its place; what follows hangs below, as
            // each line in this column would be a value of its own.
            let Some(first) = entry.lines.first() else {
                return Err(Obstacle::new(entry.line, "the section is empty"));
            };
            let rest = entry.lines.iter().skip(1).map(String::as_str);
            if is_mark(first) || is_typed(first, rest) {
                let reason = format!("numpy would read `{}` as a type", short(first));
                return Err(Obstacle::new(entry.line, reason));
            }
            let mut lines = fit(&entry.lines, layout.width, room).into_iter();
            out.extend(lines.next());
            push(out, 4, lines.collect());
            return Ok(());
        }
        (None, None) => return Err(Obstacle::new(entry.line, "numpy needs a name here")),
    };
    out.push(head);
    push(out, 4, fit(&entry.lines, room, room));
    Ok(())
}
