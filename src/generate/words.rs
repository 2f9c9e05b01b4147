//! Sentences: capitals, full stops, and a summary that fits its line.

use super::options::Options;
use crate::docstring::{Language, Symbol};
use crate::style::{STOP_CLOSE, STOP_OPEN, markup, one_line, width};

/// The marks of a tab stop around a text, and the text.
fn unmarked(text: &str) -> (&str, &str, &str) {
    let open = text.len() - text.trim_start_matches(STOP_OPEN).len();
    let (open, rest) = text.split_at(open);
    let inner = rest.trim_end_matches(STOP_CLOSE);
    (open, inner, rest.get(inner.len()..).unwrap_or_default())
}

/// `text` as a sentence: it begins with a capital (numpydoc PR08, RT04, SS02; ruff D403)
/// and ends with a full stop (PR09, RT05, SS03; D400, D415).
pub(super) fn sentence(text: &str, language: Language) -> String {
    let (open, inner, close) = unmarked(text);
    let mut out = String::from(open);
    out.push_str(&capitalised(inner.trim(), language));
    let last_line = out.lines().next_back().unwrap_or_default();
    let is_kept = last_line.starts_with([' ', '\t', '-', '*']) || last_line.starts_with("```");
    if out.ends_with(':') {
        out.pop();
    }
    if !is_kept && !out.ends_with(['.', '!', '?']) {
        out.push('.');
    }
    out.push_str(close);
    out
}

fn capitalised(text: &str, language: Language) -> String {
    let first = text.split([' ', '\n']).next().unwrap_or_default();
    let Some(initial) = first.chars().next().filter(|c| c.is_lowercase()) else {
        return text.to_owned();
    };
    let core = first.trim_end_matches(['.', ',', ';', ':', '!', '?']);
    let is_word = core.chars().all(|c| c.is_lowercase() || matches!(c, '\'' | '-' | '’' | '/'));
    if is_word {
        let rest = text.get(initial.len_utf8()..).unwrap_or_default();
        return initial.to_uppercase().chain(rest.chars()).collect();
    }
    // An identifier keeps its letters.
    let ticks = if language == Language::Rust { "`" } else { "``" };
    let rest = text.get(core.len()..).unwrap_or_default();
    if core.contains('`') { text.to_owned() } else { [ticks, core, ticks, rest].concat() }
}

/// The summary as one line that fits, and what had to move to the description.
///
/// A Python summary stands in the line of the opening quotes (ruff D205 wants one
/// line); it is cut where a clause ends. rustdoc wraps.
pub(super) fn split_summary(
    symbol: &Symbol,
    summary: &str,
    options: &Options,
) -> (String, Option<String>) {
    let language = symbol.language;
    let summary = sentence(&one_line(&markup(summary, language)), language);
    if language == Language::Rust {
        return (summary, None);
    }
    let indent = symbol.slot.as_ref().map_or(0, |slot| slot.indent.chars().count());
    let quotes = if summary.contains('\\') { 7 } else { 6 };
    let room = options.line_length.saturating_sub(indent).max(40).saturating_sub(quotes);
    if width(&summary) <= room {
        return (summary, None);
    }
    let Some((head, tail)) = cut(&summary, room) else { return (summary, None) };
    let (head, tail) = (head.trim_end(), tail.trim_start());
    if summary.starts_with(STOP_OPEN) && tail.ends_with(STOP_CLOSE) {
        let head = sentence(&format!("{head}{STOP_CLOSE}"), language);
        return (head, Some(sentence(&format!("{STOP_OPEN}{tail}"), language)));
    }
    (sentence(head, language), Some(sentence(tail, language)))
}

/// Cuts a sentence at the last end of a clause within `room` characters.
fn cut(summary: &str, room: usize) -> Option<(&str, &str)> {
    let mut is_literal = false;
    let mut used = 0;
    let mut best: Option<(usize, usize, usize)> = None;
    let mut depth = 0usize;
    for (at, c) in summary.char_indices() {
        used += usize::from(!matches!(c, STOP_OPEN | STOP_CLOSE));
        if used >= room {
            break;
        }
        match c {
            '`' => is_literal = !is_literal,
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            ' ' if !is_literal && depth == 0 && used > 15 => {
                let (before, after) = summary.split_at(at);
                let rank = rank(before, after.trim_start());
                if rank > 0 && best.is_none_or(|(known, _, _)| rank >= known) {
                    let end = if before.ends_with([',', ';']) { at - 1 } else { at };
                    best = Some((rank, end, at));
                }
            }
            _ => {}
        }
    }
    let (_, end, start) = best?;
    Some((summary.get(..end)?, summary.get(start..)?))
}

/// How good a place between two parts of a sentence is for a cut; 0 for none.
fn rank(before: &str, after: &str) -> usize {
    let next = after.split(' ').next().unwrap_or_default();
    match () {
        () if before.ends_with(['.', '!', '?']) => 4,
        () if before.ends_with(';') => 3,
        () if before.ends_with(',') => 2,
        () if matches!(next, "if" | "when" | "unless" | "because" | "while" | "until") => 1,
        () => 0,
    }
}
