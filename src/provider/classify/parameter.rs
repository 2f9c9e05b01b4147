//! Which parameter a server complains of, so that the next call can do without it.

use serde_json::Value;

use super::body::identifier;

/// The parameter that an error names: a name, or a path such as `output_config.format`.
///
/// Parameters without which there is no question (`model`, `messages`) are not given.
pub(crate) fn refused_parameter(body: &[u8]) -> Option<String> {
    refused(&serde_json::from_slice(body).ok()?)
}

/// The same for a body that is parsed.
pub(super) fn refused(body: &Value) -> Option<String> {
    let outer = body.get(0).unwrap_or(body);
    let error = outer.get("error").filter(|error| !error.is_null()).unwrap_or(outer);
    let message = error.get("message").unwrap_or(error);
    let param = error.get("param").and_then(Value::as_str).map(str::to_owned);
    let detail = || {
        let detail = message.get("detail").or_else(|| error.get("detail"))?;
        location(detail)
    };
    let named = || phrased(message.as_str().or_else(|| error.get("detail")?.as_str())?);
    param
        .filter(|param| !param.is_empty())
        .or_else(detail)
        .or_else(named)
        .and_then(|name| path(&name))
        .filter(|name| !ESSENTIAL.contains(&name.as_str()))
}

/// What cannot be left out.
const ESSENTIAL: &[&str] = &["model", "messages", "input", "contents", "system", "prompt", "body"];

/// A path that may be shown; `[0]` is written `.0`.
fn path(name: &str) -> Option<String> {
    let name = name.trim().trim_end_matches(':');
    let name = name.strip_prefix("body.").unwrap_or(name);
    identifier(&name.replace('[', ".").replace([']', '\'', '"'], ""))
}

/// The place of `FastAPI`'s first complaint: `[{"loc": ["body", "store"], ...}]`.
fn location(detail: &Value) -> Option<String> {
    let parts = detail.get(0)?.get("loc")?.as_array()?;
    let parts = parts.iter().filter_map(Value::as_str).filter(|part| *part != "body");
    let path = parts.collect::<Vec<_>>().join(".");
    (!path.is_empty()).then_some(path)
}

/// What stands before the name in the texts of servers.
const BEFORE: &[&str] = &[
    "Unknown name ",
    "Unsupported parameter: ",
    "Unsupported parameter(s): ",
    "Unknown parameter: ",
    "Unsupported value: ",
    "Unrecognized request argument supplied: ",
    "Unrecognized request arguments supplied: ",
    "Argument not supported on this model: ",
    "does not support parameter ",
    "does not support parameters: ",
    "does not support the parameter ",
    "Invalid value for ",
    "property ",
];

/// What follows after the name.
const AFTER: &[&str] = &[
    " is deprecated for this model",
    " is not supported",
    " is unsupported",
    " are not supported",
    " parameter is not supported",
    " type is unavailable",
    " is unavailable",
];

/// A parameter by the words of a text.
fn phrased(message: &str) -> Option<String> {
    // LiteLLM begins with the name of a call: `anthropic_messages: Invalid model name …`.
    if message.contains("Invalid model name") {
        return None;
    }
    let after =
        BEFORE.iter().find_map(|before| message.split_once(before)).and_then(|(_, rest)| {
            let word = rest.trim_start_matches(['[', '\'', '"', '`', '{']);
            let end = word.find(['\'', '"', '`', ',', ' ', ':', ']', '\n']).unwrap_or(word.len());
            word.get(..end).map(|word| word.trim_end_matches('.'))
        });
    let found = after.or_else(|| leading(message)).or_else(|| {
        AFTER.iter().find_map(|after| message.split_once(after)).and_then(|(before, _)| {
            let word = before.rsplit([' ', '\n']).next()?;
            Some(word.trim_matches(['`', '\'', '"']))
        })
    });
    let is_name = |name: &&str| {
        name.contains(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.[]".contains(&b))
    };
    let found = found.filter(is_name).filter(|name| !NOUNS.contains(name));
    found.map(str::to_owned).or_else(|| known(message).map(str::to_owned))
}

/// Words that stand where a name could.
const NOUNS: &[&str] = &["model", "this", "it", "feature", "operation", "request", "value", "type"];

/// Anthropic begins with the path: `temperature: Extra inputs are not permitted`.
fn leading(message: &str) -> Option<&str> {
    let (path, _) = message.split_once(": ")?;
    let is_path = !path.is_empty()
        && path.starts_with(|c: char| c.is_ascii_lowercase())
        && path.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.".contains(&b));
    is_path.then_some(path)
}

/// Texts that mean a parameter without naming it as it was sent.
fn known(message: &str) -> Option<&'static str> {
    const KNOWN: &[(&[&str], &str)] = &[
        (&["grammar", "too large"], "output_config.format"),
        (&["does not support the effort parameter"], "effort"),
        (&["hinking level", "not supported"], "thinkingLevel"),
        (&["hinking budget", "not supported"], "thinkingConfig"),
        (&["does not support thinking"], "think"),
        (&["response_format"], "response_format"),
        (&["json_schema"], "response_format"),
        (&["stream_options"], "stream_options"),
        (&["reasoning_effort"], "reasoning_effort"),
    ];
    let is_meant = |words: &[&str]| words.iter().all(|word| message.contains(word));
    KNOWN.iter().find(|(words, _)| is_meant(words)).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(body: &Value, expected: Option<&str>) {
        assert_eq!(refused_parameter(body.to_string().as_bytes()).as_deref(), expected, "{body}");
    }

    #[test]
    fn finds_the_parameter_in_a_field() {
        let openai = |param: &str| json!({"error": {"message": "m", "param": param, "code": "c"}});
        check(&openai("temperature"), Some("temperature"));
        check(&openai("text.format.schema"), Some("text.format.schema"));
        check(&openai("messages[0].role"), Some("messages.0.role"));
        check(&openai("model"), None);
        check(&openai("messages"), None);
        check(&openai("x <script>"), None);
        check(
            &json!({"detail": [{"type": "extra_forbidden", "loc": ["body", "store"], "msg": "x"}]}),
            Some("store"),
        );
        check(
            &json!({"object": "error", "message": {"detail": [
                {"type": "extra_forbidden", "loc": ["body", "stream_options"], "msg": "x"},
            ]}}),
            Some("stream_options"),
        );
    }

    #[test]
    fn finds_the_parameter_in_a_text() {
        let text = |message: &str| json!({"type": "error", "error": {"message": message}});
        for (message, expected) in [
            ("temperature: Extra inputs are not permitted", "temperature"),
            ("output_config.format: Extra inputs are not permitted", "output_config.format"),
            ("`temperature` is deprecated for this model.", "temperature"),
            ("This model does not support the effort parameter.", "effort"),
            ("Schema is too complex: the compiled grammar is too large.", "output_config.format"),
            (
                "Invalid JSON payload received. Unknown name \"thinkingLevel\" at \
                 'generation_config.thinking_config': Cannot find field.",
                "thinkingLevel",
            ),
            ("Thinking level MINIMAL is not supported for this model.", "thinkingLevel"),
            ("Unsupported parameter: 'max_tokens' is not supported with this model.", "max_tokens"),
            ("Unrecognized request argument supplied: store", "store"),
            ("Argument not supported on this model: reasoning_effort", "reasoning_effort"),
            ("property 'store' is unsupported", "store"),
            ("litellm: openai does not support parameters: ['store'], for model=x", "store"),
            ("This response_format type is unavailable now", "response_format"),
        ] {
            check(&text(message), Some(expected));
        }
        check(&json!({"error": "\"tiny\" does not support thinking"}), Some("think"));
        for none in ["Overloaded", "max_tokens", "the model is not supported", ""] {
            check(&text(none), None);
        }
        assert_eq!(refused_parameter(b"<html>"), None);
    }
}
