//! Names a symbol in a way that outlives a change of the document: by its path and its
//! signature.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::docstring::{Symbol, SymbolPath};

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
        let hash = digest(&[header]);
        Self { path: symbol.path.clone(), hash }
    }
}

/// A hash of the words of `texts`.
pub(crate) fn digest(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for word in texts.iter().flat_map(|text| text.split_whitespace()) {
        hasher.update(word.as_bytes());
    }
    let mut hash = String::with_capacity(32);
    // Half of it is plenty to tell two texts apart.
    for byte in hasher.finalize().iter().take(16) {
        let _ = write!(hash, "{byte:02x}");
    }
    hash
}
