//! `docstring-ls doctor`: whether everything that is needed is in place.

use std::collections::HashMap;

use super::output::plain;
use super::{Choices, Color, Output};
use crate::config::Config;
use crate::docstring::Language;
use crate::syntax::Source;

/// Arguments of `docstring-ls doctor`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    choices: Choices,
}

/// Prints one line a finding; the exit status is 2 when something is wrong.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let mut out = Output::new(Color::Never, env);
    let mut is_well = true;
    out.line(concat!("docstring-ls ", env!("CARGO_PKG_VERSION")))?;
    out.line("grammars")?;
    for language in [Language::Python, Language::Rust] {
        let state = match Source::parse(language, "", "".into()) {
            Ok(_) => "loaded".to_owned(),
            Err(violation) => {
                is_well = false;
                format!("broken: {violation}")
            }
        };
        out.line(&format!("  {:8} {}", language.id(), plain(&state)))?;
    }
    out.line("configuration")?;
    let cwd = std::env::current_dir()?;
    let config = match Config::load(&arguments.choices.sources(env, &cwd)) {
        Ok(config) => config,
        Err(errors) => {
            is_well = false;
            for line in errors.to_string().lines() {
                out.line(&format!("  {}", plain(line)))?;
            }
            Config::default()
        }
    };
    let mut files = config.files().peekable();
    if is_well && files.peek().is_none() {
        out.line("  no file, the defaults hold")?;
    }
    for file in files {
        out.line(&format!("  {}", plain(&file.display().to_string())))?;
    }
    out.line("providers")?;
    let orchestrator = config.orchestrator();
    for id in orchestrator.providers() {
        let state = if orchestrator.is_immediate(id) {
            "ready: embedded, needs no key and no network"
        } else {
            "configured"
        };
        let mark = if id == config.provider() { " (in use)" } else { "" };
        out.line(&format!("  {:8} {state}{mark}", plain(&id.to_string())))?;
    }
    out.flush()?;
    Ok(if is_well { 0 } else { 2 })
}
