//! The words of a docstring, as a provider returns them.
//!
//! A provider never returns code, layout, a signature or a type that the tree
//! already shows: only prose, attached to names that the schema lists.

use serde::{Deserialize, Serialize};

/// What a provider says about a symbol. Every key is required on the wire; what
/// does not apply is `null` or an empty list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// One sentence.
    pub summary: String,
    /// Further paragraphs.
    pub description: Option<String>,
    /// The parameters, in signature order, bare names.
    pub params: Vec<Described>,
    /// What is returned.
    pub returns: Option<String>,
    /// What is yielded.
    pub yields: Option<String>,
    /// The exceptions (`name` as the tree shows it) and when they are raised.
    pub raises: Vec<Described>,
    /// The attributes of a class.
    pub attributes: Vec<Described>,
    /// Rust: when `Err` is returned.
    pub errors: Option<String>,
    /// Rust: when the call panics.
    pub panics: Option<String>,
    /// Rust: what the caller of an unsafe item must guarantee.
    pub safety: Option<String>,
    /// Examples of use.
    pub examples: Vec<Example>,
    /// Remarks.
    pub notes: Option<String>,
    /// Cautions.
    pub warnings: Option<String>,
    /// Since when, and what to use instead.
    pub deprecated: Option<String>,
}

/// A name and what is said about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// The name as the schema lists it.
    pub name: String,
    /// Prose.
    pub description: String,
}

/// An example.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Source lines.
    pub code: String,
    /// What it shows.
    pub note: Option<String>,
}
