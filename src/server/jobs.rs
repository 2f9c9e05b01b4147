//! Work that outlives the request that started it, and the messages to the client
//! that nobody waits for. Every task has an owner here and ends with the session.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::{AbortHandle, JoinSet};
use tower_lsp::lsp_types::Url;

use super::panics::Guarded;

/// Jobs at the same time; a person does not start more.
const MAX_JOBS: usize = 64;

/// The name of a job, as the client knows it.
pub(crate) type JobId = u64;

/// Every running task of a session.
#[derive(Clone, Default)]
pub(crate) struct Jobs(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    last: JobId,
    running: HashMap<JobId, Job>,
    tasks: JoinSet<()>,
    closed: bool,
}

struct Job {
    document: Url,
    abort: Option<AbortHandle>,
}

/// Takes a job out of the registry when it ends, however it ends.
struct Registered {
    jobs: Jobs,
    id: JobId,
}

impl Drop for Registered {
    fn drop(&mut self) {
        self.jobs.lock().running.remove(&self.id);
    }
}

impl Jobs {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts a job about `document`; `None` when too many are running.
    pub(crate) fn start<F>(&self, document: Url, work: impl FnOnce(JobId) -> F) -> Option<JobId>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let id = {
            let mut state = self.lock();
            if state.closed || state.running.len() >= MAX_JOBS {
                return None;
            }
            state.last += 1;
            let id = state.last;
            state.running.insert(id, Job { document, abort: None });
            id
        };
        let registered = Registered { jobs: self.clone(), id };
        let work = work(id);
        let abort = self.spawn(async move {
            let _registered = registered;
            work.await;
        });
        if let Some(job) = self.lock().running.get_mut(&id) {
            job.abort = abort;
        }
        Some(id)
    }

    /// Runs a task that cannot be cancelled by name, such as a message to the client.
    pub(crate) fn spawn(
        &self,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Option<AbortHandle> {
        let mut state = self.lock();
        if state.closed {
            return None;
        }
        while state.tasks.try_join_next().is_some() {}
        let work = Guarded(Box::pin(work));
        Some(state.tasks.spawn(async move {
            if let Err(panicked) = work.await {
                tracing::error!(place = %panicked.place, "a background task panicked");
            }
        }))
    }

    /// Ends a job; whether there was one.
    pub(crate) fn cancel(&self, id: JobId) -> bool {
        let job = self.lock().running.remove(&id);
        if let Some(abort) = job.as_ref().and_then(|job| job.abort.as_ref()) {
            abort.abort();
        }
        job.is_some()
    }

    /// Ends the jobs about a document.
    pub(crate) fn cancel_document(&self, document: &Url) {
        let about = |job: &Job| job.document == *document;
        let ids: Vec<JobId> = {
            let state = self.lock();
            state.running.iter().filter(|(_, job)| about(job)).map(|(id, _)| *id).collect()
        };
        for id in ids {
            self.cancel(id);
        }
    }

    /// Ends everything and starts nothing any more.
    pub(crate) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.tasks.abort_all();
    }
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::Url;

    use super::{Jobs, MAX_JOBS};

    fn document(name: &str) -> Url {
        Url::parse(&format!("file:///{name}")).unwrap()
    }

    #[tokio::test]
    async fn cancels_by_id_and_by_document() {
        let jobs = Jobs::default();
        let (sender, receiver) = tokio::sync::oneshot::channel::<()>();
        let first = jobs.start(document("a"), |_| async move {
            std::future::pending::<()>().await;
            drop(sender);
        });
        let second = jobs.start(document("b"), |_| std::future::pending());
        assert!(jobs.cancel(first.unwrap()));
        assert!(receiver.await.is_err(), "the future is dropped");
        assert!(!jobs.cancel(first.unwrap()));
        jobs.cancel_document(&document("b"));
        assert!(!jobs.cancel(second.unwrap()));
    }

    #[tokio::test]
    async fn is_bounded_and_closes() {
        let jobs = Jobs::default();
        for _ in 0..MAX_JOBS {
            assert!(jobs.start(document("a"), |_| std::future::pending()).is_some());
        }
        assert_eq!(jobs.start(document("a"), |_| std::future::pending()), None);
        jobs.cancel_document(&document("a"));
        jobs.close();
        assert_eq!(jobs.start(document("a"), |_| std::future::pending()), None);
    }
}
