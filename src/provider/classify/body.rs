//! The bodies of errors: every server has its own.
//!
//! `{"error": {"message", "type", "param", "code"}}` (`OpenAI` and most others),
//! `{"type": "error", "error": {"type", "message", "details"}, "request_id"}` (Anthropic),
//! `{"error": {"code", "message", "status", "details": [...]}}` or a list of it (Gemini),
//! `{"error": "text"}` (Ollama), `{"detail": ...}` (`FastAPI`), `{"message": ...}` (gateways).

use serde_json::Value;

use super::parameter;

/// What an error body tells.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// The status it gives itself.
    pub(super) status: Option<u16>,
    /// Everything in it that names an error, the most precise first.
    pub(super) names: Vec<String>,
    /// The name to report.
    pub(super) code: Option<String>,
    /// Its text in lower case, to be searched only.
    pub(super) text: String,
    /// The provider's name for the request.
    pub(super) request_id: Option<String>,
    /// A parameter that it complains of.
    pub(super) parameter: Option<String>,
    /// Gemini: how long to wait, as in `34.07s`.
    pub(super) retry_delay: Option<String>,
    /// Gemini: a quota that is full again tomorrow, or never.
    pub(super) is_daily: bool,
}

/// Longest text that is searched, in bytes.
const TEXT: usize = 8 * 1024;

impl Told {
    /// Reads the body of an error; what is no JSON tells its text only.
    pub(super) fn read(body: &[u8]) -> Self {
        if let Ok(value) = serde_json::from_slice::<Value>(body) {
            return Self::of(&value);
        }
        let shown = body.get(..TEXT).unwrap_or(body);
        let text = String::from_utf8_lossy(shown).to_ascii_lowercase();
        // A page is the work of something on the way, which may say anything.
        let is_page = text.trim_start().starts_with('<');
        Self { text: if is_page { String::new() } else { text }, ..Self::default() }
    }

    /// Reads an error that is JSON.
    pub(super) fn of(value: &Value) -> Self {
        let mut told = Self { parameter: parameter::refused(value), ..Self::default() };
        let outer = value.get(0).unwrap_or(value);
        told.request_id = text(outer, "request_id").and_then(identifier);
        let error = match outer.get("error").or_else(|| outer.pointer("/response/error")) {
            Some(error) if !error.is_null() => error,
            _ => outer,
        };
        told.gather(error);
        if let Some(message) = error.as_str() {
            told.append(message);
        }
        for key in ["message", "detail", "error_description"] {
            match error.get(key) {
                Some(Value::String(message)) => told.append(message),
                Some(other) if !other.is_null() => told.append(&other.to_string()),
                _ => {}
            }
        }
        // OpenRouter hands on what the provider said.
        if let Some(raw) = error.pointer("/metadata/raw").and_then(Value::as_str) {
            told.append(raw);
        }
        // Groq puts the reason where otherwise the model's own words are.
        let failed = text(error, "failed_generation");
        if let Some(reason) = failed.filter(|text| text.starts_with("max completion tokens")) {
            told.append(reason);
        }
        told.code = told.names.iter().find_map(|name| identifier(name));
        told
    }

    /// The names of an error: particular ones before those that say its class.
    fn gather(&mut self, error: &Value) {
        let details = error.get("details");
        for detail in details.and_then(Value::as_array).into_iter().flatten().take(16) {
            self.detail(detail);
        }
        let places = [
            "/details/error_code",
            "/innererror/code",
            "/code",
            "/metadata/error_type",
            "/status",
            "/type",
            "/reason",
        ];
        for place in places {
            match error.pointer(place) {
                Some(Value::String(name)) => match name.parse::<u16>() {
                    Ok(status) => self.number(status),
                    Err(_) => self.names.extend(identifier(name)),
                },
                Some(Value::Number(number)) => {
                    if let Some(status) = number.as_u64().and_then(|n| u16::try_from(n).ok()) {
                        self.number(status);
                    }
                }
                _ => {}
            }
        }
        // `error` is the type of every error of Anthropic's and says nothing.
        self.names.retain(|name| name != "error" && name != "invalid_request_error");
        // Last, because it is what anything is called that has no other name.
        for key in ["type", "code"] {
            if text(error, key) == Some("invalid_request_error") {
                self.names.push("invalid_request_error".to_owned());
            }
        }
    }

    fn number(&mut self, status: u16) {
        if (300..600).contains(&status) {
            self.status = self.status.or(Some(status));
        }
    }

    /// One of `google.rpc`'s details.
    fn detail(&mut self, detail: &Value) {
        self.names.extend(text(detail, "reason").and_then(identifier));
        if let Some(delay) = text(detail, "retryDelay") {
            self.retry_delay = Some(delay.to_owned());
        }
        let violations = detail.get("violations").and_then(Value::as_array);
        for violation in violations.into_iter().flatten().take(16) {
            let id = text(violation, "quotaId").unwrap_or_default();
            let is_none = text(violation, "quotaValue") == Some("0");
            self.is_daily |= id.contains("PerDay") || is_none;
        }
    }

    fn append(&mut self, message: &str) {
        let end = (0..=TEXT.min(message.len())).rev().find(|at| message.is_char_boundary(*at));
        let shown = message.get(..end.unwrap_or(0)).unwrap_or_default();
        self.text.push_str(&shown.to_ascii_lowercase());
        self.text.push('\n');
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// A name as it may be shown: at most 64 letters, digits, `_`, `.` and `-`, and nothing
/// that begins like a key.
pub(crate) fn identifier(name: &str) -> Option<String> {
    const KEYS: &[&str] = &["sk-", "sk_", "AIza", "gsk_", "xai-", "pk-", "ghp_", "AKIA", "eyJ"];
    let is_plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let is_key = KEYS.iter().any(|key| name.starts_with(key));
    (is_plain && !is_key && (1..=64).contains(&name.len())).then(|| name.to_owned())
}
