//! What comes back in a batch: fetched, admitted like any answer, kept, counted and paid.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::Value;

use super::watch::{FIRST_PAUSE, LONGEST_PAUSE};
use super::{BatchError, Batching, may_pass};
use crate::orchestrator::attempt::content;
use crate::orchestrator::storage::{Entry, Key};
use crate::orchestrator::{Ask, Attempt, Ending};
use crate::provider::{Batched, ErrorKind, ProviderError, Usage};

/// How often results are asked for before it is left to another day.
const FETCHES: u32 = 5;

/// What became of a question that was in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admitted {
    /// It was in none that was fetched.
    None,
    /// Its answer is kept from now on.
    Kept,
    /// It has no answer, for this reason.
    Refused(String),
}

/// What batches came to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fetched {
    /// Answers that were admitted.
    pub answers: u64,
    /// Answers about other files, or code that has changed.
    pub unclaimed: u64,
    /// US dollars, at the price of a batch.
    pub cost_usd: f64,
}

/// An answer that was fetched and not admitted yet.
pub(super) struct Arrived {
    /// Which of the batches that are over.
    batch: usize,
    style: String,
    scope: String,
    batched: Batched,
}

impl Batching {
    /// Fetches the answers of all batches that were waited for. They are kept when they are
    /// admitted, one by one.
    ///
    /// # Errors
    ///
    /// When they cannot be had now. Another run can fetch them.
    pub async fn fetch(&mut self) -> Result<(), BatchError> {
        self.lock = Some(self.lock().await?);
        for (path, record) in std::mem::take(&mut self.records) {
            // Another run may have fetched them meanwhile: they are in the cache then.
            if !path.exists() {
                continue;
            }
            let batch = record.batch.clone().unwrap_or_default();
            let mut results = self.results(&batch).await?;
            for (key, group) in record.keys() {
                let batched = results.remove(&key.to_string()).unwrap_or_else(|| {
                    let sentence = "the batch has no answer for it";
                    Err(ProviderError::new(ErrorKind::Timeout, sentence))
                });
                let (style, scope) = (group.style.clone(), group.scope.clone());
                let batch = self.over.len();
                self.arrived.insert(key, Arrived { batch, style, scope, batched });
            }
            self.over.push((path, record, 0.0));
        }
        Ok(())
    }

    async fn results(&self, batch: &str) -> Result<HashMap<String, Batched>, BatchError> {
        let clock = &self.core.clock;
        let mut pause = FIRST_PAUSE;
        let mut left = FETCHES;
        loop {
            left -= 1;
            match self.endpoint()?.results(batch).await {
                Ok(results) => return Ok(results),
                // What came to nothing altogether is told with each of its questions.
                Err(error) if error.status == Some(404) => return Ok(HashMap::new()),
                Err(error) if left > 0 && may_pass(&error) => {
                    let hint = error.retry_after.unwrap_or_default().min(LONGEST_PAUSE);
                    clock.sleep_until(clock.now() + pause.max(hint)).await;
                    pause = (4 * pause).min(LONGEST_PAUSE);
                }
                Err(error) => {
                    let advice = "; the answers are still there for the same command";
                    return Err(self.fault(error, advice));
                }
            }
        }
    }

    /// Takes in what came back for a question: `accept` admits it or says what is wrong
    /// with it, as for any answer.
    pub async fn admit(
        &mut self,
        ask: &Ask,
        accept: impl Fn(&Value) -> Result<(), Vec<String>>,
    ) -> Admitted {
        let Some((key, _)) = self.request(ask) else { return Admitted::None };
        let Some(arrived) = self.arrived.remove(&key) else { return Admitted::None };
        let admitted = self.take_in(&key, arrived, accept).await;
        self.fetched.answers += u64::from(admitted == Admitted::Kept);
        admitted
    }

    async fn take_in(
        &mut self,
        key: &Key,
        arrived: Arrived,
        accept: impl Fn(&Value) -> Result<(), Vec<String>>,
    ) -> Admitted {
        let Arrived { batch, style, scope, batched } = arrived;
        let (usage, kept) = match batched {
            Ok(completion) => {
                let usage = completion.usage;
                let content = content(&completion.answer);
                let kept = accept(&content).map_err(|problems| {
                    let sentence = format!("the answer was not accepted: {}", problems.join("; "));
                    ProviderError::new(ErrorKind::Invalid, sentence)
                });
                (usage, kept.map(|()| (content, completion.model)))
            }
            Err(error) => (error.usage, Err(error)),
        };
        let cost_usd = self.arm.batch_cost(usage);
        self.fetched.cost_usd += cost_usd;
        if let Some((.., cost)) = self.over.get_mut(batch) {
            *cost += cost_usd;
        }
        let ending = match &kept {
            Ok(_) => Ending::Success,
            Err(error) => Ending::Failed(error.clone()),
        };
        self.count(&style, &scope, ending, usage, cost_usd);
        match kept {
            Ok((content, model)) => {
                self.keep(key, content, model, usage, scope).await;
                Admitted::Kept
            }
            Err(error) => Admitted::Refused(error.to_string()),
        }
    }

    fn count(&self, style: &str, scope: &str, ending: Ending, usage: Usage, cost_usd: f64) {
        let attempt = Attempt {
            provider: self.arm.id().clone(),
            ending,
            started: Duration::ZERO,
            elapsed: Duration::ZERO,
            usage,
            cost_usd,
            is_hedge: false,
            is_repair: false,
        };
        self.core.metrics.batched(style, &attempt);
        self.core.metrics.workspace(scope, &attempt);
    }

    async fn keep(
        &self,
        key: &Key,
        content: Value,
        model: Option<String>,
        usage: Usage,
        scope: String,
    ) {
        let Some(storage) = &self.core.storage else { return };
        let entry = Entry {
            content,
            provider: self.arm.id().to_string(),
            model: model.unwrap_or_else(|| self.arm.capabilities().model.to_string()),
            input: usage.input,
            cached_input: usage.cached_input,
            output: usage.output,
            scope,
            written: self.core.clock.wall(),
        };
        let generation = storage.begin();
        let kept = storage.put(key, entry, self.core.config.cache_ttl, generation).await;
        if let Err(error) = kept {
            self.core.storage_fault(&error);
        }
    }

    /// Keeps also what nobody asked about this time, settles what was reserved, and forgets
    /// the batches. What is kept unseen is checked when it is used, as everything in the
    /// cache is.
    pub async fn finish(&mut self) -> Fetched {
        let unclaimed: Vec<(Key, Arrived)> = self.arrived.drain().collect();
        for (key, arrived) in unclaimed {
            if arrived.batched.is_ok() {
                self.fetched.unclaimed += 1;
            }
            self.take_in(&key, arrived, |_| Ok(())).await;
        }
        for (path, record, cost) in std::mem::take(&mut self.over) {
            self.let_go(&path, &record, Some(cost));
        }
        self.lock = None;
        std::mem::take(&mut self.fetched)
    }
}
