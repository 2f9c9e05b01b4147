//! Work that blocks, beside the tasks that wait for answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::Handle;

/// Says on being dropped that nobody waits any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` where it may block: on a thread for that, or right here without a runtime.
/// It is given a question to ask now and then: whether nobody waits for it any more.
/// `None` when it panicked or the process is ending.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
) -> Option<T> {
    let Ok(runtime) = Handle::try_current() else { return Some(work(&|| false)) };
    let is_over = Arc::new(AtomicBool::new(false));
    let waiting = Waiting(Arc::clone(&is_over));
    let done = runtime.spawn_blocking(move || work(&|| is_over.load(Ordering::Relaxed))).await;
    drop(waiting);
    done.ok()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::aside;

    #[test]
    fn without_a_runtime_it_is_done_here() {
        assert_eq!(aside(|_| 5).now_or_never(), Some(Some(5)));
    }

    #[tokio::test]
    async fn who_stops_waiting_stops_the_work() {
        let (stopped, news) = mpsc::channel();
        let mut work = Box::pin(aside(move |stop| {
            while !stop() {
                std::thread::yield_now();
            }
            let _ = stopped.send(());
        }));
        assert!(futures_util::poll!(&mut work).is_pending());
        drop(work);
        assert_eq!(news.recv_timeout(Duration::from_secs(30)), Ok(()));
    }
}
