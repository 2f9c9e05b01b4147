//! Answers on a Redis server, shared by everybody who uses it.
//!
//! | name | what it holds |
//! |---|---|
//! | `docstring-ls:1:e:KEY` | an entry |
//! | `docstring-ls:1:s:SCOPE:KEY` | nothing; says that the entry belongs to a scope |
//! | `docstring-ls:1:c:SCOPE`, `docstring-ls:1:c:*` | when a scope, or all, was cleared |
//!
//! `SCOPE` is a hash: the name of a workspace is nobody's business. An entry that was
//! overwritten from another scope goes with the first of both that is cleared. Everything
//! has a time to live. Nothing outside the prefix is ever touched.

mod link;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{collections::hash_map::RandomState, fmt, hash::BuildHasher};

use futures_util::future::BoxFuture;
use redis::{Cmd, FromRedisValue, RedisResult, cmd, pipe};
use sha2::{Digest, Sha256};

use super::codec::{MAX_ENTRY, decode, encode, weight};
use super::generation::{Clears, Generation};
use super::{Clock, Entry, Key, Size, Storage, StorageError, Which, system_clock};
use link::{Commands, Link};

/// Of everything that is ours; the number changes with the format.
const PREFIX: &str = "docstring-ls:1:";
/// How long a clearing is remembered for other processes: longer than any answer takes.
const CLEARED: Duration = Duration::from_hours(1);
/// The longest time to live: the server refuses what ends in another age.
const MAX_TTL: Duration = Duration::from_hours(10 * 365 * 24);

/// Answers on a Redis server.
///
/// It is connected to when it is first needed. One that does not answer costs a quarter
/// of a second, once; then it is left alone, for a second first and for a minute in the
/// end, and every call fails at once. How much room there is, and what goes first, is the
/// server's configuration (`maxmemory`, `maxmemory-policy`).
pub struct Redis {
    link: Link,
    clears: Mutex<Clears>,
    clock: Clock,
    /// Tells clearings of this storage from those of other processes.
    instance: u64,
    entries: AtomicU64,
    bytes: AtomicU64,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Redis").field(&self.link.address()).finish()
    }
}

impl Redis {
    /// The storage at `redis://[user:password@]host[:port][/database]`. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the address is none, or asks for TLS, which is not built in. The address is
    /// not repeated: it may hold a password.
    pub fn new(url: &str) -> Result<Self, StorageError> {
        Self::with_clock(url, system_clock())
    }

    /// The same, with another clock. Entries grow old by the server's own.
    ///
    /// # Errors
    ///
    /// As [`Redis::new`].
    pub fn with_clock(url: &str, clock: Clock) -> Result<Self, StorageError> {
        Ok(Self {
            link: Link::new(url)?,
            clears: Mutex::default(),
            clock,
            // Random by its keys, which differ from one to the next.
            instance: RandomState::new().hash_one(std::process::id()),
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        })
    }

    fn clears(&self) -> MutexGuard<'_, Clears> {
        self.clears.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a clearing of another process, as the server remembers it, came after
    /// `began`. Our own are told apart by their order.
    fn outdates(&self, cleared: &[Option<String>], began: Generation) -> bool {
        cleared.iter().flatten().any(|cleared| {
            let Some((at, instance)) = cleared.split_once(':') else { return false };
            let is_other = instance.parse() != Ok(self.instance);
            is_other && at.parse::<i64>().is_ok_and(|at| at >= began.micros())
        })
    }

    async fn find(&self, key: Key) -> Result<Option<Entry>, StorageError> {
        let name = entry_name(&key);
        // A range, so that a value of a hundred megabytes costs no more than the limit.
        let mut read = cmd("GETRANGE");
        read.arg(&name).arg(0).arg(MAX_ENTRY);
        let found: RedisResult<Vec<u8>> = self.read(&read).await?;
        let is_foreign = match &found {
            Ok(bytes) if bytes.is_empty() => return Ok(None),
            Ok(bytes) => match decode(&key, bytes) {
                Some(entry) => return Ok(Some(entry)),
                None => true,
            },
            Err(error) => error.code() == Some("WRONGTYPE"),
        };
        if is_foreign {
            self.forget(&[name]).await.ok();
            return Ok(None);
        }
        found.map(|_| None).map_err(|error| link::fault(&error))
    }

    async fn keep(
        &self,
        key: Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> Result<(), StorageError> {
        let bytes = encode(&key, &entry)?;
        if self.clears().outdate(began, &entry.scope) {
            return Ok(());
        }
        let ttl = millis(ttl.min(MAX_TTL));
        let scope = scope_hash(&entry.scope);
        let names = [entry_name(&key), format!("{PREFIX}s:{scope}:{key}")];
        // A clearing says so before it looks for entries. So it either finds this one, or
        // what it said is read here.
        let [name, member] = &names;
        let mut pipe = pipe();
        pipe.cmd("SET").arg(name).arg(&bytes).arg("PX").arg(ttl).ignore();
        pipe.cmd("SET").arg(member).arg("").arg("PX").arg(ttl).ignore();
        pipe.cmd("MGET").arg(cleared_name("*")).arg(cleared_name(&scope));
        let limit = self.link.limits.write;
        let written: RedisResult<(Vec<Option<String>>,)> =
            self.link.run(limit, Commands::Many(&pipe)).await?;
        let (cleared,) = written.map_err(|error| link::fault(&error))?;
        let is_outdated = self.clears().outdate(began, &entry.scope);
        if is_outdated || self.outdates(&cleared, began) {
            return self.forget(&names).await;
        }
        let weight = weight(bytes.len(), &entry.scope) as u64;
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(weight, Ordering::Relaxed);
        Ok(())
    }

    async fn forget(&self, names: &[String]) -> Result<(), StorageError> {
        self.write(cmd("UNLINK").arg(names)).await
    }

    async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<RedisResult<T>, StorageError> {
        self.link.run(self.link.limits.read, Commands::One(command)).await
    }

    async fn write<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StorageError> {
        let done = self.link.run(self.link.limits.write, Commands::One(command)).await?;
        done.map_err(|error| link::fault(&error))
    }

    async fn clear_at(&self, which: &Which, moment: Generation) -> Result<(), StorageError> {
        let (scope, pattern) = match which {
            Which::All => ("*".to_owned(), format!("{PREFIX}*")),
            Which::Scope(scope) => {
                let scope = scope_hash(scope);
                let pattern = format!("{PREFIX}s:{scope}:*");
                (scope, pattern)
            }
        };
        let said = format!("{}:{}", moment.micros(), self.instance);
        let mut say = cmd("SET");
        say.arg(cleared_name(&scope)).arg(said).arg("PX").arg(millis(CLEARED));
        self.write::<()>(&say).await?;
        let mut cursor = 0u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(&pattern).arg("COUNT").arg(1000);
            let (next, found): (u64, Vec<String>) = self.write(&scan).await?;
            let mut names = Vec::with_capacity(2 * found.len());
            for name in found.into_iter().filter(|name| !name.starts_with(&cleared_name(""))) {
                let member = name.strip_prefix(&format!("{PREFIX}s:{scope}:"));
                names.extend(member.map(|key| format!("{PREFIX}e:{key}")));
                names.push(name);
            }
            if !names.is_empty() {
                self.forget(&names).await?;
            }
            cursor = next;
            if cursor == 0 {
                return Ok(());
            }
        }
    }
}

fn entry_name(key: &Key) -> String {
    format!("{PREFIX}e:{key}")
}

fn cleared_name(scope: &str) -> String {
    format!("{PREFIX}c:{scope}")
}

fn scope_hash(scope: &str) -> String {
    Key(Sha256::digest(scope.as_bytes()).into()).to_string()
}

/// The server's unit of time, of which it wants at least one.
fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1)
}

impl Storage for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }

    fn begin(&self) -> Generation {
        Generation::at((self.clock)())
    }

    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>> {
        Box::pin(self.find(*key))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(self.keep(*key, entry, ttl, began))
    }

    fn remove<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<(), StorageError>> {
        // Its member of a scope ends by itself.
        Box::pin(async move { self.forget(&[entry_name(key)]).await })
    }

    fn clear<'a>(&'a self, which: &'a Which) -> BoxFuture<'a, Result<(), StorageError>> {
        let moment = self.begin();
        self.clears().clear(which, moment);
        if *which == Which::All {
            self.entries.store(0, Ordering::Relaxed);
            self.bytes.store(0, Ordering::Relaxed);
        }
        Box::pin(self.clear_at(which, moment))
    }

    /// What this process wrote since it began or cleared all. The server is not asked,
    /// and what it forgot is not known.
    fn size(&self) -> Size {
        Size {
            entries: self.entries.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
