//! The embedded provider's way: at once, no cache, no second try.

use std::sync::Arc;

use crate::orchestrator::{Ask, Choice, Orchestrator};
use crate::provider::{Capabilities, Completion, CompletionRequest};
use crate::provider::{ErrorKind, Provider, ProviderError, ProviderId};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde_json::Value;
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
    CompletionRequest::about(Arc::new(super::fake::symbol()))
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
    assert_eq!(
        ask(&orchestrator, &id).unwrap_err(),
        "scripted: the answer was not accepted: not a string after 0.0 s"
    );
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
