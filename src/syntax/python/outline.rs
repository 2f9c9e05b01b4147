//! A symbol before its facts are gathered.

use crate::docstring::{Body, Signature, Symbol};
use crate::syntax::Outline;

/// A symbol with the facts of its outline only.
pub(super) fn bare(outline: Outline, module: String) -> Symbol {
    Symbol {
        language: outline.language,
        kind: outline.kind,
        name: outline.name,
        path: outline.path,
        range: outline.range,
        header: outline.header,
        name_range: outline.name_range,
        line: outline.line,
        public: outline.public,
        flags: outline.flags,
        existing: None,
        slot: None,
        decorators: Vec::new(),
        bases: Vec::new(),
        signature: Signature::default(),
        body: Body::default(),
        members: Vec::new(),
        children: Vec::new(),
        owner: None,
        module,
    }
}
