//! The attributes of a class and the parameters of its constructor.

use tree_sitter::Node;

use super::class::Traits;
use crate::docstring::{Member, Param};

/// What a class's body says.
#[derive(Default)]
pub(super) struct ClassFacts {
    pub(super) members: Vec<Member>,
    pub(super) params: Vec<Param>,
    pub(super) receiver: Option<String>,
}

/// The facts of a class.
pub(super) fn of(_text: &str, _class: Node<'_>, _traits: Traits) -> ClassFacts {
    ClassFacts::default()
}
