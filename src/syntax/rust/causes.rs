//! Where a body panics and which errors it makes.

use std::ops::Range;

use tree_sitter::Node;

use super::conditions::{Guard, receiver};
use super::expressions::{EXPRESSION, one_line, plain, source};
use super::kinds::{Field, Kind, child, kind};
use crate::docstring::{ErrorCase, Panic};

/// The panic of a macro call; `None` if that macro is not one that is documented.
///
/// `debug_assert!`, `unreachable!`, `todo!` and `unimplemented!` are left out as clippy's
/// `missing_panics_doc` does.
pub(super) fn macro_panic(node: Node<'_>, guard: Option<&Guard<'_>>, text: &str) -> Option<Panic> {
    let name = source(child(node, Field::Macro)?, text);
    let cause = name.rsplit("::").next().unwrap_or_default().trim();
    if !matches!(cause, "panic" | "assert" | "assert_eq" | "assert_ne") {
        return None;
    }
    let arguments = macro_arguments(node, 3);
    let argument = |index: usize| {
        let range = arguments.get(index)?.clone();
        Some(one_line(text.get(range)?, EXPRESSION))
    };
    let (condition, message) = match cause {
        "panic" => (guard.and_then(|guard| guard.text(text)), argument(0)),
        "assert" => (argument(0), argument(1)),
        _ => {
            let operator = if cause == "assert_eq" { "==" } else { "!=" };
            let sides = argument(0).zip(argument(1));
            (sides.map(|(left, right)| format!("{left} {operator} {right}")), argument(2))
        }
    };
    let message = message.and_then(|message| literal(&message));
    Some(Panic { cause: cause.to_owned(), condition, message, line: line(node) })
}

/// The panic of `.unwrap()` or `.expect("…")`.
pub(super) fn method_panic(node: Node<'_>, text: &str) -> Option<Panic> {
    let (target, method, arguments) = method_call(node, text)?;
    if !matches!(method, "unwrap" | "expect") {
        return None;
    }
    let mut cursor = arguments.walk();
    let mut given = arguments.named_children(&mut cursor).filter(|node| !kind(*node).is_comment());
    let (first, second) = (given.next(), given.next());
    let message = match (method, first, second) {
        ("unwrap", None, None) => None,
        ("expect", Some(message), None) => literal(source(message, text)),
        _ => return None,
    };
    let whole = one_line(source(target, text), EXPRESSION + 1);
    // Of a chain that is too long, the last call tells.
    let condition = if whole.len() > EXPRESSION {
        method_call(target, text).map(|(_, last, _)| format!(".{last}()"))
    } else {
        Some(whole)
    };
    Some(Panic { cause: method.to_owned(), condition, message, line: line(node) })
}

/// Receiver, name and arguments of a method call.
pub(super) fn method_call<'tree, 'text>(
    node: Node<'tree>,
    text: &'text str,
) -> Option<(Node<'tree>, &'text str, Node<'tree>)> {
    let mut function = child(node, Field::Function)?;
    if kind(function) == Kind::GenericFunction {
        function = child(function, Field::Function)?;
    }
    if kind(function) != Kind::FieldExpression {
        return None;
    }
    let name = source(child(function, Field::Member)?, text);
    Some((child(function, Field::Value)?, name, child(node, Field::Arguments)?))
}

/// The error that a call makes: `Err(…)`, `.ok_or(…)`, `.ok_or_else(…)`, `.map_err(…)`.
pub(super) fn call_error(
    node: Node<'_>,
    guard: Option<&Guard<'_>>,
    text: &str,
) -> Option<ErrorCase> {
    let function = child(node, Field::Function)?;
    if matches!(source(function, text), "Err" | "Result::Err") {
        let value = child(node, Field::Arguments)?.named_child(0)?;
        let (error, message) = error_value(value, text)?;
        let condition = guard.and_then(|guard| guard.text(text));
        return Some(ErrorCase { error, message, condition, line: line(node) });
    }
    let (target, method, arguments) = method_call(node, text)?;
    let check = match method {
        "ok_or" | "ok_or_else" => "is_none",
        "map_err" => "is_err",
        _ => return None,
    };
    let mut value = arguments.named_child(0)?;
    if kind(value) == Kind::Closure {
        value = child(value, Field::Body)?;
    }
    if kind(value) == Kind::Block {
        value =
            value.named_child(u32::try_from(value.named_child_count()).ok()?.checked_sub(1)?)?;
    }
    let (error, message) = error_value(value, text)?;
    let target = receiver(target, text);
    let condition = (target.len() <= 80).then(|| format!("{target}.{check}()"));
    Some(ErrorCase { error, message, condition, line: line(node) })
}

/// The error of `bail!` or `ensure!`.
pub(super) fn macro_error(
    node: Node<'_>,
    guard: Option<&Guard<'_>>,
    text: &str,
) -> Option<ErrorCase> {
    let name = source(child(node, Field::Macro)?, text);
    let arguments = macro_arguments(node, 2);
    let argument = |index: usize| {
        let range = arguments.get(index)?.clone();
        Some(one_line(text.get(range)?, EXPRESSION))
    };
    let (condition, value) = match name.rsplit("::").next().unwrap_or_default() {
        "bail" => (guard.and_then(|guard| guard.text(text)), argument(0)),
        "ensure" => (argument(0).map(|checked| format!("!({checked})")), argument(1)),
        _ => return None,
    };
    let value = value.unwrap_or_default();
    let message = literal(&value);
    let error = if message.is_some() { None } else { path_at_start(&value) };
    Some(ErrorCase { error, message, condition, line: line(node) })
}

/// The error as written without arguments, and its message; `None` for a bare variable,
/// which only passes an error on.
fn error_value(node: Node<'_>, text: &str) -> Option<(Option<String>, Option<String>)> {
    let mut node = node;
    for _ in 0..8 {
        let next = match kind(node) {
            Kind::Parenthesized | Kind::Reference | Kind::Try => node.named_child(0),
            // `E::V.into()`, `E::new("…").with(…)`: the receiver tells.
            Kind::Call => method_call(node, text).map(|(target, ..)| target),
            _ => None,
        };
        let Some(inner) = next else { break };
        node = inner;
    }
    match kind(node) {
        Kind::String | Kind::RawString => Some((None, literal(source(node, text)))),
        Kind::MacroInvocation => {
            let message = macro_arguments(node, 1)
                .first()
                .and_then(|range| literal(&one_line(text.get(range.clone())?, EXPRESSION)));
            message.map(|message| (None, Some(message)))
        }
        Kind::Identifier | Kind::ScopedIdentifier => {
            named(&plain(source(node, text))).map(|error| (Some(error), None))
        }
        Kind::StructExpression => {
            let name = plain(source(child(node, Field::Name)?, text));
            named(&name).map(|error| (Some(error), None))
        }
        Kind::Call => {
            let function = child(node, Field::Function)?;
            let name = plain(source(function, text));
            let message = first_literal(child(node, Field::Arguments)?, text);
            let error = named(&name);
            if error.is_none() && message.is_none() { None } else { Some((error, message)) }
        }
        _ => None,
    }
}

/// The type or variant that a path names: `E::V` as it is, `E` for `E::new`.
fn named(path: &str) -> Option<String> {
    let is_type = |segment: &str| segment.starts_with(char::is_uppercase);
    let last = path.rsplit("::").next().unwrap_or_default();
    if is_type(last) && last != "Self" {
        return Some(path.to_owned());
    }
    let (owner, _) = path.rsplit_once("::")?;
    let last = owner.rsplit("::").next().unwrap_or_default();
    (is_type(last) && !matches!(last, "String" | "Box" | "From" | "Into")).then(|| owner.to_owned())
}

/// The first string among arguments, also inside `format!`, `.into()` and the like.
fn first_literal(arguments: Node<'_>, text: &str) -> Option<String> {
    let mut cursor = arguments.walk();
    for argument in arguments.named_children(&mut cursor).take(4) {
        let mut node = argument;
        if kind(node) == Kind::Call
            && let Some((target, ..)) = method_call(node, text)
        {
            node = target;
        }
        let found = match kind(node) {
            Kind::String | Kind::RawString => literal(source(node, text)),
            Kind::MacroInvocation => macro_arguments(node, 1)
                .first()
                .and_then(|range| literal(&one_line(text.get(range.clone())?, EXPRESSION))),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The path at the start of a macro's argument, if it names a type or variant.
fn path_at_start(argument: &str) -> Option<String> {
    let end = argument
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')))
        .unwrap_or(argument.len());
    named(argument.get(..end)?.trim_end_matches(':'))
}

/// What stands between the quotes of a string literal; `None` for anything else.
fn literal(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = if let Some(raw) = text.strip_prefix('r') {
        raw.trim_matches('#').strip_prefix('"')?.strip_suffix('"')?
    } else {
        text.strip_prefix('"')?.strip_suffix('"')?
    };
    let inner = inner.replace("\\\n", "");
    let joined = inner.split_whitespace().collect::<Vec<_>>().join(" ");
    (!joined.is_empty()).then_some(joined)
}

/// The bytes of the first `count` arguments of a macro call, split at top-level commas.
///
/// Token trees are not parsed as expressions: only `::<` opens a list of generics.
pub(super) fn macro_arguments(node: Node<'_>, count: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut cursor = node.walk();
    if !cursor.goto_last_child() || kind(cursor.node()) != Kind::TokenTree {
        return found;
    }
    if !cursor.goto_first_child() {
        return found;
    }
    let (mut angles, mut after_path) = (0usize, false);
    let mut current: Option<Range<usize>> = None;
    let mut is_open = true;
    loop {
        let token = cursor.node();
        let next_exists = cursor.goto_next_sibling();
        if is_open {
            is_open = false;
        } else if !next_exists || found.len() >= count {
            // The closing delimiter.
            break;
        } else {
            match kind(token) {
                Kind::Comma if angles == 0 => found.extend(current.take()),
                _ if kind(token).is_comment() => {}
                kind => {
                    match kind {
                        Kind::Less if after_path || angles > 0 => angles += 1,
                        Kind::Greater => angles = angles.saturating_sub(1),
                        Kind::ShiftRight => angles = angles.saturating_sub(2),
                        _ => {}
                    }
                    after_path = kind == Kind::PathSeparator;
                    current.get_or_insert(token.byte_range()).end = token.end_byte();
                }
            }
        }
        if !next_exists {
            break;
        }
    }
    if found.len() < count {
        found.extend(current);
    }
    found
}

/// The one-based line of a node.
pub(super) fn line(node: Node<'_>) -> usize {
    node.start_position().row + 1
}
