//! Three providers that speak Chat Completions over HTTP/1.1 and fail by a scenario.
//!
//! What a call meets depends on the seed, the provider, the number of the question (in
//! its text as `question 17;`) and how often that provider was asked it: whoever asks
//! the same questions meets the same faults.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::world::{End, INPUT, OUTPUT, Scenario, World};
use super::{PORTS, SCALE};

type Now = Arc<Mutex<Option<Arc<World>>>>;

/// Serves until it is killed, or its standard input ends.
pub(crate) fn serve() {
    std::thread::spawn(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut listeners = Vec::new();
        for port in PORTS {
            listeners.push(TcpListener::bind(("127.0.0.1", port)).await.unwrap());
        }
        println!("ready");
        provide(listeners).await;
    });
}

/// Serves one provider on each of these.
pub(crate) async fn provide(listeners: Vec<TcpListener>) {
    let now = Now::default();
    let mut providers = tokio::task::JoinSet::new();
    for (index, listener) in listeners.into_iter().enumerate() {
        providers.spawn(provider(index, listener, Arc::clone(&now)));
    }
    providers.join_all().await;
}

async fn provider(index: usize, listener: TcpListener, now: Now) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let now = Arc::clone(&now);
        connections.spawn(async move {
            // A client that hangs up ends its connection here, and its call with it.
            let _ = connection(index, stream, &now).await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(index: usize, mut stream: TcpStream, now: &Now) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some((path, body)) = request(&mut stream, &mut buffer).await? else { return Ok(()) };
        let (status, headers, answer) = if path == "/v1/chat/completions" {
            let world = now.lock().unwrap().clone().expect("a scenario was chosen");
            let question = question(&body);
            let mut probe = [0; 1];
            tokio::select! {
                called = world.call(index, question) => respond(called.0),
                // Nothing is sent before the answer: this is the end of the connection.
                _ = stream.peek(&mut probe) => return Ok(()),
            }
        } else {
            (200, String::new(), control(&path, now))
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all(&[head.as_bytes(), answer.as_bytes()].concat()).await?;
    }
}

/// Path and body of the next request; `None` at the end.
async fn request(
    stream: &mut TcpStream,
    buffer: &mut Vec<u8>,
) -> std::io::Result<Option<(String, Vec<u8>)>> {
    loop {
        if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if buffer.len() >= end + 4 + length {
                let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
                let body = buffer[end + 4..end + 4 + length].to_vec();
                buffer.drain(..end + 4 + length);
                return Ok(Some((path, body)));
            }
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

fn question(body: &[u8]) -> u64 {
    let body = String::from_utf8_lossy(body);
    // Whoever has none asks the first.
    let number = body.split_once("question ").and_then(|(_, rest)| rest.split(';').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn respond(end: End) -> (u16, String, String) {
    let fail = |status: u16, kind: &str| {
        let error = json!({ "message": "it is a test", "type": kind, "code": kind });
        (status, String::new(), json!({ "error": error }).to_string())
    };
    match end {
        End::Good | End::Invalid => {
            let content = json!({ "ok": end == End::Good }).to_string();
            let message = json!({ "role": "assistant", "content": content });
            let choice = json!({ "index": 0, "message": message, "finish_reason": "stop" });
            let usage = json!({ "prompt_tokens": INPUT, "completion_tokens": OUTPUT,
                "total_tokens": INPUT + OUTPUT });
            let answer = json!({ "id": "x", "object": "chat.completion", "created": 1,
                "model": "model", "choices": [choice], "usage": usage });
            (200, String::new(), answer.to_string())
        }
        End::Overloaded => fail(503, "overloaded"),
        End::Auth => fail(401, "invalid_api_key"),
        End::Quota => fail(429, "insufficient_quota"),
        End::Limited(rest) => {
            let (status, _, answer) = fail(429, "rate_limit_exceeded");
            (status, format!("retry-after-ms: {}\r\n", (rest * 1e3 / SCALE).ceil()), answer)
        }
    }
}

/// `/begin/<scenario file>/<seed>` begins a run, `/bill` tells what it cost.
fn control(path: &str, now: &Now) -> String {
    let mut parts = path.trim_start_matches('/').split('/');
    if let (Some("begin"), Some(file), Some(seed)) = (parts.next(), parts.next(), parts.next()) {
        let (scenario, scale) = match file {
            "instant" => (Scenario::read("01-healthy"), f64::INFINITY),
            _ => (Scenario::read(file), SCALE),
        };
        let world = World::new(seed.parse().unwrap(), Arc::new(scenario), scale);
        *now.lock().unwrap() = Some(world);
        return "{}".to_owned();
    }
    let bill = now.lock().unwrap().as_ref().map(|world| world.bill()).unwrap_or_default();
    json!({ "cost": bill.cost, "calls": bill.calls }).to_string()
}
