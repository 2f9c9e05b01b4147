//! What a file takes from other files, and where it calls that by name.
//!
//! This is as much of a language's rules for names as one file shows. Which file a module
//! is, is a matter of who knows the folder.

use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

/// Calls and bindings that are kept of a file.
pub(super) const MOST: usize = 10_000;

/// A name that a file takes from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The module as written: `pkg.x`, `..x`, `crate::a::b`.
    pub module: String,
    /// What of it; empty for the module itself, `*` for all.
    pub name: String,
    /// The name that it has in this file; dotted for Python's `import a.b`.
    pub alias: String,
    /// Bytes of the file in which the name holds.
    pub scope: Range<usize>,
    /// The name may be taken from this file in turn (always so in Python).
    pub is_public: bool,
}

/// A call by a name, or by a path that begins with one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCall {
    /// What is called, as written, without generic arguments.
    pub callee: String,
    /// Where that stands.
    pub at: usize,
}

/// A name that means something of this file: a parameter, a variable, a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The name.
    pub name: String,
    /// Bytes of the file in which it may hold: those of the function around it.
    pub scope: Range<usize>,
}

/// Where some names are called in a part of a file, and where they mean something else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// The calls, in source order.
    pub calls: Vec<NamedCall>,
    /// What else is bound to one of the names.
    pub bindings: Vec<Binding>,
}

impl Mentions {
    /// Whether `name` means something else at `at`.
    pub fn is_bound(&self, name: &str, at: usize) -> bool {
        self.bindings.iter().any(|one| one.name == name && one.scope.contains(&at))
    }
}

/// The first name of a path.
pub fn first_name(path: &str) -> &str {
    path.split(['.', ':']).next().unwrap_or(path)
}

/// A node on the way from the root, and what it is to its parent.
pub(super) struct Step<'a> {
    pub(super) node: Node<'a>,
    pub(super) field: Option<&'a str>,
}

/// Shows every node with the way to it; goes into those for which `see` says yes.
pub(super) fn walk<'a>(mut cursor: TreeCursor<'a>, see: &mut dyn FnMut(&[Step<'a>]) -> bool) {
    let mut path = vec![Step { node: cursor.node(), field: None }];
    loop {
        if see(&path) && cursor.goto_first_child() {
            path.push(Step { node: cursor.node(), field: cursor.field_name() });
            continue;
        }
        loop {
            path.pop();
            if path.is_empty() {
                return;
            }
            if cursor.goto_next_sibling() {
                path.push(Step { node: cursor.node(), field: cursor.field_name() });
                break;
            }
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}
