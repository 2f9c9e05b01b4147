//! `generate --batch` through the real binary, against a server of our own.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use std::fs;
use std::process::Stdio;

use serde_json::json;
use support::batches::Server;
use support::{Project, Run};

const KEY: &str = "sk-CANARY-0123456789";

const GOOD: &str =
    "def load(path):\n    return open(path)\n\n\ndef save(path):\n    path.touch()\n";
const BAD: &str =
    "def errored(path):\n    return open(path)\n\n\ndef malformed(path):\n    path.touch()\n";

fn project(server: &Server, dialect: &str, files: &[(&str, &str)]) -> Project {
    let project = Project::new(files);
    let config = project.home().join(".config/docstring-ls/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, server.config(dialect)).unwrap();
    project
}

const COMMAND: [&str; 6] = ["generate", "--batch", "--write", "--kind", "function", "."];

fn run(project: &Project) -> Run {
    let mut command = project.command(&COMMAND);
    project.finished(command.env("MOCK_KEY", KEY).output().unwrap())
}

/// What is remembered of batches.
fn records(project: &Project) -> Vec<String> {
    let folder = project.home().join(".local/state/docstring-ls/batches");
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    let records = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    records.map(|path| fs::read_to_string(path).unwrap()).collect()
}

/// How many words of the server's are in a file: of two functions each a summary and a
/// parameter, of one what it returns.
fn told(project: &Project, file: &str) -> usize {
    project.read(file).matches("Told by the server.").count()
}

#[test]
fn answers_come_from_a_batch_and_what_has_none_is_asked_singly() {
    for dialect in ["anthropic", "openai-chat"] {
        let server = Server::start(2);
        let project = project(&server, dialect, &[("a.py", GOOD), ("b.py", BAD)]);
        let done = run(&project);
        assert_eq!(done.code, 0, "{dialect}: {}", done.stderr);
        // Where the files with the answers are, OpenAI's batch tells once more.
        let looks = if dialect == "anthropic" { 3 } else { 4 };
        assert_eq!((server.batches(), server.looks()), (vec![4], looks), "{dialect}");
        assert_eq!(server.singly(), 2, "{dialect}");
        for file in ["a.py", "b.py"] {
            assert_eq!(told(&project, file), 5, "{dialect}: {}", project.read(file));
        }
        assert_eq!(records(&project), Vec::<String>::new(), "{dialect}");
        // Only the header that is meant for it has the key.
        let header = if dialect == "anthropic" { "x-api-key" } else { "authorization: Bearer" };
        for request in server.requests() {
            assert_eq!(request.matches(KEY).count(), 1, "{request}");
            assert!(request.contains(header), "{request}");
        }
        assert!(!done.stderr.contains(KEY));
        // Another run finds everything done, and hands in nothing.
        assert_eq!(run(&project).code, 0);
        assert_eq!((server.batches(), server.singly()), (vec![4], 2), "{dialect}");
    }
}

#[test]
fn a_run_says_what_happens_and_what_it_costs() {
    let server = Server::start(0);
    let project = project(&server, "anthropic", &[("a.py", GOOD), ("b.py", BAD)]);
    let done = run(&project);
    insta::assert_snapshot!(done.stderr, @r#"
    as a batch: 4 questions, about 1567 tokens, at most $0.0111
    handed in to `mock` as msgbatch_0
    waiting for the answers, which may take hours: interrupted, the same command goes on where it was
    the batch brought 2 answers that can be used, $0.0090
    b.py:1: errored: the provider is overloaded or out of order: try again later or choose another (api_error)
    b.py:5: malformed: the answer was not accepted: `` is not a JSON object, or was cut off
    asked singly, for want of an answer: 2 questions, about 786 tokens, at most $0.0056
    4 docstrings written to 2 of 2 files, $0.0060 spent
    "#);
}

#[test]
fn a_run_that_was_interrupted_hands_in_nothing_twice() {
    let server = Server::start(usize::MAX);
    let project = project(&server, "anthropic", &[("a.py", GOOD)]);
    let mut first = project.command(&COMMAND);
    let mut first = first.env("MOCK_KEY", KEY).stderr(Stdio::null()).spawn().unwrap();
    server.await_look();
    first.kill().unwrap();
    first.wait().unwrap();
    let [record] = &records(&project)[..] else { panic!("one record") };
    assert!(record.contains("msgbatch_0") && record.contains("\"nanos\""), "{record}");
    for secret in [KEY, "def ", "load", "path", "a.py"] {
        assert!(!record.contains(secret), "{secret}: {record}");
    }
    assert_eq!(project.read("a.py"), GOOD);
    server.release();
    let second = run(&project);
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert!(
        second.stderr.contains("2 questions are on the way in msgbatch_0"),
        "{}",
        second.stderr
    );
    assert_eq!((server.batches(), server.singly()), (vec![2], 0));
    assert_eq!(told(&project, "a.py"), 5);
    assert_eq!(records(&project), Vec::<String>::new());
}

#[test]
fn code_that_has_changed_meanwhile_gets_words_of_its_own() {
    let server = Server::start(usize::MAX);
    let project = project(&server, "openai-chat", &[("a.py", GOOD), ("b.py", GOOD)]);
    let mut first = project.command(&COMMAND);
    let mut first = first.env("MOCK_KEY", KEY).stderr(Stdio::null()).spawn().unwrap();
    server.await_look();
    first.kill().unwrap();
    first.wait().unwrap();
    let changed = GOOD.replace("path.touch()", "path.unlink()");
    project.write("b.py", &changed);
    server.release();
    let second = run(&project);
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert!(project.read("b.py").contains("path.unlink()"));
    // The two files were equal, and so were their questions.
    assert_eq!(server.batches()[0], 2, "{}", second.stderr);
    assert_eq!((server.batches().len(), server.singly()), (2, 0), "{}", second.stderr);
    assert!(second.stderr.contains("code that has changed"), "{}", second.stderr);
    assert_eq!(told(&project, "a.py"), 5);
    assert_eq!(told(&project, "b.py"), 5);
}

#[test]
fn a_batch_that_is_not_taken_costs_nothing_and_is_forgotten() {
    let server = Server::start(0);
    let project = project(&server, "anthropic", &[("a.py", GOOD)]);
    let error =
        json!({"type": "error", "error": {"type": "authentication_error", "message": "no"}});
    server.refuse(401, error);
    let refused = run(&project);
    assert_eq!((refused.code, server.batches()), (2, vec![]), "{}", refused.stderr);
    assert!(refused.stderr.contains("`mock`: "), "{}", refused.stderr);
    assert_eq!(records(&project), Vec::<String>::new());
    let state = fs::read_to_string(project.home().join(".local/state/docstring-ls/state.json"));
    assert!(!state.unwrap_or_default().contains(KEY));
    assert_eq!(run(&project).code, 0);
    assert_eq!(server.batches(), [2]);
}

#[test]
fn a_budget_stops_a_batch_before_it_is_handed_in() {
    let server = Server::start(0);
    let project = project(&server, "anthropic", &[("a.py", GOOD)]);
    let config = project.home().join(".config/docstring-ls/config.toml");
    let text = server.config("anthropic") + "[orchestrator]\ndaily-budget-usd = 0.001\n";
    fs::write(config, text).unwrap();
    let run = run(&project);
    assert_eq!((run.code, server.requests().len()), (2, 0), "{}", run.stderr);
    assert!(run.stderr.contains("orchestrator.daily-budget-usd"), "{}", run.stderr);
    assert_eq!(project.read("a.py"), GOOD);
}

#[test]
fn who_takes_no_batches_says_what_to_do() {
    let server = Server::start(0);
    let project = project(&server, "anthropic", &[("a.py", GOOD)]);
    for (arguments, expected) in [
        (&["--provider", "offline"] as &[&str], "needs no batches"),
        (&["--provider", "ollama"], "takes no batches"),
        (&["--provider", "gemini"], "takes no batches"),
        (&["-"], "--batch is for files"),
        (&["--check"], "cannot be used with"),
    ] {
        let all = [&["generate", "--batch", "a.py"], arguments].concat();
        let all: Vec<&str> =
            all.into_iter().filter(|one| arguments != ["-"] || *one != "a.py").collect();
        let mut command = project.command(&all);
        command.env("DOCSTRING_LS_PROVIDERS_OLLAMA_MODEL", "m").env("MOCK_KEY", KEY);
        let run = project.finished(command.output().unwrap());
        assert_eq!(run.code, 2, "{all:?}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{all:?}: {}", run.stderr);
    }
    assert_eq!(server.requests().len(), 0);
}
