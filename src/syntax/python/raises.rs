//! Which exceptions leave a function, when, and with which message.

use std::borrow::Cow;
use std::collections::HashMap;

use tree_sitter::Node;

use super::expr::bare;
use super::grammar::{G, K, kind};
use super::literal;
use super::text::{EXPR, cut, dotted, last, one_line, raw, short};
use crate::docstring::Raise;

/// What surrounds a statement inside its function, one for each block.
pub(super) enum Block<'tree> {
    /// A branch that is taken when the test holds.
    When(Node<'tree>),
    /// The `else` of an `if`: none of its tests holds.
    Otherwise(Node<'tree>),
    /// The body of a `try` with the types that its clauses handle.
    Guarded(Vec<String>),
    /// An `except` clause.
    Handler {
        /// The types as written; empty for a bare `except`.
        types: Vec<String>,
        /// The name that the exception is bound to.
        alias: Option<String>,
    },
    /// Any other block.
    Plain,
}

/// A raise whose exception may still turn out to be a local variable.
pub(super) struct Found {
    raise: Raise,
    /// The bare name that was raised or called.
    name: Option<String>,
}

/// The values of local variables: the class for those that obviously hold an exception.
pub(super) type Locals<'a> = Vec<(&'a str, Option<String>)>;

/// The types that an `except` clause handles, and the name it binds.
pub(super) fn handler(text: &str, clause: Node<'_>) -> (Vec<String>, Option<String>) {
    let mut cursor = clause.walk();
    let mut types = Vec::new();
    let mut alias = None;
    for value in clause.children_by_field_name("value", &mut cursor) {
        let mut value = value;
        if kind(value) == K::AsPattern {
            alias = value.child_by_field_id(G.alias).map(|alias| raw(text, alias).to_owned());
            let Some(inner) = value.named_child(0) else { continue };
            value = inner;
        }
        value = bare(value);
        if kind(value) == K::Tuple {
            let mut cursor = value.walk();
            types.extend(
                value
                    .named_children(&mut cursor)
                    .filter(|child| kind(*child) != K::Comment)
                    .take(64)
                    .map(|child| short(text, child, EXPR)),
            );
        } else {
            types.push(short(text, value, EXPR));
        }
    }
    (types, alias)
}

/// What one `raise` statement raises.
pub(super) fn of(text: &str, statement: Node<'_>, around: &[(usize, Block<'_>)]) -> Vec<Found> {
    let line = statement.start_position().row + 1;
    let innermost = around.iter().rev().find_map(|(_, block)| match block {
        Block::Handler { types, alias } => Some((types, alias)),
        _ => None,
    });
    let handling = innermost.map(|(types, _)| types.clone()).unwrap_or_default();
    let condition = condition(text, around);
    let make = |exception: String, message: Option<String>, is_reraise: bool| Raise {
        is_caught: is_caught(&exception, around),
        is_direct: around.is_empty(),
        exception,
        condition: condition.clone(),
        message,
        is_reraise,
        handling: handling.clone(),
        line,
    };
    let again = |types: &[String]| {
        let named = types.iter().filter(|name| is_certain(name));
        let plain = named.filter(|name| !is_general(last(name)));
        plain.map(|name| Found { raise: make(name.clone(), None, true), name: None }).collect()
    };
    let cause = statement.child_by_field_id(G.cause);
    let mut cursor = statement.walk();
    let raised = statement
        .named_children(&mut cursor)
        .find(|child| kind(*child) != K::Comment && Some(*child) != cause);
    let Some(raised) = raised.map(bare) else {
        return innermost.map(|(types, _)| again(types)).unwrap_or_default();
    };
    let is_call = kind(raised) == K::Call;
    let callee =
        if is_call { raised.child_by_field_id(G.function).map(bare) } else { Some(raised) };
    let Some(callee) = callee else { return Vec::new() };
    // `raise e` and `raise e.with_traceback(tb)` raise what the clause has caught.
    let variable = match kind(callee) {
        K::Identifier if !is_call => Some(raw(text, callee)),
        K::Attribute if is_call => callee
            .child_by_field_id(G.object)
            .filter(|object| kind(*object) == K::Identifier)
            .filter(|_| raw(text, callee).ends_with(".with_traceback"))
            .map(|object| raw(text, object)),
        _ => None,
    };
    let rebound = around.iter().rev().find_map(|(_, block)| match block {
        Block::Handler { types, alias } if alias.is_some() && alias.as_deref() == variable => {
            Some(types)
        }
        _ => None,
    });
    if let Some(types) = rebound {
        return again(types);
    }
    let Some((exception, name)) = class(text, callee, is_call) else { return Vec::new() };
    let message = if is_call { message(text, raised) } else { None };
    vec![Found { raise: make(exception, message, false), name }]
}

/// The class that is raised, and the bare name if it is one.
fn class(text: &str, callee: Node<'_>, is_call: bool) -> Option<(String, Option<String>)> {
    match kind(callee) {
        K::Identifier => {
            let name = raw(text, callee).to_owned();
            // A function that makes exceptions may make any.
            (is_class(&name) || !is_call).then(|| (name.clone(), Some(name)))
        }
        K::Attribute => {
            let attribute = raw(text, callee.child_by_field_id(G.attribute)?);
            if is_class(attribute) {
                let name = dotted(text, callee).unwrap_or_else(|| attribute.to_owned());
                return Some((name, None));
            }
            // `X.from_y(…)` makes an `X`.
            let object = dotted(text, callee.child_by_field_id(G.object)?)?;
            (is_call && is_class(last(&object))).then_some((object, None))
        }
        _ => None,
    }
}

fn is_class(name: &str) -> bool {
    name.trim_start_matches('_').starts_with(char::is_uppercase)
}

/// Whether the name of a handled type says which exception it is: a lower-case name may
/// be a variable that holds several.
fn is_certain(name: &str) -> bool {
    name.chars().all(|c| c == '.' || c == '_' || c.is_alphanumeric())
        && (is_class(last(name)) || name.contains('.'))
}

/// Types that say nothing about what went wrong.
fn is_general(name: &str) -> bool {
    matches!(name, "Exception" | "BaseException" | "ExceptionGroup" | "BaseExceptionGroup")
}

/// The test of the innermost branch.
fn condition(source: &str, around: &[(usize, Block<'_>)]) -> Option<String> {
    around.iter().rev().find_map(|(_, block)| match block {
        Block::When(test) => Some(short(source, *test, EXPR)),
        Block::Otherwise(branch) => Some(otherwise(source, *branch)),
        _ => None,
    })
}

/// `not (…)` over the tests of an `if` and its `elif`s.
fn otherwise(source: &str, branch: Node<'_>) -> String {
    let mut tests: Vec<String> = Vec::new();
    let mut cursor = branch.walk();
    for child in branch.children(&mut cursor).take(64) {
        let test = match kind(child) {
            K::Elif => child.child_by_field_id(G.condition),
            _ => None,
        };
        tests.extend(test.map(|test| short(source, test, EXPR)));
    }
    if let Some(first) = branch.child_by_field_id(G.condition) {
        tests.insert(0, short(source, first, EXPR));
    }
    let mut all = format!("not ({})", tests.join(" or "));
    if all.len() > EXPR {
        cut(&mut all, EXPR);
    }
    all
}

/// The literal text of the first argument.
fn message(text: &str, call: Node<'_>) -> Option<String> {
    let arguments = call.child_by_field_id(G.arguments)?;
    let mut cursor = arguments.walk();
    let first = arguments.named_children(&mut cursor).find(|child| kind(*child) != K::Comment)?;
    text_of(text, first)
}

/// The value of a string literal in one line, the fields of an f-string as `{expr}`.
pub(super) fn text_of(text: &str, node: Node<'_>) -> Option<String> {
    let first = bare(node);
    let mut out = String::new();
    match kind(first) {
        K::StringLiteral => string(text, first, &mut out)?,
        K::ConcatenatedString => {
            let mut cursor = first.walk();
            for part in first.named_children(&mut cursor) {
                if kind(part) == K::StringLiteral {
                    string(text, part, &mut out)?;
                }
            }
        }
        _ => return None,
    }
    let mut message = out.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&mut message, EXPR);
    (!message.is_empty()).then_some(message)
}

fn string(text: &str, string: Node<'_>, out: &mut String) -> Option<()> {
    let mut cursor = string.walk();
    let (mut is_raw, mut is_format) = (false, false);
    for part in string.children(&mut cursor) {
        if out.len() > 4 * EXPR {
            break;
        }
        match kind(part) {
            K::StringStart => {
                let prefix = raw(text, part);
                if prefix.contains(['b', 'B']) {
                    return None;
                }
                is_raw = prefix.contains(['r', 'R']);
                is_format = prefix.contains(['f', 'F', 't', 'T']);
            }
            K::StringContent => {
                let content = raw(text, part);
                let content = if is_format {
                    Cow::Owned(content.replace("{{", "{").replace("}}", "}"))
                } else {
                    Cow::Borrowed(content)
                };
                if is_raw { out.push_str(&content) } else { literal::unescape(&content, out) }
            }
            K::Interpolation => {
                let inner = part.named_child(0).map(|inner| one_line(raw(text, inner), EXPR));
                out.push('{');
                out.push_str(&inner.unwrap_or_default());
                out.push('}');
            }
            _ => {}
        }
    }
    Some(())
}

/// Whether an enclosing `try` of the same function handles the exception.
fn is_caught(exception: &str, around: &[(usize, Block<'_>)]) -> bool {
    around.iter().any(|(_, block)| match block {
        Block::Guarded(types) => {
            types.iter().any(|handled| handles(last(handled), last(exception)))
        }
        _ => false,
    })
}

fn handles(handled: &str, exception: &str) -> bool {
    let below: &[&str] = match handled {
        "BaseException" => return true,
        "Exception" => {
            return !matches!(exception, "KeyboardInterrupt" | "SystemExit" | "GeneratorExit");
        }
        "ArithmeticError" => &["ZeroDivisionError", "OverflowError", "FloatingPointError"],
        "LookupError" => &["KeyError", "IndexError"],
        "ValueError" => &["UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError"],
        "UnicodeError" => &["UnicodeDecodeError", "UnicodeEncodeError"],
        "RuntimeError" => &["NotImplementedError", "RecursionError"],
        "ImportError" => &["ModuleNotFoundError"],
        "NameError" => &["UnboundLocalError"],
        "SyntaxError" => &["IndentationError", "TabError"],
        "OSError" | "IOError" | "EnvironmentError" => &[
            "OSError",
            "IOError",
            "EnvironmentError",
            "BlockingIOError",
            "BrokenPipeError",
            "ChildProcessError",
            "ConnectionError",
            "ConnectionAbortedError",
            "ConnectionRefusedError",
            "ConnectionResetError",
            "FileExistsError",
            "FileNotFoundError",
            "InterruptedError",
            "IsADirectoryError",
            "NotADirectoryError",
            "PermissionError",
            "ProcessLookupError",
            "TimeoutError",
        ],
        "ConnectionError" => &[
            "BrokenPipeError",
            "ConnectionAbortedError",
            "ConnectionRefusedError",
            "ConnectionResetError",
        ],
        _ => &[],
    };
    handled == exception || below.contains(&exception)
}

/// The class of an exception that an assignment obviously makes.
pub(super) fn made(text: &str, value: Node<'_>) -> Option<String> {
    let value = bare(value);
    let callee = (kind(value) == K::Call).then(|| value.child_by_field_id(G.function))??;
    let (name, _) = class(text, callee, true)?;
    is_class(last(&name)).then_some(name)
}

/// Resolves local variables and merges what is raised more than once.
pub(super) fn settle(found: Vec<Found>, locals: &Locals<'_>) -> Vec<Raise> {
    let mut values: HashMap<&str, Option<&str>> = HashMap::new();
    if found.iter().any(|found| found.name.is_some()) {
        for (name, class) in locals {
            values
                .entry(name)
                // Assigned twice: it may be either.
                .and_modify(|value| *value = None)
                .or_insert(class.as_deref());
        }
    }
    let mut raises: Vec<Raise> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for Found { mut raise, name } in found {
        if let Some(name) = name {
            match values.get(name.as_str()) {
                Some(Some(class)) => (*class).clone_into(&mut raise.exception),
                None if is_class(&name) => {}
                Some(None) | None => continue,
            }
        }
        let Some(known) = places.get(&raise.exception) else {
            if raises.len() < 64 {
                places.insert(raise.exception.clone(), raises.len());
                raises.push(raise);
            }
            continue;
        };
        let Some(known) = raises.get_mut(*known) else { continue };
        // What leaves the function counts, and what says most about it.
        let better = (known.is_caught && !raise.is_caught)
            || (known.is_caught == raise.is_caught && known.is_reraise && !raise.is_reraise);
        if better {
            *known = raise;
        }
    }
    raises
}
