//! Sources of prose. A provider turns the facts about a symbol into words.
//!
//! A provider returns JSON *content* (see `style::Content`), never code and never a
//! finished docstring; the content is checked before anything is made of it.
//! This layer reads [`Symbol`] from `docstring`, the one exception to its
//! isolation: the offline provider needs the very facts that the renderer uses,
//! and a mirror of that type would be the same fields twice.

mod offline;

use std::fmt;
use std::sync::Arc;

pub use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::docstring::Symbol;

pub use offline::Offline;

/// The stable name of a provider: a configuration table's key, or `offline`.
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

/// What a provider can do. Data, never asked by type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Answers at once, in this process, at no cost: may be asked while the user waits
    /// for a list of actions or a hover.
    pub is_immediate: bool,
}

/// A question to a provider.
#[derive(Clone, Debug)]
pub struct CompletionRequest {
    /// The facts.
    pub symbol: Arc<Symbol>,
}

/// A provider's answer, not yet checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Content, to be read through `style::read`.
    pub content: Value,
    /// Tokens used, zero for the offline provider.
    pub tokens: u64,
    /// JSON pointers into `content` of descriptions that rest on a name only, where a
    /// person would know better: they become tab stops in an editor.
    pub guesses: Vec<String>,
}

/// Why a provider has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProviderError {
    /// One sentence for the user.
    pub message: String,
}

/// A source of prose.
pub trait Provider: Send + Sync {
    /// Its stable name.
    fn id(&self) -> &ProviderId;

    /// What it can do.
    fn capabilities(&self) -> &Capabilities;

    /// Answers one question. Dropping the future cancels the call.
    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>>;
}
