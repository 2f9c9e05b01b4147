//! A panic is a bug, and ends one request instead of the session.
//!
//! Only the place of a panic is kept: its message may quote the user's source.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::task::{Context, Poll};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Something panicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panicked {
    /// File and line.
    pub(crate) place: String,
}

/// Replaces the hook that prints to stderr: a guarded panic is reported by who
/// catches it, with the method that it knows.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, ToString::to_string);
        if GUARDED.get() {
            PLACE.with(|slot| slot.replace(Some(place)));
        } else {
            tracing::error!(%place, "a background task panicked");
        }
    }));
}

/// Runs `work`, turning a panic into an error.
pub(crate) fn catch<T>(work: impl FnOnce() -> T) -> Result<T, Panicked> {
    catch_payload(work).map_err(|(panicked, _)| panicked)
}

fn catch_payload<T>(work: impl FnOnce() -> T) -> Result<T, (Panicked, Box<dyn Any + Send>)> {
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.map_err(|payload| {
        let place = PLACE.with(RefCell::take).unwrap_or_else(|| "an unknown place".to_owned());
        (Panicked { place }, payload)
    })
}

/// A future whose panics are errors.
pub(crate) struct Guarded<F>(pub(crate) F);

impl<F: Future + Unpin> Future for Guarded<F> {
    type Output = Result<F::Output, Panicked>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match catch(|| Pin::new(&mut self.0).poll(context)) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(panicked) => Poll::Ready(Err(panicked)),
        }
    }
}

/// Runs CPU-bound `work` off the reader. A panic continues in the caller, so that it
/// is reported once and with the caller's method. `None` when the process is ending.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let joined = tokio::task::spawn_blocking(|| catch_payload(work)).await;
    match joined.ok()? {
        Ok(value) => Some(value),
        Err((panicked, payload)) => {
            PLACE.with(|slot| slot.replace(Some(panicked.place)));
            panic::resume_unwind(payload)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Guarded, blocking, catch};

    #[test]
    fn catches_and_goes_on() {
        assert!(catch(|| panic!("x")).is_err());
        assert_eq!(catch(|| 5), Ok(5));
    }

    #[tokio::test]
    async fn a_panic_in_blocking_work_reaches_the_caller() {
        let work = async { blocking(|| -> u8 { panic!("x") }).await };
        assert!(Guarded(Box::pin(work)).await.is_err());
    }
}
