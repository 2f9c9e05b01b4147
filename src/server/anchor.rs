//! Finds a symbol again after the document changed.
//!
//! A symbol is the same when it has the same path and the same signature; its body
//! and everything around it may differ.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::docstring::{Symbol, SymbolPath};
use crate::syntax::Source;

/// A symbol at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anchor {
    /// Where it stands in the file.
    pub(crate) path: SymbolPath,
    /// Of its decorators and signature, white space not counted.
    pub(crate) hash: String,
}

impl Anchor {
    /// The anchor of `symbol`, which is in `text`.
    pub(crate) fn of(symbol: &Symbol, text: &str) -> Self {
        let header = text.get(symbol.header.clone()).unwrap_or_default();
        let mut hasher = Sha256::new();
        for word in header.split_whitespace() {
            hasher.update(word.as_bytes());
        }
        let mut hash = String::with_capacity(32);
        // Half of it is plenty to tell two signatures apart.
        for byte in hasher.finalize().iter().take(16) {
            let _ = write!(hash, "{byte:02x}");
        }
        Self { path: symbol.path.clone(), hash }
    }

    /// The symbol in `source`, unless its signature has changed.
    pub(crate) fn find(&self, source: &Source) -> Option<Symbol> {
        let symbol = source.symbol(&self.path)?;
        (Self::of(&symbol, source.text()) == *self).then_some(symbol)
    }
}
