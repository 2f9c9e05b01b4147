//! Between the use case and the providers: chooses one, asks it, admits its answer.
//!
//! The caller hands in `accept`, which turns unchecked JSON into what it needs or
//! says why not; an answer that is not accepted is a failed attempt.

pub mod ledger;
mod metrics;
mod moment;
pub mod numbers;
mod options;
mod result;
pub mod state;
pub mod storage;
pub mod trace;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use crate::provider::{Answer, Capabilities, ErrorKind, Provider, ProviderError, ProviderId};

pub use metrics::{
    BreakerState, CacheEvent, CacheReport, Failures, Hedges, Metrics, Percentiles, ProviderFacts,
    ProviderReport, Report, StyleReport, StyleShare, Tokens,
};
pub use options::{Ask, CacheUse, Choice, Fallback, GenerationConfig, Hedge, Priority, StyleNeeds};
pub use result::{Attempt, Ending, GenerationResult, Notice, OrchestratorError};

/// The providers that are configured, and how to get an answer from them.
pub struct Orchestrator {
    providers: Vec<Arc<dyn Provider>>,
    metrics: Metrics,
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
        self.metrics.report(self.providers.iter().map(|p| facts(&**p)), storage::Size::default())
    }

    /// Forgets what the providers did so far.
    pub fn reset_metrics(&self) {
        self.metrics.reset();
    }

    /// Gets an answer that `accept` admits: it makes of the content what the caller
    /// needs, or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// When no provider can be asked, or none gave an answer that is admitted.
    pub async fn complete<T>(
        &self,
        ask: Ask,
        accept: impl Fn(&Value) -> Result<T, Vec<String>> + Send + Sync + 'static,
    ) -> Result<GenerationResult<T>, OrchestratorError> {
        let Choice::Preferred(id) = &ask.choice else {
            return Err(OrchestratorError::Unavailable("nothing is configured".to_owned()));
        };
        let provider = self.find(id).ok_or_else(|| OrchestratorError::Unknown(id.clone()))?;
        let started = Instant::now();
        let completion = provider.complete(&ask.request).await;
        let mut guesses = Vec::new();
        let outcome = completion.and_then(|completion| {
            guesses = completion.guesses;
            let Answer::Content(content) = completion.answer else {
                return Err(ProviderError::new(ErrorKind::Invalid, "the answer is no content"));
            };
            accept(&content)
                .map(|value| (value, completion.usage))
                .map_err(|problems| ProviderError::new(ErrorKind::Invalid, problems.join("; ")))
        });
        let (value, ending, usage) = match outcome {
            Ok((value, usage)) => (Some(value), Ending::Success, usage),
            Err(error) => (None, Ending::Failed(error.clone()), error.usage),
        };
        let attempt = Attempt {
            provider: id.clone(),
            ending,
            started: Duration::ZERO,
            elapsed: started.elapsed(),
            usage,
            cost_usd: 0.0,
            is_hedge: false,
            is_repair: false,
        };
        self.metrics.attempt(ask.style, &attempt);
        let attempts = vec![attempt];
        match value {
            Some(content) => Ok(GenerationResult {
                content,
                provider: id.clone(),
                model: provider.capabilities().model.clone(),
                style: ask.style,
                usage,
                elapsed: started.elapsed(),
                from_cache: false,
                attempts,
                notices: Vec::new(),
                guesses,
            }),
            None => Err(OrchestratorError::Failed { attempts }),
        }
    }
}

/// A provider without a breaker.
fn facts(provider: &dyn Provider) -> ProviderFacts {
    let Capabilities { dialect, model, .. } = provider.capabilities();
    ProviderFacts {
        id: provider.id().clone(),
        dialect: (*dialect).to_owned(),
        model: model.to_string(),
        state: BreakerState::Closed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docstring::{Body, Flags, Language, Signature, Symbol, SymbolKind, SymbolPath};
    use crate::provider::{Completion, CompletionRequest};
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
                Ok(content) => Ok(Completion::content(content.clone())),
                Err(message) => Err(ProviderError::new(ErrorKind::Overloaded, *message)),
            };
            Box::pin(ready(answer))
        }
    }

    fn orchestrator(answer: Result<Value, &'static str>) -> (Orchestrator, ProviderId) {
        let id = ProviderId("scripted".into());
        let capabilities = Capabilities::immediate();
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
        CompletionRequest::about(Arc::new(symbol))
    }

    fn ask(orchestrator: &Orchestrator, id: &ProviderId) -> Result<String, String> {
        let accept = |value: &Value| match value.as_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err(vec!["not a string".to_owned()]),
        };
        let question = Ask::new("google", Choice::Preferred(id.clone()), request());
        let answer = orchestrator.complete(question, accept).now_or_never().unwrap();
        let answer = answer.map(|result| result.content);
        answer.map_err(|error| error.to_string())
    }

    #[test]
    fn an_accepted_answer_counts_as_a_success() {
        let (orchestrator, id) = orchestrator(Ok(json!("words")));
        assert_eq!(ask(&orchestrator, &id).unwrap(), "words");
        let report = orchestrator.report();
        assert_eq!(report.providers["scripted"].successes, 1);
        assert_eq!(report.styles["google"].provider_breakdown["scripted"].attempts, 1);
        orchestrator.reset_metrics();
        assert_eq!(orchestrator.report().providers["scripted"].total_attempts, 0);
    }

    #[test]
    fn an_answer_that_is_not_accepted_is_a_failure_with_its_reason() {
        let (orchestrator, id) = orchestrator(Ok(json!(1)));
        assert_eq!(ask(&orchestrator, &id).unwrap_err(), "scripted: not a string after 0.0 s");
        assert_eq!(orchestrator.report().providers["scripted"].failures.invalid, 1);
    }

    #[test]
    fn a_provider_that_fails_or_is_unknown_says_so() {
        let (orchestrator, id) = orchestrator(Err("it is down"));
        assert_eq!(ask(&orchestrator, &id).unwrap_err(), "scripted: it is down after 0.0 s");
        assert_eq!(orchestrator.report().providers["scripted"].failures.overloaded, 1);
        let unknown = ask(&orchestrator, &ProviderId("nobody".into())).unwrap_err();
        assert!(unknown.starts_with("no provider `nobody` is configured"), "{unknown}");
    }
}
