//! What is asked for: the keys of an answer, its schema and its length.

use serde_json::{Map, Value};

use crate::docstring::{Language, Symbol, SymbolKind};
use crate::generate::options::{InitDocs, Options};
use crate::style::narrow;

/// What a style has a place for beyond what every style has.
struct Profile {
    style: &'static str,
    notes: bool,
    /// Exceptions, attributes and the like.
    sections: bool,
}

/// Styles that differ; the others have sections and no notes. The fewer differences,
/// the more questions are the same, and one answer then serves them all.
const PROFILES: [Profile; 2] = [
    Profile { style: "numpy", notes: true, sections: true },
    Profile { style: "pep257", notes: false, sections: false },
];

/// The keys that a good answer about `symbol` has, in their order.
///
/// What `style::read` insists on is always among them; examples never are, since nobody
/// runs them before they are written down.
pub(super) fn keys(symbol: &Symbol, options: &Options) -> Vec<&'static str> {
    let profile = PROFILES.iter().find(|profile| profile.style == options.style.id());
    let has_sections = profile.is_none_or(|profile| profile.sections);
    let has_notes = profile.is_some_and(|profile| profile.notes);
    let is_python = symbol.language == Language::Python;
    let is_callable = symbol.kind.is_callable();
    let is_class = symbol.kind == SymbolKind::Class;
    let schema = narrow(symbol);
    let part = |key: &str| schema.pointer(&format!("/properties/{key}"));
    let has_place = |key: &str| {
        part(key).is_some_and(|part| match part.get("type") {
            Some(Value::String(kind)) if kind == "null" => false,
            Some(Value::String(kind)) if kind == "array" => part.get("items").is_some(),
            _ => true,
        })
    };
    let is_needed = |key: &str| {
        part(key).is_some_and(|part| {
            part.get("type").and_then(Value::as_str) == Some("string")
                || part.get("minItems").and_then(Value::as_u64).is_some_and(|least| least > 0)
        })
    };
    let is_deprecated = symbol.decorators.iter().any(|decorator| decorator.contains("deprecated"))
        || symbol
            .body
            .calls
            .iter()
            .any(|call| call.args.iter().any(|(_, text)| text.contains("DeprecationWarning")));
    let wanted = |key: &str| match key {
        "summary" | "description" | "errors" | "safety" => true,
        "params" if is_python => {
            is_callable || is_class && options.rules.init_docs == InitDocs::Class && has_sections
        }
        "params" => options.rules.rust_arguments && is_callable,
        "returns" if is_python => has_sections,
        "returns" => options.rules.rust_arguments,
        "yields" => has_sections,
        "raises" => has_sections && is_callable,
        "attributes" => has_sections && is_class,
        "panics" => !is_python || options.rules.asserts,
        "notes" => has_notes && symbol.body.statements > 8,
        "deprecated" => has_sections && is_deprecated,
        _ => false,
    };
    KEYS.into_iter().filter(|key| has_place(key) && (is_needed(key) || wanted(key))).collect()
}

/// The keys of content in the order in which they are thought of.
const KEYS: [&str; 12] = [
    "summary",
    "description",
    "params",
    "returns",
    "yields",
    "raises",
    "attributes",
    "errors",
    "panics",
    "safety",
    "notes",
    "deprecated",
];

/// The keys of single parts, which documentation may lack while all else is there.
pub(super) const PARTS: [&str; 8] =
    ["params", "returns", "yields", "raises", "attributes", "errors", "panics", "safety"];

/// Keywords that not every provider takes; an answer is checked for them here.
const LIMITS: [&str; 4] = ["minLength", "maxLength", "minItems", "maxItems"];

/// Longest limit that is sent: grammars repeat a rule so many times.
const REPEATED: u64 = 512;

/// The schema that is sent: the narrowed one, with nothing but `keys`, in the subset that
/// every dialect takes: all properties required, nothing beside them, `null` instead of
/// optional, no limits. With `names` it is exact: every parameter and exception has its
/// place, and no text is empty. Some providers compile and keep each new schema, so that
/// only local ones gain by it.
pub(super) fn schema(symbol: &Symbol, keys: &[&str], names: bool) -> Value {
    let mut schema = narrow(symbol);
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        let mut kept = Map::new();
        for key in keys {
            if let Some(mut part) = properties.remove(*key) {
                simplify(&mut part, names, *key == "raises");
                kept.insert((*key).to_owned(), part);
            }
        }
        *properties = kept;
    }
    let required = keys.iter().map(|key| Value::from(*key)).collect();
    object.insert("required".to_owned(), Value::Array(required));
    schema
}

/// Drops limits, at the two depths at which [`narrow`] has some.
fn simplify(part: &mut Value, names: bool, is_whole: bool) {
    if names {
        return bound(part, is_whole);
    }
    let strip = |part: &mut Value| {
        if let Some(object) = part.as_object_mut() {
            object.retain(|key, _| !LIMITS.contains(&key.as_str()) && key.as_str() != "enum");
        }
    };
    strip(part);
    let inner = part.pointer_mut("/items/properties").and_then(Value::as_object_mut);
    for (_, property) in inner.into_iter().flatten() {
        strip(property);
    }
}

/// Makes a list of which every item must be there, or shall be if `is_whole`, one of a
/// place for each; drops limits that are long.
fn bound(part: &mut Value, is_whole: bool) {
    let shorten = |part: &mut Value| {
        if let Some(object) = part.as_object_mut() {
            let is_long = |limit: &Value| limit.as_u64().is_some_and(|limit| limit > REPEATED);
            object.retain(|key, value| !(LIMITS.contains(&key.as_str()) && is_long(value)));
        }
    };
    shorten(part);
    let inner = part.pointer_mut("/items/properties").and_then(Value::as_object_mut);
    for (_, property) in inner.into_iter().flatten() {
        shorten(property);
    }
    let Some(list) = part.as_object_mut() else { return };
    let names = list.get("items").and_then(|item| item.pointer("/properties/name/enum"));
    let names: Vec<Value> = names.and_then(Value::as_array).cloned().unwrap_or_default();
    let least = list.get("minItems").and_then(Value::as_u64);
    if names.is_empty() || !is_whole && least != u64::try_from(names.len()).ok() {
        return;
    }
    list.insert("minItems".to_owned(), names.len().into());
    let Some(item) = list.remove("items") else { return };
    let places = names.into_iter().map(|name| {
        let mut item = item.clone();
        if let Some(known) = item.pointer_mut("/properties/name/enum") {
            *known = Value::Array(vec![name]);
        }
        item
    });
    list.insert("prefixItems".to_owned(), places.collect());
}

/// Tokens that a good answer needs at most: a fixed part and one for each item.
pub(super) fn max_output(symbol: &Symbol, keys: &[&str]) -> u32 {
    let count = |key: &str, length: usize| {
        if keys.contains(&key) { u32::try_from(length).unwrap_or(u32::MAX) } else { 0 }
    };
    let params = count("params", symbol.signature.params.len()).saturating_mul(35);
    let raises = count("raises", symbol.body.raises.len()).saturating_mul(40);
    let attributes = count("attributes", symbol.members.len()).saturating_mul(60);
    params.saturating_add(raises).saturating_add(attributes).saturating_add(120).clamp(200, 1_200)
}
