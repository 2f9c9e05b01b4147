//! `workspace/executeCommand`: what an editor's menu, key or script starts.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{ExecuteCommandParams, Position, Url};

use crate::docstring::SymbolPath;
use crate::generate::{self, Shown};
use crate::orchestrator::storage::Which;
use crate::server::error::Refusal;
use crate::server::generation::{self, Choice, Order, Target, chosen_options};
use crate::server::session::{Ready, Session};
use crate::server::{answering, panics, report};

/// The commands, in the order of the documentation.
pub(crate) const COMMANDS: [&str; 7] = [
    "docstring-ls.generate",
    "docstring-ls.generateAll",
    "docstring-ls.cancel",
    "docstring-ls.metrics",
    "docstring-ls.resetMetrics",
    "docstring-ls.clearCache",
    "docstring-ls.dryRun",
];

/// How long the answer waits for an edit that is made at once, so that a script finds
/// its buffer changed when the command returns.
const AT_ONCE: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
struct Generate {
    uri: Url,
    position: Option<Position>,
    symbol: Option<String>,
    signature: Option<String>,
    #[serde(flatten)]
    choice: Choice,
}

#[derive(Deserialize)]
struct GenerateAll {
    uri: Url,
    #[serde(flatten)]
    choice: Choice,
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
    let ExecuteCommandParams { command, arguments, .. } = params;
    match command.as_str() {
        "docstring-ls.generate" => {
            let Generate { uri, position, symbol, signature, choice } = argument(arguments)?;
            let target = match (symbol, position) {
                (Some(path), _) => Target::Path { path: SymbolPath(path), signature },
                (None, Some(position)) => Target::Position(position),
                (None, None) => {
                    return Err(Refusal::Params("`symbol` or `position` is missing".to_owned()));
                }
            };
            start(session, Order { uri, target, choice }).await.map(Some)
        }
        "docstring-ls.generateAll" => {
            let GenerateAll { uri, choice } = argument(arguments)?;
            start(session, Order { uri, target: Target::All, choice }).await.map(Some)
        }
        "docstring-ls.cancel" => {
            let Cancel { job_id } = argument(arguments)?;
            session.jobs.cancel(job_id);
            Ok(None)
        }
        "docstring-ls.metrics" => {
            Ok(Some(Value::from(report::markdown(&session.orchestrator().report()))))
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
async fn dry_run(session: &Arc<Session>, asked: Generate) -> Result<Value, Refusal> {
    let Generate { uri, position, symbol, choice, .. } = asked;
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

async fn start(session: &Arc<Session>, order: Order) -> Result<Value, Refusal> {
    let started = generation::start(session, order)?;
    // The job tells when its edit is on its way, or drops the channel when that takes long.
    let _ = tokio::time::timeout(AT_ONCE, started.sent).await;
    Ok(json!({"jobId": started.job}))
}
