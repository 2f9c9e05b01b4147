//! What a provider's prose must not contain, whoever the provider is.
//!
//! The words end up in source files, terminals, documentation sites and hover
//! windows: nothing invisible, nothing that a tool would execute, include or follow,
//! and nothing that a reader of docstrings would take for structure.

use std::borrow::Cow;

use super::wrap::{Block, blocks, is_heading, is_structure, literals};

/// Longest summary, in characters.
pub(super) const SUMMARY: usize = 200;
/// Longest description, in characters.
pub(super) const DESCRIPTION: usize = 2000;
/// Longest text of all parts together, in bytes.
pub(super) const TOTAL: usize = 16 * 1024;

/// The first fault of prose: a sentence without subject and full stop.
pub(super) fn prose_fault(text: &str) -> Option<&'static str> {
    if let Some(fault) = character_fault(text, false) {
        return Some(fault);
    }
    // Most text is words and nothing else: everything below needs one of these.
    if is_plain(text) {
        return structure_fault(text);
    }
    for line in text.lines() {
        let line = line.trim_start();
        if line.starts_with(">>>") {
            return Some("must not hold an interactive example");
        }
        if line.starts_with("..") && line.contains("::") {
            return Some("must not hold a directive");
        }
    }
    let open = without_literals(text);
    if has_html(&open) {
        return Some("must not hold raw HTML (put it in backticks)");
    }
    if open.contains("![") {
        return Some("must not hold an image");
    }
    if has_link(&open) {
        return Some("must not link to `command:`, `javascript:`, `data:` or `file:`");
    }
    if has_modeline(text) {
        return Some("must not hold an editor's mode line");
    }
    structure_fault(text)
}

/// The first fault of code in an example.
pub(super) fn code_fault(text: &str) -> Option<&'static str> {
    character_fault(text, true)
        .or_else(|| has_modeline(text).then_some("must not hold an editor's mode line"))
}

/// Letters, digits, and punctuation that means nothing to any tool.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| {
        byte.is_ascii_alphanumeric()
            || byte >= 0x80
            || matches!(byte, b' ' | b'\n' | b',' | b'\'' | b'"' | b'(' | b')' | b'`' | b'_' | b';')
            || byte == b'.'
    }) && !text.contains("..")
}

fn character_fault(text: &str, is_code: bool) -> Option<&'static str> {
    if text.bytes().all(|byte| (b' '..0x7f).contains(&byte) || byte == b'\n') {
        return None;
    }
    text.chars().find_map(|c| match c {
        '\n' => None,
        '\t' if is_code => None,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some("must not hold control characters"),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some("must not hold marks that change the direction of text")
        }
        '\u{ad}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{180e}'
        | '\u{200b}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2064}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffc}'
        | '\u{e0000}'..='\u{e0fff}'
        | '\u{f0000}'..='\u{10ffff}' => Some("must not hold invisible characters"),
        _ => None,
    })
}

/// `text` with the literals in backticks blanked out.
fn without_literals(text: &str) -> Cow<'_, str> {
    if !text.contains('`') {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in literals(text) {
        out.push_str(text.get(done..start).unwrap_or_default());
        out.push('.');
        done = end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(out)
}

fn has_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let is_address = ["http://", "https://"].iter().any(|scheme| rest.starts_with(scheme));
        !is_address && rest.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c))
    })
}

fn has_link(text: &str) -> bool {
    text.match_indices(':').any(|(at, _)| {
        let (before, rest) = (text.get(..at).unwrap_or_default(), text.get(at + 1..));
        let follows = rest.is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()));
        let start = before.rfind(|c: char| !c.is_ascii_alphanumeric()).map_or(0, |at| {
            at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
        });
        let scheme = before.get(start..).unwrap_or_default();
        follows
            && ["command", "javascript", "vbscript", "data", "file", "vscode"]
                .iter()
                .any(|bad| bad.eq_ignore_ascii_case(scheme))
    })
}

fn has_modeline(text: &str) -> bool {
    text.contains("-*-")
        || text.split_whitespace().any(|word| matches!(word, "vim:" | "vi:" | "ex:"))
        || ["vim:set", "vi:set", "vim:se", "ex:set"].iter().any(|mark| text.contains(mark))
}

/// Prose that begins as a field, a heading, a comment or a directive would.
fn structure_fault(text: &str) -> Option<&'static str> {
    let is_sentence = text.starts_with(char::is_alphanumeric) && text.split(' ').nth(4).is_some();
    if is_sentence && !text.contains(['\n', ':']) {
        // The common case: no heading is this long.
        return None;
    }
    for block in blocks(text) {
        let Block::Prose(words) = block else { continue };
        let Some(first) = words.first() else { continue };
        let starts = first.starts_with(|c: char| ":@#>|=~^+".contains(c));
        let is_mark = is_structure(first)
            && first.chars().all(|c| c.is_ascii_punctuation())
            && !first.starts_with(['`', '"', '\'']);
        if starts || is_mark || is_heading(&words.join(" ")) || first.contains("]:") {
            return Some("must be prose, not a heading, field or list");
        }
    }
    None
}
