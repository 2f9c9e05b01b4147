//! Finds out from an error which parameter a server does not take, so that it is left
//! out from then on: models and servers differ in more ways than any table can follow.

use serde_json::Value;

use super::classify;
use super::wire::Parameter;

/// Most bytes of a message that are looked at.
const LOOKED_AT: usize = 4096;

/// Where the dialects put the message.
const MESSAGE: [&str; 6] = [
    "/error/message",
    "/message",
    "/error",
    "/detail",
    "/error/metadata/raw",
    "/error/details/0/description",
];

/// The parameter among those `sent` that the body of an error (400, 422) is about.
pub(super) fn refused(body: &[u8], sent: &[&'static Parameter]) -> Option<&'static Parameter> {
    let named = classify::refused_parameter(body);
    if let Some(param) = named.as_deref()
        && let Some(found) = find(sent, |word| is_path_of(param, word))
    {
        return Some(found);
    }
    let body: Value = serde_json::from_slice(body).ok()?;
    // Some servers put their answer into a list.
    let body = body.get(0).unwrap_or(&body);
    let text = |pointer: &&str| body.pointer(pointer).and_then(Value::as_str);
    let messages: Vec<&str> = MESSAGE.iter().filter_map(text).collect();
    find(sent, |word| messages.iter().any(|message| mentions(message, word)))
}

fn find(sent: &[&'static Parameter], matches: impl Fn(&str) -> bool) -> Option<&'static Parameter> {
    sent.iter().copied().find(|parameter| parameter.words.iter().any(|word| matches(word)))
}

/// Whether one path is the other, or leads to it.
fn is_path_of(param: &str, word: &str) -> bool {
    let leads = |short: &str, long: &str| {
        long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    leads(word, param) || leads(param, word)
}

/// Whether a message names `word`: anywhere when it can be nothing but a name (or is a
/// whole phrase), only in quotes when it is an English word.
fn mentions(message: &str, word: &str) -> bool {
    let message = message.get(..message.floor_char_boundary(LOOKED_AT)).unwrap_or(message);
    let is_name = word.contains(['_', '.', ' ']);
    message.match_indices(word).any(|(at, _)| {
        let before = message.get(..at).and_then(|text| text.chars().next_back());
        let after = message.get(at + word.len()..).and_then(|text| text.chars().next());
        let joins = |c: char| c.is_alphanumeric() || c == '_';
        let quotes = |c: char| matches!(c, '\'' | '"' | '`' | '‘' | '’' | '“' | '”');
        if is_name {
            !before.is_some_and(joins) && !after.is_some_and(joins)
        } else {
            before.is_some_and(quotes) && after.is_some_and(quotes)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    static EFFORT: Parameter =
        Parameter { name: "effort", words: &["reasoning.effort", "reasoning_effort"] };
    static STORE: Parameter = Parameter { name: "store", words: &["store"] };
    static TOKENS: Parameter =
        Parameter { name: "max_completion_tokens", words: &["max_completion_tokens"] };

    fn check(body: &Value, expected: Option<&str>) {
        let found = refused(body.to_string().as_bytes(), &[&EFFORT, &STORE, &TOKENS]);
        assert_eq!(found.map(|parameter| parameter.name), expected, "{body}");
    }

    #[test]
    fn finds_the_parameter_that_an_error_names() {
        let openai = |param: Value, message: &str| json!({"error": {"message": message, "type": "invalid_request_error", "param": param, "code": "unsupported_parameter"}});
        check(&openai(json!("reasoning.effort"), "Unsupported parameter."), Some("effort"));
        check(&openai(json!("reasoning"), "Unknown parameter."), Some("effort"));
        check(
            &openai(Value::Null, "Unrecognized request argument supplied: reasoning_effort"),
            Some("effort"),
        );
        check(&openai(json!("store"), "Unknown parameter: 'store'."), Some("store"));
        check(&json!({"message": "property 'store' is unsupported"}), Some("store"));
        check(&json!({"error": "unknown field \"store\""}), Some("store"));
        check(&json!([{"error": {"message": "Unknown name \"store\""}}]), Some("store"));
        check(
            &json!({"detail": "max_completion_tokens: Extra inputs are not permitted"}),
            Some("max_completion_tokens"),
        );
    }

    #[test]
    fn does_not_take_a_word_for_a_parameter() {
        check(&json!({"error": {"message": "We could not store the request."}}), None);
        check(
            &json!({"error": {"message": "my_reasoning_effort_x is odd", "param": "messages[0]"}}),
            None,
        );
        check(&json!({"error": {"message": "bad"}}), None);
        assert!(refused(b"<html>'store'</html>", &[&STORE]).is_none());
        // Not sent, therefore not the cause.
        assert!(refused(br#"{"error":{"param":"store"}}"#, &[&EFFORT]).is_none());
    }
}
