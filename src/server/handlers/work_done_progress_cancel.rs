//! `window/workDoneProgress/cancel`.

use serde_json::Value;

use crate::server::progress::job_of;
use crate::server::session::Session;

/// Ends the job whose progress the user cancelled.
pub(crate) fn handle(session: &Session, params: &Value) {
    if let Some(job) = params.get("token").and_then(job_of) {
        session.jobs.cancel(job);
    }
}
