//! The configuration: what the user chose, where, and what follows for a file.
//!
//! Layers, each over the one before: defaults, the user's file, the project's
//! nearest file, editor settings, environment, switches. A project's file may
//! choose how docstrings look, never where code is sent.
//!
//! Nothing here looks at the process: the environment comes in as a map.

mod address;
mod allowed;
mod answers;
mod code;
mod connect;
mod editor;
mod error;
mod files;
mod globs;
mod keys;
mod layers;
mod lint;
mod linters;
mod options;
mod places;
mod prompts;
mod remote;
mod schema;
mod secrets;
mod sources;
mod units;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::generate::prompt::Templates;
use crate::generate::{InitDocs, Profile, Rules, Scope, Types, style_needs};
use crate::orchestrator::state::StateFile;
use crate::orchestrator::{Choice, GenerationConfig, Orchestrator};
use crate::provider::{self, Offline, Provider, ProviderId};
use crate::style::{self, Style};

pub use answers::CachePlace;
pub use code::{Open, Workspaces};
pub use editor::{Editor, Severity};
pub use error::{ConfigError, Errors, Origin};
pub use places::{is_foreign, passed_over, project_file, state_file};
pub use schema::schema;
pub use sources::{Overrides, Sources, environment, user_file};

use connect::Remote;
use files::Entry;
use layers::{Layers, Trust};
use linters::Linters;

/// A configuration, checked and complete.
#[derive(Clone)]
pub struct Config {
    style_python: Option<&'static dyn Style>,
    scope: Scope,
    provider: ProviderId,
    generation: GenerationConfig,
    remote: Remote,
    workspace: String,
    root: PathBuf,
    templates: Arc<Templates>,
    line_length: Option<usize>,
    rules: Rules,
    /// As configured; `None` to follow the project's linter.
    profile: Option<Profile>,
    init_docs: Option<InitDocs>,
    caught_raises: Option<bool>,
    defaults: Option<bool>,
    lint: lint::Chosen,
    include: Option<globs::Globs>,
    exclude: Option<globs::Globs>,
    values: BTreeMap<String, (Value, Origin)>,
    files: Vec<Arc<PathBuf>>,
    linters: Arc<Linters>,
}

/// One setting with its value and where that comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Dotted kebab-case name.
    pub key: String,
    /// Its value.
    pub value: Value,
    /// Who set it.
    pub origin: Origin,
}

/// The name of a workspace in a cache that others may see: nothing of its place.
fn workspace(root: &Path) -> String {
    let hash = Sha256::digest(root.as_os_str().as_encoded_bytes());
    hash.iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Default for Config {
    /// What holds when nothing is configured; linters' settings are not read.
    fn default() -> Self {
        let nowhere = Path::new("");
        let remote = Remote::default();
        Self::build(Layers::default(), Vec::new(), [nowhere; 2], Linters::default(), remote)
    }
}

impl Config {
    /// Reads and joins all sources.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its place.
    pub fn load(sources: &Sources) -> Result<Self, Errors> {
        let mut layers = Layers::default();
        let mut files = Vec::new();
        let home = files::home(&sources.env);
        let start = sources.start.clone().unwrap_or_default();
        let mut root = start.clone();
        if !sources.isolated {
            if let Some(path) = &sources.user_file {
                match files::load(path, false) {
                    Ok(Some(file)) => {
                        files.push(Arc::clone(&file.path));
                        layers.lay(of_user(file.entries), Trust::User);
                    }
                    Ok(None) => {}
                    Err(error) => layers.errors.push(error),
                }
            }
            let project = match (&sources.explicit, &sources.start) {
                (Some(path), _) => files::load(path, true),
                (None, Some(start)) => files::project(start, home.as_deref()),
                (None, None) => Ok(None),
            };
            match project {
                Ok(Some(file)) => {
                    // An explicit file may be anywhere: its globs are relative to the start.
                    if sources.explicit.is_none()
                        && let Some(folder) = file.path.parent()
                    {
                        root = folder.to_path_buf();
                    }
                    let is_named = sources.explicit.is_some() && !files::is_manifest(&file.path);
                    files.push(Arc::clone(&file.path));
                    layers.lay(file.entries, if is_named { Trust::User } else { Trust::Project });
                }
                Ok(None) => {}
                Err(error) => layers.errors.push(error),
            }
        }
        if let Some(settings) = &sources.editor {
            layers.lay(layers::editor(settings), Trust::User);
        }
        let ids: Vec<_> = layers.providers().map(|(id, _)| id).collect();
        let (entries, errors) = layers::environment(&sources.env, &ids);
        layers.errors.extend(errors);
        layers.lay(entries, Trust::User);
        layers.lay(sources.flags.entries(), Trust::User);
        if !layers.errors.is_empty() {
            return Err(Errors(layers.errors));
        }
        let templates = prompts::templates(&layers, &sources.env);
        let templates = templates.map_err(|error| Errors(vec![error]))?;
        let mut remote = Remote::resolve(&layers, &sources.env, sources.secrets.as_ref())?;
        if !sources.isolated {
            remote.state = places::state_file(&sources.env);
        }
        let linters = Linters::new(sources.isolated, home);
        let flag_root = sources.flags.root.as_deref().unwrap_or(&start);
        let roots = [root.as_path(), flag_root];
        Ok(Self { templates, ..Self::build(layers, files, roots, linters, remote) })
    }

    /// `roots`: the folder that globs of files are relative to, and the one of switches.
    fn build(
        layers: Layers,
        files: Vec<Arc<PathBuf>>,
        roots: [&Path; 2],
        linters: Linters,
        remote: Remote,
    ) -> Self {
        let mut values = layers.all();
        for key in keys::KEYS {
            let default = || (key.default(), Origin::Default);
            values.entry(key.name.to_owned()).or_insert_with(default);
        }
        let value = |name: &str| values.get(name).map_or(&Value::Null, |(value, _)| value);
        let text = |name: &str| value(name).as_str().unwrap_or("auto");
        let flag = |name: &str| value(name).as_bool();
        let [root, flag_root] = roots;
        let globs = |name: &str| {
            let items = value(name).as_array().map(Vec::as_slice).unwrap_or_default();
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            let is_flag = matches!(values.get(name), Some((_, Origin::Flag(_))));
            globs::Globs::new(if is_flag { flag_root } else { root }, &items)
        };
        let rules = Rules {
            types: match text("python.types") {
                "always" => Types::Always,
                "unannotated-only" => Types::UnannotatedOnly,
                "never" => Types::Never,
                _ => Types::Auto,
            },
            asserts: flag("python.asserts") == Some(true),
            omit_private_params: flag("python.private-params") == Some(false),
            rust_arguments: flag("rust.arguments") == Some(true),
            ..Rules::default()
        };
        Self {
            style_python: style::by_id(text("style.python")),
            scope: if text("scope") == "all" { Scope::All } else { Scope::Public },
            provider: ProviderId(text("provider").into()),
            generation: answers::generation(value),
            remote,
            workspace: workspace(root),
            root: root.to_path_buf(),
            templates: Templates::built_in(),
            line_length: value("line-length").as_u64().and_then(|n| usize::try_from(n).ok()),
            rules,
            profile: lint::profile(text("lint.profile")),
            init_docs: match text("python.init-docs") {
                "init" => Some(InitDocs::Init),
                "class" => Some(InitDocs::Class),
                _ => None,
            },
            caught_raises: flag("python.caught-raises"),
            defaults: flag("python.defaults"),
            lint: lint::Chosen::new(&values),
            include: globs("include"),
            exclude: globs("exclude"),
            values,
            files,
            linters: Arc::new(linters),
        }
    }

    /// Every setting with its value and origin, by name; for display: passwords in
    /// addresses and the arguments of commands are left out.
    pub fn settings(&self) -> impl Iterator<Item = Setting> {
        self.values.iter().map(|(key, (value, origin))| Setting {
            key: key.clone(),
            value: secrets::displayed(key, value),
            origin: origin.clone(),
        })
    }

    /// Whether this and another configuration have the same providers and get answers in
    /// the same way.
    pub fn answers_like(&self, other: &Self) -> bool {
        let chosen = |config: &Self| {
            let is_meant = |key: &str| {
                let first = key.split('.').next().unwrap_or_default();
                keys::ANSWERING.contains(&first)
            };
            let values = config.values.iter().filter(|(key, _)| is_meant(key));
            values.map(|(key, (value, _))| (key.clone(), value.clone())).collect::<Vec<_>>()
        };
        chosen(self) == chosen(other)
    }

    /// The configuration files that were read, the user's first.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|path| path.as_path())
    }

    /// Who writes the words: as configured, which may be `auto`.
    pub fn provider(&self) -> &ProviderId {
        &self.provider
    }

    /// Who shall answer.
    pub fn choice(&self) -> Choice {
        match &*self.provider.0 {
            "auto" => Choice::Auto,
            _ => Choice::Preferred(self.provider.clone()),
        }
    }

    /// The remote providers that are enabled, the chosen one first.
    pub fn providers(&self) -> &[provider::Settings] {
        &self.remote.providers
    }

    /// How answers are got.
    pub fn generation(&self) -> &GenerationConfig {
        &self.generation
    }

    /// The collector that gets spans, if there is one.
    pub fn otlp_endpoint(&self) -> Option<&str> {
        let (value, _) = self.values.get("telemetry.otlp-endpoint")?;
        value.as_str().filter(|endpoint| *endpoint != "none")
    }

    /// The name of the workspace in the cache and in metrics: a hash of its place.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// The folder of the configuration that holds, or the one that it was looked for from.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What an editor shows.
    pub fn editor(&self) -> Editor {
        Editor::read(|name| self.values.get(name).map(|(value, _)| value))
    }

    /// Where answers are kept.
    pub fn cache(&self) -> &CachePlace {
        &self.remote.cache
    }

    /// Whether `exclude` names the folder or file at this absolute path, or a folder around it.
    pub fn excludes(&self, path: &Path, is_folder: bool) -> bool {
        self.exclude.as_ref().is_some_and(|globs| globs.matches(path, is_folder))
    }

    /// Whether the file at this absolute path is wanted by `include` and `exclude`.
    pub fn selects(&self, path: &Path) -> bool {
        let is_included = self.include.as_ref().is_none_or(|globs| globs.matches(path, false));
        is_included && !self.excludes(path, false)
    }

    /// The providers that are enabled, ready to be asked: remote ones in order of
    /// preference, then the embedded one.
    ///
    /// They are made once: whoever asks again gets the same, with their connections.
    pub fn connect(&self) -> Vec<Arc<dyn Provider>> {
        let offline: Arc<dyn Provider> = Arc::new(Offline::default());
        self.remote.connected.iter().cloned().chain([offline]).collect()
    }

    /// The providers with what is chosen about them.
    ///
    /// Reads the state file, if there is one.
    pub fn orchestrator(&self) -> Orchestrator {
        self.orchestrator_with(&self.remote.cache)
    }

    /// The same for one run of the command: unless the user said where answers are kept,
    /// they are kept on disk, so that a run that was interrupted goes on where it stopped.
    pub fn orchestrator_of_run(&self) -> Orchestrator {
        // Without a state file nothing is to be left behind (`--isolated`).
        let resumed = self.remote.resumed.as_ref().filter(|_| self.remote.state.is_some());
        self.orchestrator_with(resumed.unwrap_or(&self.remote.cache))
    }

    fn orchestrator_with(&self, cache: &CachePlace) -> Orchestrator {
        let builder = Orchestrator::builder(self.connect());
        let builder = builder.config(self.generation.clone()).styles(style_needs());
        let builder = match self.remote.storage(cache) {
            Some(storage) => builder.storage(storage),
            None => builder,
        };
        match &self.remote.state {
            Some(path) => builder.state(Arc::new(StateFile::new(path))).build(),
            None => builder.build(),
        }
    }
}

fn of_user(mut entries: Vec<Entry>) -> Vec<Entry> {
    for entry in &mut entries {
        if let Origin::Project(file, line) = &entry.origin {
            entry.origin = Origin::User(Arc::clone(file), *line);
        }
    }
    entries
}

#[cfg(test)]
mod tests;
