//! What a value may be: admitted, described, read from a variable, put into the schema.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::{Value, json};

use super::keys::Key;
use super::{address, secrets, units};
use crate::docstring::Language;
use crate::provider::{Dialect, models};
use crate::style::STYLES;

/// What a value may be.
pub(super) enum Allowed {
    /// `auto` or a style of the language.
    Style(Language),
    /// The identifier of a provider. Whether there is one is known when all is read.
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
    /// A list of dotted names of code.
    Names,
    /// A number within these limits, with the default.
    Count(RangeInclusive<u64>, u64),
    /// A duration text such as `30s` from and to so many seconds, with the default.
    Span(RangeInclusive<u64>, &'static str),
    /// An amount of US dollars, or `none`; with the default.
    Dollars(Option<f64>),
    /// US dollars per million tokens.
    Price,
    /// Where answers are kept.
    Cache,
    /// Where spans are sent, or `none`.
    Collector,
    /// A dialect.
    Dialect,
    /// The name of a preset.
    Preset,
    /// One line of text.
    Text,
    /// Lines of text; none by default.
    Prose,
    /// The path of a folder, or `none`.
    Folder,
    /// A path; `~/` is the home folder.
    Path,
    /// A base URL.
    Url,
    /// The name of an environment variable, never a key.
    Variable,
    /// A program and its arguments.
    Command,
    /// `bearer` or the name of a header.
    Auth,
    /// The value of a header that is no secret.
    Header,
    /// A list of styles.
    Styles,
}

/// The line lengths that can be worked with.
pub(super) const LINE_LENGTH: RangeInclusive<u64> = 40..=1000;

/// Prices above this are a mistake in the unit.
const HIGHEST_PRICE: f64 = 10_000.0;

/// Longer than any text that is asked for.
const LONGEST_TEXT: usize = 1_000;

/// Longest instructions, in bytes: every question repeats them and pays for them.
const LONGEST_PROSE: usize = 4_000;

/// Providers that exist without a table.
pub(super) fn builtin_providers() -> impl Iterator<Item = &'static str> {
    ["offline", "auto"].into_iter().chain(models::presets().iter().map(|preset| preset.name))
}

/// The styles that `style.<language>` accepts.
pub(super) fn styles_of(language: Language) -> impl Iterator<Item = &'static str> {
    let styles = STYLES.iter().filter(move |style| style.language() == language);
    std::iter::once("auto").chain(styles.map(|style| style.id()))
}

fn dialects() -> impl Iterator<Item = &'static str> {
    Dialect::ALL.into_iter().map(Dialect::id).chain(["offline"])
}

/// Words in quotes, separated by commas.
pub(super) fn words<'a>(list: impl Iterator<Item = &'a str>) -> String {
    list.map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ")
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}

fn is_dotted(text: &str) -> bool {
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    text.len() <= LONGEST_TEXT && text.split('.').all(is_name)
}

fn is_amount(value: &Value, most: f64) -> bool {
    value.as_f64().is_some_and(|number| (0.0..=most).contains(&number))
}

fn is_span(text: &str, limits: &RangeInclusive<u64>) -> bool {
    let [low, high] = [limits.start(), limits.end()].map(|seconds| Duration::from_secs(*seconds));
    units::duration(text).is_some_and(|span| (low..=high).contains(&span))
}

impl Key {
    /// The value when nobody sets one; `null` where that depends on other values.
    pub(super) fn default(&self) -> Value {
        match &self.allowed {
            Allowed::Style(Language::Rust) => json!("rustdoc"),
            Allowed::Style(_) | Allowed::BoolOrAuto | Allowed::Length => json!("auto"),
            Allowed::Provider => json!("offline"),
            Allowed::Choice(words) => json!(words.first()),
            Allowed::Bool(value) => json!(value),
            Allowed::Globs | Allowed::Names => json!([]),
            Allowed::Count(_, number) => json!(number),
            Allowed::Span(_, text) => json!(text),
            Allowed::Dollars(amount) => amount.map_or_else(|| json!("none"), Value::from),
            Allowed::Cache => json!("memory"),
            Allowed::Collector | Allowed::Folder => json!("none"),
            Allowed::Prose => json!(""),
            _ => Value::Null,
        }
    }

    /// Whether `value` is allowed.
    pub(super) fn admits(&self, value: &Value) -> bool {
        let text = value.as_str();
        let is = |test: &dyn Fn(&str) -> bool| text.is_some_and(test);
        let all = |test: &dyn Fn(&str) -> bool| {
            value.as_array().is_some_and(|items| items.iter().all(|i| i.as_str().is_some_and(test)))
        };
        match &self.allowed {
            Allowed::Style(language) => is(&|text| styles_of(*language).any(|id| id == text)),
            Allowed::Provider => is(&is_id),
            Allowed::Choice(words) => is(&|text| words.contains(&text)),
            Allowed::Bool(_) => value.is_boolean(),
            Allowed::BoolOrAuto => text == Some("auto") || value.is_boolean(),
            Allowed::Length => {
                text == Some("auto") || value.as_u64().is_some_and(|n| LINE_LENGTH.contains(&n))
            }
            Allowed::Globs => all(&|glob| super::globs::check(glob).is_ok()),
            Allowed::Names => all(&is_dotted),
            Allowed::Count(limits, _) => value.as_u64().is_some_and(|n| limits.contains(&n)),
            Allowed::Span(limits, _) => is(&|text| is_span(text, limits)),
            Allowed::Dollars(_) => text == Some("none") || is_amount(value, f64::MAX),
            Allowed::Price => is_amount(value, HIGHEST_PRICE),
            Allowed::Cache => {
                is(&|text| matches!(text, "memory" | "disk") || address::is_redis(text))
            }
            Allowed::Collector => is(&|text| {
                let address = address::parse(text);
                text == "none" || address.is_some_and(|to| to.is_encrypted || to.is_loopback())
            }),
            Allowed::Dialect => is(&|text| dialects().any(|id| id == text)),
            Allowed::Preset => is(&|text| models::preset(text).is_some()),
            Allowed::Text | Allowed::Path | Allowed::Folder => is(&is_line),
            Allowed::Prose => is(&|text| {
                let is_odd = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
                text.len() <= LONGEST_PROSE && !text.chars().any(is_odd)
            }),
            Allowed::Url => is(&|text| address::parse(text).is_some()),
            Allowed::Variable => is(&secrets::is_variable),
            Allowed::Command => {
                all(&|word| {
                    word.len() <= LONGEST_TEXT && !word.contains('\0') && !secrets::is_key(word)
                }) && value.pointer("/0").is_some_and(|program| program != "")
            }
            Allowed::Auth => is(&|text| text == "bearer" || secrets::is_key_header(text)),
            Allowed::Header => is(&|text| {
                text.len() <= LONGEST_TEXT
                    && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
                    && !secrets::is_key(text)
            }),
            Allowed::Styles => all(&|text| STYLES.iter().any(|style| style.id() == text)),
        }
    }

    /// The cargo feature that this build would need to do what an allowed value asks for.
    pub(super) fn lacks(&self, value: &Value) -> Option<&'static str> {
        let is_missing = matches!(self.allowed, Allowed::Collector)
            && value != "none"
            && !cfg!(feature = "otlp");
        is_missing.then_some("otlp")
    }

    /// What is allowed, in words.
    pub(super) fn describe(&self) -> String {
        match &self.allowed {
            Allowed::Style(language) => words(styles_of(*language)),
            Allowed::Provider => {
                format!("{} or the name of a [providers.*] table", words(builtin_providers()))
            }
            Allowed::Choice(list) => words(list.iter().copied()),
            Allowed::Bool(_) => "true or false".into(),
            Allowed::BoolOrAuto => "true, false or \"auto\"".into(),
            Allowed::Length => {
                let (low, high) = (LINE_LENGTH.start(), LINE_LENGTH.end());
                format!("a number from {low} to {high}, or \"auto\"")
            }
            Allowed::Globs => "a list of globs such as [\"tests/**\"]".into(),
            Allowed::Names => "a list of dotted names such as [\"functools.wraps\"]".into(),
            Allowed::Count(limits, _) => {
                format!("a number from {} to {}", limits.start(), limits.end())
            }
            Allowed::Span(limits, text) => format!(
                "a duration such as \"{text}\", from {} to {}",
                units::spelled(*limits.start()),
                units::spelled(*limits.end())
            ),
            Allowed::Dollars(_) => "US dollars such as 5.0, or \"none\" for no limit".into(),
            Allowed::Price => {
                format!("US dollars per million tokens, from 0 to {HIGHEST_PRICE}")
            }
            Allowed::Cache => {
                "\"memory\", \"disk\" or an address such as \"redis://127.0.0.1:6379/0\"".into()
            }
            Allowed::Collector => {
                "\"none\", or an address that begins with https://, or with http:// \
                                   on this machine, such as \"http://127.0.0.1:4318\""
                    .into()
            }
            Allowed::Dialect => words(dialects()),
            Allowed::Preset => words(models::presets().iter().map(|preset| preset.name)),
            Allowed::Text => "one line of text".into(),
            Allowed::Prose => format!("a text of at most {LONGEST_PROSE} bytes"),
            Allowed::Folder => "the path of a folder such as \"docs/prompts\", or \"none\"".into(),
            Allowed::Path => "a path such as \"~/certificates/company.pem\"".into(),
            Allowed::Url => "an address that begins with https:// or http://, without user, \
                             password, query or fragment"
                .into(),
            Allowed::Variable => {
                "the name of an environment variable such as \"ANTHROPIC_API_KEY\", not the key \
                 itself"
                    .into()
            }
            Allowed::Command => {
                "a program and its arguments such as [\"pass\", \"show\", \"anthropic\"], not the \
                 key itself"
                    .into()
            }
            Allowed::Auth => {
                "\"bearer\" or the name of the header that carries the key, such as \"x-api-key\""
                    .into()
            }
            Allowed::Header => "a text of visible ASCII that is no key".into(),
            Allowed::Styles => {
                format!("a list of {}", words(STYLES.iter().map(|style| style.id())))
            }
        }
    }

    /// The words among which a near miss may be meant.
    pub(super) fn words(&self) -> Vec<&'static str> {
        match &self.allowed {
            Allowed::Style(language) => styles_of(*language).collect(),
            Allowed::Provider => builtin_providers().collect(),
            Allowed::Choice(list) => list.to_vec(),
            Allowed::Dialect => dialects().collect(),
            Allowed::Preset => models::presets().iter().map(|preset| preset.name).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether a wrong value may be repeated to the user. Where the name of a key is
    /// asked for, people paste the key.
    pub(super) fn is_shown(&self) -> bool {
        !matches!(
            self.allowed,
            Allowed::Variable | Allowed::Command | Allowed::Auth | Allowed::Header
        )
    }

    /// Whether a variable of the environment can hold it.
    pub(super) fn is_scalar(&self) -> bool {
        !matches!(self.allowed, Allowed::Command | Allowed::Styles)
    }

    /// Reads the text of an environment variable.
    pub(super) fn read(&self, text: &str) -> Value {
        match &self.allowed {
            Allowed::Globs | Allowed::Names => {
                json!(text.split(',').map(str::trim).filter(|g| !g.is_empty()).collect::<Vec<_>>())
            }
            Allowed::Bool(_) | Allowed::BoolOrAuto => match text {
                "1" | "true" => json!(true),
                "0" | "false" => json!(false),
                _ => json!(text),
            },
            Allowed::Length | Allowed::Count(..) => {
                text.parse::<u64>().map_or_else(|_| json!(text), Value::from)
            }
            Allowed::Dollars(_) | Allowed::Price => {
                text.parse::<f64>().map_or_else(|_| json!(text), Value::from)
            }
            _ => json!(text),
        }
    }

    /// Its part of the JSON Schema.
    pub(super) fn schema(&self, with_default: bool) -> Value {
        let mut schema = match &self.allowed {
            Allowed::Provider => json!({"anyOf": [
                {"enum": builtin_providers().collect::<Vec<_>>()},
                {"type": "string", "pattern": ID_PATTERN},
            ]}),
            Allowed::Style(_) | Allowed::Choice(_) | Allowed::Dialect | Allowed::Preset => {
                json!({"enum": self.words()})
            }
            Allowed::Bool(_) => json!({"type": "boolean"}),
            Allowed::BoolOrAuto => json!({"enum": [true, false, "auto"]}),
            Allowed::Length => json!({"anyOf": [
                {"type": "integer", "minimum": LINE_LENGTH.start(), "maximum": LINE_LENGTH.end()},
                {"const": "auto"},
            ]}),
            Allowed::Globs | Allowed::Names => {
                json!({"type": "array", "items": {"type": "string"}})
            }
            Allowed::Count(limits, _) => {
                json!({"type": "integer", "minimum": limits.start(), "maximum": limits.end()})
            }
            Allowed::Span(..) => json!({"type": "string", "pattern": units::DURATION_PATTERN}),
            Allowed::Dollars(_) => json!({"anyOf": [
                {"type": "number", "minimum": 0},
                {"const": "none"},
            ]}),
            Allowed::Price => json!({"type": "number", "minimum": 0, "maximum": HIGHEST_PRICE}),
            Allowed::Cache => json!({"anyOf": [
                {"enum": ["memory", "disk"]},
                {"type": "string", "pattern": "^redis://"},
            ]}),
            Allowed::Collector => json!({"anyOf": [
                {"const": "none"},
                {"type": "string", "pattern": "^https?://"},
            ]}),
            Allowed::Url => json!({"type": "string", "pattern": "^https?://"}),
            Allowed::Variable => json!({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}),
            Allowed::Command => {
                json!({"type": "array", "items": {"type": "string"}, "minItems": 1})
            }
            Allowed::Prose => json!({"type": "string", "maxLength": LONGEST_PROSE}),
            Allowed::Text | Allowed::Path | Allowed::Folder | Allowed::Auth | Allowed::Header => {
                json!({"type": "string"})
            }
            Allowed::Styles => json!({
                "type": "array",
                "items": {"enum": STYLES.iter().map(|style| style.id()).collect::<Vec<_>>()},
            }),
        };
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".into(), json!(self.help));
            let default = self.default();
            if with_default && !default.is_null() {
                object.insert("default".into(), default);
            }
        }
        schema
    }
}

/// [`is_id`] as a pattern.
pub(super) const ID_PATTERN: &str = "^[a-z][a-z0-9_-]{0,63}$";

/// Whether a provider may have this name: it is a table's key, a switch's value and
/// part of a variable's name.
pub(super) fn is_id(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
}
