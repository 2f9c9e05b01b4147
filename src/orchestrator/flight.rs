//! Equal questions at the same time are one call. Whoever waits shares one future: it
//! goes on while anybody waits, also when the first one has left, and is dropped with
//! the last, which closes the call.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use futures_util::future::{BoxFuture, FutureExt, Shared, WeakShared};

/// The questions that are being answered, by key.
pub(crate) struct Flights<K, V: Clone>
where
    K: std::hash::Hash + Eq,
{
    flying: Arc<DashMap<K, Flight<V>>>,
    numbers: AtomicU64,
}

struct Flight<V: Clone> {
    number: u64,
    shared: WeakShared<BoxFuture<'static, V>>,
}

/// Takes a flight out of the table when its future ends or is dropped.
struct Landing<K: std::hash::Hash + Eq, V: Clone> {
    flying: Arc<DashMap<K, Flight<V>>>,
    key: K,
    number: u64,
}

impl<K: std::hash::Hash + Eq, V: Clone> Drop for Landing<K, V> {
    fn drop(&mut self) {
        self.flying.remove_if(&self.key, |_, flight| flight.number == self.number);
    }
}

impl<K, V> Default for Flights<K, V>
where
    K: std::hash::Hash + Eq,
    V: Clone,
{
    fn default() -> Self {
        Self { flying: Arc::default(), numbers: AtomicU64::new(0) }
    }
}

impl<K, V> Flights<K, V>
where
    K: std::hash::Hash + Eq + Clone + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The result for `key`: of the future that is already on its way, or of the one
    /// that `make` begins. The flag tells whether it was joined.
    pub(crate) fn join<F>(
        &self,
        key: K,
        make: impl FnOnce() -> F,
    ) -> (Shared<BoxFuture<'static, V>>, bool)
    where
        F: Future<Output = V> + Send + 'static,
    {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let begin = |key: K| {
            let landing = Landing { flying: Arc::clone(&self.flying), key, number };
            let work = make();
            let shared = async move {
                let _landing = landing;
                work.await
            };
            let shared = shared.boxed().shared();
            // Not polled yet, so that it has not ended and can be downgraded.
            let weak = shared.downgrade();
            (shared, weak.map(|shared| Flight { number, shared }))
        };
        match self.flying.entry(key) {
            Entry::Occupied(mut entry) => {
                if let Some(shared) = entry.get().shared.upgrade() {
                    return (shared, true);
                }
                let (shared, flight) = begin(entry.key().clone());
                if let Some(flight) = flight {
                    entry.insert(flight);
                }
                (shared, false)
            }
            Entry::Vacant(entry) => {
                let (shared, flight) = begin(entry.key().clone());
                if let Some(flight) = flight {
                    entry.insert(flight);
                }
                (shared, false)
            }
        }
    }

    /// How many are on their way.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.flying.len()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use futures_util::future::{pending, ready};
    use tokio::sync::oneshot;

    use super::*;

    #[test]
    fn many_callers_make_one_call_even_when_the_first_one_leaves() {
        let flights = Flights::<u8, u32>::default();
        let calls = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = oneshot::channel();
        let count = Arc::clone(&calls);
        let (first, joined) = flights.join(1, move || async move {
            count.fetch_add(1, Ordering::Relaxed);
            receiver.await.unwrap_or(0)
        });
        assert!(!joined && first.clone().now_or_never().is_none());
        let (second, joined) = flights.join(1, pending::<u32>);
        assert!(joined);
        drop(first);
        sender.send(7).unwrap();
        assert_eq!(second.now_or_never(), Some(7));
        assert_eq!((calls.load(Ordering::Relaxed), flights.len()), (1, 0));
    }

    #[test]
    fn the_last_one_to_leave_closes_the_call() {
        let flights = Flights::<u8, u32>::default();
        let (mut sender, receiver) = oneshot::channel::<u32>();
        let (first, _) = flights.join(1, move || async move { receiver.await.unwrap_or(0) });
        let (second, _) = flights.join(1, || ready(0));
        assert!(first.clone().now_or_never().is_none());
        drop(first);
        assert!(!sender.is_closed());
        drop(second);
        assert!(
            sender
                .poll_closed(&mut std::task::Context::from_waker(std::task::Waker::noop()))
                .is_ready()
        );
        assert_eq!(flights.len(), 0);
        let (third, joined) = flights.join(1, || ready(3));
        assert_eq!((third.now_or_never(), joined), (Some(3), false));
    }
}
