//! Finds and reads configuration files. Reads only: what a value means is decided elsewhere.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Origin};

/// A configuration file larger than this is none.
const LARGEST: u64 = 1 << 20;

/// Names of a project's file in order of precedence, with the tables that are ours.
const PROJECT_FILES: &[(&str, &[&[&str]])] = &[
    ("docstring-ls.toml", &[&[]]),
    (".docstring-ls.toml", &[&[]]),
    ("pyproject.toml", &[&["tool", "docstring-ls"]]),
    (
        "Cargo.toml",
        &[&["package", "metadata", "docstring-ls"], &["workspace", "metadata", "docstring-ls"]],
    ),
];

/// A value as it stands in a layer.
#[derive(Debug)]
pub(super) struct Entry {
    /// Dotted name as written, not yet checked.
    pub(super) key: String,
    /// A table stands for itself as an empty object when it is empty or too deep.
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// A file with its values.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: Arc<PathBuf>,
    pub(super) entries: Vec<Entry>,
}

/// The text of a regular file of reasonable size; `None` if there is none.
///
/// # Errors
///
/// When it is there and cannot be read.
pub(super) fn read(path: &Path) -> Result<Option<String>, String> {
    let Ok(metadata) = std::fs::metadata(path) else { return Ok(None) };
    if !metadata.is_file() {
        return Ok(None);
    }
    if metadata.len() > LARGEST {
        return Err("larger than 1 MiB, which no configuration is".into());
    }
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
    file.take(LARGEST).read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(Some(text))
}

/// The folders in which a project's files may stand: from `start` up to the
/// repository's root or the one below the home folder.
pub(super) fn folders<'a>(
    start: &'a Path,
    home: Option<&'a Path>,
) -> impl Iterator<Item = &'a Path> {
    let mut is_over = false;
    start.ancestors().enumerate().map_while(move |(index, folder)| {
        if is_over || (index > 0 && home == Some(folder)) {
            return None;
        }
        is_over = folder.join(".git").exists();
        Some(folder)
    })
}

/// The home folder that the environment names.
pub(super) fn home(env: &HashMap<String, String>) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    env.get(name).map(PathBuf::from).filter(|path| path.is_absolute())
}

/// The path that a value names: from the root, below the home folder with `~/`, or
/// relative to the file that it stands in; `None` when it is relative to nothing.
pub(super) fn named(text: &str, origin: &Origin, env: &HashMap<String, String>) -> Option<PathBuf> {
    let folder = match origin {
        Origin::User(file, _) | Origin::Project(file, _) => file.parent(),
        _ => None,
    };
    match text.strip_prefix("~/") {
        Some(rest) => home(env).map(|home| home.join(rest)),
        None if Path::new(text).is_absolute() => Some(PathBuf::from(text)),
        None => folder.map(|folder| folder.join(text)),
    }
}

/// The nearest file of the project that holds a configuration.
///
/// # Errors
///
/// When such a file cannot be read.
pub(super) fn project(start: &Path, home: Option<&Path>) -> Result<Option<File>, ConfigError> {
    for folder in folders(start, home) {
        for (name, _) in PROJECT_FILES {
            let path = folder.join(name);
            if let Some(file) = load(&path, false)? {
                return Ok(Some(file));
            }
        }
    }
    Ok(None)
}

/// The files that hold a configuration and do not count, because a nearer one is read;
/// those that cannot be read are left out.
pub(super) fn passed_over(start: &Path, home: Option<&Path>) -> Vec<Arc<PathBuf>> {
    let paths = folders(start, home)
        .flat_map(|folder| PROJECT_FILES.iter().map(|(name, _)| folder.join(name)));
    let files = paths.filter_map(|path| load(&path, false).ok().flatten());
    files.skip(1).map(|file| file.path).collect()
}

/// Whether this is the manifest of a package: a part of the project wherever it is named.
pub(super) fn is_manifest(path: &Path) -> bool {
    let name = path.file_name();
    PROJECT_FILES.iter().any(|(known, tables)| {
        name.is_some_and(|name| name == *known) && tables.iter().all(|table| !table.is_empty())
    })
}

/// Reads one file; `None` if it is not there or holds no configuration of ours.
/// A file named `explicit`ly must hold one.
///
/// # Errors
///
/// When it cannot be read, is not TOML, or is missing although `explicit`.
pub(super) fn load(path: &Path, explicit: bool) -> Result<Option<File>, ConfigError> {
    let shared = Arc::new(path.to_path_buf());
    let at = |line, message: String| ConfigError {
        origin: Origin::Project(Arc::clone(&shared), line),
        message,
    };
    let text = match read(path) {
        Ok(Some(text)) => text,
        Ok(None) if explicit => return Err(at(1, "there is no such file".into())),
        Ok(None) => return Ok(None),
        Err(reason) => return Err(at(1, format!("it cannot be read: {reason}"))),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let tables = path
        .file_name()
        .and_then(|name| PROJECT_FILES.iter().find(|(known, _)| name == *known))
        .map_or(&[&[] as &[&str]] as &[&[&str]], |(_, tables)| tables);
    // A broken file that does not mention us is somebody else's concern.
    let is_ours = tables.iter().any(|table| table.is_empty());
    if !is_ours && !text.contains("docstring-ls") {
        return if explicit { Err(at(1, absent(tables))) } else { Ok(None) };
    }
    let root = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, span.start));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        at(line, format!("it is not valid TOML: {message}"))
    })?;
    let mut found = None;
    for keys in tables {
        let mut table = Some(root.get_ref());
        for key in *keys {
            table = table.and_then(|table| get(table, key)).and_then(DeValue::as_table);
        }
        if found.is_none() {
            found = table;
        }
    }
    let Some(table) = found else {
        return if explicit { Err(at(1, absent(tables))) } else { Ok(None) };
    };
    let entries = flatten(table)
        .into_iter()
        .map(|(key, value, offset)| Entry {
            key,
            value,
            origin: Origin::Project(Arc::clone(&shared), line_of(text, offset)),
        })
        .collect();
    Ok(Some(File { path: shared, entries }))
}

fn absent(tables: &[&[&str]]) -> String {
    let names: Vec<_> = tables.iter().map(|table| format!("`[{}]`", table.join("."))).collect();
    format!("it has no table {}", names.join(" or "))
}

fn get<'a, 'i>(table: &'a DeTable<'i>, key: &str) -> Option<&'a DeValue<'i>> {
    table.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value.get_ref())
}

/// Tables in tables that are looked into below a name of the top; deeper ones are
/// wrong wherever they are.
fn depth(name: &str) -> usize {
    // `[providers.<id>.headers]`
    if name == "providers" { 3 } else { 1 }
}

/// The values of a table and of the tables in it, each with the offset of its key.
fn flatten(table: &DeTable<'_>) -> Vec<(String, Value, usize)> {
    let mut all = Vec::new();
    let mut open: Vec<(String, usize, &DeTable<'_>)> = vec![(String::new(), 0, table)];
    while let Some((prefix, depth_left, table)) = open.pop() {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let depth = if prefix.is_empty() { depth(&name) } else { depth_left };
            match value.get_ref() {
                DeValue::Table(inner) if !inner.is_empty() && depth > 0 => {
                    open.push((format!("{name}."), depth - 1, inner));
                }
                other => all.push((name, json_of(other), key.span().start)),
            }
        }
    }
    all.sort_by_key(|(_, _, offset)| *offset);
    all
}

/// The JSON value of a scalar or a list of scalars.
fn json_of(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| json!(number.as_str()), Value::from),
        DeValue::Float(number) => {
            number.as_str().parse::<f64>().map_or_else(|_| json!(number.as_str()), Value::from)
        }
        DeValue::Boolean(flag) => json!(flag),
        DeValue::Datetime(moment) => json!(moment.to_string()),
        DeValue::Table(_) => Value::Object(Map::new()),
        DeValue::Array(items) => {
            let scalar = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
                DeValue::Array(_) => json!([]),
                other => json_of(other),
            };
            Value::Array(items.iter().map(scalar).collect())
        }
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
