//! Money: what was spent, and a hard stop before the call that would exceed a budget.
//!
//! Invariants: inside, money is whole billionths of a US dollar. What is reserved counts
//! as spent from that moment, so that reservations made at the same time, in this process
//! or in another with the same state file, never exceed a budget together. A reservation
//! that nobody settles, because its call was cancelled, counts with its estimate.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::moment::day;
use super::state::{StateError, StateFile};

/// Days that are remembered.
const DAYS: usize = 92;

/// The time of day, given so that a test can turn it.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Which budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// That of a day (UTC), for all processes of the user.
    Day,
    /// That of this process.
    Run,
}

/// The next call could cost more than is left.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct BudgetExceeded {
    /// Which budget it would exceed.
    pub limit: Limit,
    /// What that budget is, in US dollars.
    pub allowed_usd: f64,
    /// What is spent or reserved of it, in US dollars.
    pub spent_usd: f64,
    /// What the call may cost, in US dollars.
    pub estimate_usd: f64,
}

impl BudgetExceeded {
    fn sentence(&self) -> String {
        let Self { limit, allowed_usd, spent_usd, estimate_usd } = self;
        let (of, instead) = match limit {
            Limit::Day => ("a day", "raise `orchestrator.daily-budget-usd`, or wait for 00:00 UTC"),
            Limit::Run => ("a run", "raise `orchestrator.run-budget-usd`, or start again"),
        };
        format!(
            "the budget stops the next call: it may cost ${}, and ${} of the ${} for {of} are spent; {instead}",
            dollars(*estimate_usd),
            dollars(*spent_usd),
            dollars(*allowed_usd),
        )
    }
}

/// An amount with two digits after the point, or with as many as it takes to see it.
fn dollars(usd: f64) -> String {
    let cents = (usd * 100.0).round() / 100.0;
    if (usd - cents).abs() < 5e-7 {
        return format!("{usd:.2}");
    }
    let digits = if usd < 0.0001 { 6 } else { 4 };
    format!("{usd:.digits$}")
}

/// US dollars as billionths; what is no amount is none, what is too much is the most.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a negative amount is none"
)]
pub(super) fn nanos(usd: f64) -> u64 {
    // A billion dollars is enough for everybody, and leaves room to add.
    (usd * 1e9).round().clamp(0.0, 1e18) as u64
}

/// Billionths as US dollars.
#[expect(clippy::cast_precision_loss, reason = "a digit far behind the point is lost")]
pub(super) fn usd(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

/// What is spent, and what may be. Clones share one ledger.
#[derive(Clone)]
pub struct Ledger {
    books: Arc<Books>,
}

struct Books {
    daily: Option<u64>,
    run: Option<u64>,
    store: Option<Arc<StateFile>>,
    clock: Clock,
    spent: Mutex<Spent>,
    /// The shared file cannot be used, and that was said.
    is_alone: AtomicBool,
}

#[derive(Default)]
struct Spent {
    /// By this process, reservations among it.
    run: u64,
    /// By all processes and day, as far as this one knows.
    days: BTreeMap<String, u64>,
    /// What the file does not know of yet.
    owed: Owed,
}

/// Signed amounts by day.
pub(super) type Owed = BTreeMap<String, i128>;

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Books { daily, run, .. } = &*self.books;
        f.debug_struct("Ledger").field("daily", daily).field("run", run).finish_non_exhaustive()
    }
}

/// Adds a signed amount without wrapping.
fn shift(amount: u64, by: i128) -> u64 {
    let sum = i128::from(amount).saturating_add(by).max(0);
    u64::try_from(sum).unwrap_or(u64::MAX)
}

fn shift_day(days: &mut BTreeMap<String, u64>, day: &str, by: i128) {
    let amount = days.entry(day.to_owned()).or_default();
    *amount = shift(*amount, by);
}

impl Books {
    fn spent(&self) -> MutexGuard<'_, Spent> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what a call costs from its estimate to `actual`. No file is touched: the
    /// difference goes out with the next reservation or flush.
    fn settle(&self, day: &str, estimate: u64, actual: u64) {
        let by = i128::from(actual) - i128::from(estimate);
        if by != 0 {
            let mut spent = self.spent();
            spent.run = shift(spent.run, by);
            self.count(&mut spent, day, by);
        }
    }

    /// Counts an amount for a day, also for the file.
    fn count(&self, spent: &mut Spent, day: &str, by: i128) {
        shift_day(&mut spent.days, day, by);
        if self.store.is_some() {
            *spent.owed.entry(day.to_owned()).or_default() += by;
        } else {
            forget(&mut spent.days, day);
        }
    }

    /// What would exceed the daily budget, given what is spent.
    fn exceeded(&self, day_spent: u64, amount: u64) -> Option<BudgetExceeded> {
        exceeded(Limit::Day, self.daily?, day_spent, amount)
    }
}

fn exceeded(limit: Limit, allowed: u64, spent: u64, amount: u64) -> Option<BudgetExceeded> {
    (spent.saturating_add(amount) > allowed).then(|| BudgetExceeded {
        limit,
        allowed_usd: usd(allowed),
        spent_usd: usd(spent),
        estimate_usd: usd(amount),
    })
}

/// Bounds the days: later ones, of a clock that was wrong, go first, then the oldest.
fn forget(days: &mut BTreeMap<String, u64>, today: &str) {
    while days.len() > DAYS {
        let is_later = days.last_key_value().is_some_and(|(last, _)| last.as_str() > today);
        let _ = if is_later { days.pop_last() } else { days.pop_first() };
    }
}

impl Ledger {
    /// A ledger with these budgets in US dollars; `None` for no limit, and what is no
    /// number allows nothing. With a `store` the day's spending is shared by all processes
    /// that use the same file, and outlives them.
    pub fn new(
        daily: Option<f64>,
        run: Option<f64>,
        store: Option<Arc<StateFile>>,
        clock: Clock,
    ) -> Self {
        let books = Books {
            daily: daily.map(nanos),
            run: run.map(nanos),
            store,
            clock,
            spent: Mutex::default(),
            is_alone: AtomicBool::new(false),
        };
        Self { books: Arc::new(books) }
    }

    /// Sets aside what a call may cost. To be asked before every call that costs money.
    ///
    /// With a daily budget and a state file this reads and writes that file, and may wait
    /// for another process up to two seconds. When the file cannot be used, this
    /// process's own spending is held against the budget, over what it last knew.
    ///
    /// # Errors
    ///
    /// When the call could exceed a budget; it must then not be made.
    pub fn reserve(&self, estimate_usd: f64) -> Result<Reservation, BudgetExceeded> {
        // An unknown estimate must not pass for nothing, where there is a budget.
        let has_budget = self.books.daily.or(self.books.run).is_some();
        let is_unknown = estimate_usd.is_nan() && has_budget;
        let amount = nanos(if is_unknown { f64::INFINITY } else { estimate_usd });
        let day = day((self.books.clock)());
        if amount > 0 {
            let mut spent = self.books.spent();
            if let Some(run) = self.books.run
                && let Some(error) = exceeded(Limit::Run, run, spent.run, amount)
            {
                return Err(error);
            }
            spent.run = spent.run.saturating_add(amount);
            drop(spent);
            if let Err(error) = self.reserve_day(&day, amount) {
                let mut spent = self.books.spent();
                spent.run = shift(spent.run, -i128::from(amount));
                return Err(error);
            }
        }
        let books = Arc::clone(&self.books);
        Ok(Reservation { books, day, estimate: amount, actual: amount })
    }

    /// Whether a reservation reads and writes a file, and so may block.
    pub(super) fn is_shared(&self) -> bool {
        self.books.daily.is_some() && self.books.store.is_some()
    }

    /// The same for the daily budget alone.
    fn reserve_day(&self, day: &str, amount: u64) -> Result<(), BudgetExceeded> {
        let books = &*self.books;
        if books.daily.is_some()
            && let Some(store) = &books.store
        {
            match self.reserve_shared(store, day, amount) {
                Ok(result) => {
                    books.is_alone.store(false, Ordering::Relaxed);
                    return result;
                }
                Err(error) => {
                    if !books.is_alone.swap(true, Ordering::Relaxed) {
                        tracing::warn!("the day's budget holds for this process alone: {error}");
                    }
                }
            }
        }
        let mut spent = books.spent();
        let day_spent = spent.days.get(day).copied().unwrap_or(0);
        if let Some(error) = books.exceeded(day_spent, amount) {
            return Err(error);
        }
        books.count(&mut spent, day, i128::from(amount));
        Ok(())
    }

    fn reserve_shared(
        &self,
        store: &StateFile,
        day: &str,
        amount: u64,
    ) -> Result<Result<(), BudgetExceeded>, StateError> {
        let mut entered = None;
        let by = i128::from(amount);
        let result = store.update(|document| {
            let owed = self.enter(&mut document.spending);
            let day_spent = document.spending.get(day).copied().unwrap_or(0);
            if let Some(error) = self.books.exceeded(day_spent, amount) {
                self.take_back(owed);
                return Err(error);
            }
            shift_day(&mut document.spending, day, by);
            self.learn(&document.spending);
            entered = Some(owed);
            Ok(())
        });
        if result.is_err()
            && let Some(owed) = entered
        {
            self.take_back(owed);
            shift_day(&mut self.books.spent().days, day, -by);
        }
        result
    }

    /// Puts what was really spent in the place of money that was set aside by this
    /// process or an earlier one.
    pub fn settle(&self, aside: &SetAside, actual_usd: f64) {
        if !actual_usd.is_nan() {
            self.books.settle(&aside.day, aside.nanos, nanos(actual_usd));
        }
    }

    /// What is spent of the day's budget, in US dollars, as far as this process knows.
    pub fn spent_today(&self) -> f64 {
        let day = day((self.books.clock)());
        usd(self.books.spent().days.get(&day).copied().unwrap_or(0))
    }

    /// Whether the file does not know of everything yet.
    pub(super) fn owes(&self) -> bool {
        !self.books.spent().owed.is_empty()
    }

    /// Enters what is owed in the days of the file, and says what that was. To be called
    /// under the file's lock, so that nothing is entered twice; and to be taken back when
    /// the file is not written after all.
    pub(super) fn enter(&self, days: &mut BTreeMap<String, u64>) -> Owed {
        let owed = std::mem::take(&mut self.books.spent().owed);
        for (day, by) in &owed {
            shift_day(days, day, *by);
        }
        forget(days, &day((self.books.clock)()));
        owed
    }

    /// Owes again what was not written.
    pub(super) fn take_back(&self, owed: Owed) {
        let mut spent = self.books.spent();
        for (day, by) in owed {
            *spent.owed.entry(day).or_default() += by;
        }
    }

    /// Notes what the file holds.
    pub(super) fn learn(&self, days: &BTreeMap<String, u64>) {
        let mut spent = self.books.spent();
        let mut known = days.clone();
        for (day, by) in &spent.owed {
            shift_day(&mut known, day, *by);
        }
        spent.days = known;
    }
}

/// Money that stays set aside when the process that did so has ended: for what is paid
/// later.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// The day (UTC, `2026-11-22`) whose budget it counts against.
    pub day: String,
    /// Billionths of a US dollar.
    pub nanos: u64,
}

/// Money set aside for one call. Dropped without being settled it counts as spent.
#[must_use = "dropped at once, it counts as spent"]
pub struct Reservation {
    books: Arc<Books>,
    day: String,
    estimate: u64,
    actual: u64,
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").field("nanos", &self.estimate).finish_non_exhaustive()
    }
}

impl Reservation {
    /// Puts what the call really cost in the place of the estimate.
    pub fn settle(mut self, actual_usd: f64) {
        if !actual_usd.is_nan() {
            self.actual = nanos(actual_usd);
        }
    }

    /// What it takes to settle it later, with [`Ledger::settle`]. Until then it counts as
    /// spent.
    pub fn aside(&self) -> SetAside {
        SetAside { day: self.day.clone(), nanos: self.estimate }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.books.settle(&self.day, self.estimate, self.actual);
    }
}

#[cfg(test)]
mod tests;
