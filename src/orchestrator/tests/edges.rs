//! What happens between two moments: while a call waits for its place, while money is
//! set aside, at the deadline, and when something panics.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use tokio::time::{Instant, timeout};

use super::fake::*;
use super::flow::{config, orchestrator};
use crate::orchestrator::arm::State;
use crate::orchestrator::state::StateFile;
use crate::orchestrator::storage::Which;
use crate::orchestrator::{
    Ask, CacheUse, Choice, GenerationConfig, Hedge, Orchestrator, OrchestratorError, Priority,
    Random,
};
use crate::provider::{
    Allowance, Capabilities, Completion, CompletionRequest, ErrorKind, Limits, Provider,
    ProviderError, ProviderId, Usage,
};

/// Always the longest pause, and the mean.
struct Longest;

impl Random for Longest {
    fn unit(&self) -> f64 {
        1.0
    }

    fn beta(&self, a: f64, b: f64) -> f64 {
        a / (a + b)
    }
}

fn narrow(id: &str, script: impl IntoIterator<Item = Step>) -> Arc<Fake> {
    Fake::with(id, script, |capabilities| capabilities.concurrency = 1)
}

fn asked_at(fake: &Fake, began: Instant) -> Vec<f64> {
    let calls = fake.calls.lock().unwrap();
    calls.iter().map(|(at, _)| at.duration_since(began).as_secs_f64()).collect()
}

async fn ask_as(orchestrator: &Orchestrator, priority: Priority, text: &str) -> Answered {
    let ask = Ask { priority, ..Ask::new("google", Choice::Auto, question(text)) };
    orchestrator.complete(ask, accept).await
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_for_its_place_respects_a_limit_met_meanwhile() {
    let a = narrow("a", [limited(1.0, 10.0)]);
    let orchestrator = orchestrator(&[&a], config());
    let began = Instant::now();
    let (one, other) = tokio::join!(biased; ask(&orchestrator, "x"), ask(&orchestrator, "y"));
    assert!(one.is_ok() && other.is_ok());
    let at = asked_at(&a, began);
    assert!(at.len() == 3 && at[1] >= 11.0, "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_waited_for_its_place_is_not_made_with_a_key_found_bad_meanwhile() {
    let a = narrow("a", [fail(1.0, ErrorKind::Auth)]);
    let orchestrator = orchestrator(&[&a], config());
    let answers = join_all((0..5).map(|n| ask(&orchestrator, ["v", "w", "x", "y", "z"][n])));
    assert!(answers.await.iter().all(Result::is_err));
    assert_eq!(a.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn whoever_finds_all_places_taken_gets_the_first_that_is_free() {
    let (a, b) = (narrow("a", []), narrow("b", []));
    let orchestrator = orchestrator(&[&a, &b], config());
    let texts: Vec<String> = (0..20).map(|number| format!("q{number}")).collect();
    let began = Instant::now();
    let answers = texts.iter().map(|text| ask_as(&orchestrator, Priority::Bulk, text));
    assert!(join_all(answers).await.iter().all(Result::is_ok));
    assert!(began.elapsed() < secs(10.1), "{:?}", began.elapsed());
    assert_eq!((a.count(), b.count()), (10, 10));
}

#[tokio::test(start_paused = true)]
async fn no_call_begins_at_the_deadline() {
    let a = Fake::new("a", []);
    a.always(fail(1.0, ErrorKind::Overloaded));
    let config = GenerationConfig { timeout: secs(1.2), ..config() };
    let providers = vec![Arc::clone(&a) as Arc<dyn Provider>];
    let builder = Orchestrator::builder(providers).config(config).random(Arc::new(Longest));
    let answer = ask(&builder.build(), "x").await;
    assert!(matches!(answer, Err(OrchestratorError::DeadlineExceeded { .. })), "{answer:?}");
    assert_eq!(a.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_time_without_end_is_no_overflow() {
    let a = Fake::new("a", []);
    let config = GenerationConfig { timeout: Duration::MAX, ..config() };
    assert!(ask(&orchestrator(&[&a], config), "x").await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_last_attempt_has_all_the_time_that_is_left() {
    let (a, b) = (Fake::new("a", [good(12.0)]), Fake::new("b", []));
    let config = GenerationConfig { max_retries: 0, hedge: Hedge::Off, ..config() };
    let answer = ask_for(&orchestrator(&[&a, &b], config), "a", "x").await;
    assert_eq!(&*answer.unwrap().provider.0, "a");
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_had_no_time_is_not_to_blame_but_billed() {
    let a = Fake::new("a", []);
    a.always(Step::Hang);
    let orchestrator = orchestrator(&[&a], GenerationConfig { timeout: secs(0.9), ..config() });
    for text in ["x", "y", "z", "u"] {
        let Err(OrchestratorError::DeadlineExceeded { attempts, .. }) =
            ask(&orchestrator, text).await
        else {
            panic!("there is an answer")
        };
        assert!(attempts.iter().all(|one| one.usage.output > 0 && one.cost_usd > 0.0));
    }
    assert_eq!(orchestrator.core.arms[0].state(Instant::now()), State::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_repair_waits_for_a_limit_too() {
    let a = Fake::new("a", [bad(1.0), limited(0.9, 3.0), good(1.0), good(1.0)]);
    let orchestrator = orchestrator(&[&a], config());
    let began = Instant::now();
    let (one, other) = tokio::join!(biased; ask(&orchestrator, "x"), ask(&orchestrator, "y"));
    assert!(one.as_ref().is_ok_and(|one| one.attempts[1].is_repair), "{one:?}");
    assert!(other.is_ok());
    let at = asked_at(&a, began);
    assert!(at.len() == 4 && at[2] >= 3.9, "{at:?}");
}

#[tokio::test(start_paused = true)]
async fn a_prompt_of_its_own_is_held_against_a_providers_limits() {
    let a = Fake::new("a", []);
    let orchestrator = orchestrator(&[&a], config());
    let left = Allowance { limit: 1_000, remaining: 500, reset: secs(5.0) };
    let limits = Limits { input_tokens: Some(left), ..Limits::default() };
    let now = Instant::now();
    let call = orchestrator.core.arms[0].begin(&question("x"), now).unwrap();
    call.succeeded(Usage::default(), &limits, now);
    let mut ask = Ask::new("google", Choice::Auto, question("x"));
    let long = question(&"long ".repeat(400)).prompt.unwrap();
    ask.prompts.insert(ProviderId("a".into()), long);
    // Without a moment to wait for, this would go round and round.
    assert!(orchestrator.complete(ask, accept).await.is_ok());
    assert!(asked_at(&a, now)[0] >= 5.0);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_dear_is_asked_of_somebody_cheaper() {
    let (a, b) = (Fake::new("a", []), Fake::with("b", [], |free| free.prices = None));
    // Less than one answer of the first costs, which is the one that is preferred.
    let config = GenerationConfig { daily_budget_usd: Some(0.000_1), ..config() };
    let orchestrator1 = orchestrator(&[&a, &b], config.clone());
    let answer = ask_for(&orchestrator1, "a", "x").await;
    assert_eq!(&*answer.unwrap().provider.0, "b");
    let answer = ask(&orchestrator(&[&a], config), "x").await;
    assert!(matches!(answer, Err(OrchestratorError::Budget(_))), "{answer:?}");
    assert_eq!(a.count(), 0);
}

#[test]
fn whoever_leaves_before_the_call_has_spent_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let a = Fake::new("a", []);
        let config = GenerationConfig { daily_budget_usd: Some(1.0), ..config() };
        let folder = tempfile::tempdir().unwrap();
        let state = Arc::new(StateFile::new(folder.path().join("state.json")));
        let builder = Orchestrator::builder(vec![Arc::clone(&a) as Arc<dyn Provider>]);
        let orchestrator = builder.config(config).state(state).build();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let busy = tokio::task::spawn_blocking(move || wait.recv());
        assert!(ask(&orchestrator, "x").now_or_never().is_none());
        go.send(()).unwrap();
        busy.await.unwrap().unwrap();
        // The money is set aside by now, for nobody.
        tokio::task::spawn_blocking(|| ()).await.unwrap();
        assert_eq!(a.count(), 0);
        assert!(orchestrator.core.ledger.spent_today().abs() < 1e-12);
    });
}

#[tokio::test(start_paused = true)]
async fn a_person_does_not_wait_for_a_question_that_nobody_waits_for() {
    let a = Fake::new("a", []);
    a.always(Step::Hang);
    let orchestrator = orchestrator(&[&a], config());
    let bulk = ask_as(&orchestrator, Priority::Bulk, "x");
    let person = async {
        tokio::time::sleep(secs(1.0)).await;
        timeout(secs(31.0), ask(&orchestrator, "x")).await
    };
    let (_, person) = tokio::join!(biased; bulk, person);
    assert!(person.unwrap().is_err());
}

/// Panics after a second.
struct Panics(Arc<Fake>);

impl Provider for Panics {
    fn id(&self) -> &ProviderId {
        self.0.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(async move {
            let _ = self.0.complete(request).await;
            panic!("on purpose")
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_leaves_nobody_waiting_and_nothing_held() {
    let a = Fake::new("a", []);
    let orchestrator = Orchestrator::builder(vec![Arc::new(Panics(Arc::clone(&a)))]);
    let orchestrator = Arc::new(orchestrator.config(config()).build());
    let callers = (0..3).map(|_| {
        let orchestrator = Arc::clone(&orchestrator);
        tokio::task::spawn(async move { ask(&orchestrator, "x").await })
    });
    let callers: Vec<_> = callers.collect();
    for caller in callers {
        let answer = timeout(secs(40.0), caller).await.unwrap().unwrap();
        assert!(matches!(answer, Err(OrchestratorError::Unavailable(_))), "{answer:?}");
    }
    assert_eq!((a.count(), orchestrator.flights.len()), (1, 0));
    assert!(orchestrator.core.arms[0].is_idle());
    assert_eq!(orchestrator.report().providers["a"].failures.cancelled, 1);
}

#[tokio::test(start_paused = true)]
async fn a_replacement_is_no_hedge() {
    let (a, b) = (Fake::new("a", [fail(0.5, ErrorKind::Overloaded)]), Fake::new("b", []));
    let c = Fake::with("c", [good(0.1)], |slow| slow.expected_time = secs(1.9));
    b.always(good(4.0));
    let config = GenerationConfig { hedge: Hedge::Race, ..config() };
    let orchestrator = orchestrator(&[&a, &b, &c], config);
    let answer = ask_for(&orchestrator, "a", "x").await.unwrap();
    let hedges: Vec<_> =
        answer.attempts.iter().map(|one| (&*one.provider.0, one.is_hedge)).collect();
    assert_eq!(hedges, [("a", false), ("b", true), ("c", false)]);
}

#[tokio::test(start_paused = true)]
async fn what_the_question_is_to_blame_for_is_not_asked_again_at_once() {
    for kind in [ErrorKind::BadRequest, ErrorKind::ContextOverflow, ErrorKind::Refused] {
        let a = Fake::new("a", []);
        a.always(fail(0.1, kind));
        let orchestrator = orchestrator(&[&a], config());
        let first = ask(&orchestrator, "x").await.unwrap_err();
        assert_eq!(ask(&orchestrator, "x").await.unwrap_err(), first);
        assert_eq!(a.count(), 1);
        let auto = Ask::new("google", Choice::Auto, question("x"));
        let refresh = Ask { cache: CacheUse::Refresh, ..auto };
        assert!(orchestrator.complete(refresh, accept).await.is_err());
        assert_eq!(a.count(), 2, "the user insists");
        tokio::time::sleep(secs(31.0)).await;
        assert!(ask(&orchestrator, "x").await.is_err());
        assert!(ask(&orchestrator, "x").await.is_err());
        assert_eq!(a.count(), 3);
        orchestrator.clear_cache(&Which::All).await;
        a.always(good(0.1));
        assert!(ask(&orchestrator, "x").await.is_ok());
    }
    let a = Fake::new("a", [fail(0.1, ErrorKind::Overloaded)]);
    let orchestrator = orchestrator(&[&a], GenerationConfig { max_retries: 0, ..config() });
    assert!(ask(&orchestrator, "x").await.is_err() && ask(&orchestrator, "x").await.is_ok());
}

#[test]
fn tokens_without_end_are_no_overflow() {
    let mut usage = Usage { input: u64::MAX, cached_input: u64::MAX, output: u64::MAX };
    usage += usage;
    assert_eq!(usage.total(), u64::MAX);
}
