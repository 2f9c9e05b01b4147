//! Rust: `[lints]` in `Cargo.toml`, attributes of the crate's root, `clippy.toml`.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::{Said, at};
use crate::config::files;
use crate::docstring::Language;
use crate::syntax::Source;

/// The lints and groups that say something about documentation.
const LINTS: &[&str] = &[
    "missing_docs",
    "clippy::missing_docs_in_private_items",
    "clippy::missing_errors_doc",
    "clippy::missing_panics_doc",
    "clippy::missing_safety_doc",
    "clippy::unnecessary_safety_doc",
    "clippy::empty_docs",
    "clippy::pedantic",
    "clippy::restriction",
    "clippy::style",
    "clippy::all",
    "rustdoc::invalid_rust_codeblocks",
    "rustdoc::all",
    "warnings",
];

/// The manifest nearest to `folder`, with its folder.
fn manifest(folder: &Path, home: Option<&Path>) -> Option<(Table, PathBuf)> {
    files::folders(folder, home).find_map(|folder| {
        let table = files::read(&folder.join("Cargo.toml")).ok()??.parse().ok()?;
        Some((table, folder.to_path_buf()))
    })
}

/// What the package around `folder` says about lints.
pub(super) fn around(folder: &Path, home: Option<&Path>) -> Said {
    let mut said = Said::default();
    let Some((table, root)) = manifest(folder, home) else { return said };
    let mut lints = table.get("lints").and_then(Value::as_table).cloned();
    let inherits = lints.as_ref().and_then(|lints| lints.get("workspace")?.as_bool());
    if inherits == Some(true) {
        let workspace = files::folders(&root, home).find_map(|folder| {
            let table: Table = files::read(&folder.join("Cargo.toml")).ok()??.parse().ok()?;
            at(&table, &["workspace", "lints"])?.as_table().cloned()
        });
        lints = workspace;
    }
    let mut is_said = false;
    for (tool, prefix) in [("rust", ""), ("clippy", "clippy::"), ("rustdoc", "rustdoc::")] {
        let Some(table) = lints.as_ref().and_then(|lints| lints.get(tool)?.as_table()) else {
            continue;
        };
        for (name, level) in table {
            let level = level.as_str().or_else(|| level.get("level")?.as_str());
            let name = format!("{prefix}{}", name.replace('-', "_"));
            is_said |= set(&mut said, &name, level == Some("allow"));
        }
    }
    for name in ["lib.rs", "main.rs"] {
        let path = root.join("src").join(name);
        let Some(text) = files::read(&path).ok().flatten() else { continue };
        // Most roots have none, and a parse costs time.
        if !text.contains("#![") {
            continue;
        }
        let Ok(source) = Source::parse(Language::Rust, name, text.into()) else { continue };
        let length = source.text().len();
        for level in source.lint_levels().into_iter().filter(|level| level.range.len() >= length) {
            for lint in &level.lints {
                is_said |= set(&mut said, lint, level.is_allowed);
            }
        }
    }
    if is_said {
        said.source = format!("lints of {}", root.join("Cargo.toml").display());
    }
    said
}

/// Notes the level of a lint; whether it is one that matters.
fn set(said: &mut Said, lint: &str, is_allowed: bool) -> bool {
    if !LINTS.contains(&lint) {
        return false;
    }
    let (to, from) =
        if is_allowed { (&mut said.off, &mut said.on) } else { (&mut said.on, &mut said.off) };
    from.remove(lint);
    to.insert(lint.to_owned());
    true
}

/// clippy's `missing-docs-in-crate-items`, from its own file.
pub(super) fn wants_crate_items(folder: &Path, home: Option<&Path>) -> bool {
    files::folders(folder, home)
        .find_map(|folder| {
            let names = ["clippy.toml", ".clippy.toml"];
            let text = names.iter().find_map(|name| files::read(&folder.join(name)).ok()?)?;
            text.parse::<Table>().ok()
        })
        .and_then(|table| table.get("missing-docs-in-crate-items")?.as_bool())
        .unwrap_or(false)
}
