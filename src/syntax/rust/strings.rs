//! Where strings and comments are, in code that need not be sound.

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

#[cfg(test)]
mod tests {
    use super::is_code;

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
