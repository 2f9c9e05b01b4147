//! The simulation of `benches/simulation`, smaller, held to what its tables promise: an
//! answer wherever one provider lives, in time and for little more than one call.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops there"
)]

#[path = "../benches/simulation/ours.rs"]
mod ours;
#[path = "../benches/simulation/rules.rs"]
mod rules;
#[path = "../benches/simulation/run.rs"]
mod run;
#[path = "../benches/simulation/world.rs"]
mod world;

use std::sync::Arc;

use docstring_ls::orchestrator::{GenerationConfig, Hedge};

use run::{Figures, Policy, mean, scenarios, simulate};
use world::{CALL_USD, Scenario};

/// As many as the shortest run that has every outage in it and its end.
const QUESTIONS: u64 = 400;

fn means(scenario: &Arc<Scenario>, policy: &Policy) -> Figures {
    let runs: Vec<Figures> =
        (1..=3).map(|seed| simulate(scenario, policy, seed, QUESTIONS)).collect();
    let of = |pick: fn(&Figures) -> f64| mean(&runs.iter().map(pick).collect::<Vec<f64>>()).0;
    Figures {
        success: of(|run| run.success),
        p50: of(|run| run.p50),
        p99: of(|run| run.p99),
        cost: of(|run| run.cost),
        by_time: of(|run| run.by_time),
        calls: of(|run| run.calls),
    }
}

/// The bounds leave a quarter over the 99th percentiles and a tenth over the costs of the
/// table, because three short runs scatter.
#[test]
fn answers_wherever_one_provider_lives_in_time_and_for_little_more() {
    let bounds = [
        ("healthy", 4.8, 1.20),
        ("20 % errors", 6.0, 1.30),
        ("out for 10 min", 5.5, 1.30),
        ("6 times slower", 6.0, 1.30),
        ("3 % hang", 6.0, 1.22),
        ("30 % errors", 8.0, 1.40),
        ("down", 6.2, 1.58),
        ("spend cap", 6.0, 1.42),
        ("invalid", 7.0, 1.38),
        ("6 calls a minute", 6.8, 1.42),
        ("down 20 s", 6.2, 1.45),
        ("key revoked", 5.2, 1.25),
        ("bursts", 8.0, 1.33),
    ];
    let mut faults = Vec::new();
    for scenario in scenarios() {
        let title = &scenario.title;
        let bound = bounds.iter().rev().find(|(word, ..)| title.contains(word));
        let (_, p99, cost) = bound.unwrap_or_else(|| panic!("no bounds for `{title}`"));
        let found = means(&scenario, &Policy::ours(Hedge::Adaptive));
        if found.success < 100.0 || found.p99 > *p99 || found.cost > *cost {
            faults.push(format!("{title}: {found:.3?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn second_calls_are_worth_it_and_a_race_is_dear() {
    let healthy = &scenarios()[0];
    let [adaptive, off, race] = [Hedge::Adaptive, Hedge::Off, Hedge::Race]
        .map(|hedge| means(healthy, &Policy::ours(hedge)));
    assert!(adaptive.p99 < 0.75 * off.p99, "{adaptive:?} {off:?}");
    assert!(race.p99 < adaptive.p99 && race.cost > 1.9, "{race:?} {adaptive:?}");
}

#[test]
fn others_lose_what_ours_answers() {
    let scenarios = scenarios();
    let down = scenarios.iter().find(|scenario| scenario.title == "a: down").unwrap();
    assert!(means(down, &Policy::Race).success < 99.5);
    assert!(means(down, &Policy::Router).p50 > 2.0 * means(down, &Policy::ours(Hedge::Off)).p50);
    assert!(means(down, &Policy::Fallback).p50 > means(down, &Policy::ours(Hedge::Off)).p50);
}

#[test]
fn a_run_says_the_same_for_the_same_seed_and_stops_at_its_budget() {
    let healthy = &scenarios()[0];
    let budget = 100.0 * CALL_USD;
    let config = GenerationConfig {
        daily_budget_usd: None,
        run_budget_usd: Some(budget),
        ..GenerationConfig::default()
    };
    let policy = Policy::Ours(Box::new(config));
    let capped = simulate(healthy, &policy, 1, QUESTIONS);
    assert_eq!(capped, simulate(healthy, &policy, 1, QUESTIONS));
    assert!(capped.success > 15.0 && capped.success < 26.0, "{capped:?}");
    assert!(capped.cost * f64::from(u32::try_from(QUESTIONS).unwrap()) <= 100.0, "{capped:?}");
}
