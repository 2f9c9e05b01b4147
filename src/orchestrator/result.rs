//! What comes back for a question: an admitted answer with its history, or an error
//! that names every attempt.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::provider::{ErrorKind, ProviderError, ProviderId, Usage};

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "a question has a handful of them")]
pub enum Ending {
    /// The answer was accepted.
    Success,
    /// The provider gave none, or one that was not accepted.
    Failed(ProviderError),
    /// Another answer was there first, or nobody waited any more.
    Cancelled,
}

impl Ending {
    /// The class of the failure, if it is one.
    pub fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Failed(error) => Some(error.kind),
            Self::Success | Self::Cancelled => None,
        }
    }
}

/// One call to one provider.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// Who was asked.
    pub provider: ProviderId,
    /// How it ended.
    pub ending: Ending,
    /// When it began, counted from the question.
    pub started: Duration,
    /// How long it took.
    pub elapsed: Duration,
    /// Tokens; an estimate when it was cancelled or given up.
    pub usage: Usage,
    /// US dollars; an estimate when it was cancelled or given up.
    pub cost_usd: f64,
    /// It was started beside another one that had not failed, to be faster.
    pub is_hedge: bool,
    /// It was a second turn about an answer that was not accepted.
    pub is_repair: bool,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.elapsed.as_secs_f64();
        match &self.ending {
            Ending::Success => write!(f, "{} answered after {seconds:.1} s", self.provider),
            Ending::Failed(error) => write!(f, "{}: {error} after {seconds:.1} s", self.provider),
            Ending::Cancelled => write!(f, "{} was cancelled after {seconds:.1} s", self.provider),
        }
    }
}

/// Something the user should know about an answer that came all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Notice {
    /// A provider gave no answer for a reason that the user has to remove, a key or an
    /// account; another one answered. The provider is left alone for a while.
    Unusable {
        /// Who failed.
        provider: ProviderId,
        /// Why.
        reason: String,
    },
    /// The preferred provider cannot do this style; another one answered.
    Incompatible {
        /// Who was preferred.
        provider: ProviderId,
        /// Why it cannot.
        reason: String,
    },
    /// Every provider failed, so that the embedded one answered. One sentence says why.
    FellBack(String),
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unusable { provider, reason } => write!(f, "`{provider}`: {reason}"),
            Self::Incompatible { provider, reason } => {
                write!(f, "`{provider}` cannot do this style: {reason}")
            }
            Self::FellBack(reason) => {
                write!(f, "the embedded provider answered, because {reason}")
            }
        }
    }
}

/// An accepted answer.
#[derive(Clone, Debug)]
pub struct GenerationResult<T> {
    /// What was made of the content.
    pub content: T,
    /// Who answered.
    pub provider: ProviderId,
    /// Which model.
    pub model: Arc<str>,
    /// The style it was asked for.
    pub style: &'static str,
    /// Tokens of all attempts; of the answer alone when it is from the cache.
    pub usage: Usage,
    /// From the question to the answer.
    pub elapsed: Duration,
    /// Answered from the cache.
    pub from_cache: bool,
    /// Every call that was made for it, in the order of their beginning.
    pub attempts: Vec<Attempt>,
    /// What the user should know.
    pub notices: Vec<Notice>,
    /// JSON pointers of the words that rest on a name only.
    pub guesses: Vec<String>,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OrchestratorError {
    /// No provider of that name is configured.
    #[error("no provider `{0}` is configured; `docstring-ls doctor` lists those that are")]
    Unknown(ProviderId),
    /// None of the configured providers can do the style.
    #[error("no configured provider can do this: {0}")]
    Incompatible(String),
    /// The time is over.
    #[error("no answer within {:.0} s: {}", elapsed.as_secs_f64(), listed(attempts))]
    DeadlineExceeded {
        /// How long it was waited.
        elapsed: Duration,
        /// What was tried.
        attempts: Vec<Attempt>,
    },
    /// Every provider that could be asked failed.
    #[error("{}", listed(attempts))]
    Failed {
        /// What was tried.
        attempts: Vec<Attempt>,
    },
    /// No provider may be asked now.
    #[error("no provider may be asked now: {0}")]
    Unavailable(String),
    /// The next call would cost more than is allowed.
    #[error("{0}")]
    Budget(String),
}

fn listed(attempts: &[Attempt]) -> String {
    let all: Vec<String> = attempts.iter().map(ToString::to_string).collect();
    if all.is_empty() { "nothing could be tried".to_owned() } else { all.join("; ") }
}
