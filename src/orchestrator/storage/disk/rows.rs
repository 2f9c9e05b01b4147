//! The questions that are put to the file.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::super::codec::MAX_ENTRY;
use super::super::{Key, Which};

/// The schema. The totals are kept by triggers, so that a bound costs no counting, and
/// they are right whichever process writes.
pub(super) const SCHEMA: &str = "
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    weight INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER NOT NULL,
    entry BLOB NOT NULL
) STRICT;
CREATE INDEX answers_scope ON answers (scope);
CREATE INDEX answers_expires ON answers (expires);
CREATE INDEX answers_used ON answers (used);
CREATE TABLE totals (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    entries INTEGER NOT NULL,
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO totals VALUES (1, 0, 0);
CREATE TABLE clears (
    what TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    instance INTEGER NOT NULL
) STRICT;
CREATE TRIGGER answers_insert AFTER INSERT ON answers BEGIN
    UPDATE totals SET entries = entries + 1, bytes = bytes + NEW.weight;
END;
CREATE TRIGGER answers_delete AFTER DELETE ON answers BEGIN
    UPDATE totals SET entries = entries - 1, bytes = bytes - OLD.weight;
END;
CREATE TRIGGER answers_update AFTER UPDATE OF weight ON answers BEGIN
    UPDATE totals SET bytes = bytes - OLD.weight + NEW.weight;
END;
";

/// How long a clearing is remembered for other processes: longer than any answer takes.
const CLEARED: i64 = 3_600_000_000;

/// The name of a clearing of everything; that of a scope has a letter in front.
const EVERYTHING: &str = "*";

fn what(which: &Which) -> String {
    match which {
        Which::All => EVERYTHING.to_owned(),
        Which::Scope(scope) => format!("s{scope}"),
    }
}

/// What is written.
pub(super) struct Row<'a> {
    pub(super) scope: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) weight: i64,
    /// Times are microseconds since 1970.
    pub(super) expires: i64,
    pub(super) used: i64,
}

/// What is read.
pub(super) struct Found {
    /// `None` when it is larger than an entry may be.
    pub(super) entry: Option<Vec<u8>>,
    pub(super) expires: i64,
    pub(super) used: i64,
}

pub(super) fn find(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Found>> {
    // The length is in the head of the row: what is too large is not read.
    let mut statement = connection.prepare_cached(
        "SELECT CASE WHEN length(entry) <= ?2 THEN entry END, expires, used
         FROM answers WHERE key = ?1",
    )?;
    let found = statement
        .query_row(params![key.0, i64::try_from(MAX_ENTRY).unwrap_or(i64::MAX)], |row| {
            Ok(Found { entry: row.get(0)?, expires: row.get(1)?, used: row.get(2)? })
        });
    found.optional()
}

/// The number of entries and the bytes that the bound counts.
pub(super) fn totals(connection: &Connection) -> rusqlite::Result<(u64, u64)> {
    let mut statement = connection.prepare_cached("SELECT entries, bytes FROM totals")?;
    statement.query_row([], |row| {
        let (entries, bytes): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok((entries.max(0).cast_unsigned(), bytes.max(0).cast_unsigned()))
    })
}

pub(super) fn remove(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM answers WHERE key = ?1")?.execute([key.0])?;
    Ok(())
}

fn writing(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

/// Notes when entries were used.
pub(super) fn note(connection: &mut Connection, used: &[(Key, i64)]) -> rusqlite::Result<()> {
    let transaction = writing(connection)?;
    note_in(&transaction, used)?;
    transaction.commit()
}

fn note_in(transaction: &Transaction<'_>, used: &[(Key, i64)]) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare_cached("UPDATE answers SET used = ?2 WHERE key = ?1")?;
    used.iter().try_for_each(|(key, used)| statement.execute(params![key.0, used]).map(drop))
}

/// Writes an entry unless another process cleared it since `began` (a time, and who we
/// are), notes the uses, and forgets what the bound has no room for.
pub(super) fn put(
    connection: &mut Connection,
    key: &Key,
    row: &Row<'_>,
    began: (i64, i64),
    used: &[(Key, i64)],
    max_bytes: u64,
) -> rusqlite::Result<()> {
    let transaction = writing(connection)?;
    // Our own clearings are told apart by their order; a time that is still to come is
    // that of a clock which was set back.
    let cleared: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM clears WHERE what IN (?1, ?2)
             AND instance <> ?3 AND at BETWEEN ?4 AND ?5)",
        )?
        .query_row(
            params![EVERYTHING, format!("s{}", row.scope), began.1, began.0, row.used],
            |row| row.get(0),
        )?;
    note_in(&transaction, used)?;
    if !cleared {
        transaction
            .prepare_cached(
                "INSERT INTO answers (key, scope, weight, expires, used, entry)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (key) DO UPDATE SET scope = excluded.scope,
                     weight = excluded.weight, expires = excluded.expires,
                     used = excluded.used, entry = excluded.entry",
            )?
            .execute(params![key.0, row.scope, row.weight, row.expires, row.used, row.bytes])?;
        bound(&transaction, key, row.used, max_bytes)?;
    }
    transaction.commit()
}

/// Forgets what is too old, then what was not used for the longest time, until a tenth
/// of the bound is free again: so it is seldom done. Never forgets `key`.
fn bound(
    transaction: &Transaction<'_>,
    key: &Key,
    now: i64,
    max_bytes: u64,
) -> rusqlite::Result<()> {
    if totals(transaction)?.1 <= max_bytes {
        return Ok(());
    }
    transaction.prepare_cached("DELETE FROM answers WHERE expires <= ?1")?.execute([now])?;
    let (_, bytes) = totals(transaction)?;
    if bytes <= max_bytes {
        return Ok(());
    }
    let mut excess = i64::try_from(bytes - (max_bytes - max_bytes / 10)).unwrap_or(i64::MAX);
    let mut oldest = transaction
        .prepare_cached("SELECT id, weight FROM answers WHERE key <> ?1 ORDER BY used, id")?;
    let mut rows = oldest.query([key.0])?;
    let mut ids: Vec<i64> = Vec::new();
    while excess > 0 {
        let Some(row) = rows.next()? else { break };
        ids.push(row.get(0)?);
        excess -= row.get::<_, i64>(1)?;
    }
    drop(rows);
    let mut delete = transaction.prepare_cached("DELETE FROM answers WHERE id = ?1")?;
    ids.iter().try_for_each(|id| delete.execute([id]).map(drop))
}

/// Forgets entries, and tells other processes so.
pub(super) fn clear(
    connection: &mut Connection,
    which: &Which,
    (at, instance): (i64, i64),
) -> rusqlite::Result<()> {
    let transaction = writing(connection)?;
    transaction.execute("DELETE FROM clears WHERE at NOT BETWEEN ?1 AND ?2", [at - CLEARED, at])?;
    transaction.execute(
        "INSERT OR REPLACE INTO clears VALUES (?1, ?2, ?3)",
        params![what(which), at, instance],
    )?;
    match which {
        Which::All => transaction.execute("DELETE FROM answers", [])?,
        Which::Scope(scope) => {
            transaction.execute("DELETE FROM answers WHERE scope = ?1", [scope])?
        }
    };
    transaction.commit()?;
    // The room is given back, as far as no other process needs the pages now.
    give_back(connection).ok();
    Ok(())
}

fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    // A page is given back with every step.
    let mut statement = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut steps = statement.query([])?;
    while steps.next()?.is_some() {}
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
}
