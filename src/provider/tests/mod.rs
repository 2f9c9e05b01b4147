//! The wire formats on recorded responses, over a transport that plays them.

mod anthropic;
mod batch;
mod contract;
mod gemini;
mod ollama;
mod openai_chat;
mod openai_responses;
mod remote;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::fixture::recorded;
use super::http::{HttpRequest, HttpResponse, Transport, TransportError};
use super::{
    Answer, BoxFuture, Capabilities, Completion, CompletionRequest, Dialect, KeySource, Prompt,
    Provider, ProviderError, ProviderId, Quirks, Remote, Repair, Settings, Structured,
};
use crate::docstring::{Language, Symbol, SymbolKind};

/// The key of the tests; it must be found nowhere.
pub(super) const KEY: &str = "sk-CANARY-0123456789";

/// What the transport plays.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// Bytes in a piece.
    pub(super) piece: usize,
    /// What happens instead of the end of the body.
    pub(super) fault: Option<TransportError>,
}

impl Reply {
    /// The response recorded in this file.
    pub(super) fn recorded(name: &str) -> Self {
        let recorded = recorded(name);
        let body = recorded.body.into_bytes();
        let (status, headers) = (recorded.status, recorded.headers);
        Self { status, headers, body, piece: usize::MAX, fault: None }
    }

    /// A JSON body.
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, "application/json", &body.to_string())
    }

    /// Some body.
    pub(super) fn text(status: u16, kind: &str, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), kind.to_owned())];
        let body = body.as_bytes().to_vec();
        Self { status, headers, body, piece: usize::MAX, fault: None }
    }

    /// A stream of events.
    pub(super) fn events(events: &[Value]) -> Self {
        let parts: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let body = parts.concat();
        Self::text(200, "text/event-stream; charset=utf-8", &body)
    }

    pub(super) fn in_pieces(mut self, piece: usize) -> Self {
        self.piece = piece;
        self
    }

    /// The connection breaks off after so many bytes.
    pub(super) fn cut(mut self, at: usize) -> Self {
        self.body.truncate(at);
        self.fault = Some(TransportError::Broken);
        self
    }
}

/// A request as it was sent.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    /// The header with the key.
    pub(super) secret: Option<String>,
    /// As JSON, as a text that is none, or null for none.
    pub(super) body: Value,
}

/// A transport with prepared replies.
#[derive(Default)]
pub(super) struct Scripted {
    replies: Mutex<VecDeque<Result<Reply, TransportError>>>,
    sent: Mutex<Vec<Sent>>,
}

impl Transport for Scripted {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        assert!(!format!("{request:?}").contains("CANARY"), "the key is shown");
        self.sent.lock().unwrap().push(Sent {
            url: request.url,
            headers: request.headers,
            secret: request.secret.map(|(name, _)| name.to_owned()),
            body: request.body.map_or(Value::Null, |body| {
                let text = String::from_utf8(body).expect("text");
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }),
        });
        let reply = self.replies.lock().unwrap().pop_front().expect("no further call");
        Box::pin(async move {
            let reply = reply?;
            let pieces: Vec<Result<Vec<u8>, TransportError>> = reply
                .body
                .chunks(reply.piece.clamp(1, 1 << 20))
                .map(|piece| Ok(piece.to_vec()))
                .chain(reply.fault.map(Err))
                .collect();
            let body = Box::pin(futures_util::stream::iter(pieces));
            Ok(HttpResponse { status: reply.status, headers: reply.headers, body })
        })
    }
}

/// A key that is there.
pub(super) fn key() -> KeySource {
    KeySource::Environment { variable: "KEY".to_owned(), value: Some(KEY.into()) }
}

/// A provider of this dialect as a user would configure it.
pub(super) fn settings(dialect: Dialect) -> Settings {
    Settings {
        id: ProviderId("mine".into()),
        dialect,
        base_url: "https://api.example/v1".to_owned(),
        key: Some(key()),
        auth: None,
        headers: Vec::new(),
        capabilities: Capabilities {
            structured: Structured::Schema,
            context: 32_768,
            max_output: 4_096,
            ..Capabilities::unknown(dialect.id(), "a-model")
        },
        effort: None,
        quirks: Quirks::default(),
        ca_bundle: None,
    }
}

/// Settings that ask for the answer as a whole.
pub(super) fn unstreamed(dialect: Dialect) -> Settings {
    let mut settings = settings(dialect);
    settings.capabilities.streaming = false;
    settings
}

/// A question about a function.
pub(super) fn question() -> CompletionRequest {
    let symbol = Symbol::new(Language::Python, SymbolKind::Function, "load");
    let prompt = Prompt {
        system: "You write docstrings.".to_owned(),
        context: "The file.".to_owned(),
        user: "def load(path): ...".to_owned(),
        schema: json!({
            "type": "object",
            "properties": { "summary": { "type": "string" } },
            "required": ["summary"],
            "additionalProperties": false,
        }),
        max_output: 700,
    };
    CompletionRequest::prompted(Arc::new(symbol), Arc::new(prompt))
}

/// The second turn about an answer that was not accepted.
pub(super) fn repair() -> CompletionRequest {
    let problems = vec!["`/summary` is empty".to_owned(), "`/params` is missing".to_owned()];
    let repair = Repair { answer: r#"{"summary":""}"#.to_owned(), problems };
    CompletionRequest { repair: Some(repair), ..question() }
}

/// A provider on prepared replies.
pub(super) fn remote(
    settings: Settings,
    replies: impl IntoIterator<Item = Result<Reply, TransportError>>,
) -> (Remote, Arc<Scripted>) {
    let scripted =
        Scripted { replies: Mutex::new(replies.into_iter().collect()), ..Scripted::default() };
    let scripted = Arc::new(scripted);
    (Remote::new(settings, Arc::clone(&scripted) as Arc<dyn Transport>), scripted)
}

/// Asks, in virtual time; no text that comes back may hold the key or the question.
pub(super) fn ask(
    remote: &Remote,
    request: &CompletionRequest,
) -> Result<Completion, ProviderError> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let answer = runtime.block_on(remote.complete(request));
    let shown = format!(
        "{answer:?} {}",
        answer.as_ref().err().map(ToString::to_string).unwrap_or_default()
    );
    assert!(!shown.contains("CANARY"), "{shown}");
    if answer.is_err() {
        assert!(!shown.contains("def load"), "{shown}");
    }
    answer
}

/// Asks the question of the tests and expects this one reply to be read.
pub(super) fn answer(settings: Settings, reply: Reply) -> Result<Completion, ProviderError> {
    ask(&remote(settings, [Ok(reply)]).0, &question())
}

/// The words of an answer.
#[track_caller]
pub(super) fn words(answer: Result<Completion, ProviderError>) -> String {
    match answer.expect("an answer").answer {
        Answer::Text(text) => text,
        Answer::Content(content) => panic!("content: {content}"),
    }
}

/// What is sent for a question.
#[track_caller]
pub(super) fn sent(settings: Settings, request: &CompletionRequest) -> Sent {
    let (remote, scripted) = remote(settings, [Err(TransportError::Connect)]);
    ask(&remote, request).unwrap_err();
    scripted.take().pop().expect("a request")
}

impl Scripted {
    /// The requests so far.
    pub(super) fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }
}
