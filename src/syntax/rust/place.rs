//! Where new documentation goes.
//!
//! A doc comment ends with its line, so an item that shares its line with code in
//! front of it has no place: splitting the line would change more than documentation.

use tree_sitter::Node;

use super::docs;
use super::items::Item;
use super::kinds::{Kind, kind};
use crate::docstring::{Slot, SymbolKind};

const BOM: char = '\u{feff}';

/// The slot of an item; `None` if it does not start its own line or could not be parsed.
pub(super) fn slot(item: &Item<'_>, text: &str, newline: &'static str) -> Option<Slot> {
    if item.is_broken {
        return None;
    }
    if item.outline.kind == SymbolKind::Module && item.parent.is_none() {
        return file_slot(item.node, text, newline);
    }
    // Documentation that is there may stand below an attribute: rewriting begins at it.
    let at = item.anchor.min(item.docs.first().map_or(usize::MAX, |docs| docs.start));
    let head = text.get(..at)?;
    let above = head.trim_end_matches([' ', '\t']);
    let is_first =
        above.is_empty() || above.ends_with('\n') || above == BOM.encode_utf8(&mut [0; 4]);
    if !is_first {
        return None;
    }
    let (start, indent) = (above.len(), head.get(above.len()..)?);
    Some(Slot {
        replace: start..start,
        indent: indent.to_owned(),
        before: indent.to_owned(),
        after: newline.to_owned(),
        newline,
        marker: "///",
    })
}

/// How the file's first line ends.
pub(super) fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text.get(..at).is_some_and(|line| line.ends_with('\r')) => "\r\n",
        _ => "\n",
    }
}

/// The top of the file: below a shebang and a leading licence comment, above `#![…]`.
fn file_slot(root: Node<'_>, text: &str, newline: &'static str) -> Option<Slot> {
    if !holds_items(root, text) {
        return None;
    }
    let (at, follows_comment) = top(text);
    let rest = text.get(at..)?;
    Some(Slot {
        replace: at..at,
        indent: String::new(),
        before: if follows_comment { newline.to_owned() } else { String::new() },
        after: if rest.starts_with(['\n', '\r']) { newline.into() } else { newline.repeat(2) },
        newline,
        marker: "//!",
    })
}

/// Whether the file is a module: one that begins with an expression is made for `include!`,
/// where inner documentation is an error.
fn holds_items(root: Node<'_>, text: &str) -> bool {
    let mut cursor = root.walk();
    let first = root
        .children(&mut cursor)
        .find(|node| docs::lead(*node, text).is_none() && kind(*node) != Kind::Shebang);
    first.is_some_and(|node| match kind(node) {
        Kind::MacroInvocation => true,
        Kind::ExpressionStatement => {
            node.child(0).is_some_and(|inner| kind(inner) == Kind::MacroInvocation)
        }
        kind => kind.is_item(),
    })
}

/// The offset of the line where a file's documentation goes, and whether a comment
/// stands directly above it.
fn top(text: &str) -> (usize, bool) {
    let mut at = if text.starts_with(BOM) { BOM.len_utf8() } else { 0 };
    let first = text.get(at..).unwrap_or_default();
    if first.starts_with("#!") && !first.get(2..).unwrap_or_default().trim_start().starts_with('[')
    {
        at = line_end(text, at);
    }
    let mut follows_comment = false;
    let mut is_first = true;
    loop {
        let begin = skip_blank(text, at);
        let Some(end) = comment_end(text, begin) else { break };
        let comment = text.get(begin..end).unwrap_or_default().to_lowercase();
        let next = text.get(end..).unwrap_or_default();
        let stands_alone = next.trim_start_matches('\r').starts_with('\n')
            || next.is_empty()
            || ["#![", "//!", "/*!"].iter().any(|mark| next.starts_with(mark));
        let is_licence =
            ["license", "licence", "copyright", "spdx"].iter().any(|word| comment.contains(word));
        if !(is_licence || is_first && stands_alone) {
            break;
        }
        is_first = false;
        follows_comment = !stands_alone || !next.starts_with(['\r', '\n']);
        at = end;
    }
    (skip_blank(text, at), follows_comment)
}

/// The end of the line at `at`, newline included.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |newline| at + newline + 1)
}

/// The start of the first line from `at` on that is not blank.
fn skip_blank(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
    let skipped = rest.len() - trimmed.len();
    rest.get(..skipped).and_then(|blank| blank.rfind('\n')).map_or(at, |newline| at + newline + 1)
}

/// The end of a run of plain comment lines, or of one plain block comment, at `at`;
/// the last newline included.
fn comment_end(text: &str, at: usize) -> Option<usize> {
    let is_plain = |line: &str| {
        let is_doc =
            line.starts_with("//!") || line.starts_with("///") && !line.starts_with("////");
        line.starts_with("//") && !is_doc
    };
    let rest = text.get(at..)?;
    if rest.starts_with("/*!") || rest.starts_with("/**") && !rest.starts_with("/***") {
        return None;
    }
    if rest.starts_with("/*") {
        let close = block_end(rest)?;
        let tail = rest.get(close..)?;
        let line = tail.split_inclusive('\n').next().unwrap_or_default();
        return line.trim().is_empty().then_some(at + close + line.len());
    }
    let run: usize =
        rest.split_inclusive('\n').take_while(|line| is_plain(line)).map(str::len).sum();
    (run > 0).then_some(at + run)
}

/// The length of the block comment at the start of `text`; they nest.
fn block_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while let (Some(&first), second) = (bytes.get(at), bytes.get(at + 1)) {
        match (first, second) {
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            (b'*', Some(b'/')) => {
                depth = depth.checked_sub(1)?;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
    None
}
