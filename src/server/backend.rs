//! The switchboard: each method of the protocol to its file in `handlers`.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::{
    DidChangeConfigurationParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams,
    DidSaveTextDocumentParams, ExecuteCommandParams, Hover, HoverParams, InitializeParams,
    InitializeResult, InitializedParams, Url,
};
use tower_lsp::{ClientSocket, LanguageServer, LspService};

use super::error::Refusal;
use super::handlers::{
    api_key_changed, code_action, code_lens, completion, diagnostic, did_change,
    did_change_configuration, did_change_watched_files, did_change_workspace_folders, did_close,
    did_open, did_save, execute_command, hover, initialize, initialized, preview, provider_stats,
    symbols, work_done_progress_cancel,
};
use super::session::Session;
use super::{ServeOptions, inbound};
use crate::telemetry::Telemetry;

/// The service, its socket to the client, and the session that both share.
pub(crate) fn build(
    options: &ServeOptions,
    telemetry: &Arc<Telemetry>,
) -> (LspService<Backend>, ClientSocket, Arc<Session>) {
    let [did_open, did_change, did_close, code_action, completion, code_lens, diagnostic] =
        inbound::RENAMED.map(|(_, name)| name);
    let session = |client| Arc::new(Session::new(client, options, Arc::clone(telemetry)));
    let mut service = LspService::build(|client| Backend { session: session(client) })
        .custom_method(did_open, Backend::did_open_document)
        .custom_method(did_change, Backend::did_change_document)
        .custom_method(did_close, Backend::did_close_document)
        .custom_method(code_action, Backend::code_actions)
        .custom_method(completion, Backend::completions)
        .custom_method(code_lens, Backend::code_lenses)
        .custom_method(diagnostic, Backend::diagnostics)
        .custom_method("docstring-ls/preview", Backend::preview)
        .custom_method("docstring-ls/symbols", Backend::symbols)
        .custom_method("docstring-ls/providerStats", Backend::provider_stats)
        .custom_method("docstring-ls/apiKeyChanged", Backend::api_key_changed)
        .custom_method("window/workDoneProgress/cancel", Backend::cancel_progress);
    if options.testing {
        service = service
            .custom_method("docstring-ls/_panic", Backend::panic)
            .custom_method("docstring-ls/_wait", Backend::wait)
            .custom_method("docstring-ls/_ask", Backend::ask)
            .custom_method("docstring-ls/_text", Backend::text)
            .custom_method("docstring-ls/_jobs", Backend::jobs);
    }
    let (service, socket) = service.finish();
    let session = Arc::clone(&service.inner().session);
    (service, socket, session)
}

/// What the framework calls.
pub(crate) struct Backend {
    session: Arc<Session>,
}

#[expect(clippy::unused_async, reason = "the framework takes asynchronous methods only")]
impl Backend {
    fn answer<T>(&self, result: std::result::Result<T, Refusal>) -> Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(refusal) => refusal.answer(&self.session.client),
        }
    }

    async fn did_open_document(&self, params: Value) {
        did_open::handle(&self.session, params);
    }

    async fn did_change_document(&self, params: Value) {
        did_change::handle(&self.session, params);
    }

    async fn did_close_document(&self, params: Value) {
        did_close::handle(&self.session, params);
    }

    async fn code_actions(&self, params: code_action::Params) -> Result<Option<Value>> {
        Ok(code_action::handle(&self.session, params).await)
    }

    async fn completions(&self, params: completion::Params) -> Result<Option<Value>> {
        Ok(completion::handle(&self.session, params).await)
    }

    async fn code_lenses(&self, params: code_lens::Params) -> Result<Option<Value>> {
        Ok(code_lens::handle(&self.session, params).await)
    }

    async fn diagnostics(&self, params: diagnostic::Params) -> Result<Value> {
        Ok(diagnostic::handle(&self.session, params).await)
    }

    async fn preview(&self, params: preview::Params) -> Result<Option<Value>> {
        let made = preview::handle(&self.session, params).await;
        self.answer(made)
    }

    async fn symbols(&self, params: symbols::Params) -> Result<Option<Vec<symbols::Listed>>> {
        let found = symbols::handle(&self.session, params).await;
        self.answer(found)
    }

    async fn provider_stats(&self, _: Value) -> Result<Value> {
        provider_stats::handle(&self.session).await
    }

    async fn api_key_changed(&self, _: Value) {
        api_key_changed::handle(&self.session);
    }

    async fn cancel_progress(&self, params: Value) {
        work_done_progress_cancel::handle(&self.session, &params);
    }

    /// For tests: a handler with a bug.
    #[expect(clippy::panic, reason = "this is what it is for")]
    async fn panic(&self, _: Value) -> Result<Value> {
        panic!("as asked")
    }

    /// For tests: a request that never ends by itself.
    async fn wait(&self, _: Value) -> Result<Value> {
        std::future::pending().await
    }

    /// For tests: the text of a document as the server has it.
    async fn text(&self, params: Value) -> Result<Value> {
        let uri = params.get("uri").and_then(Value::as_str).and_then(|uri| Url::parse(uri).ok());
        let snapshot = uri.and_then(|uri| self.session.snapshot(&uri));
        Ok(snapshot.map_or(
            Value::Null,
            |snapshot| serde_json::json!({"version": snapshot.version, "text": &**snapshot.text()}),
        ))
    }

    /// For tests: how many jobs are running.
    async fn jobs(&self, _: Value) -> Result<usize> {
        Ok(self.session.jobs.count())
    }

    /// For tests: a request that waits for the client.
    async fn ask(&self, _: Value) -> Result<Value> {
        let items = serde_json::json!({"items": [{"section": "docstring-ls"}]});
        let limit = std::time::Duration::from_mins(1);
        let asked = self.session.client.request("workspace/configuration", items, limit, || ());
        asked.await.map_err(|_| Error::internal_error())
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        Ok(initialize::handle(&self.session, params))
    }

    async fn initialized(&self, _: InitializedParams) {
        initialized::handle(&self.session);
    }

    async fn shutdown(&self) -> Result<()> {
        self.session.jobs.close();
        Ok(())
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        did_save::handle(&self.session, &params);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        did_change_configuration::handle(&self.session, params);
    }

    async fn did_change_watched_files(&self, _: DidChangeWatchedFilesParams) {
        did_change_watched_files::handle(&self.session);
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        did_change_workspace_folders::handle(&self.session, params);
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        Ok(hover::handle(&self.session, params).await)
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        let answer = execute_command::handle(&self.session, params).await;
        self.answer(answer).map(Option::flatten)
    }
}
