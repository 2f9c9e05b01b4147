//! Sections under `Args:` and the like.

use std::collections::{BTreeSet, HashSet};

use super::super::lines::Line;
use super::Fault;
use super::markdown::unknown;
use super::words::meant;
use crate::docstring::Symbol;

/// Headings of sections with entries, as napoleon reads them.
const ENTRIES: &[&str] = &[
    "Args",
    "Arguments",
    "Parameters",
    "Params",
    "Keyword Args",
    "Keyword Arguments",
    "Other Parameters",
    "Attributes",
    "Raises",
];

/// The other headings that must have content.
const VALUES: &[&str] = &["Returns", "Return", "Yields", "Yield", "Raise", "Receives", "Warns"];

/// Headings that a misspelt one may be meant to be.
const MEANT: &[&str] =
    &["Args", "Arguments", "Parameters", "Attributes", "Returns", "Yields", "Raises"];

/// Words that are near a heading and are others.
const OTHERS: &[&str] = &["Return", "Yield", "Raise", "Parameter", "Argument", "Attribute"];

/// The faults of the sections of a docstring.
pub(super) fn faults(lines: &[Line<'_>], symbol: &Symbol) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let params: HashSet<&str> =
        symbol.signature.params.iter().map(|param| param.name.as_str()).collect();
    for (index, line) in lines.iter().enumerate() {
        let Some(name) = title(line) else { continue };
        let below = lines.get(index + 1..).unwrap_or_default();
        let end = below.iter().position(|line| !line.is_empty() && line.indent == 0);
        let body = below.get(..end.unwrap_or(below.len())).unwrap_or_default();
        let has_body = body.iter().any(|line| !line.is_empty());
        let is_entries = ENTRIES.contains(&name);
        if !is_entries && !VALUES.contains(&name) {
            if has_body
                && is_apart(lines, index)
                && !OTHERS.contains(&name)
                && let Some(known) = meant(name, MEANT)
                && body.first().is_some_and(|line| !line.is_empty())
            {
                found.push(Fault::at(line, unknown(name, known)));
            }
            continue;
        }
        if !has_body {
            let next = end.and_then(|end| below.get(end));
            if is_apart(lines, index) && next.is_none_or(|next| title(next).is_some()) {
                found.push(Fault::at(line, format!("section `{name}` is empty")));
            }
            continue;
        }
        if is_entries && is_apart(lines, index) {
            entries(name, body, &params, &mut seen, &mut found);
        }
    }
    found
}

/// The heading that a line is, without its colon.
fn title<'a>(line: &Line<'a>) -> Option<&'a str> {
    let name = line.text.strip_suffix(':').filter(|_| line.indent == 0)?;
    let is_title = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.len() <= 24
        && name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
        && !name.ends_with(' ');
    is_title.then_some(name)
}

/// Whether a heading stands behind an empty line, or at the top.
fn is_apart(lines: &[Line<'_>], index: usize) -> bool {
    index.checked_sub(1).and_then(|index| lines.get(index)).is_none_or(Line::is_empty)
}

/// The faults of entries: those without a colon, and names that come twice.
fn entries<'a>(
    title: &str,
    body: &[Line<'a>],
    params: &HashSet<&str>,
    seen: &mut BTreeSet<&'a str>,
    found: &mut Vec<Fault>,
) {
    let Some(margin) = body.iter().find(|line| !line.is_empty()).map(|line| line.indent) else {
        return;
    };
    let is_parameter = |name: &str| params.contains(name.trim_start_matches('*'));
    if matches!(title, "Attributes" | "Raises") {
        return;
    }
    let is_head = |line: &Line<'_>| !line.is_empty() && !line.is_opaque && line.indent == margin;
    // A list in another form, such as one of Markdown or one with dashes, is text.
    let mut names = body.iter().filter(|line| is_head(line)).filter_map(|line| name(line.text));
    if !names.any(is_parameter) {
        return;
    }
    let mut above: Option<&Line<'_>> = None;
    for line in body {
        let above = above.replace(line).filter(|above| !above.is_empty());
        if !is_head(line) {
            continue;
        }
        match name(line.text) {
            Some(name) if is_parameter(name) => {
                if !seen.insert(name.trim_start_matches('*')) {
                    found.push(Fault::at(line, twice(name)));
                }
            }
            Some(_) => {}
            None => {
                let first = line.text.split([' ', '(', ',']).next().unwrap_or_default();
                let rest = line.text.get(first.len()..).unwrap_or_default().trim_start();
                if is_parameter(first) {
                    // `x (POSIX only)` may be a heading of its own.
                    let is_entry = rest.starts_with(|c: char| c.is_alphabetic() || c == '(')
                        && !rest.ends_with(')');
                    let is_list = rest.starts_with("and ") || rest.starts_with("or ");
                    if is_entry && !is_list && rest.contains(' ') && !rest.contains(':') {
                        let message = format!("entry `{first}` of `{title}` has no colon");
                        found.push(Fault::at(line, message));
                    }
                } else if above.is_some() && is_prose(line.text) {
                    let message = format!("line in `{title}` is neither an entry nor indented");
                    found.push(Fault::at(line, message));
                }
            }
        }
    }
}

/// The message about a name that is described twice.
pub(super) fn twice(name: &str) -> String {
    format!("parameter `{name}` is documented twice")
}

/// Several words that begin like the middle of a sentence.
fn is_prose(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.contains(' ') && !text.contains(':')
}

/// The name of an entry: what stands before its colon, without a type.
fn name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '*' | '.')))?;
    let (name, rest) = text.split_at(end);
    let mut depth = 0_usize;
    for (at, c) in rest.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ':' if depth == 0 => {
                let between = rest.get(..at)?.trim();
                let is_type = between.is_empty() || between.starts_with('(');
                return (is_type && !name.is_empty()).then_some(name);
            }
            _ => {}
        }
    }
    None
}
