//! Presets, until the registry of models has them.

use crate::provider::{Auth, Capabilities, Dialect, Quirks};

/// A provider that is known by name.
pub(super) struct Preset {
    pub(super) name: &'static str,
    pub(super) dialect: Dialect,
    pub(super) base_url: String,
    pub(super) model: Option<String>,
    pub(super) key_env: Option<String>,
    pub(super) auth: Option<Auth>,
    pub(super) quirks: Quirks,
}

fn of(name: &'static str, dialect: Dialect, model: Option<&str>, key: Option<&str>) -> Preset {
    Preset {
        name,
        dialect,
        base_url: dialect.default_base_url().to_owned(),
        model: model.map(str::to_owned),
        key_env: key.map(str::to_owned),
        auth: None,
        quirks: Quirks::default(),
    }
}

pub(super) fn presets() -> Vec<Preset> {
    let (claude, openai) = (Some("ANTHROPIC_API_KEY"), Some("OPENAI_API_KEY"));
    vec![
        of("claude", Dialect::Anthropic, Some("claude-haiku-5-5"), claude),
        of("openai", Dialect::OpenAiResponses, Some("gpt-6-luna"), openai),
        of("gemini", Dialect::Gemini, Some("gemini-3.5-flash-lite"), Some("GEMINI_API_KEY")),
        of("ollama", Dialect::Ollama, None, None),
    ]
}

pub(super) fn preset(name: &str) -> Option<Preset> {
    presets().into_iter().find(|preset| preset.name == name)
}

pub(super) fn capabilities(dialect: Dialect, model: &str) -> Capabilities {
    Capabilities::unknown(dialect.id(), model)
}
