//! Keeps within a provider's limits: what its headers say is left, less what is on its
//! way, and the moments before which it does not want to be asked.

use std::time::Duration;

use tokio::time::Instant;

use crate::provider::{Allowance, Limits};

/// A provider that wants to be left alone for longer is asked again after this.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// What is left of one allowance.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    limit: u64,
    left: u64,
    whole_at: Instant,
}

impl Bucket {
    fn left(&self, now: Instant) -> u64 {
        if now >= self.whole_at { self.limit } else { self.left }
    }
}

/// The pace of one provider.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    requests: Option<Bucket>,
    input: Option<Bucket>,
    output: Option<Bucket>,
    /// Calls, input and output tokens on their way, which no header knows of yet.
    pending: [u64; 3],
    parked_until: Option<Instant>,
}

/// What a call is expected to need.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Need {
    /// Input tokens.
    pub(crate) input: u64,
    /// Output tokens.
    pub(crate) output: u64,
}

impl Pace {
    /// Until when the provider must not be asked for a call of this size.
    pub(crate) fn blocked_until(&self, need: Need, now: Instant) -> Option<Instant> {
        let short = |bucket: &Option<Bucket>, pending: u64, need: u64| {
            let bucket = bucket.as_ref()?;
            // A call larger than the whole allowance is let through at full allowance:
            // the provider may know better.
            let need = (pending + need).min(bucket.limit);
            (bucket.left(now) < need).then_some(bucket.whole_at)
        };
        let [calls, input, output] = self.pending;
        [
            self.parked_until.filter(|until| *until > now),
            short(&self.requests, calls, 1),
            short(&self.input, input, need.input),
            short(&self.output, output, need.output),
        ]
        .into_iter()
        .flatten()
        .max()
    }

    /// The smallest share that is left of any allowance, 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more")]
    pub(crate) fn slack(&self, now: Instant) -> f64 {
        let buckets = [&self.requests, &self.input, &self.output];
        let share = |(bucket, pending): (&&Option<Bucket>, u64)| {
            let bucket = bucket.as_ref()?;
            let left = bucket.left(now).saturating_sub(pending);
            Some(left as f64 / bucket.limit.max(1) as f64)
        };
        buckets.iter().zip(self.pending).filter_map(share).fold(1.0, f64::min)
    }

    /// A call begins.
    pub(crate) fn begin(&mut self, need: Need) {
        let [calls, input, output] = &mut self.pending;
        *calls += 1;
        *input += need.input;
        *output += need.output;
    }

    /// A call ended; what it used is taken off, unless `limits` tells the new state.
    pub(crate) fn end(&mut self, need: Need, used: Need, limits: &Limits, now: Instant) {
        let [calls, input, output] = &mut self.pending;
        *calls = calls.saturating_sub(1);
        *input = input.saturating_sub(need.input);
        *output = output.saturating_sub(need.output);
        let buckets = [
            (&mut self.requests, limits.requests, 1),
            (&mut self.input, limits.input_tokens, used.input),
            (&mut self.output, limits.output_tokens, used.output),
        ];
        for (bucket, said, used) in buckets {
            match said {
                Some(said) => *bucket = Some(told(said, now)),
                None => {
                    if let Some(bucket) = bucket {
                        bucket.left = bucket.left.saturating_sub(used);
                    }
                }
            }
        }
    }

    /// Whether nothing is on its way.
    #[cfg(test)]
    pub(crate) fn is_idle(&self) -> bool {
        self.pending == [0; 3]
    }

    /// The provider does not want to be asked for so long. The moment only moves away.
    pub(crate) fn park(&mut self, time: Duration, now: Instant) {
        self.parked_until = self.parked_until.max(now.checked_add(time.min(LONGEST)));
    }
}

fn told(said: Allowance, now: Instant) -> Bucket {
    // No window is longer than a day; a provider that says so is not believed.
    let reset = said.reset.min(Duration::from_hours(24));
    Bucket { limit: said.limit, left: said.remaining, whole_at: now + reset }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[expect(clippy::unnecessary_wraps, reason = "as it stands in the limits")]
    fn allowance(limit: u64, remaining: u64, seconds: u64) -> Option<Allowance> {
        Some(Allowance { limit, remaining, reset: Duration::from_secs(seconds) })
    }

    #[test]
    fn knows_nothing_and_blocks_nothing_at_first() {
        let pace = Pace::default();
        let now = Instant::now();
        assert_eq!(pace.blocked_until(Need { input: 1 << 40, output: 1 }, now), None);
        assert!((pace.slack(now) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn counts_what_is_on_its_way_against_what_is_left() {
        let now = Instant::now();
        let mut pace = Pace::default();
        let need = Need { input: 400, output: 50 };
        pace.begin(need);
        let limits = Limits {
            requests: allowance(10, 2, 6),
            input_tokens: allowance(1_000, 900, 60),
            output_tokens: None,
        };
        pace.end(need, need, &limits, now);
        assert_eq!(pace.blocked_until(need, now), None);
        pace.begin(need);
        assert_eq!(pace.blocked_until(need, now), None);
        assert_eq!(
            pace.blocked_until(Need { input: 501, output: 0 }, now),
            Some(now + SECOND * 60)
        );
        assert!((pace.slack(now) - 0.1).abs() < 1e-9);
        pace.begin(need);
        assert_eq!(pace.blocked_until(need, now), Some(now + SECOND * 60));
        assert_eq!(pace.blocked_until(Need::default(), now), Some(now + SECOND * 6));
        assert_eq!(pace.blocked_until(Need::default(), now + SECOND * 7), None);
    }

    #[test]
    fn parking_only_extends() {
        let now = Instant::now();
        let mut pace = Pace::default();
        pace.park(SECOND * 10, now);
        pace.park(SECOND * 3, now);
        assert_eq!(pace.blocked_until(Need::default(), now), Some(now + SECOND * 10));
        assert_eq!(pace.blocked_until(Need::default(), now + SECOND * 10), None);
        pace.park(Duration::MAX, now);
        let later = now + Duration::from_hours(29 * 24);
        assert_eq!(pace.blocked_until(Need::default(), later), Some(now + LONGEST));
    }
}
