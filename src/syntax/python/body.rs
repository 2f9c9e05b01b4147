//! What a function's own body does.

use tree_sitter::Node;

use super::grammar::{G, K, kind};
use super::signature::Results;
use super::text::raw;
use crate::docstring::Body;

/// The name of the first positional parameter.
pub(super) fn receiver<'a>(text: &'a str, function: Node<'_>) -> Option<&'a str> {
    let list = function.child_by_field_id(G.parameters)?;
    let mut cursor = list.walk();
    let mut params = list.named_children(&mut cursor);
    let first = params.find(|child| kind(*child) != K::Comment)?;
    let name = match kind(first) {
        K::Identifier => first,
        K::TypedParameter => first.named_child(0).filter(|name| kind(*name) == K::Identifier)?,
        K::DefaultParameter | K::TypedDefaultParameter => first.child_by_field_id(G.name)?,
        _ => return None,
    };
    Some(raw(text, name))
}

/// The facts of a body, and what they say about the result.
pub(super) fn of(_text: &str, _function: Node<'_>, _receiver: Option<&str>) -> (Body, Results) {
    (Body::default(), Results::default())
}
