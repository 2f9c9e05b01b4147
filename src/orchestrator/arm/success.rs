//! How often a provider succeeds: a Beta distribution over the rate whose evidence
//! fades with time, down to what is held of a provider that nothing is known about.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Nine of ten, with the weight of ten calls.
const PRIOR: (f64, f64) = (9.0, 1.0);

/// What is known about a provider's success.
#[derive(Clone, Debug)]
pub(crate) struct Success {
    half_life: Duration,
    good: f64,
    bad: f64,
    faded: Instant,
}

/// What survives a restart: evidence beyond the prior.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Snapshot {
    good: f64,
    bad: f64,
}

impl Success {
    pub(crate) fn new(half_life: Duration, now: Instant) -> Self {
        Self { half_life, good: 0.0, bad: 0.0, faded: now }
    }

    /// Counts an attempt, with a weight of 1 when it ended by itself.
    pub(crate) fn record(&mut self, succeeded: bool, weight: f64, now: Instant) {
        self.fade(now);
        if succeeded { self.good += weight } else { self.bad += weight }
    }

    fn fade(&mut self, now: Instant) {
        let past = now.saturating_duration_since(self.faded);
        self.faded = now;
        self.age(past);
    }

    fn age(&mut self, past: Duration) {
        let factor = (-past.as_secs_f64() / self.half_life.as_secs_f64()).exp2();
        self.good *= factor;
        self.bad *= factor;
    }

    /// The parameters of the distribution.
    pub(crate) fn beta(&self) -> (f64, f64) {
        (PRIOR.0 + self.good, PRIOR.1 + self.bad)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { good: self.good, bad: self.bad }
    }

    /// Takes up what was known `age` ago; nonsense is ignored.
    pub(crate) fn restore(&mut self, snapshot: Snapshot, age: Duration) {
        let is_sound = |weight: f64| (0.0..1e9).contains(&weight);
        if is_sound(snapshot.good) && is_sound(snapshot.bad) {
            (self.good, self.bad) = (snapshot.good, snapshot.bad);
            self.age(age);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_the_prior_and_returns_to_it() {
        let now = Instant::now();
        let mut success = Success::new(Duration::from_hours(1), now);
        assert_eq!(success.beta(), PRIOR);
        for _ in 0..8 {
            success.record(false, 1.0, now);
        }
        assert_eq!(success.beta(), (9.0, 9.0));
        success.record(true, 1.0, now + Duration::from_hours(1));
        assert_eq!(success.beta(), (10.0, 5.0));
        success.record(true, 1.0, now + Duration::from_hours(100));
        assert!((success.beta().1 - 1.0).abs() < 1e-6);
    }

    #[test]
    fn nonsense_is_not_restored() {
        let mut success = Success::new(Duration::from_hours(1), Instant::now());
        success.restore(Snapshot { good: f64::NAN, bad: -1.0 }, Duration::ZERO);
        assert_eq!(success.beta(), PRIOR);
        success.restore(Snapshot { good: 4.0, bad: 2.0 }, Duration::from_hours(1));
        assert_eq!(success.beta(), (11.0, 2.0));
    }
}
