//! `workspace/didChangeWatchedFiles`.

use std::sync::Arc;

use super::initialized;
use crate::server::session::Session;

/// Reads the configuration files anew.
pub(crate) fn handle(session: &Arc<Session>) {
    session.settings.refresh(None);
    initialized::load(session, false, true);
}
