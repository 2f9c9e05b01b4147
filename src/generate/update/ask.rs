//! Words for what a docstring lacks, and for nothing else.

use std::sync::Arc;

use serde_json::Value;

use crate::docstring::{Docstring, Drift, SectionKind, Symbol, SymbolKind};
use crate::generate::Failure;
use crate::generate::admit::admit_parts;
use crate::generate::compose::compose;
use crate::generate::options::{InitDocs, Options, Types};
use crate::generate::question::Questions;
use crate::orchestrator::{GenerationResult, Orchestrator, Priority};
use crate::style::{Content, Style, read};
use crate::syntax::Source;

/// Whether anything has to be put into words.
pub(super) fn is_needed(drift: &[Drift]) -> bool {
    drift.iter().any(|one| matches!(one, Drift::Missing { .. }))
}

/// `symbol` as if it had nothing but what is missing: what a provider is asked about.
fn narrowed(symbol: &Symbol, drift: &[Drift]) -> Symbol {
    let is_missing = |kind: &SectionKind, wanted: Option<&str>| {
        drift.iter().any(|one| match one {
            Drift::Missing { kind: own, name } if own == kind => {
                let name = name.as_deref().map(|name| name.trim_start_matches('*'));
                wanted.is_none() || name == wanted
            }
            _ => false,
        })
    };
    let mut narrow = symbol.clone();
    let signature = &mut narrow.signature;
    signature.params.retain(|param| is_missing(&SectionKind::Parameters, Some(&param.name)));
    signature.returns_value &= is_missing(&SectionKind::Returns, None);
    if !is_missing(&SectionKind::Yields, None) {
        signature.is_generator = false;
        signature.yields = None;
    }
    signature.is_fallible &= is_missing(&SectionKind::Errors, None);
    narrow.body.raises.retain(|raise| is_missing(&SectionKind::Raises, Some(&raise.exception)));
    narrow.members.retain(|member| is_missing(&SectionKind::Attributes, Some(&member.name)));
    if !is_missing(&SectionKind::Panics, None) {
        narrow.body.panics.clear();
    }
    narrow.flags.is_unsafe &= is_missing(&SectionKind::Safety, None);
    if narrow.kind == SymbolKind::Property {
        // Its value has a place in every answer.
        narrow.kind = SymbolKind::Method;
    }
    narrow
}

/// The words that are missing, joined with the facts in the style of the docstring.
pub(super) async fn words(
    source: &Source,
    symbol: &Arc<Symbol>,
    drift: &[Drift],
    (style, has_types): (&'static dyn Style, bool),
    options: &Options,
    orchestrator: &Orchestrator,
) -> Result<(Docstring, GenerationResult<Content>), Failure> {
    let mut options = Options { style, ..options.clone() };
    // Where something is documented, there it belongs.
    options.rules.init_docs = match symbol.kind {
        SymbolKind::Class => InitDocs::Class,
        _ => InitDocs::Init,
    };
    options.rules.rust_arguments = true;
    if has_types {
        options.rules.types = Types::Always;
    }
    let questions = Questions::new(source, &options, orchestrator, Priority::Interactive);
    let missing = Arc::new(narrowed(symbol, drift));
    let ask = questions.about_missing(symbol, &missing).await?;
    let is_lenient = !questions.is_immediate();
    let whole = Arc::clone(symbol);
    let accept = move |content: &Value| {
        if is_lenient {
            admit_parts(content, &missing, SUMMARY)
        } else {
            read(content, &whole).map_err(|fault| fault.problems)
        }
    };
    let accepted = orchestrator.complete(ask, accept).await?;
    let mut facts = Symbol::clone(symbol);
    facts.flags.is_dataclass = false;
    Ok((compose(&facts, &accepted.content, &options), accepted))
}

/// Stands for the summary, which is there and not asked for. It is written nowhere.
const SUMMARY: &str = "The documentation is there.";
