//! What of other files stands in a prompt: over the command line and over the server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic"
)]

mod common;
mod support;

use common::{Client, rich};
use serde_json::{Value, json};
use support::Project;

const STORE: &str = "\
def open_store(path: str, *, token=\"ghp_0123456789abcdefghijABCDEFGHIJ012345\"):
    \"\"\"Open the store at a path.

    Nothing else.
    \"\"\"
";
const MAIN: &str = "\
from .store import open_store


def load(path):
    return open_store(path).read()
";
const USER: &str = "\
from .main import load


def run():
    data = load(\"a\")
    return data
";

fn project() -> Project {
    Project::new(&[
        (".gitignore", "ignored.py\n"),
        ("pkg/__init__.py", ""),
        ("pkg/store.py", STORE),
        ("pkg/main.py", MAIN),
        ("pkg/user.py", USER),
        ("pkg/ignored.py", "from .main import load\nload(\"ignored\")\n"),
    ])
}

/// The part of a question after its source.
fn around(question: &str) -> String {
    let start = question.find("It calls:").unwrap_or(question.len());
    let end = question.find("\n\nAnswer with").unwrap_or(question.len());
    question.get(start..end).unwrap_or_default().to_owned()
}

#[test]
fn a_dry_run_shows_callees_and_callers_of_other_files() {
    let project = project();
    let shown = |arguments: &[&str]| {
        let ask = ["generate", "--dry-run", "--provider", "llamacpp", "--symbol", "load"];
        let run = project.run(&[&ask, arguments].concat());
        assert_eq!(run.code, 0, "{}", run.stderr);
        around(&run.out())
    };
    insta::assert_snapshot!(shown(&["pkg/main.py"]), @r#"
    It calls:

    ````python
    def open_store(path: str, *, token="[redacted]"):
        """Open the store at a path."""
    ````

    It is called here:

    ````python
    def run():
        data = load("a")
        return data
    ````
    "#);
    project.write("docstring-ls.toml", "[prompts]\ncode = \"file\"\n");
    assert_eq!(shown(&["pkg/main.py"]), "", "the project wants one file only");
    project.write("docstring-ls.toml", "[prompts]\ncode = \"folder\"\n");
    let run = project.run(&["generate", "--dry-run", "pkg/main.py"]);
    assert!(run.stderr.contains("may only be \"file\" in a project's file"), "{}", run.stderr);
    project.write("docstring-ls.toml", "");
    let without = shown(&["--exclude", "store.py", "--exclude", "user.py", "pkg/main.py"]);
    assert_eq!(without, "", "what is excluded is not quoted");
}

#[test]
fn an_open_document_is_quoted_as_the_editor_has_it() {
    let project = project();
    let uri = |name: &str| format!("file://{}", project.path(name).display());
    let settings = json!({
        "provider": "local",
        "providers": {"local": {
            "dialect": "openai-chat", "model": "m", "base-url": "http://127.0.0.1:9/v1",
        }},
    });
    let (mut client, _) = Client::start_with(json!({
        "processId": null,
        "capabilities": rich(),
        "workspaceFolders": [{"uri": uri(""), "name": "project"}],
        "initializationOptions": settings,
    }));
    client.did_open(&uri("pkg/main.py"), "python", MAIN);
    let asked = |client: &mut Client| {
        let place = json!({"uri": uri("pkg/main.py"), "symbol": "load"});
        let shown: Value = client.command("docstring-ls.dryRun", place);
        around(shown[0]["user"].as_str().unwrap_or_else(|| panic!("{shown}")))
    };
    let text = asked(&mut client);
    assert!(text.contains("def open_store(path: str"), "{text}");
    client.did_open(&uri("pkg/store.py"), "python", &STORE.replace("path: str", "place: Place"));
    let text = asked(&mut client);
    assert!(text.contains("def open_store(place: Place"), "{text}");
    client.finish();
}
