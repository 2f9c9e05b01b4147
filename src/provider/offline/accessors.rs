//! `@x.setter` and `@x.deleter`: what changes a property.

use super::adjectives::is_adjective;
use super::complements::add_owner;
use super::nouns::{owner_noun, thing};
use super::phrase::Phrase;
use super::switches::is_flag;
use super::words::{definite, sentence, split};
use crate::docstring::{Param, Symbol};

/// What the setter or deleter does.
pub(super) fn accessor_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let verb = verb(symbol)?;
    if let Some(state) = state(symbol, words).filter(|_| verb == "set") {
        return Some(Phrase::new(verb, state));
    }
    let mut phrase = Phrase::new(verb, definite(&property(symbol)));
    add_owner(symbol, words, "of", &mut phrase);
    Some(phrase)
}

/// What the setter is given.
pub(super) fn new_value(symbol: &Symbol, param: &Param) -> Option<String> {
    let is_telling = split(&param.name).iter().any(|word| !matches!(word.as_str(), "value" | "v"));
    if verb(symbol) != Some("set") || is_telling {
        return None;
    }
    let state = state(symbol, &split(&symbol.name));
    Some(sentence(&state.unwrap_or_else(|| format!("the new {}", property(symbol)))))
}

/// A quality that the owner has or has not: `whether the client is frozen`.
fn state(symbol: &Symbol, words: &[String]) -> Option<String> {
    let [quality] = words else { return None };
    let is_state = is_adjective(quality) && symbol.signature.params.first().is_some_and(is_flag);
    let owner = owner_noun(symbol).filter(|_| is_state)?;
    Some(format!("whether {} is {quality}", definite(&owner)))
}

fn verb(symbol: &Symbol) -> Option<&'static str> {
    symbol.decorators.iter().filter(|_| symbol.flags.is_accessor).find_map(|decorator| {
        match decorator.rsplit('.').next()? {
            "setter" => Some("set"),
            "deleter" => Some("delete"),
            _ => None,
        }
    })
}

/// The noun of the property.
fn property(symbol: &Symbol) -> String {
    let ty = symbol.signature.params.first().and_then(|param| param.ty.as_deref());
    thing(&symbol.name, ty)
}
