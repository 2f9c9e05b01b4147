//! The tests that guard a place in a body, as text.

use tree_sitter::Node;

use super::expressions::{one_line, source};
use super::kinds::{Field, Kind, child, kind};

/// Longest text of a condition, in bytes.
const LIMIT: usize = 160;

/// A test that decides whether a place is reached.
#[derive(Clone, Copy, Debug)]
pub(super) enum Guard<'tree> {
    /// A branch of an `if`: its condition, and whether it must hold.
    Branch(Node<'tree>, bool),
    /// An arm of a `match`: the value and the pattern.
    Arm(Node<'tree>, Node<'tree>),
    /// The `else` of a `let`.
    LetElse(Node<'tree>),
}

impl Guard<'_> {
    /// The test as Rust; `None` for a catch-all arm and for tests too long to read.
    pub(super) fn text(&self, text: &str) -> Option<String> {
        let condition = match self {
            Guard::Branch(node, true) => one_line(source(*node, text), LIMIT + 1),
            Guard::Branch(node, false) => negated(*node, text)?,
            Guard::Arm(value, pattern) => arm(*value, *pattern, text)?,
            Guard::LetElse(node) => {
                let pattern = child(*node, Field::Pattern)?;
                let value = child(*node, Field::Value)?;
                let tested = matched(value, pattern, text);
                match tested.strip_suffix(".is_some()") {
                    Some(value) => format!("{value}.is_none()"),
                    None => match tested.strip_suffix(".is_ok()") {
                        Some(value) => format!("{value}.is_err()"),
                        None => format!("!{tested}"),
                    },
                }
            }
        };
        (!condition.is_empty() && condition.len() <= LIMIT).then_some(condition)
    }
}

fn arm(value: Node<'_>, pattern: Node<'_>, text: &str) -> Option<String> {
    let tested = pattern.named_child(0);
    let guard = child(pattern, Field::Condition);
    let is_any = tested.is_none_or(|tested| {
        let name = source(tested, text);
        kind(tested) == Kind::Identifier && name.starts_with(|c: char| c.is_lowercase() || c == '_')
            || Some(tested) == guard
    });
    match (is_any, guard) {
        (true, Some(guard)) => Some(one_line(source(guard, text), LIMIT + 1)),
        (true, None) => None,
        (false, None) => Some(matched(value, tested?, text)),
        (false, Some(_)) => {
            let pattern = one_line(source(pattern, text), LIMIT + 1);
            Some(format!("matches!({}, {pattern})", one_line(source(value, text), LIMIT + 1)))
        }
    }
}

/// The test that `value` has the form `pattern`.
fn matched(value: Node<'_>, pattern: Node<'_>, text: &str) -> String {
    let tested = receiver(value, text);
    let pattern = one_line(source(pattern, text), LIMIT + 1);
    let is_open = |name: &str| {
        let inner = pattern.strip_prefix(name).and_then(|rest| rest.strip_prefix('('));
        inner.and_then(|rest| rest.strip_suffix(')')).is_some_and(|inner| {
            let name = inner.trim_start_matches("ref ").trim_start_matches("mut ");
            name.starts_with(|c: char| c.is_lowercase() || c == '_')
                && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
    };
    if pattern == "None" {
        format!("{tested}.is_none()")
    } else if is_open("Some") {
        format!("{tested}.is_some()")
    } else if is_open("Ok") {
        format!("{tested}.is_ok()")
    } else if is_open("Err") {
        format!("{tested}.is_err()")
    } else {
        format!("matches!({}, {pattern})", one_line(source(value, text), LIMIT + 1))
    }
}

/// `node` as the receiver of a method, in parentheses where they are needed.
pub(super) fn receiver(node: Node<'_>, text: &str) -> String {
    let written = one_line(source(node, text), LIMIT + 1);
    match kind(node) {
        Kind::Await
        | Kind::Call
        | Kind::FieldExpression
        | Kind::Identifier
        | Kind::Index
        | Kind::MacroInvocation
        | Kind::Parenthesized
        | Kind::ScopedIdentifier
        | Kind::SelfName
        | Kind::Try => written,
        _ => format!("({written})"),
    }
}

/// The opposite of a condition; `None` for a chain of `let`s, which has none in Rust.
pub(super) fn negated(node: Node<'_>, text: &str) -> Option<String> {
    match kind(node) {
        Kind::LetChain => None,
        Kind::LetCondition => {
            let tested = matched(child(node, Field::Value)?, child(node, Field::Pattern)?, text);
            let opposite = [
                (".is_some()", ".is_none()"),
                (".is_none()", ".is_some()"),
                (".is_ok()", ".is_err()"),
                (".is_err()", ".is_ok()"),
            ];
            let found = opposite
                .iter()
                .find_map(|(is, not)| tested.strip_suffix(is).map(|value| format!("{value}{not}")));
            Some(found.unwrap_or_else(|| format!("!{tested}")))
        }
        Kind::Unary if source(node, text).starts_with('!') => {
            node.named_child(0).map(|inner| one_line(source(inner, text), LIMIT + 1))
        }
        Kind::Binary => {
            let (left, right) = (child(node, Field::Left)?, child(node, Field::Right)?);
            let opposite = match source(child(node, Field::Operator)?, text) {
                "==" => "!=",
                "!=" => "==",
                _ => return Some(format!("!({})", one_line(source(node, text), LIMIT + 1))),
            };
            let side = |node| one_line(source(node, text), LIMIT + 1);
            Some(format!("{} {opposite} {}", side(left), side(right)))
        }
        _ => Some(format!("!{}", receiver(node, text))),
    }
}
