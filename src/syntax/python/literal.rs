//! Docstring text to string literal and back.

use ruff_python_ast::Expr;

use super::quoted::Quoted;
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
pub(super) fn forbidden(c: char) -> bool {
    matches!(c,
        '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}'
        | '\u{2028}' | '\u{2029}'
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        | '\u{e0000}'..='\u{e007f}' | '\u{feff}' | '\u{e000}' | '\u{e001}')
}

/// The value of a docstring's literal, dedented; the source where it cannot be read.
pub(super) fn decode(literal: &str) -> String {
    if let Some(inner) = plain(literal) {
        return cleandoc(inner);
    }
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

/// The inside of a single literal whose value is its source, as nearly all are.
fn plain(literal: &str) -> Option<&str> {
    let quoted = Quoted::read(literal).ok()?;
    (quoted.is_raw || !quoted.inner.contains('\\')).then_some(quoted.inner)
}

/// Appends the value of the inside of a plain string literal; `\N{…}` stays as written.
pub(super) fn unescape(source: &str, out: &mut String) {
    let mut rest = source;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        let Some(escape) = rest.chars().next() else { break };
        let hex = |count: usize| {
            let digits = rest.get(1..=count)?;
            char::from_u32(u32::from_str_radix(digits, 16).ok()?)
        };
        let (value, length) = match escape {
            'n' => (Some('\n'), 1),
            't' => (Some('\t'), 1),
            'r' => (Some('\r'), 1),
            '\\' | '\'' | '"' => (Some(escape), 1),
            'x' => (hex(2), 3),
            'u' => (hex(4), 5),
            'U' => (hex(8), 9),
            _ => (None, 1),
        };
        if let Some(value) = value {
            out.push(value);
            rest = rest.get(length..).unwrap_or("");
        } else {
            // A line continuation vanishes, the rest is as written.
            if !matches!(escape, '\n' | '\r') {
                out.push('\\');
                out.push(escape);
            }
            rest = rest.get(escape.len_utf8()..).unwrap_or("");
        }
    }
    out.push_str(rest);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{cleandoc, decode, encode, forbidden, unescape};
    use crate::docstring::Slot;

    fn slot(indent: &str, newline: &'static str) -> Slot {
        Slot {
            replace: 0..0,
            indent: indent.into(),
            before: String::new(),
            after: String::new(),
            newline,
            marker: "",
        }
    }

    fn check(text: &str, expected: &str) {
        let literal = encode(text, &slot("    ", "\n")).unwrap();
        assert_eq!(literal, expected);
        assert_eq!(decode(&literal), cleandoc(text));
    }

    #[test]
    fn writes_literals() {
        check("Doc.", "\"\"\"Doc.\"\"\"");
        check("A.\n\nB.", "\"\"\"A.\n\n    B.\n    \"\"\"");
        check("A.\n  \nB.  ", "\"\"\"A.\n\n    B.\n    \"\"\"");
        check("C:\\Users", "r\"\"\"C:\\Users\"\"\"");
        check("\\N{x} \\xZ", "r\"\"\"\\N{x} \\xZ\"\"\"");
        check("ends in \\", "\"\"\"ends in \\\\\"\"\"");
        check("ends in\n\\", "r\"\"\"ends in\n    \\\n    \"\"\"");
        check("ends in \"", "\"\"\"ends in \\\"\"\"\"");
        check("\\ ends in \"", "\"\"\"\\\\ ends in \\\"\"\"\"");
        check("\\\"", "\"\"\"\\\\\\\"\"\"\"");
        check("a \"\"\" b", "\"\"\"a \\\"\\\"\\\" b\"\"\"");
        check("a \"\"\"\" \\", "\"\"\"a \\\"\\\"\\\"\" \\\\\"\"\"");
        check("\"quoted\" first", "\"\"\"\"quoted\" first\"\"\"");
        check(
            "\"\"\"\nimport os\n\"\"\"",
            "\"\"\"\\\"\\\"\\\"\n    import os\n    \\\"\\\"\\\"\n    \"\"\"",
        );
    }

    #[test]
    fn uses_the_newline_of_the_file() {
        let literal = encode("A.\n\nB.", &slot("\t", "\r\n")).unwrap();
        assert_eq!(literal, "\"\"\"A.\r\n\r\n\tB.\r\n\t\"\"\"");
        assert_eq!(decode(&literal), "A.\n\nB.");
    }

    #[test]
    fn refuses_what_cannot_be_seen() {
        for c in "\0\x07\x0b\x0c\r\x1b\x7f\u{80}\u{85}\u{2028}\u{2029}\u{202e}\u{2066}\u{e0041}\u{feff}\u{e000}\u{e001}".chars() {
            assert!(encode(&format!("a{c}b"), &slot("", "\n")).is_err(), "{c:?}");
        }
        assert!(encode(" \n", &slot("", "\n")).is_err());
    }

    #[test]
    fn reads_escapes() {
        for (source, expected) in [
            (r"a\tb\\n\x41\u00e9\U0001F600\q", "a\tb\\nAé😀\\q"),
            ("a\\\nb", "ab"),
            (r"\N{BULLET}\xZZ\", r"\N{BULLET}\xZZ"),
        ] {
            let mut out = String::new();
            unescape(source, &mut out);
            assert_eq!(out, expected);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_survives(
            text in r#"([a-z\\"' {}N\n]|"""|\\"|\PC){1,40}"#,
            indent in r"( {0,8}|\t{0,2})",
            crlf in any::<bool>(),
        ) {
            prop_assume!(!text.trim().is_empty() && !text.chars().any(forbidden));
            let newline = if crlf { "\r\n" } else { "\n" };
            let literal = encode(&text, &slot(&indent, newline)).unwrap();
            // Blank lines around, trailing blanks and what all lines share are layout.
            let indented = text.replace('\n', &format!("\n{indent}"));
            prop_assert_eq!(decode(&literal), cleandoc(&indented));
            // Nothing of the text becomes code.
            let parsed = ruff_python_parser::parse_module(&literal).unwrap();
            prop_assert_eq!(parsed.syntax().body.len(), 1);
        }
    }
}
