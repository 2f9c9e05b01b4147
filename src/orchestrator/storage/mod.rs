//! Where answers are kept. A cache is best effort: whoever uses it counts its faults
//! and goes on without; every entry that is read is checked again like a new answer.
//!
//! | storage | kept | shared |
//! |---|---|---|
//! | [`Memory`] | while the process lives | with nobody |
//! | [`Disk`] | in one file | with every process of the user |
//! | [`Redis`] | on a server | with everybody who uses that server |
//! | [`Tiered`] | in two of them | as the second of them |
//!
//! An answer that is on its way while the cache is cleared is not kept: whoever asks a
//! provider calls [`Storage::begin`] first, and hands the [`Generation`] to
//! [`Storage::put`] with the answer.

mod codec;
mod disk;
mod generation;
mod key;
mod memory;
mod pause;
mod redis;
mod tiered;

#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::provider::Usage;

pub use self::disk::Disk;
pub use self::generation::Generation;
pub use self::memory::Memory;
pub use self::redis::Redis;
pub use self::tiered::Tiered;

/// Tells the time of day, by which entries grow old.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// The clock of this machine.
pub fn system_clock() -> Clock {
    Arc::new(SystemTime::now)
}

/// SHA-256 over everything that an answer depends on.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub [u8; 32]);

impl Key {
    /// The key that is written so; `None` for what is none.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 2 * bytes.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A kept answer. Holds neither the question nor a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The content as it was accepted.
    pub content: Value,
    /// Whose words these are.
    pub provider: String,
    /// Which model.
    pub model: String,
    /// What it cost in tokens.
    pub input: u64,
    /// Of these, from the provider's prompt cache.
    pub cached_input: u64,
    /// What it cost in tokens.
    pub output: u64,
    /// The workspace it belongs to.
    pub scope: String,
    /// When it was written.
    pub written: SystemTime,
}

impl Entry {
    /// The tokens of the answer.
    pub fn usage(&self) -> Usage {
        Usage { input: self.input, cached_input: self.cached_input, output: self.output }
    }
}

/// A fault of the storage: one sentence, for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StorageError(pub String);

/// Which entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// Every one.
    All,
    /// Those of a workspace.
    Scope(String),
}

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Entries.
    pub entries: u64,
    /// Bytes, as the bound counts them.
    pub bytes: u64,
}

/// A place where answers are kept.
///
/// A `clear` wins over every `put` that began before it: an answer that was on its way
/// when the cache was cleared is not kept.
pub trait Storage: Send + Sync {
    /// Its name in reports: `memory`, `disk` or `redis`.
    fn name(&self) -> &'static str;

    /// The entry of `key`; `None` when there is none, or it is too old.
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>>;

    /// Marks the moment at which work on an answer begins, for [`Storage::put`].
    fn begin(&self) -> Generation {
        Generation::at(SystemTime::now())
    }

    /// Keeps an entry for `ttl`, unless it was cleared since `began`.
    fn put<'a>(
        &'a self,
        key: &'a Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>>;

    /// Forgets one entry.
    fn remove<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<(), StorageError>>;

    /// Forgets these entries.
    fn clear<'a>(&'a self, which: &'a Which) -> BoxFuture<'a, Result<(), StorageError>>;

    /// How much is kept, at once and roughly.
    fn size(&self) -> Size;
}
