//! Joins the facts of a symbol with the words of a provider.

use super::options::Options;
use crate::docstring::{Docstring, Symbol};
use crate::style::Content;

/// The docstring of `symbol`: names and types from the tree, prose from `content`.
pub fn compose(_symbol: &Symbol, _content: &Content, _options: &Options) -> Docstring {
    todo!()
}
