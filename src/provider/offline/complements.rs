//! What a summary adds to verb and object: the owner, a parameter, a type, a callee.

use super::nouns::{is_agent, is_class, owner_noun, type_noun};
use super::phrase::{Phrase, is_preposition};
use super::quote::code;
use super::subject::{is_key, spelt_param, subject_param, telling_param};
use super::verbs;
use super::words::{expand, indefinite, split};
use crate::docstring::{ExprKind, Language, Symbol};

pub(super) fn add_owner(symbol: &Symbol, words: &[String], preposition: &str, phrase: &mut Phrase) {
    let Some(owner) = owner_noun(symbol) else { return };
    let owner_words: Vec<&str> = owner.split(' ').collect();
    let last = owner_words.last().copied().unwrap_or_default();
    let is_named = |word: &String| expand(word).trim_end_matches('s') == last.trim_end_matches('s');
    let takes_own =
        subject_param(symbol).is_some_and(|param| split(&param.name).iter().any(is_named));
    // What a parser parses is no part of the parser, and a long name needs no more.
    let is_said = words.len() > 1 && is_agent(last) || words.len() > 3;
    if words.iter().any(is_named) || takes_own && preposition != "of" || is_said {
        return;
    }
    let preposition = if preposition == "for" && is_agent(last) { "with" } else { preposition };
    phrase.complement(&format!("{preposition} the {owner}"));
}

/// Adds what the first parameter says, if the name does not say it already.
pub(super) fn with_param(
    symbol: &Symbol,
    words: &[String],
    mut phrase: Phrase,
    verb: &str,
) -> Phrase {
    let Some(param) = telling_param(symbol, words) else { return phrase };
    let names_type = matches!(
        words.last().map(String::as_str),
        Some("str" | "string" | "bytes" | "char" | "slice" | "list" | "dict")
    );
    let is_put = verbs::find(verb).is_some_and(|verb| verb.is_creative);
    if names_type && is_put && words.len() == 2 {
        return phrase;
    }
    let spelt = spelt_param(param);
    if let Some(last) = words.last().filter(|last| words.len() > 1 && is_preposition(last))
        && !phrase.rest.ends_with(&format!(" {last}"))
    {
        phrase.complement(&format!("{last} the given {spelt}"));
        return phrase;
    }
    let is_key = is_key(&param.name);
    let link = match verb {
        "return" | "find" | "remove" | "delete" | "pop" | "look up" | "fetch" | "retrieve"
        | "discard" | "select"
            if is_key =>
        {
            phrase.complement(&format!("by {spelt}"));
            return phrase;
        }
        "add" | "append" | "insert" | "attach" | "push" if symbol.owner.is_none() => "to",
        "remove" | "delete" | "pop" | "discard" | "drop" if symbol.owner.is_none() => "from",
        "find" | "search" | "count" | "replace" | "locate" | "highlight" | "look up"
            if symbol.owner.is_none() =>
        {
            "in"
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

/// Adds the class that comes back, if the name does not say it.
pub(super) fn add_returned_type(symbol: &Symbol, words: &[String], phrase: &mut Phrase) {
    if symbol.language == Language::Rust
        || phrase.rest.starts_with("whether")
        || matches!(phrase.verb.as_str(), "handle" | "decorate")
    {
        return;
    }
    let link = match phrase.verb.as_str() {
        "parse" | "decode" | "convert" | "split" | "compile" | "transform" | "render"
        | "divide" | "merge" | "wrap" | "expand" | "format" | "combine" | "unpack" | "coerce"
        | "collapse" | "translate"
            if !phrase.rest.contains(" to ") =>
        {
            "into"
        }
        _ => "as",
    };
    if link == "as" && phrase.rest.contains(" as ") {
        return;
    }
    let Some(ty) = symbol.signature.returns.as_deref().or_else(|| made_class(symbol)) else {
        return;
    };
    let bare = ty.strip_prefix("Optional[").and_then(|t| t.strip_suffix(']')).unwrap_or(ty);
    let bare = bare.strip_suffix("| None").unwrap_or(bare).trim();
    let head = bare.split('[').next().unwrap_or(bare);
    let last = head.rsplit('.').next().unwrap_or(head);
    let is_plain = last.chars().all(|c| c.is_alphanumeric() || c == '_')
        && !last.starts_with("T_")
        && !last.starts_with('_');
    let noun = match last {
        "str" => "string".to_owned(),
        "dict" => "dictionary".to_owned(),
        "bytes" => "bytes".to_owned(),
        "list" | "List" => "list".to_owned(),
        _ if is_plain
            && last.len() > 2
            && !is_general(last)
            && last.starts_with(char::is_uppercase) =>
        {
            type_noun(last)
        }
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
    if is_weak && (phrase.rest.contains(" of ") || phrase.rest.contains(" given ")) {
        return;
    }
    let is_own = symbol.owner.as_ref().is_some_and(|owner| owner.name == last);
    if is_own || phrase.verb != "return" && is_weak {
        return;
    }
    phrase.complement(&format!("{link} {}", indefinite(&noun)));
}

/// The class whose call is all that a body returns.
pub(super) fn made_class(symbol: &Symbol) -> Option<&str> {
    let [value] = symbol.body.returns.as_slice() else { return None };
    let head = value.head.as_deref().filter(|_| value.kind == ExprKind::Call)?;
    let last = head.rsplit('.').next()?;
    (is_class(last) && !is_general(last)).then_some(last)
}

/// Whether a type says nothing about what it holds.
fn is_general(ty: &str) -> bool {
    matches!(
        ty,
        "Any"
            | "Self"
            | "Callable"
            | "Iterator"
            | "Iterable"
            | "Generator"
            | "NoReturn"
            | "Union"
            | "Literal"
            | "Sequence"
            | "MutableSequence"
            | "Mapping"
            | "MutableMapping"
            | "Collection"
            | "Container"
            | "Hashable"
            | "Coroutine"
            | "Awaitable"
            | "AsyncIterator"
            | "AsyncGenerator"
            | "Type"
            | "Tuple"
            | "Set"
            | "Dict"
            | "None"
            | "Optional"
    )
}

/// Says whom the body hands the work to, where nothing else says what is done.
pub(super) fn add_delegate(symbol: &Symbol, words: &[String], phrase: &mut Phrase) {
    if symbol.language == Language::Rust || !phrase.rest.is_empty() {
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
        || symbol
            .body
            .locals
            .iter()
            .any(|local| callee.split('.').next().is_some_and(|base| base == local.name))
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

pub(super) fn is_builtin(callee: &str) -> bool {
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
