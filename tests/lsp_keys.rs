//! Keys that the editor keeps: asked for when a call needs one, and never shown.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use common::{Client, LIMIT, SAMPLE, URI, rich, with};
use serde_json::{Value, json};

const KEY: &str = "sk-kept-by-the-editor";

/// A server of Chat Completions that takes no call; the `authorization` of each.
fn refusing() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let (mut length, mut authorization) = (0, String::new());
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let line = line.trim();
                if line.is_empty() {
                    break;
                }
                // The first line has no name.
                let (name, value) = line.split_once(": ").unwrap_or_default();
                match name {
                    "content-length" => length = value.parse().unwrap(),
                    "authorization" => value.clone_into(&mut authorization),
                    _ => {}
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let body = r#"{"error": {"message": "no such key", "code": "invalid_api_key"}}"#;
            write!(
                stream,
                "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\n\
                 content-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
            if sender.send(authorization).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

/// A session with a provider whose key the editor keeps.
fn session(address: &str, capabilities: &Value) -> Client {
    let settings = json!({
        "provider": "mine",
        "providers": {"mine": {
            "dialect": "openai-chat", "model": "m", "base-url": address, "api-key-from": "editor",
        }},
    });
    let (mut client, _) = Client::start_with(json!({
        "processId": null, "rootUri": null, "capabilities": capabilities,
        "initializationOptions": settings,
    }));
    client.did_open(URI, "python", SAMPLE);
    client
}

fn generate(client: &mut Client) -> String {
    let place = json!({"uri": URI, "position": common::at(0, 5), "provider": "mine"});
    client.command("docstring-ls.generate", place);
    // The embedded provider answers in the end, with a warning that says what happened.
    let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
    // An order like a running one would join it.
    while client.note("$/progress")["value"]["kind"] != "end" {}
    message
}

#[test]
fn the_editor_is_asked_for_a_key_and_told_when_there_is_none() {
    let (address, calls) = refusing();
    let capabilities = with(rich(), "/experimental/docstringLs", json!({"apiKey": true}));
    let mut client = session(&address, &capabilities);
    client.replies.insert("docstring-ls/apiKey".to_owned(), json!({"key": null}));
    let message = generate(&mut client);
    assert!(message.contains("Set API key"), "{message}");
    let asked = client.request("docstring-ls/apiKey");
    assert_eq!(asked["params"], json!({"provider": "mine"}));
    assert!(calls.try_recv().is_err(), "nothing is sent without a key");
    // Once the user has stored one, it is used at once.
    client.replies.insert("docstring-ls/apiKey".to_owned(), json!({"key": KEY}));
    client.notify("docstring-ls/apiKeyChanged", json!({"provider": "mine"}));
    let message = generate(&mut client);
    assert_eq!(calls.recv_timeout(LIMIT).unwrap(), format!("Bearer {KEY}"));
    assert!(message.contains("key is not accepted") && !message.contains(KEY), "{message}");
    let stats = client.result("docstring-ls/providerStats", json!({})).to_string();
    assert!(!stats.contains(KEY));
    let log = client.finish();
    assert!(!log.contains(KEY), "{log}");
}

#[test]
fn an_editor_without_a_storage_is_not_asked() {
    let (address, calls) = refusing();
    let mut client = session(&address, &rich());
    let message = generate(&mut client);
    assert!(message.contains("not at hand here"), "{message}");
    assert!(client.asked.iter().all(|asked| asked["method"] != "docstring-ls/apiKey"));
    assert!(calls.try_recv().is_err());
    client.finish();
}
