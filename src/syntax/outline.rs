//! A definition as it is listed: where it stands, before its facts are gathered.

use std::ops::Range;

use crate::docstring::{Flags, Language, SymbolKind, SymbolPath};

/// What is known of a definition before its facts are gathered.
#[derive(Clone, Debug)]
pub struct Outline {
    /// The language of the file.
    pub language: Language,
    /// What it is.
    pub kind: SymbolKind,
    /// Its bare name.
    pub name: String,
    /// Where it stands in the file.
    pub path: SymbolPath,
    /// Bytes of the whole definition.
    pub range: Range<usize>,
    /// Bytes of decorators or attributes and signature.
    pub header: Range<usize>,
    /// Bytes of the name.
    pub name_range: Range<usize>,
    /// One-based line of the name.
    pub line: usize,
    /// Visible from outside.
    pub public: bool,
    /// Already has documentation.
    pub documented: bool,
    /// Yes-or-no facts.
    pub flags: Flags,
}
