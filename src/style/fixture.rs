//! A symbol to test with.

use crate::docstring::{
    Body, Flags, Language, Param, ParamKind, Raise, Signature, Slot, Symbol, SymbolKind, SymbolPath,
};

/// A function `load` without parameters, four spaces in.
pub(crate) fn symbol(language: Language, kind: SymbolKind) -> Symbol {
    Symbol {
        language,
        kind,
        name: "load".into(),
        path: SymbolPath("load".into()),
        range: 0..0,
        header: 0..0,
        name_range: 0..0,
        line: 1,
        public: true,
        flags: Flags::default(),
        existing: None,
        slot: Some(Slot {
            replace: 0..0,
            indent: "    ".into(),
            before: String::new(),
            after: String::new(),
            newline: "\n",
            marker: "",
        }),
        decorators: Vec::new(),
        bases: Vec::new(),
        signature: Signature::default(),
        body: Body::default(),
        members: Vec::new(),
        children: Vec::new(),
        owner: None,
        module: "m".into(),
    }
}

/// A parameter.
pub(crate) fn param(name: &str, kind: ParamKind, ty: Option<&str>, default: Option<&str>) -> Param {
    Param { name: name.into(), kind, ty: ty.map(Into::into), default: default.map(Into::into) }
}

/// An exception that nothing guards.
pub(crate) fn raise(exception: &str) -> Raise {
    Raise {
        exception: exception.into(),
        condition: None,
        message: None,
        is_reraise: false,
        is_caught: false,
        handling: Vec::new(),
        line: 1,
    }
}
