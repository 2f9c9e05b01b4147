//! Expressions as one line of text, and their form.

use tree_sitter::Node;

use super::kinds::{Field, Kind, child, kind};
use crate::docstring::{Expr, ExprKind};

/// Longest text of an expression, in bytes.
pub(super) const EXPRESSION: usize = 200;

/// Longest chain of calls and fields that is followed.
const CHAIN: usize = 16;

/// The source of `node`.
pub(super) fn source<'a>(node: Node<'_>, text: &'a str) -> &'a str {
    text.get(node.byte_range()).unwrap_or_default()
}

/// `text` in one line, comments left out, cut at `limit` bytes on a character boundary.
pub(super) fn one_line(text: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut gap = Gap::None;
    while let Some(c) = rest.chars().next() {
        let length = lexeme(rest, c);
        let (piece, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = tail;
        if c.is_whitespace() || piece.starts_with("//") || piece.starts_with("/*") {
            let breaks = piece.contains('\n') || !c.is_whitespace();
            gap = if breaks || gap == Gap::Line { Gap::Line } else { Gap::Space };
            continue;
        }
        let ends_list = gap == Gap::Line && matches!(c, ')' | ']' | '>') && out.ends_with(',');
        if ends_list {
            out.pop();
        }
        let is_tight = gap == Gap::Line
            && (ends_list
                || matches!(c, '.' | ')' | ']' | '?' | ',' | ';')
                || out.ends_with(['(', '[', '<']));
        if gap != Gap::None && !is_tight && !out.is_empty() {
            out.push(' ');
        }
        gap = Gap::None;
        out.push_str(piece);
        if out.len() > limit {
            let mut end = limit;
            while !out.is_char_boundary(end) {
                end -= 1;
            }
            out.truncate(end);
            break;
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Space,
    Line,
}

/// The length of the string, character, comment, white space or single character at the start.
fn lexeme(text: &str, first: char) -> usize {
    let ends = |at: Option<usize>, extra: usize| at.map_or(text.len(), |at| at + extra);
    match first {
        '"' => {
            let mut is_escaped = true;
            for (at, c) in text.char_indices() {
                match c {
                    _ if is_escaped => is_escaped = false,
                    '\\' => is_escaped = true,
                    '"' => return at + 1,
                    _ => {}
                }
            }
            text.len()
        }
        '\'' if text.starts_with("'\"'") => 3,
        '\'' if text.starts_with("'\\\"'") => 4,
        '/' if text.starts_with("//") => ends(text.find('\n'), 0),
        '/' if text.starts_with("/*") => ends(text.find("*/"), 2),
        c if c.is_whitespace() => ends(text.find(|c: char| !c.is_whitespace()), 0),
        c => c.len_utf8(),
    }
}

/// The expression `node`.
pub(super) fn expression(node: Node<'_>, text: &str) -> Expr {
    let (kind, head) = form(node, text);
    Expr { kind, text: one_line(source(node, text), EXPRESSION), head }
}

/// The form of an expression and its dotted name.
fn form(node: Node<'_>, text: &str) -> (ExprKind, Option<String>) {
    let mut node = node;
    for _ in 0..CHAIN {
        let inner = match kind(node) {
            Kind::Parenthesized | Kind::Try | Kind::Await => node.named_child(0),
            Kind::Reference => child(node, Field::Value),
            Kind::Unary if source(node, text).starts_with('*') => node.named_child(0),
            _ => None,
        };
        let Some(inner) = inner else { break };
        node = inner;
    }
    let found = match kind(node) {
        Kind::Unit => ExprKind::None,
        Kind::Boolean => ExprKind::Bool,
        Kind::Integer | Kind::Float => ExprKind::Number,
        Kind::String | Kind::RawString => {
            if source(node, text).starts_with('b') {
                ExprKind::Bytes
            } else {
                ExprKind::String
            }
        }
        Kind::Array => ExprKind::List,
        Kind::Tuple => ExprKind::Tuple,
        Kind::Closure => ExprKind::Lambda,
        Kind::Identifier | Kind::SelfName | Kind::ScopedIdentifier => {
            return (ExprKind::Name, Some(callee(node, text)));
        }
        Kind::FieldExpression => return (ExprKind::Attribute, Some(callee(node, text))),
        Kind::Index => {
            let base = node.named_child(0).map(|base| callee(base, text));
            return (ExprKind::Subscript, base);
        }
        Kind::Call => {
            let function = child(node, Field::Function).map(|function| callee(function, text));
            return (ExprKind::Call, function);
        }
        Kind::Binary => match child(node, Field::Operator).map(|operator| source(operator, text)) {
            Some("==" | "!=" | "<" | "<=" | ">" | ">=") => ExprKind::Compare,
            Some("&&" | "||") => ExprKind::BoolOp,
            _ => ExprKind::Binary,
        },
        Kind::Unary if source(node, text).starts_with('!') => ExprKind::Not,
        Kind::Unary => match node.named_child(0).map(kind) {
            Some(Kind::Integer | Kind::Float) => ExprKind::Number,
            _ => ExprKind::Binary,
        },
        Kind::If | Kind::Match => ExprKind::Conditional,
        Kind::StructExpression => {
            let name = child(node, Field::Name).map(|name| plain(source(name, text)));
            return (ExprKind::Struct, name);
        }
        Kind::MacroInvocation => {
            let name = child(node, Field::Macro).map_or("", |name| source(name, text));
            let kind = match name.rsplit("::").next().unwrap_or_default() {
                "vec" => ExprKind::List,
                "format" | "concat" | "stringify" => ExprKind::String,
                "matches" => ExprKind::Compare,
                _ => ExprKind::Macro,
            };
            return (kind, Some(one_line(name, 80)));
        }
        _ => ExprKind::Other,
    };
    (found, None)
}

/// What is called, dotted, without generics and without the arguments of calls in front
/// (`self.items.iter().map`).
pub(super) fn callee(node: Node<'_>, text: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut node = node;
    while parts.len() < CHAIN * 2 {
        let next = match kind(node) {
            Kind::FieldExpression => {
                let field = child(node, Field::Member).map_or("", |field| source(field, text));
                parts.push(format!(".{field}"));
                child(node, Field::Value)
            }
            Kind::Call => {
                parts.push("()".to_owned());
                child(node, Field::Function)
            }
            Kind::Index => {
                parts.push("[]".to_owned());
                node.named_child(0)
            }
            Kind::GenericFunction => child(node, Field::Function),
            Kind::Parenthesized | Kind::Await | Kind::Try | Kind::Unary => node.named_child(0),
            Kind::Reference => child(node, Field::Value),
            Kind::MacroInvocation => {
                let name = child(node, Field::Macro).map_or("", |name| source(name, text));
                parts.push(format!("{}!()", one_line(name, 80)));
                None
            }
            Kind::Identifier | Kind::SelfName | Kind::ScopedIdentifier | Kind::Metavariable => {
                parts.push(plain(source(node, text)));
                None
            }
            Kind::String | Kind::RawString | Kind::Integer | Kind::Float | Kind::Char => {
                parts.push(one_line(source(node, text), 40));
                None
            }
            _ => None,
        };
        let Some(inner) = next else { break };
        node = inner;
    }
    parts.reverse();
    let name = parts.concat();
    name.strip_prefix('.').map_or_else(|| name.clone(), str::to_owned)
}

/// A path without its generic arguments: `Vec::<u8>::new` is `Vec::new`.
pub(super) fn plain(path: &str) -> String {
    if path.starts_with('<') {
        return one_line(path, 120);
    }
    let mut out = String::new();
    let mut depth = 0usize;
    for c in path.chars().take(1000) {
        match c {
            '<' => {
                if depth == 0 && out.ends_with("::") {
                    out.truncate(out.len() - 2);
                }
                depth += 1;
            }
            '>' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() => {}
            _ => out.push(c),
        }
        if out.len() > 120 {
            break;
        }
    }
    out
}
