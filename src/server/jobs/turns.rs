//! One edit of a document at a time.
//!
//! An editor that takes no versions with its edits applies them to whatever it shows. So
//! the next edit is only computed when the server has seen the last one arrive.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;
use tower_lsp::lsp_types::Url;

/// How long an editor may take to tell of a change that it has made.
const SETTLES: Duration = Duration::from_millis(500);

/// The version to which an edit was applied, and when.
type Applied = Option<(i32, Instant)>;

/// Who waits for a document.
type Queue = Arc<tokio::sync::Mutex<Applied>>;

#[derive(Clone, Default)]
pub(super) struct Turns(Arc<Mutex<HashMap<Url, Queue>>>);

/// The right to edit a document, until it is dropped.
pub(crate) struct Turn(OwnedMutexGuard<Applied>);

impl Turns {
    fn lock(&self) -> MutexGuard<'_, HashMap<Url, Queue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn take(&self, document: &Url) -> Turn {
        let queue = {
            let mut queues = self.lock();
            queues.retain(|_, queue| Arc::strong_count(queue) > 1 || is_recent(queue));
            Arc::clone(queues.entry(document.clone()).or_default())
        };
        Turn(queue.lock_owned().await)
    }

    pub(super) fn forget(&self, document: &Url) {
        self.lock().remove(document);
    }
}

/// Whether the last edit may not have arrived yet.
fn is_recent(queue: &Queue) -> bool {
    queue.try_lock().is_ok_and(|applied| applied.is_some_and(|(_, at)| at.elapsed() < SETTLES))
}

impl Turn {
    /// An edit of this version was applied.
    pub(crate) fn applied(&mut self, version: i32) {
        *self.0 = Some((version, Instant::now()));
    }

    /// Whether the edit before this one may not have arrived yet.
    pub(crate) fn is_unsettled(&self, version: i32) -> bool {
        self.0.is_some_and(|(applied, at)| applied == version && at.elapsed() < SETTLES)
    }
}
