//! Puts an orchestrator together.

use std::sync::Arc;

use super::allowance::Allowance;
use super::arm::Arm;
use super::core::Core;
use super::ledger::Ledger;
use super::state::{State, StateFile};
use super::storage::Storage;
use super::{Clock, GenerationConfig, Matrix, Metrics, Orchestrator, Random, StyleNeeds};
use crate::provider::Provider;

/// The parts of an orchestrator that have a default.
pub struct Builder {
    pub(super) providers: Vec<Arc<dyn Provider>>,
    pub(super) config: GenerationConfig,
    pub(super) styles: Vec<StyleNeeds>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) storage: Option<Arc<dyn Storage>>,
    pub(super) state: Option<Arc<StateFile>>,
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
