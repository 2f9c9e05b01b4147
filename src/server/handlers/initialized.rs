//! `initialized`.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tower_lsp::lsp_types::Url;

use crate::server::client::PATIENCE;
use crate::server::session::Session;
use crate::server::{answering, diagnostics, panics};

/// Files whose change may change the configuration.
const WATCHED: [&str; 15] = [
    "**/docstring-ls.toml",
    "**/.docstring-ls.toml",
    "**/pyproject.toml",
    "**/Cargo.toml",
    "**/ruff.toml",
    "**/.ruff.toml",
    "**/setup.cfg",
    "**/tox.ini",
    "**/.flake8",
    "**/.pydocstyle",
    "**/.pydocstyle.ini",
    "**/rustfmt.toml",
    "**/.rustfmt.toml",
    "**/clippy.toml",
    "**/.clippy.toml",
];

/// Asks the client to tell of changes, and reads the configuration.
pub(crate) fn handle(session: &Arc<Session>) {
    let features = session.features();
    let mut registrations = Vec::new();
    if features.registers_configuration {
        registrations.push(json!({
            "id": "configuration",
            "method": "workspace/didChangeConfiguration",
            "registerOptions": {"section": "docstring-ls"},
        }));
    }
    if features.registers_watched_files {
        let mut watchers: Vec<Value> =
            WATCHED.iter().map(|pattern| json!({"globPattern": pattern})).collect();
        if features.relative_patterns {
            watchers.extend(session.settings.user_file().and_then(user_watcher));
        }
        registrations.push(json!({
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": {"watchers": watchers},
        }));
    }
    if !registrations.is_empty() {
        let client = session.client.clone();
        session.jobs.spawn(async move {
            let params = json!({"registrations": registrations});
            let asked = client.request("client/registerCapability", params, PATIENCE, || ());
            if let Err(error) = asked.await {
                tracing::info!(%error, "the editor will not tell of changes");
            }
        });
    }
    load(session, features.configuration, false);
    answering::keep_flushing(session);
}

/// Watches the user's own file, which stands outside every workspace.
fn user_watcher(file: &Path) -> Option<Value> {
    let folder = Url::from_file_path(file.parent()?).ok()?;
    let name = file.file_name()?.to_str()?;
    Some(json!({"globPattern": {"baseUri": folder, "pattern": name}}))
}

/// Reads the configuration in the background, to complain early and to show what follows
/// from it; with `pull` after asking the client for its settings.
pub(crate) fn load(session: &Arc<Session>, pull: bool, mut is_news: bool) {
    let shared = Arc::clone(session);
    session.jobs.spawn(async move {
        if pull {
            let params = json!({"items": [{"section": "docstring-ls"}]});
            let asked = shared.client.request("workspace/configuration", params, PATIENCE, || ());
            match asked.await {
                Ok(Value::Array(answers)) => {
                    let settings = answers.into_iter().find(Value::is_object);
                    if settings.is_some() {
                        shared.settings.refresh(settings);
                        is_news = true;
                    }
                }
                Ok(_) => tracing::warn!("the editor's settings are no list"),
                Err(error) => tracing::info!(%error, "the editor has no settings"),
            }
        }
        let checked = Arc::clone(&shared);
        panics::blocking(move || checked.check_settings()).await;
        if is_news {
            diagnostics::refresh(&shared).await;
        }
    });
}
