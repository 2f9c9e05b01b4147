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
mod aside;
mod attempt;
pub mod batches;
mod builder;
mod clock;
mod core;
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

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::Instant;
use tracing::Instrument;

use self::core::{Core, Flown};
use crate::provider::{ErrorKind, Provider, ProviderId, Usage};
use arm::Arm;
use attempt::{Check, Won};
use flight::Flights;
use setback::Setbacks;
use state::StateError;
use storage::{Key, Which};

pub use aside::aside;
pub use builder::Builder;
pub use clock::{Clock, Random, Seeded, SystemClock};
pub use matrix::Matrix;
pub use metrics::{
    BreakerState, CacheEvent, CacheReport, Failures, Hedges, Metrics, Percentiles, ProviderFacts,
    ProviderReport, Report, StyleReport, StyleShare, Tokens, WorkspaceReport,
};
pub use options::{
    Ask, BreakerTuning, CacheUse, Choice, Fallback, GenerationConfig, Hedge, Priority, StyleNeeds,
    Tuning,
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

    /// How many calls may be on their way at the same time, for this choice.
    pub fn width(&self, choice: &Choice) -> usize {
        let width = |arm: &Arc<Arm>| arm.capabilities().concurrency;
        match choice {
            Choice::Preferred(id) => self.core.find(id).map_or(1, width),
            Choice::Auto => {
                let remote = self.core.arms.iter().filter(|arm| !arm.capabilities().is_immediate);
                remote.map(width).fold(0, usize::saturating_add)
            }
        }
    }

    /// What the providers did so far.
    pub fn report(&self) -> Report {
        let size = self.core.storage.as_ref().map(|storage| storage.size()).unwrap_or_default();
        let mut report = self.core.metrics.report(self.core.facts(), size);
        for (provider, styles) in self.core.matrix.rows() {
            let row =
                styles.map(|(style, obstacle)| (style.to_owned(), obstacle.map(str::to_owned)));
            report.compatibility.insert(provider.to_string(), row.collect());
        }
        report.compatibility.retain(|_, styles| !styles.is_empty());
        report
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
                    notices.extend(unusable(&found.attempts));
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

/// What the user has to put right about providers that failed beside the one that answered.
fn unusable(attempts: &[Attempt]) -> impl Iterator<Item = Notice> {
    attempts.iter().filter_map(|attempt| match &attempt.ending {
        Ending::Failed(error) if matches!(error.kind, ErrorKind::Auth | ErrorKind::Quota) => {
            let reason = error.to_string();
            Some(Notice::Unusable { provider: attempt.provider.clone(), reason })
        }
        _ => None,
    })
}

/// The tokens of all attempts; `None` when there were none.
fn total(attempts: &[Attempt]) -> Option<Usage> {
    let mut usage = Usage::default();
    for attempt in attempts {
        usage += attempt.usage;
    }
    (!attempts.is_empty()).then_some(usage)
}
