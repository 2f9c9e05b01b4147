//! `docstring-ls/providerStats`.

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};

use crate::server::session::Session;

/// What the providers did in this session.
pub(crate) fn handle(session: &Session) -> Result<Value> {
    serde_json::to_value(session.orchestrator().report()).map_err(|_| Error::internal_error())
}
