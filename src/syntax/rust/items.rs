//! Finds the items of a file: one walk over the tree that enters only what can hold items.

use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::{Node, TreeCursor};

use super::docs::{self, Lead};
use super::kinds::{Field, Kind, child, kind};
use super::{form, module};
use crate::docstring::{Flags, Language, SymbolKind, SymbolPath};
use crate::syntax::{Outline, Source};

/// One definition, before its facts are gathered.
pub(super) struct Item<'tree> {
    pub(super) outline: Outline,
    pub(super) node: Node<'tree>,
    /// Attributes in front of it that are not documentation.
    pub(super) attributes: Vec<Node<'tree>>,
    /// Its documentation, outer and inner.
    pub(super) docs: Vec<Range<usize>>,
    /// The first attribute, documentation excluded, or the item itself.
    pub(super) anchor: usize,
    /// The `impl` around it.
    pub(super) implementation: Option<Node<'tree>>,
    /// The item around it, as an index.
    pub(super) parent: Option<usize>,
    /// In a part of the file that could not be parsed.
    pub(super) is_broken: bool,
}

/// Items nested deeper are left out: paths would grow without end.
const DEPTH: usize = 64;

/// What a walk into a node's children needs to know.
#[derive(Clone)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each read by name")]
struct Scope<'tree> {
    place: Place,
    /// The path in front of names, with its dot.
    prefix: String,
    /// Everything around it that decides about visibility is public.
    public: bool,
    is_test: bool,
    is_nested: bool,
    is_broken: bool,
    /// How many items are around it.
    depth: usize,
    implementation: Option<Node<'tree>>,
    parent: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A file or module.
    Module,
    /// `impl Type`.
    Impl,
    /// `impl Trait for Type`.
    TraitImpl,
    Trait,
    /// `extern "C" { }`; whether calls are unsafe is up to each item.
    Foreign,
    /// The fields of a struct or union.
    Fields,
    /// The variants of an enum and their fields.
    Variants,
    /// The inside of a function.
    Body,
}

/// Comments and attributes waiting for their item.
#[derive(Default)]
struct Pending<'tree> {
    attributes: Vec<Node<'tree>>,
    docs: Vec<Range<usize>>,
    start: Option<usize>,
}

struct Frame<'tree> {
    /// Index of the scope.
    scope: usize,
    pending: Pending<'tree>,
}

/// All items in source order, the file first.
pub(super) fn items(source: &Source) -> Vec<Item<'_>> {
    let root = source.tree().root_node();
    let mut walk =
        Walk { text: source.text(), items: Vec::new(), scopes: Vec::new(), seen: HashMap::new() };
    walk.file(root, source.name());
    let mut cursor = root.walk();
    if cursor.goto_first_child() {
        walk.run(&mut cursor);
    }
    walk.items
}

struct Walk<'tree, 'text> {
    text: &'text str,
    items: Vec<Item<'tree>>,
    scopes: Vec<Scope<'tree>>,
    seen: HashMap<String, usize>,
}

impl<'tree> Walk<'tree, '_> {
    fn file(&mut self, root: Node<'tree>, name: &str) {
        let inner = module::inner_docs(root, self.text);
        let outline = Outline {
            language: Language::Rust,
            kind: SymbolKind::Module,
            name: module::name(name),
            path: SymbolPath::default(),
            range: 0..self.text.len(),
            header: 0..0,
            name_range: 0..0,
            line: 1,
            public: module::is_crate_root(name),
            documented: !inner.is_empty(),
            flags: Flags::default(),
        };
        self.items.push(Item {
            outline,
            node: root,
            attributes: Vec::new(),
            docs: inner,
            anchor: 0,
            implementation: None,
            parent: None,
            is_broken: false,
        });
        self.scopes.push(Scope {
            place: Place::Module,
            prefix: String::new(),
            public: true,
            is_test: false,
            is_nested: false,
            is_broken: false,
            depth: 0,
            implementation: None,
            parent: Some(0),
        });
    }

    fn run(&mut self, cursor: &mut TreeCursor<'tree>) {
        let mut frames = vec![Frame { scope: 0, pending: Pending::default() }];
        loop {
            let Some(frame) = frames.last_mut() else { return };
            if let Some(scope) = self.visit(cursor.node(), frame)
                && cursor.goto_first_child()
            {
                frames.push(Frame { scope, pending: Pending::default() });
                continue;
            }
            while !cursor.goto_next_sibling() {
                frames.pop();
                if frames.is_empty() || !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// Handles one node; the scope of its children if they are to be visited.
    fn visit(&mut self, node: Node<'tree>, frame: &mut Frame<'tree>) -> Option<usize> {
        let kind = kind(node);
        if kind == Kind::Error {
            frame.pending = Pending::default();
            return self.broken(frame.scope);
        }
        if !node.is_named() {
            return None;
        }
        if let Some(lead) = docs::lead(node, self.text) {
            match lead {
                Lead::OuterDoc => {
                    let range = docs::trimmed(node, self.text);
                    frame.pending.start.get_or_insert(range.start);
                    frame.pending.docs.push(range);
                }
                Lead::Attribute => {
                    frame.pending.start.get_or_insert(node.start_byte());
                    frame.pending.attributes.push(node);
                }
                Lead::InnerDoc | Lead::InnerAttribute | Lead::Comment => {}
            }
            return None;
        }
        let pending = std::mem::take(&mut frame.pending);
        self.named(node, kind, frame.scope, pending)
    }

    fn named(
        &mut self,
        node: Node<'tree>,
        kind: Kind,
        scope: usize,
        pending: Pending<'tree>,
    ) -> Option<usize> {
        let Scope { place, depth, .. } = *self.scopes.get(scope)?;
        if depth > DEPTH && kind.is_item() {
            return None;
        }
        match kind {
            Kind::DeclarationList | Kind::FieldDeclarationList | Kind::EnumVariantList => {
                Some(scope)
            }
            Kind::FunctionItem | Kind::FunctionSignature => {
                let is_method = matches!(place, Place::Impl | Place::TraitImpl | Place::Trait);
                let symbol = if is_method { SymbolKind::Method } else { SymbolKind::Function };
                let index = self.item(node, symbol, scope, pending)?;
                let body = child(node, Field::Body)?;
                self.may_hold_items(body).then(|| self.inside(index, scope, Place::Body))
            }
            Kind::StructItem | Kind::UnionItem => {
                let symbol =
                    if kind == Kind::StructItem { SymbolKind::Struct } else { SymbolKind::Union };
                let index = self.item(node, symbol, scope, pending)?;
                Some(self.inside(index, scope, Place::Fields))
            }
            Kind::EnumItem => {
                let index = self.item(node, SymbolKind::Enum, scope, pending)?;
                Some(self.inside(index, scope, Place::Variants))
            }
            Kind::EnumVariant => {
                let index = self.item(node, SymbolKind::Variant, scope, pending)?;
                Some(self.inside(index, scope, Place::Variants))
            }
            Kind::FieldDeclaration => {
                self.item(node, SymbolKind::Field, scope, pending);
                None
            }
            Kind::TraitItem => {
                let index = self.item(node, SymbolKind::Trait, scope, pending)?;
                Some(self.inside(index, scope, Place::Trait))
            }
            Kind::ImplItem => self.implementation(node, scope, &pending),
            Kind::ForeignMod => {
                let mut inner = self.scopes.get(scope)?.clone();
                inner.place = Place::Foreign;
                inner.is_test |= self.has_test(&pending);
                Some(self.push(inner))
            }
            Kind::ModItem => {
                child(node, Field::Body)?;
                let index = self.item(node, SymbolKind::Module, scope, pending)?;
                Some(self.inside(index, scope, Place::Module))
            }
            Kind::TypeItem | Kind::AssociatedType => {
                self.item(node, SymbolKind::TypeAlias, scope, pending);
                None
            }
            Kind::ConstItem => {
                self.item(node, SymbolKind::Constant, scope, pending);
                None
            }
            Kind::StaticItem => {
                self.item(node, SymbolKind::Static, scope, pending);
                None
            }
            Kind::MacroDefinition => {
                self.item(node, SymbolKind::Macro, scope, pending);
                None
            }
            Kind::MacroInvocation => None,
            _ if place == Place::Body && !kind.is_type() && !kind.is_leaf() => Some(scope),
            _ => None,
        }
    }

    /// Records an item; its index.
    fn item(
        &mut self,
        node: Node<'tree>,
        symbol: SymbolKind,
        scope: usize,
        mut pending: Pending<'tree>,
    ) -> Option<usize> {
        let scope = self.scopes.get(scope)?;
        let name_node = child(node, Field::Name)?;
        let name = self.text.get(name_node.byte_range())?;
        if name_node.is_missing() || (symbol == SymbolKind::Constant && name == "_") {
            return None;
        }
        let attributes: Vec<&str> =
            pending.attributes.iter().map(|node| docs::inside(*node, self.text)).collect();
        let mut flags = Flags {
            is_nested: scope.is_nested,
            is_test: scope.is_test || attributes.iter().any(|text| docs::is_test(text)),
            is_hidden: attributes.iter().any(|text| docs::is_hidden(text)),
            in_trait_impl: scope.place == Place::TraitImpl,
            ..Flags::default()
        };
        form::modifiers(node, symbol, scope.place, self.text, &mut flags);
        let public = scope.public
            && !scope.is_test
            && form::is_public(node, symbol, scope.place, &attributes, name, self.text)
            && !flags.is_hidden
            && !flags.is_nested;
        if pending.docs.is_empty()
            && let Some(body) = child(node, Field::Body)
            && matches!(
                symbol,
                SymbolKind::Module | SymbolKind::Function | SymbolKind::Method | SymbolKind::Trait
            )
            && form::begins_with_inner(self.text.get(body.byte_range()).unwrap_or_default())
        {
            pending.docs.extend(module::inner_docs(body, self.text));
        }
        let start = pending.start.unwrap_or(node.start_byte());
        let anchor = pending.attributes.first().map_or(node.start_byte(), Node::start_byte);
        let path = unique(&mut self.seen, format!("{}{name}", scope.prefix));
        let outline = Outline {
            language: Language::Rust,
            kind: symbol,
            name: name.to_owned(),
            path: SymbolPath(path),
            range: start..docs::trimmed(node, self.text).end,
            header: anchor..form::header_end(node, symbol, self.text),
            name_range: name_node.byte_range(),
            line: name_node.start_position().row + 1,
            public,
            documented: !pending.docs.is_empty(),
            flags,
        };
        let (implementation, parent) = (scope.implementation, scope.parent);
        let is_broken =
            scope.is_broken || form::has_broken_header(node, outline.header.end, self.text);
        self.items.push(Item {
            outline,
            node,
            attributes: pending.attributes,
            docs: pending.docs,
            anchor,
            implementation,
            parent,
            is_broken,
        });
        Some(self.items.len() - 1)
    }

    /// The scope of an item's inside.
    fn inside(&mut self, index: usize, outer: usize, place: Place) -> usize {
        let (Some(item), Some(outer)) = (self.items.get(index), self.scopes.get(outer)) else {
            return 0;
        };
        let flags = item.outline.flags;
        // A test module's content is test code. What a `#[cfg(test)]` struct or trait
        // contains is only not public: it may be documented on request.
        let is_test = if place == Place::Module || place == Place::Body {
            flags.is_test
        } else {
            outer.is_test
        };
        let scope = Scope {
            place,
            prefix: format!("{}.", item.outline.path.0),
            public: match place {
                // A field's own `pub` decides.
                Place::Fields => outer.public && !flags.is_hidden && !flags.is_test,
                _ => item.outline.public && !flags.is_test,
            },
            is_test,
            is_nested: outer.is_nested || place == Place::Body,
            is_broken: outer.is_broken,
            depth: outer.depth + 1,
            implementation: None,
            parent: Some(index),
        };
        self.push(scope)
    }

    fn implementation(
        &mut self,
        node: Node<'tree>,
        scope: usize,
        pending: &Pending<'tree>,
    ) -> Option<usize> {
        let is_test = self.has_test(pending);
        let is_hidden = pending
            .attributes
            .iter()
            .any(|attribute| docs::is_hidden(docs::inside(*attribute, self.text)));
        let outer = self.scopes.get(scope)?;
        let target = form::type_name(child(node, Field::Type)?, self.text);
        let has_trait = child(node, Field::Trait).is_some();
        let mut inner = outer.clone();
        inner.place = if has_trait { Place::TraitImpl } else { Place::Impl };
        inner.prefix = format!("{}{target}.", outer.prefix);
        inner.is_test |= is_test;
        inner.public &= !is_hidden;
        inner.depth += 1;
        inner.implementation = Some(node);
        Some(self.push(inner))
    }

    /// The scope for what stands in a node that could not be parsed.
    fn broken(&mut self, scope: usize) -> Option<usize> {
        let outer = self.scopes.get(scope)?;
        if outer.is_broken {
            return Some(scope);
        }
        let mut inner = outer.clone();
        inner.is_broken = true;
        Some(self.push(inner))
    }

    fn push(&mut self, scope: Scope<'tree>) -> usize {
        self.scopes.push(scope);
        self.scopes.len() - 1
    }

    fn has_test(&self, pending: &Pending<'_>) -> bool {
        pending.attributes.iter().any(|node| docs::is_test(docs::inside(*node, self.text)))
    }

    /// Whether a look into a function's body is worth it: most bodies define nothing.
    fn may_hold_items(&self, body: Node<'_>) -> bool {
        const STARTS: [&str; 10] = [
            "fn ",
            "struct ",
            "enum ",
            "union ",
            "trait ",
            "mod ",
            "const ",
            "static ",
            "type ",
            "macro_rules!",
        ];
        let text = self.text.get(body.byte_range()).unwrap_or_default();
        STARTS.iter().any(|word| text.contains(word))
    }
}

/// The path with an ordinal if it was given before.
fn unique(seen: &mut HashMap<String, usize>, path: String) -> String {
    if let Some(count) = seen.get_mut(&path) {
        *count += 1;
        return format!("{path}#{count}");
    }
    seen.insert(path.clone(), 1);
    path
}
