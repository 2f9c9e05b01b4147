//! The server's life: how it starts, what it refuses, how it ends.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Client, LIMIT, SAMPLE, URI, code, frame, range, rich};
use serde_json::{Value, json};

/// A server that has to end has to end soon; the machine may be busy.
const SOON: Duration = Duration::from_secs(5);

#[test]
fn f01_exit_after_shutdown_is_0_though_the_input_stays_open() {
    let mut client = Client::start(rich());
    assert_eq!(client.ask("shutdown", Value::Null)["result"], Value::Null);
    client.notify("exit", json!(null));
    let (code, errors) = client.end_within(SOON);
    assert_eq!((code, errors.as_str()), (0, ""));
}

#[test]
fn f02_exit_without_shutdown_is_1() {
    let mut client = Client::start(rich());
    client.notify("exit", json!({}));
    assert_eq!(client.end_within(SOON).0, 1);
    let mut early = Client::spawn();
    early.notify("exit", json!({}));
    assert_eq!(early.end_within(SOON).0, 1, "allowed before initialize, but not in order");
}

#[test]
fn f03_the_end_of_the_input_ends_running_requests() {
    let mut client = Client::start(rich());
    client.announces("/workspace/configuration");
    client.silent.insert("workspace/configuration".to_owned());
    for _ in 0..8 {
        client.post("docstring-ls/_wait", json!({}));
    }
    // One of them waits for us.
    client.post("docstring-ls/_ask", json!({}));
    client.request("workspace/configuration");
    client.close_input();
    assert_eq!(client.end_within(SOON).0, 1);
}

#[test]
fn the_end_of_the_input_after_shutdown_is_0() {
    let mut client = Client::start(rich());
    client.ask("shutdown", Value::Null);
    client.close_input();
    assert_eq!(client.end_within(SOON).0, 0);
}

#[test]
fn f04_requests_outside_of_the_session_are_refused() {
    let mut client = Client::spawn();
    for method in ["textDocument/hover", "docstring-ls/symbols", "no/such", "shutdown"] {
        assert_eq!(code(&client.ask(method, json!({}))), -32002, "{method}");
    }
    client.notify("textDocument/didOpen", json!({}));
    client.result("initialize", json!({"processId": null, "rootUri": null, "capabilities": {}}));
    let again = client.ask("initialize", json!({"processId": null, "capabilities": {}}));
    assert_eq!(code(&again), -32600);
    client.result("shutdown", Value::Null);
    for method in ["textDocument/hover", "no/such", "shutdown", "initialize"] {
        assert_eq!(code(&client.ask(method, json!({}))), -32600, "{method}");
    }
    client.notify("exit", json!({}));
    assert_eq!(client.end_within(SOON).0, 0);
}

#[test]
fn shutdown_takes_any_absence_of_parameters() {
    for params in [json!(null), json!({}), json!([])] {
        let mut client = Client::start(rich());
        let (id, _) = client.prepared("shutdown", json!({}));
        let message = json!({"jsonrpc": "2.0", "id": id, "method": "shutdown", "params": params});
        client.raw(&frame(&message));
        assert_eq!(client.wait(id)["result"], Value::Null, "{params}");
    }
}

#[test]
fn f05_unknown_methods() {
    let mut client = Client::with_document(rich(), SAMPLE);
    for method in ["no/such", "$/no/such"] {
        assert_eq!(code(&client.ask(method, json!({}))), -32601, "{method}");
        client.notify(method, json!({}));
    }
    let place = json!({"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}});
    assert_eq!(code(&client.ask("textDocument/definition", place)), -32601, "not announced");
    assert_ne!(client.hover(0, 5), Value::Null);
    assert!(client.anonymous.is_empty());
    client.finish();
}

#[test]
fn a_newer_client_is_not_refused() {
    let (client, result) = Client::start_with(json!({
        "processId": null,
        "rootUri": null,
        "capabilities": {
            "textDocument": {"hover": {"contentFormat": ["hologram"]}, "rename": 7},
            "workspace": {"workspaceEdit": {"failureHandling": "wish"}},
            "general": {"positionEncodings": ["utf-64", "utf-16"]},
        },
    }));
    assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
    assert_eq!(result["serverInfo"]["name"], "docstring-ls");
    client.finish();
}

#[test]
fn f06_what_is_no_message_is_refused_and_the_session_goes_on() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let cases: [(&[u8], i64); 9] = [
        (b"{oops", -32700),
        (b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", -32700),
        (deep.as_bytes(), -32700),
        (b"[]", -32600),
        (b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"shutdown\"}]", -32600),
        (b"5", -32600),
        (b"{}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"method\":5}", -32600),
        (b"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"shutdown\"}", -32600),
    ];
    for (body, wanted) in cases {
        client.raw(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
        client.raw(body);
        let answer = client.until(|client| client.anonymous.pop());
        assert_eq!(code(&answer), wanted, "{}", String::from_utf8_lossy(body));
    }
    client.raw(b"Content-Length: 0\r\n\r\n");
    assert_ne!(client.hover(0, 5), Value::Null);
    client.finish();
}

#[test]
fn f07_a_length_that_cannot_be_is_refused_at_once() {
    for length in ["100000000000", "-5", "abc", "314572800", ""] {
        let mut client = Client::start(rich());
        client.raw(format!("Content-Length: {length}\r\n\r\n{{").as_bytes());
        // The input stays open: nobody waits for the rest.
        let (status, _) = client.end_within(SOON);
        assert_eq!(status, 1, "{length}");
        assert_eq!(code(&client.anonymous[0]), -32700);
    }
    let mut client = Client::start(rich());
    client.raw(&b"X".repeat(9000));
    assert_eq!(client.end_within(SOON).0, 1, "an endless header");
    let mut client = Client::start(rich());
    client.raw(b"Content-Length: 100\r\n\r\n{\"trunc");
    client.close_input();
    assert_eq!(client.end_within(SOON).0, 1, "a message that breaks off");
}

#[test]
fn f08_headers_of_any_case_number_and_pace() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let (id, bytes) =
        client.prepared("docstring-ls/symbols", json!({"textDocument": {"uri": URI}}));
    for byte in bytes {
        client.raw(&[byte]);
    }
    assert!(client.wait(id)["result"].is_array());
    let (id, bytes) =
        client.prepared("docstring-ls/symbols", json!({"textDocument": {"uri": URI}}));
    let text = String::from_utf8(bytes).unwrap();
    let headers =
        "X-A: 1\r\ncontent-type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:";
    client.raw(text.replacen("Content-Length:", headers, 1).as_bytes());
    assert!(client.wait(id)["result"].is_array());
    client.finish();
}

#[test]
fn f09_a_panic_is_an_error_and_is_logged_with_its_method() {
    let mut client = Client::with_document(rich(), SAMPLE);
    for _ in 0..100 {
        assert_eq!(
            code(&client.ask("docstring-ls/_panic", json!({"textDocument": {"uri": URI}}))),
            -32603
        );
    }
    assert_ne!(client.hover(0, 5), Value::Null);
    let errors = client.finish();
    assert_eq!(errors.matches("docstring-ls/_panic").count(), 100, "{errors}");
    assert_eq!(errors.matches("panicked").count(), 100, "each once: {errors}");
    assert_eq!(errors.matches(URI).count(), 100, "with its document: {errors}");
    assert!(!errors.contains("as asked"), "the message of a panic may quote the user's code");
}

#[cfg(unix)]
#[test]
fn a_dead_client_ends_the_server_though_the_input_stays_open() {
    let mut editor = Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap();
    let (mut client, _) =
        Client::start_with(json!({"processId": editor.id(), "capabilities": rich()}));
    editor.kill().unwrap();
    editor.wait().unwrap();
    let (status, _) = client.end_within(Duration::from_secs(15));
    assert_eq!(status, 1);
}

#[test]
fn a_client_that_reads_no_more_ends_the_server() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docstring-ls"));
    command.arg("--stdio").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut input = child.stdin.take().unwrap();
    let message = frame(&json!({"jsonrpc": "2.0", "id": 1, "method": "no/such"}));
    // The input stays open until the server has left.
    let deadline = Instant::now() + LIMIT;
    let status = loop {
        let _ = std::io::Write::write_all(&mut input, &message);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "the server lives on");
        std::thread::yield_now();
    };
    assert_eq!(status.code(), Some(1));
}

#[test]
fn custom_requests_take_any_absence_of_parameters() {
    let mut client = Client::start(rich());
    for params in [None, Some(json!(null)), Some(json!({})), Some(json!([]))] {
        let mut message = json!({"jsonrpc": "2.0", "method": "docstring-ls/providerStats"});
        let (id, _) = client.prepared("docstring-ls/providerStats", json!({}));
        message["id"] = json!(id);
        if let Some(params) = params {
            message["params"] = params;
        }
        client.raw(&frame(&message));
        let answer = client.wait(id);
        assert!(answer["result"]["providers"].is_object(), "{answer}");
        assert!(answer["result"]["since"].is_string(), "{answer}");
    }
    for method in ["docstring-ls/preview", "docstring-ls/symbols"] {
        for params in [json!({}), json!([]), json!({"textDocument": 5})] {
            assert_eq!(code(&client.ask(method, params)), -32602, "{method}");
        }
    }
    client.finish();
}

#[test]
fn wrong_parameters_are_refused() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let wrong = [
        json!({"textDocument": 5}),
        json!({"textDocument": {"uri": "no uri"}, "position": {"line": 0, "character": 0}}),
        json!({"textDocument": {"uri": URI}, "position": {"line": -1, "character": 0}}),
        json!({"textDocument": {"uri": URI}, "position": {"line": 4_294_967_296_u64, "character": 0}}),
    ];
    for params in wrong {
        assert_eq!(code(&client.ask("textDocument/hover", params)), -32602);
    }
    for argument in [json!({}), json!(5), json!({"uri": URI})] {
        let params = json!({"command": "docstring-ls.generate", "arguments": [argument]});
        assert_eq!(code(&client.ask("workspace/executeCommand", params)), -32602);
    }
    let params = json!({"command": "no.such", "arguments": []});
    assert_eq!(code(&client.ask("workspace/executeCommand", params)), -32602);
    client.finish();
}

/// Two servers with a folder each, and one with both: each folder has its own settings.
#[test]
fn two_servers_share_nothing() {
    let folder = |style: &str| {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("style = {{ python = \"{style}\" }}\n");
        std::fs::write(folder.path().join("docstring-ls.toml"), text).unwrap();
        let uri = format!("file://{}", folder.path().display());
        (folder, uri)
    };
    let (_one, first) = folder("numpy");
    let (_other, second) = folder("sphinx");
    let start = |folders: &[&String]| {
        let folders: Vec<Value> =
            folders.iter().map(|uri| json!({"uri": uri, "name": "x"})).collect();
        let params =
            json!({"processId": null, "capabilities": rich(), "workspaceFolders": folders});
        Client::start_with(params).0
    };
    let style = |client: &mut Client, folder: &str| {
        let uri = format!("{folder}/m.py");
        client.did_open(&uri, "python", SAMPLE);
        let place = json!({"line": 0, "character": 5});
        let params = json!({"textDocument": {"uri": uri}, "position": place});
        client.result("docstring-ls/preview", params)["style"].clone()
    };
    let mut a = start(&[&first]);
    let mut b = start(&[&second]);
    let mut both = start(&[&first, &second]);
    assert_eq!(style(&mut a, &first), "numpy");
    assert_eq!(style(&mut b, &second), "sphinx");
    assert_eq!(
        (style(&mut both, &first), style(&mut both, &second)),
        ("numpy".into(), "sphinx".into())
    );
    a.finish();
    assert_ne!(style(&mut b, &second), Value::Null, "one is gone, the other lives on");
    b.finish();
    both.finish();
}

/// Trees are kept of a few documents only: of more than that, each is answered as before.
#[test]
fn many_documents_are_answered_in_turn() {
    let mut client = Client::start(rich());
    let uris: Vec<String> = (0..40).map(|n| format!("file:///many/m{n}.py")).collect();
    for (n, uri) in uris.iter().enumerate() {
        client.did_open(uri, "python", &format!("def f{n}(a):\n    return a\n"));
    }
    let mut preview = |uri: &str| {
        let place = json!({"line": 0, "character": 5});
        let params = json!({"textDocument": {"uri": uri}, "position": place});
        client.result("docstring-ls/preview", params)["docstring"].clone()
    };
    let first: Vec<Value> = uris.iter().map(|uri| preview(uri)).collect();
    assert!(first.iter().all(Value::is_string), "{first:?}");
    let again: Vec<Value> = uris.iter().map(|uri| preview(uri)).collect();
    assert_eq!(first, again);
    client.did_change(&uris[0], 2, json!([{"range": range((0, 4), (0, 6)), "text": "load_map"}]));
    let changed = client.text(&uris[0]);
    assert_eq!(changed, "def load_map(a):\n    return a\n");
    client.finish();
}

#[test]
fn starts_soon_and_small() {
    let began = Instant::now();
    let client = Client::start(rich());
    let started = began.elapsed();
    #[cfg(target_os = "linux")]
    {
        let idle = client.kilobytes();
        println!("answers `initialize` after {started:?}, idle with {idle} KiB");
        assert!(idle < 16 * 1024, "{idle} KiB");
    }
    assert!(started < SOON);
    client.finish();
}
