//! `workspace/didChangeWorkspaceFolders`.

use std::path::PathBuf;

use tower_lsp::lsp_types::{DidChangeWorkspaceFoldersParams, WorkspaceFolder};

use crate::server::session::Session;

/// Follows the folders of the workspace.
pub(crate) fn handle(session: &Session, params: DidChangeWorkspaceFoldersParams) {
    let removed = paths(params.event.removed);
    session.change_folders(paths(params.event.added), &removed);
}

/// The folders that are on this machine.
pub(crate) fn paths(folders: Vec<WorkspaceFolder>) -> Vec<PathBuf> {
    folders.into_iter().filter_map(|folder| folder.uri.to_file_path().ok()).collect()
}
