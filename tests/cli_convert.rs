//! `docstring-ls convert`: what it prints, writes and answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use support::Project;

const GOOGLE: &str = "\
'''Module.'''


def load(path, *rest):
    \"\"\"Load it.

    Args:
        path (str): Where.
        *rest: What else.

    Returns:
        bytes: It.
    \"\"\"
    return path


class _Box:
    '''A box.

    Attributes:
        width: How wide.
    '''  # noqa

    def _open(self):
        \"\"\"Open it.

        Raises:
            OSError: When it is gone.
            and so on
        \"\"\"
";

const NUMPY: &str = "\
'''Module.'''


def load(path, *rest):
    \"\"\"Load it.

    Parameters
    ----------
    path : str
        Where.
    *rest
        What else.

    Returns
    -------
    bytes
        It.
    \"\"\"
    return path


class _Box:
    '''A box.

    Attributes
    ----------
    width
        How wide.
    '''  # noqa

    def _open(self):
        \"\"\"Open it.

        Raises:
            OSError: When it is gone.
            and so on
        \"\"\"
";

const REFUSAL: &str = "a.py:29: _Box._open: `and so on` is no name";

#[test]
fn the_diff_is_what_write_does() {
    let project = Project::new(&[("a.py", GOOGLE), ("b.rs", "/// Documented.\npub fn f() {}\n")]);
    let diff = project.run(&["convert", "--to", "numpy"]);
    assert_eq!(diff.code, 0);
    assert_eq!(
        diff.stderr,
        format!("{REFUSAL}\n2 docstrings to convert to numpy in 1 of 1 file, 1 docstring refused")
    );
    assert_eq!(project.read("a.py"), GOOGLE);
    assert!(diff.out().starts_with("--- a/a.py\n+++ b/a.py\n@@ -4,"), "{}", diff.out());

    let written = project.run(&["convert", "--to", "numpy", "--write", "."]);
    assert_eq!((written.code, written.out().as_str()), (0, ""));
    assert_eq!(
        written.stderr,
        format!("{REFUSAL}\n2 docstrings converted to numpy in 1 of 1 file, 1 docstring refused")
    );
    assert_eq!(project.read("a.py"), NUMPY);

    let other = Project::new(&[("a.py", GOOGLE), ("diff", &diff.out())]);
    other.git(&["apply", "diff"]);
    assert_eq!(other.read("a.py"), NUMPY);

    let back = other.run(&["convert", "--to", "google", "--write", "a.py"]);
    assert_eq!(back.code, 0);
    assert_eq!(other.read("a.py"), GOOGLE);
    let again = other.run(&["convert", "--to", "google", "--write"]);
    assert_eq!(again.stderr, "0 docstrings converted to google in 0 of 1 file");
    assert_eq!(other.read("a.py"), GOOGLE);
}

#[test]
fn check_lists_what_is_written_otherwise() {
    let project = Project::new(&[("a.py", GOOGLE)]);
    let found = project.run(&["convert", "--to", "sphinx", "--check"]);
    assert_eq!(found.code, 1);
    insta::assert_snapshot!(found.out(), @r"
    a.py:4: function load is written in google
    a.py:17: class _Box is written in google
    ");
    assert_eq!(project.read("a.py"), GOOGLE);
    let clean = project.run(&["convert", "--to", "google", "--check"]);
    assert_eq!((clean.code, clean.out().as_str()), (0, ""));
}

#[test]
fn scope_kinds_and_symbols_narrow_what_is_done() {
    let project = Project::new(&[("a.py", GOOGLE)]);
    let list = |arguments: &[&str]| {
        let run = project.run(&[&["convert", "--to", "numpy", "--check"], arguments].concat());
        run.out().lines().map(|line| line.split(' ').nth(2).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(list(&[]), ["load", "_Box"]);
    assert_eq!(list(&["--scope", "public"]), ["load"]);
    assert_eq!(list(&["--kind", "class"]), ["_Box"]);
    assert_eq!(list(&["--symbol", "_Box"]), ["_Box"]);
}

#[test]
fn stdin_goes_to_stdout() {
    let project = Project::new(&[]);
    let run = project.run_with(&["convert", "--to", "numpy", "-"], GOOGLE.as_bytes());
    assert_eq!((run.code, run.out().as_str()), (0, NUMPY));
    let broken = project.run_with(&["convert", "--to", "numpy", "-"], b"def f(:\n");
    assert_eq!((broken.code, broken.out().as_str()), (2, "def f(:\n"));
    let rust = ["convert", "--to", "numpy", "--stdin-filename", "a.rs", "-"];
    let rust = project.run_with(&rust, b"/// A.\nfn f() {}\n");
    assert_eq!((rust.code, rust.out().as_str()), (0, "/// A.\nfn f() {}\n"));
    let alone = project.run_with(&["convert", "--to", "numpy", "-", "a.py"], b"");
    assert_eq!(alone.code, 2);
}

#[test]
fn json_is_one_object_a_line() {
    let project = Project::new(&[("a.py", GOOGLE), ("bad.py", "def f(:\n    pass\n")]);
    let run = project.run(&["convert", "--to", "numpy", "--output-format", "json"]);
    assert_eq!(run.code, 2);
    let lines = run.lines();
    let seen: Vec<_> = lines.iter().map(|line| (&line["symbol"], &line["status"])).collect();
    let expected = [
        ("<module>", "unchanged"),
        ("load", "updated"),
        ("_Box", "updated"),
        ("_Box._open", "failed"),
        ("<module>", "failed"),
    ];
    assert_eq!(seen.len(), expected.len());
    for ((symbol, status), (name, state)) in seen.iter().zip(expected) {
        assert_eq!((symbol.as_str(), status.as_str()), (Some(name), Some(state)));
    }
    let load = &lines[1];
    assert_eq!((load["path"].as_str(), load["line"].as_u64()), (Some("a.py"), Some(4)));
    assert_eq!((load["from"].as_str(), load["style"].as_str()), (Some("google"), Some("numpy")));
    assert!(load["docstring"].as_str().unwrap().contains("Parameters\n----------\n"));
    assert_eq!(lines[3]["reason"], "line 29: `and so on` is no name");
    assert!(lines[4]["reason"].as_str().unwrap().starts_with("it does not parse: "));
}

#[test]
fn one_bad_file_stops_no_other() {
    let latin = b"# coding: latin-1\ndef f(a):\n    '''D\xe9.\n\n    :param a: \xe9.\n    '''\n";
    let project = Project::new(&[("a.py", "def f(:\n"), ("c.py", GOOGLE)]);
    project.write("b.py", latin);
    let run = project.run(&["convert", "--to", "numpy", "--write"]);
    assert_eq!(run.code, 2);
    assert_eq!(project.read("c.py"), NUMPY);
    assert_eq!(
        project.bytes("b.py"),
        b"# coding: latin-1\ndef f(a):\n    '''D\xe9.\n\n    Parameters\n    ----------\n    a\n        \xe9.\n    '''\n"
    );
    assert_eq!(project.read("a.py"), "def f(:\n");
}

#[test]
fn wrong_usage_is_status_2() {
    let project = Project::new(&[("a.py", GOOGLE)]);
    for arguments in [
        &["convert"] as &[&str],
        &["convert", "--to", "rustdoc"],
        &["convert", "--to", "klingon"],
        &["convert", "--to", "numpy", "--write", "--check"],
    ] {
        let run = project.run(arguments);
        assert_eq!((run.code, run.out().as_str()), (2, ""), "{arguments:?}");
    }
    assert_eq!(project.read("a.py"), GOOGLE);
}
