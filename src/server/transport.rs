//! The serve loop: reads a message, calls the service, writes the answer.
//!
//! Each call is polled once where it was read, so that everything up to a handler's
//! first wait happens in the order of arrival; the rest runs as a task of its own.
//! So nothing queues behind a slow request, and `$/cancelRequest` always runs.
//! A panic is an error reply. The end of the input, `exit`, a client that reads no
//! more and a dead client all end the loop; running tasks are dropped.

mod frame;
mod message;
mod outbox;

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures_util::{Sink, SinkExt};
use tokio::io::{AsyncBufRead, AsyncWrite};
use tokio::task::JoinSet;
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Response};
use tower_lsp::{ClientSocket, ExitedError, LspService};
use tower_service::Service;

use super::backend::Backend;
use super::inbound;
use super::panics::{self, Guarded, Panicked};
use super::parent;
use super::session::Session;
use frame::Frames;
use message::{Call, Message};
use outbox::{Outbox, outbox};

/// How long the last messages may take to leave.
const DRAIN: Duration = Duration::from_millis(500);

/// Notifications whose handlers must finish on their first poll: the requests that
/// follow see their effect.
const ORDERED: [&str; 7] = [
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didSave",
    "textDocument/didClose",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWorkspaceFolders",
    "workspace/didChangeWatchedFiles",
];

type Watch = Pin<Box<dyn Future<Output = ()> + Send>>;

type Answer = Result<Result<Option<Response>, ExitedError>, Panicked>;

/// Where the client is in the protocol's life cycle.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Running,
    ShutDown,
}

/// Serves one client; the exit status of the process.
pub(crate) async fn serve<R, W>(
    input: R,
    output: W,
    service: LspService<Backend>,
    socket: ClientSocket,
    session: Arc<Session>,
) -> u8
where
    R: AsyncBufRead + Unpin,
    W: AsyncWrite + Unpin + Send + 'static,
{
    let (requests, answers) = socket.split();
    let (outbox, writer) = outbox();
    let mut writing = JoinSet::new();
    writing.spawn(writer.run(output, requests));
    let mut connection = Connection {
        service,
        answers,
        outbox,
        tasks: JoinSet::new(),
        session: Arc::clone(&session),
        phase: Phase::Before,
        watch: None,
    };
    let mut frames = Frames::new(input);
    let mut watch: Watch = Box::pin(std::future::pending());
    loop {
        let frame = tokio::select! {
            biased;
            _ = writing.join_next() => {
                tracing::info!("the client reads no longer");
                break;
            }
            () = &mut watch => {
                tracing::info!("the client's process is gone");
                break;
            }
            frame = async { connection.outbox.has_room().await; frames.next().await } => frame,
        };
        match frame {
            Ok(Some(body)) => {
                if connection.receive(body).await.is_break() {
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => {
                tracing::error!(%error, "the session ends");
                connection.phase = Phase::Before;
                connection.reply(&Response::from_error(Id::Null, broken(&error.to_string())));
                break;
            }
        }
        if let Some(fresh) = connection.watch.take() {
            watch = fresh;
        }
    }
    let code = u8::from(connection.phase != Phase::ShutDown);
    session.close();
    connection.tasks.abort_all();
    drop(connection);
    if tokio::time::timeout(DRAIN, writing.join_next()).await.is_err() {
        tracing::warn!("the client did not read its last messages");
    }
    code
}

struct Connection<A> {
    service: LspService<Backend>,
    answers: A,
    outbox: Outbox,
    tasks: JoinSet<()>,
    session: Arc<Session>,
    phase: Phase,
    /// The end of the client's process, once that is known.
    watch: Option<Watch>,
}

impl<A: Sink<Response> + Unpin> Connection<A> {
    async fn receive(&mut self, body: &[u8]) -> ControlFlow<()> {
        while self.tasks.try_join_next().is_some() {}
        match message::read(body) {
            Message::Call(call) if call.method == "exit" => {
                return ControlFlow::Break(());
            }
            Message::Call(call) => self.call(call).await,
            Message::Answer(response) => {
                // The sink panics when nobody waits for the answer any more.
                let sent = panics::catch(|| self.answers.start_send_unpin(response));
                if sent.is_err() {
                    tracing::debug!("an answer came too late");
                }
            }
            Message::Refused(response) => {
                if let Some(error) = response.error() {
                    tracing::warn!(%error, "a message was refused");
                }
                self.reply(&response);
            }
        }
        ControlFlow::Continue(())
    }

    async fn call(&mut self, mut call: Call) {
        if let Some(id) = &call.id
            && let Some(error) = self.out_of_phase(&call.method)
        {
            self.reply(&Response::from_error(id.clone(), error));
            return;
        }
        if call.method == "initialize" {
            self.watch = process_id(&call).map(|id| Box::pin(parent::gone(id)) as Watch);
        }
        let method = call.method.clone();
        let document = document(&call);
        call.params = inbound::normalise(&self.session, &method, call.params);
        inbound::route(&method).clone_into(&mut call.method);
        let id = call.id.clone();
        if std::future::poll_fn(|context| self.service.poll_ready(context)).await.is_err() {
            return;
        }
        let future = match panics::catch(|| self.service.call(call.into_request())) {
            Ok(future) => future,
            Err(panicked) => return self.answer(&method, document.as_deref(), id, Err(panicked)),
        };
        let mut future = Guarded(future);
        let first = std::future::poll_fn(|context| {
            Poll::Ready(match Pin::new(&mut future).poll(context) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            })
        })
        .await;
        if let Some(answer) = first {
            return self.answer(&method, document.as_deref(), id, answer);
        }
        debug_assert!(!ORDERED.contains(&method.as_str()), "{method} has to finish at once");
        let outbox = self.outbox.clone();
        self.tasks.spawn(async move {
            if let Some(response) = response(&method, document.as_deref(), id, future.await) {
                outbox.reply(&response).await;
            }
        });
    }

    fn answer(&mut self, method: &str, document: Option<&str>, id: Option<Id>, answer: Answer) {
        let Some(response) = response(method, document, id, answer) else { return };
        match method {
            "initialize" if response.is_ok() => self.phase = Phase::Running,
            "shutdown" if response.is_ok() => self.phase = Phase::ShutDown,
            _ => {}
        }
        self.reply(&response);
    }

    /// Never waits, so that the loop notices the end of the client.
    fn reply(&mut self, response: &Response) {
        if let Err(body) = self.outbox.try_reply(response) {
            let outbox = self.outbox.clone();
            self.tasks.spawn(async move { outbox.body(body).await });
        }
    }

    fn out_of_phase(&self, method: &str) -> Option<Error> {
        match self.phase {
            Phase::Before if method != "initialize" => Some(Error {
                code: ErrorCode::ServerError(-32002),
                message: "the server is not initialized".into(),
                data: None,
            }),
            Phase::ShutDown => {
                Some(refusal(ErrorCode::InvalidRequest, "the server is shut down".into()))
            }
            _ => None,
        }
    }
}

/// The reply to a call; `None` for a notification.
fn response(
    method: &str,
    document: Option<&str>,
    id: Option<Id>,
    answer: Answer,
) -> Option<Response> {
    match answer {
        Ok(Ok(Some(response))) => Some(response),
        // The service is silent about unknown `$/` methods, but a request has a right to an answer.
        Ok(Ok(None)) => id.map(|id| Response::from_error(id, Error::method_not_found())),
        Ok(Err(_)) => id.map(|id| Response::from_error(id, Error::invalid_request())),
        Err(panicked) => {
            tracing::error!(method, document, place = %panicked.place, "a handler panicked");
            let error = refusal(ErrorCode::InternalError, format!("`{method}` failed: a bug"));
            id.map(|id| Response::from_error(id, error))
        }
    }
}

fn refusal(code: ErrorCode, message: String) -> Error {
    let mut error = Error::new(code);
    error.message = message.into();
    error
}

fn broken(reason: &str) -> Error {
    refusal(ErrorCode::ParseError, format!("{reason}; the session ends"))
}

/// The document that a call is about, for the log.
fn document(call: &Call) -> Option<String> {
    let uri = call.params.as_ref()?.pointer("/textDocument/uri")?;
    uri.as_str().map(str::to_owned)
}

fn process_id(call: &Call) -> Option<u32> {
    let id = call.params.as_ref()?.get("processId")?.as_u64()?;
    u32::try_from(id).ok()
}
