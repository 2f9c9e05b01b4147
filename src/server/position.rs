//! Between the client's positions and byte offsets.
//!
//! A line ends at `\n`, `\r\n` or a lone `\r`. The client counts characters in the
//! negotiated encoding. A position outside of the text, or inside a character, is
//! moved to the nearest place before it that exists: nothing here can fail.

use std::ops::Range;

use tower_lsp::lsp_types::{self, Position, PositionEncodingKind};

use crate::syntax::Point;

/// What the client counts in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, the protocol's default.
    #[default]
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    /// The one to use with a client that offers these: bytes cost nothing, so they
    /// are preferred to the client's own order.
    pub(crate) fn negotiate<'a>(offered: impl IntoIterator<Item = &'a str>) -> Self {
        let mut best = None;
        for name in offered {
            match name {
                "utf-8" => return Self::Utf8,
                "utf-16" => best = Some(Self::Utf16),
                "utf-32" => best = best.or(Some(Self::Utf32)),
                _ => {}
            }
        }
        best.unwrap_or_default()
    }

    /// As the protocol names it.
    pub(crate) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, character: char) -> usize {
        match self {
            Self::Utf8 => character.len_utf8(),
            Self::Utf16 => character.len_utf16(),
            Self::Utf32 => 1,
        }
    }

    /// The byte offset in `line` after `units`, at most its end.
    fn offset(self, line: &str, units: usize) -> usize {
        let mut left = units;
        for (offset, character) in line.char_indices() {
            let size = self.units(character);
            if left < size {
                return offset;
            }
            left -= size;
        }
        line.len()
    }

    fn count(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            _ => text.chars().map(|character| self.units(character)).sum(),
        }
    }
}

/// Where the lines of a text begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    /// Never empty: the first line begins at 0.
    starts: Vec<usize>,
}

impl Lines {
    /// Reads the whole of `text`.
    pub(crate) fn new(text: &str) -> Self {
        let mut starts = vec![0];
        scan(text, 0, text.len(), &mut starts);
        Self { starts }
    }

    /// Follows an edit: `before` was replaced by `inserted` bytes, and `text` is the result.
    pub(crate) fn edit(&mut self, text: &str, before: &Range<usize>, inserted: usize) {
        // A start before the edit keeps its terminator and the byte after it, and so
        // does a start behind its end; only those between can have changed.
        let kept = self.starts.partition_point(|start| *start < before.start).max(1);
        let behind = self.starts.partition_point(|start| *start <= before.end).max(kept);
        let moved = |offset: usize| (offset + inserted).saturating_sub(before.len());
        let from = self.starts.get(kept - 1).copied().unwrap_or(0);
        let to = self.starts.get(behind).map_or(text.len(), |start| moved(*start));
        let mut fresh = Vec::new();
        scan(text, from, to, &mut fresh);
        if behind < self.starts.len() && fresh.last() == Some(&to) {
            fresh.pop();
        }
        for start in self.starts.iter_mut().skip(behind) {
            *start = moved(*start);
        }
        self.starts.splice(kept..behind, fresh);
    }

    /// Bytes of a line, its end included.
    fn line(&self, index: usize, text: &str) -> Range<usize> {
        let start = self.starts.get(index).copied().unwrap_or(text.len());
        let end = self.starts.get(index + 1).copied().unwrap_or(text.len());
        start..end.max(start)
    }

    fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte offset of `position`.
    pub(crate) fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let Ok(index) = usize::try_from(position.line) else { return text.len() };
        let line = self.line(index, text);
        let content = text.get(line.clone()).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let units = usize::try_from(position.character).unwrap_or(usize::MAX);
        line.start + encoding.offset(content, units)
    }

    /// The position of a byte offset.
    pub(crate) fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let offset = offset.min(text.len());
        let index = self.line_at(offset);
        let start = self.line(index, text).start;
        let before = text.get(start..offset).unwrap_or_default();
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Position::new(number(index), number(encoding.count(before)))
    }

    /// The byte range of `range`, its ends swapped when they are reversed.
    pub(crate) fn range(
        &self,
        text: &str,
        range: lsp_types::Range,
        encoding: Encoding,
    ) -> Range<usize> {
        let start = self.offset(text, range.start, encoding);
        let end = self.offset(text, range.end, encoding);
        start.min(end)..start.max(end)
    }

    /// The range of a byte range.
    pub(crate) fn to_range(
        &self,
        text: &str,
        range: &Range<usize>,
        encoding: Encoding,
    ) -> lsp_types::Range {
        lsp_types::Range {
            start: self.position(text, range.start, encoding),
            end: self.position(text, range.end, encoding),
        }
    }

    /// The parser's row and column of a byte offset.
    pub(crate) fn point(&self, text: &str, offset: usize) -> Point {
        let row = self.line_at(offset);
        Point { row, column: offset - self.line(row, text).start.min(offset) }
    }

    /// The bytes of a line without white space around them and without its end; the
    /// whole of the last line that there is when there are fewer.
    pub(crate) fn content(&self, index: usize, text: &str) -> Range<usize> {
        let line = self.line(index.min(self.starts.len().saturating_sub(1)), text);
        let content = text.get(line.clone()).unwrap_or_default();
        let start = line.start + (content.len() - content.trim_start().len());
        start..start + content.trim().len()
    }

    /// Whether a line has more than `limit` characters.
    pub(crate) fn has_line_longer_than(&self, limit: usize, text: &str) -> bool {
        (0..self.starts.len()).any(|index| {
            let line = self.line(index, text);
            line.len() > limit
                && text.get(line).is_some_and(|line| line.chars().nth(limit).is_some())
        })
    }
}

/// Adds the starts of lines in `(from, to]`.
fn scan(text: &str, from: usize, to: usize, starts: &mut Vec<usize>) {
    let bytes = text.as_bytes();
    let part = bytes.get(from..to).unwrap_or_default();
    for (index, byte) in part.iter().enumerate() {
        let next = from + index + 1;
        let ends = match byte {
            b'\n' => true,
            b'\r' => bytes.get(next) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            starts.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::Position;

    use super::{Encoding, Lines};

    #[test]
    fn prefers_bytes_and_defaults_to_utf16() {
        assert_eq!(Encoding::negotiate(["utf-16", "utf-8"]), Encoding::Utf8);
        assert_eq!(Encoding::negotiate(["utf-32", "utf-16"]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(["utf-32"]), Encoding::Utf32);
        assert_eq!(Encoding::negotiate([]), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(["utf-7"]), Encoding::Utf16);
    }

    #[test]
    fn counts_in_every_encoding() {
        let text = "a😀e\u{301}\r\nb\rc\n";
        let lines = Lines::new(text);
        let at = |line, character, encoding| {
            let offset = lines.offset(text, Position::new(line, character), encoding);
            (offset, &text[offset..])
        };
        assert_eq!(at(0, 5, Encoding::Utf8), (5, "e\u{301}\r\nb\rc\n"));
        assert_eq!(at(0, 3, Encoding::Utf16), (5, "e\u{301}\r\nb\rc\n"));
        assert_eq!(at(0, 2, Encoding::Utf32), (5, "e\u{301}\r\nb\rc\n"));
        assert_eq!(at(1, 0, Encoding::Utf16).1, "b\rc\n");
        assert_eq!(at(2, 0, Encoding::Utf16).1, "c\n");
        assert_eq!(at(3, 0, Encoding::Utf16).1, "");
    }

    #[test]
    fn moves_impossible_positions_to_possible_ones() {
        let text = "a😀\r\nb";
        let lines = Lines::new(text);
        let offset = |line, character, encoding| {
            lines.offset(text, Position::new(line, character), encoding)
        };
        assert_eq!(offset(0, 2, Encoding::Utf16), 1, "inside a surrogate pair");
        assert_eq!(offset(0, 3, Encoding::Utf8), 1, "inside a character");
        assert_eq!(offset(0, u32::MAX, Encoding::Utf16), 5, "before the line's end");
        assert_eq!(offset(u32::MAX, u32::MAX, Encoding::Utf16), 8);
    }

    #[test]
    fn finds_long_lines() {
        let text = "ab\néé\nabc";
        assert!(Lines::new(text).has_line_longer_than(2, text));
        assert!(!Lines::new(text).has_line_longer_than(3, text));
    }
}
