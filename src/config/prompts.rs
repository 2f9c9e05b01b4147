//! The wording of prompts: instructions, and templates in a folder.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use super::error::{ConfigError, Origin};
use super::files;
use super::layers::Layers;
use crate::generate::prompt::Templates;

/// What template files end with.
const ENDING: &str = ".jinja";
/// Templates in a folder: there are not that many names.
const MOST: usize = 100;
/// Bytes of a file that are read; a template may be shorter still.
const LONGEST: u64 = 64 * 1024;

/// The templates that the configuration asks for.
///
/// # Errors
///
/// A folder that cannot be used, or a template that cannot be rendered.
pub(super) fn templates(
    layers: &Layers,
    env: &HashMap<String, String>,
) -> Result<Arc<Templates>, ConfigError> {
    let set = |name: &str| {
        let (value, origin) = layers.values.get(name)?;
        Some((value.as_str()?, origin))
    };
    let folder = set("prompts.templates").filter(|(folder, _)| *folder != "none");
    let wishes = set("prompts.instructions").filter(|(text, _)| !text.trim().is_empty());
    let Some((_, origin)) = folder.or(wishes) else { return Ok(Templates::built_in()) };
    let wrong = |message: String| ConfigError { origin: origin.clone(), message };
    let mut overrides = match folder {
        Some((folder, origin)) => read(folder, origin, env).map_err(wrong)?,
        None => BTreeMap::new(),
    };
    if let Some((text, _)) = wishes {
        overrides.insert("house".to_owned(), text.to_owned());
    }
    Templates::new(overrides).map(Arc::new).map_err(|error| wrong(error.to_string()))
}

/// The templates of a folder, by name.
fn read(
    folder: &str,
    origin: &Origin,
    env: &HashMap<String, String>,
) -> Result<BTreeMap<String, String>, String> {
    let named = |what: &str| format!("`prompts.templates` is \"{folder}\", which {what}");
    let path = files::named(folder, origin, env)
        .ok_or_else(|| named("is relative to nothing: name it from the root, or from `~/`"))?;
    let resolved = fs::canonicalize(&path)
        .map_err(|error| named(&format!("cannot be opened ({})", error.kind())))?;
    let project = match origin {
        Origin::Project(file, _) => file.parent(),
        _ => None,
    };
    if let Some(project) = project {
        check_inside(&resolved, project).map_err(|what| named(&what))?;
    }
    let entries = fs::read_dir(&resolved)
        .map_err(|error| named(&format!("cannot be listed ({})", error.kind())))?;
    let mut found = BTreeMap::new();
    for entry in entries.flatten() {
        let file = entry.file_name();
        let Some(name) = file.to_str().and_then(|name| name.strip_suffix(ENDING)) else { continue };
        if found.len() == MOST {
            return Err(named("holds too many templates"));
        }
        if let Some(project) = project {
            let target = fs::canonicalize(entry.path());
            let target = target.map_err(|_| named(&format!("has a lost link `{name}{ENDING}`")))?;
            check_inside(&target, project).map_err(|what| named(&what))?;
        }
        let mut text = String::new();
        fs::File::open(entry.path())
            .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
            .map_err(|error| {
                named(&format!("has `{name}{ENDING}`, which cannot be read ({})", error.kind()))
            })?;
        found.insert(name.to_owned(), text);
    }
    if found.is_empty() {
        return Err(named("holds no files such as `system.jinja`"));
    }
    Ok(found)
}

/// A project decides about its own files only: what a template says is sent to providers.
fn check_inside(path: &Path, project: &Path) -> Result<(), String> {
    let project = fs::canonicalize(project);
    if project.is_ok_and(|project| path.starts_with(project)) {
        Ok(())
    } else {
        Err("is outside of the project whose file names it".to_owned())
    }
}
