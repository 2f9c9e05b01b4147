//! Messages to the client. Built as JSON, because the types at hand end with an
//! older version of the protocol.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::{Value, json};
use tower_lsp::jsonrpc::Request;
use tower_lsp::lsp_types::MessageType;
use tower_service::Service;

/// How long a client may take to answer what its user does not see.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The client's side of the session.
#[derive(Clone)]
pub(crate) struct Client(tower_lsp::Client);

/// Why a request to the client has no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// The client said no.
    #[error("{0}")]
    Refused(tower_lsp::jsonrpc::Error),
    /// Nothing came in time.
    #[error("the editor did not answer in time")]
    TimedOut,
    /// The session is ending.
    #[error("the session is ending")]
    Closed,
}

impl Client {
    /// Wraps the framework's handle.
    pub(crate) fn new(client: tower_lsp::Client) -> Self {
        Self(client)
    }

    /// Sends a notification; it leaves before every reply that is made later.
    pub(crate) fn notify(&self, method: &'static str, params: Value) {
        let request = Request::build(method).params(params).finish();
        // The first poll puts the message into the channel, the rest only waits for room.
        let _ = self.0.clone().call(request).now_or_never();
    }

    /// Sends a request and waits for the answer. Not for handlers: a client may wait
    /// for their reply first. `sent` is called as soon as the request is on its way.
    ///
    /// # Errors
    ///
    /// When there is no answer within `limit`, or it is an error.
    pub(crate) async fn request(
        &self,
        method: &'static str,
        params: Value,
        limit: Duration,
        sent: impl FnOnce(),
    ) -> Result<Value, Unanswered> {
        let id = self.0.next_request_id();
        let request = Request::build(method).id(id);
        let request = if params.is_null() { request } else { request.params(params) }.finish();
        let mut call = pin!(self.0.clone().call(request));
        let first = std::future::poll_fn(|context| {
            Poll::Ready(match call.as_mut().poll(context) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            })
        })
        .await;
        sent();
        let answer = match first {
            Some(answer) => answer,
            None => tokio::time::timeout(limit, call).await.map_err(|_| Unanswered::TimedOut)?,
        };
        let response = answer.map_err(|_| Unanswered::Closed)?.ok_or(Unanswered::Closed)?;
        response.into_parts().1.map_err(Unanswered::Refused)
    }

    /// Shows a message to the user.
    pub(crate) fn show(&self, kind: MessageType, message: &str) {
        self.notify("window/showMessage", json!({"type": kind, "message": message}));
    }
}
