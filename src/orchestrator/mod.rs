//! Between the use case and the providers: every question goes through here.
//!
//! A question is looked up in the cache, joined to an equal one that is on its way, or
//! put to a provider: whom to ask, when to ask a second one, and what follows a failure
//! is decided in `run`, from what is learned about each provider (`arm`). The caller
//! hands in `accept`, which turns unchecked JSON into what it needs or says what is
//! wrong; an answer that is not accepted is a failed attempt, wherever it came from.
//!
//! ```text
//! complete -> flight -> cache -> run -> attempt -> provider
//!                                 |        |
//!                              select     arm: latency, success, breaker, pace
//! ```
//!
//! Time and chance come in through [`Clock`] and [`Random`], so that tests and the
//! simulation run this very code on a clock of their own.

mod allowance;
mod arm;
mod attempt;
mod clock;
mod flight;
pub mod ledger;
mod matrix;
mod metrics;
mod moment;
pub mod numbers;
mod options;
mod result;
mod run;
mod select;
mod setback;
pub mod state;
pub mod storage;
mod text;
pub mod trace;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use crate::provider::{Answer, ErrorKind, Provider, ProviderError, ProviderId, Usage};
use allowance::Allowance;
use arm::Arm;
use attempt::{Check, Log, Question, Won};
use flight::Flights;
use ledger::Ledger;
use run::Run;
use setback::Setbacks;
use state::{State, StateError, StateFile};
use storage::{Entry, Key, Storage, Which};

pub use clock::{Clock, Random, Seeded, SystemClock};
pub use matrix::Matrix;
pub use metrics::{
    BreakerState, CacheEvent, CacheReport, Failures, Hedges, Metrics, Percentiles, ProviderFacts,
    ProviderReport, Report, StyleReport, StyleShare, Tokens,
};
pub use options::{
    Ask, CacheUse, Choice, Fallback, GenerationConfig, Hedge, Priority, StyleNeeds, Tuning,
};
pub use result::{Attempt, Ending, GenerationResult, Notice, OrchestratorError};

/// The providers that are configured, and how to get an answer from them.
pub struct Orchestrator {
    core: Arc<Core>,
    flights: Flights<Joint, Flown>,
    setbacks: Setbacks<(Key, Option<ProviderId>)>,
}

/// What equal questions have in common. They share a deadline, too.
type Joint = (Key, Option<ProviderId>, CacheUse, Priority);

/// What a flight brings.
type Flown = Result<Arc<Found>, OrchestratorError>;

/// An accepted answer, for everybody who waits for it.
struct Found {
    won: Won,
    provider: ProviderId,
    attempts: Vec<Attempt>,
    from_cache: bool,
}

/// What all questions share.
pub(crate) struct Core {
    arms: Vec<Arc<Arm>>,
    config: GenerationConfig,
    matrix: Matrix,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    storage: Option<Arc<dyn Storage>>,
    hedges: Allowance,
    ledger: Ledger,
    state: Option<State>,
}

/// The parts of an orchestrator that have a default.
pub struct Builder {
    providers: Vec<Arc<dyn Provider>>,
    config: GenerationConfig,
    styles: Vec<StyleNeeds>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    storage: Option<Arc<dyn Storage>>,
    state: Option<Arc<StateFile>>,
}

impl Builder {
    /// How answers are got.
    #[must_use]
    pub fn config(mut self, config: GenerationConfig) -> Self {
        self.config = config;
        self
    }

    /// What the styles need.
    #[must_use]
    pub fn styles(mut self, styles: Vec<StyleNeeds>) -> Self {
        self.styles = styles;
        self
    }

    /// Where answers are kept.
    #[must_use]
    pub fn storage(mut self, storage: Arc<dyn Storage>) -> Self {
        self.storage = Some(storage);
        self
    }

    /// Where counters, what is learned of the providers and the day's spending outlive
    /// this process.
    #[must_use]
    pub fn state(mut self, file: Arc<StateFile>) -> Self {
        self.state = Some(file);
        self
    }

    /// Another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Another source of chance.
    #[must_use]
    pub fn random(mut self, random: Arc<dyn Random>) -> Self {
        self.random = random;
        self
    }

    /// The orchestrator.
    pub fn build(self) -> Orchestrator {
        let now = self.clock.now();
        let tuning = self.config.tuning;
        let matrix = Matrix::new(self.providers.iter().map(|one| &**one), &self.styles);
        let arm = |provider| Arc::new(Arm::new(provider, tuning, now));
        let arms: Vec<Arc<Arm>> = self.providers.into_iter().map(arm).collect();
        let metrics = Arc::new(Metrics::default());
        let (daily, run) = (self.config.daily_budget_usd, self.config.run_budget_usd);
        let clock = Arc::clone(&self.clock);
        let wall = Arc::new(move || clock.wall());
        let ledger = Ledger::new(daily, run, self.state.clone(), wall);
        let open = |file| State::new(file, Arc::clone(&metrics), ledger.clone());
        let state = self.state.map(open);
        let mut learned = state.as_ref().map(State::arms).unwrap_or_default();
        for arm in &arms {
            if let Some(snapshot) = learned.remove(arm.id()) {
                arm.restore(snapshot, self.clock.wall());
            }
        }
        let core = Core {
            arms,
            config: self.config,
            matrix,
            metrics,
            clock: self.clock,
            random: self.random,
            storage: self.storage,
            hedges: Allowance::full(tuning.hedge_burst),
            ledger,
            state,
        };
        let (flights, setbacks) = Default::default();
        Orchestrator { core: Arc::new(core), flights, setbacks }
    }
}

impl Orchestrator {
    /// An orchestrator over `providers`, in order of preference, with no cache.
    pub fn new(providers: Vec<Arc<dyn Provider>>) -> Self {
        Self::builder(providers).build()
    }

    /// The same with more choices.
    pub fn builder(providers: Vec<Arc<dyn Provider>>) -> Builder {
        Builder {
            providers,
            config: GenerationConfig::default(),
            styles: Vec::new(),
            clock: Arc::new(SystemClock),
            random: Arc::new(Seeded::of_the_system()),
            storage: None,
            state: None,
        }
    }

    /// The names of the providers, in order of preference.
    pub fn providers(&self) -> impl Iterator<Item = &ProviderId> {
        self.core.arms.iter().map(|arm| arm.id())
    }

    /// The providers themselves, in order of preference.
    pub fn all(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.core.arms.iter().map(|arm| arm.provider())
    }

    /// Which provider can do which style.
    pub fn matrix(&self) -> &Matrix {
        &self.core.matrix
    }

    /// Whether the choice is answered at once and at no cost, so that it may be asked
    /// without an explicit request of the user.
    pub fn is_immediate(&self, choice: &Choice) -> bool {
        let is_immediate = |arm: &Arc<Arm>| arm.capabilities().is_immediate;
        match choice {
            Choice::Preferred(id) => self.core.find(id).is_some_and(is_immediate),
            Choice::Auto => self.core.arms.iter().all(is_immediate),
        }
    }

    /// What the providers did so far.
    pub fn report(&self) -> Report {
        let size = self.core.storage.as_ref().map(|storage| storage.size()).unwrap_or_default();
        self.core.metrics.report(self.core.facts(), size)
    }

    /// Forgets what the providers did so far.
    pub fn reset_metrics(&self) {
        self.core.metrics.reset();
    }

    /// Writes counters, what was learned and what was spent to the state file, and takes
    /// over what other processes wrote. Blocks on that file for up to two seconds.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or written; nothing is lost, and the next time goes on.
    pub fn flush(&self) -> Result<(), StateError> {
        let Some(state) = &self.core.state else { return Ok(()) };
        let wall = self.core.clock.wall();
        let remote = self.core.arms.iter().filter(|arm| !arm.capabilities().is_immediate);
        let arms = remote.filter_map(|arm| Some((arm.id().clone(), arm.snapshot(wall)?))).collect();
        state.flush(self.core.facts(), arms)
    }

    /// Forgets kept answers.
    pub async fn clear_cache(&self, which: &Which) {
        self.setbacks.clear();
        if let Some(storage) = &self.core.storage
            && let Err(error) = storage.clear(which).await
        {
            self.core.storage_fault(&error);
        }
    }

    /// Gets an answer that `accept` admits: it makes of the content what the caller
    /// needs, or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// When no provider can be asked, or none gave an answer that is admitted and the
    /// embedded provider is not to take its place.
    pub async fn complete<T>(
        &self,
        ask: Ask,
        accept: impl Fn(&Value) -> Result<T, Vec<String>> + Send + Sync + 'static,
    ) -> Result<GenerationResult<T>, OrchestratorError> {
        let preferred = match &ask.choice {
            Choice::Preferred(id) => Some(id),
            Choice::Auto => None,
        };
        let span = trace::request(ask.style, preferred);
        self.answered(ask, accept).instrument(span).await
    }

    async fn answered<T>(
        &self,
        ask: Ask,
        accept: impl Fn(&Value) -> Result<T, Vec<String>> + Send + Sync + 'static,
    ) -> Result<GenerationResult<T>, OrchestratorError> {
        let core = &self.core;
        let began = core.clock.now();
        let mut notices = Vec::new();
        let arms = core.candidates(&ask, &mut notices)?;
        if let [only] = arms.as_slice()
            && only.capabilities().is_immediate
        {
            return core.at_once(only, &ask, accept, began, notices).await;
        }
        let accept = Arc::new(accept);
        let check: Check = {
            let accept = Arc::clone(&accept);
            Arc::new(move |content| accept(content).map(drop))
        };
        let embedded = || core.arms.iter().find(|arm| arm.capabilities().is_immediate);
        let found = self.found(ask.clone(), arms, check, began).await;
        let error = match found {
            Ok(found) => match accept(&found.won.content) {
                Ok(content) => {
                    let Won { model, guesses, usage, .. } = found.won.clone();
                    return Ok(GenerationResult {
                        content,
                        provider: found.provider.clone(),
                        model,
                        style: ask.style,
                        usage: total(&found.attempts).unwrap_or(usage),
                        elapsed: core.clock.now().saturating_duration_since(began),
                        from_cache: found.from_cache,
                        attempts: found.attempts.clone(),
                        notices,
                        guesses,
                    });
                }
                // Equal questions have equal checks; an answer to a joined one that
                // is not accepted all the same is a failure like any other.
                Err(problems) => OrchestratorError::Unavailable(problems.join("; ")),
            },
            Err(error) => error,
        };
        match embedded() {
            Some(arm)
                if core.config.fallback == Fallback::Offline && ask.cache != CacheUse::Only =>
            {
                notices.push(Notice::FellBack(error.to_string()));
                let accept = move |content: &Value| accept(content);
                core.at_once(arm, &ask, accept, began, notices).await
            }
            _ => Err(error),
        }
    }

    /// The answer of an equal question that is on its way, of the cache, or of a
    /// provider.
    async fn found(&self, ask: Ask, arms: Vec<Arc<Arm>>, check: Check, began: Instant) -> Flown {
        let core = Arc::clone(&self.core);
        let keys: Vec<(Key, ProviderId)> = arms
            .iter()
            .filter_map(|arm| {
                let request = ask.request_for(arm.id());
                Some((Key::of(&request, arm.capabilities())?, arm.id().clone()))
            })
            .collect();
        let Some((key, _)) = keys.first() else {
            return core.fly(ask, arms, check, keys, began).await;
        };
        // The same question to somebody else is another flight.
        let preferred = match &ask.choice {
            Choice::Preferred(id) => Some(id.clone()),
            Choice::Auto => None,
        };
        let same = (*key, preferred.clone());
        if ask.cache == CacheUse::Full
            && let Some(error) = self.setbacks.get(&same, core.clock.now())
        {
            return Err(error);
        }
        let key = (*key, preferred, ask.cache, ask.priority);
        // Others wait for this: a panic must not keep them waiting for ever.
        let make = || {
            let flight = core.fly(ask, arms, check, keys, began);
            AssertUnwindSafe(flight).catch_unwind().map(|flown| {
                let reason = "the question could not be put: there is a defect in this program";
                flown.unwrap_or_else(|_| Err(OrchestratorError::Unavailable(reason.to_owned())))
            })
        };
        let (flight, joined) = self.flights.join(key, make);
        if joined {
            self.core.metrics.cache(CacheEvent::Coalesced);
        }
        let flown = flight.await;
        if let Err(error) = &flown {
            self.setbacks.keep(same, error, self.core.clock.now());
        }
        flown
    }
}

/// The tokens of all attempts; `None` when there were none.
fn total(attempts: &[Attempt]) -> Option<Usage> {
    let mut usage = Usage::default();
    attempts.iter().for_each(|attempt| usage += attempt.usage);
    (!attempts.is_empty()).then_some(usage)
}

impl Core {
    /// What the reports say of each provider besides what it did.
    fn facts(&self) -> Vec<ProviderFacts> {
        let now = self.clock.now();
        let facts = |arm: &Arc<Arm>| {
            let capabilities = arm.capabilities();
            ProviderFacts {
                id: arm.id().clone(),
                dialect: capabilities.dialect.to_owned(),
                model: capabilities.model.to_string(),
                state: match arm.state(now) {
                    arm::State::Closed => BreakerState::Closed,
                    arm::State::Open => BreakerState::Open,
                    arm::State::HalfOpen => BreakerState::HalfOpen,
                },
            }
        };
        self.arms.iter().map(facts).collect()
    }

    fn find(&self, id: &ProviderId) -> Option<&Arc<Arm>> {
        self.arms.iter().find(|arm| arm.id() == id)
    }

    /// Who may answer: the remote providers that can do the style, or the embedded one
    /// if it is chosen or alone.
    fn candidates(
        &self,
        ask: &Ask,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Arc<Arm>>, OrchestratorError> {
        if let Choice::Preferred(id) = &ask.choice {
            let Some(arm) = self.find(id) else {
                return Err(OrchestratorError::Unknown(id.clone()));
            };
            if arm.capabilities().is_immediate {
                return Ok(vec![Arc::clone(arm)]);
            }
            if let Some(reason) = self.matrix.obstacle(id, ask.style) {
                let reason = reason.to_owned();
                notices.push(Notice::Incompatible { provider: id.clone(), reason });
            }
        }
        let (immediate, remote): (Vec<_>, Vec<_>) =
            self.arms.iter().cloned().partition(|arm| arm.capabilities().is_immediate);
        if remote.is_empty() {
            let embedded = immediate.into_iter().next();
            return embedded.map(|arm| vec![arm]).ok_or_else(|| {
                OrchestratorError::Unavailable("no provider is configured".to_owned())
            });
        }
        let mut able = Vec::new();
        let mut obstacles = BTreeMap::new();
        for arm in remote {
            match self.matrix.obstacle(arm.id(), ask.style) {
                None => able.push(arm),
                Some(reason) => drop(obstacles.insert(arm.id().to_string(), reason.to_owned())),
            }
        }
        if able.is_empty() {
            let reasons: Vec<String> =
                obstacles.into_iter().map(|(id, reason)| format!("{id}: {reason}")).collect();
            return Err(OrchestratorError::Incompatible(reasons.join("; ")));
        }
        Ok(able)
    }

    /// Asks a provider of this process: no cache, no deadline, no second try.
    async fn at_once<T>(
        &self,
        arm: &Arc<Arm>,
        ask: &Ask,
        accept: impl Fn(&Value) -> Result<T, Vec<String>>,
        began: Instant,
        notices: Vec<Notice>,
    ) -> Result<GenerationResult<T>, OrchestratorError> {
        let started = self.clock.now();
        let completion = arm.provider().complete(&ask.request).await;
        let mut guesses = Vec::new();
        let outcome = completion.and_then(|completion| {
            guesses = completion.guesses;
            let Answer::Content(content) = completion.answer else {
                return Err(ProviderError::new(ErrorKind::Invalid, "the answer is no content"));
            };
            accept(&content).map_err(|problems| {
                let sentence = format!("the answer was not accepted: {}", problems.join("; "));
                ProviderError::new(ErrorKind::Invalid, sentence)
            })
        });
        let (content, ending) = match outcome {
            Ok(content) => (Some(content), Ending::Success),
            Err(error) => (None, Ending::Failed(error)),
        };
        let now = self.clock.now();
        let attempt = Attempt {
            provider: arm.id().clone(),
            ending,
            started: started.saturating_duration_since(began),
            elapsed: now.saturating_duration_since(started),
            usage: Usage::default(),
            cost_usd: 0.0,
            is_hedge: false,
            is_repair: false,
        };
        self.metrics.attempt(ask.style, &attempt);
        let attempts = vec![attempt];
        let Some(content) = content else { return Err(OrchestratorError::Failed { attempts }) };
        Ok(GenerationResult {
            content,
            provider: arm.id().clone(),
            model: arm.capabilities().model.clone(),
            style: ask.style,
            usage: Usage::default(),
            elapsed: now.saturating_duration_since(began),
            from_cache: false,
            attempts,
            notices,
            guesses,
        })
    }

    /// Looks into the cache, asks, and keeps the answer.
    async fn fly(
        self: Arc<Self>,
        ask: Ask,
        arms: Vec<Arc<Arm>>,
        check: Check,
        keys: Vec<(Key, ProviderId)>,
        began: Instant,
    ) -> Flown {
        if ask.cache != CacheUse::Refresh
            && let Some(found) = self.kept(&ask, &keys, &check).await
        {
            return Ok(Arc::new(found));
        }
        if ask.cache == CacheUse::Only {
            let sentence = "there is no kept answer".to_owned();
            return Err(OrchestratorError::Unavailable(sentence));
        }
        let generation = self.storage.as_ref().map(|storage| storage.begin());
        let log = Log::default();
        let (style, scope) = (ask.style, ask.scope.clone());
        let core = Arc::clone(&self);
        let question = Question { core, style, check, log: log.clone(), began };
        let (arm, won) = Run::new(question, ask, arms).run().await?;
        let key = keys.iter().find(|(_, id)| id == arm.id()).map(|(key, _)| key);
        if let (Some(storage), Some(key), Some(generation)) = (&self.storage, key, generation) {
            let entry = Entry {
                content: won.content.clone(),
                provider: arm.id().to_string(),
                model: won.model.to_string(),
                input: won.usage.input,
                cached_input: won.usage.cached_input,
                output: won.usage.output,
                scope,
                written: self.clock.wall(),
            };
            let kept = storage.put(key, entry, self.config.cache_ttl, generation).await;
            if let Err(error) = kept {
                self.storage_fault(&error);
            }
        }
        let provider = arm.id().clone();
        Ok(Arc::new(Found { won, provider, attempts: log.take(), from_cache: false }))
    }

    /// The answer in the cache, of the preferred provider or of any that may answer.
    async fn kept(&self, ask: &Ask, keys: &[(Key, ProviderId)], check: &Check) -> Option<Found> {
        let storage = self.storage.as_ref()?;
        let wanted = |id: &ProviderId| match &ask.choice {
            Choice::Preferred(preferred) => preferred == id,
            Choice::Auto => true,
        };
        for (key, id) in keys.iter().filter(|(_, id)| wanted(id)) {
            let entry = match storage.get(key).await {
                Ok(entry) => entry,
                Err(error) => {
                    self.storage_fault(&error);
                    continue;
                }
            };
            let Some(entry) = entry else { continue };
            // Whatever can write to a cache is not trusted: an entry is an answer like
            // any other.
            if check(&entry.content).is_err() {
                if let Err(error) = storage.remove(key).await {
                    self.storage_fault(&error);
                }
                continue;
            }
            self.metrics.cache(CacheEvent::Hit);
            let usage = entry.usage();
            let won = Won {
                content: entry.content,
                model: entry.model.into(),
                guesses: Vec::new(),
                cost_usd: 0.0,
                usage,
            };
            return Some(Found {
                won,
                provider: id.clone(),
                attempts: Vec::new(),
                from_cache: true,
            });
        }
        self.metrics.cache(CacheEvent::Miss);
        None
    }

    fn storage_fault(&self, error: &storage::StorageError) {
        tracing::warn!(%error, "the cache failed");
        self.metrics.cache(CacheEvent::Fault);
    }
}
