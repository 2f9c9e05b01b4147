//! Questions by the thousand, answered within a day at a part of the price.
//!
//! A batch is not a way to get an answer, it is a way to get answers into the cache: each
//! question has its key as its name, its answer is checked like any other and kept under
//! that key, and whoever asks the question afterwards finds it there. So what is made of
//! an answer is decided in one place, and an answer to a question that nobody asks any
//! more, because the code has changed, is never used.
//!
//! ```text
//! standing -> draft.add … draft.submit -> wait -> fetch -> admit … -> finish
//! ```
//!
//! What was handed in outlives the process: see `journal`.

mod arrival;
mod draft;
mod journal;
#[cfg(test)]
mod tests;
mod watch;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::arm::Arm;
use super::attempt::reserve;
use super::core::Core;
use super::matrix::fits;
use super::storage::Key;
use super::{Ask, CacheUse, Choice, Orchestrator};
use crate::provider::{Batches, CompletionRequest, ErrorKind, ProviderError, ProviderId};
use journal::{Journal, Lock, Record};

use arrival::Arrived;

pub use arrival::{Admitted, Fetched};
pub use draft::Draft;

/// How long another process may take to hand in or to fetch, and how often that is looked
/// at.
const PATIENCE: Duration = Duration::from_mins(10);
const LOOK: Duration = Duration::from_millis(100);

/// Why a batch comes to nothing. What was handed in stays so, unless it says otherwise.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BatchError {
    /// The chosen provider takes none.
    #[error("{0}")]
    NoEndpoint(String),
    /// Nothing may be left behind.
    #[error("a batch has to be remembered, and there is no folder for what outlives a run")]
    NoState,
    /// It may cost more than is allowed.
    #[error("{0}")]
    Budget(String),
    /// The provider failed.
    #[error("`{provider}`: {error}{advice}")]
    Provider {
        /// Who.
        provider: ProviderId,
        /// Why.
        error: Box<ProviderError>,
        /// What that means for the batch; empty when it is clear.
        advice: &'static str,
    },
    /// What was handed in cannot be remembered or looked up.
    #[error("the folder for batches cannot be used: {0}")]
    Journal(#[from] io::Error),
    /// Another process hands in or fetches, and does not come to its end.
    #[error("another run is handing in a batch; try again when it is done")]
    Busy,
}

/// How a question stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Standing {
    /// Its answer is kept.
    Answered,
    /// It is in a batch that was handed in.
    Submitted,
    /// It would be in the next batch, at most at this price in US dollars.
    Open(f64),
    /// It can be in no batch of this provider.
    Single,
}

/// Something to be told while it is waited.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// So many questions of all batches are through.
    Done {
        /// As far as the provider tells.
        done: u64,
        /// All of them.
        total: u64,
    },
    /// A look failed; it is tried again.
    Trouble(String),
    /// A batch came to nothing.
    Lost {
        /// The provider's name for it.
        batch: String,
        /// Why.
        reason: String,
    },
}

/// The batches of one provider.
pub struct Batching {
    core: Arc<Core>,
    arm: Arc<Arm>,
    journal: Journal,
    /// What is on its way, each with the file that says so.
    records: Vec<(PathBuf, Record)>,
    /// The questions in them.
    submitted: HashSet<Key>,
    arrived: HashMap<Key, Arrived>,
    fetched: Fetched,
    /// Those of which the answers are fetched, with what they cost.
    over: Vec<(PathBuf, Record, f64)>,
    /// Held from the first fetch to the end.
    lock: Option<Lock>,
}

impl Orchestrator {
    /// The batches of the provider that is chosen: with a free choice, of the first that
    /// takes them.
    ///
    /// # Errors
    ///
    /// When that takes none, or nothing outlives this process.
    pub fn batching(&self, choice: &Choice) -> Result<Batching, BatchError> {
        let arms = &self.core.arms;
        let takes = |arm: &&Arc<Arm>| arm.provider().batches().is_some();
        let arm = match choice {
            Choice::Auto => arms.iter().find(takes),
            Choice::Preferred(id) => arms.iter().find(|arm| arm.id() == id).filter(takes),
        };
        let Some(arm) = arm else { return Err(BatchError::NoEndpoint(self.without(choice))) };
        let state = self.core.state.as_ref().ok_or(BatchError::NoState)?;
        let beside = state.file().path().parent().ok_or(BatchError::NoState)?;
        let mut batching = Batching {
            core: Arc::clone(&self.core),
            arm: Arc::clone(arm),
            journal: Journal::new(beside.join("batches")),
            records: Vec::new(),
            submitted: HashSet::new(),
            arrived: HashMap::new(),
            fetched: Fetched::default(),
            over: Vec::new(),
            lock: None,
        };
        batching.look_up()?;
        Ok(batching)
    }

    /// What to do where there are no batches.
    fn without(&self, choice: &Choice) -> String {
        let instead = "leave `--batch` out, or choose a provider of the dialect `anthropic`, \
                       `openai-responses` or `openai-chat` with `--provider`";
        match choice {
            Choice::Preferred(id) => match self.core.find(id) {
                Some(arm) if arm.capabilities().is_immediate => {
                    format!("`{id}` is in this program and needs no batches: {instead}")
                }
                Some(_) => format!(
                    "`{id}` takes no batches as far as is known: {instead}; if its server does, \
                     set `batches = true` for it"
                ),
                None => format!("no provider `{id}` is configured"),
            },
            Choice::Auto => format!("no configured provider takes batches: {instead}"),
        }
    }
}

impl Batching {
    /// Whose batches these are.
    pub fn provider(&self) -> &ProviderId {
        self.arm.id()
    }

    /// What a batch costs, as a part of the ordinary price.
    pub fn part(&self) -> f64 {
        self.arm.capabilities().prices.map_or(1.0, |prices| prices.batch)
    }

    /// Whether the budgets allow for so many US dollars.
    ///
    /// # Errors
    ///
    /// When they do not.
    pub async fn afford(&self, dollars: f64) -> Result<(), BatchError> {
        let reservation = reserve(&self.core.ledger, dollars).await.map_err(BatchError::Budget)?;
        reservation.settle(0.0);
        Ok(())
    }

    fn endpoint(&self) -> Result<&dyn Batches, BatchError> {
        let none = || BatchError::NoEndpoint("the provider takes no batches".to_owned());
        self.arm.provider().batches().ok_or_else(none)
    }

    fn fault(&self, error: ProviderError, advice: &'static str) -> BatchError {
        BatchError::Provider { provider: self.arm.id().clone(), error: Box::new(error), advice }
    }

    /// Reads what is on its way.
    fn look_up(&mut self) -> io::Result<()> {
        let all = self.journal.read(self.core.clock.wall())?;
        let is_ours = |record: &Record| *record.provider == *self.arm.id().0;
        self.records = all
            .into_iter()
            .filter(|(_, record)| is_ours(record) && record.batch.is_some())
            .collect();
        let keys = self.records.iter().flat_map(|(_, record)| record.keys());
        self.submitted = keys.map(|(key, _)| key).collect();
        Ok(())
    }

    /// Waits for whoever else is handing in or fetching.
    async fn lock(&self) -> Result<Lock, BatchError> {
        let clock = &self.core.clock;
        let end = clock.now() + PATIENCE;
        loop {
            if let Some(lock) = self.journal.lock()? {
                return Ok(lock);
            }
            if clock.now() >= end {
                return Err(BatchError::Busy);
            }
            clock.sleep_until(clock.now() + LOOK).await;
        }
    }

    /// The question as the provider would get it, with the key of its answer; `None` when
    /// it cannot be in a batch.
    fn request(&self, ask: &Ask) -> Option<(Key, CompletionRequest)> {
        let able = self.core.candidates(ask, &mut Vec::new()).ok()?;
        let is_able = able.iter().any(|arm| arm.id() == self.arm.id());
        let request = ask.request_for(self.arm.id());
        if !is_able || !fits(self.arm.capabilities(), &request) {
            return None;
        }
        Some((Key::of(&request, self.arm.capabilities())?, request))
    }

    /// How a question stands. A kept answer counts if `accept` admits it.
    pub async fn standing(
        &self,
        ask: &Ask,
        accept: impl Fn(&Value) -> Result<(), Vec<String>>,
    ) -> Standing {
        if ask.cache != CacheUse::Refresh && self.is_kept(ask, accept).await {
            return Standing::Answered;
        }
        match self.request(ask) {
            None => Standing::Single,
            Some((key, _)) if self.submitted.contains(&key) => Standing::Submitted,
            Some((_, request)) => Standing::Open(self.arm.dearest_in_batch(&request)),
        }
    }

    /// Whether the ordinary way would find an answer in the cache.
    async fn is_kept(&self, ask: &Ask, accept: impl Fn(&Value) -> Result<(), Vec<String>>) -> bool {
        let Some(storage) = &self.core.storage else { return false };
        let Ok(able) = self.core.candidates(ask, &mut Vec::new()) else { return false };
        let is_free = ask.choice == Choice::Auto;
        for arm in able.iter().filter(|arm| is_free || ask.prefers(arm.id())) {
            let key = Key::of(&ask.request_for(arm.id()), arm.capabilities());
            if let Some(key) = key
                && let Ok(Some(entry)) = storage.get(&key).await
                && accept(&entry.content).is_ok()
            {
                return true;
            }
        }
        false
    }

    /// Of the batches on their way, lets go of those that have none of these questions:
    /// they are another run's.
    pub fn keep_to(&mut self, asks: impl Iterator<Item = Key>) {
        let wanted: HashSet<Key> = asks.collect();
        self.records.retain(|(_, record)| record.keys().any(|(key, _)| wanted.contains(&key)));
    }

    /// The key of a question's answer, if the question can be in a batch.
    pub fn key(&self, ask: &Ask) -> Option<Key> {
        self.request(ask).map(|(key, _)| key)
    }

    /// The provider's names for the batches on their way.
    pub fn on_their_way(&self) -> Vec<&str> {
        self.records.iter().filter_map(|(_, record)| record.batch.as_deref()).collect()
    }

    /// How many questions they have.
    pub fn questions(&self) -> usize {
        self.records.iter().map(|(_, record)| record.len()).sum()
    }

    /// Forgets a batch that nothing will come of. `cost`: what it cost, if that is known.
    fn let_go(&mut self, path: &PathBuf, record: &Record, cost: Option<f64>) {
        if let Some(cost) = cost {
            self.core.ledger.settle(&record.aside, cost);
        }
        // Without its file nobody looks for it; with it, somebody will once more.
        if let Err(error) = std::fs::remove_file(path) {
            tracing::warn!("`{}`: {error}", path.display());
        }
        self.records.retain(|(other, _)| other != path);
    }
}

/// Whether it may be otherwise when it is tried again.
fn may_pass(error: &ProviderError) -> bool {
    error.kind.is_transient() || error.kind == ErrorKind::RateLimited
}
