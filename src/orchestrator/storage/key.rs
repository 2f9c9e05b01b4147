//! The key of an answer: everything that is sent for it, and nothing else.
//!
//! The style is no part of it: a prompt asks for content, and the same content is laid
//! out in every style.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Key;
use crate::provider::{Capabilities, CompletionRequest, Structured};

/// Changes with the encoding below, so that no old entry is taken for a new one.
const VERSION: u64 = 1;

/// An encoding from which every part could be read back, so that no two questions have
/// the same one: texts with their lengths, choices with a tag.
struct Encoder(Sha256);

impl Encoder {
    fn number(&mut self, number: u64) {
        self.0.update(number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.update(text.as_bytes());
    }

    fn tag(&mut self, tag: u8) {
        self.0.update([tag]);
    }

    /// JSON with the keys of its objects in order. Without recursion: nobody promises
    /// that a schema is flat.
    fn json(&mut self, value: &Value) {
        enum Next<'a> {
            Value(&'a Value),
            Name(&'a str),
        }
        let mut rest = vec![Next::Value(value)];
        while let Some(next) = rest.pop() {
            match next {
                Next::Name(name) => self.text(name),
                Next::Value(Value::Null) => self.tag(b'n'),
                Next::Value(Value::Bool(false)) => self.tag(b'f'),
                Next::Value(Value::Bool(true)) => self.tag(b't'),
                Next::Value(Value::Number(number)) => {
                    self.tag(b'#');
                    self.text(&number.to_string());
                }
                Next::Value(Value::String(text)) => {
                    self.tag(b's');
                    self.text(text);
                }
                Next::Value(Value::Array(items)) => {
                    self.tag(b'[');
                    self.number(items.len() as u64);
                    rest.extend(items.iter().rev().map(Next::Value));
                }
                Next::Value(Value::Object(members)) => {
                    self.tag(b'{');
                    self.number(members.len() as u64);
                    let mut members: Vec<_> = members.iter().collect();
                    members.sort_unstable_by_key(|(name, _)| name.as_str());
                    for (name, value) in members.into_iter().rev() {
                        rest.push(Next::Value(value));
                        rest.push(Next::Name(name));
                    }
                }
            }
        }
    }
}

impl Key {
    /// The key of the answer to `request` from a provider with these `capabilities`:
    /// SHA-256 over the prompt, the schema, a repair turn, the limit of the answer, the
    /// wire format, the model and how it is held to JSON. Two requests of which anything
    /// that is sent differs have different keys.
    ///
    /// `None` for a question that is not rendered: the provider that needs only the facts
    /// is faster than any cache.
    pub fn of(request: &CompletionRequest, capabilities: &Capabilities) -> Option<Self> {
        let prompt = request.prompt.as_ref()?;
        let mut encoder = Encoder(Sha256::new());
        encoder.text("docstring-ls answer");
        encoder.number(VERSION);
        encoder.text(capabilities.dialect);
        encoder.text(&capabilities.model);
        encoder.tag(match capabilities.structured {
            Structured::None => 0,
            Structured::Prompted => 1,
            Structured::Object => 2,
            Structured::Schema => 3,
        });
        encoder.text(&prompt.system);
        encoder.text(&prompt.context);
        encoder.text(&prompt.user);
        encoder.json(&prompt.schema);
        encoder.number(request.max_output.unwrap_or(prompt.max_output).into());
        match &request.repair {
            None => encoder.tag(0),
            Some(repair) => {
                encoder.tag(1);
                encoder.text(&repair.answer);
                encoder.number(repair.problems.len() as u64);
                for problem in &repair.problems {
                    encoder.text(problem);
                }
            }
        }
        Some(Self(encoder.0.finalize().into()))
    }
}
