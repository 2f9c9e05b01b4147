//! `docstring-ls/providerStats`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};

use crate::server::panics;
use crate::server::session::Session;

/// What the providers did, in all and in each workspace.
pub(crate) async fn handle(session: &Arc<Session>) -> Result<Value> {
    let session = Arc::clone(session);
    let report = panics::blocking(move || session.report()).await;
    let report = report.ok_or_else(Error::internal_error)?;
    serde_json::to_value(report).map_err(|_| Error::internal_error())
}
