//! `docstring-ls/symbols`: which symbols of a file have a docstring and which lack one.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::TextDocumentIdentifier;

use crate::generate::{Skip, considered};
use crate::server::error::Refusal;
use crate::server::panics;
use crate::server::session::{Ready, Session};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
}

/// Every symbol with its state: `documented`, `missing`, or `excluded` with a reason.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Result<Value, Refusal> {
    let uri = &params.text_document.uri;
    let snapshot = session.snapshot(uri).ok_or_else(|| Refusal::not_open(uri))?;
    let ready = session.ready(snapshot).await.ok_or_else(|| Refusal::not_open(uri))?;
    let listed = panics::blocking(move || list(&ready)).await;
    listed.ok_or_else(|| Refusal::not_open(uri))
}

fn list(ready: &Ready) -> Value {
    let Ready { snapshot, source, options, .. } = ready;
    let range = |bytes| snapshot.lines.to_range(snapshot.text(), bytes, snapshot.encoding);
    let outline = source.outline();
    let symbols = outline.iter().map(|symbol| {
        let (state, reason) = match considered(symbol, options) {
            Ok(()) => ("missing", None),
            Err(Skip::Documented) => ("documented", None),
            Err(skip) => ("excluded", Some(skip.to_string())),
        };
        json!({
            "symbol": symbol.path.0,
            "kind": symbol.kind.id(),
            "range": range(&symbol.range),
            "selectionRange": range(&symbol.name_range),
            "state": state,
            "reason": reason,
        })
    });
    symbols.collect()
}
