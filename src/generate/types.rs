//! Which types a docstring prints.

use super::options::{Options, Profile, Types};
use crate::docstring::{Expr, ExprKind, Param, Symbol};

/// What stands for a type that nobody knows.
const UNKNOWN: &str = "object";

/// The type to print for something with this annotation, in a style that can do without.
pub(super) fn shown_type(annotation: Option<&str>, options: &Options) -> Option<String> {
    let is_shown = match options.rules.types {
        Types::Auto => options.style.id() == "numpy",
        Types::Always => true,
        Types::UnannotatedOnly | Types::Never => false,
    };
    annotation.filter(|_| is_shown).map(printed)
}

/// An annotation without the quotes of forward references; those of literals stay.
pub(super) fn printed(annotation: &str) -> String {
    if !annotation.contains(['"', '\''])
        || ["Literal", "Annotated"].iter().any(|name| annotation.contains(name))
    {
        return annotation.to_owned();
    }
    annotation.replace(['"', '\''], "")
}

/// The type of a parameter. NumPy without a type is incomplete (numpydoc PR04), so an
/// unknown one is `object` there.
pub(super) fn param_type(param: &Param, symbol: &Symbol, options: &Options) -> Option<String> {
    let is_numpy = options.style.id() == "numpy";
    let signature = &symbol.signature;
    if is_numpy
        && options.rules.types == Types::Auto
        && !matches!(options.rules.profile, Profile::Ruff | Profile::Numpydoc)
        && signature.is_generator
        && signature.yields.is_none()
        && signature.returns.is_some()
    {
        // The annotation is an alias of an iterator. pydoclint cannot know (DOC403, DOC404),
        // and is content only where types are left out altogether.
        return None;
    }
    match (options.rules.types, &param.ty) {
        (Types::Never, _) | (Types::UnannotatedOnly, Some(_)) => None,
        (_, Some(_)) => shown_type(param.ty.as_deref(), options),
        (Types::Auto, None) if !is_numpy => None,
        (_, None) => {
            let guess = param.default.as_deref().and_then(literal_type);
            guess.or(is_numpy.then_some(UNKNOWN)).map(str::to_owned)
        }
    }
}

/// The type that a default value shows.
fn literal_type(default: &str) -> Option<&'static str> {
    let first = default.trim_start_matches(['b', 'r', 'f', 'u']).chars().next()?;
    match default {
        "True" | "False" => Some("bool"),
        _ if default.starts_with("b'") || default.starts_with("b\"") => Some("bytes"),
        _ if matches!(first, '"' | '\'') => Some("str"),
        _ if default.parse::<i64>().is_ok() => Some("int"),
        _ if default.parse::<f64>().is_ok()
            && default.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Some("float")
        }
        _ => None,
    }
}

/// The type of what is returned: the annotation, else what every `return` shows.
pub(super) fn return_type(symbol: &Symbol, options: &Options) -> Option<String> {
    let annotation = symbol.signature.returns.as_deref();
    value_type(annotation, &symbol.body.returns, symbol, options)
}

/// The type of what is yielded.
pub(super) fn yield_type(symbol: &Symbol, options: &Options) -> Option<String> {
    let signature = &symbol.signature;
    value_type(signature.yields.as_deref(), &symbol.body.yields, symbol, options)
}

fn value_type(
    annotation: Option<&str>,
    values: &[Expr],
    symbol: &Symbol,
    options: &Options,
) -> Option<String> {
    // The first line under NumPy's heading is a type, always (numpydoc RT02).
    if options.style.id() == "numpy" {
        let known = annotation.map(printed).or_else(|| inferred(values, symbol));
        return Some(known.unwrap_or_else(|| UNKNOWN.to_owned()));
    }
    match (options.rules.types, annotation) {
        (Types::Always, Some(annotation)) => Some(printed(annotation)),
        (Types::Always | Types::UnannotatedOnly, None) => inferred(values, symbol),
        _ => None,
    }
}

/// The type that all values agree on, `None` aside.
fn inferred(values: &[Expr], symbol: &Symbol) -> Option<String> {
    let mut found: Option<String> = None;
    let mut has_none = false;
    for value in values {
        let ty = match value.kind {
            ExprKind::None => {
                has_none = true;
                continue;
            }
            _ => type_of(value, symbol)?,
        };
        match &found {
            Some(known) if *known != ty => return None,
            _ => found = Some(ty),
        }
    }
    let found = found?;
    Some(if has_none { format!("{found} or None") } else { found })
}

fn type_of(value: &Expr, symbol: &Symbol) -> Option<String> {
    let name = match value.kind {
        ExprKind::Bool | ExprKind::Compare | ExprKind::Not => "bool",
        ExprKind::String => "str",
        ExprKind::Bytes => "bytes",
        ExprKind::List | ExprKind::ListComp => "list",
        ExprKind::Dict | ExprKind::DictComp => "dict",
        ExprKind::Set | ExprKind::SetComp => "set",
        ExprKind::Tuple => "tuple",
        ExprKind::Number if value.text.parse::<i64>().is_ok() => "int",
        ExprKind::Number if value.text.parse::<f64>().is_ok() => "float",
        ExprKind::Name
            if !symbol.flags.is_classmethod
                && symbol.signature.receiver.as_deref() == Some(value.text.as_str()) =>
        {
            return symbol.owner.as_ref().map(|owner| owner.name.clone());
        }
        _ => return None,
    };
    Some(name.to_owned())
}
