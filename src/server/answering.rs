//! The session's orchestrator: made when it is first needed, made anew when the user
//! chooses other providers, and written down now and then.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::panics;
use super::session::Session;
use crate::config::Config;
use crate::orchestrator::Orchestrator;
use crate::telemetry::Telemetry;

/// How often what was learned and counted is written down.
const FLUSH: Duration = Duration::from_secs(30);
/// The client hears of new counts once in this time at most.
const TOLD: Duration = Duration::from_secs(1);

/// Who answers, for the whole session, so that there is one count of what they did.
pub(crate) struct Answering {
    current: Mutex<Option<Current>>,
    telemetry: Arc<Telemetry>,
    /// The client will hear of new counts.
    is_telling: AtomicBool,
}

struct Current {
    config: Arc<Config>,
    orchestrator: Arc<Orchestrator>,
    /// It is not to be asked again.
    is_spent: bool,
}

impl Answering {
    /// Nobody yet; spans of the questions go to `telemetry`.
    pub(crate) fn new(telemetry: Arc<Telemetry>) -> Self {
        Self { current: Mutex::default(), telemetry, is_telling: AtomicBool::new(false) }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Current>> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The orchestrator that this configuration asks for.
    pub(crate) fn of(&self, config: &Arc<Config>) -> Arc<Orchestrator> {
        let mut current = self.lock();
        if let Some(current) = &*current
            && Arc::ptr_eq(&current.config, config)
            && !current.is_spent
        {
            return Arc::clone(&current.orchestrator);
        }
        self.telemetry.export_to(config.otlp_endpoint());
        if let Some(current) = &mut *current
            && current.config.answers_like(config)
            && !current.is_spent
        {
            current.config = Arc::clone(config);
            return Arc::clone(&current.orchestrator);
        }
        // The new one goes on from what the old one wrote.
        if let Some(old) = current.take() {
            let _ = old.orchestrator.flush();
        }
        let orchestrator = Arc::new(config.orchestrator());
        let made = Arc::clone(&orchestrator);
        *current =
            Some(Current { config: Arc::clone(config), orchestrator: made, is_spent: false });
        orchestrator
    }

    /// Makes the orchestrator anew for the next question.
    pub(crate) fn renew(&self) {
        if let Some(current) = &mut *self.lock() {
            current.is_spent = true;
        }
    }

    /// Writes down what was learned and counted. Reads and writes a file.
    pub(crate) fn flush(&self) {
        let orchestrator = self.lock().as_ref().map(|current| Arc::clone(&current.orchestrator));
        if let Some(orchestrator) = orchestrator {
            // The first failure is logged there, and nothing is lost.
            let _ = orchestrator.flush();
        }
    }
}

/// Writes down now and then, until the session ends.
pub(crate) fn keep_flushing(session: &Arc<Session>) {
    let weak = Arc::downgrade(session);
    session.jobs.spawn(async move {
        loop {
            tokio::time::sleep(FLUSH).await;
            let Some(session) = weak.upgrade() else { break };
            panics::blocking(move || session.answering.flush()).await;
        }
    });
}

/// Tells the client that there are new counts, if it wants to know. They are written down
/// before, so that what `docstring-ls stats` prints then has them.
pub(crate) fn tell(session: &Arc<Session>) {
    if !session.features().stats_changed
        || session.answering.is_telling.swap(true, Ordering::Relaxed)
    {
        return;
    }
    let shared = Arc::clone(session);
    session.jobs.spawn(async move {
        tokio::time::sleep(TOLD).await;
        shared.answering.is_telling.store(false, Ordering::Relaxed);
        let writing = Arc::clone(&shared);
        panics::blocking(move || writing.answering.flush()).await;
        shared.client.notify("docstring-ls/statsChanged", json!({}));
    });
}
