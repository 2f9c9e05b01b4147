//! Providers that are known by name: with one of them, a key is all that is to be said.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Tier, capabilities, on_this_machine};
use crate::provider::{Auth, Capabilities, Dialect, Quirks};

/// A provider that is known by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Preset {
    /// Its name in the configuration.
    pub name: &'static str,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where, without a slash at the end. What differs between customers stands in
    /// braces (`{region}`), and the user must give the whole.
    pub base_url: String,
    /// The model that is asked for unless the user names one; `None` where they must.
    pub model: Option<String>,
    /// The environment variable that holds the key; `None` where there usually is none.
    pub key_env: Option<String>,
    /// How the key is sent; `None` for the way of the dialect.
    pub auth: Option<Auth>,
    /// What differs from others of its dialect.
    pub quirks: Quirks,
    /// It runs on the user's own hardware.
    pub is_local: bool,
    structured: Option<Tier>,
}

impl Preset {
    /// What a model can do when this provider serves it: often the server decides how
    /// firmly a model is held to JSON, and hardware of one's own costs nothing.
    pub fn capabilities(&self, model: &str) -> Capabilities {
        let mut known = capabilities(self.dialect, model);
        if self.is_local {
            known = on_this_machine(known);
        }
        if let Some(tier) = self.structured {
            known.structured = tier.into();
        }
        known
    }
}

/// A preset in the data.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    dialect: String,
    base_url: String,
    #[serde(default)]
    model: Option<String>,
    #[serde(default)]
    key_env: Option<String>,
    /// The name of the header.
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    quirks: Vec<String>,
    #[serde(default)]
    structured: Option<Tier>,
    #[serde(default)]
    is_local: bool,
}

static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| serde_json::from_str(include_str!("presets.json")).unwrap_or_default());

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| ROWS.iter().filter_map(read).collect());

fn read(row: &'static Row) -> Option<Preset> {
    let has = |quirk: &str| row.quirks.iter().any(|name| name == quirk);
    Some(Preset {
        name: &row.name,
        dialect: Dialect::by_id(&row.dialect)?,
        base_url: row.base_url.clone(),
        model: row.model.clone(),
        key_env: row.key_env.clone(),
        auth: row.auth.as_deref().map(Auth::Header),
        quirks: Quirks {
            max_tokens: has("max-tokens"),
            system_role: has("system-role"),
            no_store: has("no-store"),
            no_stream_options: has("no-stream-options"),
            require_parameters: has("require-parameters"),
            schema_in_prompt: has("schema-in-prompt"),
        },
        is_local: row.is_local,
        structured: row.structured,
    })
}

/// All presets.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

/// The preset of this name.
pub fn preset(name: &str) -> Option<Preset> {
    presets().iter().find(|preset| preset.name == name).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Structured;

    #[test]
    fn the_data_can_be_read() {
        const QUIRKS: &[&str] = &[
            "max-tokens",
            "system-role",
            "no-store",
            "no-stream-options",
            "require-parameters",
            "schema-in-prompt",
        ];
        let rows: Vec<Row> = serde_json::from_str(include_str!("presets.json")).expect("the data");
        for row in &rows {
            assert!(row.quirks.iter().all(|quirk| QUIRKS.contains(&quirk.as_str())), "{row:?}");
        }
        let names: Vec<&str> = presets().iter().map(|preset| preset.name).collect();
        assert_eq!(
            names,
            [
                "claude",
                "openai",
                "gemini",
                "ollama",
                "llamacpp",
                "lmstudio",
                "vllm",
                "openrouter",
                "groq",
                "mistral",
                "deepseek",
                "azure",
                "bedrock",
                "xai",
                "together",
                "litellm",
            ]
        );
        for preset in presets() {
            let is_loopback = preset.base_url.starts_with("http://127.0.0.1:");
            assert!(is_loopback || preset.base_url.starts_with("https://"), "{preset:?}");
            assert!(!preset.base_url.ends_with('/'), "{preset:?}");
            assert!(preset.is_local || preset.key_env.is_some(), "{preset:?}");
            let is_default = preset.base_url == preset.dialect.default_base_url();
            assert!(is_default || preset.dialect == Dialect::OpenAiChat, "{preset:?}");
        }
    }

    #[test]
    fn the_default_models_are_known() {
        for preset in presets().iter().filter(|preset| !preset.is_local) {
            let Some(model) = &preset.model else { continue };
            assert!(super::super::find(model).is_some(), "{preset:?}");
            assert_eq!(super::super::lifecycle(model), None, "{preset:?}");
        }
    }

    #[test]
    fn a_server_decides_what_its_models_can_do() {
        let of = |name: &str, model: &str| preset(name).map(|preset| preset.capabilities(model));
        let tier = |name, model| of(name, model).map(|known| known.structured);
        assert_eq!(tier("llamacpp", "tiny"), Some(Structured::Schema));
        assert_eq!(tier("openrouter", "tiny"), Some(Structured::Prompted));
        assert_eq!(tier("deepseek", "deepseek-v4-flash"), Some(Structured::Object));
        assert_eq!(tier("azure", "my-deployment"), Some(Structured::Schema));
        assert_eq!(of("llamacpp", "gpt-oss-20b").and_then(|known| known.prices), None);
        assert!(of("groq", "openai/gpt-oss-20b").is_some_and(|known| known.prices.is_some()));
        assert_eq!(preset("azure").and_then(|preset| preset.auth), Some(Auth::Header("api-key")));
        assert_eq!(preset("nobody"), None);
    }
}
