//! How long a provider takes: a histogram whose samples fade with time, so that a few
//! calls an hour are enough to know a provider and an old day does not rule a new one.
//!
//! A call that was cancelled took *at least* so long; such a sample is spread over the
//! longer times seen so far (redistribution to the right, as in the Kaplan-Meier
//! estimate), because leaving it out would make a slow provider look fast. When the
//! last calls are all much slower than the memory, the memory is put aside: a brown-out
//! shows after three calls. It is taken up again when two calls are as fast as before,
//! because a brown-out ends.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

/// Buckets, each a quarter of an octave wide: 4 ms to 4.5 minutes.
const BUCKETS: usize = 64;
const SHORTEST: f64 = 0.004;
const PER_OCTAVE: f64 = 4.0;
/// What the expectation weighs before the first sample; each sample takes a part of it.
const PRIOR: f64 = 3.0;
const PRIOR_PER_SAMPLE: f64 = 0.3;
/// The ratio of the 90th percentile to the median of an expected distribution.
const SPREAD: f64 = 2.2;
/// The standard deviation of the logarithm of a call's time: half of it either way.
const DOUBT: f64 = 0.4;
/// So many samples in a row contradict the memory. With one call in ten that slow by
/// chance, two in a row would do so once in a hundred calls, three once in a thousand.
const AGREEING: usize = 3;
/// So many in a row show that a provider which became slow is as fast as before.
const RECOVERED: usize = 2;
/// How many times the median they must take to be slow; half of it to be fast.
const DRIFT: f64 = 2.0;
/// Fewer samples than this tell neither what is usual nor that a provider is slow.
const FEW: f64 = 8.0;
/// As fast as before is up to so many times the median of that time.
const AS_BEFORE: f64 = 1.5;
/// What the memory weighs then, in samples.
const FORGET: f64 = 1.0;
/// Samples of one size class from which it stands for itself.
const ENOUGH: f64 = 12.0;

/// Classes of questions by their length: up to 1,000 tokens, up to 4,000, longer.
const SIZES: usize = 3;

/// The class of a question of so many input tokens.
pub(crate) fn size_class(tokens: u64) -> usize {
    match tokens {
        0..=1_000 => 0,
        1_001..=4_000 => 1,
        _ => 2,
    }
}

/// Samples that fade.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default)]
struct Histogram {
    buckets: Vec<f64>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: vec![0.0; BUCKETS] }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the number of buckets"
)]
fn bucket(seconds: f64) -> usize {
    let index = ((seconds / SHORTEST).log2() * PER_OCTAVE).round();
    index.clamp(0.0, f64::from(u32::try_from(BUCKETS - 1).unwrap_or(0))) as usize
}

fn middle(bucket: usize) -> f64 {
    SHORTEST * (f64::from(u32::try_from(bucket).unwrap_or(0)) / PER_OCTAVE).exp2()
}

impl Histogram {
    fn weight(&self) -> f64 {
        self.buckets.iter().sum()
    }

    fn add(&mut self, seconds: f64) {
        if let Some(bucket) = self.buckets.get_mut(bucket(seconds)) {
            *bucket += 1.0;
        }
    }

    fn add_at_least(&mut self, seconds: f64) {
        let from = (bucket(seconds) + 1).min(BUCKETS - 1);
        let beyond: f64 = self.buckets.iter().skip(from).sum();
        if beyond < 0.5 {
            // Nothing that long is known: twice the time is the likeliest guess of a
            // distribution with a heavy tail.
            self.add(seconds * 2.0);
            return;
        }
        for bucket in self.buckets.iter_mut().skip(from) {
            *bucket += *bucket / beyond;
        }
    }

    fn scale(&mut self, factor: f64) {
        for bucket in &mut self.buckets {
            *bucket *= factor;
        }
    }

    fn quantile(&self, share: f64, prior: (f64, Duration)) -> f64 {
        let (weight, expected) = prior;
        let total = self.weight() + weight;
        if total <= 0.0 {
            return expected.as_secs_f64();
        }
        // The expectation as five points of a log-normal distribution.
        let spread = SPREAD.ln() / 1.2816;
        let points = [-1.2816, -0.5244, 0.0, 0.5244, 1.2816];
        let mut prior = [0.0; BUCKETS];
        for point in points {
            let at = bucket(expected.as_secs_f64().max(SHORTEST) * (point * spread).exp());
            if let Some(slot) = prior.get_mut(at) {
                *slot += weight / 5.0;
            }
        }
        let mut below = 0.0;
        for (index, (mine, expected)) in self.buckets.iter().zip(&prior).enumerate() {
            let here = mine + expected;
            if here > 0.0 && below + here >= share * total {
                // Evenly spread within a bucket, which is a fifth of its middle wide.
                let part = ((share * total - below) / here).clamp(0.0, 1.0);
                return middle(index) * ((part - 0.5) / PER_OCTAVE).exp2();
            }
            below += here;
        }
        middle(BUCKETS - 1)
    }

    fn is_sound(&self) -> bool {
        self.buckets.len() == BUCKETS
            && self.buckets.iter().all(|weight| (0.0..1e9).contains(weight))
    }
}

/// One of the last samples.
#[derive(Clone, Copy, Debug)]
struct Sample {
    seconds: f64,
    is_minimum: bool,
}

/// What is known about the time that a provider takes.
#[derive(Clone, Debug)]
pub(crate) struct Latency {
    expected: Duration,
    half_life: Duration,
    all: Histogram,
    sizes: [Histogram; SIZES],
    samples: f64,
    /// The last samples, oldest first.
    recent: Vec<Sample>,
    /// What was known before it became slow.
    before: Option<Box<Snapshot>>,
    faded: Instant,
}

/// What survives a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Snapshot {
    all: Histogram,
    sizes: [Histogram; SIZES],
    samples: f64,
}

impl Latency {
    pub(crate) fn new(expected: Duration, half_life: Duration, now: Instant) -> Self {
        Self {
            expected,
            half_life,
            all: Histogram::default(),
            sizes: std::array::from_fn(|_| Histogram::default()),
            samples: 0.0,
            recent: Vec::with_capacity(AGREEING + 1),
            before: None,
            faded: now,
        }
    }

    /// A call of this size class took so long.
    pub(crate) fn took(&mut self, time: Duration, size: usize, now: Instant) {
        self.record(time, size, false, now);
    }

    /// A call of this size class was given up after so long.
    pub(crate) fn took_at_least(&mut self, time: Duration, size: usize, now: Instant) {
        // A call that was cancelled early says nothing that was not known.
        if time.as_secs_f64() > self.quantile(0.5, size) {
            self.record(time, size, true, now);
        }
    }

    fn record(&mut self, time: Duration, size: usize, is_minimum: bool, now: Instant) {
        let seconds = time.as_secs_f64().max(SHORTEST);
        self.fade(now);
        self.recent.push(Sample { seconds, is_minimum });
        if self.recent.len() > AGREEING {
            self.recent.remove(0);
        }
        if self.notice_recovery() || self.notice_drift() {
            return;
        }
        let size = self.sizes.get_mut(size);
        for histogram in [Some(&mut self.all), size].into_iter().flatten() {
            if is_minimum { histogram.add_at_least(seconds) } else { histogram.add(seconds) }
        }
        self.samples += 1.0;
    }

    /// Puts the memory aside when the last samples contradict it, for what they say.
    fn notice_drift(&mut self) -> bool {
        if self.recent.len() < AGREEING || self.samples < 4.0 {
            return false;
        }
        let median = self.quantile_of_all(0.5);
        let slow = self.quantile_of_all(0.9).max(median * DRIFT);
        let fast = self.quantile_of_all(0.1).min(median / DRIFT);
        let is_slower = self.recent.iter().all(|sample| sample.seconds >= slow);
        let is_faster =
            self.recent.iter().all(|sample| !sample.is_minimum && sample.seconds < fast);
        if !is_slower && !is_faster {
            return false;
        }
        if is_slower && self.before.is_none() {
            self.before = Some(Box::new(self.snapshot()));
        }
        for histogram in self.sizes.iter_mut().chain([&mut self.all]) {
            histogram.scale((FORGET / histogram.weight().max(FORGET)).min(1.0));
        }
        for sample in std::mem::take(&mut self.recent) {
            if sample.is_minimum {
                self.all.add_at_least(sample.seconds);
            } else {
                self.all.add(sample.seconds);
            }
        }
        true
    }

    /// Takes up what was known before it became slow, when it is as fast again.
    fn notice_recovery(&mut self) -> bool {
        let Some(usual) = self.usual() else { return false };
        let as_before = |sample: &Sample| !sample.is_minimum && sample.seconds <= usual;
        let fast = self.recent.iter().rev().take_while(|sample| as_before(sample)).count();
        if fast < RECOVERED {
            return false;
        }
        if let Some(before) = self.before.take() {
            let Snapshot { all, sizes, samples } = *before;
            (self.all, self.sizes, self.samples) = (all, sizes, samples);
            return true;
        }
        false
    }

    /// What counts as fast as before, in seconds; `None` when it has not become slow.
    fn usual(&self) -> Option<f64> {
        let expected = self.expected.as_secs_f64();
        let usual = match &self.before {
            Some(before) => before.all.quantile(0.5, (0.0, self.expected)),
            // A bad beginning is no more than that.
            None if self.samples < FEW && self.quantile_of_all(0.5) > DRIFT * expected => expected,
            None => return None,
        };
        Some(AS_BEFORE * usual)
    }

    /// It has become slow: slower than it was, or than it was expected to be.
    pub(crate) fn has_slowed(&self) -> bool {
        self.usual().is_some()
    }

    /// It had become slow, and its last call was as fast as before.
    pub(crate) fn is_recovering(&self) -> bool {
        let last = self.recent.last().filter(|sample| !sample.is_minimum);
        self.usual().zip(last).is_some_and(|(usual, last)| last.seconds <= usual)
    }

    /// There were enough calls to tell what is usual.
    pub(crate) fn is_known(&self) -> bool {
        self.samples >= FEW
    }

    /// One of the last calls took longer than this.
    pub(crate) fn has_lately_taken(&self, seconds: f64) -> bool {
        self.recent.iter().any(|sample| sample.seconds > seconds)
    }

    fn fade(&mut self, now: Instant) {
        let past = now.saturating_duration_since(self.faded).as_secs_f64();
        // Not at every call: a second is nothing to a half-life of an hour.
        if past < 1.0 {
            return;
        }
        self.faded = now;
        self.age(past);
    }

    fn age(&mut self, seconds: f64) {
        let factor = (-seconds / self.half_life.as_secs_f64()).exp2();
        for histogram in self.sizes.iter_mut().chain([&mut self.all]) {
            histogram.scale(factor);
        }
        self.samples *= factor;
    }

    fn prior(&self) -> (f64, Duration) {
        ((PRIOR - self.samples * PRIOR_PER_SAMPLE).max(0.0), self.expected)
    }

    fn quantile_of_all(&self, share: f64) -> f64 {
        self.all.quantile(share, self.prior())
    }

    /// The time in seconds within which this share of calls ends.
    pub(crate) fn quantile(&self, share: f64, size: usize) -> f64 {
        match self.sizes.get(size) {
            Some(own) if own.weight() >= ENOUGH => own.quantile(share, (0.0, self.expected)),
            _ => self.quantile_of_all(share),
        }
    }

    /// The same, and not more than what the median lets expect of nine of ten: where
    /// more than a tenth of the calls hang, they shall not say what is late.
    pub(crate) fn late(&self, share: f64, size: usize) -> f64 {
        self.quantile(share, size).min(SPREAD * self.quantile(0.5, size))
    }

    /// The standard deviation of what is known of the median, as a logarithm: a few
    /// calls tell little.
    pub(crate) fn doubt(&self) -> f64 {
        DOUBT / (PRIOR + self.samples).sqrt()
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot { all: self.all.clone(), sizes: self.sizes.clone(), samples: self.samples }
    }

    /// Takes up what was known `age` ago; nonsense is ignored.
    pub(crate) fn restore(&mut self, snapshot: Snapshot, age: Duration) {
        let is_sound = snapshot.all.is_sound()
            && snapshot.sizes.iter().all(Histogram::is_sound)
            && (0.0..1e9).contains(&snapshot.samples);
        if is_sound {
            self.all = snapshot.all;
            self.sizes = snapshot.sizes;
            self.samples = snapshot.samples;
            self.age(age.as_secs_f64());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn latency(expected: f64) -> Latency {
        Latency::new(Duration::from_secs_f64(expected), HOUR, Instant::now())
    }

    fn near(found: f64, expected: f64) {
        assert!((found / expected).log2().abs() < 0.27, "{found} is not about {expected}");
    }

    #[test]
    fn expects_what_it_was_told_before_the_first_sample() {
        let latency = latency(2.0);
        near(latency.quantile(0.5, 0), 2.0);
        near(latency.quantile(0.9, 0), 4.4);
    }

    #[test]
    fn learns_the_quantiles_and_forgets_the_expectation() {
        let mut latency = latency(10.0);
        let now = Instant::now();
        for millis in 1..=100 {
            latency.took(Duration::from_millis(1_000 + millis * 10), 0, now);
        }
        near(latency.quantile(0.5, 0), 1.5);
        near(latency.quantile(0.9, 0), 1.9);
    }

    #[test]
    fn a_cancelled_call_makes_it_slower_not_faster() {
        let mut with = latency(1.0);
        let now = Instant::now();
        for _ in 0..30 {
            with.took(Duration::from_secs(1), 0, now);
        }
        with.took(Duration::from_secs(9), 0, now);
        let before = with.quantile(0.9, 0);
        for _ in 0..2 {
            with.took_at_least(Duration::from_secs(3), 0, now);
            with.took(Duration::from_secs(1), 0, now);
            with.took(Duration::from_secs(1), 0, now);
        }
        assert!(with.quantile(0.93, 0) > before);
        near(with.quantile(0.97, 0), 9.0);
    }

    #[test]
    fn a_handful_of_slow_calls_outweighs_a_long_memory() {
        let mut latency = latency(1.0);
        let now = Instant::now();
        for _ in 0..500 {
            latency.took(Duration::from_millis(1_200), 0, now);
        }
        for _ in 0..3 {
            latency.took_at_least(Duration::from_millis(2_600), 0, now);
        }
        assert!(latency.quantile(0.5, 0) > 2.6, "{}", latency.quantile(0.5, 0));
        for _ in 0..6 {
            latency.took(Duration::from_millis(1_200), 0, now);
        }
        near(latency.quantile(0.5, 0), 1.2);
    }

    #[test]
    fn what_was_known_before_a_brown_out_is_known_after_it() {
        let mut latency = latency(1.0);
        let now = Instant::now();
        (0..200).for_each(|_| latency.took(Duration::from_millis(1_200), 0, now));
        (0..9).for_each(|_| latency.took(Duration::from_secs(8), 0, now));
        assert!(latency.has_slowed() && latency.quantile(0.5, 0) > 6.0);
        latency.took(Duration::from_millis(1_300), 0, now);
        assert!(latency.is_recovering() && latency.quantile(0.5, 0) > 6.0);
        latency.took(Duration::from_millis(1_300), 0, now);
        assert!(!latency.has_slowed() && latency.all.weight() > 190.0);
        near(latency.quantile(0.9, 0), 1.2);
    }

    #[test]
    fn two_late_calls_are_chance() {
        let mut latency = latency(1.0);
        let now = Instant::now();
        for _ in 0..30 {
            (0..8).for_each(|_| latency.took(Duration::from_secs(1), 0, now));
            (0..2).for_each(|_| latency.took(Duration::from_secs(9), 0, now));
            assert!(!latency.has_slowed());
        }
        near(latency.quantile(0.5, 0), 1.0);
        near(latency.quantile(0.9, 0), 9.0);
        near(latency.late(0.9, 0), 2.2);
    }

    #[test]
    fn a_bad_beginning_is_looked_at_again() {
        let mut latency = latency(1.0);
        let now = Instant::now();
        (0..3).for_each(|_| latency.took_at_least(Duration::from_secs(6), 0, now));
        assert!(latency.has_slowed() && !latency.is_known());
        (0..6).for_each(|_| latency.took(Duration::from_secs(12), 0, now));
        assert!(!latency.has_slowed() && latency.is_known(), "that is how it is");
    }

    #[test]
    fn long_questions_stand_for_themselves_once_they_are_known() {
        let mut latency = latency(1.0);
        let now = Instant::now();
        for _ in 0..40 {
            latency.took(Duration::from_secs(1), size_class(500), now);
            latency.took(Duration::from_secs(2), size_class(9_000), now);
        }
        near(latency.quantile(0.5, size_class(500)), 1.0);
        near(latency.quantile(0.5, size_class(9_000)), 2.0);
    }

    #[test]
    fn fades_with_time_and_survives_a_restart() {
        let mut old = latency(1.0);
        let now = Instant::now();
        for _ in 0..50 {
            old.took(Duration::from_secs(4), 0, now);
        }
        let mut new = latency(1.0);
        new.restore(old.snapshot(), HOUR);
        near(new.quantile(0.5, 0), 4.0);
        assert!((new.all.weight() - 25.0).abs() < 0.1);
        let mut later = latency(1.0);
        later.restore(old.snapshot(), HOUR * 48);
        near(later.quantile(0.5, 0), 1.0);
        let mut spoilt = old.snapshot();
        spoilt.all.buckets = vec![f64::NAN; 3];
        later.restore(spoilt, Duration::ZERO);
        near(later.quantile(0.5, 0), 1.0);
    }
}
