//! The levels that attributes give to lints.

use tree_sitter::Node;

use super::docs;
use super::kinds::{Kind, kind};
use crate::syntax::{LintLevel, Source};

/// The words that give a level, and whether they switch a lint off.
const LEVELS: [(&str, bool); 5] =
    [("allow", true), ("expect", true), ("warn", false), ("deny", false), ("forbid", false)];

/// Attributes and comments that may stand between an attribute and its item.
const BETWEEN: usize = 256;

/// The levels in `source`, in source order.
pub(super) fn levels(source: &Source) -> Vec<LintLevel> {
    let text: &str = source.text();
    let mut found = Vec::new();
    for (start, _) in text.match_indices('#') {
        let rest = text.get(start + 1..).unwrap_or_default();
        let rest = rest.strip_prefix('!').unwrap_or(rest);
        let Some(rest) = rest.strip_prefix('[') else { continue };
        let rest = rest.trim_start();
        let is_meant = LEVELS.iter().any(|(word, _)| rest.starts_with(word));
        if !is_meant && !rest.starts_with("cfg_attr") {
            continue;
        }
        let Some(attribute) = attribute_at(source, start) else { continue };
        let Some(range) = target(attribute, text.len()) else { continue };
        let inside = docs::inside(attribute, text);
        for (word, is_allowed) in LEVELS {
            let lints = lints_of(inside, word);
            if !lints.is_empty() {
                found.push(LintLevel { lints, is_allowed, range: range.clone() });
            }
        }
    }
    found
}

/// The attribute that begins at `start`, if that is code.
fn attribute_at(source: &Source, start: usize) -> Option<Node<'_>> {
    let mut node = source.tree().root_node().descendant_for_byte_range(start, start + 1)?;
    for _ in 0..3 {
        if node.start_byte() == start
            && matches!(kind(node), Kind::AttributeItem | Kind::InnerAttribute)
        {
            return Some(node);
        }
        node = node.parent()?;
    }
    None
}

/// The bytes of what an attribute is about, in a file of so many bytes.
fn target(attribute: Node<'_>, length: usize) -> Option<std::ops::Range<usize>> {
    if kind(attribute) == Kind::InnerAttribute {
        // The root of the tree may begin behind white space; the attribute is about it as well.
        let around = attribute.parent()?.parent();
        return Some(around.map_or(0..length, |item| item.byte_range()));
    }
    let mut next = attribute.next_named_sibling()?;
    for _ in 0..BETWEEN {
        if !kind(next).is_comment() && kind(next) != Kind::AttributeItem {
            return Some(attribute.start_byte()..next.end_byte());
        }
        next = next.next_named_sibling()?;
    }
    None
}

/// The lints in `word(…)`, which may stand in a `cfg_attr`.
fn lints_of(inside: &str, word: &str) -> Vec<String> {
    let mut lints = Vec::new();
    for (at, _) in inside.match_indices(word) {
        let before = inside.get(..at).and_then(|head| head.chars().next_back());
        if !matches!(before, None | Some(' ' | ',' | '\n' | '\t')) {
            continue;
        }
        let rest = inside.get(at + word.len()..).unwrap_or_default().trim_start();
        let Some(rest) = rest.strip_prefix('(') else { continue };
        let list = rest.split(')').next().unwrap_or_default();
        let names = list.split(',').map(|name| name.split_whitespace().collect::<String>());
        lints.extend(names.filter(|name| !name.is_empty() && !name.contains(['=', '"'])));
    }
    lints
}

#[cfg(test)]
mod tests {
    use super::levels;
    use crate::docstring::Language;
    use crate::syntax::Source;

    fn check(text: &str, expected: &[(&str, bool, &str)]) {
        let source = Source::parse(Language::Rust, "lib.rs", text.into()).unwrap();
        let found = levels(&source);
        let found: Vec<_> = found
            .iter()
            .map(|level| {
                let item = text[level.range.clone()].lines().last().unwrap_or_default().trim();
                (level.lints.join(" "), level.is_allowed, item)
            })
            .collect();
        let expected =
            expected.iter().map(|(names, allowed, item)| ((*names).to_owned(), *allowed, *item));
        assert_eq!(found, expected.collect::<Vec<_>>());
    }

    #[test]
    fn an_attribute_is_about_the_next_item() {
        check(
            "#[allow(missing_docs, clippy::all, reason = \"a, b\")]\n// c\n#[inline]\nfn f() {}\nfn g() {}",
            &[("missing_docs clippy::all", true, "fn f() {}")],
        );
        check(
            "#[expect(clippy :: missing_errors_doc)]\nimpl A {}\n#[deny(missing_docs)] struct S;",
            &[
                ("clippy::missing_errors_doc", true, "impl A {}"),
                ("missing_docs", false, "#[deny(missing_docs)] struct S;"),
            ],
        );
    }

    #[test]
    fn an_inner_attribute_is_about_what_is_around_it() {
        check("\n\n#![warn(missing_docs)]\nfn f() {}", &[("missing_docs", false, "fn f() {}")]);
        check(
            "mod a { #![allow(missing_docs)] }\nfn g() {}",
            &[("missing_docs", true, "mod a { #![allow(missing_docs)] }")],
        );
    }

    #[test]
    fn a_condition_is_taken_as_true() {
        check(
            "#[cfg_attr(test, allow(dead_code), deny(x))]\nfn f() {}",
            &[("dead_code", true, "fn f() {}"), ("x", false, "fn f() {}")],
        );
    }

    #[test]
    fn what_is_no_attribute_is_passed_over() {
        check("const S: &str = \"#[allow(x)]\"; // #![allow(y)]\n/// #[allow(z)]\nfn f() {}", &[]);
        check("#[allow(", &[]);
    }
}
