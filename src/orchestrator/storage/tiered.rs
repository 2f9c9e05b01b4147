//! Memory in front of a storage that needs I/O.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::generation::Generation;
use super::{Entry, Key, Memory, Size, Storage, StorageError, Which};

/// How long an entry of the second storage is kept in memory: what another process
/// forgot there is forgotten here after this time at the latest.
const COPY_TTL: Duration = Duration::from_hours(1);

/// What is used often comes from memory, without I/O; everything is in the second
/// storage too. When that one fails, memory goes on alone.
pub struct Tiered {
    memory: Memory,
    second: Arc<dyn Storage>,
}

impl Tiered {
    /// `memory` in front of `second`.
    pub fn new(memory: Memory, second: Arc<dyn Storage>) -> Self {
        Self { memory, second }
    }
}

impl Storage for Tiered {
    fn name(&self) -> &'static str {
        self.second.name()
    }

    fn begin(&self) -> Generation {
        self.second.begin()
    }

    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>> {
        Box::pin(async move {
            if let Some(entry) = self.memory.get_now(key) {
                return Ok(Some(entry));
            }
            let began = self.begin();
            let found = self.second.get(key).await?;
            if let Some(entry) = &found {
                self.memory.put_now(key, entry, COPY_TTL, began)?;
            }
            Ok(found)
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            self.memory.put_now(key, &entry, ttl, began)?;
            self.second.put(key, entry, ttl, began).await
        })
    }

    fn remove<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let forgotten = self.second.remove(key).await;
            // After the second one, from which a reader may just have taken a copy.
            self.memory.remove(key).await?;
            forgotten
        })
    }

    fn clear<'a>(&'a self, which: &'a Which) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            self.memory.clear_now(which, self.begin());
            let cleared = self.second.clear(which).await;
            // A reader may have taken a copy out of the second one meanwhile.
            self.memory.clear_now(which, self.begin());
            cleared
        })
    }

    fn size(&self) -> Size {
        let (first, second) = (self.memory.size(), self.second.size());
        if second.entries >= first.entries { second } else { first }
    }
}
