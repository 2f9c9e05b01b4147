//! Anthropic's Message Batches (`…/v1/messages/batches`). What is wrong with a single
//! question shows at the end only: the batch is taken as it is.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::super::anthropic::address;
use super::super::remote::Remote;
use super::super::wire::{Load, count, text};
use super::super::{Dialect, ErrorKind, ProviderError, classify};
use super::{BatchLimits, BatchState, Batched, checked, get, id_of, name_of, unanswered};

/// 256 MB, less what stands around the questions.
pub(super) const LIMITS: BatchLimits = BatchLimits { questions: 100_000, bytes: 255_000_000 };

const PATH: &str = "/messages/batches";

pub(super) fn item(name: &str, body: &Map<String, Value>) -> Value {
    json!({ "custom_id": name, "params": body })
}

pub(super) async fn submit(remote: &Remote, items: &[String]) -> Result<String, ProviderError> {
    let batch = remote.object(|out| {
        address(&remote.settings, PATH, out);
        let body = format!("{{\"requests\":[{}]}}", items.join(","));
        out.load = Load::Bytes("application/json".to_owned(), body.into_bytes());
        out.is_large = true;
    });
    id_of(&batch.await?, "id")
}

pub(super) async fn state(remote: &Remote, batch: &str) -> Result<BatchState, ProviderError> {
    let path = format!("{PATH}/{}", checked(batch)?);
    let batch = remote.object(|out| {
        address(&remote.settings, &path, out);
        get(out);
    });
    let batch = batch.await?;
    match text(&batch, "/processing_status") {
        Some("ended") => Ok(BatchState::Ended),
        Some(_) => {
            let counted = |kind: &str| count(&batch, &format!("/request_counts/{kind}"));
            let kinds = ["succeeded", "errored", "canceled", "expired"];
            let done = kinds.into_iter().map(counted).fold(0, u64::saturating_add);
            Ok(BatchState::Running { done, total: done.saturating_add(counted("processing")) })
        }
        None => {
            let message = "what came back is no batch: check `base-url` and `dialect`";
            Err(ProviderError::new(ErrorKind::Invalid, message))
        }
    }
}

pub(super) async fn results(
    remote: &Remote,
    batch: &str,
) -> Result<HashMap<String, Batched>, ProviderError> {
    // Not the `results_url` that the server gives: the key would go wherever that leads.
    let path = format!("{PATH}/{}/results", checked(batch)?);
    let response = remote.exchange(|out| {
        address(&remote.settings, &path, out);
        get(out);
        out.is_large = true;
    });
    let body = response.await?.body;
    let mut results = HashMap::new();
    super::read_lines(body, &mut results, |line| Some((name_of(line)?, result(remote, line))))
        .await?;
    Ok(results)
}

/// What a line says about its question.
fn result(remote: &Remote, line: &Value) -> Batched {
    let part = |pointer: &str| line.pointer(pointer).unwrap_or(&Value::Null);
    match text(line, "/result/type") {
        Some("succeeded") => remote.answer(part("/result/message")),
        Some("errored") => {
            let mut error = classify::in_band(Dialect::Anthropic, part("/result/error"));
            // The identifier is that of the batch's own work, and the batch has a name.
            error.request_id = None;
            Err(error)
        }
        Some("canceled") => Err(unanswered("was cancelled")),
        Some("expired") => Err(unanswered("expired")),
        _ => Err(ProviderError::new(ErrorKind::Invalid, "the result cannot be understood")),
    }
}
