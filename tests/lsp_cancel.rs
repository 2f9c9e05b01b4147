//! Every way to call off a job: the provider's call is closed, and what is ready is kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use std::time::{Duration, Instant};

use common::editor::Editor;
use common::provider::{Chat, Reply};
use common::{Client, SAMPLE, URI, at, code, rich};
use serde_json::{Value, json};

/// A server that has to end has to end soon; the machine may be busy.
const SOON: Duration = Duration::from_secs(5);

/// A client whose document is `SAMPLE`, and a provider that lets everyone wait.
fn waiting() -> (Chat, Client) {
    let chat = Chat::held();
    let mut client = Client::start_with(json!({
        "processId": null, "capabilities": rich(), "initializationOptions": chat.settings(),
    }))
    .0;
    client.did_open(URI, "python", SAMPLE);
    (chat, client)
}

/// The same with a job whose call has arrived, and its name.
fn started() -> (Chat, Client, Value) {
    let (chat, mut client) = waiting();
    let order = json!({"uri": URI, "symbol": "add"});
    let job = client.command("docstring-ls.generate", order)["jobId"].clone();
    client.until_elsewhere(|| chat.asked().len() == 1);
    (chat, client, job)
}

/// The call is closed, no job is left, and nobody was bothered.
#[track_caller]
fn check_called_off(chat: &Chat, mut client: Client) {
    let began = Instant::now();
    client.until_elsewhere(|| chat.aborted() == 1);
    println!("the provider saw it after {:?}", began.elapsed());
    client.until_idle();
    assert!(client.asked.iter().all(|asked| asked["method"] == "window/workDoneProgress/create"));
    assert!(client.notes.iter().all(|note| note["method"] == "$/progress"), "{:?}", client.notes);
    let is_end = |note: &&Value| note["params"]["value"]["kind"] == "end";
    assert!(client.notes.iter().filter(is_end).count() <= 1);
    let first = client.notes.iter().filter(|note| note["params"]["value"]["kind"] == "begin");
    assert_eq!(first.count(), client.notes.iter().filter(is_end).count(), "what began has ended");
    client.finish();
}

#[test]
fn by_command() {
    let (chat, mut client, job) = started();
    assert_eq!(client.command("docstring-ls.cancel", json!({"jobId": job})), Value::Null);
    check_called_off(&chat, client);
}

#[test]
fn by_the_progress() {
    let (chat, mut client, _) = started();
    let begun = client.until(|client| client.notes.first().cloned());
    assert_eq!(begun["params"]["value"]["kind"], "begin");
    let token = json!({"token": begun["params"]["token"]});
    client.notify("window/workDoneProgress/cancel", token);
    check_called_off(&chat, client);
}

#[test]
fn by_closing_the_document() {
    let (chat, mut client, _) = started();
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    check_called_off(&chat, client);
}

/// A request that brings a token stays open as long as its job.
#[test]
fn by_cancelling_the_request_that_started_it() {
    let (chat, mut client) = waiting();
    let params = json!({
        "command": "docstring-ls.generate",
        "arguments": [{"uri": URI, "symbol": "add"}],
        "workDoneToken": "mine",
    });
    let id = client.post("workspace/executeCommand", params);
    client.until_elsewhere(|| chat.asked().len() == 1);
    assert!(!client.has_answer(id));
    client.notify("$/cancelRequest", json!({"id": id}));
    assert_eq!(code(&client.wait(id)), -32800);
    check_called_off(&chat, client);
}

#[test]
fn by_cancelling_a_preview() {
    let (chat, mut client) = waiting();
    let place = json!({"textDocument": {"uri": URI}, "position": at(0, 5)});
    let id = client.post("docstring-ls/preview", place);
    client.until_elsewhere(|| chat.asked().len() == 1);
    client.notify("$/cancelRequest", json!({"id": id}));
    assert_eq!(code(&client.wait(id)), -32800);
    check_called_off(&chat, client);
}

#[test]
fn shutdown_calls_off_and_exit_is_0() {
    let (chat, mut client, _) = started();
    client.result("shutdown", Value::Null);
    client.notify("exit", Value::Null);
    assert_eq!(client.end_within(SOON).0, 0);
    let deadline = Instant::now() + SOON;
    while chat.aborted() == 0 {
        assert!(Instant::now() < deadline, "the call goes on");
        std::thread::yield_now();
    }
}

#[test]
fn the_end_of_the_input_ends_jobs() {
    let (chat, mut client, _) = started();
    let began = Instant::now();
    client.close_input();
    assert_eq!(client.end_within(SOON).0, 1);
    println!("gone after {:?}", began.elapsed());
    let deadline = Instant::now() + SOON;
    while chat.aborted() == 0 {
        assert!(Instant::now() < deadline, "the call goes on");
        std::thread::yield_now();
    }
}

#[test]
fn what_is_ready_is_kept() {
    let chat = Chat::start(|name, _| match name {
        "f0" | "f1" | "f2" | "f3" => Reply::After(Duration::ZERO),
        _ => Reply::Held,
    });
    let client = Client::start_with(json!({
        "processId": null, "capabilities": rich(), "initializationOptions": chat.settings(),
    }));
    let text: String = (0..12).map(|n| format!("def f{n}(): return {n}\n")).collect();
    let mut editor = Editor::open(client.0, &text);
    let job = editor.client.command("docstring-ls.generateAll", json!({"uri": URI}));
    editor.client.until_elsewhere(|| chat.answered() == 4 && chat.asked().len() == 13);
    // They have been read when the progress tells of them.
    editor.client.until_so(|client| {
        let told = |note: &Value| note["params"]["value"]["percentage"].as_u64() > Some(7);
        client.notes.iter().any(told)
    });
    editor.client.command("docstring-ls.cancel", job);
    editor.until_idle();
    assert_eq!(editor.applied, 1);
    let made = editor.text.matches("Do f").count();
    assert!((1..=4).contains(&made), "{}", editor.text);
    let end = editor.client.notes.last().unwrap()["params"]["value"].clone();
    let said = end["message"].as_str().unwrap();
    assert!(said.starts_with(&format!("cancelled: {made} inserted")), "{said}");
    editor.client.until_elsewhere(|| chat.aborted() == 13 - 4);
    let is_message = |note: &Value| note["method"] == "window/showMessage";
    assert!(!editor.client.notes.iter().any(is_message), "{:?}", editor.client.notes);
    editor.finish();
}
