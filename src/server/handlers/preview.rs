//! `docstring-ls/preview`: the docstring for a symbol, without inserting it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{Position, TextDocumentIdentifier};

use crate::generate;
use crate::server::answering;
use crate::server::edits::text_edit;
use crate::server::error::Refusal;
use crate::server::generation::{Choice, chosen_options};
use crate::server::panics;
use crate::server::session::Session;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
    position: Position,
    #[serde(flatten)]
    choice: Choice,
}

/// Waits for the provider. Cancelling the request cancels the provider's work.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Result<Value, Refusal> {
    let uri = &params.text_document.uri;
    let ready = session.wanted_ready(session.wanted(uri)?).await?;
    let options = chosen_options(&ready, &params.choice)?;
    let (source, position) = (ready.source.clone(), params.position);
    let snapshot = ready.snapshot.clone();
    let found = panics::blocking(move || {
        let offset = snapshot.lines.offset(snapshot.text(), position, snapshot.encoding);
        source.symbol_at(offset)
    });
    let symbol = found.await.flatten();
    let symbol = symbol.ok_or_else(|| Refusal::Expected("There is no symbol here.".to_owned()))?;
    let path = symbol.path.clone();
    let generated = generate::symbol(&ready.source, symbol, &options, &ready.orchestrator)
        .await
        .map_err(|failure| Refusal::of(&path, &failure))?;
    answering::tell(session);
    Ok(json!({
        "symbol": generated.path.0,
        "kind": generated.kind.id(),
        "style": generated.style,
        "provider": &*generated.provider.0,
        "fromCache": generated.from_cache,
        "docstring": generated.text,
        "version": ready.snapshot.version,
        "edits": [text_edit(&ready.snapshot, &generated.edit)],
        "snippet": generated.snippet,
        "warnings": generated.notices,
    }))
}
