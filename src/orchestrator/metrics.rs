//! What the providers did: counted per provider and style, in fixed memory.
//!
//! The shape of [`Report`] is the metrics object that the README documents. Only
//! what is measured appears in it. Answers from a cache are counted apart: they say
//! nothing about a provider.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::Attempt;
use crate::provider::{ErrorKind, ProviderId};

/// The counters of a running process.
pub(super) struct Metrics {
    since: SystemTime,
    counters: Mutex<BTreeMap<(ProviderId, &'static str), Counters>>,
}

#[derive(Clone, Default)]
struct Counters {
    successes: u64,
    invalid: u64,
    failed: u64,
    tokens: u64,
    time: Duration,
    latency: Histogram,
}

impl Counters {
    fn attempts(&self) -> u64 {
        self.successes + self.invalid + self.failed
    }

    fn add(&mut self, other: &Counters) {
        self.successes += other.successes;
        self.invalid += other.invalid;
        self.failed += other.failed;
        self.tokens += other.tokens;
        self.time += other.time;
        self.latency.add(&other.latency);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self { since: SystemTime::now(), counters: Mutex::default() }
    }
}

impl Metrics {
    /// Counts one attempt for `style`.
    pub(super) fn attempt(&self, style: &'static str, attempt: &Attempt) {
        let mut all = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let counters = all.entry((attempt.provider.clone(), style)).or_default();
        match attempt.ending.kind() {
            None => counters.successes += 1,
            Some(ErrorKind::Invalid) => counters.invalid += 1,
            Some(_) => counters.failed += 1,
        }
        counters.tokens += attempt.usage.total();
        counters.time += attempt.elapsed;
        counters.latency.record(attempt.elapsed);
    }

    /// Forgets everything counted so far.
    pub(super) fn reset(&self) {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// A snapshot; `providers` appear even when they were never asked.
    pub(super) fn report<'a>(&self, providers: impl Iterator<Item = &'a ProviderId>) -> Report {
        let all = self.counters.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut totals: BTreeMap<String, Counters> =
            providers.map(|id| (id.to_string(), Counters::default())).collect();
        let mut styles: BTreeMap<&'static str, (Counters, BTreeMap<String, StyleShare>)> =
            BTreeMap::new();
        for ((provider, style), counters) in &all {
            totals.entry(provider.to_string()).or_default().add(counters);
            let (total, breakdown) = styles.entry(style).or_default();
            total.add(counters);
            breakdown.insert(
                provider.to_string(),
                StyleShare {
                    attempts: counters.attempts(),
                    success_rate: rate(counters.successes, counters.attempts()),
                },
            );
        }
        Report {
            providers: totals
                .iter()
                .map(|(id, counters)| (id.clone(), provider_report(counters)))
                .collect(),
            styles: styles
                .into_iter()
                .map(|(style, (total, provider_breakdown))| {
                    let report = StyleReport {
                        total_attempts: total.attempts(),
                        success_rate: rate(total.successes, total.attempts()),
                        provider_breakdown,
                    };
                    (style.to_owned(), report)
                })
                .collect(),
            since: rfc3339(self.since),
        }
    }
}

fn provider_report(counters: &Counters) -> ProviderReport {
    let attempts = counters.attempts();
    ProviderReport {
        total_attempts: attempts,
        successes: counters.successes,
        failures: Failures { invalid: counters.invalid, failed: counters.failed },
        success_rate: rate(counters.successes, attempts),
        average_tokens: rate(counters.tokens, attempts),
        average_time_ms: ratio(counters.time.as_secs_f64() * 1e3, attempts),
        latency_ms: Percentiles {
            p50: counters.latency.quantile(0.50),
            p90: counters.latency.quantile(0.90),
            p99: counters.latency.quantile(0.99),
        },
    }
}

/// The metrics object of the custom request and of the metrics command.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// By provider.
    pub providers: BTreeMap<String, ProviderReport>,
    /// By style.
    pub styles: BTreeMap<String, StyleReport>,
    /// Since when it is counted, RFC 3339.
    pub since: String,
}

/// What one provider did.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ProviderReport {
    /// Attempts, whatever their end.
    pub total_attempts: u64,
    /// Accepted answers.
    pub successes: u64,
    /// The others by reason.
    pub failures: Failures,
    /// `successes / totalAttempts`, 0 without attempts.
    pub success_rate: f64,
    /// Tokens per attempt.
    pub average_tokens: f64,
    /// Milliseconds per attempt.
    pub average_time_ms: f64,
    /// Percentiles of the time of an attempt, in milliseconds, within 19 %.
    pub latency_ms: Percentiles,
}

/// Failed attempts by reason.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Failures {
    /// The answer was not accepted.
    pub invalid: u64,
    /// There was no answer.
    pub failed: u64,
}

/// Percentiles in milliseconds.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// Nine of ten are below.
    pub p90: f64,
    /// Ninety-nine of a hundred are below.
    pub p99: f64,
}

/// What was done in one style.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct StyleReport {
    /// Attempts, whatever their end.
    pub total_attempts: u64,
    /// Share of accepted answers.
    pub success_rate: f64,
    /// The same by provider.
    pub provider_breakdown: BTreeMap<String, StyleShare>,
}

/// One provider's part in a style.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct StyleShare {
    /// Attempts, whatever their end.
    pub attempts: u64,
    /// Share of accepted answers.
    pub success_rate: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn ratio(sum: f64, count: u64) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn rate(part: u64, whole: u64) -> f64 {
    ratio(part as f64, whole)
}

/// Durations in buckets that grow by a fourth root of two, from 1 µs to 16 minutes.
#[derive(Clone)]
struct Histogram {
    buckets: [u32; BUCKETS],
}

const BUCKETS: usize = 120;

impl Default for Histogram {
    fn default() -> Self {
        Self { buckets: [0; BUCKETS] }
    }
}

impl Histogram {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the logarithm is between 0 and 120"
    )]
    fn record(&mut self, time: Duration) {
        let micros = time.as_secs_f64().max(1e-6) * 1e6;
        let index = ((micros.log2() * 4.0).round().max(0.0) as usize).min(BUCKETS - 1);
        if let Some(bucket) = self.buckets.get_mut(index) {
            *bucket = bucket.saturating_add(1);
        }
    }

    fn add(&mut self, other: &Histogram) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine = mine.saturating_add(*theirs);
        }
    }

    /// The middle of the bucket in which the quantile lies, in milliseconds.
    fn quantile(&self, share: f64) -> f64 {
        let total: u64 = self.buckets.iter().map(|count| u64::from(*count)).sum();
        let mut below = 0;
        for (index, count) in self.buckets.iter().enumerate() {
            below += u64::from(*count);
            if below > 0 && rate(below, total) >= share {
                let exponent = f64::from(u32::try_from(index).unwrap_or(u32::MAX)) / 4.0;
                return exponent.exp2() / 1e3;
            }
        }
        0.0
    }
}

/// A moment in UTC to the second, by the civil calendar (days since 1970-01-01 to
/// year, month and day as in Hinnant's `civil_from_days`).
fn rfc3339(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (days, second) = (seconds / 86_400 + 719_468, seconds % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orchestrator::Ending;
    use crate::provider::{ProviderError, Usage};

    #[test]
    fn counts_each_attempt_once_under_its_provider_and_style() {
        let metrics = Metrics::default();
        let offline = ProviderId::offline();
        let attempt = |provider: &ProviderId, ending, output| Attempt {
            provider: provider.clone(),
            ending,
            started: Duration::ZERO,
            elapsed: Duration::from_millis(1),
            usage: Usage { output, ..Usage::default() },
            cost_usd: 0.0,
            is_hedge: false,
            is_repair: false,
        };
        let failed = |kind| Ending::Failed(ProviderError::new(kind, ""));
        metrics.attempt("google", &attempt(&offline, Ending::Success, 0));
        metrics.attempt("numpy", &attempt(&offline, failed(ErrorKind::Invalid), 4));
        let other = ProviderId("other".into());
        metrics.attempt("numpy", &attempt(&other, failed(ErrorKind::Overloaded), 0));
        let report = metrics.report([&offline, &ProviderId("idle".into())].into_iter());

        let mine = &report.providers["offline"];
        assert_eq!((mine.total_attempts, mine.successes, mine.failures.invalid), (2, 1, 1));
        assert!((mine.success_rate - 0.5).abs() < 1e-9);
        assert!((mine.average_tokens - 2.0).abs() < 1e-9);
        assert_eq!(report.providers["idle"].total_attempts, 0);
        let numpy = &report.styles["numpy"];
        assert_eq!((numpy.total_attempts, numpy.provider_breakdown["other"].attempts), (2, 1));
    }

    #[test]
    fn quantiles_are_within_a_bucket() {
        let mut histogram = Histogram::default();
        for millis in 1..=100 {
            histogram.record(Duration::from_millis(millis));
        }
        for (share, expected) in [(0.5, 50.0), (0.9, 90.0), (0.99, 99.0)] {
            let found = histogram.quantile(share);
            assert!((found / expected - 1.0).abs() < 0.19, "{share}: {found}");
        }
        assert!(Histogram::default().quantile(0.5).abs() < f64::EPSILON);
    }

    #[test]
    fn writes_moments_in_utc() {
        let at = |seconds| rfc3339(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_795_305_600), "2026-11-22T00:00:00Z");
    }
}
