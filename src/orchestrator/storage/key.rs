//! The key of an answer: everything that is sent for it, and nothing else.
//!
//! The style is no part of it: a prompt asks for content, and the same content is laid
//! out in every style.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Key;
use crate::provider::{Capabilities, CompletionRequest, Structured};

/// Changes with the encoding below, so that no old entry is taken for a new one.
const VERSION: u64 = 2;

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

    /// JSON with the keys of its objects in order.
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
    /// wire format, the model, where it is, how hard it thinks and how it is held to JSON.
    /// Two requests of which anything that is sent differs have different keys.
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
        encoder.text(&capabilities.variant);
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::Arc;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::docstring::Symbol;
    use crate::provider::{Prompt, Repair};

    fn symbol(name: &str) -> Arc<Symbol> {
        Arc::new(super::super::tests::symbol(name))
    }

    fn request(prompt: Prompt, repair: Option<Repair>, limit: Option<u32>) -> CompletionRequest {
        let asked = CompletionRequest::prompted(symbol("f"), Arc::new(prompt));
        CompletionRequest { repair, max_output: limit, ..asked }
    }

    fn prompt(system: &str, context: &str, user: &str) -> Prompt {
        let (system, context, user) = (system.into(), context.into(), user.into());
        Prompt { system, context, user, schema: json!({ "type": "object" }), max_output: 800 }
    }

    fn of(prompt: Prompt) -> Key {
        Key::of(&request(prompt, None, None), &Capabilities::unknown("gemini", "m")).unwrap()
    }

    #[test]
    fn a_question_that_is_not_rendered_has_no_key() {
        let asked = CompletionRequest::about(symbol("f"));
        assert_eq!(Key::of(&asked, &Capabilities::immediate()), None);
    }

    #[test]
    fn the_same_words_have_the_same_key_whatever_symbol_they_are_about() {
        let prompt = Arc::new(prompt("s", "c", "u"));
        let capabilities = Capabilities::unknown("gemini", "m");
        let keys = ["f", "g"].map(|name| {
            let asked = CompletionRequest::prompted(symbol(name), Arc::clone(&prompt));
            Key::of(&asked, &capabilities)
        });
        assert_eq!(keys[0], keys[1]);
        assert_eq!(keys[0].unwrap().to_string().len(), 64);
    }

    #[test]
    fn the_order_of_a_schema_is_none_of_its_meaning() {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let key = |text: &str| of(Prompt { schema: read(text), ..prompt("s", "c", "u") });
        let first = key(r#"{"a": {"x": 1, "y": [1, 2]}, "b": null}"#);
        assert_eq!(first, key(r#"{"b": null, "a": {"y": [1, 2], "x": 1}}"#));
        assert_ne!(first, key(r#"{"b": null, "a": {"y": [2, 1], "x": 1}}"#));
        assert_ne!(first, key(r#"{"b": null, "a": {"y": [1, 2], "x": "1"}}"#));
    }

    #[test]
    fn whoever_answers_is_part_of_the_key() {
        let asked = request(prompt("s", "c", "u"), None, None);
        let plain = Capabilities::unknown("gemini", "m");
        let key = |capabilities: &Capabilities| Key::of(&asked, capabilities).unwrap();
        assert_ne!(key(&plain), key(&Capabilities::unknown("ollama", "m")));
        assert_ne!(key(&plain), key(&Capabilities::unknown("gemini", "n")));
        let held = Capabilities { structured: Structured::Schema, ..plain.clone() };
        assert_ne!(key(&plain), key(&held));
        let elsewhere = Capabilities { variant: "http://two".into(), ..plain.clone() };
        assert_ne!(key(&plain), key(&elsewhere));
        // What it costs, and how good it is held to be, is not sent.
        let praised = Capabilities { quality: 1.0, concurrency: 1, ..plain.clone() };
        assert_eq!(key(&plain), key(&praised));
    }

    fn schemas() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0..3i64).prop_map(Value::from),
            "[ab\"]{0,2}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::btree_map("[ab]{0,1}", inner, 0..3)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn requests() -> impl Strategy<Value = CompletionRequest> {
        // Short texts of few letters: parts that could be taken for one another.
        let text = || "[ab\u{e9}]{0,2}";
        let repair = prop::option::of((text(), prop::collection::vec(text(), 0..3)));
        let limits = (0..2u32, prop::option::of(0..2u32));
        (text(), text(), text(), schemas(), repair, limits).prop_map(
            |(system, context, user, schema, repair, (max_output, limit))| {
                let prompt = Prompt { system, context, user, schema, max_output };
                let repair = repair.map(|(answer, problems)| Repair { answer, problems });
                request(prompt, repair, limit)
            },
        )
    }

    /// Everything that is sent, in a form that has nothing to do with the encoding.
    fn sent(request: &CompletionRequest) -> String {
        let prompt = request.prompt.as_ref().unwrap();
        let repair = request.repair.as_ref().map(|repair| (&repair.answer, &repair.problems));
        let limit = request.max_output.unwrap_or(prompt.max_output);
        format!(
            "{:?}",
            (
                &prompt.system,
                &prompt.context,
                &prompt.user,
                prompt.schema.to_string(),
                repair,
                limit
            )
        )
    }

    proptest! {
        #[test]
        fn keys_are_equal_exactly_when_the_requests_are(
            requests in prop::collection::vec(requests(), 2..40),
        ) {
            let capabilities = Capabilities::unknown("gemini", "m");
            let mut seen: HashMap<Key, String> = HashMap::new();
            let mut keys: HashMap<String, Key> = HashMap::new();
            for request in &requests {
                let key = Key::of(request, &capabilities).unwrap();
                let sent = sent(request);
                prop_assert_eq!(seen.entry(key).or_insert_with(|| sent.clone()), &sent);
                prop_assert_eq!(*keys.entry(sent).or_insert(key), key);
            }
        }

        #[test]
        fn a_text_that_moves_to_the_next_part_has_another_key(
            text in "\\PC{1,20}", at in 0..20usize,
        ) {
            let at = text.char_indices().map(|(at, _)| at).nth(at).unwrap_or(0);
            let (head, tail) = text.split_at(at);
            let whole = of(prompt(&text, "", ""));
            prop_assert_ne!(whole, of(prompt("", &text, "")));
            prop_assert_ne!(whole, of(prompt("", "", &text)));
            prop_assert_ne!(whole, of(prompt(head, tail, "x")));
            prop_assert_ne!(of(prompt(head, tail, "")), of(prompt(head, "", tail)));
        }
    }
}
