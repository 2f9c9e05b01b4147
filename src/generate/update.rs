//! Brings an existing docstring back into agreement with its code, and changes nothing else in it.

mod rust;
mod script;

use std::sync::Arc;

use serde_json::Value;

use super::question::Questions;
use super::{Failure, Options, Skip, admit, compose};
use crate::docstring::{Drift, Edit, Language, Symbol, SymbolKind, SymbolPath};
use crate::orchestrator::{Orchestrator, Priority};
use crate::provider::ProviderId;
use crate::style::Layout;
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
    match source.language() {
        Language::Python => Vec::new(),
        Language::Rust => rust::drift(source, symbol, options),
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
    let Some(existing) = &symbol.existing else {
        return Err(Failure::Skipped(Skip::Undocumented));
    };
    let lines = existing.text.clone();
    let lines: Vec<&str> = lines.split('\n').collect();
    let drift = drift(source, &symbol, options);
    if drift.is_empty() {
        return Err(Failure::Skipped(Skip::UpToDate));
    }
    let written = source.written(&symbol).map_err(|no| Failure::Unclear(no.reason))?;
    let questions = Questions::new(source, options, orchestrator, Priority::Interactive);
    let symbol = Arc::new(symbol);
    let ask = questions.about(&symbol)?;
    let about = Arc::clone(&symbol);
    let accept = move |content: &Value| admit(content, &about);
    let accepted = orchestrator.complete(ask, accept).await?;
    let mut own = options.clone();
    own.rules.rust_arguments = true;
    let docstring = compose(&symbol, &accepted.content, &own);
    let indent = symbol.slot.as_ref().map_or(0, |slot| slot.indent.chars().count());
    let layout = Layout { width: options.line_length.saturating_sub(indent).max(40) };
    let map = options.style.map(&lines);
    let script = rust::script(&symbol, &lines, &map, &drift, &docstring, options.style, layout)?;
    let edits = script::edits(source, &written, &script).map_err(Failure::Guard)?;
    source.verify(&edits).map_err(Failure::Guard)?;
    Ok(Updated {
        path: symbol.path.clone(),
        kind: symbol.kind,
        line: symbol.line,
        style: options.style.id(),
        provider: accepted.provider,
        from_cache: accepted.from_cache,
        model: accepted.model,
        tokens: accepted.usage.total(),
        cost_usd: accepted.attempts.iter().map(|attempt| attempt.cost_usd).sum(),
        notices: accepted.notices.iter().map(ToString::to_string).collect(),
        drift,
        text: script::text(&written, &script),
        edits,
    })
}
