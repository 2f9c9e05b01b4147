//! Three providers on a clock of their own, with faults from a scenario.
//!
//! What a call meets is drawn from (seed, provider, question, how often that provider was
//! asked that question), so that every policy meets the same luck.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, LogNormal};
use serde::Deserialize;
use tokio::time::Instant;

/// A scenario file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    /// Its row heading.
    pub(crate) title: String,
    /// When the policy starts anew.
    pub(crate) restart: Option<f64>,
    /// What goes wrong.
    #[serde(default)]
    pub(crate) fault: Vec<Fault>,
}

impl Scenario {
    /// The file of this name (without its ending) in `benches/scenarios`.
    pub(crate) fn read(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scenarios");
        let text = std::fs::read_to_string(folder.join(name).with_extension("toml")).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }
}

/// See `benches/scenarios/README.md`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    provider: String,
    kind: Kind,
    #[serde(default = "always")]
    share: f64,
    #[serde(default = "always")]
    factor: f64,
    #[serde(default)]
    per_minute: u64,
    #[serde(default)]
    from: f64,
    until: Option<f64>,
    every: Option<f64>,
    #[serde(default)]
    lasts: f64,
}

fn always() -> f64 {
    1.0
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Overloaded,
    Auth,
    Quota,
    Slow,
    Straggle,
    Hang,
    Invalid,
    Limit,
}

impl Fault {
    fn applies(&self, provider: &Site, now: f64) -> bool {
        self.provider == provider.name
            && now >= self.from
            && self.until.is_none_or(|until| now < until)
            && self.every.is_none_or(|every| (now - self.from).rem_euclid(every) < self.lasts)
    }
}

/// A provider as it is when nothing is wrong.
#[derive(Debug)]
pub(crate) struct Site {
    /// Its name.
    pub(crate) name: &'static str,
    median: f64,
    sigma: f64,
    stragglers: f64,
    /// What a call costs, in calls to the first one.
    pub(crate) price: f64,
}

/// The three of every scenario.
pub(crate) const SITES: [Site; 3] = [
    Site { name: "a", median: 1.2, sigma: 0.38, stragglers: 0.03, price: 1.0 },
    Site { name: "b", median: 1.8, sigma: 0.35, stragglers: 0.02, price: 1.3 },
    Site { name: "c", median: 2.6, sigma: 0.40, stragglers: 0.02, price: 1.6 },
];

/// Input tokens of every question and output tokens of every answer. Output is five times
/// as dear, so that each is half of the price of a call.
pub(crate) const INPUT: u64 = 1_250;
pub(crate) const OUTPUT: u64 = 250;
/// US dollars for a whole call at price 1.
pub(crate) const CALL_USD: f64 = 0.000_25;

/// How a call ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// An answer.
    Good,
    /// An answer that is not accepted.
    Invalid,
    /// 5xx.
    Overloaded,
    /// 401.
    Auth,
    /// 429, no quota.
    Quota,
    /// 429 with so many seconds to wait.
    Limited(f64),
}

/// What an answer says of the limit: calls in a minute, left, seconds until it is whole.
pub(crate) type Left = Option<(u64, u64, f64)>;

/// What was billed, in calls to the first provider.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bill {
    /// Cancelled calls with all of their input, and output by the share of their time.
    pub(crate) cost: f64,
    /// Cancelled calls by the share of their time alone.
    pub(crate) by_time: f64,
    /// Calls.
    pub(crate) calls: u64,
}

#[derive(Default)]
struct Books {
    bill: Bill,
    asked: HashMap<(usize, u64), u64>,
    /// Calls of a minute, for limits.
    minutes: HashMap<(usize, u64), u64>,
}

/// The world of one run.
pub(crate) struct World {
    seed: u64,
    scenario: Arc<Scenario>,
    /// How many times faster everything happens.
    scale: f64,
    began: Instant,
    books: Mutex<Books>,
}

/// Bills a call, also when it is dropped.
struct Meter<'a> {
    world: &'a World,
    price: f64,
    began: Instant,
    /// How long it would take; `None` once it has ended.
    time: Option<f64>,
}

impl Drop for Meter<'_> {
    fn drop(&mut self) {
        if let Some(time) = self.time {
            let share = (self.began.elapsed().as_secs_f64() / time).min(1.0);
            self.world.charge(self.price * (0.5 + 0.5 * share), self.price * share);
        }
    }
}

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

impl World {
    /// A world in which everything happens so many times faster than it would.
    pub(crate) fn new(seed: u64, scenario: Arc<Scenario>, scale: f64) -> Arc<Self> {
        let (began, books) = (Instant::now(), Mutex::default());
        Arc::new(Self { seed, scenario, scale, began, books })
    }

    /// What was billed so far.
    pub(crate) fn bill(&self) -> Bill {
        self.books.lock().unwrap().bill
    }

    fn charge(&self, cost: f64, by_time: f64) {
        let mut books = self.books.lock().unwrap();
        books.bill.cost += cost;
        books.bill.by_time += by_time;
    }

    /// Whether this fault is there now, and takes a call from its limit if it is one.
    fn limited(&self, index: usize, site: &Site, now: f64) -> (Option<f64>, Left) {
        let is_limit = |fault: &&Fault| fault.kind == Kind::Limit && fault.applies(site, now);
        let Some(fault) = self.scenario.fault.iter().find(is_limit) else { return (None, None) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes")]
        let minute = (now / 60.0) as u64;
        let rest = 60.0 - now.rem_euclid(60.0);
        let mut books = self.books.lock().unwrap();
        let used = books.minutes.entry((index, minute)).or_default();
        if *used >= fault.per_minute {
            return (Some(rest), Some((fault.per_minute, 0, rest)));
        }
        *used += 1;
        (None, Some((fault.per_minute, fault.per_minute - *used, rest)))
    }

    async fn pass(&self, seconds: f64) {
        if self.scale.is_finite() {
            tokio::time::sleep(secs(seconds / self.scale)).await;
        }
    }

    /// Asks the provider of this index. Dropping the future cancels the call.
    pub(crate) async fn call(&self, index: usize, question: u64) -> (End, Left) {
        let site = &SITES[index];
        let began = Instant::now();
        let now = if self.scale.is_finite() {
            (began - self.began).as_secs_f64() * self.scale
        } else {
            0.0
        };
        let nth = {
            let mut books = self.books.lock().unwrap();
            books.bill.calls += 1;
            let nth = books.asked.entry((index, question)).or_default();
            *nth += 1;
            *nth
        };
        let mut rng = StdRng::seed_from_u64(mix([self.seed, index as u64, question, nth]));
        // Always in this order, so that a fault changes nothing but itself.
        let usual: f64 = LogNormal::new(site.median.ln(), site.sigma).unwrap().sample(&mut rng);
        let long = 8.0 + 17.0 * rng.random::<f64>();
        let is_straggler = rng.random::<f64>() < site.stragglers;
        let to_error = 0.2 + 0.6 * rng.random::<f64>();
        let mut time = if is_straggler { long } else { usual };
        let mut end = End::Good;
        let (limited, left) = self.limited(index, site, now);
        for fault in self.scenario.fault.iter().filter(|fault| fault.applies(site, now)) {
            if rng.random::<f64>() >= fault.share || end != End::Good {
                continue;
            }
            match fault.kind {
                Kind::Overloaded => end = End::Overloaded,
                Kind::Auth => end = End::Auth,
                Kind::Quota => end = End::Quota,
                Kind::Invalid => end = End::Invalid,
                Kind::Slow => time *= fault.factor,
                Kind::Straggle => time = long,
                Kind::Hang => time = 3_600.0,
                Kind::Limit => {}
            }
        }
        if let Some(rest) = limited {
            end = End::Limited(rest);
        }
        if !matches!(end, End::Good | End::Invalid) {
            // Nothing is billed for an error.
            self.pass(to_error).await;
            return (end, left);
        }
        let scaled = Some(time / self.scale);
        let mut meter = Meter { world: self, price: site.price, began, time: scaled };
        self.pass(time).await;
        meter.time = None;
        self.charge(site.price, site.price);
        (end, left)
    }
}

/// One number of several (the finalizer of `SplitMix64`).
pub(crate) fn mix(numbers: impl IntoIterator<Item = u64>) -> u64 {
    let step = |hash: u64, number: u64| {
        let mut z = (hash ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    numbers.into_iter().fold(0, step)
}
