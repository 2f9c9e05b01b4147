//! What a body does with an argument.

use super::quote::code;
use super::subject::is_measure;
use super::verbs;
use super::words::{definite, join, split};
use crate::docstring::{ExprKind, Param, Symbol};

/// The use of the argument as what follows its noun: `to look up in ...`.
pub(super) fn of(symbol: &Symbol, param: &Param) -> Option<String> {
    looked_up(symbol, param)
        .or_else(|| collected(symbol, param))
        .or_else(|| compared(symbol, param))
        .or_else(|| iterated(symbol, param))
}

/// `self._stock[sku]`, `sku in self._stock`, `self._stock.get(sku)`.
fn looked_up(symbol: &Symbol, param: &Param) -> Option<String> {
    let name = param.name.as_str();
    let body = &symbol.body;
    let subscript = body.lookups.iter().find(|lookup| lookup.key == name);
    let container = subscript.map(|lookup| lookup.container.as_str()).or_else(|| {
        body.calls.iter().find_map(|call| {
            let (container, method) = call.callee.rsplit_once('.')?;
            let is_first =
                call.args.first().is_some_and(|(key, text)| key.is_none() && text == name);
            (is_first && matches!(method, "get" | "pop" | "setdefault")).then_some(container)
        })
    });
    let container = container.or_else(|| {
        body.tests.iter().find_map(|test| {
            let rest = test.strip_prefix(name)?;
            rest.strip_prefix(" in ").or_else(|| rest.strip_prefix(" not in "))
        })
    })?;
    if container == name || !is_dotted(container) {
        return None;
    }
    Some(format!("to look up in {}", code(container, 40)?))
}

/// `self.rows.append(row)`.
fn collected(symbol: &Symbol, param: &Param) -> Option<String> {
    symbol.body.calls.iter().find_map(|call| {
        let (container, method) = call.callee.rsplit_once('.')?;
        let holds = call.args.iter().any(|(_, text)| *text == param.name);
        if !holds || !is_dotted(container) {
            return None;
        }
        let verb = match method {
            "append" | "add" | "appendleft" | "insert" if call.args.len() < 3 => "add to",
            "extend" | "update" => "add to",
            "remove" | "discard" => "remove from",
            "write" => "write to",
            _ => return None,
        };
        Some(format!("to {verb} {}", code(container, 40)?))
    })
}

/// `count < threshold`.
fn compared(symbol: &Symbol, param: &Param) -> Option<String> {
    let name = param.name.as_str();
    let other = symbol.body.tests.iter().find_map(|test| {
        [" < ", " > ", " <= ", " >= ", " == ", " != "].iter().find_map(|operator| {
            let (left, right) = test.split_once(operator)?;
            match (left == name, right == name) {
                (false, true) => Some(left),
                (true, false) => Some(right),
                _ => None,
            }
        })
    })?;
    let is_name = is_dotted(other) && !other.starts_with(|c: char| c.is_ascii_digit());
    if !is_name
        || matches!(other, "None" | "True" | "False")
        || other.chars().all(|c| c.is_uppercase() || c == '_')
    {
        return None;
    }
    Some(format!("to compare with {}", code(other, 40)?))
}

/// `for row in rows`.
fn iterated(symbol: &Symbol, param: &Param) -> Option<String> {
    let is_looped = symbol.body.loops.iter().any(|each| {
        !each.variable.is_empty()
            && (each.subject == param.name
                || each.subject == format!("{}.items()", param.name)
                || each.subject == format!("enumerate({})", param.name))
    });
    is_looped.then(|| "to iterate over".to_owned())
}

fn is_dotted(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
}

/// `add(sku, count)`: the count to add.
pub(super) fn measured(symbol: &Symbol, param: &Param) -> Option<String> {
    let words = split(&symbol.name);
    let [only] = words.as_slice() else { return None };
    let verb = verbs::find(only)?;
    let counts = matches!(param.name.as_str(), "count" | "amount" | "number" | "quantity");
    (counts && is_measure(&param.name) && verb.text != "return")
        .then(|| format!("{} to {}", definite(&join(&split(&param.name))), verb.text))
}

/// The attribute that keeps the argument as it is.
pub(super) fn is_stored(symbol: &Symbol, param: &Param) -> bool {
    symbol
        .body
        .sets
        .iter()
        .any(|set| set.value.kind == ExprKind::Name && set.value.text == param.name)
}
