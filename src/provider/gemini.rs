//! Google's `generateContent` (`POST …/v1beta/models/MODEL:generateContent`).

use serde_json::{Map, Value, json};

use super::wire::{Call, Ending, Outgoing, Parameter, Reading, Wire, count, text};
use super::{Auth, Dialect, ErrorKind, ProviderError, Structured, Usage, classify};

pub(super) struct Gemini;

static SCHEMA: Parameter = Parameter {
    name: "responseJsonSchema",
    words: &["responseJsonSchema", "response_json_schema", "propertyOrdering", "property_ordering"],
};
static OBJECT: Parameter =
    Parameter { name: "responseMimeType", words: &["responseMimeType", "response_mime_type"] };
static THINKING: Parameter = Parameter {
    name: "thinkingConfig",
    words: &[
        "thinkingLevel",
        "thinking_level",
        "thinkingConfig",
        "thinking_config",
        "Thinking level",
        "thinking level",
        "does not support thinking",
    ],
};

impl Wire for Gemini {
    fn auth(&self) -> Auth {
        Auth::Header("x-goog-api-key")
    }

    fn request(&self, call: &Call<'_>, out: &mut Outgoing<'_>) {
        out.path = path(call);
        let mut config = Map::new();
        let tier = call.structured();
        let mut tells_schema = tier != Structured::None;
        if tier >= Structured::Object && out.offers(&OBJECT) {
            config.insert("responseMimeType".to_owned(), "application/json".into());
            if tier == Structured::Schema && out.offers(&SCHEMA) {
                config.insert("responseJsonSchema".to_owned(), ordered(&call.prompt.schema));
                tells_schema = call.settings.quirks.schema_in_prompt;
            }
        }
        config.insert("maxOutputTokens".to_owned(), call.max_output.into());
        if let Some(level) = level(call)
            && out.offers(&THINKING)
        {
            config.insert("thinkingConfig".to_owned(), json!({ "thinkingLevel": level }));
        }
        if !call.prompt.system.is_empty() {
            out.set("systemInstruction", json!({ "parts": [{ "text": call.prompt.system }] }));
        }
        let context = Some(call.prompt.context.as_str()).filter(|context| !context.is_empty());
        let question = call.question(tells_schema);
        let parts: Vec<Value> =
            context.into_iter().chain([&*question]).map(|part| json!({ "text": part })).collect();
        let mut contents = vec![json!({ "role": "user", "parts": parts })];
        if let Some((answer, problems)) = call.correction() {
            contents.push(json!({ "role": "model", "parts": [{ "text": answer }] }));
            contents.push(json!({ "role": "user", "parts": [{ "text": problems }] }));
        }
        out.set("contents", contents);
        out.set("generationConfig", config);
    }

    fn whole(&self, body: &Value, reading: &mut Reading) -> Result<(), ProviderError> {
        // A stream that is not sent as events is a list.
        match body.as_array() {
            Some(parts) => parts.iter().try_for_each(|part| read(part, reading)),
            None => read(body, reading),
        }
    }

    fn event(
        &self,
        _name: Option<&str>,
        data: &Value,
        reading: &mut Reading,
    ) -> Result<(), ProviderError> {
        self.whole(data, reading)
    }
}

/// The path of a call; the base address may name a version of the interface.
fn path(call: &Call<'_>) -> String {
    let base = &call.settings.base_url;
    let has_version = ["/v1", "/v1beta", "/v1alpha"].iter().any(|end| base.ends_with(end));
    let mut path = if has_version { String::new() } else { "/v1beta".to_owned() };
    let model = call.model();
    path.push_str(if model.contains('/') { "/" } else { "/models/" });
    for byte in model.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            path.push(char::from(byte));
        } else {
            let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
            path.extend(['%', digit(byte >> 4), digit(byte & 15)].map(|c| c.to_ascii_uppercase()));
        }
    }
    let is_streamed = call.is_streamed();
    path.push_str(if is_streamed { ":streamGenerateContent?alt=sse" } else { ":generateContent" });
    path
}

/// How hard the model shall think, in the words of this dialect.
fn level(call: &Call<'_>) -> Option<&'static str> {
    match call.effort()? {
        "none" | "minimal" => Some("MINIMAL"),
        "low" => Some("LOW"),
        "medium" => Some("MEDIUM"),
        _ => Some("HIGH"),
    }
}

/// The schema with the order of its properties, which is that of `required`: the model
/// writes them as they are ordered, and a summary comes before the details.
fn ordered(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let mut open = vec![&mut schema];
    while let Some(part) = open.pop() {
        match part {
            Value::Object(object) => {
                let order = object.get("required").filter(|required| required.is_array()).cloned();
                if let (Some(order), Some(Value::Object(_))) = (order, object.get("properties")) {
                    object.insert("propertyOrdering".to_owned(), order);
                }
                open.extend(object.values_mut());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    schema
}

/// Reads a body, or a chunk of one: they are alike.
fn read(body: &Value, reading: &mut Reading) -> Result<(), ProviderError> {
    if body.get("error").is_some_and(|error| !error.is_null()) {
        return Err(classify::in_band(Dialect::Gemini, body));
    }
    if let Some(model) = text(body, "/modelVersion") {
        reading.model = Some(model.to_owned());
    }
    if let Some(usage) = body.get("usageMetadata") {
        let output = count(usage, "/candidatesTokenCount") + count(usage, "/thoughtsTokenCount");
        let input = count(usage, "/promptTokenCount");
        let cached_input = count(usage, "/cachedContentTokenCount").min(input);
        reading.usage = Usage { input, cached_input, output };
    }
    if let Some(reason) = text(body, "/promptFeedback/blockReason") {
        reading.ending = Some(Ending::Refused(classify::identifier(reason)));
        return Ok(());
    }
    let parts = body.pointer("/candidates/0/content/parts").and_then(Value::as_array);
    for part in parts.into_iter().flatten() {
        let is_thought = part.get("thought").and_then(Value::as_bool) == Some(true);
        if !is_thought {
            reading.text.push_str(text(part, "/text").unwrap_or_default());
        }
    }
    let Some(reason) = text(body, "/candidates/0/finishReason") else { return Ok(()) };
    reading.ending = Some(match reason {
        "MAX_TOKENS" | "CONTINUATION" => Ending::Truncated,
        "SAFETY" | "RECITATION" | "LANGUAGE" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" => {
            Ending::Refused(classify::identifier(reason))
        }
        "OTHER" => {
            let message = "the provider broke off without a reason: try again or choose another";
            return Err(failed(ErrorKind::Overloaded, message, reason));
        }
        reason if reason.starts_with("MALFORMED_") || reason.ends_with("_TOOL_CALL") => {
            let message = "the model did not keep to the form that was asked for";
            return Err(failed(ErrorKind::Invalid, message, reason));
        }
        _ => Ending::Complete,
    });
    Ok(())
}

fn failed(kind: ErrorKind, message: &str, reason: &str) -> ProviderError {
    let mut error = ProviderError::new(kind, message);
    error.code = classify::identifier(reason);
    error
}
