//! `initialize`.

use std::sync::Arc;

use tower_lsp::lsp_types::{InitializeParams, InitializeResult};

use super::did_change_workspace_folders::paths;
use crate::server::capabilities::initialize_result;
use crate::server::secrets::EditorSecrets;
use crate::server::session::Session;

/// Starts the session. What the client can do was read before (see `inbound`).
pub(crate) fn handle(session: &Session, params: InitializeParams) -> InitializeResult {
    #[allow(deprecated, reason = "clients that know no workspace folders send it")]
    let root = params.root_uri.and_then(|uri| uri.to_file_path().ok());
    let mut folders = paths(params.workspace_folders.unwrap_or_default());
    if folders.is_empty() {
        folders.extend(root);
    }
    if session.features().api_key {
        session.settings.keep_keys_in(Arc::new(EditorSecrets::new(session.client.clone())));
    }
    session.settings.refresh(params.initialization_options.filter(|options| !options.is_null()));
    session.start(folders);
    initialize_result(session.features())
}
