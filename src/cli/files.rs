//! Which files are meant: paths, folders as git sees them, changed files.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context, bail};
use ignore::WalkBuilder;

use crate::config::{Config, Sources, is_foreign, project_file};
use crate::docstring::Language;
use crate::syntax::language_of;

/// A file to be documented.
#[derive(Clone)]
pub(super) struct Target {
    /// Absolute.
    pub(super) path: PathBuf,
    /// As it is shown: relative to the current folder where possible.
    pub(super) shown: PathBuf,
    pub(super) language: Language,
    /// Named on the command line, not found in a folder.
    pub(super) is_explicit: bool,
    pub(super) config: Arc<Config>,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// In the order of their paths, each once.
    pub(super) targets: Vec<Target>,
    /// Paths that cannot be documented, with the reason.
    pub(super) refused: Vec<(PathBuf, String)>,
}

/// The configurations of the folders that were met.
pub(super) struct Configs {
    sources: Sources,
    cwd: PathBuf,
    by_folder: HashMap<PathBuf, Arc<Config>>,
    by_file: HashMap<Option<PathBuf>, Arc<Config>>,
}

impl Configs {
    pub(super) fn new(sources: Sources, cwd: &Path) -> Self {
        let (by_folder, by_file) = (HashMap::new(), HashMap::new());
        Self { sources, cwd: cwd.to_path_buf(), by_folder, by_file }
    }

    /// The configuration that holds in `folder`.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn of(&mut self, folder: &Path) -> anyhow::Result<Arc<Config>> {
        if let Some(config) = self.by_folder.get(folder) {
            return Ok(Arc::clone(config));
        }
        let is_single = self.sources.isolated || self.sources.explicit.is_some();
        let file = if is_single { None } else { project_file(folder, &self.sources.env)? };
        let config = if let Some(config) = self.by_file.get(&file) {
            Arc::clone(config)
        } else {
            // Without a file of the project, globs are relative to the current folder.
            let is_here = file.is_none() && (is_single || folder.starts_with(&self.cwd));
            let start = if is_here { self.cwd.clone() } else { folder.to_path_buf() };
            let sources = Sources { start: Some(start), ..self.sources.clone() };
            let config = Arc::new(Config::load(&sources)?);
            self.by_file.insert(file, Arc::clone(&config));
            config
        };
        self.by_folder.insert(folder.to_path_buf(), Arc::clone(&config));
        Ok(config)
    }
}

/// Finds the files that `paths` name: files as they are, folders walked.
///
/// # Errors
///
/// When a configuration is wrong.
pub(super) fn find(
    paths: &[PathBuf],
    only: Option<&[PathBuf]>,
    cwd: &Path,
    configs: &mut Configs,
) -> anyhow::Result<Found> {
    let mut search = Search { found: BTreeMap::new(), refused: Vec::new(), cwd, configs };
    if let Some(changed) = only {
        let roots: Vec<PathBuf> = paths.iter().map(|path| normalize(&cwd.join(path))).collect();
        for path in changed.iter().filter(|path| roots.iter().any(|root| path.starts_with(root))) {
            let is_file = path.symlink_metadata().is_ok_and(|data| data.is_file());
            if is_file && !search.is_vendored(path) {
                search.walked(path)?;
            }
        }
    } else {
        for path in paths {
            search.path(path)?;
        }
    }
    Ok(Found { targets: search.found.into_values().collect(), refused: search.refused })
}

struct Search<'a> {
    found: BTreeMap<PathBuf, Target>,
    refused: Vec<(PathBuf, String)>,
    cwd: &'a Path,
    configs: &'a mut Configs,
}

impl Search<'_> {
    /// A path of the command line.
    fn path(&mut self, given: &Path) -> anyhow::Result<()> {
        let path = normalize(&self.cwd.join(given));
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) => {
                self.refused.push((given.to_path_buf(), reason(&error)));
                return Ok(());
            }
        };
        if metadata.is_dir() {
            return self.folder(&path);
        }
        if !metadata.is_file() {
            self.refused.push((given.to_path_buf(), "it is not a regular file".into()));
            return Ok(());
        }
        let Some(language) = language_of(&path) else {
            let message = "it is neither Python (.py, .pyi) nor Rust (.rs)";
            self.refused.push((given.to_path_buf(), message.into()));
            return Ok(());
        };
        // A link that was named is followed, so that its target is what gets written.
        let is_link = path.symlink_metadata().is_ok_and(|data| data.is_symlink());
        let path = if is_link { path.canonicalize()? } else { path };
        let config = self.configs.of(path.parent().unwrap_or(self.cwd))?;
        self.insert(path, language, true, config);
        Ok(())
    }

    /// Everything below a folder that is ours to document.
    fn folder(&mut self, root: &Path) -> anyhow::Result<()> {
        let config = self.configs.of(root)?;
        let walk = WalkBuilder::new(root)
            .follow_links(false)
            .filter_entry(move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                entry.depth() == 0
                    || !(is_folder && is_foreign(entry.path())
                        || config.excludes(entry.path(), is_folder))
            })
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => {
                    if entry.file_type().is_some_and(|kind| kind.is_file()) {
                        self.walked(entry.path())?;
                    }
                }
                Err(error) => self.refused.push((root.to_path_buf(), error.to_string())),
            }
        }
        Ok(())
    }

    /// A file that was not named.
    fn walked(&mut self, path: &Path) -> anyhow::Result<()> {
        let Some(language) = language_of(path) else { return Ok(()) };
        let config = self.configs.of(path.parent().unwrap_or(self.cwd))?;
        if config.selects(path) {
            self.insert(path.to_path_buf(), language, false, config);
        }
        Ok(())
    }

    fn insert(
        &mut self,
        path: PathBuf,
        language: Language,
        is_explicit: bool,
        config: Arc<Config>,
    ) {
        let shown = path.strip_prefix(self.cwd).unwrap_or(&path).to_path_buf();
        let target = Target { path: path.clone(), shown, language, is_explicit, config };
        let entry = self.found.entry(path).or_insert(target);
        entry.is_explicit |= is_explicit;
    }

    /// Whether a folder on the way to `path`, below the current one, is passed over.
    fn is_vendored(&self, path: &Path) -> bool {
        path.ancestors().skip(1).take_while(|folder| *folder != self.cwd).any(|folder| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            is_foreign(folder) || (name.starts_with('.') && name.len() > 2)
        })
    }
}

/// The path without `.` and `..`, by its text alone.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

fn reason(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder".into(),
        _ => error.to_string(),
    }
}

/// Files that differ from `revision` or are new, as git says.
///
/// # Errors
///
/// Without git, outside of a repository, or when there is no such revision.
pub(super) fn changed(cwd: &Path, revision: &str) -> anyhow::Result<Vec<PathBuf>> {
    // It would be an option of git.
    if revision.starts_with('-') {
        bail!("`{revision}` is not a revision");
    }
    let top = git(cwd, &["rev-parse", "--show-toplevel"])?;
    let top = path_of(top.strip_suffix(b"\n").unwrap_or(&top));
    let others = &["ls-files", "-z", "--others", "--exclude-standard"] as &[&str];
    let lists =
        if revision == "HEAD" && git(&top, &["rev-parse", "-q", "--verify", "HEAD"]).is_err() {
            // A repository without a commit: everything is new.
            vec![git(&top, &["ls-files", "-z", "--cached"])?, git(&top, others)?]
        } else {
            let diff =
                ["diff", "--name-only", "-z", "--no-ext-diff", "--diff-filter=d", revision, "--"];
            vec![git(&top, &diff)?, git(&top, others)?]
        };
    let names = lists.iter().flat_map(|list| list.split(|byte| *byte == 0));
    let names = names.filter(|name| !name.is_empty());
    // git resolves links in the folder's own path; ours are as the shell has them.
    let real = cwd.canonicalize().unwrap_or_else(|_| cwd.to_path_buf());
    Ok(names
        .map(|name| {
            let path = top.join(path_of(name));
            path.strip_prefix(&real).map(|inside| cwd.join(inside)).unwrap_or(path)
        })
        .collect())
}

/// Runs git so that nothing in the repository's configuration is executed.
fn git(folder: &Path, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("git")
        .args(["-c", "core.fsmonitor=false"])
        .args(arguments)
        .current_dir(folder)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .output()
        .context("`--changed` needs git, which cannot be run")?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        let line = message.lines().next().unwrap_or("it failed");
        bail!("`--changed`: git says: {line}");
    }
    Ok(output.stdout)
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}
