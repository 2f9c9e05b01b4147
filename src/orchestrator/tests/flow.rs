//! What follows what.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::time::Instant;

use super::fake::*;
use crate::orchestrator::{
    Ask, Choice, Fallback, GenerationConfig, Hedge, Notice, Orchestrator, OrchestratorError,
    Priority, Seeded,
};
use crate::provider::{ErrorKind, Offline, Provider, ProviderId};

pub(super) fn config() -> GenerationConfig {
    GenerationConfig {
        fallback: Fallback::None,
        daily_budget_usd: None,
        ..GenerationConfig::default()
    }
}

pub(super) fn orchestrator(providers: &[&Arc<Fake>], config: GenerationConfig) -> Orchestrator {
    let providers = providers.iter().map(|fake| Arc::clone(*fake) as Arc<dyn Provider>);
    let builder = Orchestrator::builder(providers.collect());
    builder.config(config).random(Arc::new(Seeded::new(1))).build()
}

/// The endings of the attempts, by provider.
pub(super) fn history(answer: &Answered) -> Vec<String> {
    let attempts = match answer {
        Ok(result) => &result.attempts,
        Err(
            OrchestratorError::Failed { attempts }
            | OrchestratorError::DeadlineExceeded { attempts, .. },
        ) => attempts,
        Err(error) => return vec![error.to_string()],
    };
    attempts.iter().map(ToString::to_string).collect()
}

#[tokio::test(start_paused = true)]
async fn the_preferred_provider_answers() {
    let (a, b) = (Fake::new("a", []), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], config());
    let answer = ask_for(&orchestrator, "b", "x").await.unwrap();
    assert_eq!((&*answer.provider.0, answer.usage.total()), ("b", 1_200));
    assert_eq!((a.count(), b.count()), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_followed_by_the_next_provider_at_once() {
    let a = Fake::new("a", [fail(0.5, ErrorKind::Overloaded)]);
    let b = Fake::new("b", []);
    let orchestrator = orchestrator(&[&a, &b], config());
    let began = Instant::now();
    let answer = ask_for(&orchestrator, "a", "x").await;
    assert_eq!(history(&answer), ["a: it is overloaded after 0.5 s", "b answered after 1.0 s"]);
    assert!(began.elapsed() < secs(1.6));
}

#[tokio::test(start_paused = true)]
async fn a_slow_provider_is_joined_by_a_second_one_which_wins() {
    let (a, b) = (Fake::new("a", [Step::Hang]), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], config());
    let answer = ask_for(&orchestrator, "a", "x").await;
    let took = answer.as_ref().unwrap().elapsed;
    assert!(took > secs(2.0) && took < secs(4.0), "{took:?}");
    assert_eq!(a.running.load(Ordering::SeqCst), 0, "the loser is closed");
    let all = &answer.unwrap().attempts;
    assert!(all[1].is_hedge && all[0].usage.input > 0, "the loser is billed by estimate");
}

#[tokio::test(start_paused = true)]
async fn a_known_provider_that_is_late_once_is_asked_again_itself() {
    let calls = (0..10).map(|_| good(1.0)).chain([Step::Hang, good(1.0), Step::Hang, Step::Hang]);
    let a = Fake::new("a", calls);
    let b = Fake::with("b", [], |slow| slow.expected_time = secs(2.0));
    let orchestrator = orchestrator(&[&a, &b], config());
    for number in 0..10 {
        ask_for(&orchestrator, "a", &number.to_string()).await.unwrap();
    }
    let answer = ask_for(&orchestrator, "a", "x").await.unwrap();
    assert_eq!((&*answer.provider.0, answer.attempts.len(), b.count()), ("a", 2, 0));
    assert!(answer.elapsed < secs(2.5), "{:?}", answer.elapsed);
    // It was late a moment ago: now the other one is asked.
    let answer = ask_for(&orchestrator, "a", "y").await.unwrap();
    assert_eq!((&*answer.provider.0, answer.attempts.len(), b.count()), ("b", 2, 1));
}

#[tokio::test(start_paused = true)]
async fn an_invalid_answer_is_repaired_once_and_then_left() {
    let a = Fake::new("a", [bad(1.0), good(1.0)]);
    let orchestrator1 = orchestrator(&[&a], config());
    let answer = ask(&orchestrator1, "x").await.unwrap();
    assert!(answer.attempts[1].is_repair);
    let repair = a.calls.lock().unwrap()[1].1.repair.clone().unwrap();
    assert_eq!(repair.problems, ["`/ok` must be true"]);

    let (a, b) = (Fake::new("a", [bad(1.0), bad(1.0)]), Fake::new("b", []));
    let orchestrator2 = orchestrator(&[&a, &b], config());
    let answer = ask_for(&orchestrator2, "a", "x").await.unwrap();
    assert_eq!((a.count(), b.count(), &*answer.provider.0), (2, 1, "b"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_within_words_needs_no_repair() {
    let a = Fake::new("a", [Step::Text(secs(1.0), "Sure! ```json\n{\"ok\": true,}\n```".into())]);
    let orchestrator = orchestrator(&[&a], config());
    assert_eq!(ask(&orchestrator, "x").await.unwrap().attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_waited_for_when_nobody_else_is_there() {
    let a = Fake::new("a", [limited(0.1, 5.0), good(1.0)]);
    let orchestrator = orchestrator(&[&a], config());
    let began = Instant::now();
    ask(&orchestrator, "x").await.unwrap();
    let second = a.calls.lock().unwrap()[1].0;
    assert!(second - began >= secs(5.1), "{:?}", second - began);
}

#[tokio::test(start_paused = true)]
async fn one_deadline_ends_everything() {
    let (a, b) = (Fake::new("a", []), Fake::new("b", []));
    a.always(Step::Hang);
    b.always(Step::Hang);
    let orchestrator = orchestrator(&[&a, &b], config());
    let began = Instant::now();
    let answer = ask(&orchestrator, "x").await;
    assert!(matches!(answer, Err(OrchestratorError::DeadlineExceeded { .. })), "{answer:?}");
    assert!(began.elapsed() <= secs(30.01));
    assert_eq!(a.running.load(Ordering::SeqCst) + b.running.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn a_bad_key_disables_and_the_embedded_provider_takes_its_place() {
    let a = Fake::new("a", []);
    a.always(fail(0.1, ErrorKind::Auth));
    let providers = vec![Arc::clone(&a) as Arc<dyn Provider>, Arc::new(Offline::default())];
    let orchestrator = Orchestrator::builder(providers).build();
    let accept = |_: &serde_json::Value| Ok(true);
    for _ in 0..3 {
        let choice = crate::orchestrator::Choice::Preferred(ProviderId("a".into()));
        let question = crate::orchestrator::Ask::new("google", choice, question("x"));
        let answer = orchestrator.complete(question, accept).await.unwrap();
        assert_eq!(&*answer.provider.0, "offline");
        let [Notice::FellBack(why)] = answer.notices.as_slice() else { panic!("no notice") };
        assert!(why.contains("it is auth"), "{why}");
    }
    assert_eq!(a.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_bad_key_is_told_also_when_another_provider_answers() {
    for kind in [ErrorKind::Auth, ErrorKind::Quota] {
        let (a, b) = (Fake::new("a", []), Fake::new("b", [good(1.0), good(1.0)]));
        a.always(fail(0.1, kind));
        let orchestrator = orchestrator(&[&a, &b], config());
        let answer = ask_for(&orchestrator, "a", "x").await.unwrap();
        assert_eq!(&*answer.provider.0, "b");
        let [notice @ Notice::Unusable { provider, .. }] = answer.notices.as_slice() else {
            panic!("{:?}", answer.notices)
        };
        assert_eq!(&*provider.0, "a");
        assert!(notice.to_string().starts_with("`a`: "), "{notice}");
        // It is not asked again so soon, and nothing is told twice.
        assert!(ask_for(&orchestrator, "a", "y").await.unwrap().notices.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_race_asks_two_at_once() {
    let (a, b) = (Fake::new("a", [good(3.0)]), Fake::new("b", [good(1.0)]));
    let orchestrator = orchestrator(&[&a, &b], GenerationConfig { hedge: Hedge::Race, ..config() });
    let answer = ask_for(&orchestrator, "a", "x").await.unwrap();
    assert_eq!((&*answer.provider.0, answer.elapsed), ("b", secs(1.0)));
}

#[tokio::test(start_paused = true)]
async fn equal_questions_are_one_call_also_when_the_first_one_leaves() {
    let a = Fake::new("a", [good(2.0)]);
    let orchestrator = Arc::new(orchestrator(&[&a], config()));
    let ask_once = || {
        let orchestrator = Arc::clone(&orchestrator);
        tokio::task::spawn(async move { ask(&orchestrator, "x").await })
    };
    let first = ask_once();
    tokio::time::sleep(secs(0.5)).await;
    let others: Vec<_> = (0..20).map(|_| ask_once()).collect();
    tokio::time::sleep(secs(0.5)).await;
    first.abort();
    for other in others {
        assert!(other.await.unwrap().is_ok());
    }
    assert_eq!(a.count(), 1);
    assert_eq!(orchestrator.report().cache.coalesced, 20);
}

#[tokio::test(start_paused = true)]
async fn a_person_does_not_queue_behind_a_batch() {
    let a = Fake::with("a", [], |can| can.concurrency = 1);
    let orchestrator = orchestrator(&[&a], config());
    let put = |text: &'static str, priority| {
        let ask = Ask { priority, ..Ask::new("google", Choice::Auto, question(text)) };
        orchestrator.complete(ask, accept)
    };
    let batch = ["b0", "b1", "b2", "b3"].map(|text| put(text, Priority::Bulk));
    let person = async {
        tokio::time::sleep(secs(0.5)).await;
        put("p", Priority::Interactive).await
    };
    let (batch, person) = tokio::join!(futures_util::future::join_all(batch), person);
    assert!(person.is_ok() && batch.iter().all(Result::is_ok));
    let calls = a.calls.lock().unwrap();
    let texts = calls.iter().map(|(_, request)| request.prompt.as_ref().unwrap().user.as_str());
    assert_eq!(texts.collect::<Vec<_>>(), ["b0", "p", "b1", "b2", "b3"]);
    assert_eq!(a.most.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_limit_does_not_come_back_all_at_once() {
    let a = Fake::with("a", [limited(0.1, 10.0)], |can| can.concurrency = 16);
    let orchestrator = &orchestrator(&[&a], config());
    let began = Instant::now();
    let put = |text: String, after: f64| async move {
        tokio::time::sleep(secs(after)).await;
        let ask = Ask::new("google", Choice::Auto, question(&text));
        orchestrator.complete(Ask { priority: Priority::Bulk, ..ask }, accept).await
    };
    let put = &put;
    // The first one finds the limit; the others come while it holds.
    let others = (0..12).map(|number| put(format!("b{number}"), 1.0));
    let all = std::iter::once(put("first".to_owned(), 0.0)).chain(others);
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let calls = a.calls.lock().unwrap();
    let again: Vec<_> = calls.iter().skip(1).map(|(at, _)| *at - began).collect();
    assert_eq!(again.len(), 13);
    assert!(again.iter().all(|at| *at >= secs(10.1) && *at <= secs(12.7)), "{again:?}");
    let moments: std::collections::BTreeSet<_> = again.iter().collect();
    assert!(moments.len() > 6, "they are spread: {again:?}");
}

#[tokio::test(start_paused = true)]
async fn who_was_limited_may_come_again() {
    // Sixteen at once, which are all turned away, in a batch again and again.
    for (turned_away, priority) in [(16, Priority::Interactive), (16 * 4, Priority::Bulk)] {
        let steps = (0..turned_away).map(|_| limited(0.1, 3.0)).collect::<Vec<_>>();
        let a = Fake::with("a", steps, |can| can.concurrency = 16);
        let orchestrator = orchestrator(&[&a], config());
        let put = |number: usize| {
            let ask = Ask::new("google", Choice::Auto, question(&format!("q{number}")));
            orchestrator.complete(Ask { priority, ..ask }, accept)
        };
        let all = futures_util::future::join_all((0..16).map(put)).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(a.count(), turned_away + 16, "nobody asks while the limit holds");
    }
    // Who wants one call gets one.
    let a = Fake::new("a", [limited(0.1, 3.0)]);
    let orchestrator = orchestrator(&[&a], GenerationConfig { max_retries: 0, ..config() });
    let ask = Ask::new("google", Choice::Auto, question("q"));
    let answer = orchestrator.complete(Ask { priority: Priority::Bulk, ..ask }, accept).await;
    assert!(answer.is_err() && a.count() == 1, "{answer:?}");
}
