//! Answers in the memory of this process.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::{BoxFuture, ready};
use moka::Expiry;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::codec::{decode, encode, expiry, weight};
use super::generation::{Clears, Generation, micros};
use super::{Clock, Entry, Key, Size, Storage, StorageError, Which, system_clock};

/// A kept entry: its bytes, so that the bound is the truth.
#[derive(Clone)]
struct Kept {
    bytes: Arc<[u8]>,
    scope: Arc<str>,
    ttl: Duration,
    /// By the clock, microseconds since 1970.
    expires: i64,
}

/// Gives memory back when the time is over, also when nobody asks for the entry again.
struct Ttl;

impl Expiry<Key, Kept> for Ttl {
    fn expire_after_create(&self, _: &Key, kept: &Kept, _: Instant) -> Option<Duration> {
        Some(kept.ttl)
    }

    fn expire_after_update(
        &self,
        _: &Key,
        kept: &Kept,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(kept.ttl)
    }
}

/// Answers in memory, within a bound of bytes. When it is reached, those that were not
/// used for the longest time go first: every one was paid for, so that a new one is
/// never refused in favour of an old one.
pub struct Memory {
    cache: Cache<Key, Kept>,
    /// Held while something is written, so that a clearing is before or after it.
    clears: Mutex<Clears>,
    clock: Clock,
}

impl Memory {
    /// The usual bound: 64 MiB.
    pub const MAX_BYTES: u64 = 64 << 20;
    /// No timer runs longer; whoever kept an entry for longer finds it by its own time.
    const MAX_TTL: Duration = Duration::from_hours(10 * 365 * 24);

    /// A storage of at most `max_bytes`.
    pub fn new(max_bytes: u64) -> Self {
        Self::with_clock(max_bytes, system_clock())
    }

    /// The same, with another clock.
    pub fn with_clock(max_bytes: u64, clock: Clock) -> Self {
        let cache = Cache::builder()
            .max_capacity(max_bytes)
            .weigher(|_, kept: &Kept| {
                u32::try_from(weight(kept.bytes.len(), &kept.scope)).unwrap_or(u32::MAX)
            })
            .eviction_policy(EvictionPolicy::lru())
            .expire_after(Ttl)
            .build();
        Self { cache, clears: Mutex::default(), clock }
    }

    fn clears(&self) -> MutexGuard<'_, Clears> {
        self.clears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> SystemTime {
        (self.clock)()
    }

    pub(super) fn get_now(&self, key: &Key) -> Option<Entry> {
        let kept = self.cache.get(key)?;
        if kept.expires <= micros(self.now()) {
            // Not `invalidate`: a newer one may stand there by now.
            self.cache.entry(*key).and_compute_with(|found| match found {
                Some(found) if Arc::ptr_eq(&found.value().bytes, &kept.bytes) => {
                    moka::ops::compute::Op::Remove
                }
                _ => moka::ops::compute::Op::Nop,
            });
            return None;
        }
        decode(key, &kept.bytes)
    }

    pub(super) fn put_now(
        &self,
        key: &Key,
        entry: &Entry,
        ttl: Duration,
        began: Generation,
    ) -> Result<(), StorageError> {
        let bytes: Arc<[u8]> = encode(key, entry)?.into();
        let scope = entry.scope.as_str().into();
        let expires = expiry(self.now(), ttl);
        let kept = Kept { bytes, scope, ttl: ttl.min(Self::MAX_TTL), expires };
        let clears = self.clears();
        if !clears.outdate(began, &entry.scope) {
            self.cache.insert(*key, kept);
        }
        Ok(())
    }

    pub(super) fn clear_now(&self, which: &Which, moment: Generation) {
        let mut clears = self.clears();
        clears.clear(which, moment);
        for (key, kept) in &self.cache {
            if matches!(which, Which::All) || matches!(which, Which::Scope(s) if **s == *kept.scope)
            {
                self.cache.invalidate(&*key);
            }
        }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(Self::MAX_BYTES)
    }
}

impl Storage for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn begin(&self) -> Generation {
        Generation::at(self.now())
    }

    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>> {
        Box::pin(ready(Ok(self.get_now(key))))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(ready(self.put_now(key, &entry, ttl, began)))
    }

    fn remove<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<(), StorageError>> {
        self.cache.invalidate(key);
        Box::pin(ready(Ok(())))
    }

    fn clear<'a>(&'a self, which: &'a Which) -> BoxFuture<'a, Result<(), StorageError>> {
        self.clear_now(which, self.begin());
        Box::pin(ready(Ok(())))
    }

    fn size(&self) -> Size {
        self.cache.run_pending_tasks();
        Size { entries: self.cache.entry_count(), bytes: self.cache.weighted_size() }
    }
}
