//! `@x.setter` and `@x.deleter`: what changes a property.

use super::adjectives::is_adjective;
use super::complements::add_owner;
use super::nouns::{owner_noun, thing};
use super::phrase::Phrase;
use super::switches::is_flag;
use super::words::{definite, split};
use crate::docstring::{Param, Symbol};

/// What the setter or deleter does.
pub(super) fn accessor_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let verb = verb(symbol)?;
    if verb == "set"
        && let [quality] = words
        && is_adjective(quality)
        && symbol.signature.params.first().is_some_and(is_flag)
    {
        let owner = owner_noun(symbol).map_or_else(|| "it".to_owned(), |noun| definite(&noun));
        return Some(Phrase::new(verb, format!("whether {owner} is {quality}")));
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
    let property = property(symbol);
    Some(if is_flag(param) && split(&symbol.name).len() == 1 && is_adjective(&property) {
        "The new value.".to_owned()
    } else {
        format!("The new {property}.")
    })
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
