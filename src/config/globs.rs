//! Which files a project wants: `include` and `exclude`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Globs with the folder that they are relative to; they mean what they mean in `.gitignore`.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    root: PathBuf,
    include: Option<Arc<Gitignore>>,
    exclude: Option<Arc<Gitignore>>,
}

/// Whether a glob can be read.
///
/// # Errors
///
/// Why not.
pub(super) fn check(glob: &str) -> Result<(), String> {
    let mut builder = GitignoreBuilder::new("");
    builder.add_line(None, glob).map(|_| ()).map_err(|error| error.to_string())
}

fn matcher(root: &Path, globs: &[String]) -> Option<Arc<Gitignore>> {
    if globs.is_empty() {
        return None;
    }
    let mut builder = GitignoreBuilder::new(root);
    for glob in globs {
        // Checked when the value was read.
        let _ = builder.add_line(None, glob);
    }
    builder.build().ok().map(Arc::new)
}

impl Globs {
    pub(super) fn new(root: &Path, include: &[String], exclude: &[String]) -> Self {
        Self {
            root: root.to_path_buf(),
            include: matcher(root, include),
            exclude: matcher(root, exclude),
        }
    }

    /// Whether the folder or file, or a folder around it, is excluded.
    pub(super) fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        self.matches(self.exclude.as_deref(), path, is_folder)
    }

    /// Whether the file is among those asked for.
    pub(super) fn includes(&self, file: &Path) -> bool {
        self.include.is_none() || self.matches(self.include.as_deref(), file, false)
    }

    fn matches(&self, globs: Option<&Gitignore>, path: &Path, is_folder: bool) -> bool {
        let Some(globs) = globs else { return false };
        // A path outside the root would make the matcher panic.
        let Ok(inside) = path.strip_prefix(&self.root) else { return false };
        !inside.as_os_str().is_empty()
            && globs.matched_path_or_any_parents(inside, is_folder).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Globs, check};

    #[test]
    fn globs_are_relative_to_their_folder() {
        let globs =
            Globs::new(Path::new("/p"), &["src/**".into()], &["gen/".into(), "*_pb2.py".into()]);
        assert!(globs.includes(Path::new("/p/src/a.py")));
        assert!(!globs.includes(Path::new("/p/a.py")));
        assert!(!globs.includes(Path::new("/elsewhere/src/a.py")));
        assert!(globs.excludes(Path::new("/p/src/gen"), true));
        assert!(globs.excludes(Path::new("/p/src/gen/a.py"), false));
        assert!(globs.excludes(Path::new("/p/src/x_pb2.py"), false));
        assert!(!globs.excludes(Path::new("/p/src/a.py"), false));
    }

    #[test]
    fn a_glob_that_cannot_be_read_is_told() {
        assert!(check("src/**").is_ok());
        assert!(check("[z-a]").is_err());
    }
}
