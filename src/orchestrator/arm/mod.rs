//! An arm: a provider with everything that was learned about it. Every call goes
//! through [`Arm::begin`] and is accounted for exactly once, when its [`Call`] ends or
//! is dropped.

mod breaker;
mod call;
mod latency;
mod pace;
mod places;
mod success;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::{Priority, Tuning};
use crate::provider::{Capabilities, CompletionRequest, Provider, ProviderId, Usage};
use breaker::{Admission, Breaker};
use latency::{Latency, size_class};
use pace::{Need, Pace};
use places::Places;
use success::Success;

pub(crate) use breaker::State;
pub(crate) use call::Call;
pub(crate) use places::Place;

/// The time in which what was learned counts half.
const HALF_LIFE: Duration = Duration::from_hours(1);
/// What one more measurement counts in an average.
const NEWEST: f64 = 0.2;
/// While one call probes a provider, others look so often how it went.
const PROBE_LOOK: Duration = Duration::from_millis(200);
/// A provider that has become slow is tried again so often.
const SECOND_LOOK: Duration = Duration::from_mins(2);
/// A call that takes so many times longer than it takes to be joined by a second one is
/// a sign that the next ones may be slow too.
const RESTLESS: f64 = 1.25;
/// A provider with what was learned about it.
pub(crate) struct Arm {
    provider: Arc<dyn Provider>,
    places: Arc<Places>,
    tuning: Tuning,
    state: Mutex<Learned>,
}

struct Learned {
    latency: Latency,
    success: Success,
    breaker: Breaker,
    pace: Pace,
    /// Why it must not be asked until the configuration changes.
    disabled: Option<String>,
    /// Reported input tokens by estimated ones.
    input_ratio: f64,
    /// Output tokens of an answer.
    output: f64,
    retry_tokens: f64,
    last_begun: Option<Instant>,
    /// When the calls that are under way began.
    open: Vec<Instant>,
    /// Seconds to a failure.
    failing: Option<f64>,
    is_changed: bool,
}

/// What survives a restart.
#[derive(Debug, Serialize, Deserialize)]
struct Snapshot {
    at: SystemTime,
    latency: latency::Snapshot,
    success: success::Snapshot,
    input_ratio: f64,
    output: f64,
}

/// Whether an arm can be asked.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Readiness {
    /// Now.
    Ready,
    /// Now, and to see whether it is back.
    Probe,
    /// Not before this moment.
    At(Instant),
    /// When another call has ended.
    Busy,
    /// Not until the configuration changes; the reason is a sentence.
    Never(String),
}

/// An arm as the selection sees it, at one moment and for one question.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) readiness: Readiness,
    /// Seconds within which half of the calls end.
    pub(crate) p50: f64,
    /// How well the median is known: the standard deviation of its logarithm.
    pub(crate) doubt: f64,
    /// Seconds within which nine of ten end.
    pub(crate) p90: f64,
    /// Seconds after which a second provider is asked.
    pub(crate) hedge_after: f64,
    /// Parameters of the distribution of its success rate.
    pub(crate) beta: (f64, f64),
    /// US dollars.
    pub(crate) cost: f64,
    /// The share that is left of its limits.
    pub(crate) slack: f64,
    /// Seconds that a failure takes.
    pub(crate) failing: f64,
    /// It is known, none of its last calls was very late, and none that is under way is.
    pub(crate) is_at_ease: bool,
    /// It has become slow, and it is time to see whether it still is.
    pub(crate) is_due: bool,
}

impl Arm {
    pub(crate) fn new(provider: Arc<dyn Provider>, tuning: Tuning, now: Instant) -> Self {
        let capabilities = provider.capabilities();
        let places = Places::new(capabilities.concurrency.max(1));
        let learned = Learned {
            latency: Latency::new(capabilities.expected_time, HALF_LIFE, now),
            success: Success::new(HALF_LIFE, now),
            breaker: Breaker::new(tuning.breaker, now),
            pace: Pace::default(),
            disabled: None,
            input_ratio: 1.0,
            output: 250.0,
            retry_tokens: tuning.retry_tokens,
            last_begun: None,
            open: Vec::new(),
            failing: None,
            is_changed: false,
        };
        Self { places, tuning, state: Mutex::new(learned), provider }
    }

    fn lock(&self) -> MutexGuard<'_, Learned> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn id(&self) -> &ProviderId {
        self.provider.id()
    }

    pub(crate) fn capabilities(&self) -> &Capabilities {
        self.provider.capabilities()
    }

    pub(crate) fn provider(&self) -> &Arc<dyn Provider> {
        &self.provider
    }

    /// How the breaker stands.
    pub(crate) fn state(&self, now: Instant) -> State {
        self.lock().breaker.state(now)
    }

    /// What is known about the arm, for a question.
    pub(crate) fn view(&self, request: &CompletionRequest, now: Instant) -> View {
        let learned = self.lock();
        let usage = learned.expected_usage(request);
        let size = size_class(usage.input);
        let need = Need { input: usage.input, output: usage.output };
        let readiness = if let Some(reason) = &learned.disabled {
            Readiness::Never(reason.clone())
        } else {
            let paced = learned.pace.blocked_until(need, now);
            match (learned.breaker.admission(now), paced) {
                (Admission::Blocked(Some(until)), paced) => {
                    Readiness::At(paced.map_or(until, |paced| paced.max(until)))
                }
                (_, Some(until)) => Readiness::At(until),
                // Another call is finding out; its result is looked for soon.
                (Admission::Blocked(None), None) => Readiness::At(now + PROBE_LOOK),
                _ if self.places.free() == 0 => Readiness::Busy,
                (Admission::Probe, None) => Readiness::Probe,
                (Admission::Ready, None) => Readiness::Ready,
            }
        };
        let latency = &learned.latency;
        let idle = |begun: Instant| now.saturating_duration_since(begun) >= SECOND_LOOK;
        let p50 = latency.quantile(0.5, size);
        let hedge_after = self.hedge_after(latency, size);
        let late = RESTLESS * hedge_after;
        let is_late = |begun: &Instant| now.saturating_duration_since(*begun).as_secs_f64() > late;
        View {
            readiness,
            p50,
            doubt: latency.doubt(),
            p90: latency.late(0.9, size),
            hedge_after,
            failing: learned.failing.unwrap_or(p50),
            is_at_ease: latency.is_known()
                && !latency.has_lately_taken(late)
                && !learned.open.iter().any(is_late),
            beta: learned.success.beta(),
            cost: self.cost(usage),
            slack: learned.pace.slack(now),
            is_due: latency.has_slowed()
                && (latency.is_recovering() || learned.last_begun.is_some_and(idle)),
        }
    }

    fn hedge_after(&self, latency: &Latency, size: usize) -> f64 {
        let usual = latency.late(self.tuning.hedge_quantile, size);
        usual.max(self.tuning.min_hedge.as_secs_f64())
    }

    /// US dollars for so many tokens.
    pub(crate) fn cost(&self, usage: Usage) -> f64 {
        self.capabilities().prices.map_or(0.0, |prices| prices.cost(usage))
    }

    /// US dollars that a question costs at most: with an answer as long as it may be.
    pub(crate) fn dearest(&self, request: &CompletionRequest) -> f64 {
        let Some(prompt) = &request.prompt else { return 0.0 };
        let usage = self.lock().expected_usage(request);
        let output = u64::from(request.max_output.unwrap_or(prompt.max_output));
        self.cost(Usage { output, ..usage })
    }

    /// The same for one question of a batch.
    pub(crate) fn dearest_in_batch(&self, request: &CompletionRequest) -> f64 {
        let part = self.capabilities().prices.map_or(1.0, |prices| prices.batch);
        self.dearest(request) * part
    }

    /// US dollars for so many tokens of one question of a batch.
    pub(crate) fn batch_cost(&self, usage: Usage) -> f64 {
        self.capabilities().prices.map_or(0.0, |prices| prices.batch_cost(usage))
    }

    /// Waits for a free place: a person before a batch, else first come, first served.
    pub(crate) async fn place(&self, priority: Priority) -> Option<Place> {
        self.places.take(priority).await
    }

    /// Whether no call holds anything of it.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        let places = self.capabilities().concurrency.max(1);
        let learned = self.lock();
        self.places.free() == places && learned.pace.is_idle() && !learned.breaker.is_probing()
    }

    /// Takes a token for one more try after a failure; whether there was one.
    pub(crate) fn take_retry(&self) -> bool {
        let mut learned = self.lock();
        let has = learned.retry_tokens >= 1.0;
        if has {
            learned.retry_tokens -= 1.0;
        }
        has
    }

    /// Begins a call. `None` when the arm is not ready after all: much can happen while a
    /// call waits for its place.
    pub(crate) fn begin(
        self: &Arc<Self>,
        request: &CompletionRequest,
        now: Instant,
    ) -> Option<Call> {
        let mut learned = self.lock();
        let expected = learned.expected_usage(request);
        let need = Need { input: expected.input, output: expected.output };
        if learned.disabled.is_some() || learned.pace.blocked_until(need, now).is_some() {
            return None;
        }
        let probe = match learned.breaker.admission(now) {
            Admission::Ready => None,
            Admission::Probe => Some(learned.breaker.begin_probe()),
            Admission::Blocked(_) => return None,
        };
        learned.pace.begin(need);
        learned.last_begun = Some(now);
        learned.open.push(now);
        let estimated = request.prompt.as_ref().map_or(0, |prompt| prompt.tokens());
        Some(Call { arm: Arc::clone(self), began: now, expected, estimated, probe })
    }

    /// What was learned since the last snapshot, for a later process; `None` when
    /// nothing was.
    pub(crate) fn snapshot(&self, at: SystemTime) -> Option<Value> {
        let mut learned = self.lock();
        if !std::mem::take(&mut learned.is_changed) {
            return None;
        }
        let snapshot = Snapshot {
            at,
            latency: learned.latency.snapshot(),
            success: learned.success.snapshot(),
            input_ratio: learned.input_ratio,
            output: learned.output,
        };
        serde_json::to_value(snapshot).ok()
    }

    /// Takes up what an earlier process learned; what cannot be read is nothing.
    pub(crate) fn restore(&self, snapshot: Value, wall: SystemTime) {
        let Ok(snapshot) = serde_json::from_value::<Snapshot>(snapshot) else { return };
        let Ok(age) = wall.duration_since(snapshot.at) else { return };
        let mut learned = self.lock();
        learned.latency.restore(snapshot.latency, age);
        learned.success.restore(snapshot.success, age);
        if (0.1..10.0).contains(&snapshot.input_ratio) {
            learned.input_ratio = snapshot.input_ratio;
        }
        if (1.0..100_000.0).contains(&snapshot.output) {
            learned.output = snapshot.output;
        }
    }
}

impl Learned {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "token counts are small and positive"
    )]
    fn expected_usage(&self, request: &CompletionRequest) -> Usage {
        let Some(prompt) = &request.prompt else { return Usage::default() };
        let repair = request.repair.as_ref().map_or(0, |repair| repair.answer.len() as u64 / 3);
        let input = (prompt.tokens() + repair) as f64 * self.input_ratio;
        let most = f64::from(request.max_output.unwrap_or(prompt.max_output));
        Usage { input: input as u64, cached_input: 0, output: self.output.min(most) as u64 }
    }

    fn learn_failing(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        let failing = self.failing.get_or_insert(seconds);
        *failing += NEWEST * (seconds - *failing);
    }

    #[expect(clippy::cast_precision_loss, reason = "token counts are small")]
    fn learn_tokens(&mut self, used: Usage, estimated: u64) {
        if used.input > 0 && estimated > 0 {
            let ratio = (used.input as f64 / estimated as f64).clamp(0.1, 10.0);
            self.input_ratio += NEWEST * (ratio - self.input_ratio);
        }
        if used.output > 0 {
            self.output += NEWEST * (used.output as f64 - self.output);
        }
    }
}
