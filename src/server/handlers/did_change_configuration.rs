//! `workspace/didChangeConfiguration`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::lsp_types::DidChangeConfigurationParams;

use super::initialized;
use crate::server::session::Session;

/// Takes the settings that were sent, or asks for them.
pub(crate) fn handle(session: &Arc<Session>, params: DidChangeConfigurationParams) {
    let ours = |name: &String| name == "docstring-ls" || name.starts_with("docstring-ls.");
    let settings = match params.settings {
        Value::Object(settings) if settings.keys().any(ours) => Some(Value::Object(settings)),
        _ => None,
    };
    let pull = settings.is_none() && session.features().configuration;
    session.settings.refresh(settings);
    initialized::load(session, pull, true);
}
