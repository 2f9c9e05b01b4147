//! `textDocument/completion`: a docstring where its quotes or slashes were typed.
//!
//! Only words that cost nothing: kept ones, else the embedded provider's. Whose they
//! are stands beside the item.

mod offer;
mod typed;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{Position, TextDocumentIdentifier};

use super::code_action::is_documentable;
use super::hover;
use crate::docstring::Language;
use crate::server::features::Features;
use crate::server::session::{Ready, Session};
use crate::server::{panics, quick};
use crate::syntax::InputEdit;
use offer::Offer;
use typed::Typed;

/// The last characters of `"""`, `'''`, `///` and `//!`.
pub(crate) const TRIGGERS: [&str; 4] = ["\"", "'", "/", "!"];

/// The kind of an item that is a snippet.
const SNIPPET: u8 = 15;
/// `insertTextFormat` of a text with tab stops.
const WITH_STOPS: u8 = 2;
/// `insertTextMode` that leaves the indentation of lines as it is.
const AS_IS: u8 = 1;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
    position: Position,
}

/// The docstring that was begun, as the only item; nothing elsewhere.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Option<Value> {
    let snapshot = session.snapshot(&params.text_document.uri)?;
    let (language, shared) = (snapshot.language(), Arc::clone(session));
    let at = snapshot.clone();
    let typed = panics::blocking(move || {
        let cursor = at.lines.offset(at.text(), params.position, at.encoding);
        let typed = Typed::read(language, at.text(), cursor)?;
        shared.editor(&at.uri).completion.then_some(typed)
    });
    let typed = Arc::new(typed.await??);
    // The slashes are no code, so that the tree is sound and little of it changes.
    let base = match language {
        Language::Rust => snapshot.source(&session.workshop).await,
        Language::Python => None,
    };
    let (at, begun) = (snapshot.clone(), Arc::clone(&typed));
    let source = panics::blocking(move || {
        let name = at.uri.path();
        let base = base.as_ref().map(|base| (base, edit(&at, &begun)));
        let name = base.as_ref().map_or(name, |(base, _)| base.name());
        offer::source(language, name, at.text(), &begun, base).ok()?
    });
    let source = source.await??;
    let ready = session.configured(snapshot, source, true).await?;
    let features = session.features();
    let item = panics::blocking(move || {
        let symbol = offer::symbol(&ready.source, &typed);
        let symbol = symbol.filter(|symbol| is_documentable(&ready, symbol))?;
        let generated = quick::generated(&ready, &symbol)?;
        let offer = offer::offer(ready.snapshot.text(), &typed, &symbol, generated)?;
        Some(item(&ready, features, &typed, &offer))
    });
    let item = item.await??;
    Some(json!({"isIncomplete": true, "items": [item]}))
}

/// What was typed, taken out.
fn edit(snapshot: &crate::server::document::Snapshot, typed: &Typed) -> InputEdit {
    let (text, lines) = (snapshot.text(), &snapshot.lines);
    let start_position = lines.point(text, typed.range.start);
    InputEdit {
        start_byte: typed.range.start,
        old_end_byte: typed.range.end,
        new_end_byte: typed.range.start,
        start_position,
        old_end_position: lines.point(text, typed.range.end),
        new_end_position: start_position,
    }
}

fn item(ready: &Ready, features: Features, typed: &Typed, offer: &Offer) -> Value {
    let Ready { snapshot, .. } = ready;
    let text = snapshot.text();
    let range = snapshot.lines.to_range(text, &offer.range, snapshot.encoding);
    // An editor that lets a snippet's lines be as they are is asked to; one that always
    // indents them would indent ours twice.
    let snippet = offer.snippet.as_ref().filter(|snippet| {
        features.completion_snippets
            && (features.completion_insert_modes
                || typed.indent(text).is_empty() && !snippet.contains('\t'))
    });
    let mut item = json!({
        "label": "Generate docstring",
        "kind": SNIPPET,
        "detail": format!("{}, {}", offer.generated.style, offer.generated.provider),
        "documentation": hover::preview(&offer.generated, features.completion_markdown),
        // First, and not filtered out: it is what stands there already.
        "sortText": "!",
        "filterText": text.get(offer.range.start..typed.cursor),
        "textEdit": {"range": range, "newText": snippet.unwrap_or(&offer.text)},
    });
    if let Some(fields) = item.as_object_mut() {
        if snippet.is_some() {
            fields.insert("insertTextFormat".to_owned(), WITH_STOPS.into());
        }
        if features.completion_insert_modes {
            fields.insert("insertTextMode".to_owned(), AS_IS.into());
        }
        if features.completion_preselect {
            fields.insert("preselect".to_owned(), true.into());
        }
    }
    item
}
