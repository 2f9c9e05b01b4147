//! From the tables of `providers` to the settings of remote providers: pure.

use std::collections::HashMap;
use std::path::PathBuf;

use secrecy::SecretString;
use serde_json::Value;

use super::error::{ConfigError, Origin};
use super::keys::KEY_SOURCES;
use super::layers::{Fields, wrong};
use super::{address, allowed, files, keys, secrets};
use crate::provider::models::{self, Preset};
use crate::provider::{
    Auth, Capabilities, Dialect, KeySource, Prices, ProviderId, Quirks, Settings, Structured,
};

/// What is resolved together: the tables, and the provider that was chosen.
pub(super) struct Request<'a> {
    /// The tables with their names, in order of preference.
    pub(super) tables: Vec<(&'a str, &'a Fields)>,
    /// The value of `provider` and who set it.
    pub(super) chosen: (&'a str, &'a Origin),
    /// The environment, for keys and the home folder.
    pub(super) env: &'a HashMap<String, String>,
}

/// The settings of every provider that is enabled, the chosen one first.
///
/// # Errors
///
/// What is missing or contradicts itself, and a `provider` that is none.
pub(super) fn resolve(request: &Request<'_>) -> Result<Vec<Settings>, Vec<ConfigError>> {
    let (chosen, origin) = request.chosen;
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    let nothing = Fields::new();
    let mut tables = request.tables.clone();
    let is_table = |id: &str| request.tables.iter().any(|(known, _)| *known == id);
    if !is_table(chosen) && models::preset(chosen).is_some() {
        tables.push((chosen, &nothing));
    }
    for (id, fields) in tables {
        let fallback = if id == chosen { origin } else { &Origin::Default };
        match (Table { id, fields, env: request.env, fallback }).settings() {
            Ok(Some(settings)) => all.push(settings),
            Ok(None) if id == chosen && id != "offline" => errors.push(ConfigError {
                origin: origin.clone(),
                message: format!(
                    "`provider` is \"{chosen}\", which is switched off by \
                     `providers.{chosen}.enabled`"
                ),
            }),
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    let is_known = matches!(chosen, "offline" | "auto")
        || is_table(chosen)
        || models::preset(chosen).is_some();
    if !is_known {
        let configured = all.iter().map(|settings| &*settings.id.0);
        let others = configured.filter(|id| models::preset(id).is_none());
        let mut ids = vec!["offline", "auto"];
        ids.extend(others);
        ids.extend(models::presets().iter().map(|preset| preset.name));
        let known = allowed::words(ids.iter().copied());
        errors.push(ConfigError {
            origin: origin.clone(),
            message: wrong("provider", &Value::from(chosen), &known, &ids),
        });
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    // Stable: the others stay in the order in which they were written.
    all.sort_by_key(|settings| &*settings.id.0 != chosen);
    Ok(all)
}

/// One table under its name.
struct Table<'a> {
    id: &'a str,
    fields: &'a Fields,
    env: &'a HashMap<String, String>,
    /// Where the table would stand, for messages about what it lacks.
    fallback: &'a Origin,
}

impl Table<'_> {
    fn value(&self, key: &str) -> Option<&Value> {
        self.fields.get(key).map(|(value, _)| value)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.value(key).and_then(Value::as_str)
    }

    /// The complaint about one of its keys, or about the whole when that is not there.
    fn wrong(&self, key: &str, message: &str) -> ConfigError {
        let origin = match self.fields.get(key).or_else(|| self.fields.values().next()) {
            Some((_, origin)) => origin.clone(),
            None => self.fallback.clone(),
        };
        ConfigError { origin, message: format!("`providers.{}` {message}", self.id) }
    }

    /// `None` when it is switched off, or the embedded provider.
    fn settings(&self) -> Result<Option<Settings>, ConfigError> {
        if self.id == "offline" || self.text("dialect") == Some("offline") {
            return self.embedded();
        }
        if self.value("enabled").and_then(Value::as_bool) == Some(false) {
            return Ok(None);
        }
        let (dialect, preset) = self.dialect()?;
        let base_url = self.base_url(dialect, preset.as_ref())?;
        let key = self.key(preset.as_ref(), &base_url)?;
        let model =
            self.text("model").or(preset.as_ref().and_then(|preset| preset.model.as_deref()));
        let Some(model) = model else {
            let variable = self.id.replace('-', "_").to_uppercase();
            return Err(self.wrong(
                "dialect",
                &format!(
                    "needs a `model`: set it in the table [providers.{}] or with \
                 DOCSTRING_LS_PROVIDERS_{variable}_MODEL",
                    self.id
                ),
            ));
        };
        let is_here = address::parse(&base_url).is_some_and(|address| address.is_loopback());
        let has_batches = self.has_batches(dialect, &base_url)?;
        let headers = self.fields.iter().filter_map(|(name, (value, _))| {
            Some((name.strip_prefix("headers.")?.to_owned(), value.as_str()?.to_owned()))
        });
        let auth = match self.text("auth") {
            Some("bearer") => Some(Auth::Bearer),
            Some(name) => Some(Auth::Header(secrets::interned(name))),
            None => preset.as_ref().and_then(|preset| preset.auth),
        };
        Ok(Some(Settings {
            id: ProviderId(self.id.into()),
            dialect,
            base_url,
            key,
            auth,
            headers: headers.collect(),
            capabilities: Capabilities {
                has_batches,
                ..self.capabilities(match &preset {
                    Some(preset) => preset.capabilities(model),
                    None if is_here => {
                        models::on_this_machine(models::capabilities(dialect, model))
                    }
                    None => models::capabilities(dialect, model),
                })?
            },
            effort: models::effort(model, self.text("effort")).map(str::to_owned),
            quirks: self.quirks(&preset.map(|preset| preset.quirks).unwrap_or_default()),
            ca_bundle: self.ca_bundle()?,
        }))
    }

    /// `[providers.offline]` says what holds anyway.
    fn embedded(&self) -> Result<Option<Settings>, ConfigError> {
        if self.id != "offline" {
            return Err(self.wrong(
                "dialect",
                "has the dialect \"offline\", which the embedded provider alone has; it is \
                 there without a table",
            ));
        }
        let other = self.fields.iter().find(|(key, (value, _))| match key.as_str() {
            "dialect" => value != "offline",
            "enabled" => *value != Value::Bool(true),
            _ => true,
        });
        match other {
            Some((key, _)) => {
                Err(self
                    .wrong(key, &format!("is the embedded provider, where `{key}` cannot be set")))
            }
            None => Ok(None),
        }
    }

    /// The dialect, and the preset that the table follows.
    fn dialect(&self) -> Result<(Dialect, Option<Preset>), ConfigError> {
        let own = self.text("dialect").and_then(Dialect::by_id);
        if let Some(preset) = self.text("preset").and_then(models::preset) {
            if own.is_some_and(|dialect| dialect != preset.dialect) {
                return Err(self.wrong(
                    "dialect",
                    &format!(
                        "follows the preset \"{}\", whose dialect is \"{}\"",
                        preset.name,
                        preset.dialect.id()
                    ),
                ));
            }
            return Ok((preset.dialect, Some(preset)));
        }
        let namesake = models::preset(self.id);
        match (own, namesake) {
            (None, Some(preset)) => Ok((preset.dialect, Some(preset))),
            (Some(dialect), Some(preset)) if dialect == preset.dialect => {
                Ok((dialect, Some(preset)))
            }
            (Some(dialect), _) => Ok((dialect, None)),
            (None, None) => {
                let dialects = keys::find_of_provider("dialect").map(keys::Key::describe);
                let presets = keys::find_of_provider("preset").map(keys::Key::describe);
                Err(self.wrong(
                    "",
                    &format!(
                        "needs a `dialect` (one of {}) or a `preset` (one of {})",
                        dialects.unwrap_or_default().replace(", \"offline\"", ""),
                        presets.unwrap_or_default(),
                    ),
                ))
            }
        }
    }

    fn base_url(&self, dialect: Dialect, preset: Option<&Preset>) -> Result<String, ConfigError> {
        let url = self.text("base-url").or(preset.map(|preset| preset.base_url.as_str()));
        let url = url.unwrap_or(dialect.default_base_url()).trim_end_matches('/');
        // A preset whose address is each customer's own has a gap in it.
        if address::parse(url).is_none() {
            let message = format!("needs a `base-url`, such as \"{url}\"");
            return Err(self.wrong("preset", &message));
        }
        Ok(url.to_owned())
    }

    fn key(
        &self,
        preset: Option<&Preset>,
        base_url: &str,
    ) -> Result<Option<KeySource>, ConfigError> {
        let mut named = KEY_SOURCES.into_iter().filter(|place| self.value(place).is_some());
        let place = named.next();
        if let (Some(one), Some(other)) = (place, named.next()) {
            let message = format!("has `{one}` and `{other}`: a key comes from one place");
            return Err(self.wrong(other, &message));
        }
        let key = match place {
            Some("api-key-env") => self.text("api-key-env").map(|name| self.variable(name)),
            Some("api-key-command") => {
                let words = self.value("api-key-command").and_then(Value::as_array);
                let words = words.into_iter().flatten();
                Some(KeySource::Command(
                    words.filter_map(|word| Some(word.as_str()?.to_owned())).collect(),
                ))
            }
            Some(_) if self.text("api-key-from") == Some("keyring") => Some(KeySource::Keyring),
            Some(_) => Some(KeySource::Editor),
            // A preset's key goes to the preset's host and nowhere else.
            None => preset
                .filter(|preset| is_host_of(base_url, preset))
                .and_then(|preset| Some((preset, preset.key_env.as_deref()?)))
                .map(|(preset, variable)| (preset, self.variable(variable)))
                // A server on this machine may have no key.
                .filter(|(preset, key)| !is_here(preset) || !key.is_missing())
                .map(|(_, key)| key),
        };
        let is_safe = address::parse(base_url)
            .is_some_and(|address| address.is_encrypted || address.is_loopback());
        if key.is_some() && !is_safe {
            return Err(self.wrong(
                "base-url",
                "has a key and an address that begins with http://: a key must not travel in \
                 clear; use https://, or remove the source of the key",
            ));
        }
        Ok(key)
    }

    fn variable(&self, variable: &str) -> KeySource {
        let value =
            self.env.get(variable).map(|value| value.trim()).filter(|value| !value.is_empty());
        KeySource::Environment {
            variable: variable.to_owned(),
            value: value.map(|value| SecretString::from(value.to_owned())),
        }
    }

    /// Whether it takes batches: the vendors do, and of whoever speaks like them the user
    /// has to know.
    fn has_batches(&self, dialect: Dialect, base_url: &str) -> Result<bool, ConfigError> {
        let host = |url| address::parse(url).map(|address| address.host.to_ascii_lowercase());
        let is_vendor = host(base_url) == host(dialect.default_base_url());
        match self.value("batches").and_then(Value::as_bool) {
            Some(true) if !dialect.has_batches() => {
                let id = dialect.id();
                Err(self.wrong(
                    "batches",
                    &format!("has `batches`, which the dialect \"{id}\" has not"),
                ))
            }
            chosen => Ok(dialect.has_batches() && chosen.unwrap_or(is_vendor)),
        }
    }

    /// The capabilities of the model, where the user does not know better.
    fn capabilities(&self, known: Capabilities) -> Result<Capabilities, ConfigError> {
        let count = |key: &str| self.value(key).and_then(Value::as_u64);
        let small = |key: &str| count(key).and_then(|number| u32::try_from(number).ok());
        let styles = self.value("preferred-styles").and_then(Value::as_array);
        let context = small("context").unwrap_or(known.context);
        Ok(Capabilities {
            context,
            max_output: small("max-output").unwrap_or(known.max_output).min(context),
            structured: match self.text("structured") {
                Some("schema") => Structured::Schema,
                Some("object") => Structured::Object,
                Some("prompted") => Structured::Prompted,
                Some("none") => Structured::None,
                _ => known.structured,
            },
            preferred_styles: styles.map_or(known.preferred_styles, |styles| {
                styles.iter().filter_map(|style| Some(style.as_str()?.to_owned())).collect()
            }),
            prices: self.prices(known.prices)?,
            concurrency: count("concurrency")
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(known.concurrency),
            ..known
        })
    }

    fn prices(&self, known: Option<Prices>) -> Result<Option<Prices>, ConfigError> {
        let price = |key: &str| self.value(&format!("prices.{key}")).and_then(Value::as_f64);
        let (input, cached, output) = (price("input"), price("cached-input"), price("output"));
        if input.or(cached).or(output).is_none() {
            return Ok(known);
        }
        let (Some(input), Some(output)) = (
            input.or(known.map(|prices| prices.input)),
            output.or(known.map(|prices| prices.output)),
        ) else {
            return Err(self.wrong(
                "prices.input",
                "has some prices only: nothing is known about this model, so `input` and `output` \
                 are both needed",
            ));
        };
        // What was known of cached input belongs to the price that was known.
        let cached = cached.or(known
            .filter(|known| (known.input - input).abs() < f64::EPSILON)
            .map(|known| known.cached_input));
        // Whoever knows better knows it of every length; the discount of a batch is the
        // vendor's for all of its models.
        let batch = known.map_or(1.0, |known| known.batch);
        Ok(Some(Prices { batch, ..Prices::flat(input, cached.unwrap_or(input), output) }))
    }

    fn quirks(&self, preset: &Quirks) -> Quirks {
        let flag = |key: &str, preset: bool| {
            self.value(&format!("quirks.{key}")).and_then(Value::as_bool).unwrap_or(preset)
        };
        Quirks {
            max_tokens: flag("max-tokens", preset.max_tokens),
            system_role: flag("system-role", preset.system_role),
            no_store: flag("no-store", preset.no_store),
            no_stream_options: flag("no-stream-options", preset.no_stream_options),
            require_parameters: flag("require-parameters", preset.require_parameters),
            schema_in_prompt: flag("schema-in-prompt", preset.schema_in_prompt),
        }
    }

    /// Relative to the file that names it; `~/` is the home folder.
    fn ca_bundle(&self) -> Result<Option<PathBuf>, ConfigError> {
        let Some((value, origin)) = self.fields.get("ca-bundle") else { return Ok(None) };
        let path = files::named(value.as_str().unwrap_or_default(), origin, self.env);
        path.map(Some).ok_or_else(|| {
            self.wrong("ca-bundle", "has a `ca-bundle` that is relative to nothing: name it from the root, or from `~/`")
        })
    }
}

/// Whether a preset is about a server on this machine.
fn is_here(preset: &Preset) -> bool {
    address::parse(&preset.base_url).is_some_and(|address| address.is_loopback())
}

/// Whether an address has the host of the preset: the same, this machine for a server
/// that runs on it, or one that fills a gap such as `{resource}` with one label.
fn is_host_of(base_url: &str, preset: &Preset) -> bool {
    let Some(own) = address::parse(base_url) else { return false };
    if is_here(preset) {
        return own.is_loopback();
    }
    let rest = preset.base_url.split_once("://").map_or("", |(_, rest)| rest);
    let known = rest.split_once('/').map_or(rest, |(host, _)| host);
    let host = own.host.to_ascii_lowercase();
    match known.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?.1))) {
        Some((start, end)) => host
            .strip_prefix(start)
            .and_then(|host| host.strip_suffix(end))
            .is_some_and(|label| !label.is_empty() && !label.contains('.')),
        None => host == known,
    }
}
