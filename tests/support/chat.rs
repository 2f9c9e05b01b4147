//! A server of Chat Completions for tests: it answers every question with words that
//! fit the schema, and counts.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

/// What every text of an answer is.
const WORDS: &str = "Told by the server.";

/// A server on this machine, until the test ends.
pub struct Chat {
    /// Its base URL.
    pub url: String,
    calls: Arc<AtomicUsize>,
}

impl Chat {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&calls);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || serve(&stream, &counted));
            }
        });
        Self { url, calls }
    }

    /// How many questions there were.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// A user's configuration with this server as its provider.
    pub fn config(&self) -> String {
        format!(
            "provider = \"chat\"\n[providers.chat]\ndialect = \"openai-chat\"\n\
             model = \"m\"\nbase-url = \"{}\"\n",
            self.url
        )
    }
}

fn serve(stream: &TcpStream, calls: &AtomicUsize) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(("content-length", value)) = line.split_once(": ") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        calls.fetch_add(1, Ordering::SeqCst);
        let question: Value = serde_json::from_slice(&body).unwrap();
        let schema = question.pointer("/response_format/json_schema/schema");
        let content = schema.map_or_else(|| WORDS.to_owned(), |schema| fitting(schema).to_string());
        let usage = json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15});
        let choice = |key: &str| json!([{"index": 0, key: {"role": "assistant", "content": content}, "finish_reason": "stop"}]);
        let (kind, body) = if question["stream"] == true {
            let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1,
                "model": "m", "choices": choice("delta"), "usage": usage});
            ("text/event-stream", format!("data: {chunk}\n\ndata: [DONE]\n\n"))
        } else {
            let whole = json!({"id": "c", "object": "chat.completion", "created": 1,
                "model": "m", "choices": choice("message"), "usage": usage});
            ("application/json", whole.to_string())
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        // A client that has left needs no answer.
        let _ = (&mut &*stream).write_all([head, body].concat().as_bytes());
    }
}

/// A value that fits the schema.
pub(super) fn fitting(schema: &Value) -> Value {
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    if types.contains(&"null") {
        return Value::Null;
    }
    match types.first() {
        Some(&"object") => {
            let properties = schema["properties"].as_object().unwrap();
            let fields = properties.iter().map(|(key, schema)| (key.clone(), fitting(schema)));
            Value::Object(fields.collect())
        }
        Some(&"array") => {
            let items = schema["prefixItems"].as_array().cloned().unwrap_or_default();
            let least = schema["minItems"].as_u64().and_then(|least| usize::try_from(least).ok());
            let more = least.unwrap_or(0).saturating_sub(items.len());
            let more = std::iter::repeat_n(&schema["items"], more);
            Value::Array(items.iter().chain(more).map(fitting).collect())
        }
        _ => json!(WORDS),
    }
}
