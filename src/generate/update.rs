//! Brings an existing docstring back into agreement with its code, and changes nothing else in it.

mod align;
mod python;
mod reading;
mod rust;
mod script;
mod types;

use std::sync::Arc;

use super::{Failure, Options, Skip};
use reading::Reading;

use crate::docstring::{Drift, Edit, Language, Symbol, SymbolKind, SymbolPath};
use crate::orchestrator::Orchestrator;
use crate::provider::ProviderId;
use crate::syntax::Source;

/// A docstring that agrees with its code again, proven to leave the code as it is.
#[derive(Clone, Debug)]
pub struct Updated {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// The style that the docstring is written in.
    pub style: &'static str,
    /// Whose the added words are.
    pub provider: ProviderId,
    /// The added words came from the cache.
    pub from_cache: bool,
    /// Which model's.
    pub model: Arc<str>,
    /// Tokens used, by all attempts.
    pub tokens: u64,
    /// US dollars, by all attempts.
    pub cost_usd: f64,
    /// What the user should know: one sentence each.
    pub notices: Vec<String>,
    /// What was mended.
    pub drift: Vec<Drift>,
    /// The whole docstring as it is afterwards: no quotes or markers, no indentation.
    pub text: String,
    /// The changes, in bytes of the file; prose that is not wrong is in none of them.
    pub edits: Vec<Edit>,
}

/// In what the docstring of `symbol` disagrees with the code; empty when it has none, or
/// when it agrees. Never asks a provider.
pub fn drift(source: &Source, symbol: &Symbol, options: &Options) -> Vec<Drift> {
    if symbol.language == Language::Rust {
        return rust::drift(source, symbol, options);
    }
    match Reading::of_symbol(symbol, options.style) {
        Some(reading) => drift_of(source, symbol, &reading, options),
        None => Vec::new(),
    }
}

fn drift_of(
    source: &Source,
    symbol: &Symbol,
    reading: &Reading<'_>,
    options: &Options,
) -> Vec<Drift> {
    match symbol.language {
        Language::Python => python::drift(source, symbol, reading, options),
        Language::Rust => Vec::new(),
    }
}

/// Mends the docstring of `symbol`. Only words that are missing are asked for.
///
/// # Errors
///
/// When there is nothing to mend, no provider answers, or the edit guard refuses.
pub async fn update(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<Updated, Failure> {
    if symbol.language == Language::Rust {
        return rust::update(source, symbol, options, orchestrator).await;
    }
    Err(Failure::Skipped(Skip::UpToDate))
}
