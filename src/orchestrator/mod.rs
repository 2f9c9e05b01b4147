//! Between the use case and the providers: chooses one, asks it, admits its answer.
//!
//! The caller hands in `accept`, which turns unchecked JSON into what it needs or
//! says why not; an answer that is not accepted is a failed attempt.

mod metrics;

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use crate::provider::{CompletionRequest, Provider, ProviderId};
use metrics::{Ending, Metrics};

pub use metrics::{Failures, Percentiles, ProviderReport, Report, StyleReport, StyleShare};

/// The providers that are configured, and how to get an answer from them.
pub struct Orchestrator {
    providers: Vec<Arc<dyn Provider>>,
    metrics: Metrics,
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
        Self { providers, metrics: Metrics::default() }
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

    /// What the providers did so far.
    pub fn report(&self) -> Report {
        self.metrics.report(self.providers())
    }

    /// Forgets what the providers did so far.
    pub fn reset_metrics(&self) {
        self.metrics.reset();
    }

    /// Asks the provider `id`, for a docstring in `style`.
    ///
    /// # Errors
    ///
    /// When it is not configured, fails, or its answer is not accepted.
    pub async fn complete<T>(
        &self,
        id: &ProviderId,
        style: &'static str,
        request: &CompletionRequest,
        accept: impl FnOnce(Value) -> Result<T, String>,
    ) -> Result<Accepted<T>, OrchestratorError> {
        let provider = self.find(id).ok_or_else(|| OrchestratorError::Unknown(id.clone()))?;
        let failed = |reason| OrchestratorError::Failed { provider: id.clone(), reason };
        let started = Instant::now();
        let completion = match provider.complete(request).await {
            Ok(completion) => completion,
            Err(error) => {
                self.metrics.record(id, style, Ending::Failed, started.elapsed(), 0);
                return Err(failed(error.to_string()));
            }
        };
        let accepted = accept(completion.content);
        let ending = if accepted.is_ok() { Ending::Success } else { Ending::Invalid };
        self.metrics.record(id, style, ending, started.elapsed(), completion.tokens);
        Ok(Accepted {
            value: accepted.map_err(failed)?,
            provider: id.clone(),
            from_cache: false,
            tokens: completion.tokens,
            guesses: completion.guesses,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docstring::{Body, Flags, Language, Signature, Symbol, SymbolKind, SymbolPath};
    use crate::provider::{Capabilities, Completion, ProviderError};
    use futures_util::FutureExt;
    use futures_util::future::{BoxFuture, ready};
    use serde_json::json;

    /// A provider with a prepared answer.
    struct Scripted {
        id: ProviderId,
        capabilities: Capabilities,
        answer: Result<Value, &'static str>,
    }

    impl Provider for Scripted {
        fn id(&self) -> &ProviderId {
            &self.id
        }

        fn capabilities(&self) -> &Capabilities {
            &self.capabilities
        }

        fn complete<'a>(
            &'a self,
            _request: &'a CompletionRequest,
        ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
            let answer = match &self.answer {
                Ok(content) => {
                    Ok(Completion { content: content.clone(), tokens: 7, guesses: Vec::new() })
                }
                Err(message) => Err(ProviderError { message: (*message).to_owned() }),
            };
            Box::pin(ready(answer))
        }
    }

    fn orchestrator(answer: Result<Value, &'static str>) -> (Orchestrator, ProviderId) {
        let id = ProviderId("scripted".into());
        let capabilities = Capabilities { is_immediate: true };
        (Orchestrator::new(vec![Arc::new(Scripted { id: id.clone(), capabilities, answer })]), id)
    }

    fn request() -> CompletionRequest {
        let symbol = Symbol {
            language: Language::Python,
            kind: SymbolKind::Function,
            name: "f".into(),
            path: SymbolPath("f".into()),
            range: 0..0,
            header: 0..0,
            name_range: 0..0,
            line: 1,
            public: true,
            flags: Flags::default(),
            existing: None,
            slot: None,
            decorators: Vec::new(),
            bases: Vec::new(),
            signature: Signature::default(),
            body: Body::default(),
            members: Vec::new(),
            children: Vec::new(),
            owner: None,
            module: String::new(),
        };
        CompletionRequest { symbol: Arc::new(symbol) }
    }

    fn ask(orchestrator: &Orchestrator, id: &ProviderId) -> Result<Accepted<String>, String> {
        let accept = |value: Value| match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err("not a string".to_owned()),
        };
        let answer =
            orchestrator.complete(id, "google", &request(), accept).now_or_never().unwrap();
        answer.map_err(|error| error.to_string())
    }

    #[test]
    fn an_accepted_answer_counts_as_a_success() {
        let (orchestrator, id) = orchestrator(Ok(json!("words")));
        assert_eq!(ask(&orchestrator, &id).unwrap().value, "words");
        let report = orchestrator.report();
        assert_eq!(report.providers["scripted"].successes, 1);
        assert_eq!(report.styles["google"].provider_breakdown["scripted"].attempts, 1);
        orchestrator.reset_metrics();
        assert_eq!(orchestrator.report().providers["scripted"].total_attempts, 0);
    }

    #[test]
    fn an_answer_that_is_not_accepted_is_a_failure_with_its_reason() {
        let (orchestrator, id) = orchestrator(Ok(json!(1)));
        assert_eq!(ask(&orchestrator, &id).unwrap_err(), "scripted gave no answer: not a string");
        assert_eq!(orchestrator.report().providers["scripted"].failures.invalid, 1);
    }

    #[test]
    fn a_provider_that_fails_or_is_unknown_says_so() {
        let (orchestrator, id) = orchestrator(Err("it is down"));
        assert_eq!(ask(&orchestrator, &id).unwrap_err(), "scripted gave no answer: it is down");
        assert_eq!(orchestrator.report().providers["scripted"].failures.failed, 1);
        let unknown = ask(&orchestrator, &ProviderId("nobody".into())).unwrap_err();
        assert!(unknown.starts_with("no provider `nobody` is configured"), "{unknown}");
    }
}
