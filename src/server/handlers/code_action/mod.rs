//! `textDocument/codeAction`: what can be done at the cursor.
//!
//! An answer that costs nothing is made at once and comes as an edit. One that costs
//! money comes as a command, and only when the user asked for actions.

mod fixes;
mod offers;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{Position, Range, TextDocumentIdentifier};

use crate::docstring::{Symbol, SymbolKind};
use crate::server::features::Features;
use crate::server::session::{Ready, Session};
use crate::server::{panics, place, quick};

/// The kind of `Generate docstring` and `Update docstring`.
const GENERATE: &str = "refactor.rewrite.docstring";
/// The kind of `Generate docstring and fill in`.
const GENERATE_SNIPPET: &str = "refactor.rewrite.docstring.fillIn";
/// The kind of `Convert docstring to …`.
const CONVERT: &str = "refactor.rewrite.docstring.convert";
/// The kind of `Regenerate docstring`.
const REGENERATE: &str = "refactor.rewrite.docstring.regenerate";
/// The kind of what answers a diagnostic.
const FIX: &str = "quickfix";
/// The kind of `Generate all docstrings in this file`. Never a `source.fixAll`: those
/// run by themselves when a file is saved.
const GENERATE_ALL: &str = "source.docstring-ls.generateAll";

/// The kinds that are announced; the others are below the first.
pub(crate) const KINDS: [&str; 3] = [GENERATE, FIX, GENERATE_ALL];

/// `triggerKind` of what a user asked for.
const INVOKED: u32 = 1;
/// `triggerKind` of what an editor asks for by itself.
const AUTOMATIC: u32 = 2;

/// What is asked. A type of its own: diagnostics go back as they came, whatever they hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
    range: Range,
    context: Context,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    #[serde(default)]
    diagnostics: Vec<Value>,
    only: Option<Vec<String>>,
    trigger_kind: Option<u32>,
}

/// The actions at the start of the range.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Option<Value> {
    let snapshot = session.snapshot(&params.text_document.uri)?;
    let Context { diagnostics, only, trigger_kind } = params.context;
    let asked = Asked {
        position: params.range.start,
        diagnostics: if fixes::any(&diagnostics, snapshot.language()) {
            diagnostics
        } else {
            Vec::new()
        },
        only,
        automatic: trigger_kind == Some(AUTOMATIC),
        features: session.features(),
    };
    if ![GENERATE, CONVERT, GENERATE_ALL, FIX].iter().any(|kind| asked.wants(kind)) {
        return Some(json!([]));
    }
    let patient = trigger_kind == Some(INVOKED);
    let Some(ready) = session.ready_at(snapshot.clone(), asked.position, patient).await else {
        return Some(json!([]));
    };
    // A command names the symbol by its path, which only the whole tree tells for
    // certain, and a diagnostic may be about another symbol than the one at the cursor.
    let is_command = !asked.features.action_literals || !quick::is_free(&ready);
    let is_whole = is_command || !asked.diagnostics.is_empty();
    let ready = if ready.is_partial && is_whole { session.ready(snapshot).await? } else { ready };
    let actions = panics::blocking(move || actions(&ready, &asked)).await?;
    Some(Value::Array(actions))
}

/// What is asked, and what the client can do.
struct Asked {
    position: Position,
    diagnostics: Vec<Value>,
    only: Option<Vec<String>>,
    automatic: bool,
    features: Features,
}

impl Asked {
    fn wants(&self, kind: &str) -> bool {
        self.only.as_ref().is_none_or(|only| {
            only.iter().any(|wanted| {
                kind.strip_prefix(wanted.as_str()).is_some_and(|rest| {
                    wanted.is_empty() || rest.is_empty() || rest.starts_with('.')
                })
            })
        })
    }
}

fn actions(ready: &Ready, asked: &Asked) -> Vec<Value> {
    let Ready { snapshot, source, .. } = ready;
    let offset = snapshot.lines.offset(snapshot.text(), asked.position, snapshot.encoding);
    let symbol = source.symbol_at(offset);
    // Some editors send the diagnostics of the whole line, that of the module with those of
    // the first definition: what the cursor is on comes first.
    let (mut found, mut elsewhere) = (Vec::new(), Vec::new());
    if asked.wants(FIX) && asked.features.action_literals {
        for fix in fixes::asked(ready, &asked.diagnostics) {
            let is_here = symbol.as_ref().is_some_and(|symbol| symbol.path == fix.symbol.path);
            let list = if is_here { &mut found } else { &mut elsewhere };
            if is_documentable(ready, &fix.symbol) {
                list.extend(offers::generate(ready, asked, &fix.symbol, Some(&fix.diagnostics)));
            } else {
                list.extend(offers::update(ready, asked, &fix.symbol, Some(&fix.diagnostics)));
            }
        }
    }
    // Once is enough, unless the client wants one kind only.
    let is_offered = asked.only.is_none() && !found.is_empty();
    let lacking = symbol.as_ref().filter(|symbol| is_documentable(ready, symbol));
    // Without `only` the whole file is offered where something is missing.
    let all = asked.wants(GENERATE_ALL)
        && asked.features.apply_edit
        && (quick::is_free(ready) || !asked.automatic)
        && (lacking.is_some() || asked.only.is_some());
    if let Some(symbol) = lacking {
        if asked.wants(GENERATE) && !is_offered {
            found.extend(offers::generate(ready, asked, symbol, None));
        }
    } else if let Some(symbol) = symbol.filter(|symbol| is_at_docstring(symbol, offset)) {
        if asked.wants(GENERATE) && !is_offered {
            found.extend(offers::update(ready, asked, &symbol, None));
        }
        // Always possible: not worth the lamp that an editor lights by itself.
        if !asked.automatic {
            if asked.wants(CONVERT) {
                found.extend(offers::convert(ready, asked, &symbol));
            }
            if asked.wants(REGENERATE) {
                found.extend(offers::regenerate(ready, asked, &symbol));
            }
        }
    }
    found.append(&mut elsewhere);
    if all {
        found.push(offers::generate_all(ready, asked));
    }
    found
}

/// Whether the docstring of a symbol is meant at `offset`: that of a module only there,
/// as what is between definitions belongs to it, too.
fn is_at_docstring(symbol: &Symbol, offset: usize) -> bool {
    symbol
        .existing
        .as_ref()
        .is_some_and(|existing| symbol.kind != SymbolKind::Module || offset <= existing.range.end)
}

/// Whether `Generate docstring` is offered for it.
pub(crate) fn is_documentable(ready: &Ready, symbol: &Symbol) -> bool {
    symbol.existing.is_none()
        && symbol.slot.is_some()
        && !symbol.flags.is_overload
        && !symbol.flags.in_trait_impl
        && !(symbol.kind == SymbolKind::Module && place::is_cell(&ready.snapshot.uri))
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::Position;

    use super::{Asked, CONVERT, FIX, Features, GENERATE, GENERATE_ALL};

    fn wants(only: Option<&[&str]>) -> [bool; 4] {
        let asked = Asked {
            position: Position::default(),
            diagnostics: Vec::new(),
            only: only.map(|kinds| kinds.iter().map(|kind| (*kind).to_owned()).collect()),
            automatic: false,
            features: Features::default(),
        };
        [GENERATE, CONVERT, FIX, GENERATE_ALL].map(|kind| asked.wants(kind))
    }

    #[test]
    fn a_kind_is_wanted_by_its_prefixes() {
        assert_eq!(wants(None), [true; 4]);
        assert_eq!(wants(Some(&[""])), [true; 4]);
        assert_eq!(wants(Some(&["refactor"])), [true, true, false, false]);
        assert_eq!(wants(Some(&["refactor.rewrite.docstring"])), [true, true, false, false]);
        let convert = "refactor.rewrite.docstring.convert";
        assert_eq!(wants(Some(&[convert])), [false, true, false, false]);
        assert_eq!(wants(Some(&["refactor.rew"])), [false; 4]);
        assert_eq!(wants(Some(&["quickfix", "source"])), [false, false, true, true]);
        assert_eq!(wants(Some(&["source.fixAll"])), [false; 4]);
        assert_eq!(wants(Some(&[])), [false; 4]);
    }
}
