//! The configuration that holds for a folder, read when it is needed and kept for a
//! while. A faulty configuration is reported once; the last good one stays in force.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::ServeOptions;
use super::secrets::EditorSecrets;
use crate::config::{Config, Errors, Overrides, Sources};
use crate::provider::SecretStorage;

/// How long a configuration is believed without being told that it changed; for
/// clients that do not watch files.
const TRUSTED: Duration = Duration::from_mins(1);
/// Folders to remember.
const MAX_FOLDERS: usize = 256;

/// Reads configurations.
pub(crate) struct Settings {
    env: HashMap<String, String>,
    user_file: Option<PathBuf>,
    isolated: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    editor: Option<Value>,
    generation: u64,
    secrets: Option<Arc<EditorSecrets>>,
    folders: HashMap<Option<PathBuf>, Known>,
    reported: Option<String>,
}

struct Known {
    config: Arc<Config>,
    generation: u64,
    read: Instant,
}

/// A configuration, and what was wrong with it and has not been said yet.
pub(crate) struct Resolved {
    /// What holds.
    pub(crate) config: Arc<Config>,
    /// To be shown to the user.
    pub(crate) complaint: Option<String>,
}

impl Settings {
    /// The sources that the process was given.
    pub(crate) fn new(options: &ServeOptions) -> Self {
        Self {
            env: options.env.clone(),
            user_file: options.user_file.clone(),
            isolated: options.isolated,
            state: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the settings of the editor; `None` leaves them as they are. In any case
    /// everything is read anew from now on.
    pub(crate) fn refresh(&self, editor: Option<Value>) {
        let mut state = self.lock();
        state.generation += 1;
        state.reported = None;
        if editor.is_some() {
            state.editor = editor;
        }
    }

    /// Where the editor keeps keys.
    pub(crate) fn keep_keys_in(&self, secrets: Arc<EditorSecrets>) {
        self.lock().secrets = Some(secrets);
    }

    /// A key that the editor keeps was stored or removed.
    pub(crate) fn key_changed(&self) {
        if let Some(secrets) = &self.lock().secrets {
            secrets.changed();
        }
    }

    /// Counts the changes, for what is derived from a configuration.
    pub(crate) fn generation(&self) -> u64 {
        self.lock().generation
    }

    /// The configuration for the files in `folder`. Reads files: not for the reader task.
    pub(crate) fn of_folder(&self, folder: Option<&Path>) -> Resolved {
        let key = folder.map(Path::to_path_buf);
        let (editor, secrets, generation) = {
            let state = self.lock();
            if let Some(known) = state.folders.get(&key)
                && known.generation == state.generation
                && known.read.elapsed() < TRUSTED
            {
                return Resolved { config: Arc::clone(&known.config), complaint: None };
            }
            (state.editor.clone(), state.secrets.clone(), state.generation)
        };
        let loaded = Config::load(&Sources {
            start: key.clone(),
            env: self.env.clone(),
            user_file: self.user_file.clone(),
            explicit: None,
            isolated: self.isolated,
            editor,
            flags: Overrides::default(),
            secrets: secrets.map(|secrets| secrets as Arc<dyn SecretStorage>),
        });
        self.keep(key, generation, loaded)
    }

    fn keep(
        &self,
        key: Option<PathBuf>,
        generation: u64,
        loaded: Result<Config, Errors>,
    ) -> Resolved {
        let mut state = self.lock();
        let mut complaint = None;
        let config = match loaded {
            Ok(config) => Arc::new(config),
            Err(errors) => {
                let text = errors.to_string();
                if state.reported.as_ref() != Some(&text) {
                    state.reported = Some(text.clone());
                    complaint = Some(text);
                }
                match state.folders.get(&key) {
                    Some(known) => Arc::clone(&known.config),
                    None => Arc::new(Config::default()),
                }
            }
        };
        if state.folders.len() >= MAX_FOLDERS && !state.folders.contains_key(&key) {
            state.folders.clear();
        }
        let known = Known { config: Arc::clone(&config), generation, read: Instant::now() };
        state.folders.insert(key, known);
        Resolved { config, complaint }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::{ServeOptions, Settings};

    fn settings() -> Settings {
        Settings::new(&ServeOptions { isolated: true, ..ServeOptions::default() })
    }

    #[test]
    fn a_fault_is_reported_once_and_the_last_good_configuration_stays() {
        let settings = settings();
        let folder = Some(Path::new("/nowhere"));
        settings.refresh(Some(json!({"scope": "all"})));
        assert!(settings.of_folder(folder).complaint.is_none());
        settings.refresh(Some(json!({"scope": "everything"})));
        let faulty = settings.of_folder(folder);
        assert!(faulty.complaint.unwrap().contains("everything"));
        let scope = faulty.config.settings().find(|setting| setting.key == "scope").unwrap();
        assert_eq!(scope.value, "all");
        assert!(settings.of_folder(None).complaint.is_none(), "said once");
    }
}
