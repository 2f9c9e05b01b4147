//! ruff: `ruff.toml`, `.ruff.toml`, `[tool.ruff]` in `pyproject.toml`, with `extend`.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::rules::{Selection, is_missing, named, resolve};
use super::{PerFile, Said, at, texts};
use crate::config::files;
use crate::config::globs::Globs;
use crate::generate::{Profile, python_rules};

/// Files that `extend` each other.
const DEEPEST: usize = 8;

/// The rules of pydoclint that ruff has.
const PYDOCLINT: &[&str] = &["DOC102", "DOC201", "DOC202", "DOC402", "DOC403", "DOC501", "DOC502"];

/// The settings of ruff, its own file or a part of `pyproject.toml`.
pub(super) fn settings(folder: &Path) -> Option<(Table, PathBuf)> {
    [".ruff.toml", "ruff.toml", "pyproject.toml"].into_iter().find_map(|name| {
        let path = folder.join(name);
        Some((read(&path)?, path))
    })
}

fn read(path: &Path) -> Option<Table> {
    let table: Table = files::read(path).ok()??.parse().ok()?;
    if path.file_name()? == "pyproject.toml" {
        return at(&table, &["tool", "ruff"])?.as_table().cloned();
    }
    Some(table)
}

/// A setting of the linter, which older files have at the top.
fn lint<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    at(table, &[&["lint"], keys].concat()).or_else(|| at(table, keys))
}

/// What the settings in `table` of the file `path`, and those that they extend, say.
pub(super) fn said(table: Table, path: &Path) -> Said {
    let mut chain = vec![(table, path.to_path_buf())];
    while chain.len() < DEEPEST
        && let Some((table, path)) = chain.last()
        && let Some(name) = table.get("extend").and_then(Value::as_str)
        && let Some(folder) = path.parent()
        && let next = folder.join(name)
        && !chain.iter().any(|(_, known)| *known == next)
        && let Some(table) = read(&next)
    {
        chain.push((table, next));
    }
    chain.reverse();
    let nearest = |keys: &[&str]| chain.iter().rev().find_map(|(table, _)| lint(table, keys));
    let convention = nearest(&["pydocstyle", "convention"]).and_then(Value::as_str);
    let selections: Vec<Selection> = chain
        .iter()
        .map(|(table, _)| {
            let list = |key: &str| texts(lint(table, &[key]));
            let mut ignore = list("ignore").unwrap_or_default();
            ignore.extend(list("extend-ignore").unwrap_or_default());
            let extend_select = list("extend-select").unwrap_or_default();
            Selection { select: list("select"), extend_select, ignore }
        })
        .collect();
    let resolved = resolve(&selections, convention);
    let owned = |rules: &mut dyn Iterator<Item = &'static str>| rules.map(str::to_owned).collect();
    let is_on = |rule: &&str| resolved.on.contains(rule);
    // Whoever checks docstrings without the rules about missing ones does not miss them.
    let missing_off = resolved
        .has_docstrings
        .then(|| owned(&mut python_rules().filter(|rule| is_missing(rule) && !is_on(rule))));
    let is_one_line = nearest(&["pydoclint", "ignore-one-line-docstrings"]);
    let is_one_line = is_one_line.and_then(Value::as_bool) == Some(true);
    let is_doc = |rule: &&str| PYDOCLINT.contains(rule) && !is_one_line;
    let per_file = chain.iter().flat_map(|(table, path)| per_file(table, path)).collect();
    let decorators = |key: &str| texts(nearest(&["pydocstyle", key])).unwrap_or_default();
    let ignores_stars = nearest(&["pydocstyle", "ignore-var-parameters"]).and_then(Value::as_bool);
    Said {
        profile: Profile::Ruff,
        source: format!("ruff in {}", path.display()),
        missing_off,
        off: owned(&mut resolved.ignored.iter().copied()),
        on: owned(&mut resolved.on.iter().copied().filter(is_doc)),
        star_args: ignores_stars.map(|ignores| !ignores),
        ignore_decorators: decorators("ignore-decorators"),
        property_decorators: decorators("property-decorators"),
        per_file,
        ..Said::default()
    }
}

/// `per-file-ignores`: globs of a file's name or of its path, with a `!` for all others.
fn per_file(table: &Table, path: &Path) -> Vec<PerFile> {
    let mut found = Vec::new();
    for key in ["per-file-ignores", "extend-per-file-ignores"] {
        let Some(Value::Table(rows)) = lint(table, &[key]) else { continue };
        for (pattern, rules) in rows {
            let selectors = texts(Some(rules)).unwrap_or_default();
            found.extend(one(path, pattern, &selectors));
        }
    }
    found
}

/// The rules that are off in files that match `pattern`.
pub(super) fn one(path: &Path, pattern: &str, selectors: &[String]) -> Option<PerFile> {
    let rules: Vec<String> = named(selectors).into_iter().map(str::to_owned).collect();
    let (is_negated, pattern) = match pattern.strip_prefix('!') {
        Some(rest) => (true, rest),
        None => (false, pattern),
    };
    // ruff's `**.py` is any Python file below; here stars that cross folders stand alone.
    let pattern = &pattern.replace("**.", "**/*.");
    if rules.is_empty() || crate::config::globs::check(pattern).is_err() {
        return None;
    }
    let globs = Globs::new(path.parent()?, &[pattern.as_str()])?;
    Some(PerFile { globs, is_negated, rules })
}
