//! What the providers did: counted per provider and style, in fixed memory.
//!
//! Everything is kept under the provider's identifier, its sum also under a hash of the
//! workspace's place. What was
//! counted since the last flush is held apart from what is in the state file already,
//! so that several processes can add to one file.

mod histogram;
mod report;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

pub use report::{
    BreakerState, CacheReport, Failures, Hedges, Percentiles, ProviderFacts, ProviderReport,
    Report, StyleReport, StyleShare, Tokens, WorkspaceReport,
};
pub(super) use tally::Tally;

use super::Attempt;
use super::moment::seconds;
use super::storage::Size;

/// How a question met the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheEvent {
    /// It was answered.
    Hit,
    /// It goes to a provider.
    Miss,
    /// It waits for the answer to an equal one.
    Coalesced,
    /// The storage failed; the question is a miss besides.
    Fault,
}

/// The counters of a running process, over those of earlier and other ones.
#[derive(Debug, Default)]
pub struct Metrics {
    parts: Mutex<Parts>,
}

#[derive(Debug)]
struct Parts {
    /// What the state file held when it was last read or written.
    kept: Tally,
    /// On its way into the file.
    leaving: Tally,
    /// Counted since.
    fresh: Tally,
    /// How often everything was forgotten.
    resets: u64,
    /// The file has not been told.
    reset_is_due: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            kept: Tally::default(),
            leaving: Tally::default(),
            fresh: Tally::since(seconds(SystemTime::now())),
            resets: 0,
            reset_is_due: false,
        }
    }
}

/// What goes into the file at a flush.
#[derive(Debug)]
pub(super) struct Leaving {
    /// To be added.
    pub(super) tally: Tally,
    /// What the file holds is to be forgotten first.
    pub(super) is_reset: bool,
    resets: u64,
}

impl Leaving {
    /// Whether the file would stay as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.tally.is_empty() && !self.is_reset
    }
}

impl Metrics {
    fn parts(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one attempt for `style`.
    pub fn attempt(&self, style: &str, attempt: &Attempt) {
        self.parts().fresh.counters(&attempt.provider.0, style).attempt(attempt);
    }

    /// Counts one question of a batch for `style`.
    pub fn batched(&self, style: &str, attempt: &Attempt) {
        self.parts().fresh.counters(&attempt.provider.0, style).batched(attempt);
    }

    /// Counts one attempt for a workspace, by the name that it has in the cache.
    pub fn workspace(&self, workspace: &str, attempt: &Attempt) {
        self.parts().fresh.workspace(workspace, attempt);
    }

    /// Counts what became of a question at the cache.
    pub fn cache(&self, event: CacheEvent) {
        self.parts().fresh.cache(event);
    }

    /// Forgets everything counted so far, in the state file too with the next flush.
    pub fn reset(&self) {
        let mut parts = self.parts();
        let resets = parts.resets + 1;
        *parts = Parts { resets, reset_is_due: true, ..Parts::default() };
    }

    /// A snapshot. `providers` appear even when they were never asked.
    pub fn report(
        &self,
        providers: impl IntoIterator<Item = ProviderFacts>,
        cache: Size,
    ) -> Report {
        let parts = self.parts();
        let mut sum = parts.kept.clone();
        sum.add(&parts.leaving);
        sum.add(&parts.fresh);
        drop(parts);
        report::report(&sum, providers.into_iter(), cache)
    }

    /// Takes over what the state file holds.
    pub(super) fn keep(&self, tally: Tally) {
        self.parts().kept = tally;
    }

    /// Begins a flush. `providers` gives the names to remember beside the counters.
    pub(super) fn leave(&self, providers: impl IntoIterator<Item = ProviderFacts>) -> Leaving {
        let mut parts = self.parts();
        let since = parts.fresh.since;
        let mut tally = std::mem::replace(&mut parts.fresh, Tally::since(since));
        for ProviderFacts { id, dialect, model, .. } in providers {
            if let Some(provider) = tally.providers.get_mut(&*id.0) {
                (provider.dialect, provider.model) = (dialect, model);
            }
        }
        parts.leaving = tally.clone();
        Leaving { tally, is_reset: parts.reset_is_due, resets: parts.resets }
    }

    /// Ends a flush that wrote, or takes back what could not be written.
    pub(super) fn left(&self, leaving: &Leaving, written: Option<Tally>) {
        let mut parts = self.parts();
        if parts.resets != leaving.resets {
            return;
        }
        parts.leaving = Tally::default();
        match written {
            Some(tally) => {
                parts.kept = tally;
                parts.reset_is_due = false;
            }
            None => parts.fresh.add(&leaving.tally),
        }
    }
}
