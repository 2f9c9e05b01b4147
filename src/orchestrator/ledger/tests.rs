//! Budgets hold: within a process, between processes, over midnight, and when the file
//! cannot be used.

use std::sync::Mutex as StdMutex;
use std::time::{Duration, UNIX_EPOCH};

use proptest::prelude::*;

use super::*;

const NOON: Duration = Duration::from_hours(20_000 * 24 + 12);

fn clock() -> Clock {
    Arc::new(|| UNIX_EPOCH + NOON)
}

fn ledger(daily: Option<f64>, run: Option<f64>) -> Ledger {
    Ledger::new(daily, run, None, clock())
}

fn shared(path: &std::path::Path, daily: Option<f64>) -> Ledger {
    Ledger::new(daily, None, Some(Arc::new(StateFile::new(path))), clock())
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
}

#[test]
fn stops_before_the_call_that_would_exceed_the_budget() {
    let ledger = ledger(Some(1.0), None);
    ledger.reserve(0.6).unwrap().settle(0.6);
    let error = ledger.reserve(0.5).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the budget stops the next call: it may cost $0.50, and $0.60 of the $1.00 for a day \
         are spent; raise `orchestrator.daily-budget-usd`, or wait for 00:00 UTC"
    );
    assert_eq!(error.limit, Limit::Day);
    ledger.reserve(0.4).unwrap().settle(0.1);
    near(ledger.spent_today(), 0.7);
    // The refused call is not counted, what was left over is free again.
    drop(ledger.reserve(0.3).unwrap());
    assert!(ledger.reserve(0.000_000_001).is_err());
}

#[test]
fn a_run_has_a_budget_of_its_own() {
    let ledger = ledger(Some(10.0), Some(0.01));
    let first = ledger.reserve(0.008).unwrap();
    let error = ledger.reserve(0.0025).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the budget stops the next call: it may cost $0.0025, and $0.0080 of the $0.01 for a \
         run are spent; raise `orchestrator.run-budget-usd`, or start again"
    );
    first.settle(0.001);
    ledger.reserve(0.0025).unwrap().settle(0.0025);
}

#[test]
fn a_dropped_reservation_counts_as_its_estimate() {
    let ledger = ledger(Some(1.0), None);
    drop(ledger.reserve(0.75).unwrap());
    near(ledger.spent_today(), 0.75);
    ledger.reserve(0.25).unwrap().settle(f64::NAN);
    near(ledger.spent_today(), 1.0);
}

#[test]
fn a_call_may_cost_more_than_it_was_estimated() {
    let ledger = ledger(Some(1.0), None);
    ledger.reserve(0.9).unwrap().settle(1.5);
    near(ledger.spent_today(), 1.5);
    assert!(ledger.reserve(0.1).is_err());
    drop(ledger.reserve(0.0).unwrap());
}

#[test]
fn amounts_that_are_none_do_not_open_the_budget() {
    for budget in [f64::NAN, -1.0, 0.0] {
        assert!(ledger(Some(budget), None).reserve(0.01).is_err(), "{budget}");
        assert!(ledger(None, Some(budget)).reserve(0.01).is_err(), "{budget}");
    }
    assert!(ledger(Some(5.0), None).reserve(f64::NAN).is_err());
    assert!(ledger(Some(5.0), None).reserve(f64::INFINITY).is_err());
    let free = ledger(None, None);
    drop(free.reserve(f64::NAN).unwrap());
    near(free.spent_today(), 0.0);
    let negative = ledger(Some(1.0), None);
    negative.reserve(0.5).unwrap().settle(-3.0);
    near(negative.spent_today(), 0.0);
}

#[test]
fn a_new_day_has_its_whole_budget_and_a_late_settlement_goes_to_its_own_day() {
    let folder = tempfile::tempdir().unwrap();
    for store in [None, Some(Arc::new(StateFile::new(folder.path().join("state.json"))))] {
        let now = Arc::new(StdMutex::new(UNIX_EPOCH + NOON));
        let turned = Arc::clone(&now);
        let clock: Clock = Arc::new(move || *turned.lock().unwrap());
        let ledger = Ledger::new(Some(1.0), None, store, clock);
        let late = ledger.reserve(1.0).unwrap();
        assert!(ledger.reserve(0.1).is_err());
        *now.lock().unwrap() += Duration::from_hours(12);
        let today = ledger.reserve(0.9).unwrap();
        late.settle(0.2);
        near(ledger.spent_today(), 0.9);
        assert!(ledger.reserve(0.2).is_err());
        today.settle(0.9);
        // A clock that goes back finds the day as it was.
        *now.lock().unwrap() -= Duration::from_hours(12);
        near(ledger.spent_today(), 0.2);
        assert!(ledger.reserve(0.9).is_err());
        ledger.reserve(0.8).unwrap().settle(0.8);
    }
}

#[test]
fn processes_share_the_day_through_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sub/state.json");
    let (one, two) = (shared(&path, Some(1.0)), shared(&path, Some(1.0)));
    let held = one.reserve(0.7).unwrap();
    assert!(two.reserve(0.4).is_err());
    two.reserve(0.3).unwrap().settle(0.3);
    // The other process learns of the settlement with this one's next reservation.
    held.settle(0.1);
    drop(one.reserve(0.1).unwrap());
    two.reserve(0.5).unwrap().settle(0.5);
    assert!(one.reserve(0.01).is_err());
    let later = shared(&path, Some(1.0));
    assert!(later.reserve(0.01).is_err());
}

#[test]
fn calls_without_a_price_or_a_limit_touch_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let limited = shared(&path, Some(1.0));
    limited.reserve(0.0).unwrap().settle(0.0);
    let unlimited = shared(&path, None);
    unlimited.reserve(0.5).unwrap().settle(0.4);
    near(unlimited.spent_today(), 0.4);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert!(unlimited.owes());
}

#[test]
fn without_the_file_the_budget_still_holds_for_this_process() {
    let folder = tempfile::tempdir().unwrap();
    // A file stands where the folder should be.
    let blocked = folder.path().join("blocked");
    std::fs::write(&blocked, "").unwrap();
    let ledger = shared(&blocked.join("state.json"), Some(1.0));
    drop(ledger.reserve(0.8).unwrap());
    assert!(ledger.reserve(0.3).is_err());
    // Once it can be written, what was spent in between is entered.
    std::fs::remove_file(&blocked).unwrap();
    drop(ledger.reserve(0.1).unwrap());
    let other = shared(&blocked.join("state.json"), Some(1.0));
    assert!(other.reserve(0.2).is_err());
    drop(other.reserve(0.1).unwrap());
}

#[test]
fn days_are_bounded_and_today_is_never_forgotten() {
    let today = "2024-06-01";
    let mut days: BTreeMap<String, u64> = BTreeMap::new();
    days.insert(today.to_owned(), 7);
    days.extend((0..100).map(|n| (format!("2099-01-{n:03}"), 1)));
    days.extend((0..100).map(|n| (format!("1999-01-{n:03}"), 1)));
    forget(&mut days, today);
    assert_eq!(days.len(), DAYS);
    assert_eq!(days[today], 7);
    assert_eq!(days.last_key_value().unwrap().0, today);
}

#[test]
fn amounts_are_written_as_people_read_them() {
    for (usd, text) in [
        (5.0, "5.00"),
        (4.995, "4.9950"),
        (0.012_34, "0.0123"),
        (0.000_012, "0.000012"),
        (0.0, "0.00"),
    ] {
        assert_eq!(dollars(usd), text);
    }
}

/// What one of several callers does with its reservation.
#[derive(Clone, Debug)]
enum End {
    Settle(f64),
    Drop,
    Keep,
}

fn calls() -> impl Strategy<Value = Vec<(f64, End)>> {
    let end = prop_oneof![(0.0..1.0).prop_map(End::Settle), Just(End::Drop), Just(End::Keep)];
    prop::collection::vec((0.0..0.6, end), 1..12)
}

/// Runs the calls of each caller at the same time; the most that was spent or reserved
/// at any one moment, if no call cost more than its estimate, is what it returns.
fn race(ledgers: &[Ledger], callers: Vec<Vec<(f64, End)>>) -> f64 {
    let total = StdMutex::new((0.0_f64, 0.0_f64));
    std::thread::scope(|scope| {
        for (calls, ledger) in callers.into_iter().zip(ledgers.iter().cycle()) {
            let total = &total;
            scope.spawn(move || {
                let mut kept = Vec::new();
                for (estimate, end) in calls {
                    let Ok(reservation) = ledger.reserve(estimate) else { continue };
                    let actual = match end {
                        End::Settle(share) => estimate * share,
                        End::Drop | End::Keep => estimate,
                    };
                    {
                        // What is really spent can only be less than what is reserved.
                        let mut total = total.lock().unwrap();
                        total.0 += actual;
                        total.1 = total.1.max(total.0);
                    }
                    match end {
                        End::Settle(_) => reservation.settle(actual),
                        End::Drop => drop(reservation),
                        End::Keep => kept.push(reservation),
                    }
                }
            });
        }
    });
    total.into_inner().unwrap().1
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn reservations_never_exceed_a_budget_together(
        callers in prop::collection::vec(calls(), 1..5),
        daily in 0.1..2.0,
        run in prop::option::of(0.1..2.0),
    ) {
        let ledger = ledger(Some(daily), run);
        let most = race(std::slice::from_ref(&ledger), callers);
        let allowed = run.map_or(daily, |run: f64| run.min(daily));
        prop_assert!(most <= allowed + 1e-6, "{most} of {allowed}");
        prop_assert!(ledger.spent_today() <= allowed + 1e-6);
        prop_assert!((ledger.spent_today() - most).abs() < 1e-6, "{}", ledger.spent_today());
    }

    #[test]
    fn nor_do_those_of_several_processes(callers in prop::collection::vec(calls(), 1..5)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.json");
        let ledgers = [shared(&path, Some(1.0)), shared(&path, Some(1.0))];
        let most = race(&ledgers, callers);
        prop_assert!(most <= 1.0 + 1e-6, "{most}");
        // Another process sees what was spent once both have written.
        for ledger in &ledgers {
            let _ = ledger.reserve(1e-9);
        }
        let spent = StateFile::new(&path).read().unwrap().spending.values().sum();
        prop_assert!(usd(spent) <= 1.0 + 1e-6);
    }
}
