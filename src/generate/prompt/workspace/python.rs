//! Python: which file a module is, what a name of it stands for, and what is inherited.

use std::sync::Arc;

use super::standard::MODULES;
use super::{BASES, Found, HANDED_ON, Look, Target};
use crate::docstring::{Symbol, SymbolKind, SymbolPath};
use crate::syntax::{Import, Outline};

/// Bases that have no methods that anybody calls by `self`.
const EMPTY: [&str; 7] =
    ["object", "ABC", "abc.ABC", "Generic", "typing.Generic", "Protocol", "typing.Protocol"];

fn parent(path: &str) -> Option<&str> {
    match path.rsplit_once('/') {
        Some((parent, _)) => Some(parent),
        None => (!path.is_empty()).then_some(""),
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { [folder, "/", name].concat() }
}

impl Look<'_> {
    pub(super) fn python_import(&self, from: &str, import: &Import, depth: u32) -> Option<Found> {
        let module = self.module(from, &import.module)?;
        match import.name.as_str() {
            "" => Some(module),
            "*" => None,
            name => self.attribute(&module, name, depth),
        }
    }

    /// What `rest` is inside of what an import names.
    pub(super) fn python_below(&self, found: Found, rest: &[&str]) -> Option<Target> {
        let mut found = found;
        let mut rest = rest.iter();
        loop {
            if let Found::Item(target) = &found {
                return match (rest.next(), rest.next()) {
                    (None, _) => Some(target.clone()),
                    (Some(name), None) => self.method(target, name, &mut BASES.clone()),
                    _ => None,
                };
            }
            found = self.attribute(&found, rest.next()?, 0)?;
        }
    }

    /// A name of a module: a definition, or else a module inside.
    fn attribute(&self, module: &Found, name: &str, depth: u32) -> Option<Found> {
        match module {
            Found::File(file) => {
                if let Some(item) = self.member(file, name, depth) {
                    return Some(item);
                }
                let folder = file.strip_suffix("__init__.py")?.trim_end_matches('/');
                self.located(folder, &[name])
            }
            Found::Folder(folder) => self.located(folder, &[name]),
            Found::Item(_) => None,
        }
    }

    /// A definition on the top level of a file, or what the file imports under that name.
    fn member(&self, file: &Arc<str>, name: &str, depth: u32) -> Option<Found> {
        let parsed = self.parse(file)?;
        let is_defined = parsed.outline.iter().any(|one| {
            one.path.0 == name || one.path.0.strip_prefix(name).is_some_and(|r| r.starts_with('#'))
        });
        let whole = parsed.source.text().len();
        let holds = |import: &&Import| import.scope.len() == whole;
        let mut imports = parsed.imports.iter().filter(holds).filter(|one| one.alias == name);
        if is_defined {
            // A name that is imported as well may be either.
            let one = parsed.only(name).filter(|one| is_item(one))?;
            let target = Target { file: Arc::clone(file), path: one.path.0.clone() };
            return imports.next().is_none().then_some(Found::Item(target));
        }
        if depth >= HANDED_ON {
            return None;
        }
        if let Some(first) = imports.next() {
            let found = self.python_import(file, first, depth + 1)?;
            let is_same = |other: &Import| {
                self.python_import(file, other, depth + 1).as_ref() == Some(&found)
            };
            return imports.all(is_same).then_some(found);
        }
        if name.starts_with('_') {
            return None;
        }
        let stars = parsed.imports.iter().filter(holds).filter(|one| one.name == "*");
        let mut found = None;
        for star in stars.take(32) {
            let Some(Found::File(other)) = self.module(file, &star.module) else { continue };
            let other = self.parse(&other).and_then(|parsed| {
                let one = parsed.only(name).filter(|one| is_item(one) && one.public)?;
                Some(Target { file: Arc::clone(&other), path: one.path.0.clone() })
            });
            if other.is_some() && found.is_some() {
                return None;
            }
            found = found.or(other);
        }
        found.map(Found::Item)
    }

    /// A module, as it is named in a file.
    fn module(&self, from: &str, name: &str) -> Option<Found> {
        let dots = name.len() - name.trim_start_matches('.').len();
        let parts: Vec<&str> =
            name.get(dots..)?.split('.').filter(|part| !part.is_empty()).collect();
        let mut folder = parent(from)?;
        if dots > 0 {
            for _ in 1..dots {
                folder = parent(folder)?;
            }
            return self.located(folder, &parts);
        }
        let top = *parts.first()?;
        let is_package = |folder: &str| self.exists(&join(folder, "__init__.py")).is_some();
        let mut at = Some(folder);
        while let Some(folder) = at {
            at = parent(folder);
            if is_package(folder) && !folder.is_empty() {
                continue;
            }
            for root in [folder.to_owned(), join(folder, "src")] {
                if MODULES.contains(&top) && !self.is_standard_library(&root) {
                    continue;
                }
                let package = join(&root, top);
                let is_regular =
                    is_package(&package) || self.exists(&[&package, ".py"].concat()).is_some();
                if is_regular {
                    return self.located(&root, &parts);
                }
                // A folder alone is a module only to who names a file in it.
                if parts.len() > 1
                    && self.has_folder(&package)
                    && let Some(found @ Found::File(_)) = self.located(&root, &parts)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn is_standard_library(&self, root: &str) -> bool {
        ["abc.py", "os.py"].iter().all(|name| self.exists(&join(root, name)).is_some())
    }

    /// The module at a path below a folder.
    fn located(&self, folder: &str, parts: &[&str]) -> Option<Found> {
        let path = parts.iter().fold(folder.to_owned(), |path, part| join(&path, part));
        if let Some(file) = self.exists(&join(&path, "__init__.py")) {
            return Some(Found::File(file));
        }
        if let Some(file) = self.exists(&[&path, ".py"].concat()).filter(|_| !parts.is_empty()) {
            return Some(Found::File(file));
        }
        self.has_folder(&path).then_some(Found::Folder(path))
    }

    /// What `self.name` or `super().name` is in a method whose class inherits it from
    /// another file.
    pub(super) fn inherited(&self, callee: &str, symbol: &Symbol) -> Option<Target> {
        let owner = symbol.path.0.rsplit_once('.').map(|(owner, _)| owner)?;
        symbol.owner.as_ref()?;
        let class = Target { file: Arc::clone(&self.own), path: owner.to_owned() };
        let mut left = BASES;
        if let Some(name) = callee.strip_prefix("super().") {
            return is_name(name).then(|| self.of_bases(&class, name, &mut left))?;
        }
        let (first, name) = callee.split_once('.')?;
        let is_own = symbol.signature.receiver.as_deref() == Some(first);
        (is_own && is_name(name)).then(|| self.method(&class, name, &mut left))?
    }

    /// A method of a class or of its bases, in their order. One base that is not known
    /// could have it, so that nothing behind that is certain.
    fn method(&self, class: &Target, name: &str, left: &mut u32) -> Option<Target> {
        *left = left.checked_sub(1)?;
        let parsed = self.parse(&class.file)?;
        let path = [&class.path, ".", name].concat();
        let is_defined = parsed.outline.iter().any(|one| one.path.0 == path);
        if is_defined {
            let one = parsed.only(&path).filter(|one| one.kind == SymbolKind::Method)?;
            return Some(Target { file: Arc::clone(&class.file), path: one.path.0.clone() });
        }
        self.of_bases(class, name, left)
    }

    fn of_bases(&self, class: &Target, name: &str, left: &mut u32) -> Option<Target> {
        let parsed = self.parse(&class.file)?;
        parsed.only(&class.path).filter(|one| one.kind == SymbolKind::Class)?;
        let symbol = parsed.source.symbol(&SymbolPath(class.path.clone()))?;
        for base in &symbol.bases {
            let base = base.split('[').next().unwrap_or_default().trim();
            if EMPTY.contains(&base) || base.contains('=') {
                continue;
            }
            let base = self.class_at(&class.file, base, symbol.range.start)?;
            if self.method_is_certain_not(&base, name) {
                continue;
            }
            return self.method(&base, name, left);
        }
        None
    }

    /// Whether a class with no bases of its own does not define a method.
    fn method_is_certain_not(&self, class: &Target, name: &str) -> bool {
        let Some(parsed) = self.parse(&class.file) else { return false };
        let path = [&class.path, ".", name].concat();
        if parsed.outline.iter().any(|one| one.path.0 == path) {
            return false;
        }
        let symbol = parsed.source.symbol(&SymbolPath(class.path.clone()));
        symbol.is_some_and(|symbol| symbol.bases.iter().all(|base| EMPTY.contains(&base.as_str())))
    }

    /// The class that a dotted name is in a file.
    fn class_at(&self, file: &Arc<str>, name: &str, at: usize) -> Option<Target> {
        let parsed = self.parse(file)?;
        let parts: Vec<&str> = name.split('.').collect();
        let first = parts.first()?;
        let is_top = |one: &&Outline| one.path.0 == *first;
        if parsed.outline.iter().any(|one| is_top(&one)) {
            let one = parsed.only(first).filter(|one| one.kind == SymbolKind::Class)?;
            let target = Target { file: Arc::clone(file), path: one.path.0.clone() };
            return (parts.len() == 1).then_some(target);
        }
        if parsed.mentions().is_bound(first, at) {
            return None;
        }
        let holds = |import: &&Import| import.scope.contains(&at);
        let mut found = parsed.imports.iter().filter(holds).filter_map(|import| {
            let alias: Vec<&str> = import.alias.split('.').collect();
            let rest = parts.strip_prefix(alias.as_slice())?;
            Some(self.imported(file, import).and_then(|found| self.python_below(found, rest)))
        });
        let first = found.next()??;
        let is_same = found.all(|other| other.as_ref() == Some(&first));
        let parsed = self.parse(&first.file)?;
        let one = parsed.only(&first.path)?;
        (is_same && one.kind == SymbolKind::Class).then_some(first)
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '_' || c.is_alphanumeric())
}

fn is_item(one: &Outline) -> bool {
    matches!(one.kind, SymbolKind::Function | SymbolKind::Class)
}
