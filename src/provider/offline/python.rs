//! Summaries of Python definitions.

use super::adjectives::is_adjective;
use super::nouns::{owner_noun, type_noun};
use super::phrase::noun_phrase;
use super::predicates::{is_predicate_word, predicate_clause};
use super::quote::{code, is_safe};

use super::words::{
    capitalize, definite, indefinite, is_plural, join, list, sentence, spell, split,
};
use super::{Words, action, dunders};
use crate::docstring::{Symbol, SymbolKind};

/// The summary of any Python symbol.
pub(super) fn summary(symbol: &Symbol) -> Words {
    match symbol.kind {
        SymbolKind::Module => module(symbol),
        SymbolKind::Class => class(symbol),
        SymbolKind::Property => property(symbol),
        _ => function(symbol),
    }
}

fn function(symbol: &Symbol) -> Words {
    if symbol.name == "__init__" {
        return initializer(symbol);
    }
    if symbol.flags.is_dunder {
        let owner = owner_noun(symbol).unwrap_or_default();
        let first = symbol.signature.params.first().map(|param| param.name.as_str());
        if let Some(text) = dunders::summary(&symbol.name, &owner, first) {
            return Words::known(&sentence(&text));
        }
        let name = split(&symbol.name);
        let mut text = format!("implement the {} protocol", join(&name));
        if !owner.is_empty() {
            text = format!("{text} for the {owner}");
        }
        return Words::guess(&sentence(&text));
    }
    Words::known(&sentence(&action::phrase(symbol).imperative()))
}

/// `__init__`: what it is given.
fn initializer(symbol: &Symbol) -> Words {
    let owner = owner_noun(symbol).unwrap_or_else(|| "instance".to_owned());
    let given: Vec<String> = symbol
        .signature
        .params
        .iter()
        .filter(|param| {
            param.name.len() > 1 && !matches!(param.name.as_str(), "args" | "kwargs" | "kwds")
        })
        .map(|param| spell(&param.name))
        .collect();
    let plain = format!("Initialize the {owner}.");
    if given.is_empty() {
        return Words::known(&plain);
    }
    let listed = list(
        &given
            .iter()
            .enumerate()
            .map(|(i, p)| if i == 0 { format!("the given {p}") } else { p.clone() })
            .collect::<Vec<_>>(),
    );
    let text = format!("Initialize the {owner} with {listed}.");
    if given.len() <= 3 && text.len() <= 72 { Words::known(&text) } else { Words::known(&plain) }
}

/// A noun phrase, as for an attribute.
fn property(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    let first = words.first().map(String::as_str).unwrap_or_default();
    if words.len() > 1 && is_predicate_word(first) {
        return Words::known(&sentence(&format!("whether {}", predicate_clause(symbol, &words))));
    }
    let owner = owner_noun(symbol);
    let is_flag = symbol.signature.returns.as_deref() == Some("bool");
    if is_flag {
        let subject = owner.as_deref().map_or_else(|| "it".to_owned(), definite);
        return Words::known(&sentence(&format!("whether {subject} is {}", join(&words))));
    }
    let words = match words.as_slice() {
        [first, rest @ ..] if first == "get" && !rest.is_empty() => rest.to_vec(),
        _ => words,
    };
    let mut text = noun_phrase(&words, false);
    if let Some(owner) = owner
        && !words.iter().any(|word| owner.split(' ').next_back() == Some(word.as_str()))
    {
        text = format!("{text} of the {owner}");
    }
    if symbol.signature.returns.as_deref() == Some("bytes") && !text.contains("bytes") {
        text = format!("{text} as bytes");
    }
    Words::known(&sentence(&text))
}

fn class(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    let noun = type_noun(&symbol.name);
    let first = words.first().map(String::as_str).unwrap_or_default();
    let last = words.last().map(String::as_str).unwrap_or_default();
    if symbol.flags.is_test || first == "test" && words.len() > 1 {
        let rest = if first == "test" { words.get(1..).unwrap_or_default() } else { &words };
        return Words::known(&sentence(&format!("tests of {}", join(rest))));
    }
    if symbol.flags.is_exception {
        return exception(&words);
    }
    if symbol.flags.is_enum {
        return Words::known(&sentence(&format!("the possible {}", plural(&noun))));
    }
    if last == "mixin" {
        let rest = words.get(..words.len().saturating_sub(1)).unwrap_or_default();
        return Words::known(&sentence(&format!("mixin that adds {} behavior", join(rest))));
    }
    if matches!(first, "base" | "abstract") || last == "base" {
        return Words::known(&sentence(&format!("base class of {}", plural(&noun))));
    }
    if symbol.flags.is_interface {
        return Words::known(&sentence(&format!("interface of {}", indefinite(&noun))));
    }
    let own = noun_phrase(&words, true);
    let mut text = if noun.ends_with(join(&words).as_str()) && !own.is_empty() {
        own
    } else {
        indefinite(&noun)
    };
    let is_related = |base: &str| {
        let parts = split(base.split(['[', '(']).next().unwrap_or(base));
        parts.last().is_some_and(|part| part == last)
    };
    let base = symbol.bases.iter().find(|base| is_telling(base) && is_related(base));
    if let Some(base) = base {
        let class = base.split(['[', '(']).next().unwrap_or(base);
        if let Some(quoted) = code(class, 40) {
            text = format!("{text} based on {quoted}");
        }
    }
    if capitalize(&text) == symbol.name {
        text = definite(&noun);
    }
    Words::known(&sentence(&text))
}

fn is_telling(base: &str) -> bool {
    let class = base.split(['[', '(']).next().unwrap_or(base);
    let last = class.rsplit('.').next().unwrap_or(class);
    !base.contains('=')
        && !matches!(
            last,
            "object" | "Generic" | "ABC" | "Protocol" | "" | "NamedTuple" | "TypedDict"
        )
}

fn exception(words: &[String]) -> Words {
    let last = words.last().map(String::as_str).unwrap_or_default();
    let noun = join(words);
    if last == "warning" {
        return Words::guess(&sentence(&indefinite(&noun)));
    }
    Words::guess(&sentence(&format!("raised on {}", indefinite(&noun))))
}

/// The plural of a noun phrase.
pub(super) fn plural(noun: &str) -> String {
    if is_plural(noun) || noun.is_empty() {
        return noun.to_owned();
    }
    let stem = noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match stem {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| noun.ends_with(end)) => {
            format!("{noun}es")
        }
        None => format!("{noun}s"),
    }
}

fn module(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    if words.first().is_some_and(|w| w == "test") && words.len() > 1 {
        return Words::known(&sentence(&format!(
            "tests of {}",
            join(words.get(1..).unwrap_or_default())
        )));
    }
    let public: Vec<String> = symbol
        .children
        .iter()
        .filter(|name| !name.starts_with('_') && !name.contains('#'))
        .filter_map(|name| code(name, 40))
        .collect();
    let mut unique: Vec<String> = Vec::new();
    for name in public {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    let all = format!("Define {}.", list(&unique));
    if !unique.is_empty() && unique.len() <= 4 && all.len() <= 76 {
        return Words::known(&all);
    }
    let noun = join(&words);
    if unique.is_empty() {
        return Words::guess(&if noun.is_empty() {
            "Package contents.".to_owned()
        } else {
            sentence(&format!("definitions for {noun}"))
        });
    }
    let shown: Vec<String> = unique.iter().take(3).cloned().collect();
    let text = format!("Define {} and more.", shown.join(", "));
    if text.len() <= 76 {
        Words::known(&text)
    } else {
        Words::known(&format!("Define {} and more.", unique.first().cloned().unwrap_or_default()))
    }
}

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
    if ty == Some("bool") {
        let noun = type_noun(&symbol.name);
        if is_predicate_word(first) && words.len() > 1 {
            return Words::known(&sentence(&format!("whether the {noun} {}", join(&words))));
        }
        if is_adjective(words.last().map(String::as_str).unwrap_or_default()) {
            return Words::known(&sentence(&format!("whether the {noun} is {}", join(&words))));
        }
    }
    if symbol.flags.is_enum {
        return Words::guess(&sentence(&format!(
            "the {} {}",
            join(&words),
            type_noun(&symbol.name)
        )));
    }
    let text = definite(&noun_phrase(&words, false));
    if text.is_empty() {
        return Words::guess("An attribute.");
    }
    Words::guess(&sentence(&text))
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
