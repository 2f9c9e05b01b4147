//! Keeps away from a provider that is down, and lets one single call through to see
//! whether it is back.

use tokio::time::Instant;

use crate::orchestrator::BreakerTuning;

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
    tuning: BreakerTuning,
    consecutive: u32,
    good: f64,
    bad: f64,
    faded: Instant,
    open_until: Option<Instant>,
    openings: u32,
    /// The number of the probe that is under way.
    probe: Option<u32>,
    probes: u32,
}

impl Breaker {
    pub(crate) fn new(tuning: BreakerTuning, now: Instant) -> Self {
        Self {
            tuning,
            consecutive: 0,
            good: 0.0,
            bad: 0.0,
            faded: now,
            open_until: None,
            openings: 0,
            probe: None,
            probes: 0,
        }
    }

    /// Whether a call may start now.
    pub(crate) fn admission(&self, now: Instant) -> Admission {
        match self.open_until {
            None => Admission::Ready,
            Some(_) if self.probe.is_some() => Admission::Blocked(None),
            Some(until) if now < until => Admission::Blocked(Some(until)),
            Some(_) => Admission::Probe,
        }
    }

    /// How it stands.
    pub(crate) fn state(&self, now: Instant) -> State {
        match self.open_until {
            None => State::Closed,
            Some(until) if now < until && self.probe.is_none() => State::Open,
            Some(_) => State::HalfOpen,
        }
    }

    /// The call that is about to start is the probe of this number.
    pub(crate) fn begin_probe(&mut self) -> u32 {
        self.probes = self.probes.wrapping_add(1);
        self.probe = Some(self.probes);
        self.probes
    }

    /// Whether a probe is under way.
    #[cfg(test)]
    pub(crate) fn is_probing(&self) -> bool {
        self.probe.is_some()
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
        self.probe = None;
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
    /// 0 to 1. The `probe` alone lengthens the pause: calls that began before it
    /// opened, and probes of an earlier time, say nothing new.
    pub(crate) fn failure(&mut self, probe: Option<u32>, jitter: f64, now: Instant) {
        self.fade(now);
        self.bad += 1.0;
        self.consecutive = self.consecutive.saturating_add(1);
        if self.open_until.is_some() {
            if probe.is_some() && probe == self.probe {
                self.probe = None;
                self.open(jitter, now);
            }
            return;
        }
        let weight = self.good + self.bad;
        let is_mostly_bad = weight >= self.tuning.weight && self.bad > weight / 2.0;
        if self.consecutive >= self.tuning.failures || is_mostly_bad {
            self.open(jitter, now);
        }
    }

    /// The probe was cancelled and told nothing: the next one may follow after a pause.
    pub(crate) fn release_probe(&mut self, probe: u32, now: Instant) {
        if self.probe != Some(probe) {
            return;
        }
        self.probe = None;
        if let Some(until) = &mut self.open_until {
            *until = (*until).max(now + self.tuning.pause);
        }
    }

    fn open(&mut self, jitter: f64, now: Instant) {
        let BreakerTuning { pause, longest_pause, jitter: share, .. } = self.tuning;
        let pause = pause.saturating_mul(1 << self.openings.min(8)).min(longest_pause);
        let pause = pause.mul_f64((1.0 + share * (2.0 * jitter - 1.0)).max(0.0));
        self.openings = self.openings.saturating_add(1);
        // A deadline is only ever moved further away.
        self.open_until = self.open_until.max(Some(now + pause));
    }

    fn fade(&mut self, now: Instant) {
        let past = now.saturating_duration_since(self.faded).as_secs_f64();
        self.faded = now;
        let factor = (-past / self.tuning.half_life.as_secs_f64()).exp2();
        self.good *= factor;
        self.bad *= factor;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn after(now: Instant, seconds: f64) -> Instant {
        now + Duration::from_secs_f64(seconds)
    }

    #[test]
    fn opens_after_three_failures_in_a_row() {
        let now = Instant::now();
        let mut breaker = Breaker::new(BreakerTuning::default(), now);
        breaker.failure(None, 0.5, now);
        breaker.failure(None, 0.5, now);
        assert_eq!(breaker.admission(now), Admission::Ready);
        breaker.failure(None, 0.5, now);
        assert_eq!(breaker.admission(now), Admission::Blocked(Some(after(now, 5.0))));
        assert_eq!(breaker.state(now), State::Open);
    }

    #[test]
    fn its_numbers_are_those_that_it_was_given() {
        let now = Instant::now();
        let pause = Duration::from_mins(1);
        let tuning = BreakerTuning { failures: 1, pause, jitter: 0.0, ..Default::default() };
        let mut breaker = Breaker::new(tuning, now);
        breaker.failure(None, 1.0, now);
        assert_eq!(breaker.admission(now), Admission::Blocked(Some(after(now, 60.0))));
    }

    #[test]
    fn opens_when_more_than_half_of_the_last_calls_fail() {
        let now = Instant::now();
        let mut breaker = Breaker::new(BreakerTuning::default(), now);
        for _ in 0..3 {
            breaker.failure(None, 0.5, now);
            breaker.failure(None, 0.5, now);
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
        let mut breaker = Breaker::new(BreakerTuning::default(), now);
        for _ in 0..3 {
            breaker.failure(None, 0.5, now);
        }
        let later = after(now, 5.1);
        assert_eq!(breaker.admission(later), Admission::Probe);
        let probe = breaker.begin_probe();
        assert_eq!(breaker.admission(later), Admission::Blocked(None));
        assert_eq!(breaker.state(later), State::HalfOpen);
        breaker.failure(None, 0.5, later);
        assert_eq!(breaker.admission(later), Admission::Blocked(None), "a late failure");
        breaker.failure(Some(probe), 0.5, later);
        assert_eq!(breaker.admission(later), Admission::Blocked(Some(after(later, 10.0))));
        let again = after(later, 10.1);
        let probe = breaker.begin_probe();
        breaker.release_probe(probe, again);
        assert_eq!(breaker.admission(again), Admission::Blocked(Some(after(again, 5.0))));
        let again = after(again, 5.1);
        assert_eq!(breaker.admission(again), Admission::Probe);
        breaker.begin_probe();
        breaker.success(again);
        assert_eq!(breaker.admission(again), Admission::Ready);
        breaker.failure(None, 0.5, again);
        assert_eq!(breaker.admission(again), Admission::Ready);
    }

    #[test]
    fn a_probe_of_an_earlier_time_says_nothing_about_a_later_one() {
        let now = Instant::now();
        let mut breaker = Breaker::new(BreakerTuning::default(), now);
        let opened = |breaker: &mut Breaker, now| {
            (0..3).for_each(|_| breaker.failure(None, 0.5, now));
            let later = after(now, 6.0);
            assert_eq!(breaker.admission(later), Admission::Probe);
            (breaker.begin_probe(), later)
        };
        let (early, now) = opened(&mut breaker, now);
        breaker.success(now);
        let (_, now) = opened(&mut breaker, now);
        breaker.failure(Some(early), 0.5, now);
        breaker.release_probe(early, now);
        assert_eq!(breaker.admission(after(now, 60.0)), Admission::Blocked(None));
    }

    proptest! {
        /// Whatever happens: the deadline never comes nearer while it is open, and a
        /// pause is never longer than the longest with its jitter.
        #[test]
        fn deadlines_only_extend(events in prop::collection::vec((0..4u8, 0.0..1.0f64, 0.0..40.0f64), 1..80)) {
            let mut now = Instant::now();
            let mut breaker = Breaker::new(BreakerTuning::default(), now);
            let BreakerTuning { longest_pause, jitter: share, .. } = BreakerTuning::default();
            let longest = longest_pause.mul_f64(1.0 + share);
            let mut probing = None;
            for (event, jitter, wait) in events {
                now = after(now, wait);
                let before = breaker.open_until;
                match event {
                    0 => { breaker.success(now); probing = None; }
                    1 => { breaker.failure(probing, jitter, now); probing = None; }
                    2 => if breaker.admission(now) == Admission::Probe {
                        prop_assert!(probing.is_none(), "a second probe");
                        probing = Some(breaker.begin_probe());
                    },
                    _ => if let Some(probe) = probing.take() { breaker.release_probe(probe, now); }
                }
                if let (Some(before), Some(after)) = (before, breaker.open_until) {
                    prop_assert!(after >= before);
                    prop_assert!(after <= now.max(before) + longest);
                }
            }
        }
    }
}
