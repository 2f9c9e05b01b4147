//! Every class of editor, by what it announces: a whole session with each.
//!
//! The capabilities in `fixtures/clients` were recorded from the editors (Zed's and
//! Sublime's were read in their sources). The client of these tests refuses whatever was
//! not announced; here is checked what each gets all the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use common::editor::Editor;
use common::provider::{Chat, Reply};
use common::{Client, URI, applied};
use serde_json::{Value, json};

const TEXT: &str = "def f0(a):\n    return a\n\n\ndef f1():\n    return 1\n";

macro_rules! clients {
    ($($name:ident = $file:literal,)*) => {
        const CLIENTS: &[(&str, &str)] =
            &[$(($file, include_str!(concat!("fixtures/clients/", $file, ".json")))),*];
        $(#[test]
        fn $name() {
            session($file);
        })*
    };
}

clients! {
    emacs_28 = "emacs-28",
    emacs_30 = "emacs-30",
    helix_25_01 = "helix-25.01",
    helix_25_07 = "helix-25.07",
    kate = "kate",
    monaco = "monaco",
    neovim_0_10 = "neovim-0.10",
    neovim_0_11 = "neovim-0.11",
    neovim_0_12 = "neovim-0.12",
    sublime = "sublime",
    vim_ale = "vim-ale",
    vscode = "vscode",
    zed = "zed",
}

fn capabilities(name: &str) -> Value {
    let (_, text) = CLIENTS.iter().find(|(known, _)| *known == name).unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn every_recorded_client_has_a_session() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/clients");
    let files = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let known: Vec<String> = CLIENTS.iter().map(|(name, _)| format!("{name}.json")).collect();
    assert_eq!(names, known);
}

/// Starts the server as this client; its first lines, and how positions count.
fn start(capabilities: &Value, options: Value) -> Client {
    let params = json!({
        "processId": null,
        "rootUri": null,
        "capabilities": capabilities,
        "initializationOptions": options,
    });
    let (client, result) = Client::start_with(params);
    let offered = capabilities.pointer("/general/positionEncodings").and_then(Value::as_array);
    let encoding = &result["capabilities"]["positionEncoding"];
    let has_bytes = offered.is_some_and(|offered| offered.contains(&json!("utf-8")));
    assert_eq!(encoding, if has_bytes { "utf-8" } else { "utf-16" });
    client
}

/// Initialize, open, actions, hover, a job, shutdown.
fn session(name: &str) {
    let capabilities = capabilities(name);
    let takes_edits = capabilities.pointer("/workspace/applyEdit") == Some(&json!(true));
    let is_versioned =
        capabilities.pointer("/workspace/workspaceEdit/documentChanges") == Some(&json!(true));
    let shows_progress = capabilities.pointer("/window/workDoneProgress") == Some(&json!(true));

    // What is made at once is an edit in the action, in every editor that knows actions.
    let mut client = start(&capabilities, Value::Null);
    client.did_open(URI, "python", TEXT);
    let actions = client.actions(0, 5);
    let generate = actions.iter().find(|action| action["title"] == "Generate docstring");
    let edit = &generate.expect("it is offered")["edit"];
    let edits = if is_versioned {
        let change = &edit["documentChanges"][0];
        assert_eq!(change["textDocument"]["version"], 1);
        &change["edits"]
    } else {
        &edit["changes"][URI]
    };
    let text = applied(TEXT, edits, char::len_utf16);
    assert!(text.starts_with("def f0(a):\n    \"\"\""), "{text}");
    let hover = client.hover(0, 5);
    assert!(hover["contents"]["value"].as_str().unwrap().contains("Args:"), "{hover}");
    client.finish();

    // What takes time is a job.
    let chat = Chat::start(|_, _| Reply::After(std::time::Duration::from_millis(30)));
    let mut editor = Editor::open(start(&capabilities, chat.settings()), TEXT);
    let actions = editor.client.actions(0, 5);
    let command = actions.iter().find_map(|action| {
        let is_ours = action["title"] == "Generate docstring";
        is_ours.then(|| action.get("command").cloned()).flatten()
    });
    let answer = if let Some(command) = &command {
        assert!(takes_edits, "an edit must come back: {command}");
        editor.client.result("workspace/executeCommand", executed(command))
    } else {
        assert!(!takes_edits, "nothing is offered: {actions:?}");
        editor.client.command("docstring-ls.generate", json!({"uri": URI, "symbol": "f0"}))
    };
    if takes_edits {
        assert!(answer["jobId"].is_number(), "{answer}");
        editor.until_idle();
        assert!(editor.text.starts_with("def f0(a):\n    \"\"\"Do f0."), "{}", editor.text);
        editor.client.command("docstring-ls.generateAll", json!({"uri": URI}));
        editor.until_idle();
        assert_eq!(editor.text.matches("Do f1.").count(), 1, "{}", editor.text);
        assert_eq!(editor.applied, 2);
    } else {
        assert_eq!(answer, Value::Null);
        let said = editor.client.note("window/showMessage")["message"].clone();
        assert_eq!(said, "This editor takes no edits from a server.");
        assert!(chat.asked().is_empty(), "nobody is paid for nothing");
    }
    let kinds = |kind: &str| {
        let notes = editor.client.notes.iter();
        notes.filter(|note| note["params"]["value"]["kind"] == kind).count()
    };
    let jobs = if takes_edits && shows_progress { 2 } else { 0 };
    assert_eq!((kinds("begin"), kinds("end")), (jobs, jobs), "{:?}", editor.client.notes);
    editor.finish();
}

/// The parameters with which editors run a command of an action.
fn executed(command: &Value) -> Value {
    json!({"command": command["command"], "arguments": command["arguments"]})
}
