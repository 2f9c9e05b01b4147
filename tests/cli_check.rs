//! `docstring-ls check`: what it prints in each format, mends and answers.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use serde_json::Value;
use support::Project;

const PYTHON: &str = "\
\"\"\"Loads.\"\"\"


def load(path):
    \"\"\"Load it.

    Args:
        path: Where.

    Returns:
    \"\"\"


class Stack:  # noqa: D101
    def push(self, item):
        pass
";

const RUST: &str = "\
//! Adds.

/// Adds.
///
/// ```
/// add(1);
pub fn add(a: u8) -> u8 {
    a
}
";

fn project() -> Project {
    Project::new(&[("a.py", PYTHON), ("src/b.rs", RUST)])
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_finding_is_shown_where_it_stands() {
    let run = project().run(&["check"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr, "3 findings in 2 of 2 files");
    insta::assert_snapshot!(run.out(), @r#"
    DLS003 section `Returns` is empty
      --> a.py:10:5
       |
     9 |
    10 |     Returns:
       |     ^^^^^^^^
    11 |     """
       |

    DLS001 method `Stack.push` has no docstring
      --> a.py:15:9
       |
    14 | class Stack:  # noqa: D101
    15 |     def push(self, item):
       |         ^^^^
    16 |         pass
       |

    DLS003 code block has no end
     --> src/b.rs:5:5
      |
    4 | ///
    5 | /// ```
      |     ^^^
    6 | /// add(1);
      |
    "#);
}

#[test]
fn concise_is_one_line_each() {
    let run = project().run(&["check", "--output-format", "concise"]);
    insta::assert_snapshot!(run.out(), @r"
    a.py:10:5: DLS003 section `Returns` is empty
    a.py:15:9: DLS001 method `Stack.push` has no docstring
    src/b.rs:5:5: DLS003 code block has no end
    ");
    let colored = project().run(&["check", "--output-format", "concise", "--color", "always"]);
    assert!(colored.out().contains("\u{1b}[1;31mDLS003\u{1b}[0m"));
}

#[test]
fn nothing_found_is_success() {
    let project = Project::new(&[("a.py", "\"\"\"M.\"\"\"\n")]);
    let run = project.run(&["check"]);
    assert_eq!((run.code, run.out().as_str()), (0, ""));
    assert_eq!(run.stderr, "0 findings in 0 of 1 file");
    for (format, expected) in
        [("json", "[]\n"), ("gitlab", "[]\n"), ("github", ""), ("concise", "")]
    {
        let run = project.run(&["check", "--output-format", format]);
        assert_eq!((run.code, run.out().as_str()), (0, expected), "{format}");
    }
    let sarif = json(&project.run(&["check", "--output-format", "sarif"]).out());
    assert_eq!(sarif["runs"][0]["results"], Value::Array(Vec::new()));
}

#[test]
fn json_has_the_shape_of_ruffs() {
    let run = project().run(&["check", "--output-format", "json"]);
    let all = json(&run.out());
    assert_eq!(all.as_array().unwrap().len(), 3);
    let first = &all[0];
    assert_eq!(first["code"], "DLS003");
    assert_eq!(first["name"], "malformed-docstring");
    assert_eq!(first["filename"], "a.py");
    assert_eq!(first["location"], json(r#"{"row": 10, "column": 5}"#));
    assert_eq!(first["end_location"], json(r#"{"row": 10, "column": 13}"#));
    assert_eq!((&first["symbol"], &first["kind"]), (&json("\"load\""), &json("\"function\"")));
    assert_eq!(first["fix"], Value::Null);
    assert!(first["url"].as_str().unwrap().starts_with("https://"));
    assert_eq!(all[1]["severity"], "note");
}

#[test]
fn sarif_holds_what_the_standard_requires() {
    let project = project();
    project.write("b c.py", "def f(:\n");
    let run = project.run(&["check", "--output-format", "sarif"]);
    assert_eq!(run.code, 2);
    let log = json(&run.out());
    assert_eq!(log["version"], "2.1.0");
    assert!(log["$schema"].as_str().unwrap().contains("sarif-2.1.0"));
    let run = &log["runs"][0];
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "docstring-ls");
    let rules = driver["rules"].as_array().unwrap();
    for rule in rules {
        for key in ["id", "name", "helpUri"] {
            assert!(rule[key].is_string(), "{key}");
        }
        assert!(rule["shortDescription"]["text"].is_string());
        assert!(
            ["note", "warning"].contains(&rule["defaultConfiguration"]["level"].as_str().unwrap())
        );
    }
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let mut fingerprints = std::collections::BTreeSet::new();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert!(place["artifactLocation"]["uri"].is_string());
        let region = |key: &str| place["region"][key].as_u64().unwrap();
        assert!(region("startLine") >= 1 && region("startColumn") >= 1);
        assert!(
            (region("endLine"), region("endColumn"))
                >= (region("startLine"), region("startColumn"))
        );
        let fingerprint = result["partialFingerprints"]["docstring/v1"].as_str().unwrap();
        assert!(fingerprints.insert(fingerprint.to_owned()));
    }
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notice = &invocation["toolExecutionNotifications"][0];
    let uri = &notice["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "b%20c.py");
}

#[test]
fn github_annotations_cannot_be_broken_out_of() {
    let project = Project::new(&[("a,b:%.py", "\"\"\"M.\"\"\"\ndef f(): ...\n")]);
    let run = project.run(&["check", "--output-format", "github"]);
    insta::assert_snapshot!(run.out(), @"::notice title=docstring-ls (DLS001),file=a%2Cb%3A%25.py,line=2,col=5,endLine=2,endColumn=6::a,b:%25.py:2:5: DLS001 function `f` has no docstring");
}

#[test]
fn gitlab_fingerprints_outlive_moved_lines() {
    let project = project();
    let report = || json(&project.run(&["check", "--output-format", "gitlab"]).out());
    let before = report();
    project.write("a.py", PYTHON.replacen("\n\n\n", "\n\n\n\nx = 1\n\n\n", 1));
    let after = report();
    let prints = |report: &Value| {
        let all = report.as_array().unwrap().iter();
        all.map(|one| one["fingerprint"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(prints(&before), prints(&after));
    assert_ne!(before[0]["location"], after[0]["location"]);
    assert_eq!(before[0]["check_name"], "DLS003");
    assert_eq!(before[0]["severity"], "minor");
    assert_eq!(before[0]["location"]["positions"]["begin"]["line"], 10);
    let mut unique = prints(&before);
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), 3);
}

#[test]
fn codes_kinds_and_symbols_narrow_it() {
    let project = project();
    let list = |arguments: &[&str]| {
        let run = project.run(&[&["check", "--output-format", "concise"], arguments].concat());
        let lines = run.out();
        let codes = lines.lines().map(|line| line.split(' ').nth(1).unwrap().to_owned());
        (run.code, codes.collect::<Vec<_>>().join(" "))
    };
    assert_eq!(list(&["--select", "DLS001"]), (1, "DLS001".into()));
    assert_eq!(list(&["--select", "DLS", "--ignore", "malformed-docstring"]), (1, "DLS001".into()));
    assert_eq!(list(&["--ignore", "DLS001,DLS003"]), (0, String::new()));
    assert_eq!(list(&["--kind", "method"]), (1, "DLS001".into()));
    assert_eq!(list(&["--symbol", "load"]), (1, "DLS003".into()));
    assert_eq!(list(&["--exclude", "src/", "--select", "DLS003"]), (1, "DLS003".into()));
    assert_eq!(list(&["--exit-zero", "a.py", "--select", "DLS003"]), (0, "DLS003".into()));
    project.write("a.py", "\"\"\"M.\"\"\"\ndef _f(): ...\n");
    assert_eq!(list(&["a.py"]), (0, String::new()));
    assert_eq!(list(&["a.py", "--scope", "all"]), (1, "DLS001".into()));
}

#[test]
fn statistics_count_instead_of_listing() {
    let run = project().run(&["check", "--statistics"]);
    insta::assert_snapshot!(run.out(), @r"
         2  DLS003  [ ]  malformed-docstring
         1  DLS001  [ ]  missing-docstring
      80.0 % documented (4 of 5 symbols)
    ");
    let run = project().run(&["check", "--statistics", "--output-format", "json"]);
    let all = json(&run.out());
    assert_eq!(all["findings"][0]["count"], 2);
    assert_eq!(all["coverage"]["percent"], 80.0);
}

#[test]
fn a_threshold_allows_gaps() {
    let project = project();
    let run = |percent: &str, arguments: &[&str]| {
        let all = [&["check", "--quiet", "--fail-under", percent], arguments].concat();
        let run = project.run(&all);
        (run.code, run.stderr)
    };
    assert_eq!(run("80", &["--select", "DLS001"]), (0, String::new()));
    assert_eq!(run("79.9%", &["--ignore", "DLS001,DLS003"]), (0, String::new()));
    let under = "80.0 % of 5 symbols have a docstring, less than 80.1 %";
    assert_eq!(run("80.1", &["--select", "DLS001"]), (1, under.into()));
    // A docstring that is wrong is no gap.
    assert_eq!(run("10", &[]), (1, String::new()));
    assert_eq!(project.run(&["check", "--fail-under", "101"]).code, 2);
}

#[test]
fn stdin_is_checked_by_its_name() {
    let project = project();
    let run = project.run_with(&["check", "-", "--output-format", "concise"], PYTHON.as_bytes());
    assert_eq!(run.code, 1);
    assert!(run.out().starts_with("-:10:5: DLS003 "));
    let arguments = ["check", "-", "--output-format", "concise", "--stdin-filename", "x/b.rs"];
    let run = project.run_with(&arguments, RUST.as_bytes());
    assert_eq!(run.out(), "x/b.rs:5:5: DLS003 code block has no end\n");
    let run = project.run_with(&["check", "-"], b"def f(:\n");
    assert_eq!((run.code, run.out().as_str()), (2, ""));
    let run = project.run_with(&["check", "-", "--fix"], b"\"\"\"M.\"\"\"\ndef f(): ...\n");
    assert_eq!((run.code, run.out().as_str()), (1, "\"\"\"M.\"\"\"\ndef f(): ...\n"));
    assert!(run.stderr.starts_with("-:2:5: DLS001 "));
}

#[test]
fn what_is_out_of_date_is_mended_and_nothing_else() {
    let rust = "//! Adds.\n\n/// Adds one.\n///\n/// Long ago.\n///\n/// # Errors\n///\n/// Never.\n\
                pub fn add(a: u8) -> u8 {\n    a\n}\n\npub fn other() {}\n";
    let project = Project::new(&[("lib.rs", rust)]);
    let before = project.run(&["check", "--output-format", "concise"]);
    insta::assert_snapshot!(before.out(), @r"
    lib.rs:3:5: DLS002 [*] docstring documents `# Errors` section which is gone
    lib.rs:14:8: DLS001 function `other` has no docstring
    ");
    assert_eq!(before.stderr, "2 findings in 1 of 1 file, 1 fixable with `--fix`");
    let run = project.run(&["check", "--fix", "--output-format", "concise"]);
    assert_eq!(run.code, 1);
    assert_eq!(run.stderr, "1 finding in 1 of 1 file, 1 docstring brought up to date");
    assert_eq!(run.out(), "lib.rs:10:8: DLS001 function `other` has no docstring\n");
    let mended = rust.replace("///\n/// # Errors\n///\n/// Never.\n", "");
    assert_eq!(project.read("lib.rs"), mended);
    // Nothing is left to do.
    let again = project.run(&["check", "--fix", "--select", "DLS002"]);
    assert_eq!((again.code, project.read("lib.rs")), (0, mended));
}

#[test]
fn a_bad_file_does_not_stop_the_others() {
    let project = project();
    project.write("broken.py", "def f(:\n");
    project.write("latin.py", b"x = '\xff'\n");
    project.write("nul.rs", b"\xff\xfe");
    let run = project.run(&["check", "--output-format", "concise", ".", "absent.py"]);
    assert_eq!(run.code, 2);
    assert_eq!(run.out().lines().count(), 3);
    for name in [
        "broken.py: it does not parse",
        "latin.py: it is not UTF-8",
        "nul.rs: it is UTF-16",
        "absent.py: there is no such",
    ] {
        assert!(run.stderr.contains(name), "{name}: {}", run.stderr);
    }
    assert!(run.stderr.ends_with("4 files failed"), "{}", run.stderr);
}

#[test]
fn the_order_does_not_depend_on_the_jobs() {
    let files: Vec<(String, String)> =
        (0..40).map(|n| (format!("p{}/m{n:02}.py", n % 7), PYTHON.repeat(1 + n % 5))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    let project = Project::new(&files);
    let one = project.run(&["check", "--jobs", "1", "--output-format", "json"]);
    let many = project.run(&["check", "--jobs", "8", "--output-format", "json"]);
    assert!(one.out().len() > 10_000);
    assert_eq!(one.out(), many.out());
}

#[test]
fn the_projects_linters_decide() {
    let pyproject = "[tool.ruff.lint]\nselect = [\"D1\"]\nignore = [\"D102\"]\n\
                     [tool.docstring-ls.lint]\nmalformed = false\n";
    let project = project();
    project.write("pyproject.toml", pyproject);
    let run = project.run(&["check", "a.py"]);
    assert_eq!((run.code, run.out().as_str()), (0, ""));
    let config = project.run(&["config"]);
    assert!(config.out().contains("lint.malformed = false"));
    assert!(config.out().contains("# which docstrings `check` looks for here follows ruff in"));
    // Without them it is as if they were not there.
    assert_eq!(project.run(&["check", "--isolated", "a.py"]).code, 1);
    project.write("pyproject.toml", "[tool.docstring-ls.lint]\nmissing = \"sometimes\"\n");
    assert_eq!(project.run(&["check", "a.py"]).code, 2);
}

#[test]
fn wrong_usage_is_status_2() {
    let project = project();
    for arguments in [
        &["check", "--select", "D100"] as &[&str],
        &["check", "--output-format", "xml"],
        &["check", "-", "a.py"],
        &["check", "--jobs", "0"],
    ] {
        let run = project.run(arguments);
        assert_eq!((run.code, run.out().as_str()), (2, ""), "{arguments:?}");
        assert!(!run.stderr.is_empty());
    }
}
