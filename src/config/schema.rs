//! The JSON Schema of a configuration file, for editors.

use serde_json::{Map, Value, json};

use super::allowed::{ID_PATTERN, styles_of};
use super::keys::{HEADER, KEYS, Key, PROVIDER_KEYS};
use crate::docstring::Language;

/// The JSON Schema of a configuration file.
pub fn schema() -> schemars::Schema {
    let mut properties = properties(KEYS, true);
    if let Some(table) = properties.remove("style") {
        let mut all: Vec<_> = styles_of(Language::Python).collect();
        all.extend(styles_of(Language::Rust).filter(|id| *id != "auto"));
        properties.insert(
            "style".into(),
            json!({
                "description": "Docstring style, of one language or of each.",
                "anyOf": [{"enum": all}, table],
            }),
        );
    }
    properties.insert("providers".into(), providers());
    let mut schema = schemars::Schema::default();
    let object = schema.ensure_object();
    object.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    object.insert("title".into(), json!("docstring-ls"));
    object.insert("type".into(), json!("object"));
    object.insert("additionalProperties".into(), json!(false));
    object.insert("properties".into(), Value::Object(properties));
    schema
}

/// The keys, those with a dot in a table.
fn properties(keys: &[Key], with_default: bool) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in keys {
        let Some((table, name)) = key.name.split_once('.') else {
            properties.insert(key.name.into(), key.schema(with_default));
            continue;
        };
        let object = properties.entry(table).or_insert_with(
            || json!({"type": "object", "additionalProperties": false, "properties": {}}),
        );
        if let Some(inner) = object.get_mut("properties").and_then(Value::as_object_mut) {
            inner.insert(name.into(), key.schema(with_default));
        }
    }
    properties
}

/// Tables under names of the user's choice. What holds by default is the model's.
fn providers() -> Value {
    let mut fields = properties(PROVIDER_KEYS, false);
    fields.insert(
        HEADER.name.into(),
        json!({
            "type": "object",
            "description": HEADER.help,
            "additionalProperties": {"type": "string"},
        }),
    );
    json!({
        "description": "Providers beyond the embedded one. Not in a project's own files.",
        "type": "object",
        "propertyNames": {"pattern": ID_PATTERN},
        "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "properties": fields,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::{KEYS, PROVIDER_KEYS, schema};

    #[test]
    fn it_describes_every_key() {
        let schema = schema().to_value();
        let described = |pointer: &str| schema.pointer(pointer).and_then(|value| value.as_str());
        for key in KEYS {
            let pointer = match key.name.split_once('.') {
                None => format!("/properties/{}/description", key.name),
                Some(("style", name)) => {
                    format!("/properties/style/anyOf/1/properties/{name}/description")
                }
                Some((table, name)) => {
                    format!("/properties/{table}/properties/{name}/description")
                }
            };
            assert_eq!(described(&pointer), Some(key.help));
        }
        let table = "/properties/providers/additionalProperties/properties";
        for key in PROVIDER_KEYS {
            let path = key.name.replace('.', "/properties/");
            assert_eq!(described(&format!("{table}/{path}/description")), Some(key.help));
        }
        assert!(described(&format!("{table}/headers/description")).is_some());
    }

    #[test]
    fn there_is_no_place_for_a_key() {
        let text = serde_json::to_string(&schema()).unwrap();
        assert!(text.contains("\"api-key-env\""));
        assert!(!text.contains("\"api-key\""));
    }
}
