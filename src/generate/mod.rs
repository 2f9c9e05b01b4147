//! The use case: a symbol in, a proven text edit out.
//!
//! Facts (`syntax`) go to a provider (`orchestrator`), its words are admitted
//! (`style::read`), joined with the facts (`compose`), laid out (`style`), placed
//! and proven (`syntax`). The language server and the command line are two clients.

mod admit;
mod batch;
mod check;
mod compose;
mod convert;
mod options;
pub mod prompt;
mod question;
mod select;
mod snippet;
mod types;
mod update;
mod words;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{self, StreamExt};
use serde_json::Value;

use crate::docstring::{Docstring, Edit, Symbol, SymbolKind, SymbolPath};
use crate::orchestrator::{Ask, CacheUse, Orchestrator, OrchestratorError, Priority};
use crate::provider::ProviderId;
use crate::style::{Layout, Style, read};
use crate::syntax::{Source, Violation};

use question::Questions;

pub use admit::admit;
pub use batch::Batch;
pub use check::{Checks, Code, Finding, Names, Report, Severity, check, python_rules, report};
pub use compose::compose;
pub use convert::{Conversion, Converted, convert, convert_file};
pub use options::{InitDocs, Options, Profile, Rules, Scope, Types};
pub use question::{Shown, style_needs};
pub use select::{Skip, choose_style, considered};
pub use update::{Updated, drift, update};

/// A docstring for one symbol, proven to leave the code as it is.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// The style it is laid out in.
    pub style: &'static str,
    /// Whose words these are.
    pub provider: ProviderId,
    /// The words came from the cache.
    pub from_cache: bool,
    /// Which model's.
    pub model: Arc<str>,
    /// Tokens used, by all attempts.
    pub tokens: u64,
    /// US dollars, by all attempts.
    pub cost_usd: f64,
    /// What the user should know: one sentence each.
    pub notices: Vec<String>,
    /// The rendered text: no quotes or comment markers, no indentation.
    pub text: String,
    /// The change that puts it into the file.
    pub edit: Edit,
    /// `edit.text` as an LSP snippet body, the words that rest on a name only being
    /// tab stops; `None` when there are none, and for a whole file: an editor holds one
    /// snippet at a time.
    pub snippet: Option<String>,
}

/// Why a symbol got no docstring.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The rules say that it should have none, or that it has one.
    #[error("{0}")]
    Skipped(Skip),
    /// No provider had an answer.
    #[error(transparent)]
    Provider(#[from] OrchestratorError),
    /// A template of the user's could not be rendered.
    #[error("{0}")]
    Prompt(String),
    /// The edit guard refused, or there is no place.
    #[error("the code would have changed: {0}")]
    Guard(Violation),
    /// The existing docstring is not understood well enough to be changed without loss.
    #[error("{0}")]
    Unclear(String),
}

/// The result for one symbol of a file.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// How long it took, from the facts to the edit; the proof is not included.
    pub elapsed: Duration,
    /// The docstring, or why there is none.
    pub result: Result<Generated, Failure>,
}

/// The result for a whole file.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// One entry for each undocumented symbol that was considered.
    pub outcomes: Vec<Outcome>,
    /// The proven text; `None` when nothing changed.
    pub text: Option<String>,
    /// The file does not parse as it is, so that no edit could be proven.
    pub unreadable: Option<Violation>,
}

/// Generates the docstring of `symbol`, asking the provider that `options` names.
///
/// # Errors
///
/// When the symbol should have none, no provider answers, or the edit guard refuses.
pub async fn symbol(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<Generated, Failure> {
    proven(source, symbol, options, orchestrator, Wanted::Snippet).await
}

/// Like [`symbol`], but a docstring that is there gives way: only for a user who asked
/// for exactly that.
///
/// # Errors
///
/// See [`symbol`].
pub async fn anew(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<Generated, Failure> {
    proven(source, symbol, options, orchestrator, Wanted::Replacement).await
}

/// The docstring for one symbol, alone in its file.
async fn proven(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
    wanted: Wanted,
) -> Result<Generated, Failure> {
    let questions = Questions::new(source, options, orchestrator, Priority::Interactive);
    let generated = unproven(source, symbol, options, orchestrator, &questions, wanted).await?;
    source.verify(std::slice::from_ref(&generated.edit)).map_err(Failure::Guard)?;
    Ok(generated)
}

/// What would be sent about `symbol`, and to whom; nothing for the embedded provider.
///
/// # Errors
///
/// When a template of the user's fails.
pub fn dry_run(
    source: &Source,
    symbol: &Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<Vec<Shown>, Failure> {
    Questions::new(source, options, orchestrator, Priority::Interactive).shown(symbol)
}

/// The same for every undocumented symbol of a file that `options` selects.
///
/// # Errors
///
/// When a template of the user's fails.
pub fn dry_run_all(
    source: &Source,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<Vec<(SymbolPath, Vec<Shown>)>, Failure> {
    let questions = Questions::new(source, options, orchestrator, Priority::Bulk);
    if questions.is_immediate() {
        return Ok(Vec::new());
    }
    let symbols = source.symbols(|outline| considered(outline, options).is_ok());
    let asked = symbols.iter().filter(|symbol| symbol.slot.is_some());
    asked.map(|symbol| Ok((symbol.path.clone(), questions.shown(symbol)?))).collect()
}

/// A question about an undocumented symbol, before anybody is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which symbol.
    pub path: SymbolPath,
    /// One-based line of its name.
    pub line: usize,
    /// The question, exactly as [`file()`] puts it.
    pub ask: Ask,
    symbol: Arc<Symbol>,
}

impl Asked {
    /// Whether an answer to it would be admitted.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn accept(&self, content: &Value) -> Result<(), Vec<String>> {
        admit(content, &self.symbol).map(drop)
    }
}

/// The questions that [`file()`] puts, in the order of the file; none for a file that does
/// not parse, and none to the embedded provider.
///
/// # Errors
///
/// When a template of the user's fails.
pub async fn questions(
    source: &Source,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<Vec<Asked>, Failure> {
    let questions = Questions::new(source, options, orchestrator, Priority::Bulk);
    if questions.is_immediate() || !source.is_sound() {
        return Ok(Vec::new());
    }
    let symbols = source.symbols(|outline| considered(outline, options).is_ok());
    let open = symbols.into_iter().filter(|one| one.slot.is_some() && one.existing.is_none());
    let mut asked = Vec::new();
    for symbol in open.map(Arc::new) {
        let ask = questions.about(&symbol).await?;
        asked.push(Asked { path: symbol.path.clone(), line: symbol.line, ask, symbol });
    }
    Ok(asked)
}

/// Like [`symbol`], if the provider answers at once and at no cost; `None` if it does not.
pub fn symbol_now(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Option<Result<Generated, Failure>> {
    if !orchestrator.is_immediate(&options.choice) {
        return None;
    }
    self::symbol(source, symbol, options, orchestrator).now_or_never()
}

/// The docstring of `symbol` as a remote provider wrote it before, if that is kept:
/// nobody is asked, and nothing is counted against anybody.
pub async fn symbol_kept(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
) -> Option<Generated> {
    let options = Options { cache: CacheUse::Only, ..options.clone() };
    self::symbol(source, symbol, &options, orchestrator).await.ok()
}

/// Generates docstrings for every undocumented symbol of a file that `options` selects.
///
/// One symbol's failure does not stop the others. The file is proven as a whole; if
/// that fails, each edit is proven by itself and those that fail are left out.
pub async fn file(source: &Source, options: &Options, orchestrator: &Orchestrator) -> FileReport {
    let symbols = source.symbols(|outline| considered(outline, options).is_ok());
    let batch = Batch::new(source, options, orchestrator);
    let mut outcomes = Vec::new();
    let alone = batch.alone(symbols.first(), symbols.len());
    let mut symbols = symbols.into_iter();
    for first in symbols.by_ref().take(alone) {
        outcomes.push(batch.outcome(first).await);
    }
    let mut answers =
        stream::iter(symbols).map(|symbol| batch.outcome(symbol)).buffered(batch.width());
    while let Some(outcome) = answers.next().await {
        outcomes.push(outcome);
    }
    if !source.is_sound() {
        let violation = Violation::new("the file does not parse");
        refuse(&mut outcomes, &violation);
        return FileReport { outcomes, text: None, unreadable: Some(violation) };
    }
    let edits = edits_of(&outcomes);
    if edits.is_empty() {
        return FileReport { outcomes, text: None, unreadable: None };
    }
    if let Ok(text) = source.verify(&edits) {
        return FileReport { outcomes, text: Some(text), unreadable: None };
    }
    if let Err(violation) = source.verify(&[]) {
        refuse(&mut outcomes, &violation);
        return FileReport { outcomes, text: None, unreadable: Some(violation) };
    }
    for outcome in &mut outcomes {
        if let Ok(generated) = &outcome.result
            && let Err(violation) = source.verify(std::slice::from_ref(&generated.edit))
        {
            outcome.result = Err(Failure::Guard(violation));
        }
    }
    let edits = edits_of(&outcomes);
    let text = match source.verify(&edits) {
        Ok(text) if !edits.is_empty() => Some(text),
        Ok(_) => None,
        Err(violation) => {
            refuse(&mut outcomes, &violation);
            None
        }
    };
    FileReport { outcomes, text, unreadable: None }
}

/// Turns every docstring of a file into a failure.
fn refuse(outcomes: &mut [Outcome], violation: &Violation) {
    for outcome in outcomes.iter_mut().filter(|outcome| outcome.result.is_ok()) {
        outcome.result = Err(Failure::Guard(violation.clone()));
    }
}

fn edits_of(outcomes: &[Outcome]) -> Vec<Edit> {
    let generated = outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    generated.map(|generated| generated.edit.clone()).collect()
}

/// What is to be made of an answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The edit.
    Edit,
    /// The edit, also as a snippet, which costs a second rendering.
    Snippet,
    /// The edit, also where a docstring is that it replaces.
    Replacement,
}

async fn unproven(
    source: &Source,
    symbol: Symbol,
    options: &Options,
    orchestrator: &Orchestrator,
    questions: &Questions<'_>,
    wanted: Wanted,
) -> Result<Generated, Failure> {
    if symbol.existing.is_some() && wanted != Wanted::Replacement {
        return Err(Failure::Skipped(Skip::Documented));
    }
    if symbol.slot.is_none() {
        return Err(Failure::Skipped(Skip::NoPlace));
    }
    let symbol = Arc::new(symbol);
    let ask = questions.about(&symbol).await?;
    let about = Arc::clone(&symbol);
    // What a model writes may deviate in harmless ways; the embedded provider's words
    // do not.
    let is_lenient = !questions.is_immediate();
    let accept = move |content: &Value| {
        if is_lenient {
            admit(content, &about)
        } else {
            read(content, &about).map_err(|fault| fault.problems)
        }
    };
    let accepted = orchestrator.complete(ask, accept).await?;
    let symbol = &symbol;
    let docstring = compose(symbol, &accepted.content, options);
    let text = render(&docstring, symbol, options.style, options);
    let edit = source.replacement(symbol, &text).map_err(Failure::Guard)?;
    let snippet = match wanted {
        Wanted::Snippet => {
            snippet::snippet(symbol, &accepted.content, &accepted.guesses, options, &text, &edit)
        }
        Wanted::Edit | Wanted::Replacement => None,
    };
    Ok(Generated {
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
        text,
        edit,
        snippet,
    })
}

fn render(docstring: &Docstring, symbol: &Symbol, style: &dyn Style, options: &Options) -> String {
    let indent = symbol.slot.as_ref().map_or(0, |slot| slot.indent.chars().count());
    style.render(docstring, Layout { width: options.line_length.saturating_sub(indent).max(40) })
}
