//! What an assignment assigns to what.

use tree_sitter::Node;

use super::body::MOST;
use super::grammar::{G, K, kind};
use super::text::raw;

/// Targets with their values: `a, b = x, y` pair by pair, else each with the whole.
pub(super) fn pairs<'tree>(
    left: Node<'tree>,
    right: Node<'tree>,
) -> Vec<(Node<'tree>, Node<'tree>)> {
    let parts = |node: Node<'tree>| -> Option<Vec<Node<'tree>>> {
        matches!(
            kind(node),
            K::PatternList
                | K::TuplePattern
                | K::ListPattern
                | K::ExpressionList
                | K::Tuple
                | K::List
        )
        .then(|| {
            let mut cursor = node.walk();
            let parts = node.named_children(&mut cursor);
            parts.filter(|part| kind(*part) != K::Comment).take(MOST).collect()
        })
    };
    let Some(targets) = parts(left) else { return vec![(left, right)] };
    match parts(last_value(right)) {
        Some(values) if values.len() == targets.len() => targets.into_iter().zip(values).collect(),
        _ => targets.into_iter().map(|target| (target, right)).collect(),
    }
}

/// The value of `a = b = value`.
pub(super) fn last_value(mut value: Node<'_>) -> Node<'_> {
    for _ in 0..16 {
        match value.child_by_field_id(G.right) {
            Some(right) if kind(value) == K::Assignment => value = right,
            _ => break,
        }
    }
    value
}

/// `x` of `self.x`.
pub(super) fn attribute_of<'a>(text: &'a str, target: Node<'_>, receiver: &str) -> Option<&'a str> {
    if kind(target) != K::Attribute {
        return None;
    }
    let object = target.child_by_field_id(G.object)?;
    (kind(object) == K::Identifier && raw(text, object) == receiver)
        .then(|| target.child_by_field_id(G.attribute))?
        .map(|attribute| raw(text, attribute))
}
