//! Jobs that take time: what they hold up (nothing), what they show, what they deliver.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use std::time::{Duration, Instant};

use common::editor::Editor;
use common::provider::{Chat, Reply};
use common::{Client, SAMPLE, URI, at, frame, rich, with};
use serde_json::{Value, json};

/// `count` functions `f0`, `f1` and so on.
fn functions(count: usize) -> String {
    (0..count).map(|number| format!("def f{number}():\n    return {number}\n\n\n")).collect()
}

fn documented(count: usize) -> String {
    (0..count)
        .map(|number| format!("def f{number}():\n    \"\"\"Do f{number}.\n\n    Returns:\n        The result.\n    \"\"\"\n    return {number}\n\n\n"))
        .collect()
}

/// A client of a server whose user chose `chat`.
fn client(chat: &Chat, capabilities: Value) -> Client {
    let settings = chat.settings();
    let params =
        json!({"processId": null, "capabilities": capabilities, "initializationOptions": settings});
    Client::start_with(params).0
}

fn symbol(name: &str) -> Value {
    json!({"uri": URI, "symbol": name})
}

fn messages(client: &Client) -> Vec<&str> {
    let shown = client.notes.iter().filter(|note| note["method"] == "window/showMessage");
    shown.map(|note| note["params"]["message"].as_str().unwrap()).collect()
}

#[test]
fn slow_jobs_hold_up_nothing() {
    let chat = Chat::held();
    let mut editor = Editor::open(client(&chat, rich()), &functions(8));
    for number in 0..8 {
        let asked = Instant::now();
        editor.client.command("docstring-ls.generate", symbol(&format!("f{number}")));
        assert!(asked.elapsed() < Duration::from_secs(2), "it is answered before it is done");
    }
    editor.client.until_elsewhere(|| chat.asked().len() == 8);
    let began = Instant::now();
    assert_ne!(editor.client.hover(0, 5), Value::Null);
    let hover = began.elapsed();
    editor.types("return 7", "return 77");
    let began = Instant::now();
    assert_eq!(editor.client.text(URI), editor.text);
    println!("with 8 jobs: hover {hover:?}, change {:?}", began.elapsed());
    // A machine that builds and tests is slow; a queue of jobs would be far slower.
    assert!(hover < Duration::from_secs(2));
    chat.open();
    editor.until_idle();
    assert_eq!(editor.text, documented(8).replace("return 7\n", "return 77\n"));
    editor.finish();
}

#[test]
fn an_equal_order_joins_the_job() {
    let chat = Chat::held();
    let mut editor = Editor::open(client(&chat, rich()), &functions(2));
    let first = editor.client.command("docstring-ls.generate", symbol("f1"));
    // The same symbol, by its place.
    let place = json!({"uri": URI, "position": at(5, 6)});
    assert_eq!(editor.client.command("docstring-ls.generate", place), first);
    let other = json!({"uri": URI, "symbol": "f1", "style": "numpy"});
    assert_ne!(editor.client.command("docstring-ls.generate", other), first);
    chat.open();
    editor.until_idle();
    assert_eq!(editor.applied, 1);
    assert_eq!(editor.text.matches("Do f1.").count(), 1, "{}", editor.text);
    // Whatever style came second finds it done.
    let said = messages(&editor.client).join("\n");
    assert!(said.contains("changed meanwhile"), "{said}");
    editor.finish();
}

#[test]
fn a_file_is_one_edit_with_counted_progress_and_one_summary() {
    let chat = Chat::start(|name, _| match name {
        "f3" => Reply::Status(400),
        _ => Reply::After(Duration::from_millis(120)),
    });
    let settings = chat.settings();
    let mut editor = Editor::open(client(&chat, rich()), &functions(12));
    assert_eq!(settings["fallback"], "none");
    editor.client.command("docstring-ls.generateAll", json!({"uri": URI}));
    editor.until_idle();
    // The module itself is one of the thirteen.
    let progress: Vec<Value> = editor
        .client
        .notes
        .iter()
        .filter(|note| note["method"] == "$/progress")
        .map(|note| note["params"]["value"].clone())
        .collect();
    let begin = &progress[0];
    assert_eq!((&begin["kind"], &begin["cancellable"]), (&json!("begin"), &json!(true)));
    let percentages: Vec<u64> =
        progress.iter().filter_map(|it| it["percentage"].as_u64()).collect();
    assert!(percentages.is_sorted() && percentages.len() > 1, "{progress:?}");
    let reported: Vec<_> = progress.iter().filter_map(|it| it["message"].as_str()).collect();
    assert!(reported.iter().any(|message| message.ends_with("/13")), "{reported:?}");
    assert_eq!(progress.last().unwrap()["message"], "12 inserted, 1 failed");
    assert_eq!(editor.applied, 1, "one step to undo");
    assert_eq!(editor.text.matches("Do f").count(), 11, "{}", editor.text);
    let said = messages(&editor.client);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("docstring-ls: 12 inserted, 1 failed: `f3`: "), "{said:?}");
    editor.finish();
}

#[test]
fn a_long_job_sends_what_it_has_now_and_then() {
    let chat = Chat::start(|_, nth| Reply::After(Duration::from_millis(40 * nth as u64)));
    let mut editor = Editor::open(client(&chat, rich()), &functions(12));
    let eager = json!({"uri": URI, "batchSeconds": 0});
    editor.client.command("docstring-ls.generateAll", eager);
    // The user goes on while edits come in.
    editor.until(|editor| (editor.applied > 0).then_some(()));
    editor.types("return 11", "return 1111");
    editor.until_idle();
    assert!(editor.applied > 1, "{}", editor.applied);
    assert_eq!(editor.text.matches("Do f").count(), 12, "{}", editor.text);
    assert!(editor.text.contains("return 1111"));
    assert_eq!(messages(&editor.client), [""; 0]);
    editor.finish();
}

#[test]
fn edits_are_for_the_text_as_it_is_then() {
    let chat = Chat::held();
    let mut editor = Editor::open(client(&chat, rich()), &(functions(6) + &functions(1)));
    for name in ["f0", "f1", "f2", "f3", "f4", "f5"] {
        editor.client.command("docstring-ls.generate", symbol(name));
    }
    editor.client.until_elsewhere(|| chat.asked().len() == 6);
    // A new body, a new signature, gone, moved, documented by hand; `f0` gets a namesake.
    editor.types("return 1\n", "one = 1\n    return one\n");
    editor.types("def f2():", "def f2(a):");
    editor.types("def f3():\n    return 3\n\n\n", "");
    editor.types("def f4():", "# A comment.\n\n\ndef f4():");
    editor.types("def f5():\n", "def f5():\n    \"\"\"Mine.\"\"\"\n");
    editor.types("# A comment.", "def f0(other):\n    pass\n\n\n# A comment.");
    chat.open();
    editor.until_idle();
    insta::assert_snapshot!(editor.text, @r#"
    def f0():
        """Do f0.

        Returns:
            The result.
        """
        return 0


    def f1():
        """Do f1.

        Returns:
            The result.
        """
        one = 1
        return one


    def f2(a):
        return 2


    def f0(other):
        pass


    # A comment.


    def f4():
        """Do f4.

        Returns:
            The result.
        """
        return 4


    def f5():
        """Mine."""
        return 5


    def f0():
        return 0
    "#);
    let said = messages(&editor.client);
    assert_eq!(said, ["The code changed meanwhile; nothing was inserted."; 3]);
    editor.finish();
}

/// Such editors apply an edit to whatever they show.
#[test]
fn edits_are_safe_without_versions() {
    for answers_first in [false, true] {
        let chat = Chat::held();
        let capabilities = with(rich(), "/workspace/workspaceEdit", json!({}));
        let mut editor = Editor::open(client(&chat, capabilities), &functions(8));
        editor.answers_first = answers_first;
        for number in (0..8).rev() {
            editor.client.command("docstring-ls.generate", symbol(&format!("f{number}")));
        }
        editor.client.until_elsewhere(|| chat.asked().len() == 8);
        chat.open();
        editor.until_idle();
        assert_eq!(editor.text, documented(8));
        editor.finish();
    }
}

#[test]
fn edits_are_confirmed_where_the_user_wants_it_and_the_editor_can() {
    let can = with(rich(), "/workspace/workspaceEdit/changeAnnotationSupport", json!({}));
    for (capabilities, is_asked) in [(rich(), false), (can, true)] {
        let mut client = Client::with_document(capabilities, SAMPLE);
        for (confirm, wanted) in [(false, false), (true, is_asked)] {
            let order = json!({"uri": URI, "symbol": "add", "confirm": confirm});
            client.command("docstring-ls.generate", order);
            let edit = client.request("workspace/applyEdit")["params"]["edit"].clone();
            client.until_idle();
            let annotation = &edit["changeAnnotations"]["docstring"];
            let id = &edit["documentChanges"][0]["edits"][0]["annotationId"];
            if wanted {
                assert_eq!(annotation["needsConfirmation"], true, "{edit}");
                assert_eq!(id, "docstring");
            } else {
                assert!(annotation.is_null() && id.is_null(), "{edit}");
            }
        }
        client.finish();
    }
}

#[test]
fn a_docstring_gives_way_only_when_that_is_asked() {
    let chat = Chat::start(|_, _| Reply::After(Duration::ZERO));
    let text = "def f0():\n    \"\"\"Mine.\"\"\"\n    return 0\n\n\n";
    let mut editor = Editor::open(client(&chat, rich()), text);
    assert_eq!(editor.client.command("docstring-ls.generate", symbol("f0")), Value::Null);
    let replace = json!({"uri": URI, "symbol": "f0", "replace": true});
    editor.client.command("docstring-ls.generate", replace.clone());
    editor.until_idle();
    assert_eq!(editor.text, documented(1));
    let rust = "//! Mine.\n\n/// Mine.\n#[must_use]\npub fn f() -> u8 {\n    0\n}\n";
    let uri = "file:///nowhere/lib.rs";
    editor.client.did_open(uri, "rust", rust);
    editor.client.silent.clear();
    for path in ["f", ""] {
        let order = json!({"uri": uri, "symbol": path, "replace": true, "provider": "offline"});
        editor.client.command("docstring-ls.generate", order);
        let asked = editor.client.request("workspace/applyEdit");
        let edits = &asked["params"]["edit"]["documentChanges"][0]["edits"];
        let after = common::applied(rust, edits, char::len_utf16);
        assert_eq!(after.matches("Mine.").count(), 1, "{after}");
        assert!(after.contains("\n#[must_use]\npub fn f"), "{after}");
    }
    editor.finish();
}

#[test]
fn progress_is_told_under_the_token_of_the_request() {
    let mut client = Client::with_document(rich(), SAMPLE);
    for token in [json!("mine"), json!(7)] {
        let params = json!({
            "command": "docstring-ls.generateAll",
            "arguments": [{"uri": URI}],
            "workDoneToken": token,
        });
        assert!(client.result("workspace/executeCommand", params)["jobId"].is_number());
        // The token is good until the answer, so the end has come.
        let kinds: Vec<Value> = client
            .notes
            .drain(..)
            .filter(|note| note["params"]["token"] == token)
            .map(|note| note["params"]["value"]["kind"].clone())
            .collect();
        assert_eq!((kinds.first(), kinds.last()), (Some(&json!("begin")), Some(&json!("end"))));
        assert!(client.asked.iter().all(|asked| asked["method"] == "workspace/applyEdit"));
    }
    client.finish();
}

#[test]
fn progress_that_is_cancelled_before_it_begins_never_does() {
    let chat = Chat::held();
    let mut editor = Editor::open(client(&chat, rich()), &functions(3));
    editor.client.silent.insert("window/workDoneProgress/create".to_owned());
    editor.client.command("docstring-ls.generateAll", json!({"uri": URI}));
    let create = editor.client.request("window/workDoneProgress/create");
    editor.client.until_elsewhere(|| !chat.asked().is_empty());
    let token = json!({"token": create["params"]["token"]});
    editor.client.notify("window/workDoneProgress/cancel", token);
    editor.client.until_elsewhere(|| chat.aborted() == chat.asked().len());
    editor.client.answer(&create["id"], &Value::Null);
    editor.until_idle();
    assert!(editor.client.notes.is_empty(), "{:?}", editor.client.notes);
    assert_eq!(editor.applied, 0);
    editor.finish();
}

#[test]
fn progress_that_is_refused_or_never_answered_holds_up_nothing() {
    for refuses in [true, false] {
        let chat = Chat::start(|_, _| Reply::After(Duration::from_millis(50)));
        let mut editor = Editor::open(client(&chat, rich()), &functions(3));
        editor.client.silent.insert("window/workDoneProgress/create".to_owned());
        editor.client.command("docstring-ls.generateAll", json!({"uri": URI}));
        let create = editor.client.request("window/workDoneProgress/create");
        if refuses {
            let error = json!({"code": -32601, "message": "no"});
            let answer = json!({"jsonrpc": "2.0", "id": create["id"], "error": error});
            editor.client.raw(&frame(&answer));
        }
        editor.until_idle();
        assert_eq!(editor.text.matches("Do f").count(), 3, "{}", editor.text);
        assert!(editor.client.notes.is_empty(), "{:?}", editor.client.notes);
        editor.finish();
    }
}

#[test]
fn what_is_out_of_date_is_mended() {
    let text = "def f(a, b):\n    \"\"\"Add.\n\n    Args:\n        a: My own words.\n        old: Gone.\n    \"\"\"\n    print(a, b)\n\n\ndef g(c):\n    \"\"\"Show.\n\n    Args:\n        c: It.\n        e: Gone.\n    \"\"\"\n    print(c)\n\n\ndef h(i):\n    \"\"\"Right.\n\n    Args:\n        i: The number.\n    \"\"\"\n    print(i)\n";
    for all in ["docstring-ls.update", "docstring-ls.updateAll"] {
        let mut editor = Editor::open(Client::start(rich()), text);
        editor.client.command("docstring-ls.update", symbol("f"));
        editor.until_idle();
        assert!(editor.text.contains("a: My own words.\n"), "{}", editor.text);
        assert!(editor.text.contains("        b: ") && !editor.text.contains("old:"));
        assert!(editor.text.contains("        e: Gone.\n"), "only `f` was ordered");
        editor.client.command(all, json!({"uri": URI}));
        editor.until_idle();
        let is_mended = editor.text.contains("        c: It.\n") && !editor.text.contains("e:");
        assert!(is_mended, "{}{:?}", editor.text, editor.client.notes);
        assert_eq!(editor.applied, 2);
        // Nothing is left, and that is said.
        editor.client.command(all, json!({"uri": URI}));
        editor.until_idle();
        editor.client.command("docstring-ls.update", symbol("h"));
        editor.until_idle();
        let said = messages(&editor.client);
        assert_eq!(said[0], "No docstring in this file is out of date.");
        assert!(said[1].starts_with("`h` stays as it is: "), "{said:?}");
        editor.finish();
    }
}

#[test]
fn rust_documentation_is_mended() {
    let uri = "file:///nowhere/lib.rs";
    let text = "/// Read it, my way.\npub unsafe fn read(at: *const u8) -> u8 {\n    *at\n}\n\n/// Count.\npub fn count() -> u8 {\n    0\n}\n";
    let mut client = Client::start(rich());
    client.did_open(uri, "rust", text);
    for target in [json!({"uri": uri, "symbol": "read"}), json!({"uri": uri})] {
        client.command("docstring-ls.update", target);
        let asked = client.request("workspace/applyEdit");
        let change = &asked["params"]["edit"]["documentChanges"][0];
        let after = common::applied(text, &change["edits"], char::len_utf16);
        assert!(after.starts_with("/// Read it, my way.\n///\n/// # Safety\n///\n/// "), "{after}");
        assert!(after.ends_with("\n/// Count.\npub fn count() -> u8 {\n    0\n}\n"), "{after}");
        client.until_idle();
    }
    client.finish();
}

#[test]
fn docstrings_are_converted() {
    let text = "def f(a):\n    \"\"\"Add.\n\n    Args:\n        a: My own words.\n    \"\"\"\n    print(a)\n\n\ndef g(c):\n    \"\"\"Show.\n\n    Args:\n        c: It.\n    \"\"\"\n    print(c)\n\n\ndef h():\n    pass\n";
    let mut editor = Editor::open(Client::start(rich()), text);
    let one = json!({"uri": URI, "position": at(0, 5), "style": "numpy"});
    editor.client.command("docstring-ls.convert", one);
    editor.until_idle();
    assert_eq!(editor.text.matches("Parameters\n    ----------").count(), 1, "{}", editor.text);
    assert!(editor.text.contains("        My own words.\n"), "{}", editor.text);
    let all = json!({"uri": URI, "style": "sphinx"});
    editor.client.command("docstring-ls.convert", all.clone());
    editor.until_idle();
    assert!(editor.text.contains("    :param a: My own words.\n"), "{}", editor.text);
    assert!(editor.text.contains("    :param c: It.\n"), "{}", editor.text);
    assert_eq!(editor.applied, 2);
    assert_eq!(messages(&editor.client), [""; 0]);
    editor
        .client
        .command("docstring-ls.convert", json!({"uri": URI, "symbol": "h", "style": "sphinx"}));
    assert_eq!(messages(&editor.client), ["`h` has no docstring."]);
    for wrong in [json!({"uri": URI}), json!({"uri": URI, "style": "rustdoc"})] {
        let params = json!({"command": "docstring-ls.convert", "arguments": [wrong]});
        let answer = editor.client.ask("workspace/executeCommand", params);
        assert_eq!(common::code(&answer), -32602);
    }
    editor.finish();
}
