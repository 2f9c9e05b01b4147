//! A provider on this machine that answers when and how a test wants.
//!
//! It speaks the dialect `openai-chat` over a loopback port. It writes `Do NAME.` about a
//! symbol, so that a docstring tells what it was made for.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// What follows a question.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    /// The answer, after this time.
    After(Duration),
    /// The answer, once [`Chat::open`] was called.
    Held,
    /// An error with this status, at once.
    Status(u16),
}

#[derive(Default)]
struct State {
    asked: Mutex<Vec<String>>,
    answered: AtomicUsize,
    aborted: AtomicUsize,
    open: AtomicBool,
}

/// The provider. It ends with the process.
pub struct Chat {
    port: u16,
    state: Arc<State>,
}

impl Chat {
    /// A provider that decides by the name of the symbol and by how many it was asked
    /// about before.
    pub fn start(decide: impl Fn(&str, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let decide = Arc::new(decide);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (state, decide) = (Arc::clone(&shared), Arc::clone(&decide));
                std::thread::spawn(move || serve(&stream.unwrap(), &state, &*decide));
            }
        });
        Self { port, state }
    }

    /// A provider that answers nothing until it is opened.
    pub fn held() -> Self {
        Self::start(|_, _| Reply::Held)
    }

    /// Lets the answers go that are held.
    pub fn open(&self) {
        self.state.open.store(true, Ordering::Release);
    }

    /// The symbols it was asked about.
    pub fn asked(&self) -> Vec<String> {
        self.state.asked.lock().unwrap().clone()
    }

    /// Questions whose askers left before the answer.
    pub fn aborted(&self) -> usize {
        self.state.aborted.load(Ordering::Acquire)
    }

    pub fn answered(&self) -> usize {
        self.state.answered.load(Ordering::Acquire)
    }

    /// The settings of an editor whose user chose this provider.
    pub fn settings(&self) -> Value {
        json!({
            "provider": "slow",
            "fallback": "none",
            "orchestrator": {"hedge": "off"},
            "providers": {"slow": {
                "dialect": "openai-chat",
                "model": "tiny",
                "structured": "object",
                "concurrency": 16,
                "base-url": format!("http://127.0.0.1:{}/v1", self.port),
            }},
        })
    }
}

fn serve(stream: &TcpStream, state: &State, decide: &dyn Fn(&str, usize) -> Reply) {
    let Some(body) = request(stream) else { return };
    let facts = facts(&body);
    let name = facts["name"].as_str().unwrap_or_default().to_owned();
    let nth = {
        let mut asked = state.asked.lock().unwrap();
        asked.push(name.clone());
        asked.len() - 1
    };
    let reply = decide(&name, nth);
    let is_gone = match reply {
        Reply::After(time) => leaves_within(stream, time),
        Reply::Held => loop {
            if leaves_within(stream, Duration::from_millis(5)) {
                break true;
            }
            if state.open.load(Ordering::Acquire) {
                break false;
            }
        },
        Reply::Status(_) => false,
    };
    if is_gone {
        state.aborted.fetch_add(1, Ordering::AcqRel);
        return;
    }
    let (status, body) = match reply {
        Reply::Status(status) => (status, json!({"error": {"message": "not today"}})),
        _ => (200, answer(&facts, &name)),
    };
    let body = body.to_string();
    let mut stream = stream;
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    state.answered.fetch_add(1, Ordering::AcqRel);
}

/// Whether the other side closes within `time`, which is waited for in any case.
fn leaves_within(stream: &TcpStream, time: Duration) -> bool {
    stream.set_read_timeout(Some(time.max(Duration::from_millis(1)))).unwrap();
    match stream.peek(&mut [0]) {
        Ok(0) => true,
        Ok(_) => false,
        Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
    }
}

fn request(stream: &TcpStream) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).ok()? > 2 {}
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
    })?;
    let mut bytes = vec![0; length];
    reader.read_exact(&mut bytes).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// The facts in the last message.
fn facts(body: &Value) -> Value {
    let messages = body["messages"].as_array().expect("messages");
    let question = messages.last().and_then(|last| last["content"].as_str()).expect("a text");
    // A question of somebody else has none.
    let Some((_, rest)) = question.split_once("Facts:") else { return Value::Null };
    let start = rest.find('{').expect("an object");
    let mut objects = serde_json::Deserializer::from_str(&rest[start..]).into_iter::<Value>();
    objects.next().expect("an object").expect("JSON")
}

fn answer(facts: &Value, name: &str) -> Value {
    let named = |key: &str, words: &str| -> Vec<Value> {
        let list = facts[key].as_array().cloned().unwrap_or_default();
        list.iter().map(|item| json!({"name": item["name"], "description": words})).collect()
    };
    let mut content = json!({
        "summary": format!("Do {name}."),
        "description": null,
        "params": named("params", "The value."),
        "raises": named("raises", "If it goes wrong."),
        "attributes": named("attributes", "The value."),
    });
    for key in ["returns", "yields"] {
        if facts.get(key).is_some() {
            content[key] = json!("The result.");
        }
    }
    json!({
        "id": "chat-1",
        "object": "chat.completion",
        "created": 1,
        "model": "tiny-1",
        "choices": [{"index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": content.to_string()}}],
        "usage": {"prompt_tokens": 31, "completion_tokens": 5, "total_tokens": 36},
    })
}
