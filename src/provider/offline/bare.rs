//! What a function does whose name is a verb alone, or no verb at all.

use super::adjectives::is_adjective;
use super::complements::{add_owner, with_param};
use super::failures::only_raise;
use super::nouns::{is_agent, is_doer_of, is_generic, module_noun, owner_noun, singular};
use super::phrase::{Phrase, is_preposition, noun_phrase};
use super::quote::code;
use super::subject::{is_ambient, is_key, is_measure, spelt_param, subject_param};
use super::verbs;
use super::verbs::Verb;
use super::words::{article, definite, indefinite, join, split};
use crate::docstring::{ExprKind, Param, Symbol};

/// The name is a verb only: what it acts on is a parameter or the owner.
pub(super) fn bare_verb(symbol: &Symbol, words: &[String], text: &str, verb: &Verb) -> Phrase {
    let owner = owner_noun(symbol);
    let param = subject_param(symbol);
    if text == "return" {
        let mut phrase = match param {
            Some(param) => {
                Phrase::new("return", format!("the value for the given {}", spelt_param(param)))
            }
            None => Phrase::new(
                "return",
                format!("the value of the {}", owner.as_deref().unwrap_or("result")),
            ),
        };
        if param.is_some()
            && let Some(owner) = owner
        {
            phrase.complement(&format!("from the {owner}"));
        }
        return phrase;
    }
    if let (Some(param), Some(owner)) = (param, &owner)
        && (is_measure(&param.name) || is_ambient(&param.name))
        && !matches!(verb.preposition, "to" | "onto" | "from" | "into")
    {
        let mut phrase = Phrase::new(text, format!("the {owner}"));
        if !is_ambient(&param.name) {
            phrase.complement(&format!("with the given {}", spelt_param(param)));
        }
        return phrase;
    }
    if let (Some(param), Some(owner)) = (param, &owner)
        && let Some(phrase) = keyed(param, owner, text)
    {
        return phrase;
    }
    if let Some(param) = param {
        let spelt = spelt_param(param);
        let object = match spelt.as_str() {
            _ if param.name.len() < 2 => "the given value".to_owned(),
            "arguments" | "args" => "the arguments".to_owned(),
            "other" => "another object".to_owned(),
            _ if verb.is_creative => indefinite(&spelt),
            _ => format!("the given {spelt}"),
        };
        let mut phrase = Phrase::new(text, object);
        // What is handed in is no part of the owner.
        match verb.preposition {
            "of" if owner.as_deref().is_some_and(is_agent) => {
                add_owner(symbol, words, "with", &mut phrase);
            }
            "of" => {}
            preposition => add_owner(symbol, words, preposition, &mut phrase),
        }
        return phrase;
    }
    let makes = matches!(
        text,
        "return"
            | "create"
            | "build"
            | "compute"
            | "calculate"
            | "generate"
            | "load"
            | "find"
            | "parse"
    );
    match owner {
        Some(owner) if is_doer_of(&owner, words) => {
            let preposition =
                if matches!(verb.preposition, "of" | "for") { "with" } else { verb.preposition };
            Phrase::new(text, format!("{preposition} the {owner}"))
        }
        Some(owner) => {
            let link = match text.rsplit(' ').next() {
                Some("receive" | "read") => "from ",
                Some("write") => "to ",
                Some("send") => "through ",
                _ => "",
            };
            let link = if file_of(symbol, text).is_some() { "" } else { link };
            let mut phrase = Phrase::new(text, format!("{link}the {owner}"));
            if let Some(place) = file_of(symbol, text) {
                phrase.complement(&place);
            }
            phrase
        }
        None if makes => Phrase::new(text, result_noun(symbol)),
        None => Phrase::new(text, module_noun(symbol).unwrap_or_default()),
    }
}

/// A verb that acts on what a key names.
fn keyed(param: &Param, owner: &str, text: &str) -> Option<Phrase> {
    let takes_key = matches!(
        text,
        "delete"
            | "remove"
            | "pop"
            | "find"
            | "look up"
            | "fetch"
            | "discard"
            | "load"
            | "unset"
            | "set"
    );
    if !is_key(&param.name) || !takes_key {
        return None;
    }
    let place = if matches!(text, "set" | "find" | "look up") { "in" } else { "from" };
    let item = singular(owner)
        .map_or_else(|| format!("an item {place} the {owner}"), |one| indefinite(&one));
    Some(Phrase::new(text, format!("{item} by {}", spelt_param(param))))
}

/// `open(self.path)` in a method that loads or saves: where from or where to.
fn file_of(symbol: &Symbol, verb: &str) -> Option<String> {
    let link = match verb {
        "load" | "read" | "restore" | "import" => "from",
        "save" | "write" | "dump" | "store" | "export" => "to",
        _ => return None,
    };
    let call = symbol.body.calls.iter().find(|call| call.callee == "open")?;
    let (_, path) = call.args.first()?;
    let is_own = path
        .strip_prefix("self.")
        .is_some_and(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
    if is_own { code(path, 30).map(|path| format!("{link} {path}")) } else { None }
}

/// What comes out, when nothing else names it.
fn result_noun(symbol: &Symbol) -> String {
    let named = symbol
        .body
        .returns
        .iter()
        .find(|value| value.kind == ExprKind::Name && !is_generic(&value.text));
    named.map_or_else(String::new, |value| definite(&join(&split(&value.text))))
}

/// The name is a noun: it names what comes out.
pub(super) fn noun_action(symbol: &Symbol, words: &[String]) -> Phrase {
    let is_factory = words.first().is_some_and(|word| word == "new");
    if is_factory {
        let rest = words.get(1..).unwrap_or_default();
        let made = if rest.is_empty() {
            owner_noun(symbol).unwrap_or_else(|| "instance".to_owned())
        } else {
            join(rest)
        };
        return with_param(symbol, words, Phrase::new("create", format!("a new {made}")), "create");
    }
    if !symbol.signature.returns_value
        && let [object, last] = words
        && let Some(verb) = verbs::find(last)
        && !matches!(object.as_str(), "pre" | "post" | "re" | "un" | "non" | "sub" | "auto")
        && !matches!(
            last.as_str(),
            "request"
                | "help"
                | "list"
                | "format"
                | "end"
                | "start"
                | "log"
                | "map"
                | "set"
                | "filter"
                | "match"
                | "group"
                | "call"
        )
    {
        return with_param(
            symbol,
            words,
            Phrase::new(verb.text, noun_phrase(std::slice::from_ref(object), false)),
            verb.text,
        );
    }
    if let [thing, event] = words
        && !symbol.signature.returns_value
        && !symbol.signature.is_generator
        && (event.ends_with("ed") || matches!(event.as_str(), "made" | "lost" | "sent"))
    {
        let swapped = format!("the {event} {}", join(std::slice::from_ref(thing)));
        return with_param(symbol, words, Phrase::new("handle", swapped), "return");
    }
    if let [only] = words
        && is_adjective(only)
        && symbol.signature.returns_value
        && !symbol.signature.is_generator
        && !symbol.flags.is_nested
    {
        let noun = match symbol.signature.returns.as_deref().unwrap_or_default() {
            "int" | "usize" | "u64" | "u32" => "count",
            _ => "value",
        };
        let mut phrase = Phrase::new("return", format!("the {only} {noun}"));
        add_owner(symbol, words, "of", &mut phrase);
        return with_param(symbol, words, phrase, "return");
    }
    if let Some(raise) = only_raise(symbol).filter(|_| !symbol.body.is_stub)
        && let Some(exception) = code(&raise.exception, 60)
    {
        return Phrase::new("raise", format!("{} {exception}", article(&exception)));
    }
    let comes_back = symbol.signature.is_generator || symbol.signature.returns_value;
    let verb = if comes_back { "return" } else { "handle" };
    let mut phrase = Phrase::new(verb, noun_phrase(words, false));
    if !words.iter().any(|word| is_preposition(word)) {
        add_owner(symbol, words, "of", &mut phrase);
    }
    with_param(symbol, words, phrase, "return")
}
