//! What was handed in and not fetched yet: one file for each batch, in a folder beside the
//! state file. It holds names, hashes and amounts; neither a key nor a word of code.
//!
//! Invariant: a file without the provider's name for its batch is there only while the
//! lock is held, or after its process was stopped in between.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::super::ledger::SetAside;
use super::super::moment::seconds;
use super::super::state::private_folder;
use super::super::storage::Key;

const FORMAT: &str = "docstring-ls-batch";
const VERSION: u32 = 1;
/// Of a file, in bytes: 100,000 keys take seven million.
const LARGEST: u64 = 16 << 20;
/// After so long no provider has the results any more.
const KEPT: Duration = Duration::from_hours(29 * 24);

/// A batch that was handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    format: String,
    version: u32,
    /// To whom.
    pub(super) provider: String,
    /// The provider's name for it; `None` while it is on its way there.
    pub(super) batch: Option<String>,
    /// When, in seconds since 1970.
    submitted: u64,
    /// What was reserved for it.
    pub(super) aside: SetAside,
    /// Its questions.
    pub(super) groups: Vec<Group>,
}

/// Questions that are counted together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    pub(super) style: String,
    /// The part of the cache to which the answers belong.
    pub(super) scope: String,
    /// The keys of the answers in the cache, which are the names of the questions in the
    /// batch, too.
    pub(super) keys: Vec<String>,
}

impl Record {
    pub(super) fn new(provider: &str, aside: SetAside, groups: Vec<Group>, at: SystemTime) -> Self {
        let (format, provider) = (FORMAT.to_owned(), provider.to_owned());
        let submitted = seconds(at);
        Self { format, version: VERSION, provider, batch: None, submitted, aside, groups }
    }

    /// The keys with the groups that they are in.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Key, &Group)> {
        self.groups.iter().flat_map(|group| {
            group.keys.iter().filter_map(move |key| Some((Key::from_hex(key)?, group)))
        })
    }

    /// How many questions it has.
    pub(super) fn len(&self) -> usize {
        self.groups.iter().map(|group| group.keys.len()).sum()
    }
}

/// The folder of records.
#[derive(Clone, Debug)]
pub(super) struct Journal {
    folder: PathBuf,
}

/// Nobody else writes while it lives.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "closed, it is released")] File);

impl Journal {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Locks the folder; `None` while somebody else has it.
    pub(super) fn lock(&self) -> io::Result<Option<Lock>> {
        private_folder(&self.folder)?;
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.folder.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }

    /// All that is there, the oldest first. What is no record, or from a newer program, is
    /// left alone; what no provider can have any more is removed.
    pub(super) fn read(&self, now: SystemTime) -> io::Result<Vec<(PathBuf, Record)>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut records = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|extension| extension != "json") {
                continue;
            }
            let Some(record) = parse(&path) else {
                tracing::warn!("`{}` is no record of a batch", path.display());
                continue;
            };
            let age = seconds(now).saturating_sub(record.submitted);
            if age > KEPT.as_secs() {
                fs::remove_file(&path)?;
            } else {
                records.push((path, record));
            }
        }
        records.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(records)
    }

    /// Writes a record where it has its place, and says where.
    pub(super) fn write(&self, record: &Record) -> io::Result<PathBuf> {
        private_folder(&self.folder)?;
        let first = record.groups.iter().flat_map(|group| &group.keys).next();
        let first = first.and_then(|key| key.get(..16)).unwrap_or("none");
        let path = self.folder.join(format!("{}-{first}.json", record.submitted));
        // Readable by its owner alone, as `tempfile` makes it.
        let mut file = tempfile::Builder::new().prefix(".batch-").tempfile_in(&self.folder)?;
        file.write_all(&serde_json::to_vec(record)?)?;
        // It stands for money: it must be there after a loss of power.
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(path)
    }
}

fn parse(path: &Path) -> Option<Record> {
    if !fs::metadata(path).ok()?.is_file() {
        return None;
    }
    let mut text = Vec::new();
    File::open(path).ok()?.take(LARGEST).read_to_end(&mut text).ok()?;
    let record: Record = serde_json::from_slice(&text).ok()?;
    (record.format == FORMAT && record.version == VERSION && record.len() > 0).then_some(record)
}
