//! `textDocument/diagnostic`: what is wrong with the docstrings of a document.

use std::fmt::Write;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tower_lsp::lsp_types::TextDocumentIdentifier;

use crate::server::session::Session;
use crate::server::{diagnostics, panics};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
    previous_result_id: Option<String>,
}

/// The report: everything, or that nothing has changed since the client last asked.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Value {
    let items = items(session, &params).await.unwrap_or_default();
    let id = id_of(&items);
    if params.previous_result_id.as_ref() == Some(&id) {
        return json!({"kind": "unchanged", "resultId": id});
    }
    json!({"kind": "full", "resultId": id, "items": items})
}

async fn items(session: &Arc<Session>, params: &Params) -> Option<Vec<Value>> {
    let snapshot = session.snapshot(&params.text_document.uri)?;
    let ready = session.ready(snapshot).await?;
    let shared = Arc::clone(session);
    panics::blocking(move || diagnostics::items(&shared, &ready)).await
}

/// A name for the items: equal for equal ones.
fn id_of(items: &[Value]) -> String {
    let mut hasher = Sha256::new();
    for item in items {
        hasher.update(item.to_string().as_bytes());
    }
    let hash = hasher.finalize();
    hash.iter().take(8).fold(String::new(), |mut id, byte| {
        let _ = write!(id, "{byte:02x}");
        id
    })
}
