//! What is counted, in the form in which it is added up and kept between sessions.
//!
//! Invariant: every field only grows, so that the tallies of several processes can be
//! added in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CacheEvent;
use super::histogram::Histogram;
use super::report::{Failures, Hedges, Tokens};
use crate::orchestrator::{Attempt, Ending};

/// Everything that is counted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::orchestrator) struct Tally {
    /// Seconds since 1970 at which counting began; 0 when it has not.
    pub(super) since: u64,
    pub(super) providers: BTreeMap<String, Provider>,
    pub(super) cache: Cache,
    /// By the name that a workspace has in the cache: a hash of its place.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) workspaces: BTreeMap<String, BTreeMap<String, Part>>,
}

/// Workspaces that are told apart; what is beyond counts as [`OTHERS`].
const MAX_WORKSPACES: usize = 64;
/// The name of all other workspaces.
const OTHERS: &str = "others";

/// What one provider did in one workspace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Part {
    pub(super) attempts: u64,
    pub(super) successes: u64,
    pub(super) cancelled: u64,
    pub(super) tokens: Tokens,
    pub(super) cost_nanos: u64,
}

impl Part {
    /// Adds what another one counted.
    pub(super) fn add(&mut self, other: &Self) {
        add(&mut self.attempts, other.attempts);
        add(&mut self.successes, other.successes);
        add(&mut self.cancelled, other.cancelled);
        self.tokens.add(other.tokens);
        add(&mut self.cost_nanos, other.cost_nanos);
    }

    /// Attempts that ended by themselves.
    pub(super) fn ended(&self) -> u64 {
        self.attempts.saturating_sub(self.cancelled)
    }
}

/// A provider's part. The names are those it was last seen with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Provider {
    pub(super) dialect: String,
    pub(super) model: String,
    pub(super) styles: BTreeMap<String, Counters>,
}

/// How questions met the cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Cache {
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) coalesced: u64,
    pub(super) faults: u64,
}

/// What one provider did in one style.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Counters {
    pub(super) successes: u64,
    pub(super) failures: Failures,
    /// Of all attempts.
    pub(super) tokens: Tokens,
    /// Billionths of a US dollar, of all attempts.
    pub(super) cost_nanos: u64,
    pub(super) hedges: Hedges,
    pub(super) repairs: u64,
    /// Tokens of the attempts that ended by themselves.
    pub(super) ended_tokens: u64,
    /// Microseconds of the attempts that ended by themselves.
    pub(super) ended_micros: u64,
    /// Times of the successes.
    pub(super) latency: Histogram,
    /// Questions of batches, whose times are nobody's: hours, for thousands at once.
    pub(super) batched: u64,
}

impl Counters {
    /// Counts one attempt.
    pub(super) fn attempt(&mut self, attempt: &Attempt) {
        self.count(attempt);
        if attempt.ending == Ending::Success {
            self.latency.record(attempt.elapsed);
        }
        if attempt.ending != Ending::Cancelled {
            let micros = u64::try_from(attempt.elapsed.as_micros()).unwrap_or(u64::MAX);
            add(&mut self.ended_micros, micros);
        }
    }

    /// Counts what became of one question of a batch.
    pub(super) fn batched(&mut self, attempt: &Attempt) {
        self.count(attempt);
        add(&mut self.batched, u64::from(attempt.ending != Ending::Cancelled));
    }

    /// Counts everything but the time.
    fn count(&mut self, attempt: &Attempt) {
        match &attempt.ending {
            Ending::Success => self.successes += 1,
            Ending::Failed(error) => *self.failures.of(error.kind) += 1,
            Ending::Cancelled => self.failures.cancelled += 1,
        }
        if attempt.ending != Ending::Cancelled {
            add(&mut self.ended_tokens, attempt.usage.input);
            add(&mut self.ended_tokens, attempt.usage.output);
        }
        self.tokens.add(Tokens {
            input: attempt.usage.input,
            cached_input: attempt.usage.cached_input,
            output: attempt.usage.output,
        });
        add(&mut self.cost_nanos, crate::orchestrator::ledger::nanos(attempt.cost_usd));
        self.hedges.started += u64::from(attempt.is_hedge);
        self.hedges.won += u64::from(attempt.is_hedge && attempt.ending == Ending::Success);
        self.repairs += u64::from(attempt.is_repair);
    }

    /// Adds what another one counted.
    pub(super) fn add(&mut self, other: &Self) {
        add(&mut self.successes, other.successes);
        self.failures.add(other.failures);
        self.tokens.add(other.tokens);
        add(&mut self.cost_nanos, other.cost_nanos);
        add(&mut self.hedges.started, other.hedges.started);
        add(&mut self.hedges.won, other.hedges.won);
        add(&mut self.repairs, other.repairs);
        add(&mut self.ended_tokens, other.ended_tokens);
        add(&mut self.ended_micros, other.ended_micros);
        self.latency.add(&other.latency);
        add(&mut self.batched, other.batched);
    }

    /// Attempts that ended by themselves.
    pub(super) fn ended(&self) -> u64 {
        self.attempts().saturating_sub(self.failures.cancelled)
    }

    /// Those of them that took a time of their own.
    pub(super) fn timed(&self) -> u64 {
        self.ended().saturating_sub(self.batched)
    }

    /// All attempts.
    pub(super) fn attempts(&self) -> u64 {
        self.successes.saturating_add(self.failures.total())
    }
}

/// Adds without wrapping: a file may hold any number.
pub(super) fn add(to: &mut u64, more: u64) {
    *to = to.saturating_add(more);
}

impl Tally {
    /// Nothing yet, counted since this second.
    pub(super) fn since(seconds: u64) -> Self {
        Self { since: seconds, ..Self::default() }
    }

    /// The counters of a provider in a style.
    pub(super) fn counters(&mut self, provider: &str, style: &str) -> &mut Counters {
        let styles = &mut self.providers.entry(provider.to_owned()).or_default().styles;
        styles.entry(style.to_owned()).or_default()
    }

    /// Counts one attempt for a workspace; one without a name is none.
    pub(super) fn workspace(&mut self, workspace: &str, attempt: &Attempt) {
        if workspace.is_empty() {
            return;
        }
        let part = Part {
            attempts: 1,
            successes: u64::from(attempt.ending == Ending::Success),
            cancelled: u64::from(attempt.ending == Ending::Cancelled),
            tokens: Tokens {
                input: attempt.usage.input,
                cached_input: attempt.usage.cached_input,
                output: attempt.usage.output,
            },
            cost_nanos: crate::orchestrator::ledger::nanos(attempt.cost_usd),
        };
        self.part(workspace, &attempt.provider.0).add(&part);
    }

    fn part(&mut self, workspace: &str, provider: &str) -> &mut Part {
        let is_known = self.workspaces.contains_key(workspace);
        let others = usize::from(self.workspaces.contains_key(OTHERS));
        let is_full = self.workspaces.len() >= MAX_WORKSPACES + others;
        let name = if is_full && !is_known { OTHERS } else { workspace };
        let parts = self.workspaces.entry(name.to_owned()).or_default();
        parts.entry(provider.to_owned()).or_default()
    }

    /// Counts what became of a question at the cache.
    pub(super) fn cache(&mut self, event: CacheEvent) {
        let count = match event {
            CacheEvent::Hit => &mut self.cache.hits,
            CacheEvent::Miss => &mut self.cache.misses,
            CacheEvent::Coalesced => &mut self.cache.coalesced,
            CacheEvent::Fault => &mut self.cache.faults,
        };
        add(count, 1);
    }

    /// Adds what another one counted; the earlier beginning holds.
    pub(in crate::orchestrator) fn add(&mut self, other: &Self) {
        self.since = match (self.since, other.since) {
            (0, since) | (since, 0) => since,
            (mine, theirs) => mine.min(theirs),
        };
        for (id, theirs) in &other.providers {
            let mine = self.providers.entry(id.clone()).or_default();
            for (name, other) in
                [(&mut mine.dialect, &theirs.dialect), (&mut mine.model, &theirs.model)]
            {
                if !other.is_empty() {
                    name.clone_from(other);
                }
            }
            for (style, counters) in &theirs.styles {
                mine.styles.entry(style.clone()).or_default().add(counters);
            }
        }
        for (workspace, parts) in &other.workspaces {
            for (provider, part) in parts {
                self.part(workspace, provider).add(part);
            }
        }
        add(&mut self.cache.hits, other.cache.hits);
        add(&mut self.cache.misses, other.cache.misses);
        add(&mut self.cache.coalesced, other.cache.coalesced);
        add(&mut self.cache.faults, other.cache.faults);
    }

    /// Whether anything was counted.
    pub(super) fn is_empty(&self) -> bool {
        self.providers.is_empty() && self.cache == Cache::default()
    }
}
