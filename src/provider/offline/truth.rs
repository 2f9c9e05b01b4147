//! What it means that a value is true or false, by what is known of its type.

use super::switches::is_flag;
use crate::docstring::{ExprKind, ParamKind, Symbol};

/// What is known of a value that is tested by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    /// A yes or no.
    Flag,
    /// Text or a container.
    Sized,
    /// A number.
    Number,
    /// Something or `None`.
    Optional,
    Unknown,
}

impl Truth {
    /// What follows "is" when the value is true, and when it is false.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Truth::Flag => ("true", "false"),
            Truth::Sized => ("not empty", "empty"),
            Truth::Number => ("not zero", "zero"),
            Truth::Optional => ("set", "`None`"),
            Truth::Unknown => ("set", "empty or not set"),
        }
    }
}

/// What is known of the name in `symbol`.
pub(super) fn of(name: &str, symbol: &Symbol) -> Truth {
    if let Some(param) = symbol.signature.params.iter().find(|param| param.name == name) {
        return match param.kind {
            ParamKind::VarPositional | ParamKind::VarKeyword => Truth::Sized,
            _ if is_flag(param) => Truth::Flag,
            _ => param.ty.as_deref().map_or(Truth::Unknown, by_type),
        };
    }
    let mut values = symbol.body.locals.iter().filter(|local| local.name == name);
    let (first, is_only) = (values.next(), values.next().is_none());
    match first.map(|local| local.value.kind) {
        Some(ExprKind::Compare | ExprKind::Not | ExprKind::Bool) => Truth::Flag,
        Some(ExprKind::ListComp | ExprKind::DictComp | ExprKind::SetComp) if is_only => {
            Truth::Sized
        }
        _ => Truth::Unknown,
    }
}

fn by_type(ty: &str) -> Truth {
    if ty.contains('|') || ty.contains("Optional[") || ty.contains("Union[") {
        return Truth::Unknown;
    }
    let head = ty.split('[').next().unwrap_or(ty);
    match head.rsplit('.').next().unwrap_or(head) {
        "bool" => Truth::Flag,
        "str" | "bytes" | "bytearray" | "list" | "dict" | "set" | "tuple" | "frozenset"
        | "List" | "Dict" | "Set" | "Tuple" | "Sequence" | "Mapping" => Truth::Sized,
        "int" | "float" => Truth::Number,
        "Match" => Truth::Optional,
        _ => Truth::Unknown,
    }
}
