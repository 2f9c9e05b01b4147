//! What a model left out although the code states it.
//!
//! An exception that a body raises belongs into the docstring: linters ask for it, and
//! callers too. A second turn would cost a whole call, and whoever forgot an exception
//! once forgets it again; the test in front of a `raise` says the same every time, at no
//! cost. So the entry comes from the embedded provider, and the model's words stay as
//! they are. Parameters and results are another matter: their meaning is in no test, so
//! that an answer without them is sent back.

use std::sync::Arc;

use futures_util::FutureExt;

use crate::docstring::{Language, Raise, Symbol};
use crate::provider::{Answer, CompletionRequest, Offline, Provider};
use crate::style::{Content, Described, read};

/// The content with an entry for each exception that leaves the body.
pub(super) fn completed(mut content: Content, symbol: &Symbol) -> Content {
    let has = |list: &[Described], name: &str| list.iter().any(|one| one.name == name);
    let is_missing = |raise: &&Raise| {
        !raise.is_caught
            && !raise.exception.ends_with("NotImplementedError")
            && !has(&content.raises, &raise.exception)
    };
    let is_python = symbol.language == Language::Python && symbol.kind.is_callable();
    let missing: Vec<&str> = symbol
        .body
        .raises
        .iter()
        .filter(is_missing)
        .map(|raise| raise.exception.as_str())
        .collect();
    if !is_python || missing.is_empty() {
        return content;
    }
    let Some(embedded) = embedded(symbol) else { return content };
    let added = embedded.raises.into_iter().filter(|one| missing.contains(&one.name.as_str()));
    content.raises.extend(added);
    content
}

/// What the embedded provider says of a symbol.
fn embedded(symbol: &Symbol) -> Option<Content> {
    let request = CompletionRequest::about(Arc::new(symbol.clone()));
    let completion = Offline::default().complete(&request).now_or_never()?.ok()?;
    match completion.answer {
        Answer::Content(content) => read(&content, symbol).ok(),
        Answer::Text(_) => None,
    }
}
