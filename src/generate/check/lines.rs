//! The lines of a docstring as they stand in the file.

use std::ops::Range;

use crate::docstring::Language;

/// One line of a docstring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Without indentation and trailing white space.
    pub(super) text: &'a str,
    /// Columns that it is indented beyond the docstring's margin.
    pub(super) indent: usize,
    /// Byte of the file at which `text` begins.
    pub(super) start: usize,
    /// It comes from an attribute, and its words are not known.
    pub(super) is_opaque: bool,
}

impl Line<'_> {
    /// Bytes of its text in the file.
    pub(super) fn range(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && !self.is_opaque
    }
}

/// The lines of the docstring in `range`; `None` when they cannot be told from the source
/// alone (a Python literal of several parts or with broken lines).
pub(super) fn lines<'a>(
    language: Language,
    file: &'a str,
    range: &Range<usize>,
) -> Option<Vec<Line<'a>>> {
    let source = file.get(range.clone())?;
    match language {
        Language::Python => python(source, range.start),
        Language::Rust => Some(rust(source, range.start)),
    }
}

fn python(source: &str, start: usize) -> Option<Vec<Line<'_>>> {
    let quoted = source.trim_start_matches(['r', 'R', 'u', 'U']);
    let inner = ["\"\"\"", "'''", "\"", "'"].iter().find_map(|quote| {
        let inner = quoted.strip_prefix(quote)?.strip_suffix(quote)?;
        (!inner.contains(quote)).then_some((inner, quote.len()))
    });
    let (inner, quote) = inner?;
    let start = start + (source.len() - quoted.len()) + quote;
    let is_raw = source.starts_with(['r', 'R']);
    let mut found: Vec<Line<'_>> = Vec::new();
    for (offset, line) in split(inner) {
        let mut line = Line { text: line, indent: 0, start: start + offset, is_opaque: false };
        if !is_raw && line.text.ends_with('\\') {
            if !found.is_empty() || line.text != "\\" {
                return None;
            }
            line.text = "";
        }
        let text = line.text.trim_start();
        let (blank, _) = line.text.split_at(line.text.len() - text.len());
        line.indent = columns(blank);
        line.start += blank.len();
        line.text = text.trim_end();
        found.push(line);
    }
    let margin = found.iter().skip(1).filter(|line| !line.text.is_empty());
    let margin = margin.map(|line| line.indent).min().unwrap_or(0);
    for (index, line) in found.iter_mut().enumerate() {
        line.indent = if index == 0 { 0 } else { line.indent.saturating_sub(margin) };
    }
    Some(found)
}

fn rust(source: &str, start: usize) -> Vec<Line<'_>> {
    let mut found = Vec::new();
    let mut in_block = false;
    let mut in_attribute = false;
    for (offset, line) in split(source) {
        let trimmed = line.trim_start();
        let mut is_opaque = false;
        let mut text = if in_block {
            let bare = trimmed.strip_prefix('*').filter(|rest| !rest.starts_with('/'));
            bare.unwrap_or(trimmed)
        } else if in_attribute {
            in_attribute = !closes(trimmed);
            continue;
        } else if let Some(rest) = strip_any(trimmed, ["///", "//!"]) {
            rest
        } else if let Some(rest) = strip_any(trimmed, ["/**", "/*!"]) {
            in_block = true;
            rest
        } else if trimmed.starts_with("#[") || trimmed.starts_with("#!") {
            in_attribute = !closes(trimmed);
            if !trimmed.contains("doc") {
                continue;
            }
            is_opaque = true;
            ""
        } else {
            continue;
        };
        // Only the end of the line is cut off from here on.
        let at = if is_opaque { 0 } else { line.len() - text.len() };
        if in_block && let Some(head) = text.trim_end().strip_suffix("*/") {
            in_block = false;
            text = head;
        }
        let bare = text.trim_start();
        let blank = text.get(..text.len() - bare.len()).unwrap_or_default();
        found.push(Line {
            text: bare.trim_end(),
            indent: columns(blank),
            start: start + offset + at + blank.len(),
            is_opaque,
        });
    }
    let margin = found.iter().filter(|line| !line.text.is_empty()).map(|line| line.indent).min();
    for line in &mut found {
        line.indent = line.indent.saturating_sub(margin.unwrap_or(0));
    }
    found
}

fn strip_any<'a>(text: &'a str, prefixes: [&str; 2]) -> Option<&'a str> {
    prefixes.iter().find_map(|prefix| text.strip_prefix(prefix))
}

/// Whether the last line of an attribute ends here.
fn closes(line: &str) -> bool {
    line.trim_end().ends_with(']')
}

/// Lines with their offsets; a lone `\r` ends one as well.
fn split(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = text.get(start..)?;
        let Some(length) = rest.find(['\n', '\r']) else {
            next = None;
            return Some((start, rest));
        };
        let newline = if rest.get(length..)?.starts_with("\r\n") { 2 } else { 1 };
        next = Some(start + length + newline);
        Some((start, rest.get(..length)?))
    })
}

/// The width of white space, tabs as Python counts them.
fn columns(blank: &str) -> usize {
    blank.chars().fold(0, |column, c| if c == '\t' { column + 8 - column % 8 } else { column + 1 })
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::docstring::Language;

    fn check(language: Language, file: &str, expected: &[(usize, &str)]) {
        let found = lines(language, file, &(0..file.len())).unwrap();
        for line in found.iter().filter(|line| !line.is_opaque) {
            assert_eq!(&file[line.range()], line.text);
        }
        let found: Vec<_> = found.iter().map(|line| (line.indent, line.text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn python_lines_stand_where_they_are_written() {
        let python = |file: &str, expected: &[(usize, &str)]| {
            check(Language::Python, file, expected);
        };
        python("\"\"\"One.\"\"\"", &[(0, "One.")]);
        python(
            "r'''  One.\r\n\r\n    Args:\r\n\tx: y  \r\n    '''",
            &[(0, "One."), (0, ""), (0, "Args:"), (4, "x: y"), (0, "")],
        );
        python("\"\"\"\\\n    One.\n\"\"\"", &[(0, ""), (0, "One."), (0, "")]);
        assert!(lines(Language::Python, "\"a\" \"b\"", &(0..7)).is_none());
        assert!(lines(Language::Python, "\"\"\"a\\\nb\"\"\"", &(0..11)).is_none());
        assert!(lines(Language::Python, "f(x)", &(0..4)).is_none());
    }

    #[test]
    fn rust_lines_stand_where_they_are_written() {
        let rust = |file: &str, expected: &[(usize, &str)]| check(Language::Rust, file, expected);
        rust("/// One.\n///\n///   Two.", &[(0, "One."), (0, ""), (2, "Two.")]);
        rust("/// One.\n    #[inline]\n    /// Two.", &[(0, "One."), (0, "Two.")]);
        rust("/**\n * One.\n */", &[(0, ""), (0, "One."), (0, "")]);
        rust("/** One. */", &[(0, "One.")]);
        rust("#[doc = \"a\"]\n/// b", &[(0, ""), (0, "b")]);
    }
}
