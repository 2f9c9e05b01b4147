//! Parameters that say yes or no.

use super::adjectives::is_adjective;
use super::nouns::owner_noun;
use super::phrase::noun_phrase;
use super::predicates::{is_clause, is_predicate_word, middle_clause};
use super::quote::code;
use super::verbs;
use super::words::{indefinite, join, split};
use crate::docstring::{Param, Symbol};

/// Whether a parameter is a yes or no.
pub(super) fn is_flag(param: &Param) -> bool {
    let ty = param.ty.as_deref().unwrap_or_default();
    let is_named_so = || {
        let words = split(&param.name);
        words.len() > 1 && words.first().is_some_and(|word| verbs::find(word).is_some())
            || words.len() == 1 && words.first().is_some_and(|word| is_adjective(word))
    };
    matches!(ty, "bool" | "bool | None" | "Optional[bool]" | "t.Optional[bool]")
        || ty.split('|').any(|part| part.trim() == "bool") && is_named_so()
        || ty.is_empty() && matches!(param.default.as_deref(), Some("True" | "False"))
}

/// A yes-or-no parameter.
pub(super) fn flag(symbol: &Symbol, param: &Param) -> String {
    let words = split(&param.name);
    let first = words.first().map(String::as_str).unwrap_or_default();
    let rest = words.get(1..).unwrap_or_default();
    let spelt = join(&words);
    let truth = "Whether";
    if is_clause(&words) {
        return match middle_clause(&words) {
            Some(clause) => format!("{truth} {clause}"),
            None => format!("{truth} {} applies", code(&param.name, 60).unwrap_or(spelt)),
        };
    }
    match first {
        "no" | "not" | "without" if !rest.is_empty() => {
            format!("{truth} to leave out {}", join(rest))
        }
        "is" | "are" | "was" if !rest.is_empty() => {
            let last = rest.last().map(String::as_str).unwrap_or_default();
            let complement = join(rest);
            if is_adjective(last) {
                format!("{truth} it is {complement}")
            } else {
                format!("{truth} it is {}", indefinite(&complement))
            }
        }
        "has" | "have" | "needs" | "requires" | "supports" | "allows" | "contains" | "can"
        | "should" | "must"
            if !rest.is_empty() =>
        {
            format!(
                "{truth} it {first} {}",
                if is_predicate_word(first) && matches!(first, "can" | "should" | "must") {
                    join(rest)
                } else {
                    indefinite(&join(rest))
                }
            )
        }
        "with" | "include" | "including" if !rest.is_empty() => {
            format!("{truth} to include {}", indefinite(&join(rest)))
        }
        "multiple" if rest.is_empty() => format!("{truth} to allow multiple values"),
        "force" if rest.last().is_some_and(|word| is_adjective(word)) => {
            format!("{truth} to force it to be {}", join(rest))
        }
        "by" | "in" if !rest.is_empty() => format!("{truth} to work {spelt}"),
        "as" if !rest.is_empty() => format!("{truth} to use it as {}", indefinite(&join(rest))),
        "verbose" | "strict" | "recursive" | "lazy" | "quiet" | "silent" | "greedy" => {
            format!("{truth} to be {spelt}")
        }
        _ => match verbs::find(first) {
            Some(verb) if first != "set" || !rest.is_empty() => {
                let object = noun_phrase(rest, false);
                format!("{truth} to {} {object}", verb.text).trim().to_owned()
            }
            _ if is_adjective(words.last().map(String::as_str).unwrap_or_default())
                && words.len() == 1
                && allows(symbol, param) =>
            {
                format!("{truth} to allow {} result", indefinite(&spelt))
            }
            _ if is_adjective(words.last().map(String::as_str).unwrap_or_default()) => {
                let subject = subject_of_flag(symbol);
                format!("{truth} {subject} is {spelt}")
            }
            _ => format!("{truth} to enable {spelt}"),
        },
    }
}

/// The flag keeps an exception from being raised.
fn allows(symbol: &Symbol, param: &Param) -> bool {
    let spelling = format!("not {}", param.name);
    symbol.body.raises.iter().any(|raise| {
        raise.condition.as_deref().is_some_and(|test| {
            test.match_indices(&spelling).any(|(at, _)| {
                let after = test.get(at + spelling.len()..).and_then(|rest| rest.chars().next());
                after.is_none_or(|c| !(c.is_alphanumeric() || c == '_'))
            })
        })
    })
}

/// What an adjective flag speaks of.
fn subject_of_flag(symbol: &Symbol) -> String {
    if symbol.name == "__init__" || symbol.name == "new" {
        return owner_noun(symbol).map_or_else(|| "it".to_owned(), |noun| format!("the {noun}"));
    }
    let words = split(&symbol.name);
    match words.as_slice() {
        [first, rest @ ..] if verbs::find(first).is_some() && !rest.is_empty() => {
            format!("the {}", join(rest))
        }
        _ => "the result".to_owned(),
    }
}
