//! Why a provider has no answer: classified once, here, and for good. Everything that
//! is done after a failure follows from the [`ErrorKind`].

use std::fmt;
use std::time::Duration;

use super::{Limits, Usage};

/// The classes of failure. What each is followed by is the orchestrator's table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorKind {
    /// Too many calls or tokens for now (429 with a hint, 503 with `Retry-After`).
    RateLimited,
    /// The provider is there and cannot (5xx, 529).
    Overloaded,
    /// The connection failed, or broke off in the middle.
    Connection,
    /// No answer in time.
    Timeout,
    /// The account has no money or no quota left (402, `insufficient_quota`).
    Quota,
    /// The key is missing, wrong or not allowed to (401, 403).
    Auth,
    /// The request is not understood (400, 404, 422).
    BadRequest,
    /// The question is longer than the model reads.
    ContextOverflow,
    /// The answer reached the output limit and is cut off.
    Truncated,
    /// The model will not answer this.
    Refused,
    /// The answer is not what was asked for.
    Invalid,
}

impl ErrorKind {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RateLimited => "rateLimited",
            Self::Overloaded => "overloaded",
            Self::Connection => "connection",
            Self::Timeout => "timeout",
            Self::Quota => "quota",
            Self::Auth => "auth",
            Self::BadRequest => "badRequest",
            Self::ContextOverflow => "contextOverflow",
            Self::Truncated => "truncated",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
        }
    }

    /// Says something about the provider's health, and not about the question.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Overloaded | Self::Connection | Self::Timeout)
    }
}

/// Why a provider has no answer.
///
/// Holds nothing that was sent: neither a key, nor a prompt, nor a body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ProviderError {
    /// What follows from it.
    pub kind: ErrorKind,
    /// One sentence for the user: what is wrong, and what to do.
    pub message: String,
    /// HTTP status.
    pub status: Option<u16>,
    /// The provider's own name for it.
    pub code: Option<String>,
    /// The provider's name for the request, for its support.
    pub request_id: Option<String>,
    /// Not before this time is over.
    pub retry_after: Option<Duration>,
    /// What the provider said about its limits.
    pub limits: Limits,
    /// Tokens that are billed all the same.
    pub usage: Usage,
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let id = self.request_id.as_ref().map(|id| format!("request {id}"));
        let status = self.status.map(|status| format!("HTTP {status}"));
        let details: Vec<String> = [status, self.code.clone(), id].into_iter().flatten().collect();
        if details.is_empty() { Ok(()) } else { write!(f, " ({})", details.join(", ")) }
    }
}

impl ProviderError {
    /// A failure of this class, with one sentence for the user.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
            code: None,
            request_id: None,
            retry_after: None,
            limits: Limits::default(),
            usage: Usage::default(),
        }
    }
}
