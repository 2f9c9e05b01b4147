//! `docstring-ls generate`: what it prints, writes and answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use std::process::Stdio;

use support::Project;

const PYTHON: &str = "\
import os


def load(path, retries=3):
    return os.open(path, retries)


class Stack:
    def push(self, item):
        self.items.append(item)
";

const RUST: &str = "\
pub struct Stack {
    pub items: Vec<u8>,
}

impl Stack {
    pub fn push(&mut self, item: u8) {}
}";

/// `text` without the lines that `documented` has more: every original line must be there, in order.
fn only_adds_lines(text: &str, documented: &str) -> bool {
    let mut lines = documented.split('\n');
    documented.len() > text.len() && text.split('\n').all(|line| lines.any(|found| found == line))
}

#[test]
fn the_diff_is_what_write_does() {
    let project = Project::new(&[("a.py", PYTHON), ("src/b.rs", RUST)]);
    let diff = project.run(&["generate"]);
    assert_eq!((diff.code, diff.stderr.as_str()), (0, "7 docstrings missing in 2 of 2 files"));
    assert_eq!((project.read("a.py"), project.read("src/b.rs")), (PYTHON.into(), RUST.into()));
    assert!(diff.out().starts_with("--- a/a.py\n+++ b/a.py\n@@ -1,"), "{}", diff.out());
    assert!(diff.out().contains("\\ No newline at end of file"));

    let written = project.run(&["generate", "--write"]);
    assert_eq!((written.code, written.out().as_str()), (0, ""));
    assert_eq!(written.stderr, "7 docstrings written to 2 of 2 files");
    assert!(only_adds_lines(PYTHON, &project.read("a.py")));
    assert!(only_adds_lines(RUST, &project.read("src/b.rs")));

    let other = Project::new(&[("a.py", PYTHON), ("src/b.rs", RUST), ("diff", &diff.out())]);
    other.git(&["apply", "diff"]);
    assert_eq!(other.read("a.py"), project.read("a.py"));
    assert_eq!(other.read("src/b.rs"), project.read("src/b.rs"));
}

#[test]
fn a_second_run_changes_nothing() {
    let project = Project::new(&[("a.py", PYTHON), ("b.rs", RUST)]);
    project.run(&["generate", "--write"]);
    let (python, rust) = (project.bytes("a.py"), project.bytes("b.rs"));
    let again = project.run(&["generate", "--write"]);
    assert_eq!((again.code, again.stderr.as_str()), (0, "0 docstrings written to 0 of 2 files"));
    assert_eq!((python, rust), (project.bytes("a.py"), project.bytes("b.rs")));
}

#[test]
fn check_lists_what_is_missing_and_answers_with_its_status() {
    let project = Project::new(&[("a.py", PYTHON)]);
    let found = project.run(&["generate", "--check", "."]);
    assert_eq!(found.code, 1);
    insta::assert_snapshot!(found.out(), @r"
    a.py:1: module <module> has no docstring
    a.py:4: function load has no docstring
    a.py:8: class Stack has no docstring
    a.py:9: method Stack.push has no docstring
    ");
    assert_eq!(project.read("a.py"), PYTHON);
    project.run(&["generate", "--write"]);
    let clean = project.run(&["generate", "--check"]);
    assert_eq!((clean.code, clean.out().as_str()), (0, ""));
}

#[test]
fn kinds_and_symbols_narrow_what_is_done() {
    let project = Project::new(&[("a.py", PYTHON)]);
    let list = |arguments: &[&str]| {
        let run = project.run(&[&["generate", "--check"], arguments].concat());
        run.out().lines().map(|line| line.split(' ').nth(2).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(&["--kind", "function,method"]), ["load", "Stack.push"]);
    assert_eq!(list(&["--symbol", "Stack"]), ["Stack", "Stack.push"]);
    assert_eq!(list(&["--symbol", "Stack", "--kind", "class"]), ["Stack"]);
    project.write("a.py", "def _hidden(x):\n    return x\n\n\ndef seen(x):\n    return x\n");
    assert_eq!(list(&["--kind", "function"]), ["seen"]);
    assert_eq!(list(&["--kind", "function", "--scope", "all"]), ["_hidden", "seen"]);
}

#[test]
fn stdin_goes_to_stdout() {
    let project = Project::new(&[("a.py", PYTHON), ("b.rs", RUST)]);
    project.run(&["generate", "--write"]);
    let python = project.run_with(&["generate", "-"], PYTHON.as_bytes());
    assert_eq!(python.code, 0);
    // Only the name of the module differs.
    assert!(only_adds_lines(PYTHON, &python.out()));
    let rust = project.run_with(&["generate", "--stdin-filename", "b.rs", "-"], RUST.as_bytes());
    assert_eq!(rust.out(), project.read("b.rs"));
    let broken = project.run_with(&["generate", "-"], b"def f(:\n");
    assert_eq!((broken.code, broken.out().as_str()), (2, "def f(:\n"));
    let check = project.run_with(&["generate", "--check", "-"], PYTHON.as_bytes());
    assert_eq!((check.code, check.out().lines().count()), (1, 4));
    let alone = project.run_with(&["generate", "-", "a.py"], b"");
    assert_eq!(alone.code, 2);
    assert_eq!(
        alone.stderr,
        "error: `-` stands alone: it takes no other path, no --write and no --changed"
    );
}

#[test]
fn json_is_one_object_a_line() {
    let project = Project::new(&[("a.py", PYTHON), ("bad.py", "def f(:\n    pass\n")]);
    let run = project.run(&["generate", "--output-format", "json", "--style", "numpy"]);
    assert_eq!(run.code, 2);
    let lines = run.lines();
    assert_eq!(lines.len(), 5);
    let load = &lines[1];
    assert_eq!(load["path"], "a.py");
    assert_eq!(load["symbol"], "load");
    assert_eq!(load["kind"], "function");
    assert_eq!(load["line"], 4);
    assert_eq!(load["style"], "numpy");
    assert_eq!(load["provider"], "offline");
    assert_eq!(load["fromCache"], false);
    assert_eq!(load["status"], "inserted");
    assert_eq!(load["tokens"], 0);
    assert!(load["millis"].is_u64());
    assert!(load["docstring"].as_str().unwrap().contains("Parameters\n----------\n"));
    assert!(load.get("reason").is_none());
    let bad = &lines[4];
    assert_eq!((bad["path"].as_str(), bad["status"].as_str()), (Some("bad.py"), Some("failed")));
    assert!(bad["reason"].as_str().unwrap().starts_with("it does not parse: "));
    assert_eq!(project.read("a.py"), PYTHON);
}

#[test]
fn the_order_does_not_depend_on_the_jobs() {
    let files: Vec<(String, String)> = (0..60)
        .map(|n| (format!("p{}/m{n:02}.py", n % 7), PYTHON.repeat(1 + (n * 13) % 9)))
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let project = Project::new(&files);
    let one = project.run(&["generate", "--jobs", "1"]);
    let many = project.run(&["generate", "--jobs", "8"]);
    assert!(one.out().len() > 10_000);
    assert_eq!(one.out(), many.out());
    let out = one.out();
    let names: Vec<_> = out.lines().filter(|line| line.starts_with("--- ")).collect();
    assert!(names.is_sorted() && names.len() == 60);
}

#[test]
fn colours_and_quiet() {
    let project = Project::new(&[("a.py", PYTHON)]);
    let plain = project.run(&["generate", "--quiet"]);
    assert_eq!(plain.stderr, "");
    assert!(!plain.out().contains('\u{1b}'));
    let colored = project.run(&["generate", "--color", "always"]).out();
    assert!(colored.contains("\u{1b}[32m+def") || colored.contains("\u{1b}[32m+    \"\"\""));
    let mut stripped = colored;
    for code in ["1", "31", "32", "36", "0"] {
        stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(stripped, plain.out());
}

#[test]
fn a_closed_pipe_is_no_error() {
    let files: Vec<(String, &str)> = (0..200).map(|n| (format!("m{n}.py"), PYTHON)).collect();
    let files: Vec<(&str, &str)> =
        files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    let project = Project::new(&files);
    let mut child = project
        .command(&["generate"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn wrong_usage_is_status_2() {
    let project = Project::new(&[("a.py", PYTHON)]);
    for arguments in [
        &[] as &[&str],
        &["generate", "--write", "--check"],
        &["generate", "--style", "klingon"],
        &["generate", "--kind", "verb"],
        &["generate", "--jobs", "0"],
        &["frobnicate"],
    ] {
        let run = project.run(arguments);
        assert_eq!((run.code, run.out().as_str()), (2, ""), "{arguments:?}");
        assert!(!run.stderr.is_empty());
    }
    assert_eq!(project.read("a.py"), PYTHON);
}

#[test]
fn a_run_that_was_interrupted_asks_no_question_twice() {
    let chat = support::chat::Chat::start();
    let project = Project::new(&[("a.py", "def load(path):\n    return open(path)\n")]);
    let config = project.home().join(".config/docstring-ls/config.toml");
    std::fs::create_dir_all(config.parent().unwrap()).unwrap();
    std::fs::write(&config, chat.config()).unwrap();
    let run = || {
        let run = project.run(&["generate", "--kind", "function", "a.py"]);
        assert!(run.out().contains("Told by the server."), "{}{}", run.out(), run.stderr);
        chat.calls()
    };
    assert_eq!([run(), run()], [1, 1]);
    let refreshed = project.run(&["generate", "--refresh", "--kind", "function", "a.py"]);
    assert_eq!((refreshed.code, chat.calls()), (0, 2));
    // Who wants answers in memory gets them there alone.
    let memory = format!("{}[orchestrator]\ncache = \"memory\"\n", chat.config());
    std::fs::write(&config, memory).unwrap();
    assert_eq!([run(), run()], [3, 4]);
}
