//! Docstring text to string literal and back.

use ruff_python_ast::Expr;

use crate::docstring::Slot;
use crate::syntax::Violation;

/// Writes `text` as a docstring for `slot`.
///
/// Triple double quotes (D300), raw when there are backslashes (D301), the closing
/// quotes of several lines on a line of their own (D209).
pub(super) fn encode(text: &str, slot: &Slot) -> Result<String, Violation> {
    if let Some(bad) = text.chars().find(|c| forbidden(*c)) {
        return Err(Violation::new(format!(
            "the text holds the invisible character U+{:04X}",
            u32::from(bad)
        )));
    }
    if text.trim().is_empty() {
        return Err(Violation::new("the docstring is empty"));
    }
    let multi = text.contains('\n');
    // In a raw literal a quote cannot be escaped without keeping the backslash, and an
    // odd run of backslashes swallows the closing quote.
    let raw =
        text.contains('\\') && !text.contains("\"\"\"") && (multi || !text.ends_with(['"', '\\']));
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(if raw { "r\"\"\"" } else { "\"\"\"" });
    for (index, line) in text.split('\n').enumerate() {
        // A trailing blank would be W291, and a blank line holds nothing.
        let line = if multi { line.trim_end_matches([' ', '\t']) } else { line };
        if index > 0 {
            out.push_str(slot.newline);
            if !line.is_empty() {
                out.push_str(&slot.indent);
            }
        }
        if raw { out.push_str(line) } else { escape(line, !multi, &mut out) }
    }
    if multi {
        if !text.ends_with('\n') {
            out.push_str(slot.newline);
        }
        out.push_str(&slot.indent);
    }
    out.push_str("\"\"\"");
    Ok(out)
}

/// Writes one line; `closing` when the closing quotes follow it directly.
fn escape(line: &str, closing: bool, out: &mut String) {
    let mut quotes = 0;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' if quotes == 2 => {
                // `"""` becomes `\"\"\"`: two quotes are already written bare.
                out.truncate(out.len() - 2);
                out.push_str("\\\"\\\"\\\"");
            }
            '"' if closing && chars.peek().is_none() => out.push_str("\\\""),
            _ => out.push(c),
        }
        quotes = if c == '"' { (quotes + 1) % 3 } else { 0 };
    }
}

/// Characters that change how text is read or shown without being seen.
fn forbidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{2028}' | '\u{2029}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{e0000}'..='\u{e007f}' | '\u{feff}' | '\u{e000}' | '\u{e001}')
}

/// The value of a docstring's literal, dedented; the source where it cannot be read.
pub(super) fn decode(literal: &str) -> String {
    // In parentheses, as an implicit concatenation may be broken over lines.
    let source = format!("({literal}\n)");
    match ruff_python_parser::parse_expression(&source).map(|parsed| parsed.into_syntax().body) {
        Ok(expression) => match *expression {
            Expr::StringLiteral(string) => cleandoc(string.value.to_str()),
            _ => cleandoc(literal),
        },
        Err(_) => cleandoc(literal),
    }
}

/// Python's `inspect.cleandoc`.
pub(super) fn cleandoc(text: &str) -> String {
    let unified;
    let text = if text.contains('\r') {
        unified = text.replace("\r\n", "\n").replace('\r', "\n");
        &unified
    } else {
        text
    };
    let lines: Vec<String> = text.split('\n').map(expand_tabs).collect();
    let indent = |line: &&String| line.len() - line.trim_start_matches(' ').len();
    let margin =
        lines.iter().skip(1).filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min();
    let dedented: Vec<&str> = lines
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let line = match index {
                0 => line.trim_start(),
                _ => line.get(margin.unwrap_or(0)..).unwrap_or(""),
            };
            line.trim_end()
        })
        .collect();
    let first = dedented.iter().position(|line| !line.is_empty()).unwrap_or(dedented.len());
    let last = dedented.iter().rposition(|line| !line.is_empty()).map_or(first, |last| last + 1);
    dedented.get(first..last).unwrap_or_default().join("\n")
}

fn expand_tabs(line: &str) -> String {
    if !line.contains('\t') {
        return line.into();
    }
    let mut out = String::with_capacity(line.len() + 8);
    let mut column = 0;
    for c in line.chars() {
        if c == '\t' {
            let width = 8 - column % 8;
            out.extend(std::iter::repeat_n(' ', width));
            column += width;
        } else {
            out.push(c);
            column += 1;
        }
    }
    out
}
