//! Which files a project wants: `include` and `exclude`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Globs with the folder that they are relative to; they mean what they mean in `.gitignore`.
#[derive(Clone, Debug)]
pub(super) struct Globs {
    root: PathBuf,
    matcher: Arc<Gitignore>,
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

impl Globs {
    /// `None` when there are none.
    pub(super) fn new(root: &Path, globs: &[&str]) -> Option<Self> {
        if globs.is_empty() {
            return None;
        }
        let mut builder = GitignoreBuilder::new(root);
        for glob in globs {
            // Checked when the value was read.
            let _ = builder.add_line(None, glob);
        }
        Some(Self { root: root.to_path_buf(), matcher: Arc::new(builder.build().ok()?) })
    }

    /// Whether one of them names this file or folder, or a folder around it.
    pub(super) fn matches(&self, path: &Path, is_folder: bool) -> bool {
        // A path outside the root would make the matcher panic.
        let Ok(inside) = path.strip_prefix(&self.root) else { return false };
        !inside.as_os_str().is_empty()
            && self.matcher.matched_path_or_any_parents(inside, is_folder).is_ignore()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Globs, check};

    #[test]
    fn globs_are_relative_to_their_folder() {
        let globs = Globs::new(Path::new("/p"), &["src/**", "gen/", "*_pb2.py"]).unwrap();
        let file = |path: &str| globs.matches(Path::new(path), false);
        assert!(file("/p/src/a.py"));
        assert!(file("/p/lib/x_pb2.py"));
        assert!(file("/p/lib/gen/a.py"));
        assert!(globs.matches(Path::new("/p/lib/gen"), true));
        assert!(!file("/p/lib/a.py"));
        assert!(!file("/p/lib/src/a.py"));
        assert!(!file("/elsewhere/src/a.py"));
        assert!(Globs::new(Path::new("/p"), &[]).is_none());
    }

    #[test]
    fn a_glob_that_cannot_be_read_is_told() {
        assert!(check("src/**").is_ok());
        assert!(check("[z-a]").is_err());
    }
}
