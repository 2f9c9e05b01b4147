//! `docstring-ls serve`: hands over to the language server.

use std::collections::HashMap;

use crate::config;
use crate::server::{self, ServeOptions};

/// Runs the server until the client ends it; its exit status.
pub(super) fn run(env: HashMap<String, String>) -> u8 {
    let options = ServeOptions {
        user_file: config::user_file(&env),
        testing: env.contains_key("DOCSTRING_LS_TEST"),
        env,
        isolated: false,
    };
    server::serve(&options).unwrap_or(2)
}
