//! Work that outlives the request that started it, and the messages to the client
//! that nobody waits for. Every task has an owner here and ends with the session.
//!
//! A job has a key: an equal order joins the job that runs already. It is asked to stop
//! (by its user, or because it takes too long) and then still delivers what it has; it is
//! dropped where nobody could take that any more (the document or the session is closed).

mod turns;

use std::collections::HashMap;
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tower_lsp::lsp_types::Url;

use super::panics::Guarded;
use super::progress::Progress;
use crate::docstring::SymbolPath;
pub(crate) use turns::Turn;
use turns::Turns;

/// Jobs at the same time; a person does not start more.
const MAX_JOBS: usize = 64;

/// How long a job that was asked to stop may take to deliver what it has. Its user may
/// have to confirm that.
const GRACE: Duration = Duration::from_mins(5);

/// The name of a job, as the client knows it.
pub(crate) type JobId = u64;

/// What a job does. Two orders with the same key are one job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    /// In which document.
    pub(crate) document: Url,
    /// To which symbol; `None` for the whole document.
    pub(crate) symbol: Option<SymbolPath>,
    /// In which style.
    pub(crate) style: &'static str,
    /// What, with everything else that was chosen for it.
    pub(crate) work: String,
}

/// Why a job is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Its user wants it to.
    Cancelled,
    /// It has run for as long as it may.
    TooLong,
}

/// Tells a job to stop.
pub(crate) struct Ticket {
    stop: watch::Receiver<Option<Why>>,
}

impl Ticket {
    /// Completes when the job is to stop.
    pub(crate) async fn stopped(&mut self) -> Why {
        match self.stop.wait_for(Option::is_some).await.map(|why| *why) {
            Ok(Some(why)) => why,
            // Nobody can say any more that it should.
            Ok(None) | Err(_) => std::future::pending().await,
        }
    }
}

/// A job that was ordered.
pub(crate) struct Ordered {
    /// Its name.
    pub(crate) id: JobId,
    /// It ran already.
    pub(crate) is_joined: bool,
    /// Shows it.
    pub(crate) progress: Option<Progress>,
    stop: watch::Receiver<Option<Why>>,
}

impl Ordered {
    /// Completes when the job has ended, however it ended.
    pub(crate) async fn over(mut self) {
        while self.stop.changed().await.is_ok() {}
    }
}

/// Every running task of a session.
#[derive(Clone, Default)]
pub(crate) struct Jobs {
    state: Arc<Mutex<State>>,
    turns: Turns,
}

#[derive(Default)]
struct State {
    last: JobId,
    running: HashMap<JobId, Job>,
    tasks: JoinSet<()>,
    closed: bool,
}

struct Job {
    key: Key,
    stop: watch::Sender<Option<Why>>,
    progress: Option<Progress>,
    abort: AbortHandle,
}

/// Takes a job out of the registry when it ends, however it ends.
struct Registered {
    jobs: Jobs,
    id: JobId,
}

impl Drop for Registered {
    fn drop(&mut self) {
        let job = self.jobs.lock().running.remove(&self.id);
        drop(job);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(progress) = &self.progress {
            progress.abandon(None);
        }
    }
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a job that may take `limit`, or joins the one that has the same key. `None`
    /// when too many are running.
    pub(crate) fn start<F>(
        &self,
        key: Key,
        limit: Duration,
        progress: Option<Progress>,
        work: impl FnOnce(Ticket) -> F,
    ) -> Option<Ordered>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut state = self.lock();
        let equal = |(_, job): &(&JobId, &Job)| job.key == key && job.stop.borrow().is_none();
        if let Some((id, job)) = state.running.iter().find(equal) {
            let (progress, stop) = (job.progress.clone(), job.stop.subscribe());
            return Some(Ordered { id: *id, is_joined: true, progress, stop });
        }
        if state.closed || state.running.len() >= MAX_JOBS {
            return None;
        }
        state.last += 1;
        let id = state.last;
        let (sender, stop) = watch::channel(None);
        let registered = Registered { jobs: self.clone(), id };
        let work = work(Ticket { stop: stop.clone() });
        let asked = sender.clone();
        let abort = state.spawn(async move {
            let _registered = registered;
            let mut work = pin!(work);
            if tokio::time::timeout(limit, &mut work).await.is_err() {
                asked.send_if_modified(|why| why.replace(Why::TooLong).is_none());
                drop(asked);
                let _ = tokio::time::timeout(GRACE, work).await;
            }
        });
        let shown = progress.clone();
        state.running.insert(id, Job { key, stop: sender, progress, abort });
        Some(Ordered { id, is_joined: false, progress: shown, stop })
    }

    /// Runs a task that cannot be cancelled by name, such as a message to the client.
    pub(crate) fn spawn(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Option<AbortHandle> {
        let mut state = self.lock();
        (!state.closed).then(|| state.spawn(work))
    }

    /// Asks a job to stop; whether there was one.
    pub(crate) fn cancel(&self, id: JobId) -> bool {
        let state = self.lock();
        let Some(job) = state.running.get(&id) else { return false };
        job.stop.send_if_modified(|why| why.replace(Why::Cancelled).is_none());
        true
    }

    /// Asks the job to stop whose progress has this token.
    pub(crate) fn cancel_shown(&self, token: &Value) {
        let is_shown = |job: &Job| job.progress.as_ref().is_some_and(|shown| shown.has(token));
        let id = self.lock().running.iter().find(|(_, job)| is_shown(job)).map(|(id, _)| *id);
        if let Some(id) = id {
            self.cancel(id);
        }
    }

    /// Drops the jobs about a document.
    pub(crate) fn cancel_document(&self, document: &Url) {
        self.turns.forget(document);
        let mut dropped = Vec::new();
        {
            let mut state = self.lock();
            let about = |job: &Job| job.key.document == *document;
            let ids: Vec<JobId> =
                state.running.iter().filter(|(_, job)| about(job)).map(|(id, _)| *id).collect();
            dropped.extend(ids.iter().filter_map(|id| state.running.remove(id)));
        }
        for job in dropped {
            job.abort.abort();
        }
    }

    /// Waits until nobody else edits the document.
    pub(crate) async fn turn(&self, document: &Url) -> Turn {
        self.turns.take(document).await
    }

    /// How many jobs are running.
    pub(crate) fn count(&self) -> usize {
        self.lock().running.len()
    }

    /// Ends everything and starts nothing any more.
    pub(crate) fn close(&self) {
        let running = {
            let mut state = self.lock();
            state.closed = true;
            state.tasks.abort_all();
            std::mem::take(&mut state.running)
        };
        drop(running);
    }
}

impl State {
    fn spawn(&mut self, work: impl Future<Output = ()> + Send + 'static) -> AbortHandle {
        while self.tasks.try_join_next().is_some() {}
        let work = Guarded(Box::pin(work));
        self.tasks.spawn(async move {
            if let Err(panicked) = work.await {
                tracing::error!(place = %panicked.place, "a background task panicked");
            }
        })
    }
}

#[cfg(test)]
mod tests;
