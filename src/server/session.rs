//! What a session knows: the client, its documents, the configuration, the jobs.
//!
//! Locks are held for moments and never across a wait.

mod configured;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tower_lsp::lsp_types::{MessageType, Position, TextDocumentContentChangeEvent, Url};

use super::ServeOptions;
use super::answering::Answering;
use super::client::Client;
use super::diagnostics;
use super::document::{Document, Snapshot, Unusable};
use super::error::Refusal;
use super::features::Features;
use super::jobs::Jobs;
use super::panics;
use super::parse::Workshop;
use super::settings::Settings;
use crate::config::{Editor, Workspaces};
use crate::docstring::Language;
use crate::generate::{Finding, Options, check};
use crate::orchestrator::Orchestrator;
use crate::syntax::{Source, language_of};
use crate::telemetry::Telemetry;

/// How long the style that a file was found to have is believed.
const STYLE_TRUSTED: Duration = Duration::from_secs(10);
/// How long an answer about one place waits for the tree before it does without.
const AT_ONCE: Duration = Duration::from_millis(14);
/// The same where the tree is known to take longer.
const BRIEFLY: Duration = Duration::from_millis(2);
/// How much longer it waits where it cannot do without.
const SOON: Duration = Duration::from_millis(10);

/// Open documents whose trees are kept; those of others are made anew when they are asked
/// about.
const AWAKE: usize = 16;

/// One client's session.
pub(crate) struct Session {
    /// Messages to the client.
    pub(crate) client: Client,
    /// Work that outlives its request.
    pub(crate) jobs: Jobs,
    /// The configuration.
    pub(crate) settings: Settings,
    /// Where documents are parsed.
    pub(crate) workshop: Workshop,
    /// Documents that are read ahead.
    warming: Arc<Semaphore>,
    /// Bounds the documents whose diagnostics are found unasked at the same time.
    pub(crate) telling: Arc<Semaphore>,
    features: Mutex<Features>,
    folders: Mutex<Vec<PathBuf>>,
    started: AtomicBool,
    documents: Arc<Mutex<HashMap<Url, Open>>>,
    /// The code that prompts may quote.
    workspaces: Workspaces,
    /// Who answers.
    pub(crate) answering: Answering,
}

struct Open {
    document: Document,
    /// When it was last asked about, counted in snapshots.
    used: u64,
    told: Option<Unusable>,
    options: Option<Derived>,
    findings: Option<Checked>,
    /// The task that will publish its diagnostics, and whether any were published.
    publishing: Option<AbortHandle>,
    is_published: bool,
}

/// Findings and what they were found in.
struct Checked {
    text: Arc<str>,
    generation: u64,
    findings: Arc<[Finding]>,
}

/// Options and what they were derived from.
struct Derived {
    options: Options,
    editor: Editor,
    generation: u64,
    at: Instant,
}

/// A document that can be worked on, with everything that is needed for it.
#[derive(Clone)]
pub(crate) struct Ready {
    /// The document.
    pub(crate) snapshot: Snapshot,
    /// Its text and tree.
    pub(crate) source: Source,
    /// The tree is of no more than one top-level definition.
    pub(crate) is_partial: bool,
    /// What the user chose for it.
    pub(crate) options: Options,
    /// What the editor shows.
    pub(crate) editor: Editor,
    /// Who answers.
    pub(crate) orchestrator: Arc<Orchestrator>,
}

/// Lets the trees go of the documents that nobody has asked about for the longest time.
fn rest(documents: &mut HashMap<Url, Open>) {
    let mut awake: Vec<&mut Open> =
        documents.values_mut().filter(|open| open.document.is_awake()).collect();
    awake.sort_by_key(|open| std::cmp::Reverse(open.used));
    for open in awake.into_iter().skip(AWAKE) {
        open.document.rest();
        open.findings = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    /// A session before `initialize`.
    pub(crate) fn new(
        client: tower_lsp::Client,
        options: &ServeOptions,
        telemetry: Arc<Telemetry>,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let jobs = Jobs::default();
        let documents = Arc::default();
        Self {
            workspaces: configured::workspaces(&documents),
            client: Client::new(client),
            workshop: Workshop::new(jobs.clone(), cores),
            jobs,
            settings: Settings::new(options),
            warming: Arc::new(Semaphore::new(2)),
            telling: Arc::new(Semaphore::new(2)),
            features: Mutex::default(),
            folders: Mutex::default(),
            started: AtomicBool::new(false),
            documents,
            answering: Answering::new(telemetry),
        }
    }

    /// What the client can do.
    pub(crate) fn features(&self) -> Features {
        *lock(&self.features)
    }

    /// Takes what the client announces, until the session has started.
    pub(crate) fn announce(&self, features: Features) {
        if !self.started.load(Ordering::Acquire) {
            *lock(&self.features) = features;
        }
    }

    /// The session has started.
    pub(crate) fn start(&self, folders: Vec<PathBuf>) {
        *lock(&self.folders) = folders;
        self.started.store(true, Ordering::Release);
    }

    /// Adds and removes workspace folders.
    pub(crate) fn change_folders(&self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        let mut folders = lock(&self.folders);
        folders.retain(|folder| !removed.contains(folder));
        folders.extend(added);
    }

    /// The first workspace folder.
    pub(crate) fn first_folder(&self) -> Option<PathBuf> {
        lock(&self.folders).first().cloned()
    }

    /// Ends everything that runs.
    pub(crate) fn close(&self) {
        self.jobs.close();
        lock(&self.documents).clear();
    }

    /// A document was opened.
    pub(crate) fn open(&self, uri: Url, language_id: &str, version: i32, text: String) {
        let language = match language_id {
            "python" => Some(Language::Python),
            "rust" => Some(Language::Rust),
            _ => language_of(Path::new(uri.path())),
        };
        let document = Document::new(uri.clone(), language, version, text);
        let open = Open {
            document,
            used: 0,
            told: None,
            options: None,
            findings: None,
            publishing: None,
            is_published: false,
        };
        lock(&self.documents).insert(uri, open);
    }

    /// A document was changed. Versions may jump, but not fall.
    pub(crate) fn change(
        &self,
        uri: &Url,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
    ) {
        let encoding = self.features().encoding;
        let mut documents = lock(&self.documents);
        let Some(open) = documents.get_mut(uri) else {
            tracing::warn!(%uri, "a change of a document that is not open is ignored");
            return;
        };
        let before = open.document.version();
        if version != before.saturating_add(1) {
            tracing::debug!(%uri, before, version, "the version jumped");
        }
        open.document.change(version, changes, encoding);
    }

    /// A change got lost.
    pub(crate) fn lose_sync(&self, uri: &Url) {
        if let Some(open) = lock(&self.documents).get_mut(uri) {
            open.document.lose_sync();
        }
    }

    /// Looks at the style of a document again when it is next needed.
    pub(crate) fn forget_options(&self, uri: &Url) {
        if let Some(open) = lock(&self.documents).get_mut(uri) {
            open.options = None;
        }
    }

    /// A document was closed.
    pub(crate) fn close_document(&self, uri: &Url) {
        if let Some(open) = lock(&self.documents).remove(uri) {
            if let Some(publishing) = open.publishing {
                publishing.abort();
            }
            if open.is_published {
                diagnostics::publish(&self.client, uri, None, &[]);
            }
        }
        self.jobs.cancel_document(uri);
    }

    /// The documents that are open.
    pub(crate) fn opened(&self) -> Vec<Url> {
        lock(&self.documents).keys().cloned().collect()
    }

    /// `task` will publish the diagnostics of a document; one that waits is given up.
    pub(crate) fn publish_by(&self, uri: &Url, task: Option<AbortHandle>) {
        let mut documents = lock(&self.documents);
        let before = match documents.get_mut(uri) {
            Some(open) => std::mem::replace(&mut open.publishing, task),
            None => task,
        };
        if let Some(before) = before {
            before.abort();
        }
    }

    /// Publishes the diagnostics of a version, if that is still the newest.
    pub(crate) fn publish(&self, snapshot: &Snapshot, items: &[serde_json::Value]) {
        let mut documents = lock(&self.documents);
        let Some(open) = documents.get_mut(&snapshot.uri) else { return };
        if open.document.version() != snapshot.version {
            return;
        }
        open.is_published = true;
        let version = self.features().diagnostic_versions.then_some(snapshot.version);
        diagnostics::publish(&self.client, &snapshot.uri, version, items);
    }

    /// What is wrong with the docstrings of a document, found once for each version of it.
    /// For a thread that may be busy for a while.
    pub(crate) fn findings(&self, ready: &Ready) -> Arc<[Finding]> {
        let Ready { snapshot, source, options, is_partial, .. } = ready;
        let generation = self.settings.generation();
        let is_same = |known: &&Checked| {
            Arc::ptr_eq(&known.text, snapshot.text()) && known.generation == generation
        };
        let known = lock(&self.documents).get(&snapshot.uri).and_then(|open| {
            open.findings.as_ref().filter(is_same).map(|known| Arc::clone(&known.findings))
        });
        if let Some(known) = known {
            return known;
        }
        let findings: Arc<[Finding]> = check(source, options).into();
        if let Some(open) = lock(&self.documents).get_mut(&snapshot.uri)
            && !is_partial
        {
            let (text, findings) = (Arc::clone(snapshot.text()), Arc::clone(&findings));
            open.findings = Some(Checked { text, generation, findings });
        }
        findings
    }

    /// The open document as it is now. `None` when it is not open, not one of our
    /// languages or cannot be worked on; the last is told once.
    pub(crate) fn snapshot(&self, uri: &Url) -> Option<Snapshot> {
        let encoding = self.features().encoding;
        let mut documents = lock(&self.documents);
        let used = 1 + documents.values().map(|open| open.used).max().unwrap_or(0);
        let open = documents.get_mut(uri)?;
        let was_awake = open.document.is_awake();
        open.used = used;
        match open.document.snapshot(encoding) {
            Ok(snapshot) => {
                if !was_awake {
                    rest(&mut documents);
                }
                snapshot
            }
            Err(unusable) => {
                if open.told.replace(unusable) != Some(unusable) {
                    let name = uri.path().rsplit('/').next().unwrap_or_default();
                    self.client.show(MessageType::WARNING, &format!("{name} {unusable}."));
                }
                None
            }
        }
    }

    /// The open document as it is now, for a request that is about this document only.
    pub(crate) fn wanted(&self, uri: &Url) -> Result<Snapshot, Refusal> {
        self.snapshot(uri).ok_or_else(|| match lock(&self.documents).get(uri) {
            Some(open) if open.told.is_some() => Refusal::Told,
            Some(_) => Refusal::Expected(format!("{uri} is in a language without docstrings.")),
            None => Refusal::Expected(format!("{uri} is not open.")),
        })
    }

    /// Parses and configures.
    ///
    /// # Errors
    ///
    /// When the parser gives up.
    pub(crate) async fn wanted_ready(
        self: &Arc<Self>,
        snapshot: Snapshot,
    ) -> Result<Ready, Refusal> {
        let too_complex = format!("{} is too complex to be documented.", snapshot.uri);
        self.ready(snapshot).await.ok_or(Refusal::Expected(too_complex))
    }

    /// Reads a document ahead, so that the first request about it is quick; not when
    /// many are opened at once.
    pub(crate) fn warm(self: &Arc<Self>, uri: Url) {
        let Ok(turn) = Arc::clone(&self.warming).try_acquire_owned() else { return };
        let session = Arc::clone(self);
        self.jobs.spawn(async move {
            if let Some(snapshot) = session.snapshot(&uri) {
                session.ready(snapshot).await;
            }
            drop(turn);
        });
    }

    /// Parses and configures. `None` when the parser gives up.
    pub(crate) async fn ready(self: &Arc<Self>, snapshot: Snapshot) -> Option<Ready> {
        let source = snapshot.source(&self.workshop).await?;
        self.configured(snapshot, source, false).await
    }

    /// Like [`Session::ready`], but for an answer about one place that must be quick: when
    /// the tree takes its time, one of no more than the definition there will do. `None`
    /// also when the text was changed to something that is no code, until there is a tree
    /// of it; who is `patient` waits for that.
    pub(crate) async fn ready_at(
        self: &Arc<Self>,
        snapshot: Snapshot,
        place: Position,
        patient: bool,
    ) -> Option<Ready> {
        let patient = patient || !snapshot.has_base() || snapshot.language() != Language::Python;
        let mut tree = std::pin::pin!(snapshot.source(&self.workshop));
        let mut is_partial = false;
        let at_once = if snapshot.has_new_quotes() { BRIEFLY } else { AT_ONCE };
        let source = if let Ok(source) = timeout(at_once, &mut tree).await {
            source
        } else {
            let part = snapshot.clone();
            let part = panics::blocking(move || {
                part.around(part.lines.offset(part.text(), place, part.encoding))
            });
            tokio::select! {
                source = &mut tree => source,
                part = part => match part? {
                    Ok(Some(source)) => {
                        is_partial = true;
                        Some(source)
                    }
                    Ok(None) if !patient => timeout(SOON, tree).await.ok().flatten(),
                    Err(_) if !patient => None,
                    Ok(None) | Err(_) => tree.await,
                }
            }
        };
        self.configured(snapshot.clone(), source?, is_partial).await
    }
}
