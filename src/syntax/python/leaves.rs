//! The edit guard for code that is nested too deeply for recursion: compares two
//! tree-sitter trees node by node.

use tree_sitter::{Node, Parser, Tree, TreeCursor};

use super::grammar::{K, kind};
use super::guard::changed;
use crate::syntax::{Support as _, Violation};

/// Proves that the trees of both texts differ in docstrings only.
pub(super) fn same_leaves(before: &str, after: &str) -> Result<(), Violation> {
    let (old, new) = (parse(before)?, parse(after)?);
    let (mut old, mut new) = (Events::new(before, &old), Events::new(after, &new));
    loop {
        match (old.next(), new.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                return Err(changed(one.map(Event::text), other.map(Event::text)));
            }
        }
    }
    // Which node a comment belongs to may change with the statement above it.
    if old.comments == new.comments {
        Ok(())
    } else {
        Err(Violation::new("a comment would change"))
    }
}

fn parse(text: &str) -> Result<Tree, Violation> {
    let mut parser = Parser::new();
    let tree = parser
        .set_language(&super::Python.grammar())
        .ok()
        .and_then(|()| parser.parse(super::Python.view(text).as_bytes(), None))
        .ok_or_else(|| Violation::new("the parser gave up"))?;
    if tree.root_node().has_error() {
        return Err(Violation::new("the code is deeply nested and has a syntax error"));
    }
    Ok(tree)
}

#[derive(Clone, Copy, PartialEq)]
enum Event<'a> {
    Enter(K, Option<u16>),
    Leaf(K, &'a str),
    Leave,
}

impl<'a> Event<'a> {
    fn text(self) -> &'a str {
        match self {
            Event::Leaf(_, text) => text,
            Event::Enter(..) | Event::Leave => "a block",
        }
    }
}

/// Enters, leaves and tokens of a tree, docstrings left out.
struct Events<'a, 'tree> {
    text: &'a str,
    cursor: TreeCursor<'tree>,
    /// The open nodes, and whether a docstring may come next in them.
    open: Vec<(K, bool)>,
    comments: Vec<&'a str>,
    state: State,
}

#[derive(PartialEq)]
enum State {
    /// The node at the cursor comes next.
    Here,
    /// It has been entered and has no children.
    Empty,
    /// It has been left.
    Left,
    Done,
}

impl<'a, 'tree> Events<'a, 'tree> {
    fn new(text: &'a str, tree: &'tree Tree) -> Self {
        Self {
            text,
            cursor: tree.walk(),
            open: Vec::new(),
            comments: Vec::new(),
            state: State::Here,
        }
    }

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            match self.state {
                State::Done => return None,
                State::Empty => {
                    self.open.pop();
                    self.state = State::Left;
                    return Some(Event::Leave);
                }
                State::Left => {
                    if self.cursor.goto_next_sibling() {
                        self.state = State::Here;
                    } else if self.cursor.goto_parent() {
                        self.open.pop();
                        return Some(Event::Leave);
                    } else {
                        self.state = State::Done;
                    }
                }
                State::Here => {
                    let node = self.cursor.node();
                    let kind = kind(node);
                    if kind == K::Comment {
                        let text = self.text.get(node.byte_range()).unwrap_or("");
                        self.comments.push(text.trim_end_matches('\r'));
                        self.state = State::Left;
                        continue;
                    }
                    if self.is_docstring(node, kind) {
                        self.state = State::Left;
                        continue;
                    }
                    // A string is one token: parts of its text belong to no child.
                    let is_container = matches!(kind, K::Module | K::Block);
                    if kind == K::StringLiteral || !is_container && node.child_count() == 0 {
                        self.state = State::Left;
                        let text = self.text.get(node.byte_range()).unwrap_or("");
                        return Some(Event::Leaf(kind, text));
                    }
                    let holds = match kind {
                        K::Module => true,
                        K::Block => matches!(
                            self.open.last(),
                            Some((K::FunctionDefinition | K::ClassDefinition, _))
                        ),
                        _ => false,
                    };
                    self.open.push((kind, holds));
                    if !self.cursor.goto_first_child() {
                        self.state = State::Empty;
                    }
                    let id = (kind == K::Other).then(|| node.kind_id());
                    return Some(Event::Enter(kind, id));
                }
            }
        }
    }

    fn is_docstring(&mut self, node: Node<'_>, kind: K) -> bool {
        let Some((_, first)) = self.open.last_mut() else { return false };
        if !*first {
            return false;
        }
        *first = false;
        kind == K::ExpressionStatement && super::place::docstring(self.text, node).is_some()
    }
}
