//! `docstring-ls/apiKeyChanged`.

use crate::server::session::Session;

/// Asks for keys again, also of providers that were given up for want of a good one.
pub(crate) fn handle(session: &Session) {
    session.settings.key_changed();
    session.answering.renew();
}
