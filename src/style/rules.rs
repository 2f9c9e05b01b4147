//! What a provider's prose must not contain, whoever the provider is.
//!
//! The words end up in source files, terminals, documentation sites and hover
//! windows: nothing invisible, nothing that a tool would execute, include or follow,
//! and nothing that a reader of docstrings would take for structure.

use std::borrow::Cow;

use super::wrap::{Block, blocks, is_heading, is_structure, literals};
use crate::docstring::Language;

/// Longest summary, in characters.
pub(super) const SUMMARY: usize = 200;
/// Longest description, in characters.
pub(super) const DESCRIPTION: usize = 2000;
/// Longest text of all parts together, in bytes.
pub(super) const TOTAL: usize = 16 * 1024;

/// The first fault of prose: a sentence without subject and full stop.
pub(super) fn prose_fault(text: &str, language: Language) -> Option<&'static str> {
    if let Some(fault) = character_fault(text, false) {
        return Some(fault);
    }
    // Most text is words and nothing else: everything below needs one of these.
    if is_plain(text) {
        return structure_fault(text);
    }
    if let Some(fault) = text.lines().find_map(|line| line_fault(line, language)) {
        return Some(fault);
    }
    let open = without_literals(text);
    if has_html(&open) {
        return Some("must not hold raw HTML (put it in backticks)");
    }
    if open.contains("![") {
        return Some("must not hold an image");
    }
    if has_link(&open) || has_foreign_target(&open) {
        return Some("must not link to `command:`, `javascript:`, `data:` or `file:`");
    }
    if has_entity(&open) {
        return Some("must not hold HTML entities");
    }
    if open.contains("#[") || open.contains("#![") {
        return Some("must not hold an attribute (put it in backticks)");
    }
    if has_modeline(text) {
        return Some("must not hold an editor's mode line");
    }
    structure_fault(text)
}

/// The fault of a line by what it begins with, lists and quotations around it aside:
/// their items hold whatever stands outside of them.
fn line_fault(line: &str, language: Language) -> Option<&'static str> {
    // Code to rustdoc, which compiles and runs it.
    let indented = line.starts_with("    ") || line.starts_with('\t');
    if language == Language::Rust && indented && !line.trim().is_empty() {
        return Some("must not hold indented code");
    }
    let mut line = line.trim_start();
    loop {
        if line.starts_with(">>>") {
            return Some("must not hold an interactive example");
        }
        if line.starts_with("..") && line.contains("::") {
            return Some("must not hold a directive");
        }
        if line.starts_with("```") && !line.trim_start_matches('`').contains('`')
            || line.starts_with("~~~")
        {
            return Some("must not hold a block of code");
        }
        line = behind_mark(line)?;
    }
}

/// What stands behind a mark that begins a list item, a quotation, a field or a footnote.
fn behind_mark(line: &str) -> Option<&str> {
    let (mark, rest) = line.split_once(char::is_whitespace)?;
    let is_bullet = mark.chars().all(|c| "-*+>|•‣⁃#".contains(c));
    let inner = mark.strip_prefix('(').unwrap_or(mark);
    let is_number = inner.strip_suffix(['.', ')']).is_some_and(|number| {
        number.len() <= 9 && number.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
    });
    let is_field = mark.starts_with([':', '@']) && mark.ends_with(':') && mark.len() > 2;
    let is_note = mark == "..";
    (is_bullet || is_number || is_field || is_note).then(|| rest.trim_start())
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
    }) && !["..", "```", "    "].iter().any(|mark| text.contains(mark))
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
        // Markdown drops a backslash before punctuation.
        is_bad_scheme(before.trim_end_matches('\\')) && follows
    })
}

/// Whether a text ends with a scheme that makes something happen.
fn is_bad_scheme(text: &str) -> bool {
    ["command", "javascript", "vbscript", "data", "file", "vscode"].iter().any(|bad| {
        let start = text.len().checked_sub(bad.len());
        let scheme = start.and_then(|start| text.get(start..));
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(bad))
            && start
                .and_then(|start| text.get(..start))
                .and_then(|before| before.chars().next_back())
                .is_none_or(|c| !c.is_ascii_alphanumeric())
    })
}

/// Whether a Markdown link leads to anything but the web, mail or a name in the code.
fn has_foreign_target(text: &str) -> bool {
    text.match_indices("](").any(|(at, mark)| {
        let target = text.get(at + mark.len()..).unwrap_or_default();
        let target = target.trim_start().trim_start_matches('<');
        let scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.' | '\\');
        let end = target.find(|c| !scheme(c)).unwrap_or(target.len());
        let (scheme, rest) = target.split_at_checked(end).unwrap_or_default();
        rest.starts_with(':')
            && !rest.starts_with("::")
            && !["http", "https", "mailto"].iter().any(|good| good.eq_ignore_ascii_case(scheme))
    })
}

/// Whether a character is written as an HTML entity, which could hide any of the above.
fn has_entity(text: &str) -> bool {
    text.match_indices('&').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = |c: char| c.is_ascii_alphanumeric() || c == '#';
        let end = rest.find(|c| !name(c)).unwrap_or(rest.len());
        (2..=32).contains(&end) && rest.get(end..).is_some_and(|rest| rest.starts_with(';'))
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
