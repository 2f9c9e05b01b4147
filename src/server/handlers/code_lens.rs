//! `textDocument/codeLens`: what can be done above each definition. Off unless the user
//! turns it on.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use tower_lsp::lsp_types::TextDocumentIdentifier;

use super::symbols::section;
use crate::docstring::Drift;
use crate::generate::{Code, Finding};
use crate::server::panics;
use crate::server::session::{Ready, Session};

/// Names in the title of a lens.
const MAX_NAMES: usize = 4;

/// What is asked.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Params {
    text_document: TextDocumentIdentifier,
}

/// A lens for each symbol without docstring or with one that is out of date.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Option<Value> {
    let snapshot = session.snapshot(&params.text_document.uri)?;
    let (shared, uri) = (Arc::clone(session), params.text_document.uri);
    let editor = panics::blocking(move || shared.editor(&uri)).await?;
    // A lens is a command, and all that the commands do is send edits.
    if !editor.code_lens || !session.features().apply_edit {
        return Some(json!([]));
    }
    let ready = session.ready(snapshot).await?;
    let shared = Arc::clone(session);
    let lenses = panics::blocking(move || {
        let findings = shared.findings(&ready);
        findings.iter().filter_map(|finding| lens(&ready, finding)).collect()
    });
    lenses.await.map(Value::Array)
}

fn lens(ready: &Ready, finding: &Finding) -> Option<Value> {
    let (title, command) = match finding.code {
        Code::Missing => ("Document".to_owned(), "docstring-ls.generate"),
        Code::OutOfDate => (update(&finding.drift), "docstring-ls.update"),
        Code::Malformed => return None,
    };
    let snapshot = &ready.snapshot;
    let range = snapshot.lines.to_range(snapshot.text(), &finding.range, snapshot.encoding);
    let range = json!({"start": range.start, "end": range.start});
    let arguments = json!({
        "uri": snapshot.uri,
        "symbol": finding.path.0,
        "style": ready.options.style.id(),
    });
    let command = json!({"title": title, "command": command, "arguments": [arguments]});
    Some(json!({"range": range, "command": command}))
}

/// "Update docstring (+b −a)".
fn update(drift: &[Drift]) -> String {
    let mut names: Vec<String> = drift.iter().take(MAX_NAMES).map(change).collect();
    if drift.len() > MAX_NAMES {
        names.push("…".to_owned());
    }
    let title = "Update docstring";
    if names.is_empty() { title.to_owned() } else { format!("{title} ({})", names.join(" ")) }
}

fn change(drift: &Drift) -> String {
    let named = |name: &Option<String>, drift: &Drift| {
        name.clone().unwrap_or_else(|| section(drift.kind()))
    };
    match drift {
        Drift::Missing { name, .. } => format!("+{}", named(name, drift)),
        Drift::Extra { name, .. } => format!("−{}", named(name, drift)),
        Drift::Renamed { from, to, .. } => format!("{from}→{to}"),
        Drift::Retyped { name, .. } => format!("±{}", named(name, drift)),
        Drift::Reordered { .. } => "order".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::update;
    use crate::docstring::{Drift, SectionKind};

    #[test]
    fn a_title_names_the_changes() {
        let kind = SectionKind::Parameters;
        let mut drift = vec![
            Drift::Missing { kind: kind.clone(), name: Some("b".into()) },
            Drift::Extra { kind: kind.clone(), name: Some("a".into()) },
            Drift::Renamed { kind: kind.clone(), from: "x".into(), to: "y".into() },
            Drift::Missing { kind: SectionKind::Returns, name: None },
        ];
        assert_eq!(update(&drift), "Update docstring (+b −a x→y +returns)");
        drift.push(Drift::Reordered { kind });
        assert_eq!(update(&drift), "Update docstring (+b −a x→y +returns …)");
        assert_eq!(update(&[]), "Update docstring");
    }
}
