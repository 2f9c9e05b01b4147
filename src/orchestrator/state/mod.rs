//! What outlives a process: counters, what was learned about the providers, and the
//! day's spending.
//!
//! A flush adds what happened since the last one to the state file and takes over what
//! other processes added. It is best effort: when it fails, everything stays in memory
//! and goes out with the next.

mod file;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

pub(in crate::orchestrator) use file::Document;
pub(in crate::orchestrator) use file::private_folder;
pub use file::{StateError, StateFile};

use super::ledger::{Ledger, usd};
use super::metrics::{Metrics, ProviderFacts, Report};
use super::storage::Size;
use crate::provider::ProviderId;

/// What a [`StateFile`] holds, for people.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The counters.
    pub report: Report,
    /// US dollars by day (UTC, `2026-11-22`).
    pub spending: BTreeMap<String, f64>,
}

impl StateFile {
    /// What it holds; empty when there is none. `providers` appear even when nothing was
    /// counted for them.
    ///
    /// # Errors
    ///
    /// When it cannot be read or understood. It is not touched.
    pub fn kept(
        &self,
        providers: impl IntoIterator<Item = ProviderFacts>,
        cache: Size,
    ) -> Result<Kept, StateError> {
        let document = self.read()?;
        let metrics = Metrics::default();
        metrics.keep(document.metrics);
        let spending = document.spending.into_iter().map(|(day, nanos)| (day, usd(nanos)));
        Ok(Kept { report: metrics.report(providers, cache), spending: spending.collect() })
    }
}

/// The parts of a running process that are kept in a [`StateFile`].
pub struct State {
    file: Arc<StateFile>,
    metrics: Arc<Metrics>,
    ledger: Ledger,
    arms: Mutex<Arms>,
    /// The last flush failed, and that was said.
    is_failing: AtomicBool,
}

#[derive(Default)]
struct Arms {
    /// As the file had them when it was last seen.
    kept: BTreeMap<String, Value>,
    /// As this process last wrote them.
    written: BTreeMap<String, Value>,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State").field("file", &self.file).finish_non_exhaustive()
    }
}

impl State {
    /// Keeps `metrics` and `ledger` in `file`, and goes on from what is in it. A file that
    /// cannot be read is as good as none; the first flush says so.
    pub fn new(file: Arc<StateFile>, metrics: Arc<Metrics>, ledger: Ledger) -> Self {
        let state =
            Self { file, metrics, ledger, arms: Mutex::default(), is_failing: false.into() };
        if let Ok(document) = state.file.read() {
            state.take_over(document);
        }
        state
    }

    /// The file.
    pub(in crate::orchestrator) fn file(&self) -> &StateFile {
        &self.file
    }

    /// What was last known about each provider, by this process or another.
    pub fn arms(&self) -> BTreeMap<ProviderId, Value> {
        let arms = self.arms.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = arms.kept.iter();
        kept.map(|(id, value)| (ProviderId(id.as_str().into()), value.clone())).collect()
    }

    /// Adds everything new to the file and takes over what others added. `providers`
    /// gives the names to remember beside the counters. Of `arms` those are written that
    /// changed since the last flush; the last writer wins.
    ///
    /// Reads and writes a file, and may wait for another process up to two seconds.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written. Nothing is lost: the next flush tries
    /// again. The first of several failures in a row is logged.
    pub fn flush(
        &self,
        providers: impl IntoIterator<Item = ProviderFacts>,
        arms: BTreeMap<ProviderId, Value>,
    ) -> Result<(), StateError> {
        // Held until the end: two flushes of one process would take each other's parts.
        let mut known = self.arms.lock().unwrap_or_else(PoisonError::into_inner);
        let arms = arms.into_iter().map(|(id, value)| (id.to_string(), value));
        let changed: BTreeMap<String, Value> =
            arms.filter(|(id, value)| known.written.get(id) != Some(value)).collect();
        let leaving = self.metrics.leave(providers);
        let mut entered = None;
        let result = if leaving.is_empty() && changed.is_empty() && !self.ledger.owes() {
            self.file.read()
        } else {
            let merged = self.file.update(|document| {
                if leaving.is_reset {
                    document.metrics = super::metrics::Tally::default();
                }
                document.metrics.add(&leaving.tally);
                document.arms.extend(changed.clone());
                entered = Some(self.ledger.enter(&mut document.spending));
                self.ledger.learn(&document.spending);
                Ok::<_, Infallible>(document.clone())
            });
            merged.map(|Ok(document)| document)
        };
        match result {
            Ok(document) => {
                self.is_failing.store(false, Ordering::Relaxed);
                known.written.extend(changed);
                known.kept = document.arms;
                self.metrics.left(&leaving, Some(document.metrics));
                Ok(())
            }
            Err(error) => {
                if !self.is_failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!("statistics and spending are kept in memory for now: {error}");
                }
                self.ledger.take_back(entered.unwrap_or_default());
                self.metrics.left(&leaving, None);
                Err(error)
            }
        }
    }

    fn take_over(&self, document: Document) {
        self.arms.lock().unwrap_or_else(PoisonError::into_inner).kept = document.arms;
        self.ledger.learn(&document.spending);
        self.metrics.keep(document.metrics);
    }
}
