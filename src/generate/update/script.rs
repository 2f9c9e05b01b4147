//! From a list of lines to the smallest edits that make a docstring read so.
//!
//! What is to be kept is kept by not being touched: lines that stay in their order are in
//! no edit, and moved ones are copied with every byte of theirs.

use std::ops::Range;

use crate::docstring::Edit;
use crate::syntax::{Close, Source, Violation, Written, WrittenLine};

/// One line of the docstring as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// One that is there, with stretches of its text replaced.
    Kept {
        /// Which one.
        index: usize,
        /// Bytes of its text, in order, and what stands there afterwards.
        changes: Vec<(Range<usize>, String)>,
    },
    /// A new one.
    New {
        /// Its text, indentation included.
        text: String,
        /// A line whose indentation is written as this one's shall be.
        like: Option<usize>,
    },
}

impl Line {
    /// A new line, indented as the line `like` is.
    pub(super) fn new(text: String, like: Option<usize>) -> Self {
        Line::New { text, like }
    }
}

/// The text that `script` makes of the lines of `written`.
pub(super) fn text(written: &Written, script: &[Line]) -> String {
    let lines = script.iter().map(|line| match line {
        Line::New { text, .. } => text.trim_end().to_owned(),
        Line::Kept { index, changes } => {
            let text = written.lines.get(*index).map(|line| line.text.as_str());
            changed(text.unwrap_or_default(), changes)
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn changed(text: &str, changes: &[(Range<usize>, String)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (range, new) in changes {
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(new);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// The edits that make `script` of the lines of `written`.
///
/// # Errors
///
/// When new text cannot be written safely in this place.
pub(super) fn edits(
    source: &Source,
    written: &Written,
    script: &[Line],
) -> Result<Vec<Edit>, Violation> {
    let writer = Writer { source, written };
    let anchors = anchors(script);
    let mut edits = Vec::new();
    // What stands between one anchor and the next.
    let mut next = 0;
    let mut before: Option<usize> = None;
    for position in anchors.iter().copied().chain([script.len()]) {
        let between = script.get(next..position).unwrap_or_default();
        let after = match script.get(position) {
            Some(Line::Kept { index, changes }) => {
                writer.inside(*index, changes, &mut edits)?;
                Some(*index)
            }
            _ => None,
        };
        writer.between(before, after, between, &mut edits)?;
        before = after;
        next = position + 1;
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    Ok(edits)
}

/// The positions of the lines that stay where they are: a longest run of kept lines in
/// their old order.
fn anchors(script: &[Line]) -> Vec<usize> {
    let kept = script.iter().enumerate().filter_map(|(position, line)| match line {
        Line::Kept { index, .. } => Some((position, *index)),
        Line::New { .. } => None,
    });
    // The smallest last line of a run of each length, and for each line the one before.
    let mut tails: Vec<(usize, usize)> = Vec::new();
    let mut previous: Vec<Option<usize>> = vec![None; script.len()];
    for (position, index) in kept {
        let length = tails.partition_point(|(_, tail)| *tail < index);
        if let Some(link) = previous.get_mut(position) {
            *link = length.checked_sub(1).and_then(|at| tails.get(at)).map(|(before, _)| *before);
        }
        match tails.get_mut(length) {
            Some(tail) => *tail = (position, index),
            None => tails.push((position, index)),
        }
    }
    let mut found = Vec::with_capacity(tails.len());
    let mut at = tails.last().map(|(position, _)| *position);
    while let Some(position) = at {
        found.push(position);
        at = previous.get(position).copied().flatten();
    }
    found.reverse();
    found
}

struct Writer<'a> {
    source: &'a Source,
    written: &'a Written,
}

impl Writer<'_> {
    fn line(&self, index: usize) -> Result<&WrittenLine, Violation> {
        self.written.lines.get(index).ok_or_else(|| Violation::new("a line is not there"))
    }

    fn raw(&self, range: Range<usize>) -> &str {
        self.source.text().get(range).unwrap_or_default()
    }

    /// The edits inside of a line that stays.
    fn inside(
        &self,
        index: usize,
        changes: &[(Range<usize>, String)],
        edits: &mut Vec<Edit>,
    ) -> Result<(), Violation> {
        let line = self.line(index)?;
        for (range, new) in changes {
            let range = line
                .place(range)
                .ok_or_else(|| Violation::new("a part of a line cannot be found in the source"))?;
            let text = self.source.encode_line(new, self.written)?;
            edits.push(Edit { range, text });
        }
        Ok(())
    }

    /// The edit between two lines that stay (`None`: the beginning, the end).
    fn between(
        &self,
        before: Option<usize>,
        after: Option<usize>,
        lines: &[Line],
        edits: &mut Vec<Edit>,
    ) -> Result<(), Violation> {
        let count = self.written.lines.len();
        let gone = before.map_or(0, |before| before + 1)..after.unwrap_or(count);
        if gone.is_empty() && lines.is_empty() {
            return Ok(());
        }
        let newline = self.written.newline;
        let mut text = String::new();
        let range;
        if let Some(before) = before {
            // From the end of the line before to the end of the last one that goes.
            // What stands between two lines (an attribute) stays.
            let start = self.line(before)?.range.end;
            let mut end = start;
            for index in gone.clone() {
                let line = self.line(index)?.range.clone();
                if self.raw(end..line.start).trim().is_empty() {
                    end = line.end;
                    continue;
                }
                for index in index..gone.end {
                    edits.push(self.without(self.line(index)?));
                }
                break;
            }
            for line in lines {
                text.push_str(newline);
                self.write(line, false, &mut text)?;
            }
            range = start..end;
        } else {
            let start = self.line(0)?.range.start;
            for (index, line) in lines.iter().enumerate() {
                if index > 0 {
                    text.push_str(newline);
                }
                self.write(line, index == 0, &mut text)?;
            }
            range = match after {
                Some(after) => {
                    let line = self.line(after)?;
                    let mut end = line.range.start;
                    if lines.is_empty() {
                        // The first line goes: the next one takes its place.
                        if !self.line(0)?.has_margin {
                            end = line.offsets.first().copied().unwrap_or(end);
                        }
                    } else {
                        text.push_str(newline);
                        if !line.has_margin {
                            text.push_str(&self.written.margin);
                        }
                    }
                    start..end
                }
                None => start..self.line(count.saturating_sub(1))?.range.end,
            };
        }
        if after.is_none() && self.written.close == Close::Quotes {
            let last = text.rsplit(['\n', '\r']).next().unwrap_or_default();
            let is_open = last.ends_with(['"', '\'', '\\']);
            let becomes_long = count == 1 && text.contains(newline);
            if is_open || becomes_long {
                text.push_str(newline);
                text.push_str(&self.written.margin);
            }
        }
        edits.push(Edit { range, text });
        Ok(())
    }

    /// The edit that takes out a line by itself, its newline included.
    fn without(&self, line: &WrittenLine) -> Edit {
        let rest = self.raw(line.range.end..self.source.text().len());
        let newline = ["\r\n", "\n", "\r"].into_iter().find(|newline| rest.starts_with(newline));
        let end = line.range.end + newline.map_or(0, str::len);
        Edit { range: line.range.start..end, text: String::new() }
    }

    /// The source of a line that is new or moved.
    fn write(&self, line: &Line, is_first: bool, out: &mut String) -> Result<(), Violation> {
        let needs_margin = !is_first || self.line(0)?.has_margin;
        match line {
            Line::Kept { index, changes } => {
                let line = self.line(*index)?;
                let begin = match (line.has_margin, needs_margin) {
                    (true, false) => line.offsets.first().copied().unwrap_or(line.range.start),
                    _ => line.range.start,
                };
                if needs_margin && !line.has_margin {
                    out.push_str(&self.written.margin);
                }
                let mut done = begin;
                for (range, new) in changes {
                    let range = line
                        .place(range)
                        .ok_or_else(|| Violation::new("a part of a line cannot be found"))?;
                    out.push_str(self.raw(done..range.start));
                    out.push_str(&self.source.encode_line(new, self.written)?);
                    done = range.end;
                }
                out.push_str(self.raw(done..line.range.end));
            }
            Line::New { text, like } => {
                let text = text.trim_end();
                if text.is_empty() {
                    if needs_margin {
                        out.push_str(self.written.margin.trim_end());
                    }
                    return Ok(());
                }
                let words = text.trim_start_matches(' ');
                let columns = text.len() - words.len();
                let known = like.and_then(|like| self.indentation(like, columns));
                match known {
                    Some((raw, columns)) if needs_margin => {
                        out.push_str(raw);
                        if raw.contains('\t') {
                            // Tabs are read as eight columns.
                            out.extend(std::iter::repeat_n('\t', columns / 8));
                            out.extend(std::iter::repeat_n(' ', columns % 8));
                        } else {
                            out.extend(std::iter::repeat_n(' ', columns));
                        }
                    }
                    _ => {
                        if needs_margin {
                            out.push_str(&self.written.margin);
                        }
                        out.extend(std::iter::repeat_n(' ', columns));
                    }
                }
                out.push_str(&self.source.encode_line(words, self.written)?);
            }
        }
        Ok(())
    }

    /// The margin and indentation of a line as written, and how many of `columns` it does
    /// not cover.
    fn indentation(&self, like: usize, columns: usize) -> Option<(&str, usize)> {
        let model = self.written.lines.get(like).filter(|line| line.has_margin)?;
        let own = model.text.len() - model.text.trim_start_matches(' ').len();
        let end = *model.offsets.get(own)?;
        let rest = columns.checked_sub(own)?;
        Some((self.source.text().get(model.range.start..end)?, rest))
    }
}
