//! A provider that does what a test tells it, step by step.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::docstring::{Language, Symbol, SymbolKind};
use crate::orchestrator::{Ask, Choice, GenerationResult, Orchestrator, OrchestratorError};
use crate::provider::{
    Answer, Capabilities, Completion, CompletionRequest, ErrorKind, Prices, Prompt, Provider,
    ProviderError, ProviderId, Usage,
};

/// What a call does.
#[derive(Clone)]
pub(super) enum Step {
    /// Answers with this text after so long.
    Text(Duration, String),
    /// Fails after so long.
    Fail(Duration, ProviderError),
    /// Never ends.
    Hang,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(after, text) => write!(f, "{text} after {after:?}"),
            Self::Fail(after, error) => {
                write!(f, "{} after {after:?}", error.kind.as_str())?;
                error.retry_after.map_or(Ok(()), |wait| write!(f, ", wait {wait:?}"))
            }
            Self::Hang => f.write_str("hangs"),
        }
    }
}

pub(super) fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

/// An answer that is accepted.
pub(super) fn good(seconds: f64) -> Step {
    Step::Text(secs(seconds), json!({"ok": true}).to_string())
}

/// An answer that is not.
pub(super) fn bad(seconds: f64) -> Step {
    Step::Text(secs(seconds), json!({"ok": false}).to_string())
}

pub(super) fn fail(seconds: f64, kind: ErrorKind) -> Step {
    Step::Fail(secs(seconds), ProviderError::new(kind, format!("it is {}", kind.as_str())))
}

pub(super) fn limited(seconds: f64, retry_after: f64) -> Step {
    let error = ProviderError::new(ErrorKind::RateLimited, "too many calls");
    Step::Fail(secs(seconds), ProviderError { retry_after: Some(secs(retry_after)), ..error })
}

/// A provider with a script; when that is over, it goes on with its habit.
pub(super) struct Fake {
    id: ProviderId,
    capabilities: Capabilities,
    script: Mutex<VecDeque<Step>>,
    habit: Mutex<Step>,
    /// When each call began, with its request.
    pub(super) calls: Mutex<Vec<(Instant, CompletionRequest)>>,
    pub(super) running: AtomicUsize,
    pub(super) most: AtomicUsize,
}

/// Counts down when a call ends, however it ends.
struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Fake {
    pub(super) fn new(id: &str, script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Self::with(id, script, |_| {})
    }

    pub(super) fn with(
        id: &str,
        script: impl IntoIterator<Item = Step>,
        change: impl FnOnce(&mut Capabilities),
    ) -> Arc<Self> {
        let mut capabilities = Capabilities::unknown("openai-chat", "model");
        capabilities.expected_time = Duration::from_secs(1);
        capabilities.prices = Some(Prices::flat(1.0, 0.1, 2.0));
        capabilities.context = 100_000;
        change(&mut capabilities);
        Arc::new(Self {
            id: ProviderId(id.into()),
            capabilities,
            script: Mutex::new(script.into_iter().collect()),
            habit: Mutex::new(good(1.0)),
            calls: Mutex::default(),
            running: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }

    /// After the script.
    pub(super) fn habit(&self, step: Step) {
        *self.habit.lock().unwrap() = step;
    }

    /// From now on.
    pub(super) fn always(&self, step: Step) {
        self.script.lock().unwrap().clear();
        *self.habit.lock().unwrap() = step;
    }

    pub(super) fn count(&self) -> usize {
        self.calls.lock().unwrap().len()
    }
}

impl Provider for Fake {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(async move {
            self.calls.lock().unwrap().push((Instant::now(), request.clone()));
            let now = self.running.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let _running = Running(&self.running);
            let next = self.script.lock().unwrap().pop_front();
            let step = next.unwrap_or_else(|| self.habit.lock().unwrap().clone());
            match step {
                Step::Hang => std::future::pending().await,
                Step::Fail(after, error) => {
                    tokio::time::sleep(after).await;
                    Err(error)
                }
                Step::Text(after, text) => {
                    tokio::time::sleep(after).await;
                    let usage = Usage { input: 1_000, cached_input: 0, output: 200 };
                    Ok(Completion {
                        answer: Answer::Text(text),
                        usage,
                        ..Completion::content(Value::Null)
                    })
                }
            }
        })
    }
}

/// Facts about nothing in particular.
pub(super) fn symbol() -> Symbol {
    Symbol::new(Language::Python, SymbolKind::Function, "f")
}

/// A question with this text.
pub(super) fn question(text: &str) -> CompletionRequest {
    let prompt = Prompt {
        system: "You write docstrings.".into(),
        context: String::new(),
        user: text.into(),
        schema: json!({"type": "object"}),
        max_output: 300,
    };
    CompletionRequest::prompted(Arc::new(symbol()), Arc::new(prompt))
}

/// Accepts `{"ok": true}`.
pub(super) fn accept(content: &Value) -> Result<bool, Vec<String>> {
    match content.get("ok").and_then(Value::as_bool) {
        Some(true) => Ok(true),
        _ => Err(vec!["`/ok` must be true".to_owned()]),
    }
}

pub(super) type Answered = Result<GenerationResult<bool>, OrchestratorError>;

/// Puts a question to whoever is best.
pub(super) async fn ask(orchestrator: &Orchestrator, text: &str) -> Answered {
    orchestrator.complete(Ask::new("google", Choice::Auto, question(text)), accept).await
}

/// Puts a question to one provider.
pub(super) async fn ask_for(orchestrator: &Orchestrator, id: &str, text: &str) -> Answered {
    let choice = Choice::Preferred(ProviderId(id.into()));
    orchestrator.complete(Ask::new("google", choice, question(text)), accept).await
}
