//! Parameters and results of a function.

use tree_sitter::Node;

use super::grammar::{G, K, kind};
use super::text::{annotation, flat, last, raw};
use crate::docstring::{Param, ParamKind, Signature};

/// What the body tells about the result.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Results {
    /// Own `return` with something else than `None`.
    pub(super) returns_value: bool,
    /// Own `yield`.
    pub(super) yields: bool,
    /// Nothing but a stub.
    pub(super) is_stub: bool,
}

/// The signature of a function. `bound` functions take a receiver.
pub(super) fn of(text: &str, function: Node<'_>, bound: bool, results: Results) -> Signature {
    let mut params = function
        .child_by_field_id(G.parameters)
        .map(|list| parameters(text, list))
        .unwrap_or_default();
    let takes_receiver = bound
        && params.first().is_some_and(|first| {
            matches!(first.kind, ParamKind::PositionalOnly | ParamKind::Regular)
        });
    let receiver = takes_receiver.then(|| params.remove(0).name);
    let return_type = function.child_by_field_id(G.return_type);
    let is_quoted = return_type
        .and_then(|node| text.get(node.byte_range()))
        .is_some_and(|annotation| annotation.starts_with(['"', '\'']));
    let returns =
        return_type.map(|node| annotation(text, node)).filter(|annotation| !annotation.is_empty());
    let annotated = returns.as_deref().unwrap_or("");
    let arguments = iterated(annotated);
    let returns_value = if results.yields {
        match arguments.as_ref().and_then(|arguments| arguments.get(2)) {
            Some(third) => !is_nothing(third),
            None => results.returns_value,
        }
    } else if is_nothing(annotated) {
        // A value is returned all the same (`return super().f()` under `-> None`): the
        // body is what is true, and what linters that read bodies go by.
        // pydoclint takes `NoReturn` for a value unless it is spelled just so (DOC201, DOC203).
        match last(annotated) {
            "None" => results.returns_value,
            _ => is_quoted || annotated.contains('.'),
        }
    } else if results.is_stub {
        !annotated.is_empty()
    } else {
        results.returns_value || !annotated.is_empty()
    };
    let yields = arguments
        .filter(|_| results.yields)
        .and_then(|arguments| arguments.into_iter().next())
        .filter(|element| !element.is_empty());
    Signature {
        params,
        receiver,
        returns,
        is_generator: results.yields,
        returns_value,
        yields,
        is_fallible: false,
        value_type: None,
    }
}

/// `None`, `NoReturn` and `Never`, with or without their module.
fn is_nothing(annotation: &str) -> bool {
    matches!(last(annotation), "None" | "NoReturn" | "Never")
        && annotation.chars().all(|c| c == '.' || c == '_' || c.is_alphanumeric())
}

/// The type arguments of an annotation that can be iterated.
fn iterated(annotation: &str) -> Option<Vec<String>> {
    let (head, rest) = annotation.split_once('[')?;
    if !matches!(
        last(head.trim()),
        "Iterator"
            | "Iterable"
            | "Generator"
            | "AsyncIterator"
            | "AsyncIterable"
            | "AsyncGenerator"
    ) {
        return None;
    }
    let inner = rest.strip_suffix(']')?;
    let (mut depth, mut start, mut quote) = (0usize, 0, None);
    let mut arguments = Vec::new();
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (Some(open), c) => quote = Some(open).filter(|open| *open != c),
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(' | '{') => depth += 1,
            (None, ']' | ')' | '}') => depth = depth.checked_sub(1)?,
            (None, ',') if depth == 0 => {
                arguments.push(inner.get(start..at)?.trim().to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    let rest = inner.get(start..)?.trim();
    if !rest.is_empty() {
        arguments.push(rest.to_owned());
    }
    Some(arguments)
}

/// The parameters in order, receiver included, separators left out.
pub(super) fn parameters(text: &str, list: Node<'_>) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    let mut rest = ParamKind::Regular;
    let mut cursor = list.walk();
    for child in list.named_children(&mut cursor) {
        match kind(child) {
            K::PositionalSeparator => {
                for param in &mut params {
                    if param.kind == ParamKind::Regular {
                        param.kind = ParamKind::PositionalOnly;
                    }
                }
            }
            K::KeywordSeparator => rest = ParamKind::KeywordOnly,
            K::Comment | K::Error => {}
            _ => {
                let Some(param) = parameter(text, child, rest) else { continue };
                if param.kind == ParamKind::VarPositional {
                    rest = ParamKind::KeywordOnly;
                }
                params.push(param);
            }
        }
    }
    params
}

fn parameter(text: &str, node: Node<'_>, rest: ParamKind) -> Option<Param> {
    let name = match kind(node) {
        K::Identifier | K::ListSplatPattern | K::DictionarySplatPattern => node,
        K::TypedParameter => {
            let mut cursor = node.walk();
            node.named_children(&mut cursor).find(|child| kind(*child) != K::Comment)?
        }
        K::DefaultParameter | K::TypedDefaultParameter => node.child_by_field_id(G.name)?,
        _ => return None,
    };
    let passed = match kind(name) {
        K::ListSplatPattern => ParamKind::VarPositional,
        K::DictionarySplatPattern => ParamKind::VarKeyword,
        K::Identifier => rest,
        _ => return None,
    };
    Some(Param {
        name: raw(text, name).trim_start_matches(['*', ' ']).to_owned(),
        kind: passed,
        ty: node.child_by_field_id(G.kind).map(|ty| annotation(text, ty)),
        default: node.child_by_field_id(G.value).map(|value| flat(text, value)),
    })
}
