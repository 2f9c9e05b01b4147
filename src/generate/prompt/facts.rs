//! The facts about a symbol as JSON, for a model to lean on.
//!
//! They say what the tree says and nothing else. Every text in them comes from the
//! source and is redacted and cut.

use serde_json::{Map, Value, json};

use super::redact::{Clean, Redactor};
use crate::docstring::{Language, Param, ParamKind, Symbol, SymbolKind};

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Detail {
    /// Names alone.
    Names,
    /// Names, types and how things are passed.
    Types,
    /// Conditions and messages as well.
    Full,
}

/// Longest text in a fact, in characters.
const LONGEST: usize = 160;
/// Most entries of a list.
const MOST: usize = 40;

/// Collects facts in the order in which they are read best.
struct Facts<'a> {
    redactor: &'a Redactor<'a>,
    entries: Vec<(&'static str, Value)>,
    clean: Clean,
}

/// The facts as a JSON object, one entry a line.
pub(super) fn facts(symbol: &Symbol, redactor: &Redactor<'_>, detail: Detail) -> Clean {
    let mut facts = Facts { redactor, entries: Vec::new(), clean: Clean::default() };
    facts.gather(symbol, detail);
    let entries = facts.entries.iter().map(|(key, value)| format!("\"{key}\":{value}"));
    facts.clean.text = format!("{{{}}}", entries.collect::<Vec<_>>().join(",\n"));
    facts.clean
}

impl Facts<'_> {
    fn text(&mut self, text: &str) -> Value {
        let clean = self.redactor.text(text);
        self.clean.secrets.extend(clean.secrets);
        cut(&clean.text).into()
    }

    fn value(&mut self, name: &str, value: &str) -> Value {
        let clean = self.redactor.value(name, value);
        self.clean.secrets.extend(clean.secrets);
        cut(&clean.text).into()
    }

    fn push(&mut self, key: &'static str, value: Value) {
        let is_empty = match &value {
            Value::Array(items) => items.is_empty(),
            Value::Null => true,
            _ => false,
        };
        if !is_empty {
            self.entries.push((key, value));
        }
    }

    fn maybe(&mut self, key: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            let value = self.text(text);
            self.push(key, value);
        }
    }

    fn texts<'t>(&mut self, key: &'static str, texts: impl Iterator<Item = &'t str>) {
        let texts = texts.take(MOST).map(|text| self.text(text)).collect::<Vec<_>>();
        self.push(key, Value::Array(texts));
    }

    /// An object of the texts that are there.
    fn object(&mut self, parts: &[(&str, Option<&str>)]) -> Value {
        let mut object = Map::new();
        for (key, text) in parts {
            if let Some(text) = text {
                object.insert((*key).to_owned(), self.text(text));
            }
        }
        Value::Object(object)
    }

    fn gather(&mut self, symbol: &Symbol, detail: Detail) {
        let is_python = symbol.language == Language::Python;
        let signature = &symbol.signature;
        self.push("kind", symbol.kind.id().into());
        let name = if symbol.name.is_empty() { &symbol.module } else { &symbol.name };
        self.maybe("name", Some(name));
        self.maybe("of", symbol.owner.as_ref().map(|owner| owner.name.as_str()));
        self.flags(symbol);
        if detail > Detail::Names {
            self.texts("decorators", symbol.decorators.iter().map(String::as_str));
            self.texts("bases", symbol.bases.iter().map(String::as_str));
        }
        let params = signature.params.iter().take(MOST);
        let params: Vec<Value> = params.map(|param| self.param(param, detail)).collect();
        self.push("params", Value::Array(params));
        if symbol.kind.is_callable() {
            if signature.returns_value || signature.is_fallible {
                self.maybe("returns", signature.returns.as_deref().or(Some("a value")));
            } else if !signature.is_generator {
                self.push("returns", json!(false));
            }
            if signature.is_generator {
                self.maybe("yields", signature.yields.as_deref().or(Some("values")));
            }
        }
        self.maybe("type", signature.value_type.as_deref());
        self.failures(symbol, detail);
        let members = symbol.members.iter().filter(|m| !is_python || !m.name.starts_with('_'));
        let key = match symbol.kind {
            SymbolKind::Enum => "variants",
            _ if is_python => "attributes",
            _ => "fields",
        };
        let members: Vec<Value> = members
            .take(MOST)
            .map(|member| {
                let full = detail == Detail::Full;
                let default = member.default.as_deref().filter(|_| full);
                let default = default.map(|value| self.value(&member.name, value));
                let mut object = self.object(&[
                    ("name", Some(&member.name)),
                    ("type", member.ty.as_deref().filter(|_| detail > Detail::Names)),
                    ("comment", member.comment.as_deref().filter(|_| full)),
                ]);
                if let (Some(object), Some(default)) = (object.as_object_mut(), default) {
                    object.insert("value".to_owned(), default);
                }
                object
            })
            .collect();
        self.push(key, Value::Array(members));
    }

    fn flags(&mut self, symbol: &Symbol) {
        let flags = &symbol.flags;
        let all = [
            ("async", flags.is_async),
            ("generator", symbol.signature.is_generator),
            ("static", flags.is_static),
            ("classmethod", flags.is_classmethod),
            ("abstract", flags.is_abstract),
            ("unsafe", flags.is_unsafe),
            ("dataclass", flags.is_dataclass),
            ("enum", flags.is_enum && symbol.kind == SymbolKind::Class),
            ("exception", flags.is_exception),
            ("interface", flags.is_interface && symbol.kind == SymbolKind::Class),
            ("stub", symbol.body.is_stub),
        ];
        for (key, _) in all.into_iter().filter(|(_, is_set)| *is_set) {
            self.push(key, json!(true));
        }
    }

    fn param(&mut self, param: &Param, detail: Detail) -> Value {
        let has_types = detail > Detail::Names;
        let kind = match param.kind {
            ParamKind::Regular => None,
            ParamKind::PositionalOnly => Some("positional only"),
            ParamKind::KeywordOnly => Some("keyword only"),
            ParamKind::VarPositional => Some("all further positional"),
            ParamKind::VarKeyword => Some("all further keywords"),
        };
        let mut object = self.object(&[
            ("name", Some(&param.name)),
            ("kind", kind.filter(|_| has_types)),
            ("type", param.ty.as_deref().filter(|_| has_types)),
        ]);
        let default = param.default.as_deref().filter(|_| has_types);
        if let (Some(default), Some(object)) = (default, object.as_object_mut()) {
            object.insert("default".to_owned(), self.value(&param.name, default));
        }
        object
    }

    fn failures(&mut self, symbol: &Symbol, detail: Detail) {
        let full = |text: &Option<String>| text.clone().filter(|_| detail == Detail::Full);
        let body = &symbol.body;
        let redactor = self.redactor;
        let mut secrets = Clean::default();
        let mut object = |parts: &[(&str, Option<&str>)]| {
            let mut facts = Facts { redactor, entries: Vec::new(), clean: Clean::default() };
            let object = facts.object(parts);
            secrets.secrets.extend(facts.clean.secrets);
            object
        };
        let raises = body.raises.iter().take(MOST).map(|raise| {
            let handling = raise.handling.join(", ");
            object(&[
                ("name", Some(&raise.exception)),
                ("if", full(&raise.condition).as_deref()),
                ("message", full(&raise.message).as_deref()),
                ("caught", raise.is_caught.then_some("in the same function")),
                ("while_handling", Some(handling.as_str()).filter(|text| !text.is_empty())),
            ])
        });
        let raises = unique(raises);
        let errors = body.errors.iter().take(MOST).map(|case| {
            object(&[
                ("error", Some(case.error.as_deref().unwrap_or("a message"))),
                ("if", full(&case.condition).as_deref()),
                ("message", full(&case.message).as_deref()),
            ])
        });
        let errors = unique(errors);
        let panics = body.panics.iter().filter(|_| symbol.language == Language::Rust);
        let panics = panics.take(MOST).map(|panic| {
            // Of an assertion it is what must hold, of the others what leads there.
            let key = if panic.cause.starts_with("assert") { "unless" } else { "if" };
            object(&[
                ("by", Some(&panic.cause)),
                (key, full(&panic.condition).as_deref()),
                ("message", full(&panic.message).as_deref()),
            ])
        });
        let panics = unique(panics);
        self.clean.secrets.extend(secrets.secrets);
        self.push("raises", raises);
        self.push("errors", errors);
        self.push("panics", panics);
        self.texts("passes_on", body.propagates.iter().map(String::as_str));
    }
}

/// The cases that differ.
fn unique(cases: impl Iterator<Item = Value>) -> Value {
    let mut unique: Vec<Value> = Vec::new();
    for case in cases {
        if !unique.contains(&case) {
            unique.push(case);
        }
    }
    Value::Array(unique)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
