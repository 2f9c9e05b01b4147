//! `OpenAI`'s batches (`…/batches`), which are files of questions (`…/files`), also as other
//! vendors took them over.

use std::collections::HashMap;
use std::time::SystemTime;

use serde_json::{Map, Value, json};

use super::super::remote::Remote;
use super::super::wire::{Load, Outgoing, Parameter, count, text};
use super::super::{ErrorKind, ProviderError, classify};
use super::{BatchLimits, BatchState, Batched, checked, get, id_of, name_of, object, unanswered};

/// 200 MB, less what stands around the questions.
pub(super) const LIMITS: BatchLimits = BatchLimits { questions: 50_000, bytes: 199_000_000 };

/// Seconds after which the file with the questions is deleted, since it holds code. A
/// batch is over within one day.
const KEPT: u32 = 3 * 24 * 3_600;

static EXPIRES: Parameter =
    Parameter { name: "expires_after", words: &["expires_after", "expires_after[anchor]"] };

/// Between the parts of an upload. Each line of the file begins with a brace.
const BOUNDARY: &str = "docstring-ls-7b1f3a5c9e2d";

pub(super) fn item(name: &str, path: &str, body: &Map<String, Value>) -> Value {
    json!({ "custom_id": name, "method": "POST", "url": endpoint(path), "body": body })
}

/// What a batch calls the address of its questions, wherever the server is.
fn endpoint(path: &str) -> String {
    format!("/v1{path}")
}

pub(super) async fn submit(remote: &Remote, items: &[String]) -> Result<String, ProviderError> {
    let file = remote.object(|out| upload(items, out)).await?;
    let file = id_of(&file, "id")?;
    let mut first = items.first().and_then(|item| serde_json::from_str::<Value>(item).ok());
    let endpoint = first.as_mut().and_then(|item| item.get_mut("url")).map(Value::take);
    let batch = remote.object(|out| {
        out.path.push_str("/batches");
        out.body = object([
            ("input_file_id", file.as_str().into()),
            ("endpoint", endpoint.clone().unwrap_or_default()),
            ("completion_window", "24h".into()),
        ]);
    });
    id_of(&batch.await?, "id")
}

/// Makes the request that hands in the file.
fn upload(items: &[String], out: &mut Outgoing<'_>) {
    out.path.push_str("/files");
    let mut fields = vec![("purpose", "batch".to_owned())];
    if out.offers(&EXPIRES) {
        fields.push(("expires_after[anchor]", "created_at".to_owned()));
        fields.push(("expires_after[seconds]", KEPT.to_string()));
    }
    let mut form: Vec<String> =
        fields.into_iter().map(|(name, value)| part(name, &value)).collect();
    form.push(part("file\"; filename=\"docstrings.jsonl", &items.join("\n")));
    form.push(format!("--{BOUNDARY}--\r\n"));
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    out.load = Load::Bytes(kind, form.concat().into_bytes());
    out.is_large = true;
}

/// One part of an upload.
fn part(name: &str, value: &str) -> String {
    format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

async fn batch(remote: &Remote, batch: &str) -> Result<Value, ProviderError> {
    let path = format!("/batches/{}", checked(batch)?);
    let batch = remote.object(|out| {
        out.path.push_str(&path);
        get(out);
    });
    batch.await
}

pub(super) async fn state(remote: &Remote, name: &str) -> Result<BatchState, ProviderError> {
    let batch = batch(remote, name).await?;
    match text(&batch, "/status") {
        Some("completed" | "expired" | "cancelled") => Ok(BatchState::Ended),
        Some("failed") => Ok(BatchState::Failed(fault(&batch))),
        Some(_) => {
            let counted = |kind: &str| count(&batch, &format!("/request_counts/{kind}"));
            let done = counted("completed").saturating_add(counted("failed"));
            Ok(BatchState::Running { done, total: counted("total") })
        }
        None => {
            let message = "what came back is no batch: check `base-url` and `dialect`";
            Err(ProviderError::new(ErrorKind::Invalid, message))
        }
    }
}

/// Why a batch failed as a whole.
fn fault(batch: &Value) -> ProviderError {
    let code = text(batch, "/errors/data/0/code").and_then(classify::identifier);
    let (kind, message) = match code.as_deref() {
        Some("token_limit_exceeded") => (
            ErrorKind::RateLimited,
            "the account may not have so many tokens in batches: wait for others to end, or ask \
             for fewer files at a time",
        ),
        Some("billing_hard_limit_reached" | "insufficient_quota") => {
            (ErrorKind::Quota, "the account has no money or no quota left")
        }
        _ => (ErrorKind::BadRequest, "the provider did not understand the batch"),
    };
    ProviderError { code, ..ProviderError::new(kind, message) }
}

pub(super) async fn results(
    remote: &Remote,
    name: &str,
) -> Result<HashMap<String, Batched>, ProviderError> {
    let batch = batch(remote, name).await?;
    let mut results = HashMap::new();
    for key in ["output_file_id", "error_file_id"] {
        if batch.get(key).is_none_or(Value::is_null) {
            continue;
        }
        let path = format!("/files/{}/content", id_of(&batch, key)?);
        let response = remote.exchange(|out| {
            out.path.push_str(&path);
            get(out);
            out.is_large = true;
        });
        let body = response.await?.body;
        super::read_lines(body, &mut results, |line| Some((name_of(line)?, result(remote, line))))
            .await?;
    }
    Ok(results)
}

/// What a line says about its question.
fn result(remote: &Remote, line: &Value) -> Batched {
    let dialect = remote.settings.dialect;
    if let Some(error) = line.get("error").filter(|error| !error.is_null()) {
        return Err(match text(error, "/code") {
            Some("batch_expired") => unanswered("expired"),
            Some("batch_cancelled") => unanswered("was cancelled"),
            _ => classify::in_band(dialect, error),
        });
    }
    let body = line.pointer("/response/body").unwrap_or(&Value::Null);
    let status = line.pointer("/response/status_code").and_then(Value::as_u64);
    match status.and_then(|status| u16::try_from(status).ok()) {
        Some(200..=299) => remote.answer(body),
        Some(status) => {
            let body = body.to_string().into_bytes();
            Err(classify::failure(dialect, status, &[], &body, SystemTime::now()))
        }
        None => Err(ProviderError::new(ErrorKind::Invalid, "the result cannot be understood")),
    }
}
