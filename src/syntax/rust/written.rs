//! Documentation as it is written: runs of `///` or `//!`, and block comments.
//!
//! What cannot be changed line by line without a loss is refused: documentation in
//! attributes, in a mixture of comments, or beside other things in a line.

use std::ops::Range;

use ra_ap_rustc_lexer::{DocStyle, FrontmatterAllowed, Token, TokenKind, tokenize};

use super::{docs, encode};
use crate::docstring::Existing;
use crate::syntax::{Close, Ink, Violation, Written, WrittenLine};

const BOM: char = '\u{feff}';

/// The lines of `existing` in the file `text`.
pub(super) fn written(
    text: &str,
    existing: &Existing,
    newline: &'static str,
) -> Result<Written, Violation> {
    let unclear = || Violation::new("the documentation is in a form that is not understood");
    let pieces = pieces(text, &existing.range).ok_or_else(unclear)?;
    if pieces.iter().any(|piece| piece.form == Form::Attribute) {
        return Err(Violation::new("a part of the documentation is in a `doc` attribute"));
    }
    let first = pieces.first().ok_or_else(unclear)?;
    let (mut lines, prefix) = match first.form {
        Form::Line(_) if pieces.iter().all(|piece| piece.form == first.form) => {
            comment_lines(text, &pieces)?
        }
        Form::Block if pieces.len() == 1 => block_lines(text, &first.range)?,
        _ => {
            return Err(Violation::new("the documentation mixes line comments and block comments"));
        }
    };
    let indent = dedent(text, &mut lines);
    let follows = lines.first().and_then(|line| text.get(line.range.end..)).unwrap_or_default();
    let newline = match follows.as_bytes() {
        [b'\r', b'\n', ..] => "\r\n",
        [b'\n', ..] => "\n",
        _ => newline,
    };
    let lines = lines.into_iter().map(|line| WrittenLine {
        offsets: (line.text.start..=line.text.end).collect(),
        text: text.get(line.text).unwrap_or_default().to_owned(),
        range: line.range,
        has_margin: line.has_margin,
    });
    Ok(Written {
        lines: lines.collect(),
        margin: prefix + &" ".repeat(indent),
        newline,
        close: Close::Line,
        ink: Ink::Comment,
    })
}

/// New text among the lines of `written`, made harmless as new documentation is.
pub(super) fn encode_line(text: &str, written: &Written) -> Result<String, Violation> {
    if text.contains(['\n', '\r']) {
        return Err(Violation::new("a line of documentation would hold a line break"));
    }
    let is_block = !written.margin.trim_start().starts_with("//");
    if is_block && (text.contains("*/") || text.contains("/*")) {
        return Err(Violation::new("the text would end the block comment"));
    }
    encode::harmless(text)
}

/// Whether all of the documentation of `existing` can be read in the file: no part of it
/// is made by a macro or comes from another file.
pub(super) fn is_literal(text: &str, existing: &Existing) -> bool {
    pieces(text, &existing.range).is_some_and(|pieces| {
        pieces.iter().all(|piece| match piece.form {
            Form::Attribute => {
                let piece = text.get(piece.range.clone()).unwrap_or_default();
                let value = piece.split_once('=').map_or("", |(_, value)| value.trim_start());
                let is_string = ["\"", "r\"", "r#"].iter().any(|start| value.starts_with(start));
                !piece.contains("cfg_attr") && is_string
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

/// A line of documentation before it is dedented.
struct Raw {
    /// The line without its newline, and without the mark that begins a block comment.
    range: Range<usize>,
    /// What stands behind the margin and the marker.
    text: Range<usize>,
    has_margin: bool,
}

/// One line for each of `pieces`, and what begins them.
fn comment_lines(text: &str, pieces: &[Piece]) -> Result<(Vec<Raw>, String), Violation> {
    let mut lines = Vec::new();
    let mut prefix = None;
    for piece in pieces {
        let head = text.get(..piece.range.start).unwrap_or_default();
        let start = head.rfind('\n').map_or(0, |newline| newline + 1);
        let margin = text.get(start..piece.range.start).unwrap_or_default();
        let blank = margin.trim_start_matches(BOM);
        if !blank.trim().is_empty() {
            return Err(Violation::new("a line of the documentation begins with code"));
        }
        let start = start + margin.len() - blank.len();
        let marker = (piece.range.start + 3).min(piece.range.end);
        prefix.get_or_insert_with(|| text.get(start..marker).unwrap_or_default().to_owned());
        lines.push(Raw {
            range: start..piece.range.end,
            text: marker..piece.range.end,
            has_margin: true,
        });
    }
    Ok((lines, prefix.unwrap_or_default()))
}

/// The lines of a block comment, and what begins those below the first one.
fn block_lines(text: &str, range: &Range<usize>) -> Result<(Vec<Raw>, String), Violation> {
    let no_room = || Violation::new("the block comment has no room for further lines");
    let body = range.start + 3..range.end.saturating_sub(2);
    let inside = text.get(body.clone()).ok_or_else(no_room)?;
    let (inside, last) = inside.rsplit_once('\n').ok_or_else(no_room)?;
    if !last.trim().is_empty() {
        return Err(no_room());
    }
    // As they are read: either all further lines begin with a star, or none is taken off.
    let is_starred = inside.lines().skip(1).all(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('*')
    });
    let mut lines = Vec::new();
    let mut at = body.start;
    let mut prefix = None;
    for (index, line) in inside.split('\n').enumerate() {
        let bare = line.strip_suffix('\r').unwrap_or(line);
        let mut marker = at;
        if is_starred && index > 0 {
            let text = bare.trim_start();
            let behind = text.strip_prefix('*').unwrap_or(text);
            marker += bare.len() - behind.len();
            if behind.len() < text.len() && prefix.is_none() {
                prefix = text_of(bare, bare.len() - behind.len());
            }
        }
        let end = at + bare.len();
        lines.push(Raw { range: at..end, text: marker..end, has_margin: index > 0 });
        at += line.len() + 1;
    }
    // Stars stand above each other; without any, words alone tell how far they stand in.
    let is_bare = is_starred && lines.len() == 1;
    let prefix = prefix.unwrap_or_else(|| if is_bare { format!("{last}*") } else { String::new() });
    Ok((lines, prefix))
}

fn text_of(line: &str, end: usize) -> Option<String> {
    line.get(..end).map(str::to_owned)
}

/// Takes the common indentation, trailing white space and empty lines around off, as
/// [`docs::existing`] does; the width of the indentation.
fn dedent(text: &str, lines: &mut Vec<Raw>) -> usize {
    let slice = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let is_blank = |line: &Raw| slice(&line.text).trim().is_empty();
    let indents = lines.iter().filter(|line| !is_blank(line)).map(|line| {
        let text = slice(&line.text);
        text.len() - text.trim_start_matches(' ').len()
    });
    let indent = indents.min().unwrap_or(0);
    for line in lines.iter_mut() {
        let start = (line.text.start + indent).min(line.text.end);
        let trimmed = slice(&(start..line.text.end)).trim_end().len();
        line.text = start..start + trimmed;
    }
    let is_empty = |line: &Raw| line.text.is_empty();
    let last = lines.iter().rposition(|line| !is_empty(line)).map_or(0, |last| last + 1);
    lines.truncate(last);
    let first = lines.iter().position(|line| !is_empty(line)).unwrap_or(0);
    lines.drain(..first);
    indent
}
