//! Documentation line by line: where each line stands in the file, and how it is changed there.
//!
//! Only what is wrong changes: a line that is in no change keeps its bytes, and so does
//! whatever stands between two lines (attributes, plain comments). Documentation that
//! cannot be changed that way is refused.

use std::collections::HashSet;
use std::ops::Range;

use ra_ap_rustc_lexer::{DocStyle, FrontmatterAllowed, Token, TokenKind, tokenize};

use super::{docs, encode};
use crate::docstring::{Edit, Existing};
use crate::syntax::Violation;

const BOM: char = '\u{feff}';

/// The edits of the file `text` that make `changes` (in bytes of `existing.text`).
///
/// New lines are indented and marked like those beside them. What a change adds is made
/// harmless as new documentation is, except lines that the documentation has already.
pub(super) fn edits(
    text: &str,
    existing: &Existing,
    newline: &str,
    changes: &[Edit],
) -> Result<Vec<Edit>, Violation> {
    let docs = Docs::read(text, existing)?;
    let mut order: Vec<&Edit> = changes.iter().collect();
    order.sort_by_key(|change| (change.range.start, change.range.end));
    let mut edits = Vec::new();
    let mut rest = order.as_slice();
    while let Some((first, others)) = rest.split_first() {
        let from = docs.line_at(first.range.start)?;
        let mut to = docs.line_at(first.range.end)?;
        let mut count = 0;
        for change in others {
            if docs.line_at(change.range.start)? > to {
                break;
            }
            to = to.max(docs.line_at(change.range.end)?);
            count += 1;
        }
        let (own, next) = rest.split_at_checked(count + 1).unwrap_or((rest, &[]));
        rest = next;
        docs.rewrite(from..to + 1, own, newline, &mut edits)?;
    }
    Ok(edits)
}

/// Whether all of the documentation of `existing` can be read in the file: no part of it
/// is made by a macro or comes from another file.
pub(super) fn is_literal(text: &str, existing: &Existing) -> bool {
    pieces(text, &existing.range).is_some_and(|pieces| {
        pieces.iter().all(|piece| match piece.form {
            Form::Attribute => {
                let piece = text.get(piece.range.clone()).unwrap_or_default();
                let value = piece.split_once('=').map_or("", |(_, value)| value.trim_start());
                !piece.contains("cfg_attr") && value.starts_with(['"', 'r'])
            }
            _ => true,
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `///`, `//!`.
    Line(DocStyle),
    /// `/** */`, `/*! */`.
    Block,
    /// `#[doc = …]`.
    Attribute,
}

struct Piece {
    form: Form,
    range: Range<usize>,
}

/// The parts of the documentation in `range`; `None` if there is anything else.
fn pieces(text: &str, range: &Range<usize>) -> Option<Vec<Piece>> {
    let part = text.get(range.clone())?;
    let mut at = range.start;
    let mut tokens = tokenize(part, FrontmatterAllowed::No).map(|token| {
        let start = at;
        at += token.len as usize;
        (token, start..at)
    });
    let mut pieces = Vec::new();
    while let Some((token, range)) = tokens.next() {
        let form = match token.kind {
            TokenKind::LineComment { doc_style: Some(style) } => Form::Line(style),
            TokenKind::BlockComment { doc_style: Some(_), terminated: true } => Form::Block,
            TokenKind::LineComment { .. }
            | TokenKind::BlockComment { .. }
            | TokenKind::Whitespace => continue,
            TokenKind::Pound => {
                let end = attribute_end(&mut tokens)?;
                let inside = text.get(range.start..end)?;
                let inside = inside.trim_start_matches(['#', '!']).trim_start();
                let inside = inside.strip_prefix('[')?.strip_suffix(']')?.trim();
                if docs::is_doc(inside) {
                    pieces.push(Piece { form: Form::Attribute, range: range.start..end });
                }
                continue;
            }
            _ => return None,
        };
        let body = text.get(range.clone())?;
        let end = range.start + body.trim_end_matches(['\n', '\r']).len();
        pieces.push(Piece { form, range: range.start..end });
    }
    Some(pieces)
}

/// The end of the attribute whose `#` was read.
fn attribute_end(tokens: &mut impl Iterator<Item = (Token, Range<usize>)>) -> Option<usize> {
    let mut depth = 0usize;
    for (token, range) in tokens {
        match token.kind {
            TokenKind::OpenBracket => depth += 1,
            TokenKind::CloseBracket => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(range.end);
                }
            }
            TokenKind::Bang
            | TokenKind::Whitespace
            | TokenKind::LineComment { .. }
            | TokenKind::BlockComment { .. } => {}
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// One line of documentation.
#[derive(Clone, Debug)]
struct Line {
    /// The start of the file's line.
    start: usize,
    /// The end of the marker in front of the text.
    marker: usize,
    /// The text as [`Existing`] has it.
    text: Range<usize>,
    /// The end of the file's line, without its newline.
    end: usize,
    /// Begins with code or with the mark of a block comment.
    is_shared: bool,
    /// Ends with the mark of a block comment.
    is_closing: bool,
}

/// The documentation of an item.
struct Docs<'a> {
    text: &'a str,
    lines: Vec<Line>,
    /// Where each line begins in [`Existing::text`].
    starts: Vec<usize>,
    /// White space between the marker and the text of every line.
    indent: usize,
    /// What begins a further line of a block comment; `None` for line comments, each
    /// of which tells it for its neighbours.
    block: Option<Option<String>>,
}

impl<'a> Docs<'a> {
    fn read(text: &'a str, existing: &Existing) -> Result<Self, Violation> {
        let unclear = || Violation::new("the documentation is in a form that is not understood");
        let pieces = pieces(text, &existing.range).ok_or_else(unclear)?;
        if pieces.iter().any(|piece| piece.form == Form::Attribute) {
            return Err(Violation::new("a part of the documentation is in a `doc` attribute"));
        }
        let first = pieces.first().ok_or_else(unclear)?;
        let mut docs =
            Self { text, lines: Vec::new(), starts: Vec::new(), indent: 0, block: None };
        match first.form {
            Form::Line(_) if pieces.iter().all(|piece| piece.form == first.form) => {
                docs.lines = pieces.iter().map(|piece| comment_line(text, &piece.range)).collect();
            }
            Form::Block if pieces.len() == 1 => docs.read_block(&first.range),
            _ => {
                return Err(Violation::new(
                    "the documentation mixes line comments and block comments",
                ));
            }
        }
        docs.dedent();
        let joined: Vec<&str> = docs.lines.iter().map(|line| docs.content(line)).collect();
        if joined.join("\n") != existing.text {
            return Err(unclear());
        }
        Ok(docs)
    }

    /// The lines of a block comment.
    fn read_block(&mut self, range: &Range<usize>) {
        let body = range.start + 3..range.end.saturating_sub(2).max(range.start + 3);
        let inside = self.text.get(body.clone()).unwrap_or_default();
        let is_starred = inside.lines().skip(1).all(|line| {
            let line = line.trim_start();
            line.is_empty() || line.starts_with('*')
        });
        let mut at = body.start;
        for (index, line) in inside.split('\n').enumerate() {
            let bare = line.strip_suffix('\r').unwrap_or(line);
            let mut marker = at;
            if is_starred && index > 0 {
                let text = bare.trim_start();
                marker += bare.len() - text.strip_prefix('*').unwrap_or(text).len();
            }
            let end = at + bare.len();
            let is_closing = end >= body.end;
            self.lines.push(Line {
                start: if index == 0 { line_start(self.text, range.start) } else { at },
                marker,
                text: marker..end,
                end: if is_closing { range.end } else { end },
                is_shared: index == 0,
                is_closing,
            });
            at += line.len() + 1;
        }
        let further = self.lines.get(1..).unwrap_or_default();
        let with_text =
            further.iter().find(|line| !self.slice(line.text.clone()).trim().is_empty());
        let starred = further.iter().find(|line| self.slice(line.start..line.marker).ends_with('*'));
        let closing = further.last().filter(|line| line.is_closing);
        let prefix = match (is_starred, starred, with_text, closing) {
            (true, Some(line), ..) => Some(self.slice(line.start..line.marker).to_owned()),
            // ` */` alone: the stars stand above each other.
            (true, None, None, Some(line)) => Some(format!("{}*", self.slice(line.text.clone()))),
            (false, _, Some(line), _) => Some(self.slice(line.start..line.marker).to_owned()),
            _ => None,
        };
        self.block = Some(prefix);
    }

    /// Takes the common indentation, trailing white space and empty lines around off, as
    /// [`docs::existing`] does.
    fn dedent(&mut self) {
        let is_blank = |line: &Line| self.slice(line.text.clone()).trim().is_empty();
        let indents = self.lines.iter().filter(|line| !is_blank(line)).map(|line| {
            let text = self.slice(line.text.clone());
            text.len() - text.trim_start_matches(' ').len()
        });
        self.indent = indents.min().unwrap_or(0);
        let first = self.lines.iter().position(|line| !is_blank(line)).unwrap_or(0);
        let last = self.lines.iter().rposition(|line| !is_blank(line)).unwrap_or(0);
        self.lines.truncate(last + 1);
        self.lines.drain(..first);
        let mut offset = 0;
        for index in 0..self.lines.len() {
            let Some(line) = self.lines.get(index) else { break };
            let range = line.text.clone();
            let start = (range.start + self.indent).min(range.end);
            let trimmed = self.slice(start..range.end).trim_end().len();
            if let Some(line) = self.lines.get_mut(index) {
                line.text = start..start + trimmed;
            }
            self.starts.push(offset);
            offset += trimmed + 1;
        }
    }

    fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn content(&self, line: &Line) -> &'a str {
        self.slice(line.text.clone())
    }

    /// The line that holds a byte of the documentation's text.
    fn line_at(&self, offset: usize) -> Result<usize, Violation> {
        let index = self.starts.partition_point(|start| *start <= offset);
        let index = index.checked_sub(1);
        let found = index.filter(|index| {
            self.lines.get(*index).zip(self.starts.get(*index)).is_some_and(|(line, start)| {
                self.content(line).is_char_boundary(offset - start)
            })
        });
        found.ok_or_else(|| Violation::new("a change is out of the documentation's bounds"))
    }

    /// Makes `changes`, which lie in `lines`.
    fn rewrite(
        &self,
        lines: Range<usize>,
        changes: &[&Edit],
        newline: &str,
        edits: &mut Vec<Edit>,
    ) -> Result<(), Violation> {
        let touched = self.lines.get(lines.clone()).unwrap_or_default();
        let old: Vec<&str> = touched.iter().map(|line| self.content(line)).collect();
        let base = self.starts.get(lines.start).copied().unwrap_or(0);
        let known: HashSet<&str> = self.lines.iter().map(|line| self.content(line)).collect();
        let mut local = Vec::new();
        for change in changes {
            let is_known = change.text.split('\n').all(|line| known.contains(line));
            let text =
                if is_known { change.text.clone() } else { encode::harmless(&change.text)? };
            if self.block.is_some() && (text.contains("*/") || text.contains("/*")) {
                return Err(Violation::new("the text would end the block comment"));
            }
            local.push(Edit {
                range: change.range.start - base..change.range.end - base,
                text,
            });
        }
        let after = crate::docstring::apply(&old.join("\n"), &local)
            .ok_or_else(|| Violation::new("the changes overlap"))?;
        let new: Vec<&str> = after.split('\n').map(str::trim_end).collect();
        let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
        let room = old.len().min(new.len()) - head;
        let tail = old.iter().rev().zip(new.iter().rev()).take(room);
        let tail = tail.take_while(|(old, new)| old == new).count();
        let gone = lines.start + head..lines.end - tail;
        let come = new.get(head..new.len() - tail).unwrap_or_default();
        let kept = gone.len().min(come.len());
        let (replacing, inserted) = come.split_at_checked(kept).unwrap_or((come, &[]));
        for (index, content) in gone.clone().zip(replacing) {
            let Some(line) = self.lines.get(index) else { continue };
            edits.extend(self.replacement(line, content));
        }
        for line in self.lines.get(gone.start + kept..gone.end).unwrap_or_default() {
            edits.push(self.deletion(line)?);
        }
        if !inserted.is_empty() {
            edits.push(self.insertion(gone.start + kept, inserted, newline)?);
        }
        Ok(())
    }

    /// Another text in a line's place.
    fn replacement(&self, line: &Line, content: &str) -> Option<Edit> {
        let old = self.content(line);
        if old == content {
            return None;
        }
        if !old.is_empty() && !content.is_empty() {
            return Some(Edit { range: line.text.clone(), text: content.to_owned() });
        }
        let end = if line.is_closing { line.text.end } else { line.end };
        let pad = if content.is_empty() { 0 } else { self.indent };
        Some(Edit { range: line.marker..end, text: " ".repeat(pad) + content })
    }

    /// Takes a whole line away.
    fn deletion(&self, line: &Line) -> Result<Edit, Violation> {
        if line.is_shared || line.is_closing {
            return Err(Violation::new("a line of the documentation holds other things, too"));
        }
        let rest = self.text.get(line.end..).unwrap_or_default();
        let range = match rest.find('\n') {
            Some(at) => line.start..line.end + at + 1,
            None => {
                let head = self.slice(0..line.start);
                head.trim_end_matches('\n').trim_end_matches('\r').len()..line.end
            }
        };
        Ok(Edit { range, text: String::new() })
    }

    /// New lines in front of the line at `index`.
    fn insertion(&self, index: usize, new: &[&str], newline: &str) -> Result<Edit, Violation> {
        let above = index.checked_sub(1).and_then(|index| self.lines.get(index));
        let (at, beside) = match (above, self.lines.get(index)) {
            (Some(line), _) if !line.is_closing => (line.end, line),
            (None, Some(line)) if !line.is_shared => (line.start, line),
            _ => return Err(Violation::new("the block comment has no room for further lines")),
        };
        let prefix = match &self.block {
            None => self.slice(beside.start..beside.marker).trim_start_matches(BOM),
            Some(Some(prefix)) => prefix,
            Some(None) => {
                return Err(Violation::new("the block comment has no room for further lines"));
            }
        };
        let is_below = above.is_some();
        if beside.is_shared && self.block.is_none() {
            return Err(Violation::new("a line of the documentation holds other things, too"));
        }
        let follows = self.text.get(beside.end..).unwrap_or_default();
        let newline = match follows.as_bytes() {
            [b'\r', b'\n', ..] => "\r\n",
            [b'\n', ..] => "\n",
            _ => newline,
        };
        let mut text = String::new();
        for content in new {
            if is_below {
                text.push_str(newline);
            }
            text.push_str(prefix);
            if !content.is_empty() {
                text.push_str(&" ".repeat(self.indent));
                text.push_str(content);
            }
            if !is_below {
                text.push_str(newline);
            }
        }
        Ok(Edit { range: at..at, text })
    }
}

/// A line comment as a line.
fn comment_line(text: &str, range: &Range<usize>) -> Line {
    let start = line_start(text, range.start);
    let head = text.get(start..range.start).unwrap_or_default();
    let marker = (range.start + 3).min(range.end);
    Line {
        start,
        marker,
        text: marker..range.end,
        end: range.end,
        is_shared: !head.trim_start_matches(BOM).trim().is_empty(),
        is_closing: false,
    }
}

fn line_start(text: &str, at: usize) -> usize {
    let head = text.get(..at).unwrap_or_default();
    head.rfind('\n').map_or(0, |newline| newline + 1)
}
