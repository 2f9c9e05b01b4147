//! Names, types and entries, as all styles write them.

use std::ops::Range;

use super::{Form, MappedItem, Name, Place, Typed};
use crate::style::wrap::indent;

/// White space at both ends taken off.
pub(super) fn trimmed(line: &str, range: Range<usize>) -> Range<usize> {
    let text = line.get(range.clone()).unwrap_or_default();
    let start = range.start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

/// The name in a stretch of a line: an identifier, dotted if `dotted`, with stars, escapes,
/// quotation marks or a role (`:exc:`) around it. `None` for anything else.
pub(super) fn name(line: &str, at: usize, range: Range<usize>, dotted: bool) -> Option<Name> {
    let mut range = trimmed(line, range);
    let text = |range: &Range<usize>| line.get(range.clone()).unwrap_or_default();
    // `:class:`~module.Name``.
    if text(&range).starts_with(':')
        && let Some(end) = text(&range).get(1..).and_then(|rest| rest.find(":`"))
    {
        range.start += end + 2;
    }
    for mark in ["**", "``", "`", "\"", "'"] {
        let is_marked = text(&range).len() > 2 * mark.len()
            && text(&range).starts_with(mark)
            && text(&range).ends_with(mark);
        if is_marked {
            range = range.start + mark.len()..range.end - mark.len();
            break;
        }
    }
    if dotted {
        range.start += text(&range).len() - text(&range).trim_start_matches(['~', '!', '.']).len();
    }
    let mut stars = String::new();
    loop {
        let rest = text(&range);
        let length = match () {
            () if rest.starts_with("\\*") => 2,
            () if rest.starts_with('*') => 1,
            () => break,
        };
        stars.push('*');
        range.start += length;
    }
    let bare = text(&range);
    let is_identifier = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    let is_name = if dotted { bare.split('.').all(is_identifier) } else { is_identifier(bare) };
    (is_name && stars.len() <= 2)
        .then(|| Name { text: format!("{stars}{bare}"), places: vec![Place { line: at, range }] })
}

/// The names in a stretch of a line, separated by commas; `None` if one of them is none.
pub(super) fn names(line: &str, at: usize, range: Range<usize>, dotted: bool) -> Option<Vec<Name>> {
    let text = line.get(range.clone())?;
    let mut found = Vec::new();
    let mut start = range.start;
    for part in text.split(',') {
        let end = start + part.len();
        // `x, optional`.
        if part.trim() != "optional" || found.is_empty() {
            found.push(name(line, at, start..end, dotted)?);
        }
        start = end + 1;
    }
    Some(found)
}

/// What follows a type without being part of it.
const REMARKS: [&str; 6] =
    ["optional", "default", "defaults", "keyword-only", "required", "positional"];

/// A type without `, optional` and `, default …` behind it; `None` when nothing is left.
pub(super) fn core(line: &str, at: usize, range: Range<usize>) -> Option<Place> {
    let mut range = trimmed(line, range);
    let mut depth = 0usize;
    let text = line.get(range.clone())?;
    for (index, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' | ';' if depth == 0 => {
                let rest = text.get(index + 1..).unwrap_or_default().trim_start();
                if REMARKS.iter().any(|remark| rest.starts_with(remark)) {
                    range.end = range.start + index;
                    break;
                }
            }
            _ => {}
        }
    }
    let range = trimmed(line, range);
    let text = line.get(range.clone())?;
    let is_remark = REMARKS.iter().any(|remark| text.split([' ', ':', '=']).next() == Some(remark));
    (!text.is_empty() && !is_remark).then_some(Place { line: at, range })
}

/// Runs of lines that begin at the indentation of the first one: entries. `None` if a line
/// stands further out.
pub(super) fn runs(lines: &[&str], body: Range<usize>) -> Option<Vec<Range<usize>>> {
    let filled: Vec<usize> = body
        .filter(|index| lines.get(*index).is_some_and(|line| !line.trim().is_empty()))
        .collect();
    let base = indent(lines.get(*filled.first()?)?);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for index in filled {
        let own = indent(lines.get(index)?);
        if own < base {
            return None;
        }
        match runs.last_mut() {
            Some(run) if own > base => run.end = index + 1,
            _ => runs.push(index..index + 1),
        }
    }
    Some(runs)
}

/// What entries look like, as far as their lines tell.
pub(super) fn form(lines: &[&str], items: &[MappedItem], usual_hang: usize) -> Form {
    let column = |line: usize| lines.get(line).map_or(0, |line| indent(line));
    let first = items.first().map_or(0, |item| column(item.start()));
    let hang = items.iter().find_map(|item| {
        let part = item.parts.first()?;
        let mut below = part.clone().skip(1);
        let line =
            below.find(|line| lines.get(*line).is_some_and(|line| !line.trim().is_empty()))?;
        column(line).checked_sub(column(part.start)).filter(|hang| *hang > 0)
    });
    let gaps = items.windows(2).filter_map(|pair| match pair {
        [one, other] => other.start().checked_sub(one.end()),
        _ => None,
    });
    let typed = items.iter().filter(|item| item.ty.is_some()).count();
    let star = items.iter().flat_map(|item| &item.names).find_map(|name| {
        let place = name.places.first()?;
        let before = lines.get(place.line)?.get(..place.range.start)?;
        let is_starred = name.text.starts_with('*');
        is_starred.then(|| if before.ends_with("\\*") { "\\*" } else { "*" })
    });
    Form {
        indent: first,
        hang: hang.unwrap_or(usual_hang),
        types: if typed * 2 > items.len() || typed > 0 && typed * 2 == items.len() {
            Typed::Beside
        } else {
            Typed::No
        },
        gap: gaps.min().unwrap_or(0),
        star: star.unwrap_or("*"),
        ..Form::default()
    }
}

/// What stands around the name of every entry: a bullet in front, a quotation mark on both
/// sides.
pub(super) fn marks(lines: &[&str], items: &[MappedItem]) -> (String, String) {
    let around = |item: &MappedItem| {
        let name = item.names.first()?;
        let place = name.places.first()?;
        let line = lines.get(place.line)?;
        let lead = line.get(..place.range.start)?.trim_start().trim_end_matches(['*', '\\']);
        let rest = line.get(place.range.end..)?;
        let quote = ["``", "`", "\"", "'"]
            .into_iter()
            .find(|quote| lead.ends_with(*quote) && rest.starts_with(*quote));
        // `**x**` has lost its marks with the stars.
        let quote = match quote {
            None if rest.starts_with("**") => "**",
            other => other.unwrap_or_default(),
        };
        let bullet = lead.strip_suffix(quote).unwrap_or(lead);
        Some((bullet.to_owned(), quote.to_owned()))
    };
    let mut all = items.iter().filter_map(around);
    let Some(first) = all.next() else { return (String::new(), String::new()) };
    if all.all(|other| other == first) { first } else { (String::new(), String::new()) }
}
