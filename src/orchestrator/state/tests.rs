//! Two processes on one file, broken files, and everything at once.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::*;
use crate::orchestrator::metrics::{BreakerState, CacheEvent};
use crate::orchestrator::{Attempt, Ending};
use crate::provider::Usage;

fn open(path: &Path) -> (State, Arc<Metrics>, Ledger) {
    let file = Arc::new(StateFile::new(path));
    let metrics = Arc::new(Metrics::default());
    let now = || UNIX_EPOCH + Duration::from_hours(20_000 * 24);
    let ledger = Ledger::new(Some(1.0), None, Some(Arc::clone(&file)), Arc::new(now));
    (State::new(file, Arc::clone(&metrics), ledger.clone()), metrics, ledger)
}

fn attempt(id: &str) -> Attempt {
    Attempt {
        provider: ProviderId(id.into()),
        ending: Ending::Success,
        started: Duration::ZERO,
        elapsed: Duration::from_millis(100),
        usage: Usage { input: 5, cached_input: 0, output: 1 },
        cost_usd: 0.001,
        is_hedge: false,
        is_repair: false,
    }
}

fn facts(id: &str) -> ProviderFacts {
    ProviderFacts {
        id: ProviderId(id.into()),
        dialect: "ollama".into(),
        model: "m".into(),
        state: BreakerState::Closed,
    }
}

fn flush(state: &State) -> Result<(), StateError> {
    state.flush([], BTreeMap::new())
}

fn report(metrics: &Metrics) -> Report {
    metrics.report([], Size::default())
}

fn successes(metrics: &Metrics, id: &str) -> u64 {
    report(metrics).providers.get(id).map_or(0, |provider| provider.successes)
}

fn arm(id: &str, value: Value) -> BTreeMap<ProviderId, Value> {
    BTreeMap::from([(ProviderId(id.into()), value)])
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn counters_outlive_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docstring-ls/state.json");
    let (state, metrics, _) = open(&path);
    metrics.attempt("google", &attempt("a"));
    metrics.cache(CacheEvent::Hit);
    state.flush([facts("a")], BTreeMap::new()).unwrap();
    let before = report(&metrics);

    let (_, metrics, _) = open(&path);
    let after = report(&metrics);
    assert_eq!(after, before);
    assert_eq!((after.providers["a"].successes, after.cache.hits), (1, 1));
    // The names too, although nobody has configured it any more.
    assert_eq!(after.providers["a"].dialect, "ollama");
    assert_eq!(after.providers["a"].model, "m");
    assert_eq!(names(path.parent().unwrap()), ["state.json", "state.json.lock"]);
}

#[test]
fn two_processes_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (one, mine, _) = open(&path);
    let (two, theirs, _) = open(&path);
    for _ in 0..3 {
        mine.attempt("google", &attempt("a"));
        theirs.attempt("google", &attempt("a"));
        theirs.attempt("numpy", &attempt("b"));
    }
    flush(&one).unwrap();
    flush(&two).unwrap();
    mine.attempt("google", &attempt("a"));
    flush(&one).unwrap();
    flush(&one).unwrap();
    flush(&two).unwrap();
    for metrics in [&mine, &theirs] {
        assert_eq!((successes(metrics, "a"), successes(metrics, "b")), (7, 3));
    }
    let latency = report(&theirs).providers["a"].latency_ms;
    assert!((latency.p99 / 100.0 - 1.0).abs() < 0.032);
}

#[test]
fn threads_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let (state, metrics, ledger) = open(&path);
                for _ in 0..20 {
                    metrics.attempt("google", &attempt("a"));
                    ledger.reserve(0.01).unwrap().settle(0.001);
                    flush(&state).unwrap();
                }
            });
        }
    });
    let (_, metrics, ledger) = open(&path);
    assert_eq!(successes(&metrics, "a"), 80);
    assert!((ledger.spent_today() - 0.08).abs() < 1e-9, "{}", ledger.spent_today());
}

#[test]
fn flushes_of_one_state_from_several_threads_count_once() {
    let folder = tempfile::tempdir().unwrap();
    let (state, metrics, ledger) = open(&folder.path().join("state.json"));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    metrics.attempt("google", &attempt("a"));
                    ledger.reserve(0.01).unwrap().settle(0.001);
                    flush(&state).unwrap();
                }
            });
        }
    });
    assert_eq!(successes(&metrics, "a"), 80);
    assert!((ledger.spent_today() - 0.08).abs() < 1e-9, "{}", ledger.spent_today());
    let (_, metrics, ledger) = open(state.file.path());
    assert_eq!(successes(&metrics, "a"), 80);
    assert!((ledger.spent_today() - 0.08).abs() < 1e-9, "{}", ledger.spent_today());
}

#[test]
fn the_last_writer_of_an_arm_wins_and_an_idle_one_does_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (one, ..) = open(&path);
    let (two, ..) = open(&path);
    one.flush([], arm("a", json!({"weight": 1}))).unwrap();
    two.flush([], arm("a", json!({"weight": 2}))).unwrap();
    two.flush([], arm("b", json!(3))).unwrap();
    // The first has learned nothing since, so that the newer value stays.
    one.flush([], arm("a", json!({"weight": 1}))).unwrap();
    let arms = one.arms();
    assert_eq!(arms[&ProviderId("a".into())], json!({"weight": 2}));
    assert_eq!(arms[&ProviderId("b".into())], json!(3));
    one.flush([], arm("a", json!({"weight": 4}))).unwrap();
    let (three, ..) = open(&path);
    assert_eq!(three.arms()[&ProviderId("a".into())], json!({"weight": 4}));
}

#[test]
fn a_reset_empties_the_file_but_not_the_purse() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (one, mine, ledger) = open(&path);
    let (two, theirs, _) = open(&path);
    theirs.attempt("google", &attempt("a"));
    flush(&two).unwrap();
    drop(ledger.reserve(0.5).unwrap());
    mine.attempt("google", &attempt("a"));
    mine.reset();
    assert!(report(&mine).providers.is_empty());
    mine.attempt("google", &attempt("b"));
    one.flush([], arm("a", json!(1))).unwrap();
    flush(&two).unwrap();
    for metrics in [&mine, &theirs] {
        assert_eq!((successes(metrics, "a"), successes(metrics, "b")), (0, 1));
    }
    let (three, metrics, ledger) = open(&path);
    assert_eq!(successes(&metrics, "b"), 1);
    assert!((ledger.spent_today() - 0.5).abs() < 1e-9);
    assert_eq!(three.arms().len(), 1);
}

/// Whatever the file holds, counting goes on, and the old file is still there to look at.
#[test]
fn a_file_that_cannot_be_read_is_set_aside() {
    let good = {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let (state, metrics, _) = open(&path);
        metrics.attempt("google", &attempt("a"));
        flush(&state).unwrap();
        fs::read(&path).unwrap()
    };
    let mut cases: Vec<Vec<u8>> =
        (0..good.len()).step_by(7).map(|end| good[..end].to_vec()).collect();
    cases.push(b"\0\xff binary".to_vec());
    cases.push(b"[1, 2]".to_vec());
    cases.push(br#"{"format": "something-else", "version": 1}"#.to_vec());
    cases.push(br#"{"format": "docstring-ls-state", "version": 1, "metrics": 5}"#.to_vec());
    cases
        .push(br#"{"format": "docstring-ls-state", "version": 1, "spending": {"a": -1}}"#.to_vec());
    cases.push("[".repeat(100_000).into_bytes());
    cases.push(vec![b' '; (4 << 20) + 1]);
    for broken in cases {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        fs::write(&path, &broken).unwrap();
        let (state, metrics, _) = open(&path);
        metrics.attempt("google", &attempt("a"));
        flush(&state).unwrap();
        assert_eq!(successes(&open(&path).1, "a"), 1);
        assert_eq!(fs::read(folder.path().join("state.json.damaged")).unwrap(), broken);
    }
}

#[test]
fn a_file_that_breaks_while_it_is_used_is_mended_from_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (state, metrics, ledger) = open(&path);
    metrics.attempt("google", &attempt("a"));
    drop(ledger.reserve(0.5).unwrap());
    flush(&state).unwrap();
    fs::write(&path, "{\"format\":").unwrap();
    metrics.attempt("google", &attempt("a"));
    // The day's spending is not forgotten with the file.
    assert!(ledger.reserve(0.6).is_err());
    flush(&state).unwrap();
    let (_, metrics, ledger) = open(&path);
    assert_eq!(successes(&metrics, "a"), 2);
    assert!((ledger.spent_today() - 0.5).abs() < 1e-9);
}

#[test]
fn a_newer_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let newer = r#"{"format": "docstring-ls-state", "version": 2, "metrics": "unheard of"}"#;
    fs::write(&path, newer).unwrap();
    let (state, metrics, ledger) = open(&path);
    metrics.attempt("google", &attempt("a"));
    assert!(matches!(flush(&state), Err(StateError::Newer(_))));
    assert_eq!(fs::read_to_string(&path).unwrap(), newer);
    // Everything works in memory.
    assert_eq!(successes(&metrics, "a"), 1);
    drop(ledger.reserve(0.9).unwrap());
    assert!(ledger.reserve(0.2).is_err());
}

#[test]
fn what_is_no_file_is_no_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    fs::create_dir(&path).unwrap();
    let (state, metrics, _) = open(&path);
    metrics.attempt("google", &attempt("a"));
    flush(&state).unwrap();
    assert_eq!(names(folder.path()), ["state.json", "state.json.damaged", "state.json.lock"]);
}

/// Nothing is lost while the folder cannot be written.
#[test]
fn a_failed_flush_is_made_up_for() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("sub");
    fs::write(&blocked, "").unwrap();
    let (state, metrics, ledger) = open(&blocked.join("state.json"));
    metrics.attempt("google", &attempt("a"));
    drop(ledger.reserve(0.25).unwrap());
    let error = flush(&state).unwrap_err();
    assert!(error.to_string().contains("state.json"), "{error}");
    flush(&state).unwrap_err();
    fs::remove_file(&blocked).unwrap();
    flush(&state).unwrap();
    let (_, metrics, ledger) = open(&blocked.join("state.json"));
    assert_eq!(successes(&metrics, "a"), 1);
    assert!((ledger.spent_today() - 0.25).abs() < 1e-9);
}

#[test]
fn an_unknown_part_of_the_file_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let text = r#"{"format": "docstring-ls-state", "version": 1, "later": [1],
        "metrics": {"providers": {"gone": {"styles": {"google": {"successes": 3, "later": 1}}}}}}"#;
    fs::write(&path, text).unwrap();
    let (state, metrics, _) = open(&path);
    metrics.attempt("google", &attempt("a"));
    flush(&state).unwrap();
    assert_eq!(successes(&open(&path).1, "gone"), 3);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docstring-ls/state.json");
    let (state, metrics, _) = open(&path);
    metrics.attempt("google", &attempt("a"));
    flush(&state).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&folder.path().join("docstring-ls/state.json.lock")), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
}

/// A flush with nothing to say reads what others wrote, and does not write.
#[test]
fn an_idle_flush_only_reads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let (idle, seen, _) = open(&path);
    flush(&idle).unwrap();
    assert_eq!(names(folder.path()), [] as [&str; 0]);
    let (busy, metrics, _) = open(&path);
    metrics.attempt("google", &attempt("a"));
    flush(&busy).unwrap();
    let written = |path: &Path| -> SystemTime { fs::metadata(path).unwrap().modified().unwrap() };
    let before = written(&path);
    flush(&idle).unwrap();
    assert_eq!(successes(&seen, "a"), 1);
    assert_eq!(written(&path), before);
}
