//! Ollama's own `POST /api/chat`. Its OpenAI path cannot set the context length, and
//! the default one cuts long questions off without a word.

use serde_json::{Value, json};

use super::sse::Framing;
use super::wire::{Call, Ending, Outgoing, Parameter, Reading, Wire, count, text};
use super::{Dialect, ProviderError, Structured, Usage, classify};

pub(super) struct Ollama;

static THINK: Parameter =
    Parameter { name: "think", words: &["think", "does not support thinking", "think value"] };
static FORMAT: Parameter = Parameter { name: "format", words: &["format"] };

/// The shortest context that is asked for: Ollama's own default on small machines.
const LEAST_CONTEXT: u32 = 4_096;

impl Wire for Ollama {
    fn framing(&self) -> Framing {
        Framing::Lines
    }

    fn request(&self, call: &Call<'_>, out: &mut Outgoing<'_>) {
        out.path.push_str("/api/chat");
        out.set("model", call.model());
        out.set("stream", call.is_streamed());
        let tier = call.structured();
        let mut tells_schema = tier != Structured::None;
        if tier >= Structured::Object && out.offers(&FORMAT) {
            let is_schema = tier == Structured::Schema;
            let format = if is_schema { call.prompt.schema.clone() } else { json!("json") };
            out.set("format", format);
            tells_schema = !is_schema || call.settings.quirks.schema_in_prompt;
        }
        let mut messages = Vec::with_capacity(4);
        if !call.prompt.system.is_empty() {
            messages.push(json!({ "role": "system", "content": call.prompt.system }));
        }
        messages.push(json!({ "role": "user", "content": call.whole_question(tells_schema) }));
        if let Some((answer, problems)) = call.correction() {
            messages.push(json!({ "role": "assistant", "content": answer }));
            messages.push(json!({ "role": "user", "content": problems }));
        }
        let characters =
            messages.iter().filter_map(|message| text(message, "/content")).map(str::len);
        let context = context(characters.sum(), call);
        out.set("messages", messages);
        out.set("options", json!({ "num_ctx": context, "num_predict": call.max_output }));
        match call.settings.effort.as_deref() {
            None => {}
            Some("none" | "off" | "minimal") => out.offer(&THINK, "think", false),
            Some(effort @ ("low" | "medium" | "high")) => out.offer(&THINK, "think", effort),
            Some(_) => out.offer(&THINK, "think", "high"),
        }
    }

    fn whole(&self, body: &Value, reading: &mut Reading) -> Result<(), ProviderError> {
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            return Err(classify::in_band(Dialect::Ollama, error));
        }
        if let Some(model) = text(body, "/model") {
            reading.model = Some(model.to_owned());
        }
        reading.text.push_str(text(body, "/message/content").unwrap_or_default());
        if body.get("done").and_then(Value::as_bool) == Some(true) {
            let input = count(body, "/prompt_eval_count");
            reading.usage = Usage { input, cached_input: 0, output: count(body, "/eval_count") };
            reading.ending = Some(match text(body, "/done_reason") {
                Some("length") => Ending::Truncated,
                _ => Ending::Complete,
            });
            reading.is_over = true;
        }
        Ok(())
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

/// The context that a call needs, a fourth to spare because tokens are estimated. In
/// powers of two, because Ollama loads the model anew whenever the number changes.
fn context(characters: usize, call: &Call<'_>) -> u32 {
    let tokens = u32::try_from(characters / 3).unwrap_or(u32::MAX);
    let need = tokens.saturating_add(tokens / 4).saturating_add(call.max_output);
    let steps = need.max(LEAST_CONTEXT).checked_next_power_of_two().unwrap_or(u32::MAX);
    steps.min(call.settings.capabilities.context)
}
