//! Durations in fixed memory: buckets whose width grows with the value, so that every
//! quantile is right within 3.2 % from 16 µs to 35 minutes.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Buckets for each doubling, as a power of two.
const STEP_BITS: u32 = 4;
const STEPS: u64 = 1 << STEP_BITS;
/// 26 doublings above the 32 µs that are counted one by one.
const BUCKETS: usize = 28 << STEP_BITS;

/// How often a call took how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Histogram {
    counts: [u32; BUCKETS],
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: [0; BUCKETS] }
    }
}

/// The bucket of a value: its number of doublings, then the bits below the highest.
fn bucket(micros: u64) -> usize {
    let shift = micros.checked_ilog2().unwrap_or(0).saturating_sub(STEP_BITS);
    let index = u64::from(shift) * STEPS + (micros >> shift);
    usize::try_from(index).unwrap_or(usize::MAX).min(BUCKETS - 1)
}

/// The smallest value of a bucket, in microseconds.
fn lower_bound(index: usize) -> u64 {
    let index = u64::try_from(index).unwrap_or(u64::MAX);
    let shift = (index / STEPS).saturating_sub(1).min(63);
    (index - shift * STEPS) << shift
}

#[expect(clippy::cast_precision_loss, reason = "bounds and counts stay far below 2^52")]
fn float(number: u64) -> f64 {
    number as f64
}

impl Histogram {
    /// Counts one.
    pub(super) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if let Some(count) = self.counts.get_mut(bucket(micros)) {
            *count = count.saturating_add(1);
        }
    }

    /// Counts what another one counted.
    pub(super) fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.counts.iter_mut().zip(&other.counts) {
            *mine = mine.saturating_add(*theirs);
        }
    }

    fn total(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }

    /// The value in milliseconds that `share` of all do not exceed (nearest rank): the
    /// middle of its bucket; 0 when nothing was counted.
    pub(super) fn quantile(&self, share: f64) -> f64 {
        let wanted = (share * float(self.total())).ceil().max(1.0);
        let mut below = 0;
        for (index, count) in self.counts.iter().enumerate() {
            below += u64::from(*count);
            if float(below) >= wanted {
                // The largest whole number of microseconds in the bucket is one less
                // than where the next begins.
                let last = lower_bound(index + 1).saturating_sub(1);
                return f64::midpoint(float(lower_bound(index)), float(last)) / 1e3;
            }
        }
        0.0
    }

    /// What was counted by doublings, for a plot: the lower bound in milliseconds and
    /// the count, from the first to the last that is not empty.
    pub(super) fn doublings(&self) -> Vec<(f64, u64)> {
        let mut bars: Vec<(f64, u64)> = Vec::new();
        for (index, counts) in self.counts.chunks(1 << STEP_BITS).enumerate() {
            let count: u64 = counts.iter().map(|count| u64::from(*count)).sum();
            if count > 0 || !bars.is_empty() {
                bars.push((float(lower_bound(index << STEP_BITS)) / 1e3, count));
            }
        }
        let empty = bars.iter().rev().take_while(|(_, count)| *count == 0).count();
        bars.truncate(bars.len() - empty);
        bars
    }
}

/// Written as pairs of bucket and count, without the empty ones.
impl Serialize for Histogram {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counted = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        serializer.collect_seq(counted)
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut histogram = Self::default();
        for (index, count) in Vec::<(usize, u32)>::deserialize(deserializer)? {
            if let Some(bucket) = histogram.counts.get_mut(index.min(BUCKETS - 1)) {
                *bucket = bucket.saturating_add(count);
            }
        }
        Ok(histogram)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantiles_are_within_a_bucket() {
        let mut histogram = Histogram::default();
        for millis in 1..=100 {
            histogram.record(Duration::from_millis(millis));
        }
        for (share, expected) in [(0.0, 1.0), (0.5, 50.0), (0.9, 90.0), (0.99, 99.0), (1.0, 100.0)]
        {
            let found = histogram.quantile(share);
            assert!((found / expected - 1.0).abs() < 0.032, "{share}: {found}");
        }
        assert!(Histogram::default().quantile(0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn the_longest_and_the_shortest_have_a_bucket() {
        let mut histogram = Histogram::default();
        histogram.record(Duration::ZERO);
        assert!(histogram.quantile(1.0).abs() < f64::EPSILON);
        histogram.record(Duration::MAX);
        assert!(histogram.quantile(1.0) > 1e6);
        assert_eq!(histogram.total(), 2);
    }

    #[test]
    fn doublings_begin_and_end_with_something() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.doublings(), []);
        histogram.record(Duration::from_micros(40));
        histogram.record(Duration::from_micros(63));
        histogram.record(Duration::from_micros(130));
        assert_eq!(histogram.doublings(), [(0.032, 2), (0.064, 0), (0.128, 1)]);
    }

    proptest! {
        #[test]
        fn a_value_lies_in_its_bucket(micros in 0_u64..1 << 30) {
            let index = bucket(micros);
            prop_assert!(lower_bound(index) <= micros && micros < lower_bound(index + 1));
        }

        #[test]
        fn what_was_written_is_read(times in prop::collection::vec(0_u64..1 << 40, 0..50)) {
            let mut histogram = Histogram::default();
            for micros in times {
                histogram.record(Duration::from_micros(micros));
            }
            let text = serde_json::to_string(&histogram).unwrap();
            prop_assert_eq!(serde_json::from_str::<Histogram>(&text).unwrap(), histogram);
        }
    }

    #[test]
    fn buckets_that_do_not_exist_are_counted_in_the_last() {
        let read: Histogram = serde_json::from_str("[[99999999,3],[2,1]]").unwrap();
        assert_eq!(read.total(), 4);
        assert!(serde_json::from_str::<Histogram>("[[-1,3]]").is_err());
    }
}
