//! The orchestrator of a run and the runtime under it: one of each for all files, so
//! that limits, budgets and what is learned hold for the whole run.

use std::collections::HashMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use futures_util::FutureExt;
use tokio::runtime::Runtime;

use super::complain;
use crate::config::{Config, Workspaces};
use crate::generate::prompt::Workspace;
use crate::orchestrator::Orchestrator;
use crate::telemetry::Telemetry;

/// The texts that files had before this run changed them.
type Before = Arc<Mutex<HashMap<PathBuf, Arc<str>>>>;

/// Made when the first file needs it.
pub(super) struct Engine {
    orchestrator: Orchestrator,
    /// Not needed by a provider of this process.
    runtime: OnceLock<Option<Runtime>>,
    /// Only where the user wants spans to be sent.
    telemetry: Option<Telemetry>,
    workspaces: Workspaces,
    before: Before,
}

impl Engine {
    /// Who answers is no matter of a project's file, so that every configuration of a
    /// run has the same providers.
    pub(super) fn new(config: &Config, is_quiet: bool) -> Self {
        let warn = if is_quiet {
            |_: &str| {}
        } else {
            |text: &str| complain(&format!("warning: {text}"))
        };
        let telemetry = config.otlp_endpoint().map(|endpoint| {
            let telemetry = Telemetry::start(None, warn);
            telemetry.export_to(Some(endpoint));
            telemetry
        });
        let before = Before::default();
        let kept = Arc::clone(&before);
        let open = move || {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.iter().map(|(path, text)| (path.clone(), Arc::clone(text))).collect()
        };
        Self {
            orchestrator: config.orchestrator_of_run(),
            runtime: OnceLock::new(),
            telemetry,
            workspaces: Workspaces::new(Arc::new(open)),
            before,
        }
    }

    pub(super) fn orchestrator(&self) -> &Orchestrator {
        &self.orchestrator
    }

    /// The code around the files of a configuration.
    pub(super) fn code(&self, config: &Arc<Config>) -> Option<Arc<Workspace>> {
        self.workspaces.of(config.root(), config)
    }

    /// Keeps the text of a file that is about to be replaced: what a prompt quotes must not
    /// depend on which file's turn came first.
    pub(super) fn keep(&self, path: &Path, text: String) {
        let mut before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        before.insert(path.to_path_buf(), text.into());
    }

    /// Runs `work` to its end. What ends at once needs no runtime.
    ///
    /// # Errors
    ///
    /// When no runtime can be made.
    pub(super) fn run<T>(
        &self,
        is_immediate: bool,
        work: impl Future<Output = T>,
    ) -> Result<T, String> {
        let mut work = Box::pin(work);
        if is_immediate && let Some(result) = work.as_mut().now_or_never() {
            return Ok(result);
        }
        let make = || tokio::runtime::Builder::new_multi_thread().enable_all().build().ok();
        match self.runtime.get_or_init(make) {
            Some(runtime) => Ok(runtime.block_on(work)),
            None => Err("the system has no room for network connections".to_owned()),
        }
    }

    /// Writes what was counted, and sends the last spans. Failures are in the log: the
    /// docstrings are not less good for it.
    pub(super) fn finish(&self) {
        let _ = self.orchestrator.flush();
        if let Some(telemetry) = &self.telemetry {
            telemetry.finish();
        }
    }
}
