//! The one provider behind all wire formats: gets the key, sends the request, reads the
//! answer as it comes, and says why there is none. A dialect is a [`Wire`], which knows
//! nothing of connections; the network is a [`Transport`], which knows nothing of models.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::Value;
use tokio::time::Instant;

use super::http::{HttpRequest, HttpResponse, Transport, TransportError};
use super::key::Key;
use super::reuse::Reuse;
use super::sse::{Event, Events, Framing};
use super::wire::{Call, Ending, Load, Outgoing, Reading, Refused, Repeats, Wire};
use super::{
    Answer, Batches, BoxFuture, Capabilities, Completion, CompletionRequest, Dialect, ErrorKind,
    Limits, Prompt, Provider, ProviderError, ProviderId, SecretStorage, Settings,
};
use super::{anthropic, classify, gemini, heal, models, ollama, openai_chat, openai_responses};

/// Most bytes of an answer, decompressed.
pub(super) const LONGEST_ANSWER: usize = 4 << 20;
/// Most bytes of an error that are read.
const LONGEST_ERROR: usize = 64 << 10;
/// How long the end of a body is awaited after the end of the answer: a connection whose
/// body was read to the end can be used again, and a new one costs more than this.
const FAREWELL: Duration = Duration::from_millis(50);

/// Pieces of a body.
pub(super) type Body = BoxStream<'static, Result<Vec<u8>, TransportError>>;

/// A provider that is reached over the network.
pub struct Remote {
    pub(super) settings: Settings,
    transport: Arc<dyn Transport>,
    pub(super) wire: &'static dyn Wire,
    key: Key,
    /// Learned from the server's errors, for the life of the process.
    refused: Mutex<Refused>,
    reuse: Reuse,
}

impl Remote {
    /// The provider that `settings` describe, reached through `transport`. Nothing is
    /// looked up or connected to before the first question.
    pub fn new(mut settings: Settings, transport: Arc<dyn Transport>) -> Self {
        settings.capabilities.variant = settings.variant().into();
        let wire: &'static dyn Wire = match settings.dialect {
            Dialect::OpenAiChat => &openai_chat::OpenAiChat,
            Dialect::OpenAiResponses => &openai_responses::OpenAiResponses,
            Dialect::Ollama => &ollama::Ollama,
            Dialect::Anthropic => &anthropic::Anthropic,
            Dialect::Gemini => &gemini::Gemini,
        };
        let key = Key::new(settings.id.clone(), settings.key.clone(), None);
        Self { settings, transport, wire, key, refused: Mutex::default(), reuse: Reuse::default() }
    }

    /// The same with a storage where its key may be.
    #[must_use]
    pub fn with_secrets(mut self, storage: Option<Arc<dyn SecretStorage>>) -> Self {
        self.key = Key::new(self.settings.id.clone(), self.settings.key.clone(), storage);
        self
    }

    async fn ask(&self, request: &CompletionRequest) -> Result<Completion, ProviderError> {
        let Some(prompt) = request.prompt.as_deref() else {
            return Err(ProviderError::new(ErrorKind::BadRequest, "the question has no prompt"));
        };
        let call = Call {
            settings: &self.settings,
            prompt,
            repair: request.repair.as_ref(),
            max_output: self.output_limit(prompt, request.max_output),
            repeats: Repeats {
                system: self.reuse.note(&prompt.system),
                context: self.reuse.note(&prompt.context),
            },
            is_batched: false,
        };
        // Nobody else knows; whoever asks may have opened a span with this field.
        tracing::Span::current().record("gen_ai.request.max_tokens", call.max_output);
        let response = self.exchange(|out| self.wire.request(&call, out)).await?;
        self.read(&call, &response.headers, response.body).await
    }

    /// Sends what `fill` makes of a request, without what the server is known to refuse,
    /// and waits for a response that is no failure.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(super) async fn exchange(
        &self,
        fill: impl Fn(&mut Outgoing<'_>) + Send + Sync,
    ) -> Result<HttpResponse, ProviderError> {
        let began = Instant::now();
        let mut has_healed = false;
        loop {
            let refused = self.refused();
            let mut out = Outgoing::new(&refused);
            fill(&mut out);
            let sent = std::mem::take(&mut out.sent);
            let request = self.http_request(out).await?;
            let mut response = self.transport.send(request).await.map_err(classify::transport)?;
            let HttpResponse { status, headers, body } = &mut response;
            if (200..300).contains(status) {
                return Ok(response);
            }
            let body = collect(body, LONGEST_ERROR).await.unwrap_or_else(|(read, _)| read);
            let now = SystemTime::now();
            let error = classify::failure(self.settings.dialect, *status, headers, &body, now);
            // A question that is too long is told in terms of parameters as well.
            if error.kind == ErrorKind::BadRequest
                && !std::mem::replace(&mut has_healed, true)
                && let Some(parameter) = heal::refused(&body, &sent)
            {
                tracing::info!(provider = %self.settings.id, "leaves out `{}`", parameter.name);
                self.refuse(parameter.name);
                continue;
            }
            if *status == 401 && self.key.expire(began).await {
                continue;
            }
            return Err(error);
        }
    }

    pub(super) fn refused(&self) -> Refused {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn refuse(&self, name: &'static str) {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }

    /// Most tokens of the output. Thinking counts as output everywhere, so that a model
    /// that is told to think gets room for it.
    pub(super) fn output_limit(&self, prompt: &Prompt, asked: Option<u32>) -> u32 {
        let model = &self.settings.capabilities.model;
        let room = match models::effort(model, self.settings.effort.as_deref()) {
            None | Some("none" | "off" | "minimal") => 0,
            Some("low") => 1_024,
            Some("medium") => 4_096,
            Some("high") => 8_192,
            Some(_) => 16_384,
        };
        let words = asked.unwrap_or(prompt.max_output);
        words.saturating_add(room).min(self.settings.capabilities.max_output).max(1)
    }

    async fn http_request(&self, out: Outgoing<'_>) -> Result<HttpRequest, ProviderError> {
        let settings = &self.settings;
        let auth = settings.auth.unwrap_or_else(|| self.wire.auth());
        let base = settings.base_url.trim_end_matches('/');
        if settings.key.is_some() && !is_safe_for_a_key(base) {
            return Err(ProviderError::new(
                ErrorKind::Auth,
                "the key is not sent over plain http to another machine: use https in `base-url`",
            ));
        }
        let secret = self.key.header(auth).await?;
        let (kind, body) = match out.load {
            Load::Body => {
                let body = Value::Object(out.body).to_string().into_bytes();
                (Some("application/json".to_owned()), Some(body))
            }
            Load::Bytes(kind, bytes) => (Some(kind), Some(bytes)),
            Load::Nothing => (None, None),
        };
        let kind = kind.map(|kind| ("content-type".to_owned(), kind));
        let mut headers: Vec<(String, String)> = kind.into_iter().chain(out.headers).collect();
        for (name, value) in &settings.headers {
            headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
            if secret.as_ref().is_none_or(|(key, _)| !key.eq_ignore_ascii_case(name)) {
                headers.push((name.clone(), value.clone()));
            }
        }
        let url = format!("{base}{}", out.path);
        Ok(HttpRequest { url, headers, secret, body, is_large: out.is_large })
    }

    /// Reads the answer to a call that succeeded as far as HTTP is concerned.
    async fn read(
        &self,
        call: &Call<'_>,
        headers: &[(String, String)],
        mut body: Body,
    ) -> Result<Completion, ProviderError> {
        let limits = classify::limits(headers, SystemTime::now());
        let mut reading = Reading::default();
        let outcome = if self.comes_in_pieces(call, headers) {
            self.read_stream(&mut body, &mut reading).await
        } else {
            self.read_whole(&mut body, &mut reading).await
        };
        let outcome = outcome.and_then(|()| check(&reading, Some(call.max_output)));
        let text = outcome.map_err(|mut error| {
            error.request_id = error.request_id.or_else(|| request_id(headers));
            if error.limits == Limits::default() {
                error.limits = limits;
            }
            error.usage = reading.usage;
            error
        })?;
        Ok(Completion {
            answer: Answer::Text(text),
            usage: reading.usage,
            model: reading.model,
            limits,
            guesses: Vec::new(),
        })
    }

    /// Whether the body is a stream: servers do not always keep to what they were asked.
    fn comes_in_pieces(&self, call: &Call<'_>, headers: &[(String, String)]) -> bool {
        let kind = header(headers, "content-type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "text/event-stream" | "application/x-ndjson" => true,
            // A whole body on one line is a stream of one line.
            _ if self.wire.framing() == Framing::Lines => call.is_streamed(),
            "application/json" | "text/html" => false,
            _ => call.is_streamed(),
        }
    }

    async fn read_whole(
        &self,
        body: &mut Body,
        reading: &mut Reading,
    ) -> Result<(), ProviderError> {
        let bytes = collect(body, LONGEST_ANSWER).await;
        let bytes = bytes.map_err(|(_, error)| classify::transport(error))?;
        // The parser stops at a depth of 128 by itself.
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| {
            let message = "what came back is not JSON: check `base-url` and `dialect`";
            ProviderError::new(ErrorKind::Invalid, message)
        })?;
        self.wire.whole(&value, reading)?;
        reading.is_over = true;
        Ok(())
    }

    async fn read_stream(
        &self,
        body: &mut Body,
        reading: &mut Reading,
    ) -> Result<(), ProviderError> {
        let mut events = Events::new(self.wire.framing());
        let mut received = 0;
        while !reading.is_over {
            match body.next().await {
                Some(Ok(piece)) => {
                    received += piece.len();
                    let parts = events.push(&piece).ok().filter(|_| received <= LONGEST_ANSWER);
                    let parts =
                        parts.ok_or_else(|| classify::transport(TransportError::TooLarge))?;
                    for event in parts {
                        self.read_event(&event, reading)?;
                    }
                }
                // All that matters was there.
                Some(Err(_)) if reading.ending.is_some() => return Ok(()),
                Some(Err(error)) => return Err(classify::transport(error)),
                None => {
                    if let Some(event) = events.finish() {
                        self.read_event(&event, reading)?;
                    }
                    return Ok(());
                }
            }
        }
        let rest = async { while let Some(Ok(_)) = body.next().await {} };
        // A body that goes on after its end is closed instead.
        let _ = tokio::time::timeout(FAREWELL, rest).await;
        Ok(())
    }

    fn read_event(&self, event: &Event, reading: &mut Reading) -> Result<(), ProviderError> {
        if reading.is_over {
            return Ok(());
        }
        if event.data.trim() == "[DONE]" {
            reading.is_over = true;
            return Ok(());
        }
        let Ok(data) = serde_json::from_str::<Value>(&event.data) else {
            let message = "a part of the answer is not JSON: check `base-url` and `dialect`";
            return Err(ProviderError::new(ErrorKind::Invalid, message));
        };
        self.wire.event(event.name.as_deref(), &data, reading)
    }
}

impl Provider for Remote {
    fn id(&self) -> &ProviderId {
        &self.settings.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.settings.capabilities
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(self.ask(request))
    }

    fn batches(&self) -> Option<&dyn Batches> {
        let has_batches = self.settings.capabilities.has_batches;
        has_batches.then_some(self as &dyn Batches)
    }
}

/// The words of an answer that came to a good end.
pub(super) fn check(reading: &Reading, limit: Option<u32>) -> Result<String, ProviderError> {
    let (kind, message) = match &reading.ending {
        Some(Ending::Complete) => {
            let text = without_thoughts(&reading.text).trim();
            if !text.is_empty() {
                return Ok(text.to_owned());
            }
            (ErrorKind::Invalid, "the model's answer is empty".to_owned())
        }
        Some(Ending::Truncated) => {
            let limit = limit.map(|limit| format!(" ({limit} tokens)")).unwrap_or_default();
            let message = format!("the answer was cut off at the output limit{limit}");
            (ErrorKind::Truncated, message)
        }
        Some(Ending::ContextFull) => {
            (ErrorKind::ContextOverflow, "the question is longer than the model reads".to_owned())
        }
        Some(Ending::Refused(reason)) => {
            let mut error =
                ProviderError::new(ErrorKind::Refused, "the model will not document this symbol");
            error.code = reason.as_deref().map(|reason| reason.chars().take(64).collect());
            return Err(error);
        }
        None if reading.is_over && reading.text.is_empty() => {
            let message = "what came back has no answer in it: check `base-url` and `dialect`";
            (ErrorKind::Invalid, message.to_owned())
        }
        None => (
            ErrorKind::Connection,
            "the connection broke off in the middle of the answer".to_owned(),
        ),
    };
    Err(ProviderError::new(kind, message))
}

/// The text without what a model of the cellar thought aloud before it.
fn without_thoughts(text: &str) -> &str {
    let rest = text.trim_start().strip_prefix("<think>");
    rest.and_then(|rest| rest.split_once("</think>")).map_or(text, |(_, answer)| answer)
}

/// A body as a whole, or what was read of it before it failed or became too large.
pub(super) async fn collect(
    body: &mut Body,
    limit: usize,
) -> Result<Vec<u8>, (Vec<u8>, TransportError)> {
    let mut all = Vec::new();
    while let Some(piece) = body.next().await {
        match piece {
            Ok(piece) if all.len() + piece.len() > limit => {
                return Err((all, TransportError::TooLarge));
            }
            Ok(piece) => all.extend_from_slice(&piece),
            Err(error) => return Err((all, error)),
        }
    }
    Ok(all)
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// The provider's name for the request.
fn request_id(headers: &[(String, String)]) -> Option<String> {
    let id = ["x-request-id", "request-id"].iter().find_map(|name| header(headers, name))?;
    let is_plain = !id.is_empty() && id.len() <= 128 && id.bytes().all(|b| b.is_ascii_graphic());
    is_plain.then(|| id.to_owned())
}

/// Whether a key may go there: over TLS, or within this machine.
fn is_safe_for_a_key(base_url: &str) -> bool {
    let Some((scheme, rest)) = base_url.split_once("://") else { return false };
    if scheme.eq_ignore_ascii_case("https") {
        return true;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leaves_the_machine_over_tls_only() {
        for safe in [
            "https://api.example",
            "HTTPS://api.example:8443/v1",
            "http://localhost:1234/v1",
            "http://127.0.0.1",
            "http://[::1]:80/v1",
        ] {
            assert!(is_safe_for_a_key(safe), "{safe}");
        }
        for unsafe_ in [
            "http://api.example",
            "http://192.168.1.2:11434",
            "http://127.0.0.1@evil.example/",
            "http://127.0.0.1.evil.example",
            "localhost",
            "",
        ] {
            assert!(!is_safe_for_a_key(unsafe_), "{unsafe_}");
        }
    }

    #[test]
    fn thoughts_are_not_part_of_the_answer() {
        assert_eq!(without_thoughts("<think>{a}</think>\n{}"), "\n{}");
        assert_eq!(without_thoughts("\n<think>{a}"), "\n<think>{a}");
        assert_eq!(
            without_thoughts("{\"a\": \"<think></think>\"}"),
            "{\"a\": \"<think></think>\"}"
        );
    }
}
