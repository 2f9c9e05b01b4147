//! How answers are got: the user's choices, and those of one question.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::provider::{CompletionRequest, Prompt, ProviderId};

/// When a second provider is asked while the first has not answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hedge {
    /// Never.
    Off,
    /// When the first takes longer than nine of ten of its calls, within a budget.
    #[default]
    Adaptive,
    /// At once: every question is asked twice and paid twice.
    Race,
}

/// What happens when every provider failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// The embedded provider answers, with a notice.
    #[default]
    Offline,
    /// The failure is reported.
    None,
}

/// How answers are got, for all questions of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationConfig {
    /// Calls after the first, over all providers. In a batch those that met a rate limit are
    /// not counted, unless this is 0.
    pub max_retries: u32,
    /// The whole of an interactive generation, waiting and retries included.
    pub timeout: Duration,
    /// The same where nobody waits.
    pub bulk_timeout: Duration,
    /// Calls at the same time for one question.
    pub parallel_attempts: usize,
    /// When a second provider is asked.
    pub hedge: Hedge,
    /// What follows when all failed.
    pub fallback: Fallback,
    /// How long an answer is kept.
    pub cache_ttl: Duration,
    /// Most US dollars in a day (UTC); `None` for no limit.
    pub daily_budget_usd: Option<f64>,
    /// Most US dollars in the life of this process; `None` for no limit.
    pub run_budget_usd: Option<f64>,
    /// See [`Tuning`].
    pub tuning: Tuning,
}

/// Constants of the algorithm that a simulation varies and a user does not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// A second provider is never asked before this: nobody notices so short a time.
    pub min_hedge: Duration,
    /// The share of a provider's calls that are faster than the moment at which a
    /// second provider is asked. At 0.90 three of a hundred long calls are caught for a
    /// tenth more calls; 0.95 is cheaper by 3 % and slower by half a second at the 99th
    /// percentile, 0.80 dearer by 5 % and no faster (`benches/simulation`, `--sweep`).
    pub hedge_quantile: f64,
    /// Second calls that each question earns: twice what the quantile spends, so that
    /// they run out only when something is wrong.
    pub hedge_share: f64,
    /// Second calls that can be saved up: the first ones of a brown-out.
    pub hedge_burst: f64,
    /// An attempt is given at least this long.
    pub min_attempt: Duration,
    /// The pause before the same provider is asked again, doubled each time up to the
    /// longest; what is waited is drawn between nothing and the pause.
    pub retry_pause: Duration,
    /// See [`Tuning::retry_pause`].
    pub longest_retry_pause: Duration,
    /// Retries at the same provider that are there at first and at most, as in gRPC's
    /// retry throttling.
    pub retry_tokens: f64,
    /// What a success earns towards them.
    pub retry_earned: f64,
    /// How long a provider that asks for patience without saying how much is left alone.
    pub limited_pause: Duration,
    /// How long an account without money or quota is left alone.
    pub quota_pause: Duration,
    /// Who waits for a provider that said when it will be back waits longer by up to this
    /// share, so that not all come at that moment and are sent away again.
    pub spread: f64,
    /// But by no more than this.
    pub longest_spread: Duration,
    /// See [`BreakerTuning`].
    pub breaker: BreakerTuning,
}

/// When a provider counts as down, and how long it is left alone then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BreakerTuning {
    /// Failures in a row that open it.
    pub failures: u32,
    /// Or a failure rate above one half, with this much fading evidence.
    pub weight: f64,
    /// The time in which evidence halves.
    pub half_life: Duration,
    /// The first pause, doubled at each failed probe up to the longest.
    pub pause: Duration,
    /// See [`BreakerTuning::pause`].
    pub longest_pause: Duration,
    /// Pauses differ by this share either way, so that many clients do not return together.
    pub jitter: f64,
}

impl Default for BreakerTuning {
    fn default() -> Self {
        Self {
            failures: 3,
            weight: 6.0,
            half_life: Duration::from_mins(2),
            pause: Duration::from_secs(5),
            longest_pause: Duration::from_mins(2),
            jitter: 0.2,
        }
    }
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            min_hedge: Duration::from_millis(300),
            hedge_quantile: 0.90,
            hedge_share: 0.20,
            hedge_burst: 5.0,
            min_attempt: Duration::from_secs(4),
            retry_pause: Duration::from_millis(500),
            longest_retry_pause: Duration::from_secs(8),
            retry_tokens: 10.0,
            retry_earned: 0.1,
            limited_pause: Duration::from_secs(5),
            quota_pause: Duration::from_mins(30),
            spread: 0.2,
            longest_spread: Duration::from_secs(3),
            breaker: BreakerTuning::default(),
        }
    }
}

impl Default for GenerationConfig {
    fn default() -> Self {
        Self {
            max_retries: 3,
            timeout: Duration::from_secs(30),
            bulk_timeout: Duration::from_mins(2),
            parallel_attempts: 2,
            hedge: Hedge::default(),
            fallback: Fallback::default(),
            cache_ttl: Duration::from_hours(30 * 24),
            daily_budget_usd: Some(5.0),
            run_budget_usd: None,
            tuning: Tuning::default(),
        }
    }
}

/// Who is waiting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Priority {
    /// A person.
    #[default]
    Interactive,
    /// Nobody: one of many.
    Bulk,
}

/// Who shall answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This provider; others when it cannot.
    Preferred(ProviderId),
    /// Whoever is best at the moment.
    Auto,
}

/// What a style asks of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StyleNeeds {
    /// The identifier of the style.
    pub id: &'static str,
    /// The answer has parts, so that it must be JSON.
    pub json: bool,
    /// Tokens of a long answer in it.
    pub output: u32,
}

/// Which part of the cache a question may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CacheUse {
    /// Read and write.
    #[default]
    Full,
    /// Write only: the user wants another answer.
    Refresh,
    /// Read only, and ask nobody: for what a user did not ask for.
    Only,
}

/// One question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The style in which the answer will be laid out (its identifier).
    pub style: &'static str,
    /// Who shall answer.
    pub choice: Choice,
    /// Who is waiting.
    pub priority: Priority,
    /// What is asked.
    pub request: CompletionRequest,
    /// The same as certain providers should get it; `request` is for the others.
    pub prompts: BTreeMap<ProviderId, Arc<Prompt>>,
    /// The same with less around it, for a model that cannot read the whole.
    pub shorter: Option<Arc<Prompt>>,
    /// The part of the cache to which the answer belongs: a workspace.
    pub scope: String,
    /// How the cache is used.
    pub cache: CacheUse,
}

impl Ask {
    /// A question of a person to a provider.
    pub fn new(style: &'static str, choice: Choice, request: CompletionRequest) -> Self {
        Self {
            style,
            choice,
            priority: Priority::default(),
            request,
            prompts: BTreeMap::new(),
            shorter: None,
            scope: String::new(),
            cache: CacheUse::default(),
        }
    }

    /// The question as this provider gets it.
    pub(crate) fn request_for(&self, id: &ProviderId) -> CompletionRequest {
        let mut request = self.request.clone();
        if let Some(prompt) = self.prompts.get(id) {
            request.prompt = Some(Arc::clone(prompt));
        }
        request
    }

    /// Whether the user asks for this provider.
    pub(crate) fn prefers(&self, id: &ProviderId) -> bool {
        matches!(&self.choice, Choice::Preferred(preferred) if preferred == id)
    }
}
