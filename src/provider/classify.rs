//! Why a call failed: the one place that reads statuses, error bodies and hints.
//!
//! Nothing that a server writes in its own words is passed on. An error text may echo
//! the prompt or the key; so texts are only searched for known phrases, and of codes and
//! identifiers only those come through that can be nothing else.

mod body;
mod hints;
mod parameter;

use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::http::TransportError;
use super::{Dialect, ErrorKind, ProviderError};
use body::Told;

pub(super) use body::identifier;
pub(super) use hints::limits;
pub(super) use parameter::refused_parameter;

/// Classifies a response whose status says that the call failed. Header names are in
/// lower case.
pub(super) fn failure(
    dialect: Dialect,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    now: SystemTime,
) -> ProviderError {
    let told = Told::read(body);
    let limits = hints::limits(headers, now);
    let hint = hints::retry_after(headers, &told, now);
    let case = Case {
        dialect,
        status,
        told: &told,
        hint: hint.or_else(|| hints::until_reset(&limits).filter(|_| status == 429)),
        may_retry: hints::header(headers, "x-should-retry").map(|value| value == "true"),
        is_vendor: headers.iter().any(|(name, _)| name == "request-id")
            || told.request_id.is_some(),
        is_in_band: false,
    };
    let mut error = case.classify();
    error.status = Some(status);
    error.request_id = hints::request_id(headers).or_else(|| told.request_id.clone());
    error.limits = limits;
    error
}

/// Classifies an error that came in an answer with a good status, whole or as an event
/// of a stream: the body, or the value under its `error`.
pub(super) fn in_band(dialect: Dialect, error: &Value) -> ProviderError {
    let told = Told::of(error);
    let status = told.status.or_else(|| told.names.iter().find_map(|name| status_of(name)));
    let hint = hints::told_delay(&told);
    let status = status.unwrap_or(500);
    let (may_retry, is_vendor) = (None, false);
    let case = Case { dialect, status, told: &told, hint, may_retry, is_vendor, is_in_band: true };
    let mut error = case.classify();
    error.status = told.status;
    error.request_id.clone_from(&told.request_id);
    error
}

/// Classifies an exchange that came to no answer.
pub(super) fn transport(error: TransportError) -> ProviderError {
    let (kind, message) = match error {
        TransportError::Connect => (
            ErrorKind::Connection,
            "no connection could be made: check `base-url`, the proxy and the certificates",
        ),
        TransportError::Certificate => (
            ErrorKind::Connection,
            "the server's certificate is not trusted: name the file with yours in `ca-bundle`",
        ),
        TransportError::Proxy => (
            ErrorKind::Connection,
            "the proxy did not let the request through: check its address, name and password",
        ),
        TransportError::CaBundle => {
            (ErrorKind::BadRequest, "the certificates in `ca-bundle` cannot be read")
        }
        TransportError::Broken => {
            (ErrorKind::Connection, "the connection broke off before the answer was complete")
        }
        TransportError::Idle => (ErrorKind::Timeout, "nothing came from the provider in time"),
        TransportError::TooLarge => {
            (ErrorKind::Invalid, "the answer is larger than any docstring can be")
        }
        TransportError::Address => {
            (ErrorKind::BadRequest, "the address cannot be used: correct `base-url`")
        }
    };
    ProviderError::new(kind, message)
}

/// The status that a name stands for where there is none.
fn status_of(name: &str) -> Option<u16> {
    let status = match name.to_ascii_lowercase().as_str() {
        "overloaded_error" | "overloaded" | "server_overloaded" | "engine_overloaded" => 529,
        "unavailable" | "service_unavailable" | "slow_down" | "no_available_providers" => 503,
        "internal" | "api_error" | "server_error" | "internal_server_error" | "unknown" => 500,
        "rate_limit_error"
        | "rate_limit_exceeded"
        | "resource_exhausted"
        | "rate_limited"
        | "too_many_requests"
        | "tokens"
        | "requests" => 429,
        "timeout_error" | "timeout" | "deadline_exceeded" | "request_timeout" => 504,
        "authentication_error" | "unauthenticated" => 401,
        "permission_error" | "permission_denied" | "permission_denied_error" => 403,
        "billing_error" | "insufficient_credits" => 402,
        "request_too_large" => 413,
        "not_found_error" | "not_found" => 404,
        "invalid_request_error"
        | "invalid_argument"
        | "failed_precondition"
        | "invalid_request"
        | "invalid_prompt" => 400,
        _ => return None,
    };
    Some(status)
}

/// Names and phrases that tell a class whatever the status; names as whole words of the
/// error's codes, phrases anywhere in its text. All in lower case.
struct Signs {
    names: &'static [&'static str],
    phrases: &'static [&'static str],
}

impl Signs {
    fn are_in(&self, told: &Told) -> bool {
        self.are_named(told) || self.are_told(told)
    }

    fn are_named(&self, told: &Told) -> bool {
        let is_sign = |name: &String| self.names.iter().any(|sign| name.eq_ignore_ascii_case(sign));
        told.names.iter().any(is_sign)
    }

    fn are_told(&self, told: &Told) -> bool {
        self.phrases.iter().any(|phrase| told.text.contains(phrase))
    }
}

const OVERFLOW: Signs = Signs {
    names: &[
        "context_length_exceeded",
        "exceed_context_size_error",
        "request_too_large",
        "string_above_max_length",
        "context_window_exceeded",
    ],
    phrases: &[
        "prompt is too long",
        "input is too long",
        "maximum context length",
        "maximum prompt length",
        "context length exceeded",
        "context size has been exceeded",
        "exceeds the available context",
        "exceed context limit",
        "exceeds the context",
        "exceeds the model's context",
        "input token count",
        "prompt token count",
        "loaded with context length",
        "contextwindowexceeded",
        "request too large for",
        "request_too_large",
    ],
};

const REFUSAL: Signs = Signs {
    names: &[
        "content_filter",
        "content_policy_violation",
        "responsibleaipolicyviolation",
        "invalid_prompt",
        "content_filtered",
        "moderation_error",
        "data_inspection_failed",
        "safety_check_failed",
        "prohibited_content",
    ],
    phrases: &[
        "content management policy",
        "content filtering policy",
        "output blocked by content",
        "usage guidelines",
        "flagged by moderation",
        "input was flagged",
        "requires moderation on",
    ],
};

const QUOTA: Signs = Signs {
    names: &[
        "insufficient_quota",
        "billing_error",
        "billing_hard_limit_reached",
        "billing_not_active",
        "enforced_spend_limit_reached",
        "spend_limit_exceeded",
        "budget_exceeded",
        "insufficient_balance",
        "insufficient_credits",
        "exceeded_current_quota_error",
        "access_terminated",
    ],
    phrases: &[
        "credit balance is too low",
        "insufficient balance",
        "insufficient credits",
        "insufficient_quota",
        "requires more credits",
        "used all available credits",
        "spend limit",
        "spending limit",
        "monthly limit",
        "specified api usage limits",
        "key limit exceeded",
        "budget has been exceeded",
        "limit: 0",
    ],
};

const AUTH: Signs = Signs {
    names: &[
        "authentication_error",
        "invalid_api_key",
        "api_key_invalid",
        "api_key_expired",
        "no_db_connection",
        "unauthenticated",
        "account_deactivated",
        "unsupported_country_region_territory",
    ],
    phrases: &[
        "api key not valid",
        "api key expired",
        "incorrect api key",
        "invalid api key",
        "no connected db",
        "location is not supported",
    ],
};

/// There is no such model, whatever the status: a `LiteLLM` gateway answers 400.
const MODEL: Signs = Signs { names: &["model_not_found"], phrases: &["invalid model name"] };

/// The model wrote JSON that its own server did not let pass.
const INVALID: Signs = Signs { names: &["json_validate_failed"], phrases: &[] };
const CUT: Signs = Signs { names: &[], phrases: &["before generating a valid document"] };

/// What is known about a failure.
struct Case<'a> {
    dialect: Dialect,
    status: u16,
    told: &'a Told,
    /// How long to wait, if the provider says so.
    hint: Option<Duration>,
    /// What `x-should-retry` says.
    may_retry: Option<bool>,
    /// The answer bears the vendor's own name for the request; a gateway's does not.
    is_vendor: bool,
    /// The status may be a guess.
    is_in_band: bool,
}

impl Case<'_> {
    fn classify(&self) -> ProviderError {
        let kind = self.kind();
        let mut error = ProviderError::new(kind, self.sentence(kind));
        error.code.clone_from(&self.told.code);
        error.retry_after = self.hint;
        error
    }

    fn kind(&self) -> ErrorKind {
        let Self { status, told, .. } = *self;
        let is_request_fault = matches!(status, 400..=499) && status != 401;
        // What broke within a server may say anything.
        let is_plain = status < 500 || self.is_in_band;
        if (is_request_fault || status == 500) && OVERFLOW.are_in(told) || status == 413 {
            return ErrorKind::ContextOverflow;
        }
        if CUT.are_in(told) {
            return ErrorKind::Truncated;
        }
        if INVALID.are_in(told) {
            return ErrorKind::Invalid;
        }
        if status != 429 && REFUSAL.are_in(told) {
            return ErrorKind::Refused;
        }
        let is_quota = QUOTA.are_named(told) || is_plain && QUOTA.are_told(told);
        if status == 402 || told.is_daily || is_quota {
            return ErrorKind::Quota;
        }
        let is_auth = AUTH.are_named(told) || is_plain && AUTH.are_told(told);
        if matches!(status, 401 | 403 | 407) || is_auth {
            return ErrorKind::Auth;
        }
        match status {
            429 if self.is_spent() => ErrorKind::Quota,
            429 => ErrorKind::RateLimited,
            503 if self.hint.is_some() => ErrorKind::RateLimited,
            408 | 504 | 524 => ErrorKind::Timeout,
            409 | 425 | 498 | 499 | 500.. => ErrorKind::Overloaded,
            400..=499 if self.may_retry == Some(true) => ErrorKind::Overloaded,
            _ => ErrorKind::BadRequest,
        }
    }

    /// A 429 after which no waiting helps: it says so, or it is Anthropic's own and
    /// names no time (their spend limits; behind a gateway the hint may have been lost).
    fn is_spent(&self) -> bool {
        let is_silent = self.hint.is_none() && self.may_retry != Some(true);
        let is_anthropic = self.dialect == Dialect::Anthropic && self.is_vendor;
        is_silent && (is_anthropic || self.may_retry == Some(false))
    }

    fn sentence(&self, kind: ErrorKind) -> String {
        let is_local = matches!(self.dialect, Dialect::Ollama)
            || self.told.code.as_deref() == Some("exceed_context_size_error");
        let sentence = match kind {
            ErrorKind::RateLimited => match self.hint {
                Some(time) => {
                    let seconds = time.as_secs_f64().ceil();
                    return format!("the rate limit is reached: try again in {seconds} s");
                }
                None => "the rate limit is reached: try again later",
            },
            ErrorKind::Overloaded => {
                "the provider is overloaded or out of order: try again later or choose another"
            }
            ErrorKind::Timeout => "the provider did not finish in time: try again later",
            ErrorKind::Quota => {
                "the account's money or quota is used up: raise it, or choose another provider"
            }
            ErrorKind::Auth => match self.status {
                407 => "the proxy wants a name and a password: give them in `HTTPS_PROXY`",
                403 => "the key is not allowed to do this: check its rights and `model`",
                _ => "the key is not accepted: check where it comes from",
            },
            ErrorKind::ContextOverflow if is_local => {
                "the question is longer than the model's context: start it with a larger one"
            }
            ErrorKind::ContextOverflow => {
                "the question is longer than the model reads: choose one with a larger context"
            }
            ErrorKind::Refused => {
                "the provider will not answer this question: choose another provider for it"
            }
            ErrorKind::Truncated => "the answer was cut off at its limit: raise `max-output`",
            ErrorKind::Invalid => "the model did not keep to the form that was asked for",
            ErrorKind::Connection => "the connection failed: try again later",
            ErrorKind::BadRequest => return self.bad_request(),
        };
        sentence.to_owned()
    }

    fn bad_request(&self) -> String {
        const UNKNOWN: &str =
            "the address or the model is not known there: check `base-url`, `model`";
        if let Some(name) = &self.told.parameter {
            return format!("the provider does not take the parameter `{name}` as it was sent");
        }
        let sentence = match self.status {
            300..=399 => "the address redirects, which is not followed: correct `base-url`",
            404 | 405 => UNKNOWN,
            _ if MODEL.are_in(self.told) => UNKNOWN,
            _ => "the provider does not understand the request: check `dialect` and `model`",
        };
        sentence.to_owned()
    }
}

#[cfg(test)]
mod tests;
