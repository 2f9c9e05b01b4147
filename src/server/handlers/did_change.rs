//! `textDocument/didChange`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::lsp_types::{DidChangeTextDocumentParams, Url};

use crate::server::diagnostics;
use crate::server::session::Session;

/// Applies the changes. When they cannot be understood, the document is not worked
/// on until its text is sent as a whole.
pub(crate) fn handle(session: &Arc<Session>, params: Value) {
    let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
    let uri = uri.and_then(|uri| Url::parse(uri).ok());
    match serde_json::from_value::<DidChangeTextDocumentParams>(params) {
        Ok(params) => {
            let document = params.text_document;
            session.change(&document.uri, document.version, params.content_changes);
            diagnostics::follow(session, &document.uri, false);
        }
        Err(error) => {
            tracing::warn!(%error, "a change was not understood");
            if let Some(uri) = uri {
                session.lose_sync(&uri);
            }
        }
    }
}
