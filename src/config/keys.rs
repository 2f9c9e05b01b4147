//! The keys that there are: the one place that knows their names and values.
//!
//! Errors, the JSON Schema, environment variables and `docstring-ls config` derive
//! from [`KEYS`]. A key stands here only if it does something.

use serde_json::{Map, Value, json};

use crate::docstring::Language;
use crate::style::STYLES;

/// One setting.
pub(super) struct Key {
    /// Its dotted kebab-case name.
    pub(super) name: &'static str,
    /// What it decides: one sentence for the schema.
    pub(super) help: &'static str,
    /// What it may be.
    pub(super) allowed: Allowed,
}

/// What a value may be.
pub(super) enum Allowed {
    /// `auto` or a style of the language.
    Style(Language),
    /// The identifier of a provider.
    Provider,
    /// One of these words; the first is the default.
    Choice(&'static [&'static str]),
    /// `true` or `false`, with the default.
    Bool(bool),
    /// `true`, `false` or `auto` (the default).
    BoolOrAuto,
    /// `auto` (the default) or a number of characters within [`LINE_LENGTH`].
    Length,
    /// A list of globs.
    Globs,
}

/// The line lengths that can be worked with.
pub(super) const LINE_LENGTH: std::ops::RangeInclusive<u64> = 40..=1000;

/// The providers that exist.
pub(super) const PROVIDERS: &[&str] = &["offline"];

/// Keys that decide where code is sent and what it costs.
pub(super) const SENSITIVE: &[&str] = &["provider", "providers", "orchestrator", "fallback"];

/// Every key.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "style.python",
        help: "Docstring style of Python files; `auto` follows the linter's settings, then most docstrings of the file, then of the project.",
        allowed: Allowed::Style(Language::Python),
    },
    Key {
        name: "style.rust",
        help: "Docstring style of Rust files.",
        allowed: Allowed::Style(Language::Rust),
    },
    Key {
        name: "provider",
        help: "Who writes the words. Not in a project's own files, unless it is `offline`.",
        allowed: Allowed::Provider,
    },
    Key {
        name: "scope",
        help: "Which symbols need a docstring: those visible from outside, or all.",
        allowed: Allowed::Choice(&["public", "all"]),
    },
    Key {
        name: "line-length",
        help: "Characters in a line, indentation included; `auto` follows ruff, black or rustfmt.",
        allowed: Allowed::Length,
    },
    Key {
        name: "include",
        help: "Only files that match one of these globs (relative to the configuration file).",
        allowed: Allowed::Globs,
    },
    Key {
        name: "exclude",
        help: "No files or folders that match one of these globs (relative to the configuration file).",
        allowed: Allowed::Globs,
    },
    Key {
        name: "python.types",
        help: "When types are printed in Python docstrings.",
        allowed: Allowed::Choice(&["auto", "always", "unannotated-only", "never"]),
    },
    Key {
        name: "python.init-docs",
        help: "Where the parameters of `__init__` are described; `auto` follows the lint profile.",
        allowed: Allowed::Choice(&["auto", "init", "class"]),
    },
    Key {
        name: "python.private-params",
        help: "Describe parameters whose name begins with an underscore.",
        allowed: Allowed::Bool(true),
    },
    Key {
        name: "python.defaults",
        help: "Say what a parameter defaults to; `auto` does unless the lint profile is pydoclint's.",
        allowed: Allowed::BoolOrAuto,
    },
    Key {
        name: "python.caught-raises",
        help: "Name exceptions that the same function handles itself; `auto` follows the lint profile.",
        allowed: Allowed::BoolOrAuto,
    },
    Key {
        name: "python.asserts",
        help: "Name `AssertionError` for `assert` statements.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "rust.arguments",
        help: "Write `# Arguments` and `# Returns` sections.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "lint.profile",
        help: "The linter that decides where two contradict each other; `auto` takes the one that the project configures.",
        allowed: Allowed::Choice(&["auto", "common", "ruff", "pydoclint", "numpydoc"]),
    },
];

/// The key of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

impl Key {
    /// The value when nobody sets one.
    pub(super) fn default(&self) -> Value {
        match &self.allowed {
            Allowed::Style(Language::Rust) => json!("rustdoc"),
            Allowed::Style(_) | Allowed::BoolOrAuto | Allowed::Length => json!("auto"),
            Allowed::Provider => json!("offline"),
            Allowed::Choice(words) => json!(words.first()),
            Allowed::Bool(value) => json!(value),
            Allowed::Globs => json!([]),
        }
    }

    /// Whether `value` is allowed.
    pub(super) fn admits(&self, value: &Value) -> bool {
        let is_auto = value.as_str() == Some("auto");
        match &self.allowed {
            Allowed::Style(language) => {
                value.as_str().is_some_and(|text| styles_of(*language).any(|id| id == text))
            }
            Allowed::Provider => value.as_str().is_some_and(|text| PROVIDERS.contains(&text)),
            Allowed::Choice(words) => value.as_str().is_some_and(|text| words.contains(&text)),
            Allowed::Bool(_) => value.is_boolean(),
            Allowed::BoolOrAuto => is_auto || value.is_boolean(),
            Allowed::Length => {
                is_auto || value.as_u64().is_some_and(|number| LINE_LENGTH.contains(&number))
            }
            Allowed::Globs => value.as_array().is_some_and(|items| {
                items
                    .iter()
                    .all(|item| item.as_str().is_some_and(|glob| super::globs::check(glob).is_ok()))
            }),
        }
    }

    /// What is allowed, in words.
    pub(super) fn describe(&self) -> String {
        match &self.allowed {
            Allowed::Style(language) => words(styles_of(*language)),
            Allowed::Provider => words(PROVIDERS.iter().copied()),
            Allowed::Choice(list) => words(list.iter().copied()),
            Allowed::Bool(_) => "true or false".into(),
            Allowed::BoolOrAuto => "true, false or \"auto\"".into(),
            Allowed::Length => {
                let (low, high) = (LINE_LENGTH.start(), LINE_LENGTH.end());
                format!("a number from {low} to {high}, or \"auto\"")
            }
            Allowed::Globs => "a list of globs such as [\"tests/**\"]".into(),
        }
    }

    /// The words among which a near miss may be meant.
    pub(super) fn words(&self) -> Vec<&'static str> {
        match &self.allowed {
            Allowed::Style(language) => styles_of(*language).collect(),
            Allowed::Provider => PROVIDERS.to_vec(),
            Allowed::Choice(list) => list.to_vec(),
            _ => Vec::new(),
        }
    }

    /// Reads the text of an environment variable.
    pub(super) fn read(&self, text: &str) -> Value {
        match &self.allowed {
            Allowed::Style(_) | Allowed::Provider | Allowed::Choice(_) => json!(text),
            Allowed::Globs => {
                json!(text.split(',').map(str::trim).filter(|g| !g.is_empty()).collect::<Vec<_>>())
            }
            Allowed::Bool(_) | Allowed::BoolOrAuto => match text {
                "1" | "true" => json!(true),
                "0" | "false" => json!(false),
                _ => json!(text),
            },
            Allowed::Length => text.parse::<u64>().map_or_else(|_| json!(text), Value::from),
        }
    }

    fn schema(&self) -> Value {
        let mut schema = match &self.allowed {
            Allowed::Style(language) => json!({"enum": styles_of(*language).collect::<Vec<_>>()}),
            Allowed::Provider => json!({"enum": PROVIDERS}),
            Allowed::Choice(list) => json!({"enum": list}),
            Allowed::Bool(_) => json!({"type": "boolean"}),
            Allowed::BoolOrAuto => json!({"enum": [true, false, "auto"]}),
            Allowed::Length => json!({"anyOf": [
                {"type": "integer", "minimum": LINE_LENGTH.start(), "maximum": LINE_LENGTH.end()},
                {"const": "auto"},
            ]}),
            Allowed::Globs => json!({"type": "array", "items": {"type": "string"}}),
        };
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".into(), json!(self.help));
            object.insert("default".into(), self.default());
        }
        schema
    }
}

/// The styles that `style.<language>` accepts.
pub(super) fn styles_of(language: Language) -> impl Iterator<Item = &'static str> {
    let styles = STYLES.iter().filter(move |style| style.language() == language);
    std::iter::once("auto").chain(styles.map(|style| style.id()))
}

fn words<'a>(list: impl Iterator<Item = &'a str>) -> String {
    list.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

/// The JSON Schema of a configuration file.
pub fn schema() -> schemars::Schema {
    let mut properties = Map::new();
    for key in KEYS {
        let Some((table, name)) = key.name.split_once('.') else {
            properties.insert(key.name.into(), key.schema());
            continue;
        };
        let object = properties.entry(table).or_insert_with(
            || json!({"type": "object", "additionalProperties": false, "properties": {}}),
        );
        if let Some(inner) = object.get_mut("properties").and_then(Value::as_object_mut) {
            inner.insert(name.into(), key.schema());
        }
    }
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
    let mut schema = schemars::Schema::default();
    let object = schema.ensure_object();
    object.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    object.insert("title".into(), json!("docstring-ls"));
    object.insert("type".into(), json!("object"));
    object.insert("additionalProperties".into(), json!(false));
    object.insert("properties".into(), Value::Object(properties));
    schema
}

/// The candidate nearest to `word`, if it is near enough to be meant.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A name longer than any of ours is no misspelling, and would cost time.
    if word.len() > 64 {
        return None;
    }
    let limit = (word.chars().count() / 3).max(2);
    let scored = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    scored.filter(|(cost, _)| *cost <= limit).min().map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        let mut next = vec![previous];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let cost = (diagonal + usize::from(a != *b)).min(above + 1).min(previous + 1);
            diagonal = *above;
            previous = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{KEYS, distance, nearest, schema};

    #[test]
    fn every_default_is_allowed() {
        for key in KEYS {
            assert!(key.admits(&key.default()), "{}", key.name);
        }
    }

    #[test]
    fn names_the_nearest_word() {
        let keys = || KEYS.iter().map(|key| key.name);
        assert_eq!(nearest("line-lenght", keys()), Some("line-length"));
        assert_eq!(nearest("scop", keys()), Some("scope"));
        assert_eq!(nearest("telephone", keys()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }

    #[test]
    fn the_schema_describes_every_key() {
        let schema = schema().to_value();
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
            assert_eq!(schema.pointer(&pointer).and_then(|v| v.as_str()), Some(key.help));
        }
    }
}
