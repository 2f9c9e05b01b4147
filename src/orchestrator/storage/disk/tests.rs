//! The contract on disk, and everything that can happen to a file.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use futures_util::FutureExt as _;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::super::tests::{TestClock, check_storage, entry, get, key, put};
use super::super::*;
use super::*;

const HOUR: Duration = Duration::from_hours(1);

/// A folder and the name of a file in it, in a folder that is not made yet.
fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/cache/answers.sqlite");
    (folder, path)
}

fn disk(path: &Path) -> Disk {
    Disk::new(path, Disk::MAX_BYTES)
}

fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// Runs SQL on the file as another program would.
fn tamper(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

/// A file with entries of these numbers, all of it in the file itself.
async fn filled(path: &Path, numbers: std::ops::Range<u64>) {
    let storage = disk(path);
    for number in numbers {
        put(&storage, number, &entry("a", &format!("Number {number}. {}", "x".repeat(500)))).await;
    }
    drop(storage);
    tamper(path, "PRAGMA wal_checkpoint(TRUNCATE)");
}

/// The storage is of use again: what is put is got.
async fn check_use(storage: &Disk) {
    put(storage, 900, &entry("z", "Words.")).await;
    assert_eq!(get(storage, 900).await, Some(entry("z", "Words.")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn disk_keeps_the_contract() {
    let (_folder, path) = place();
    let clock = TestClock::default();
    let storage = Disk::with_clock(&path, Disk::MAX_BYTES, clock.clock());
    assert!(!path.exists());
    check_storage(Arc::new(storage), Some(&|by| clock.advance(by))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_over_disk_keeps_the_contract() {
    let (_folder, path) = place();
    let clock = TestClock::default();
    let second = Arc::new(Disk::with_clock(&path, Disk::MAX_BYTES, clock.clock()));
    let memory = super::super::Memory::with_clock(1 << 20, clock.clock());
    let tiered = super::super::Tiered::new(memory, second);
    check_storage(Arc::new(tiered), Some(&|by| clock.advance(by))).await;
}

#[tokio::test]
async fn entries_outlive_the_process_that_wrote_them() {
    let (_folder, path) = place();
    put(&disk(&path), 1, &entry("a", "Words.")).await;
    let storage = disk(&path);
    assert_eq!(get(&storage, 1).await, Some(entry("a", "Words.")));
    assert_eq!(storage.size().entries, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_open_the_same_file_at_once() {
    let (_folder, path) = place();
    let mut writers = JoinSet::new();
    for writer in 0..8 {
        let path = path.clone();
        writers.spawn(async move {
            // Each makes or opens the file itself.
            let storage = disk(&path);
            for number in 0..20 {
                put(&storage, 100 * writer + number, &entry("a", &number.to_string())).await;
                get(&storage, 100 * (7 - writer)).await;
            }
        });
    }
    writers.join_all().await;
    let storage = disk(&path);
    for writer in 0..8 {
        for number in 0..20 {
            let found = get(&storage, 100 * writer + number).await;
            assert_eq!(found, Some(entry("a", &number.to_string())), "{writer} {number}");
        }
    }
    assert_eq!(storage.size().entries, 160);
    assert!(!suffixed(&path, ".aside").exists());
}

#[tokio::test]
async fn a_clearing_of_another_process_wins_too() {
    let (_folder, path) = place();
    let clock = TestClock::default();
    let [here, there] = [(), ()].map(|()| Disk::with_clock(&path, 1 << 20, clock.clock()));
    put(&here, 1, &entry("a", "Words.")).await;
    let before = here.begin();
    clock.advance(Duration::from_millis(1));
    there.clear(&Which::Scope("a".to_owned())).await.unwrap();
    assert_eq!(get(&here, 1).await, None);
    here.put(&key(1), entry("a", "Late."), HOUR, before).await.unwrap();
    here.put(&key(2), entry("b", "Another's."), HOUR, before).await.unwrap();
    assert_eq!(get(&here, 1).await, None);
    assert!(get(&here, 2).await.is_some());
    clock.advance(Duration::from_millis(1));
    put(&here, 1, &entry("a", "New.")).await;
    assert!(get(&here, 1).await.is_some());
    there.clear(&Which::All).await.unwrap();
    here.put(&key(2), entry("b", "Late."), HOUR, before).await.unwrap();
    assert_eq!(get(&here, 2).await, None);
}

#[tokio::test]
async fn what_was_not_used_for_the_longest_time_goes_first() {
    let (_folder, path) = place();
    let clock = TestClock::default();
    let storage = Disk::with_clock(&path, 200_000, clock.clock());
    let words = "x".repeat(1000);
    let long = 1000 * HOUR;
    for number in 0..60 {
        clock.advance(2 * HOUR);
        storage.put(&key(number), entry("a", &words), long, storage.begin()).await.unwrap();
        // Used all the time; the others never.
        assert!(get(&storage, 0).await.is_some(), "{number}");
    }
    assert_eq!(storage.size().entries, 60);
    for number in 60..500 {
        clock.advance(2 * HOUR);
        storage.put(&key(number), entry("a", &words), long, storage.begin()).await.unwrap();
        assert!(storage.size().bytes <= 200_000, "{:?}", storage.size());
        storage.put(&key(0), entry("a", &words), long, storage.begin()).await.unwrap();
    }
    assert!(get(&storage, 0).await.is_some());
    assert!(get(&storage, 499).await.is_some());
    assert_eq!(get(&storage, 1).await, None);
    assert!(storage.size().entries > 80, "{:?}", storage.size());
    // The file does not grow beyond the bound and its room for the log.
    assert!(fs::metadata(&path).unwrap().len() < 1_000_000);
}

#[tokio::test]
async fn a_read_counts_as_a_use() {
    let (_folder, path) = place();
    let clock = TestClock::default();
    let storage = Disk::with_clock(&path, 20_000, clock.clock());
    let long = 1000 * HOUR;
    for number in 0..50 {
        storage
            .put(&key(number), entry("a", &"x".repeat(1000)), long, storage.begin())
            .await
            .unwrap();
        clock.advance(2 * HOUR);
        assert!(get(&storage, 0).await.is_some(), "{number}");
    }
    assert_eq!(get(&storage, 2).await, None);
}

#[tokio::test]
async fn what_is_too_old_goes_before_what_is_used_seldom() {
    let (_folder, path) = place();
    let clock = TestClock::default();
    let storage = Disk::with_clock(&path, 20_000, clock.clock());
    let words = "x".repeat(1000);
    put(&storage, 0, &entry("a", &words)).await;
    for number in 1..10 {
        let ttl = HOUR / 10;
        storage.put(&key(number), entry("a", &words), ttl, storage.begin()).await.unwrap();
    }
    clock.advance(HOUR / 2);
    for number in 20..26 {
        put(&storage, number, &entry("a", &words)).await;
    }
    assert!(get(&storage, 0).await.is_some());
    assert_eq!(storage.size().entries, 7);
}

#[tokio::test]
async fn a_clock_that_jumps_harms_nothing() {
    let (_folder, path) = place();
    let year = Duration::from_hours(365 * 24);
    let at = |time: SystemTime| Disk::with_clock(&path, 1 << 20, Arc::new(move || time));
    let now = SystemTime::now();
    put(&at(now), 1, &entry("a", "Words.")).await;
    assert!(get(&at(now - year), 1).await.is_some());
    at(now + year).clear(&Which::Scope("b".to_owned())).await.unwrap();
    // A clearing that is still to come outdates nothing.
    put(&at(now), 2, &entry("b", "Words.")).await;
    assert!(get(&at(now), 2).await.is_some());
    assert!(get(&at(now), 1).await.is_some());
    assert_eq!(get(&at(now + year), 1).await, None);
    check_use(&at(SystemTime::UNIX_EPOCH - year)).await;
}

#[tokio::test]
async fn a_file_that_is_none_of_ours_is_set_aside() {
    for garbage in [&b"my notes, not a database\n"[..], &[0; 5000], b"SQLite format 3\0"] {
        let (_folder, path) = place();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, garbage).unwrap();
        let storage = disk(&path);
        assert_eq!(get(&storage, 1).await, None);
        check_use(&storage).await;
        assert_eq!(fs::read(suffixed(&path, ".aside")).unwrap(), garbage);
    }
}

#[tokio::test]
async fn the_database_of_another_program_is_set_aside_whole() {
    let (_folder, path) = place();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let theirs = Connection::open(&path).unwrap();
    // A part of it is in its log.
    theirs.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(())).unwrap();
    theirs
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)
        .unwrap();
    theirs.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (42);").unwrap();
    drop(theirs);
    let storage = disk(&path);
    check_use(&storage).await;
    let theirs = Connection::open(suffixed(&path, ".aside")).unwrap();
    let kept: i64 = theirs.query_row("SELECT x FROM t", [], |row| row.get(0)).unwrap();
    assert_eq!(kept, 42);
}

#[tokio::test]
async fn a_file_of_another_version_or_schema_is_replaced() {
    for change in [
        "PRAGMA user_version = 2",
        "PRAGMA user_version = 0",
        "DROP TABLE answers",
        "DROP TABLE totals",
        "DROP TRIGGER answers_insert",
        "DROP INDEX answers_used",
        "ALTER TABLE answers ADD COLUMN more TEXT",
        "CREATE TRIGGER evil AFTER INSERT ON answers BEGIN DELETE FROM answers; END",
        "CREATE TABLE more (x)",
    ] {
        let (_folder, path) = place();
        filled(&path, 1..4).await;
        tamper(&path, change);
        let storage = disk(&path);
        assert_eq!(get(&storage, 1).await, None, "{change}");
        check_use(&storage).await;
        assert_eq!(storage.size().entries, 1, "{change}");
        assert!(!suffixed(&path, ".aside").exists(), "{change}");
        drop(storage);
        assert!(get(&disk(&path), 900).await.is_some(), "{change}");
    }
}

#[tokio::test]
async fn bad_rows_are_deleted() {
    for change in [
        "UPDATE answers SET entry = x'00' WHERE id = 1",
        "UPDATE answers SET entry = x'' WHERE id = 1",
        "UPDATE answers SET entry = zeroblob(3000000) WHERE id = 1",
        // An entry under the key of another.
        "UPDATE answers SET entry = (SELECT entry FROM answers WHERE id = 2) WHERE id = 1",
        "UPDATE answers SET expires = 0 WHERE id = 1",
        "UPDATE answers SET expires = -9223372036854775808, used = -9223372036854775808
         WHERE id = 1",
    ] {
        let (_folder, path) = place();
        filled(&path, 1..3).await;
        tamper(&path, change);
        let storage = disk(&path);
        assert_eq!(get(&storage, 1).await, None, "{change}");
        assert!(get(&storage, 2).await.is_some(), "{change}");
        assert_eq!(storage.size().entries, 1, "{change}");
    }
}

#[tokio::test]
async fn a_damaged_file_heals() {
    let (_folder, path) = place();
    filled(&path, 1..200).await;
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 100_000);
    let damaged = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        bytes
    };
    for bytes in [
        damaged(&|bytes| bytes.truncate(4096)),
        damaged(&|bytes| bytes.truncate(50_001)),
        damaged(&|bytes| bytes[4096..].fill(0xff)),
        damaged(&|bytes| bytes[4096..].fill(0)),
        damaged(&|bytes| bytes[100..4096].fill(0x41)),
        damaged(&|bytes| bytes[..100].reverse()),
        damaged(&|bytes| bytes[40_000..80_000].fill(0)),
    ] {
        fs::remove_file(suffixed(&path, "-wal")).ok();
        fs::remove_file(suffixed(&path, "-shm")).ok();
        fs::write(&path, bytes).unwrap();
        let storage = disk(&path);
        for number in 1..200 {
            let found = get(&storage, number).await;
            let whole = entry("a", &format!("Number {number}. {}", "x".repeat(500)));
            assert!(found.is_none_or(|found| found == whole), "{number}");
        }
        check_use(&storage).await;
    }
}

#[tokio::test]
async fn a_file_that_is_whole_is_kept_when_it_is_suspected() {
    let (_folder, path) = place();
    filled(&path, 1..3).await;
    let storage = disk(&path);
    storage.shared.state.lock().unwrap().is_suspect = true;
    assert!(get(&storage, 1).await.is_some());
    assert!(!storage.shared.state.lock().unwrap().is_suspect);
}

#[tokio::test]
async fn no_flipped_bit_gives_other_words() {
    let (_folder, path) = place();
    filled(&path, 1..20).await;
    let whole = fs::read(&path).unwrap();
    // Every part of every page, header and entries.
    for place in (0..whole.len()).step_by(211) {
        fs::remove_file(suffixed(&path, "-wal")).ok();
        fs::remove_file(suffixed(&path, "-shm")).ok();
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        fs::write(&path, flipped).unwrap();
        let storage = disk(&path);
        for number in [1, 10, 19] {
            // Never an error, never other words.
            let found = get(&storage, number).await;
            let whole = entry("a", &format!("Number {number}. {}", "x".repeat(500)));
            assert!(found.is_none_or(|found| found == whole), "{place} {number}");
        }
        check_use(&storage).await;
    }
}

#[tokio::test]
async fn a_locked_file_is_an_error_for_writers_and_none_for_readers() {
    let (_folder, path) = place();
    let storage = disk(&path);
    put(&storage, 1, &entry("a", "Words.")).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = storage.put(&key(2), entry("a", "Words."), HOUR, storage.begin()).await;
    assert!(refused.unwrap_err().0.contains("locked"));
    assert!(get(&storage, 1).await.is_some());
    other.execute_batch("ROLLBACK").unwrap();
    check_use(&storage).await;
    assert_eq!(get(&storage, 2).await, None);
}

#[tokio::test]
async fn a_full_disk_is_an_error_for_writers_and_none_for_readers() {
    let (_folder, path) = place();
    let storage = disk(&path);
    put(&storage, 1, &entry("a", "Words.")).await;
    {
        let state = storage.shared.state.lock().unwrap();
        let connection = state.connection.as_ref().unwrap();
        connection.pragma_update_and_check(None, "max_page_count", 1, |_| Ok(())).unwrap();
    }
    let large = entry("a", &"x".repeat(100_000));
    let refused = storage.put(&key(2), large, HOUR, storage.begin()).await;
    assert!(refused.unwrap_err().0.contains("full"));
    assert!(get(&storage, 1).await.is_some());
    assert_eq!(get(&storage, 2).await, None);
}

#[tokio::test]
async fn a_place_where_no_file_can_be_is_an_error_and_costs_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "text").unwrap();
    for path in [folder.path().join("file/below"), folder.path().to_owned()] {
        let storage = disk(&path);
        let first = storage.get(&key(1)).await.unwrap_err();
        assert!(!first.0.contains("a moment ago"), "{first}");
        let second = storage.put(&key(1), entry("a", "x"), HOUR, storage.begin()).await;
        assert!(second.unwrap_err().0.contains("a moment ago"));
        assert!(storage.clear(&Which::All).await.is_err());
        assert_eq!(storage.size(), Size::default());
    }
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "text");
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let (_folder, path) = place();
    let answer = disk(&path).get(&key(1)).now_or_never().unwrap();
    assert!(answer.unwrap_err().0.contains("runtime"));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_user_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_folder, path) = place();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let storage = disk(&path);
    put(&storage, 1, &entry("a", "Words.")).await;
    for suffix in ["", "-wal", "-shm", ".lock"] {
        assert_eq!(mode(&suffixed(&path, suffix)), 0o600, "{suffix}");
    }
    let folder = path.parent().unwrap();
    assert_eq!((mode(folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    drop(storage);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(get(&disk(&path), 1).await.is_some());
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test]
async fn the_room_of_what_was_cleared_is_given_back() {
    let (_folder, path) = place();
    filled(&path, 1..500).await;
    assert!(fs::metadata(&path).unwrap().len() > 300_000);
    disk(&path).clear(&Which::All).await.unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 100_000);
    let log = fs::read(suffixed(&path, "-wal")).unwrap_or_default();
    assert!(log.is_empty(), "{} bytes", log.len());
}

/// Names the file to a process of this very program that writes until it is killed.
const CHILD: &str = "DOCSTRING_LS_TEST_WRITES_TO";

/// Is nothing but a writer in the process that the next test starts.
#[tokio::test]
async fn a_writer_that_is_killed() {
    #[expect(clippy::disallowed_methods, reason = "set by the test that starts this process")]
    let Some(path) = std::env::var_os(CHILD) else { return };
    let storage = disk(Path::new(&path));
    for number in 0.. {
        put(&storage, number % 50, &entry("a", &"x".repeat(20_000))).await;
        println!("written {number}");
    }
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
async fn a_killed_writer_leaves_a_readable_file() {
    let (_folder, path) = place();
    for round in 0..8 {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "orchestrator::storage::disk::tests::a_writer_that_is_killed"]);
        command.args(["--nocapture", "--test-threads", "1"]).env(CHILD, &path);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = Killed(command.spawn().unwrap());
        let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
        // Once it is in the midst of it; each time at another place.
        let written = lines.map_while(Result::ok).filter(|line| line.contains("written "));
        assert_eq!(written.take(3 + 7 * round).count(), 3 + 7 * round);
        drop(child);
        let storage = disk(&path);
        assert_eq!(get(&storage, 0).await, Some(entry("a", &"x".repeat(20_000))));
        check_use(&storage).await;
        drop(storage);
        let check = "PRAGMA integrity_check";
        let connection = Connection::open(&path).unwrap();
        let found: String = connection.query_row(check, [], |row| row.get(0)).unwrap();
        assert_eq!(found, "ok");
        assert!(!suffixed(&path, ".aside").exists());
    }
}
