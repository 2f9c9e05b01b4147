//! Between the use case and the providers: chooses one, asks it, admits its answer.
//!
//! The caller hands in `accept`, which turns unchecked JSON into what it needs or
//! says why not; an answer that is not accepted is a failed attempt.

use std::sync::Arc;

use serde_json::Value;

use crate::provider::{CompletionRequest, Provider, ProviderId};

/// The providers that are configured, and how to get an answer from them.
pub struct Orchestrator {
    providers: Vec<Arc<dyn Provider>>,
}

/// An accepted answer.
#[derive(Clone, Debug)]
pub struct Accepted<T> {
    /// What `accept` made of it.
    pub value: T,
    /// Who answered.
    pub provider: ProviderId,
    /// Answered from the cache.
    pub from_cache: bool,
    /// Tokens used.
    pub tokens: u64,
    /// JSON pointers of the words that rest on a name only.
    pub guesses: Vec<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrchestratorError {
    /// No provider of that name is configured.
    #[error("no provider `{0}` is configured; `docstring-ls doctor` lists those that are")]
    Unknown(ProviderId),
    /// The provider failed.
    #[error("{provider} gave no answer: {reason}")]
    Failed {
        /// Which provider.
        provider: ProviderId,
        /// One sentence.
        reason: String,
    },
}

impl Orchestrator {
    /// An orchestrator over `providers`.
    pub fn new(providers: Vec<Arc<dyn Provider>>) -> Self {
        Self { providers }
    }

    /// The names of the providers, in order of preference.
    pub fn providers(&self) -> impl Iterator<Item = &ProviderId> {
        self.providers.iter().map(|provider| provider.id())
    }

    /// Whether the provider answers at once and at no cost, so that it may be asked
    /// without an explicit request of the user.
    pub fn is_immediate(&self, id: &ProviderId) -> bool {
        self.find(id).is_some_and(|provider| provider.capabilities().is_immediate)
    }

    fn find(&self, id: &ProviderId) -> Option<&Arc<dyn Provider>> {
        self.providers.iter().find(|provider| provider.id() == id)
    }

    /// Asks the provider `id`.
    ///
    /// # Errors
    ///
    /// When it is not configured, fails, or its answer is not accepted.
    pub async fn complete<T>(
        &self,
        id: &ProviderId,
        request: &CompletionRequest,
        accept: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<Accepted<T>, OrchestratorError> {
        let provider = self.find(id).ok_or_else(|| OrchestratorError::Unknown(id.clone()))?;
        let failed = |reason| OrchestratorError::Failed { provider: id.clone(), reason };
        let completion =
            provider.complete(request).await.map_err(|error| failed(error.to_string()))?;
        let value = accept(completion.content).map_err(failed)?;
        Ok(Accepted {
            value,
            provider: id.clone(),
            from_cache: false,
            tokens: completion.tokens,
            guesses: completion.guesses,
        })
    }
}
