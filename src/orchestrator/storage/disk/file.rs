//! Opens the file, makes it when it is not there, and replaces it when it is not ours.
//!
//! Only one process at a time does this: it holds the lock of a file beside. So nobody
//! meets a file that is half made, and nobody replaces what another one has just made.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::is_damage;
use super::rows::SCHEMA;

/// The layout of the tables. A file of any other is replaced.
const VERSION: i32 = 1;
/// Says that a `SQLite` file is an answer cache: "dsls".
const APPLICATION: i32 = 0x6473_6c73;
/// How long it is waited for other processes.
const WAIT: Duration = Duration::from_secs(1);

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("its name belongs to something that is no file")]
    NoFile,
    #[error("another process holds its lock")]
    Locked,
    #[error("it cannot be written")]
    ReadOnly,
}

/// Whose a file is, by its first bytes.
#[derive(Debug, PartialEq, Eq)]
enum Owner {
    /// Nobody's: there is none, or it is empty.
    Nobody,
    Ours,
    /// Another program's, or so damaged that it cannot be told.
    Other,
}

/// Opens the file at `path` for reading and writing, and all of it is checked if it
/// `is_suspect`. A damaged file or one of another version is deleted, one that is not
/// ours is renamed to `….aside`; an empty one takes its place.
pub(super) fn open(path: &Path, is_suspect: bool) -> Result<Connection, Fault> {
    // Absolute, so that no name can be read as a `file:` URI.
    let path = std::path::absolute(path)?;
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    let lock = private().create(true).truncate(false).open(beside(&path, ".lock"))?;
    hold(&lock)?;
    match owner(&path)? {
        Owner::Ours => {
            restrict(&path)?;
            match existing(&path, is_suspect) {
                Ok(Some(connection)) => return Ok(connection),
                Err(Fault::Sqlite(error)) if !is_damage(&error) => {
                    return Err(Fault::Sqlite(error));
                }
                Ok(None) | Err(Fault::Sqlite(_)) => delete(&path)?,
                Err(error) => return Err(error),
            }
        }
        // An empty file may have a journal of one that was never finished.
        Owner::Nobody => delete(&path)?,
        Owner::Other => set_aside(&path)?,
    }
    create(&path)
}

/// The connection to a file of ours; `None` when it is of another version.
fn existing(path: &Path, is_suspect: bool) -> Result<Option<Connection>, Fault> {
    let connection = connect(path)?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version != VERSION {
        return Ok(None);
    }
    if connection.is_readonly("main")? {
        return Err(Fault::ReadOnly);
    }
    if !has_our_schema(&connection)? {
        return Ok(None);
    }
    if is_suspect {
        let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if found != "ok" {
            return Ok(None);
        }
    }
    Ok(Some(connection))
}

/// Whether there are all of our tables, indexes and triggers, word for word, and no
/// others: a trigger of somebody else would run with our writes.
fn has_our_schema(connection: &Connection) -> rusqlite::Result<bool> {
    let parts = SCHEMA.matches("\nCREATE ").count();
    let mut statement =
        connection.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL LIMIT 100")?;
    let found: Vec<String> =
        statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found.len() == parts && found.iter().all(|sql| SCHEMA.contains(&format!("\n{sql};\n"))))
}

fn create(path: &Path) -> Result<Connection, Fault> {
    private().create_new(true).open(path)?;
    let connection = connect(path)?;
    // Pages of what was cleared can be given back; must be said before the first table.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.execute_batch(&format!(
        "BEGIN EXCLUSIVE; PRAGMA application_id = {APPLICATION};
         PRAGMA user_version = {VERSION}; {SCHEMA} COMMIT;"
    ))?;
    // Where a file system has no shared memory, the journal stays as it is.
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    Ok(connection)
}

fn connect(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(WAIT)?;
    // The last to close a file would delete its log by name, which may by then be the
    // name of another file's log.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // The file is untrusted.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.execute_batch("PRAGMA cell_size_check = ON;")?;
    // After a loss of power the last answers may be missing, and nothing worse.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update_and_check(None, "journal_size_limit", 4 << 20, |_| Ok(()))?;
    Ok(connection)
}

fn owner(path: &Path) -> Result<Owner, Fault> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Owner::Nobody),
        Err(error) => return Err(error.into()),
        Ok(metadata) if !metadata.is_file() => return Err(Fault::NoFile),
        Ok(metadata) if metadata.len() == 0 => return Ok(Owner::Nobody),
        Ok(_) => {}
    }
    let mut head = Vec::new();
    File::open(path)?.take(100).read_to_end(&mut head)?;
    // https://sqlite.org/fileformat2.html#the_database_header
    let is_sqlite = head.starts_with(b"SQLite format 3\0");
    let is_ours = head.get(68..72) == Some(&APPLICATION.to_be_bytes());
    Ok(if is_sqlite && is_ours { Owner::Ours } else { Owner::Other })
}

/// The files that belong to one of `SQLite`'s.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

fn unless_missing(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn delete(path: &Path) -> Result<(), Fault> {
    // The companions first: without its log a file is still whole, and a log without its
    // file would be taken for that of the next one.
    for suffix in COMPANIONS {
        unless_missing(fs::remove_file(beside(path, suffix)))?;
    }
    unless_missing(fs::remove_file(path))?;
    Ok(())
}

/// Renames what is not ours. One such file is kept.
fn set_aside(path: &Path) -> Result<(), Fault> {
    let aside = beside(path, ".aside");
    delete(&aside)?;
    for suffix in COMPANIONS.into_iter().chain([""]) {
        unless_missing(fs::rename(beside(path, suffix), beside(&aside, suffix)))?;
    }
    Ok(())
}

/// Waits for the lock; it ends with the file that holds it.
fn hold(lock: &File) -> Result<(), Fault> {
    let started = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if started.elapsed() < WAIT => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(TryLockError::WouldBlock) => return Err(Fault::Locked),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
}

/// Options of a file that only its user can read.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Takes a file away from everybody else, which only its owner can do.
#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = fs::metadata(path)?.permissions();
    let others = permissions.mode() & 0o077;
    if others == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}
