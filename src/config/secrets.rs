//! Keys stay out of files, messages and listings. What looks like one is refused where
//! it does not belong, and never repeated.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

/// How well-known keys begin.
const PREFIXES: &[&str] = &[
    "sk-",
    "sk_",
    "pk-",
    "AIza",
    "gsk_",
    "xai-",
    "hf_",
    "nvapi-",
    "pplx-",
    "csk-",
    "r8_",
    "ghp_",
    "gho_",
    "github_pat_",
    "glpat-",
    "AKIA",
    "ASIA",
    "eyJ",
    "ABSK",
    "Bearer ",
    "bearer ",
    "Basic ",
];

/// Names under which people write a key into a configuration.
const KEY_NAMES: &[&str] = &[
    "api-key",
    "apikey",
    "key",
    "token",
    "api-token",
    "auth-token",
    "access-token",
    "secret",
    "api-secret",
    "password",
    "bearer",
    "bearer-token",
    "authorization",
    "credentials",
];

/// Parts of a header's name that speak of a secret.
const SECRET_PARTS: &[&str] = &[
    "authorization",
    "auth",
    "authentication",
    "key",
    "apikey",
    "token",
    "secret",
    "password",
    "passwd",
    "cookie",
    "credential",
    "credentials",
    "bearer",
    "signature",
    "session",
    "jwt",
];

/// Headers that the HTTP client writes.
const FRAMING: &[&str] = &[
    "host",
    "content-length",
    "content-type",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "accept-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "keep-alive",
];

/// What to do instead of writing a key down.
pub(super) const ADVICE: &str = "a key does not belong in a configuration: put it into an \
     environment variable and name that with `api-key-env`, fetch it with `api-key-command`, or keep \
     it in the editor or the keyring with `api-key-from`";

/// Whether a text begins like a key.
pub(super) fn is_key(text: &str) -> bool {
    let text = text.trim_start();
    text.len() >= 12 && PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// Whether under this name (of a table of a provider) a key would stand.
pub(super) fn is_key_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('_', "-");
    KEY_NAMES.contains(&name.as_str())
}

/// Whether this is the name of an environment variable, and not a key that happens to
/// consist of the same letters.
pub(super) fn is_variable(text: &str) -> bool {
    let is_mixed = text.len() >= 20
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_lowercase());
    text.len() <= 128
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !is_key(text)
        && !is_mixed
}

/// Whether a header may have this name.
pub(super) fn is_header(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// Why a header may not be set in `headers`.
pub(super) fn refused_header(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    if !is_header(&name) {
        return Some("no header has such a name");
    }
    if FRAMING.contains(&name.as_str()) {
        return Some("this header belongs to the HTTP client");
    }
    let mut parts = name.split(['-', '_']);
    if parts.any(|part| SECRET_PARTS.contains(&part)) || name.contains("apikey") {
        return Some(
            "this header carries a secret: name it with `auth`, and give the key with \
             `api-key-env` or `api-key-command`",
        );
    }
    None
}

/// Whether a key may be sent in a header of this name.
pub(super) fn is_key_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    is_header(&name) && !is_key(&name) && !FRAMING.contains(&name.as_str())
}

/// `name` in lower case and for good: requests carry the name of the key's header as
/// a static text. There are as many as the user has thought of.
pub(super) fn interned(name: &str) -> &'static str {
    static NAMES: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let name = name.to_ascii_lowercase();
    let mut guard = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = guard.get_or_insert_default();
    if let Some(known) = names.get(name.as_str()) {
        return known;
    }
    let name: &'static str = Box::leak(name.into_boxed_str());
    names.insert(name);
    name
}

/// A value as it may be shown: without passwords in addresses, without keys.
pub(super) fn masked(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(masked_text(text)),
        // No list of ours holds lists.
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.clone(), |text| json!(masked_text(text))))
            .collect(),
        other => other.clone(),
    }
}

/// The value of the setting `key` as it may be shown: [`masked`], and a command without
/// its arguments, among which people put passwords.
pub(super) fn displayed(key: &str, value: &Value) -> Value {
    match value.as_array().map(Vec::as_slice) {
        Some([program, _, ..]) if key.ends_with(".api-key-command") => json!([program, "…"]),
        _ => masked(value),
    }
}

fn masked_text(text: &str) -> String {
    if is_key(text) {
        return "(not shown: it looks like a key)".to_owned();
    }
    let masked = match text.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, rest)) => format!("{scheme}://***@{rest}"),
            None => text.to_owned(),
        },
        None => text.to_owned(),
    };
    match masked.split_once('?') {
        Some((address, _)) if address.contains("://") => format!("{address}?***"),
        _ => masked,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{
        interned, is_key, is_key_header, is_key_name, is_variable, masked, refused_header,
    };

    #[test]
    fn the_name_of_a_variable_is_told_from_a_key() {
        for name in ["ANTHROPIC_API_KEY", "key2", "_K", "my_company_gateway_key"] {
            assert!(is_variable(name), "{name}");
        }
        let keys =
            ["sk-ant-api03-abcdefgh", "AIzaSyD1234567890abcdefghij", "a9f3c2e1d4b5a6978877aabb"];
        for key in keys.into_iter().chain(["", "9A", "A B", "A-B"]) {
            assert!(!is_variable(key), "{key}");
        }
        assert!(is_key("sk-proj-0123456789"));
        assert!(!is_key("sk-short"));
    }

    #[test]
    fn headers_that_carry_secrets_are_refused() {
        for name in [
            "Authorization",
            "x-api-key",
            "api_key",
            "X-Auth-Token",
            "Cookie",
            "x-secret-id",
            "x_apikey",
        ] {
            assert!(refused_header(name).unwrap().contains("secret"), "{name}");
        }
        for name in ["Host", "content-length", "", "a b", "a:b", "é"] {
            assert!(refused_header(name).is_some(), "{name}");
        }
        for name in
            ["anthropic-beta", "HTTP-Referer", "X-Title", "OpenAI-Organization", "x-keyboard"]
        {
            assert_eq!(refused_header(name), None, "{name}");
        }
        assert!(is_key_header("api-key"));
        assert!(!is_key_header("sk-ant-api03-abcdefgh"));
        assert!(is_key_name("API_KEY"));
        assert!(!is_key_name("api-key-env"));
    }

    #[test]
    fn what_is_shown_holds_no_password() {
        let shown = |value| masked(&value).to_string();
        assert_eq!(shown(json!("redis://u:p@ss@h:1/0")), r#""redis://***@h:1/0""#);
        assert_eq!(shown(json!("redis://h:1/0")), r#""redis://h:1/0""#);
        assert_eq!(shown(json!("https://h/v1?key=abc")), r#""https://h/v1?***""#);
        assert_eq!(
            shown(json!(["pass", "sk-ant-api03-abcdefgh"])),
            r#"["pass","(not shown: it looks like a key)"]"#
        );
        assert_eq!(shown(json!("what? a name")), r#""what? a name""#);
    }

    #[test]
    fn a_name_is_kept_once() {
        assert!(std::ptr::eq(interned("X-Gateway-Key"), interned("x-gateway-key")));
    }
}
