//! Underlined headings.

use std::collections::BTreeSet;

use super::super::lines::Line;
use super::Fault;
use super::google::twice;
use super::markdown::unknown;
use super::words::meant;

/// The headings of numpydoc.
const TITLES: &[&str] = &[
    "Parameters",
    "Returns",
    "Yields",
    "Receives",
    "Other Parameters",
    "Raises",
    "Warns",
    "Warnings",
    "See Also",
    "Notes",
    "References",
    "Examples",
    "Attributes",
    "Methods",
];

/// The faults of the sections of a docstring.
pub(super) fn faults(lines: &[Line<'_>]) -> Vec<Fault> {
    let mut found = Vec::new();
    let starts: Vec<usize> = (0..lines.len()).filter(|index| is_start(lines, *index)).collect();
    let mut names = BTreeSet::new();
    for (order, index) in starts.iter().enumerate() {
        let (Some(line), Some(rule)) = (lines.get(*index), lines.get(index + 1)) else { continue };
        let title = line.text;
        if !TITLES.contains(&title) {
            if let Some(known) = meant(title, TITLES) {
                found.push(Fault::at(line, unknown(title, known)));
            }
            continue;
        }
        let (length, wanted) = (rule.text.len(), title.len());
        if length != wanted {
            let message = format!("underline of `{title}` has {length} characters, not {wanted}");
            found.push(Fault::at(rule, message));
        }
        let end = starts.get(order + 1).copied().unwrap_or(lines.len());
        let body = lines.get(index + 2..end).unwrap_or_default();
        if body.iter().all(Line::is_empty) {
            found.push(Fault::at(line, format!("section `{title}` is empty")));
        }
        if matches!(title, "Parameters" | "Other Parameters") {
            for line in body.iter().filter(|line| line.indent == 0) {
                for name in entry(line.text) {
                    if !names.insert(name) {
                        found.push(Fault::at(line, twice(name)));
                    }
                }
            }
        }
    }
    found
}

/// Whether a heading begins at this line: one to three words over a line of dashes.
fn is_start(lines: &[Line<'_>], index: usize) -> bool {
    let (Some(line), Some(rule)) = (lines.get(index), lines.get(index + 1)) else { return false };
    let is_rule = rule.text.len() >= 3 && rule.text.bytes().all(|byte| byte == b'-');
    let is_apart =
        index.checked_sub(1).and_then(|index| lines.get(index)).is_none_or(Line::is_empty);
    is_rule
        && is_apart
        && line.indent == 0
        && rule.indent == 0
        && line.text.starts_with(|c: char| c.is_ascii_uppercase())
        && line.text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
}

/// The names of an entry `x, y : int`; nothing when it is something else.
fn entry(text: &str) -> Vec<&str> {
    let head = text.split(" :").next().unwrap_or_default();
    let names: Vec<&str> = head.split(',').map(str::trim).collect();
    let is_name = |name: &&str| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '*'))
    };
    if text.contains(" :") && names.iter().all(is_name) { names } else { Vec::new() }
}
