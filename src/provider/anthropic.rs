//! Anthropic's Messages (`POST …/v1/messages`), also as llama.cpp, gateways and clouds
//! speak them.
//!
//! Neither sampling parameters nor a forced tool nor the beginning of the answer are
//! sent: current models refuse all three. JSON comes by `output_config.format`.

use serde_json::{Map, Value, json};

use super::wire::{Call, Ending, Outgoing, Parameter, Reading, Wire, text};
use super::{Auth, Dialect, ProviderError, Settings, Structured, Usage, classify, models};

pub(super) struct Anthropic;

/// The version of the interface, and the one before for servers that do not know it.
const VERSIONS: [&str; 2] = ["2026-10-21", "2023-06-01"];

static VERSION: Parameter = Parameter {
    name: "anthropic-version",
    words: &["anthropic_version", "anthropic-version", "not a valid version"],
};
static SCHEMA: Parameter = Parameter {
    name: "output_config.format",
    words: &[
        "output_config.format",
        "output_config: Extra",
        "json_schema",
        "compiled grammar",
        "Schema is too complex",
    ],
};
static EFFORT: Parameter = Parameter {
    name: "output_config.effort",
    words: &["output_config.effort", "effort parameter", "effort"],
};
static THINKING: Parameter =
    Parameter { name: "thinking", words: &["thinking.type", "thinking: Extra", "thinking"] };
static CACHE: Parameter = Parameter { name: "cache_control", words: &["cache_control"] };

/// How often the file's part must have been sent before it is worth a place in the
/// cache: it is shorter than the rules and changes more often.
const CONTEXT_TIMES: u32 = 2;

impl Wire for Anthropic {
    fn auth(&self) -> Auth {
        Auth::Header("x-api-key")
    }

    fn request(&self, call: &Call<'_>, out: &mut Outgoing<'_>) {
        address(call.settings, "/messages", out);
        out.set("model", call.model());
        out.set("max_tokens", call.max_output);
        let tells_schema = output_config(call, out);
        if !call.prompt.system.is_empty() {
            let system = block(&call.prompt.system, call.repeats.system > 0, out);
            out.set("system", json!([system]));
        }
        let mut question = Vec::with_capacity(2);
        if !call.prompt.context.is_empty() {
            let is_kept = call.repeats.context >= CONTEXT_TIMES;
            question.push(block(&call.prompt.context, is_kept, out));
        }
        question.push(block(&call.question(tells_schema), false, out));
        let mut messages = vec![json!({ "role": "user", "content": question })];
        if let Some((answer, problems)) = call.correction() {
            messages.push(json!({ "role": "assistant", "content": answer }));
            messages.push(json!({ "role": "user", "content": problems }));
        }
        out.set("messages", messages);
        if call.is_streamed() {
            out.set("stream", true);
        }
    }

    fn whole(&self, body: &Value, reading: &mut Reading) -> Result<(), ProviderError> {
        if text(body, "/type") == Some("error") || body.get("error").is_some_and(|e| !e.is_null()) {
            return Err(classify::in_band(Dialect::Anthropic, body));
        }
        begin(body, reading);
        let Some(blocks) = body.get("content").and_then(Value::as_array) else { return Ok(()) };
        for block in blocks.iter().filter(|block| text(block, "/type") == Some("text")) {
            reading.text.push_str(text(block, "/text").unwrap_or_default());
        }
        end(body, reading);
        reading.ending.get_or_insert(Ending::Complete);
        Ok(())
    }

    fn event(
        &self,
        name: Option<&str>,
        data: &Value,
        reading: &mut Reading,
    ) -> Result<(), ProviderError> {
        match text(data, "/type").or(name).unwrap_or_default() {
            "message_start" => begin(data.get("message").unwrap_or(data), reading),
            "content_block_start" if text(data, "/content_block/type") == Some("text") => {
                reading.text.push_str(text(data, "/content_block/text").unwrap_or_default());
            }
            "content_block_delta" if text(data, "/delta/type") == Some("text_delta") => {
                reading.text.push_str(text(data, "/delta/text").unwrap_or_default());
            }
            "message_delta" => {
                count_tokens(data.get("usage"), &mut reading.usage);
                end(data.get("delta").unwrap_or(data), reading);
            }
            "message_stop" => {
                reading.ending.get_or_insert(Ending::Complete);
                reading.is_over = true;
            }
            "error" => return Err(classify::in_band(Dialect::Anthropic, data)),
            "" if data.get("error").is_some_and(|error| !error.is_null()) => {
                return Err(classify::in_band(Dialect::Anthropic, data));
            }
            // `ping`, thinking, and what is yet to come.
            _ => {}
        }
        Ok(())
    }
}

/// Fills in the path below the version of the interface, and the date of it.
pub(super) fn address(settings: &Settings, path: &str, out: &mut Outgoing<'_>) {
    if !settings.base_url.ends_with("/v1") {
        out.path.push_str("/v1");
    }
    out.path.push_str(path);
    let [newest, older] = VERSIONS;
    let version = if out.offers(&VERSION) { newest } else { older };
    out.headers.push(("anthropic-version".to_owned(), version.to_owned()));
}

/// Says how the answer shall be: its form, and how hard the model shall think. Returns
/// whether the form must be told in words.
fn output_config(call: &Call<'_>, out: &mut Outgoing<'_>) -> bool {
    let mut config = Map::new();
    let model = call.model();
    let effort = match call.effort() {
        Some("none" | "minimal") => {
            let off = models::thinking_off(model).unwrap_or("disabled");
            out.offer(&THINKING, "thinking", json!({ "type": off }));
            Some("low")
        }
        other => other,
    };
    if let Some(effort) = effort
        && out.offers(&EFFORT)
    {
        config.insert("effort".to_owned(), effort.into());
    }
    let tier = call.structured();
    let mut tells_schema = tier != Structured::None;
    if tier == Structured::Schema && out.offers(&SCHEMA) {
        let format = json!({ "type": "json_schema", "schema": call.prompt.schema });
        config.insert("format".to_owned(), format);
        tells_schema = call.settings.quirks.schema_in_prompt;
    }
    if !config.is_empty() {
        out.set("output_config", config);
    }
    tells_schema
}

/// A block of text; with `is_kept`, all up to and with it goes into the prompt cache.
fn block(words: &str, is_kept: bool, out: &mut Outgoing<'_>) -> Value {
    let mut block = json!({ "type": "text", "text": words });
    if is_kept
        && out.offers(&CACHE)
        && let Some(block) = block.as_object_mut()
    {
        block.insert("cache_control".to_owned(), json!({ "type": "ephemeral" }));
    }
    block
}

/// Reads what a message says of itself before its words.
fn begin(message: &Value, reading: &mut Reading) {
    if let Some(model) = text(message, "/model") {
        reading.model = Some(model.to_owned());
    }
    count_tokens(message.get("usage"), &mut reading.usage);
}

/// Reads why a message ended, if it says so.
fn end(message: &Value, reading: &mut Reading) {
    let Some(reason) = text(message, "/stop_reason") else { return };
    reading.ending = Some(match reason {
        // A pause is meant to be continued; what is there is not the whole answer.
        "max_tokens" | "pause_turn" => Ending::Truncated,
        "model_context_window_exceeded" => Ending::ContextFull,
        "refusal" => {
            let category = text(message, "/stop_details/category").unwrap_or(reason);
            Ending::Refused(classify::identifier(category))
        }
        _ => Ending::Complete,
    });
}

/// Adds up the tokens. The numbers of a stream are cumulative, and later ones may leave
/// out what earlier ones told.
fn count_tokens(usage: Option<&Value>, sum: &mut Usage) {
    let count = |key: &str| usage.and_then(|u| u.get(key)).and_then(Value::as_u64).unwrap_or(0);
    let cached = count("cache_read_input_tokens");
    let input = count("input_tokens")
        .saturating_add(count("cache_creation_input_tokens"))
        .saturating_add(cached);
    sum.input = sum.input.max(input);
    sum.cached_input = sum.cached_input.max(cached);
    sum.output = sum.output.max(count("output_tokens"));
}
