//! What a function does, as a verb and the rest of its sentence, from its name,
//! its parameters, its owner and its body. Python puts the verb into the
//! imperative, Rust into the third person.

use super::accessors::accessor_phrase;
use super::adjectives::is_adjective;
use super::bare::{bare_verb, noun_action};
use super::complements::{add_delegate, add_owner, add_returned_type, with_param};
use super::nouns::{is_generic, owner_noun};
use super::phrase::{Phrase, is_preposition, noun_phrase};
use super::predicates::{
    gives_truth, is_clause, is_predicate_word, lone_predicate, middle_clause, predicate_phrase,
    truth_phrase,
};
use super::quote::code;
use super::relations::relation_phrase;
use super::subject::{spelt_param, subject_param};
use super::switches::is_flag;
use super::verbs;
use super::verbs::Verb;
use super::words::{definite, indefinite, join, split};
use super::wrappers::{is_context_manager, request_phrase, wrapper_phrase};
use crate::docstring::{Symbol, SymbolKind};

/// What the function does.
pub(super) fn phrase(symbol: &Symbol) -> Phrase {
    let words = split(&symbol.name);
    let mut phrase = accessor_phrase(symbol, &words)
        .or_else(|| wrapper_phrase(symbol, &words))
        .or_else(|| request_phrase(symbol, &words))
        .or_else(|| relation_phrase(symbol, &words))
        .unwrap_or_else(|| {
            let mut phrase = base_phrase(symbol, &words);
            add_returned_type(symbol, &words, &mut phrase);
            add_delegate(symbol, &words, &mut phrase);
            phrase
        });
    if phrase.verb == "return" && symbol.signature.is_generator && !is_context_manager(symbol) {
        "yield".clone_into(&mut phrase.verb);
    }
    phrase
}

fn base_phrase(symbol: &Symbol, words: &[String]) -> Phrase {
    if let Some(phrase) = reread(symbol, words).or_else(|| role(symbol, words)) {
        return phrase;
    }
    let names: Vec<&str> = words.iter().map(String::as_str).collect();

    if let Some(phrase) = truth_phrase(symbol, words) {
        return phrase;
    }
    let rest = words.get(1..).unwrap_or_default();
    let owner = owner_noun(symbol);
    let the_owner = owner.as_deref().map(definite);
    match names.as_slice() {
        [] => {
            Phrase::new(if symbol.signature.returns_value { "return" } else { "run" }, "the result")
        }
        ["test", _, ..] => test_phrase(rest),
        [predicate, _, ..] if is_predicate_word(predicate) && gives_truth(symbol) => {
            predicate_phrase(symbol, words)
        }
        ["from", ..] if !rest.is_empty() => {
            let made = owner.as_deref().map_or_else(|| "an instance".to_owned(), indefinite);
            Phrase::new("create", format!("{made} from {}", object_of(rest, true)))
        }
        ["to" | "as" | "into", _, ..] => {
            conversion_phrase(symbol, &names, rest, the_owner.as_deref())
        }
        ["with", _, ..] if symbol.kind == SymbolKind::Method => {
            let made = the_owner.unwrap_or_else(|| "the object".to_owned());
            Phrase::new("return", format!("{made} with the given {}", join(rest)))
        }
        ["on", _, ..] => {
            let mut phrase = Phrase::new("handle", format!("the {} event", join(rest)));
            if let Some(owner) = the_owner {
                phrase.complement(&format!("of {owner}"));
            }
            phrase
        }
        ["main"] => Phrase::new("run", "the main program"),
        ["decorator" | "decorate", ..] if symbol.flags.is_nested => {
            Phrase::new("decorate", "the given function")
        }
        // Not that which decrements.
        ["dec" | "deco"]
            if symbol.flags.is_nested
                && subject_param(symbol).is_some_and(|param| {
                    matches!(&*param.name, "f" | "fn" | "func" | "function")
                }) =>
        {
            Phrase::new("decorate", "the given function")
        }
        ["wrapper" | "wrapped" | "inner"] if symbol.flags.is_nested => Phrase::new(
            "call",
            wrapped_callee(symbol).unwrap_or_else(|| "the wrapped function".to_owned()),
        ),
        _ if gives_truth(symbol)
            && is_clause(words)
            && let Some(clause) = middle_clause(words) =>
        {
            Phrase::new("check", format!("whether {clause}"))
        }
        ["do", _, ..] => base_phrase(symbol, rest),
        ["do"] => with_param(symbol, words, Phrase::new("perform", "the operation"), "perform"),
        [only]
            if gives_truth(symbol)
                && let Some(phrase) = lone_predicate(symbol, only) =>
        {
            phrase
        }
        ["set" | "unset", quality]
            if is_adjective(quality)
                && !matches!(*quality, "default" | "constant" | "local" | "global" | "main")
                && let Some(owner) = &the_owner
                && let Some(phrase) = marked(symbol, &names, owner) =>
        {
            phrase
        }
        ["generic", "visit"] => Phrase::new("visit", "a node that no other method visits"),
        ["visit", _, ..] => visit_phrase(symbol, words),
        _ if is_noun_here(symbol, words) => noun_action(symbol, words),
        [first, ..] => match verbs::find(first) {
            Some(verb) => verb_phrase(symbol, words, &verb),
            None if symbol.flags.is_async && *first != "async" => {
                match first.strip_prefix('a').and_then(verbs::find) {
                    Some(verb) => {
                        let mut phrase = verb_phrase(symbol, words, &verb);
                        phrase.complement("asynchronously");
                        phrase
                    }
                    None => noun_action(symbol, words),
                }
            }
            None => noun_action(symbol, words),
        },
    }
}

/// A name that means something else than its words: a marked test, a glued name.
fn reread(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let is_marked = symbol.decorators.iter().any(|decorator| {
        let name = decorator.split(['(', '[']).next().unwrap_or(decorator);
        name.rsplit(['.', ':']).next().is_some_and(|last| last == "test" || last.ends_with("_test"))
    });
    if is_marked && words.first().is_some_and(|first| first != "test") {
        return Some(test_phrase(words));
    }
    if let [only] = words
        && let Some(quality) = only.strip_prefix("is").filter(|rest| is_adjective(rest))
        && gives_truth(symbol)
    {
        return Some(predicate_phrase(symbol, &["is".to_owned(), quality.to_owned()]));
    }
    if let [only] = words
        && verbs::find(only).is_none()
    {
        // `getgroupid`, but not `getter`.
        let got = only.strip_prefix("get").filter(|rest| rest.len() > 3 && !rest.starts_with('t'));
        if let Some(object) = got.filter(|_| symbol.signature.returns_value) {
            return Some(base_phrase(symbol, &["get".to_owned(), object.to_owned()]));
        }
        if let Some(split) = glued(only).filter(|_| !symbol.signature.returns_value) {
            return Some(base_phrase(symbol, &split));
        }
    }
    None
}

/// Names of hooks and callbacks.
fn role(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let names: Vec<&str> = words.iter().map(String::as_str).collect();
    Some(match names.as_slice() {
        ["pytest", _, ..] => {
            let hook = code(&symbol.name, 50).unwrap_or_default();
            Phrase::new("implement", format!("the {hook} hook"))
        }
        [only @ ("error" | "warning")] if !symbol.signature.returns_value => {
            with_param(symbol, words, Phrase::new("report", indefinite(only)), "send")
        }
        [
            only
            @ ("callback" | "handler" | "test" | "worker" | "job" | "task" | "target" | "step"),
        ] if !symbol.signature.returns_value && owner_noun(symbol).is_none() => {
            Phrase::new("run", format!("the {only}"))
        }
        [one] if one.chars().count() == 1 && !symbol.signature.returns_value => {
            Phrase::new("run", "the function")
        }
        [_, "exists"]
            if gives_truth(symbol) && verbs::find(words.first().map_or("", |w| w)).is_none() =>
        {
            let subject = definite(&join(words.get(..1).unwrap_or_default()));
            match symbol.language {
                crate::docstring::Language::Python => {
                    Phrase::new("check", format!("whether {subject} exists"))
                }
                crate::docstring::Language::Rust => {
                    Phrase::new("return", format!("`true` if {subject} exists"))
                }
            }
        }
        _ => return None,
    })
}

/// `set_complete()`: the owner becomes it. `set_visible(visible)`: the owner is it or not.
fn marked(symbol: &Symbol, names: &[&str], owner: &str) -> Option<Phrase> {
    let quality = names.last()?;
    match symbol.signature.params.as_slice() {
        [] => {
            let negation = if names.first() == Some(&"unset") { "not " } else { "" };
            Some(Phrase::new("mark", format!("{owner} as {negation}{quality}")))
        }
        [param] if is_flag(param) && names.first() == Some(&"set") => {
            Some(Phrase::new("set", format!("whether {owner} is {quality}")))
        }
        _ => None,
    }
}

/// `visit_Name(node)`: the method of a visitor for one kind of node.
fn visit_phrase(symbol: &Symbol, words: &[String]) -> Phrase {
    let rest = words.get(1..).unwrap_or_default();
    let kind = join(rest);
    let object = match subject_param(symbol).map(|param| param.name.as_str()) {
        Some("node" | "n") if !kind.ends_with("node") && !kind.starts_with("children") => {
            indefinite(&format!("{kind} node"))
        }
        _ => definite(&kind),
    };
    Phrase::new("visit", object)
}

/// `setstate`: a verb and its object without a boundary.
fn glued(word: &str) -> Option<[String; 2]> {
    if matches!(word, "setup" | "address" | "settings" | "additional" | "popup" | "runtime") {
        return None;
    }
    let verbs = ["write", "remove", "clear", "print", "send", "show", "init", "set", "add", "put"];
    verbs.iter().find_map(|verb| {
        let rest = word.strip_prefix(verb)?;
        (rest.len() > 2).then(|| {
            let object = split(rest).into_iter().next().unwrap_or_default();
            [(*verb).to_owned(), object]
        })
    })
}

fn wrapped_callee(symbol: &Symbol) -> Option<String> {
    let call = symbol
        .body
        .calls
        .iter()
        .find(|call| call.args.iter().any(|(_, text)| text.starts_with('*')))?;
    code(&call.callee, 30)
}

fn test_phrase(rest: &[String]) -> Phrase {
    Phrase::new("test", join(rest))
}

/// `redirect_url() -> URL`: a verb that is part of a noun.
fn is_noun_here(symbol: &Symbol, words: &[String]) -> bool {
    if let [first, last] = words
        && symbol.signature.returns_value
        && matches!(first.as_str(), "start" | "end" | "stop" | "match" | "split" | "break")
        && matches!(
            last.as_str(),
            "index"
                | "offset"
                | "position"
                | "pos"
                | "time"
                | "line"
                | "column"
                | "id"
                | "ID"
                | "state"
                | "byte"
                | "point"
                | "date"
        )
    {
        return true;
    }
    let Some(ty) = symbol.signature.returns.as_deref() else { return false };
    let bare = ty.split(['[', '|', '<']).next().unwrap_or(ty).trim();
    let parts = split(bare.rsplit(['.', ':']).next().unwrap_or(bare));
    let can_be_noun = matches!(
        words.first().map(String::as_str),
        Some(
            "redirect"
                | "request"
                | "stream"
                | "cache"
                | "hash"
                | "query"
                | "count"
                | "default"
                | "display"
        )
    );
    can_be_noun && words.len() > 1 && parts.last().is_some_and(|part| words.last() == Some(part))
}

fn object_of(rest: &[String], is_new: bool) -> String {
    noun_phrase(rest, is_new)
}

fn conversion_phrase(
    symbol: &Symbol,
    names: &[&str],
    rest: &[String],
    the_owner: Option<&str>,
) -> Phrase {
    let target = indefinite(&join(rest));
    let subject = match (the_owner, subject_param(symbol)) {
        (Some(owner), _) => owner.to_owned(),
        (None, Some(param)) if !is_generic(&param.name) => {
            format!("the given {}", spelt_param(param))
        }
        (None, Some(param)) if param.name.len() == 1 => {
            code(&param.name, 1).unwrap_or_else(|| "the given value".to_owned())
        }
        (None, Some(_)) => "the given value".to_owned(),
        (None, None) => "the value".to_owned(),
    };
    match names.first() {
        Some(&"as") => Phrase::new("return", format!("{subject} as {target}")),
        Some(&"into") => Phrase::new("convert", format!("{subject} into {target}")),
        _ if rest.last().is_some_and(|last| is_adjective(last)) => {
            Phrase::new("convert", format!("{subject} to {}", join(rest)))
        }
        _ => Phrase::new("convert", format!("{subject} to {target}")),
    }
}

/// The name begins with a verb.
fn verb_phrase(symbol: &Symbol, words: &[String], verb: &Verb) -> Phrase {
    let mut text = verb.text.to_owned();
    let mut rest = words.get(1..).unwrap_or_default();
    if let [link, second, after @ ..] = rest
        && matches!(link.as_str(), "and" | "or")
        && let Some(second) = verbs::find(second)
    {
        text = format!("{text} {link} {}", second.text);
        rest = after;
    }
    if let [particle, after @ ..] = rest
        && matches!(particle.as_str(), "up" | "down" | "out" | "off" | "back" | "away")
    {
        text = format!("{text} {particle}");
        rest = after;
    }
    let is_mutable = symbol.language == crate::docstring::Language::Rust
        && rest.len() > 1
        && rest.last().is_some_and(|word| word == "mut");
    if is_mutable {
        rest = rest.get(..rest.len() - 1).unwrap_or(rest);
        if text == "return" {
            let mut phrase =
                Phrase::new("return", format!("a mutable reference to {}", object_of(rest, false)));
            add_owner(symbol, words, "of", &mut phrase);
            return with_param(symbol, words, phrase, "return");
        }
    }
    if text == "try to" {
        if let [second, after @ ..] = rest
            && let Some(second) = verbs::find(second)
        {
            text = format!("{text} {}", second.text);
            rest = after;
        } else {
            "try".clone_into(&mut text);
        }
    }
    if rest.is_empty() {
        return bare_verb(symbol, words, &text, verb);
    }
    if rest.first().is_some_and(|word| is_preposition(word))
        && let Some((verb, _)) =
            text.rsplit_once(' ').filter(|(_, last)| is_preposition(last) || *last == "about")
    {
        text = verb.to_owned();
    }
    let mut object = object_of(rest, verb.is_creative);
    if text == "return" && rest.first().is_some_and(|word| is_preposition(word)) {
        object = format!("the value {object}");
    }
    // `copy_with(host)`: what is copied is the owner.
    if object.is_empty()
        && let Some(owner) = owner_noun(symbol)
    {
        object = definite(&owner);
    }
    let mut phrase = Phrase::new(&text, object);
    let is_direction = |word: &String| {
        matches!(
            word.as_str(),
            "up" | "down" | "left" | "right" | "forward" | "backward" | "back" | "all" | "only"
        )
    };
    let has_complement = rest.iter().any(|word| is_preposition(word))
        || rest.len() > 1 && rest.last().is_some_and(is_direction);
    if !has_complement {
        add_owner(symbol, words, verb.preposition, &mut phrase);
    }
    if is_mutable {
        phrase.complement("mutably");
    }
    with_param(symbol, words, phrase, verb.text)
}
