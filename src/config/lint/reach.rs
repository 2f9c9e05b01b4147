//! What can be seen from outside as far as the folders and modules around a file decide it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::files;

/// Modules inside modules that are followed.
const DEEPEST: usize = 32;

/// Whether `folder` belongs to a Python package whose name, or that of one around it, begins
/// with an underscore (ruff's notion of a private module).
pub(super) fn is_private_package(folder: &Path) -> bool {
    let packages =
        folder.ancestors().take(DEEPEST).take_while(|folder| folder.join("__init__.py").exists());
    packages.filter_map(Path::file_name).any(|name| {
        let name = name.to_string_lossy();
        name.starts_with('_') && !(name.starts_with("__") && name.ends_with("__"))
    })
}

/// What the files of a crate say about their modules, each read once.
#[derive(Default)]
pub(in crate::config) struct Modules {
    declared: Mutex<HashMap<PathBuf, Arc<Declared>>>,
}

/// The modules that a file declares, and what it passes on.
#[derive(Default)]
struct Declared {
    is_there: bool,
    /// Whether each can be seen wherever the file can.
    modules: HashMap<String, bool>,
    /// Every name in a `pub use`.
    passed_on: HashSet<String>,
}

impl Modules {
    /// Whether something in the Rust file at `path` may be seen from outside of its crate:
    /// every module on the way is public, or something in it is passed on by `pub use`. Tests,
    /// benchmarks, examples and build scripts are not.
    ///
    /// What cannot be told counts as visible.
    pub(super) fn is_reachable(&self, path: &Path) -> bool {
        let Some(root) = path.ancestors().skip(1).find(|folder| folder.join("Cargo.toml").exists())
        else {
            return true;
        };
        let Ok(inside) = path.strip_prefix(root) else { return true };
        let first = inside.iter().next().unwrap_or_default();
        if ["tests", "benches", "examples", "build.rs"].iter().any(|name| first == *name) {
            return false;
        }
        let mut path = path.to_path_buf();
        for _ in 0..DEEPEST {
            let Some((name, parent)) = self.parent(&path, root) else { return true };
            let declared = self.declared(&parent);
            if declared.modules.get(&name) == Some(&false)
                && !declared.passed_on.contains(&name)
                && !self.declared(&root.join("src/lib.rs")).passed_on.contains(&name)
            {
                return false;
            }
            path = parent;
        }
        true
    }

    /// The name of the module in the file at `path`, and the file that declares it.
    fn parent(&self, path: &Path, root: &Path) -> Option<(String, PathBuf)> {
        let stem = path.file_stem()?.to_str()?;
        let folder = path.parent()?;
        if matches!(stem, "lib" | "main") {
            return None;
        }
        let (name, folder) = match stem {
            "mod" => (folder.file_name()?.to_str()?, folder.parent()?),
            _ => (stem, folder),
        };
        if !folder.starts_with(root) {
            return None;
        }
        let beside = folder.with_extension("rs");
        let candidates =
            [folder.join("mod.rs"), folder.join("lib.rs"), folder.join("main.rs"), beside];
        let parent =
            candidates.into_iter().find(|file| *file != path && self.declared(file).is_there)?;
        Some((name.to_owned(), parent))
    }

    fn declared(&self, path: &Path) -> Arc<Declared> {
        let mut known = self.declared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(path) {
            return Arc::clone(found);
        }
        let text = files::read(path).ok().flatten();
        let found = Arc::new(text.as_deref().map(declared).unwrap_or_default());
        known.insert(path.to_path_buf(), Arc::clone(&found));
        found
    }
}

/// Reads declarations line by line: they may stand in macros that choose platforms.
fn declared(text: &str) -> Declared {
    let mut found = Declared { is_there: true, ..Declared::default() };
    let mut is_hidden = false;
    let mut is_use = false;
    for line in text.lines() {
        let line = line.trim();
        if is_use || line.starts_with("pub use ") || line.starts_with("pub extern crate ") {
            let names = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            found.passed_on.extend(names.filter(|name| !name.is_empty()).map(str::to_owned));
            is_use = !line.contains(';');
            continue;
        }
        if line.starts_with('#') {
            is_hidden |= line.contains("doc(hidden)");
            continue;
        }
        let (is_public, rest) = match line.strip_prefix("pub") {
            Some(rest) if rest.starts_with('(') => {
                (false, rest.split_once(')').map_or("", |(_, rest)| rest))
            }
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let module = rest.trim_start().strip_prefix("mod ").and_then(|rest| rest.split_once(';'));
        if let Some((name, _)) = module {
            let is_seen = is_public && !is_hidden;
            // Declared for several platforms: seen if it is on one of them.
            let entry = found.modules.entry(name.trim().to_owned()).or_insert(is_seen);
            *entry |= is_seen;
        }
        if !line.is_empty() && !line.starts_with("//") {
            is_hidden = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Modules, is_private_package};

    #[test]
    fn a_module_is_seen_if_every_one_around_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("Cargo.toml", "");
        write(
            "src/lib.rs",
            "pub mod a;\nmod b;\npub(crate) mod c;\nmod d;\n#[doc(hidden)]\npub mod e;\nmod g;\n\
             cfg! {\n    pub mod f;\n}\npub use d::{\n    D,\n};\npub use crate::a::h::H;\n",
        );
        write("src/a/mod.rs", "mod inner;\npub mod open;\nmod h;\n");
        write("src/b.rs", "pub mod below;\n");
        for (name, expected) in [
            ("src/lib.rs", true),
            ("src/a/mod.rs", true),
            ("src/a/inner.rs", false),
            ("src/a/open.rs", true),
            ("src/a/h.rs", true),
            ("src/b.rs", false),
            ("src/b/below.rs", false),
            ("src/c.rs", false),
            ("src/d.rs", true),
            ("src/e.rs", false),
            ("src/f.rs", true),
            ("src/unknown.rs", true),
            ("src/bin/tool.rs", true),
            ("tests/all.rs", false),
            ("examples/one/main.rs", false),
            ("build.rs", false),
        ] {
            let path = folder.path().join(name);
            if !path.exists() {
                write(name, "");
            }
            assert_eq!(Modules::default().is_reachable(&path), expected, "{name}");
        }
    }

    #[test]
    fn an_underscore_hides_a_package() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("_work");
        for name in ["p/_q/r", "p/s", "_t"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        for name in ["p", "p/_q", "p/_q/r", "p/s"] {
            fs::write(root.join(name).join("__init__.py"), "").unwrap();
        }
        assert!(is_private_package(&root.join("p/_q")) && is_private_package(&root.join("p/_q/r")));
        assert!(!is_private_package(&root.join("p")) && !is_private_package(&root.join("p/s")));
        // Folders that are no packages are no one's business.
        assert!(!is_private_package(&root.join("_t")));
    }
}
