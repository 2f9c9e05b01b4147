//! The state file: JSON, shared by every process of the user.
//!
//! Invariant: under the lock, what is written is what was read with a change applied,
//! and it takes the old file's place in one step. So a reader needs no lock, a crash
//! leaves the old file or the new one, and nothing that another process wrote is lost.
//! A file that is not ours or is damaged is set aside, never a failure.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::orchestrator::metrics::Tally;

/// What the file says it is.
const FORMAT: &str = "docstring-ls-state";
/// Raised with every change that an older program would misread.
const VERSION: u32 = 1;
/// Of a file, in bytes. A real one has some tens of thousands.
const LARGEST: u64 = 4 << 20;
/// How long another process may hold the lock, and how long a look at it takes.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(2);

/// Why the state cannot be kept. Nothing else fails with it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// Another process does not let go of the lock.
    #[error("another process keeps `{}` locked", .0.display())]
    Busy(PathBuf),
    /// A newer program wrote it; it is left alone.
    #[error("a newer version of this program wrote `{}`, so that it is left as it is", .0.display())]
    Newer(PathBuf),
    /// Larger than can be.
    #[error("`{}` would be larger than 4 MiB", .0.display())]
    TooLarge(PathBuf),
    /// It is no state file, or a damaged one.
    #[error("`{}` is damaged or not a state file: {reason}", path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Reading or writing failed.
    #[error("`{}`: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What the file holds. What is missing is empty; what is unknown is dropped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(in crate::orchestrator) struct Document {
    pub(in crate::orchestrator) metrics: Tally,
    /// What was learned about each provider, opaque.
    pub(in crate::orchestrator) arms: BTreeMap<String, Value>,
    /// Billionths of a US dollar by day (UTC, `2026-11-22`).
    pub(in crate::orchestrator) spending: BTreeMap<String, u64>,
}

/// The document with its heading.
#[derive(Serialize)]
struct Written<'a> {
    format: &'a str,
    version: u32,
    #[serde(flatten)]
    document: &'a Document,
}

/// The heading alone.
#[derive(Deserialize)]
struct Heading {
    format: String,
    version: u32,
}

/// A state file. Every process, and every thread, may have its own.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    /// What it held when this process last saw it: a damaged file is replaced by that.
    /// The lock also lets the threads of this process wait for each other in order.
    seen: Mutex<Option<Document>>,
}

impl StateFile {
    /// The file at `path`, which need not exist yet. Its folder is made when needed.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), seen: Mutex::new(None) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds; nothing when it does not exist. It is not touched.
    ///
    /// # Errors
    ///
    /// When it cannot be read or understood.
    pub(in crate::orchestrator) fn read(&self) -> Result<Document, StateError> {
        let document = self.parse()?.unwrap_or_default();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(document.clone());
        Ok(document)
    }

    /// Applies `change` to what it holds. When that refuses, nothing is written.
    ///
    /// # Errors
    ///
    /// When it cannot be locked, read or written. It is then as it was.
    pub(in crate::orchestrator) fn update<T, E>(
        &self,
        change: impl FnOnce(&mut Document) -> Result<T, E>,
    ) -> Result<Result<T, E>, StateError> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.path.parent().unwrap_or(Path::new(""));
        private_folder(folder).map_err(|source| self.io(source))?;
        let _lock = self.lock()?;
        let mut document = match self.parse() {
            Ok(document) => document.unwrap_or_default(),
            Err(StateError::Damaged { path, reason }) => {
                self.set_aside(&path, &reason)?;
                let document = seen.clone().unwrap_or_default();
                // Also when the change is refused.
                self.write(folder, &document)?;
                document
            }
            Err(error) => return Err(error),
        };
        let changed = match change(&mut document) {
            Ok(changed) => changed,
            Err(refused) => return Ok(Err(refused)),
        };
        self.write(folder, &document)?;
        *seen = Some(document);
        Ok(Ok(changed))
    }

    fn io(&self, source: io::Error) -> StateError {
        StateError::Io { path: self.path.clone(), source }
    }

    fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        PathBuf::from(name)
    }

    /// The lock: a file of its own, because the state file is replaced. The system
    /// releases it when the process ends, however it ends.
    fn lock(&self) -> Result<File, StateError> {
        let path = self.beside(".lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|source| self.io(source))?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(source)) => return Err(self.io(source)),
                Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                    return Err(StateError::Busy(self.path.clone()));
                }
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            }
        }
    }

    /// What is in the file; `None` when there is none.
    fn parse(&self) -> Result<Option<Document>, StateError> {
        let damaged = |reason: String| StateError::Damaged { path: self.path.clone(), reason };
        // Looked at before it is opened: opening a pipe would wait for its other end.
        match fs::metadata(&self.path) {
            Ok(metadata) if !metadata.is_file() => return Err(damaged("it is no file".into())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(error)),
        }
        let mut text = Vec::new();
        let file = File::open(&self.path).map_err(|source| self.io(source))?;
        file.take(LARGEST + 1).read_to_end(&mut text).map_err(|source| self.io(source))?;
        if text.len() as u64 > LARGEST {
            return Err(damaged("it is larger than 4 MiB".into()));
        }
        let heading: Heading =
            serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if heading.format != FORMAT {
            return Err(damaged("it has another format".into()));
        }
        if heading.version > VERSION {
            return Err(StateError::Newer(self.path.clone()));
        }
        serde_json::from_slice(&text).map(Some).map_err(|error| damaged(error.to_string()))
    }

    /// Gives a damaged file another name; an earlier one of that name is lost.
    fn set_aside(&self, path: &Path, reason: &str) -> Result<(), StateError> {
        let aside = self.beside(".damaged");
        fs::rename(path, &aside).map_err(|source| self.io(source))?;
        tracing::warn!(
            "`{}` is damaged or not a state file ({reason}): it is now `{}`, and counting goes on",
            path.display(),
            aside.display()
        );
        Ok(())
    }

    /// Replaces the file. It is not forced to the disk: after a loss of power the file
    /// of some seconds before, or none, is what counting goes on with.
    fn write(&self, folder: &Path, document: &Document) -> Result<(), StateError> {
        let written = Written { format: FORMAT, version: VERSION, document };
        let text = serde_json::to_vec(&written).map_err(|error| self.io(error.into()))?;
        if text.len() as u64 > LARGEST {
            return Err(StateError::TooLarge(self.path.clone()));
        }
        // Readable by its owner alone, as `tempfile` makes it.
        let mut file = tempfile::Builder::new()
            .prefix(".state-")
            .tempfile_in(folder)
            .map_err(|source| self.io(source))?;
        file.write_all(&text).map_err(|source| self.io(source))?;
        file.persist(&self.path).map_err(|error| self.io(error.error))?;
        Ok(())
    }
}

/// Makes a folder for its owner alone, where there is none.
pub(in crate::orchestrator) fn private_folder(folder: &Path) -> io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
