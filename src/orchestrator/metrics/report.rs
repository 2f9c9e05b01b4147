//! The metrics object: what a client of the custom request, `docstring-ls stats` and
//! the metrics command see.
//!
//! What the numbers mean:
//!
//! - An attempt is one call to a provider. An answer from the cache, or one that another
//!   question was waiting for already, is none and touches no provider.
//! - `totalAttempts` is `successes` and all `failures`. A cancelled attempt, one that lost
//!   against another or that nobody waited for any more, is among them as
//!   `failures.cancelled`, and its tokens and money count by estimate; but it says
//!   nothing about the provider, so `successRate`, the averages and the percentiles leave
//!   it out.
//! - `successRate` is successes by attempts that ended by themselves, and 0 without any.
//! - `averageTokens` and `averageTimeMs` are over attempts that ended by themselves,
//!   whatever their end; `latencyMs` is over successes.

use std::collections::BTreeMap;
use std::time::{Duration, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::tally::{Counters, Part, Tally, add};
use crate::orchestrator::moment::rfc3339;
use crate::orchestrator::storage::Size;
use crate::provider::{ErrorKind, ProviderId};

/// The metrics object of the custom request and of the metrics command.
#[derive(Clone, Debug, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// By provider.
    pub providers: BTreeMap<String, ProviderReport>,
    /// By style.
    pub styles: BTreeMap<String, StyleReport>,
    /// By workspace, under the name that it has in the cache: a hash of its place. What
    /// was asked outside of any is in the totals alone.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub workspaces: BTreeMap<String, WorkspaceReport>,
    /// The cache.
    pub cache: CacheReport,
    /// Since when it is counted, RFC 3339.
    pub since: String,
    /// Which provider can do which style: `null`, or the reason why not. Of the running
    /// process: not in what was kept.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub compatibility: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

/// What one provider did.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct ProviderReport {
    /// The wire format.
    pub dialect: String,
    /// The model that is asked for.
    pub model: String,
    /// Whether it is asked at the moment.
    pub state: BreakerState,
    /// Attempts, whatever their end.
    pub total_attempts: u64,
    /// Accepted answers.
    pub successes: u64,
    /// The others by reason.
    pub failures: Failures,
    /// Successes by attempts that were not cancelled; 0 without any.
    pub success_rate: f64,
    /// Tokens per attempt that was not cancelled.
    pub average_tokens: f64,
    /// Milliseconds per attempt that was not cancelled.
    pub average_time_ms: f64,
    /// Percentiles of the time of a success, in milliseconds, within 3.2 %.
    pub latency_ms: Percentiles,
    /// Tokens of all attempts.
    pub tokens: Tokens,
    /// US dollars of all attempts.
    pub cost_usd: f64,
    /// Attempts that were started beside another one that had not failed, to be faster.
    pub hedges: Hedges,
    /// Second turns about an answer that was not accepted.
    pub repairs: u64,
    /// Times of the successes, for a plot: the lower bound of a bucket that reaches to
    /// its double, in milliseconds, and how many.
    #[serde(skip)]
    pub histogram: Vec<(f64, u64)>,
}

/// Whether a provider is asked: the state of its circuit breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum BreakerState {
    /// It is.
    #[default]
    Closed,
    /// It is not, after failures.
    Open,
    /// One question is sent to see whether it is back.
    HalfOpen,
}

impl BreakerState {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "halfOpen",
        }
    }
}

/// Attempts without an accepted answer, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Failures {
    /// Too many calls or tokens for the moment.
    pub rate_limited: u64,
    /// The provider is there and could not.
    pub overloaded: u64,
    /// The connection failed or broke off.
    pub connection: u64,
    /// No answer in time.
    pub timeout: u64,
    /// No money or quota left.
    pub quota: u64,
    /// The key is missing, wrong or not allowed to.
    pub auth: u64,
    /// The request was not understood.
    pub bad_request: u64,
    /// The question was longer than the model reads.
    pub context_overflow: u64,
    /// The answer was cut off.
    pub truncated: u64,
    /// The model would not answer.
    pub refused: u64,
    /// The answer was not accepted.
    pub invalid: u64,
    /// Another answer was there first, or nobody waited any more.
    pub cancelled: u64,
}

impl Failures {
    pub(super) fn of(&mut self, kind: ErrorKind) -> &mut u64 {
        match kind {
            ErrorKind::RateLimited => &mut self.rate_limited,
            ErrorKind::Overloaded => &mut self.overloaded,
            ErrorKind::Connection => &mut self.connection,
            ErrorKind::Timeout => &mut self.timeout,
            ErrorKind::Quota => &mut self.quota,
            ErrorKind::Auth => &mut self.auth,
            ErrorKind::BadRequest => &mut self.bad_request,
            ErrorKind::ContextOverflow => &mut self.context_overflow,
            ErrorKind::Truncated => &mut self.truncated,
            ErrorKind::Refused => &mut self.refused,
            ErrorKind::Invalid => &mut self.invalid,
        }
    }

    /// Each reason with its name in reports, in a fixed order.
    pub fn by_reason(&self) -> [(&'static str, u64); 12] {
        [
            ("rateLimited", self.rate_limited),
            ("overloaded", self.overloaded),
            ("connection", self.connection),
            ("timeout", self.timeout),
            ("quota", self.quota),
            ("auth", self.auth),
            ("badRequest", self.bad_request),
            ("contextOverflow", self.context_overflow),
            ("truncated", self.truncated),
            ("refused", self.refused),
            ("invalid", self.invalid),
            ("cancelled", self.cancelled),
        ]
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.by_reason().iter().fold(0, |sum, (_, count)| count.saturating_add(sum))
    }

    pub(super) fn add(&mut self, other: Self) {
        let Self {
            rate_limited,
            overloaded,
            connection,
            timeout,
            quota,
            auth,
            bad_request,
            context_overflow,
            truncated,
            refused,
            invalid,
            cancelled,
        } = other;
        add(&mut self.rate_limited, rate_limited);
        add(&mut self.overloaded, overloaded);
        add(&mut self.connection, connection);
        add(&mut self.timeout, timeout);
        add(&mut self.quota, quota);
        add(&mut self.auth, auth);
        add(&mut self.bad_request, bad_request);
        add(&mut self.context_overflow, context_overflow);
        add(&mut self.truncated, truncated);
        add(&mut self.refused, refused);
        add(&mut self.invalid, invalid);
        add(&mut self.cancelled, cancelled);
    }
}

/// Tokens, those of cancelled attempts by estimate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tokens {
    /// All of the input, cached or not.
    pub input: u64,
    /// That part of it which came from the provider's prompt cache.
    pub cached_input: u64,
    /// The output.
    pub output: u64,
}

impl Tokens {
    pub(super) fn add(&mut self, other: Self) {
        add(&mut self.input, other.input);
        add(&mut self.cached_input, other.cached_input);
        add(&mut self.output, other.output);
    }
}

/// Attempts that were started while another one was running.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hedges {
    /// All of them.
    pub started: u64,
    /// Those whose answer was accepted.
    pub won: u64,
}

/// Percentiles in milliseconds; 0 when there is nothing to take them of.
#[derive(Clone, Copy, Debug, Default, Serialize, PartialEq)]
pub struct Percentiles {
    /// The median.
    pub p50: f64,
    /// Nine of ten are below.
    pub p90: f64,
    /// Ninety-nine of a hundred are below.
    pub p99: f64,
}

/// What was done in one style.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct StyleReport {
    /// Attempts, whatever their end.
    pub total_attempts: u64,
    /// Successes by attempts that were not cancelled.
    pub success_rate: f64,
    /// The same by provider.
    pub provider_breakdown: BTreeMap<String, StyleShare>,
}

/// One provider's part in a style.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct StyleShare {
    /// Attempts, whatever their end.
    pub attempts: u64,
    /// Successes by attempts that were not cancelled.
    pub success_rate: f64,
}

/// What was done in one workspace.
#[derive(Clone, Debug, Default, Serialize, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceReport {
    /// Its folder, where the running process knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Attempts, whatever their end.
    pub total_attempts: u64,
    /// Accepted answers.
    pub successes: u64,
    /// Successes by attempts that were not cancelled.
    pub success_rate: f64,
    /// Tokens of all attempts.
    pub tokens: Tokens,
    /// US dollars, of all attempts.
    pub cost_usd: f64,
    /// The same by provider.
    pub provider_breakdown: BTreeMap<String, StyleShare>,
}

/// What the cache did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CacheReport {
    /// Questions that it answered.
    pub hits: u64,
    /// Questions that went to a provider.
    pub misses: u64,
    /// Questions that waited for the answer to an equal one.
    pub coalesced: u64,
    /// Reads and writes that failed.
    pub faults: u64,
    /// Entries now.
    pub entries: u64,
    /// Bytes now.
    pub bytes: u64,
}

/// What is known about a provider apart from what is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderFacts {
    /// Its name.
    pub id: ProviderId,
    /// The wire format.
    pub dialect: String,
    /// The model that is asked for.
    pub model: String,
    /// Whether it is asked.
    pub state: BreakerState,
}

#[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^52")]
fn rate(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The object. Providers appear when they are configured, and when something was
/// counted for them.
pub(super) fn report(
    tally: &Tally,
    configured: impl Iterator<Item = ProviderFacts>,
    cache: Size,
) -> Report {
    let mut providers: BTreeMap<String, ProviderReport> = BTreeMap::new();
    let mut styles: BTreeMap<String, (Counters, BTreeMap<String, StyleShare>)> = BTreeMap::new();
    for (id, provider) in &tally.providers {
        let mut total = Counters::default();
        for (style, counters) in &provider.styles {
            total.add(counters);
            let (sum, breakdown) = styles.entry(style.clone()).or_default();
            sum.add(counters);
            let share = StyleShare {
                attempts: counters.attempts(),
                success_rate: rate(counters.successes, counters.ended()),
            };
            breakdown.insert(id.clone(), share);
        }
        let mut report = provider_report(&total);
        report.dialect.clone_from(&provider.dialect);
        report.model.clone_from(&provider.model);
        providers.insert(id.clone(), report);
    }
    for ProviderFacts { id, dialect, model, state } in configured {
        let report = providers.entry(id.to_string()).or_default();
        (report.dialect, report.model, report.state) = (dialect, model, state);
    }
    let style_report = |(style, (sum, provider_breakdown)): (String, (Counters, _))| {
        let report = StyleReport {
            total_attempts: sum.attempts(),
            success_rate: rate(sum.successes, sum.ended()),
            provider_breakdown,
        };
        (style, report)
    };
    let workspaces = tally.workspaces.iter();
    Report {
        providers,
        workspaces: workspaces.map(|(name, parts)| (name.clone(), workspace(parts))).collect(),
        styles: styles.into_iter().map(style_report).collect(),
        cache: CacheReport {
            hits: tally.cache.hits,
            misses: tally.cache.misses,
            coalesced: tally.cache.coalesced,
            faults: tally.cache.faults,
            entries: cache.entries,
            bytes: cache.bytes,
        },
        // A file may hold any number; what is beyond the year 9999 is no moment.
        since: rfc3339(UNIX_EPOCH + Duration::from_secs(tally.since.min(253_402_300_799))),
        compatibility: BTreeMap::new(),
    }
}

fn workspace(parts: &BTreeMap<String, Part>) -> WorkspaceReport {
    let mut sum = Part::default();
    let mut provider_breakdown = BTreeMap::new();
    for (id, part) in parts {
        sum.add(part);
        let success_rate = rate(part.successes, part.ended());
        let share = StyleShare { attempts: part.attempts, success_rate };
        provider_breakdown.insert(id.clone(), share);
    }
    WorkspaceReport {
        folder: None,
        total_attempts: sum.attempts,
        successes: sum.successes,
        success_rate: rate(sum.successes, sum.ended()),
        tokens: sum.tokens,
        cost_usd: crate::orchestrator::ledger::usd(sum.cost_nanos),
        provider_breakdown,
    }
}

fn provider_report(counters: &Counters) -> ProviderReport {
    let ended = counters.ended();
    ProviderReport {
        total_attempts: counters.attempts(),
        successes: counters.successes,
        failures: counters.failures,
        success_rate: rate(counters.successes, ended),
        average_tokens: rate(counters.ended_tokens, ended),
        average_time_ms: rate(counters.ended_micros, counters.timed()) / 1e3,
        latency_ms: Percentiles {
            p50: counters.latency.quantile(0.50),
            p90: counters.latency.quantile(0.90),
            p99: counters.latency.quantile(0.99),
        },
        tokens: counters.tokens,
        cost_usd: crate::orchestrator::ledger::usd(counters.cost_nanos),
        hedges: counters.hedges,
        repairs: counters.repairs,
        histogram: counters.latency.doublings(),
        ..ProviderReport::default()
    }
}
