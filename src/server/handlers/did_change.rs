//! `textDocument/didChange`.

use serde_json::Value;
use tower_lsp::lsp_types::{DidChangeTextDocumentParams, Url};

use crate::server::session::Session;

/// Applies the changes. When they cannot be understood, the document is not worked
/// on until its text is sent as a whole.
pub(crate) fn handle(session: &Session, params: Value) {
    let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
    let uri = uri.and_then(|uri| Url::parse(uri).ok());
    match serde_json::from_value::<DidChangeTextDocumentParams>(params) {
        Ok(params) => session.change(
            &params.text_document.uri,
            params.text_document.version,
            params.content_changes,
        ),
        Err(error) => {
            tracing::warn!(%error, "a change was not understood");
            if let Some(uri) = uri {
                session.lose_sync(&uri);
            }
        }
    }
}
