//! Which came first, a clearing of the cache or the question whose answer arrives.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use super::Which;

/// Counts the beginnings and clearings of this process, over all storages: a moment is
/// the same for both parts of a tiered storage.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Scopes whose clearing is remembered one by one.
const SCOPES: usize = 256;

/// The moment at which work on an answer began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generation {
    order: u64,
    at: SystemTime,
}

impl Generation {
    /// This moment, which the clock calls `at`.
    ///
    /// Moments of this process are compared by their order alone. The time serves the
    /// comparison with those of other processes.
    pub fn at(at: SystemTime) -> Self {
        Self { order: NEXT.fetch_add(1, Ordering::SeqCst), at }
    }

    /// What the clock said, in microseconds since 1970.
    pub(super) fn micros(self) -> i64 {
        micros(self.at)
    }
}

/// Microseconds since 1970.
pub(super) fn micros(time: SystemTime) -> i64 {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_micros()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    }
}

/// The clearings that this process made.
#[derive(Debug, Default)]
pub(super) struct Clears {
    all: u64,
    scopes: HashMap<String, u64>,
}

impl Clears {
    /// Remembers that `which` is cleared at `moment`.
    pub(super) fn clear(&mut self, which: &Which, moment: Generation) {
        match which {
            Which::Scope(scope) if self.scopes.len() < SCOPES => {
                let last = self.scopes.entry(scope.clone()).or_default();
                *last = moment.order.max(*last);
            }
            // With too many scopes everything that is on its way is given up instead.
            Which::All | Which::Scope(_) => {
                self.all = moment.order.max(self.all);
                let all = self.all;
                self.scopes.retain(|_, last| *last > all);
            }
        }
    }

    /// Whether `scope` was cleared since `began`.
    pub(super) fn outdate(&self, began: Generation, scope: &str) -> bool {
        let last = self.scopes.get(scope).copied().unwrap_or_default();
        began.order < self.all.max(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Generation {
        Generation::at(SystemTime::UNIX_EPOCH)
    }

    fn scope(name: &str) -> Which {
        Which::Scope(name.to_owned())
    }

    #[test]
    fn a_clearing_outdates_what_began_before_it_in_its_scope() {
        let mut clears = Clears::default();
        let before = now();
        clears.clear(&scope("a"), now());
        let after = now();
        assert!(clears.outdate(before, "a"));
        assert!(!clears.outdate(before, "b"));
        assert!(!clears.outdate(after, "a"));
        clears.clear(&Which::All, now());
        assert!(clears.outdate(after, "b"));
        assert!(!clears.outdate(now(), "a"));
    }

    #[test]
    fn a_clearing_that_is_told_late_does_not_undo_a_newer_one() {
        let mut clears = Clears::default();
        let (old, middle, new) = (now(), now(), now());
        clears.clear(&scope("a"), new);
        clears.clear(&scope("a"), old);
        clears.clear(&Which::All, old);
        assert!(clears.outdate(middle, "a"));
        assert!(!clears.outdate(middle, "b"));
    }

    #[test]
    fn many_scopes_take_bounded_memory_and_no_clearing_is_lost() {
        let mut clears = Clears::default();
        let before = now();
        for number in 0..10 * SCOPES {
            clears.clear(&scope(&number.to_string()), now());
        }
        assert!(clears.scopes.len() <= SCOPES);
        for number in 0..10 * SCOPES {
            assert!(clears.outdate(before, &number.to_string()), "{number}");
        }
        assert!(!clears.outdate(now(), "1"));
    }

    #[test]
    fn times_before_1970_and_far_away_have_a_number() {
        let second = std::time::Duration::from_secs(1);
        assert_eq!(micros(SystemTime::UNIX_EPOCH + second), 1_000_000);
        assert_eq!(micros(SystemTime::UNIX_EPOCH - second), -1_000_000);
        let far = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(u64::MAX / 4);
        assert_eq!(micros(far), i64::MAX);
    }
}
