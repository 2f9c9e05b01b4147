//! The embedded provider: words from the syntax tree alone.
//!
//! It states what the tree shows: names spelt out, what is returned, when an
//! exception is raised, where an argument goes. Descriptions that rest on a bare
//! name are reported as guesses. It is pure, deterministic and makes no calls.

mod accessors;
mod action;
mod adjectives;
mod attributes;
mod bare;
mod complements;
mod conditions;
mod dunders;
mod failures;
mod lexicon;
mod names;
mod nouns;
mod outcomes;
mod params;
mod phrase;
mod predicates;
mod python;
mod quote;
mod relations;
mod returns;
mod rust;
mod subject;
mod switches;
mod truth;
mod uses;
mod values;
mod variadic;
mod verb_table;
mod verbs;
mod words;
mod wrappers;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Capabilities, Completion, CompletionRequest, Provider, ProviderError, ProviderId};
use crate::docstring::{Language, Symbol, SymbolKind};

/// The embedded provider.
pub struct Offline {
    id: ProviderId,
    capabilities: Capabilities,
}

impl Default for Offline {
    fn default() -> Self {
        Self { id: ProviderId::offline(), capabilities: Capabilities::immediate() }
    }
}

impl Provider for Offline {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        async move {
            let (content, guesses) = describe(&request.symbol);
            Ok(Completion { guesses, ..Completion::content(content) })
        }
        .boxed()
    }
}

/// Prose, and whether it rests on a name only.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Words {
    text: String,
    is_guess: bool,
}

impl Words {
    fn known(text: &str) -> Self {
        Self { text: text.to_owned(), is_guess: false }
    }

    fn guess(text: &str) -> Self {
        Self { text: text.to_owned(), is_guess: true }
    }
}

/// Collects the pointers of guesses.
#[derive(Default)]
struct Guesses(Vec<String>);

impl Guesses {
    /// The text, its pointer noted if it is a guess. A text that could not be
    /// written safely gives way to `otherwise`.
    fn take(&mut self, words: Words, pointer: impl FnOnce() -> String, otherwise: &str) -> String {
        let is_safe = quote::is_safe(&words.text) && !words.text.trim().is_empty();
        if words.is_guess || !is_safe {
            self.0.push(pointer());
        }
        if is_safe { words.text } else { otherwise.to_owned() }
    }
}

/// The content for a symbol, and the pointers of its guesses.
fn describe(symbol: &Symbol) -> (Value, Vec<String>) {
    let plain = names::plain(symbol);
    let symbol = plain.as_ref().unwrap_or(symbol);
    let mut guesses = Guesses::default();
    let is_callable = symbol.kind.is_callable();
    let is_python = symbol.language == Language::Python;
    let summary = if is_python { python::summary(symbol) } else { rust::summary(symbol) };
    let fallback = if is_callable { "Run the function." } else { "A definition." };
    let summary = guesses.take(summary, || "/summary".to_owned(), fallback);
    let is_sentence =
        summary.starts_with(|c: char| c.is_alphanumeric() || c == '`') && summary.len() > 3;
    let summary = if is_sentence { summary } else { fallback.to_owned() };

    let mut parameters = Vec::new();
    for (index, param) in symbol.signature.params.iter().enumerate() {
        if param.name.chars().all(|c| c == '_') {
            continue;
        }
        let words = params::describe(symbol, param, index);
        let at = parameters.len();
        let text = guesses.take(words, || format!("/params/{at}/description"), "An argument.");
        parameters.push(json!({ "name": param.name, "description": text }));
    }

    let returns = (is_callable && symbol.signature.returns_value)
        .then(|| guesses.take(returns::returned(symbol), || "/returns".to_owned(), "The result."));
    let is_stub = symbol.body.is_stub || symbol.flags.is_abstract;
    let is_yielding = symbol.signature.is_generator || is_stub && symbol.signature.yields.is_some();
    let yields = (is_callable && is_yielding)
        .then(|| guesses.take(returns::yielded(symbol), || "/yields".to_owned(), "The next item."));

    let mut raises = Vec::new();
    if is_python && is_callable {
        for (name, words) in failures::raises(symbol) {
            let at = raises.len();
            let text =
                guesses.take(words, || format!("/raises/{at}/description"), "If an error occurs.");
            raises.push(json!({ "name": name, "description": text }));
        }
    }

    let mut attributes = Vec::new();
    if symbol.kind == SymbolKind::Class {
        for member in symbol.members.iter().filter(|member| !member.name.starts_with('_')) {
            let comment = member.comment.as_deref();
            let words = attributes::attribute(symbol, &member.name, member.ty.as_deref(), comment);
            let at = attributes.len();
            let text =
                guesses.take(words, || format!("/attributes/{at}/description"), "An attribute.");
            attributes.push(json!({ "name": member.name, "description": text }));
        }
    }

    let errors = symbol.signature.is_fallible.then(|| {
        guesses.take(
            failures::errors(symbol),
            || "/errors".to_owned(),
            "Returns an error if it fails.",
        )
    });
    let panics = (!is_python)
        .then(|| failures::panics(symbol))
        .flatten()
        .map(|words| guesses.take(words, || "/panics".to_owned(), "Panics if a check fails."));
    let needs_safety = symbol.flags.is_unsafe && (is_callable || symbol.kind == SymbolKind::Trait);
    let safety = needs_safety.then(|| {
        guesses.take(
            rust::safety(symbol),
            || "/safety".to_owned(),
            "The caller must uphold the contract.",
        )
    });

    let content = json!({
        "summary": summary,
        "description": null,
        "params": parameters,
        "returns": returns,
        "yields": yields,
        "raises": raises,
        "attributes": attributes,
        "errors": errors,
        "panics": panics,
        "safety": safety,
        "examples": [],
        "notes": null,
        "warnings": null,
        "deprecated": null,
    });
    (content, guesses.0)
}
