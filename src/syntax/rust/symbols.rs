//! Items to symbols: the facts of each definition that is wanted.

use std::collections::HashMap;

use tree_sitter::Node;

use super::expressions::{EXPRESSION, one_line, source};
use super::form::type_name;
use super::items::Item;
use super::kinds::{Field, Kind, child, kind};
use super::{body, docs, place, signature};
use crate::docstring::{Body, Flags, Language, Member, Owner, Signature, Symbol, SymbolKind};

/// Longest list of members or children.
const LIST: usize = 64;

/// What a file's symbols have in common.
pub(super) struct File<'tree, 'a> {
    text: &'a str,
    items: &'a [Item<'tree>],
    newline: &'static str,
    /// The types that the file defines, for the kind of an `impl`'s target.
    types: HashMap<&'a str, SymbolKind>,
    /// For each item the items directly inside.
    inside: Vec<Vec<usize>>,
}

impl<'tree, 'a> File<'tree, 'a> {
    pub(super) fn new(text: &'a str, items: &'a [Item<'tree>]) -> Self {
        let mut types = HashMap::new();
        let mut inside = vec![Vec::new(); items.len()];
        for (index, item) in items.iter().enumerate() {
            let kind = item.outline.kind;
            if matches!(
                kind,
                SymbolKind::Struct | SymbolKind::Enum | SymbolKind::Union | SymbolKind::Trait
            ) {
                types.entry(item.outline.name.as_str()).or_insert(kind);
            }
            if let Some(list) = item.parent.and_then(|parent| inside.get_mut(parent))
                && item.implementation.is_none()
                && list.len() < LIST
            {
                list.push(index);
            }
        }
        Self { text, items, newline: place::newline(text), types, inside }
    }

    /// The symbol of the item at `index`.
    pub(super) fn symbol(&self, index: usize) -> Option<Symbol> {
        let item = self.items.get(index)?;
        let outline = &item.outline;
        let kind = outline.kind;
        let signature = if item.parent.is_none() {
            Signature::default()
        } else {
            signature::signature(item.node, self.text)
        };
        let body = if kind.is_callable() {
            let exit = signature::exit(&signature);
            body::body(child(item.node, Field::Body), exit, self.text)
        } else {
            Body::default()
        };
        let attributes = item.attributes.iter().map(|node| docs::inside(*node, self.text));
        Some(Symbol {
            language: Language::Rust,
            kind,
            name: outline.name.clone(),
            path: outline.path.clone(),
            range: outline.range.clone(),
            header: outline.header.clone(),
            name_range: outline.name_range.clone(),
            line: outline.line,
            public: outline.public,
            flags: outline.flags,
            existing: docs::existing(&item.docs, self.text),
            slot: place::slot(item, self.text, self.newline),
            decorators: attributes.map(|text| one_line(text, 4 * EXPRESSION)).collect(),
            bases: self.bounds(item.node),
            signature,
            body,
            members: self.members(index, kind),
            children: self.children(index, kind),
            owner: self.owner(item),
            module: self.items.first().map(|file| file.outline.name.clone()).unwrap_or_default(),
        })
    }

    fn direct(&self, index: usize) -> impl Iterator<Item = &Item<'tree>> {
        let list = self.inside.get(index).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(|index| self.items.get(*index))
    }

    /// Supertraits as written.
    fn bounds(&self, node: Node<'_>) -> Vec<String> {
        let Some(bounds) = child(node, Field::Bounds) else { return Vec::new() };
        if kind(node) != Kind::TraitItem && kind(node) != Kind::AssociatedType {
            return Vec::new();
        }
        let mut cursor = bounds.walk();
        let named = bounds.named_children(&mut cursor).filter(|node| !kind(*node).is_comment());
        named.take(LIST).map(|node| one_line(source(node, self.text), EXPRESSION)).collect()
    }

    fn members(&self, index: usize, kind: SymbolKind) -> Vec<Member> {
        let wanted = match kind {
            SymbolKind::Struct | SymbolKind::Union | SymbolKind::Variant => SymbolKind::Field,
            SymbolKind::Enum => SymbolKind::Variant,
            _ => return Vec::new(),
        };
        let found = self.direct(index).filter(|item| item.outline.kind == wanted);
        found.map(|item| self.member(item)).collect()
    }

    fn member(&self, item: &Item<'_>) -> Member {
        let form = match item.outline.kind {
            SymbolKind::Field => child(item.node, Field::Type),
            _ => child(item.node, Field::Body),
        };
        let default = child(item.node, Field::Value);
        let one_line_of = |node: Node<'_>| one_line(source(node, self.text), EXPRESSION);
        Member {
            name: item.outline.name.clone(),
            ty: form.map(one_line_of),
            default: default.map(one_line_of),
            from_init: false,
            comment: self.comment(item),
        }
    }

    /// The first paragraph of a member's documentation, else the plain comment above or beside it.
    fn comment(&self, item: &Item<'_>) -> Option<String> {
        if let Some(existing) = docs::existing(&item.docs, self.text) {
            let paragraph = existing.text.split("\n\n").next().unwrap_or_default();
            return Some(paragraph.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        let rest = self.text.get(item.node.end_byte()..)?;
        let rest = rest.split('\n').next()?.trim_start_matches(',').trim_start();
        if let Some(comment) = rest.strip_prefix("//") {
            return Some(comment.trim().to_owned()).filter(|comment| !comment.is_empty());
        }
        let head = self.text.get(..item.anchor)?;
        let mut lines = Vec::new();
        let above = head.rsplit('\n').skip(1).take(8).map(str::trim);
        for line in above.map_while(|line| line.strip_prefix("//")) {
            lines.push(line.trim());
        }
        lines.reverse();
        let comment = lines.join(" ").trim().to_owned();
        (!comment.is_empty()).then_some(comment)
    }

    fn children(&self, index: usize, kind: SymbolKind) -> Vec<String> {
        let is_child = |item: &&Item<'_>| {
            kind == SymbolKind::Module
                || kind == SymbolKind::Trait
                || kind.is_callable() && item.outline.kind.is_callable()
        };
        self.direct(index).filter(is_child).map(|item| item.outline.name.clone()).collect()
    }

    fn owner(&self, item: &Item<'_>) -> Option<Owner> {
        if let Some(implementation) = item.implementation {
            let name = type_name(child(implementation, Field::Type)?, self.text);
            let bound = child(implementation, Field::Trait);
            let flags = Flags { in_trait_impl: bound.is_some(), ..Flags::default() };
            return Some(Owner {
                name: name.to_owned(),
                kind: self.types.get(name).copied().unwrap_or(SymbolKind::Struct),
                bases: bound
                    .map(|bound| one_line(source(bound, self.text), EXPRESSION))
                    .into_iter()
                    .collect(),
                flags,
            });
        }
        let parent = self.items.get(item.parent?)?;
        matches!(
            parent.outline.kind,
            SymbolKind::Struct
                | SymbolKind::Union
                | SymbolKind::Enum
                | SymbolKind::Variant
                | SymbolKind::Trait
        )
        .then(|| Owner {
            name: parent.outline.name.clone(),
            kind: parent.outline.kind,
            bases: self.bounds(parent.node),
            flags: parent.outline.flags,
        })
    }
}
