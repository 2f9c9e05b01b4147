//! What an editor offers while somebody types, and in documents that are no files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use common::{Client, URI, applied, at, range, rich, with};
use serde_json::{Value, json};

/// What VS Code announces, as far as it matters.
fn vscode() -> Value {
    let item = json!({
        "snippetSupport": true,
        "preselectSupport": true,
        "insertTextModeSupport": {"valueSet": [1, 2]},
        "documentationFormat": ["markdown", "plaintext"],
    });
    with(rich(), "/textDocument/completion/completionItem", item)
}

/// What Neovim announces.
fn neovim() -> Value {
    let item = json!({
        "snippetSupport": true,
        "preselectSupport": false,
        "documentationFormat": ["markdown", "plaintext"],
    });
    with(rich(), "/textDocument/completion/completionItem", item)
}

fn complete(client: &mut Client, uri: &str, line: u32, character: u32) -> Value {
    let context = json!({"triggerKind": 2, "triggerCharacter": "\""});
    let params = json!({
        "textDocument": {"uri": uri}, "position": at(line, character), "context": context,
    });
    client.result("textDocument/completion", params)
}

/// Types `letters` one by one, each with what the editor closes by itself.
fn type_quotes(client: &mut Client, line: u32, closed: bool) {
    let steps: [(&str, u32); 3] = if closed {
        // One quote closes itself, the second is overtyped, the third closes all three.
        [("\"\"", 4), ("", 5), ("\"\"\"\"", 6)]
    } else {
        [("\"", 4), ("\"", 5), ("\"", 6)]
    };
    for (version, (text, character)) in (2..).zip(steps) {
        let change = json!([{"range": range((line, character), (line, character)), "text": text}]);
        client.did_change(URI, version, change);
        if character < 6 {
            assert_eq!(complete(client, URI, line, character + 1), Value::Null);
        }
    }
}

const TEXT: &str = "def add(a, b):\n    \n    return a + b\n\n\ndef sub(a, b):\n    return a - b\n";

#[test]
fn vscode_closes_quotes_by_itself() {
    let (mut client, result) =
        Client::start_with(json!({"processId": null, "capabilities": vscode()}));
    let triggers = &result["capabilities"]["completionProvider"]["triggerCharacters"];
    assert_eq!(triggers, &json!(["\"", "'", "/", "!"]));
    client.did_open(URI, "python", TEXT);
    type_quotes(&mut client, 1, true);
    let typed = client.text(URI);
    assert!(typed.contains("    \"\"\"\"\"\"\n"), "{typed}");
    let list = complete(&mut client, URI, 1, 7);
    assert_eq!(list["isIncomplete"], true);
    let [item] = list["items"].as_array().unwrap().as_slice() else { panic!("{list}") };
    assert_eq!(item["detail"], "google, offline");
    assert_eq!(item["filterText"], "\"\"\"");
    assert_eq!((&item["preselect"], &item["insertTextMode"]), (&json!(true), &json!(1)));
    assert_eq!(item["insertTextFormat"], 2);
    let edit = &item["textEdit"];
    assert_eq!(edit["range"], range((1, 4), (1, 10)), "the closing quotes, too");
    let new = edit["newText"].as_str().unwrap();
    assert!(new.starts_with("\"\"\"") && new.contains("${1:") && new.ends_with("$0"), "{new}");
    assert!(new.contains("\n    Args:\n        a: "), "its lines are indented: {new}");
    client.finish();
}

#[test]
fn neovim_closes_nothing() {
    let mut client = Client::with_document(neovim(), TEXT);
    type_quotes(&mut client, 1, false);
    let typed = client.text(URI);
    let list = complete(&mut client, URI, 1, 7);
    let item = &list["items"][0];
    // It would indent the lines of a snippet once more.
    assert!(item.get("insertTextFormat").is_none() && item.get("preselect").is_none());
    assert_eq!(item["textEdit"]["range"], range((1, 4), (1, 7)));
    let after = applied(&typed, &json!([item["textEdit"]]), char::len_utf16);
    assert!(after.starts_with("def add(a, b):\n    \"\"\""), "{after}");
    assert!(after.contains("    \"\"\"\n    return a + b\n\n\ndef sub"), "{after}");
    client.finish();
}

#[test]
fn completion_can_be_switched_off_and_is_nowhere_else() {
    let text = "def f(a):\n    \"\"\"\"\"\"\n    return a\n\nx = \"\"\"\"\"\"\n";
    let mut client = Client::with_document(vscode(), text);
    assert_eq!(complete(&mut client, URI, 1, 7)["items"].as_array().unwrap().len(), 1);
    assert_eq!(complete(&mut client, URI, 4, 7), Value::Null);
    assert_eq!(complete(&mut client, URI, 99, 99), Value::Null);
    assert_eq!(complete(&mut client, "file:///nowhere/else.py", 1, 7), Value::Null);
    let settings = json!({"settings": {"docstring-ls": {"editor": {"completion": false}}}});
    client.notify("workspace/didChangeConfiguration", settings);
    assert_eq!(complete(&mut client, URI, 1, 7), Value::Null);
    client.finish();
}

#[test]
fn slashes_are_completed_in_rust() {
    let uri = "file:///nowhere/lib.rs";
    let text = "pub struct S;\n\nimpl S {\n    ///\n    pub fn len(&self) -> usize {\n        0\n    }\n}\n";
    let mut client = Client::start(vscode());
    client.did_open(uri, "rust", text);
    let item = complete(&mut client, uri, 3, 7)["items"][0].clone();
    assert_eq!((&item["detail"], &item["filterText"]), (&json!("rustdoc, offline"), &json!("///")));
    assert_eq!(item["textEdit"]["range"], range((3, 4), (3, 7)));
    let new = item["textEdit"]["newText"].as_str().unwrap();
    assert!(
        new.starts_with("/// ") && new.lines().skip(1).all(|l| l.starts_with("    ///")),
        "{new}"
    );
    assert_eq!(complete(&mut client, uri, 4, 10), Value::Null);
    client.finish();
}

#[test]
fn a_hover_names_the_lines_behind_its_claims() {
    let text = "def half(n):\n    if n % 2:\n        raise ValueError(f\"odd: `{n}`\")\n    return n // 2\n";
    let mut client = Client::with_document(rich(), text);
    let hover = client.hover(0, 5);
    let value = hover["contents"]["value"].as_str().unwrap();
    let line = "- raises ValueError: line 3 `` raise ValueError(f\"odd: `{n}`\") ``";
    assert!(value.ends_with(line), "{value}");
    let plain = with(rich(), "/textDocument/hover/contentFormat", json!(["plaintext"]));
    let mut client = Client::with_document(plain, text);
    let hover = client.hover(0, 5);
    let value = hover["contents"]["value"].as_str().unwrap();
    assert_eq!(hover["contents"]["kind"], "plaintext");
    assert!(value.ends_with("line 3 raise ValueError(f\"odd: `{n}`\")"), "{value}");
    client.finish();
}

#[test]
fn a_cell_is_code_but_no_module() {
    let uri = "vscode-notebook-cell:/work/demo.ipynb#W2sZmlsZQ%3D%3D";
    let text = "%matplotlib inline\nimport os\n\ndef add(a, b):\n    return a + b\n\nadd(1, 2)\n";
    let mut client = Client::start(rich());
    client.did_open(uri, "python", text);
    let told = client.diagnostics(uri);
    let names: Vec<_> = told["diagnostics"].as_array().unwrap().iter().collect();
    let [only] = names.as_slice() else { panic!("{told}") };
    assert_eq!(only["range"], range((3, 4), (3, 7)), "nothing about the module");
    let actions = |client: &mut Client, line| {
        let here = range((line, 4), (line, 4));
        let params =
            json!({"textDocument": {"uri": uri}, "range": here, "context": {"diagnostics": []}});
        client.result("textDocument/codeAction", params)
    };
    let found = actions(&mut client, 3);
    assert_eq!(found[0]["title"], "Generate docstring");
    let change = &found[0]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["uri"], uri);
    let after = applied(text, &change["edits"], char::len_utf16);
    assert!(after.contains("def add(a, b):\n    \"\"\""), "{after}");
    assert_eq!(actions(&mut client, 6), json!([]), "no docstring of a cell");
    let all = client.command("docstring-ls.generateAll", json!({"uri": uri}));
    assert!(all["jobId"].is_number());
    let edits = client.request("workspace/applyEdit")["params"]["edit"].clone();
    assert_eq!(edits["documentChanges"][0]["edits"].as_array().unwrap().len(), 1);
    client.finish();
}

#[test]
fn documents_of_other_places_are_documents() {
    let mut client = Client::start(rich());
    for (uri, language, text) in [
        ("vscode-remote://ssh-remote%2Bhost/home/a/b.py", "python", "def f(a):\n    return a\n"),
        ("vscode-vfs://github/a/b/src/lib.rs", "rust", "pub fn f(a: u8) -> u8 {\n    a\n}\n"),
        ("untitled:Untitled-1", "rust", "pub fn f(a: u8) -> u8 {\n    a\n}\n"),
        (
            "vscode-notebook-cell://ssh-remote%2Bhost/n.ipynb#W0",
            "python",
            "def f(a):\n    return a\n",
        ),
    ] {
        client.did_open(uri, language, text);
        let published = client.diagnostics(uri);
        let names = published["diagnostics"].as_array().unwrap().iter();
        let line = names.filter(|item| item["message"].as_str().unwrap().contains('f')).count();
        assert!(line > 0, "{uri}: {published}");
        let params = json!({"textDocument": {"uri": uri}});
        let listed = client.result("docstring-ls/symbols", params);
        let states: Vec<_> = listed.as_array().unwrap().iter().map(|s| &s["state"]).collect();
        assert_eq!(states.last().unwrap(), &&json!("missing"), "{uri}: {listed}");
    }
    client.finish();
}
