//! What a person sees: actions, previews, commands, configuration.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use common::{Client, SAMPLE, URI, applied, at, code, range, rich, with};
use serde_json::{Value, json};

/// How much of the client's count a character takes.
type Units = fn(char) -> usize;

const CLASS: &str = "class Stack:\n    def push(self, item):\n        self.items.append(item)\n";

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

#[test]
fn an_action_carries_the_ready_edit() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let actions = client.actions(0, 5);
    let all = "Generate all docstrings in this file";
    assert_eq!(titles(&actions), ["Generate docstring", all]);
    let [generate, file] = actions.as_slice() else { panic!() };
    assert_eq!(generate["kind"], "refactor.rewrite.docstring");
    assert_eq!(file["kind"], "source.docstring-ls.generateAll");
    assert_eq!(file["command"]["command"], "docstring-ls.generateAll");
    let change = &generate["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": URI, "version": 1}));
    let text = applied(SAMPLE, &change["edits"], char::len_utf16);
    assert!(text.starts_with("def add(a, b):\n    \"\"\""), "{text}");
    assert!(text.ends_with("    \"\"\"\n    return a + b\n"), "{text}");
    assert!(text.contains("    Args:\n        a: "), "{text}");
    // The body belongs to the symbol as well.
    assert_eq!(client.actions(1, 8), actions);
    client.finish();
}

#[test]
fn a_documented_symbol_is_offered_nothing_by_itself() {
    let text = "\"\"\"A module.\"\"\"\n\n\ndef f():\n    \"\"\"Do.\"\"\"\n\n\ndef g():\n    pass\n";
    let mut client = Client::with_document(rich(), text);
    let automatic = Client::actions_params(3, 5, json!({"triggerKind": 2}));
    assert_eq!(client.result("textDocument/codeAction", automatic), json!([]), "no lamp");
    assert_eq!(titles(&client.actions(3, 5)), ["Regenerate docstring"]);
    assert_eq!(client.hover(3, 4), Value::Null);
    assert_eq!(client.actions(7, 5).len(), 2);
    client.finish();
}

#[test]
fn decorators_and_inner_symbols_are_told_apart() {
    let text = "import a\n\n\n@a.b\n@a.c(1)\nclass C:\n    def m(self):\n        pass\n";
    let mut client = Client::with_document(rich(), text);
    let mut name = |line, character| {
        let params = json!({"textDocument": {"uri": URI}, "position": at(line, character)});
        client.result("docstring-ls/preview", params)["symbol"].as_str().map(str::to_owned)
    };
    assert_eq!(name(3, 1).as_deref(), Some("C"));
    assert_eq!(name(5, 7).as_deref(), Some("C"));
    assert_eq!(name(6, 2).as_deref(), Some("C.m"));
    assert_eq!(name(7, 10).as_deref(), Some("C.m"));
    assert_eq!(name(0, 3).as_deref(), Some(""), "the module");
    client.finish();
}

#[test]
fn only_and_trigger_are_honoured() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let mut kinds = |context: Value| {
        let params = Client::actions_params(0, 5, context);
        let result = client.result("textDocument/codeAction", params);
        let kind = |action: &Value| action["kind"].as_str().unwrap().to_owned();
        result.as_array().unwrap().iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(json!({"only": ["refactor"]})), ["refactor.rewrite.docstring"]);
    assert_eq!(kinds(json!({"only": ["source"]})), ["source.docstring-ls.generateAll"]);
    assert_eq!(kinds(json!({"only": ["source.fixAll", "source.organizeImports"]})), [""; 0]);
    assert_eq!(kinds(json!({"only": ["quickfix"]})), [""; 0]);
    assert_eq!(kinds(json!({"triggerKind": 2})).len(), 2, "nothing here costs money");
    client.finish();
}

#[test]
fn what_is_not_announced_is_not_used() {
    let literals = "/textDocument/codeAction/codeActionLiteralSupport";
    let mut plain =
        Client::with_document(with(rich(), "/workspace/workspaceEdit", json!({})), SAMPLE);
    let edit = &plain.actions(0, 5)[0]["edit"];
    assert!(edit.get("documentChanges").is_none());
    assert!(applied(SAMPLE, &edit["changes"][URI], char::len_utf16).contains("Args:"));
    plain.finish();
    let mut commands = Client::with_document(with(rich(), literals, Value::Null), SAMPLE);
    let actions = commands.actions(0, 5);
    assert!(actions.iter().all(|action| action["command"].is_string()), "{actions:?}");
    assert_eq!(actions[0]["command"], "docstring-ls.generate");
    let argument = actions[0]["arguments"][0].clone();
    commands.command("docstring-ls.generate", argument);
    assert!(commands.request("workspace/applyEdit")["params"]["edit"].is_object());
    commands.finish();
    let mut poor = Client::with_document(json!({}), SAMPLE);
    assert_eq!(poor.actions(0, 5), Vec::<Value>::new(), "it could not apply a command's edit");
    assert_eq!(poor.hover(0, 5)["contents"]["kind"], "plaintext");
    assert!(poor.asked.is_empty());
    poor.command("docstring-ls.generateAll", json!({"uri": URI}));
    assert!(poor.note("window/showMessage")["message"].as_str().unwrap().contains("edits"));
    poor.finish();
}

#[test]
fn tab_stops_are_an_action_of_their_own() {
    let snippets = with(rich(), "/workspace/workspaceEdit/snippetEditSupport", json!(true));
    let mut client = Client::with_document(snippets, SAMPLE);
    let actions = client.actions(0, 5);
    assert_eq!(actions[0]["title"], "Generate docstring");
    assert!(actions[0]["edit"]["documentChanges"][0]["edits"][0]["newText"].is_string());
    let fill = &actions[1];
    assert_eq!(fill["title"], "Generate docstring and fill in");
    let edit = &fill["edit"]["documentChanges"][0]["edits"][0];
    assert_eq!(edit["snippet"]["kind"], "snippet");
    assert!(edit["snippet"]["value"].as_str().unwrap().contains("${1:"), "{edit}");
    assert!(edit.get("newText").is_none());
    client.finish();
}

#[test]
fn a_hover_previews_an_undocumented_name() {
    let mut client = Client::with_document(rich(), CLASS);
    let hover = client.hover(1, 9);
    let value = hover["contents"]["value"].as_str().unwrap();
    assert_eq!(hover["contents"]["kind"], "markdown");
    assert!(value.starts_with("Docstring preview: google, offline\n\n```text\n"), "{value}");
    assert!(value.contains("item") && value.ends_with("\n```"), "{value}");
    assert_eq!(hover["range"], range((1, 8), (1, 12)));
    assert_eq!(client.hover(1, 4), Value::Null, "not on a name");
    assert_eq!(client.hover(2, 10), Value::Null);
    client.finish();
}

#[test]
fn a_preview_shows_any_style() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let mut ask = |extra: Value| {
        let mut params = json!({"textDocument": {"uri": URI}, "position": at(0, 5)});
        params.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        client.ask("docstring-ls/preview", params)
    };
    let google = ask(json!({}))["result"].clone();
    assert_eq!(google["symbol"], "add");
    assert_eq!(google["kind"], "function");
    assert_eq!((&google["style"], &google["provider"]), (&json!("google"), &json!("offline")));
    assert_eq!((&google["fromCache"], &google["warnings"]), (&json!(false), &json!([])));
    let text = applied(SAMPLE, &google["edits"], char::len_utf16);
    assert!(text.contains("Args:\n        a: "), "{text}");
    let numpy = ask(json!({"style": "numpy", "provider": "offline"}))["result"].clone();
    assert!(numpy["docstring"].as_str().unwrap().contains("Parameters\n----------"), "{numpy}");
    assert_eq!(code(&ask(json!({"style": "rustdoc"}))), -32602, "of another language");
    assert_eq!(code(&ask(json!({"style": "nice"}))), -32602);
    assert_eq!(ask(json!({"provider": "nobody"}))["result"], Value::Null);
    let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("nobody"), "{message}");
    client.finish();
}

#[test]
fn symbols_tell_what_is_missing() {
    let text = "\"\"\"A.\"\"\"\n\n\ndef f():\n    pass\n\n\ndef _g():\n    pass\n";
    let mut client = Client::with_document(rich(), text);
    let listed = client.result("docstring-ls/symbols", json!({"textDocument": {"uri": URI}}));
    let states: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| (symbol["symbol"].as_str().unwrap(), symbol["state"].as_str().unwrap()))
        .collect();
    assert_eq!(states, [("", "documented"), ("f", "missing"), ("_g", "excluded")]);
    assert_eq!(listed[1]["selectionRange"], range((3, 4), (3, 5)));
    assert!(listed[2]["reason"].as_str().unwrap().contains("public"));
    let unknown = json!({"textDocument": {"uri": "file:///nowhere/else.py"}});
    assert_eq!(client.result("docstring-ls/symbols", unknown), Value::Null);
    assert!(client.note("window/showMessage")["message"].as_str().unwrap().contains("not open"));
    client.finish();
}

/// The kinds of the messages about a progress until it ends.
fn progress(client: &mut Client, token: &Value) -> Vec<String> {
    let mut kinds: Vec<String> = Vec::new();
    while kinds.last().is_none_or(|kind| kind != "end") {
        let note = client.note("$/progress");
        assert_eq!(&note["token"], token);
        kinds.push(note["value"]["kind"].as_str().unwrap().to_owned());
    }
    kinds
}

#[test]
fn a_whole_file_is_one_edit_with_progress() {
    let mut client = Client::with_document(rich(), CLASS);
    let started = client.command("docstring-ls.generateAll", json!({"uri": URI}));
    assert!(started["jobId"].is_number());
    let asked = client.request("workspace/applyEdit")["params"].clone();
    assert_eq!(asked["label"], "Generate 3 docstrings");
    let change = &asked["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1);
    let text = applied(CLASS, &change["edits"], char::len_utf16);
    assert_eq!(text.matches("\"\"\"").count(), 6, "{text}");
    let token = client.request("window/workDoneProgress/create")["params"]["token"].clone();
    let kinds = progress(&mut client, &token);
    // How often it reports is a matter of time.
    assert_eq!(kinds.iter().filter(|kind| *kind != "report").collect::<Vec<_>>(), ["begin", "end"]);
    client.finish();
}

#[test]
fn a_refused_progress_is_not_shown_and_a_cancelled_one_ends() {
    let mut client = Client::with_document(rich(), SAMPLE);
    client.silent.insert("window/workDoneProgress/create".to_owned());
    let all = json!({"command": "docstring-ls.generateAll", "arguments": [{"uri": URI}]});
    let first = client.post("workspace/executeCommand", all.clone());
    let create = client.request("window/workDoneProgress/create");
    let error = json!({"code": -32601, "message": "no"});
    client.raw(&common::frame(&json!({"jsonrpc": "2.0", "id": create["id"], "error": error})));
    assert!(client.wait(first)["result"]["jobId"].is_number());
    client.request("workspace/applyEdit");
    client.until_idle();
    assert!(client.notes.is_empty(), "{:?}", client.notes);
    // Now it is accepted, the edit hangs at the user, and the user cancels.
    client.silent.clear();
    client.silent.insert("workspace/applyEdit".to_owned());
    client.post("workspace/executeCommand", all);
    client.request("workspace/applyEdit");
    let begun = client.note("$/progress");
    client.notify("window/workDoneProgress/cancel", json!({"token": begun["token"]}));
    assert_eq!(progress(&mut client, &begun["token"]).last().unwrap(), "end");
    drop(client);
}

#[test]
fn an_edit_follows_the_text_that_changed_meanwhile() {
    let mut client = Client::with_document(rich(), SAMPLE);
    client.silent.insert("workspace/applyEdit".to_owned());
    client.command("docstring-ls.generate", json!({"uri": URI, "symbol": "add"}));
    let first = client.request("workspace/applyEdit");
    // The editor refuses, because the text has moved.
    client.did_change(URI, 2, json!([{"range": range((0, 0), (0, 0)), "text": "import os\n\n\n"}]));
    client.answer(&first["id"], &json!({"applied": false}));
    let second = client.request("workspace/applyEdit");
    let change = &second["params"]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 2);
    let now = format!("import os\n\n\n{SAMPLE}");
    let text = applied(&now, &change["edits"], char::len_utf16);
    assert!(text.starts_with("import os\n\n\ndef add(a, b):\n    \"\"\""), "{text}");
    client.answer(&second["id"], &json!({"applied": false, "failureReason": "busy"}));
    let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("busy"), "{message}");
    assert!(client.asked.is_empty(), "two tries are enough");
    client.finish();
}

#[test]
fn an_edit_is_dropped_when_the_signature_changed() {
    let mut client = Client::with_document(rich(), SAMPLE);
    client.silent.insert("workspace/applyEdit".to_owned());
    client.command("docstring-ls.generate", json!({"uri": URI, "position": at(0, 5)}));
    let first = client.request("workspace/applyEdit");
    client.did_change(URI, 2, json!([{"range": range((0, 8), (0, 9)), "text": "z"}]));
    client.answer(&first["id"], &json!({"applied": false}));
    let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("changed meanwhile"), "{message}");
    assert!(client.asked.is_empty());
    // So is an order that was given for another signature.
    let stale = json!({"uri": URI, "symbol": "add", "signature": "0".repeat(32)});
    client.command("docstring-ls.generate", stale);
    client.note("window/showMessage");
    assert!(client.asked.is_empty());
    client.finish();
}

#[test]
fn expected_failures_are_one_sentence() {
    let text = "def f():\n    \"\"\"Do.\"\"\"\n";
    let mut client = Client::with_document(rich(), text);
    for (argument, words) in [
        (json!({"uri": URI, "symbol": "f"}), "has a docstring"),
        (json!({"uri": URI, "symbol": "gone"}), "no `gone`"),
        (json!({"uri": "file:///nowhere/else.py", "symbol": "f"}), "not open"),
        (json!({"uri": URI, "symbol": "f", "provider": "nobody"}), "has a docstring"),
    ] {
        client.command("docstring-ls.generate", argument);
        let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
        assert!(message.contains(words), "{message}");
    }
    assert_eq!(client.command("docstring-ls.cancel", json!({"jobId": 99})), Value::Null);
    let report = client.command("docstring-ls.metrics", Value::Null);
    assert!(report.as_str().unwrap().starts_with("# docstring-ls"));
    client.command("docstring-ls.resetMetrics", Value::Null);
    client.finish();
}

/// Every line end, wide characters, tabs, a byte order mark, in every encoding.
#[test]
fn positions_count_what_was_negotiated() {
    let text = "\u{feff}# 😀\r\nclass A:\r\tdef 𝒻é(self, 名):\n\t\treturn 名\r\n";
    let counts: [(&str, Units); 3] =
        [("utf-8", char::len_utf8), ("utf-16", char::len_utf16), ("utf-32", |_| 1)];
    for (encoding, units) in counts {
        let capabilities = with(rich(), "/general/positionEncodings", json!([encoding]));
        let (mut client, result) =
            Client::start_with(json!({"processId": null, "capabilities": capabilities}));
        assert_eq!(result["capabilities"]["positionEncoding"], encoding);
        client.did_open(URI, "python", text);
        let name = 5..5 + u32::try_from(units('𝒻') + units('é')).unwrap();
        let hover = client.hover(2, name.start);
        assert_eq!(hover["range"], range((2, name.start), (2, name.end)), "{encoding}: {hover}");
        let preview = json!({"textDocument": {"uri": URI}, "position": at(2, name.end)});
        let preview = client.result("docstring-ls/preview", preview);
        assert_eq!(preview["symbol"], "A.𝒻é");
        let after = applied(text, &preview["edits"], units);
        assert!(after.contains("名:"), "{after}");
        // The smile becomes a letter, the method another name; the second in the
        // coordinates after the first.
        let smile = u32::try_from(units('\u{feff}') + 2).unwrap();
        let wide = u32::try_from(units('😀')).unwrap();
        client.did_change(
            URI,
            2,
            json!([
                {"range": range((0, smile), (0, smile + wide)), "text": "x"},
                {"range": range((2, name.start), (2, name.end)), "text": "go"},
                {"range": range((99, 99), (1_000_000, 0)), "text": "# end"},
                {"range": range((0, 1_000_000), (1, 0)), "text": "\n"},
            ]),
        );
        let wanted = "\u{feff}# x\nclass A:\r\tdef go(self, 名):\n\t\treturn 名\r\n# end";
        assert_eq!(client.text(URI), wanted, "{encoding}");
        client.finish();
    }
}

#[test]
fn f13_impossible_positions_are_moved_or_refused() {
    let mut client = Client::with_document(rich(), SAMPLE);
    for (line, character) in [(2_147_483_647, 0), (0, 2_147_483_647), (u32::MAX, u32::MAX)] {
        client.hover(line, character);
        client.actions(line, character);
    }
    let reversed = range((1, 0), (0, 0));
    client.did_change(URI, 2, json!([{"range": reversed, "text": "# "}]));
    assert_eq!(client.text(URI), "#     return a + b\n");
    client.finish();
}

#[test]
fn f14_odd_versions_are_followed_and_a_lost_change_is_healed() {
    let mut client = Client::with_document(rich(), SAMPLE);
    let insert = |text: &str| json!([{"range": range((0, 0), (0, 0)), "text": text}]);
    for version in [9, 9, 3] {
        client.did_change(URI, version, insert("#\n"));
    }
    assert_eq!(client.text(URI), format!("#\n#\n#\n{SAMPLE}"));
    client.did_change("file:///nowhere/unopened.py", 1, insert("x"));
    client.did_change(URI, 4, json!([{"range": {"start": 5}, "text": "x"}]));
    assert_eq!(client.actions(3, 5), Vec::<Value>::new(), "the text cannot be trusted");
    let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("reopen"), "{message}");
    client.did_change(URI, 5, json!([{"text": SAMPLE}]));
    assert_eq!(client.actions(0, 5).len(), 2, "the whole text heals it");
    assert!(client.notes.is_empty(), "it was said once: {:?}", client.notes);
    client.finish();
}

#[test]
fn f17_any_uri_is_a_document_and_none_is_read() {
    let mut client = Client::start(rich());
    for uri in [
        "untitled:Untitled-1",
        "vscode-notebook-cell:/nb.ipynb#W0sZmlsZQ%3D%3D",
        "file:///c%3A/work/a%20b.py",
        "file://host/x.py",
        "http://example.com/a.py",
        "file:///nowhere/%2e%2e%2f%2e%2e%2fetc/passwd",
        "file:///nowhere/nul%00.py",
        "file:///tmp/",
    ] {
        client.did_open(uri, "python", SAMPLE);
        let params = json!({"textDocument": {"uri": uri}, "position": at(0, 5)});
        let preview = client.result("docstring-ls/preview", params);
        assert_eq!(preview["symbol"], "add", "{uri}");
    }
    client.did_open("file:///nowhere/lib.rs", "plaintext", "pub fn f() {}\n");
    let params = json!({"textDocument": {"uri": "file:///nowhere/lib.rs"}, "position": at(0, 8)});
    assert_eq!(client.result("docstring-ls/preview", params)["style"], "rustdoc");
    client.did_open("file:///nowhere/notes.txt", "plaintext", "def f(): pass\n");
    let params = json!({"textDocument": {"uri": "file:///nowhere/notes.txt"}});
    assert_eq!(client.result("docstring-ls/symbols", params), Value::Null);
    client.finish();
}

#[test]
fn f18_what_is_too_large_is_said_once() {
    let mut client = Client::with_document(rich(), &format!("x = '{}'\n", "a".repeat(3_000_000)));
    for _ in 0..3 {
        assert_eq!(client.actions(0, 5), Vec::<Value>::new());
    }
    let message = client.note("window/showMessage")["message"].as_str().unwrap().to_owned();
    assert!(message.contains("sample.py") && message.contains("too large"), "{message}");
    let params = json!({"textDocument": {"uri": URI}});
    assert_eq!(client.result("docstring-ls/symbols", params), Value::Null);
    assert!(client.notes.is_empty());
    client.did_change(URI, 2, json!([{"text": SAMPLE}]));
    assert_eq!(client.actions(0, 5).len(), 2);
    client.finish();
}

#[test]
fn f19_deep_code_is_answered() {
    let parens = format!("x = {}1{}\n{SAMPLE}", "(".repeat(9_000), ")".repeat(9_000));
    let blocks: Vec<String> =
        (0..400).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    let blocks = blocks.concat();
    let quotes = format!("{}\n{SAMPLE}", "\"\"\"\n".repeat(5_001));
    for text in [parens, format!("{blocks}{}pass\n{SAMPLE}", " ".repeat(400)), quotes] {
        let mut client = Client::with_document(rich(), &text);
        client.actions(0, 0);
        client.result("docstring-ls/symbols", json!({"textDocument": {"uri": URI}}));
        client.finish();
    }
}

#[test]
fn f20_broken_code_does_not_hide_the_rest() {
    let text = "def broken(:\n    pass\n\n\ndef fine(a):\n    return a\n";
    let mut client = Client::with_document(rich(), text);
    client.actions(0, 5);
    let listed = client.result("docstring-ls/symbols", json!({"textDocument": {"uri": URI}}));
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|s| s["symbol"].clone()).collect();
    assert!(names.contains(&json!("fine")), "{listed}");
    client.finish();
}

#[test]
fn settings_come_from_the_editor_in_any_way() {
    // With the start.
    let (mut client, _) = Client::start_with(json!({
        "processId": null,
        "capabilities": rich(),
        "initializationOptions": {"style": {"python": "numpy"}},
    }));
    let preview = |client: &mut Client| {
        let params = json!({"textDocument": {"uri": URI}, "position": at(0, 5)});
        client.result("docstring-ls/preview", params)["style"].as_str().unwrap().to_owned()
    };
    client.did_open(URI, "python", SAMPLE);
    assert_eq!(preview(&mut client), "numpy");
    // Pushed.
    let settings = json!({"settings": {"docstring-ls": {"style": {"python": "sphinx"}}}});
    client.notify("workspace/didChangeConfiguration", settings);
    assert_eq!(preview(&mut client), "sphinx");
    // Wrong ones are explained, and the last good ones stay.
    let settings = json!({"settings": {"docstring-ls": {"style": {"python": "baroque"}}}});
    client.notify("workspace/didChangeConfiguration", settings);
    let message = client.note("window/showMessage");
    assert_eq!(message["type"], 1);
    assert!(message["message"].as_str().unwrap().contains("baroque"), "{message}");
    assert_eq!(preview(&mut client), "sphinx");
    client.finish();
}

#[test]
fn settings_are_pulled_and_changes_asked_for() {
    let capabilities = with(rich(), "/workspace/configuration", json!(true));
    let capabilities =
        with(capabilities, "/workspace/didChangeConfiguration/dynamicRegistration", json!(true));
    let watching = json!({"dynamicRegistration": true, "relativePatternSupport": true});
    let capabilities = with(capabilities, "/workspace/didChangeWatchedFiles", watching);
    let mut client = Client::spawn();
    client
        .replies
        .insert("workspace/configuration".to_owned(), json!([{"style": {"python": "epytext"}}]));
    client.result("initialize", json!({"processId": null, "capabilities": capabilities}));
    client.notify("initialized", json!({}));
    let asked = client.request("workspace/configuration");
    assert_eq!(asked["params"], json!({"items": [{"section": "docstring-ls"}]}));
    let registered = client.request("client/registerCapability");
    let registrations = registered["params"]["registrations"].as_array().unwrap();
    let methods: Vec<_> = registrations.iter().map(|one| one["method"].as_str().unwrap()).collect();
    assert_eq!(methods, ["workspace/didChangeConfiguration", "workspace/didChangeWatchedFiles"]);
    let patterns = registrations[1]["registerOptions"]["watchers"].as_array().unwrap();
    let own = json!({"baseUri": "file:///nowhere/docstring-ls", "pattern": "config.toml"});
    assert!(patterns.contains(&json!({"globPattern": own})), "the user's own file: {patterns:?}");
    assert!(patterns.contains(&json!({"globPattern": "**/pyproject.toml"})));
    client.did_open(URI, "python", SAMPLE);
    let params = json!({"textDocument": {"uri": URI}, "position": at(0, 5)});
    // The answer is on its way to the settings; the preview is asked until they are there.
    client.until(|client| {
        let style = client.result("docstring-ls/preview", params.clone())["style"].clone();
        (style == "epytext").then_some(())
    });
    client.finish();
}

#[test]
fn rust_is_documented_as_well() {
    let uri = "file:///nowhere/lib.rs";
    let text = "pub struct P;\n\nimpl P {\n    pub fn len(&self) -> usize {\n        0\n    }\n}\n";
    let mut client = Client::start(rich());
    client.did_open(uri, "rust", text);
    let params = json!({"textDocument": {"uri": uri}, "position": at(3, 13)});
    let preview = client.result("docstring-ls/preview", params);
    assert_eq!((&preview["symbol"], &preview["style"]), (&json!("P.len"), &json!("rustdoc")));
    let after = applied(text, &preview["edits"], char::len_utf16);
    assert!(after.contains("impl P {\n    /// "), "{after}");
    client.finish();
}
