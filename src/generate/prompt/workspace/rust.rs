//! Rust: which file a module of a crate is, and what a path names.

use std::sync::Arc;

use super::{Found, HANDED_ON, Look, Target};
use crate::docstring::SymbolKind;
use crate::syntax::Import;

/// A file's place in its crate.
struct Place {
    /// The folder of the crate's root.
    root: String,
    /// The modules from there.
    modules: Vec<String>,
    is_main: bool,
}

/// Whether a path that begins with `first` needs no import.
pub(super) fn needs_no_import(first: &str, length: usize) -> bool {
    length > 1 && matches!(first, "crate" | "self" | "super")
}

impl Look<'_> {
    pub(super) fn rust_import(&self, from: &str, import: &Import, depth: u32) -> Option<Found> {
        if import.name == "*" || import.module.is_empty() {
            return None;
        }
        let parsed = self.parse(from)?;
        let around = parsed.modules_at(import.scope.start.saturating_add(1));
        let around = if import.scope.start == 0 { Vec::new() } else { around };
        let path = [import.module.as_str(), "::", &import.name].concat();
        let parts: Vec<&str> = path.split("::").collect();
        self.rust_found(from, &around, &parts, depth)
    }

    pub(super) fn rust_below(&self, found: Found, rest: &[&str], depth: u32) -> Option<Target> {
        match found {
            Found::Item(target) => {
                let path = [&[target.path.as_str()][..], rest].concat();
                self.rust_item(&target.file, &path, depth)
            }
            Found::File(file) => self.rust_item(&file, rest, depth),
            Found::Folder(_) => None,
        }
    }

    /// The function that a path names, as it is written in a file inside of the inline
    /// modules `around`.
    pub(super) fn rust_path(
        &self,
        from: &str,
        around: &[String],
        parts: &[&str],
        depth: u32,
    ) -> Option<Target> {
        let found = self.rust_found(from, around, parts, depth)?;
        self.rust_below(found, &[], depth)
    }

    /// A module's file, or a path in one that need not be there.
    fn rust_found(
        &self,
        from: &str,
        around: &[String],
        parts: &[&str],
        depth: u32,
    ) -> Option<Found> {
        if depth > HANDED_ON {
            return None;
        }
        let place = self.place(from)?;
        let mut modules: Vec<String> = place.modules.iter().chain(around).cloned().collect();
        let mut rest = parts;
        match *rest.first()? {
            "crate" => {
                modules.clear();
                rest = rest.get(1..)?;
            }
            "self" => rest = rest.get(1..)?,
            "super" => {
                while rest.first() == Some(&"super") {
                    modules.pop()?;
                    rest = rest.get(1..)?;
                }
            }
            first => {
                // A module beside, which the file declares.
                let child = [modules.as_slice(), &[first.to_owned()]].concat();
                self.module_file(&place, &child)?;
            }
        }
        modules.extend(rest.iter().map(|part| (*part).to_owned()));
        (0..=modules.len()).rev().find_map(|length| {
            let file = self.module_file(&place, modules.get(..length)?)?;
            let inside = modules.get(length..)?;
            Some(match inside {
                [] => Found::File(file),
                inside => Found::Item(Target { file, path: inside.join(".") }),
            })
        })
    }

    /// A function at a path in a file, or what the file makes public under that name.
    fn rust_item(&self, file: &Arc<str>, path: &[&str], depth: u32) -> Option<Target> {
        let whole = path.join(".");
        let parsed = self.parse(file)?;
        if let Some(one) = parsed.only(&whole) {
            let is_callable = matches!(one.kind, SymbolKind::Function | SymbolKind::Method);
            return is_callable
                .then(|| Target { file: Arc::clone(file), path: one.path.0.clone() });
        }
        let parts: Vec<&str> = whole.split('.').collect();
        let (first, rest) = parts.split_first()?;
        let is_defined = parsed.outline.iter().any(|one| {
            one.path.0 == *first
                || one.path.0.strip_prefix(first).is_some_and(|r| r.starts_with('#'))
        });
        if is_defined || depth >= HANDED_ON {
            return None;
        }
        let length = parsed.source.text().len();
        let mut handed_on = parsed
            .imports
            .iter()
            .filter(|one| one.alias == *first && one.is_public && one.scope.len() == length);
        let import = handed_on.next()?;
        if handed_on.next().is_some() {
            return None;
        }
        let found = self.rust_import(file, import, depth + 1)?;
        self.rust_below(found, rest, depth + 1)
    }

    fn place(&self, file: &str) -> Option<Place> {
        let roots = file.match_indices("src/").map(|(at, mark)| (at, at + mark.len()));
        let is_whole = |at: usize| at == 0 || file.as_bytes().get(at - 1) == Some(&b'/');
        let (root, inside) = roots.filter(|(at, _)| is_whole(*at)).find_map(|(_, end)| {
            let (root, inside) = (file.get(..end)?, file.get(end..)?);
            let is_root = ["lib.rs", "main.rs"]
                .iter()
                .any(|name| self.exists(&[root, *name].concat()).is_some());
            is_root.then_some((root, inside))
        })?;
        let inside = inside.strip_suffix(".rs")?;
        let mut modules: Vec<String> = inside.split('/').map(str::to_owned).collect();
        let is_main = inside == "main";
        if modules.first().is_some_and(|first| first == "bin") {
            return None;
        }
        let last = modules.last().map(String::as_str);
        if last == Some("mod") || modules.len() == 1 && matches!(last, Some("lib" | "main")) {
            modules.pop();
        }
        Some(Place { root: root.to_owned(), modules, is_main })
    }

    /// The file of a module; `None` when it has none of its own.
    fn module_file(&self, place: &Place, modules: &[String]) -> Option<Arc<str>> {
        let root = &place.root;
        if modules.is_empty() {
            let names = if place.is_main { ["main.rs", "lib.rs"] } else { ["lib.rs", "main.rs"] };
            return names.iter().find_map(|name| self.exists(&[root, *name].concat()));
        }
        let path = modules.join("/");
        let beside = [root, path.as_str(), ".rs"].concat();
        self.exists(&beside).or_else(|| self.exists(&[root, path.as_str(), "/mod.rs"].concat()))
    }
}
