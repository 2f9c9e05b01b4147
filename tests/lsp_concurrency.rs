//! Order, parallel requests, cancellation, back-pressure and memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use std::collections::HashSet;

use common::{Client, SAMPLE, URI, at, code, frame, range, rich, with};
use serde_json::{Value, json};

/// The text after each change is known, so every answer can be checked for its version.
#[test]
fn changes_and_requests_are_seen_in_the_order_of_arrival() {
    let mut client = Client::with_document(rich(), "def f():\n    pass\n");
    let mut all = Vec::new();
    let mut asked = Vec::new();
    for version in 2..502 {
        let place = range((0, 4), (0, 5 + u32::from(version > 2)));
        let change = json!([{"range": place, "text": format!("g{}", version % 10)}]);
        let document = json!({"uri": URI, "version": version});
        let params = json!({"textDocument": document, "contentChanges": change});
        all.extend(frame(&json!({
            "jsonrpc": "2.0", "method": "textDocument/didChange", "params": params,
        })));
        if version % 25 == 0 {
            let params = Client::actions_params(0, 5, json!({}));
            let (id, bytes) = client.prepared("textDocument/codeAction", params);
            all.extend(bytes);
            asked.push((id, version));
        }
    }
    client.raw(&all);
    for (id, version) in asked {
        let answer = client.wait(id);
        let document = &answer["result"][0]["edit"]["documentChanges"][0]["textDocument"];
        assert_eq!(document["version"], version, "{answer}");
    }
    assert_eq!(client.text(URI), "def g1():\n    pass\n");
    client.finish();
}

#[test]
fn f10_slow_requests_hold_up_nothing() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let slow: Vec<i64> = (0..100).map(|_| client.post("docstring-ls/_wait", json!({}))).collect();
    assert_ne!(client.hover(0, 5), Value::Null);
    client.notify("$/cancelRequest", json!({"id": slow[50]}));
    assert_eq!(code(&client.wait(slow[50])), -32800);
    client.did_change(URI, 2, json!([{"range": range((0, 4), (0, 7)), "text": "sum"}]));
    assert_eq!(client.text(URI), SAMPLE.replacen("add", "sum", 1));
    assert!(slow.iter().all(|id| *id == slow[50] || !client.has_answer(*id)));
    // An unknown id and one that was answered are no error.
    client.notify("$/cancelRequest", json!({"id": slow[50]}));
    client.notify("$/cancelRequest", json!({"id": "never"}));
    for id in slow.iter().filter(|id| **id != slow[50]) {
        client.notify("$/cancelRequest", json!({"id": id}));
    }
    for id in slow.iter().filter(|id| **id != slow[50]) {
        assert_eq!(code(&client.wait(*id)), -32800);
    }
    client.finish();
}

#[test]
fn a_late_answer_to_a_cancelled_request_does_no_harm() {
    let mut client = Client::with_document(rich(), SAMPLE);
    client.announces("/workspace/configuration");
    client.silent.insert("workspace/configuration".to_owned());
    let waiting = client.post("docstring-ls/_ask", json!({}));
    let asked = client.request("workspace/configuration");
    client.notify("$/cancelRequest", json!({"id": waiting}));
    assert_eq!(code(&client.wait(waiting)), -32800);
    client.answer(&asked["id"], &json!([null]));
    // Nor does one to a question that was never put.
    client.answer(&json!(987_654), &json!(null));
    assert_ne!(client.hover(0, 5), Value::Null);
    let errors = client.finish();
    assert!(!errors.contains("panicked"), "{errors}");
}

#[test]
fn notifications_pass_requests_that_wait_for_the_client() {
    let mut client = Client::with_document(rich(), SAMPLE);
    client.announces("/workspace/configuration");
    client.silent.insert("workspace/configuration".to_owned());
    let waiting: Vec<i64> = (0..4).map(|_| client.post("docstring-ls/_ask", json!({}))).collect();
    for version in 2..202 {
        client.did_change(URI, version, json!([{"range": range((0, 0), (0, 0)), "text": "#\n"}]));
    }
    let text = client.text(URI);
    assert_eq!(text, "#\n".repeat(200) + SAMPLE, "all are applied while four requests wait");
    for _ in &waiting {
        let asked = client.request("workspace/configuration");
        client.answer(&asked["id"], &json!([{"a": 1}]));
    }
    for id in waiting {
        assert_eq!(client.wait(id)["result"], json!([{"a": 1}]));
    }
    client.finish();
}

/// The first use of an id is the running one.
#[test]
fn an_id_that_is_in_use_is_refused() {
    let mut client = Client::start(rich());
    let slow = client.post("docstring-ls/_wait", json!({}));
    let again = json!({"jsonrpc": "2.0", "id": slow, "method": "docstring-ls/_wait", "params": {}});
    client.raw(&frame(&again));
    assert_eq!(code(&client.wait(slow)), -32600);
}

#[test]
fn f11_a_client_that_reads_late_gets_everything() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let mut all = Vec::new();
    let mut ids = HashSet::new();
    for _ in 0..4000 {
        let document = json!({"textDocument": {"uri": URI}, "position": at(0, 5)});
        let (id, bytes) = client.prepared("docstring-ls/preview", document);
        all.extend(bytes);
        ids.insert(id);
    }
    // Our side reads into a channel, but the pipes are far smaller than the answers.
    client.raw(&all);
    for id in ids {
        assert_eq!(client.wait(id)["result"]["symbol"], "add");
    }
    client.finish();
}

#[cfg(target_os = "linux")]
#[test]
fn closed_documents_are_forgotten() {
    fn round(client: &mut Client) {
        let text = SAMPLE.repeat(200);
        for number in 0..1000 {
            let uri = format!("file:///nowhere/m{number}.py");
            client.did_open(&uri, "python", &text);
            if number % 50 == 0 {
                let params = json!({"textDocument": {"uri": uri}});
                client.result("docstring-ls/symbols", params);
            }
            client.notify("textDocument/didClose", json!({"textDocument": {"uri": uri}}));
        }
        // Everything before has been taken in.
        client.result("docstring-ls/_text", json!({"uri": URI}));
    }

    let mut client = Client::start(rich());
    round(&mut client);
    let before = client.kilobytes();
    for _ in 0..3 {
        round(&mut client);
    }
    let grown = client.kilobytes() - before;
    println!("{before} KiB after 1000 documents, {grown} KiB more after 3000 others");
    assert!(grown < 8 * 1024, "{grown} KiB more after 3000 documents");
    client.finish();
}

#[test]
fn jobs_of_a_closed_document_are_dropped() {
    let mut client = Client::with_document(with(rich(), "/window", json!({})), SAMPLE);
    client.silent.insert("workspace/applyEdit".to_owned());
    client.command("docstring-ls.generateAll", json!({"uri": URI}));
    let asked = client.request("workspace/applyEdit");
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    client.answer(&asked["id"], &json!({"applied": false}));
    client.did_open(URI, "python", SAMPLE);
    assert_ne!(client.hover(0, 5), Value::Null);
    assert!(client.asked.is_empty(), "no second try: {:?}", client.asked);
    assert!(client.notes.is_empty(), "and no complaint: {:?}", client.notes);
    client.finish();
}
