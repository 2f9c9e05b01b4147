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

/// Keywords that not every provider takes; an answer is checked for them here.
const LIMITS: [&str; 4] = ["minLength", "maxLength", "minItems", "maxItems"];

/// The schema that is sent: the narrowed one, with nothing but `keys`, in the subset that
/// every dialect takes: all properties required, nothing beside them, `null` instead of
/// optional, no limits. `names` lists parameters and exceptions as an `enum`; some
/// providers compile and keep each new schema, so that only local ones gain by it.
pub(super) fn schema(symbol: &Symbol, keys: &[&str], names: bool) -> Value {
    let mut schema = narrow(symbol);
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        let mut kept = Map::new();
        for key in keys {
            if let Some(mut part) = properties.remove(*key) {
                simplify(&mut part, names);
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
fn simplify(part: &mut Value, names: bool) {
    let strip = |part: &mut Value| {
        if let Some(object) = part.as_object_mut() {
            object.retain(|key, _| {
                !LIMITS.contains(&key.as_str()) && (names || key.as_str() != "enum")
            });
        }
    };
    strip(part);
    let inner = part.pointer_mut("/items/properties").and_then(Value::as_object_mut);
    for (_, property) in inner.into_iter().flatten() {
        strip(property);
    }
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
