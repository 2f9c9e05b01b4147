//! One pass over the statements of a file: what is defined where.
//!
//! Expressions are not entered, as nothing is defined in them.

mod innermost;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::Node;

use super::class::{Traits, bases, class_flags, decorators, exports, function_flags};
use super::grammar::{G, K, kind};
use super::module::{is_generated, is_private, module_name};
use super::outline::bare;
use super::place::{self, Layout, reaches};
use super::text::{flat, raw};
use super::{body, literal, members, signature};
use crate::docstring::{Existing, Flags, Language, Owner, Slot, Symbol, SymbolKind, SymbolPath};
use crate::syntax::{Outline, Source};
use innermost::{Innermost, add_child};

/// Deepest nesting of definitions that is followed; `CPython` refuses more than a
/// hundred levels of indentation.
const DEEPEST: usize = 100;

/// A definition that is being walked.
struct Scope<'a> {
    /// Depth of its node in the tree.
    depth: usize,
    kind: SymbolKind,
    name: &'a str,
    path: String,
    public: bool,
    flags: Flags,
    traits: Traits,
    bases: Vec<String>,
    /// Its place in the result, if its facts were wanted.
    symbol: Option<usize>,
    /// The names defined directly inside, when only one place is looked for.
    names: Vec<&'a str>,
}

/// A definition with what its symbol and its outline share.
struct Definition<'a> {
    node: Node<'a>,
    /// The node with its decorators.
    whole: Node<'a>,
    decorators: Vec<Node<'a>>,
    /// Its docstring's literal.
    docstring: Option<Node<'a>>,
    in_error: bool,
}

/// Walks one file.
pub(super) struct Walk<'a> {
    text: &'a str,
    root: Node<'a>,
    module: String,
    layout: Option<Layout>,
    is_generated: bool,
    /// The names in `__all__`, if that is a literal.
    exports: Option<HashSet<String>>,
    counts: HashMap<String, usize>,
    scopes: Vec<Scope<'a>>,
    /// Depths of open `ERROR` nodes.
    errors: Vec<usize>,
    /// The open `decorated_definition` and its depth.
    decorated: Option<(usize, Node<'a>)>,
    /// Definitions that do not hold this offset are passed over.
    only: Option<usize>,
    /// Definitions that do not hold the one with this path are passed over.
    toward: Option<&'a str>,
    innermost: Option<Innermost<'a>>,
    /// The literals of all docstrings.
    docstrings: Vec<Node<'a>>,
    out: Vec<Symbol>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        let root = source.tree().root_node();
        Self {
            text: source.text(),
            root,
            module: module_name(source.name()),
            layout: None,
            is_generated: is_generated(source.text()),
            exports: exports(source.text(), root),
            counts: HashMap::new(),
            scopes: Vec::new(),
            errors: Vec::new(),
            decorated: None,
            only: None,
            toward: None,
            innermost: None,
            docstrings: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Reports every definition to `wanted`; gathers the facts of those it accepts.
    pub(super) fn run(mut self, wanted: &mut dyn FnMut(&Outline) -> bool) -> Vec<Symbol> {
        self.walk(wanted);
        self.out
    }

    /// The texts of all docstrings.
    pub(super) fn docstrings(mut self) -> Vec<String> {
        self.walk(&mut |_| false);
        self.docstrings.iter().map(|node| literal::decode(raw(self.text, *node))).collect()
    }

    fn walk(&mut self, wanted: &mut dyn FnMut(&Outline) -> bool) {
        self.module(wanted);
        let mut cursor = self.root.walk();
        let mut depth = 0;
        let mut descend = true;
        // The node comes right after broken code, which may have taken its beginning.
        let mut after_error = false;
        loop {
            if descend && cursor.goto_first_child() {
                depth += 1;
                after_error = false;
            } else {
                loop {
                    self.leave(depth);
                    after_error = match kind(cursor.node()) {
                        K::Comment => after_error,
                        kind => kind == K::Error,
                    };
                    if cursor.goto_next_sibling() {
                        break;
                    }
                    if !cursor.goto_parent() {
                        return;
                    }
                    depth -= 1;
                }
            }
            let node = cursor.node();
            if after_error && node.start_position().column > 0 {
                self.errors.push(depth);
            }
            descend = match kind(node) {
                K::Block
                | K::If
                | K::Elif
                | K::Else
                | K::For
                | K::While
                | K::Try
                | K::Except
                | K::Finally
                | K::With
                | K::Match
                | K::Case => true,
                K::Error => {
                    self.errors.push(depth);
                    true
                }
                K::DecoratedDefinition => {
                    self.decorated = Some((depth, node));
                    true
                }
                K::FunctionDefinition | K::ClassDefinition => self.definition(node, depth, wanted),
                _ => false,
            };
        }
    }

    fn leave(&mut self, depth: usize) {
        while self.scopes.last().is_some_and(|scope| scope.depth >= depth && scope.depth > 0) {
            if let Some(left) = self.scopes.pop() {
                self.note_names(left);
            }
        }
        while self.errors.last().is_some_and(|error| *error >= depth) {
            self.errors.pop();
        }
        if self.decorated.is_some_and(|(decorated, _)| decorated >= depth) {
            self.decorated = None;
        }
    }

    fn module(&mut self, wanted: &mut dyn FnMut(&Outline) -> bool) {
        let root = self.root;
        let docstring =
            place::first_statement(root).and_then(|first| place::docstring(self.text, first));
        self.docstrings.extend(docstring);
        let public = !is_private(&self.module);
        let outline = Outline {
            language: Language::Python,
            kind: SymbolKind::Module,
            name: self.module.clone(),
            path: SymbolPath::default(),
            range: 0..self.text.len(),
            header: 0..0,
            name_range: 0..0,
            line: 1,
            public,
            documented: docstring.is_some(),
            flags: Flags { is_generated: self.is_generated, ..Flags::default() },
        };
        self.scopes.push(Scope {
            depth: 0,
            kind: SymbolKind::Module,
            name: "",
            path: String::new(),
            public,
            flags: outline.flags,
            traits: Traits::default(),
            bases: Vec::new(),
            symbol: None,
            names: Vec::new(),
        });
        if self.only.is_some() {
            self.innermost = Some(Innermost::module(outline));
        } else if wanted(&outline) {
            let symbol = self.module_symbol(outline);
            let index = self.add(symbol);
            if let Some(scope) = self.scopes.last_mut() {
                scope.symbol = Some(index);
            }
        }
    }

    fn module_symbol(&mut self, outline: Outline) -> Symbol {
        let docstring =
            place::first_statement(self.root).and_then(|first| place::docstring(self.text, first));
        let existing = docstring.map(|node| self.existing(node));
        let layout = Layout::of(self.text);
        let slot = match &existing {
            Some(existing) => Some(self.replacing(existing.range.clone(), String::new(), &layout)),
            None => place::in_module(self.text, self.root, &layout),
        };
        self.layout = Some(layout);
        Symbol { existing, slot, ..bare(outline, self.module.clone()) }
    }

    /// Reports one definition; says whether its inside is to be walked.
    fn definition(
        &mut self,
        node: Node<'a>,
        depth: usize,
        wanted: &mut dyn FnMut(&Outline) -> bool,
    ) -> bool {
        let text = self.text;
        let decorated = self.decorated.filter(|(decorated, _)| decorated + 1 == depth);
        let whole = decorated.map_or(node, |(_, whole)| whole);
        let Some(name_node) = node.child_by_field_id(G.name) else { return false };
        let name = raw(text, name_node);
        if name.is_empty() || self.scopes.len() > DEEPEST {
            return false;
        }
        let Some(path) = self.path_of(name, whole) else { return false };
        let decorators = decorated.map(|(_, whole)| decorators(whole)).unwrap_or_default();
        let (kind, mut flags, traits, bases) = self.classify(node, name, &decorators);
        let Some(parent) = self.scopes.last() else { return false };
        flags.is_nested = parent.flags.is_nested || parent.kind.is_callable();
        flags.is_generated = self.is_generated;
        flags.is_test = parent.flags.is_test && parent.kind == SymbolKind::Class
            || (if kind == SymbolKind::Class {
                name.starts_with("Test")
            } else {
                name.starts_with("test_")
            });
        if kind != SymbolKind::Class && parent.kind == SymbolKind::Class {
            flags.is_abstract |= parent.traits.is_protocol;
        }
        let public = parent.public && !flags.is_nested && self.is_visible(name, kind, flags);
        let docstring = node
            .child_by_field_id(G.body)
            .and_then(place::first_statement)
            .and_then(|first| place::docstring(text, first));
        self.docstrings.extend(docstring);
        let end = place::colon(node).map_or(name_node.end_byte(), |colon| colon.end_byte());
        let outline = Outline {
            language: Language::Python,
            kind,
            name: name.to_owned(),
            path: SymbolPath(path.clone()),
            range: whole.byte_range(),
            header: whole.start_byte()..end,
            name_range: name_node.byte_range(),
            line: name_node.start_position().row + 1,
            public,
            documented: docstring.is_some(),
            flags,
        };
        let mut has_definitions = true;
        let mut symbol = None;
        if self.only.is_some() || wanted(&outline) {
            let in_error = !self.errors.is_empty();
            let definition = Definition { node, whole, decorators, docstring, in_error };
            let owner = self.owner();
            if self.only.is_some() {
                self.innermost = Some(Innermost {
                    depth,
                    outline,
                    definition: Some(definition),
                    traits,
                    bases: bases.clone(),
                    owner,
                    names: Vec::new(),
                });
            } else {
                let facts;
                (facts, has_definitions) =
                    self.symbol(outline, &definition, bases.clone(), traits, owner);
                symbol = Some(self.add(facts));
            }
        }
        let names = Vec::new();
        self.scopes.push(Scope {
            depth,
            kind,
            name,
            path,
            public,
            flags,
            traits,
            bases,
            symbol,
            names,
        });
        // The walk for the facts has seen that nothing is defined inside.
        has_definitions || node.has_error()
    }

    /// The path of what is named so in the innermost scope; `None` when it is not that which
    /// is looked for.
    fn path_of(&mut self, name: &'a str, whole: Node<'a>) -> Option<String> {
        let is_elsewhere = self.only.is_some_and(|offset| !reaches(self.text, whole, offset));
        let parent = self.scopes.last_mut()?;
        if self.only.is_some() {
            parent.names.push(name);
        }
        if is_elsewhere {
            return None;
        }
        let mut path = if parent.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", parent.path)
        };
        let count = if self.only.is_some() {
            parent.names.iter().filter(|other| **other == name).count()
        } else {
            let count = self.counts.entry(path.clone()).or_insert(0);
            *count += 1;
            *count
        };
        if count > 1 {
            path = format!("{path}#{count}");
        }
        if let Some(symbol) = parent.symbol.and_then(|symbol| self.out.get_mut(symbol)) {
            add_child(symbol, name);
        }
        self.leads_on(&path).then_some(path)
    }

    fn classify(
        &self,
        node: Node<'a>,
        name: &str,
        decorators: &[Node<'a>],
    ) -> (SymbolKind, Flags, Traits, Vec<String>) {
        if kind(node) == K::ClassDefinition {
            let bases = bases(self.text, node);
            let (flags, traits) = class_flags(self.text, node, name, &bases, decorators);
            return (SymbolKind::Class, flags, traits, bases);
        }
        let (mut flags, is_property) = function_flags(self.text, name, decorators);
        flags.is_async = raw(self.text, node).starts_with("async");
        let in_class = self.scopes.last().is_some_and(|parent| parent.kind == SymbolKind::Class);
        let kind = match (in_class, is_property) {
            (true, true) => SymbolKind::Property,
            (true, false) => SymbolKind::Method,
            (false, _) => SymbolKind::Function,
        };
        if !in_class {
            flags.is_accessor = false;
        }
        (kind, flags, Traits::default(), Vec::new())
    }

    /// ruff's notion of public (rules D100 to D107), for what stands in a public place.
    fn is_visible(&self, name: &str, kind: SymbolKind, flags: Flags) -> bool {
        let at_top = self.scopes.len() == 1;
        if at_top && self.exports.as_ref().is_some_and(|exports| !exports.contains(name)) {
            return false;
        }
        match kind {
            SymbolKind::Method | SymbolKind::Property => {
                !flags.is_accessor && (!name.starts_with('_') || flags.is_dunder)
            }
            _ => !name.starts_with('_'),
        }
    }

    /// The symbol, and whether others may be defined inside.
    fn symbol(
        &mut self,
        outline: Outline,
        definition: &Definition<'a>,
        bases: Vec<String>,
        traits: Traits,
        owner: Option<Owner>,
    ) -> (Symbol, bool) {
        let text = self.text;
        let node = definition.node;
        let existing = definition.docstring.map(|node| self.existing(node));
        let layout = self.layout.take().unwrap_or_else(|| Layout::of(text));
        let slot = match &existing {
            _ if definition.in_error => None,
            Some(existing) => {
                let indent = place::indent_of(text, node, existing.range.start, &layout);
                Some(self.replacing(existing.range.clone(), indent, &layout))
            }
            None => place::in_definition(text, node, &layout),
        };
        self.layout = Some(layout);
        let mut symbol = Symbol {
            existing,
            slot,
            decorators: definition.decorators.iter().map(|node| flat(text, *node)).collect(),
            bases,
            owner,
            ..bare(outline, self.module.clone())
        };
        let mut has_definitions = true;
        if symbol.kind == SymbolKind::Class {
            let facts = members::of(text, node, traits);
            symbol.members = facts.members;
            symbol.signature = facts.signature;
        } else {
            let bound = symbol.owner.is_some() && !symbol.flags.is_static;
            let receiver = bound.then(|| body::receiver(text, node)).flatten();
            let body = body::of(text, node, receiver);
            has_definitions = body.has_definitions;
            symbol.signature = signature::of(text, node, bound, body.results);
            symbol.body = body.facts;
        }
        symbol.range = definition.whole.byte_range();
        (symbol, has_definitions)
    }

    fn add(&mut self, symbol: Symbol) -> usize {
        self.out.push(symbol);
        self.out.len() - 1
    }

    fn existing(&self, node: Node<'_>) -> Existing {
        Existing { range: node.byte_range(), text: literal::decode(raw(self.text, node)) }
    }

    /// The place of a docstring that is already there.
    fn replacing(&self, range: Range<usize>, indent: String, layout: &Layout) -> Slot {
        let newline = place::newline_after(self.text, range.start, layout);
        Slot {
            replace: range,
            indent,
            before: String::new(),
            after: String::new(),
            newline,
            marker: "",
        }
    }
}
