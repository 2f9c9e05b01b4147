//! What an expression is, in words: subscripts, lengths, the smaller of two.

use super::conditions::clause;
use super::nouns::{is_generic, singular};
use super::quote::code;
use super::words::{article, definite, is_plural, list, spell};
use crate::docstring::{Expr, ExprKind, Symbol};

/// How long a quoted expression may be.
const LIMIT: usize = 40;

/// The value in words, if its form says what it is.
pub(super) fn described(symbol: &Symbol, value: &Expr) -> Option<String> {
    match value.kind {
        ExprKind::Subscript => subscript(&value.text),
        ExprKind::Call => call(&value.text, value.head.as_deref()?),
        ExprKind::Conditional => conditional(symbol, &value.text),
        ExprKind::BoolOp => alternative(&value.text),
        ExprKind::Binary => code(&value.text, LIMIT).map(|text| format!("The value of {text}")),
        _ => None,
    }
}

/// The inside of the brackets that end a text, and what stands before them.
fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let inner = text.strip_suffix(close)?;
    let at = inner.find(open)?;
    let (head, rest) = (inner.get(..at)?, inner.get(at + 1..)?);
    (is_dotted(head) && !rest.contains([open, close])).then_some((head, rest))
}

fn is_dotted(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
}

/// The last part of a dotted name, spelt out.
fn last_noun(dotted: &str) -> Option<String> {
    let last = dotted.rsplit('.').next()?;
    let noun = spell(last);
    (!is_generic(last) && noun.len() > 2).then_some(noun)
}

/// `self._stock[sku]`: the stock for `sku`.
fn subscript(text: &str) -> Option<String> {
    let (container, key) = bracketed(text, '[', ']')?;
    match key {
        "0" | "-1" => {
            let place = if key == "0" { "first" } else { "last" };
            let many = last_noun(container).and_then(|noun| singular(&noun));
            return match many {
                Some(one) => Some(format!("The {place} {one}")),
                None => {
                    code(container, LIMIT).map(|quoted| format!("The {place} item of {quoted}"))
                }
            };
        }
        _ if key.contains(':') || key.contains(',') => return None,
        _ => {}
    }
    entry(container, key)
}

/// What a container holds under a key.
fn entry(container: &str, key: &str) -> Option<String> {
    if !is_dotted(key) || key.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let quoted = code(key, LIMIT)?;
    let noun = last_noun(container);
    let is_table = |noun: &str| {
        ["map", "dict", "dictionary", "mapping", "cache", "registry", "table", "lookup", "data"]
            .contains(&noun.rsplit(' ').next().unwrap_or(noun))
    };
    match noun {
        Some(noun) if !is_table(&noun) => {
            let one = singular(&noun).unwrap_or(noun);
            Some(format!("{} for {quoted}", definite(&one)))
        }
        _ => Some(format!("The entry of {} for {quoted}", code(container, LIMIT)?)),
    }
}

fn call(text: &str, head: &str) -> Option<String> {
    let (callee, inside) = bracketed(text, '(', ')')?;
    let arguments: Vec<&str> =
        inside.split(',').map(str::trim).filter(|argument| !argument.is_empty()).collect();
    let is_plain = |argument: &&str| is_dotted(argument);
    if !arguments.iter().all(is_plain) {
        return match (head.rsplit_once('.'), arguments.as_slice()) {
            (Some((container, "get")), [key, _]) => entry(container, key),
            _ => None,
        };
    }
    let quoted: Option<Vec<String>> = arguments.iter().map(|text| code(text, LIMIT)).collect();
    let quoted = quoted?;
    if callee == head
        && let Some((subject, method)) = head.rsplit_once('.')
    {
        let subject_code = code(subject, LIMIT)?;
        return match (method, arguments.as_slice()) {
            ("get", [key] | [key, _]) => entry(subject, key),
            ("copy", []) => Some(format!("A copy of {subject_code}")),
            ("lower" | "casefold", []) => Some(format!("{subject_code} in lower case")),
            ("upper", []) => Some(format!("{subject_code} in upper case")),
            ("strip", []) => Some(format!("{subject_code} without surrounding white space")),
            ("keys", []) => Some(format!("The keys of {subject_code}")),
            ("values", []) => Some(format!("The values of {subject_code}")),
            ("items", []) => Some(format!("The items of {subject_code}")),
            _ => None,
        };
    }
    match (callee, quoted.as_slice()) {
        ("min", [_, _]) => Some(format!("The smaller of {}", list(&quoted))),
        ("max", [_, _]) => Some(format!("The larger of {}", list(&quoted))),
        ("min", [one]) => Some(format!("The smallest of {one}")),
        ("max", [one]) => Some(format!("The largest of {one}")),
        ("sum", [one]) => Some(format!("The sum of {one}")),
        ("abs", [one]) => Some(format!("The absolute value of {one}")),
        ("id", [one]) => Some(format!("The identity of {one}")),
        ("hash", [one]) => Some(format!("The hash of {one}")),
        ("next", [one]) => Some(format!("The next item of {one}")),
        ("iter", [one]) => Some(format!("An iterator over {one}")),
        ("len", [one]) => {
            let noun = arguments.first().and_then(|argument| last_noun(argument));
            Some(match noun.filter(|noun| is_plural(noun)) {
                Some(noun) => format!("The number of {noun}"),
                None => format!("The length of {one}"),
            })
        }
        (
            "int" | "float" | "str" | "bytes" | "list" | "tuple" | "set" | "dict" | "frozenset",
            [one],
        ) => {
            let form = match callee {
                "int" => "integer",
                "str" => "string",
                "dict" => "dictionary",
                "frozenset" => "frozen set",
                other => other,
            };
            let form =
                if form == "bytes" { form.to_owned() } else { format!("{} {form}", article(form)) };
            Some(format!("{one} as {form}"))
        }
        ("sorted", [one]) => Some(format!("The items of {one} in order")),
        ("repr", [one]) => Some(format!("The representation of {one}")),
        ("type", [one]) => Some(format!("The type of {one}")),
        _ => None,
    }
}

/// `a if c else b`.
fn conditional(symbol: &Symbol, text: &str) -> Option<String> {
    let (yes, rest) = text.split_once(" if ")?;
    let (asked, no) = rest.split_once(" else ")?;
    if no.contains(" if ") || text.len() > 90 || !is_simple(yes) || !is_simple(no) {
        return None;
    }
    let clause = clause(asked, symbol)?;
    Some(format!("{} if {clause}, {} otherwise", code(yes, 30)?, code(no, 30)?))
}

/// A name or a literal, without operators at the outside.
fn is_simple(text: &str) -> bool {
    !text.contains(' ') || text.ends_with(')') && is_dotted(text.split('(').next().unwrap_or(""))
}

/// `a or b`.
fn alternative(text: &str) -> Option<String> {
    let (first, second) = text.split_once(" or ")?;
    let is_pair = !second.contains(" or ") && !text.contains(" and ") && !text.contains("not ");
    if !is_pair || !is_dotted(first) || !is_simple(second) {
        return None;
    }
    let (first, second) = (code(first, 30)?, code(second, 40)?);
    Some(format!("{first} if it is set, {second} otherwise"))
}
