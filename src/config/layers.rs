//! Lays the values of one source over those of the sources below it.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value, json};

use super::allowed::{self, is_id};
use super::error::{ConfigError, Origin};
use super::files::Entry;
use super::keys::{self, KEY_SOURCES, KEYS, Key, PROVIDER_KEYS};
use super::secrets;
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

/// The values of a table of `providers` by dotted name, each with its origin.
pub(super) type Fields = BTreeMap<String, (Value, Origin)>;

/// The values so far, each with its origin, and what was wrong.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) values: BTreeMap<&'static str, (Value, Origin)>,
    /// The tables of `providers`.
    fields: HashMap<String, Fields>,
    /// Their names in the order in which they were met.
    ids: Vec<String>,
    pub(super) errors: Vec<ConfigError>,
}

impl Layers {
    /// Lays `entries` over what is there.
    pub(super) fn lay(&mut self, entries: Vec<Entry>, trust: Trust) {
        for entry in entries {
            let origin = entry.origin.clone();
            if let Err(message) = self.set(entry, trust) {
                // A table with many keys is refused once.
                let is_said = |error: &ConfigError| {
                    error.message == message && error.origin.is_beside(&origin)
                };
                if !self.errors.iter().any(is_said) {
                    self.errors.push(ConfigError { origin, message });
                }
            }
        }
    }

    fn set(&mut self, entry: Entry, trust: Trust) -> Result<(), String> {
        let Entry { key: name, value, origin } = entry;
        let top = name.split('.').next().unwrap_or_default();
        let is_harmless = name == "provider" && value == "offline";
        if trust == Trust::Project && keys::ANSWERING.contains(&top) && !is_harmless {
            return Err(format!(
                "`{top}` may not be set in a project's file, because opening a folder must not \
                 decide where code is sent; set it in your own configuration file, in the \
                 environment or by a switch"
            ));
        }
        if trust == Trust::Project && keys::TELLING.contains(&top) {
            return Err(format!(
                "`{top}` may not be set in a project's file, because opening a folder must not \
                 decide where anything is sent; set it in your own configuration file or in the \
                 environment"
            ));
        }
        if trust == Trust::Project && name == "prompts.code" && value != "file" {
            return Err("`prompts.code` may only be \"file\" in a project's file, because \
                        opening a folder must not decide that more is sent"
                .to_owned());
        }
        if name == "style" && !value.is_object() {
            return self.set_style(value, origin);
        }
        if top == "providers" {
            return self.set_provider(&name, value, origin);
        }
        if secrets::is_key_name(&name) {
            return Err(format!("`{}` is refused: {}", clip(&name), secrets::ADVICE));
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
        check(key, &name, &value)?;
        if let Some(feature) = key.lacks(&value) {
            return Err(format!(
                "`{name}` needs the cargo feature `{feature}`, which this build does not have: \
                 build with `--features {feature}`, or set it to \"none\""
            ));
        }
        self.values.insert(key.name, (value, origin));
        Ok(())
    }

    /// `providers.<id>.<key>`.
    fn set_provider(&mut self, name: &str, value: Value, origin: Origin) -> Result<(), String> {
        let is_empty_table = value.as_object().is_some_and(Map::is_empty);
        let Some(path) = name.strip_prefix("providers.") else {
            let allowed = "tables such as [providers.claude]";
            return if is_empty_table { Ok(()) } else { Err(wrong(name, &value, allowed, &[])) };
        };
        let (id, field) = path.split_once('.').unwrap_or((path, ""));
        if !is_id(id) || matches!(id, "auto" | "none") {
            return Err(format!(
                "`providers.{}` is no name for a provider; allowed: lower-case letters, digits, \
                 `-` and `_` after a letter, but not `auto` or `none`",
                clip(id)
            ));
        }
        if secrets::is_key_name(field) {
            return Err(format!("`{}` is refused: {}", clip(name), secrets::ADVICE));
        }
        if matches!(field, "" | "headers" | "prices" | "quirks") {
            if !is_empty_table {
                return Err(wrong(name, &value, "a table", &[]));
            }
            self.table(id);
            return Ok(());
        }
        let field = match field.strip_prefix("headers.") {
            Some(header) => match secrets::refused_header(header) {
                Some(reason) => return Err(format!("`{}` is refused: {reason}", clip(name))),
                // One header may be written in two ways.
                None => format!("headers.{}", header.to_ascii_lowercase()),
            },
            None => field.to_owned(),
        };
        let Some(key) = keys::find_of_provider(&field) else {
            let inner = field.rsplit('.').next().filter(|inner| *inner != field);
            if inner.and_then(keys::find_of_provider).is_some() {
                let name = clip(name);
                return Err(format!("unknown key `{name}`; a provider's name has no dot"));
            }
            let near = keys::nearest(&field, PROVIDER_KEYS.iter().map(|key| key.name));
            let hint = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`docstring-ls config --schema` describes the keys".into(),
            };
            return Err(format!("unknown key `{}`; {hint}", clip(name)));
        };
        check(key, name, &value)?;
        let fields = self.table(id);
        // A nearer source that names one source of the key means it alone.
        if KEY_SOURCES.contains(&field.as_str()) {
            for other in KEY_SOURCES.iter().filter(|other| **other != field) {
                if fields.get(*other).is_some_and(|(_, set)| !set.is_beside(&origin)) {
                    fields.remove(*other);
                }
            }
        }
        fields.insert(field, (value, origin));
        Ok(())
    }

    /// Every value by its dotted name.
    pub(super) fn all(self) -> BTreeMap<String, (Value, Origin)> {
        let values = self.values.into_iter().map(|(name, value)| (name.to_owned(), value));
        let of_providers = self.fields.into_iter().flat_map(|(id, fields)| {
            fields.into_iter().map(move |(name, value)| (format!("providers.{id}.{name}"), value))
        });
        values.chain(of_providers).collect()
    }

    /// The table of a provider, made when it is not there.
    fn table(&mut self, id: &str) -> &mut Fields {
        if !self.fields.contains_key(id) {
            self.ids.push(id.to_owned());
        }
        self.fields.entry(id.to_owned()).or_default()
    }

    /// The tables of `providers` in the order in which they were met.
    pub(super) fn providers(&self) -> impl Iterator<Item = (&str, &Fields)> {
        self.ids.iter().filter_map(|id| Some((id.as_str(), self.fields.get(id)?)))
    }

    /// `style = "…"`: the style says which language is meant.
    fn set_style(&mut self, value: Value, origin: Origin) -> Result<(), String> {
        for (name, language) in [("style.python", Language::Python), ("style.rust", Language::Rust)]
        {
            if let Some(key) = keys::find(name)
                && value.as_str().is_some_and(|id| allowed::styles_of(language).any(|s| s == id))
            {
                self.values.insert(key.name, (value, origin));
                return Ok(());
            }
        }
        let mut ids: Vec<_> = allowed::styles_of(Language::Python).collect();
        ids.extend(allowed::styles_of(Language::Rust).filter(|id| *id != "auto"));
        Err(wrong("style", &value, &allowed::words(ids.iter().copied()), &ids))
    }
}

/// The known key, or table of keys, that `name` is nearest to.
fn nearest_key(name: &str) -> Option<String> {
    let table = |key: &'static str| key.split_once('.').unwrap_or((key, ""));
    if let Some((outer, inner)) = name.split_once('.') {
        if keys::nearest(outer, ["provider", "providers"]).is_some() {
            return Some(format!("providers.{}", clip(inner)));
        }
        let near = keys::nearest(outer, KEYS.iter().map(|key| table(key.name).0))?;
        let names = KEYS.iter().map(|key| table(key.name)).filter(|(outer, _)| *outer == near);
        let inner = keys::nearest(inner, names.map(|(_, inner)| inner).filter(|n| !n.is_empty()))?;
        return Some(format!("{near}.{inner}"));
    }
    let (outer, inner): (Vec<_>, Vec<_>) = KEYS.iter().map(|key| table(key.name)).unzip();
    if let Some(near) = keys::nearest(name, outer.into_iter().chain(["providers"])) {
        return Some(near.to_owned());
    }
    // A key of a table that was written outside of it.
    let near = keys::nearest(name, inner.into_iter().filter(|inner| !inner.is_empty()))?;
    KEYS.iter().map(|key| key.name).find(|key| table(key).1 == near).map(str::to_owned)
}

fn check(key: &Key, name: &str, value: &Value) -> Result<(), String> {
    if key.admits(value) {
        return Ok(());
    }
    if key.is_shown() {
        return Err(wrong(name, value, &key.describe(), &key.words()));
    }
    let kind = match value {
        Value::String(_) => "a text that is not shown",
        Value::Array(_) => "a list that is not shown",
        Value::Number(_) => "a number",
        Value::Object(_) => "a table",
        Value::Bool(_) | Value::Null => "no text",
    };
    Err(format!("`{}` is {kind}; allowed: {}", clip(name), key.describe()))
}

/// The sentence about a wrong value.
pub(super) fn wrong(name: &str, value: &Value, allowed: &str, words: &[&str]) -> String {
    let near = value.as_str().and_then(|text| keys::nearest(text, words.iter().copied()));
    let hint = near.map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default();
    format!("`{}` is {}; allowed: {allowed}{hint}", clip(name), show(value))
}

/// A value for a message: one line, bounded, without secrets.
fn show(value: &Value) -> String {
    if value.is_object() { "a table".into() } else { clip(&secrets::masked(value).to_string()) }
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
    let mut open: Vec<_> = section.iter().map(|(name, value)| (kebab(name), value)).collect();
    while let Some((name, value)) = open.pop() {
        // What concerns the client alone.
        if name == "trace" || name.starts_with("trace.") {
            continue;
        }
        // `providers.<id>.headers.<name>` is the deepest there is.
        let depth = if name.split('.').next() == Some("providers") { 3 } else { 1 };
        match value {
            Value::Object(inner) if !inner.is_empty() && name.matches('.').count() < depth => {
                open.extend(inner.iter().map(|(sub, value)| {
                    // Names that are the user's own are kept.
                    let is_own = name == "providers" || name.ends_with(".headers");
                    let sub = if is_own { sub.clone() } else { kebab(sub) };
                    (format!("{name}.{sub}"), value)
                }));
            }
            other => entries.push((name, other)),
        }
    }
    entries.reverse();
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

/// The settings in the environment: `DOCSTRING_LS_LINE_LENGTH`,
/// `DOCSTRING_LS_PROVIDERS_CLAUDE_MODEL`. An empty one is not set. `ids`: the
/// providers that there are so far.
pub(super) fn environment(
    env: &HashMap<String, String>,
    ids: &[&str],
) -> (Vec<Entry>, Vec<ConfigError>) {
    let known: Vec<(String, &str)> = KEYS
        .iter()
        .map(|key| key.name)
        .chain(["style"])
        .map(|name| (format!("{PREFIX}{}", shouted(name)), name))
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
        } else if let Some((id, field)) = of_provider(name, ids) {
            let found = keys::find_of_provider(field);
            let value = found.map_or_else(|| json!(text), |found| found.read(text));
            entries.push(Entry { key: format!("providers.{id}.{field}"), value, origin });
        } else {
            let near = keys::nearest(name, known.iter().map(|(known, _)| known.as_str()));
            let hint = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            errors.push(ConfigError { origin, message: format!("there is no such setting{hint}") });
        }
    }
    (entries, errors)
}

/// A dotted kebab-case name as a part of a variable's.
fn shouted(name: &str) -> String {
    name.replace(['.', '-'], "_").to_uppercase()
}

/// The provider and the key that `DOCSTRING_LS_PROVIDERS_<ID>_<KEY>` means. A name that
/// is not known yet is one with dashes.
fn of_provider(variable: &str, ids: &[&str]) -> Option<(String, &'static str)> {
    let rest = variable.strip_prefix(PREFIX)?.strip_prefix("PROVIDERS_")?;
    let scalars = PROVIDER_KEYS.iter().filter(|key| key.is_scalar()).map(|key| key.name);
    // Known as one, so that it is refused with a reason.
    let mut names: Vec<_> = scalars.chain(["api-key"]).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    let (id, field) = names.into_iter().find_map(|name| {
        let id = rest.strip_suffix(&shouted(name))?.strip_suffix('_')?;
        (!id.is_empty()).then_some((id, name))
    })?;
    let known = ids.iter().find(|known| shouted(known) == id);
    let id = known.map_or_else(|| id.to_lowercase().replace('_', "-"), |known| (*known).to_owned());
    Some((id, field))
}
