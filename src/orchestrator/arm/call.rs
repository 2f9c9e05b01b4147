//! A call to a provider, from its beginning to its one end, and what is learned from it.

use std::sync::Arc;

use tokio::time::Instant;

use super::latency::size_class;
use super::pace::Need;
use super::{Arm, Learned};
use crate::provider::{ErrorKind, Limits, ProviderError, Usage};

/// What a call that was cancelled before it was late says of success, in successes. If it
/// said nothing, a provider that loses every race would be known by its failures alone.
const CANCELLED: f64 = 0.5;

/// A call that is under way. It ends in exactly one of three ways, each a method that
/// consumes it; whoever holds it sees to that.
#[must_use]
pub(crate) struct Call {
    pub(super) arm: Arc<Arm>,
    pub(super) began: Instant,
    pub(super) expected: Usage,
    pub(super) estimated: u64,
    /// The number of the probe that it is.
    pub(super) probe: Option<u32>,
}

impl Call {
    /// The call is answered, and the answer was accepted.
    pub(crate) fn succeeded(self, used: Usage, limits: &Limits, now: Instant) {
        let mut learned = self.arm.lock();
        learned.learn_tokens(used, self.estimated);
        let size = size_class(self.expected.input);
        learned.latency.took(now.saturating_duration_since(self.began), size, now);
        learned.success.record(true, 1.0, now);
        learned.breaker.success(now);
        let tuning = &self.arm.tuning;
        let tokens = learned.retry_tokens + tuning.retry_earned;
        learned.retry_tokens = tokens.min(tuning.retry_tokens);
        self.settle(&mut learned, used, limits, now);
    }

    /// The call failed, or its answer was not accepted. `jitter` is from 0 to 1.
    pub(crate) fn failed(self, error: &ProviderError, jitter: f64, now: Instant) {
        let time = now.saturating_duration_since(self.began);
        let mut learned = self.arm.lock();
        learned.learn_tokens(error.usage, self.estimated);
        learned.learn_failing(time);
        let size = size_class(self.expected.input);
        match error.kind {
            ErrorKind::Timeout => learned.latency.took_at_least(time, size, now),
            // The provider did its work, in its time.
            ErrorKind::Invalid | ErrorKind::Truncated | ErrorKind::Refused => {
                learned.latency.took(time, size, now);
            }
            _ => {}
        }
        match error.kind {
            kind if kind.is_transient() => {
                learned.breaker.failure(self.probe, jitter, now);
                if let Some(wait) = error.retry_after {
                    learned.pace.park(wait, now);
                }
            }
            ErrorKind::RateLimited => {
                let pause = self.arm.tuning.limited_pause;
                learned.pace.park(error.retry_after.unwrap_or(pause), now);
                self.give_back_probe(&mut learned, now);
            }
            ErrorKind::Quota => {
                let pause = self.arm.tuning.quota_pause;
                learned.pace.park(error.retry_after.unwrap_or(pause), now);
                self.give_back_probe(&mut learned, now);
            }
            ErrorKind::Auth => {
                learned.disabled = Some(error.message.clone());
                self.give_back_probe(&mut learned, now);
            }
            // It is there and answers: what is wrong lies with the question.
            _ => learned.breaker.success(now),
        }
        // Limits and refusals say nothing about how good its answers are.
        if error.kind.is_transient()
            || matches!(error.kind, ErrorKind::Invalid | ErrorKind::Truncated)
        {
            learned.success.record(false, 1.0, now);
        }
        self.settle(&mut learned, error.usage, &error.limits, now);
    }

    /// What a call that is cancelled now has used, estimated: all of its input, and as
    /// much output as its time allowed.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "token counts are small and positive"
    )]
    fn used_so_far(&self, now: Instant) -> Usage {
        let usual = self.arm.lock().latency.quantile(0.5, size_class(self.expected.input));
        let share = now.saturating_duration_since(self.began).as_secs_f64() / usual.max(0.001);
        let output = self.expected.output as f64 * share.min(1.0);
        Usage { output: output as u64, ..self.expected }
    }

    /// Nobody waits for the call any more; what it is taken to have used.
    pub(crate) fn cancelled(self, now: Instant) -> Usage {
        let used = self.used_so_far(now);
        let mut learned = self.arm.lock();
        let size = size_class(self.expected.input);
        let time = now.saturating_duration_since(self.began);
        let seconds = time.as_secs_f64();
        let was_sound = seconds > learned.latency.quantile(0.5, size) / 2.0
            && seconds < self.arm.hedge_after(&learned.latency, size);
        if was_sound {
            learned.breaker.sound(CANCELLED, now);
            learned.success.record(true, CANCELLED, now);
        }
        learned.latency.took_at_least(time, size, now);
        self.give_back_probe(&mut learned, now);
        self.settle(&mut learned, used, &Limits::default(), now);
        used
    }

    /// The call was given up after so long; what it is taken to have used. `jitter` is
    /// from 0 to 1.
    pub(crate) fn ran_out(self, jitter: f64, now: Instant) -> Usage {
        let used = self.used_so_far(now);
        let time = now.saturating_duration_since(self.began);
        let mut learned = self.arm.lock();
        learned.learn_failing(time);
        let size = size_class(self.expected.input);
        // Whoever was asked when the time was nearly over is not to blame.
        let had_time = time.as_secs_f64() >= learned.latency.late(0.9, size);
        learned.latency.took_at_least(time, size, now);
        if had_time {
            learned.breaker.failure(self.probe, jitter, now);
            learned.success.record(false, 1.0, now);
        } else {
            self.give_back_probe(&mut learned, now);
        }
        self.settle(&mut learned, used, &Limits::default(), now);
        used
    }

    fn give_back_probe(&self, learned: &mut Learned, now: Instant) {
        if let Some(probe) = self.probe {
            learned.breaker.release_probe(probe, now);
        }
    }

    fn settle(&self, learned: &mut Learned, used: Usage, limits: &Limits, now: Instant) {
        learned.is_changed = true;
        if let Some(index) = learned.open.iter().position(|begun| *begun == self.began) {
            learned.open.swap_remove(index);
        }
        let need = |usage: Usage| Need { input: usage.input, output: usage.output };
        learned.pace.end(need(self.expected), need(used), limits, now);
    }
}
