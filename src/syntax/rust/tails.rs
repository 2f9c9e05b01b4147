//! The value that a block ends with.

use tree_sitter::Node;

use super::body::LIST;
use super::expressions::{expression, source};
use super::kinds::{Field, Kind, child, kind};
use crate::docstring::Expr;

/// The values of a block's tail expression, the branches of `if` and `match` one by one.
pub(super) fn tails(block: Node<'_>, returns: &mut Vec<Expr>, text: &str) {
    let mut open = vec![block];
    let mut steps = 0;
    while let Some(node) = open.pop() {
        steps += 1;
        if returns.len() >= LIST || steps > 8 * LIST {
            return;
        }
        match kind(node) {
            Kind::Block => open.extend(tail(node)),
            Kind::UnsafeBlock | Kind::ElseClause => open.extend(last_named(node)),
            Kind::If => {
                open.extend(child(node, Field::Alternative));
                let mut cursor = node.walk();
                let branch =
                    node.named_children(&mut cursor).find(|node| kind(*node) == Kind::Block);
                open.extend(branch);
            }
            Kind::Match => {
                if let Some(arms) = child(node, Field::Body) {
                    let mut cursor = arms.walk();
                    let values: Vec<_> = arms
                        .named_children(&mut cursor)
                        .take(LIST)
                        .filter(|arm| kind(*arm) == Kind::MatchArm)
                        .filter_map(|arm| child(arm, Field::Value))
                        .collect();
                    open.extend(values.into_iter().rev());
                }
            }
            // Recorded where it stands, or no value at all.
            Kind::Return | Kind::While | Kind::For => {}
            Kind::MacroInvocation if is_diverging(node, text) => {}
            _ => returns.push(expression(node, text)),
        }
    }
}

/// A macro that never gives a value.
fn is_diverging(node: Node<'_>, text: &str) -> bool {
    let name = child(node, Field::Macro).map_or("", |name| source(name, text));
    let name = name.rsplit("::").next().unwrap_or_default();
    matches!(name, "panic" | "unreachable" | "todo" | "unimplemented" | "bail" | "compile_error")
}

fn last_named(node: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|node| !kind(*node).is_comment()).last()
}

/// The expression that a block ends with, if it has no semicolon.
fn tail(block: Node<'_>) -> Option<Node<'_>> {
    let last = last_named(block)?;
    match kind(last) {
        Kind::ExpressionStatement => {
            let end = last.child(last.child_count().checked_sub(1)?)?;
            if kind(end) == Kind::Semicolon { None } else { last.named_child(0) }
        }
        Kind::LetDeclaration | Kind::EmptyStatement | Kind::AttributeItem | Kind::Error => None,
        kind if kind.is_item() => None,
        _ => Some(last),
    }
}
