//! Bytes of a file to text and back, without loss.
//!
//! Invariant: encoding what was decoded gives the very same bytes. A text in a
//! one-byte encoding is read byte for character (U+0000 to U+00FF), whatever the
//! characters really are: ASCII is what matters, and everything else comes back
//! as it was.

use crate::docstring::Language;

/// How the bytes of a file are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// UTF-8.
    Utf8,
    /// One byte a character, all of ASCII as itself.
    OneByte,
    /// Bytes above ASCII belong together in pairs or more: they are kept, and
    /// nothing but ASCII may be added.
    AsciiOnly,
}

/// The text of a file.
///
/// # Errors
///
/// Why it cannot be read: one sentence.
pub(super) fn decode(bytes: &[u8], language: Language) -> Result<(String, Encoding), String> {
    let utf16 = [[0xff, 0xfe], [0xfe, 0xff]];
    if utf16.iter().any(|mark| bytes.starts_with(mark)) {
        return Err("it is UTF-16, which cannot be edited safely".into());
    }
    if language == Language::Python && bytes.contains(&0) {
        return Err("it contains a NUL byte, which Python does not allow".into());
    }
    let cookie = if language == Language::Python { cookie(bytes) } else { None };
    let encoding = match &cookie {
        None => Encoding::Utf8,
        Some(name) => {
            by_name(name).ok_or_else(|| format!("its encoding `{name}` cannot be edited safely"))?
        }
    };
    if encoding == Encoding::Utf8 {
        return match (std::str::from_utf8(bytes), cookie) {
            (Ok(text), _) => Ok((text.to_owned(), encoding)),
            (Err(error), Some(_)) => {
                Err(format!("it is not the UTF-8 that it claims (byte {})", error.valid_up_to()))
            }
            (Err(error), None) => Err(format!(
                "it is not UTF-8 (byte {}){}",
                error.valid_up_to(),
                if language == Language::Python { " and names no other encoding" } else { "" }
            )),
        };
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err("it begins as UTF-8 and names another encoding".into());
    }
    Ok((bytes.iter().map(|byte| char::from(*byte)).collect(), encoding))
}

/// The bytes of `text`, of which `added` was not in the file before.
///
/// # Errors
///
/// When the file's encoding has no place for what was added.
pub(super) fn encode<'a>(
    text: &str,
    encoding: &Encoding,
    added: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<u8>, String> {
    let mut added = added.into_iter();
    match encoding {
        Encoding::Utf8 => return Ok(text.as_bytes().to_vec()),
        Encoding::AsciiOnly if !added.all(str::is_ascii) => {
            return Err("its encoding has no safe place for what would be added".into());
        }
        Encoding::AsciiOnly | Encoding::OneByte => {}
    }
    text.chars()
        .map(|letter| u8::try_from(u32::from(letter)))
        .collect::<Result<_, _>>()
        .map_err(|_| "its encoding has no place for what would be added".into())
}

/// The encoding that a Python file names in one of its first two lines (PEP 263).
fn cookie(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let head = bytes.get(..bytes.len().min(4096))?;
    let (first, rest) = split_line(head);
    for line in [first, split_line(rest).0] {
        let trimmed = line.trim_ascii_start();
        if let Some(comment) = trimmed.strip_prefix(b"#") {
            if let Some(name) = named(comment) {
                return Some(name);
            }
        } else if !trimmed.is_empty() {
            return None;
        }
    }
    None
}

/// The first line without its end, and what follows.
fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
    let (line, rest) = bytes.split_at(end);
    let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.get(1..)).unwrap_or_default();
    (line, rest)
}

/// What follows `coding:` or `coding=` in a comment.
fn named(comment: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(comment);
    for (at, word) in text.match_indices("coding") {
        let rest = text.get(at + word.len()..)?;
        let Some(rest) = rest.strip_prefix([':', '=']) else { continue };
        let rest = rest.trim_start_matches([' ', '\t']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let name: String = rest.chars().take_while(|c| is_name(*c)).take(40).collect();
        if !name.is_empty() {
            return Some(name.to_ascii_lowercase().replace('_', "-"));
        }
    }
    None
}

/// How an encoding can be edited; `None` when ASCII bytes may mean something else in it.
fn by_name(name: &str) -> Option<Encoding> {
    if matches!(name, "utf-8" | "utf8" | "u8" | "utf") || name.starts_with("utf-8-") {
        return Some(Encoding::Utf8);
    }
    if matches!(name, "ascii" | "us-ascii" | "646") || name.starts_with("euc") {
        return Some(Encoding::AsciiOnly);
    }
    let one_byte =
        ["latin", "l1", "iso-8859-", "iso8859-", "8859", "cp125", "windows-125", "koi8-", "mac-"];
    let known = ["cp437", "cp850", "cp852", "cp866", "macroman"];
    let is_one_byte = one_byte.iter().any(|start| name.starts_with(start)) || known.contains(&name);
    is_one_byte.then_some(Encoding::OneByte)
}

#[cfg(test)]
mod tests {
    use super::{Encoding, cookie, decode, encode};
    use crate::docstring::Language::{Python, Rust};

    #[test]
    fn finds_the_cookie_in_the_first_two_lines() {
        let found = |text: &str| cookie(text.as_bytes());
        assert_eq!(found("# -*- coding: Latin_1 -*-\n").as_deref(), Some("latin-1"));
        assert_eq!(
            found("#!/bin/python\r\n# vim: set fileencoding=cp1252 :\r\n").as_deref(),
            Some("cp1252")
        );
        assert_eq!(found("\u{feff}# coding=utf8\n").as_deref(), Some("utf8"));
        assert_eq!(found("\n\n# coding: latin-1\n"), None);
        assert_eq!(found("x = 1\n# coding: latin-1\n"), None);
        assert_eq!(found("# encoding\n"), None);
    }

    #[test]
    fn every_byte_comes_back() {
        let mut bytes = b"# coding: latin-1\n".to_vec();
        bytes.extend(0..=255);
        bytes.retain(|byte| *byte != 0);
        let (text, encoding) = decode(&bytes, Python).unwrap();
        assert_eq!(encode(&text, &encoding, []).unwrap(), bytes);
        // Python reads by the cookie even when the bytes happen to be UTF-8.
        let (text, encoding) = decode("# coding: latin-1\n'é'\n".as_bytes(), Python).unwrap();
        assert_eq!((text.as_str(), encoding), ("# coding: latin-1\n'Ã©'\n", Encoding::OneByte));
    }

    #[test]
    fn refuses_what_has_no_place() {
        assert!(encode("…", &Encoding::OneByte, ["…"]).is_err());
        assert!(encode("é", &Encoding::AsciiOnly, ["é"]).is_err());
        assert_eq!(encode("é", &Encoding::AsciiOnly, ["e"]).unwrap(), [0xe9]);
    }

    #[test]
    fn says_why_a_file_cannot_be_read() {
        let reason = |bytes: &[u8], language| decode(bytes, language).unwrap_err();
        assert_eq!(reason(b"a\xff", Rust), "it is not UTF-8 (byte 1)");
        assert_eq!(
            reason(b"a\xff", Python),
            "it is not UTF-8 (byte 1) and names no other encoding"
        );
        assert_eq!(
            reason(b"# coding: utf-8\n\xff", Python),
            "it is not the UTF-8 that it claims (byte 16)"
        );
        assert_eq!(
            reason(b"# coding: gbk\n", Python),
            "its encoding `gbk` cannot be edited safely"
        );
        assert_eq!(reason(b"a\0", Python), "it contains a NUL byte, which Python does not allow");
        assert_eq!(reason(b"\xff\xfea\0", Python), "it is UTF-16, which cannot be edited safely");
        assert_eq!(
            reason(b"\xef\xbb\xbf# coding: latin-1\n", Python),
            "it begins as UTF-8 and names another encoding"
        );
    }
}
