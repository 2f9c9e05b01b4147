//! The language server. Everything that speaks the protocol lives here.
//!
//! `transport` reads and writes messages, `backend` hands each to its file in
//! `handlers`, `session` holds what is known about the client and its documents.
//! Work that may take long is a job (`jobs`) and never runs inside a request.

mod anchor;
mod answering;
mod backend;
mod capabilities;
mod client;
mod diagnostics;
mod document;
mod edits;
mod error;
mod features;
mod generation;
mod handlers;
mod inbound;
mod jobs;
mod panics;
mod parent;
mod parse;
mod place;
mod position;
mod progress;
mod quick;
mod report;
mod secrets;
mod session;
mod settings;
mod transport;

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::io::BufReader;

use crate::telemetry::Telemetry;

/// What the server gets from the process that it runs in.
#[derive(Clone, Default)]
pub struct ServeOptions {
    /// The environment (see `config::environment`).
    pub env: HashMap<String, String>,
    /// The user's configuration file (see `config::user_file`).
    pub user_file: Option<PathBuf>,
    /// Read no configuration files.
    pub isolated: bool,
    /// What is written to stderr, as `tracing` filters say it; `None` for warnings.
    pub log: Option<String>,
    /// Offer methods that only tests need, such as one that panics.
    pub testing: bool,
}

/// Serves one client on standard input and output until it leaves.
///
/// Returns the exit status: 0 after an orderly shutdown, 1 otherwise. The caller
/// should end the process then: a thread may still wait for input.
///
/// # Errors
///
/// When the runtime cannot be started.
pub fn serve(options: &ServeOptions) -> io::Result<u8> {
    let log = options.log.as_deref().unwrap_or("warn");
    let telemetry = Arc::new(Telemetry::start(Some(log), |trouble| tracing::warn!("{trouble}")));
    panics::install_hook();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let code = runtime.block_on(async {
        let (service, socket, session) = backend::build(options, &telemetry);
        let input = BufReader::with_capacity(64 * 1024, tokio::io::stdin());
        let shared = Arc::clone(&session);
        let code = transport::serve(input, tokio::io::stdout(), service, socket, session).await;
        panics::blocking(move || {
            shared.answering.flush();
            telemetry.finish();
        })
        .await;
        code
    });
    // Neither a parse nor the thread that waits for input may hold up the end.
    runtime.shutdown_background();
    Ok(code)
}
