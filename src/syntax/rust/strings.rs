//! Where strings and comments are, in code that need not be sound.

use std::collections::BTreeMap;

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, strip_shebang, tokenize};

/// Whether `offset`, the start of a line, is outside of strings and comments.
pub(super) fn is_code(text: &str, offset: usize) -> bool {
    let Some(head) = text.get(..offset) else { return false };
    let head = head.strip_prefix('\u{feff}').unwrap_or(head);
    let body = strip_shebang(head).and_then(|end| head.get(end..)).unwrap_or(head);
    let last = tokenize(body, FrontmatterAllowed::Yes).last();
    last.is_none_or(|token| match token.kind {
        TokenKind::LineComment { .. } => false,
        TokenKind::BlockComment { terminated, .. } => terminated,
        TokenKind::Literal { kind, .. } => match kind {
            LiteralKind::Str { terminated }
            | LiteralKind::ByteStr { terminated }
            | LiteralKind::CStr { terminated } => terminated,
            LiteralKind::RawStr { n_hashes }
            | LiteralKind::RawByteStr { n_hashes }
            | LiteralKind::RawCStr { n_hashes } => n_hashes.is_some(),
            _ => true,
        },
        _ => true,
    })
}

/// Where a raw string begins that nothing ends: the rest of the text is in it.
///
/// Asked at every parse, so that the lexer is called only for a beginning behind which no
/// such end stands anywhere, in a string or not.
pub(super) fn unclosed(text: &str) -> Option<usize> {
    let mut last_ends: BTreeMap<usize, Option<usize>> = BTreeMap::new();
    let is_open = text.match_indices('r').any(|(at, _)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        if !rest.starts_with(['#', '"']) {
            return false;
        }
        let hashes = rest.bytes().take(MOST_HASHES).take_while(|byte| *byte == b'#').count();
        let is_start = rest.as_bytes().get(hashes) == Some(&b'"');
        is_start && {
            let last = last_ends
                .entry(hashes)
                .or_insert_with(|| text.rfind(&["\"", "#".repeat(hashes).as_str()].concat()));
            // The quote that begins it is no end of it.
            last.is_none_or(|last| last <= at + 1 + hashes)
        }
    });
    if is_open { lexed(text) } else { None }
}

/// Hashes that the compiler admits before a raw string.
const MOST_HASHES: usize = 255;

/// The same by the lexer.
fn lexed(text: &str) -> Option<usize> {
    let code = text.strip_prefix('\u{feff}').unwrap_or(text);
    let code = strip_shebang(code).and_then(|end| code.get(end..)).unwrap_or(code);
    let mut at = text.len() - code.len();
    tokenize(code, FrontmatterAllowed::Yes).find_map(|token| {
        let start = at;
        at += token.len as usize;
        let is_open = matches!(
            token.kind,
            TokenKind::Literal {
                kind: LiteralKind::RawStr { n_hashes: None }
                    | LiteralKind::RawByteStr { n_hashes: None }
                    | LiteralKind::RawCStr { n_hashes: None },
                ..
            }
        );
        (is_open && at == text.len()).then_some(start)
    })
}

#[cfg(test)]
mod tests {
    use super::{is_code, unclosed};

    #[test]
    fn a_raw_string_without_an_end() {
        for (text, expected) in [
            ("fn f() { |r#\"a\n} // \"\n", true),
            ("let s = |br##\"a\"#;\n", true),
            ("let s = |r\"a;\n", true),
            ("let a = r#\"a\"#; let s = |cr#\"b\"\n", true),
            ("\u{feff}#!/bin/x\nlet s = |r#\"\n", true),
            ("let s = r#\"a\"#;\n", false),
            ("let s = \"r#\"; let r#type = 1;\n", false),
            ("// r#\"\nfn f() {}\n", false),
            ("let error = \"for\"; let c = 'r';\n", false),
            ("let s = \"r\n", false),
        ] {
            let at = text.find('|');
            let text = text.replacen('|', "", 1);
            assert_eq!(at.is_some(), expected);
            assert_eq!(unclosed(&text), at, "{text:?}");
        }
    }

    #[test]
    fn strings_and_comments() {
        for (text, expected) in [
            ("", true),
            ("#!/bin/x\n|", true),
            ("fn f() {}\n|", true),
            ("// a\n|", true),
            ("/* a\n|", false),
            ("/* a /* b */\n|", false),
            ("/* a */\n|", true),
            ("let s = \"a\n|", false),
            ("let s = \"a\";\n|", true),
            ("let s = r#\"a\"\n|", false),
            ("let c = '\"';\n|", true),
            ("fn f<'a>() {}\n|", true),
        ] {
            let offset = text.find('|').unwrap_or(text.len());
            assert_eq!(is_code(text, offset), expected, "{text:?}");
        }
    }
}
