//! `docstring-ls stats`: what the providers, the styles and the cache did on this
//! machine, from the state file that all sessions share.

mod html;
mod plot;
mod text;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::Context;
use clap::ValueEnum;
use serde::Serialize;

use super::{Choices, Color, Output, complain};
use crate::config::{Config, state_file};
use crate::orchestrator::ledger::Ledger;
use crate::orchestrator::state::{Kept, State, StateError, StateFile};
use crate::orchestrator::storage::Size;
use crate::orchestrator::{Metrics, ProviderFacts, Report};
use crate::provider::ProviderId;

/// Arguments of `docstring-ls stats`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// How to print them
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    output_format: Format,
    /// Forget everything counted so far; what was spent today still counts
    #[arg(long, conflicts_with = "output_format")]
    reset: bool,
    /// When to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
    #[command(flatten)]
    choices: Choices,
}

/// How statistics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables
    #[default]
    Text,
    /// One object, as `docstring-ls/providerStats` answers
    Json,
    /// One page with plots, complete in itself
    Html,
}

/// What `--output-format json` prints.
#[derive(Serialize)]
struct Json<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// US dollars by day (UTC).
    spending: &'a BTreeMap<String, f64>,
}

/// Prints the statistics, or forgets them.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let mut out = Output::new(arguments.color, env);
    let path = state_file(env).context("there is no folder for the statistics: set HOME")?;
    let file = Arc::new(StateFile::new(path));
    if arguments.reset {
        reset(&file)?;
        out.line("The statistics are empty now.")?;
        out.flush()?;
        return Ok(0);
    }
    let cwd = std::env::current_dir().context("the current folder cannot be found")?;
    let config = Config::load(&arguments.choices.sources(env, &cwd))?;
    let live = config.orchestrator().report();
    let size = Size { entries: live.cache.entries, bytes: live.cache.bytes };
    let facts = || facts(&live);
    let kept = match file.kept(facts(), size) {
        Ok(kept) => kept,
        // Damaged: the next session sets it aside and starts anew.
        Err(error @ StateError::Damaged { .. }) => {
            complain(&super::output::plain(&format!("warning: {error}")));
            Kept { report: Metrics::default().report(facts(), size), spending: BTreeMap::new() }
        }
        Err(error) => return Err(error.into()),
    };
    match arguments.output_format {
        Format::Text => {
            for line in text::lines(&kept, out.is_colored) {
                out.line(&line)?;
            }
        }
        Format::Json => {
            let json = Json { report: &kept.report, spending: &kept.spending };
            out.line(&serde_json::to_string_pretty(&json)?)?;
        }
        Format::Html => out.bytes(html::page(&kept).as_bytes())?,
    }
    out.flush()?;
    Ok(0)
}

/// The names of the configured providers.
fn facts(report: &Report) -> Vec<ProviderFacts> {
    let facts = report.providers.iter().map(|(id, provider)| ProviderFacts {
        id: ProviderId(id.as_str().into()),
        dialect: provider.dialect.clone(),
        model: provider.model.clone(),
        state: provider.state,
    });
    facts.collect()
}

fn reset(file: &Arc<StateFile>) -> Result<(), StateError> {
    let metrics = Arc::new(Metrics::default());
    let ledger = Ledger::new(None, None, Some(Arc::clone(file)), Arc::new(SystemTime::now));
    let state = State::new(Arc::clone(file), Arc::clone(&metrics), ledger);
    metrics.reset();
    state.flush([], BTreeMap::new())
}
