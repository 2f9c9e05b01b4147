//! What all questions share, and a question's way through it: who may answer, what is
//! kept, and the answer of a provider of this process.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tokio::time::Instant;

use super::allowance::Allowance;
use super::arm::{self, Arm};
use super::attempt::{Check, Log, Question, Won};
use super::ledger::Ledger;
use super::run::Run;
use super::state::State;
use super::storage::{Entry, Key, Storage, StorageError};
use super::{
    Ask, Attempt, BreakerState, CacheEvent, CacheUse, Choice, Clock, Ending, GenerationConfig,
    GenerationResult, Matrix, Metrics, Notice, OrchestratorError, ProviderFacts, Random,
};
use crate::provider::{Answer, ErrorKind, ProviderError, ProviderId, Usage};

/// What a flight brings.
pub(super) type Flown = Result<Arc<Found>, OrchestratorError>;

/// An accepted answer, for everybody who waits for it.
pub(super) struct Found {
    pub(super) won: Won,
    pub(super) provider: ProviderId,
    pub(super) attempts: Vec<Attempt>,
    pub(super) from_cache: bool,
}

/// What all questions share.
pub(crate) struct Core {
    pub(super) arms: Vec<Arc<Arm>>,
    pub(super) config: GenerationConfig,
    pub(super) matrix: Matrix,
    pub(super) metrics: Arc<Metrics>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) storage: Option<Arc<dyn Storage>>,
    pub(super) hedges: Allowance,
    pub(super) ledger: Ledger,
    pub(super) state: Option<State>,
}

impl Core {
    /// What the reports say of each provider besides what it did.
    pub(super) fn facts(&self) -> Vec<ProviderFacts> {
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

    pub(super) fn find(&self, id: &ProviderId) -> Option<&Arc<Arm>> {
        self.arms.iter().find(|arm| arm.id() == id)
    }

    /// Who may answer: the remote providers that can do the style, or the embedded one
    /// if it is chosen or alone.
    pub(super) fn candidates(
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
    pub(super) async fn at_once<T>(
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
        self.metrics.workspace(&ask.scope, &attempt);
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
    pub(super) async fn fly(
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
        let log_of_all = log.clone();
        let counted = scope.as_str().into();
        let priority = ask.priority;
        let question =
            Question { core, style, scope: counted, check, log: log_of_all, priority, began };
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
    pub(super) async fn kept(
        &self,
        ask: &Ask,
        keys: &[(Key, ProviderId)],
        check: &Check,
    ) -> Option<Found> {
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

    pub(super) fn storage_fault(&self, error: &StorageError) {
        tracing::warn!(%error, "the cache failed");
        self.metrics.cache(CacheEvent::Fault);
    }
}
