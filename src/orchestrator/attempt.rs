//! One call to one provider: begun, timed, checked, and accounted for exactly once,
//! also when it is dropped.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::Instant;
use tracing::{Instrument, Span};

use super::arm::{Arm, Call, Place};
use super::ledger::{Ledger, Reservation};
use super::{Attempt, Core, Ending, Priority, text, trace};
use crate::provider::{
    Answer, Completion, CompletionRequest, ErrorKind, ProviderError, Repair, Usage,
};

/// Says what is wrong with an answer.
pub(super) type Check = Arc<dyn Fn(&Value) -> Result<(), Vec<String>> + Send + Sync>;

/// The attempts of a question, in the order in which they ended.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<Attempt>>>);

impl Log {
    fn push(&self, attempt: Attempt) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(attempt);
    }

    /// All of them, in the order of their beginning.
    pub(super) fn take(&self) -> Vec<Attempt> {
        let mut attempts =
            std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        attempts.sort_by_key(|attempt| attempt.started);
        attempts
    }
}

/// What a question is and what its attempts share.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) core: Arc<Core>,
    pub(super) style: &'static str,
    /// The workspace for which it is counted.
    pub(super) scope: Arc<str>,
    pub(super) check: Check,
    pub(super) log: Log,
    /// Who waits for it.
    pub(super) priority: Priority,
    /// When it was put.
    pub(super) began: Instant,
}

/// How a call is to be made.
pub(super) struct Plan {
    pub(super) arm: Arc<Arm>,
    pub(super) request: CompletionRequest,
    /// The number of this attempt; decides between equals.
    pub(super) order: u32,
    /// After how long it is given up.
    pub(super) timeout: Duration,
    pub(super) is_hedge: bool,
    /// Its place at the provider, if it has one already.
    pub(super) place: Option<Place>,
}

/// A call that has ended.
pub(super) struct Tried {
    pub(super) arm: Arc<Arm>,
    pub(super) request: CompletionRequest,
    pub(super) order: u32,
    pub(super) outcome: Outcome,
}

/// How it ended.
#[allow(clippy::large_enum_variant, reason = "a question has a handful of them")]
pub(super) enum Outcome {
    /// With an answer that was accepted.
    Accepted(Box<Won>),
    /// Without one; with what a repair turn needs, if one could help.
    Failed(ProviderError, Option<Repair>),
    /// It was not begun: the provider is not ready any more.
    NotBegun,
    /// It was not begun, because it would have cost too much.
    TooDear(String),
}

/// An accepted answer.
#[derive(Clone, Debug)]
pub(super) struct Won {
    pub(super) content: Value,
    pub(super) model: Arc<str>,
    pub(super) guesses: Vec<String>,
    pub(super) cost_usd: f64,
    pub(super) usage: Usage,
}

/// Makes the call. Nothing happens before it is polled.
pub(super) fn attempt(question: Question, plan: Plan) -> BoxFuture<'static, Tried> {
    Box::pin(async move {
        let Plan { arm, request, order, timeout, is_hedge, place } = plan;
        let place = match place {
            Some(place) => Some(place),
            None => arm.place(question.priority).await,
        };
        let outcome = match place {
            Some(_place) => call(&question, &arm, &request, timeout, is_hedge).await,
            None => Outcome::NotBegun,
        };
        Tried { arm, request, order, outcome }
    })
}

async fn call(
    question: &Question,
    arm: &Arc<Arm>,
    request: &CompletionRequest,
    timeout: Duration,
    is_hedge: bool,
) -> Outcome {
    let reservation = match reserve(&question.core.ledger, arm.dearest(request)).await {
        Ok(reservation) => reservation,
        Err(sentence) => return Outcome::TooDear(sentence),
    };
    let clock = &question.core.clock;
    let began = clock.now();
    let Some(call) = arm.begin(request, began) else {
        reservation.settle(0.0);
        return Outcome::NotBegun;
    };
    let span = trace::attempt(arm.capabilities(), arm.id());
    let mut open = Open {
        question,
        arm,
        call: Some((call, reservation)),
        span: span.clone(),
        began,
        is_hedge,
        is_repair: request.repair.is_some(),
    };
    let answered = arm.provider().complete(request).instrument(span);
    let completion = tokio::select! {
        biased;
        completion = answered => completion,
        () = clock.sleep_until(began + timeout) => {
            let seconds = timeout.as_secs_f64();
            let sentence = format!("there was no answer within {seconds:.1} s");
            let error = ProviderError::new(ErrorKind::Timeout, sentence);
            return Outcome::Failed(open.ran_out(error), None);
        }
    };
    let completion = match completion {
        Ok(completion) => completion,
        Err(error) => {
            open.failed(&error);
            return Outcome::Failed(error, None);
        }
    };
    if let Some(model) = completion.model.as_deref() {
        open.span.record(trace::RESPONSE_MODEL, model);
    }
    match checked(&question.check, &completion) {
        Ok(content) => {
            let cost_usd = arm.cost(completion.usage);
            open.succeeded(&completion, cost_usd);
            let model = completion.model.as_deref().unwrap_or(&arm.capabilities().model);
            Outcome::Accepted(Box::new(Won {
                content,
                model: model.into(),
                guesses: completion.guesses,
                cost_usd,
                usage: completion.usage,
            }))
        }
        Err(problems) => {
            let sentence = format!("the answer was not accepted: {}", problems.join("; "));
            let error = ProviderError {
                usage: completion.usage,
                limits: completion.limits,
                ..ProviderError::new(ErrorKind::Invalid, sentence)
            };
            open.failed(&error);
            let answer = match completion.answer {
                Answer::Content(content) => content.to_string(),
                Answer::Text(text) => text,
            };
            Outcome::Failed(error, Some(Repair { answer, problems }))
        }
    }
}

/// Sets aside what the call may cost at most.
pub(super) async fn reserve(ledger: &Ledger, dollars: f64) -> Result<Reservation, String> {
    let ledger = ledger.clone();
    if dollars <= 0.0 || !ledger.is_shared() {
        return ledger.reserve(dollars).map_err(|error| error.to_string());
    }
    // The day's spending is shared by all processes, in a file.
    let reserve = move || ledger.reserve(dollars).map(|reservation| Unused(Some(reservation)));
    match tokio::task::spawn_blocking(reserve).await.map(|reserved| reserved.map(Unused::take)) {
        Ok(Ok(Some(reservation))) => Ok(reservation),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(None)) | Err(_) => Err("the budget could not be looked up".to_owned()),
    }
}

/// Money for a call that is not begun yet: whoever leaves meanwhile has spent nothing.
struct Unused(Option<Reservation>);

impl Unused {
    fn take(mut self) -> Option<Reservation> {
        self.0.take()
    }
}

impl Drop for Unused {
    fn drop(&mut self) {
        if let Some(reservation) = self.0.take() {
            reservation.settle(0.0);
        }
    }
}

/// The content of an answer, if it is accepted.
fn checked(check: &Check, completion: &Completion) -> Result<Value, Vec<String>> {
    let content = content(&completion.answer);
    check(&content).map(|()| content)
}

/// The content of an answer, not checked yet.
pub(super) fn content(answer: &Answer) -> Value {
    match answer {
        Answer::Content(content) => content.clone(),
        // Text without an object is left to the check: a style may do with plain words.
        Answer::Text(words) => text::object(words).unwrap_or_else(|| words.as_str().into()),
    }
}

/// A call that is under way; when it is dropped, it was cancelled.
struct Open<'a> {
    question: &'a Question,
    arm: &'a Arc<Arm>,
    call: Option<(Call, Reservation)>,
    span: Span,
    began: Instant,
    is_hedge: bool,
    is_repair: bool,
}

impl Open<'_> {
    fn succeeded(&mut self, completion: &Completion, cost_usd: f64) {
        if let Some((call, reservation)) = self.call.take() {
            let now = self.question.core.clock.now();
            call.succeeded(completion.usage, &completion.limits, now);
            reservation.settle(cost_usd);
            self.record(Ending::Success, now, completion.usage, cost_usd);
        }
    }

    fn failed(&mut self, error: &ProviderError) {
        if let Some((call, reservation)) = self.call.take() {
            let core = &self.question.core;
            let now = core.clock.now();
            call.failed(error, core.random.unit(), now);
            let cost = self.arm.cost(error.usage);
            reservation.settle(cost);
            self.record(Ending::Failed(error.clone()), now, error.usage, cost);
        }
    }

    /// It was given up; what it may have used is billed, as a loser's is.
    fn ran_out(&mut self, error: ProviderError) -> ProviderError {
        let Some((call, reservation)) = self.call.take() else { return error };
        let core = &self.question.core;
        let now = core.clock.now();
        let usage = call.ran_out(core.random.unit(), now);
        let cost = self.arm.cost(usage);
        reservation.settle(cost);
        let error = ProviderError { usage, ..error };
        self.record(Ending::Failed(error.clone()), now, usage, cost);
        error
    }

    fn record(&self, ending: Ending, now: Instant, usage: Usage, cost_usd: f64) {
        let attempt = Attempt {
            provider: self.arm.id().clone(),
            ending,
            started: self.began.saturating_duration_since(self.question.began),
            elapsed: now.saturating_duration_since(self.began),
            usage,
            cost_usd,
            is_hedge: self.is_hedge,
            is_repair: self.is_repair,
        };
        trace::finish(&self.span, &attempt);
        self.question.core.metrics.attempt(self.question.style, &attempt);
        self.question.core.metrics.workspace(&self.question.scope, &attempt);
        self.question.log.push(attempt);
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some((call, reservation)) = self.call.take() {
            let now = self.question.core.clock.now();
            let usage = call.cancelled(now);
            let cost = self.arm.cost(usage);
            reservation.settle(cost);
            self.record(Ending::Cancelled, now, usage, cost);
        }
    }
}
