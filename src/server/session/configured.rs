//! What holds for a document: the choices of the user and of its project.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use tower_lsp::lsp_types::{MessageType, Url};

use super::{Derived, Open, Ready, STYLE_TRUSTED, Session, lock};
use crate::config::{Config, Editor, Workspaces};
use crate::docstring::SymbolKind;
use crate::generate::Options;
use crate::orchestrator::{Orchestrator, Report};
use crate::server::document::Snapshot;
use crate::server::{diagnostics, panics, place};
use crate::syntax::Source;

/// The code of folders, as the documents of the editor have it.
pub(super) fn workspaces(documents: &Arc<Mutex<HashMap<Url, Open>>>) -> Workspaces {
    let documents = Arc::clone(documents);
    Workspaces::new(Arc::new(move || {
        let mut documents = lock(&documents);
        let texts = documents.iter_mut().filter(|(uri, _)| uri.scheme() == "file");
        let text =
            |(uri, open): (&Url, &mut Open)| Some((place::path_of(uri)?, open.document.shared()?));
        texts.filter_map(text).collect()
    }))
}

impl Session {
    /// What is needed besides the text and its tree.
    pub(crate) async fn configured(
        self: &Arc<Self>,
        snapshot: Snapshot,
        source: Source,
        is_partial: bool,
    ) -> Option<Ready> {
        let (options, editor) = if let Some(known) = self.known_options(&snapshot.uri) {
            known
        } else {
            let session = Arc::clone(self);
            let (uri, source) = (snapshot.uri.clone(), source.clone());
            panics::blocking(move || session.derive_options(&uri, &source)).await?
        };
        let orchestrator = self.orchestrator();
        Some(Ready { snapshot, source, is_partial, options, editor, orchestrator })
    }

    /// The options as they were last derived, unless the configuration has changed since.
    /// When that was a while ago, they are derived anew for the next request.
    fn known_options(self: &Arc<Self>, uri: &Url) -> Option<(Options, Editor)> {
        let generation = self.settings.generation();
        let mut documents = lock(&self.documents);
        let derived = documents.get_mut(uri)?.options.as_mut()?;
        if derived.generation != generation {
            return None;
        }
        let known = (derived.options.clone(), derived.editor);
        if derived.at.elapsed() >= STYLE_TRUSTED {
            derived.at = Instant::now();
            drop(documents);
            let (session, uri) = (Arc::clone(self), uri.clone());
            self.jobs.spawn(async move {
                let Some(snapshot) = session.snapshot(&uri) else { return };
                let Some(source) = snapshot.source(&session.workshop).await else { return };
                panics::blocking(move || session.derive_options(&uri, &source)).await;
            });
        }
        Some(known)
    }

    fn derive_options(&self, uri: &Url, source: &Source) -> (Options, Editor) {
        let generation = self.settings.generation();
        let path = place::path_of(uri);
        let config = self.config_of(self.folder_of(uri).as_deref());
        let mut options = config.options_for(source, path.as_deref());
        if place::is_cell(uri) {
            // A cell is no module.
            let kinds = SymbolKind::ALL.into_iter().filter(|kind| *kind != SymbolKind::Module);
            options.kinds = Some(kinds.collect());
        } else if let Some(folder) = path.as_deref().and_then(|path| self.workspace_of(path)) {
            options.code = self.workspaces.of(&folder, &config);
        }
        let editor = config.editor();
        let derived = Derived { options: options.clone(), editor, generation, at: Instant::now() };
        if let Some(open) = lock(&self.documents).get_mut(uri) {
            open.options = Some(derived);
            open.findings = None;
        }
        (options, editor)
    }

    /// The innermost folder of the workspace around a file.
    fn workspace_of(&self, path: &Path) -> Option<PathBuf> {
        let folders = lock(&self.folders);
        let around = folders.iter().filter(|folder| path.starts_with(folder));
        around.max_by_key(|folder| folder.as_os_str().len()).cloned()
    }

    /// The folder whose configuration holds for a document.
    fn folder_of(&self, uri: &Url) -> Option<PathBuf> {
        match place::path_of(uri) {
            Some(path) => path.parent().map(Path::to_path_buf),
            None => self.first_folder(),
        }
    }

    /// What the editor shows for a document. Reads files: not for the reader task.
    pub(crate) fn editor(&self, uri: &Url) -> Editor {
        self.config_of(self.folder_of(uri).as_deref()).editor()
    }

    /// The configuration that holds in a folder. What is wrong with it is told once.
    fn config_of(&self, folder: Option<&Path>) -> Arc<Config> {
        let resolved = self.settings.of_folder(folder);
        if let Some(complaint) = resolved.complaint {
            self.client.show(MessageType::ERROR, &complaint);
        }
        diagnostics::publish_faults(&self.client, self.features().encoding, resolved.faults);
        resolved.config
    }

    /// What was counted, each workspace of this session with its folder. Reads files: not
    /// for the reader task.
    pub(crate) fn report(&self) -> Report {
        let mut report = self.orchestrator().report();
        for folder in self.all_folders() {
            let config = self.config_of(folder.as_deref());
            let is_place = !config.root().as_os_str().is_empty();
            if let Some(found) = report.workspaces.get_mut(config.workspace())
                && is_place
            {
                found.folder = Some(config.root().display().to_string());
            }
        }
        report
    }

    /// The folders of the workspace and of every open document, and none.
    fn all_folders(&self) -> BTreeSet<Option<PathBuf>> {
        let mut folders: BTreeSet<Option<PathBuf>> =
            self.opened().iter().map(|uri| self.folder_of(uri)).collect();
        folders.extend(lock(&self.folders).iter().cloned().map(Some));
        folders.insert(None);
        folders
    }

    /// Who answers. No project's file has a say in this, only the user.
    pub(crate) fn orchestrator(&self) -> Arc<Orchestrator> {
        self.answering.of(&self.config_of(None))
    }

    /// Reads the configuration of the workspace and of every open document, to complain
    /// early, and takes back the complaints that no longer hold.
    pub(crate) fn check_settings(&self) {
        for folder in self.all_folders() {
            self.config_of(folder.as_deref());
        }
        let encoding = self.features().encoding;
        diagnostics::publish_faults(&self.client, encoding, self.settings.settle());
    }
}
