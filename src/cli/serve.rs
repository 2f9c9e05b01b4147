//! `docstring-ls serve`: hands over to the language server.

use std::collections::HashMap;

use crate::config;
use crate::server::{self, ServeOptions};

/// Runs the server until the client ends it; its exit status.
pub(super) fn run(mut env: HashMap<String, String>) -> u8 {
    // Two variables that are no settings.
    let log = env.remove("DOCSTRING_LS_LOG");
    let testing = env.remove("DOCSTRING_LS_TEST").is_some();
    let options =
        ServeOptions { user_file: config::user_file(&env), log, testing, env, isolated: false };
    server::serve(&options).unwrap_or(2)
}
