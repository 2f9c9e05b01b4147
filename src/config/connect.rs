//! The providers that a configuration names, made and ready to be asked.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::answers::{self, CachePlace};
use super::error::{ConfigError, Errors, Origin};
use super::layers::Layers;
use super::remote;
use crate::orchestrator::storage::{Disk, Memory, Redis, Storage, Tiered};
use crate::provider::http::Transport;
use crate::provider::network::Network;
use crate::provider::{self, Provider, SecretStorage};

/// What concerns the world beyond this process.
#[derive(Clone, Default)]
pub(super) struct Remote {
    /// The remote providers that are enabled, the chosen one first.
    pub(super) providers: Vec<provider::Settings>,
    /// The same, ready to be asked.
    pub(super) connected: Vec<Arc<dyn Provider>>,
    /// Where answers are kept.
    pub(super) cache: CachePlace,
    /// Where those of a run of the command are kept when nobody said where.
    pub(super) resumed: Option<CachePlace>,
    /// Where statistics, the day's spending and what was learned outlive the process.
    pub(super) state: Option<PathBuf>,
}

impl Remote {
    /// Pure: the layers and the environment say it all.
    ///
    /// # Errors
    ///
    /// Everything that is wrong, each with its place.
    pub(super) fn resolve(
        layers: &Layers,
        env: &HashMap<String, String>,
        secrets: Option<&Arc<dyn SecretStorage>>,
    ) -> Result<Self, Errors> {
        let set = |name: &str| layers.values.get(name);
        let (value, origin) = match set("provider") {
            Some((value, origin)) => (value.as_str().unwrap_or_default(), origin),
            None => ("offline", &Origin::Default),
        };
        let tables = layers.providers().collect();
        let request = remote::Request { tables, chosen: (value, origin), env };
        let (providers, mut errors) = match remote::resolve(&request) {
            Ok(providers) => (providers, Vec::new()),
            Err(errors) => (Vec::new(), errors),
        };
        let mut cache = CachePlace::default();
        let mut resumed = answers::cache(&"disk".into(), env).ok();
        if let Some((value, origin)) = set("orchestrator.cache") {
            match answers::cache(value, env) {
                Ok(place) => (cache, resumed) = (place, None),
                Err(message) => errors.push(ConfigError { origin: origin.clone(), message }),
            }
        }
        if !errors.is_empty() {
            return Err(Errors(errors));
        }
        Ok(Self {
            connected: connected(&providers, secrets),
            providers,
            cache,
            resumed,
            state: None,
        })
    }

    /// Where answers are kept, opened; `None` when no provider is asked whose answers
    /// would be worth keeping.
    pub(super) fn storage(&self, place: &CachePlace) -> Option<Arc<dyn Storage>> {
        if self.providers.is_empty() {
            return None;
        }
        let shared: Arc<dyn Storage> = match place {
            CachePlace::Memory => return Some(Arc::new(Memory::default())),
            CachePlace::Disk(folder) => {
                Arc::new(Disk::new(folder.join("answers.sqlite"), Disk::MAX_BYTES))
            }
            CachePlace::Redis(url) => Arc::new(Redis::new(url).ok()?),
        };
        Some(Arc::new(Tiered::new(Memory::default(), shared)))
    }
}

/// Providers with these settings. Those that trust the same certificates share their
/// connections. Nothing is opened before the first question.
fn connected(
    settings: &[provider::Settings],
    secrets: Option<&Arc<dyn SecretStorage>>,
) -> Vec<Arc<dyn Provider>> {
    let mut networks: BTreeMap<Option<PathBuf>, Arc<dyn Transport>> = BTreeMap::new();
    let connect = |settings: &provider::Settings| {
        let bundle = settings.ca_bundle.clone();
        let network = networks
            .entry(bundle.clone())
            .or_insert_with(|| Arc::new(Network::new(bundle)) as Arc<dyn Transport>);
        let remote = provider::Remote::new(settings.clone(), Arc::clone(network));
        Arc::new(remote.with_secrets(secrets.cloned())) as Arc<dyn Provider>
    };
    settings.iter().map(connect).collect()
}
