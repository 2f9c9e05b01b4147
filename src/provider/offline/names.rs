//! What in a name is no part of what the function does: fillers, and words that say how.

use super::phrase::is_preposition;
use super::verbs;
use super::words::split;
use crate::docstring::{Language, Symbol};

/// The symbol under a name without fillers: `do_load`, `load_impl` and `load_it` load.
pub(super) fn plain(symbol: &Symbol) -> Option<Symbol> {
    if symbol.flags.is_dunder || !symbol.kind.is_callable() {
        return None;
    }
    let all = split(&symbol.name);
    let mut words: &[String] = &all;
    let is_verb = |word: Option<&String>| word.is_some_and(|word| verbs::find(word).is_some());
    while let [first, rest @ ..] = words
        && matches!(first.as_str(), "do" | "really" | "actually" | "inner" | "internal")
        && is_verb(rest.first())
    {
        words = rest;
    }
    while let [rest @ .., last] = words
        && is_verb(rest.first())
        && match last.as_str() {
            "impl" | "imp" | "helper" | "aux" => true,
            // `take_inner` takes it; `take_row_inner` is the inside of `take_row`.
            "inner" | "internal" => {
                rest.len() > 1 && rest.last().is_some_and(|word| !is_preposition(word))
            }
            _ => is_pronoun(last),
        }
    {
        words = rest;
    }
    if let [only, pronoun] = words
        && only == "do"
        && is_pronoun(pronoun)
    {
        words = words.get(..1).unwrap_or(words);
    }
    (words.len() < all.len()).then(|| Symbol { name: words.join("_"), ..symbol.clone() })
}

fn is_pronoun(word: &str) -> bool {
    matches!(word, "it" | "this" | "that" | "them" | "these" | "those" | "me" | "us")
}

/// The symbol under a name without the words that only say how, and how.
pub(super) fn manner(symbol: &Symbol) -> Option<(Symbol, &'static str)> {
    let words = split(&symbol.name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_verb = |word: &&str| verbs::find(word).is_some();
    let (kept, manner) = match words.as_slice() {
        ["maybe", kept @ ..] if kept.first().is_some_and(is_verb) => (kept.to_vec(), "if needed"),
        ["safe" | "safely", kept @ ..] if kept.first().is_some_and(is_verb) => {
            (kept.to_vec(), "safely")
        }
        ["lazy" | "lazily", kept @ ..] if kept.first().is_some_and(is_verb) => {
            (kept.to_vec(), "lazily")
        }
        ["bulk", kept @ ..] if kept.first().is_some_and(is_verb) => (kept.to_vec(), "in bulk"),
        ["async", kept @ ..] | [kept @ .., "async"] if kept.first().is_some_and(is_verb) => {
            (kept.to_vec(), "asynchronously")
        }
        [kept @ .., "recursive" | "recursively"] if kept.first().is_some_and(is_verb) => {
            (kept.to_vec(), "recursively")
        }
        [kept @ .., "inplace"] | [kept @ .., "in", "place"]
            if kept.first().is_some_and(is_verb) =>
        {
            (kept.to_vec(), "in place")
        }
        [kept @ .., adverb] if kept.first().is_some_and(is_verb) && by_adverb(adverb).is_some() => {
            (kept.to_vec(), by_adverb(adverb)?)
        }
        [kept @ .., "safely"] if kept.first().is_some_and(is_verb) => (kept.to_vec(), "safely"),
        _ if symbol.language == Language::Rust => by_rust(&words)?,
        _ => return None,
    };
    Some((Symbol { name: kept.join("_"), ..symbol.clone() }, manner))
}

/// Adverbs that end a name.
fn by_adverb(word: &str) -> Option<&'static str> {
    ["once", "twice", "again", "now", "later", "forever", "together", "immediately"]
        .into_iter()
        .find(|adverb| *adverb == word)
}

/// Manners that only names of Rust have.
fn by_rust<'a>(words: &[&'a str]) -> Option<(Vec<&'a str>, &'static str)> {
    let is_deed = |word: &str| {
        matches!(
            word,
            "drain"
                | "extend"
                | "insert"
                | "pop"
                | "push"
                | "remove"
                | "replace"
                | "retain"
                | "take"
        )
    };
    Some(match words {
        [kept @ .., "unchecked"] if !kept.is_empty() => (kept.to_vec(), "without checks"),
        [kept @ .., "unchecked", "mut"] if !kept.is_empty() => {
            ([kept, &["mut"]].concat(), "without checks")
        }
        ["swap", deed, ..] if is_deed(deed) => (words.get(1..)?.to_vec(), "with a swap"),
        ["shift", deed, ..] if is_deed(deed) => (words.get(1..)?.to_vec(), "with a shift"),
        _ => return None,
    })
}
