//! What comes back, from the expressions that are returned or yielded.

use super::adjectives::is_adjective;
use super::conditions::clause;
use super::nouns::{is_agent, is_class, is_generic, owner_noun, type_noun};
use super::phrase::noun_phrase;
use super::predicates::{is_predicate_word, predicate_clause};
use super::quote::code;
use super::subject::subject_param;
use super::values::described;
use super::words::{article, capitalize, definite, is_plural, join, list, sentence, spell, split};
use super::wrappers::is_context_manager;
use super::{Words, verbs};
use crate::docstring::{Expr, ExprKind, Language, Symbol};

/// The description of the returned value.
pub(super) fn returned(symbol: &Symbol) -> Words {
    let values: Vec<&Expr> =
        symbol.body.returns.iter().filter(|v| v.kind != ExprKind::None).collect();
    let ty = symbol.signature.returns.as_deref().unwrap_or_default();
    if matches!(ty.rsplit('.').next(), Some("NoReturn" | "Never")) {
        return Words { text: "Never, as it always raises.".to_owned(), is_guess: false };
    }
    let (text, is_guess) = value_text(symbol, &values, ty);
    let may_be_none = symbol.language == Language::Python
        && !values.is_empty()
        && symbol.body.returns.iter().any(|v| v.kind == ExprKind::None)
        || ty.starts_with("Optional[")
        || ty.split('|').any(|part| part.trim() == "None");
    let is_truth = text.starts_with("`True`");
    let text = if may_be_none && !is_truth { format!("{text}, or `None`") } else { text };
    Words { text: sentence(&text), is_guess }
}

fn value_text(symbol: &Symbol, values: &[&Expr], ty: &str) -> (String, bool) {
    let words = split(&symbol.name);
    let all =
        |test: fn(ExprKind) -> bool| !values.is_empty() && values.iter().all(|v| test(v.kind));
    if is_comparison(&symbol.name) {
        return ("Whether the comparison holds".to_owned(), false);
    }
    if ty == "bool" || all(|k| matches!(k, ExprKind::Bool | ExprKind::Compare | ExprKind::Not)) {
        return truth_text(symbol, values, &words);
    }
    if symbol.name == "__new__" {
        return (
            format!(
                "A new {}",
                symbol.owner.as_ref().map_or("instance".to_owned(), |o| format!("`{}`", o.name))
            ),
            false,
        );
    }
    if !values.is_empty()
        && values.iter().all(|v| v.kind == ExprKind::Name && is_receiver(symbol, &v.text))
    {
        let owner = owner_noun(symbol).unwrap_or_else(|| "object".to_owned());
        return (format!("The {owner} itself"), false);
    }
    let by_protocol = match symbol.name.as_str() {
        "__iter__" | "__aiter__" | "__reversed__" => "An iterator over the items",
        "__len__" => "The number of items",
        "__getstate__" => "The state",
        "__repr__" => "The string representation",
        "__str__" => "The string",
        "__hash__" => "The hash",
        "__getitem__" => "The item",
        _ => "",
    };
    if !by_protocol.is_empty() {
        return (by_protocol.to_owned(), false);
    }
    if values.iter().all(|value| matches!(value.kind, ExprKind::Attribute | ExprKind::BoolOp))
        && !values.is_empty()
        && ty.is_empty()
        && words.len() > 1
        && matches!(words.first().map(String::as_str), Some("is" | "has" | "can"))
    {
        return (format!("Whether {}", predicate_clause(symbol, &words)), false);
    }
    if let [value] = values
        && let Some(text) = described(symbol, value)
            .filter(|_| !is_changed(symbol, value))
            .or_else(|| single_text(symbol, value))
    {
        return (text, false);
    }
    if let Some(text) = shared_text(symbol, values) {
        return (text, false);
    }
    from_name(symbol, &words, ty)
}

fn is_comparison(name: &str) -> bool {
    matches!(name, "__lt__" | "__le__" | "__gt__" | "__ge__" | "__eq__" | "__ne__")
}

fn is_receiver(symbol: &Symbol, name: &str) -> bool {
    let receiver = symbol.signature.receiver.as_deref().unwrap_or_default();
    !symbol.flags.is_classmethod
        && !name.is_empty()
        && receiver.trim_start_matches(['&', ' ']).trim_start_matches("mut ") == name
}

fn truth_text(symbol: &Symbol, values: &[&Expr], words: &[String]) -> (String, bool) {
    let (yes, no) = match symbol.language {
        Language::Python => ("`True`", "`False`"),
        Language::Rust => ("`true`", "`false`"),
    };
    let is_predicate = words.first().is_some_and(|w| is_predicate_word(w)) && words.len() > 1;
    if is_predicate {
        let clause = predicate_clause(symbol, words);
        return (format!("{yes} if {clause}, {no} otherwise"), false);
    }
    if let [value] = values
        && matches!(value.kind, ExprKind::Compare | ExprKind::Not)
        && let Some(clause) = clause(&value.text, symbol)
    {
        return (format!("{yes} if {clause}, {no} otherwise"), false);
    }
    match values {
        [value] if value.kind == ExprKind::Bool => (format!("Always `{}`", value.text), false),
        _ => (format!("{yes} or {no}"), true),
    }
}

/// One returned expression.
fn single_text(symbol: &Symbol, value: &Expr) -> Option<String> {
    let head = value.head.as_deref().unwrap_or_default();
    match value.kind {
        ExprKind::Name => local_text(symbol, &value.text),
        ExprKind::Attribute => {
            let last = value.text.rsplit('.').next()?;
            if is_generic(last) || !is_noun(last) {
                return code(&value.text, 60).map(|quoted| format!("The value of {quoted}"));
            }
            Some(definite(&spell(last)))
        }
        ExprKind::Call | ExprKind::Struct => {
            let last = head.rsplit(['.', ':']).next()?;
            let is_own = symbol.owner.as_ref().is_some_and(|owner| owner.name == last);
            if matches!(last, "cls" | "Self") || is_own && symbol.signature.receiver.is_none() {
                return owner_noun(symbol).map(|owner| format!("The new {owner}"));
            }
            if is_class(last.trim_start_matches('_')) {
                let class = code(last, 60)?;
                return Some(format!("{} {class} instance", article(&class)));
            }
            if matches!(last, "str" | "repr" | "join" | "format") {
                return Some(text_noun(symbol, "string"));
            }
            if matches!(last, "list" | "sorted") {
                return Some(text_noun(symbol, "list"));
            }
            if matches!(
                last,
                "len" | "sum" | "max" | "min" | "int" | "dict" | "tuple" | "set" | "cast" | "await"
            ) {
                return None;
            }
            Some(format!("The result of {}", code(head, 60)?))
        }
        ExprKind::String if symbol.flags.is_dunder => Some("The string".to_owned()),
        ExprKind::String => Some(text_noun(symbol, "string")),
        ExprKind::Bytes => Some(text_noun(symbol, "bytes")),
        ExprKind::List | ExprKind::ListComp => Some(text_noun(symbol, "list")),
        ExprKind::Dict | ExprKind::DictComp => Some(text_noun(symbol, "dictionary")),
        ExprKind::Set | ExprKind::SetComp => Some(text_noun(symbol, "set")),
        ExprKind::Generator => Some(text_noun(symbol, "generator")),
        ExprKind::Tuple => tuple_text(&value.text),
        _ => None,
    }
}

/// A computed value of a function whose verb says what it is.
fn is_changed(symbol: &Symbol, value: &Expr) -> bool {
    let by_verb = || split(&symbol.name).first().and_then(|word| verbs::participle(word)).is_some();
    value.kind == ExprKind::Binary && (value.text.starts_with(['"', '\'']) || by_verb())
}

/// A variable that is returned: its name, or what it was given where that says more.
fn local_text(symbol: &Symbol, name: &str) -> Option<String> {
    let mut locals = symbol.body.locals.iter().filter(|local| local.name == name);
    if let (Some(local), None) = (locals.next(), locals.next()) {
        let head = local.value.head.as_deref().unwrap_or_default();
        let is_made = local.value.kind == ExprKind::Call
            && (matches!(head, "cls" | "cls.__new__" | "object.__new__")
                || head.ends_with(".__new__")
                || symbol.owner.as_ref().is_some_and(|owner| owner.name == head));
        if is_made && symbol.signature.receiver.as_deref() != Some("self") {
            return owner_noun(symbol).map(|owner| format!("The new {owner}"));
        }
        if is_generic(name) || !is_noun(name) {
            return described(symbol, &local.value);
        }
    }
    (!is_generic(name) && is_noun(name)).then(|| definite(&spell(name)))
}

/// Whether a name can be read as a thing: neither a quality nor a clause.
fn is_noun(name: &str) -> bool {
    let words = split(name);
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let is_quality = is_adjective(last)
        || matches!(
            last.as_str(),
            "next"
                | "previous"
                | "current"
                | "taken"
                | "found"
                | "given"
                | "made"
                | "built"
                | "seen"
                | "sent"
                | "done"
                | "left"
        );
    let is_clause =
        matches!(first.as_str(), "to" | "is" | "has" | "as" | "by" | "in" | "on" | "with");
    let is_new = first == "new" && words.len() == 1;
    // `cls.validate` is a function; a filter is a thing.
    let is_verb = words.len() == 1
        && verbs::participle(first).is_some()
        && !matches!(
            first.as_str(),
            "escape" | "filter" | "format" | "indent" | "process" | "quote" | "reverse" | "update"
        );
    !is_quality && !is_clause && !is_new && !is_verb
}

/// `The row names as a list`, from the name of the function.
fn text_noun(symbol: &Symbol, form: &str) -> String {
    let words = split(&symbol.name);
    let object = named_object(&words);
    if object.is_empty() {
        return definite(form);
    }
    let before =
        object.strip_suffix("dict").filter(|before| !before.ends_with(char::is_alphabetic));
    let whole = match before {
        Some(before) if form == "dictionary" => format!("{before}dictionary"),
        _ => object.clone(),
    };
    if whole.split(' ').any(|word| word == form) {
        return definite(&whole);
    }
    let form = if form == "bytes" { form.to_owned() } else { format!("a {form}") };
    format!("{} as {form}", definite(&object))
}

/// The words of a name after its verb.
fn named_object(words: &[String]) -> String {
    let rest = match words {
        [first, rest @ ..]
            if verbs::find(first).is_some()
                || matches!(first.as_str(), "to" | "as" | "from" | "with" | "on") =>
        {
            rest
        }
        _ => words,
    };
    if words.first().is_some_and(|word| word == "initial") { String::new() } else { join(rest) }
}

/// `A tuple of the name and the value`.
fn tuple_text(text: &str) -> Option<String> {
    let inner = text.trim().trim_start_matches('(').trim_end_matches(')');
    let names: Vec<&str> = inner.split(',').map(str::trim).filter(|t| !t.is_empty()).collect();
    let is_plain =
        |name: &&str| name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    if names.len() < 2 || names.len() > 4 || !names.iter().all(is_plain) {
        return None;
    }
    let spelt: Vec<String> = names
        .iter()
        .filter_map(|name| name.rsplit('.').next())
        .map(spell)
        .filter(|text| text.len() > 1 && text.starts_with(char::is_alphabetic))
        .map(|text| definite(&text))
        .collect();
    (spelt.len() == names.len()).then(|| format!("A tuple of {}", list(&spelt)))
}

/// Several returns that agree.
fn shared_text(symbol: &Symbol, values: &[&Expr]) -> Option<String> {
    let (first, rest) = values.split_first()?;
    let same = !rest.is_empty() && rest.iter().all(|value| value.text == first.text);
    if same && first.kind == ExprKind::Name {
        return local_text(symbol, &first.text);
    }
    let last = values.last()?;
    (last.kind == ExprKind::Name && !is_generic(&last.text) && is_noun(&last.text))
        .then(|| definite(&spell(&last.text)))
}

/// From the function's name and the annotation.
fn from_name(symbol: &Symbol, words: &[String], ty: &str) -> (String, bool) {
    let first = words.first().map(String::as_str).unwrap_or_default();
    let object = match words {
        _ if symbol.flags.is_dunder => String::new(),
        // `def wrapper(): return f()` is the wrapper; it does not return one.
        [.., last] if symbol.flags.is_nested && is_agent(last) => String::new(),
        [_, rest @ ..]
            if verbs::find(first).is_some()
                || !rest.is_empty()
                    && (matches!(first, "as" | "into") || first == "to" && !is_type_name(ty)) =>
        {
            noun_phrase(rest, false)
        }
        _ if is_predicate_word(first) || first == "pytest" => String::new(),
        _ => noun_phrase(words, false),
    };
    match symbol.name.as_str() {
        "__getattr__" | "__getattribute__" => {
            return ("The value of the attribute".to_owned(), false);
        }
        "__next__" | "__anext__" => return ("The next item".to_owned(), false),
        _ => {}
    }
    let is_operator = symbol.flags.is_dunder
        && symbol.signature.params.len() == 1
        && symbol.signature.params.iter().any(|param| param.name == "other");
    if is_operator {
        return ("The result of the operation".to_owned(), false);
    }
    if first == "from"
        && let Some(owner) = owner_noun(symbol)
    {
        return (format!("The new {owner}"), false);
    }
    let changes = words.first().and_then(|word| verbs::participle(word));
    if let Some(participle) = changes
        && !symbol.flags.is_dunder
    {
        let noun = match object.strip_prefix("the ") {
            Some(noun) if !noun.contains(" to ") => noun.to_owned(),
            _ if object.is_empty() => subject_param(symbol)
                .filter(|param| !is_generic(&param.name))
                .map_or_else(|| "value".to_owned(), |param| spell(&param.name)),
            _ => String::new(),
        };
        if !noun.is_empty() {
            return (format!("The {participle} {noun}"), true);
        }
    }
    if !object.is_empty() && !object.starts_with("to ") && first != "handle" {
        return (object, true);
    }
    if let Some(noun) = type_words(ty) {
        return (definite(&noun), true);
    }
    let simple = ty.trim_start_matches(['&', ' ']);
    match simple {
        "str" | "String" => ("The string".to_owned(), true),
        "int" | "usize" | "u64" => ("The number".to_owned(), true),
        "bytes" => ("The bytes".to_owned(), true),
        _ => match code(simple, 60).filter(|_| !ty.is_empty() && is_type_name(simple)) {
            Some(quoted) => (format!("{} {quoted}", capitalize(article(&quoted))), true),
            None => ("The result".to_owned(), true),
        },
    }
}

/// The noun of a class that an annotation names.
fn type_words(ty: &str) -> Option<String> {
    let bare = ty.strip_prefix("Optional[").and_then(|t| t.strip_suffix(']')).unwrap_or(ty);
    let bare = bare.strip_suffix("| None").unwrap_or(bare).trim();
    let last = bare.trim_matches(['"', '\'']).rsplit('.').next()?;
    let is_general = matches!(
        last,
        "Any"
            | "Self"
            | "Callable"
            | "Iterator"
            | "Iterable"
            | "Generator"
            | "Union"
            | "Literal"
            | "Tuple"
            | "Dict"
            | "List"
            | "None"
            | "Optional"
            | "Sequence"
            | "Mapping"
    );
    let noun = type_noun(last);
    (is_class(last) && !is_general && !noun.is_empty()).then_some(noun)
}

fn is_type_name(ty: &str) -> bool {
    let is_variable = ty.starts_with('_') || ty.starts_with("T_") || ty.ends_with("_T");
    let says_nothing = matches!(ty, "t.Any" | "typing.Any" | "Any" | "object");
    ty.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        && ty.len() > 2
        && !is_variable
        && !says_nothing
}

/// The description of the yielded values.
pub(super) fn yielded(symbol: &Symbol) -> Words {
    let values: Vec<&Expr> =
        symbol.body.yields.iter().filter(|v| v.kind != ExprKind::None).collect();
    if symbol.body.yields.iter().all(|v| v.kind == ExprKind::None) && !symbol.body.yields.is_empty()
    {
        return Words {
            text: "Control to the caller, without a value.".to_owned(),
            is_guess: false,
        };
    }
    if let [value, ..] = values.as_slice() {
        let delegates = value.head.as_deref() == Some("from");
        let text = match value.kind {
            _ if delegates => code(&value.text, 60).map(|quoted| format!("Each item of {quoted}")),
            ExprKind::Name if is_receiver(symbol, &value.text) => {
                Some("The object itself".to_owned())
            }
            ExprKind::Name if !is_generic(&value.text) && is_noun(&value.text) => {
                let noun = spell(&value.text);
                Some(if is_context_manager(symbol) {
                    definite(&noun)
                } else {
                    format!("The next {noun}")
                })
            }
            ExprKind::Tuple => tuple_text(&value.text),
            ExprKind::Call => {
                let head = value.head.as_deref().unwrap_or_default();
                let last = head.rsplit('.').next().unwrap_or_default();
                if is_class(last.trim_start_matches('_')) {
                    code(last, 60)
                        .map(|class| format!("{} {class} instance", capitalize(article(&class))))
                } else {
                    code(head, 60).map(|callee| format!("The result of {callee}"))
                }
            }
            ExprKind::Attribute => value
                .text
                .rsplit('.')
                .next()
                .filter(|last| !is_generic(last) && is_noun(last))
                .map(|last| definite(&spell(last))),
            _ => None,
        };
        if let Some(text) = text {
            return Words { text: sentence(&text), is_guess: false };
        }
    }
    let words = split(&symbol.name);
    let object = named_object(&words);
    let text = if is_plural(&object) && !symbol.flags.is_dunder {
        format!("One of {} at a time", definite(&object))
    } else {
        "The next item".to_owned()
    };
    Words { text: sentence(&text), is_guess: true }
}
