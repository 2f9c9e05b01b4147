//! The only door through which a provider's words come in.
//!
//! [`narrow`] is the JSON Schema of [`Content`] for one symbol: only its parameters,
//! returns, yields and exceptions have a place in it. It is what a remote model is
//! held to. [`read`] admits an answer: the general schema, compiled once, then the
//! agreement with the symbol, which says the same as the narrowed schema and more
//! (order, uniqueness, text rules). A property test holds the two together.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde::Deserialize;
use serde_json::{Value, json};

use super::content::{Content, Described};
use super::rules::{DESCRIPTION, SUMMARY, TOTAL, code_fault, prose_fault};
use crate::docstring::{Language, Symbol, SymbolKind};

/// Why an answer was not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.join("; "))]
pub struct Rejection {
    /// One sentence per fault, each with the JSON pointer it concerns.
    pub problems: Vec<String>,
}

impl Rejection {
    fn one(pointer: &str, problem: impl std::fmt::Display) -> Self {
        Self { problems: vec![format!("`{pointer}` {problem}")] }
    }
}

/// Faults are listed up to this number; a repair turn needs no more.
const PROBLEMS: usize = 16;
/// Keys of an answer.
const KEYS: usize = 14;
/// Most examples in an answer.
const EXAMPLES: usize = 4;
/// Most items of a list.
const ITEMS: usize = 256;

/// What the facts allow to be said about a symbol.
struct Expected<'a> {
    params: Vec<&'a str>,
    /// Every parameter must be there; otherwise all or none.
    needs_params: bool,
    raises: Vec<&'a str>,
    attributes: Vec<&'a str>,
    returns: Presence,
    yields: Presence,
    errors: Presence,
    panics: Presence,
    safety: Presence,
}

/// Whether a part must, may or must not be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Required,
    Optional,
    Absent,
}

impl Presence {
    fn required_if(condition: bool) -> Self {
        if condition { Presence::Required } else { Presence::Absent }
    }

    fn schema(self) -> Value {
        match self {
            Presence::Required => text_schema(),
            Presence::Optional => nullable_schema(),
            Presence::Absent => json!({ "type": "null" }),
        }
    }
}

impl<'a> Expected<'a> {
    fn of(symbol: &'a Symbol) -> Self {
        let is_python = symbol.language == Language::Python;
        let signature = &symbol.signature;
        let params = signature.params.iter().map(|param| param.name.as_str());
        let params: Vec<&str> = params.filter(|name| name.chars().any(|c| c != '_')).collect();
        let unique = |names: Vec<&'a str>| {
            let mut unique: Vec<&str> = Vec::with_capacity(names.len());
            for name in names {
                if !unique.contains(&name) {
                    unique.push(name);
                }
            }
            unique
        };
        let is_called = symbol.kind.is_callable();
        let returns = match symbol.kind {
            SymbolKind::Property if is_python => Presence::Optional,
            _ if !is_called || !signature.returns_value => Presence::Absent,
            _ if is_python => Presence::Required,
            _ => Presence::Optional,
        };
        Self {
            needs_params: is_python && is_called,
            params: unique(params),
            raises: unique(symbol.body.raises.iter().map(|r| r.exception.as_str()).collect()),
            attributes: unique(symbol.members.iter().map(|m| m.name.as_str()).collect()),
            returns,
            // A stub may be meant to yield; nothing in its body can say so.
            yields: match signature.is_generator {
                true if is_called => Presence::Required,
                false if is_called && signature.yields.is_some() => Presence::Optional,
                _ => Presence::Absent,
            },
            errors: Presence::required_if(is_called && !is_python && signature.is_fallible),
            // In Python these are assertions, which are documented on request only.
            panics: match symbol.body.panics.is_empty() {
                true => Presence::Absent,
                false if is_python => Presence::Optional,
                false => Presence::Required,
            },
            safety: Presence::required_if(
                !is_python
                    && symbol.flags.is_unsafe
                    && (is_called || symbol.kind == SymbolKind::Trait),
            ),
        }
    }
}

fn text_schema() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": DESCRIPTION })
}

fn nullable_schema() -> Value {
    json!({ "type": ["string", "null"], "minLength": 1, "maxLength": DESCRIPTION })
}

fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn described(names: Option<&[&str]>, least: usize) -> Value {
    let name = match names {
        Some([]) => return json!({ "type": "array", "maxItems": 0 }),
        Some(names) => json!({ "type": "string", "enum": names }),
        None => json!({ "type": "string", "minLength": 1 }),
    };
    let items = object(&[("name", name), ("description", text_schema())]);
    match names {
        Some(names) => {
            json!({ "type": "array", "items": items, "minItems": least, "maxItems": names.len() })
        }
        None => json!({ "type": "array", "items": items, "maxItems": ITEMS }),
    }
}

fn content_schema(expected: Option<&Expected<'_>>) -> Value {
    let presence = |choose: fn(&Expected<'_>) -> Presence| {
        expected.map_or_else(nullable_schema, |expected| choose(expected).schema())
    };
    let least = expected.filter(|e| e.needs_params).map_or(0, |e| e.params.len());
    let example = object(&[("code", text_schema()), ("note", nullable_schema())]);
    object(&[
        ("summary", json!({ "type": "string", "minLength": 1, "maxLength": SUMMARY })),
        ("description", nullable_schema()),
        ("params", described(expected.map(|e| e.params.as_slice()), least)),
        ("returns", presence(|e| e.returns)),
        ("yields", presence(|e| e.yields)),
        ("raises", described(expected.map(|e| e.raises.as_slice()), 0)),
        ("attributes", described(expected.map(|e| e.attributes.as_slice()), 0)),
        ("errors", presence(|e| e.errors)),
        ("panics", presence(|e| e.panics)),
        ("safety", presence(|e| e.safety)),
        ("examples", json!({ "type": "array", "items": example, "maxItems": EXAMPLES })),
        ("notes", nullable_schema()),
        ("warnings", nullable_schema()),
        ("deprecated", nullable_schema()),
    ])
}

/// The schema of [`Content`] narrowed to `symbol`: JSON Schema 2020-12, every key
/// required, no key beside them, `null` or an empty list where the facts leave nothing to say.
pub fn narrow(symbol: &Symbol) -> Value {
    content_schema(Some(&Expected::of(symbol)))
}

/// The general schema; `None` never happens, since the schema is a constant.
static GENERAL: LazyLock<Option<Validator>> =
    LazyLock::new(|| jsonschema::draft202012::new(&content_schema(None)).ok());

/// Admits `content` as words about `symbol`.
///
/// # Errors
///
/// Every fault found, for a repair turn.
pub fn read(content: &Value, symbol: &Symbol) -> Result<Content, Rejection> {
    let content = match well_formed(content) {
        Some(content) => content,
        None => examined(content)?,
    };
    let mut check = Check { problems: Vec::new(), total: 0, language: symbol.language };
    check.content(&content, symbol);
    if check.problems.is_empty() {
        Ok(content)
    } else {
        check.problems.truncate(PROBLEMS);
        Err(Rejection { problems: check.problems })
    }
}

/// The content as the general schema says what is wrong with it, if anything is.
fn examined(content: &Value) -> Result<Content, Rejection> {
    let Some(general) = GENERAL.as_ref() else {
        return Err(Rejection::one("", "cannot be checked"));
    };
    let problems = general.iter_errors(content).take(PROBLEMS);
    let problems: Vec<String> = problems
        .map(|error| {
            let what: String = error.to_string().chars().take(200).collect();
            format!("`{}` {what}", error.instance_path())
        })
        .collect();
    if problems.is_empty() {
        Content::deserialize(content).map_err(|error| Rejection::one("", error))
    } else {
        Err(Rejection { problems })
    }
}

/// The content if the general schema admits it, told without the schema: to compile it
/// takes longer than to document many a file, and most answers are well formed.
fn well_formed(content: &Value) -> Option<Content> {
    let object = content.as_object()?;
    let list = |key: &str| object.get(key).and_then(Value::as_array);
    // A list would do for serde, and a key that may be null could be left out.
    let is_object = |item: &Value| item.as_object().is_some_and(|item| item.len() == 2);
    let is_complete = object.len() == KEYS
        && ["params", "raises", "attributes", "examples"]
            .into_iter()
            .all(|key| list(key).is_some_and(|items| items.iter().all(is_object)));
    let content = is_complete.then(|| Content::deserialize(content).ok()).flatten()?;
    let fits = |text: &str, most: usize| !text.is_empty() && text.chars().count() <= most;
    let texts = [
        &content.description,
        &content.returns,
        &content.yields,
        &content.errors,
        &content.panics,
        &content.safety,
        &content.notes,
        &content.warnings,
        &content.deprecated,
    ];
    let notes = content.examples.iter().map(|example| &example.note);
    let lists = [&content.params, &content.raises, &content.attributes];
    let mut described = lists.iter().copied().flatten();
    let is_fit = fits(&content.summary, SUMMARY)
        && texts.into_iter().chain(notes).flatten().all(|text| fits(text, DESCRIPTION))
        && content.examples.iter().all(|example| fits(&example.code, DESCRIPTION))
        && content.examples.len() <= EXAMPLES
        && lists.iter().all(|list| list.len() <= ITEMS)
        && described.all(|item| !item.name.is_empty() && fits(&item.description, DESCRIPTION));
    is_fit.then_some(content)
}

struct Check {
    problems: Vec<String>,
    total: usize,
    language: Language,
}

impl Check {
    fn fault(&mut self, pointer: impl std::fmt::Display, problem: &str) {
        self.problems.push(format!("`{pointer}` {problem}"));
    }

    fn content(&mut self, content: &Content, symbol: &Symbol) {
        let expected = Expected::of(symbol);
        self.summary(&content.summary, symbol);
        self.maybe("/description", content.description.as_deref());
        self.params(&content.params, &expected);
        self.subset("/raises", &content.raises, &expected.raises);
        self.subset("/attributes", &content.attributes, &expected.attributes);
        self.part("/returns", content.returns.as_deref(), expected.returns);
        self.part("/yields", content.yields.as_deref(), expected.yields);
        self.part("/errors", content.errors.as_deref(), expected.errors);
        self.part("/panics", content.panics.as_deref(), expected.panics);
        self.part("/safety", content.safety.as_deref(), expected.safety);
        for (index, example) in content.examples.iter().enumerate() {
            self.total += example.code.len();
            if let Some(fault) = code_fault(&example.code) {
                self.fault(format_args!("/examples/{index}/code"), fault);
            }
            if let Some(note) = &example.note {
                self.text(format_args!("/examples/{index}/note"), note);
            }
        }
        self.maybe("/notes", content.notes.as_deref());
        self.maybe("/warnings", content.warnings.as_deref());
        self.maybe("/deprecated", content.deprecated.as_deref());
        if self.total > TOTAL {
            self.fault("", "is too long as a whole");
        }
    }

    fn summary(&mut self, summary: &str, symbol: &Symbol) {
        self.text("/summary", summary);
        if summary.contains('\n') {
            self.fault("/summary", "must be one line");
        }
        let bare = summary.trim().trim_end_matches(['.', '!', '?']);
        let name = symbol.name.as_str();
        let is_name = symbol.kind.is_callable() && bare == name;
        if !name.is_empty() && (is_name || has_signature(summary, name)) {
            self.fault("/summary", "must not be the name or the signature");
        }
        if !bare.chars().any(char::is_alphanumeric) {
            self.fault("/summary", "must be a sentence");
        } else if bare.starts_with(['-', '*', ' ']) || summary.starts_with(' ') {
            self.fault("/summary", "must begin with a word");
        }
    }

    fn text(&mut self, pointer: impl std::fmt::Display, text: &str) {
        self.total += text.len();
        if text.trim().is_empty() {
            self.fault(pointer, "must not be empty");
        } else if let Some(fault) = prose_fault(text, self.language) {
            self.fault(pointer, fault);
        }
    }

    fn maybe(&mut self, pointer: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.text(pointer, text);
        }
    }

    fn part(&mut self, pointer: &str, text: Option<&str>, presence: Presence) {
        match (text, presence) {
            (None, Presence::Required) => self.fault(pointer, "must be described"),
            (Some(_), Presence::Absent) => {
                self.fault(pointer, "must be null: the code has nothing of the kind");
            }
            (text, _) => self.maybe(pointer, text),
        }
    }

    fn params(&mut self, params: &[Described], expected: &Expected<'_>) {
        let named = params.iter().map(|param| param.name.as_str());
        let is_exact = named.eq(expected.params.iter().copied());
        if !is_exact && (expected.needs_params || !params.is_empty()) {
            let wanted = expected.params.join("`, `");
            self.fault(
                "/params",
                &if wanted.is_empty() {
                    "must be empty: there are no parameters".to_owned()
                } else {
                    format!("must be exactly, and in this order, `{wanted}`")
                },
            );
        }
        for (index, param) in params.iter().enumerate() {
            self.text(format_args!("/params/{index}/description"), &param.description);
        }
    }

    fn subset(&mut self, pointer: &str, items: &[Described], expected: &[&str]) {
        for (index, item) in items.iter().enumerate() {
            if !expected.contains(&item.name.as_str()) {
                self.fault(format_args!("{pointer}/{index}/name"), "is not a name in the code");
            } else if items.iter().take(index).any(|other| other.name == item.name) {
                self.fault(format_args!("{pointer}/{index}/name"), "occurs twice");
            }
            self.text(format_args!("{pointer}/{index}/description"), &item.description);
        }
    }
}

/// Whether `name(` stands in the text as a word of its own (pydocstyle D402).
fn has_signature(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        text.get(at + name.len()..).is_some_and(|rest| rest.starts_with('('))
            && !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests;
