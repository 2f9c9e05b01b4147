//! What a function does, as a verb and the rest of its sentence, from its name,
//! its parameters, its owner and its body. Python puts the verb into the
//! imperative, Rust into the third person.

use super::verbs::{self, Verb};
use super::words::{capitalize, code, definite, expand, indefinite, is_plural, join, split};
use crate::docstring::{ExprKind, Language, Param, ParamKind, Symbol, SymbolKind};

/// The longest summary that still takes another complement.
const ROOM: usize = 72;

/// A verb and what follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phrase {
    /// Imperative.
    pub(super) verb: String,
    /// Objects and complements.
    pub(super) rest: String,
}

impl Phrase {
    fn new(verb: &str, rest: impl Into<String>) -> Self {
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

    fn joined(&self, verb: &str) -> String {
        if self.rest.is_empty() { verb.to_owned() } else { format!("{verb} {}", self.rest) }
    }

    fn length(&self) -> usize {
        self.verb.len() + self.rest.len() + 3
    }

    /// Adds a complement if there is room for it.
    fn complement(&mut self, text: &str) -> bool {
        if text.is_empty() || self.length() + text.len() + 1 > ROOM {
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
        let noun = join(words.get(start..index).unwrap_or_default());
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

/// The noun for the class or type around a symbol, if it says something.
pub(super) fn owner_noun(symbol: &Symbol) -> Option<String> {
    let owner = symbol.owner.as_ref()?;
    if owner.flags.is_test {
        return None;
    }
    let noun = short_noun(&owner.name);
    (!noun.is_empty()).then_some(noun)
}

/// The noun that a type's name holds: `BaseHTTPAdapter` gives `HTTP adapter`.
pub(super) fn type_noun(name: &str) -> String {
    let all = split(name);
    join(noun_words(&all))
}

/// The words of a type's name without what only says how it is used.
fn noun_words(all: &[String]) -> &[String] {
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
fn short_noun(name: &str) -> String {
    let all = split(name);
    let mut words = noun_words(&all);
    if let Some(at) = words.iter().position(|word| is_preposition(word))
        && at > 0
    {
        words = words.get(..at).unwrap_or(words);
    }
    if words.len() > 3 {
        words = words.get(words.len() - 2..).unwrap_or(words);
    }
    join(words)
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
        )
}

/// Names of what a call is made in, rather than what it is about.
fn is_ambient(name: &str) -> bool {
    matches!(
        name.trim_matches('_'),
        "ctx"
            | "context"
            | "console"
            | "app"
            | "application"
            | "environment"
            | "env"
            | "environ"
            | "config"
            | "func"
            | "f"
            | "fn"
            | "function"
            | "callback"
            | "settings"
            | "logger"
            | "loop"
            | "session"
            | "state"
            | "db"
            | "conn"
            | "connection"
            | "client"
            | "frame"
            | "parser"
            | "formatter"
            | "stacklevel"
            | "namespace"
            | "globals"
            | "locals"
            | "handler"
            | "manager"
            | "fp"
            | "std_handle"
            | "memo"
            | "kind"
            | "scope"
            | "info"
            | "cmd"
            | "exc"
            | "exc_type"
            | "excinfo"
    )
}

/// Names of a measure or a manner: a verb applies with them, not to them.
fn is_measure(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or(name);
    matches!(
        last,
        "width"
            | "height"
            | "size"
            | "length"
            | "len"
            | "timeout"
            | "count"
            | "limit"
            | "level"
            | "offset"
            | "mode"
            | "format"
            | "encoding"
            | "amount"
            | "depth"
            | "delay"
            | "interval"
            | "ratio"
            | "factor"
            | "n"
            | "num"
            | "number"
            | "times"
            | "seconds"
            | "force"
            | "strict"
            | "flags"
            | "color"
            | "style"
            | "fmt"
    )
}

/// Names by which something is found.
fn is_key(name: &str) -> bool {
    matches!(name, "name" | "key" | "index" | "id" | "idx" | "pk" | "uid" | "slug")
        || name.ends_with("_id")
        || name.ends_with("_name")
        || name.ends_with("_key")
}

fn is_flag(param: &Param) -> bool {
    param
        .ty
        .as_deref()
        .is_some_and(|ty| ty == "bool" || ty.starts_with("bool |") || ty == "Optional[bool]")
        || matches!(param.default.as_deref(), Some("True" | "False" | "true" | "false"))
}

/// The parameter that a function is about: the first, if it must be given.
pub(super) fn subject_param(symbol: &Symbol) -> Option<&Param> {
    let param =
        symbol.signature.params.iter().find(|param| !param.name.chars().all(|c| c == '_'))?;
    let is_plain = matches!(param.kind, ParamKind::Regular | ParamKind::PositionalOnly);
    (is_plain && param.default.is_none() && !is_flag(param)).then_some(param)
}

/// What the function does.
pub(super) fn phrase(symbol: &Symbol) -> Phrase {
    let words = split(&symbol.name);
    let special = wrapper_phrase(symbol, &words).or_else(|| request_phrase(symbol, &words));
    if let Some(phrase) = special {
        return phrase;
    }
    let mut phrase = base_phrase(symbol, &words);
    add_returned_type(symbol, &words, &mut phrase);
    add_delegate(symbol, &words, &mut phrase);
    phrase
}

/// Decorators, their factories and context managers.
fn wrapper_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let is_context = symbol.decorators.iter().any(|decorator| {
        matches!(decorator.rsplit('.').next(), Some("contextmanager" | "asynccontextmanager"))
    });
    let first = words.first()?;
    let verb = verbs::find(first).filter(|_| words.len() > 1);
    let rest = words.get(1..).unwrap_or_default();
    let purpose = match &verb {
        Some(verb) => format!("to {} {}", verb.text, noun_phrase(rest, verb.is_creative)),
        None => format!("for {}", noun_phrase(words, false)),
    };
    if is_context {
        let kind = match &verb {
            Some(verb) => format!(
                "a context manager that {} {}",
                verbs::third_person(verb.text),
                noun_phrase(rest, verb.is_creative)
            ),
            None => format!("a context manager {purpose}"),
        };
        return Some(Phrase::new("return", kind));
    }
    let returned = symbol.body.returns.last()?;
    let is_closure = returned.kind == ExprKind::Name && symbol.children.contains(&returned.text);
    if !is_closure
        || symbol.language == Language::Rust
        || matches!(first.as_str(), "make" | "create" | "build" | "get")
    {
        return None;
    }
    let param = symbol.signature.params.first();
    let takes_function = param.is_some_and(|param| {
        matches!(
            param.name.as_str(),
            "f" | "fn"
                | "func"
                | "function"
                | "fun"
                | "method"
                | "meth"
                | "cls"
                | "klass"
                | "view"
                | "wrapped"
                | "user_function"
        )
    });
    if first == "decorator" || first == "decorate" {
        return Some(Phrase::new(
            "decorate",
            if takes_function { "the given function" } else { "a function" },
        ));
    }
    if takes_function {
        return Some(Phrase::new("decorate", format!("the given function {purpose}")));
    }
    let is_decorator = returned.text.trim_start_matches('_').starts_with("deco");
    let kind = if is_decorator { "a decorator" } else { "a function" };
    Some(Phrase::new("return", format!("{kind} {purpose}")))
}

/// Adds the class that comes back, if the name does not say it.
fn add_returned_type(symbol: &Symbol, words: &[String], phrase: &mut Phrase) {
    if symbol.language == Language::Rust || phrase.rest.starts_with("whether") {
        return;
    }
    let link = match phrase.verb.as_str() {
        "parse" | "decode" | "convert" | "split" | "compile" | "transform" | "render"
        | "divide" | "merge" | "wrap" | "expand" | "format" | "combine" | "unpack" | "coerce"
        | "collapse" | "translate" => "into",
        _ => "as",
    };
    let Some(ty) = symbol.signature.returns.as_deref() else { return };
    let bare = ty.strip_prefix("Optional[").and_then(|t| t.strip_suffix(']')).unwrap_or(ty);
    let bare = bare.strip_suffix("| None").unwrap_or(bare).trim();
    let head = bare.split('[').next().unwrap_or(bare);
    let last = head.rsplit('.').next().unwrap_or(head);
    let is_plain = last.chars().all(|c| c.is_alphanumeric() || c == '_');
    let noun = match last {
        "str" => "string".to_owned(),
        "dict" => "dictionary".to_owned(),
        "bytes" => "bytes".to_owned(),
        "list" | "List" => "list".to_owned(),
        "int" | "float" | "bool" | "object" | "tuple" | "set" | "Tuple" | "Set" | "Dict"
        | "None" | "Optional" => return,
        "Any" | "Self" | "Callable" | "Iterator" | "Iterable" | "Generator" | "NoReturn" | "IO"
        | "Union" | "Literal" => return,
        _ if is_plain && last.len() > 2 && last.starts_with(char::is_uppercase) => type_noun(last),
        _ => return,
    };
    let tail = noun.rsplit(' ').next().unwrap_or(&noun).to_owned();
    let said = |text: &str| {
        text.split(' ').any(|word| word.trim_end_matches('s') == tail.trim_end_matches('s'))
    };
    if said(&phrase.rest) || words.iter().any(|word| said(expand(word))) {
        return;
    }
    let is_weak = matches!(last, "str" | "dict" | "bytes")
        || phrase.verb != "return" && matches!(last, "list" | "List");
    if is_weak && phrase.rest.contains(" of ") || phrase.rest.contains(" given ") && is_weak {
        return;
    }
    let is_own = symbol.owner.as_ref().is_some_and(|owner| owner.name == last);
    if is_own || phrase.verb != "return" && is_weak {
        return;
    }
    phrase.complement(&format!("{link} {}", indefinite(&noun)));
}

fn base_phrase(symbol: &Symbol, words: &[String]) -> Phrase {
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
            with_param(
                symbol,
                words,
                Phrase::new("create", format!("{made} from {}", object_of(rest, true))),
                "",
            )
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
        ["wrapper" | "wrapped" | "inner"] if symbol.flags.is_nested => Phrase::new(
            "call",
            wrapped_callee(symbol).unwrap_or_else(|| "the wrapped function".to_owned()),
        ),
        [_, middle, _, ..]
            if is_middle_predicate(middle)
                && gives_truth(symbol)
                && names.first().is_some_and(|first| verbs::find(first).is_none()) =>
        {
            middle_predicate(words)
        }
        ["do", _, ..] => base_phrase(symbol, rest),
        _ if is_noun_here(symbol, words) => noun_action(symbol, words),
        [first, ..] => match verbs::find(first) {
            Some(verb) => verb_phrase(symbol, words, &verb),
            None if symbol.flags.is_async => match first.strip_prefix('a').and_then(verbs::find) {
                Some(verb) => {
                    let mut phrase = verb_phrase(symbol, words, &verb);
                    phrase.complement("asynchronously");
                    phrase
                }
                None => noun_action(symbol, words),
            },
            None => noun_action(symbol, words),
        },
    }
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
fn gives_truth(symbol: &Symbol) -> bool {
    let annotated = symbol.signature.returns.as_deref();
    annotated
        .is_none_or(|ty| ty.contains("bool") || ty.contains("TypeGuard") || ty.contains("TypeIs"))
        && (symbol.signature.returns_value || symbol.body.is_stub)
}

/// `whether the table is empty`, without the verb in front.
pub(super) fn predicate_clause(symbol: &Symbol, words: &[String]) -> String {
    let subject_param = subject_param(symbol);
    let speaks_of_param =
        matches!(words.first().map(String::as_str), Some("is" | "are" | "was" | "were"));
    let subject = match (owner_noun(symbol), subject_param) {
        (Some(owner), None) => definite(&owner),
        (Some(owner), Some(_)) if !speaks_of_param => definite(&owner),
        (_, Some(param)) if !is_generic(&param.name) => format!("the given {}", spelt_param(param)),
        (_, Some(param)) if matches!(param.name.as_str(), "obj" | "object") => {
            "the given object".to_owned()
        }
        (_, Some(param)) if matches!(param.name.as_str(), "cls" | "klass") => {
            "the given class".to_owned()
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
            let bare = verbs::is_adjective(last)
                || is_preposition(first)
                || verbs::is_adjective(first)
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
            let bare = verbs::is_adjective(last) || matches!(last, "support");
            let complement = if bare { complement } else { indefinite(&complement) };
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

/// A function named like an HTTP method that passes the method's name on.
fn request_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let [name] = words else { return None };
    if !matches!(name.as_str(), "get" | "head" | "options" | "post" | "put" | "patch" | "delete") {
        return None;
    }
    let method = name.to_uppercase();
    let is_named = |text: &str| {
        text.trim_matches(['"', '\'']).eq_ignore_ascii_case(&method) && text.len() > method.len()
    };
    let sends =
        symbol.body.calls.iter().any(|call| call.args.iter().any(|(_, text)| is_named(text)));
    let takes_url = symbol
        .signature
        .params
        .first()
        .is_some_and(|param| matches!(param.name.as_str(), "url" | "path" | "uri"));
    let article = super::words::article(&method);
    (sends && takes_url).then(|| Phrase::new("send", format!("{article} `{method}` request")))
}

/// `get_cookie_secure() -> bool`: whether the cookie is secure.
fn truth_phrase(symbol: &Symbol, words: &[String]) -> Option<Phrase> {
    let rest = match words {
        [first, rest @ ..] if first == "get" => rest,
        _ => return None,
    };
    let (last, subject) = rest.split_last()?;
    let is_truth = symbol.signature.returns.as_deref() == Some("bool");
    if !is_truth || subject.is_empty() || !verbs::is_adjective(last) {
        return None;
    }
    Some(Phrase::new("check", format!("whether {} is {last}", definite(&join(subject)))))
}

/// `redirect_url() -> URL`: a verb that is part of a noun.
fn is_noun_here(symbol: &Symbol, words: &[String]) -> bool {
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

/// Predicates that stand between a subject and its complement.
fn is_middle_predicate(word: &str) -> bool {
    matches!(
        word,
        "is" | "has" | "can" | "should" | "needs" | "matches" | "contains" | "exists" | "supports"
    )
}

/// `path_matches_patterns`: the name is a clause.
fn middle_predicate(words: &[String]) -> Phrase {
    let subject = words.first().map(String::as_str).map(expand).unwrap_or_default();
    let predicate = words.get(1).map(String::as_str).unwrap_or_default();
    let rest = words.get(2..).unwrap_or_default();
    let last = rest.last().map(String::as_str).unwrap_or_default();
    let complement = join(rest);
    let bare = verbs::is_adjective(last) || matches!(predicate, "can" | "should");
    let complement = if bare { complement } else { indefinite(&complement) };
    Phrase::new("check", format!("whether the {subject} {predicate} {complement}"))
}

fn predicate_phrase(symbol: &Symbol, words: &[String]) -> Phrase {
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

/// The words of a parameter's name, spelt out.
pub(super) fn spelt_param(param: &Param) -> String {
    let words = split(&param.name);
    join(&words)
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
        (None, Some(_)) => "the given value".to_owned(),
        (None, None) => "the value".to_owned(),
    };
    match names.first() {
        Some(&"as") => Phrase::new("return", format!("{subject} as {target}")),
        Some(&"into") => Phrase::new("convert", format!("{subject} into {target}")),
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
    if text == "try to" {
        if let [second, after @ ..] = rest
            && let Some(second) = verbs::find(second)
        {
            text = format!("{text} {}", second.text);
            rest = after;
        } else {
            text = "try".to_owned();
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
    let object = object_of(rest, verb.is_creative);
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
    with_param(symbol, words, phrase, verb.text)
}

fn add_owner(symbol: &Symbol, words: &[String], preposition: &str, phrase: &mut Phrase) {
    let Some(owner) = owner_noun(symbol) else { return };
    let owner_words: Vec<&str> = owner.split(' ').collect();
    let last = owner_words.last().copied().unwrap_or_default();
    let is_named = |word: &String| expand(word).trim_end_matches('s') == last.trim_end_matches('s');
    let takes_own =
        subject_param(symbol).is_some_and(|param| split(&param.name).iter().any(is_named));
    if words.iter().any(is_named) || takes_own && preposition != "of" {
        return;
    }
    let preposition = if preposition == "for" && is_agent(last) { "with" } else { preposition };
    phrase.complement(&format!("{preposition} the {owner}"));
}

/// A noun for something that acts: parser, handler, iterator.
fn is_agent(noun: &str) -> bool {
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

/// The name is a verb only: what it acts on is a parameter or the owner.
fn bare_verb(symbol: &Symbol, words: &[String], text: &str, verb: &Verb) -> Phrase {
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
        && is_key(&param.name)
        && matches!(
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
        )
    {
        let place = if text == "set" { "in" } else { "from" };
        let item = singular(owner)
            .map_or_else(|| format!("an item {place} the {owner}"), |one| indefinite(&one));
        return Phrase::new(text, format!("{item} by {}", spelt_param(param)));
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
        add_owner(symbol, words, verb.preposition, &mut phrase);
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
        Some(owner) => Phrase::new(text, format!("the {owner}")),
        None if makes => Phrase::new(text, result_noun(symbol)),
        None => Phrase::new(text, module_noun(symbol).unwrap_or_default()),
    }
}

/// Whether the owner is named after the verb: a receiver receives.
fn is_doer_of(owner: &str, words: &[String]) -> bool {
    let last = owner.rsplit(' ').next().unwrap_or(owner);
    let verb = words.last().map(|word| expand(word)).unwrap_or_default();
    let stem = verb.strip_suffix('e').unwrap_or(verb);
    stem.len() > 2
        && last.len() > verb.len()
        && last.starts_with(stem)
        && (last.ends_with("er") || last.ends_with("or"))
}

/// What the module is about, if its name says so.
fn module_noun(symbol: &Symbol) -> Option<String> {
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

/// The singular of a plural noun phrase.
fn singular(noun: &str) -> Option<String> {
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

/// What comes out, when nothing else names it.
fn result_noun(symbol: &Symbol) -> String {
    let named = symbol
        .body
        .returns
        .iter()
        .find(|value| value.kind == ExprKind::Name && !is_generic(&value.text));
    named.map_or_else(String::new, |value| definite(&join(&split(&value.text))))
}

/// The first parameter that must be given and says more than the name does.
fn telling_param<'a>(symbol: &'a Symbol, words: &[String]) -> Option<&'a Param> {
    let required = symbol.signature.params.iter().filter(|param| {
        matches!(param.kind, ParamKind::Regular | ParamKind::PositionalOnly)
            && param.default.is_none()
            && !is_flag(param)
    });
    required.take(2).find(|param| {
        let parts = split(&param.name);
        let is_said = parts.iter().all(|part| {
            let part = expand(part).trim_end_matches('s');
            words.iter().any(|word| expand(word).trim_end_matches('s') == part)
        });
        let is_word = parts.iter().all(|part| is_readable(part));
        !is_generic(&param.name) && !is_ambient(&param.name) && !is_said && is_word
    })
}

/// Whether a word is one: not an abbreviation that cannot be spelt out.
pub(super) fn is_readable(word: &str) -> bool {
    let full = expand(word);
    full.len() > 2 && full.to_lowercase().contains(['a', 'e', 'i', 'o', 'u', 'y'])
        || word.chars().all(char::is_uppercase)
}

/// Adds what the first parameter says, if the name does not say it already.
fn with_param(symbol: &Symbol, words: &[String], mut phrase: Phrase, verb: &str) -> Phrase {
    let Some(param) = telling_param(symbol, words) else { return phrase };
    let parts = split(&param.name);
    let spelt = join(&parts);
    let is_key = is_key(&param.name);
    let link = match verb {
        "return" | "find" | "remove" | "delete" | "pop" | "look up" | "fetch" | "retrieve"
        | "discard" | "select"
            if is_key =>
        {
            phrase.complement(&format!("by {spelt}"));
            return phrase;
        }
        "parse" | "load" | "read" | "build" | "decode" | "extract" | "strip" | "detect"
        | "infer" | "guess" | "derive" | "construct" | "deserialize" | "create" | "generate"
        | "make" | "split" | "import" | "unpack" => "from",
        "write" | "save" | "store" | "dump" | "export" => "to",
        "set" | "change" | "update" | "replace" | "add" | "append" | "register" | "insert"
        | "send" | "call" | "invoke" | "fill" | "initialize" | "raise" => "with",
        _ => "for",
    };
    phrase.complement(&format!("{link} the given {spelt}"));
    phrase
}

/// The name is a noun: it names what comes out.
fn noun_action(symbol: &Symbol, words: &[String]) -> Phrase {
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
    let mut phrase = if symbol.signature.is_generator {
        Phrase::new("yield", noun_phrase(words, false))
    } else if symbol.signature.returns_value {
        Phrase::new("return", noun_phrase(words, false))
    } else {
        Phrase::new("handle", noun_phrase(words, false))
    };
    if !words.iter().any(|word| is_preposition(word)) {
        add_owner(symbol, words, "of", &mut phrase);
    }
    with_param(symbol, words, phrase, "return")
}

/// Says whom the body hands the work to.
fn add_delegate(symbol: &Symbol, words: &[String], phrase: &mut Phrase) {
    if symbol.language == Language::Rust || phrase.rest.starts_with("whether") {
        return;
    }
    let (callee, link) = match symbol.body.returns.as_slice() {
        [value] if value.kind == ExprKind::Call => (value.head.as_deref(), "using"),
        [] if symbol.body.statements == 1 => {
            let call = symbol.body.calls.iter().find(|call| call.is_statement && call.depth == 0);
            (call.map(|call| call.callee.as_str()), "using")
        }
        _ => (None, ""),
    };
    let Some(callee) = callee else { return };
    let last = callee.rsplit('.').next().unwrap_or_default();
    let starts_upper = last.trim_start_matches('_').starts_with(|c: char| c.is_uppercase());
    if callee.is_empty()
        || starts_upper
        || callee.contains("super")
        || matches!(callee, "cls" | "self")
        || callee.contains(['(', '[', '"', '\''])
        || is_builtin(callee)
    {
        return;
    }
    let is_same = split(last).iter().all(|part| words.contains(part)) && !callee.contains('.');
    if is_same {
        return;
    }
    if let Some(quoted) = code(callee, 40) {
        phrase.complement(&format!("{link} {quoted}"));
    }
}

fn is_builtin(callee: &str) -> bool {
    matches!(
        callee,
        "str"
            | "int"
            | "float"
            | "bool"
            | "len"
            | "list"
            | "tuple"
            | "dict"
            | "set"
            | "frozenset"
            | "bytes"
            | "repr"
            | "isinstance"
            | "issubclass"
            | "getattr"
            | "setattr"
            | "hasattr"
            | "iter"
            | "next"
            | "sorted"
            | "type"
            | "any"
            | "all"
            | "sum"
            | "max"
            | "min"
            | "map"
            | "filter"
            | "zip"
            | "print"
            | "cast"
            | "open"
            | "range"
            | "enumerate"
            | "reversed"
            | "super"
            | "vars"
            | "hash"
            | "id"
            | "callable"
            | "t.cast"
            | "typing.cast"
    )
}
