//! Waiting for batches: a look now and then, less and less often.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::journal::Record;
use super::{BatchError, Batching, Progress, may_pass};
use crate::provider::BatchState;

/// How long it is waited before the first second look, and most between two.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(250);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_mins(1);

impl Batching {
    /// Waits until nothing more will come of the batches on their way. Dropping it leaves
    /// them to the provider.
    ///
    /// # Errors
    ///
    /// When the provider lets nobody look.
    pub async fn wait(&mut self, mut tell: impl FnMut(Progress)) -> Result<(), BatchError> {
        let clock = Arc::clone(&self.core.clock);
        let mut open: Vec<(PathBuf, Record)> = self.records.clone();
        let all = u64::try_from(self.questions()).unwrap_or(u64::MAX);
        let mut through = 0_u64;
        let mut pause = FIRST_PAUSE;
        let mut is_troubled = false;
        loop {
            let mut done = through;
            let mut hint = Duration::ZERO;
            let mut rest = Vec::new();
            for (path, record) in open {
                let batch = record.batch.clone().unwrap_or_default();
                match self.endpoint()?.state(&batch).await {
                    Ok(BatchState::Running { done: some, .. }) => {
                        done = done.saturating_add(some);
                        rest.push((path, record));
                    }
                    Ok(BatchState::Ended) => {
                        let len = u64::try_from(record.len()).unwrap_or(u64::MAX);
                        (through, done) = (through + len, done.saturating_add(len));
                    }
                    Ok(BatchState::Failed(error)) => {
                        tell(Progress::Lost { batch, reason: error.to_string() });
                        self.let_go(&path, &record, Some(0.0));
                    }
                    Err(error) if error.status == Some(404) => {
                        tell(Progress::Lost { batch, reason: error.to_string() });
                        self.let_go(&path, &record, None);
                    }
                    Err(error) if may_pass(&error) => {
                        hint = hint.max(error.retry_after.unwrap_or_default());
                        if !std::mem::replace(&mut is_troubled, true) {
                            tell(Progress::Trouble(error.to_string()));
                        }
                        rest.push((path, record));
                    }
                    Err(error) => return Err(self.fault(error, "")),
                }
            }
            if rest.is_empty() {
                return Ok(());
            }
            open = rest;
            tell(Progress::Done { done, total: all });
            clock.sleep_until(clock.now() + pause.max(hint.min(10 * LONGEST_PAUSE))).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }
}
