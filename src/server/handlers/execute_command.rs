//! `workspace/executeCommand`: what an editor's menu, key or script starts.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{ExecuteCommandParams, Position, Url};

use crate::docstring::SymbolPath;
use crate::server::error::Refusal;
use crate::server::generation::{self, Choice, Order, Target};
use crate::server::report;
use crate::server::session::Session;

/// The commands, in the order of the documentation.
pub(crate) const COMMANDS: [&str; 5] = [
    "docstring-ls.generate",
    "docstring-ls.generateAll",
    "docstring-ls.cancel",
    "docstring-ls.metrics",
    "docstring-ls.resetMetrics",
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
            Ok(None)
        }
        _ => Err(Refusal::Params(format!("there is no command `{command}`"))),
    }
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
