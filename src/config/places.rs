//! Which files of a project configure it, which folders are not its own, and where the
//! platform keeps what is neither configuration nor cache.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::files::{self, home};

/// Folders that hold other people's code or products of a build (those that ruff
/// passes over as well); hidden ones are passed over anyway.
const VENDORED: &[&str] = &[
    "__pycache__",
    "__pypackages__",
    "_build",
    "_vendor",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "third_party",
    "vendor",
    "vendored",
    "venv",
];

/// The file that configures the project around `folder`, if there is one.
///
/// # Errors
///
/// When a file that may be it cannot be read.
#[expect(clippy::implicit_hasher, reason = "one type for the environment everywhere")]
pub fn project_file(
    folder: &Path,
    env: &HashMap<String, String>,
) -> Result<Option<PathBuf>, ConfigError> {
    let home = home(env);
    Ok(files::project(folder, home.as_deref())?.map(|file| file.path.to_path_buf()))
}

/// The files around `folder` that hold a configuration and are not read, because a
/// nearer one is: the nearest alone counts.
#[expect(clippy::implicit_hasher, reason = "one type for the environment everywhere")]
pub fn passed_over(folder: &Path, env: &HashMap<String, String>) -> Vec<PathBuf> {
    let found = files::passed_over(folder, home(env).as_deref());
    found.iter().map(|path| path.to_path_buf()).collect()
}

/// Whether a folder holds other people's code or products of a build.
pub fn is_foreign(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if name == "target" {
        // A package may well be called so; cargo marks its own.
        return path.join("CACHEDIR.TAG").exists() || path.with_file_name("Cargo.toml").exists();
    }
    if matches!(name.as_ref(), "build" | "dist" | "venv") && path.join("__init__.py").exists() {
        // A package that is called so, such as the standard library's `venv`.
        return false;
    }
    VENDORED.contains(&name.as_ref()) || path.join("pyvenv.cfg").exists()
}

/// Where statistics, the day's spending and what was learned about the providers are
/// kept: `docstring-ls/state.json` in the folder that the platform has for the state of
/// programs (`$XDG_STATE_HOME`, `~/.local/state`, `%LOCALAPPDATA%`).
#[expect(clippy::implicit_hasher, reason = "one type for the environment everywhere")]
pub fn state_file(env: &HashMap<String, String>) -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let named = env.get("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = if cfg!(windows) {
        env.get("LOCALAPPDATA").map(PathBuf::from).filter(|path| path.is_absolute())
    } else {
        named.or_else(|| home(env).map(|home| home.join(".local").join("state")))
    };
    let by_platform = || {
        let strategy = etcetera::choose_base_strategy().ok()?;
        Some(strategy.state_dir().unwrap_or_else(|| strategy.cache_dir()))
    };
    Some(folder.or_else(by_platform)?.join("docstring-ls").join("state.json"))
}

#[cfg(all(test, not(windows)))]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_where_the_state_is() {
        let file = |pairs: &[(&str, &str)]| {
            let env = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            state_file(&env).unwrap().display().to_string()
        };
        let home = ("HOME", "/home/u");
        assert_eq!(file(&[home]), "/home/u/.local/state/docstring-ls/state.json");
        assert_eq!(file(&[home, ("XDG_STATE_HOME", "/s")]), "/s/docstring-ls/state.json");
        let relative = ("XDG_STATE_HOME", "s");
        assert_eq!(file(&[home, relative]), "/home/u/.local/state/docstring-ls/state.json");
    }
}
