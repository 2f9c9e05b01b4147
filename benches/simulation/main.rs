//! The orchestrator and other policies through scenarios of failing providers, on
//! virtual time.
//!
//! ```text
//! cargo bench --bench simulation                     # prints the tables
//! cargo bench --bench simulation -- --write          # and writes benches/simulation.md
//! cargo bench --bench simulation -- --sweep healthy  # other constants instead of other policies
//! cargo bench --bench simulation -- brown --seeds 5  # some scenarios, fewer seeds
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench prints, and stops when it cannot run"
)]

mod ours;
mod rules;
mod run;
mod world;

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use docstring_ls::orchestrator::Hedge;

use run::{Figures, Policy, mean, scenarios, simulate};
use world::Scenario;

/// Questions in a run.
const QUESTIONS: u64 = 600;

const HEAD: &str = "\
# Simulation of the orchestrator

Written by `cargo bench --bench simulation -- --write`; the same on every machine. The production code runs on
virtual time over the scenarios of `benches/scenarios`: three providers with log-normal times (medians 1.2, 1.8 and
2.6 s; sigma 0.38, 0.35 and 0.40), of which 3, 2 and 2 % of the calls are stragglers (8 to 25 s) that are independent
of each other, at prices 1, 1.3 and 1.6; 600 questions, 12 a minute (Poisson), of a person who waits. Means of
SEEDS seeds with 95 % confidence intervals. What a call meets is the same for all policies.

- **success**: questions answered within their deadline (30 s; the router's rules have none), in percent.
- **p50**, **p99**: seconds to the answer, of those that were answered.
- **cost**: what was billed, in calls to the cheapest provider for each question. Input and output are each half of a
  call. A cancelled call is billed with all of its input, and with its output by the share of its time that had
  passed; an error is billed nothing. **by time**: the same if a cancelled call's input were billed by time too.
- **calls**: calls for each question.

| policy | what it does |
| --- | --- |
| adaptive | this crate as it is by default: a second call when the first is late for its provider, within a budget |
| hedge off | this crate without second calls |
| race | this crate asking two at once |
| naive race | two at once with 3 tries each and pauses of 1 and 2 s; the first to *finish* decides; 30 s |
| router | LiteLLM's rules with one deployment in a group: 2 retries, backing off before the next group, 30 s a call |
| fallback | one after the other, 10 s each, no memory, no retries |
";

fn policies() -> Vec<(&'static str, Policy)> {
    vec![
        ("adaptive", Policy::ours(Hedge::Adaptive)),
        ("hedge off", Policy::ours(Hedge::Off)),
        ("race", Policy::ours(Hedge::Race)),
        ("naive race", Policy::Race),
        ("router", Policy::Router),
        ("fallback", Policy::Fallback),
    ]
}

/// This crate with other constants.
fn sweep() -> Vec<(&'static str, Policy)> {
    let tuned = |quantile, share, burst| {
        let Policy::Ours(mut config) = Policy::ours(Hedge::Adaptive) else { unreachable!() };
        config.tuning.hedge_quantile = quantile;
        config.tuning.hedge_share = share;
        config.tuning.hedge_burst = burst;
        Policy::Ours(config)
    };
    vec![
        ("p80", tuned(0.80, 0.20, 5.0)),
        ("p85", tuned(0.85, 0.20, 5.0)),
        ("p90, as it is", tuned(0.90, 0.20, 5.0)),
        ("p95", tuned(0.95, 0.20, 5.0)),
        ("p90, share 0.1", tuned(0.90, 0.10, 5.0)),
        ("p90, share 0.4", tuned(0.90, 0.40, 5.0)),
        ("p90, burst 2", tuned(0.90, 0.20, 2.0)),
        ("p90, burst 20", tuned(0.90, 0.20, 20.0)),
    ]
}

/// All runs, on all cores, in the order of the jobs.
fn run_all(jobs: &[(Arc<Scenario>, Policy, u64)]) -> Vec<Figures> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Figures)>> = Mutex::default();
    let work = || {
        while let Some((scenario, policy, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let figures = simulate(scenario, policy, *seed, QUESTIONS);
            let index = jobs.iter().position(|job| std::ptr::eq(&raw const job.2, seed)).unwrap();
            done.lock().unwrap().push((index, figures));
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, figures)| figures).collect()
}

fn row(name: &str, runs: &[Figures]) -> String {
    let cell = |pick: fn(&Figures) -> f64, digits: usize| {
        let (mean, half) = mean(&runs.iter().map(pick).collect::<Vec<f64>>());
        format!("{mean:.digits$} ±{half:.digits$}")
    };
    format!(
        "| {name} | {} | {} | {} | {} | {} | {} |",
        cell(|run| run.success, 2),
        cell(|run| run.p50, 2),
        cell(|run| run.p99, 2),
        cell(|run| run.cost, 3),
        cell(|run| run.by_time, 3),
        cell(|run| run.calls, 2),
    )
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1)
    };
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let seeds: u64 = value("--seeds").map_or(20, |number| number.parse().unwrap());
    let only = value("--policy");
    let is_word = |word: &&String| {
        !word.starts_with("--") && value("--seeds") != Some(word) && only != Some(word)
    };
    let wanted: Vec<&String> = arguments.iter().filter(is_word).collect();
    let is_wanted = |scenario: &Arc<Scenario>| {
        wanted.is_empty() || wanted.iter().any(|word| scenario.title.contains(*word))
    };
    let scenarios: Vec<_> = scenarios().into_iter().filter(is_wanted).collect();
    let policies = if has("--sweep") { sweep() } else { policies() };
    let policies: Vec<_> =
        policies.into_iter().filter(|(name, _)| only.is_none_or(|only| only == name)).collect();
    let mut jobs = Vec::new();
    for scenario in &scenarios {
        for (_, policy) in &policies {
            jobs.extend((1..=seeds).map(|seed| (Arc::clone(scenario), policy.clone(), seed)));
        }
    }
    let figures = run_all(&jobs);
    if has("--each") {
        for (figures, job) in figures.iter().zip(&jobs) {
            println!("{} {}: {figures:.2?}", job.0.title, job.2);
        }
    }
    let mut text = HEAD.replace("SEEDS", &seeds.to_string());
    let mut runs = figures.chunks(usize::try_from(seeds).unwrap());
    for scenario in &scenarios {
        write!(text, "\n## {}\n\n", scenario.title).unwrap();
        text.push_str("| policy | success % | p50 s | p99 s | cost | by time | calls |\n");
        text.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
        for (name, _) in &policies {
            writeln!(text, "{}", row(name, runs.next().unwrap())).unwrap();
        }
    }
    println!("{}", text.strip_prefix(&HEAD.replace("SEEDS", &seeds.to_string())).unwrap());
    if has("--write") {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/simulation.md");
        std::fs::write(path, text).unwrap();
    }
}
