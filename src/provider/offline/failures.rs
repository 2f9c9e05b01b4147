//! When a call fails: exceptions, errors and panics, from what guards them.

use super::conditions::clause;
use super::outcomes;
use super::quote::code;
use super::words::{article, join, sentence, split};
use super::{Words, words};
use crate::docstring::{Panic, Raise, Symbol};

use std::collections::BTreeMap;

/// The exceptions of a body in order of first appearance, each with its description.
pub(super) fn raises(symbol: &Symbol) -> Vec<(String, Words)> {
    let mut order: Vec<&str> = Vec::new();
    let mut grouped: BTreeMap<&str, Vec<&Raise>> = BTreeMap::new();
    for raise in &symbol.body.raises {
        if raise.exception.rsplit('.').next() == Some("NotImplementedError") {
            continue;
        }
        let group = grouped.entry(&raise.exception).or_default();
        if group.is_empty() {
            order.push(&raise.exception);
        }
        group.push(raise);
    }
    order
        .into_iter()
        .filter_map(|name| {
            grouped.get(name).map(|group| (name.to_owned(), raised(symbol, name, group)))
        })
        .collect()
}

fn raised(symbol: &Symbol, exception: &str, group: &[&Raise]) -> Words {
    let mut clauses: Vec<String> = Vec::new();
    for raise in group {
        let condition = raise.condition.as_deref().and_then(|c| clause(c, symbol));
        match (condition, handled(raise)) {
            // Under a condition and in a handler: both must hold.
            (Some(condition), Some(handled)) if !condition.contains(" or ") => {
                push_unique(&mut clauses, format!("{condition} and {handled}"));
            }
            (Some(text), _) | (None, Some(text)) => push_unique(&mut clauses, text),
            (None, None) => {}
        }
    }
    if clauses.len() > 3 {
        clauses.truncate(3);
    }
    if !clauses.is_empty() {
        return Words::known(&sentence(&format!("if {}", clauses.join(", or if "))));
    }
    if group.iter().any(|raise| raise.is_reraise) {
        return Words::known("If it is raised inside; it is passed on.");
    }
    let message = group.iter().find_map(|raise| raise.message.as_deref());
    match (message.and_then(|message| code(message, 90)), only_raise(symbol).is_some()) {
        (Some(message), true) => Words::known(&format!("Always, with the message {message}.")),
        (None, true) => Words::known("Always."),
        (Some(message), false) => Words::known(&format!("With the message {message}.")),
        (None, false) => Words::guess(&by_name(exception)),
    }
}

/// The exception that is all there is to a body.
pub(super) fn only_raise(symbol: &Symbol) -> Option<&Raise> {
    let [raise] = symbol.body.raises.as_slice() else { return None };
    (symbol.body.statements == 1 && raise.is_direct).then_some(raise)
}

fn push_unique(list: &mut Vec<String>, text: String) {
    if !list.contains(&text) {
        list.push(text);
    }
}

/// Raised in place of another exception.
fn handled(raise: &Raise) -> Option<String> {
    if raise.is_reraise || raise.handling.is_empty() || raise.handling.len() > 3 {
        return None;
    }
    let quoted: Option<Vec<String>> = raise.handling.iter().map(|name| code(name, 50)).collect();
    let quoted = quoted?;
    let first = quoted.first()?;
    Some(format!("{} {} is raised inside", article(first), quoted.join(" or ")))
}

/// From the name of the exception alone.
fn by_name(exception: &str) -> String {
    let bare = exception.rsplit('.').next().unwrap_or(exception);
    match bare {
        "ValueError" => "If a value is not valid.".to_owned(),
        "TypeError" => "If a value has the wrong type.".to_owned(),
        "KeyError" => "If a key is missing.".to_owned(),
        "IndexError" => "If an index is out of range.".to_owned(),
        "AttributeError" => "If an attribute is missing.".to_owned(),
        "RuntimeError" => "If the call is not possible in the current state.".to_owned(),
        "StopIteration" | "StopAsyncIteration" => "If there are no more items.".to_owned(),
        "SystemExit" => "To end the program.".to_owned(),
        "AssertionError" => "If an assertion fails.".to_owned(),
        "ImportError" | "ModuleNotFoundError" => "If a module cannot be imported.".to_owned(),
        "FileNotFoundError" => "If a file does not exist.".to_owned(),
        "PermissionError" => "If access is not permitted.".to_owned(),
        "OSError" | "IOError" => "If the operating system reports an error.".to_owned(),
        "KeyboardInterrupt" => "If the user interrupts.".to_owned(),
        "UnicodeDecodeError" | "UnicodeEncodeError" | "UnicodeError" => {
            "If text cannot be encoded or decoded.".to_owned()
        }
        "ZeroDivisionError" => "If a divisor is zero.".to_owned(),
        "OverflowError" => "If a number is too large.".to_owned(),
        "EOFError" => "If the input ends early.".to_owned(),
        "Exception" | "BaseException" | "Error" => "If an error occurs.".to_owned(),
        _ => {
            let all = split(bare);
            let kept: Vec<String> = match all.as_slice() {
                [rest @ .., last]
                    if !rest.is_empty() && matches!(last.as_str(), "error" | "exception") =>
                {
                    rest.to_vec()
                }
                _ => all,
            };
            let noun = join(&kept);
            if noun.is_empty() {
                return "If an error occurs.".to_owned();
            }
            if words::is_plural(&noun) {
                return format!("If there is an error with {noun}.");
            }
            format!("On {} {noun} error.", article(&noun))
        }
    }
}

/// The text of `# Errors`.
pub(super) fn errors(symbol: &Symbol) -> Words {
    let mut sentences: Vec<String> = Vec::new();
    for case in symbol.body.errors.iter().take(6) {
        let error = case.error.as_deref().and_then(|name| code(name, 60));
        let when = case.condition.as_deref().and_then(|c| clause(c, symbol));
        let subject = match &error {
            Some(quoted) => format!("Returns {quoted}"),
            None => "Returns an error".to_owned(),
        };
        let message = case.message.as_deref().and_then(|m| code(m, 80));
        let text = match (when, message) {
            (Some(when), _) => format!("{subject} if {when}."),
            (None, Some(message)) => format!("{subject} with the message {message}."),
            (None, None) if error.is_some() => format!("{subject}."),
            (None, None) => continue,
        };
        push_unique(&mut sentences, text);
    }
    if let Some(clause) = outcomes::any_of(&symbol.body.propagates) {
        let lead =
            if sentences.is_empty() { "Returns an error if" } else { "Also returns an error if" };
        sentences.push(format!("{lead} {clause}."));
    }
    if !sentences.is_empty() {
        return Words::known(&sentences.join(" "));
    }
    match delegated(symbol) {
        Some(callee) => Words::known(&format!("Returns the error of {callee}, if it fails.")),
        None => Words::guess("Returns an error if the operation fails."),
    }
}

/// The only call whose `Result` is handed back as it is.
fn delegated(symbol: &Symbol) -> Option<String> {
    let value = symbol.body.returns.last()?;
    let head = value.head.as_deref()?;
    if matches!(head, "Ok" | "Err" | "Some" | "None") {
        return None;
    }
    code(head, 60)
}

/// The text of `# Panics`; `None` when nothing was seen that can panic.
pub(super) fn panics(symbol: &Symbol) -> Option<Words> {
    if symbol.body.panics.is_empty() {
        return None;
    }
    let mut clauses: Vec<String> = Vec::new();
    // Of what is not said when it happens, the message is known.
    let mut messages: Vec<String> = Vec::new();
    for panic in symbol.body.panics.iter().take(8) {
        let condition = panic.condition.as_deref();
        let text = match panic.cause.as_str() {
            "assert" => condition.and_then(|c| clause(&format!("!({c})"), symbol)).or_else(|| {
                condition.and_then(|c| code(c, 60)).map(|c| format!("{c} does not hold"))
            }),
            "assert_eq" => compared(condition, "does not equal", "the compared values differ"),
            "assert_ne" => compared(condition, "equals", "the compared values are equal"),
            "unwrap" | "expect" => condition.and_then(|receiver| {
                given(symbol, receiver).or_else(|| outcomes::unwrapped(receiver))
            }),
            _ => condition.and_then(|c| clause(c, symbol)),
        };
        let message = panic.message.as_deref().and_then(|m| code(m, 80));
        let text = match (text, message) {
            (Some(text), _) => text,
            (None, Some(message)) if panic.cause == "panic" => {
                push_unique(&mut messages, message);
                continue;
            }
            (None, Some(message)) => format!("the check with the message {message} fails"),
            (None, None) => continue,
        };
        push_unique(&mut clauses, text);
    }
    clauses.truncate(4);
    messages.truncate(2);
    let messages = messages.join(" or ");
    Some(match (clauses.as_slice(), messages.as_str()) {
        ([], "") => Words::known(unsaid(&symbol.body.panics)),
        ([], messages) => Words::known(&format!("Panics with the message {messages}.")),
        (clauses, "") => Words::known(&format!("Panics if {}.", clauses.join(", or if "))),
        (clauses, messages) => {
            let clauses = clauses.join(", or if ");
            Words::known(&format!("Panics if {clauses}, or with the message {messages}."))
        }
    })
}

/// When an argument that is unwrapped has nothing inside, by its type.
fn given(symbol: &Symbol, receiver: &str) -> Option<String> {
    let param = symbol.signature.params.iter().find(|param| param.name == receiver)?;
    let head = param.ty.as_deref()?.split('<').next()?;
    match head.rsplit("::").next()? {
        "Option" => Some(format!("{} is `None`", code(receiver, 50)?)),
        "Result" => Some(format!("{} is an error", code(receiver, 50)?)),
        _ => None,
    }
}

/// What can be said of panics whose conditions cannot be repeated.
fn unsaid(panics: &[Panic]) -> &'static str {
    match panics.first().map(|panic| panic.cause.as_str()) {
        Some("unwrap" | "expect") => "Panics if a value that is unwrapped is missing or an error.",
        Some("panic") => "Panics in some cases.",
        _ => "Panics if an assertion fails.",
    }
}

fn compared(condition: Option<&str>, verb: &str, otherwise: &str) -> Option<String> {
    let condition = condition?;
    let sides: Vec<&str> = condition
        .splitn(
            2,
            if condition.contains(" == ") {
                " == "
            } else if condition.contains(" != ") {
                " != "
            } else {
                ", "
            },
        )
        .collect();
    match sides.as_slice() {
        [left, right] => match (code(left, 50), code(right, 50)) {
            (Some(left), Some(right)) => Some(format!("{left} {verb} {right}")),
            _ => Some(otherwise.to_owned()),
        },
        _ => Some(otherwise.to_owned()),
    }
}
