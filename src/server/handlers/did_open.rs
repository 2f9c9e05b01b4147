//! `textDocument/didOpen`.

use serde_json::Value;
use tower_lsp::lsp_types::DidOpenTextDocumentParams;

use crate::server::session::Session;

/// Takes the document over from the client.
pub(crate) fn handle(session: &Session, params: Value) {
    match serde_json::from_value::<DidOpenTextDocumentParams>(params) {
        Ok(DidOpenTextDocumentParams { text_document: opened }) => {
            session.open(opened.uri, &opened.language_id, opened.version, opened.text);
        }
        Err(error) => tracing::warn!(%error, "a document that cannot be opened is ignored"),
    }
}
