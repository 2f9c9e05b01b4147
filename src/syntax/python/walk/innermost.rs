//! One definition, by its place or its path, found without the facts of any other.

use super::{Definition, Scope, Traits, Walk};
use crate::docstring::{Owner, Symbol, SymbolKind, SymbolPath};
use crate::syntax::Outline;

/// Names defined inside of a symbol that are kept.
const CHILDREN: usize = 1000;

/// The innermost definition found so far around the place that is looked for.
pub(super) struct Innermost<'a> {
    /// Depth of its node in the tree; the module's is 0.
    pub(super) depth: usize,
    pub(super) outline: Outline,
    /// `None` for the module.
    pub(super) definition: Option<Definition<'a>>,
    pub(super) traits: Traits,
    pub(super) bases: Vec<String>,
    pub(super) owner: Option<Owner>,
    /// The names defined directly inside.
    pub(super) names: Vec<&'a str>,
}

impl Innermost<'_> {
    /// What holds every place.
    pub(super) fn module(outline: Outline) -> Self {
        Self {
            depth: 0,
            outline,
            definition: None,
            traits: Traits::default(),
            bases: Vec::new(),
            owner: None,
            names: Vec::new(),
        }
    }
}

impl<'a> Walk<'a> {
    /// The innermost definition that holds the offset: its facts and nobody else's.
    pub(in crate::syntax::python) fn innermost(mut self, offset: usize) -> Option<Symbol> {
        self.only = Some(offset);
        self.walk(&mut |_| false);
        while let Some(left) = self.scopes.pop() {
            self.note_names(left);
        }
        let found = self.innermost.take()?;
        let mut symbol = match &found.definition {
            Some(definition) => {
                let Innermost { outline, bases, traits, owner, .. } = found;
                self.symbol(outline, definition, bases, traits, owner).0
            }
            None => self.module_symbol(found.outline),
        };
        found.names.into_iter().for_each(|name| add_child(&mut symbol, name));
        Some(symbol)
    }

    /// The definition with this path; only those around it are entered.
    pub(in crate::syntax::python) fn find(mut self, path: &'a SymbolPath) -> Option<Symbol> {
        self.toward = Some(&path.0);
        self.walk(&mut |outline| outline.path == *path);
        self.out.pop()
    }

    /// Whether what is looked for is, or may be inside of, the definition with this path.
    pub(super) fn leads_on(&self, path: &str) -> bool {
        self.toward.is_none_or(|toward| {
            toward.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// A scope is left: if it is that of the innermost definition, these are its names.
    pub(super) fn note_names(&mut self, left: Scope<'a>) {
        if let Some(innermost) = &mut self.innermost
            && innermost.depth == left.depth
        {
            innermost.names = left.names;
        }
    }

    /// The class that is being walked, for what stands directly inside.
    pub(super) fn owner(&self) -> Option<Owner> {
        let parent = self.scopes.last().filter(|parent| parent.kind == SymbolKind::Class)?;
        Some(Owner {
            name: parent.name.to_owned(),
            kind: parent.kind,
            bases: parent.bases.clone(),
            flags: parent.flags,
        })
    }
}

/// Notes that `name` is defined directly inside of `symbol`.
pub(super) fn add_child(symbol: &mut Symbol, name: &str) {
    if symbol.children.len() < CHILDREN && !symbol.children.iter().any(|child| child == name) {
        symbol.children.push(name.to_owned());
    }
}
