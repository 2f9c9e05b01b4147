//! Sources of prose. A provider turns the facts about a symbol into words.
//!
//! A provider returns JSON *content* (see `style::Content`), never code and never a
//! finished docstring; the content is checked before anything is made of it.
//! This layer reads [`Symbol`] from `docstring`, the one exception to its
//! isolation: the offline provider needs the very facts that the renderer uses,
//! and a mirror of that type would be the same fields twice.

mod anthropic;
mod batch;
mod classify;
mod error;
#[cfg(test)]
mod fixture;
mod gemini;
mod heal;
pub mod http;
mod key;
mod keyring;
pub mod models;
pub mod network;
mod offline;
mod ollama;
mod openai_chat;
mod openai_responses;
mod prices;
mod remote;
mod reuse;
mod secret;
mod settings;
mod sse;
#[cfg(test)]
mod tests;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::docstring::Symbol;

pub use batch::{BatchLimits, BatchState, Batched, Batches};
pub use error::{ErrorKind, ProviderError};
pub use offline::Offline;
pub use prices::{LongPrice, Prices};
pub use remote::Remote;
pub use secret::SecretStorage;
pub use settings::{Auth, Dialect, KeySource, Quirks, Settings};

/// The stable name of a provider: a configuration table's key, or `offline`.
///
/// A provider is one key, one address and one model; whatever is learned or counted
/// is kept under this name and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProviderId(pub Arc<str>);

impl ProviderId {
    /// The embedded provider.
    pub fn offline() -> Self {
        Self("offline".into())
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a provider can be held to JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Structured {
    /// It answers in prose whatever it is told.
    None,
    /// It is asked for JSON in the prompt, and the object is looked for in the text.
    Prompted,
    /// It promises some JSON object.
    Object,
    /// It is held to a schema while it writes.
    Schema,
}

/// What a provider can do. Data, never asked by type.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
pub struct Capabilities {
    /// Answers at once, in this process, at no cost: may be asked while the user waits
    /// for a list of actions or a hover.
    pub is_immediate: bool,
    /// The wire format, as in the configuration (`offline` for the embedded one).
    pub dialect: &'static str,
    /// The model that is asked for.
    pub model: Arc<str>,
    /// Most tokens in a request, question and answer together.
    pub context: u32,
    /// Most tokens in an answer.
    pub max_output: u32,
    /// How it can be held to JSON.
    pub structured: Structured,
    /// Sends its answer piece by piece.
    pub streaming: bool,
    /// Styles (identifiers) that it is known to do well, preferred by its user.
    pub preferred_styles: Vec<String>,
    /// What it costs; `None` when unknown or nothing.
    pub prices: Option<Prices>,
    /// What is expected of its median time before anything was measured.
    pub expected_time: Duration,
    /// It runs on hardware of the user's own, which reads a new schema at no cost.
    pub is_local: bool,
    /// How good its words are held to be, 0 to 1, before and apart from what is measured.
    pub quality: f64,
    /// Most calls at the same time.
    pub concurrency: usize,
    /// It takes batches, see [`Batches`].
    pub has_batches: bool,
    /// What else decides about its answers, in one text: where it is, how hard it thinks,
    /// headers that lead to another model. For a cache's keys; no secret is in it.
    pub variant: Arc<str>,
}

impl Capabilities {
    /// Those of a provider in this process that needs neither time nor money.
    pub fn immediate() -> Self {
        Self {
            is_immediate: true,
            dialect: "offline",
            model: "syntax-tree".into(),
            context: u32::MAX,
            max_output: u32::MAX,
            structured: Structured::Schema,
            streaming: false,
            preferred_styles: Vec::new(),
            prices: None,
            expected_time: Duration::ZERO,
            is_local: true,
            quality: 0.3,
            concurrency: usize::MAX,
            has_batches: false,
            variant: "".into(),
        }
    }

    /// Those of a model that nothing is known about: modest limits, no price.
    pub fn unknown(dialect: &'static str, model: &str) -> Self {
        Self {
            is_immediate: false,
            dialect,
            model: model.into(),
            context: 8_192,
            max_output: 2_048,
            structured: Structured::Prompted,
            streaming: true,
            preferred_styles: Vec::new(),
            prices: None,
            expected_time: Duration::from_secs(2),
            is_local: false,
            quality: 0.6,
            concurrency: 8,
            has_batches: false,
            variant: "".into(),
        }
    }
}

/// A rendered question: text and the shape of the answer. Stable parts come first, so
/// that a provider's prompt cache can keep them.
#[derive(Clone, Debug, PartialEq)]
pub struct Prompt {
    /// The role, the rules and fixed examples: the same for every question of a kind.
    pub system: String,
    /// What concerns the whole file; may be empty.
    pub context: String,
    /// What concerns the symbol.
    pub user: String,
    /// JSON Schema of the answer, in the subset that every dialect takes: all
    /// properties required, nullable instead of optional, no limits on numbers or length.
    pub schema: Value,
    /// Most tokens that a good answer needs.
    pub max_output: u32,
}

impl Prompt {
    /// Characters of everything that is sent.
    pub fn characters(&self) -> usize {
        self.system.len() + self.context.len() + self.user.len()
    }

    /// Tokens of everything that is sent, estimated: tokenizers differ by a third, and
    /// only limits and prices depend on it.
    pub fn tokens(&self) -> u64 {
        // 3.3 bytes a token over code and English with the common tokenizers.
        u64::try_from(self.characters()).unwrap_or(u64::MAX).saturating_mul(10) / 33
    }
}

/// A second turn, after an answer that was not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repair {
    /// The answer, as it came.
    pub answer: String,
    /// What is wrong with it, each with a JSON pointer.
    pub problems: Vec<String>,
}

/// A question to a provider.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    /// The facts.
    pub symbol: Arc<Symbol>,
    /// The rendered question; `None` for a provider that needs only the facts.
    pub prompt: Option<Arc<Prompt>>,
    /// What to put right in an earlier answer.
    pub repair: Option<Repair>,
    /// Most tokens of the answer, when it shall differ from the prompt's own limit
    /// because an earlier one was cut off.
    pub max_output: Option<u32>,
}

impl CompletionRequest {
    /// The question that the facts alone are.
    pub fn about(symbol: Arc<Symbol>) -> Self {
        Self { symbol, prompt: None, repair: None, max_output: None }
    }

    /// The question with its rendering.
    pub fn prompted(symbol: Arc<Symbol>, prompt: Arc<Prompt>) -> Self {
        Self { prompt: Some(prompt), ..Self::about(symbol) }
    }
}

/// Tokens of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All of the input, cached or not.
    pub input: u64,
    /// That part of the input which came from the provider's prompt cache.
    pub cached_input: u64,
    /// The output, reasoning included.
    pub output: u64,
}

impl Usage {
    /// Input and output together.
    pub fn total(&self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        // What a provider says it used may be any number.
        self.input = self.input.saturating_add(other.input);
        self.cached_input = self.cached_input.saturating_add(other.cached_input);
        self.output = self.output.saturating_add(other.output);
    }
}

/// One kind of allowance, as a provider's headers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// How much there is in a window.
    pub limit: u64,
    /// How much of it is left.
    pub remaining: u64,
    /// In how long it will be whole again.
    pub reset: Duration,
}

/// What a provider said about its limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls.
    pub requests: Option<Allowance>,
    /// Input tokens, or all tokens where a provider does not tell them apart.
    pub input_tokens: Option<Allowance>,
    /// Output tokens.
    pub output_tokens: Option<Allowance>,
}

/// The words of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Content as it is.
    Content(Value),
    /// Text in which the content is looked for.
    Text(String),
}

/// A provider's answer, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Content, to be read through `style::read`.
    pub answer: Answer,
    /// Tokens used, zero for the offline provider.
    pub usage: Usage,
    /// The model that answered, if the provider says so.
    pub model: Option<String>,
    /// What the provider said about its limits.
    pub limits: Limits,
    /// JSON pointers into the content of descriptions that rest on a name only, where a
    /// person would know better: they become tab stops in an editor.
    pub guesses: Vec<String>,
}

impl Completion {
    /// An answer made in this process.
    pub fn content(content: Value) -> Self {
        Self {
            answer: Answer::Content(content),
            usage: Usage::default(),
            model: None,
            limits: Limits::default(),
            guesses: Vec::new(),
        }
    }
}

/// A source of prose.
pub trait Provider: Send + Sync {
    /// Its stable name.
    fn id(&self) -> &ProviderId;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// Answers one question. Dropping the future cancels the call. It does not retry:
    /// whoever asks decides what a failure is followed by.
    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>>;

    /// Its endpoint for batches; `None` where there is none.
    fn batches(&self) -> Option<&dyn Batches> {
        None
    }
}
