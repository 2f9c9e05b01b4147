//! `workspace/executeCommand`: what an editor's menu, key or script starts.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{ExecuteCommandParams, NumberOrString, Position, Url};

use crate::docstring::SymbolPath;
use crate::generate::{self, Shown};
use crate::orchestrator::storage::Which;
use crate::server::error::Refusal;
use crate::server::generation::{self, Choice, Order, Target, Task, chosen_options};
use crate::server::jobs::JobId;
use crate::server::session::{Ready, Session};
use crate::server::{answering, panics, report};

/// The commands, in the order of the documentation.
pub(crate) const COMMANDS: [&str; 10] = [
    "docstring-ls.generate",
    "docstring-ls.generateAll",
    "docstring-ls.update",
    "docstring-ls.updateAll",
    "docstring-ls.convert",
    "docstring-ls.cancel",
    "docstring-ls.metrics",
    "docstring-ls.resetMetrics",
    "docstring-ls.clearCache",
    "docstring-ls.dryRun",
];

/// How long the answer waits for an edit that is made at once, so that a script finds
/// its buffer changed when the command returns.
const AT_ONCE: Duration = Duration::from_secs(2);

/// What is to be done, and to what.
#[derive(Deserialize)]
struct Asked {
    uri: Url,
    position: Option<Position>,
    symbol: Option<String>,
    signature: Option<String>,
    /// A docstring that is there gives way.
    #[serde(default)]
    replace: bool,
    #[serde(flatten)]
    choice: Choice,
}

impl Asked {
    /// The symbol that is meant, if one is.
    fn target(&self) -> Option<Target> {
        match (&self.symbol, self.position) {
            (Some(path), _) => {
                let path = SymbolPath(path.clone());
                Some(Target::Path { path, signature: self.signature.clone() })
            }
            (None, Some(position)) => Some(Target::Position(position)),
            (None, None) => None,
        }
    }

    fn one_target(&self) -> Result<Target, Refusal> {
        let missing = || Refusal::Params("`symbol` or `position` is missing".to_owned());
        self.target().ok_or_else(missing)
    }
}

/// The workspace of this document.
#[derive(Deserialize)]
struct Workspace {
    uri: Url,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancel {
    job_id: u64,
}

/// Runs a command.
pub(crate) async fn handle(
    session: &Arc<Session>,
    params: ExecuteCommandParams,
) -> Result<Option<Value>, Refusal> {
    let ExecuteCommandParams { command, arguments, work_done_progress_params: progress } = params;
    // How the client calls the progress of this request.
    let token = match progress.work_done_token {
        Some(NumberOrString::Number(number)) => Some(Value::from(number)),
        Some(NumberOrString::String(text)) => Some(Value::from(text)),
        None => None,
    };
    let order = |asked: Asked, task, target| {
        let Asked { uri, choice, .. } = asked;
        start(session, Order { uri, task, target, choice, token })
    };
    match command.as_str() {
        "docstring-ls.generate" => {
            let asked: Asked = argument(arguments)?;
            let (task, target) = (Task::Generate { replace: asked.replace }, asked.one_target()?);
            order(asked, task, target).await.map(Some)
        }
        "docstring-ls.generateAll" => {
            let task = Task::Generate { replace: false };
            order(argument(arguments)?, task, Target::All).await.map(Some)
        }
        "docstring-ls.update" => {
            let asked: Asked = argument(arguments)?;
            let target = asked.target().unwrap_or(Target::All);
            order(asked, Task::Update, target).await.map(Some)
        }
        "docstring-ls.updateAll" => {
            order(argument(arguments)?, Task::Update, Target::All).await.map(Some)
        }
        "docstring-ls.convert" => {
            let asked: Asked = argument(arguments)?;
            if !asked.choice.has_style() {
                return Err(Refusal::Params("`style` is missing".to_owned()));
            }
            let target = asked.target().unwrap_or(Target::All);
            order(asked, Task::Convert, target).await.map(Some)
        }
        "docstring-ls.cancel" => {
            let Cancel { job_id } = argument(arguments)?;
            session.jobs.cancel(job_id);
            Ok(None)
        }
        "docstring-ls.metrics" => {
            let shared = Arc::clone(session);
            let report = panics::blocking(move || shared.report()).await;
            Ok(report.map(|report| Value::from(report::markdown(&report))))
        }
        "docstring-ls.resetMetrics" => {
            session.orchestrator().reset_metrics();
            answering::tell(session);
            Ok(None)
        }
        "docstring-ls.clearCache" => {
            let which = match arguments.into_iter().next().unwrap_or_default() {
                Value::Null => Which::All,
                argument => {
                    let Workspace { uri } = self::argument(vec![argument])?;
                    let ready = session.wanted_ready(session.wanted(&uri)?).await?;
                    Which::Scope(ready.options.workspace)
                }
            };
            session.orchestrator().clear_cache(&which).await;
            answering::tell(session);
            Ok(None)
        }
        "docstring-ls.dryRun" => dry_run(session, argument(arguments)?).await.map(Some),
        _ => Err(Refusal::Params(format!("there is no command `{command}`"))),
    }
}

/// What would be sent about a symbol, and to whom, without sending it.
async fn dry_run(session: &Arc<Session>, asked: Asked) -> Result<Value, Refusal> {
    let Asked { uri, position, symbol, choice, .. } = asked;
    let ready = session.wanted_ready(session.wanted(&uri)?).await?;
    let options = chosen_options(&ready, &choice)?;
    let shown = panics::blocking(move || {
        let Ready { snapshot, source, orchestrator, .. } = &ready;
        let found = match (symbol, position) {
            (Some(path), _) => source.symbol(&SymbolPath(path)),
            (None, Some(position)) => {
                let text = snapshot.text();
                source.symbol_at(snapshot.lines.offset(text, position, snapshot.encoding))
            }
            (None, None) => None,
        };
        let symbol =
            found.ok_or_else(|| Refusal::Expected("There is no symbol here.".to_owned()))?;
        generate::dry_run(source, &symbol, &options, orchestrator)
            .map_err(|failure| Refusal::of(&symbol.path, &failure))
    });
    let shown = shown.await.ok_or(Refusal::Modified)??;
    Ok(shown.iter().map(Shown::to_json).collect())
}

fn argument<T: DeserializeOwned>(arguments: Vec<Value>) -> Result<T, Refusal> {
    let first = arguments.into_iter().next().unwrap_or_default();
    serde_json::from_value(first).map_err(|error| Refusal::Params(error.to_string()))
}

/// Stops the job when the request that started it is cancelled.
struct Held<'a> {
    session: &'a Session,
    job: Option<JobId>,
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if let Some(job) = self.job {
            self.session.jobs.cancel(job);
        }
    }
}

/// Answers at once. Only a request that brought a token for its progress is answered when
/// its job has ended: the protocol lets us use the token no longer than that.
async fn start(session: &Arc<Session>, order: Order) -> Result<Value, Refusal> {
    let is_watched = order.token.is_some();
    let started = generation::start(session, order).await?;
    let id = started.job.id;
    let mut held = Held { session, job: (!started.job.is_joined).then_some(id) };
    if is_watched {
        started.job.over().await;
    } else if !started.job.is_joined {
        // The job tells when its edit is on its way, or that it will take long.
        let _ = tokio::time::timeout(AT_ONCE, started.sent).await;
    }
    held.job = None;
    Ok(json!({"jobId": id}))
}
