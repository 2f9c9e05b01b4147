//! The network: the one place that names the HTTP client.
//!
//! What a client does by default is not safe here. It follows redirects and takes the
//! key along, waits for ever, unpacks without a limit, and prints addresses with what is
//! in them. All of that is off or bounded, and errors are reduced to a
//! [`TransportError`], which has no text of others in it.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Request, Response, Url};
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use super::http::{HttpRequest, HttpResponse, Transport, TransportError};

/// How long an idle connection is kept for the next call.
const POOL_IDLE: Duration = Duration::from_secs(90);
/// How soon it shows that a connection from the pool was closed. A call that fails later
/// may have been answered, and paid.
const STALE: Duration = Duration::from_secs(5);

/// What an exchange may take.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Until there is a connection.
    connect: Duration,
    /// Until the head of the response, and then until the first piece of the body. A
    /// server that does not stream thinks before the head, and one in the cellar may have
    /// to load the model first; llama.cpp sends the head at once and then reads the question.
    first_byte: Duration,
    /// Between two pieces of the body.
    idle: Duration,
    /// All of the body: comments that keep a stream alive are pieces too.
    total: Duration,
    /// Bytes of the body, decompressed.
    bytes: usize,
}

impl Bounds {
    /// The same where a file is sent or comes back: a batch has up to 256 MB, and its
    /// answers are as many.
    fn large(self) -> Self {
        Self {
            first_byte: self.first_byte.max(Duration::from_mins(30)),
            total: self.total.max(Duration::from_hours(1)),
            bytes: self.bytes.max(1 << 30),
            ..self
        }
    }
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first_byte: Duration::from_secs(90),
            idle: Duration::from_secs(30),
            total: Duration::from_mins(5),
            bytes: 4 << 20,
        }
    }
}

/// The hosts that answered, and when last: only such a host can have a connection in
/// the pool.
type Answered = Arc<Mutex<HashMap<String, Instant>>>;

/// Requests over the network: HTTP/2 and HTTP/1.1, TLS with the platform's certificates,
/// and the proxy of the environment except to this machine.
pub struct Network {
    ca_bundle: Option<PathBuf>,
    bounds: Bounds,
    /// Built on first use: certificates are read then, and most sessions need none.
    client: OnceCell<Client>,
    /// The one without a proxy.
    local: OnceCell<Client>,
    answered: Answered,
}

impl Network {
    /// A network that trusts the certificates in `ca_bundle` (PEM) besides those of the
    /// platform. Nothing is read or opened before the first request.
    pub fn new(ca_bundle: Option<PathBuf>) -> Self {
        Self::bounded(ca_bundle, Bounds::default())
    }

    fn bounded(ca_bundle: Option<PathBuf>, bounds: Bounds) -> Self {
        let (client, local, answered) = (OnceCell::new(), OnceCell::new(), Arc::default());
        Self { ca_bundle, bounds, client, local, answered }
    }

    async fn client(&self, url: &Url) -> Result<&Client, TransportError> {
        let is_local = is_local(url);
        let cell = if is_local { &self.local } else { &self.client };
        cell.get_or_try_init(|| async {
            let (bundle, connect) = (self.ca_bundle.clone(), self.bounds.connect);
            let build = move || build(bundle.as_deref(), connect, is_local);
            tokio::task::spawn_blocking(build).await.unwrap_or(Err(TransportError::Connect))
        })
        .await
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let url = Url::parse(&request.url).map_err(|_| TransportError::Address)?;
        let origin = url.origin().ascii_serialization();
        let client = self.client(&url).await?;
        let bounds = if request.is_large { self.bounds.large() } else { self.bounds };
        let request = compose(url, request)?;
        let spare = request.try_clone();
        let may_be_pooled = self.may_be_pooled(&origin);
        let began = Instant::now();
        let mut result = execute(client, request, &bounds).await;
        // A server may close a connection just when it is used again. No byte of an
        // answer has come then, and nobody else will repeat the call.
        if result.as_ref().err() == Some(&TransportError::Broken)
            && may_be_pooled
            && began.elapsed() < STALE
            && let Some(spare) = spare
        {
            tracing::debug!("the server had closed the connection, opens another one");
            result = execute(client, spare, &bounds).await;
        }
        let response = result?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().filter_map(|(name, value)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        });
        let headers = headers.collect();
        let answered = Arc::clone(&self.answered);
        let pieces = Pieces {
            response,
            bounds,
            left: bounds.bytes,
            deadline: Instant::now() + bounds.total,
            is_over: false,
            answered,
            origin,
        };
        let body = stream::unfold(pieces, |mut pieces| async move {
            pieces.next().await.map(|piece| (piece, pieces))
        });
        Ok(HttpResponse { status, headers, body: Box::pin(body) })
    }

    fn may_be_pooled(&self, origin: &str) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.get(origin).is_some_and(|at| at.elapsed() < POOL_IDLE)
    }
}

async fn execute(
    client: &Client,
    request: Request,
    bounds: &Bounds,
) -> Result<Response, TransportError> {
    match timeout(bounds.first_byte, client.execute(request)).await {
        Ok(result) => result.map_err(|error| fault(&error)),
        Err(_) => Err(TransportError::Idle),
    }
}

impl Transport for Network {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>> {
        Box::pin(self.exchange(request))
    }
}

/// A body that is being read.
struct Pieces {
    response: Response,
    bounds: Bounds,
    left: usize,
    deadline: Instant,
    is_over: bool,
    answered: Answered,
    origin: String,
}

impl Pieces {
    async fn next(&mut self) -> Option<Result<Vec<u8>, TransportError>> {
        if self.is_over {
            return None;
        }
        let rest = self.deadline.saturating_duration_since(Instant::now());
        let has_begun = self.left < self.bounds.bytes;
        let patience = if has_begun { self.bounds.idle } else { self.bounds.first_byte };
        let piece = match timeout(patience.min(rest), self.response.chunk()).await {
            Err(_) => Err(TransportError::Idle),
            Ok(Err(error)) => Err(fault(&error)),
            Ok(Ok(Some(piece))) if piece.len() > self.left => Err(TransportError::TooLarge),
            Ok(Ok(Some(piece))) => {
                self.left -= piece.len();
                Ok(piece.to_vec())
            }
            Ok(Ok(None)) => {
                self.is_over = true;
                // From now on the connection waits for the next call.
                let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
                answered.insert(self.origin.clone(), Instant::now());
                return None;
            }
        };
        self.is_over = piece.is_err();
        Some(piece)
    }
}

fn build(
    ca_bundle: Option<&Path>,
    connect: Duration,
    is_local: bool,
) -> Result<Client, TransportError> {
    // Fails only when there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let more = match ca_bundle {
        None => Vec::new(),
        Some(path) => std::fs::read(path)
            .ok()
            .and_then(|pem| Certificate::from_pem_bundle(&pem).ok())
            .filter(|certificates| !certificates.is_empty())
            .ok_or(TransportError::CaBundle)?,
    };
    let builder = || {
        let builder = Client::builder()
            .user_agent(concat!("docstring-ls/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(connect)
            .pool_idle_timeout(POOL_IDLE)
            .tcp_keepalive(Duration::from_mins(1))
            .http2_keep_alive_interval(Duration::from_secs(20))
            .http2_keep_alive_timeout(Duration::from_secs(10));
        if is_local { builder.no_proxy() } else { builder }
    };
    let client = builder().tls_certs_merge(more.iter().cloned()).build();
    // A machine without any certificates of its own; plain http does not need them.
    client.or_else(|_| builder().tls_certs_only(more).build()).map_err(|_| TransportError::Connect)
}

fn compose(url: Url, request: HttpRequest) -> Result<Request, TransportError> {
    let method = if request.body.is_some() { reqwest::Method::POST } else { reqwest::Method::GET };
    let mut composed = Request::new(method, url);
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        headers.insert(header_name(name)?, header_value(value)?);
    }
    if let Some((name, value)) = &request.secret {
        let mut value = header_value(value.expose_secret())?;
        value.set_sensitive(true);
        headers.insert(header_name(name)?, value);
    }
    *composed.headers_mut() = headers;
    *composed.body_mut() = request.body.map(Into::into);
    Ok(composed)
}

fn header_name(name: &str) -> Result<HeaderName, TransportError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| TransportError::Address)
}

fn header_value(value: &str) -> Result<HeaderValue, TransportError> {
    HeaderValue::from_str(value).map_err(|_| TransportError::Address)
}

/// Whether the address is on this machine, which no proxy can reach for us.
fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reduces an error of the client, whose text may hold addresses, to what follows from it.
fn fault(error: &reqwest::Error) -> TransportError {
    if error.is_builder() {
        return TransportError::Address;
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return TransportError::Certificate;
        }
        // The type is private to the client.
        let text = error.to_string();
        if text.starts_with("tunnel error: unsuccessful")
            || text.starts_with("tunnel error: proxy authorization")
        {
            return TransportError::Proxy;
        }
        // An I/O error does not give what it wraps as its source.
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    if error.is_connect() {
        TransportError::Connect
    } else if error.is_timeout() {
        TransportError::Idle
    } else {
        TransportError::Broken
    }
}

#[cfg(test)]
mod tests;
