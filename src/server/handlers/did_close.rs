//! `textDocument/didClose`.

use serde_json::Value;
use tower_lsp::lsp_types::DidCloseTextDocumentParams;

use crate::server::session::Session;

/// Forgets the document and ends the jobs about it.
pub(crate) fn handle(session: &Session, params: Value) {
    match serde_json::from_value::<DidCloseTextDocumentParams>(params) {
        Ok(params) => session.close_document(&params.text_document.uri),
        Err(error) => tracing::warn!(%error, "a document that cannot be closed is ignored"),
    }
}
