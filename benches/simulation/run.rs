//! Runs a policy through a scenario, and puts many runs together.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use docstring_ls::orchestrator::{GenerationConfig, Hedge};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::ours::{accept, orchestrator, question};
use super::rules::{Router, fallback, race};
use super::world::{Scenario, World, mix};

/// Who decides.
#[derive(Clone, Debug)]
pub(crate) enum Policy {
    /// This crate.
    Ours(Box<GenerationConfig>),
    /// See [`race`].
    Race,
    /// See [`Router`].
    Router,
    /// See [`fallback`].
    Fallback,
}

impl Policy {
    /// This crate with another way to ask a second provider.
    pub(crate) fn ours(hedge: Hedge) -> Self {
        Self::Ours(Box::new(GenerationConfig {
            hedge,
            daily_budget_usd: None,
            ..GenerationConfig::default()
        }))
    }
}

/// What came of one run.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figures {
    /// Percent of the questions that were answered.
    pub(crate) success: f64,
    /// Seconds to an answer.
    pub p50: f64,
    /// The same.
    pub p99: f64,
    /// What was billed, in calls to the first provider for each question.
    pub(crate) cost: f64,
    /// The same when cancelled calls are billed by time alone.
    pub(crate) by_time: f64,
    /// Calls for each question.
    pub(crate) calls: f64,
}

/// Reads the scenarios, in the order of their names.
pub(crate) fn scenarios() -> Vec<Arc<Scenario>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scenarios");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = files.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    let names = names.iter().filter_map(|name| name.strip_suffix(".toml"));
    names.map(|name| Arc::new(Scenario::read(name))).collect()
}

type Asked = Vec<(bool, f64)>;

/// When each question is put, in seconds: Poisson, twelve a minute.
fn arrivals(seed: u64, count: u64) -> Vec<f64> {
    let mut rng = StdRng::seed_from_u64(mix([seed, 99]));
    let mut at = 0.0;
    let next = |_| {
        at -= 5.0 * (1.0 - rng.random::<f64>()).ln();
        at
    };
    (0..count).map(next).collect()
}

async fn drive(scenario: &Arc<Scenario>, policy: &Policy, seed: u64, count: u64) -> Figures {
    let world = World::new(seed, Arc::clone(scenario), 1.0);
    let began = Instant::now();
    let anew = || {
        let Policy::Ours(config) = policy else { return None };
        Some(Arc::new(orchestrator(&world, config.as_ref().clone(), seed)))
    };
    let mut ours = anew();
    let router = Arc::new(Router::new(seed));
    let mut restart = scenario.restart;
    let mut asked: JoinSet<(bool, f64)> = JoinSet::new();
    for (number, at) in (0..).zip(arrivals(seed, count)) {
        tokio::time::sleep_until(began + Duration::from_secs_f64(at)).await;
        if restart.is_some_and(|moment| at >= moment) {
            restart = None;
            ours = anew();
        }
        let (world, ours, router) = (Arc::clone(&world), ours.clone(), Arc::clone(&router));
        let policy = policy.clone();
        asked.spawn(async move {
            let began = Instant::now();
            let is_good = match (policy, ours) {
                (Policy::Ours(_), Some(ours)) => {
                    ours.complete(question(number), accept).await.is_ok()
                }
                (Policy::Race, _) => race(world, number).await,
                (Policy::Router, _) => router.ask(world, number).await,
                _ => fallback(world, number).await,
            };
            (is_good, began.elapsed().as_secs_f64())
        });
    }
    let asked = asked.join_all().await;
    figures(&asked, &world, count)
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn figures(asked: &Asked, world: &World, count: u64) -> Figures {
    let count = count as f64;
    let mut times: Vec<f64> =
        asked.iter().filter(|(is_good, _)| *is_good).map(|(_, time)| *time).collect();
    times.sort_by(f64::total_cmp);
    let bill = world.bill();
    Figures {
        success: 100.0 * times.len() as f64 / count,
        p50: quantile(&times, 0.5),
        p99: quantile(&times, 0.99),
        cost: bill.cost / count,
        by_time: bill.by_time / count,
        calls: bill.calls as f64 / count,
    }
}

/// The nearest rank.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an index of a short list"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

/// Runs one policy through one scenario, on a clock that jumps from event to event.
pub(crate) fn simulate(
    scenario: &Arc<Scenario>,
    policy: &Policy,
    seed: u64,
    count: u64,
) -> Figures {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap()
        .block_on(drive(scenario, policy, seed, count))
}

/// A mean with the half width of its 95 % confidence interval.
#[expect(clippy::cast_precision_loss, reason = "a handful of seeds")]
pub(crate) fn mean(numbers: &[f64]) -> (f64, f64) {
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let variance = numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>();
    // Student's t for 20 seeds, which is near enough for any number from ten on.
    let half = 2.093 * (variance / (count - 1.0).max(1.0) / count).sqrt();
    (mean, half)
}
