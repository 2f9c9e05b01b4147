//! Lays the values of one source over those of the sources below it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::error::{ConfigError, Origin};
use super::files::Entry;
use super::keys::{self, KEYS};
use crate::docstring::Language;

/// Prefix of our environment variables.
const PREFIX: &str = "DOCSTRING_LS_";

/// Variables with our prefix that are no settings.
const OTHER_VARIABLES: &[&str] = &["DOCSTRING_LS_LOG"];

/// How far a source is to be believed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It speaks for the user.
    User,
    /// It came with the code that was opened.
    Project,
}

/// The values so far, each with its origin, and what was wrong.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) values: BTreeMap<&'static str, (Value, Origin)>,
    pub(super) errors: Vec<ConfigError>,
}

impl Layers {
    /// Lays `entries` over what is there.
    pub(super) fn lay(&mut self, entries: Vec<Entry>, trust: Trust) {
        for entry in entries {
            let origin = entry.origin.clone();
            if let Err(message) = self.set(entry, trust) {
                self.errors.push(ConfigError { origin, message });
            }
        }
    }

    fn set(&mut self, entry: Entry, trust: Trust) -> Result<(), String> {
        let Entry { key: name, value, origin } = entry;
        let top = name.split('.').next().unwrap_or_default();
        let is_harmless = name == "provider" && value == "offline";
        if trust == Trust::Project && keys::SENSITIVE.contains(&top) && !is_harmless {
            return Err(format!(
                "`{top}` may not be set in a project's file, because opening a folder must not \
                 decide where code is sent; set it in your own configuration file, in the \
                 environment or by a switch"
            ));
        }
        if name == "style" && !value.is_object() {
            return self.set_style(value, origin);
        }
        let is_table = KEYS.iter().any(|key| key.name.split_once('.').is_some_and(|k| k.0 == name));
        if is_table {
            return match value {
                Value::Object(inner) if inner.is_empty() => Ok(()),
                other => Err(format!("`{name}` is {}; allowed: a table", show(&other))),
            };
        }
        let Some(key) = keys::find(&name) else {
            let hint = match nearest_key(&name) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`docstring-ls config` lists the keys".into(),
            };
            return Err(format!("unknown key `{}`; {hint}", clip(&name)));
        };
        if !key.admits(&value) {
            return Err(wrong(&name, &value, &key.describe(), key.words()));
        }
        self.values.insert(key.name, (value, origin));
        Ok(())
    }

    /// `style = "…"`: the style says which language is meant.
    fn set_style(&mut self, value: Value, origin: Origin) -> Result<(), String> {
        for (name, language) in [("style.python", Language::Python), ("style.rust", Language::Rust)]
        {
            if let Some(key) = keys::find(name)
                && value.as_str().is_some_and(|id| keys::styles_of(language).any(|s| s == id))
            {
                self.values.insert(key.name, (value, origin));
                return Ok(());
            }
        }
        let mut ids: Vec<_> = keys::styles_of(Language::Python).collect();
        ids.extend(keys::styles_of(Language::Rust).filter(|id| *id != "auto"));
        let allowed: Vec<_> = ids.iter().map(|id| format!("\"{id}\"")).collect();
        Err(wrong("style", &value, &allowed.join(", "), ids))
    }
}

/// The known key, or table of keys, that `name` is nearest to.
fn nearest_key(name: &str) -> Option<String> {
    let table = |key: &'static str| key.split_once('.').unwrap_or((key, ""));
    if let Some((outer, inner)) = name.split_once('.') {
        let near = keys::nearest(outer, KEYS.iter().map(|key| table(key.name).0))?;
        let names = KEYS.iter().map(|key| table(key.name)).filter(|(outer, _)| *outer == near);
        let inner = keys::nearest(inner, names.map(|(_, inner)| inner).filter(|n| !n.is_empty()))?;
        return Some(format!("{near}.{inner}"));
    }
    let (outer, inner): (Vec<_>, Vec<_>) = KEYS.iter().map(|key| table(key.name)).unzip();
    if let Some(near) = keys::nearest(name, outer) {
        return Some(near.to_owned());
    }
    // A key of a table that was written outside of it.
    let near = keys::nearest(name, inner.into_iter().filter(|inner| !inner.is_empty()))?;
    KEYS.iter().map(|key| key.name).find(|key| table(key).1 == near).map(str::to_owned)
}

fn wrong(name: &str, value: &Value, allowed: &str, words: Vec<&'static str>) -> String {
    let near = value.as_str().and_then(|text| keys::nearest(text, words));
    let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
    format!("`{name}` is {}; allowed: {allowed}{hint}", show(value))
}

/// A value for a message: one line, bounded.
fn show(value: &Value) -> String {
    if value.is_object() { "a table".into() } else { clip(&value.to_string()) }
}

fn clip(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars().take(60) {
        if matches!(letter, '"' | '\'' | '\\') {
            out.push(letter);
        } else {
            out.extend(letter.escape_debug());
        }
    }
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

/// The settings that an editor sends: `{"docstring-ls": {…}}`, `{"docstring-ls.scope": …}`
/// or the section alone, in kebab-case or camelCase. `null` means not set.
pub(super) fn editor(settings: &Value) -> Vec<Entry> {
    let Some(object) = settings.as_object() else { return Vec::new() };
    let mut section = Map::new();
    let mut is_prefixed = false;
    for (name, value) in object {
        let name = kebab(name);
        if name == "docstring-ls" {
            is_prefixed = true;
            if let Some(inner) = value.as_object() {
                section.extend(inner.clone());
            }
        } else if let Some(rest) = name.strip_prefix("docstring-ls.") {
            is_prefixed = true;
            section.insert(rest.to_owned(), value.clone());
        }
    }
    let section = if is_prefixed { &section } else { object };
    let mut entries = Vec::new();
    for (name, value) in section {
        let name = kebab(name);
        // What concerns the client alone.
        if name == "trace" || name.starts_with("trace.") {
            continue;
        }
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                for (sub, value) in inner {
                    entries.push((format!("{name}.{}", kebab(sub)), value));
                }
            }
            other => entries.push((name, other)),
        }
    }
    entries
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(key, value)| Entry { key, value: value.clone(), origin: Origin::Editor })
        .collect()
}

fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            if !out.is_empty() && !out.ends_with(['.', '-']) {
                out.push('-');
            }
            out.push(letter.to_ascii_lowercase());
        } else {
            out.push(if letter == '_' { '-' } else { letter });
        }
    }
    out
}

/// The settings in the environment: `DOCSTRING_LS_LINE_LENGTH`. An empty one is not set.
pub(super) fn environment(env: &HashMap<String, String>) -> (Vec<Entry>, Vec<ConfigError>) {
    let variable = |name: &str| format!("{PREFIX}{}", name.replace(['.', '-'], "_").to_uppercase());
    let known: Vec<(String, &str)> = KEYS
        .iter()
        .map(|key| key.name)
        .chain(["style"])
        .map(|name| (variable(name), name))
        .collect();
    let mut ours: Vec<_> = env.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    ours.sort();
    let (mut entries, mut errors) = (Vec::new(), Vec::new());
    for (name, text) in ours {
        if text.is_empty() || OTHER_VARIABLES.contains(&name.as_str()) {
            continue;
        }
        let origin = Origin::Environment(clip(name));
        if let Some((_, key)) = known.iter().find(|(known, _)| known == name) {
            let value = keys::find(key).map_or_else(|| json!(text), |found| found.read(text));
            entries.push(Entry { key: (*key).to_owned(), value, origin });
        } else {
            let near = keys::nearest(name, known.iter().map(|(known, _)| known.as_str()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            errors.push(ConfigError { origin, message: format!("there is no such setting{hint}") });
        }
    }
    (entries, errors)
}
