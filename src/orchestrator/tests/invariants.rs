//! What holds whatever the providers do, whoever asks, and whoever leaves.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngSeed};

use super::fake::*;
use super::world::*;
use crate::orchestrator::{Hedge, OrchestratorError, Priority};

fn cases(number: u32) -> Config {
    // The same worlds at every run: what is red is red for everybody.
    let rng_seed = RngSeed::Fixed(20_261_122);
    Config { cases: number, failure_persistence: None, rng_seed, ..Config::default() }
}

/// No rule that the watch knows was broken, and nothing is left over.
fn sound(world: &World, became: &Became) -> Result<(), TestCaseError> {
    let Became { watch, fakes, orchestrator, answers } = became;
    let seen = watch.seen();
    prop_assert!(seen.faults.is_empty(), "{:?}", seen.faults);
    for (index, asked) in world.questions.iter().enumerate() {
        let text = format!("q{index}");
        let calls = seen.calls.get(&text).copied().unwrap_or_default();
        // In a batch only calls that were taken count.
        let limited = seen.limited.get(&text).filter(|_| asked.priority == Priority::Bulk);
        let counted = calls - limited.copied().unwrap_or_default();
        prop_assert!(counted <= world.retries + 1, "{text}: {calls} calls");
    }
    let report = orchestrator.report();
    for (fake, actor) in fakes.iter().zip(&world.actors) {
        let id = &*crate::provider::Provider::id(&**fake).0;
        prop_assert!(fake.most.load(Ordering::SeqCst) <= actor.concurrency, "{id}: too many");
        prop_assert_eq!(fake.running.load(Ordering::SeqCst), 0, "{} still runs", id);
        let counted = report.providers[id].total_attempts;
        prop_assert_eq!(counted, fake.count() as u64, "{}: attempts and calls", id);
    }
    prop_assert_eq!(orchestrator.flights.len(), 0);
    for arm in &orchestrator.core.arms {
        prop_assert!(arm.is_idle(), "{} holds something", arm.id());
    }
    let config = world.config();
    for (asked, answer) in world.questions.iter().zip(answers) {
        let Some((answer, took)) = answer else { continue };
        let time = match asked.priority {
            Priority::Interactive => config.timeout,
            Priority::Bulk => config.bulk_timeout,
        };
        prop_assert!(*took <= time + secs(0.01), "{took:?}");
        for attempt in told(answer) {
            prop_assert!(attempt.started < time, "a call at the deadline: {attempt:?}");
        }
        if let Err(OrchestratorError::DeadlineExceeded { elapsed, .. }) = answer {
            prop_assert!(*elapsed >= time, "{elapsed:?}");
        }
    }
    Ok(())
}

/// The attempts that a caller is told of.
fn told(answer: &Answered) -> &[crate::orchestrator::Attempt] {
    match answer {
        Ok(result) => &result.attempts,
        Err(
            OrchestratorError::Failed { attempts }
            | OrchestratorError::DeadlineExceeded { attempts, .. },
        ) => attempts,
        Err(_) => &[],
    }
}

proptest! {
    #![proptest_config(cases(200))]

    /// Everything at once: any providers, any questions, any callers that leave.
    #[test]
    fn no_rule_is_broken_in_any_world(world in world_of(any_actor())) {
        sound(&world, &world.run())?;
    }

    /// Many breakers open: one probe at a time, none before its time, none left behind.
    #[test]
    fn one_probe_at_a_time(world in world_of(outage())) {
        sound(&world, &world.run())?;
    }

    /// A budget is never exceeded, also by calls at the same time and by losers.
    #[test]
    fn a_budget_is_never_exceeded(world in world_of(any_actor()), calls in 0.0..6.0f64) {
        let world = World { budget: Some(calls * 0.0007), ..world };
        sound(&world, &world.run())?;
    }

    /// Callers are told of every call that was made for them.
    #[test]
    fn every_call_is_told_of(mut world in world_of(any_actor())) {
        world.questions.iter_mut().for_each(|asked| asked.leaves_after = None);
        let became = world.run();
        sound(&world, &became)?;
        let told: usize =
            became.answers.iter().flatten().map(|(answer, _)| told(answer).len()).sum();
        let made: usize = became.fakes.iter().map(|fake| fake.count()).sum();
        prop_assert_eq!(told, made);
    }
}

proptest! {
    #![proptest_config(cases(100))]

    /// Whoever is asked first and whatever it does: one provider that always answers is
    /// enough.
    #[test]
    fn one_sound_provider_is_enough(
        world in world_of(any_actor()), hedge in 0..3usize, takes in 0.0..1.5f64,
    ) {
        let mut world = World { retries: 40, parallel: 2, ..world };
        world.hedge = [Hedge::Off, Hedge::Adaptive, Hedge::Race][hedge];
        world.questions.iter_mut().for_each(|asked| asked.leaves_after = None);
        world.questions.truncate(3);
        // Two refusals end a question, so that only one may refuse.
        let refuses = |step: &Step| match step {
            Step::Fail(_, error) => error.kind == crate::provider::ErrorKind::Refused,
            _ => false,
        };
        for actor in &mut world.actors {
            actor.script.retain(|step| !refuses(step));
            if refuses(&actor.habit) {
                actor.habit = Step::Hang;
            }
        }
        world.actors.truncate(3);
        world.actors.push(Actor { script: Vec::new(), habit: good(takes), concurrency: 8 });
        let became = world.run();
        sound(&world, &became)?;
        for (answer, _) in became.answers.iter().flatten() {
            prop_assert!(answer.is_ok(), "{answer:?}");
        }
    }

    /// Any number of callers of one question, of whom all but one may leave, the first
    /// one among them: one call.
    #[test]
    fn equal_questions_are_one_call(
        leave in prop::collection::vec(prop::option::of(0.0..3.0f64), 1..30),
        stays in 0..30usize,
        arrive in prop::collection::vec(0.0..2.5f64, 30),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async move {
            let a = Fake::new("a", []);
            a.habit(good(3.0));
            let orchestrator = Arc::new(super::flow::orchestrator(&[&a], super::flow::config()));
            let stays = stays % leave.len();
            let mut arrive = arrive;
            // Whoever stays is there from the beginning, but perhaps not the first.
            arrive[stays] = 0.0;
            let tasks: Vec<_> = leave.iter().enumerate().map(|(index, leaves)| {
                let (orchestrator, at) = (Arc::clone(&orchestrator), secs(arrive[index]));
                let leaves = leaves.filter(|_| index != stays);
                tokio::task::spawn(async move {
                    tokio::time::sleep(at).await;
                    let answer = ask(&orchestrator, "x");
                    match leaves {
                        None => Some(answer.await),
                        Some(after) => tokio::time::timeout(secs(after), answer).await.ok(),
                    }
                })
            }).collect();
            for task in tasks {
                if let Some(answer) = task.await.unwrap() {
                    prop_assert!(answer.is_ok());
                }
            }
            prop_assert_eq!(a.count(), 1);
            prop_assert_eq!(orchestrator.flights.len(), 0);
            prop_assert!(orchestrator.core.arms[0].is_idle());
            Ok(())
        })?;
    }
}

/// The worlds above are worlds in which something happens.
#[test]
fn the_worlds_are_not_empty() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut probes, mut parkings, mut left, mut answered) = (0, 0, 0, 0);
    for index in 0..40 {
        let world =
            if index % 2 == 0 { world_of(any_actor()).boxed() } else { world_of(outage()).boxed() };
        let became = world.new_tree(&mut runner).unwrap().current().run();
        let seen = became.watch.seen();
        probes += seen.probes;
        parkings += seen.parkings;
        left += became.answers.iter().filter(|answer| answer.is_none()).count();
        answered += became.answers.iter().flatten().filter(|(answer, _)| answer.is_ok()).count();
    }
    assert!(
        probes > 10 && parkings > 10 && left > 10 && answered > 40,
        "{probes} {parkings} {left} {answered}"
    );
}
