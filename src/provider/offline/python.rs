//! Summaries of Python definitions.

use super::adjectives::is_adjective;
use super::complements::made_class;
use super::nouns::{owner_noun, thing, type_noun};
use super::phrase::noun_phrase;
use super::predicates::{is_predicate_word, middle_clause, predicate_clause};
use super::quote::code;

use super::outcomes::either;
use super::phrase::is_preposition;
use super::words::{capitalize, definite, indefinite, is_plural, join, list, sentence, split};
use super::{Words, action, dunders, names, verbs};
use crate::docstring::{ExprKind, Language, Symbol, SymbolKind};

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
        let name = code(&symbol.name, 50).unwrap_or_else(|| "the protocol".to_owned());
        let mut text = format!("implement {name}");
        if !owner.is_empty() {
            text = format!("{text} for the {owner}");
        }
        return Words::guess(&sentence(&text));
    }
    let text = match names::manner(symbol) {
        Some((plain, manner)) => format!("{} {manner}", action::phrase(&plain).imperative()),
        None => action::phrase(symbol).imperative(),
    };
    Words::known(&sentence(&text))
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
        .map(|param| thing(&param.name, param.ty.as_deref()))
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
    if given.len() == 1 && text.len() <= 72 { Words::known(&text) } else { Words::known(&plain) }
}

/// The other public attribute that is all that a property returns.
fn alias_of(symbol: &Symbol) -> Option<&str> {
    let [value] = symbol.body.returns.as_slice() else { return None };
    let name = value.text.strip_prefix("self.").filter(|_| value.kind == ExprKind::Attribute)?;
    let is_other = !name.starts_with('_') && !name.contains('.') && name != symbol.name;
    (is_other && symbol.body.statements == 1).then_some(name)
}

/// Whether a property gives a yes or no, by its annotation or by all that it returns.
fn is_truth(symbol: &Symbol) -> bool {
    let returned = &symbol.body.returns;
    match symbol.signature.returns.as_deref() {
        Some(ty) => ty == "bool",
        None => {
            !returned.is_empty()
                && returned.iter().all(|value| {
                    matches!(value.kind, ExprKind::Bool | ExprKind::Compare | ExprKind::Not)
                        || value.kind == ExprKind::Call
                            && matches!(
                                value.head.as_deref(),
                                Some("all" | "any" | "bool" | "isinstance" | "hasattr")
                            )
                })
        }
    }
}

/// A noun phrase, as for an attribute.
fn property(symbol: &Symbol) -> Words {
    let words = split(&symbol.name);
    let first = words.first().map(String::as_str).unwrap_or_default();
    if words.len() > 1 && is_predicate_word(first) {
        return Words::known(&sentence(&format!("whether {}", predicate_clause(symbol, &words))));
    }
    let owner = owner_noun(symbol);
    if is_truth(symbol)
        && let Some(clause) = middle_clause(&words)
    {
        return Words::known(&sentence(&format!("whether {clause}")));
    }
    let is_flag = symbol.signature.returns.as_deref() == Some("bool")
        || is_truth(symbol) && words.last().is_some_and(|last| is_adjective(last));
    if is_flag {
        let subject = owner.as_deref().map_or_else(|| "it".to_owned(), definite);
        return Words::known(&sentence(&format!("whether {subject} is {}", join(&words))));
    }
    let words = match words.as_slice() {
        [first, rest @ ..] if first == "get" && !rest.is_empty() => rest.to_vec(),
        _ => words,
    };
    let alias = alias_of(symbol);
    let is_glued = alias.is_some_and(|alias| alias.replace('_', "") == symbol.name);
    let words = alias.filter(|_| is_glued).map_or(words, split);
    let is_clause = words.first().is_some_and(|first| is_preposition(first));
    let mut text = if is_clause { definite(&join(&words)) } else { noun_phrase(&words, false) };
    if let Some(owner) = owner
        && !words.iter().any(|word| owner.split(' ').next_back() == Some(word.as_str()))
    {
        text = format!("{text} of the {owner}");
    }
    if symbol.signature.returns.as_deref() == Some("bytes") && !text.contains("bytes") {
        text = format!("{text} as bytes");
    }
    if let Some(noun) = made_class(symbol).map(type_noun) {
        let last = noun.rsplit(' ').next().unwrap_or_default();
        let said = |word: &str| word.trim_end_matches('s') == last.trim_end_matches('s');
        if !last.is_empty() && !text.split(' ').any(said) && text.len() + noun.len() < 66 {
            text = format!("{text} as {}", indefinite(&noun));
        }
    }
    if let Some(quoted) = alias.filter(|_| !is_glued).and_then(|alias| code(alias, 30)) {
        text = format!("{text}, the same as {quoted}");
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
        let values: Vec<String> =
            symbol.members.iter().filter_map(|member| code(&member.name, 30)).collect();
        let text = format!("{}: {}", indefinite(&noun), either(&values));
        if (2..=4).contains(&values.len()) && text.len() <= 70 && !is_plural(&noun) {
            return Words::known(&sentence(&text));
        }
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
        if is_adjective(noun.rsplit(' ').next().unwrap_or_default()) {
            return Words::known(&sentence(&format!("interface of {noun} objects")));
        }
        let is_protocol = symbol.bases.iter().any(|base| {
            let class = base.split('[').next().unwrap_or(base);
            class.rsplit('.').next() == Some("Protocol")
        });
        let text = if is_protocol {
            format!("protocol of {}", plural(&noun))
        } else {
            indefinite(&format!("abstract {noun}"))
        };
        return Words::known(&sentence(&text));
    }
    let is_clause = is_preposition(first);
    let own = noun_phrase(&words, true);
    let mut text = if !is_clause && noun.ends_with(join(&words).as_str()) && !own.is_empty() {
        own
    } else {
        indefinite(&noun)
    };
    let is_related = |base: &str| {
        let parts = split(base.split(['[', '(']).next().unwrap_or(base));
        parts.last().is_some_and(|part| part == last)
    };
    let is_derived = symbol.bases.iter().any(|base| is_telling(base) && is_related(base));
    if !is_derived
        && let Some(held) = holding(symbol)
        && text.len() + held.len() <= 66
    {
        return Words::known(&sentence(&format!("{text} with {held}")));
    }
    if capitalize(&text) == symbol.name {
        text = definite(&noun);
    }
    Words::known(&sentence(&text))
}

/// `a path and an encoding`: the attributes of a small class.
pub(super) fn holding(symbol: &Symbol) -> Option<String> {
    let mut held: Vec<String> = Vec::new();
    for member in symbol.members.iter().filter(|member| !member.name.starts_with('_')) {
        let words = split(&member.name);
        let last = words.last().map(String::as_str).unwrap_or_default();
        let first = words.first().map(String::as_str).unwrap_or_default();
        let is_thing = !is_adjective(last)
            && !is_predicate_word(first)
            && !words.iter().any(|word| is_preposition(word))
            && member.name.len() > 2
            && (member.ty.is_some() || symbol.flags.is_dataclass)
            && !type_noun(&symbol.name).ends_with(&join(&words))
            && first
                .strip_suffix('s')
                .is_none_or(|verb| words.len() < 2 || verbs::find(verb).is_none())
            && !member.name.chars().all(|c| c.is_uppercase() || c == '_')
            && !matches!(member.ty.as_deref(), Some("bool"))
            && !matches!(member.default.as_deref(), Some("True" | "False"));
        if !is_thing {
            return None;
        }
        held.push(indefinite(&join(&words)));
    }
    let is_data = symbol.flags.is_dataclass
        || symbol.language == Language::Rust
        || symbol.members.iter().all(|member| member.from_init);
    ((1..=3).contains(&held.len()) && is_data && symbol.bases.iter().all(|base| !is_telling(base)))
        .then(|| list(&held))
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
    let rest = words.get(1..).unwrap_or_default();
    let head = words.get(..words.len().saturating_sub(1)).unwrap_or_default();
    let text = match words.first().map(String::as_str) {
        Some("out" | "unable" | "not") if words.len() > 1 => format!("raised when {noun}"),
        Some("no") if !rest.is_empty() => format!("raised when there is no {}", join(rest)),
        Some("too") if rest.len() > 1 => format!("raised when there are {noun}"),
        _ if !head.is_empty() && matches!(last, "error" | "exception") => indefinite(&noun),
        _ if head.is_empty() => format!("raised on {}", indefinite(&noun)),
        _ if head.last().is_some_and(|word| word == "not")
            || last == "found"
            || last == "exists"
            || is_adjective(last) =>
        {
            let is_negated = head.last().is_some_and(|word| word == "not");
            let subject =
                if is_negated { head.get(..head.len() - 1).unwrap_or_default() } else { head };
            let subject = subject.strip_suffix(&["already".to_owned()]).unwrap_or(subject);
            match (subject.is_empty(), last, is_negated) {
                (true, ..) => format!("raised on {}", indefinite(&noun)),
                (false, "exists", _) => format!("raised when the {} already exists", join(subject)),
                (false, _, true) => format!("raised when the {} is not {last}", join(subject)),
                (false, _, false) => format!("raised when the {} is {}", join(subject), last),
            }
        }
        _ => format!("raised on {}", indefinite(&noun)),
    };
    Words::guess(&sentence(&text))
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
        } else if symbol.name == "__main__" {
            "Run the package as a program.".to_owned()
        } else {
            match code(&symbol.name, 50) {
                Some(quoted) => {
                    format!("The {quoted} module.")
                }
                None => sentence(&format!("definitions for {noun}")),
            }
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
