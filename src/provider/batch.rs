//! Batches: thousands of questions in one request, answered within a day and at a part of
//! the price. The questions are those that would be asked singly, made by the same
//! [`Wire`](super::wire::Wire); what comes back for each is read by it too.
//!
//! Nothing that a server answers decides where a key goes: addresses are made here, from
//! identifiers that can be nothing else.

mod anthropic;
mod openai;

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::http::{HttpResponse, TransportError};
use super::remote::{self, Body, Remote};
use super::sse::{Events, Framing};
use super::wire::{Call, Load, Outgoing, Reading, Repeats, text};
use super::{
    Answer, BoxFuture, Completion, CompletionRequest, Dialect, ErrorKind, Limits, ProviderError,
    classify,
};

/// How much a batch can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchLimits {
    /// Questions.
    pub questions: usize,
    /// Bytes of all of them together, as they are sent.
    pub bytes: usize,
}

/// How far a batch is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// It is being worked on.
    Running {
        /// Questions that are through, well or not. Some endpoints tell it at the end.
        done: u64,
        /// All questions.
        total: u64,
    },
    /// Nothing more will come: there are results.
    Ended,
    /// It was not accepted as a whole, after it had been taken at first. Nothing was
    /// asked, and nothing is billed.
    Failed(ProviderError),
}

/// What became of one question of a batch.
pub type Batched = Result<Completion, ProviderError>;

/// An endpoint for batches.
pub trait Batches: Send + Sync {
    /// How much one can hold.
    fn limits(&self) -> BatchLimits;

    /// One question under a name of its own, as [`Batches::submit`] takes it; `None` for
    /// one without a prompt. The name has up to 64 letters, digits, `-` and `_`.
    fn item(&self, name: &str, request: &CompletionRequest) -> Option<String>;

    /// Hands in a batch, and gives the name that the provider has for it.
    ///
    /// # Errors
    ///
    /// When it is not taken. After a timeout or a broken connection it may have been.
    fn submit<'a>(&'a self, items: &'a [String]) -> BoxFuture<'a, Result<String, ProviderError>>;

    /// How far a batch is.
    ///
    /// # Errors
    ///
    /// When that cannot be told. It says nothing about the batch.
    fn state<'a>(&'a self, batch: &'a str) -> BoxFuture<'a, Result<BatchState, ProviderError>>;

    /// What became of the questions of a batch that has ended, by their names. Those that
    /// nothing is said about were not answered.
    ///
    /// # Errors
    ///
    /// When the results cannot be had.
    fn results<'a>(
        &'a self,
        batch: &'a str,
    ) -> BoxFuture<'a, Result<HashMap<String, Batched>, ProviderError>>;
}

impl Batches for Remote {
    fn limits(&self) -> BatchLimits {
        match self.settings.dialect {
            Dialect::Anthropic => anthropic::LIMITS,
            _ => openai::LIMITS,
        }
    }

    fn item(&self, name: &str, request: &CompletionRequest) -> Option<String> {
        let prompt = request.prompt.as_deref()?;
        let refused = self.refused();
        let mut out = Outgoing::new(&refused);
        let call = Call {
            settings: &self.settings,
            prompt,
            repair: request.repair.as_ref(),
            max_output: self.output_limit(prompt, request.max_output),
            // All of a batch have the rules in common. Of what concerns a file nobody knows
            // whether it would be read again before the cache forgets it.
            repeats: Repeats { system: 1, context: 0 },
            is_batched: true,
        };
        self.wire.request(&call, &mut out);
        let item = match self.settings.dialect {
            Dialect::Anthropic => anthropic::item(name, &out.body),
            _ => openai::item(name, &out.path, &out.body),
        };
        Some(item.to_string())
    }

    fn submit<'a>(&'a self, items: &'a [String]) -> BoxFuture<'a, Result<String, ProviderError>> {
        match self.settings.dialect {
            Dialect::Anthropic => Box::pin(anthropic::submit(self, items)),
            _ => Box::pin(openai::submit(self, items)),
        }
    }

    fn state<'a>(&'a self, batch: &'a str) -> BoxFuture<'a, Result<BatchState, ProviderError>> {
        match self.settings.dialect {
            Dialect::Anthropic => Box::pin(anthropic::state(self, batch)),
            _ => Box::pin(openai::state(self, batch)),
        }
    }

    fn results<'a>(
        &'a self,
        batch: &'a str,
    ) -> BoxFuture<'a, Result<HashMap<String, Batched>, ProviderError>> {
        match self.settings.dialect {
            Dialect::Anthropic => Box::pin(anthropic::results(self, batch)),
            _ => Box::pin(openai::results(self, batch)),
        }
    }
}

impl Remote {
    /// The JSON object that comes back for what `fill` makes of a request.
    async fn object(
        &self,
        fill: impl Fn(&mut Outgoing<'_>) + Send + Sync,
    ) -> Result<Value, ProviderError> {
        let HttpResponse { mut body, .. } = self.exchange(fill).await?;
        let bytes = remote::collect(&mut body, remote::LONGEST_ANSWER).await;
        let bytes = bytes.map_err(|(_, error)| classify::transport(error))?;
        let value: Option<Value> = serde_json::from_slice(&bytes).ok();
        value.filter(Value::is_object).ok_or_else(|| {
            let message = "what came back is no batch: check `base-url` and `dialect`";
            ProviderError::new(ErrorKind::Invalid, message)
        })
    }

    /// The answer in a body that came as a whole, as for a question that was asked singly.
    fn answer(&self, body: &Value) -> Batched {
        let mut reading = Reading::default();
        let read = self.wire.whole(body, &mut reading);
        reading.is_over = true;
        let text = read.and_then(|()| remote::check(&reading, None)).map_err(|mut error| {
            error.usage = reading.usage;
            error
        })?;
        Ok(Completion {
            answer: Answer::Text(text),
            usage: reading.usage,
            model: reading.model,
            limits: Limits::default(),
            guesses: Vec::new(),
        })
    }
}

/// Asks for something by its address.
fn get(out: &mut Outgoing<'_>) {
    out.load = Load::Nothing;
}

/// Takes in a file of one JSON object a line: `read` makes a name and a result of each. A
/// line that is none is passed over, and of a name that comes twice the first counts.
async fn read_lines(
    mut body: Body,
    results: &mut HashMap<String, Batched>,
    mut read: impl FnMut(&Value) -> Option<(String, Batched)> + Send,
) -> Result<(), ProviderError> {
    let mut lines = Events::new(Framing::Lines);
    let mut take = |line: &str| {
        let object = serde_json::from_str::<Value>(line).ok();
        if let Some((name, result)) = object.as_ref().and_then(&mut read) {
            results.entry(name).or_insert(result);
        }
    };
    while let Some(piece) = futures_util::StreamExt::next(&mut body).await {
        let piece = piece.map_err(classify::transport)?;
        let parts = lines.push(&piece);
        let parts = parts.map_err(|_| classify::transport(TransportError::TooLarge))?;
        for line in parts {
            take(&line.data);
        }
    }
    if let Some(last) = lines.finish() {
        take(&last.data);
    }
    Ok(())
}

/// The name that a line has for its question.
fn name_of(line: &Value) -> Option<String> {
    text(line, "/custom_id").filter(|name| name.len() <= 64).map(str::to_owned)
}

/// An identifier that a server gave, for an address.
fn id_of(object: &Value, key: &str) -> Result<String, ProviderError> {
    let id = object.get(key).and_then(Value::as_str);
    let id = id.filter(|id| is_id(id)).ok_or_else(|| {
        ProviderError::new(ErrorKind::Invalid, "what came back has no name that can be used")
    })?;
    Ok(id.to_owned())
}

/// Whether a text can stand in an address and is nothing but a name.
fn is_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_=:".contains(&byte);
    !id.is_empty() && id.len() <= 512 && id.bytes().all(is_plain)
}

/// The same for a name that was kept.
fn checked(batch: &str) -> Result<&str, ProviderError> {
    let message = "the name of the batch is none";
    is_id(batch).then_some(batch).ok_or_else(|| ProviderError::new(ErrorKind::BadRequest, message))
}

/// A question that was not answered, for no fault of its own.
fn unanswered(why: &str) -> ProviderError {
    ProviderError::new(ErrorKind::Timeout, format!("the batch {why} before it was answered"))
}

/// A JSON object with these members.
fn object<const N: usize>(members: [(&str, Value); N]) -> Map<String, Value> {
    members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
