//! `docstring-ls/symbols`: which symbols of a file have a docstring and which lack one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::{Range, TextDocumentIdentifier};

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

/// One symbol. A type of its own, as a file may have very many.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed {
    symbol: String,
    kind: &'static str,
    range: Range,
    selection_range: Range,
    state: &'static str,
    reason: Option<String>,
}

/// Every symbol with its state: `documented`, `missing`, or `excluded` with a reason.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Result<Vec<Listed>, Refusal> {
    let uri = &params.text_document.uri;
    let ready = session.wanted_ready(session.wanted(uri)?).await?;
    panics::blocking(move || list(&ready)).await.ok_or(Refusal::Told)
}

fn list(ready: &Ready) -> Vec<Listed> {
    let Ready { snapshot, source, options, .. } = ready;
    let range = |bytes: &std::ops::Range<usize>| {
        snapshot.lines.to_range(snapshot.text(), bytes, snapshot.encoding)
    };
    let symbols = source.outline().into_iter().map(|symbol| {
        let (state, reason) = match considered(&symbol, options) {
            Ok(()) => ("missing", None),
            Err(Skip::Documented) => ("documented", None),
            Err(skip) => ("excluded", Some(skip.to_string())),
        };
        Listed {
            kind: symbol.kind.id(),
            range: range(&symbol.range),
            selection_range: range(&symbol.name_range),
            state,
            reason,
            symbol: symbol.path.0,
        }
    });
    symbols.collect()
}
