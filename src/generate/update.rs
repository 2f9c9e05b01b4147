//! Brings an existing docstring back into agreement with its code, and changes nothing else in it.

mod align;
mod ask;
mod mend;
mod python;
mod reading;
mod rust;
mod script;
mod types;

use std::sync::Arc;

use super::check::is_looked_for;
use super::{Failure, Options, Skip};
use mend::{Mending, Order};
use reading::Reading;

use crate::docstring::{
    Docstring, Drift, Edit, Language, SectionKind, Symbol, SymbolKind, SymbolPath,
};
use crate::orchestrator::Orchestrator;
use crate::provider::ProviderId;
use crate::style::{Layout, MappedSection, Typed};
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
    match Reading::of_symbol(symbol, options) {
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
    let mut found = match symbol.language {
        Language::Python => python::drift(source, symbol, reading, options),
        Language::Rust => rust::drift(source, symbol, reading, options),
    };
    // What the project's linters are told to overlook is mended no more than reported.
    found.retain(|drift| is_looked_for(drift, symbol, options));
    found
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
    if symbol.existing.is_none() {
        return Err(Failure::Skipped(Skip::Undocumented));
    }
    let symbol = Arc::new(symbol);
    let Some(reading) = Reading::of_symbol(&symbol, options) else {
        return Err(Failure::Skipped(Skip::UpToDate));
    };
    let drift = drift_of(source, &symbol, &reading, options);
    if drift.is_empty() {
        return Err(Failure::Skipped(Skip::UpToDate));
    }
    let written = source.written(&symbol).map_err(|why| Failure::Unclear(why.reason))?;
    let (words, answer) = if ask::is_needed(&drift) {
        let is_typed = |section: &MappedSection| section.form.types != Typed::No;
        let has_types = reading.map.sections.iter().any(is_typed);
        let style = (reading.style, has_types);
        let (words, answer) =
            ask::words(source, &symbol, &drift, style, options, orchestrator).await?;
        (words, Some(answer))
    } else {
        (Docstring::default(), None)
    };
    let margin = written.margin.chars().count();
    let layout = Layout { width: options.line_length.saturating_sub(margin).max(40) };
    let script = match symbol.language {
        Language::Python => {
            let order = |kind: &SectionKind| order(&symbol, kind);
            Mending::new(&reading, layout).lines(&drift, &words, order)
        }
        Language::Rust => rust::script(&symbol, &reading, &drift, &words, layout)?,
    };
    let text = script::text(&written, &script);
    let left = left(source, &symbol, &text, options);
    let mended: Vec<Drift> = drift.into_iter().filter(|one| !left.contains(one)).collect();
    if mended.is_empty() || text.trim().is_empty() {
        return Err(Failure::Unclear("the docstring cannot be mended by itself".to_owned()));
    }
    let edits = script::edits(source, &written, &script).map_err(Failure::Guard)?;
    source.verify(&edits).map_err(Failure::Guard)?;
    let mut notices: Vec<String> = left.iter().map(|one| format!("It still {one}.")).collect();
    let mut updated = Updated {
        path: symbol.path.clone(),
        kind: symbol.kind,
        line: symbol.line,
        style: reading.style.id(),
        provider: ProviderId::offline(),
        from_cache: false,
        model: Arc::from(""),
        tokens: 0,
        cost_usd: 0.0,
        notices: Vec::new(),
        drift: mended,
        text,
        edits,
    };
    if let Some(answer) = answer {
        updated.tokens = answer.usage.total();
        updated.cost_usd = answer.attempts.iter().map(|attempt| attempt.cost_usd).sum();
        notices.splice(0..0, answer.notices.iter().map(ToString::to_string));
        updated.provider = answer.provider;
        updated.from_cache = answer.from_cache;
        updated.model = answer.model;
    }
    updated.notices = notices;
    Ok(updated)
}

/// The names of a section in the order of the code.
fn order<'a>(symbol: &'a Symbol, kind: &SectionKind) -> Order<'a> {
    let names = match kind {
        SectionKind::Parameters => {
            symbol.signature.params.iter().map(|param| param.name.as_str()).collect()
        }
        SectionKind::Attributes => {
            symbol.members.iter().map(|member| member.name.as_str()).collect()
        }
        _ => Vec::new(),
    };
    Order { names }
}

/// What is still wrong when the docstring of `symbol` reads `text`.
fn left(source: &Source, symbol: &Symbol, text: &str, options: &Options) -> Vec<Drift> {
    let mut after = symbol.clone();
    if let Some(existing) = &mut after.existing {
        text.clone_into(&mut existing.text);
    }
    drift(source, &after, options)
}
