//! The code of a folder that prompts may quote: what git would show, nothing that the
//! configuration excludes, and no link.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::WalkBuilder;

use super::{Config, is_foreign};
use crate::generate::prompt::{Files, Stamp, Workspace};
use crate::syntax::language_of;

/// Longer files are not quoted, in bytes.
const LONGEST: u64 = 1 << 20;
/// Files and folders that are looked at, at most.
const VISITED: usize = 100_000;
/// Folders whose code is kept in mind.
const FOLDERS: usize = 16;

/// The texts that count instead of those on disk, by absolute path. As long as one does
/// not change, it is the same in memory.
pub type Open = Arc<dyn Fn() -> Vec<(PathBuf, Arc<str>)> + Send + Sync>;

/// The code of every folder that was asked about, kept in mind for the next question.
pub struct Workspaces {
    open: Open,
    known: Mutex<HashMap<(PathBuf, String), Arc<Workspace>>>,
}

impl Workspaces {
    /// Nothing is read before the first question.
    pub fn new(open: Open) -> Self {
        Self { open, known: Mutex::default() }
    }

    /// The code of `folder`, but for what `config` excludes; `None` when the user wants
    /// prompts to quote one file only, and for the root of a disk.
    pub fn of(&self, folder: &Path, config: &Arc<Config>) -> Option<Arc<Workspace>> {
        let value = |key: &str| config.values.get(key).map(|(value, _)| value);
        let is_narrow = value("prompts.code").is_some_and(|code| code == "file");
        if is_narrow || !folder.is_absolute() || folder.parent().is_none() {
            return None;
        }
        let excluded = value("exclude").map(ToString::to_string).unwrap_or_default();
        let key = (folder.to_path_buf(), excluded);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= FOLDERS && !known.contains_key(&key) {
            known.clear();
        }
        let workspace = known.entry(key).or_insert_with(|| {
            let (root, config) = (folder.to_path_buf(), Arc::clone(config));
            let folder = Folder { root, config, open: Arc::clone(&self.open) };
            Arc::new(Workspace::new(Box::new(folder)))
        });
        Some(Arc::clone(workspace))
    }
}

/// A folder on disk.
struct Folder {
    root: PathBuf,
    config: Arc<Config>,
    open: Open,
}

impl Folder {
    /// The path below the folder, with `/`; `None` for what is elsewhere, or may be.
    fn below(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.root).ok()?;
        let parts = inside.components().map(|part| match part {
            Component::Normal(name) => name.to_str(),
            _ => None,
        });
        let path = parts.collect::<Option<Vec<_>>>()?.join("/");
        (!path.is_empty()).then_some(path)
    }
}

impl Files for Folder {
    fn list(&self, stop: &dyn Fn() -> bool) -> Vec<(String, Stamp)> {
        let config = Arc::clone(&self.config);
        let walk = WalkBuilder::new(&self.root)
            .follow_links(false)
            // What is named there is private also before there is a repository.
            .require_git(false)
            .sort_by_file_name(std::ffi::OsStr::cmp)
            .filter_entry(move |entry| {
                let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
                entry.depth() == 0
                    || !(is_folder && is_foreign(entry.path())
                        || config.excludes(entry.path(), is_folder))
            })
            .build();
        let mut found = Vec::new();
        for entry in walk.take(VISITED).flatten() {
            if stop() {
                break;
            }
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            if !is_file || language_of(entry.path()).is_none() {
                continue;
            }
            if let Ok(metadata) = entry.metadata()
                && metadata.len() <= LONGEST
                && let Some(path) = self.below(entry.path())
            {
                let stamp = Stamp { modified: metadata.modified().ok(), bytes: metadata.len() };
                found.push((path, stamp));
            }
        }
        found
    }

    fn read(&self, path: &str) -> Option<Arc<str>> {
        let path = self.root.join(path);
        // It may have become a link since it was found.
        if !path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let mut text = String::new();
        let file = std::fs::File::open(path).ok()?;
        file.take(LONGEST + 1).read_to_string(&mut text).ok()?;
        u64::try_from(text.len()).is_ok_and(|bytes| bytes <= LONGEST).then(|| text.into())
    }

    fn open(&self) -> Vec<(String, Arc<str>)> {
        let texts = (self.open)().into_iter();
        let texts = texts.filter_map(|(path, text)| Some((self.below(&path)?, path, text)));
        let is_quoted = |path: &Path, text: &str| {
            text.len() as u64 <= LONGEST && !self.config.excludes(path, false)
        };
        let texts = texts.filter(|(_, path, text)| is_quoted(path, text));
        texts.map(|(inside, _, text)| (inside, text)).collect()
    }

    fn inside(&self, name: &str) -> Option<String> {
        self.below(Path::new(name))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::Arc;

    use super::{Files, Folder};

    fn folder(root: &Path) -> Folder {
        let open: super::Open = Arc::new(Vec::new);
        Folder { root: root.to_path_buf(), config: Arc::default(), open }
    }

    #[test]
    fn what_git_ignores_and_what_lies_elsewhere_is_not_quoted() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("project");
        for (path, text) in [
            (".git/HEAD", ""),
            (".gitignore", "secret/\n"),
            ("a.py", "A"),
            ("b/c.rs", "C"),
            ("b/d.txt", ""),
            ("secret/e.py", ""),
            ("node_modules/f.py", ""),
            (".hidden/g.py", ""),
            ("../outside.py", "O"),
        ] {
            let path = root.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::write(root.join("long.py"), "#".repeat((1 << 20) + 1)).unwrap();
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(home.path().join("outside.py"), root.join("l.py")).unwrap();
            std::os::unix::fs::symlink(home.path(), root.join("up")).unwrap();
        }
        let folder = folder(&root);
        let listed = folder.list(&|| false);
        let paths: Vec<&str> = listed.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["a.py", "b/c.rs"]);
        assert_eq!(folder.read("a.py").as_deref(), Some("A"));
        assert_eq!(folder.read("l.py"), None);
        assert!(folder.list(&|| true).is_empty());
    }

    #[test]
    fn only_what_is_below_is_inside() {
        let folder = folder(Path::new("/w/p"));
        assert_eq!(folder.inside("/w/p/a/b.py").as_deref(), Some("a/b.py"));
        for name in ["/w/p", "/w/px/a.py", "/w/p/../q/a.py", "a.py", "", "file:///w/p/a.py"] {
            assert_eq!(folder.inside(name), None, "{name}");
        }
    }
}
