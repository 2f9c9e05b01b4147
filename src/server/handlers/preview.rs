//! `docstring-ls/preview`: the docstring for a symbol, or what would change in the one
//! that it has, without inserting it.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{Position, TextDocumentIdentifier};

use super::symbols::Disagreement;
use crate::docstring::{Edit, Symbol, SymbolKind, SymbolPath};
use crate::generate::{self, Converted, Generated, Options, Updated};
use crate::server::answering;
use crate::server::edits::text_edit;
use crate::server::error::Refusal;
use crate::server::generation::{Choice, chosen_options};
use crate::server::panics;
use crate::server::session::{Ready, Session};

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
    position: Position,
    #[serde(default)]
    action: Action,
    #[serde(flatten)]
    choice: Choice,
}

/// What would be done.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Action {
    /// A docstring is written.
    #[default]
    Generate,
    /// The one that is there is mended.
    Update,
    /// The one that is there is laid out in another style.
    Convert,
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
    let action = params.action;
    let value = match action {
        Action::Generate => generate(&ready, symbol, &options).await,
        Action::Update => update(&ready, symbol, &options).await,
        Action::Convert => {
            let ready = ready.clone();
            panics::blocking(move || convert(&ready, &symbol, &options))
                .await
                .ok_or(Refusal::Modified)?
        }
    }?;
    if !matches!(action, Action::Convert) {
        answering::tell(session);
    }
    Ok(value)
}

/// What every preview says; `more` is what this one says besides.
fn preview(ready: &Ready, made: &Made<'_>, more: &Value) -> Value {
    let edits = made.edits.iter().map(|edit| text_edit(&ready.snapshot, edit));
    let mut value = json!({
        "symbol": made.path.0,
        "kind": made.kind.id(),
        "style": made.style,
        "docstring": made.text,
        "version": ready.snapshot.version,
        "edits": edits.collect::<Vec<_>>(),
        "warnings": made.notices,
    });
    if let (Some(value), Some(more)) = (value.as_object_mut(), more.as_object()) {
        value.extend(more.clone());
    }
    value
}

/// What was made for a symbol.
struct Made<'a> {
    path: &'a SymbolPath,
    kind: SymbolKind,
    style: &'a str,
    text: &'a str,
    edits: &'a [Edit],
    notices: &'a [String],
}

async fn generate(ready: &Ready, symbol: Symbol, options: &Options) -> Result<Value, Refusal> {
    let path = symbol.path.clone();
    let made = generate::symbol(&ready.source, symbol, options, &ready.orchestrator).await;
    let Generated { path, kind, style, provider, from_cache, text, edit, notices, snippet, .. } =
        &made.map_err(|failure| Refusal::of(&path, &failure))?;
    let edits = std::slice::from_ref(edit);
    let more = json!({"provider": &*provider.0, "fromCache": from_cache, "snippet": snippet});
    Ok(preview(ready, &Made { path, kind: *kind, style, text, edits, notices }, &more))
}

async fn update(ready: &Ready, symbol: Symbol, options: &Options) -> Result<Value, Refusal> {
    let path = symbol.path.clone();
    let made = generate::update(&ready.source, symbol, options, &ready.orchestrator).await;
    let Updated { path, kind, style, provider, from_cache, text, edits, notices, drift, .. } =
        &made.map_err(|failure| Refusal::of(&path, &failure))?;
    let drift: Vec<Value> = drift.iter().map(|drift| json!(Disagreement::of(drift))).collect();
    let more = json!({"provider": &*provider.0, "fromCache": from_cache, "drift": drift});
    Ok(preview(ready, &Made { path, kind: *kind, style, text, edits, notices }, &more))
}

fn convert(ready: &Ready, symbol: &Symbol, options: &Options) -> Result<Value, Refusal> {
    let made = generate::convert(&ready.source, symbol, options);
    let Converted { path, kind, from, to, text, edit, .. } =
        &made.map_err(|failure| Refusal::of(&symbol.path, &failure))?;
    let edits = std::slice::from_ref(edit);
    let made = Made { path, kind: *kind, style: to, text, edits, notices: &[] };
    Ok(preview(ready, &made, &json!({"from": from})))
}
