//! Replaces the content of a file at once, or not at all.

use std::fs::{self, Metadata};
use std::io::Write;
use std::path::Path;

/// Why a file was left as it is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not the kind of file that may be replaced.
    Unfit(&'static str),
    /// Reading or writing failed.
    Io(String),
}

/// Puts `after` in the place of `before`: a new file in the same folder with the same
/// permissions and owner takes the name of the old one.
///
/// # Errors
///
/// When the file is not what it was when `before` was read, when replacing it would
/// break a link, or when it cannot be written. Its bytes are then untouched.
pub(super) fn replace(path: &Path, before: &[u8], after: &[u8]) -> Result<(), Refusal> {
    let metadata = fs::symlink_metadata(path).map_err(io)?;
    if metadata.is_symlink() {
        return Err(Refusal::Unfit("it is a symbolic link"));
    }
    if !metadata.is_file() {
        return Err(Refusal::Unfit("it is not a regular file"));
    }
    if links(&metadata) > 1 {
        return Err(Refusal::Unfit("it has several names (hard links), which would part"));
    }
    // Renaming over it would succeed all the same.
    if metadata.permissions().readonly() {
        return Err(Refusal::Io("it is read-only".into()));
    }
    let folder = path.parent().ok_or(Refusal::Unfit("it has no folder"))?;
    let mut file =
        tempfile::Builder::new().prefix(".docstring-ls-").tempfile_in(folder).map_err(io)?;
    file.write_all(after).map_err(io)?;
    keep_owner(file.path(), &metadata).map_err(io)?;
    fs::set_permissions(file.path(), metadata.permissions()).map_err(io)?;
    // Looked at as late as possible: whoever wrote in the meantime must not lose it.
    if fs::read(path).map_err(io)? != before {
        return Err(Refusal::Unfit("it changed while it was read"));
    }
    file.persist(path).map_err(|error| io(error.error))?;
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "it is the argument of map_err")]
fn io(error: std::io::Error) -> Refusal {
    Refusal::Io(error.to_string())
}

#[cfg(unix)]
fn links(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn links(_metadata: &Metadata) -> u64 {
    1
}

/// Gives the new file the owner of the old one, where that differs.
#[cfg(unix)]
fn keep_owner(path: &Path, old: &Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let new = fs::metadata(path)?;
    if (new.uid(), new.gid()) == (old.uid(), old.gid()) {
        return Ok(());
    }
    chown(path, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _old: &Metadata) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Refusal, replace};

    #[test]
    fn replaces_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.py");
        fs::write(&path, "old").unwrap();
        assert_eq!(replace(&path, b"old", b"new"), Ok(()));
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(
            replace(&path, b"old", b"newer"),
            Err(Refusal::Unfit("it changed while it was read"))
        );
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn links_and_read_only_files_stay_as_they_are() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a.py"), folder.path().join("b.py"));
        fs::write(&path, "old").unwrap();
        symlink(&path, &link).unwrap();
        assert_eq!(replace(&link, b"old", b"new"), Err(Refusal::Unfit("it is a symbolic link")));
        fs::remove_file(&link).unwrap();
        fs::hard_link(&path, &link).unwrap();
        assert!(matches!(replace(&link, b"old", b"new"), Err(Refusal::Unfit(_))));
        fs::remove_file(&link).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        assert_eq!(replace(&path, b"old", b"new"), Err(Refusal::Io("it is read-only".into())));
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }
}
