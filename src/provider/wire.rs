//! What a wire format has to know, and nothing more: pure functions from a question to
//! a request, and from what comes back to a [`Reading`]. Connections, keys, limits and
//! retries are [`super::Remote`]'s.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::sse::Framing;
use super::{Auth, Prompt, ProviderError, Repair, Settings, Structured, Usage, models};

/// A part of a request that can be left out, for servers that refuse it.
#[derive(Debug)]
pub(super) struct Parameter {
    /// Its name in the set of what a server refused.
    pub(super) name: &'static str,
    /// What an error calls it: paths such as `reasoning.effort`, or single words, which
    /// count in quotes only.
    pub(super) words: &'static [&'static str],
}

/// The names of parameters that a server refused.
pub(super) type Refused = BTreeSet<&'static str>;

/// One question, with all that its request is made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) settings: &'a Settings,
    pub(super) prompt: &'a Prompt,
    pub(super) repair: Option<&'a Repair>,
    /// Most tokens of the output, thinking included.
    pub(super) max_output: u32,
    /// How often its parts were sent lately.
    pub(super) repeats: Repeats,
    /// It is one of a batch, whose answers come as wholes.
    pub(super) is_batched: bool,
}

/// How often the parts of a question that others share were sent before, lately enough
/// to be in a prompt cache.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Repeats {
    /// The rules.
    pub(super) system: u32,
    /// What concerns the file.
    pub(super) context: u32,
}

/// The name of the schema where a dialect wants one.
pub(super) const SCHEMA_NAME: &str = "docstring";

impl Call<'_> {
    /// The model that is asked for.
    pub(super) fn model(&self) -> &str {
        &self.settings.capabilities.model
    }

    /// How hard the model shall think: what the user wants, as far as it can be told.
    pub(super) fn effort(&self) -> Option<&str> {
        models::effort(self.model(), self.settings.effort.as_deref())
    }

    /// How far the provider can be held to JSON.
    pub(super) fn structured(&self) -> Structured {
        self.settings.capabilities.structured
    }

    /// The answer arrives piece by piece.
    pub(super) fn is_streamed(&self) -> bool {
        self.settings.capabilities.streaming && !self.is_batched
    }

    /// What concerns the symbol. With `schema`, the shape of the answer is told in words,
    /// at the very end: all that stands before it may be cached by the provider.
    pub(super) fn question(&self, schema: bool) -> String {
        let mut text = self.prompt.user.clone();
        if schema {
            text.push_str("\n\nAnswer with one JSON object and nothing else. Its JSON Schema:\n");
            text.push_str(&self.prompt.schema.to_string());
        }
        text
    }

    /// The question together with what concerns the whole file, for dialects in which
    /// they are one message.
    pub(super) fn whole_question(&self, schema: bool) -> String {
        let question = self.question(schema);
        match self.prompt.context.as_str() {
            "" => question,
            context => format!("{context}\n\n{question}"),
        }
    }

    /// The two messages of a second turn: the answer that was not accepted (the model's
    /// own), and what is wrong with it (the user's).
    pub(super) fn correction(&self) -> Option<(String, String)> {
        let repair = self.repair?;
        let mut text = "The answer was not accepted:\n".to_owned();
        for problem in &repair.problems {
            text.push_str("- ");
            text.push_str(problem);
            text.push('\n');
        }
        text.push_str("Answer again with the corrected JSON object only.");
        // Some servers refuse a message without text.
        let answer = if repair.answer.trim().is_empty() { "{}" } else { &repair.answer };
        Some((answer.to_owned(), text))
    }
}

/// What a request holds.
#[derive(Debug, Default)]
pub(super) enum Load {
    /// The JSON object in [`Outgoing::body`].
    #[default]
    Body,
    /// Nothing: something is asked for by its address.
    Nothing,
    /// Something larger of this media type.
    Bytes(String, Vec<u8>),
}

/// A request that is being made.
#[derive(Debug)]
pub(super) struct Outgoing<'a> {
    refused: &'a Refused,
    /// What follows the base address, beginning with a slash.
    pub(super) path: String,
    /// Headers of the dialect.
    pub(super) headers: Vec<(String, String)>,
    /// The JSON object that is sent.
    pub(super) body: Map<String, Value>,
    /// What of it can be left out.
    pub(super) sent: Vec<&'static Parameter>,
    /// Whether it is that object that is sent.
    pub(super) load: Load,
    /// What is sent, or comes back, may be as large as a file.
    pub(super) is_large: bool,
}

impl<'a> Outgoing<'a> {
    /// An empty request to a server that refused some parameters earlier.
    pub(super) fn new(refused: &'a Refused) -> Self {
        let (path, headers, body, sent, load) = Default::default();
        Self { refused, path, headers, body, sent, load, is_large: false }
    }

    /// Puts a value into the body.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.body.insert(key.to_owned(), value.into());
    }

    /// Whether `parameter` may be sent; the caller then sends it.
    pub(super) fn offers(&mut self, parameter: &'static Parameter) -> bool {
        let offers = !self.refused.contains(parameter.name);
        if offers {
            self.sent.push(parameter);
        }
        offers
    }

    /// Puts a value into the body unless the server refused the parameter.
    pub(super) fn offer(
        &mut self,
        parameter: &'static Parameter,
        key: &str,
        value: impl Into<Value>,
    ) {
        if self.offers(parameter) {
            self.set(key, value);
        }
    }
}

/// How an answer came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The model had said all.
    Complete,
    /// It reached the output limit.
    Truncated,
    /// Question and answer together reached the model's limit.
    ContextFull,
    /// It would not, or a filter would not; the provider's name for the reason.
    Refused(Option<String>),
}

/// What was read of an answer so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Reading {
    /// The model's words.
    pub(super) text: String,
    /// Tokens.
    pub(super) usage: Usage,
    /// The model that answered.
    pub(super) model: Option<String>,
    /// How it ended; `None` while it has not.
    pub(super) ending: Option<Ending>,
    /// Nothing more is to come.
    pub(super) is_over: bool,
}

/// A wire format.
pub(super) trait Wire: Send + Sync {
    /// How events are told apart in a streamed body.
    fn framing(&self) -> Framing {
        Framing::Sse
    }

    /// How the key is sent unless the user says otherwise.
    fn auth(&self) -> Auth {
        Auth::Bearer
    }

    /// Fills in the path, the headers and the body of a call.
    fn request(&self, call: &Call<'_>, out: &mut Outgoing<'_>);

    /// Reads a body that came as a whole. The ending must be set.
    ///
    /// # Errors
    ///
    /// When the body reports a failure.
    fn whole(&self, body: &Value, reading: &mut Reading) -> Result<(), ProviderError>;

    /// Reads one event of a streamed body; what it does not know, it ignores.
    ///
    /// # Errors
    ///
    /// When the event reports a failure.
    fn event(
        &self,
        name: Option<&str>,
        data: &Value,
        reading: &mut Reading,
    ) -> Result<(), ProviderError>;
}

/// The text at a JSON pointer.
pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The count at a JSON pointer; zero when there is none.
pub(super) fn count(value: &Value, pointer: &str) -> u64 {
    value.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{Capabilities, Dialect, ProviderId, Quirks};
    use serde_json::json;

    #[test]
    fn a_question_tells_the_schema_last_and_the_context_first() {
        let settings = Settings {
            id: ProviderId("p".into()),
            dialect: Dialect::OpenAiChat,
            base_url: String::new(),
            key: None,
            auth: None,
            headers: Vec::new(),
            capabilities: Capabilities::unknown("openai-chat", "m"),
            effort: None,
            quirks: Quirks::default(),
            ca_bundle: None,
        };
        let mut prompt = Prompt {
            system: "S".into(),
            context: "C".into(),
            user: "U".into(),
            schema: json!({"type": "object"}),
            max_output: 1,
        };
        let call = Call {
            settings: &settings,
            prompt: &prompt,
            repair: None,
            max_output: 1,
            repeats: Repeats::default(),
            is_batched: false,
        };
        assert_eq!(call.whole_question(false), "C\n\nU");
        let question = call.whole_question(true);
        assert!(question.starts_with("C\n\nU\n\n"), "{question}");
        assert!(question.ends_with("\n{\"type\":\"object\"}"), "{question}");
        assert_eq!(call.correction(), None);
        prompt.context.clear();
        let call = Call {
            settings: &settings,
            prompt: &prompt,
            repair: None,
            max_output: 1,
            repeats: Repeats::default(),
            is_batched: false,
        };
        assert_eq!(call.whole_question(false), "U");
    }
}
