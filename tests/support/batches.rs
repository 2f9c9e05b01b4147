//! A server with the batch endpoints of Anthropic and `OpenAI`: it takes questions, answers
//! them in another order when it is asked often enough, and tells what it was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::chat::fitting;

/// What the server was asked, and what it holds.
#[derive(Default)]
struct State {
    /// The questions of each batch: names and bodies.
    batches: Vec<Vec<(String, Value)>>,
    /// Files that were handed in.
    files: Vec<String>,
    /// Looks at batches.
    looks: usize,
    /// Looks after which a batch has ended.
    ends_after: usize,
    /// Questions that were asked singly.
    singly: Vec<Value>,
    /// Every request: its first line, its headers, its body.
    requests: Vec<String>,
    /// What the next request to hand in a batch gets instead.
    refusal: Option<(u16, Value)>,
}

/// The server, until the test ends.
pub struct Server {
    pub url: String,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Server {
    /// A server whose batches have ended at the look after so many.
    pub fn start(ends_after: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = State { ends_after, ..State::default() };
        let state = Arc::new((Mutex::new(state), Condvar::new()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = Arc::clone(&shared);
                std::thread::spawn(move || serve(&stream, &state));
            }
        });
        Self { url, state }
    }

    fn with<T>(&self, see: impl FnOnce(&mut State) -> T) -> T {
        see(&mut self.state.0.lock().unwrap())
    }

    /// Batches end at the next look.
    pub fn release(&self) {
        self.with(|state| state.ends_after = 0);
    }

    /// The next batch is not taken.
    pub fn refuse(&self, status: u16, body: Value) {
        self.with(|state| state.refusal = Some((status, body)));
    }

    /// Waits until somebody has looked at a batch.
    pub fn await_look(&self) {
        let state = self.state.0.lock().unwrap();
        let patience = Duration::from_mins(1);
        let looked = |state: &mut State| state.looks == 0;
        let (state, time) = self.state.1.wait_timeout_while(state, patience, looked).unwrap();
        assert!(!time.timed_out(), "{:?}", state.requests);
    }

    /// How many questions each batch had.
    pub fn batches(&self) -> Vec<usize> {
        self.with(|state| state.batches.iter().map(Vec::len).collect())
    }

    pub fn looks(&self) -> usize {
        self.with(|state| state.looks)
    }

    /// How many questions were asked singly.
    pub fn singly(&self) -> usize {
        self.with(|state| state.singly.len())
    }

    pub fn requests(&self) -> Vec<String> {
        self.with(|state| state.requests.clone())
    }

    /// A user's configuration with this server as its provider.
    pub fn config(&self, dialect: &str) -> String {
        let base = if dialect == "anthropic" { "" } else { "/v1" };
        format!(
            "provider = \"mock\"\n[providers.mock]\ndialect = \"{dialect}\"\nmodel = \"m\"\n\
             base-url = \"{}{base}\"\napi-key-env = \"MOCK_KEY\"\nbatches = true\n\
             [providers.mock.prices]\ninput = 2\noutput = 10\n",
            self.url
        )
    }
}

fn serve(stream: &TcpStream, state: &(Mutex<State>, Condvar)) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line.trim().is_empty() {
                break;
            }
            if let Some(("content-length", value)) = line.trim().split_once(": ") {
                length = value.parse().unwrap();
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        let mut words = head.split(' ');
        let call = format!("{} {}", words.next().unwrap(), words.next().unwrap());
        let (status, kind, answer) = {
            let mut kept = state.0.lock().unwrap();
            kept.requests.push(format!("{head}\n{body}"));
            answer(&call, &body, &mut kept)
        };
        state.1.notify_all();
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        // A client that has left needs no answer.
        let _ = (&mut &*stream).write_all([head, answer].concat().as_bytes());
    }
}

fn answer(call: &str, body: &str, state: &mut State) -> (u16, &'static str, String) {
    const JSON: &str = "application/json";
    let (path, number) = match call.rsplit_once(['_']) {
        Some((path, rest)) => {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            (format!("{path}_{}", &rest[digits.len()..]), digits.parse::<usize>().unwrap_or(0))
        }
        None => (call.to_owned(), 0),
    };
    let hands_in = matches!(path.as_str(), "POST /v1/messages/batches" | "POST /v1/batches");
    if hands_in && let Some((status, body)) = state.refusal.take() {
        return (status, JSON, body.to_string());
    }
    let body_json: Value = serde_json::from_str(body).unwrap_or_default();
    let value = match path.as_str() {
        "POST /v1/messages/batches" => {
            let requests = body_json["requests"].as_array().unwrap();
            let item =
                |one: &Value| (one["custom_id"].as_str().unwrap().into(), one["params"].clone());
            state.batches.push(requests.iter().map(item).collect());
            json!({"id": format!("msgbatch_{}", state.batches.len() - 1), "type": "message_batch",
                   "processing_status": "in_progress", "results_url": null})
        }
        "GET /v1/messages/batches/msgbatch_" => {
            state.looks += 1;
            let len = state.batches[number].len();
            let has_ended = state.looks > state.ends_after;
            // Nothing else may be called by the address that is given here.
            json!({"id": format!("msgbatch_{number}"), "type": "message_batch",
                   "processing_status": if has_ended { "ended" } else { "in_progress" },
                   "request_counts": {"processing": len, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0},
                   "results_url": "http://127.0.0.1:1/elsewhere"})
        }
        "GET /v1/messages/batches/msgbatch_/results" => {
            let lines = state.batches[number].iter().rev().map(|(name, body)| {
                let result = match words_for(body) {
                    Ok(text) => json!({"type": "succeeded", "message": message(&text)}),
                    Err(error) => json!({"type": "errored", "error": error}),
                };
                format!("{}\n", json!({"custom_id": name, "result": result}))
            });
            return (200, "application/x-jsonl", lines.collect());
        }
        "POST /v1/messages" => {
            state.singly.push(body_json.clone());
            message(&fitting(schema(&body_json)).to_string())
        }
        "POST /v1/files" => {
            assert!(body.contains("name=\"purpose\"\r\n\r\nbatch\r\n"), "{body}");
            state.files.push(body.to_owned());
            json!({"id": format!("file-in_{}", state.files.len() - 1), "object": "file"})
        }
        "POST /v1/batches" => {
            assert_eq!(body_json["completion_window"], "24h");
            let file = body_json["input_file_id"].as_str().unwrap();
            let file: usize = file.strip_prefix("file-in_").unwrap().parse().unwrap();
            let lines = state.files[file].lines().filter(|line| line.starts_with("{\"custom_id\""));
            let item = |line: &str| {
                let item: Value = serde_json::from_str(line).unwrap();
                assert_eq!(
                    (&item["method"], &item["url"]),
                    (&json!("POST"), &body_json["endpoint"])
                );
                (item["custom_id"].as_str().unwrap().to_owned(), item["body"].clone())
            };
            let items = lines.map(item).collect();
            state.batches.push(items);
            json!({"id": format!("batch_{}", state.batches.len() - 1), "status": "validating"})
        }
        "GET /v1/batches/batch_" => {
            state.looks += 1;
            let has_ended = state.looks > state.ends_after;
            json!({"id": format!("batch_{number}"), "status": if has_ended { "completed" } else { "in_progress" },
                   "request_counts": {"total": state.batches[number].len(), "completed": 0, "failed": 0},
                   "output_file_id": has_ended.then(|| format!("file-good_{number}")),
                   "error_file_id": has_ended.then(|| format!("file-bad_{number}"))})
        }
        "GET /v1/files/file-good_/content" | "GET /v1/files/file-bad_/content" => {
            let is_good = path.contains("good");
            let lines = state.batches[number].iter().rev().filter_map(|(name, body)| {
                let response = match words_for(body) {
                    Ok(text) if is_good => json!({"status_code": 200, "body": completion(&text)}),
                    Err(error) if !is_good => json!({"status_code": 500, "body": error}),
                    _ => return None,
                };
                let line =
                    json!({"id": "x", "custom_id": name, "response": response, "error": null});
                Some(format!("{line}\n"))
            });
            return (200, "application/octet-stream", lines.collect());
        }
        "POST /v1/chat/completions" => {
            state.singly.push(body_json.clone());
            completion(&fitting(schema(&body_json)).to_string())
        }
        _ => return (404, JSON, json!({"error": {"message": "not found"}}).to_string()),
    };
    (200, JSON, value.to_string())
}

/// What is said about a symbol: by its name it is in error, or what comes is no content.
fn words_for(body: &Value) -> Result<String, Value> {
    let question = body.to_string();
    if question.contains("def errored") {
        let error = json!({"type": "api_error", "message": "Internal server error"});
        return Err(json!({"type": "error", "error": error, "request_id": "req_1"}));
    }
    if question.contains("def malformed") {
        return Ok("{\"summary\": 7".to_owned());
    }
    Ok(fitting(schema(body)).to_string())
}

fn schema(body: &Value) -> &Value {
    let places = ["/output_config/format/schema", "/response_format/json_schema/schema"];
    places.iter().find_map(|place| body.pointer(place)).unwrap()
}

fn message(text: &str) -> Value {
    json!({"type": "message", "role": "assistant", "model": "m-1", "stop_reason": "end_turn",
           "content": [{"type": "text", "text": text}],
           "usage": {"input_tokens": 1000, "output_tokens": 100}})
}

fn completion(text: &str) -> Value {
    json!({"object": "chat.completion", "model": "m-1",
           "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
           "usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}})
}
