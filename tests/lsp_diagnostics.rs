//! What is wrong with docstrings, as an editor shows it and as it puts it right:
//! diagnostics, quick fixes, code lenses, faulty configuration.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use common::{Client, SAMPLE, URI, applied, at, range, rich, with};
use serde_json::{Value, json};

const MODULE: &str = "\"\"\"A module.\"\"\"\n\n\n";
/// `b` is not described, `c` is gone.
const STALE: &str = "\"\"\"A module.\"\"\"\n\n\ndef add(a, b):\n    \"\"\"Add.\n\n    Args:\n        a: The first.\n        c: The second.\n\n    Returns:\n        The sum.\n    \"\"\"\n    return a + b\n";
const FRESH: &str = "\"\"\"A module.\"\"\"\n\n\ndef add(a, b):\n    \"\"\"Add.\n\n    Args:\n        a: The first.\n        b: The second.\n\n    Returns:\n        The sum.\n    \"\"\"\n    return a + b\n";

/// Capabilities of a client that asks for diagnostics.
fn pulling() -> Value {
    let diagnostic = json!({"codeDescriptionSupport": true, "dataSupport": true});
    let capabilities = with(rich(), "/textDocument/diagnostic", diagnostic);
    with(capabilities, "/workspace/diagnostics/refreshSupport", json!(true))
}

fn pull(client: &mut Client, previous: Option<&str>) -> Value {
    let document = json!({"uri": URI});
    let params = json!({"textDocument": document, "previousResultId": previous});
    client.result("textDocument/diagnostic", params)
}

fn codes(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["code"].as_str().unwrap()).collect()
}

fn actions(client: &mut Client, line: u32, context: Value) -> Vec<Value> {
    let here = json!({"start": at(line, 4), "end": at(line, 4)});
    let params = json!({"textDocument": {"uri": URI}, "range": here, "context": context});
    client.result("textDocument/codeAction", params).as_array().unwrap().clone()
}

fn fixes(client: &mut Client, line: u32, diagnostics: Value) -> Vec<Value> {
    let context = json!({"diagnostics": diagnostics, "only": ["quickfix"]});
    actions(client, line, context)
}

#[test]
fn a_client_that_asks_gets_diagnostics() {
    let (mut client, result) =
        Client::start_with(json!({"processId": null, "capabilities": pulling()}));
    assert_eq!(result["capabilities"]["diagnosticProvider"]["interFileDependencies"], false);
    client.did_open(URI, "python", &format!("{MODULE}{SAMPLE}"));
    let report = pull(&mut client, None);
    assert_eq!(report["kind"], "full");
    let [item] = report["items"].as_array().unwrap().as_slice() else { panic!("{report}") };
    assert_eq!(item["range"], range((3, 4), (3, 7)));
    assert_eq!((&item["code"], &item["severity"]), (&json!("DLS001"), &json!(4)));
    assert_eq!(
        (&item["source"], &item["data"]),
        (&json!("docstring-ls"), &json!({"symbol": "add"}))
    );
    assert!(item["codeDescription"]["href"].as_str().unwrap().starts_with("https://"));
    assert!(item.get("tags").is_none());
    let id = report["resultId"].as_str().unwrap().to_owned();
    assert_eq!(pull(&mut client, Some(&id)), json!({"kind": "unchanged", "resultId": id}));
    client.did_change(URI, 2, json!([{"text": format!("{MODULE}x = 1\n")}]));
    let report = pull(&mut client, Some(&id));
    assert_eq!((&report["kind"], &report["items"]), (&json!("full"), &json!([])));
    assert!(client.published.is_empty(), "it asks itself");
    client.finish();
}

#[test]
fn a_client_that_does_not_ask_is_told() {
    let versions = with(rich(), "/textDocument/publishDiagnostics/versionSupport", json!(true));
    let (mut client, result) =
        Client::start_with(json!({"processId": null, "capabilities": versions}));
    assert!(result["capabilities"].get("diagnosticProvider").is_none());
    client.did_open(URI, "python", &format!("{MODULE}{SAMPLE}"));
    let told = client.diagnostics(URI);
    assert_eq!((codes(&told["diagnostics"]), &told["version"]), (vec!["DLS001"], &json!(1)));
    assert!(told["diagnostics"][0].get("data").is_none(), "not announced");
    // Many changes, one answer: that of the last.
    for version in 2..30 {
        let insert = json!([{"range": range((0, 0), (0, 0)), "text": "#\n"}]);
        client.did_change(URI, version, insert);
    }
    let told = client.diagnostics(URI);
    assert_eq!(told["version"], 29);
    assert_eq!(told["diagnostics"][0]["range"], range((31, 4), (31, 7)));
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    assert_eq!(client.diagnostics(URI)["diagnostics"], json!([]), "cleared on close");
    assert!(client.published.is_empty());
    client.finish();
}

#[test]
fn how_loud_they_are_is_configured() {
    let mut client = Client::with_document(pulling(), SAMPLE);
    let set = |client: &mut Client, editor: Value| {
        let settings = json!({"settings": {"docstring-ls": {"editor": editor}}});
        client.notify("workspace/didChangeConfiguration", settings);
        client.request("workspace/diagnostic/refresh");
        pull(client, None)["items"].clone()
    };
    let severities = |items: &Value| -> Vec<u64> {
        items.as_array().unwrap().iter().map(|item| item["severity"].as_u64().unwrap()).collect()
    };
    let items = set(&mut client, json!({"missing": "warning"}));
    assert_eq!(severities(&items), [2, 2], "the module and the function");
    assert_eq!(set(&mut client, json!({"missing": "off"})), json!([]));
    client.finish();
}

#[test]
fn a_refresh_may_be_answered_after_the_questions_that_it_leads_to() {
    let mut client = Client::with_document(pulling(), SAMPLE);
    client.silent.insert("workspace/diagnostic/refresh".to_owned());
    let set = |client: &mut Client, missing: &str| {
        let settings = json!({"docstring-ls": {"editor": {"missing": missing}}});
        client.notify("workspace/didChangeConfiguration", json!({"settings": settings}));
        client.request("workspace/diagnostic/refresh")["id"].clone()
    };
    let refresh = set(&mut client, "warning");
    for version in 2..202 {
        let here = json!({"start": at(0, 0), "end": at(0, 0)});
        client.did_change(URI, version, json!([{"range": here, "text": "#"}]));
    }
    let items = pull(&mut client, None)["items"].clone();
    assert_eq!(codes(&items), ["DLS001"], "the first line is a comment now");
    client.answer(&refresh, &Value::Null);
    // And nothing is stuck afterwards.
    set(&mut client, "off");
    assert_eq!(pull(&mut client, None)["items"], json!([]));
    client.finish();
}

#[test]
fn what_is_out_of_date_is_updated() {
    let mut client = Client::with_document(pulling(), STALE);
    let items = pull(&mut client, None)["items"].clone();
    assert_eq!(codes(&items), ["DLS002"], "{items}");
    assert_eq!(items[0]["severity"], 2);
    let found = actions(&mut client, 3, json!({"diagnostics": items}));
    let update: Vec<_> = found.iter().filter(|a| a["title"] == "Update docstring").collect();
    let [fix] = update.as_slice() else { panic!("once is enough: {found:?}") };
    assert_eq!((&fix["kind"], &fix["diagnostics"]), (&json!("quickfix"), &items));
    let only = json!({"diagnostics": items, "only": ["refactor"]});
    let refactor = &actions(&mut client, 3, only)[0];
    assert_eq!(refactor["kind"], "refactor.rewrite.docstring");
    assert!(refactor.get("diagnostics").is_none());
    assert_eq!(fix["edit"], refactor["edit"]);
    let after = applied(STALE, &fix["edit"]["documentChanges"][0]["edits"], char::len_utf16);
    assert!(after.contains("        a: The first.\n        b: "), "{after}");
    assert!(!after.contains("c: The second"), "{after}");
    assert!(after.contains("    \"\"\"Add.\n") && after.ends_with("    return a + b\n"), "{after}");
    // Nobody asked, but it costs nothing.
    let found = actions(&mut client, 3, json!({"diagnostics": [], "triggerKind": 2}));
    let titles: Vec<_> = found.iter().map(|action| action["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Update docstring"]);
    client.did_change(URI, 2, json!([{"text": FRESH}]));
    assert_eq!(pull(&mut client, None)["items"], json!([]));
    let found = actions(&mut client, 3, json!({"diagnostics": [], "triggerKind": 2}));
    assert_eq!(found, Vec::<Value>::new());
    client.finish();
}

#[test]
fn symbols_previews_and_hovers_tell_the_drift() {
    let mut client = Client::with_document(rich(), STALE);
    let listed = client.result("docstring-ls/symbols", json!({"textDocument": {"uri": URI}}));
    assert_eq!(listed[1]["state"], "outOfDate", "{listed}");
    let changes = listed[1]["drift"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["section"] == "parameters"), "{changes:?}");
    assert!(changes.iter().any(|change| change["name"] == "b"), "{changes:?}");
    assert!(listed[0].get("drift").is_none());
    let document = json!({"uri": URI});
    let params = json!({"textDocument": document, "position": at(3, 5), "action": "update"});
    let preview = client.result("docstring-ls/preview", params);
    assert_eq!((&preview["style"], &preview["provider"]), (&json!("google"), &json!("offline")));
    assert_eq!(preview["drift"], listed[1]["drift"]);
    let after = applied(STALE, &preview["edits"], char::len_utf16);
    assert!(after.contains("b: ") && !after.contains("c: The second"), "{after}");
    let hover = client.hover(3, 5);
    let value = hover["contents"]["value"].as_str().unwrap();
    assert!(value.starts_with("Docstring out of date: google, offline\n\n- it "), "{value}");
    assert!(value.contains("```diff\n") && value.contains("\n-    c: The second."), "{value}");
    assert_eq!(hover["range"], range((3, 4), (3, 7)));
    assert_eq!(client.hover(8, 10)["contents"], hover["contents"], "in the docstring as well");
    assert_eq!(client.hover(12, 12), Value::Null);
    client.did_change(URI, 2, json!([{"text": FRESH}]));
    assert_eq!(client.hover(3, 5), Value::Null, "others show what is as it should be");
    client.finish();
}

#[test]
fn a_docstring_is_offered_in_the_other_styles() {
    let mut client = Client::with_document(rich(), FRESH);
    let found = actions(&mut client, 3, json!({"diagnostics": [], "triggerKind": 1}));
    let titles: Vec<_> = found.iter().map(|action| action["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"Convert docstring to numpy"), "{titles:?}");
    assert!(!titles.contains(&"Convert docstring to google"), "{titles:?}");
    assert_eq!(titles.last(), Some(&"Regenerate docstring"));
    let numpy =
        found.iter().find(|action| action["title"] == "Convert docstring to numpy").unwrap();
    assert_eq!(numpy["kind"], "refactor.rewrite.docstring.convert");
    let after = applied(FRESH, &numpy["edit"]["documentChanges"][0]["edits"], char::len_utf16);
    assert!(after.contains("    Parameters\n    ----------\n"), "{after}");
    let again = found.last().unwrap();
    assert_eq!(again["command"]["command"], "docstring-ls.generate");
    assert_eq!(again["command"]["arguments"][0]["replace"], true);
    let params = json!({
        "textDocument": {"uri": URI}, "position": at(3, 5), "action": "convert", "style": "sphinx",
    });
    let preview = client.result("docstring-ls/preview", params);
    assert_eq!((&preview["from"], &preview["style"]), (&json!("google"), &json!("sphinx")));
    assert!(preview["docstring"].as_str().unwrap().contains(":param a: The first."), "{preview}");
    client.finish();
}

#[test]
fn linters_findings_are_answered() {
    let text = format!("{SAMPLE}\n\nclass A:\n    x = 1\n");
    let mut client = Client::with_document(rich(), &text);
    let item = |source: &str, code: Value, line: u32, name: (u32, u32)| {
        let range = range((line, name.0), (line, name.1));
        json!({"range": range, "source": source, "code": code, "message": "m", "data": [1]})
    };
    let module = item("Ruff", json!("D100"), 0, (0, 0));
    let add = item("Ruff", json!("D103"), 0, (4, 7));
    let doc = item("ruff", json!("DOC201"), 0, (4, 7));
    let class = item("Ruff", json!("D101"), 4, (6, 7));
    let other = item("Ruff", json!("E501"), 0, (0, 9));
    let all = json!([module, add, other, doc, class]);
    let found = fixes(&mut client, 0, all);
    let attached: Vec<_> = found.iter().map(|fix| fix["diagnostics"].clone()).collect();
    // What the cursor is on comes first.
    assert_eq!(attached, [json!([add, doc]), json!([module]), json!([class])]);
    let starts = ["def add(a, b):\n    \"\"\"", "\"\"\"", "class A:\n    \"\"\""];
    for (fix, start) in found.iter().zip(starts) {
        assert_eq!(
            (&fix["title"], &fix["kind"]),
            (&json!("Generate docstring"), &json!("quickfix"))
        );
        let after = applied(&text, &fix["edit"]["documentChanges"][0]["edits"], char::len_utf16);
        assert!(after.contains(start), "{after}");
    }
    assert_eq!(fixes(&mut client, 0, json!([other])), Vec::<Value>::new());
    assert_eq!(fixes(&mut client, 0, json!([])), Vec::<Value>::new());
    let odd = json!([{}, 5, {"code": []}, {"code": "D100", "source": "Ruff"}]);
    assert_eq!(fixes(&mut client, 0, odd), Vec::<Value>::new());
    client.finish();
}

#[test]
fn the_compilers_findings_are_answered() {
    let text = "pub fn f() -> Result<(), String> {\n    Err(String::new())\n}\n\n/// Does.\npub fn g() -> Result<(), String> {\n    Err(String::new())\n}\n";
    let uri = "file:///nowhere/lib.rs";
    let mut client = Client::start(rich());
    client.did_open(uri, "rust", text);
    let missing = json!({
        "range": range((0, 0), (0, 32)), "source": "rustc", "code": "missing_docs",
        "message": "missing documentation for a function",
    });
    let errors = json!({
        "range": range((5, 0), (5, 32)), "source": "clippy", "code": "missing_errors_doc",
        "message": "docs for function returning `Result` missing `# Errors` section",
    });
    let params = json!({
        "textDocument": {"uri": uri},
        "range": range((0, 0), (5, 10)),
        "context": {"diagnostics": [missing, errors], "only": ["quickfix"]},
    });
    let found = client.result("textDocument/codeAction", params);
    let titles: Vec<_> = found.as_array().unwrap().iter().map(|fix| &fix["title"]).collect();
    assert_eq!(titles, ["Generate docstring", "Update docstring"]);
    assert_eq!(found[1]["diagnostics"], json!([errors]));
    let edits = &found[1]["edit"]["documentChanges"][0]["edits"];
    let after = applied(text, edits, char::len_utf16);
    assert!(after.contains("/// Does.\n///\n/// # Errors\n///\n/// "), "{after}");
    client.finish();
}

#[test]
fn lenses_are_shown_when_they_are_wanted() {
    let lenses = with(rich(), "/workspace/codeLens/refreshSupport", json!(true));
    let text = format!("{STALE}\n\ndef sub(a):\n    return a\n");
    let mut client = Client::with_document(lenses, &text);
    let params = json!({"textDocument": {"uri": URI}});
    assert_eq!(client.result("textDocument/codeLens", params.clone()), json!([]), "off");
    let settings = json!({"settings": {"docstring-ls": {"editor": {"codeLens": true}}}});
    client.notify("workspace/didChangeConfiguration", settings);
    client.request("workspace/codeLens/refresh");
    let found = client.result("textDocument/codeLens", params);
    let [stale, missing] = found.as_array().unwrap().as_slice() else { panic!("{found}") };
    let title = stale["command"]["title"].as_str().unwrap();
    assert!(title.starts_with("Update docstring (") && title.contains('b'), "{title}");
    assert_eq!(stale["command"]["command"], "docstring-ls.update");
    assert_eq!(missing["command"]["title"], "Document");
    assert_eq!(missing["range"]["start"]["line"], 16);
    // The commands do what they say.
    let params =
        json!({"command": "docstring-ls.update", "arguments": stale["command"]["arguments"]});
    client.result("workspace/executeCommand", params);
    let edit = client.request("workspace/applyEdit")["params"]["edit"].clone();
    let after = applied(&text, &edit["documentChanges"][0]["edits"], char::len_utf16);
    assert!(!after.contains("c: The second"), "{after}");
    client.finish();
}

#[test]
fn a_broken_configuration_file_is_underlined_until_it_is_mended() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("docstring-ls.toml");
    let uri = |name: &str| format!("file://{}/{name}", folder.path().display());
    let (configuration, document) = (uri("docstring-ls.toml"), uri("sample.py"));
    let style = |client: &mut Client| {
        let params = json!({"textDocument": {"uri": document}, "position": at(0, 5)});
        client.result("docstring-ls/preview", params)["style"].clone()
    };
    std::fs::write(&file, "style = \"numpy\"\n").unwrap();
    let root = json!({"uri": uri(""), "name": "x"});
    let (mut client, _) = Client::start_with(
        json!({"processId": null, "capabilities": rich(), "workspaceFolders": [root]}),
    );
    client.did_open(&document, "python", SAMPLE);
    assert_eq!(style(&mut client), "numpy");
    let changed = json!({"changes": [{"uri": configuration, "type": 2}]});
    std::fs::write(&file, "# x\nstyle = \"numpi\"\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed.clone());
    let told = client.diagnostics(&configuration);
    let [fault] = told["diagnostics"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!((&fault["severity"], &fault["range"]), (&json!(1), &range((1, 0), (1, 15))));
    assert!(fault["message"].as_str().unwrap().contains("did you mean \"numpy\""), "{fault}");
    assert!(client.note("window/showMessage")["message"].as_str().unwrap().contains("numpi"));
    assert_eq!(style(&mut client), "numpy", "the last good one holds");
    std::fs::write(&file, "style = \"sphinx\"\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed);
    assert_eq!(client.diagnostics(&configuration)["diagnostics"], json!([]));
    assert_eq!(style(&mut client), "sphinx");
    client.finish();
}
