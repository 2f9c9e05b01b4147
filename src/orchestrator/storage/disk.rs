//! Answers in one `SQLite` file, which every process of the user may have open.

mod file;
mod rows;

#[cfg(test)]
mod tests;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use rusqlite::{Connection, ErrorCode};
use tokio::runtime::Handle;

use super::codec::{decode, encode, expiry, weight};
use super::generation::{Clears, Generation, micros};
use super::pause::Pause;
use super::{Clock, Entry, Key, Size, Storage, StorageError, Which, system_clock};
use rows::Row;

/// How long a reader waits for a lock. In WAL mode writers do not stop readers, so that
/// it waits at all only while a file is made or mended.
const READ_WAIT: Duration = Duration::from_millis(250);
/// How long a writer waits for another one.
const WRITE_WAIT: Duration = Duration::from_secs(1);
/// What is read again within this time is not noted again: recency is coarse, and a read
/// mostly is only a read.
const RECENCY: Duration = Duration::from_hours(1);
/// Uses that are noted together. Those that a process does not get to note are lost.
const NOTED: usize = 32;

/// Answers on disk, within a bound of bytes. When it is reached, those that were not used
/// for the longest time go first.
///
/// The file and its folder are made when they are first needed, for the user alone. A
/// file that cannot be read, or is of another version, is replaced by an empty one. The
/// work is done on the runtime's threads for blocking work.
pub struct Disk {
    shared: Arc<Shared>,
}

struct Shared {
    path: PathBuf,
    max_bytes: u64,
    clock: Clock,
    /// Tells clearings of this storage from those of other processes.
    instance: i64,
    state: Mutex<State>,
    entries: AtomicU64,
    bytes: AtomicU64,
}

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    /// The file was found damaged: all of it is checked when it is opened again.
    is_suspect: bool,
    pause: Pause,
    clears: Clears,
    used: Vec<(Key, i64)>,
}

impl Disk {
    /// The usual bound: 256 MiB.
    pub const MAX_BYTES: u64 = 256 << 20;

    /// A storage in the file `path`, of at most `max_bytes`. Nothing is opened yet.
    pub fn new(path: impl Into<PathBuf>, max_bytes: u64) -> Self {
        Self::with_clock(path, max_bytes, system_clock())
    }

    /// The same, with another clock.
    pub fn with_clock(path: impl Into<PathBuf>, max_bytes: u64, clock: Clock) -> Self {
        // Random by its keys, which differ from one to the next.
        let instance = RandomState::new().hash_one(std::process::id()).cast_signed();
        let shared = Shared {
            path: path.into(),
            max_bytes,
            clock,
            instance,
            state: Mutex::default(),
            entries: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Runs `work` where it may block.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shared) -> Result<T, StorageError> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StorageError>> {
        let shared = Arc::clone(&self.shared);
        Box::pin(async move {
            let Ok(runtime) = Handle::try_current() else {
                return Err(fault("it needs a runtime"));
            };
            let done = runtime.spawn_blocking(move || work(&shared)).await;
            done.unwrap_or_else(|_| Err(fault("the work was given up")))
        })
    }
}

fn fault(what: impl std::fmt::Display) -> StorageError {
    StorageError(format!("the answer cache on disk cannot be used: {what}"))
}

/// What `SQLite` says about a file whose content is not what it shall be.
fn is_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::Error;
    match error {
        Error::SqliteFailure(error, _) => matches!(
            error.code,
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::SchemaChanged
                | ErrorCode::TypeMismatch
                | ErrorCode::ConstraintViolation
                // "SQL logic error": a table or a column is missing.
                | ErrorCode::Unknown
        ),
        // All of our questions fit the schema.
        Error::SqlInputError { .. }
        | Error::InvalidColumnType(..)
        | Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::QueryReturnedNoRows
        | Error::Utf8Error(..) => true,
        _ => false,
    }
}

impl Shared {
    fn now(&self) -> i64 {
        micros((self.clock)())
    }

    /// Runs `work` on the open file. When the file turns out to be damaged, it is mended
    /// or replaced, and the work is done again.
    fn with<T>(
        &self,
        wait: Duration,
        mut work: impl FnMut(&mut Connection, &mut State) -> rusqlite::Result<T>,
    ) -> Result<T, StorageError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut last = None;
        for _ in 0..2 {
            let mut connection = match state.connection.take() {
                Some(connection) => connection,
                None => self.open(&mut state)?,
            };
            let done = connection
                .busy_timeout(wait)
                .and_then(|()| work(&mut connection, &mut state))
                .and_then(|value| Ok((value, rows::totals(&connection)?)));
            match done {
                Ok((value, (entries, bytes))) => {
                    self.entries.store(entries, Ordering::Relaxed);
                    self.bytes.store(bytes, Ordering::Relaxed);
                    state.connection = Some(connection);
                    return Ok(value);
                }
                Err(error) if is_damage(&error) => {
                    state.is_suspect = true;
                    last = Some(error);
                }
                Err(error) => {
                    // After an I/O error the file is opened anew the next time.
                    if error.sqlite_error_code() != Some(ErrorCode::SystemIoFailure) {
                        state.connection = Some(connection);
                    }
                    return Err(fault(error));
                }
            }
        }
        Err(last.map_or_else(|| fault("it is damaged"), fault))
    }

    fn open(&self, state: &mut State) -> Result<Connection, StorageError> {
        if state.pause.left().is_some() {
            return Err(fault("it could not be opened a moment ago"));
        }
        match file::open(&self.path, state.is_suspect) {
            Ok(connection) => {
                state.pause.succeed();
                state.is_suspect = false;
                Ok(connection)
            }
            Err(error) => {
                state.pause.fail();
                Err(fault(error))
            }
        }
    }

    fn get(&self, key: Key) -> Result<Option<Entry>, StorageError> {
        self.with(READ_WAIT, |connection, state| {
            let now = self.now();
            let Some(row) = rows::find(connection, &key)? else { return Ok(None) };
            let entry = row
                .entry
                .as_deref()
                .filter(|_| row.expires > now)
                .and_then(|bytes| decode(&key, bytes));
            if entry.is_none() {
                // Best effort: what stays is bad the next time, too.
                rows::remove(connection, &key).ok();
                return Ok(None);
            }
            // A clock that was set back is taken as it is.
            if now.abs_diff(row.used) > u64::try_from(RECENCY.as_micros()).unwrap_or(u64::MAX) {
                state.used.push((key, now));
            }
            if state.used.len() >= NOTED {
                rows::note(connection, &std::mem::take(&mut state.used)).ok();
            }
            Ok(entry)
        })
    }

    fn put(
        &self,
        key: Key,
        entry: &Entry,
        ttl: Duration,
        began: Generation,
    ) -> Result<(), StorageError> {
        let bytes = encode(&key, entry)?;
        let expires = expiry((self.clock)(), ttl);
        let weight = i64::try_from(weight(bytes.len(), &entry.scope)).unwrap_or(i64::MAX);
        self.with(WRITE_WAIT, |connection, state| {
            if state.clears.outdate(began, &entry.scope) {
                return Ok(());
            }
            let now = self.now();
            let row = Row { scope: &entry.scope, bytes: &bytes, weight, expires, used: now };
            let used = std::mem::take(&mut state.used);
            let began = (began.micros(), self.instance);
            rows::put(connection, &key, &row, began, &used, self.max_bytes)
        })
    }

    fn clear(&self, which: &Which, moment: Generation) -> Result<(), StorageError> {
        {
            // Also when the file cannot be cleared, what is on its way is not kept.
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.clears.clear(which, moment);
            state.used.clear();
        }
        self.with(WRITE_WAIT, |connection, _| {
            rows::clear(connection, which, (moment.micros(), self.instance))
        })
    }
}

impl Storage for Disk {
    fn name(&self) -> &'static str {
        "disk"
    }

    fn begin(&self) -> Generation {
        Generation::at((self.shared.clock)())
    }

    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>> {
        let key = *key;
        self.run(move |shared| shared.get(key))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        let key = *key;
        self.run(move |shared| shared.put(key, &entry, ttl, began))
    }

    fn remove<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<(), StorageError>> {
        let key = *key;
        self.run(move |shared| {
            shared.with(WRITE_WAIT, |connection, _| rows::remove(connection, &key))
        })
    }

    fn clear<'a>(&'a self, which: &'a Which) -> BoxFuture<'a, Result<(), StorageError>> {
        let (which, moment) = (which.clone(), self.begin());
        self.run(move |shared| shared.clear(&which, moment))
    }

    /// As it was after the last use of the file by this process.
    fn size(&self) -> Size {
        Size {
            entries: self.shared.entries.load(Ordering::Relaxed),
            bytes: self.shared.bytes.load(Ordering::Relaxed),
        }
    }
}
