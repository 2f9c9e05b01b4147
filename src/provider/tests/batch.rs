//! Batches on recorded responses.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::http::TransportError;
use super::super::{BatchState, Batched, Batches, Dialect, ErrorKind, Remote};
use super::{Answer, Reply, Scripted, question, remote, settings};
use std::collections::HashMap;
use std::sync::Arc;

const ANTHROPIC: &str = "msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d";

fn batches(dialect: Dialect, replies: &[&str]) -> (Remote, Arc<Scripted>) {
    let folder = match dialect {
        Dialect::Anthropic => "anthropic",
        _ => "openai-chat",
    };
    let reply = |name: &&str| Ok(Reply::recorded(&format!("{folder}/batch/{name}.http")));
    replying(dialect, replies.iter().map(reply))
}

fn replying(
    dialect: Dialect,
    replies: impl IntoIterator<Item = Result<Reply, TransportError>>,
) -> (Remote, Arc<Scripted>) {
    let mut settings = settings(dialect);
    settings.capabilities.has_batches = true;
    remote(settings, replies)
}

fn block<T>(work: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_time().start_paused(true).build().unwrap().block_on(work)
}

/// The results by name: the words or the failure, and the tokens.
fn shown(results: &HashMap<String, Batched>) -> String {
    let mut lines: Vec<String> = results
        .iter()
        .map(|(name, result)| match result {
            Ok(completion) => {
                let Answer::Text(text) = &completion.answer else { panic!("no text") };
                let usage = completion.usage;
                let tokens = (usage.input, usage.cached_input, usage.output);
                format!("{name}: {text} by {:?}, {tokens:?}", completion.model.as_deref())
            }
            Err(error) => {
                let tokens = (error.usage.input, error.usage.output);
                format!("{name}: {:?}: {error}, {tokens:?}", error.kind)
            }
        })
        .collect();
    lines.sort();
    lines.join("\n")
}

#[test]
fn a_provider_has_batches_where_its_settings_say_so() {
    use super::super::Provider;
    let (with, _) = replying(Dialect::Anthropic, []);
    let (without, _) = remote(settings(Dialect::Anthropic), []);
    assert!(with.batches().is_some() && without.batches().is_none());
}

#[test]
fn anthropic_takes_the_questions_as_they_are_asked_singly() {
    let (remote, scripted) = batches(Dialect::Anthropic, &["created"]);
    let item = remote.item("first", &question()).unwrap();
    assert_eq!(block(remote.submit(&[item.clone(), item])).unwrap(), ANTHROPIC);
    let sent = scripted.take().pop().unwrap();
    assert_eq!(sent.url, "https://api.example/v1/messages/batches");
    assert_eq!(sent.secret.as_deref(), Some("x-api-key"));
    assert!(sent.headers.iter().any(|(name, _)| name == "anthropic-version"));
    let [first, second] = &sent.body["requests"].as_array().unwrap()[..] else { panic!("two") };
    assert_eq!(first, second);
    let single = super::sent(settings(Dialect::Anthropic), &question()).body;
    let mut expected = single.as_object().unwrap().clone();
    // Nothing streams, and the rules are cached from the first question on.
    expected.remove("stream");
    expected["system"][0]["cache_control"] = json!({"type": "ephemeral"});
    assert_eq!(first["params"], Value::Object(expected));
    assert_eq!(first["custom_id"], "first");
}

#[test]
fn openai_takes_a_file_of_the_questions() {
    for (dialect, path) in
        [(Dialect::OpenAiChat, "/chat/completions"), (Dialect::OpenAiResponses, "/responses")]
    {
        let (remote, scripted) = batches(dialect, &["file", "created"]);
        let item = remote.item("first", &question()).unwrap();
        let other = remote.item("second", &question()).unwrap();
        assert_eq!(block(remote.submit(&[item, other])).unwrap(), "batch_abc123");
        let [file, batch] = &scripted.take()[..] else { panic!("two requests") };
        assert_eq!(file.url, "https://api.example/v1/files");
        let kind = file.headers.iter().find(|(name, _)| name == "content-type").unwrap();
        let boundary = kind.1.strip_prefix("multipart/form-data; boundary=").unwrap();
        let form = file.body.as_str().unwrap();
        let parts: Vec<&str> = form.split(&format!("--{boundary}")).collect();
        assert_eq!((parts.len(), parts[5]), (6, "--\r\n"));
        assert!(parts[1].ends_with("name=\"purpose\"\r\n\r\nbatch\r\n"), "{}", parts[1]);
        assert!(parts[3].contains("259200"), "{}", parts[3]);
        let lines = parts[4].split_once("\r\n\r\n").unwrap().1.trim_end();
        let lines: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut single = super::sent(settings(dialect), &question()).body;
        single.as_object_mut().unwrap().remove("stream");
        single.as_object_mut().unwrap().remove("stream_options");
        assert_eq!(lines[0]["body"], single);
        assert_eq!(lines[0]["url"], format!("/v1{path}"));
        assert_eq!([&lines[0]["custom_id"], &lines[1]["custom_id"]], ["first", "second"]);
        assert_eq!(batch.url, "https://api.example/v1/batches");
        assert_eq!(
            batch.body,
            json!({"input_file_id": "file-abc123", "endpoint": format!("/v1{path}"), "completion_window": "24h"})
        );
    }
}

#[test]
fn a_server_that_knows_no_expiry_is_asked_without() {
    let refusal = json!({"error": {"message": "Unknown parameter: 'expires_after'.",
        "type": "invalid_request_error", "param": "expires_after", "code": "unknown_parameter"}});
    let file = Reply::recorded("openai-chat/batch/file.http");
    let created = Reply::recorded("openai-chat/batch/created.http");
    let replies = [Ok(Reply::json(400, &refusal)), Ok(file), Ok(created)];
    let (remote, scripted) = replying(Dialect::OpenAiChat, replies);
    let item = remote.item("first", &question()).unwrap();
    block(remote.submit(&[item])).unwrap();
    let expires = |sent: &super::Sent| sent.body.to_string().contains("expires_after");
    let expires: Vec<bool> = scripted.take().iter().map(expires).collect();
    assert_eq!(expires, [true, false, false]);
}

#[test]
fn how_far_a_batch_is() {
    let state = |dialect, name, batch| {
        let (remote, scripted) = batches(dialect, &[name]);
        let state = block(remote.state(batch)).unwrap();
        let sent = scripted.take().pop().unwrap();
        assert_eq!(sent.body, Value::Null);
        (sent.url, state)
    };
    let at = "https://api.example/v1/messages/batches/msgbatch_01HkcTjaV5uDC8jWR4ZsDV8d".to_owned();
    let running = BatchState::Running { done: 0, total: 5 };
    assert_eq!(state(Dialect::Anthropic, "created", ANTHROPIC), (at.clone(), running));
    assert_eq!(state(Dialect::Anthropic, "ended", ANTHROPIC), (at, BatchState::Ended));
    let openai = |name| state(Dialect::OpenAiChat, name, "batch_abc123");
    let at = "https://api.example/v1/batches/batch_abc123".to_owned();
    assert_eq!(openai("created"), (at, BatchState::Running { done: 0, total: 0 }));
    assert_eq!(openai("running").1, BatchState::Running { done: 3, total: 4 });
    assert_eq!(openai("ended").1, BatchState::Ended);
    let BatchState::Failed(error) = openai("failed").1 else { panic!("failed") };
    assert_eq!(error.kind, ErrorKind::RateLimited);
    assert!(error.to_string().contains("token_limit_exceeded"), "{error}");
    assert!(!error.to_string().contains("organization"), "{error}");
}

#[test]
fn results_come_in_any_order_and_some_are_none() {
    let (remote, scripted) = batches(Dialect::Anthropic, &["results"]);
    let results = block(remote.results(ANTHROPIC)).unwrap();
    assert_snapshot!(shown(&results), @r#"
    fifth: Timeout: the batch was cancelled before it was answered, (0, 0)
    first: {"summary":"Load."} by Some("claude-haiku-5-5"), (1210, 0, 34)
    fourth: Timeout: the batch expired before it was answered, (0, 0)
    second: {"summary":"Save."} by Some("claude-haiku-5-5"), (1211, 1200, 36)
    third: BadRequest: the provider does not take the parameter `max_tokens` as it was sent (invalid_request_error), (0, 0)
    "#);
    // Not wherever the server says that they are.
    let sent = scripted.take().pop().unwrap();
    assert!(sent.url.starts_with("https://api.example/v1/messages/batches/"), "{}", sent.url);

    let (remote, scripted) = batches(Dialect::OpenAiChat, &["ended", "output", "errors"]);
    let results = block(remote.results("batch_abc123")).unwrap();
    assert_snapshot!(shown(&results), @r#"
    first: Truncated: the answer was cut off at the output limit, (22, 34)
    fourth: BadRequest: the provider does not take the parameter `temperature` as it was sent (HTTP 400, unsupported_value), (0, 0)
    second: {"summary":"Save."} by Some("gpt-4.1-mini-2025-04-14"), (22, 0, 34)
    third: Timeout: the batch expired before it was answered, (0, 0)
    "#);
    let urls: Vec<String> = scripted.take().into_iter().map(|sent| sent.url).collect();
    assert_eq!(
        urls[1..],
        ["file-cvaTdG", "file-HOWS94"]
            .map(|id| format!("https://api.example/v1/files/{id}/content"))
    );
}

#[test]
fn results_say_the_same_however_they_are_cut() {
    let whole = |piece| {
        let reply = Reply::recorded("anthropic/batch/results.http").in_pieces(piece);
        let (remote, _) = replying(Dialect::Anthropic, [Ok(reply)]);
        shown(&block(remote.results(ANTHROPIC)).unwrap())
    };
    let expected = whole(usize::MAX);
    for piece in [1, 7, 64, 1000] {
        assert_eq!(whole(piece), expected);
    }
    // Half of them are none: the others would be paid twice.
    let reply = Reply::recorded("anthropic/batch/results.http").cut(700);
    let (remote, _) = replying(Dialect::Anthropic, [Ok(reply)]);
    let error = block(remote.results(ANTHROPIC)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Connection);
}

#[test]
fn no_name_of_a_server_leads_elsewhere() {
    for name in ["", "../v1/files", "a/b", "a?b", "a#b", "a%2e", "a b", "\u{e9}", &"x".repeat(600)]
    {
        let created = json!({"id": name, "processing_status": "in_progress"});
        let (remote, _) = replying(Dialect::Anthropic, [Ok(Reply::json(200, &created))]);
        let item = remote.item("first", &question()).unwrap();
        let error = block(remote.submit(&[item])).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{name}");
        for dialect in [Dialect::Anthropic, Dialect::OpenAiChat] {
            let (remote, scripted) = replying(dialect, []);
            block(remote.state(name)).unwrap_err();
            block(remote.results(name)).unwrap_err();
            assert_eq!(scripted.take().len(), 0, "{name}");
        }
        let ended = json!({"id": "b", "status": "completed", "output_file_id": name});
        let (remote, scripted) = replying(Dialect::OpenAiChat, [Ok(Reply::json(200, &ended))]);
        block(remote.results("b")).unwrap_err();
        assert_eq!(scripted.take().len(), 1, "{name}");
    }
}

#[test]
fn what_is_no_batch_is_told_apart() {
    for body in ["", "[]", "{}", "7", "<html>", "{\"id\": 7}"] {
        for dialect in [Dialect::Anthropic, Dialect::OpenAiChat] {
            let reply = || Ok(Reply::text(200, "application/json", body));
            let (remote, _) = replying(dialect, [reply(), reply()]);
            let item = remote.item("first", &question()).unwrap();
            assert_eq!(block(remote.submit(&[item])).unwrap_err().kind, ErrorKind::Invalid);
            assert_eq!(block(remote.state("b")).unwrap_err().kind, ErrorKind::Invalid, "{body}");
        }
    }
}
