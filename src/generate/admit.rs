//! Leniency towards a model's answer: what can be put right without asking again is.
//!
//! Only the form is put right, and what the facts exclude is dropped. Nothing is
//! invented: what is missing stays missing, but for exceptions that the facts prove, and
//! [`style::read`](read) has the last word.

mod copied;
mod left_out;
mod text;

use serde_json::{Map, Value, json};

use crate::docstring::{Language, Symbol};
use crate::style::{Content, mend, mend_line, narrow, read};
use text::{is_nothing, plain, sentence_end, summary};

/// Other names of keys that models like to write.
const ALIASES: [(&str, &str); 20] = [
    ("args", "params"),
    ("arguments", "params"),
    ("parameters", "params"),
    ("parameter", "params"),
    ("return", "returns"),
    ("return_value", "returns"),
    ("yield", "yields"),
    ("exceptions", "raises"),
    ("raise", "raises"),
    ("throws", "raises"),
    ("attrs", "attributes"),
    ("fields", "attributes"),
    ("error", "errors"),
    ("panic", "panics"),
    ("example", "examples"),
    ("note", "notes"),
    ("warning", "warnings"),
    ("extended_summary", "description"),
    ("details", "description"),
    ("deprecation", "deprecated"),
];
/// Keys whose value is a text.
const TEXTS: [&str; 9] = [
    "description",
    "returns",
    "yields",
    "errors",
    "panics",
    "safety",
    "notes",
    "warnings",
    "deprecated",
];
/// Keys under which an item's text stands.
const WORDS: [&str; 7] =
    ["description", "desc", "text", "summary", "doc", "condition", "explanation"];
/// Most items and examples that are looked at.
const ITEMS: usize = 512;
const EXAMPLES: usize = 4;

/// Admits a model's answer as words about `symbol`, after putting right what is only a
/// matter of form:
///
/// - keys that are missing or beside the question, other names of keys, a text as an
///   object or a list, an object of names instead of a list;
/// - the stars of `*args`, the order of parameters, names in backticks;
/// - words about parameters, exceptions, results and the like that the code does not have;
/// - code fences, quotes, white space, a missing full stop, a summary of several sentences,
///   or one that begins with "This function";
/// - what breaks a text rule by its form alone: tags and types without backticks, marks of
///   headings, lists and fields, code between prose.
///
/// A text that is no JSON at all counts as a summary, where nothing else is needed.
///
/// # Errors
///
/// What is wrong with the rest, each with its JSON pointer.
pub fn admit(answer: &Value, symbol: &Symbol) -> Result<Content, Vec<String>> {
    let answer = match answer {
        Value::String(text) => object_in(text),
        other => unwrapped(other.clone()),
    };
    admitted(answer, symbol)
}

/// As [`admit`], for an answer that was not asked for a summary: `summary` takes its place.
pub(super) fn admit_parts(
    answer: &Value,
    symbol: &Symbol,
    summary: &str,
) -> Result<Content, Vec<String>> {
    let mut answer = match answer {
        Value::String(text) => object_in(text),
        other => unwrapped(other.clone()),
    };
    if let Some(object) = answer.as_object_mut() {
        object.insert("summary".to_owned(), summary.into());
        object.insert("description".to_owned(), Value::Null);
    }
    admitted(answer, symbol)
}

fn admitted(answer: Value, symbol: &Symbol) -> Result<Content, Vec<String>> {
    let content = match answer {
        Value::String(text) if text.starts_with(['{', '[']) => {
            return Err(vec!["`` is not a JSON object, or was cut off".to_owned()]);
        }
        Value::Object(answer) => tidied(answer, symbol),
        Value::String(text) => {
            tidied(Map::from_iter([("summary".to_owned(), text.into())]), symbol)
        }
        other => other,
    };
    let content = read(&content, symbol).map_err(|rejection| rejection.problems)?;
    if text::says_nothing(&content.summary) {
        return Err(vec!["`/summary` says nothing about the code".to_owned()]);
    }
    let copied = copied::copied(&content, symbol);
    if !copied.is_empty() {
        return Err(copied);
    }
    Ok(left_out::completed(content, symbol))
}

/// The object that a text is, code fences around it aside; else the text.
fn object_in(text: &str) -> Value {
    let bare = text::unfenced(text);
    if bare.starts_with('{')
        && let Ok(value @ Value::Object(_)) = serde_json::from_str(bare)
    {
        return unwrapped(value);
    }
    bare.into()
}

/// The content inside of `{"docstring": {…}}` and of a list of one.
fn unwrapped(value: Value) -> Value {
    let is_content = |value: &Value| value.get("summary").is_some();
    match value {
        Value::Object(object) if !object.contains_key("summary") && object.len() == 1 => {
            match object.into_iter().next() {
                Some((_, inner)) if is_content(&inner) => inner,
                Some((key, inner)) => Value::Object(Map::from_iter([(key, inner)])),
                None => Value::Null,
            }
        }
        Value::Array(mut items) if items.len() == 1 && items.iter().all(is_content) => {
            items.pop().unwrap_or_default()
        }
        other => other,
    }
}

/// The content in its own form.
fn tidied(mut answer: Map<String, Value>, symbol: &Symbol) -> Value {
    for (alias, key) in ALIASES {
        if !answer.contains_key(key)
            && let Some(value) = answer.remove(alias)
        {
            answer.insert(key.to_owned(), value);
        }
    }
    let schema = narrow(symbol);
    let names = |key: &str| -> Vec<String> {
        let names = schema.pointer(&format!("/properties/{key}/items/properties/name/enum"));
        let names = names.and_then(Value::as_array).into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let has_place = |key: &str| {
        let kind = schema.pointer(&format!("/properties/{key}/type"));
        kind.is_some_and(|kind| kind.as_str() != Some("null"))
    };
    let language = symbol.language;
    let mut out = Map::new();
    for key in TEXTS {
        let value = answer.remove(key).filter(|_| has_place(key));
        let value = value.map_or(Value::Null, text_of);
        out.insert(key.to_owned(), mended(value, language));
    }
    for key in ["params", "raises", "attributes"] {
        let items = answer.remove(key).map(items_of).unwrap_or_default();
        out.insert(key.to_owned(), matched(items, &names(key), key == "params", language));
    }
    let examples = answer.remove("examples").map(|value| examples_of(value, language));
    out.insert("examples".to_owned(), Value::Array(examples.unwrap_or_default()));
    let head = answer.remove("summary").unwrap_or_default();
    match text_of(head) {
        Value::String(text) => {
            let (head, rest) = summary(&text);
            let head = text::without_call(&head, &symbol.name);
            let head = if symbol.kind.is_callable() {
                text::without_subject(&head, &symbol.name, language)
            } else {
                head
            };
            let head = mend_line(&head, language);
            out.insert("summary".to_owned(), text::sentence_end(&head).into());
            let rest = rest.map(|rest| mend(&rest, language)).filter(|rest| !rest.is_empty());
            if let Some(rest) = rest {
                let description = out.get("description").and_then(Value::as_str);
                let description = match description {
                    Some(text) if text.starts_with(&rest) => text.to_owned(),
                    Some(text) => [rest.as_str(), text].join("\n\n"),
                    None => rest,
                };
                out.insert("description".to_owned(), description.into());
            }
        }
        other => {
            out.insert("summary".to_owned(), other);
        }
    }
    // The summary again says nothing more.
    let bare = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(|text| text.trim_end_matches('.').to_owned())
    };
    if bare(out.get("description")) == bare(out.get("summary")) {
        out.insert("description".to_owned(), Value::Null);
    }
    Value::Object(out)
}

/// A text of whatever shape it came in; `null` for nothing. What is no text stays what it is.
fn text_of(value: Value) -> Value {
    match value {
        Value::String(text) if is_nothing(&text) => Value::Null,
        Value::String(text) => plain(&text).into(),
        Value::Object(mut object) => match WORDS.iter().find_map(|key| object.remove(*key)) {
            Some(Value::String(text)) => text_of(text.into()),
            Some(Value::Null) => Value::Null,
            None if object.is_empty() => Value::Null,
            // A model that means `{"type": null, "desc": null}` means nothing.
            None if object.values().all(Value::is_null) => Value::Null,
            _ => Value::Object(object),
        },
        Value::Array(items) => {
            let items = items.into_iter().take(ITEMS).filter(|item| !item.is_array());
            let texts = items.map(text_of);
            let texts: Vec<String> =
                texts.filter_map(|text| text.as_str().map(sentence_end)).collect();
            if texts.is_empty() { Value::Null } else { texts.join(" ").into() }
        }
        other => other,
    }
}

/// A text without what breaks a rule by its form alone; `null` when nothing else was there.
fn mended(value: Value, language: Language) -> Value {
    match value.as_str().map(|text| mend(text, language)) {
        Some(text) if text.trim().is_empty() => Value::Null,
        Some(text) => text.into(),
        None => value,
    }
}

/// Names and what is said about them, from a list of objects or texts or an object.
fn items_of(value: Value) -> Vec<(String, Value)> {
    match value {
        Value::Object(object) => {
            let is_one = object.get("name").is_some_and(Value::is_string)
                && WORDS.iter().any(|key| object.get(*key).is_some_and(Value::is_string));
            if is_one {
                return item_of(Value::Object(object)).into_iter().collect();
            }
            object.into_iter().take(ITEMS).map(|(name, text)| (name, text_of(text))).collect()
        }
        Value::Array(items) => items.into_iter().take(ITEMS).filter_map(item_of).collect(),
        _ => Vec::new(),
    }
}

fn item_of(item: Value) -> Option<(String, Value)> {
    match item {
        Value::Object(mut object) => {
            let name = ["name", "param", "parameter", "type", "exception", "error"]
                .iter()
                .find_map(|key| object.get(*key).and_then(Value::as_str).map(str::to_owned));
            if let Some(name) = name {
                object.remove("name");
                return Some((name, text_of(Value::Object(object))));
            }
            // `{"path": "The file."}`.
            let (name, text) = object.into_iter().next()?;
            text.is_string().then(|| (name, text_of(text)))
        }
        Value::String(text) => {
            let (name, words) = text.split_once(':')?;
            Some((name.to_owned(), text_of(words.trim().into())))
        }
        _ => None,
    }
}

/// The items whose names the code has, spelt as there, each once; in the code's order if
/// `in_order`.
fn matched(
    items: Vec<(String, Value)>,
    names: &[String],
    in_order: bool,
    language: Language,
) -> Value {
    let mut found: Vec<(usize, Value)> = Vec::new();
    for (name, text) in items {
        let Some(index) = position(&name, names) else { continue };
        let Some(name) = names.get(index) else { continue };
        let text = match text.as_str() {
            Some(words) => mended(text::without_name(words, name).into(), language),
            None => text,
        };
        if text.is_null() || found.iter().any(|(other, _)| *other == index) {
            continue;
        }
        found.push((index, json!({ "name": name, "description": text })));
    }
    if in_order {
        found.sort_by_key(|(index, _)| *index);
    }
    found.into_iter().map(|(_, item)| item).collect()
}

/// Which of `names` is meant: the same but for stars, backticks and a type behind it; else
/// the only one with the same last part (`m.Bad` for `Bad`).
fn position(name: &str, names: &[String]) -> Option<usize> {
    let bare = name.trim().trim_matches(['`', '*', '"', '\'', ':', '&']);
    let bare = bare.split([' ', '(', ':']).next().filter(|_| !bare.contains("::")).unwrap_or(bare);
    if let Some(index) = names.iter().position(|known| known == bare) {
        return Some(index);
    }
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let mut same = names.iter().enumerate().filter(|(_, known)| last(known) == last(bare));
    match (same.next(), same.next()) {
        (Some((index, _)), None) if !bare.is_empty() => Some(index),
        _ => None,
    }
}

/// Examples: objects with code, or code alone.
fn examples_of(value: Value, language: Language) -> Vec<Value> {
    let items = match value {
        Value::Array(items) => items,
        Value::Null => Vec::new(),
        other => vec![other],
    };
    let example = |item: Value| {
        let (code, note) = match item {
            Value::String(code) => (code, Value::Null),
            Value::Object(mut object) => {
                let note = object.remove("note").or_else(|| object.remove("description"));
                let code = object.remove("code").or_else(|| object.remove("example"));
                let code = code.as_ref().and_then(Value::as_str)?.to_owned();
                (code, mended(note.map_or(Value::Null, text_of), language))
            }
            _ => return None,
        };
        let code = text::unfenced(&code).trim_end().to_owned();
        (!code.trim().is_empty()).then(|| json!({ "code": code, "note": note }))
    };
    items.into_iter().take(ITEMS).filter_map(example).take(EXAMPLES).collect()
}

#[cfg(test)]
mod tests;
