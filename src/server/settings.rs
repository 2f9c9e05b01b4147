//! The configuration that holds for a folder, read when it is needed and kept for a
//! while. A faulty configuration is reported once; the last good one stays in force.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::ServeOptions;
use super::secrets::EditorSecrets;
use crate::config::{Config, ConfigError, Errors, Origin, Overrides, Sources};
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
    /// What is wrong in which folder, and since which generation.
    wrong: HashMap<Option<PathBuf>, (u64, Vec<ConfigError>)>,
    /// The faults in files that the client knows of.
    shown: Faults,
}

/// Faults by file: the one-based line, and a sentence.
pub(crate) type Faults = BTreeMap<PathBuf, BTreeSet<(usize, String)>>;

impl State {
    /// The files whose faults are no longer what the client knows, with what they are now.
    fn news(&mut self) -> Faults {
        let mut now = Faults::new();
        for error in self.wrong.values().flat_map(|(_, errors)| errors) {
            if let Origin::User(file, line) | Origin::Project(file, line) = &error.origin {
                let fault = (*line, error.message.clone());
                now.entry(file.to_path_buf()).or_default().insert(fault);
            }
        }
        let mut news = Faults::new();
        for file in self.shown.keys().filter(|file| !now.contains_key(*file)) {
            news.insert(file.clone(), BTreeSet::new());
        }
        for (file, faults) in &now {
            if self.shown.get(file) != Some(faults) {
                news.insert(file.clone(), faults.clone());
            }
        }
        self.shown = now;
        news
    }
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
    /// The files whose faults have changed.
    pub(crate) faults: Faults,
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

    /// The user's own configuration file, which need not exist.
    pub(crate) fn user_file(&self) -> Option<&Path> {
        self.user_file.as_deref().filter(|_| !self.isolated)
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
                let config = Arc::clone(&known.config);
                return Resolved { config, complaint: None, faults: Faults::new() };
            }
            (state.editor.clone(), state.secrets.clone(), state.generation)
        };
        let sources = Sources {
            start: key.clone(),
            env: self.env.clone(),
            user_file: self.user_file.clone(),
            explicit: None,
            isolated: self.isolated,
            editor,
            flags: Overrides::default(),
            secrets: secrets.map(|secrets| secrets as Arc<dyn SecretStorage>),
        };
        let loaded = Config::load(&sources);
        let has_good = self.lock().folders.contains_key(&key);
        let instead = (loaded.is_err() && !has_good).then(|| without_files(sources));
        self.keep(key, generation, loaded, instead)
    }

    /// Forgets what was wrong where nobody looks any more: the faults that are to be
    /// taken back. Called when everything that matters has been read anew.
    pub(crate) fn settle(&self) -> Faults {
        let mut state = self.lock();
        let generation = state.generation;
        state.wrong.retain(|_, (since, _)| *since == generation);
        state.news()
    }

    /// `instead` is what holds when nothing good was ever known.
    fn keep(
        &self,
        key: Option<PathBuf>,
        generation: u64,
        loaded: Result<Config, Errors>,
        instead: Option<Config>,
    ) -> Resolved {
        let mut state = self.lock();
        let mut complaint = None;
        let config = match loaded {
            Ok(config) => {
                state.wrong.remove(&key);
                Arc::new(config)
            }
            Err(errors) => {
                let text = errors.to_string();
                if state.reported.as_ref() != Some(&text) {
                    state.reported = Some(text.clone());
                    complaint = Some(text);
                }
                state.wrong.insert(key.clone(), (generation, errors.0));
                match state.folders.get(&key) {
                    Some(known) => Arc::clone(&known.config),
                    None => Arc::new(instead.unwrap_or_default()),
                }
            }
        };
        let faults = state.news();
        if state.folders.len() >= MAX_FOLDERS && !state.folders.contains_key(&key) {
            state.folders.clear();
            state.wrong.clear();
        }
        let known = Known { config: Arc::clone(&config), generation, read: Instant::now() };
        state.folders.insert(key, known);
        Resolved { config, complaint, faults }
    }
}

/// What holds when a file is broken and was never good: the sources above it.
fn without_files(sources: Sources) -> Config {
    let without_project = Sources { start: None, ..sources };
    Config::load(&without_project).unwrap_or_else(|_| {
        let without_any = Sources { user_file: None, ..without_project };
        Config::load(&without_any).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use serde_json::json;

    use super::{Config, ServeOptions, Settings};

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

    #[test]
    fn faults_in_files_are_news_until_they_are_mended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("docstring-ls.toml");
        let settings = Settings::new(&ServeOptions::default());
        settings.refresh(Some(json!({"line-length": 70})));
        std::fs::write(&file, "scope = \"all\"\nline-lenght = 5\n").unwrap();
        let read = || settings.of_folder(Some(folder.path()));
        let broken = read();
        let (named, faults) = broken.faults.into_iter().next().unwrap();
        let (line, message) = faults.into_iter().next().unwrap();
        assert_eq!((named, line), (file.clone(), 2));
        assert!(message.contains("did you mean `line-length`"), "{message}");
        let value = |config: &Config, key: &str| {
            let mut settings = config.settings();
            settings.find(|setting| setting.key == key).map(|setting| setting.value)
        };
        assert_eq!(value(&broken.config, "line-length"), Some(json!(70)), "the editor's holds");
        assert!(read().faults.is_empty(), "it is no news any more");
        std::fs::write(&file, "scope = \"all\"\n").unwrap();
        settings.refresh(None);
        let mended = read();
        assert_eq!(mended.faults.get(&file).map(BTreeSet::len), Some(0));
        assert_eq!(value(&mended.config, "scope"), Some(json!("all")));
        // Broken again, and then out of sight.
        std::fs::write(&file, "scope = 5\n").unwrap();
        settings.refresh(None);
        assert_eq!(read().faults.len(), 1);
        settings.refresh(None);
        assert_eq!(settings.settle().get(&file).map(BTreeSet::len), Some(0));
    }
}
