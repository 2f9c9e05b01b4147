//! A batch that is being filled, and handed in when it is full or at the end.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::super::attempt::reserve;
use super::super::storage::Key;
use super::journal::{Group, Lock, Record};
use super::{Ask, BatchError, Batching, Standing};
use crate::provider::{BatchLimits, ErrorKind};

/// Questions that are about to be handed in. Nobody else hands in meanwhile, so that no
/// question is paid twice.
pub struct Draft<'b> {
    batching: &'b mut Batching,
    _lock: Lock,
    items: Vec<String>,
    bytes: usize,
    dearest_usd: f64,
    /// The questions by style and workspace.
    groups: BTreeMap<(String, String), Vec<String>>,
    seen: HashSet<Key>,
    limits: BatchLimits,
    /// Batches whose handing in was broken off, so that nobody knows their names.
    lost: usize,
}

impl Batching {
    /// Begins a batch.
    ///
    /// # Errors
    ///
    /// When another run is at it, or the folder cannot be used.
    pub async fn draft(&mut self) -> Result<Draft<'_>, BatchError> {
        let lock = self.lock().await?;
        let mut lost = 0;
        for (path, record) in self.journal.read(self.core.clock.wall())? {
            if record.batch.is_none() && *record.provider == *self.arm.id().0 {
                lost += 1;
                std::fs::remove_file(path)?;
            }
        }
        self.look_up()?;
        let limits = self.endpoint()?.limits();
        let (items, groups, seen) = Default::default();
        Ok(Draft {
            batching: self,
            _lock: lock,
            items,
            bytes: 0,
            dearest_usd: 0.0,
            groups,
            seen,
            limits,
            lost,
        })
    }
}

impl Draft<'_> {
    /// How many earlier batches were broken off while they were handed in: nobody knows
    /// whether they arrived, and they may be billed.
    pub fn lost(&self) -> usize {
        self.lost
    }

    /// Whether a question needs no answer; see [`Batching::standing`].
    pub async fn is_kept(
        &self,
        ask: &Ask,
        accept: impl Fn(&Value) -> Result<(), Vec<String>>,
    ) -> bool {
        self.batching.standing(ask, accept).await == Standing::Answered
    }

    /// Adds a question, unless it is there, in another batch or in none that is possible.
    /// A batch that is full is handed in first.
    ///
    /// # Errors
    ///
    /// When that fails.
    pub async fn add(&mut self, ask: &Ask) -> Result<(), BatchError> {
        let Some((key, request)) = self.batching.request(ask) else { return Ok(()) };
        if self.batching.submitted.contains(&key) || !self.seen.insert(key) {
            return Ok(());
        }
        let name = key.to_string();
        let Some(item) = self.batching.endpoint()?.item(&name, &request) else { return Ok(()) };
        // What stands between two questions counts as well.
        let is_full = self.items.len() >= self.limits.questions
            || self.bytes + item.len() + 1 > self.limits.bytes;
        if is_full {
            self.submit().await?;
        }
        self.bytes += item.len() + 1;
        self.items.push(item);
        self.dearest_usd += self.batching.arm.dearest_in_batch(&request);
        let group = (ask.style.to_owned(), ask.scope.clone());
        self.groups.entry(group).or_default().push(name);
        Ok(())
    }

    /// Hands in what is there; nothing happens when there is nothing.
    ///
    /// # Errors
    ///
    /// When it may cost too much, cannot be remembered, or is not taken.
    pub async fn submit(&mut self) -> Result<(), BatchError> {
        let items = std::mem::take(&mut self.items);
        let groups = std::mem::take(&mut self.groups);
        let dearest = std::mem::take(&mut self.dearest_usd);
        self.bytes = 0;
        if items.is_empty() {
            return Ok(());
        }
        let groups = groups.into_iter();
        let groups = groups.map(|((style, scope), keys)| Group { style, scope, keys }).collect();
        let core = Arc::clone(&self.batching.core);
        let reservation = reserve(&core.ledger, dearest).await.map_err(BatchError::Budget)?;
        let (id, now) = (self.batching.arm.id().to_string(), core.clock.wall());
        let mut record = Record::new(&id, reservation.aside(), groups, now);
        // Written first: when this process ends in between, the next one can tell.
        let path = match self.batching.journal.write(&record) {
            Ok(path) => path,
            Err(error) => {
                reservation.settle(0.0);
                return Err(error.into());
            }
        };
        match self.batching.endpoint()?.submit(&items).await {
            Ok(batch) => {
                record.batch = Some(batch);
                drop(reservation);
                self.batching.submitted.extend(record.keys().map(|(key, _)| key));
                let written = self.batching.journal.write(&record);
                self.batching.records.push((path, record));
                Ok(written.map(drop)?)
            }
            Err(error) => {
                std::fs::remove_file(path)?;
                let is_certain = !matches!(error.kind, ErrorKind::Connection | ErrorKind::Timeout);
                let advice = if is_certain {
                    reservation.settle(0.0);
                    "; it was not handed in"
                } else {
                    "; the batch may have arrived all the same, which the provider's console tells"
                };
                Err(self.batching.fault(error, advice))
            }
        }
    }
}
