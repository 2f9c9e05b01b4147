//! `docstring-ls serve`: hands over to the language server.

use std::collections::HashMap;

use anyhow::Context;

use crate::config::user_file;
use crate::server::{ServeOptions, serve};

/// Arguments of `docstring-ls serve`.
#[derive(clap::Args, Default)]
pub(super) struct Arguments {
    /// Accepted because editors pass it; there is no other transport
    #[arg(long)]
    stdio: bool,
    /// Read no configuration file at all
    #[arg(long)]
    isolated: bool,
    /// What to log to stderr, such as `debug` [default: `$DOCSTRING_LS_LOG`, else `warn`]
    #[arg(long, value_name = "FILTER")]
    log: Option<String>,
}

/// Runs the server until the client leaves; its exit status.
pub(super) fn run(arguments: &Arguments, mut env: HashMap<String, String>) -> anyhow::Result<u8> {
    // Two variables that are no settings.
    let log = env.remove("DOCSTRING_LS_LOG");
    let testing = env.remove("DOCSTRING_LS_TEST").is_some();
    let options = ServeOptions {
        user_file: user_file(&env),
        isolated: arguments.isolated,
        log: arguments.log.clone().or(log),
        testing,
        env,
    };
    serve(&options).context("the server cannot be started")
}
