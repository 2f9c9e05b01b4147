//! `textDocument/didSave`.

use tower_lsp::lsp_types::DidSaveTextDocumentParams;

use crate::server::session::Session;

/// Looks at the style of the file again when it is next needed.
pub(crate) fn handle(session: &Session, params: &DidSaveTextDocumentParams) {
    session.forget_options(&params.text_document.uri);
}
