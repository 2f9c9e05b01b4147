//! What a source says to linters: comments, and the levels that attributes give to lints.

use std::ops::Range;

use super::{Source, support};

/// The level that an attribute gives to lints (`#[allow(…)]`, `#![warn(…)]`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LintLevel {
    /// The lints and groups as written, such as `missing_docs` or `clippy::pedantic`.
    pub lints: Vec<String>,
    /// `allow` or `expect`; otherwise `warn`, `deny` or `forbid`.
    pub is_allowed: bool,
    /// Bytes of the item that it is about, the file's for an inner attribute at its top.
    pub range: Range<usize>,
}

impl Source {
    /// Whether the character at `offset` belongs to a comment.
    pub fn is_comment(&self, offset: usize) -> bool {
        let node = self.tree().root_node().descendant_for_byte_range(offset, offset + 1);
        node.is_some_and(|node| node.kind().contains("comment"))
    }

    /// The levels that attributes give to lints, in source order.
    pub fn lint_levels(&self) -> Vec<LintLevel> {
        support(self.language()).lint_levels(self)
    }
}
