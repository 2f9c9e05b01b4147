//! `textDocument/didOpen`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::lsp_types::DidOpenTextDocumentParams;

use crate::server::diagnostics;
use crate::server::session::Session;

/// Takes the document over from the client.
pub(crate) fn handle(session: &Arc<Session>, params: Value) {
    match serde_json::from_value::<DidOpenTextDocumentParams>(params) {
        Ok(DidOpenTextDocumentParams { text_document: opened }) => {
            let uri = opened.uri.clone();
            session.open(opened.uri, &opened.language_id, opened.version, opened.text);
            diagnostics::follow(session, &uri, true);
            session.warm(uri);
        }
        Err(error) => tracing::warn!(%error, "a document that cannot be opened is ignored"),
    }
}
