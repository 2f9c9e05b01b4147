//! Functions and properties that answer yes or no.

use super::adjectives::{is_adjective, is_quality};
use super::nouns::{is_generic, owner_noun};
use super::phrase::{Phrase, is_preposition, noun_phrase};
use super::quote::code;
use super::subject::{required_params, spelt_param, subject_param};
use super::verbs;
use super::words::{definite, expand, indefinite, join};
use crate::docstring::{Language, Param, Symbol};

pub(super) fn is_predicate_word(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "were"
            | "has"
            | "have"
            | "had"
            | "can"
            | "could"
            | "should"
            | "must"
            | "will"
            | "would"
            | "does"
            | "supports"
            | "needs"
            | "requires"
            | "contains"
            | "allows"
            | "uses"
            | "accepts"
            | "includes"
            | "matches"
            | "exists"
            | "starts"
            | "ends"
            | "wants"
            | "may"
            | "did"
    )
}

/// Whether what comes back is a yes or no, or unknown.
pub(super) fn gives_truth(symbol: &Symbol) -> bool {
    let annotated = symbol.signature.returns.as_deref();
    annotated
        .is_none_or(|ty| ty.contains("bool") || ty.contains("TypeGuard") || ty.contains("TypeIs"))
        && (symbol.signature.returns_value || symbol.body.is_stub)
}

/// `whether the table is empty`, without the verb in front.
pub(super) fn predicate_clause(symbol: &Symbol, words: &[String]) -> String {
    let mut words = words;
    let subject_param = subject_param(symbol);
    let speaks_of_param =
        matches!(words.first().map(String::as_str), Some("is" | "are" | "was" | "were"));
    let subject = match (owner_noun(symbol), subject_param) {
        (Some(owner), None) => definite(&owner),
        (Some(owner), Some(_)) if !speaks_of_param => definite(&owner),
        (_, Some(_)) if speaks_of_param && let Some(param) = spoken_of(symbol, words) => {
            words = words.get(..words.len() - 1).unwrap_or(words);
            format!("the given {}", spelt_param(param))
        }
        (_, Some(param)) if !is_generic(&param.name) => format!("the given {}", spelt_param(param)),
        (_, Some(param)) if matches!(param.name.as_str(), "obj" | "object") => {
            "the given object".to_owned()
        }
        (_, Some(param)) if matches!(param.name.as_str(), "cls" | "klass") => {
            "the given class".to_owned()
        }
        // A letter stands for something that its own name says best.
        (_, Some(param)) if param.name.len() == 1 => {
            code(&param.name, 1).unwrap_or_else(|| "the given value".to_owned())
        }
        (_, Some(_)) => "the given value".to_owned(),
        (None, None) => String::new(),
    };
    let (predicate, rest) =
        words.split_first().map_or(("is", words), |(p, rest)| (p.as_str(), rest));
    let complement = join(rest);
    let last = rest.last().map(String::as_str).unwrap_or_default();
    let first = rest.first().map(String::as_str).unwrap_or_default();
    let text = match predicate {
        "is" if last == "set" && rest.len() > 1 => {
            format!("the {} is set", join(rest.get(..rest.len() - 1).unwrap_or_default()))
        }
        "is" | "was" | "are" | "were" => {
            let negation = if first == "not" { "not " } else { "" };
            let complement = complement.strip_prefix("not ").unwrap_or(&complement);
            let mentions = !subject.is_empty() && subject.ends_with(&format!(" {complement}"));
            if mentions {
                return format!("{subject} is one");
            }
            let end = rest.iter().skip(1).position(|word| is_preposition(word));
            let head = end.and_then(|end| rest.get(end)).map_or(last, String::as_str);
            let bare = is_quality(head)
                || is_preposition(first)
                || is_adjective(first)
                    && rest.len() > 1
                    && is_preposition(rest.get(1).map(String::as_str).unwrap_or_default());
            let complement = if bare { complement.to_owned() } else { indefinite(complement) };
            let verb = if predicate == "are" { "are" } else { "is" };
            if subject.is_empty() {
                format!("this {verb} {negation}{complement}")
            } else {
                format!("{subject} {verb} {negation}{complement}")
            }
        }
        "has" | "have" | "contains" | "needs" | "requires" | "wants" | "supports" | "uses"
        | "includes" | "accepts" => {
            let verb = if predicate == "have" { "has" } else { predicate };
            let bare = is_adjective(last) || matches!(last, "support");
            let is_given = subject_param.is_some_and(|param| spelt_param(param) == complement);
            let complement = if is_given {
                format!("the given {complement}")
            } else if bare {
                complement
            } else {
                indefinite(&complement)
            };
            match (subject.is_empty(), verb) {
                (true, "has") => format!("there is {complement}"),
                (true, _) => format!("it {verb} {complement}"),
                _ => format!("{subject} {verb} {complement}"),
            }
        }
        "can" | "could" | "should" | "must" | "will" | "would" | "may" | "does" | "did" => {
            if verbs::find(first).is_some() && rest.len() > 1 {
                let object = noun_phrase(rest.get(1..).unwrap_or_default(), true);
                format!("{subject} {predicate} {} {object}", expand(first))
            } else {
                format!("{subject} {predicate} {complement}")
            }
        }
        _ => format!("{subject} {predicate} {complement}"),
    };
    text.trim().to_owned()
}

/// `is_maximal_matching(G, matching)` speaks of the matching.
fn spoken_of<'a>(symbol: &'a Symbol, words: &[String]) -> Option<&'a Param> {
    let [_, .., quality, last] = words else { return None };
    if words.len() < 3 || !is_quality(quality) {
        return None;
    }
    required_params(symbol).find(|param| param.name == *last)
}

/// A predicate that is the whole name: `contains(item)`.
pub(super) fn lone_predicate(symbol: &Symbol, word: &str) -> Option<Phrase> {
    let owner = definite(&owner_noun(symbol)?);
    let takes_object = matches!(
        word,
        "contains"
            | "has"
            | "matches"
            | "accepts"
            | "includes"
            | "supports"
            | "allows"
            | "uses"
            | "equals"
            | "intersects"
            | "overlaps"
            | "covers"
            | "precedes"
            | "follows"
    );
    let clause = match subject_param(symbol) {
        Some(param) if takes_object => {
            let object = match spelt_param(param) {
                spelt if spelt == "other" => "another".to_owned(),
                _ if is_generic(&param.name) => "the given value".to_owned(),
                spelt => format!("the given {spelt}"),
            };
            format!("{owner} {word} {object}")
        }
        None if word == "exists" => format!("{owner} exists"),
        _ => return None,
    };
    Some(match symbol.language {
        Language::Python => Phrase::new("check", format!("whether {clause}")),
        Language::Rust => Phrase::new("return", format!("`true` if {clause}")),
    })
}

/// Predicates that stand between a subject and its complement.
fn is_middle_predicate(word: &str) -> bool {
    matches!(
        word,
        "is" | "has" | "can" | "should" | "needs" | "matches" | "contains" | "exists" | "supports"
    )
}

/// `path_matches_patterns`, `no_args_is_help`: the name is a clause.
pub(super) fn is_clause(words: &[String]) -> bool {
    let starts = words.first().is_some_and(|first| verbs::find(first).is_none());
    starts && words.len() > 2 && words.iter().skip(1).any(|word| is_middle_predicate(word))
}

/// Such a clause in words, if its subject is one word.
pub(super) fn middle_clause(words: &[String]) -> Option<String> {
    let [subject, predicate, rest @ ..] = words else { return None };
    if !is_middle_predicate(predicate) || rest.is_empty() {
        return None;
    }
    let last = rest.last().map(String::as_str).unwrap_or_default();
    let complement = join(rest);
    let bare = is_adjective(last) || matches!(predicate.as_str(), "can" | "should");
    let complement = if bare { complement } else { indefinite(&complement) };
    Some(format!("the {} {predicate} {complement}", expand(subject)))
}

pub(super) fn predicate_phrase(symbol: &Symbol, words: &[String]) -> Phrase {
    let is_advice = matches!(words.first().map(String::as_str), Some("should" | "must"));
    if is_advice && owner_noun(symbol).is_none() && symbol.language == Language::Python {
        let rest = words.get(1..).unwrap_or_default();
        if let Some((first, object)) = rest.split_first()
            && let Some(verb) = verbs::find(first)
        {
            let object = noun_phrase(object, false);
            return Phrase::new(
                "check",
                format!("whether to {} {object}", verb.text).trim().to_owned(),
            );
        }
    }
    let clause = predicate_clause(symbol, words);
    match symbol.language {
        Language::Python => Phrase::new("check", format!("whether {clause}")),
        Language::Rust => Phrase::new("return", format!("`true` if {clause}")),
    }
}

/// `get_cookie_secure() -> bool`: whether the cookie is secure.
pub(super) fn truth_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let rest = match words {
        [first, rest @ ..] if first == "get" => rest,
        _ => return None,
    };
    let (last, subject) = rest.split_last()?;
    let is_truth = symbol.signature.returns.as_deref() == Some("bool");
    if !is_truth || subject.is_empty() || !is_adjective(last) {
        return None;
    }
    Some(Phrase::new("check", format!("whether {} is {last}", definite(&join(subject)))))
}
