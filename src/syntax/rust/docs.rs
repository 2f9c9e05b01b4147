//! Doc comments and attributes: which are documentation, and what they say.

use std::ops::Range;

use tree_sitter::Node;

use super::kinds::{Kind, kind};
use crate::docstring::Existing;

/// What stands in front of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// `///`, `/** */`, `#[doc = …]`.
    OuterDoc,
    /// `//!`, `/*! */`, `#![doc = …]`.
    InnerDoc,
    /// `#[…]`.
    Attribute,
    /// `#![…]`.
    InnerAttribute,
    /// `//`, `/* */`.
    Comment,
}

/// What `node` is, if it is a comment or an attribute.
pub(super) fn lead(node: Node<'_>, text: &str) -> Option<Lead> {
    let kind = kind(node);
    if kind.is_comment() {
        return Some(comment(text.get(node.byte_range()).unwrap_or_default()));
    }
    match kind {
        Kind::AttributeItem if is_doc(inside(node, text)) => Some(Lead::OuterDoc),
        Kind::AttributeItem => Some(Lead::Attribute),
        Kind::InnerAttribute if is_doc(inside(node, text)) => Some(Lead::InnerDoc),
        Kind::InnerAttribute => Some(Lead::InnerAttribute),
        _ => None,
    }
}

fn comment(text: &str) -> Lead {
    let is_outer = (text.starts_with("///") && !text.starts_with("////"))
        || (text.starts_with("/**") && !text.starts_with("/***") && !text.starts_with("/**/"));
    if is_outer {
        Lead::OuterDoc
    } else if text.starts_with("//!") || text.starts_with("/*!") {
        Lead::InnerDoc
    } else {
        Lead::Comment
    }
}

/// The text between the brackets of an attribute.
pub(super) fn inside<'a>(node: Node<'_>, text: &'a str) -> &'a str {
    let text = text.get(node.byte_range()).unwrap_or_default();
    let text = text.trim_start_matches('#').trim_start().trim_start_matches('!').trim();
    text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text).trim()
}

/// `doc = …`, also behind a `cfg_attr`.
pub(super) fn is_doc(attribute: &str) -> bool {
    if let Some(rest) = after_word(attribute, "doc") {
        return rest.starts_with('=');
    }
    after_word(attribute, "cfg_attr").is_some_and(|rest| {
        rest.match_indices("doc").any(|(at, word)| {
            let before = rest.get(..at).and_then(|head| head.chars().next_back());
            let after = rest.get(at + word.len()..).unwrap_or_default().trim_start();
            matches!(before, Some(' ' | ',' | '\n' | '\t')) && after.starts_with('=')
        })
    })
}

/// What follows `word` at the start of `text`, white space skipped.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    ends.then(|| rest.trim_start())
}

/// `#[doc(hidden)]`.
pub(super) fn is_hidden(attribute: &str) -> bool {
    after_word(attribute, "doc")
        .is_some_and(|rest| rest.starts_with('(') && rest.contains("hidden"))
}

/// `#[test]`, `#[bench]`, `#[tokio::test]`, `#[cfg(test)]`.
pub(super) fn is_test(attribute: &str) -> bool {
    let path: &str = attribute.split(['(', '[', '{', '=']).next().unwrap_or_default().trim();
    match path.rsplit("::").next().unwrap_or_default().trim() {
        "test" | "bench" => true,
        "cfg" => {
            let rest = after_word(attribute, "cfg").unwrap_or_default();
            let words: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
            words == "(test)"
        }
        _ => false,
    }
}

/// The documentation made of `pieces`, in order.
pub(super) fn existing(pieces: &[Range<usize>], text: &str) -> Option<Existing> {
    let (first, last) = (pieces.first()?, pieces.last()?);
    let mut lines: Vec<&str> = Vec::new();
    for piece in pieces {
        read(text.get(piece.clone()).unwrap_or_default(), &mut lines);
    }
    let indent = lines
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let lines: Vec<&str> =
        lines.iter().map(|line| line.get(indent..).unwrap_or_default().trim_end()).collect();
    Some(Existing {
        range: first.start..last.end,
        text: lines.join("\n").trim_matches('\n').into(),
    })
}

/// The bytes of a comment or attribute without the newline that the grammar counts in.
pub(super) fn trimmed(node: Node<'_>, text: &str) -> Range<usize> {
    let range = node.byte_range();
    let body = text.get(range.clone()).unwrap_or_default();
    range.start..range.start + body.trim_end_matches(['\n', '\r']).len()
}

fn read<'a>(piece: &'a str, lines: &mut Vec<&'a str>) {
    if let Some(line) = piece.strip_prefix("///").or_else(|| piece.strip_prefix("//!")) {
        lines.push(line);
        return;
    }
    if let Some(block) = piece.strip_prefix("/**").or_else(|| piece.strip_prefix("/*!")) {
        let block = block.strip_suffix("*/").unwrap_or(block);
        let body: Vec<&str> = block.lines().collect();
        let starred = body.iter().skip(1).all(|line| {
            let line = line.trim_start();
            line.is_empty() || line.starts_with('*')
        });
        for (index, line) in body.iter().enumerate() {
            let bare = line.trim_start();
            let line =
                if starred && index > 0 { bare.strip_prefix('*').unwrap_or(bare) } else { line };
            lines.push(line);
        }
        return;
    }
    // An attribute: the literal if there is one, else the expression as written.
    let value = piece.split_once('=').map_or(piece, |(_, value)| value);
    let value = value.trim();
    let value = value.strip_suffix(']').unwrap_or(value).trim_end();
    let value = match value.strip_suffix(')') {
        Some(rest) if piece.contains("cfg_attr") => rest.trim_end(),
        _ => value,
    };
    let literal = value
        .trim_start_matches('r')
        .trim_matches('#')
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    lines.extend(literal.unwrap_or(value).lines());
}

#[cfg(test)]
mod tests {
    use super::{existing, is_doc, is_hidden, is_test};

    #[test]
    fn attributes_are_told_apart() {
        assert!(is_doc("doc = \"x\""));
        assert!(is_doc("doc=include_str!(\"../README.md\")"));
        assert!(is_doc("cfg_attr(docsrs, doc = \"x\")"));
        assert!(!is_doc("doc(hidden)"));
        assert!(!is_doc("docs = 1"));
        assert!(!is_doc("cfg_attr(docsrs, doc(cfg(unix)))"));
        assert!(is_hidden("doc(hidden)"));
        assert!(!is_hidden("doc(alias = \"x\")"));
        assert!(
            is_test("test") && is_test("tokio::test(flavor = \"x\")") && is_test("cfg( test )")
        );
        assert!(!is_test("cfg(not(test))") && !is_test("cfg(feature = \"test\")"));
    }

    #[test]
    fn every_form_is_read() {
        let check = |text: &str, expected: &str| {
            let found = existing(std::slice::from_ref(&(0..text.len())), text);
            assert_eq!(found.map(|existing| existing.text).as_deref(), Some(expected));
        };
        check("/// One.", "One.");
        check("/**\n * One.\n *\n *   Two.\n */", "One.\n\n  Two.");
        check("#[doc = \"One.\"]", "One.");
        check("#[doc = r#\"One.\"#]", "One.");
        check("#[cfg_attr(docsrs, doc = \"One.\")]", "One.");
        check("#[doc = include_str!(\"a.md\")]", "include_str!(\"a.md\")");
    }
}
