//! A finding with its place in lines and columns, free of the file's text.

use crate::docstring::Drift;
use crate::generate::{Code, Finding};

/// Lines of the file shown before and after the one that is meant.
const AROUND: usize = 1;

/// Bytes of a line that are shown at most.
const LONGEST: usize = 240;

/// A finding, ready to be printed.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) code: Code,
    /// Dotted path of the symbol.
    pub(super) symbol: String,
    pub(super) kind: &'static str,
    /// One sentence without a full stop.
    pub(super) message: String,
    pub(super) drift: Vec<Drift>,
    pub(super) fixable: bool,
    pub(super) start: Place,
    /// Behind the last character.
    pub(super) end: Place,
    /// The lines around it, each with its number.
    pub(super) excerpt: Vec<(usize, String)>,
}

/// A place in a file: one-based line and column, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// Where the lines of a text begin.
pub(super) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let ends = bytes.iter().enumerate().filter(|(at, byte)| {
            **byte == b'\n' || **byte == b'\r' && bytes.get(at + 1) != Some(&b'\n')
        });
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// The place of a byte.
    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset).unwrap_or_default();
        let before = if start == 0 { before.trim_start_matches('\u{feff}') } else { before };
        Place { line, column: before.chars().count() + 1 }
    }

    /// The text of a line without its end.
    fn line(&self, number: usize) -> Option<&'a str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).copied().unwrap_or(self.text.len());
        Some(
            self.text
                .get(start..end)?
                .trim_end_matches(['\n', '\r'])
                .trim_start_matches('\u{feff}'),
        )
    }

    /// A finding with its place; with the lines around it if they are to be shown.
    pub(super) fn row(&self, finding: Finding, is_shown: bool) -> Row {
        let (start, end) = (self.place(finding.range.start), self.place(finding.range.end));
        let mut excerpt = Vec::new();
        if is_shown {
            let numbers = start.line.saturating_sub(AROUND)..=start.line + AROUND;
            let lines = numbers.filter_map(|number| Some((number, self.line(number)?)));
            excerpt.extend(lines.map(|(number, line)| (number, cut(line))));
        }
        Row {
            code: finding.code,
            symbol: finding.path.to_string(),
            kind: finding.kind.id(),
            message: finding.message,
            drift: finding.drift,
            fixable: finding.fixable,
            start,
            end,
            excerpt,
        }
    }
}

fn cut(line: &str) -> String {
    let end = (0..=LONGEST.min(line.len())).rev().find(|at| line.is_char_boundary(*at));
    match end {
        Some(end) if end < line.len() => format!("{}…", line.get(..end).unwrap_or_default()),
        _ => line.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, Place};

    #[test]
    fn places_count_characters_and_every_kind_of_newline() {
        let text = "é = 1\r\nb\rc\n";
        let lines = Lines::new(text);
        let place = |offset: usize| {
            let Place { line, column } = lines.place(offset);
            (line, column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(3), (1, 3));
        assert_eq!(place(8), (2, 1));
        assert_eq!(place(10), (3, 1));
        assert_eq!(place(text.len()), (4, 1));
        assert_eq!(
            [1, 2, 3, 4].map(|n| lines.line(n)),
            [Some("é = 1"), Some("b"), Some("c"), Some("")]
        );
        assert_eq!(lines.line(5), None);
        let marked = Lines::new("\u{feff}x");
        assert_eq!((marked.place(3).column, marked.line(1)), (1, Some("x")));
    }
}
