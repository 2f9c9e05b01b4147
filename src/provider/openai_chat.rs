//! OpenAI's Chat Completions (`POST …/chat/completions`), and everything that speaks
//! them: Azure, Bedrock, OpenRouter, Groq, Mistral, DeepSeek, vLLM, llama.cpp and more.
//! What differs between them is [`super::Quirks`], or is learned from their errors.

use serde_json::{Value, json};

use super::wire::{Call, Ending, Outgoing, Parameter, Reading, SCHEMA_NAME, Wire, count, text};
use super::{Dialect, ErrorKind, ProviderError, Structured, Usage, classify};

pub(super) struct OpenAiChat;

static MAX_COMPLETION_TOKENS: Parameter =
    Parameter { name: "max_completion_tokens", words: &["max_completion_tokens"] };
static MAX_TOKENS: Parameter = Parameter { name: "max_tokens", words: &["max_tokens"] };
static STORE: Parameter = Parameter { name: "store", words: &["store"] };
static STREAM_OPTIONS: Parameter =
    Parameter { name: "stream_options", words: &["stream_options", "include_usage"] };
static EFFORT: Parameter = Parameter { name: "reasoning_effort", words: &["reasoning_effort"] };
static ROUTING: Parameter =
    Parameter { name: "provider", words: &["provider", "require_parameters"] };
static DEVELOPER: Parameter = Parameter { name: "developer", words: &["developer"] };
static SCHEMA: Parameter =
    Parameter { name: "json_schema", words: &["response_format", "json_schema"] };
static OBJECT: Parameter =
    Parameter { name: "json_object", words: &["response_format", "json_object"] };

impl Wire for OpenAiChat {
    fn request(&self, call: &Call<'_>, out: &mut Outgoing<'_>) {
        let quirks = &call.settings.quirks;
        out.path.push_str("/chat/completions");
        out.set("model", call.model());
        let mut tells_schema = call.structured() != Structured::None;
        if let Some(format) = response_format(call, out) {
            tells_schema = format != "json_schema" || quirks.schema_in_prompt;
        }
        let system_role = out.system_role(quirks.system_role);
        out.set("messages", messages(call, system_role, tells_schema));
        let [first, second] = if quirks.max_tokens {
            [&MAX_TOKENS, &MAX_COMPLETION_TOKENS]
        } else {
            [&MAX_COMPLETION_TOKENS, &MAX_TOKENS]
        };
        if let Some(limit) = [first, second].into_iter().find(|limit| out.offers(limit)) {
            out.set(limit.name, call.max_output);
        }
        if !quirks.no_store {
            out.offer(&STORE, "store", false);
        }
        if call.is_streamed() {
            out.set("stream", true);
            if !quirks.no_stream_options {
                out.offer(&STREAM_OPTIONS, "stream_options", json!({ "include_usage": true }));
            }
        }
        if let Some(effort) = call.effort() {
            out.offer(&EFFORT, "reasoning_effort", effort);
        }
        if quirks.require_parameters {
            out.offer(&ROUTING, "provider", json!({ "require_parameters": true }));
        }
    }

    fn whole(&self, body: &Value, reading: &mut Reading) -> Result<(), ProviderError> {
        read(body, "/choices/0/message", reading)
    }

    fn event(
        &self,
        _name: Option<&str>,
        data: &Value,
        reading: &mut Reading,
    ) -> Result<(), ProviderError> {
        read(data, "/choices/0/delta", reading)
    }
}

impl Outgoing<'_> {
    /// The role of the message with the system text.
    fn system_role(&mut self, is_old: bool) -> &'static str {
        if !is_old && self.offers(&DEVELOPER) { "developer" } else { "system" }
    }
}

/// Holds the model to JSON as firmly as the server can, and says how.
fn response_format(call: &Call<'_>, out: &mut Outgoing<'_>) -> Option<&'static str> {
    let tier = call.structured();
    let (kind, format) = if tier >= Structured::Schema && out.offers(&SCHEMA) {
        let schema = &call.prompt.schema;
        let schema = json!({ "name": SCHEMA_NAME, "schema": schema, "strict": true });
        ("json_schema", json!({ "type": "json_schema", "json_schema": schema }))
    } else if tier >= Structured::Object && out.offers(&OBJECT) {
        ("json_object", json!({ "type": "json_object" }))
    } else {
        return None;
    };
    out.set("response_format", format);
    Some(kind)
}

fn messages(call: &Call<'_>, system_role: &str, tells_schema: bool) -> Value {
    let mut messages = Vec::with_capacity(4);
    if !call.prompt.system.is_empty() {
        messages.push(json!({ "role": system_role, "content": call.prompt.system }));
    }
    messages.push(json!({ "role": "user", "content": call.whole_question(tells_schema) }));
    if let Some((answer, problems)) = call.correction() {
        messages.push(json!({ "role": "assistant", "content": answer }));
        messages.push(json!({ "role": "user", "content": problems }));
    }
    messages.into()
}

/// Reads a body or a chunk of one; they differ in where the message is.
fn read(body: &Value, message: &str, reading: &mut Reading) -> Result<(), ProviderError> {
    if let Some(usage) = usage(body) {
        reading.usage = usage;
    }
    // OpenRouter and others: with status 200, at either place.
    let errors = ["/error", "/choices/0/error"].iter().find_map(|at| body.pointer(at));
    if let Some(error) = errors.filter(|error| !error.is_null()) {
        return Err(classify::in_band(Dialect::OpenAiChat, error));
    }
    if let Some(model) = text(body, "/model").filter(|model| !model.is_empty()) {
        reading.model = Some(model.to_owned());
    }
    if let Some(message) = body.pointer(message) {
        push_content(message.get("content"), &mut reading.text);
        if text(message, "/refusal").is_some_and(|refusal| !refusal.is_empty()) {
            reading.ending = Some(Ending::Refused(Some("refusal".to_owned())));
        }
    }
    let Some(reason) = text(body, "/choices/0/finish_reason").filter(|reason| !reason.is_empty())
    else {
        return Ok(());
    };
    let ending = match reason {
        "length" | "max_tokens" => Ending::Truncated,
        // Mistral.
        "model_length" => Ending::ContextFull,
        "content_filter" => Ending::Refused(Some(reason.to_owned())),
        // OpenRouter; DeepSeek.
        "error" | "insufficient_system_resource" => {
            let mut error = ProviderError::new(
                ErrorKind::Overloaded,
                "the provider could not finish the answer",
            );
            error.code = Some(reason.to_owned());
            return Err(error);
        }
        _ => Ending::Complete,
    };
    reading.ending.get_or_insert(ending);
    Ok(())
}

/// Content is a string, or a list of parts of which the text counts.
fn push_content(content: Option<&Value>, out: &mut String) {
    match content {
        Some(Value::String(words)) => out.push_str(words),
        Some(Value::Array(parts)) => {
            for part in parts.iter().filter(|part| text(part, "/type") == Some("text")) {
                out.push_str(text(part, "/text").unwrap_or_default());
            }
        }
        _ => {}
    }
}

fn usage(body: &Value) -> Option<Usage> {
    // The second is Groq's, in streams.
    let usage = ["/usage", "/x_groq/usage"].iter().find_map(|at| body.pointer(at))?;
    let input = count(usage, "/prompt_tokens");
    let cached = count(usage, "/prompt_tokens_details/cached_tokens");
    // DeepSeek.
    let cached = cached.max(count(usage, "/prompt_cache_hit_tokens"));
    // xAI counts the reasoning in the total only.
    let rest = count(usage, "/total_tokens").saturating_sub(input);
    let output = count(usage, "/completion_tokens").max(rest);
    usage.is_object().then_some(Usage { input, cached_input: cached.min(input), output })
}
