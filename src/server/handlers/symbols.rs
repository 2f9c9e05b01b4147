//! `docstring-ls/symbols`: which symbols of a file have a docstring, which lack one, and
//! whose is out of date.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::{Range, TextDocumentIdentifier};

use crate::docstring::{Drift, SectionKind, SymbolPath};
use crate::generate::{Code, Skip, considered};
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
    /// For what is out of date: in what the docstring disagrees with the code.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    drift: Vec<Disagreement>,
}

/// One disagreement.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Disagreement {
    change: &'static str,
    section: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// A clause that goes on after "the docstring".
    message: String,
}

impl Disagreement {
    pub(crate) fn of(drift: &Drift) -> Self {
        let (change, name) = match drift {
            Drift::Missing { name, .. } => ("missing", name.clone()),
            Drift::Extra { name, .. } => ("extra", name.clone()),
            Drift::Renamed { to, .. } => ("renamed", Some(to.clone())),
            Drift::Reordered { .. } => ("reordered", None),
            Drift::Retyped { name, .. } => ("retyped", name.clone()),
        };
        Self { change, section: section(drift.kind()), name, message: drift.to_string() }
    }
}

/// The name of a section: `parameters`, `seeAlso`.
pub(crate) fn section(kind: &SectionKind) -> String {
    match kind {
        SectionKind::Other(name) => name.clone(),
        known => {
            let mut letters = format!("{known:?}").chars().collect::<Vec<_>>();
            if let Some(first) = letters.first_mut() {
                first.make_ascii_lowercase();
            }
            letters.into_iter().collect()
        }
    }
}

/// Every symbol with its state: `documented`, `outOfDate` with its drift, `missing`, or
/// `excluded` with a reason.
pub(crate) async fn handle(session: &Arc<Session>, params: Params) -> Result<Vec<Listed>, Refusal> {
    let uri = &params.text_document.uri;
    let ready = session.wanted_ready(session.wanted(uri)?).await?;
    let session = Arc::clone(session);
    panics::blocking(move || list(&session, &ready)).await.ok_or(Refusal::Told)
}

fn list(session: &Session, ready: &Ready) -> Vec<Listed> {
    let Ready { snapshot, source, options, .. } = ready;
    let findings = session.findings(ready);
    let out_of_date = findings.iter().filter(|finding| finding.code == Code::OutOfDate);
    let mut drifts: HashMap<&SymbolPath, Vec<Disagreement>> = HashMap::new();
    for finding in out_of_date {
        let drift = finding.drift.iter().map(Disagreement::of);
        drifts.entry(&finding.path).or_default().extend(drift);
    }
    let range = |bytes: &std::ops::Range<usize>| {
        snapshot.lines.to_range(snapshot.text(), bytes, snapshot.encoding)
    };
    let symbols = source.outline().into_iter().map(|symbol| {
        let drift = drifts.remove(&symbol.path);
        let (state, reason) = match considered(&symbol, options) {
            _ if drift.is_some() => ("outOfDate", None),
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
            drift: drift.unwrap_or_default(),
            symbol: symbol.path.0,
        }
    });
    symbols.collect()
}
