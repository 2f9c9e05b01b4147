//! `window/workDoneProgress/cancel`.

use serde_json::Value;

use crate::server::session::Session;

/// Stops the job whose progress the user cancelled.
pub(crate) fn handle(session: &Session, params: &Value) {
    if let Some(token) = params.get("token") {
        session.jobs.cancel_shown(token);
    }
}
