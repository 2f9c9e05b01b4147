//! The job behind `docstring-ls.generate` and `docstring-ls.generateAll`: asks, finds
//! the symbols again in the newest text, and sends one edit.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tower_lsp::lsp_types::{MessageType, Position, Url};

use super::anchor::Anchor;
use super::answering;
use super::document::Snapshot;
use super::edits::workspace_edit;
use super::error::Refusal;
use super::jobs::JobId;
use super::panics;
use super::progress::Progress;
use super::session::{Ready, Session};
use crate::docstring::{Edit, Symbol, SymbolPath};
use crate::generate::{self, Generated, Options, Scope};
use crate::orchestrator::{CacheUse, Choice as Provider};
use crate::provider::ProviderId;
use crate::style;
use crate::syntax::Source;

/// How long the user may take to confirm an edit.
const CONFIRM: Duration = Duration::from_mins(2);

/// Notices shown for one job.
const MAX_NOTICES: usize = 3;

/// What the caller may choose for one generation.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Choice {
    style: Option<String>,
    provider: Option<String>,
    scope: Option<String>,
    /// `refresh` asks again for what is kept in the cache.
    cache: Option<String>,
}

/// What is to be documented.
pub(crate) struct Order {
    /// In which document.
    pub(crate) uri: Url,
    /// Which part of it.
    pub(crate) target: Target,
    /// How.
    pub(crate) choice: Choice,
}

/// Which part of a document.
pub(crate) enum Target {
    /// One symbol, with the hash of its signature when the caller knows it.
    Path {
        /// Where it stands in the file.
        path: SymbolPath,
        /// See [`Anchor`].
        signature: Option<String>,
    },
    /// The symbol here.
    Position(Position),
    /// Every undocumented symbol.
    All,
}

/// A job that was started.
pub(crate) struct Started {
    /// Its name.
    pub(crate) job: JobId,
    /// Completes when the edit is on its way, or when that will take a while.
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

/// Starts the job.
pub(crate) fn start(session: &Arc<Session>, order: Order) -> Result<Started, Refusal> {
    if !session.features().apply_edit {
        return Err(Refusal::Expected("This editor takes no edits from a server.".to_owned()));
    }
    let snapshot = session.wanted(&order.uri)?;
    let (sender, sent) = oneshot::channel();
    let shared = Arc::clone(session);
    let job = session.jobs.start(order.uri.clone(), |job| async move {
        let mut work = Work { session: shared, job, sent: Some(sender) };
        if let Err(refusal) = work.run(snapshot, order).await {
            work.complain(refusal);
        }
    });
    let job = job.ok_or_else(|| Refusal::Expected("Too many jobs are running.".to_owned()))?;
    Ok(Started { job, sent })
}

/// A docstring that was made, and for what.
struct Made {
    anchor: Anchor,
    text: String,
    edit: Edit,
}

struct Work {
    session: Arc<Session>,
    job: JobId,
    sent: Option<oneshot::Sender<()>>,
}

impl Work {
    fn complain(&self, refusal: Refusal) {
        let sentence = match refusal {
            Refusal::Expected(sentence) => sentence,
            Refusal::Told => return,
            Refusal::Params(message) => format!("That cannot be done: {message}."),
            Refusal::Modified => "The code changed meanwhile; nothing was inserted.".to_owned(),
        };
        self.session.client.show(MessageType::WARNING, &sentence);
    }

    async fn run(&mut self, snapshot: Snapshot, order: Order) -> Result<(), Refusal> {
        let ready = self.session.wanted_ready(snapshot).await?;
        let options = chosen_options(&ready, &order.choice)?;
        let is_file = matches!(order.target, Target::All);
        if !ready.orchestrator.is_immediate(&options.choice) {
            self.sent = None;
        }
        let features = self.session.features();
        let progress = if features.progress && (is_file || self.sent.is_none()) {
            let title = if is_file { "Generating docstrings" } else { "Generating a docstring" };
            Progress::begin(&self.session.client, self.job, title).await
        } else {
            None
        };
        let (made, notices) = match order.target {
            Target::All => file(&ready, &options).await?,
            Target::Path { path, signature } => {
                let source = ready.source.clone();
                let wanted = path.clone();
                let found = panics::blocking(move || source.symbol(&wanted)).await.flatten();
                let symbol = found
                    .ok_or_else(|| Refusal::Expected(format!("There is no `{path}` any more.")))?;
                let anchor = Anchor::of(&symbol, ready.source.text());
                if signature.is_some_and(|signature| signature != anchor.hash) {
                    return Err(Refusal::Modified);
                }
                let (made, notices) = one(&ready, symbol, &options).await?;
                (vec![made], notices)
            }
            Target::Position(position) => {
                let Ready { snapshot, source, .. } = ready.clone();
                let found = panics::blocking(move || {
                    let text = snapshot.text();
                    source.symbol_at(snapshot.lines.offset(text, position, snapshot.encoding))
                });
                let symbol = found.await.flatten();
                let symbol = symbol
                    .ok_or_else(|| Refusal::Expected("There is no symbol here.".to_owned()))?;
                let (made, notices) = one(&ready, symbol, &options).await?;
                (vec![made], notices)
            }
        };
        answering::tell(&self.session);
        for notice in &notices {
            self.session.client.show(MessageType::WARNING, &format!("docstring-ls: {notice}."));
        }
        let label = match made.as_slice() {
            [one] => format!("Generate docstring of {}", one.anchor.path),
            _ => format!("Generate {} docstrings", made.len()),
        };
        let result = self.apply(&ready, made, &label).await;
        drop(progress);
        result
    }

    /// Sends the edit; when the text has changed or the client says that it has, with
    /// the symbols found again.
    async fn apply(&mut self, ready: &Ready, made: Vec<Made>, label: &str) -> Result<(), Refusal> {
        let features = self.session.features();
        let made = Arc::new(made);
        let mut reason = None;
        for _ in 0..2 {
            let Some(now) = self.session.snapshot(&ready.snapshot.uri) else { return Ok(()) };
            let edits = if Arc::ptr_eq(now.text(), ready.snapshot.text()) {
                made.iter().map(|made| made.edit.clone()).collect()
            } else {
                let source = now.source(&self.session.workshop).await.ok_or(Refusal::Modified)?;
                let made = Arc::clone(&made);
                let moved = panics::blocking(move || rebased(&source, &made)).await;
                moved.flatten().ok_or(Refusal::Modified)?
            };
            let params = json!({"label": label, "edit": workspace_edit(&now, features, &edits)});
            let sent = self.sent.take();
            let on_its_way = || {
                if let Some(sent) = sent {
                    let _ = sent.send(());
                }
            };
            let client = &self.session.client;
            let answer = client.request("workspace/applyEdit", params, CONFIRM, on_its_way).await;
            match answer {
                Ok(answer) if answer.get("applied") == Some(&Value::Bool(true)) => return Ok(()),
                Ok(answer) => {
                    let why = answer.get("failureReason").and_then(Value::as_str);
                    reason = why.map(str::to_owned);
                }
                Err(error) => {
                    reason = Some(error.to_string());
                    break;
                }
            }
        }
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        Err(Refusal::Expected(format!("The editor did not take the docstring{reason}.")))
    }
}

async fn one(
    ready: &Ready,
    symbol: Symbol,
    options: &Options,
) -> Result<(Made, Vec<String>), Refusal> {
    let anchor = Anchor::of(&symbol, ready.source.text());
    let generated = generate::symbol(&ready.source, symbol, options, &ready.orchestrator).await;
    let Generated { text, edit, notices, .. } =
        generated.map_err(|failure| Refusal::of(&anchor.path, &failure))?;
    Ok((Made { anchor, text, edit }, notices))
}

async fn file(ready: &Ready, options: &Options) -> Result<(Vec<Made>, Vec<String>), Refusal> {
    let report = generate::file(&ready.source, options, &ready.orchestrator).await;
    let failed = report.outcomes.iter().filter(|outcome| outcome.result.is_err()).count();
    let generated: Vec<Generated> =
        report.outcomes.into_iter().filter_map(|outcome| outcome.result.ok()).collect();
    if generated.is_empty() {
        return Err(Refusal::Expected(match failed {
            0 => "No docstring is missing in this file.".to_owned(),
            _ => "No docstring could be made for this file.".to_owned(),
        }));
    }
    // Many symbols mostly have one trouble in common.
    let notices: BTreeSet<String> =
        generated.iter().flat_map(|generated| generated.notices.iter().cloned()).collect();
    let notices = notices.into_iter().take(MAX_NOTICES).collect();
    let source = ready.source.clone();
    let made = panics::blocking(move || {
        let mut generated: HashMap<SymbolPath, Generated> =
            generated.into_iter().map(|generated| (generated.path.clone(), generated)).collect();
        let symbols = source.symbols(|outline| generated.contains_key(&outline.path));
        let made = symbols.iter().filter_map(|symbol| {
            let Generated { text, edit, .. } = generated.remove(&symbol.path)?;
            Some(Made { anchor: Anchor::of(symbol, source.text()), text, edit })
        });
        made.collect()
    });
    Ok((made.await.ok_or(Refusal::Modified)?, notices))
}

/// The edits for the text as it is now: for each symbol that still has the same
/// signature and no docstring. `None` when there is none, or not provably safe.
fn rebased(source: &Source, made: &[Made]) -> Option<Vec<Edit>> {
    let edits: Vec<Edit> = made
        .iter()
        .filter_map(|made| {
            let symbol = made.anchor.find(source)?;
            if symbol.existing.is_some() {
                return None;
            }
            source.insertion(&symbol, &made.text).ok()
        })
        .collect();
    let safe = !edits.is_empty() && source.verify(&edits).is_ok();
    safe.then_some(edits)
}
