//! Entries and the lines that they take.

use std::ops::Range;

use crate::docstring::{Docstring, Item, SectionKind};
use crate::style::{MappedItem, MappedSection};

/// Where the bare name's own stars and escapes begin.
pub(super) fn outside(line: &str, at: usize) -> usize {
    let head = line.get(..at).unwrap_or_default();
    head.trim_end_matches(['*', '\\']).len()
}

/// The words about what is missing.
pub(super) fn described<'a>(
    words: &'a Docstring,
    kind: &SectionKind,
    name: Option<&str>,
) -> Option<&'a Item> {
    words.items(kind).iter().find(|item| match (name, &item.name) {
        (Some(name), Some(known)) => known.trim_start_matches('*') == name.trim_start_matches('*'),
        (None, _) => true,
        _ => false,
    })
}

/// The lines of an entry in runs without anything between.
pub(super) fn runs(item: &MappedItem) -> Vec<Range<usize>> {
    let mut parts = item.parts.clone();
    parts.sort_by_key(|part| part.start);
    let mut runs: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match runs.last_mut() {
            Some(run) if run.end == part.start => run.end = part.end,
            _ => runs.push(part),
        }
    }
    runs
}

/// The line behind the first run of an entry.
pub(super) fn end_of(item: &MappedItem) -> usize {
    let start = item.start();
    let run = runs(item).into_iter().find(|run| run.contains(&start));
    run.map_or(start + 1, |run| run.end)
}

/// Empty lines between two sections that follow each other.
pub(super) fn gap(sections: &[MappedSection], usual: usize) -> usize {
    let mut lines: Vec<Range<usize>> =
        sections.iter().map(|section| section.lines.clone()).collect();
    lines.sort_by_key(|lines| lines.start);
    let gaps = lines.windows(2).filter_map(|pair| match pair {
        [one, other] => other.start.checked_sub(one.end),
        _ => None,
    });
    gaps.min().unwrap_or(usual).min(2)
}
