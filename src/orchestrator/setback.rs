//! Questions that nobody could answer, and that nobody will a moment later: what was
//! refused, not understood or too long is not put again at once. What has to do with a
//! provider's health or limits is not kept here: that changes by itself.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Attempt, OrchestratorError};
use crate::provider::ErrorKind;

/// How long it is remembered: longer than an impatient second try, shorter than it takes
/// to change a setting.
const TTL: Duration = Duration::from_secs(30);
/// How many are remembered.
const MOST: usize = 256;

/// Why questions have no answer, for a short time.
pub(crate) struct Setbacks<K>(Mutex<HashMap<K, (Instant, OrchestratorError)>>);

impl<K> Default for Setbacks<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq> Setbacks<K> {
    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, OrchestratorError)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why this question has no answer, if that is still so.
    pub(crate) fn get(&self, key: &K, now: Instant) -> Option<OrchestratorError> {
        let kept = self.lock();
        let (until, error) = kept.get(key)?;
        (now < *until).then(|| error.clone())
    }

    /// Remembers the error if the same question would have it again.
    pub(crate) fn keep(&self, key: K, error: &OrchestratorError, now: Instant) {
        if !is_lasting(error) {
            return;
        }
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.retain(|_, (until, _)| now < *until);
        }
        if kept.len() < MOST {
            kept.insert(key, (now + TTL, error.clone()));
        }
    }

    /// Forgets all of them.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }
}

/// Whether every attempt failed for a reason that lies with the question.
fn is_lasting(error: &OrchestratorError) -> bool {
    let lies_with_the_question = |attempt: &Attempt| {
        let kind = attempt.ending.kind();
        let kinds = [ErrorKind::BadRequest, ErrorKind::ContextOverflow, ErrorKind::Refused];
        kind.is_some_and(|kind| kinds.contains(&kind))
    };
    match error {
        OrchestratorError::Failed { attempts } => attempts.iter().all(lies_with_the_question),
        _ => false,
    }
}
