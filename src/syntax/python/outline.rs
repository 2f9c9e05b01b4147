//! A symbol before its facts are gathered.

use crate::docstring::Symbol;
use crate::syntax::Outline;

/// A symbol with the facts of its outline only.
pub(super) fn bare(outline: Outline, module: String) -> Symbol {
    Symbol {
        name: outline.name,
        range: outline.range,
        header: outline.header,
        name_range: outline.name_range,
        line: outline.line,
        public: outline.public,
        flags: outline.flags,
        module,
        ..Symbol::new(outline.language, outline.kind, &outline.path.0)
    }
}
