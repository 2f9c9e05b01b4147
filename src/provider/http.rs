//! One HTTP exchange: the seam between the wire formats and the network.
//!
//! The wire formats know [`Transport`] only, so that they are tested on recorded
//! bodies; nothing else in the product names the HTTP client.

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use secrecy::SecretString;

/// A request: `POST` with a body, `GET` without one.
#[derive(Debug)]
pub struct HttpRequest {
    /// The whole address.
    pub url: String,
    /// Headers that may be shown.
    pub headers: Vec<(String, String)>,
    /// The header that carries the key: its name, and its value, which is never shown.
    pub secret: Option<(&'static str, SecretString)>,
    /// The body; `None` makes it a `GET`.
    pub body: Option<Vec<u8>>,
    /// What is sent, or comes back, may be as large as a file.
    pub is_large: bool,
}

/// The head of a response and its body, piece by piece. Dropping it closes the call.
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed.
    pub body: BoxStream<'static, Result<Vec<u8>, TransportError>>,
}

/// Why an exchange failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection: the name is not known, or nobody answers there.
    #[error("no connection could be made")]
    Connect,
    /// The connection broke off, or what came is not HTTP.
    #[error("the connection broke off")]
    Broken,
    /// Nothing came for too long.
    #[error("nothing came for too long")]
    Idle,
    /// More came than an answer can be.
    #[error("the answer is too large")]
    TooLarge,
    /// The server's certificate is not trusted.
    #[error("the server's certificate is not trusted")]
    Certificate,
    /// The proxy did not let the request through.
    #[error("the proxy did not let the request through")]
    Proxy,
    /// The file with further certificates cannot be read.
    #[error("the file with certificates cannot be read")]
    CaBundle,
    /// The address cannot be used.
    #[error("the address cannot be used")]
    Address,
}

/// Whatever carries requests.
pub trait Transport: Send + Sync {
    /// Sends a request and waits for the head of its response.
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, TransportError>>;
}
