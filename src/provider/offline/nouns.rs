//! Nouns from the names of types and modules.

use super::adjectives::{is_adjective, noun_for};
use super::phrase::is_preposition;
use super::words::{definite, expand, is_plural, join, split};
use crate::docstring::Symbol;

/// The noun for the class or type around a symbol, if it says something.
pub(super) fn owner_noun(symbol: &Symbol) -> Option<String> {
    let owner = symbol.owner.as_ref()?;
    if owner.flags.is_test {
        return None;
    }
    let noun = short_noun(&owner.name);
    let is_named = ["error", "exception", "warning"].iter().any(|end| noun.ends_with(end));
    if noun.split(' ').next().is_some_and(is_preposition) {
        return Some("value".to_owned());
    }
    if let Some(lacking) = noun_for(&noun) {
        return Some(format!("{noun} {lacking}"));
    }
    if owner.flags.is_exception && !is_named {
        return Some("exception".to_owned());
    }
    (!noun.is_empty()).then_some(noun)
}

/// The words of a name; a lone quality gets a noun: `missing: int` is the missing count.
pub(super) fn thing(name: &str, ty: Option<&str>) -> String {
    let words = split(name);
    let noun = join(&words);
    match words.as_slice() {
        [only] if is_adjective(expand(only)) => {
            let lacking = if ty == Some("int") { "count" } else { "value" };
            format!("{noun} {lacking}")
        }
        _ => noun,
    }
}

/// Whether a name is a public class's by PEP 8 (`CapWords`), and not a constant's or a type
/// variable's.
pub(super) fn is_class(name: &str) -> bool {
    name.len() > 2
        && name.starts_with(char::is_uppercase)
        && name.chars().all(char::is_alphanumeric)
}

/// The noun that a type's name holds: `BaseHTTPAdapter` gives `HTTP adapter`.
pub(super) fn type_noun(name: &str) -> String {
    let all = split(name);
    mutable(noun_words(&all))
}

/// The words of a type's name without what only says how it is used.
pub(super) fn noun_words(all: &[String]) -> &[String] {
    let mut words = all;
    while let [first, rest @ ..] = words
        && !rest.is_empty()
        && matches!(first.as_str(), "base" | "abstract" | "abc")
    {
        words = rest;
    }
    while let [rest @ .., last] = words
        && !rest.is_empty()
        && matches!(last.as_str(), "mixin" | "base" | "impl" | "abc" | "t" | "protocol")
    {
        words = rest;
    }
    words
}

/// The noun for a type in passing: no complement, at most the last words.
pub(super) fn short_noun(name: &str) -> String {
    let all = split(name);
    let mut words = noun_words(&all);
    if let Some(at) = words.iter().position(|word| is_preposition(word))
        && at > 0
    {
        // `DontReadFromInput` is an input, and no "dont read".
        let is_deed = words
            .first()
            .is_some_and(|first| matches!(first.as_str(), "dont" | "do" | "no" | "not" | "never"));
        words = if is_deed { words.get(at + 1..) } else { words.get(..at) }.unwrap_or(words);
    }
    if words.len() > 3 {
        words = words.get(words.len() - 2..).unwrap_or(words);
    }
    mutable(words)
}

/// `IterMut` is a mutable iter.
fn mutable(words: &[String]) -> String {
    match words {
        [rest @ .., last] if last == "mut" && !rest.is_empty() => format!("mutable {}", join(rest)),
        _ => join(words),
    }
}

/// Names that say nothing by themselves.
pub(super) fn is_generic(name: &str) -> bool {
    let name = name.trim_matches('_');
    name.len() < 2
        || matches!(
            name,
            "value"
                | "val"
                | "obj"
                | "object"
                | "arg"
                | "args"
                | "kwargs"
                | "kwds"
                | "kw"
                | "x"
                | "other"
                | "instance"
                | "param"
                | "thing"
                | "res"
                | "result"
                | "ret"
                | "rv"
                | "out"
                | "self"
                | "cls"
                | "default"
                | "options"
                | "opts"
                | "params"
                | "parameters"
                | "arguments"
                | "this"
                | "what"
                | "it"
                | "toReturn"
                | "to_return"
        )
}

/// Whether a word is one: not an abbreviation that cannot be spelt out.
pub(super) fn is_readable(word: &str) -> bool {
    let full = expand(word);
    full.len() > 2 && full.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y'])
        || word.chars().all(char::is_uppercase)
}

/// The singular of a plural noun phrase.
pub(super) fn singular(noun: &str) -> Option<String> {
    if !is_plural(noun) {
        return None;
    }
    if let Some(stem) = noun.strip_suffix("ies") {
        return Some(format!("{stem}y"));
    }
    if ["sses", "xes", "ches", "shes"].iter().any(|end| noun.ends_with(end)) {
        return noun.strip_suffix("es").map(str::to_owned);
    }
    noun.strip_suffix('s').map(str::to_owned)
}

/// What the module is about, if its name says so.
pub(super) fn module_noun(symbol: &Symbol) -> Option<String> {
    let is_telling = symbol.module.len() > 3
        && !symbol.flags.is_nested
        && !matches!(
            symbol.module.trim_matches('_'),
            "utils"
                | "util"
                | "main"
                | "core"
                | "base"
                | "common"
                | "helpers"
                | "init"
                | "compat"
                | "misc"
                | "tools"
                | "types"
                | "typing"
                | "models"
                | "test"
                | "tests"
                | "conftest"
                | "setup"
                | "internal"
                | "impl"
                | "functions"
        );
    let words = split(&symbol.module);
    let noun = join(&words);
    let own = split(&symbol.name);
    (is_telling && !noun.is_empty() && !words.iter().any(|word| own.contains(word)))
        .then(|| definite(&noun))
}

/// A noun for something that acts: parser, handler, iterator.
pub(super) fn is_agent(noun: &str) -> bool {
    noun.len() > 5
        && (noun.ends_with("er") || noun.ends_with("or"))
        && !matches!(
            noun,
            "header"
                | "number"
                | "parameter"
                | "buffer"
                | "error"
                | "color"
                | "vector"
                | "container"
                | "pointer"
                | "folder"
                | "character"
                | "order"
                | "layer"
                | "border"
                | "cursor"
                | "descriptor"
                | "identifier"
                | "integer"
                | "operator"
                | "member"
                | "register"
                | "user"
                | "server"
                | "paper"
                | "corner"
                | "letter"
        )
}

/// Whether the owner is named after the verb: a receiver receives.
pub(super) fn is_doer_of(owner: &str, words: &[String]) -> bool {
    let last = owner.rsplit(' ').next().unwrap_or(owner);
    let verb = words.last().map(|word| expand(word)).unwrap_or_default();
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    stem.len() > 2
        && last.len() > verb.len()
        && last.starts_with(stem)
        && (last.ends_with("er") || last.ends_with("or"))
}
