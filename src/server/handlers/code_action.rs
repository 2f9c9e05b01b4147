//! `textDocument/codeAction`: what can be done at the cursor.
//!
//! An answer that costs nothing is made at once and comes as an edit. One that costs
//! money comes as a command, and only when the user asked for actions.

use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::lsp_types::{CodeActionParams, CodeActionTriggerKind, Position};

use super::hover;
use crate::docstring::Symbol;
use crate::generate::symbol_now;
use crate::orchestrator::Choice;
use crate::provider::ProviderId;
use crate::server::anchor::Anchor;
use crate::server::edits::{snippet_edit, workspace_edit};
use crate::server::features::Features;
use crate::server::panics;
use crate::server::session::{Ready, Session};

/// The kind of `Generate docstring`.
pub(crate) const GENERATE: &str = "refactor.rewrite.docstring";
/// The kind of `Generate docstring and fill in`.
const GENERATE_SNIPPET: &str = "refactor.rewrite.docstring.fillIn";
/// The kind of `Generate all docstrings in this file`. Never a `source.fixAll`: those
/// run by themselves when a file is saved.
pub(crate) const GENERATE_ALL: &str = "source.docstring-ls.generateAll";

/// The actions at the start of the range.
pub(crate) async fn handle(session: &Arc<Session>, params: CodeActionParams) -> Option<Value> {
    let snapshot = session.snapshot(&params.text_document.uri)?;
    let asked = Asked {
        position: params.range.start,
        only: params
            .context
            .only
            .map(|kinds| kinds.iter().map(|kind| kind.as_str().to_owned()).collect()),
        automatic: params.context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC),
        features: session.features(),
    };
    if !asked.wants(GENERATE) && !asked.wants(GENERATE_ALL) {
        return Some(json!([]));
    }
    let patient = params.context.trigger_kind == Some(CodeActionTriggerKind::INVOKED);
    let Some(ready) = session.ready_at(snapshot.clone(), asked.position, patient).await else {
        return Some(json!([]));
    };
    // A command names the symbol by its path, which only the whole tree tells for certain.
    let is_command =
        !asked.features.action_literals || !ready.orchestrator.is_immediate(&ready.options.choice);
    let ready = if ready.is_partial && is_command { session.ready(snapshot).await? } else { ready };
    let actions = panics::blocking(move || actions(&ready, &asked)).await?;
    Some(Value::Array(actions))
}

struct Asked {
    position: Position,
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
    let Ready { snapshot, source, options, orchestrator, .. } = ready;
    let offset = snapshot.lines.offset(snapshot.text(), asked.position, snapshot.encoding);
    let symbol = source.symbol_at(offset).filter(is_documentable);
    let costs_nothing = orchestrator.is_immediate(&options.choice);
    // Without `only` the whole file is offered where something is missing.
    let all = asked.wants(GENERATE_ALL)
        && asked.features.apply_edit
        && (costs_nothing || !asked.automatic)
        && (symbol.is_some() || asked.only.is_some());
    let mut found = Vec::new();
    if let Some(symbol) = symbol
        && asked.wants(GENERATE)
    {
        found.extend(generate(ready, asked, symbol, costs_nothing));
    }
    if all {
        let title = "Generate all docstrings in this file";
        let arguments = json!({"uri": snapshot.uri});
        let command = command(title, "docstring-ls.generateAll", &arguments);
        found.push(if asked.features.action_literals {
            json!({"title": title, "kind": GENERATE_ALL, "command": command})
        } else {
            command
        });
    }
    found
}

/// Whether an action is offered for it.
pub(crate) fn is_documentable(symbol: &Symbol) -> bool {
    symbol.existing.is_none()
        && symbol.slot.is_some()
        && !symbol.flags.is_overload
        && !symbol.flags.in_trait_impl
}

fn generate(ready: &Ready, asked: &Asked, symbol: Symbol, costs_nothing: bool) -> Vec<Value> {
    let Ready { snapshot, source, options, orchestrator, .. } = ready;
    let features = asked.features;
    let title = "Generate docstring";
    let anchor = Anchor::of(&symbol, source.text());
    let arguments = json!({
        "uri": snapshot.uri,
        "symbol": anchor.path.0,
        "signature": anchor.hash,
        "style": options.style.id(),
    });
    let command = command(title, "docstring-ls.generate", &arguments);
    if !costs_nothing {
        return bought(ready, asked, &symbol, &arguments);
    }
    let generated = match symbol_now(source, symbol, options, orchestrator) {
        Some(Ok(generated)) => generated,
        Some(Err(failure)) => {
            tracing::debug!(symbol = %anchor.path, %failure, "nothing is offered");
            return Vec::new();
        }
        None => return Vec::new(),
    };
    if !features.action_literals {
        return if features.apply_edit { vec![command] } else { Vec::new() };
    }
    let edit = workspace_edit(snapshot, features, std::slice::from_ref(&generated.edit));
    let mut found = vec![json!({"title": title, "kind": GENERATE, "edit": edit})];
    if let Some(edit) = snippet_edit(snapshot, features, &generated) {
        let title = "Generate docstring and fill in";
        found.push(json!({"title": title, "kind": GENERATE_SNIPPET, "edit": edit}));
    }
    found
}

/// The actions where a model writes the words: a ready edit if it wrote them before,
/// else commands, one for each model when there are several.
fn bought(ready: &Ready, asked: &Asked, symbol: &Symbol, arguments: &Value) -> Vec<Value> {
    let Ready { snapshot, options, orchestrator, .. } = ready;
    let features = asked.features;
    let title = "Generate docstring";
    let mut found = Vec::new();
    let mut is_kept = false;
    if features.action_literals
        && let Some(generated) = hover::kept(ready, symbol)
    {
        is_kept = true;
        let edit = workspace_edit(snapshot, features, std::slice::from_ref(&generated.edit));
        found.push(json!({"title": title, "kind": GENERATE, "edit": edit}));
    }
    // An automatic request never leads to one that costs money.
    if asked.automatic || !features.apply_edit {
        return found;
    }
    let mut offer = |title: &str, more: &[(&str, &str)]| {
        let mut arguments = arguments.clone();
        if let Value::Object(arguments) = &mut arguments {
            arguments.extend(more.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())));
        }
        let command = command(title, "docstring-ls.generate", &arguments);
        found.push(match features.action_literals {
            true => paid(title, &command, features),
            false => command,
        });
    };
    match is_kept {
        true => offer("Generate another docstring", &[("cache", "refresh")]),
        false => offer(title, &[]),
    }
    let others: Vec<&ProviderId> = orchestrator.providers().collect();
    if others.len() > 1 {
        for id in others {
            if options.choice != Choice::Preferred(id.clone()) {
                offer(&format!("Generate docstring with {id}"), &[("provider", &id.0)]);
            }
        }
    }
    found
}

/// An action whose answer a model writes.
fn paid(title: &str, command: &Value, features: Features) -> Value {
    if features.action_tags {
        json!({"title": title, "kind": GENERATE, "command": command, "tags": [1]})
    } else {
        json!({"title": title, "kind": GENERATE, "command": command})
    }
}

fn command(title: &str, name: &str, arguments: &Value) -> Value {
    json!({"title": title, "command": name, "arguments": [arguments]})
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::Position;

    use super::{Asked, Features, GENERATE, GENERATE_ALL};

    fn wants(only: Option<&[&str]>) -> (bool, bool) {
        let asked = Asked {
            position: Position::default(),
            only: only.map(|kinds| kinds.iter().map(|kind| (*kind).to_owned()).collect()),
            automatic: false,
            features: Features::default(),
        };
        (asked.wants(GENERATE), asked.wants(GENERATE_ALL))
    }

    #[test]
    fn a_kind_is_wanted_by_its_prefixes() {
        assert_eq!(wants(None), (true, true));
        assert_eq!(wants(Some(&[""])), (true, true));
        assert_eq!(wants(Some(&["refactor"])), (true, false));
        assert_eq!(wants(Some(&["refactor.rewrite.docstring"])), (true, false));
        assert_eq!(wants(Some(&["refactor.rew"])), (false, false));
        assert_eq!(wants(Some(&["quickfix", "source"])), (false, true));
        assert_eq!(wants(Some(&["source.fixAll"])), (false, false));
        assert_eq!(wants(Some(&[])), (false, false));
    }
}
