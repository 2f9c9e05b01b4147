//! What stands around a symbol in other files of its folder: what it calls, and who calls
//! it.
//!
//! It is right or absent: a name is followed through the imports that the file itself
//! states, one step after the other, and where one step is not certain nothing is shown.
//! Nothing is read before somebody asks a provider that gets prompts. The work for a
//! question is bounded in files, bytes and time.

mod files;
mod index;
mod python;
mod rust;
mod standard;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::file::{CALLEES, CALLERS, around, documented, head};
use super::redact::{Clean, Redactor};
use super::target::{cleaned, in_one_line};
use crate::docstring::{Language, Symbol, SymbolKind, SymbolPath};
use crate::syntax::{Import, Outline, Source};

pub use files::{Files, Stamp};
use index::{Index, Parsed, Tree};

/// How long a person may wait for what other files say.
pub(in crate::generate) const INTERACTIVE_WAIT: Duration = Duration::from_millis(1_500);
/// The same in a batch: a kept answer is found again by the whole question, which had
/// better not depend on how busy the machine is.
pub(in crate::generate) const BULK_WAIT: Duration = Duration::from_secs(20);
/// Files that were asked about last and are kept parsed.
const OWN: usize = 8;
/// Files that are parsed for one question.
const PARSED: u32 = 24;
/// Files that are looked into for a call.
const TRIED: usize = 8;
/// Characters of a first line.
const LINE: usize = 160;
/// Modules through which one name is followed, each handing it on from another.
const HANDED_ON: u32 = 2;
/// Classes that are looked into for one method.
const BASES: u32 = 6;

/// The code of a folder, as far as it was read. Shared by all questions about its files.
pub struct Workspace {
    index: Index,
    /// The files that were asked about last, parsed.
    own: Mutex<Vec<Arc<Parsed>>>,
}

/// What stands around a symbol in other files: texts without secrets, the best first.
#[derive(Clone, Debug, Default)]
pub(in crate::generate) struct Around {
    pub(in crate::generate::prompt) callees: Vec<Clean>,
    pub(in crate::generate::prompt) callers: Vec<Clean>,
}

/// A definition in a file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Target {
    file: Arc<str>,
    path: String,
}

/// What an import names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    File(Arc<str>),
    /// A folder without code of its own.
    Folder(String),
    Item(Target),
}

impl Workspace {
    /// Nothing is read yet.
    pub fn new(files: Box<dyn Files>) -> Self {
        Self { index: Index::new(files), own: Mutex::default() }
    }

    /// What stands around `symbol` of `source` in other files, as far as that is found
    /// within `wait`. Reads files, and stops when `stop` says so.
    pub(in crate::generate) fn around(
        &self,
        source: &Source,
        symbol: &Symbol,
        wait: Duration,
        stop: &dyn Fn() -> bool,
    ) -> Around {
        let deadline = Instant::now() + wait;
        let is_late = || Instant::now() >= deadline;
        let Some(own) = self.index.inside(source.name()) else { return Around::default() };
        let Some(tree) = self.index.tree(source.language(), stop, &is_late) else {
            return Around::default();
        };
        let stop = || stop() || is_late();
        let look = Look {
            index: &self.index,
            tree: &tree,
            own: own.into(),
            parsed: self.own(source),
            left: std::cell::Cell::new(PARSED),
            stop: &stop,
        };
        Around { callees: look.callees(symbol), callers: look.callers(symbol) }
    }

    /// The file that is asked about, as the caller has it.
    fn own(&self, source: &Source) -> Arc<Parsed> {
        let mut known = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |one: &Arc<Parsed>| {
            Arc::ptr_eq(one.source.text(), source.text()) && one.source.name() == source.name()
        };
        if let Some(found) = known.iter().find(|one| is_it(one)) {
            return Arc::clone(found);
        }
        let parsed = Arc::new(Parsed::new(source.clone()));
        known.insert(0, Arc::clone(&parsed));
        known.truncate(OWN);
        parsed
    }
}

/// One question about a symbol.
struct Look<'a> {
    index: &'a Index,
    tree: &'a Tree,
    /// The file of the symbol.
    own: Arc<str>,
    parsed: Arc<Parsed>,
    /// How many more files may be parsed.
    left: std::cell::Cell<u32>,
    stop: &'a dyn Fn() -> bool,
}

impl Look<'_> {
    fn language(&self) -> Language {
        self.parsed.source.language()
    }

    fn exists(&self, path: &str) -> Option<Arc<str>> {
        if path == &*self.own {
            return Some(Arc::clone(&self.own));
        }
        self.tree.find(path).map(|entry| Arc::clone(&entry.path))
    }

    fn has_folder(&self, path: &str) -> bool {
        self.tree.has_folder(path)
    }

    /// A file with its tree; `None` when it cannot be read, or enough were.
    fn parse(&self, path: &str) -> Option<Arc<Parsed>> {
        if path == &*self.own {
            return Some(Arc::clone(&self.parsed));
        }
        let entry = self.tree.find(path)?;
        if (self.stop)() {
            return None;
        }
        self.index.parsed(entry, &self.left)
    }

    /// What an import of a file names.
    fn imported(&self, from: &str, import: &Import) -> Option<Found> {
        match self.language() {
            Language::Python => self.python_import(from, import, 0),
            Language::Rust => self.rust_import(from, import, 0),
        }
    }

    /// What `rest`, a path below what an import names, is.
    fn below(&self, found: Found, rest: &[&str]) -> Option<Target> {
        match self.language() {
            Language::Python => self.python_below(found, rest),
            Language::Rust => self.rust_below(found, rest, 0),
        }
    }

    /// What the symbol calls in other files, each with its first line.
    fn callees(&self, symbol: &Symbol) -> Vec<Clean> {
        if !symbol.kind.is_callable() {
            return Vec::new();
        }
        let mut targets: Vec<Target> = Vec::new();
        let mut seen = HashSet::new();
        let mut add = |found: Option<Target>| {
            if let Some(target) = found.filter(|target| target.file != self.own)
                && !targets.contains(&target)
            {
                targets.push(target);
            }
            targets.len() < CALLEES
        };
        for call in &self.parsed.mentions().calls {
            let is_inside = symbol.range.contains(&call.at);
            if is_inside
                && seen.insert(call.callee.as_str())
                && !add(self.named(&call.callee, call.at))
            {
                break;
            }
        }
        if self.language() == Language::Python {
            for call in &symbol.body.calls {
                if seen.insert(call.callee.as_str()) && !add(self.inherited(&call.callee, symbol)) {
                    break;
                }
            }
        }
        targets.iter().filter_map(|target| self.shown(target)).collect()
    }

    /// What a path that begins with an imported name is, at a place of the file.
    fn named(&self, callee: &str, at: usize) -> Option<Target> {
        let parts: Vec<&str> = callee.split(['.', ':']).filter(|part| !part.is_empty()).collect();
        let first = parts.first()?;
        if self.parsed.mentions().is_bound(first, at) {
            return None;
        }
        if self.language() == Language::Rust && rust::needs_no_import(first, parts.len()) {
            return self.rust_path(&self.own, &self.parsed.modules_at(at), &parts, 0);
        }
        let mut best: Option<(&Import, usize)> = None;
        let mut all: Vec<(&Import, usize)> = Vec::new();
        for import in &self.parsed.imports {
            let alias: Vec<&str> = import.alias.split('.').collect();
            if import.scope.contains(&at) && parts.starts_with(&alias) {
                let used = alias.len();
                let is_nearer = best.is_none_or(|(other, length)| {
                    (import.scope.len(), length) < (other.scope.len(), used)
                });
                if is_nearer {
                    best = Some((import, used));
                }
                all.push((import, used));
            }
        }
        // Of several imports of a name the innermost count, and those must agree.
        let (nearest, used) = best?;
        all.retain(|(import, length)| import.scope.len() == nearest.scope.len() && *length == used);
        let mut found = all.into_iter().map(|(import, used)| {
            self.below(self.imported(&self.own, import)?, parts.get(used..).unwrap_or_default())
        });
        let first = found.next()??;
        found.all(|other| other.as_ref() == Some(&first)).then_some(first)
    }

    /// The signature of a definition, and the first line of what is said about it.
    fn shown(&self, target: &Target) -> Option<Clean> {
        let parsed = self.parse(&target.file)?;
        let known = parsed.shown(&target.path);
        if known.is_some() {
            return known;
        }
        let source = &parsed.source;
        let symbol = source.symbol(&SymbolPath(target.path.clone()))?;
        let redactor = parsed.redactor();
        let language = self.language();
        let mut clean = head(&redactor, source, &symbol.header, symbol.name_range.start);
        let first = symbol.existing.as_ref().and_then(|text| text.text.trim().lines().next());
        let first = redactor.text(first.unwrap_or_default());
        clean.text = documented(language, &clean.text, &in_one_line(&first.text, LINE));
        clean.secrets.extend(first.secrets);
        // What it takes stands there.
        let constructor = [&target.path, ".__init__"].concat();
        if symbol.kind == SymbolKind::Class
            && let Some(one) = parsed.only(&constructor)
        {
            let inner = head(&redactor, source, &one.header, one.name_range.start);
            clean.text.push_str("\n    ");
            clean.text.push_str(&inner.text);
            clean.secrets.extend(inner.secrets);
        }
        parsed.keep_shown(&target.path, &clean);
        Some(clean)
    }

    /// Lines around calls of the symbol in other files.
    fn callers(&self, symbol: &Symbol) -> Vec<Clean> {
        let Some(wanted) = Wanted::of(symbol, &self.parsed) else { return Vec::new() };
        let target = Target { file: Arc::clone(&self.own), path: wanted.path.clone() };
        let mut found = Vec::new();
        let mut tried = 0;
        for entry in self.tree.near(&self.own) {
            if found.len() >= CALLERS || tried >= TRIED || (self.stop)() {
                break;
            }
            let Some(summary) = self.index.summary(self.tree, entry) else { continue };
            let is_called = |import: &Import| {
                summary.calls(&wanted.called)
                    || wanted.rest.is_empty() && summary.calls(&import.alias)
            };
            let may_come = |import: &Import| wanted.may_come_by(import) && is_called(import);
            if !summary.imports.iter().any(may_come) {
                continue;
            }
            tried += 1;
            let Some(parsed) = self.parse(&entry.path) else { continue };
            found.extend(self.call_in(&entry.path, &parsed, &wanted, &target));
        }
        found
    }

    /// The first call of a symbol in a file that imports it.
    fn call_in(
        &self,
        file: &str,
        parsed: &Parsed,
        wanted: &Wanted,
        target: &Target,
    ) -> Option<Clean> {
        let rest: Vec<&str> = wanted.rest.iter().map(String::as_str).collect();
        let separator = if self.language() == Language::Python { "." } else { "::" };
        let mut ways: Vec<(&Import, String)> = Vec::new();
        for import in parsed.imports.iter().filter(|import| wanted.may_come_by(import)) {
            let Some(found) = self.imported(file, import) else { continue };
            let by_itself = self.below(found.clone(), &rest);
            if by_itself.as_ref() == Some(target) {
                let path = [&[import.alias.as_str()][..], &rest].concat();
                ways.push((import, path.join(separator)));
                continue;
            }
            let through: Vec<&str> = [&[wanted.top.as_str()][..], rest.as_slice()].concat();
            if self.below(found, &through).as_ref() == Some(target) {
                let path = [&[import.alias.as_str()][..], &through].concat();
                ways.push((import, path.join(separator)));
            }
        }
        let mentions = parsed.mentions();
        let call = mentions.calls.iter().find(|call| {
            ways.iter().any(|(import, callee)| {
                let alias = import.alias.as_str();
                let others = parsed.imports.iter().filter(|other| other.alias == alias);
                let mut others = others.filter(|other| other.scope.contains(&call.at));
                *callee == call.callee
                    && import.scope.contains(&call.at)
                    && others.all(|other| {
                        other == *import
                            || self.imported(file, other) == self.imported(file, import)
                    })
                    && !mentions.is_bound(crate::syntax::first_name(alias), call.at)
            })
        })?;
        let text = parsed.source.text();
        let range = around(text, call.at);
        let mut clean = cleaned(&parsed.redactor(), text, range, &[]);
        clean.text.truncate(clean.text.trim_end().len());
        Some(clean)
    }
}

/// The symbol whose calls are looked for.
struct Wanted {
    /// Its path in its file.
    path: String,
    /// The definition on the top level that other files import.
    top: String,
    /// The path below that.
    rest: Vec<String>,
    /// The name before the opening bracket of a call.
    called: String,
    /// What its module may be called by who imports that.
    module: String,
}

impl Wanted {
    /// `None` for what is not called by a name that other files could import.
    fn of(symbol: &Symbol, own: &Parsed) -> Option<Self> {
        let is_method = symbol.kind == SymbolKind::Method;
        let is_called =
            matches!(symbol.kind, SymbolKind::Function | SymbolKind::Class) || is_method;
        if !is_called || symbol.path.0.contains('#') || symbol.flags.is_nested {
            return None;
        }
        let is_constructor = is_method && matches!(symbol.name.as_str(), "__init__" | "__new__");
        let path = match symbol.path.0.rsplit_once('.') {
            Some((class, _)) if is_constructor => class.to_owned(),
            _ => symbol.path.0.clone(),
        };
        // Of two definitions of a name it is not known which is meant.
        own.only(&path)?;
        let mut parts = path.split('.').map(str::to_owned);
        let top = parts.next()?;
        let rest: Vec<String> = parts.collect();
        let called = rest.last().unwrap_or(&top).clone();
        let is_python = symbol.language == Language::Python;
        if rest.len() > usize::from(is_method) && is_python {
            return None;
        }
        Some(Self { path, top, rest, called, module: symbol.module.clone() })
    }

    /// Whether an import may bring it, as far as names tell.
    fn may_come_by(&self, import: &Import) -> bool {
        let last = |text: &str| text.rsplit(['.', ':']).next().unwrap_or_default() == self.module;
        import.name == self.top
            || import.name == self.module
            || import.name.is_empty() && last(&import.module)
    }
}

/// The outline entry of a path, if there is one and no other that could be meant.
fn only<'a>(outline: &'a [Outline], path: &str) -> Option<&'a Outline> {
    let again = [path, "#"].concat();
    let is_it = |one: &&Outline| one.path.0 == path || one.path.0.starts_with(&again);
    let mut found = outline.iter().filter(is_it).filter(|one| {
        !one.flags.is_overload
            && !one.flags.is_accessor
            && !one.path.0.get(again.len()..).is_some_and(|rest| rest.contains('.'))
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The names of the inline modules around a place.
fn modules_at(outline: &[Outline], at: usize) -> Vec<String> {
    let is_around = |one: &&Outline| {
        one.kind == SymbolKind::Module && !one.path.0.is_empty() && contains(&one.range, at)
    };
    let innermost = outline.iter().rev().find(is_around);
    innermost.map(|one| one.path.0.split('.').map(str::to_owned).collect()).unwrap_or_default()
}

fn contains(range: &Range<usize>, at: usize) -> bool {
    range.start <= at && at < range.end
}

/// A file's secrets, found once.
fn redactor<'a>(text: &'a str, secrets: &[Range<usize>]) -> Redactor<'a> {
    Redactor::knowing(text, secrets.to_vec())
}
