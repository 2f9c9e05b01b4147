//! The form of an expression.

use tree_sitter::Node;

use super::grammar::{G, K, kind};
use super::text::{EXPR, dotted, raw, short};
use crate::docstring::{Expr, ExprKind};

/// The expression without the parentheses around it.
pub(super) fn bare(mut node: Node<'_>) -> Node<'_> {
    // Deeper ones are not worth following.
    for _ in 0..16 {
        if kind(node) != K::Parenthesized {
            break;
        }
        let mut cursor = node.walk();
        let inner = node.named_children(&mut cursor).find(|child| kind(*child) != K::Comment);
        let Some(inner) = inner else { break };
        node = inner;
    }
    node
}

/// Describes an expression.
pub(super) fn of(text: &str, node: Node<'_>) -> Expr {
    let mut inner = bare(node);
    let awaited = kind(inner) == K::Await;
    if awaited && let Some(value) = inner.named_child(0) {
        inner = bare(value);
    }
    let form = match form(text, inner) {
        ExprKind::Call => ExprKind::Call,
        _ if awaited => ExprKind::Other,
        form => form,
    };
    let head = match kind(inner) {
        K::Call => inner.child_by_field_id(G.function),
        K::Subscript => inner.child_by_field_id(G.value),
        _ => Some(inner),
    };
    Expr {
        kind: form,
        text: short(text, node, EXPR),
        head: head.and_then(|head| dotted(text, head)),
    }
}

fn form(text: &str, node: Node<'_>) -> ExprKind {
    match kind(node) {
        K::None => ExprKind::None,
        K::True | K::False => ExprKind::Bool,
        K::Integer | K::Float => ExprKind::Number,
        K::StringLiteral | K::ConcatenatedString if is_bytes(text, node) => ExprKind::Bytes,
        K::StringLiteral | K::ConcatenatedString => ExprKind::String,
        K::List => ExprKind::List,
        K::Dictionary => ExprKind::Dict,
        K::Set => ExprKind::Set,
        K::Tuple | K::ExpressionList => ExprKind::Tuple,
        K::ListComprehension => ExprKind::ListComp,
        K::DictionaryComprehension => ExprKind::DictComp,
        K::SetComprehension => ExprKind::SetComp,
        K::GeneratorExpression => ExprKind::Generator,
        K::Lambda => ExprKind::Lambda,
        K::Identifier => ExprKind::Name,
        K::Attribute => ExprKind::Attribute,
        K::Subscript => ExprKind::Subscript,
        K::Call => ExprKind::Call,
        K::Comparison => ExprKind::Compare,
        K::Not => ExprKind::Not,
        K::Boolean => ExprKind::BoolOp,
        K::Binary => ExprKind::Binary,
        K::Unary => {
            let operand = node.named_child(0).map(kind);
            if matches!(operand, Some(K::Integer | K::Float)) {
                ExprKind::Number
            } else {
                ExprKind::Binary
            }
        }
        K::Conditional => ExprKind::Conditional,
        _ => ExprKind::Other,
    }
}

fn is_bytes(text: &str, node: Node<'_>) -> bool {
    let prefix = raw(text, node).split(['"', '\'']).next().unwrap_or("");
    prefix.contains(['b', 'B'])
}
