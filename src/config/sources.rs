//! What a configuration is read from.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::error::Origin;
use super::files::{self, Entry};
use crate::provider::SecretStorage;

/// Everything that a configuration is made of.
#[derive(Clone, Default)]
pub struct Sources {
    /// The folder from which the project's file is looked for, upwards.
    pub start: Option<PathBuf>,
    /// The environment, see [`environment`].
    pub env: HashMap<String, String>,
    /// The user's file, see [`user_file`]; it need not exist.
    pub user_file: Option<PathBuf>,
    /// A file that takes the place of the project's (`--config`). It speaks for the
    /// user, who named it, unless it is the manifest of a package.
    pub explicit: Option<PathBuf>,
    /// Read no configuration file at all, no linter's either (`--isolated`).
    pub isolated: bool,
    /// Settings that the editor sent.
    pub editor: Option<Value>,
    /// Switches of the command line.
    pub flags: Overrides,
    /// Where the editor keeps keys, if it does.
    pub secrets: Option<Arc<dyn SecretStorage>>,
}

/// Switches of the command line that stand above every other source.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--style`.
    pub style: Option<String>,
    /// `--provider`.
    pub provider: Option<String>,
    /// `--scope`.
    pub scope: Option<String>,
    /// `--include`.
    pub include: Vec<String>,
    /// `--exclude`.
    pub exclude: Vec<String>,
    /// The folder that these globs are relative to.
    pub root: Option<PathBuf>,
}

/// The environment of the process: variables whose name and value are Unicode.
pub fn environment() -> HashMap<String, String> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Where the user's own file is: `docstring-ls/config.toml` in the folder that the
/// platform has for configurations (`$XDG_CONFIG_HOME`, `~/.config`, `%APPDATA%`).
#[expect(clippy::implicit_hasher, reason = "one type for the environment everywhere")]
pub fn user_file(env: &HashMap<String, String>) -> Option<PathBuf> {
    use etcetera::BaseStrategy;
    let named = env.get("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = if cfg!(windows) {
        None
    } else {
        named.or_else(|| files::home(env).map(|home| home.join(".config")))
    };
    let folder = folder.or_else(|| Some(etcetera::choose_base_strategy().ok()?.config_dir()))?;
    Some(folder.join("docstring-ls").join("config.toml"))
}

/// Without what the environment holds: keys are in it.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources")
            .field("start", &self.start)
            .field("user_file", &self.user_file)
            .field("explicit", &self.explicit)
            .field("isolated", &self.isolated)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

impl Overrides {
    /// The switches that were given.
    pub(super) fn entries(&self) -> Vec<Entry> {
        let words = [("style", &self.style), ("provider", &self.provider), ("scope", &self.scope)];
        let words =
            words.into_iter().filter_map(|(key, word)| Some((key, word.as_deref()?.into())));
        let globs = [("include", &self.include), ("exclude", &self.exclude)];
        let globs = globs.into_iter().filter(|(_, globs)| !globs.is_empty());
        let globs = globs.map(|(key, globs)| (key, Value::from(globs.as_slice())));
        words
            .chain(globs)
            .map(|(key, value)| Entry {
                key: key.to_owned(),
                value,
                origin: Origin::Flag(format!("--{key}")),
            })
            .collect()
    }
}
