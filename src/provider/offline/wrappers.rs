//! Decorators, context managers and HTTP calls: recognised by more than their name.

use super::phrase::{Phrase, noun_phrase};
use super::verbs;
use super::words::article;
use crate::docstring::{ExprKind, Language, Symbol};

/// Whether the function is made a context manager.
pub(super) fn is_context_manager(symbol: &Symbol) -> bool {
    symbol.decorators.iter().any(|decorator| {
        matches!(decorator.rsplit('.').next(), Some("contextmanager" | "asynccontextmanager"))
    })
}

/// Decorators, their factories and context managers.
pub(super) fn wrapper_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let is_context = is_context_manager(symbol);
    let first = words.first()?;
    let verb = verbs::find(first).filter(|_| words.len() > 1);
    let rest = words.get(1..).unwrap_or_default();
    let purpose = match &verb {
        Some(verb) => format!("to {} {}", verb.text, noun_phrase(rest, verb.is_creative)),
        None => format!("for {}", noun_phrase(words, false)),
    };
    if is_context {
        let kind = match &verb {
            Some(verb) => format!(
                "a context manager that {} {}",
                verbs::third_person(verb.text),
                noun_phrase(rest, verb.is_creative)
            ),
            None => format!("a context manager {purpose}"),
        };
        return Some(Phrase::new("return", kind));
    }
    let returned = symbol.body.returns.last()?;
    let is_closure = returned.kind == ExprKind::Name && symbol.children.contains(&returned.text);
    if !is_closure
        || symbol.language == Language::Rust
        || matches!(first.as_str(), "make" | "create" | "build" | "get")
    {
        return None;
    }
    let param = symbol.signature.params.first();
    let takes_function = param.is_some_and(|param| {
        matches!(
            param.name.as_str(),
            "f" | "fn"
                | "func"
                | "function"
                | "fun"
                | "method"
                | "meth"
                | "cls"
                | "klass"
                | "view"
                | "wrapped"
                | "user_function"
        )
    });
    if first == "decorator" || first == "decorate" {
        return Some(Phrase::new(
            "decorate",
            if takes_function { "the given function" } else { "a function" },
        ));
    }
    if takes_function {
        return Some(Phrase::new("decorate", format!("the given function {purpose}")));
    }
    let is_decorator = returned.text.trim_start_matches('_').starts_with("deco");
    let kind = if is_decorator { "a decorator" } else { "a function" };
    Some(Phrase::new("return", format!("{kind} {purpose}")))
}

/// A function named like an HTTP method that passes the method's name on.
pub(super) fn request_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let [name] = words else { return None };
    if !matches!(name.as_str(), "get" | "head" | "options" | "post" | "put" | "patch" | "delete") {
        return None;
    }
    let method = name.to_uppercase();
    let is_named = |text: &str| {
        text.trim_matches(['"', '\'']).eq_ignore_ascii_case(&method) && text.len() > method.len()
    };
    let sends =
        symbol.body.calls.iter().any(|call| call.args.iter().any(|(_, text)| is_named(text)));
    let takes_url = symbol
        .signature
        .params
        .first()
        .is_some_and(|param| matches!(param.name.as_str(), "url" | "path" | "uri"));
    let article = article(&method);
    (sends && takes_url).then(|| Phrase::new("send", format!("{article} `{method}` request")))
}
