//! A client of the real binary over pipes, strict about what it gets.
//!
//! Every message has to be well framed, every request has to be answered exactly
//! once. Every wait is bounded. No process is left behind.
//!
//! Nothing that a client did not announce may be used (`announced`). With
//! `LSP_TEST_MESSAGES` naming a file, every message is written there, for a
//! validator of the protocol's own types (`.ci/messages`).
//!
//! # What the tests cover
//!
//! What other servers failed at, and the test that this one does not:
//!
//! | | behaviour | test |
//! |--:|---|---|
//! | 1 | hundreds of pipelined changes and requests: no stale text | `lsp_concurrency`: `changes_and_requests_are_seen_in_the_order_of_arrival` |
//! | 2 | slow jobs hold up nothing; cancelling reaches the provider | `lsp_jobs`: `slow_jobs_hold_up_nothing`, `lsp_cancel`: all |
//! | 3 | every way to end, with work in flight | `lsp_lifecycle`: `f01` to `f03`, `a_dead_client_…`; `lsp_cancel`: `the_end_of_the_input_…`, `shutdown_…` |
//! | 4 | a panic is one error, logged once | `lsp_lifecycle`: `f09_…` |
//! | 5 | a late answer to a cancelled request | `lsp_concurrency`: `a_late_answer_to_a_cancelled_request_does_no_harm` |
//! | 6 | notifications pass requests that wait for the client; a refresh is answered late | `lsp_concurrency`: `notifications_pass_…`; `lsp_diagnostics`: `a_refresh_…` |
//! | 7 | broken frames, JSON, UTF-8, lengths, headers | `lsp_lifecycle`: `f06_…` to `f08_…` |
//! | 8 | bad changes and version gaps are flagged and healed | `lsp_features`: `f14_…` |
//! | 9 | custom requests without parameters | `lsp_lifecycle`: `custom_requests_take_any_absence_of_parameters` |
//! | 10 | encodings, line ends, byte order mark, places past the end | `lsp_features`: `positions_count_what_was_negotiated`, `f13_…` |
//! | 11 | refused edits; clients without `applyEdit`, versions or annotations | `lsp_jobs`: `edits_are_…`; `lsp_clients`: all |
//! | 12 | progress: refused, cancelled before it begins, ended once | `lsp_jobs`: `progress_…` |
//! | 13 | several servers and folders, any URI | `lsp_lifecycle`: `two_servers_share_nothing`; `lsp_features`: `f17_…` |
//! | 14 | memory comes back; start and idle memory | `lsp_concurrency`: `closed_documents_are_forgotten`, `lsp_lifecycle`: `starts_soon_and_small`; `lsp_torture` |

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its part")]

pub mod announced;
pub mod editor;
pub mod provider;

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long to wait for anything. Generous: the machine may be busy.
pub const LIMIT: Duration = Duration::from_secs(20);

pub const URI: &str = "file:///nowhere/sample.py";
pub const SAMPLE: &str = "def add(a, b):\n    return a + b\n";

enum Event {
    Message(Value),
    Bad(String),
    End,
}

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    events: Receiver<Event>,
    errors: Option<std::thread::JoinHandle<String>>,
    last: i64,
    /// Requests without an answer yet.
    open: HashMap<i64, String>,
    answers: HashMap<i64, Value>,
    /// Answers without an id.
    pub anonymous: Vec<Value>,
    /// Notifications of the server.
    pub notes: Vec<Value>,
    /// Its diagnostics, which it publishes when it likes.
    pub published: Vec<Value>,
    /// Requests of the server.
    pub asked: Vec<Value>,
    /// What the server's requests are answered with; others get `null`.
    pub replies: HashMap<String, Value>,
    /// Methods whose requests get no reply.
    pub silent: HashSet<String>,
    ended: bool,
    /// What was announced.
    capabilities: Value,
    /// Tokens under which progress may be told, and whether it has begun.
    tokens: HashMap<String, bool>,
    /// Where the server keeps its state.
    _state: tempfile::TempDir,
}

/// Capabilities of an able client.
pub fn rich() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16"]},
        "window": {"workDoneProgress": true},
        "workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true}},
        "textDocument": {
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
        },
    })
}

/// `capabilities` with `value` at `pointer`, made as needed.
pub fn with(mut capabilities: Value, pointer: &str, value: Value) -> Value {
    let mut at = &mut capabilities;
    for key in pointer.split('/').skip(1) {
        at = &mut at[key];
    }
    *at = value;
    capabilities
}

pub fn at(line: u32, character: u32) -> Value {
    json!({"line": line, "character": character})
}

pub fn range(start: (u32, u32), end: (u32, u32)) -> Value {
    json!({"start": at(start.0, start.1), "end": at(end.0, end.1)})
}

pub fn frame(message: &Value) -> Vec<u8> {
    let body = message.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

pub fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

impl Client {
    /// A server, and nothing said yet.
    pub fn spawn() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_docstring-ls"));
        command.arg("serve").env("DOCSTRING_LS_TEST", "1").env("DOCSTRING_LS_LOG", "warn");
        // Whoever runs the tests may have a configuration.
        command.env("XDG_CONFIG_HOME", "/nowhere").current_dir(std::env::temp_dir());
        // What it counts must not end up with what they count.
        let state = tempfile::tempdir().expect("a folder");
        command.env("XDG_STATE_HOME", state.path()).env("XDG_CACHE_HOME", state.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the server starts");
        let (sender, events) = channel();
        let output = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let event = match read(&mut output) {
                    Ok(Some(message)) => Event::Message(message),
                    Ok(None) => Event::End,
                    Err(error) => Event::Bad(error),
                };
                let over = !matches!(event, Event::Message(_));
                if sender.send(event).is_err() || over {
                    return;
                }
            }
        });
        let mut errors = child.stderr.take().unwrap();
        let errors = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            text
        });
        Self {
            input: child.stdin.take(),
            child,
            events,
            errors: Some(errors),
            last: 0,
            open: HashMap::new(),
            answers: HashMap::new(),
            anonymous: Vec::new(),
            notes: Vec::new(),
            published: Vec::new(),
            asked: Vec::new(),
            replies: HashMap::from([("workspace/applyEdit".to_owned(), json!({"applied": true}))]),
            silent: HashSet::new(),
            ended: false,
            capabilities: Value::Null,
            tokens: HashMap::new(),
            _state: state,
        }
    }

    /// A server that is initialized for these capabilities.
    pub fn start(capabilities: Value) -> Self {
        Self::start_with(json!({"processId": null, "rootUri": null, "capabilities": capabilities}))
            .0
    }

    /// A server with these parameters of `initialize`, and its answer.
    pub fn start_with(params: Value) -> (Self, Value) {
        let mut client = Self::spawn();
        let result = client.result("initialize", params);
        client.notify("initialized", json!({}));
        (client, result)
    }

    /// A server with one open document.
    pub fn with_document(capabilities: Value, text: &str) -> Self {
        let mut client = Self::start(capabilities);
        client.did_open(URI, "python", text);
        client
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().expect("the input is open");
        // A server that has left is noticed by what is waited for.
        let _ = input.write_all(bytes).and_then(|()| input.flush());
    }

    /// Sends a request; its id.
    pub fn post(&mut self, method: &str, params: Value) -> i64 {
        let (id, bytes) = self.prepared(method, params);
        self.raw(&bytes);
        id
    }

    /// A request that is counted as sent, to be sent with [`Client::raw`].
    pub fn prepared(&mut self, method: &str, params: Value) -> (i64, Vec<u8>) {
        self.last += 1;
        let id = self.last;
        self.open.insert(id, method.to_owned());
        if method == "initialize" {
            self.capabilities = params["capabilities"].clone();
        }
        if let Some(token) = params.get("workDoneToken") {
            self.tokens.insert(token.to_string(), false);
        }
        let message = if params == Value::Null {
            json!({"jsonrpc": "2.0", "id": id, "method": method})
        } else {
            json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        };
        (id, frame(&message))
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.raw(&frame(&json!({"jsonrpc": "2.0", "method": method, "params": params})));
    }

    pub fn did_open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({"uri": uri, "languageId": language, "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub fn did_change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({"uri": uri, "version": version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        self.notify("textDocument/didChange", params);
    }

    /// Takes in the next message; `false` at the end of the output.
    pub fn step(&mut self, deadline: Instant) -> bool {
        if self.ended {
            return false;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        match self.events.recv_timeout(left) {
            Ok(Event::Message(message)) => self.take(message),
            Ok(Event::Bad(error)) => panic!("the server's output: {error}"),
            Err(RecvTimeoutError::Timeout) => {
                panic!(
                    "nothing came; open requests: {:?}; last: {:?}",
                    self.open,
                    self.notes.last()
                )
            }
            Ok(Event::End) | Err(RecvTimeoutError::Disconnected) => self.ended = true,
        }
        !self.ended
    }

    fn take(&mut self, message: Value) {
        assert_eq!(message["jsonrpc"], "2.0", "{message}");
        let method = message["method"].as_str().map(str::to_owned);
        self.judge(&message);
        match (method, message.get("id").cloned()) {
            (Some(method), Some(id)) => {
                self.asked.push(message);
                if !self.silent.contains(&method) {
                    let result = self.replies.get(&method).cloned().unwrap_or_default();
                    self.answer(&id, &result);
                }
            }
            (Some(method), None) if method == "textDocument/publishDiagnostics" => {
                self.published.push(message["params"].clone());
            }
            (Some(_), None) => self.notes.push(message),
            (None, Some(Value::Null)) => self.anonymous.push(message),
            (None, Some(id)) => {
                let id = id.as_i64().expect("an id of ours");
                let method = self.open.remove(&id);
                assert!(method.is_some(), "answered twice or never asked: {message}");
                let both = message.get("result").is_some() == message.get("error").is_some();
                assert!(!both, "neither or both of result and error: {message}");
                self.answers.insert(id, message);
            }
            (None, None) => panic!("neither a call nor an answer: {message}"),
        }
    }

    /// Nothing unannounced, every progress begun and ended once.
    fn judge(&mut self, message: &Value) {
        let answers = message["id"].as_i64().and_then(|id| self.open.get(&id)).cloned();
        let answers = answers.filter(|_| message.get("method").is_none());
        record(message, answers.as_deref());
        let tokens = self.tokens.keys().cloned().collect();
        let faults =
            announced::unannounced(&self.capabilities, message, answers.as_deref(), &tokens);
        assert!(faults.is_empty(), "{faults:?}: {message}");
        let params = &message["params"];
        match message["method"].as_str() {
            Some("window/workDoneProgress/create") => {
                let again = self.tokens.insert(params["token"].to_string(), false);
                assert_eq!(again, None, "made twice: {message}");
            }
            Some("$/progress") => {
                let token = params["token"].to_string();
                let has_begun = self.tokens[&token];
                match params["value"]["kind"].as_str() {
                    Some("begin") => assert!(!has_begun, "begun twice: {message}"),
                    Some("report" | "end") => assert!(has_begun, "not begun: {message}"),
                    _ => panic!("no progress: {message}"),
                }
                if params["value"]["kind"] == "end" {
                    self.tokens.remove(&token);
                } else {
                    self.tokens.insert(token, true);
                }
            }
            _ => {}
        }
    }

    /// Answers a request of the server.
    pub fn answer(&mut self, id: &Value, result: &Value) {
        self.raw(&frame(&json!({"jsonrpc": "2.0", "id": id, "result": result})));
    }

    /// Waits until `done` says so.
    pub fn until<T>(&mut self, mut done: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            if let Some(value) = done(self) {
                return value;
            }
            assert!(self.step(deadline), "the server has left: {}", self.errors());
        }
    }

    /// The answer to a request.
    pub fn wait(&mut self, id: i64) -> Value {
        self.until(|client| client.answers.remove(&id))
    }

    /// The answer to a request, if it has come.
    pub fn answered(&mut self, id: i64) -> Option<Value> {
        self.answers.remove(&id)
    }

    /// Takes in what has come.
    pub fn take_all(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            match event {
                Event::Message(message) => self.take(message),
                Event::Bad(error) => panic!("the server's output: {error}"),
                Event::End => panic!("the server has left: {}", self.errors()),
            }
        }
    }

    /// Asks again and again until `done` says so, about what nobody tells of.
    pub fn until_so(&mut self, mut done: impl FnMut(&mut Self) -> bool) {
        let deadline = Instant::now() + LIMIT;
        while !done(self) {
            assert!(Instant::now() < deadline, "it did not happen");
            self.result("docstring-ls/_jobs", json!({}));
        }
    }

    /// The same about what other threads do.
    pub fn until_elsewhere(&mut self, mut done: impl FnMut() -> bool) {
        self.until_so(|_| done());
    }

    /// Waits until no job is running.
    pub fn until_idle(&mut self) {
        self.until_so(|client| client.result("docstring-ls/_jobs", json!({})) == 0);
    }

    /// From now on as if the client had announced this.
    pub fn announces(&mut self, pointer: &str) {
        let capabilities = std::mem::take(&mut self.capabilities);
        self.capabilities = with(capabilities, pointer, json!(true));
    }

    /// Memory that the server has allocated in KiB: what is resident, its own code not counted,
    /// of which more and more is read in.
    #[cfg(target_os = "linux")]
    pub fn kilobytes(&self) -> i64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    pub fn has_answer(&self, id: i64) -> bool {
        self.answers.contains_key(&id)
    }

    /// The answer to a new request.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.post(method, params);
        self.wait(id)
    }

    /// The result of a new request.
    pub fn result(&mut self, method: &str, params: Value) -> Value {
        let answer = self.ask(method, params);
        answer.get("result").unwrap_or_else(|| panic!("{method}: {answer}")).clone()
    }

    /// The next notification of this method.
    pub fn note(&mut self, method: &str) -> Value {
        self.until(|client| {
            let index = client.notes.iter().position(|note| note["method"] == method)?;
            Some(client.notes.remove(index)["params"].clone())
        })
    }

    /// The next published diagnostics of a document.
    pub fn diagnostics(&mut self, uri: &str) -> Value {
        self.until(|client| {
            let index = client.published.iter().position(|params| params["uri"] == uri)?;
            Some(client.published.remove(index))
        })
    }

    /// The next request of this method.
    pub fn request(&mut self, method: &str) -> Value {
        self.until(|client| {
            let index = client.asked.iter().position(|asked| asked["method"] == method)?;
            Some(client.asked.remove(index))
        })
    }

    pub fn hover(&mut self, line: u32, character: u32) -> Value {
        let document = json!({"uri": URI});
        let params = json!({"textDocument": document, "position": at(line, character)});
        self.result("textDocument/hover", params)
    }

    pub fn actions_params(line: u32, character: u32, context: Value) -> Value {
        let here = at(line, character);
        let mut context = context;
        context["diagnostics"] = json!([]);
        json!({"textDocument": {"uri": URI}, "range": {"start": here, "end": here}, "context": context})
    }

    pub fn actions(&mut self, line: u32, character: u32) -> Vec<Value> {
        let params = Self::actions_params(line, character, json!({}));
        let result = self.result("textDocument/codeAction", params);
        result.as_array().cloned().unwrap_or_default()
    }

    pub fn command(&mut self, name: &str, argument: Value) -> Value {
        let params = json!({"command": name, "arguments": [argument]});
        self.result("workspace/executeCommand", params)
    }

    /// The text of a document as the server has it.
    pub fn text(&mut self, uri: &str) -> String {
        let result = self.result("docstring-ls/_text", json!({"uri": uri}));
        result["text"].as_str().unwrap_or_else(|| panic!("{result}")).to_owned()
    }

    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Waits for the end of the process, within `limit`: its exit status and stderr.
    pub fn end_within(&mut self, limit: Duration) -> (i32, String) {
        let deadline = Instant::now() + limit;
        while self.step(deadline) {}
        let code = self.child.wait().expect("the server ends").code();
        (code.expect("no signal"), self.errors())
    }

    fn errors(&mut self) -> String {
        let _ = self.child.kill();
        let errors = self.errors.take().map(std::thread::JoinHandle::join);
        errors.and_then(Result::ok).unwrap_or_default()
    }

    /// Leaves in order; every request has to be answered by then.
    pub fn finish(mut self) -> String {
        assert_eq!(self.ask("shutdown", Value::Null)["result"], Value::Null);
        assert!(self.open.is_empty(), "unanswered: {:?}", self.open);
        self.notify("exit", json!({}));
        let (code, errors) = self.end_within(LIMIT);
        assert_eq!(code, 0, "{errors}");
        errors
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(output: &mut impl BufRead) -> Result<Option<Value>, String> {
    let mut header = String::new();
    if output.read_line(&mut header).map_err(|error| error.to_string())? == 0 {
        return Ok(None);
    }
    let length = header.strip_prefix("Content-Length: ").and_then(|n| n.strip_suffix("\r\n"));
    let length = length.and_then(|n| n.parse().ok()).ok_or(format!("header {header:?}"))?;
    let mut blank = [0; 2];
    output.read_exact(&mut blank).map_err(|error| error.to_string())?;
    if &blank != b"\r\n" {
        return Err(format!("after the header: {blank:?}"));
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).map_err(|error| error.to_string())?;
    serde_json::from_slice(&body).map(Some).map_err(|error| error.to_string())
}

/// Writes a message of the server down, if a validator wants to see it.
fn record(message: &Value, answers: Option<&str>) {
    #[expect(clippy::disallowed_methods, reason = "these are tests, which have no configuration")]
    let Some(path) = std::env::var_os("LSP_TEST_MESSAGES") else { return };
    // The protocol has no types for the results of our own requests.
    if answers.is_some_and(|method| method.starts_with("docstring-ls/")) {
        return;
    }
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    // One call, so that the lines of parallel tests do not mix.
    let line = json!({"answers": answers, "message": message}).to_string() + "\n";
    file.write_all(line.as_bytes()).unwrap();
}

/// The byte at a position, counting in `units` of a character.
pub fn offset(text: &str, position: &Value, units: fn(char) -> usize) -> usize {
    let (line, character) = (&position["line"], &position["character"]);
    let mut at = 0;
    let mut rest = line.as_u64().unwrap();
    let bytes = text.as_bytes();
    while rest > 0 {
        match bytes.get(at) {
            None => return text.len(),
            Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => (at, rest) = (at + 2, rest - 1),
            Some(b'\r' | b'\n') => (at, rest) = (at + 1, rest - 1),
            Some(_) => at += 1,
        }
    }
    let mut left = usize::try_from(character.as_u64().unwrap()).unwrap();
    for letter in text[at..].chars() {
        if left == 0 {
            break;
        }
        left -= units(letter);
        at += letter.len_utf8();
    }
    at
}

/// Applies `TextEdit`s of one document, counting in `units` of a character.
pub fn applied(text: &str, edits: &Value, units: fn(char) -> usize) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .expect("a list of edits")
        .iter()
        .map(|edit| {
            let range = &edit["range"];
            let new = edit["newText"].as_str().expect("a text edit");
            let (start, end) = (&range["start"], &range["end"]);
            (offset(text, start, units), offset(text, end, units), new)
        })
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.0));
    let mut text = text.to_owned();
    for (start, end, new) in edits {
        text.replace_range(start..end, new);
    }
    text
}
