//! `docstring-ls stats` over the state file of a machine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod support;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use support::Project;

const STATE: &str = r#"{"format": "docstring-ls-state", "version": 1,
  "metrics": {"since": 1795305600, "providers": {"claude": {"dialect": "anthropic", "model": "m-1",
    "styles": {"google": {"successes": 9, "failures": {"rateLimited": 1, "cancelled": 2},
      "tokens": {"input": 12000, "cachedInput": 8000, "output": 900}, "cost_nanos": 125000000,
      "hedges": {"started": 2, "won": 1}, "repairs": 1, "ended_tokens": 11000,
      "ended_micros": 10000000, "latency": [[270, 8], [290, 1]]}}}},
    "cache": {"hits": 3, "misses": 9, "coalesced": 1, "faults": 0}},
  "arms": {}, "spending": {"2026-11-22": 125000000}}"#;

/// Where the state of the project's user is.
fn place(project: &Project, state: &str) -> PathBuf {
    let path = project.home().join(".local/state/docstring-ls/state.json");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, state).unwrap();
    path
}

fn stats(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.command(&["stats", "--color", "never"]);
    command.args(arguments);
    command
}

/// Exit status, stdout, stderr.
fn run(mut command: Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn tables_are_aligned() {
    let project = Project::new(&[]);
    place(&project, STATE);
    let (code, out, err) = run(stats(&project, &[]));
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!(out, @r"
    Counted since 2026-11-22T00:00:00Z

    Providers
      provider  model        state   attempts  ok  failed  cancelled  success  hedges won  repairs
      claude    m-1          closed        12   9       1          2    90.0%      1 of 2        1
      offline   syntax-tree  closed         0   0       0          0        -      0 of 0        0

    Time, tokens and money
      provider     p50     p90     p99    mean   input  cached  output  per attempt     cost
      claude    999 ms  2.42 s  2.42 s  1.00 s  12,000   8,000     900         1100  $0.1250
      offline        -       -       -       -       0       0       0            -    $0.00

    Attempts without an answer
      count  provider  reason
          2  claude    cancelled
          1  claude    rateLimited

    Styles
      style   provider  attempts  success
      google  claude          12    90.0%

    Cache
      hits  coalesced  misses  hit rate  faults  entries  size
         3          1       9     23.1%       0        0   0 B

    Spending by day (UTC)
      day            cost
      2026-11-22  $0.1250
    ");
}

#[test]
fn json_is_the_metrics_object() {
    let project = Project::new(&[]);
    place(&project, STATE);
    let (code, out, _) = run(stats(&project, &["--output-format", "json"]));
    assert_eq!(code, 0);
    let object: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(object["providers"]["claude"]["totalAttempts"], 12);
    assert_eq!(object["providers"]["claude"]["failures"]["rateLimited"], 1);
    assert_eq!(object["providers"]["claude"]["averageTokens"], 1100.0);
    assert_eq!(object["styles"]["google"]["providerBreakdown"]["claude"]["successRate"], 0.9);
    assert_eq!(object["cache"]["hits"], 3);
    assert_eq!(object["spending"]["2026-11-22"], 0.125);
    assert_eq!(object["since"], "2026-11-22T00:00:00Z");
}

#[test]
fn html_is_one_page() {
    let project = Project::new(&[]);
    place(&project, STATE);
    let (code, out, _) = run(stats(&project, &["--output-format", "html"]));
    assert_eq!(code, 0);
    assert!(out.starts_with("<!doctype html>") && out.ends_with("</html>\n"));
    assert!(out.contains("claude: 90.0%") && !out.contains("<script"));
}

#[test]
fn a_machine_without_statistics_has_empty_ones_and_gets_no_file() {
    let project = Project::new(&[]);
    let (code, out, err) = run(stats(&project, &["--output-format", "json"]));
    assert_eq!((code, err.as_str()), (0, ""));
    let object: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(object["providers"]["offline"]["totalAttempts"], 0);
    assert!(!project.home().join(".local").exists());
}

#[test]
fn a_reset_forgets_the_counters_and_keeps_the_spending() {
    let project = Project::new(&[]);
    let path = place(&project, STATE);
    let (code, out, _) = run(stats(&project, &["--reset"]));
    assert_eq!((code, out.as_str()), (0, "The statistics are empty now.\n"));
    let (_, out, _) = run(stats(&project, &["--output-format", "json"]));
    let object: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(object["providers"].get("claude"), None);
    assert_eq!(object["spending"]["2026-11-22"], 0.125);
    assert!(path.exists());
}

#[test]
fn a_damaged_file_is_a_warning() {
    let project = Project::new(&[]);
    let path = place(&project, "{\"format\": \u{1b}[2J");
    let (code, out, err) = run(stats(&project, &[]));
    assert_eq!(code, 0);
    assert!(err.starts_with("warning: `") && err.contains("damaged"), "{err}");
    assert!(!err.contains('\u{1b}'));
    assert!(out.contains("offline"));
    // Looking does not touch it.
    assert!(path.exists());
}

#[test]
fn the_folder_of_the_state_can_be_moved() {
    let project = Project::new(&[]);
    let path = place(&project, STATE);
    let elsewhere = project.home().join("elsewhere/docstring-ls");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::rename(path, elsewhere.join("state.json")).unwrap();
    let mut command = stats(&project, &[]);
    command.env("XDG_STATE_HOME", project.home().join("elsewhere"));
    assert!(run(command).1.contains("claude"));
}
