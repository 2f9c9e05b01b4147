//! What a user says about a remote provider, resolved and checked by `config`.

use std::path::PathBuf;

use secrecy::SecretString;

use super::{Capabilities, ProviderId};

/// The wire formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// Anthropic's Messages.
    Anthropic,
    /// OpenAI's Responses.
    OpenAiResponses,
    /// OpenAI's Chat Completions, and everything that speaks them.
    OpenAiChat,
    /// Google's `generateContent`.
    Gemini,
    /// Ollama's own `/api/chat`.
    Ollama,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Anthropic, Self::OpenAiResponses, Self::OpenAiChat, Self::Gemini, Self::Ollama];

    /// Its name in the configuration.
    pub fn id(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAiResponses => "openai-responses",
            Self::OpenAiChat => "openai-chat",
            Self::Gemini => "gemini",
            Self::Ollama => "ollama",
        }
    }

    /// The dialect of this name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.id() == id)
    }

    /// Whether batches are known how to be sent in it.
    pub fn has_batches(self) -> bool {
        matches!(self, Self::Anthropic | Self::OpenAiResponses | Self::OpenAiChat)
    }

    /// Where it is spoken, up to and without the path of a call.
    pub fn default_base_url(self) -> &'static str {
        match self {
            Self::Anthropic => "https://api.anthropic.com",
            Self::OpenAiResponses | Self::OpenAiChat => "https://api.openai.com/v1",
            Self::Gemini => "https://generativelanguage.googleapis.com",
            Self::Ollama => "http://127.0.0.1:11434",
        }
    }
}

/// Where a key comes from. The key itself is in no file of ours.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// The value of an environment variable, and the variable's name for messages. When it
    /// is not set, the editor may have the key.
    Environment {
        /// The variable.
        variable: String,
        /// Its value; `None` when it is not set.
        value: Option<SecretString>,
    },
    /// The first line that a command prints. It is run once, when the key is needed.
    Command(Vec<String>),
    /// The editor's secret storage, see [`SecretStorage`](super::SecretStorage).
    Editor,
    /// The platform's keyring, under the service `docstring-ls` and the provider's name.
    Keyring,
}

impl KeySource {
    /// Whether it is known, without asking, that there is no key.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Environment { value: None, .. })
    }
}

/// How the key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …`.
    Bearer,
    /// As a header of its own, such as `x-api-key`.
    Header(&'static str),
}

/// What differs between servers that speak Chat Completions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches, each a configuration key")]
pub struct Quirks {
    /// The limit is called `max_tokens`, not `max_completion_tokens`.
    pub max_tokens: bool,
    /// System text goes into a `system` message, not `developer`.
    pub system_role: bool,
    /// `store: false` is not understood.
    pub no_store: bool,
    /// `stream_options` is not understood.
    pub no_stream_options: bool,
    /// OpenRouter: route only to servers that take every parameter.
    pub require_parameters: bool,
    /// The schema is given in the prompt as well.
    pub schema_in_prompt: bool,
}

/// One remote provider.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name.
    pub id: ProviderId,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where, without a slash at the end.
    pub base_url: String,
    /// The key; a server in the cellar has none.
    pub key: Option<KeySource>,
    /// How the key is sent; `None` for the way of the dialect.
    pub auth: Option<Auth>,
    /// More headers, none of them secret.
    pub headers: Vec<(String, String)>,
    /// The model and what it can do.
    pub capabilities: Capabilities,
    /// How hard the model thinks (`none` to `max`); `None` says nothing about it.
    pub effort: Option<String>,
    /// See [`Quirks`].
    pub quirks: Quirks,
    /// Certificates (PEM) that are trusted besides those of the platform.
    pub ca_bundle: Option<PathBuf>,
}

/// Words in the names of headers whose values are nobody's business.
const SECRETIVE: [&str; 6] = ["auth", "cookie", "key", "password", "secret", "token"];

impl Settings {
    /// What of the settings decides about the answers besides the model and the wire
    /// format: two providers that differ in it do not share a cache's entries. Neither the
    /// key nor a header that may hold one is in it.
    pub fn variant(&self) -> String {
        let mut headers: Vec<String> = self
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value))
            .filter(|(name, _)| !SECRETIVE.iter().any(|word| name.contains(word)))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        headers.sort();
        let effort = self.effort.as_deref().map(|effort| format!("effort {effort}"));
        let Quirks { require_parameters, schema_in_prompt, .. } = self.quirks;
        let switches =
            [(require_parameters, "require parameters"), (schema_in_prompt, "schema in prompt")];
        let switches = switches.into_iter().filter(|(is_on, _)| *is_on).map(|(_, name)| name);
        let parts = std::iter::once(self.base_url.clone()).chain(effort);
        let parts = parts.chain(switches.map(str::to_owned)).chain(headers);
        parts.collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_about_answers_is_told_apart_and_no_secret_is_in_it() {
        let plain = Settings {
            id: ProviderId("p".into()),
            dialect: Dialect::OpenAiChat,
            base_url: "http://one/v1".to_owned(),
            key: Some(KeySource::Environment {
                variable: "K".to_owned(),
                value: Some("sesame".into()),
            }),
            auth: None,
            headers: vec![("X-Api-Key".to_owned(), "sesame".to_owned())],
            capabilities: Capabilities::unknown("openai-chat", "m"),
            effort: None,
            quirks: Quirks::default(),
            ca_bundle: None,
        };
        assert_eq!(plain.variant(), "http://one/v1");
        let elsewhere = Settings { base_url: "http://two/v1".to_owned(), ..plain.clone() };
        let harder = Settings { effort: Some("high".to_owned()), ..plain.clone() };
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let two = [header("X-Route", "b"), header("OpenAI-Organization", "o")];
        let routed = Settings { headers: two.to_vec(), ..plain.clone() };
        let strict = Quirks { require_parameters: true, ..Quirks::default() };
        let strict = Settings { quirks: strict, ..plain };
        assert_eq!(elsewhere.variant(), "http://two/v1");
        assert_eq!(harder.variant(), "http://one/v1\neffort high");
        assert_eq!(routed.variant(), "http://one/v1\nopenai-organization: o\nx-route: b");
        assert_eq!(strict.variant(), "http://one/v1\nrequire parameters");
    }
}
