//! The defects of a first sketch of this layer, each with its corrected behaviour.
//!
//! Corrected elsewhere as well, and tested there:
//!
//! | number | what | where |
//! |---|---|---|
//! | 3, 32 | the words of the errors | `result` |
//! | 10 | an object is found in text, and put right without a second turn | `text` |
//! | 11 | an answer is held against the signature | `style::content`, through `generate` |
//! | 13 | parameters go with the wire format, and not with a class | `generate::prompt` (named there) |
//! | 16 | what a model can do is data | `provider::settings` |
//! | 21, 22 | counters and percentiles | `metrics` |
//! | 24, 25 | the key of an answer | `storage::key` |
//! | 28 | an answer on its way while the cache is cleared | `storage::generation` |
//! | 33 | which code goes to whom | `config`, `provider::settings` |

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use futures_util::future::{BoxFuture, join_all};
use tokio::time::{Instant, timeout};

use super::fake::*;
use super::flow::{config, history, orchestrator};
use super::world::{any_actor, world_of};
use crate::orchestrator::storage::{
    Entry, Generation, Key, Memory, Size, Storage, StorageError, Which,
};
use crate::orchestrator::{
    Ask, Choice, Clock, Ending, Fallback, GenerationConfig, Hedge, Notice, Orchestrator,
    OrchestratorError, Priority, Seeded, StyleNeeds,
};
use crate::provider::{ErrorKind, Prices, Provider, ProviderId, Structured};

fn calm() -> GenerationConfig {
    GenerationConfig { hedge: Hedge::Off, ..config() }
}

fn race() -> GenerationConfig {
    GenerationConfig { hedge: Hedge::Race, ..config() }
}

fn always(id: &str, step: Step) -> Arc<Fake> {
    let fake = Fake::new(id, []);
    fake.always(step);
    fake
}

fn cached(providers: &[&Arc<Fake>], storage: Arc<dyn Storage>) -> Orchestrator {
    let providers = providers.iter().map(|fake| Arc::clone(*fake) as Arc<dyn Provider>);
    let random = Arc::new(Seeded::new(1));
    let builder = Orchestrator::builder(providers.collect()).config(config());
    builder.random(random).storage(storage).build()
}

fn memory() -> Arc<dyn Storage> {
    Arc::new(Memory::new(1 << 20))
}

#[tokio::test(start_paused = true)]
async fn defect_01_no_call_is_left_running() {
    let (a, b) = (always("a", Step::Hang), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], race());
    assert!(ask(&orchestrator, "x").await.is_ok());
    assert_eq!((a.count(), a.running.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn defect_02_the_first_success_wins_and_not_the_first_end() {
    let (a, b) = (Fake::new("a", [fail(0.1, ErrorKind::Overloaded)]), Fake::new("b", []));
    let answer = ask_for(&orchestrator(&[&a, &b], race()), "a", "x").await;
    assert_eq!(answer.as_ref().unwrap().elapsed, secs(1.0));
    assert_eq!(history(&answer), ["a: it is overloaded after 0.1 s", "b answered after 1.0 s"]);
}

#[tokio::test(start_paused = true)]
async fn defect_03_a_timeout_is_an_error_of_its_own() {
    let a = always("a", Step::Hang);
    let error = ask(&orchestrator(&[&a], config()), "x").await.unwrap_err();
    let OrchestratorError::DeadlineExceeded { elapsed, attempts } = error else { panic!() };
    assert_eq!((elapsed, attempts.len()), (secs(30.0), 1));
}

#[tokio::test(start_paused = true)]
async fn defect_04_of_two_answers_at_the_same_moment_the_cheaper_wins() {
    let b = Fake::with("b", [], |cheap| {
        cheap.prices = Some(Prices::flat(0.1, 0.1, 0.1));
    });
    for preferred in ["a", "b"] {
        let a = Fake::new("a", []);
        let answer = ask_for(&orchestrator(&[&a, &b], race()), preferred, "x").await;
        assert_eq!((&*answer.unwrap().provider.0, a.count()), ("b", 1));
    }
}

#[tokio::test(start_paused = true)]
async fn defect_05_a_second_provider_costs_nothing_while_the_first_is_quick() {
    let (a, b) = (Fake::new("a", []), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], config());
    for text in ["x", "y", "z"] {
        assert_eq!(ask_for(&orchestrator, "a", text).await.unwrap().attempts.len(), 1);
    }
    assert_eq!((a.count(), b.count()), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn defect_06_a_third_provider_is_tried_within_the_bounds() {
    let down = |id| always(id, fail(0.2, ErrorKind::Connection));
    let (a, b, c) = (down("a"), down("b"), Fake::new("c", []));
    let all = [&a, &b, &c];
    assert!(ask(&orchestrator(&all, config()), "x").await.is_ok());
    c.always(fail(0.2, ErrorKind::Connection));
    let made = |count: usize| all.iter().map(|fake| fake.count()).sum::<usize>() - count;
    for retries in [0, 2, 5] {
        let before = made(0);
        let config = GenerationConfig { max_retries: retries, ..config() };
        assert!(ask(&orchestrator(&all, config), "x").await.is_err());
        assert_eq!(made(before), retries as usize + 1);
    }
}

#[tokio::test(start_paused = true)]
async fn defect_07_a_slow_first_try_leaves_time_for_the_next_before_one_deadline() {
    let (a, b) = (always("a", Step::Hang), Fake::new("b", []));
    let began = Instant::now();
    assert!(ask_for(&orchestrator(&[&a, &b], calm()), "a", "x").await.is_ok());
    assert!(began.elapsed() < secs(0.55 * 30.0 + 1.1));
    b.always(Step::Hang);
    let began = Instant::now();
    assert!(ask_for(&orchestrator(&[&a, &b], calm()), "a", "x").await.is_err());
    assert!(began.elapsed() <= secs(30.01));
}

#[tokio::test(start_paused = true)]
async fn defect_08_only_what_can_pass_is_tried_again() {
    use ErrorKind::{Auth, BadRequest, Connection, ContextOverflow, Overloaded, Quota, Refused};
    for kind in [Auth, BadRequest, ContextOverflow, Quota, Refused] {
        let a = always("a", fail(0.1, kind));
        assert!(ask(&orchestrator(&[&a], config()), "x").await.is_err());
        assert_eq!(a.count(), 1, "{kind:?}");
    }
    for kind in [Overloaded, Connection] {
        let a = Fake::new("a", [fail(0.1, kind)]);
        assert!(ask(&orchestrator(&[&a], config()), "x").await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn defect_09_pauses_differ_and_retry_after_is_their_floor() {
    let mut pauses = Vec::new();
    for seed in 0..8 {
        let a = Fake::new("a", [fail(0.0, ErrorKind::Overloaded)]);
        let builder = Orchestrator::builder(vec![Arc::clone(&a) as Arc<dyn Provider>]);
        let builder = builder.config(config()).random(Arc::new(Seeded::new(seed)));
        assert!(ask(&builder.build(), "x").await.is_ok());
        let calls = a.calls.lock().unwrap();
        pauses.push(calls[1].0 - calls[0].0);
    }
    pauses.sort();
    pauses.dedup();
    assert!(pauses.len() > 5 && pauses.iter().all(|pause| *pause <= secs(0.502)), "{pauses:?}");

    let a = Fake::new("a", [limited(0.0, 7.0)]);
    let began = Instant::now();
    assert!(ask(&orchestrator(&[&a], config()), "x").await.is_ok());
    assert!(began.elapsed() >= secs(8.0));

    let (a, b) = (Fake::new("a", [limited(0.0, 7.0)]), Fake::new("b", []));
    let began = Instant::now();
    assert!(ask_for(&orchestrator(&[&a, &b], config()), "a", "x").await.is_ok());
    assert!(began.elapsed() < secs(1.1), "the next one is ready");
}

#[tokio::test(start_paused = true)]
async fn defect_10_a_repair_turn_names_the_faults_and_is_not_repeated() {
    let a = always("a", bad(0.5));
    let answer = ask(&orchestrator(&[&a], config()), "x").await;
    let calls = a.calls.lock().unwrap();
    assert_eq!(calls.len(), 2, "one question and one repair");
    let repair = calls[1].1.repair.as_ref().unwrap();
    assert_eq!(repair.answer, "{\"ok\":false}");
    assert_eq!(repair.problems, ["`/ok` must be true"]);
    assert!(history(&answer)[1].contains("`/ok` must be true"), "the reason is told");
}

#[tokio::test(start_paused = true)]
async fn defect_11_an_answer_of_the_right_form_with_the_wrong_meaning_is_none() {
    let (a, b) = (always("a", bad(0.5)), Fake::new("b", []));
    let answer = ask_for(&orchestrator(&[&a, &b], config()), "a", "x").await.unwrap();
    assert!(answer.content && &*answer.provider.0 == "b");
    assert_eq!(answer.attempts[0].ending.kind(), Some(ErrorKind::Invalid));
}

#[tokio::test(start_paused = true)]
async fn defect_12_twins_are_counted_apart_under_their_names() {
    let (a, b) = (Fake::new("a", []), always("b", fail(0.1, ErrorKind::Overloaded)));
    let orchestrator = orchestrator(&[&a, &b], config());
    assert!(ask_for(&orchestrator, "a", "x").await.is_ok());
    assert!(ask_for(&orchestrator, "b", "y").await.is_ok());
    let report = orchestrator.report();
    let counted = ["a", "b"].map(|id| {
        let provider = &report.providers[id];
        (provider.successes, provider.total_attempts, provider.success_rate > 0.5)
    });
    assert_eq!(counted, [(2, 2, true), (0, 1, false)]);
}

#[tokio::test(start_paused = true)]
async fn defect_14_the_cache_does_not_touch_what_providers_did() {
    let a = Fake::new("a", [fail(0.1, ErrorKind::Overloaded)]);
    let orchestrator = cached(&[&a], memory());
    assert!(ask(&orchestrator, "x").await.is_ok());
    let before = orchestrator.report().providers;
    for _ in 0..5 {
        assert!(ask(&orchestrator, "x").await.unwrap().from_cache);
    }
    let report = orchestrator.report();
    assert_eq!(report.providers, before);
    assert_eq!((report.cache.hits, report.cache.misses), (5, 1));
}

#[tokio::test(start_paused = true)]
async fn defect_15_an_unknown_provider_is_explored_and_a_hopeless_one_left() {
    let (a, b) = (Fake::new("a", []), Fake::new("b", []));
    let explored = orchestrator(&[&a, &b], calm());
    for number in 0..60 {
        assert!(ask(&explored, &format!("q{number}")).await.is_ok());
    }
    assert!(a.count() > 0 && b.count() > 0, "{} {}", a.count(), b.count());
    let (a, b) = (always("a", fail(1.0, ErrorKind::Overloaded)), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], calm());
    for number in 0..60 {
        assert!(ask_for(&orchestrator, "a", &format!("q{number}")).await.is_ok());
    }
    assert!(a.count() < 15, "{} calls", a.count());
}

#[tokio::test(start_paused = true)]
async fn defect_16_the_context_and_the_output_are_two_limits() {
    let a = Fake::with("a", [], |small| small.context = 400);
    let b = Fake::new("b", []);
    let orchestrator = orchestrator(&[&a, &b], config());
    let long = "long ".repeat(100);
    assert_eq!(&*ask_for(&orchestrator, "a", "x").await.unwrap().provider.0, "a");
    assert_eq!(&*ask_for(&orchestrator, "a", &long).await.unwrap().provider.0, "b");
    let shorter = question("y").prompt;
    let choice = Choice::Preferred(ProviderId("a".into()));
    let whole = Ask { shorter, ..Ask::new("google", choice, question(&long)) };
    assert_eq!(&*orchestrator.complete(whole, accept).await.unwrap().provider.0, "a");
}

#[tokio::test(start_paused = true)]
async fn defect_17_the_quick_and_the_cheap_are_asked() {
    let (slow, quick) = (always("slow", good(8.0)), always("quick", good(0.5)));
    let orchestrator1 = orchestrator(&[&slow, &quick], calm());
    for number in 0..40 {
        assert!(ask(&orchestrator1, &format!("q{number}")).await.is_ok());
    }
    assert!(slow.count() < 8, "{} slow calls", slow.count());
    let dear = Fake::with("dear", [], |one| {
        one.prices = Some(Prices::flat(500.0, 500.0, 500.0));
    });
    let cheap = Fake::new("cheap", []);
    let orchestrator = orchestrator(&[&dear, &cheap], calm());
    for number in 0..40 {
        assert!(ask(&orchestrator, &format!("q{number}")).await.is_ok());
    }
    assert_eq!(dear.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn defect_18_a_preference_that_cannot_be_met_is_told() {
    let a = Fake::with("a", [], |prose| prose.structured = Structured::None);
    let b = Fake::new("b", []);
    let providers = [&a, &b].map(|fake| Arc::clone(fake) as Arc<dyn Provider>);
    let styles = vec![StyleNeeds { id: "google", json: true, output: 300 }];
    let builder = Orchestrator::builder(providers.to_vec()).config(config()).styles(styles);
    let orchestrator = builder.build();
    let answer = ask_for(&orchestrator, "a", "x").await.unwrap();
    assert!(
        matches!(&answer.notices[..], [Notice::Incompatible { provider, .. }] if *provider.0 == *"a")
    );
    let unknown = ask_for(&orchestrator, "nobody", "x").await;
    assert!(matches!(unknown, Err(OrchestratorError::Unknown(_))));
}

#[tokio::test(start_paused = true)]
async fn defect_19_losers_are_counted_billed_and_remembered() {
    let (a, b) = (always("a", Step::Hang), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], config());
    let answer = ask_for(&orchestrator, "a", "x").await.unwrap();
    let [loser, _] = &answer.attempts[..] else { panic!("{:?}", answer.attempts) };
    assert_eq!(loser.ending, Ending::Cancelled);
    assert!(loser.usage.input > 0 && loser.cost_usd > 0.0 && loser.elapsed > secs(3.0));
    let report = &orchestrator.report().providers["a"];
    assert_eq!((report.failures.cancelled, report.tokens.input > 0), (1, true));
    let view = orchestrator.core.arms[0].view(&question("x"), Instant::now());
    assert!(view.p50 > 1.1, "it took at least so long: {}", view.p50);
}

#[tokio::test(start_paused = true)]
async fn defect_20_the_tokens_of_all_attempts_are_summed() {
    let a = Fake::new("a", [bad(0.5)]);
    let answer = ask(&orchestrator(&[&a], config()), "x").await.unwrap();
    assert_eq!((answer.attempts.len(), answer.usage.total()), (2, 2_400));
}

#[tokio::test(start_paused = true)]
async fn defect_21_metrics_stay_small_and_hold_no_words_of_errors() {
    let a = always("a", fail(0.01, ErrorKind::Refused));
    let orchestrator = orchestrator(&[&a], config());
    let mut sizes = Vec::new();
    for number in 0..300 {
        assert!(ask(&orchestrator, &format!("q{number}")).await.is_err());
        sizes.push(format!("{:?}", orchestrator.report()).len());
    }
    assert!(sizes[299] < sizes[99] + 40, "{} {}", sizes[99], sizes[299]);
    assert!(!format!("{:?}", orchestrator.report()).contains("it is refused"));
}

#[tokio::test(start_paused = true)]
async fn defect_22_times_are_of_answers_only() {
    let a = Fake::new("a", [fail(9.0, ErrorKind::Overloaded), good(1.0), good(1.0)]);
    let orchestrator = cached(&[&a], memory());
    for text in ["x", "x", "x", "y"] {
        assert!(ask(&orchestrator, text).await.is_ok());
    }
    let report = &orchestrator.report().providers["a"];
    let near = |found: f64, wanted: f64| (found - wanted).abs() < 0.04 * wanted;
    assert!(near(report.latency_ms.p50, 1_000.0) && near(report.latency_ms.p99, 1_000.0));
    assert!(near(report.average_tokens, 800.0), "{}", report.average_tokens);
}

/// A wall clock that jumps back a year at every look.
struct Jumping;

impl Clock for Jumping {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now() - Duration::from_hours(24 * 365)
    }

    fn sleep_until(&self, moment: Instant) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(moment))
    }
}

#[tokio::test(start_paused = true)]
async fn defect_23_times_are_measured_on_a_clock_that_never_goes_back() {
    let a = Fake::new("a", []);
    let builder = Orchestrator::builder(vec![Arc::clone(&a) as Arc<dyn Provider>]);
    let orchestrator = builder.config(config()).clock(Arc::new(Jumping)).build();
    let answer = ask(&orchestrator, "x").await.unwrap();
    assert_eq!((answer.elapsed, answer.attempts[0].elapsed), (secs(1.0), secs(1.0)));
}

#[tokio::test(start_paused = true)]
async fn defect_24_another_model_has_its_own_answers() {
    let (a, b) = (Fake::new("a", []), Fake::with("b", [], |other| other.model = "other".into()));
    let orchestrator = cached(&[&a, &b], memory());
    assert!(!ask_for(&orchestrator, "a", "x").await.unwrap().from_cache);
    assert!(!ask_for(&orchestrator, "b", "x").await.unwrap().from_cache);
    assert!(!ask_for(&orchestrator, "a", "y").await.unwrap().from_cache);
    assert!(ask_for(&orchestrator, "a", "x").await.unwrap().from_cache);
}

#[tokio::test(start_paused = true)]
async fn defect_25_where_a_symbol_stands_is_no_part_of_the_key() {
    let a = Fake::new("a", []);
    let orchestrator = cached(&[&a], memory());
    assert!(ask(&orchestrator, "x").await.is_ok());
    let mut request = question("x");
    let mut elsewhere = symbol();
    (elsewhere.line, elsewhere.range) = (700, 9_000..9_100);
    request.symbol = Arc::new(elsewhere);
    let answer = orchestrator.complete(Ask::new("numpy", Choice::Auto, request), accept).await;
    assert!(answer.unwrap().from_cache);
}

/// A storage that always fails.
struct Broken;

fn broken<'a, T: Send + 'a>() -> BoxFuture<'a, Result<T, StorageError>> {
    Box::pin(async { Err(StorageError("on purpose".into())) })
}

impl Storage for Broken {
    fn name(&self) -> &'static str {
        "broken"
    }

    fn get<'a>(&'a self, _: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>> {
        broken()
    }

    fn put<'a>(
        &'a self,
        _: &'a Key,
        _: Entry,
        _: Duration,
        _: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        broken()
    }

    fn remove<'a>(&'a self, _: &'a Key) -> BoxFuture<'a, Result<(), StorageError>> {
        broken()
    }

    fn clear<'a>(&'a self, _: &'a Which) -> BoxFuture<'a, Result<(), StorageError>> {
        broken()
    }

    fn size(&self) -> Size {
        Size::default()
    }
}

#[tokio::test(start_paused = true)]
async fn defect_26_a_cache_is_neither_trusted_nor_needed() {
    let a = Fake::new("a", []);
    let orchestrator1 = cached(&[&a], Arc::new(Broken));
    assert!(ask(&orchestrator1, "x").await.is_ok());
    assert_eq!(orchestrator1.report().cache.faults, 2, "one to read and one to write");

    let storage = memory();
    let key = Key::of(&question("x"), a.capabilities()).unwrap();
    let planted = Entry {
        content: serde_json::json!({"ok": "import os"}),
        provider: "a".into(),
        model: "model".into(),
        input: 0,
        cached_input: 0,
        output: 0,
        scope: String::new(),
        written: SystemTime::now(),
    };
    storage.put(&key, planted, secs(1e6), storage.begin()).await.unwrap();
    let orchestrator = cached(&[&a], Arc::clone(&storage));
    assert!(!ask(&orchestrator, "x").await.unwrap().from_cache);
    assert!(ask(&orchestrator, "x").await.unwrap().from_cache);
    assert_eq!(storage.get(&key).await.unwrap().unwrap().content["ok"], true);
}

#[tokio::test(start_paused = true)]
async fn defect_27_equal_questions_are_one_call_and_lasting_failures_one_too() {
    let a = Fake::new("a", []);
    let orchestrator1 = orchestrator(&[&a], config());
    let answers = join_all((0..10).map(|_| ask(&orchestrator1, "x"))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!((a.count(), orchestrator1.report().cache.coalesced), (1, 9));
    let a = always("a", fail(0.1, ErrorKind::BadRequest));
    let orchestrator = orchestrator(&[&a], config());
    for _ in 0..10 {
        assert!(ask(&orchestrator, "x").await.is_err());
    }
    assert_eq!(a.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn defect_28_clearing_wins_over_an_answer_on_its_way_and_keeps_to_its_scope() {
    let a = Fake::new("a", []);
    let orchestrator = cached(&[&a], memory());
    let within = |scope: &str, text: &str| {
        let auto = Ask::new("google", Choice::Auto, question(text));
        orchestrator.complete(Ask { scope: scope.to_owned(), ..auto }, accept)
    };
    assert!(within("other", "y").await.is_ok());
    let clear = async {
        tokio::time::sleep(secs(0.5)).await;
        orchestrator.clear_cache(&Which::Scope("mine".to_owned())).await;
    };
    let (answer, ()) = tokio::join!(biased; within("mine", "x"), clear);
    assert!(answer.is_ok());
    assert!(!within("mine", "x").await.unwrap().from_cache);
    assert!(within("other", "y").await.unwrap().from_cache);
}

#[tokio::test(start_paused = true)]
async fn defect_29_a_dead_provider_costs_nothing_and_is_found_when_it_is_back() {
    let (a, b) = (always("a", fail(0.1, ErrorKind::Connection)), Fake::new("b", []));
    let orchestrator = orchestrator(&[&a, &b], calm());
    for number in 0..3 {
        assert!(ask_for(&orchestrator, "a", &format!("q{number}")).await.is_ok());
    }
    assert_eq!(a.count(), 3);
    let answer = ask_for(&orchestrator, "a", "open").await.unwrap();
    assert_eq!((a.count(), answer.attempts.len(), answer.elapsed), (3, 1, secs(1.0)));
    a.always(good(0.5));
    tokio::time::sleep(secs(7.0)).await;
    b.always(fail(0.1, ErrorKind::Connection));
    assert_eq!(&*ask_for(&orchestrator, "a", "back").await.unwrap().provider.0, "a");
}

#[tokio::test(start_paused = true)]
async fn defect_30_calls_and_money_are_limited() {
    let a = Fake::with("a", [], |narrow| narrow.concurrency = 3);
    let texts: Vec<String> = (0..12).map(|number| format!("q{number}")).collect();
    let orchestrator1 = orchestrator(&[&a], config());
    assert!(join_all(texts.iter().map(|text| ask(&orchestrator1, text))).await.len() == 12);
    assert_eq!(a.most.load(Ordering::SeqCst), 3);
    let config = GenerationConfig { run_budget_usd: Some(0.003), ..config() };
    let orchestrator = orchestrator(&[&a], config);
    let mut spent = 0.0;
    for text in &texts {
        match ask(&orchestrator, text).await {
            Ok(answer) => spent += answer.attempts[0].cost_usd,
            Err(error) => assert!(matches!(error, OrchestratorError::Budget(_)), "{error}"),
        }
    }
    assert!(spent > 0.001 && a.count() < 16, "{spent} {}", a.count());
}

#[tokio::test(start_paused = true)]
async fn defect_31_a_caller_that_leaves_closes_the_call() {
    let a = always("a", Step::Hang);
    let orchestrator = orchestrator(&[&a], config());
    assert!(timeout(secs(2.0), ask(&orchestrator, "x")).await.is_err());
    assert_eq!((a.count(), a.running.load(Ordering::SeqCst)), (1, 0));
    assert_eq!(orchestrator.report().providers["a"].failures.cancelled, 1);
    assert!(orchestrator.core.arms[0].is_idle());
}

#[tokio::test(start_paused = true)]
async fn defect_32_an_error_names_every_attempt() {
    let a = always("a", fail(0.5, ErrorKind::Refused));
    let b = always("b", fail(1.0, ErrorKind::Quota));
    let error = ask_for(&orchestrator(&[&a, &b], calm()), "a", "x").await.unwrap_err();
    assert_eq!(error.to_string(), "a: it is refused after 0.5 s; b: it is quota after 1.0 s");
}

#[tokio::test(start_paused = true)]
async fn defect_33_nothing_goes_to_a_provider_that_is_not_configured() {
    let a = always("a", fail(0.1, ErrorKind::Overloaded));
    let providers = vec![Arc::clone(&a) as Arc<dyn Provider>];
    let config = GenerationConfig { fallback: Fallback::Offline, ..config() };
    let orchestrator = Orchestrator::builder(providers).config(config).build();
    assert!(ask(&orchestrator, "x").await.is_err(), "there is no embedded provider here");
    assert!(ask_for(&orchestrator, "b", "x").await.is_err());
}

#[test]
fn defect_34_time_and_chance_are_given_so_that_everything_can_be_repeated() {
    use proptest::strategy::{Strategy, ValueTree};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..10 {
        let mut world = world_of(any_actor()).new_tree(&mut runner).unwrap().current();
        world.questions.iter_mut().for_each(|asked| asked.priority = Priority::Interactive);
        let run = || {
            let answers = world.run().answers;
            answers.iter().flatten().map(|(answer, _)| history(answer)).collect::<Vec<_>>()
        };
        assert_eq!(run(), run());
    }
}
