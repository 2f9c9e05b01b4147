//! OpenAI's Responses (`POST …/responses`). Without `store: false` it would keep
//! questions and answers for weeks.

use serde_json::{Map, Value, json};

use super::wire::{Call, Ending, Outgoing, Parameter, Reading, SCHEMA_NAME, Wire, count, text};
use super::{Dialect, ProviderError, Structured, Usage, classify};

pub(super) struct OpenAiResponses;

static STORE: Parameter = Parameter { name: "store", words: &["store"] };
static EFFORT: Parameter =
    Parameter { name: "reasoning.effort", words: &["reasoning.effort", "reasoning"] };
static SCHEMA: Parameter =
    Parameter { name: "json_schema", words: &["text.format", "json_schema", "text"] };
static OBJECT: Parameter =
    Parameter { name: "json_object", words: &["text.format", "json_object", "text"] };
static MAX_OUTPUT: Parameter =
    Parameter { name: "max_output_tokens", words: &["max_output_tokens"] };

impl Wire for OpenAiResponses {
    fn request(&self, call: &Call<'_>, out: &mut Outgoing<'_>) {
        out.path.push_str("/responses");
        out.set("model", call.model());
        if !call.prompt.system.is_empty() {
            out.set("instructions", call.prompt.system.as_str());
        }
        let mut tells_schema = call.structured() != Structured::None;
        if let Some((format, is_schema)) = format(call, out) {
            tells_schema = !is_schema || call.settings.quirks.schema_in_prompt;
            out.set("text", json!({ "format": format }));
        }
        let question = call.whole_question(tells_schema);
        let mut input = vec![json!({ "role": "user", "content": question })];
        if let Some((answer, problems)) = call.correction() {
            input.push(json!({ "role": "assistant", "content": answer }));
            input.push(json!({ "role": "user", "content": problems }));
        }
        out.set("input", input);
        out.offer(&MAX_OUTPUT, "max_output_tokens", call.max_output);
        if !call.settings.quirks.no_store {
            out.offer(&STORE, "store", false);
        }
        if let Some(effort) = call.effort() {
            out.offer(&EFFORT, "reasoning", json!({ "effort": effort }));
        }
        if call.is_streamed() {
            out.set("stream", true);
        }
    }

    fn whole(&self, body: &Value, reading: &mut Reading) -> Result<(), ProviderError> {
        if let Some(model) = text(body, "/model") {
            reading.model = Some(model.to_owned());
        }
        if let Some(usage) = body.get("usage").and_then(Value::as_object) {
            reading.usage = read_usage(usage);
        }
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            return Err(classify::in_band(Dialect::OpenAiResponses, error));
        }
        let said = output(body);
        if !said.words.is_empty() {
            reading.text = said.words;
        }
        let status = text(body, "/status");
        let ending = match (status, text(body, "/incomplete_details/reason")) {
            _ if said.is_refusal => Ending::Refused(Some("refusal".to_owned())),
            (_, Some(reason @ "content_filter")) => Ending::Refused(Some(reason.to_owned())),
            // The other reason is `max_output_tokens`.
            (Some("incomplete"), _) | (_, Some("max_output_tokens")) => Ending::Truncated,
            (Some("failed" | "cancelled"), _) => {
                let unnamed = json!({ "code": "server_error", "message": "" });
                return Err(classify::in_band(Dialect::OpenAiResponses, &unnamed));
            }
            (Some("completed"), _) => Ending::Complete,
            (None, _) if body.get("output").is_some() => Ending::Complete,
            _ => return Ok(()),
        };
        reading.ending.get_or_insert(ending);
        Ok(())
    }

    fn event(
        &self,
        name: Option<&str>,
        data: &Value,
        reading: &mut Reading,
    ) -> Result<(), ProviderError> {
        match text(data, "/type").or(name).unwrap_or_default() {
            "response.output_text.delta" => {
                reading.text.push_str(text(data, "/delta").unwrap_or_default());
                Ok(())
            }
            "response.refusal.delta" | "response.refusal.done" => {
                reading.ending = Some(Ending::Refused(Some("refusal".to_owned())));
                Ok(())
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                reading.is_over = true;
                self.whole(data.get("response").unwrap_or(&Value::Null), reading)
            }
            "error" => {
                let error = data.get("error").filter(|error| error.is_object()).unwrap_or(data);
                Err(classify::in_band(Dialect::OpenAiResponses, error))
            }
            // Some gateways send an error without any type.
            "" if data.get("error").is_some_and(|error| !error.is_null()) => {
                let error = data.get("error").unwrap_or(data);
                Err(classify::in_band(Dialect::OpenAiResponses, error))
            }
            _ => Ok(()),
        }
    }
}

/// Holds the model to JSON as firmly as the server can; `true` for a schema.
fn format(call: &Call<'_>, out: &mut Outgoing<'_>) -> Option<(Value, bool)> {
    let tier = call.structured();
    if tier >= Structured::Schema && out.offers(&SCHEMA) {
        let schema = &call.prompt.schema;
        let format =
            json!({ "type": "json_schema", "name": SCHEMA_NAME, "schema": schema, "strict": true });
        return Some((format, true));
    }
    let is_object = tier >= Structured::Object && out.offers(&OBJECT);
    is_object.then(|| (json!({ "type": "json_object" }), false))
}

#[derive(Default)]
struct Said {
    words: String,
    is_refusal: bool,
}

/// What the messages among the output say; reasoning and the like are not messages.
fn output(body: &Value) -> Said {
    let items = body.get("output").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let messages = || items.iter().filter(|item| text(item, "/type") == Some("message"));
    // A model may talk about what it is going to do before it answers.
    let has_final = messages().any(|item| text(item, "/phase") == Some("final_answer"));
    let mut said = Said::default();
    for message in messages() {
        if has_final && text(message, "/phase") == Some("commentary") {
            continue;
        }
        for part in message.get("content").and_then(Value::as_array).into_iter().flatten() {
            match text(part, "/type") {
                Some("output_text") => said.words.push_str(text(part, "/text").unwrap_or_default()),
                Some("refusal") => said.is_refusal = true,
                _ => {}
            }
        }
    }
    said
}

fn read_usage(usage: &Map<String, Value>) -> Usage {
    let usage = &Value::Object(usage.clone());
    let input = count(usage, "/input_tokens");
    let cached_input = count(usage, "/input_tokens_details/cached_tokens").min(input);
    Usage { input, cached_input, output: count(usage, "/output_tokens") }
}
