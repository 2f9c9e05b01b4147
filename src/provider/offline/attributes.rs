//! What the attributes of a Python class hold.

use super::adjectives::is_adjective;
use super::nouns::{thing, type_noun};
use super::phrase::{is_preposition, noun_phrase};
use super::predicates::is_predicate_word;
use super::quote::{code, is_safe};
use super::words::{definite, is_plural, join, sentence, split};
use super::{Words, verbs};
use crate::docstring::Symbol;

/// The description of an attribute of a class.
pub(super) fn attribute(
    symbol: &Symbol,
    name: &str,
    ty: Option<&str>,
    comment: Option<&str>,
) -> Words {
    if let Some(comment) = comment.and_then(plain_comment) {
        return Words::known(&comment);
    }
    let words = split(name);
    let first = words.first().map(String::as_str).unwrap_or_default();
    let member = symbol.members.iter().find(|member| member.name == name);
    let default = member.filter(|member| !member.from_init).and_then(|m| m.default.as_deref());
    let noun = type_noun(&symbol.name);
    let ty = ty.and_then(held_type);
    let is_truth = match ty {
        Some(ty) => matches!(ty, "bool" | "bool | None" | "Optional[bool]"),
        None => matches!(default, Some("True" | "False")),
    };
    if is_truth {
        if is_predicate_word(first) && words.len() > 1 {
            return Words::known(&sentence(&format!("whether the {noun} {}", join(&words))));
        }
        if is_adjective(words.last().map(String::as_str).unwrap_or_default()) {
            return Words::known(&sentence(&format!("whether the {noun} is {}", join(&words))));
        }
        let object = words.get(1..).unwrap_or_default();
        if let Some(verb) = verbs::find(first)
            && !object.is_empty()
        {
            let object = noun_phrase(object, false);
            return Words::known(&sentence(&format!("whether to {} {object}", verb.text)));
        }
    }
    if symbol.flags.is_enum {
        let value = default.filter(|value| value.starts_with(['"', '\'']));
        let said = value.filter(|value| {
            let bare = value.trim_matches(['"', '\'']);
            !bare.eq_ignore_ascii_case(name) && !bare.is_empty()
        });
        let text = format!("the {} {noun}", join(&words));
        return match said.and_then(|value| code(value, 30)) {
            Some(value) => Words::known(&sentence(&format!("{text}, written {value}"))),
            None => Words::guess(&sentence(&text)),
        };
    }
    let text = definite(&noun_phrase(&words, false));
    if text.is_empty() {
        return Words::guess("An attribute.");
    }
    let last = words.last().map(String::as_str).unwrap_or_default();
    if words.len() == 1 && is_adjective(last) {
        return Words::guess(&sentence(&definite(&thing(name, ty))));
    }
    let tail = noun.rsplit(' ').next().unwrap_or_default();
    let is_said = words.iter().any(|word| word.trim_end_matches('s') == tail.trim_end_matches('s'));
    let is_constant = name.chars().all(|c| c.is_uppercase() || c.is_numeric() || c == '_');
    let is_plain = !noun.is_empty()
        && !is_constant
        && !is_said
        && !words.iter().any(|word| is_preposition(word));
    let mut text = match symbol.flags.is_exception {
        _ if !is_plain => text,
        true if !noun.ends_with("error") => text,
        _ if noun.split(' ').count() > 3 || is_plural(&noun) => text,
        _ => format!("{text} of the {noun}"),
    };
    let mut is_known = false;
    if let Some(initial) = default.and_then(initial) {
        text = format!("{text}, {initial} by default");
        is_known = true;
    }
    Words { text: sentence(&text), is_guess: !is_known }
}

/// The type of what an attribute holds, without what only says how it is declared
/// (`ClassVar[…]`); `None` where nothing more is said.
fn held_type(ty: &str) -> Option<&str> {
    let (head, inner) = match ty.split_once('[') {
        Some((head, rest)) => (head, rest.strip_suffix(']')),
        None => (ty, None),
    };
    match head.rsplit('.').next() {
        Some(
            "ClassVar" | "Final" | "InitVar" | "Required" | "NotRequired" | "ReadOnly" | "Mapped",
        ) => inner.and_then(held_type),
        _ => Some(ty),
    }
}

/// What an attribute holds at first.
fn initial(default: &str) -> Option<String> {
    let is_name = |text: &str| text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    match default {
        "field(default_factory=list)"
        | "field(default_factory=dict)"
        | "field(default_factory=set)"
        | "list"
        | "dict"
        | "set"
        | "[]"
        | "{}"
        | "()"
        | "\"\""
        | "''" => Some("empty".to_owned()),
        "None" | "..." => None,
        _ if default.parse::<f64>().is_ok() => code(default, 20),
        _ if default.starts_with(['"', '\'']) && default.len() < 24 => code(default, 24),
        _ if is_name(default) && default.contains('.') && default.len() < 40 => code(default, 40),
        _ => None,
    }
}

/// A comment that can stand as a description.
fn plain_comment(comment: &str) -> Option<String> {
    let text = comment.trim_start_matches(['#', ':', ' ', '!', '/']).trim();
    let is_prose = text.len() > 3
        && text.len() <= 160
        && text.contains(' ')
        && text.starts_with(char::is_alphabetic)
        && !text.contains(['`', '*', '_', '|', '\\', '<', '[', ':', '{', '='])
        && !["type:", "noqa", "pragma", "pylint", "fmt"].iter().any(|mark| text.contains(mark))
        && is_safe(text);
    is_prose.then(|| sentence(text))
}
