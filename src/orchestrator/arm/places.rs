//! The places for calls at one provider, and who gets the next one that becomes free: a
//! person before a batch, and among equals who came first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::orchestrator::Priority;

/// Places for so many calls at the same time.
pub(crate) struct Places(Mutex<State>);

struct State {
    free: usize,
    persons: VecDeque<oneshot::Sender<Place>>,
    batches: VecDeque<oneshot::Sender<Place>>,
}

/// A place for one call, until it is dropped.
#[must_use]
pub(crate) struct Place(Option<Arc<Places>>);

impl Places {
    pub(crate) fn new(number: usize) -> Arc<Self> {
        let (persons, batches) = (VecDeque::new(), VecDeque::new());
        Arc::new(Self(Mutex::new(State { free: number, persons, batches })))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are free. Nobody waits while one is.
    pub(crate) fn free(&self) -> usize {
        self.lock().free
    }

    /// Waits for a place. Whoever stops waiting takes none.
    pub(crate) async fn take(self: &Arc<Self>, priority: Priority) -> Option<Place> {
        let waiting = {
            let mut state = self.lock();
            if state.free > 0 {
                state.free -= 1;
                return Some(Place(Some(Arc::clone(self))));
            }
            let (sender, waiting) = oneshot::channel();
            let line = match priority {
                Priority::Interactive => &mut state.persons,
                Priority::Bulk => &mut state.batches,
            };
            // Who has left stands there no longer than it takes until others come.
            if line.len().is_power_of_two() {
                line.retain(|sender| !sender.is_closed());
            }
            line.push_back(sender);
            waiting
        };
        waiting.await.ok()
    }

    /// Hands a place on to who waits for it.
    fn give(self: Arc<Self>) {
        let mut place = Place(Some(Arc::clone(&self)));
        loop {
            let next = {
                let mut state = self.lock();
                let next = state.persons.pop_front().or_else(|| state.batches.pop_front());
                if next.is_none() {
                    state.free += 1;
                }
                next
            };
            let Some(next) = next else {
                // It is counted as free, and nothing more is to be done about it.
                place.0 = None;
                return;
            };
            // Who has left gives it back; it is not dropped, which would begin anew.
            match next.send(place) {
                Ok(()) => return,
                Err(back) => place = back,
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(places) = self.0.take() {
            places.give();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Places;
    use crate::orchestrator::Priority::{Bulk, Interactive};

    #[test]
    fn a_person_is_served_before_a_batch_that_came_first() {
        let places = Places::new(1);
        let taken = places.take(Bulk).now_or_never().flatten().expect("a free place");
        let mut lines = [Bulk, Bulk, Interactive, Interactive].map(|priority| {
            let places = std::sync::Arc::clone(&places);
            let mut waiting = async move { places.take(priority).await }.boxed();
            assert!(waiting.as_mut().now_or_never().is_none());
            waiting
        });
        drop(taken);
        let mut order = Vec::new();
        for _ in 0..4 {
            let served = lines.iter_mut().enumerate().filter(|(at, _)| !order.contains(at));
            let mut served: Vec<_> = served
                .filter_map(|(at, line)| Some((at, line.as_mut().now_or_never()??)))
                .collect();
            let (at, place) = served.pop().expect("somebody is served");
            assert!(served.is_empty(), "one place for one");
            order.push(at);
            drop(place);
        }
        assert_eq!(order, [2, 3, 0, 1]);
        assert_eq!(places.free(), 1);
    }

    #[test]
    fn who_leaves_takes_no_place() {
        let places = Places::new(1);
        let taken = places.take(Bulk).now_or_never().flatten();
        let other = std::sync::Arc::clone(&places);
        let mut gone = async move { other.take(Interactive).await }.boxed();
        let mut served = async { places.take(Bulk).await }.boxed();
        assert!(gone.as_mut().now_or_never().is_none());
        assert!(served.as_mut().now_or_never().is_none());
        drop(gone);
        drop(taken);
        let place = served.as_mut().now_or_never().flatten();
        assert!(place.is_some(), "the next in line has it");
        drop(place);
        assert_eq!(places.free(), 1);
        // It may also leave after it was given one.
        let taken = places.take(Bulk).now_or_never();
        let mut late = async { places.take(Bulk).await }.boxed();
        assert!(late.as_mut().now_or_never().is_none());
        drop(taken);
        assert_eq!(places.free(), 0);
        drop(late);
        assert_eq!(places.free(), 1);
    }
}
