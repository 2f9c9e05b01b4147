//! What becomes a message to the user and what a protocol error.

use tower_lsp::jsonrpc::{Error, ErrorCode};
use tower_lsp::lsp_types::MessageType;

use super::client::Client;
use crate::docstring::SymbolPath;
use crate::generate::{Failure, Skip};

/// Why a request has no result.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// An expected failure: one sentence for the user, and `null`.
    Expected(String),
    /// The parameters are wrong.
    Params(String),
    /// An expected failure that the user has been told of.
    Told,
    /// The document changed under the request.
    Modified,
}

impl Refusal {
    /// Why there is no docstring for `path`.
    pub(crate) fn of(path: &SymbolPath, failure: &Failure) -> Self {
        let sentence = match failure {
            Failure::Skipped(Skip::Documented) => format!("`{path}` has a docstring already."),
            Failure::Skipped(_) => format!("`{path}` gets no docstring: {failure}."),
            other => format!("No docstring for `{path}`: {other}."),
        };
        Self::Expected(sentence)
    }

    /// The answer to the request: nothing, or an error.
    pub(crate) fn answer<T>(self, client: &Client) -> Result<Option<T>, Error> {
        let (code, message) = match self {
            Self::Expected(sentence) => {
                client.show(MessageType::WARNING, &sentence);
                return Ok(None);
            }
            Self::Told => return Ok(None),
            Self::Params(message) => (ErrorCode::InvalidParams, message),
            Self::Modified => (ErrorCode::ContentModified, "the document changed".to_owned()),
        };
        Err(Error { code, message: message.into(), data: None })
    }
}
