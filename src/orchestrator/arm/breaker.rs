//! Keeps away from a provider that is down, and lets one single call through to see
//! whether it is back.

use std::time::Duration;

use tokio::time::Instant;

/// Consecutive failures that open it.
const CONSECUTIVE: u32 = 3;
/// Or a failure rate above one half, with this much fading evidence.
const WEIGHT: f64 = 6.0;
/// The time in which evidence halves.
const HALF_LIFE: Duration = Duration::from_mins(2);
/// The first pause, doubled at each failed probe up to the longest.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(2);
/// Pauses differ by so much either way, so that many clients do not return together.
const JITTER: f64 = 0.2;

/// Whether calls go through, as it is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// They do.
    Closed,
    /// They do not.
    Open,
    /// One may, or one does.
    HalfOpen,
}

/// Whether a call may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// It may.
    Ready,
    /// It may, and is the probe: [`Breaker::begin_probe`] must be called.
    Probe,
    /// Not before this moment; `None` while a probe is under way.
    Blocked(Option<Instant>),
}

/// The breaker of one provider.
#[derive(Clone, Debug)]
pub(crate) struct Breaker {
    consecutive: u32,
    good: f64,
    bad: f64,
    faded: Instant,
    open_until: Option<Instant>,
    openings: u32,
    is_probing: bool,
}

impl Breaker {
    pub(crate) fn new(now: Instant) -> Self {
        Self {
            consecutive: 0,
            good: 0.0,
            bad: 0.0,
            faded: now,
            open_until: None,
            openings: 0,
            is_probing: false,
        }
    }

    /// Whether a call may start now.
    pub(crate) fn admission(&self, now: Instant) -> Admission {
        match self.open_until {
            None => Admission::Ready,
            Some(_) if self.is_probing => Admission::Blocked(None),
            Some(until) if now < until => Admission::Blocked(Some(until)),
            Some(_) => Admission::Probe,
        }
    }

    /// How it stands.
    pub(crate) fn state(&self, now: Instant) -> State {
        match self.open_until {
            None => State::Closed,
            Some(until) if now < until && !self.is_probing => State::Open,
            Some(_) => State::HalfOpen,
        }
    }

    /// The call that is about to start is the probe.
    pub(crate) fn begin_probe(&mut self) {
        self.is_probing = true;
    }

    /// A call succeeded.
    pub(crate) fn success(&mut self, now: Instant) {
        self.fade(now);
        self.good += 1.0;
        self.consecutive = 0;
        if self.open_until.take().is_some() {
            self.bad = 0.0;
        }
        self.openings = 0;
        self.is_probing = false;
    }

    /// A call was cancelled that was going well: evidence of this weight that a closed
    /// breaker is right to be closed.
    pub(crate) fn sound(&mut self, weight: f64, now: Instant) {
        self.fade(now);
        if self.open_until.is_none() {
            self.good += weight;
            self.consecutive = 0;
        }
    }

    /// A call failed for a reason that lies with the provider; `jitter` is drawn from
    /// 0 to 1. `was_probe` calls alone lengthen the pause: those that began before it
    /// opened say nothing new.
    pub(crate) fn failure(&mut self, was_probe: bool, jitter: f64, now: Instant) {
        self.fade(now);
        self.bad += 1.0;
        self.consecutive = self.consecutive.saturating_add(1);
        if self.open_until.is_some() {
            if was_probe {
                self.is_probing = false;
                self.open(jitter, now);
            }
            return;
        }
        let weight = self.good + self.bad;
        if self.consecutive >= CONSECUTIVE || weight >= WEIGHT && self.bad > weight / 2.0 {
            self.open(jitter, now);
        }
    }

    /// The probe was cancelled and told nothing: the next one may follow after a pause.
    pub(crate) fn release_probe(&mut self, now: Instant) {
        self.is_probing = false;
        if let Some(until) = &mut self.open_until {
            *until = (*until).max(now + FIRST);
        }
    }

    fn open(&mut self, jitter: f64, now: Instant) {
        let pause = FIRST.saturating_mul(1 << self.openings.min(8)).min(LONGEST);
        let pause = pause.mul_f64(1.0 + JITTER * (2.0 * jitter - 1.0));
        self.openings = self.openings.saturating_add(1);
        // A deadline is only ever moved further away.
        self.open_until = self.open_until.max(Some(now + pause));
    }

    fn fade(&mut self, now: Instant) {
        let past = now.saturating_duration_since(self.faded).as_secs_f64();
        self.faded = now;
        let factor = (-past / HALF_LIFE.as_secs_f64()).exp2();
        self.good *= factor;
        self.bad *= factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn after(now: Instant, seconds: f64) -> Instant {
        now + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn opens_after_three_failures_in_a_row() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        breaker.failure(false, 0.5, now);
        breaker.failure(false, 0.5, now);
        assert_eq!(breaker.admission(now), Admission::Ready);
        breaker.failure(false, 0.5, now);
        assert_eq!(breaker.admission(now), Admission::Blocked(Some(after(now, 5.0))));
        assert_eq!(breaker.state(now), State::Open);
    }

    #[test]
    fn opens_when_more_than_half_of_the_last_calls_fail() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        for _ in 0..3 {
            breaker.failure(false, 0.5, now);
            breaker.failure(false, 0.5, now);
            if breaker.admission(now) != Admission::Ready {
                return;
            }
            breaker.success(now);
        }
        panic!("is still closed");
    }

    #[test]
    fn lets_exactly_one_probe_through_and_doubles_the_pause() {
        let now = Instant::now();
        let mut breaker = Breaker::new(now);
        for _ in 0..3 {
            breaker.failure(false, 0.5, now);
        }
        let later = after(now, 5.1);
        assert_eq!(breaker.admission(later), Admission::Probe);
        breaker.begin_probe();
        assert_eq!(breaker.admission(later), Admission::Blocked(None));
        assert_eq!(breaker.state(later), State::HalfOpen);
        breaker.failure(false, 0.5, later);
        assert_eq!(breaker.admission(later), Admission::Blocked(None), "a late failure");
        breaker.failure(true, 0.5, later);
        assert_eq!(breaker.admission(later), Admission::Blocked(Some(after(later, 10.0))));
        let again = after(later, 10.1);
        breaker.begin_probe();
        breaker.release_probe(again);
        assert_eq!(breaker.admission(again), Admission::Blocked(Some(after(again, 5.0))));
        let again = after(again, 5.1);
        assert_eq!(breaker.admission(again), Admission::Probe);
        breaker.begin_probe();
        breaker.success(again);
        assert_eq!(breaker.admission(again), Admission::Ready);
        breaker.failure(false, 0.5, again);
        assert_eq!(breaker.admission(again), Admission::Ready);
    }

    proptest! {
        /// Whatever happens: the deadline never comes nearer while it is open, and a
        /// pause is never longer than the longest with its jitter.
        #[test]
        fn deadlines_only_extend(events in prop::collection::vec((0..4u8, 0.0..1.0f64, 0.0..40.0f64), 1..80)) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(now);
            let mut probing = false;
            for (event, jitter, wait) in events {
                now = after(now, wait);
                let before = breaker.open_until;
                match event {
                    0 => { breaker.success(now); probing = false; }
                    1 => { breaker.failure(probing, jitter, now); probing = false; }
                    2 => if breaker.admission(now) == Admission::Probe {
                        prop_assert!(!probing, "a second probe");
                        breaker.begin_probe();
                        probing = true;
                    },
                    _ => { breaker.release_probe(now); probing = false; }
                }
                if let (Some(before), Some(after)) = (before, breaker.open_until) {
                    prop_assert!(after >= before);
                    prop_assert!(after <= now.max(before) + LONGEST.mul_f64(1.0 + JITTER));
                }
            }
        }
    }
}
