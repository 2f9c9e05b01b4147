//! The house rules that no compiler checks: layers, fences, file sizes, registries.
//!
//! The layers are those of the crate documentation (`src/lib.rs`); a change to the
//! table below is a change of the architecture and belongs there too.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops there"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Which of our modules a module may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    (
        "cli",
        &[
            "server",
            "config",
            "telemetry",
            "generate",
            "orchestrator",
            "provider",
            "style",
            "syntax",
            "docstring",
        ],
    ),
    (
        "server",
        &[
            "config",
            "telemetry",
            "generate",
            "orchestrator",
            "provider",
            "style",
            "syntax",
            "docstring",
        ],
    ),
    ("config", &["generate", "orchestrator", "provider", "style", "syntax", "docstring"]),
    ("generate", &["orchestrator", "provider", "style", "syntax", "docstring"]),
    ("orchestrator", &["provider"]),
    ("telemetry", &["provider"]),
    ("provider", &["docstring"]),
    ("style", &["docstring"]),
    ("syntax", &["docstring"]),
    ("docstring", &[]),
];

/// Which modules may name an external crate; crates not listed here are free.
const FENCES: &[(&str, &[&str])] = &[
    ("tree_sitter", &["syntax"]),
    ("tree_sitter_python", &["syntax"]),
    ("tree_sitter_rust", &["syntax"]),
    ("ruff_python_parser", &["syntax"]),
    ("ruff_python_ast", &["syntax"]),
    ("ruff_text_size", &["syntax"]),
    ("ra_ap_rustc_lexer", &["syntax"]),
    ("jsonschema", &["style"]),
    ("regex", &["generate"]),
    ("minijinja", &["generate", "style"]),
    ("tower_lsp", &["server"]),
    ("tower_service", &["server"]),
    ("toml", &["config"]),
    ("schemars", &["config"]),
    ("etcetera", &["config"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
    ("anyhow", &["cli", "main"]),
    ("tikv_jemallocator", &["main"]),
    ("similar", &["cli", "server"]),
    ("ignore", &["cli", "config"]),
    ("tempfile", &["cli", "config", "orchestrator"]),
    ("reqwest", &["provider"]),
    ("rustls", &["provider"]),
    ("secrecy", &["provider", "config", "server"]),
    ("keyring", &["provider"]),
    ("httpdate", &["provider"]),
    ("moka", &["orchestrator"]),
    ("dashmap", &["orchestrator"]),
    ("rusqlite", &["orchestrator"]),
    ("redis", &["orchestrator"]),
    ("rand", &["orchestrator"]),
    ("rand_distr", &["orchestrator"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_proto", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("prost", &["telemetry"]),
    ("tracing_opentelemetry", &["telemetry"]),
    ("tracing_subscriber", &["telemetry"]),
    ("tokio", &["server", "cli", "orchestrator", "provider", "telemetry"]),
    ("serde", &["style", "provider", "orchestrator", "config", "server", "cli"]),
    ("serde_json", &["style", "provider", "orchestrator", "generate", "config", "server", "cli"]),
];

/// Lines of a file, its unit tests not counted; and with them, or of a file of tests.
const MAX_CODE: usize = 470;
const MAX_FILE: usize = 760;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            out.push(path);
        }
    }
}

/// Every source file as (layer, path below `src`, text).
fn sources() -> Vec<(String, String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    rust_files(&src, &mut files);
    files.sort();
    let read = |path: PathBuf| {
        let relative = path.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
        let layer = relative.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        (layer, relative, fs::read_to_string(path).unwrap())
    };
    let all: Vec<_> = files.into_iter().map(read).collect();
    assert!(all.len() > 20, "only {} source files found", all.len());
    all
}

/// Whether a file holds nothing but unit tests or what they share.
fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("/fixture.rs")
}

/// The lines before the unit tests that stand in the file itself. A `mod tests;` near the
/// top only names another file: what follows it is code.
fn lines_of_code(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let is_inline = |pair: &[&str]| {
        pair[0].trim() == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
    };
    lines.windows(2).position(is_inline).unwrap_or(lines.len())
}

/// Code lines with their numbers, unit tests left out; comments dropped, so that prose
/// may name anything.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take(lines_of_code(text))
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or("")))
}

/// Whether `line` names `path` (such as `tokio` or `crate::style`) as the start of a path.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + path.len()..];
        let starts =
            !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '"');
        starts
            && (after.starts_with("::")
                || after.starts_with(';') && line.trim_start().starts_with("use "))
    })
}

#[test]
fn layers_are_kept() {
    let mut faults = Vec::new();
    for (layer, path, text) in sources() {
        if layer == "lib" || is_test(&path) {
            continue;
        }
        let (_, allowed) = LAYERS
            .iter()
            .find(|(name, _)| *name == layer)
            .unwrap_or_else(|| panic!("{path}: `{layer}` is not in the table of layers"));
        for (number, line) in code(&text) {
            for (other, _) in LAYERS {
                let foreign = *other != layer && !allowed.contains(other);
                let named = names(line, &format!("crate::{other}"))
                    || names(line, &format!("docstring_ls::{other}"));
                if foreign && named {
                    faults.push(format!("{path}:{number}: `{layer}` may not use `{other}`"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn external_crates_stay_behind_their_fences() {
    let mut faults = Vec::new();
    for (layer, path, text) in sources().into_iter().filter(|(_, path, _)| !is_test(path)) {
        for (number, line) in code(&text) {
            for (name, allowed) in FENCES {
                if !allowed.contains(&layer.as_str()) && names(line, name) {
                    faults.push(format!("{path}:{number}: `{name}` belongs in {allowed:?}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_dependency_is_used() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let sources = sources();
    let dependencies =
        manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    for line in dependencies.lines().filter(|line| line.contains(" = ") && !line.starts_with('#')) {
        let name = line.split(" = ").next().unwrap().trim().replace('-', "_");
        let used = sources.iter().any(|(_, _, text)| {
            code(text).any(|(_, line)| {
                line.match_indices(&name).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    let after = line[at + name.len()..].chars().next();
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                        && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
                })
            })
        });
        assert!(used, "the dependency `{name}` is named nowhere in src");
    }
}

#[test]
fn files_have_one_job() {
    let mut faults = Vec::new();
    for (_, path, text) in sources() {
        let lines = text.lines().count();
        let code = lines_of_code(&text);
        if (code > MAX_CODE && !is_test(&path)) || lines > MAX_FILE {
            faults.push(format!("{path}: {code} lines of code, {lines} in all"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_says_why_it_exists() {
    for (_, path, text) in sources() {
        assert!(text.starts_with("//!"), "{path} does not begin with a module comment");
    }
}

/// A registry folder's files that are not themselves entries.
fn registered(folder: &str, registry: &str, helpers: &[&str]) {
    let text = fs::read_to_string(root().join(format!("src/{folder}/mod.rs"))).unwrap();
    let list = text.split(registry).nth(1).unwrap().split("];").next().unwrap();
    for entry in fs::read_dir(root().join("src").join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "mod" && !helpers.contains(&name.as_str()) {
            assert!(list.contains(&format!("&{name}::")), "{folder}/{name} is not in {registry}");
        }
    }
}

#[test]
fn every_style_and_language_is_registered() {
    registered("style", "static STYLES", STYLE_PARTS);
    registered("syntax", "static LANGUAGES", SYNTAX_PARTS);
}

/// Files of `style/` that are not styles.
const STYLE_PARTS: &[&str] = &[
    "content",
    "fields",
    "fixture",
    "map",
    "markup",
    "mend",
    "prose",
    "rules",
    "schema",
    "tests",
    "transcribe",
    "wrap",
];
/// Files of `syntax/` that are not languages.
const SYNTAX_PARTS: &[&str] = &["imports", "lint", "outline", "support", "written"];

#[test]
fn nothing_is_left_for_later() {
    for (_, path, text) in sources() {
        for (number, line) in code(&text) {
            for mark in ["todo!(", "unimplemented!(", "FIXME", "#[ignore"] {
                let quoted =
                    line.contains(&format!("\"{mark}")) || line.contains(&format!("{mark}\""));
                assert!(
                    !line.contains(mark) || quoted || line.contains('"'),
                    "{path}:{number}: {mark}"
                );
            }
        }
    }
}
