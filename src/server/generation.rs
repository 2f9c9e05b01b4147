//! The jobs behind `docstring-ls.generate`, `.update` and `.convert`: what was ordered,
//! found in the document and handed to a job.
//!
//! One symbol is found before the order is answered, so that what cannot be done is said
//! at once. `work` asks, `delivery` sends the edits, `place` finds symbols again.

mod delivery;
mod place;
mod summary;
mod work;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::oneshot;
use tower_lsp::lsp_types::{Position, Url};

use super::error::Refusal;
use super::jobs::{Key, Ordered};
use super::panics;
use super::progress::Progress;
use super::session::{Ready, Session};
use crate::docstring::{Symbol, SymbolPath};
use crate::generate::{Options, Scope};
use crate::orchestrator::{CacheUse, Choice as Provider};
use crate::provider::ProviderId;
use crate::style;
use crate::syntax::Source;
use place::Place;
use work::Work;

/// What the caller may choose for one generation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Choice {
    style: Option<String>,
    provider: Option<String>,
    scope: Option<String>,
    /// `refresh` asks again for what is kept in the cache.
    cache: Option<String>,
    /// Show the edit for confirmation first, where the client can.
    #[serde(default)]
    confirm: bool,
    /// How many seconds results are collected while a job for a whole file goes on.
    batch_seconds: Option<u32>,
}

impl Choice {
    /// Whether it names a style.
    pub(crate) fn has_style(&self) -> bool {
        self.style.is_some()
    }
}

/// What is done to a symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// It gets a docstring; instead of the one that it has if it `replace`s.
    Generate {
        /// Whether a docstring that is there gives way.
        replace: bool,
    },
    /// Its docstring is brought into agreement with it.
    Update,
    /// Its docstring is laid out in another style.
    Convert,
}

impl Task {
    /// The verb of titles.
    fn verb(self) -> &'static str {
        match self {
            Self::Generate { .. } => "Generate",
            Self::Update => "Update",
            Self::Convert => "Convert",
        }
    }

    fn title(self, is_file: bool) -> &'static str {
        match (self, is_file) {
            (Self::Generate { .. }, false) => "Generating a docstring",
            (Self::Generate { .. }, true) => "Generating docstrings",
            (Self::Update, false) => "Updating a docstring",
            (Self::Update, true) => "Updating docstrings",
            (Self::Convert, false) => "Converting a docstring",
            (Self::Convert, true) => "Converting docstrings",
        }
    }
}

/// What is to be done.
pub(crate) struct Order {
    /// In which document.
    pub(crate) uri: Url,
    /// What.
    pub(crate) task: Task,
    /// To which part of it.
    pub(crate) target: Target,
    /// How.
    pub(crate) choice: Choice,
    /// Under which token the client shows the progress of this very request.
    pub(crate) token: Option<Value>,
}

/// Which part of a document.
pub(crate) enum Target {
    /// One symbol, with the hash of its signature when the caller knows it.
    Path {
        /// Where it stands in the file.
        path: SymbolPath,
        /// See [`Anchor`](super::anchor::Anchor).
        signature: Option<String>,
    },
    /// The symbol here.
    Position(Position),
    /// Every symbol that needs it.
    All,
}

/// A symbol, and how to find it again.
struct Subject {
    symbol: Symbol,
    place: Place,
}

/// A job that was started, or joined.
pub(crate) struct Started {
    /// The job.
    pub(crate) job: Ordered,
    /// Completes when the edit is on its way, or when that will take a while; not for a
    /// job that was joined.
    pub(crate) sent: oneshot::Receiver<()>,
}

/// The options with the caller's choice over them.
pub(crate) fn chosen_options(ready: &Ready, choice: &Choice) -> Result<Options, Refusal> {
    let mut options = ready.options.clone();
    if let Some(id) = choice.style.as_deref().filter(|id| *id != "auto") {
        let fits = style::by_id(id).filter(|style| style.language() == ready.source.language());
        options.style = fits.ok_or_else(|| Refusal::Params(format!("no style `{id}` here")))?;
    }
    if let Some(id) = &choice.provider {
        options.choice = match id.as_str() {
            "auto" => Provider::Auto,
            id => Provider::Preferred(ProviderId(id.into())),
        };
    }
    options.scope = match choice.scope.as_deref() {
        None => options.scope,
        Some("public") => Scope::Public,
        Some("all") => Scope::All,
        Some(other) => return Err(Refusal::Params(format!("no scope `{other}`"))),
    };
    match choice.cache.as_deref() {
        None => {}
        Some("refresh") => options.cache = CacheUse::Refresh,
        Some(other) => return Err(Refusal::Params(format!("no use of the cache `{other}`"))),
    }
    Ok(options)
}

/// Starts the job, or joins an equal one.
pub(crate) async fn start(session: &Arc<Session>, order: Order) -> Result<Started, Refusal> {
    if !session.features().apply_edit {
        return Err(Refusal::Expected("This editor takes no edits from a server.".to_owned()));
    }
    let Order { uri, task, target, choice, token } = order;
    let ready = session.wanted_ready(session.wanted(&uri)?).await?;
    let mut options = chosen_options(&ready, &choice)?;
    if task == (Task::Generate { replace: true }) && choice.cache.is_none() {
        // Who wants another docstring does not want the same one.
        options.cache = CacheUse::Refresh;
    }
    let subject = subject(&ready, task, target).await?;
    let is_file = subject.is_none();
    let is_immediate = task == Task::Convert || ready.orchestrator.is_immediate(&options.choice);
    let key = Key {
        document: uri.clone(),
        symbol: subject.as_ref().map(|subject| subject.symbol.path.clone()),
        style: options.style.id(),
        work: format!(
            "{task:?} {:?} {:?} {:?} {}",
            options.choice, options.scope, options.cache, choice.confirm
        ),
    };
    let progress = Progress::new(&session.client, task.title(is_file), is_file);
    let (sender, sent) = oneshot::channel();
    let shared = Arc::clone(session);
    let shown = progress.clone();
    let limit = work::limit(is_file);
    let job = session.jobs.start(key, limit, Some(progress), |ticket| {
        let order = work::Ordered { task, options, is_immediate, choice };
        let work = Work { session: shared, ready, order, progress: shown, ticket };
        work.run(subject, sender)
    });
    let job = job.ok_or_else(|| Refusal::Expected("Too many jobs are running.".to_owned()))?;
    // It may have been closed while we looked.
    if session.snapshot(&uri).is_none() {
        session.jobs.cancel_document(&uri);
        return Err(Refusal::Told);
    }
    if let Some(progress) = &job.progress {
        let is_shown = is_file || !is_immediate;
        match token {
            Some(token) => progress.show(token),
            None if is_shown && !job.is_joined && session.features().progress => {
                progress.ask(&session.jobs, job.id);
            }
            None => {}
        }
    }
    Ok(Started { job, sent })
}

/// The symbol that is meant; `None` when the whole file is.
async fn subject(ready: &Ready, task: Task, target: Target) -> Result<Option<Subject>, Refusal> {
    let found = match target {
        Target::All => return Ok(None),
        Target::Path { path, signature } => {
            let source = ready.source.clone();
            panics::blocking(move || by_path(&source, &path, signature.as_deref())).await
        }
        Target::Position(position) => {
            let Ready { snapshot, source, .. } = ready.clone();
            panics::blocking(move || {
                let offset = snapshot.lines.offset(snapshot.text(), position, snapshot.encoding);
                let symbol = source.symbol_at(offset);
                let symbol = symbol
                    .ok_or_else(|| Refusal::Expected("There is no symbol here.".to_owned()))?;
                let place = Place::of(&source, &symbol);
                Ok(Subject { symbol, place })
            })
            .await
        }
    };
    let subject = found.ok_or(Refusal::Told)??;
    let path = &subject.symbol.path;
    let obstacle = match (task, subject.symbol.existing.is_some()) {
        (Task::Generate { replace: false }, true) => format!("`{path}` has a docstring already."),
        (Task::Update | Task::Convert, false) => format!("`{path}` has no docstring."),
        _ => return Ok(Some(subject)),
    };
    Err(Refusal::Expected(obstacle))
}

fn by_path(
    source: &Source,
    path: &SymbolPath,
    signature: Option<&str>,
) -> Result<Subject, Refusal> {
    let symbol = match signature {
        Some(signature) => place::signed(source, path, signature),
        None => source.symbol(path),
    };
    let symbol = symbol.ok_or_else(|| {
        Refusal::Expected(if signature.is_some() && source.symbol(path).is_some() {
            "The code changed meanwhile; nothing was done.".to_owned()
        } else {
            format!("There is no `{path}` any more.")
        })
    })?;
    let place = Place::of(source, &symbol);
    Ok(Subject { symbol, place })
}
