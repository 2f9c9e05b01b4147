//! A symbol to test with.

use crate::docstring::{Language, Param, ParamKind, Raise, Slot, Symbol, SymbolKind};

/// A function `load` without parameters, four spaces in.
pub(crate) fn symbol(language: Language, kind: SymbolKind) -> Symbol {
    Symbol {
        slot: Some(Slot {
            replace: 0..0,
            indent: "    ".into(),
            before: String::new(),
            after: String::new(),
            newline: "\n",
            marker: "",
        }),
        module: "m".into(),
        ..Symbol::new(language, kind, "load")
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
        is_direct: false,
        handling: Vec::new(),
        line: 1,
    }
}
