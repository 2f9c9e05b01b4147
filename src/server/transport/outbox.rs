//! The way out: replies and our own messages, in order, bounded by bytes.
//!
//! Messages that a handler sent before it answered leave before its answer: the
//! writer looks at them first. Nothing is dropped; when the client does not read,
//! the reader of its messages waits for [`Outbox::has_room`].

use std::io;
use std::sync::Arc;

use futures_util::stream::FusedStream;
use futures_util::{FutureExt, Stream, StreamExt};
use serde::Serialize;
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tower_lsp::jsonrpc::{Request, Response};

/// Bytes that may wait to be written.
const ROOM: u32 = 16 * 1024 * 1024;

/// Takes replies.
#[derive(Clone)]
pub(crate) struct Outbox {
    replies: mpsc::UnboundedSender<Reply>,
    room: Arc<Semaphore>,
}

struct Reply {
    body: Vec<u8>,
    /// Given back when the reply is written.
    _room: OwnedSemaphorePermit,
}

enum Outgoing {
    Ours(Request),
    Reply(Reply),
}

/// Writes what was put into the [`Outbox`].
pub(crate) struct Writer {
    replies: mpsc::UnboundedReceiver<Reply>,
}

/// The two ends.
pub(crate) fn outbox() -> (Outbox, Writer) {
    let (sender, replies) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(ROOM as usize));
    (Outbox { replies: sender, room }, Writer { replies })
}

impl Outbox {
    /// Waits until something may be written.
    pub(crate) async fn has_room(&self) {
        // The semaphore is never closed.
        let _ = self.room.acquire().await;
    }

    /// Queues a reply, or gives its bytes back when there is no room now.
    pub(crate) fn try_reply(&self, response: &Response) -> Result<(), Vec<u8>> {
        let body = encode(response);
        match Arc::clone(&self.room).try_acquire_many_owned(cost(&body)) {
            Ok(room) => {
                // Fails when the writer is gone, and then the session ends.
                let _ = self.replies.send(Reply { body, _room: room });
                Ok(())
            }
            Err(_) => Err(body),
        }
    }

    /// Queues a body as soon as there is room.
    pub(crate) async fn body(&self, body: Vec<u8>) {
        if let Ok(room) = Arc::clone(&self.room).acquire_many_owned(cost(&body)).await {
            let _ = self.replies.send(Reply { body, _room: room });
        }
    }

    /// Queues a reply as soon as there is room.
    pub(crate) async fn reply(&self, response: &Response) {
        self.body(encode(response)).await;
    }
}

fn cost(body: &[u8]) -> u32 {
    u32::try_from(body.len()).unwrap_or(ROOM).min(ROOM)
}

fn encode(message: &impl Serialize) -> Vec<u8> {
    // Our own messages have string keys only, so this cannot fail.
    serde_json::to_vec(message).unwrap_or_default()
}

impl Writer {
    /// Writes `client`'s messages and the replies until there are no more of the latter.
    ///
    /// # Errors
    ///
    /// When the client reads no longer.
    pub(crate) async fn run(
        mut self,
        output: impl AsyncWrite + Unpin,
        client: impl Stream<Item = Request> + Unpin,
    ) -> io::Result<()> {
        let mut output = BufWriter::with_capacity(64 * 1024, output);
        let mut client = client.fuse();
        loop {
            let next = if let Some(next) = self.next(&mut client).now_or_never() {
                next
            } else {
                output.flush().await?;
                self.next(&mut client).await
            };
            match next {
                Some(Outgoing::Ours(request)) => write(&mut output, &encode(&request)).await?,
                Some(Outgoing::Reply(reply)) => {
                    // What was sent while we waited for this reply comes first as well.
                    while let Some(Some(request)) = client.next().now_or_never() {
                        write(&mut output, &encode(&request)).await?;
                    }
                    write(&mut output, &reply.body).await?;
                }
                None => return output.flush().await,
            }
        }
    }

    async fn next(
        &mut self,
        client: &mut (impl FusedStream<Item = Request> + Unpin),
    ) -> Option<Outgoing> {
        tokio::select! {
            biased;
            Some(request) = client.next() => Some(Outgoing::Ours(request)),
            reply = self.replies.recv() => reply.map(Outgoing::Reply),
        }
    }
}

async fn write(output: &mut (impl AsyncWrite + Unpin), body: &[u8]) -> io::Result<()> {
    output.write_all(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes()).await?;
    output.write_all(body).await
}
