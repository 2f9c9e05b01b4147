//! The servers of our tests and benches as a process, so that the providers' own client
//! libraries can judge them: `cargo test --test mocks -- serve` serves until its standard
//! input ends, and says first where. Without `serve` each is asked once.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may panic, and this one talks to a script"
)]
#![allow(dead_code, unreachable_pub, reason = "other tests need more of these servers")]

#[path = "support/chat.rs"]
mod chat;
#[path = "../benches/litellm/mock.rs"]
mod mock;
#[path = "common/provider.rs"]
mod provider;
#[path = "../benches/simulation/world.rs"]
mod world;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

/// Of the bench's server: its time, and where it stands there.
const SCALE: f64 = 20.0;
const PORTS: [u16; 3] = [18_741, 18_742, 18_743];

/// A server, and what of a client's checks it claims to pass.
struct Mock {
    name: &'static str,
    port: u16,
    claims: &'static [&'static str],
}

fn start() -> Vec<Mock> {
    let fitting = chat::Chat::start();
    let slow = provider::Chat::start(|_, _| provider::Reply::After(Duration::ZERO));
    let port = |url: &str| url.trim_end_matches("/v1").rsplit(':').next()?.parse().ok();
    let slow = slow.settings()["providers"]["slow"]["base-url"].as_str().and_then(port);
    vec![
        Mock {
            name: "tests/support/chat.rs",
            port: port(&fitting.url).unwrap(),
            claims: &["openai.chat", "openai.chat.stream", "openai.chat.json_schema"],
        },
        Mock {
            name: "tests/common/provider.rs",
            port: slow.unwrap(),
            claims: &["openai.chat", "openai.chat.json_schema"],
        },
        Mock {
            name: "benches/litellm/mock.rs",
            port: failing(),
            claims: &["openai.chat", "openai.chat.json_schema"],
        },
    ]
}

/// The bench's server on a port of its own, in a scenario in which nothing fails.
fn failing() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            mock::provide(vec![tokio::net::TcpListener::from_std(listener).unwrap()]).await;
        });
    });
    exchange(port, "GET /begin/instant/1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    port
}

/// What comes for these bytes, up to the end of what was announced.
fn exchange(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if length.is_some_and(|length| body.len() >= length.parse().unwrap()) {
                return body.to_owned();
            }
        }
        let read = stream.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "no whole answer: {text}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
}

/// Asks a plain question; the answer must have what every client wants of one.
fn ask(mock: &Mock) {
    let question = json!({"model": "m", "messages": [{"role": "user", "content": "Hello?"}]});
    let question = question.to_string();
    let answer = exchange(
        mock.port,
        &format!(
            "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{question}",
            question.len()
        ),
    );
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let has = |pointer: &str, is: fn(&Value) -> bool| {
        assert!(answer.pointer(pointer).is_some_and(is), "{}: {pointer}: {answer}", mock.name);
    };
    has("/object", |object| object == "chat.completion");
    has("/id", Value::is_string);
    has("/created", Value::is_u64);
    has("/choices/0/finish_reason", |reason| reason == "stop");
    has("/choices/0/message/content", Value::is_string);
    has("/usage/total_tokens", |total| total.as_u64() > Some(0));
}

fn main() {
    let mocks = start();
    mocks.iter().for_each(ask);
    if std::env::args().any(|argument| argument == "serve") {
        let mocks: Vec<Value> = mocks
            .iter()
            .map(|mock| json!({"name": mock.name, "port": mock.port, "claims": mock.claims}))
            .collect();
        println!("{}", Value::from(mocks));
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
    }
}
