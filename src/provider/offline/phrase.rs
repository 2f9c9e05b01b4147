//! The parts of a sentence: a verb, its object and its complements.

use super::adjectives::{noun_for, noun_for_state};
use super::verbs;
use super::words::{capitalize, definite, expand, indefinite, is_plural, join};

/// The longest summary that still takes another complement.
pub(super) const ROOM: usize = 72;

/// A verb and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Imperative.
    pub(super) verb: String,
    /// Objects and complements.
    pub(super) rest: String,
}

impl Phrase {
    pub(super) fn new(verb: &str, rest: impl Into<String>) -> Self {
        Self { verb: verb.to_owned(), rest: rest.into() }
    }

    /// As an imperative without full stop.
    pub(super) fn imperative(&self) -> String {
        capitalize(self.joined(&self.verb).trim())
    }

    /// As a third person without full stop.
    pub(super) fn indicative(&self) -> String {
        capitalize(self.joined(&verbs::third_person(&self.verb)).trim())
    }

    pub(super) fn joined(&self, verb: &str) -> String {
        if self.rest.is_empty() { verb.to_owned() } else { format!("{verb} {}", self.rest) }
    }

    pub(super) fn length(&self) -> usize {
        self.verb.len() + self.rest.len() + 3
    }

    /// Adds a complement if there is room for it.
    pub(super) fn complement(&mut self, text: &str) -> bool {
        // `for the table for the given row`: a second one of a kind says less than it costs.
        let link = text.split(' ').next().unwrap_or_default();
        let is_double = matches!(link, "for" | "from" | "with" | "in")
            && self.rest.split(' ').any(|word| word == link);
        if text.is_empty() || is_double || self.length() + text.len() + 1 > ROOM {
            return false;
        }
        if !self.rest.is_empty() {
            self.rest.push(' ');
        }
        self.rest.push_str(text);
        true
    }
}

/// Words that begin a complement inside a name.
pub(super) fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "for"
            | "from"
            | "by"
            | "with"
            | "to"
            | "in"
            | "of"
            | "on"
            | "at"
            | "as"
            | "into"
            | "onto"
            | "per"
            | "without"
            | "over"
            | "under"
            | "between"
            | "using"
            | "via"
            | "and"
            | "or"
            | "if"
            | "when"
            | "until"
            | "before"
            | "after"
            | "against"
            | "than"
            | "through"
    )
}

/// `style for token` with articles: `the style for the token`.
pub(super) fn noun_phrase(words: &[String], is_new: bool) -> String {
    let mut phrase = String::new();
    let mut start = 0;
    let mut preposition: Option<&str> = None;
    for index in 0..=words.len() {
        let word = words.get(index).map(String::as_str);
        let ends = word.is_none_or(is_preposition);
        if !ends {
            continue;
        }
        let mut noun = join(words.get(start..index).unwrap_or_default());
        let is_thing = preposition.is_none_or(|preposition| {
            matches!(preposition, "for" | "from" | "with" | "to" | "in" | "of" | "on" | "into")
        });
        let last = words.get(start..index).and_then(<[String]>::last);
        let lacking = |last: &String| noun_for(expand(last)).or_else(|| noun_for_state(last));
        if let Some(lacking) = last.filter(|_| is_thing).and_then(lacking) {
            noun = format!("{noun} {lacking}");
        }
        if noun.is_empty() && word.is_none() && preposition.is_some() {
            // The parameter follows the preposition that ends a name.
            break;
        }
        if let Some(preposition) = preposition {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(preposition);
        }
        if !noun.is_empty() {
            let bare = matches!(
                preposition,
                Some(
                    "by" | "as"
                        | "per"
                        | "and"
                        | "or"
                        | "if"
                        | "when"
                        | "using"
                        | "without"
                        | "than"
                        | "via"
                        | "at"
                )
            );
            let leading = words.get(start).map(String::as_str).unwrap_or_default();
            let is_infinitive = preposition == Some("to") && verbs::find(leading).is_some();
            let is_bare = bare
                || is_infinitive
                || matches!(noun.as_str(), "whether" | "how" | "what" | "where" | "why")
                || preposition.is_some() && is_plural(&noun);
            let noun = match preposition {
                _ if is_bare => noun,
                None if is_new => indefinite(&noun),
                Some("to" | "into") => indefinite(&noun),
                _ => definite(&noun),
            };
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(&noun);
        }
        preposition = word;
        start = index + 1;
    }
    phrase
}
