//! Names that are no noun and no verb: qualities, superlatives and prepositions.

use super::adjectives::is_adjective;
use super::nouns::{is_generic, owner_noun};
use super::phrase::Phrase;
use super::predicates::is_predicate_word;
use super::python::plural;
use super::subject::{is_measure, spelt_param, subject_param};
use super::verbs;
use super::words::{definite, join, spell};
use crate::docstring::{ExprKind, Language, Symbol};

/// The phrase for such a name.
pub(super) fn relation_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let owner = owner_noun(symbol)?;
    stream(symbol, words, &owner)
        .or_else(|| awaited(symbol, words, &owner))
        .or_else(|| quality(symbol, words, &owner))
        .or_else(|| superlative(symbol, words, &owner))
        .or_else(|| preposition(symbol, words, &owner))
}

/// `readable() -> bool`: whether the owner is readable.
fn quality(symbol: &Symbol, words: &[String], owner: &str) -> Option<Phrase> {
    let last = words.last()?;
    let is_truth = symbol.signature.returns.as_deref() == Some("bool")
        || symbol.signature.returns.is_none()
            && !symbol.body.returns.is_empty()
            && symbol.body.returns.iter().all(|value| {
                matches!(value.kind, ExprKind::Bool | ExprKind::Compare | ExprKind::Not)
            });
    let is_able = symbol.signature.returns.is_none()
        && symbol.signature.returns_value
        && (last.ends_with("able") || last == "closed");
    let is_clause = words.first().is_some_and(|first| {
        is_predicate_word(first) || words.len() > 1 && verbs::find(first).is_some()
    });
    let is_glued = last.strip_prefix("is").is_some_and(is_adjective);
    if words.len() > 2
        || is_glued
        || is_clause
        || !is_adjective(last)
        || subject_param(symbol).is_some()
        || !(is_truth || is_able)
    {
        return None;
    }
    let quality = join(words);
    Some(match symbol.language {
        Language::Python => {
            Phrase::new("return", format!("whether {} is {quality}", definite(owner)))
        }
        Language::Rust => {
            Phrase::new("return", format!("`true` if {} is {quality}", definite(owner)))
        }
    })
}

/// The methods of Python's file objects.
fn stream(symbol: &Symbol, words: &[String], owner: &str) -> Option<Phrase> {
    let [only] = words else { return None };
    if symbol.language != Language::Python {
        return None;
    }
    let owner = definite(owner);
    Some(match only.as_str() {
        "tell" => Phrase::new("return", format!("the current position in {owner}")),
        "fileno" => Phrase::new("return", format!("the file descriptor of {owner}")),
        "isatty" => Phrase::new("return", format!("whether {owner} is a terminal")),
        "readline" => Phrase::new("read", format!("a line from {owner}")),
        "readlines" => Phrase::new("read", format!("the lines of {owner}")),
        "writelines" => Phrase::new("write", format!("the given lines to {owner}")),
        _ => return None,
    })
}

/// `async fn readable(&self) -> io::Result<()>`: waits for the quality.
fn awaited(symbol: &Symbol, words: &[String], owner: &str) -> Option<Phrase> {
    let [only] = words else { return None };
    let gives_nothing = match symbol.signature.returns.as_deref() {
        Some(ty) => ty.ends_with("Result<()>") || ty.starts_with("Result<(),") || ty == "None",
        None => !symbol.signature.returns_value,
    };
    let is_state = matches!(
        only.as_str(),
        "readable"
            | "writable"
            | "ready"
            | "closed"
            | "finished"
            | "changed"
            | "cancelled"
            | "notified"
            | "drained"
            | "connected"
            | "completed"
    );
    (symbol.flags.is_async && gives_nothing && is_state && subject_param(symbol).is_none())
        .then(|| Phrase::new("wait", format!("until {} is {only}", definite(owner))))
}

fn is_superlative(word: &str) -> bool {
    matches!(
        word,
        "newest"
            | "oldest"
            | "latest"
            | "smallest"
            | "largest"
            | "biggest"
            | "nearest"
            | "lowest"
            | "highest"
            | "shortest"
            | "longest"
            | "earliest"
            | "greatest"
            | "deepest"
            | "closest"
            | "first"
            | "last"
            | "next"
            | "previous"
            | "current"
            | "best"
            | "worst"
    )
}

/// `newest()`: the newest item of the owner.
fn superlative(symbol: &Symbol, words: &[String], owner: &str) -> Option<Phrase> {
    let [only] = words else { return None };
    (is_superlative(only) && symbol.signature.returns_value && subject_param(symbol).is_none())
        .then(|| Phrase::new("return", format!("the {only} item of {}", definite(owner))))
}

/// `below(threshold)`: the items below the threshold.
fn preposition(symbol: &Symbol, words: &[String], owner: &str) -> Option<Phrase> {
    let [only] = words else { return None };
    let is_place = matches!(
        only.as_str(),
        "below"
            | "above"
            | "before"
            | "after"
            | "between"
            | "within"
            | "without"
            | "inside"
            | "outside"
            | "around"
            | "near"
            | "under"
            | "over"
            | "since"
            | "until"
            | "beyond"
            | "except"
            | "matching"
            | "containing"
    );
    let param = subject_param(symbol)?;
    let is_generator = symbol.signature.is_generator;
    if !is_place || !(is_generator || symbol.signature.returns_value) {
        return None;
    }
    let values = if is_generator { &symbol.body.yields } else { &symbol.body.returns };
    let noun = match values.as_slice() {
        [value] if value.kind == ExprKind::Name && !is_generic(&value.text) && is_generator => {
            plural(&spell(&value.text))
        }
        _ if is_generator => "items".to_owned(),
        _ => return None,
    };
    let given = spelt_param(param);
    let mut phrase = Phrase::new("return", format!("the {noun} {only} the given {given}"));
    if !is_measure(&param.name) && noun == "items" {
        phrase.complement(&format!("in {}", definite(owner)));
    }
    Some(phrase)
}
