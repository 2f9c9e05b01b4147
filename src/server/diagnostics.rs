//! Diagnostics: what is wrong with the docstrings of a document, and with a
//! configuration file.
//!
//! A client that asks for diagnostics gets them then (`handlers::diagnostic`). Others
//! are told, when the text has rested for a moment.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tower_lsp::lsp_types::Url;

use super::client::{Client, PATIENCE};
use super::features::Features;
use super::panics;
use super::position::{Encoding, Lines};
use super::session::{Ready, Session};
use super::settings::Faults;
use crate::config::Severity;
use crate::generate::Finding;

/// Who found it.
pub(crate) const SOURCE: &str = env!("CARGO_PKG_NAME");
/// How long a text must have rested before its diagnostics are published.
const REST: Duration = Duration::from_millis(250);
/// Diagnostics of one document: nobody reads more, and editors become slow.
const MAX_ITEMS: usize = 2000;

/// The diagnostics of a document. For a thread that may be busy for a while.
pub(crate) fn items(session: &Session, ready: &Ready) -> Vec<Value> {
    let features = session.features();
    let findings = session.findings(ready);
    let items = findings.iter().filter_map(|finding| item(ready, features, finding));
    items.take(MAX_ITEMS).collect()
}

fn item(ready: &Ready, features: Features, finding: &Finding) -> Option<Value> {
    let Ready { snapshot, editor, .. } = ready;
    let severity = match editor.severity(finding.code)? {
        Severity::Error => 1,
        Severity::Warning => 2,
        Severity::Information => 3,
        Severity::Hint => 4,
    };
    let range = snapshot.lines.to_range(snapshot.text(), &finding.range, snapshot.encoding);
    let mut item = json!({
        "range": range,
        "severity": severity,
        "code": finding.code.id(),
        "source": SOURCE,
        "message": finding.message,
    });
    if let Some(fields) = item.as_object_mut() {
        if features.diagnostic_links {
            let link = json!({"href": finding.code.url()});
            fields.insert("codeDescription".to_owned(), link);
        }
        if features.diagnostic_data {
            fields.insert("data".to_owned(), json!({"symbol": finding.path.0}));
        }
    }
    Some(item)
}

/// Tells the client of the diagnostics of a document.
pub(crate) fn publish(client: &Client, uri: &Url, version: Option<i32>, items: &[Value]) {
    let mut params = json!({"uri": uri, "diagnostics": items});
    if let (Some(version), Some(fields)) = (version, params.as_object_mut()) {
        fields.insert("version".to_owned(), version.into());
    }
    client.notify("textDocument/publishDiagnostics", params);
}

/// Publishes the diagnostics of a document, unless the client asks for them itself: at
/// once when it was opened, else when its text has rested.
pub(crate) fn follow(session: &Arc<Session>, uri: &Url, is_new: bool) {
    if session.features().pulls_diagnostics {
        return;
    }
    let (shared, document) = (Arc::clone(session), uri.clone());
    let task = session.jobs.spawn(async move {
        if !is_new {
            tokio::time::sleep(REST).await;
        }
        let Ok(turn) = Arc::clone(&shared.telling).acquire_owned().await else { return };
        let Some(snapshot) = shared.snapshot(&document) else { return };
        let Some(ready) = shared.ready(snapshot).await else { return };
        panics::blocking(move || {
            let _turn = turn;
            let items = items(&shared, &ready);
            shared.publish(&ready.snapshot, &items);
        })
        .await;
    });
    session.publish_by(uri, task);
}

/// Brings what the client shows up to date after the configuration has changed.
pub(crate) async fn refresh(session: &Arc<Session>) {
    let features = session.features();
    if !features.pulls_diagnostics {
        for uri in session.opened() {
            follow(session, &uri, true);
        }
    } else if features.refreshes_diagnostics {
        ask(session, "workspace/diagnostic/refresh").await;
    }
    if features.refreshes_lenses {
        ask(session, "workspace/codeLens/refresh").await;
    }
}

async fn ask(session: &Arc<Session>, method: &'static str) {
    if let Err(error) = session.client.request(method, Value::Null, PATIENCE, || ()).await {
        tracing::info!(%error, method, "the editor does not ask again");
    }
}

/// Tells the client what is wrong in configuration files, whether they are open or not.
/// Reads the files: not for the reader task.
pub(crate) fn publish_faults(client: &Client, encoding: Encoding, files: Faults) {
    for (file, faults) in files {
        let Ok(uri) = Url::from_file_path(&file) else { continue };
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let lines = Lines::new(&text);
        let items = faults.into_iter().map(|(line, message)| {
            let bytes = lines.content(line.saturating_sub(1), &text);
            let range = lines.to_range(&text, &bytes, encoding);
            json!({
                "range": range,
                "severity": 1,
                "code": "configuration",
                "source": SOURCE,
                "message": message,
            })
        });
        publish(client, &uri, None, &items.collect::<Vec<_>>());
    }
}
