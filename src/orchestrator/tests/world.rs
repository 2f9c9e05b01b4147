//! A world of fake providers and questions, drawn by chance, and a watch over every
//! call that notes each rule that is broken, when it is broken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use proptest::prelude::*;
use tokio::time::Instant;

use super::fake::*;
use crate::orchestrator::arm::{Readiness, State};
use crate::orchestrator::{
    Ask, Choice, Core, Fallback, GenerationConfig, Hedge, Orchestrator, Priority, Seeded,
};
use crate::provider::{
    Capabilities, Completion, CompletionRequest, ErrorKind, Provider, ProviderError, ProviderId,
    Usage,
};

/// A provider: what it does first, what it does then, and how much at the same time.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) script: Vec<Step>,
    pub(super) habit: Step,
    pub(super) concurrency: usize,
}

/// A question: when, to whom, and when its caller leaves.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) at: f64,
    pub(super) preferred: Option<usize>,
    pub(super) priority: Priority,
    pub(super) leaves_after: Option<f64>,
}

#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) seed: u64,
    pub(super) actors: Vec<Actor>,
    pub(super) questions: Vec<Asked>,
    pub(super) retries: u32,
    pub(super) parallel: usize,
    pub(super) hedge: Hedge,
    pub(super) budget: Option<f64>,
}

const KINDS: [ErrorKind; 11] = [
    ErrorKind::RateLimited,
    ErrorKind::Overloaded,
    ErrorKind::Connection,
    ErrorKind::Timeout,
    ErrorKind::Quota,
    ErrorKind::Auth,
    ErrorKind::BadRequest,
    ErrorKind::ContextOverflow,
    ErrorKind::Truncated,
    ErrorKind::Refused,
    ErrorKind::Invalid,
];

fn patience(kind: ErrorKind, seconds: f64, wait: f64) -> Step {
    let error = ProviderError::new(kind, "not now");
    Step::Fail(secs(seconds), ProviderError { retry_after: Some(secs(wait)), ..error })
}

/// Whatever a provider can do.
pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let asks_for_patience =
        prop::sample::select(vec![ErrorKind::RateLimited, ErrorKind::Overloaded, ErrorKind::Quota]);
    prop_oneof![
        5 => (0.0..6.0f64).prop_map(good),
        1 => Just(good(0.0)),
        2 => (0.0..4.0f64).prop_map(bad),
        4 => ((0.0..4.0f64), prop::sample::select(KINDS.to_vec())).prop_map(|(s, k)| fail(s, k)),
        3 => (asks_for_patience, 0.0..2.0f64, 0.0..20.0f64).prop_map(|(k, s, w)| patience(k, s, w)),
        1 => Just(Step::Hang),
    ]
}

/// A provider that is overloaded for a while, so that its breaker opens.
pub(super) fn outage() -> impl Strategy<Value = Actor> {
    let down = prop_oneof![
        6 => (0.0..1.5f64).prop_map(|s| fail(s, ErrorKind::Overloaded)),
        1 => Just(Step::Hang),
        1 => (0.0..1.5f64).prop_map(good),
    ];
    (prop::collection::vec(down, 3..20), any_step(), 1..6usize)
        .prop_map(|(script, habit, concurrency)| Actor { script, habit, concurrency })
}

/// A provider that does whatever it likes.
pub(super) fn any_actor() -> impl Strategy<Value = Actor> {
    (prop::collection::vec(any_step(), 0..12), any_step(), 1..5usize)
        .prop_map(|(script, habit, concurrency)| Actor { script, habit, concurrency })
}

fn any_question() -> impl Strategy<Value = Asked> {
    let priority = prop_oneof![3 => Just(Priority::Interactive), 1 => Just(Priority::Bulk)];
    let preferred = prop::option::of(0..4usize);
    (0.0..30.0f64, preferred, priority, prop::option::weighted(0.3, 0.0..20.0f64)).prop_map(
        |(at, preferred, priority, leaves_after)| Asked { at, preferred, priority, leaves_after },
    )
}

/// A world of these providers.
pub(super) fn world_of(actor: impl Strategy<Value = Actor>) -> impl Strategy<Value = World> {
    let hedge = prop::sample::select(vec![Hedge::Off, Hedge::Adaptive, Hedge::Race]);
    let actors = prop::collection::vec(actor, 1..=4);
    let questions = prop::collection::vec(any_question(), 1..16);
    (any::<u64>(), actors, questions, 0..=5u32, 0..=3usize, hedge).prop_map(
        |(seed, actors, questions, retries, parallel, hedge)| World {
            seed,
            actors,
            questions,
            retries,
            parallel,
            hedge,
            budget: None,
        },
    )
}

/// Notes what happens at every call.
#[derive(Default)]
pub(super) struct Watch {
    core: OnceLock<Weak<Core>>,
    seen: Mutex<Seen>,
}

#[derive(Default)]
pub(super) struct Seen {
    /// Each broken rule, as a sentence.
    pub(super) faults: Vec<String>,
    /// Calls by question, all and at the same time.
    pub(super) calls: HashMap<String, u32>,
    /// Those of them that met a rate limit.
    pub(super) limited: HashMap<String, u32>,
    running: HashMap<String, usize>,
    /// Probes under way, and how many there were.
    probing: HashMap<ProviderId, usize>,
    pub(super) probes: usize,
    /// Until when a provider does not want to be asked.
    parked: HashMap<ProviderId, Instant>,
    pub(super) parkings: usize,
    /// Until when an arm was last seen to be cooled.
    cooled: HashMap<ProviderId, Instant>,
    most_running: usize,
    budget: Option<f64>,
}

/// A provider that is watched.
struct Watched {
    fake: Arc<Fake>,
    watch: Arc<Watch>,
}

/// A call that is watched until it ends, however it ends.
struct Seeing<'a> {
    watched: &'a Watched,
    text: String,
    is_probe: bool,
}

impl Watch {
    pub(super) fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watched {
    fn state(&self) -> Option<(State, Readiness, f64)> {
        let core = self.watch.core.get()?.upgrade()?;
        let arm = core.find(self.fake.id())?;
        let now = Instant::now();
        let view = arm.view(&CompletionRequest::about(Arc::new(symbol())), now);
        Some((arm.state(now), view.readiness, core.ledger.spent_today()))
    }

    fn look(&self, seen: &mut Seen) -> Option<State> {
        let (state, readiness, spent) = self.state()?;
        let id = self.fake.id();
        if let Readiness::At(until) = readiness {
            let before = seen.cooled.insert(id.clone(), until);
            if before.is_some_and(|before| until < before && Instant::now() < before) {
                seen.faults.push(format!("{id}: a deadline came nearer"));
            }
        }
        if seen.budget.is_some_and(|budget| spent > budget + 1e-9 || spent < 0.0) {
            seen.faults.push(format!("{spent} dollars are spent of {:?}", seen.budget));
        }
        Some(state)
    }

    fn begin<'a>(&'a self, request: &CompletionRequest) -> Seeing<'a> {
        let text = request.prompt.as_ref().unwrap().user.clone();
        let id = self.fake.id();
        let now = Instant::now();
        let mut seen = self.watch.seen();
        if seen.parked.get(id).is_some_and(|until| now < *until) {
            seen.faults.push(format!("{id} is asked before Retry-After is over"));
        }
        let state = self.look(&mut seen);
        if state == Some(State::Open) {
            seen.faults.push(format!("{id} is asked while its breaker is open"));
        }
        let is_probe = state == Some(State::HalfOpen);
        if is_probe {
            seen.probes += 1;
            let probing = seen.probing.entry(id.clone()).or_default();
            *probing += 1;
            if *probing > 1 {
                seen.faults.push(format!("{id} is probed twice at the same time"));
            }
        }
        *seen.calls.entry(text.clone()).or_default() += 1;
        let most = seen.most_running;
        let running = seen.running.entry(text.clone()).or_default();
        *running += 1;
        if *running > most {
            seen.faults.push(format!("{text}: more calls at the same time than allowed"));
        }
        Seeing { watched: self, text, is_probe }
    }
}

impl Drop for Seeing<'_> {
    fn drop(&mut self) {
        let mut seen = self.watched.watch.seen();
        *seen.running.get_mut(&self.text).unwrap() -= 1;
        if self.is_probe {
            *seen.probing.get_mut(self.watched.fake.id()).unwrap() -= 1;
        }
    }
}

impl Provider for Watched {
    fn id(&self) -> &ProviderId {
        self.fake.id()
    }

    fn capabilities(&self) -> &Capabilities {
        self.fake.capabilities()
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(async move {
            let seeing = self.begin(request);
            let mut result = self.fake.complete(request).await;
            let mut seen = self.watch.seen();
            let id = self.fake.id();
            match &mut result {
                Ok(completion) => {
                    let input = request.prompt.as_ref().unwrap().tokens();
                    completion.usage = Usage { input, cached_input: 0, output: 200 };
                }
                Err(error) => {
                    if error.kind == ErrorKind::RateLimited {
                        *seen.limited.entry(seeing.text.clone()).or_default() += 1;
                    }
                    if let Some(wait) = error.retry_after {
                        let until = Instant::now() + wait;
                        let parked = seen.parked.entry(id.clone()).or_insert(until);
                        *parked = (*parked).max(until);
                        seen.parkings += 1;
                    }
                }
            }
            // What answers closes the breaker: nothing is cooled by it any more.
            let answers = |error: &ProviderError| {
                !error.kind.is_transient()
                    && !matches!(error.kind, ErrorKind::RateLimited | ErrorKind::Quota)
            };
            if result.as_ref().err().is_none_or(answers) {
                seen.cooled.remove(id);
            }
            // The call ends when nobody looks at what was seen.
            drop(seen);
            result
        })
    }
}

/// What became of a world.
pub(super) struct Became {
    pub(super) watch: Arc<Watch>,
    pub(super) fakes: Vec<Arc<Fake>>,
    pub(super) orchestrator: Arc<Orchestrator>,
    /// By question: the answer, and the time it took; `None` when its caller left.
    pub(super) answers: Vec<Option<(Answered, Duration)>>,
}

impl World {
    pub(super) fn config(&self) -> GenerationConfig {
        GenerationConfig {
            max_retries: self.retries,
            parallel_attempts: self.parallel,
            hedge: self.hedge,
            fallback: Fallback::None,
            daily_budget_usd: self.budget,
            ..GenerationConfig::default()
        }
    }

    /// Runs on a paused clock until every question is answered or left.
    pub(super) fn run(&self) -> Became {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(self.play())
    }

    async fn play(&self) -> Became {
        let watch = Arc::new(Watch::default());
        watch.seen().most_running = self.parallel.max(1);
        watch.seen().budget = self.budget;
        let fake = |(index, actor): (usize, &Actor)| {
            let fake = Fake::with(&format!("p{index}"), actor.script.clone(), |capabilities| {
                capabilities.concurrency = actor.concurrency;
            });
            fake.habit(actor.habit.clone());
            fake
        };
        let fakes: Vec<Arc<Fake>> = self.actors.iter().enumerate().map(fake).collect();
        let watched = |fake: &Arc<Fake>| -> Arc<dyn Provider> {
            Arc::new(Watched { fake: Arc::clone(fake), watch: Arc::clone(&watch) })
        };
        let builder = Orchestrator::builder(fakes.iter().map(watched).collect());
        let random = Arc::new(Seeded::new(self.seed));
        let orchestrator = Arc::new(builder.config(self.config()).random(random).build());
        assert!(watch.core.set(Arc::downgrade(&orchestrator.core)).is_ok());
        let put = |(index, asked): (usize, &Asked)| {
            let asked = asked.clone();
            let orchestrator = Arc::clone(&orchestrator);
            let choice = match asked.preferred {
                Some(one) if one < fakes.len() => Choice::Preferred(fakes[one].id().clone()),
                _ => Choice::Auto,
            };
            let mut ask = Ask::new("google", choice, question(&format!("q{index}")));
            ask.priority = asked.priority;
            tokio::task::spawn(async move {
                tokio::time::sleep(secs(asked.at)).await;
                let began = Instant::now();
                let answer = orchestrator.complete(ask, accept);
                match asked.leaves_after {
                    None => Some((answer.await, began.elapsed())),
                    Some(after) => {
                        let answer = tokio::time::timeout(secs(after), answer).await.ok()?;
                        Some((answer, began.elapsed()))
                    }
                }
            })
        };
        let tasks: Vec<_> = self.questions.iter().enumerate().map(put).collect();
        let mut answers = Vec::new();
        for task in tasks {
            answers.push(task.await.unwrap());
        }
        Became { watch, fakes, orchestrator, answers }
    }
}
