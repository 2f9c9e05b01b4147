//! The file as a module: its name, its `//!`, and where a new one goes.

use std::ops::Range;

use tree_sitter::Node;

use super::docs::{self, Lead};
use super::kinds::{Kind, kind};

/// The inner documentation at the start of a file or of a block of items.
pub(super) fn inner_docs(node: Node<'_>, text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    while more {
        let child = cursor.node();
        match docs::lead(child, text) {
            Some(Lead::InnerDoc) => found.push(docs::trimmed(child, text)),
            Some(Lead::InnerAttribute | Lead::Comment) => {}
            None if !child.is_named() || kind(child) == Kind::Shebang => {}
            _ => break,
        }
        more = cursor.goto_next_sibling();
    }
    found
}

/// The name that a file gives to its module: the stem, or for `lib`, `main` and `mod`
/// the folder that stands for the crate or module.
pub(super) fn name(file: &str) -> String {
    let mut parts: Vec<&str> = file.split(['/', '\\']).filter(|part| !part.is_empty()).collect();
    let last = parts.pop().unwrap_or_default();
    let stem = last.strip_suffix(".rs").unwrap_or(last);
    if !matches!(stem, "lib" | "main" | "mod") {
        return stem.to_owned();
    }
    let folder = match parts.pop() {
        Some("src") => parts.pop(),
        other => other,
    };
    folder.unwrap_or_default().to_owned()
}

/// Whether the file is the root of a crate, whose missing documentation rustc's
/// `missing_docs` reports.
pub(super) fn is_crate_root(file: &str) -> bool {
    let parts: Vec<&str> = file.rsplit(['/', '\\']).take(2).collect();
    match parts.as_slice() {
        ["lib.rs" | "main.rs", rest @ ..] => rest.first().is_none_or(|folder| *folder == "src"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{is_crate_root, name};

    #[test]
    fn the_file_names_the_module() {
        assert_eq!(name("/a/demo/src/lib.rs"), "demo");
        assert_eq!(name("file:///a/demo/src/main.rs"), "demo");
        assert_eq!(name("src/net/mod.rs"), "net");
        assert_eq!(name("src\\net\\tcp.rs"), "tcp");
        assert_eq!(name("lib.rs"), "");
        assert_eq!(name(""), "");
    }

    #[test]
    fn only_crate_roots_are_public() {
        assert!(
            is_crate_root("src/lib.rs")
                && is_crate_root("main.rs")
                && is_crate_root("/x/src/main.rs")
        );
        assert!(!is_crate_root("src/net/mod.rs") && !is_crate_root("src/a/lib.rs"));
    }
}
