//! `docstring-ls/apiKeyChanged`.

use std::sync::Arc;

use crate::server::panics;
use crate::server::session::Session;

/// Asks for keys again, also of providers that were given up for want of a good one.
pub(crate) fn handle(session: &Arc<Session>) {
    session.settings.key_changed();
    let shared = Arc::clone(session);
    session.jobs.spawn(async move {
        panics::blocking(move || shared.answering.renew()).await;
    });
}
