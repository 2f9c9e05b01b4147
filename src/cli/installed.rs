//! What an editor finds when it looks for the server, and where it keeps what the server
//! says: most trouble in an editor is another program, or none, on its `PATH`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What editors start unless they are told otherwise.
const NAME: &str = if cfg!(windows) { "docstring-ls.exe" } else { "docstring-ls" };

/// Where this program is, and which one the `PATH` leads to.
pub(super) fn program(env: &HashMap<String, String>) -> Vec<String> {
    let this = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    let shown = this.as_deref().map_or("its place is not known".into(), Path::to_string_lossy);
    vec![shown.into_owned(), on_path(this.as_deref(), env)]
}

fn on_path(this: Option<&Path>, env: &HashMap<String, String>) -> String {
    let folders = env.get("PATH").map(String::as_str).unwrap_or_default();
    let mut found = std::env::split_paths(folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(NAME))
        .filter(|path| is_program(path));
    let Some(first) = found.next() else {
        return format!(
            "not on the PATH: an editor does not find `{NAME}` unless it is given this place"
        );
    };
    if first.canonicalize().ok().as_deref() == this {
        return "on the PATH: an editor that was started from here starts this one".to_owned();
    }
    format!("the PATH leads to another one, which editors start: {}", first.display())
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// The variables that stand above the configuration files, without their values.
pub(super) fn variables(env: &HashMap<String, String>) -> Option<String> {
    let mut names: Vec<&str> =
        env.keys().map(String::as_str).filter(|name| name.starts_with("DOCSTRING_LS_")).collect();
    names.sort_unstable();
    (!names.is_empty()).then(|| format!("from the environment: {}", names.join(", ")))
}

/// The logs that are there of editors which write what a server says into a file.
pub(super) fn logs(env: &HashMap<String, String>) -> Vec<String> {
    let folder = |name: &str, below: &str| {
        let named = env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        named.or_else(|| Some(Path::new(env.get("HOME")?).join(below)))
    };
    let (state, cache) = if cfg!(windows) {
        let local = env.get("LOCALAPPDATA").map(PathBuf::from);
        (local.as_ref().map(|path| path.join("nvim-data")), local)
    } else {
        let state = folder("XDG_STATE_HOME", ".local/state").map(|path| path.join("nvim"));
        (state, folder("XDG_CACHE_HOME", ".cache"))
    };
    let places = [
        ("Neovim", state.map(|folder| folder.join("lsp.log"))),
        ("Helix", cache.map(|folder| folder.join("helix").join("helix.log"))),
    ];
    let mut lines: Vec<String> = places
        .into_iter()
        .filter_map(|(editor, path)| {
            let path = path.filter(|path| path.is_file())?;
            Some(format!("{editor}: {}", path.display()))
        })
        .collect();
    if lines.is_empty() {
        lines.push("stderr, which the editor shows or keeps".to_owned());
    }
    lines
}

#[cfg(all(test, unix))]
mod tests {
    use std::collections::HashMap;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::Path;

    use super::{logs, on_path, variables};

    fn env(pairs: &[(&str, &Path)]) -> HashMap<String, String> {
        let pairs = pairs.iter();
        pairs.map(|(name, value)| ((*name).to_owned(), value.display().to_string())).collect()
    }

    #[test]
    fn tells_which_program_an_editor_starts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (this, bin) = (root.join("this"), root.join("bin"));
        fs::create_dir(&bin).unwrap();
        fs::write(&this, "").unwrap();
        let said = || on_path(Some(&this), &env(&[("PATH", &bin)]));

        assert!(said().starts_with("not on the PATH"));
        fs::write(bin.join("docstring-ls"), "").unwrap();
        assert!(said().starts_with("not on the PATH"), "it cannot be run");
        fs::set_permissions(bin.join("docstring-ls"), PermissionsExt::from_mode(0o755)).unwrap();
        let other = format!(
            "the PATH leads to another one, which editors start: {}",
            bin.join("docstring-ls").display()
        );
        assert_eq!(said(), other);
        fs::remove_file(bin.join("docstring-ls")).unwrap();
        symlink(&this, bin.join("docstring-ls")).unwrap();
        fs::set_permissions(&this, PermissionsExt::from_mode(0o755)).unwrap();
        assert!(said().starts_with("on the PATH"));
        assert!(on_path(Some(&this), &HashMap::new()).starts_with("not on the PATH"));
    }

    #[test]
    fn names_the_logs_that_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let here = env(&[("HOME", folder.path())]);
        assert_eq!(logs(&here), ["stderr, which the editor shows or keeps"]);
        let log = folder.path().join(".local/state/nvim/lsp.log");
        fs::create_dir_all(log.parent().unwrap()).unwrap();
        fs::write(&log, "").unwrap();
        assert_eq!(logs(&here), [format!("Neovim: {}", log.display())]);
    }

    #[test]
    fn values_of_variables_are_not_shown() {
        let secret =
            env(&[("DOCSTRING_LS_B", Path::new("secret")), ("DOCSTRING_LS_A", Path::new("x"))]);
        let line = variables(&secret).unwrap();
        assert_eq!(line, "from the environment: DOCSTRING_LS_A, DOCSTRING_LS_B");
        assert_eq!(variables(&HashMap::new()), None);
    }
}
