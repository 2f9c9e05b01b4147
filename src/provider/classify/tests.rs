//! Recorded failures and what they are.

use std::time::UNIX_EPOCH;

use serde_json::json;

use super::*;
use crate::provider::ErrorKind::{
    Auth, BadRequest, Connection, ContextOverflow, Invalid, Overloaded, Quota, RateLimited,
    Refused, Timeout, Truncated,
};
use crate::provider::fixture::{Recorded, names, recorded};

/// 2026-11-22T00:00:00Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(498_696)
}

type Row = (&'static str, ErrorKind, Option<&'static str>, Option<f64>);

/// Checks that the failures recorded for the dialect are these: file, class, code, and
/// seconds to wait.
#[track_caller]
fn check(dialect: Dialect, rows: &[Row]) {
    let folder = format!("{}/errors", dialect.id());
    for (name, kind, code, wait) in rows {
        let response = recorded(&format!("{folder}/{name}.http"));
        let Recorded { status, headers, body } = &response;
        let error = failure(dialect, *status, headers, body.as_bytes(), now());
        let found = (error.kind, error.code.as_deref(), error.retry_after.map(|w| w.as_secs_f64()));
        assert_eq!(found, (*kind, *code, *wait), "{name}");
        assert_eq!(error.status, Some(*status), "{name}");
        assert_sentence(name, &error);
    }
    let mut expected: Vec<String> = rows.iter().map(|row| format!("{}.http", row.0)).collect();
    expected.sort();
    assert_eq!(names(&folder), expected, "each recording is in the table");
}

/// The message is one sentence of ours and holds nothing of the server's.
#[track_caller]
fn assert_sentence(name: &str, error: &ProviderError) {
    let shown = format!("{error} {error:?}");
    for secret in ["CANARY", "SECRET", "organization", "gemini-3.5", "violence", "org_x"] {
        assert!(!shown.contains(secret), "{name}: {shown}");
    }
    assert!((20..100).contains(&error.message.len()), "{name}: {}", error.message);
    assert!(!error.message.contains(['\n', '<']), "{name}: {}", error.message);
}

#[test]
fn anthropic() {
    check(
        Dialect::Anthropic,
        &[
            ("400-credit-balance", Quota, Some("invalid_request_error"), None),
            ("400-effort", BadRequest, Some("invalid_request_error"), None),
            ("400-grammar", BadRequest, Some("invalid_request_error"), None),
            ("400-model-litellm", BadRequest, Some("invalid_request_error"), None),
            ("400-max-tokens-and-input", ContextOverflow, Some("invalid_request_error"), None),
            ("400-output-blocked", Refused, Some("invalid_request_error"), None),
            ("400-prompt-too-long", ContextOverflow, Some("invalid_request_error"), None),
            ("400-temperature", BadRequest, Some("invalid_request_error"), None),
            ("400-usage-limit", Quota, Some("invalid_request_error"), None),
            ("401-key", Auth, Some("authentication_error"), None),
            ("401-llamacpp", Auth, Some("authentication_error"), None),
            ("402-billing", Quota, Some("billing_error"), None),
            ("403-permission", Auth, Some("permission_error"), None),
            ("404-model", BadRequest, Some("not_found_error"), None),
            ("413-too-large", ContextOverflow, Some("request_too_large"), None),
            ("429-gateway", RateLimited, Some("rate_limit_error"), None),
            ("429-litellm", RateLimited, Some("rate_limit_error"), None),
            ("429-no-hint", Quota, Some("rate_limit_error"), None),
            ("429-rate", RateLimited, Some("rate_limit_error"), Some(41.0)),
            ("429-reset-only", RateLimited, Some("rate_limit_error"), Some(42.0)),
            ("429-spend-limit", Quota, Some("enforced_spend_limit_reached"), None),
            ("500-api-error", Overloaded, Some("api_error"), None),
            ("502-page", Overloaded, None, None),
            ("504-timeout", Timeout, Some("timeout_error"), None),
            ("529-overloaded", Overloaded, Some("overloaded_error"), None),
        ],
    );
}

#[test]
fn openai_chat() {
    check(
        Dialect::OpenAiChat,
        &[
            ("307-redirect", BadRequest, None, None),
            ("400-content-filter-azure", Refused, Some("ResponsibleAIPolicyViolation"), None),
            ("400-context", ContextOverflow, Some("context_length_exceeded"), None),
            ("400-context-lmstudio", ContextOverflow, None, None),
            ("400-context-openrouter", ContextOverflow, None, None),
            ("400-model-litellm", BadRequest, Some("invalid_request_error"), None),
            ("400-max-tokens", BadRequest, Some("invalid_request_error"), None),
            ("400-context-llamacpp", ContextOverflow, Some("exceed_context_size_error"), None),
            ("400-context-vllm", ContextOverflow, Some("BadRequestError"), None),
            ("400-json-cut-groq", Truncated, Some("json_validate_failed"), None),
            ("400-json-groq", Invalid, Some("json_validate_failed"), None),
            ("400-no-database-litellm", Auth, Some("no_db_connection"), None),
            ("400-response-format-deepseek", BadRequest, Some("invalid_request_error"), None),
            ("400-unsupported-parameter", BadRequest, Some("unsupported_parameter"), None),
            ("401-key", Auth, Some("invalid_api_key"), None),
            ("402-credits-openrouter", Quota, None, None),
            ("402-deepseek", Quota, Some("unknown_error"), None),
            ("403-moderation-openrouter", Refused, None, None),
            ("403-region", Auth, Some("unsupported_country_region_territory"), None),
            ("404-deployment-azure", BadRequest, Some("DeploymentNotFound"), None),
            ("404-model", BadRequest, Some("model_not_found"), None),
            ("407-proxy", Auth, None, None),
            ("408-timeout", Timeout, None, None),
            ("413-groq", ContextOverflow, Some("rate_limit_exceeded"), None),
            ("422-mistral", BadRequest, Some("invalid_request_error"), None),
            ("429-azure", RateLimited, Some("RateLimitReached"), Some(26.0)),
            ("429-budget-litellm", Quota, Some("budget_exceeded"), None),
            ("429-groq-day", RateLimited, Some("rate_limit_exceeded"), Some(433.0)),
            ("429-litellm", RateLimited, Some("throttling_error"), Some(1.0)),
            ("429-no-hint", RateLimited, None, None),
            ("429-quota", Quota, Some("insufficient_quota"), None),
            ("429-rate", RateLimited, Some("rate_limit_exceeded"), Some(1.234)),
            ("429-text-only", RateLimited, Some("rate_limit_exceeded"), Some(20.0)),
            ("500-error", Overloaded, Some("server_error"), None),
            ("503-overloaded", Overloaded, Some("service_unavailable"), None),
            ("503-retry-after", RateLimited, Some("slow_down"), Some(10.0)),
        ],
    );
}

#[test]
fn openai_responses() {
    check(
        Dialect::OpenAiResponses,
        &[
            ("400-context", ContextOverflow, Some("context_length_exceeded"), None),
            ("400-invalid-prompt", Refused, Some("invalid_prompt"), None),
            ("400-temperature", BadRequest, Some("invalid_request_error"), None),
            ("429-no-retry", Quota, Some("usage_limit"), None),
            ("520-cloudflare", Overloaded, None, None),
        ],
    );
}

#[test]
fn gemini() {
    check(
        Dialect::Gemini,
        &[
            ("400-context", ContextOverflow, Some("INVALID_ARGUMENT"), None),
            ("400-key", Auth, Some("API_KEY_INVALID"), None),
            ("400-location", Auth, Some("FAILED_PRECONDITION"), None),
            ("400-model-litellm", BadRequest, Some("invalid_request_error"), None),
            ("400-thinking-level", BadRequest, Some("INVALID_ARGUMENT"), None),
            ("400-unknown-name", BadRequest, Some("INVALID_ARGUMENT"), None),
            ("403-permission", Auth, Some("SERVICE_DISABLED"), None),
            ("404-model", BadRequest, Some("NOT_FOUND"), None),
            ("429-day", Quota, Some("RESOURCE_EXHAUSTED"), Some(36.0)),
            ("429-limit-zero", Quota, Some("RESOURCE_EXHAUSTED"), Some(12.0)),
            ("429-litellm", RateLimited, Some("throttling_error"), None),
            ("429-minute", RateLimited, Some("RESOURCE_EXHAUSTED"), Some(34.0)),
            ("429-shared", RateLimited, Some("RESOURCE_EXHAUSTED"), None),
            ("500-internal", Overloaded, Some("INTERNAL"), None),
            ("503-unavailable", Overloaded, Some("UNAVAILABLE"), None),
            ("504-deadline", Timeout, Some("DEADLINE_EXCEEDED"), None),
        ],
    );
}

#[test]
fn ollama() {
    check(
        Dialect::Ollama,
        &[
            ("400-context", ContextOverflow, None, None),
            ("400-thinking", BadRequest, None, None),
            ("401-cloud", Auth, None, None),
            ("404-model", BadRequest, None, None),
            ("500-runner", Overloaded, None, None),
            ("503-busy", Overloaded, None, None),
        ],
    );
}

#[test]
fn a_failure_carries_the_limits_and_the_name_of_the_request() {
    let response = recorded("anthropic/errors/429-rate.http");
    let error =
        failure(Dialect::Anthropic, 429, &response.headers, response.body.as_bytes(), now());
    assert_eq!(error.request_id.as_deref(), Some("req_011CSHoEeqs5C35K2UUqR7Fy"));
    assert_eq!(error.limits.input_tokens.map(|allowance| allowance.remaining), Some(0));
    assert_eq!(
        error.to_string(),
        "the rate limit is reached: try again in 41 s \
         (HTTP 429, rate_limit_error, request req_011CSHoEeqs5C35K2UUqR7Fy)"
    );
    for (name, request) in [
        ("429-litellm", "req-gJkoZWT-ZVojDgAT"),
        ("400-model-litellm", "a121374b-8fc6-4073-bed1-020523d12a15"),
    ] {
        let Recorded { status, headers, body } =
            recorded(&format!("openai-chat/errors/{name}.http"));
        let error = failure(Dialect::OpenAiChat, status, &headers, body.as_bytes(), now());
        assert_eq!(error.request_id.as_deref(), Some(request));
    }
}

#[test]
fn says_what_to_do() {
    let message = |name: &str| {
        let response = recorded(&format!("openai-chat/errors/{name}.http"));
        let Recorded { status, headers, body } = response;
        failure(Dialect::OpenAiChat, status, &headers, body.as_bytes(), now()).message
    };
    assert_eq!(
        message("400-unsupported-parameter"),
        "the provider does not take the parameter `max_tokens` as it was sent"
    );
    assert_eq!(message("401-key"), "the key is not accepted: check where it comes from");
    assert_eq!(
        message("404-model"),
        "the address or the model is not known there: check `base-url`, `model`"
    );
    for dialect in [Dialect::OpenAiChat, Dialect::Anthropic, Dialect::Gemini] {
        let response = recorded(&format!("{}/errors/400-model-litellm.http", dialect.id()));
        let error = failure(dialect, 400, &response.headers, response.body.as_bytes(), now());
        assert_eq!(
            error.message,
            "the address or the model is not known there: check `base-url`, `model`"
        );
    }
    assert_eq!(
        message("400-context-llamacpp"),
        "the question is longer than the model's context: start it with a larger one"
    );
    assert_eq!(
        message("407-proxy"),
        "the proxy wants a name and a password: give them in `HTTPS_PROXY`"
    );
}

#[test]
fn names_that_could_be_something_else_are_not_passed_on() {
    let long = "x".repeat(65);
    for name in ["sk-ant-CANARY", "AIzaCANARY", "two words", "<b>", "\u{202e}x", "", &long] {
        let body = json!({"error": {"code": name, "message": "m"}, "request_id": name}).to_string();
        let headers = [("request-id".to_owned(), name.to_owned())];
        let error = failure(Dialect::Anthropic, 400, &headers, body.as_bytes(), now());
        assert_eq!((error.code, error.request_id), (None, None), "{name}");
    }
}

#[test]
fn errors_within_an_answer() {
    let check = |dialect, body: Value, kind, code: Option<&str>, status| {
        let error = in_band(dialect, &body);
        assert_eq!(
            (error.kind, error.code.as_deref(), error.status),
            (kind, code, status),
            "{body}"
        );
        assert_sentence("in band", &error);
    };
    let anthropic = |kind| json!({"type": "error", "error": {"type": kind, "message": "SECRET"}});
    for (name, kind) in [
        ("overloaded_error", Overloaded),
        ("api_error", Overloaded),
        ("rate_limit_error", RateLimited),
        ("timeout_error", Timeout),
        ("authentication_error", Auth),
        ("permission_error", Auth),
        ("billing_error", Quota),
        ("invalid_request_error", BadRequest),
        ("request_too_large", ContextOverflow),
    ] {
        check(Dialect::Anthropic, anthropic(name), kind, Some(name), None);
    }
    let openrouter = json!({"code": 429, "message": "SECRET", "metadata": {"provider_name": "x"}});
    check(Dialect::OpenAiChat, openrouter, RateLimited, None, Some(429));
    let openrouter = json!({"error": {"code": 502, "message": "x",
        "metadata": {"error_type": "provider_unavailable"}}});
    check(Dialect::OpenAiChat, openrouter, Overloaded, Some("provider_unavailable"), Some(502));
    let responses =
        json!({"type": "error", "code": "rate_limit_exceeded", "message": "try again in 2s"});
    check(Dialect::OpenAiResponses, responses, RateLimited, Some("rate_limit_exceeded"), None);
    let failed = json!({"type": "response.failed", "response": {"status": "failed",
        "error": {"code": "server_error", "message": "x"}}});
    check(Dialect::OpenAiResponses, failed, Overloaded, Some("server_error"), None);
    for (body, kind) in [
        (json!({"code": "insufficient_quota", "message": "x"}), Quota),
        (json!({"message": "Your spend limit is reached"}), Quota),
        (json!({"code": "invalid_api_key", "message": "x"}), Auth),
        (json!({"message": "This model's maximum context length is 4096"}), ContextOverflow),
        (json!({"code": "content_filter", "message": "x"}), Refused),
    ] {
        assert_eq!(in_band(Dialect::OpenAiChat, &body).kind, kind, "{body}");
    }
    let gemini = json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}});
    check(Dialect::Gemini, gemini, Overloaded, Some("UNAVAILABLE"), Some(503));
    check(Dialect::Ollama, json!({"error": "an error was encountered"}), Overloaded, None, None);
    check(Dialect::Ollama, json!("an error was encountered"), Overloaded, None, None);
    check(Dialect::Ollama, Value::Null, Overloaded, None, None);
    let wait = in_band(
        Dialect::OpenAiResponses,
        &json!({"code": "rate_limit_exceeded", "message": "try again in 2s"}),
    );
    assert_eq!(wait.retry_after, Some(Duration::from_secs(2)));
}

#[test]
fn exchanges_that_came_to_no_answer() {
    for (failure, kind) in [
        (TransportError::Connect, Connection),
        (TransportError::Broken, Connection),
        (TransportError::Idle, Timeout),
        (TransportError::TooLarge, Invalid),
        (TransportError::Address, BadRequest),
    ] {
        let error = transport(failure);
        assert_eq!(error.kind, kind, "{failure}");
        assert_sentence("transport", &error);
    }
}

#[test]
fn nothing_makes_it_fail() {
    let deep = "[".repeat(100_000);
    let bodies: [&[u8]; 8] =
        [b"", b"null", b"[]", b"{}", b"\xff\xfe", b"{\"error\":null}", b"[[[]]]", deep.as_bytes()];
    for dialect in Dialect::ALL {
        for body in bodies {
            for status in [0, 100, 200, 304, 400, 418, 429, 599, 999] {
                let error = failure(dialect, status, &[], body, now());
                assert_eq!(error.retry_after, None);
            }
        }
    }
}
