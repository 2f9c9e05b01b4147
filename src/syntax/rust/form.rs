//! What the form of an item tells: its modifiers, its visibility, where its signature ends.

use tree_sitter::Node;

use super::items::Place;
use super::kinds::{Field, Kind, child, kind};
use crate::docstring::{Flags, SymbolKind};

/// Whether all was parsed but for the inside of macros, of whose tokens the grammar does
/// not know all, and `safe`.
pub(super) fn is_sound(root: Node<'_>, text: &str) -> bool {
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        let kind = kind(node);
        let is_safe = kind == Kind::Error && text.get(node.byte_range()) == Some("safe");
        if node.is_missing() || kind == Kind::Error && !is_safe {
            return false;
        }
        let is_macro = matches!(kind, Kind::TokenTree | Kind::MacroDefinition);
        if node.has_error() && !is_macro && !is_safe && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return true;
            }
        }
    }
}

pub(super) fn begins_with_inner(body: &str) -> bool {
    let rest = body.trim_start_matches('{').trim_start();
    ["//", "/*", "#!"].iter().any(|mark| rest.starts_with(mark))
}

/// `unsafe`, `async`, `const` and a missing body.
pub(super) fn modifiers(
    node: Node<'_>,
    symbol: SymbolKind,
    place: Place,
    text: &str,
    flags: &mut Flags,
) {
    if !symbol.is_callable() && symbol != SymbolKind::Trait {
        return;
    }
    let mut is_safe = false;
    // Visibility, modifiers, keyword, name; comments may stand in between.
    for child in (0..8).map_while(|index| node.child(index)) {
        match kind(child) {
            Kind::Unsafe => flags.is_unsafe = true,
            Kind::FunctionModifiers => {
                let mut cursor = child.walk();
                for modifier in child.children(&mut cursor) {
                    match kind(modifier) {
                        Kind::Unsafe => flags.is_unsafe = true,
                        Kind::Async => flags.is_async = true,
                        Kind::Const => flags.is_const = true,
                        _ => {}
                    }
                }
            }
            // The grammar does not know `safe`.
            Kind::Error => is_safe |= text.get(child.byte_range()) == Some("safe"),
            Kind::Identifier | Kind::TypeIdentifier => break,
            _ => {}
        }
    }
    let is_signature = kind(node) == Kind::FunctionSignature;
    flags.is_abstract = is_signature && place == Place::Trait;
    flags.is_unsafe |= is_signature && place == Place::Foreign && !is_safe;
}

pub(super) fn is_public(
    node: Node<'_>,
    symbol: SymbolKind,
    place: Place,
    attributes: &[&str],
    name: &str,
    text: &str,
) -> bool {
    match (symbol, place) {
        (SymbolKind::Macro, _) => {
            attributes.iter().any(|attribute| attribute.starts_with("macro_export"))
        }
        (_, Place::Trait | Place::Variants) => true,
        (_, Place::TraitImpl | Place::Body) => false,
        (SymbolKind::Function, Place::Module) if name == "main" => false,
        _ => {
            let visibility = node.child(0);
            visibility.is_some_and(|first| {
                kind(first) == Kind::Visibility && text.get(first.byte_range()) == Some("pub")
            })
        }
    }
}

/// Whether a part of the item in front of its body could not be parsed.
pub(super) fn has_broken_header(node: Node<'_>, end: usize, text: &str) -> bool {
    if !node.has_error() {
        return false;
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).take_while(|child| child.start_byte() < end).any(|child| {
        let is_safe = child.is_error() && text.get(child.byte_range()) == Some("safe");
        (child.has_error() || child.is_missing()) && !is_safe
    })
}

/// The end of what a reader needs to know of an item's form.
pub(super) fn header_end(node: Node<'_>, symbol: SymbolKind, text: &str) -> usize {
    let end = match symbol {
        SymbolKind::Constant | SymbolKind::Static => {
            child(node, Field::Type).map(|ty| ty.end_byte())
        }
        SymbolKind::Macro => child(node, Field::Name).map(|name| name.end_byte()),
        _ => child(node, Field::Body).map(|body| body.start_byte()),
    };
    let end = end.unwrap_or(node.end_byte());
    let header = text.get(node.start_byte()..end).unwrap_or_default();
    node.start_byte() + header.trim_end().len()
}

/// The name of the type that an `impl` is for, without generics and path.
pub(super) fn type_name<'a>(node: Node<'_>, text: &'a str) -> &'a str {
    let mut node = node;
    loop {
        let next = match kind(node) {
            Kind::GenericType | Kind::ReferenceType | Kind::PointerType => child(node, Field::Type),
            Kind::ScopedTypeIdentifier => child(node, Field::Name),
            _ => None,
        };
        let Some(inner) = next else { break };
        node = inner;
    }
    let name = text.get(node.byte_range()).unwrap_or_default();
    if name.len() > 80 || name.contains('\n') { "?" } else { name }
}
