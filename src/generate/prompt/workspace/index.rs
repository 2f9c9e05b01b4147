//! What is known of the files of a folder: where they are, what they import and call, and
//! of the last ones their trees.
//!
//! Everything hangs on the version of a file: when that changes, what was known of it is
//! dropped. Locks are held for moments, except the one that lets only one thread list the
//! folder.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::{Clean, Files, Redactor, Stamp, modules_at, only, redactor};
use crate::docstring::Language;
use crate::syntax::{Import, Mentions, Outline, Source, first_name, imports_of, language_of};

/// How long a listing is believed.
const TRUSTED: Duration = Duration::from_secs(5);
/// The same of one that was cut short because it took too long.
const PARTIAL: Duration = Duration::from_mins(2);
/// Files of a folder that are known at most, and the bytes of them that are read to see
/// what they import.
const FILES: usize = 20_000;
const BYTES: u64 = 96 << 20;
/// Longest file that is read.
const LONGEST: u64 = 1 << 20;
/// Files whose trees are kept, and bytes of their texts: a tree takes ten times its text.
const TREES: usize = 64;
const TEXTS: usize = 2 << 20;

/// Which text of a file is meant.
#[derive(Clone)]
enum Version {
    Disk(Stamp),
    Open(Arc<str>),
}

impl Version {
    fn bytes(&self) -> u64 {
        match self {
            Self::Disk(stamp) => stamp.bytes,
            Self::Open(text) => text.len() as u64,
        }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Disk(one), Self::Disk(other)) => one == other,
            (Self::Open(one), Self::Open(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

/// A version of a file.
pub(super) struct Entry {
    pub(super) path: Arc<str>,
    version: Version,
    summary: OnceLock<Option<Summary>>,
}

/// What a text imports and calls, found without a tree.
pub(super) struct Summary {
    pub(super) imports: Vec<Import>,
    /// Hashes of the names before opening brackets, in order.
    called: Vec<u32>,
}

impl Summary {
    fn of(language: Language, text: &str) -> Self {
        let mut called = Vec::new();
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        for (at, _) in text.match_indices('(') {
            let before = text.as_bytes().get(..at).unwrap_or_default();
            let length = before.iter().rev().take(100).take_while(|byte| is_word(byte)).count();
            if length > 0 {
                called.push(hash(before.get(at - length..).unwrap_or_default()));
            }
        }
        called.sort_unstable();
        called.dedup();
        Self { imports: imports_of(language, text), called }
    }

    /// Whether something of this name may be called.
    pub(super) fn calls(&self, name: &str) -> bool {
        self.called.binary_search(&hash(name.as_bytes())).is_ok()
    }
}

/// FNV-1a: short, and the same every time.
fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// The files of one language at one moment.
#[derive(Default)]
pub(super) struct Tree {
    files: BTreeMap<Arc<str>, Arc<Entry>>,
    folders: HashSet<String>,
    /// Bytes of the files whose summaries are known.
    read: AtomicU64,
}

impl Tree {
    pub(super) fn find(&self, path: &str) -> Option<&Arc<Entry>> {
        self.files.get(path)
    }

    pub(super) fn has_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// All files but `own`: code before tests, near ones first.
    pub(super) fn near(&self, own: &str) -> Vec<&Arc<Entry>> {
        let shared = |path: &str| {
            let parts = path.split('/').zip(own.split('/'));
            parts.take_while(|(one, other)| one == other).count()
        };
        let is_test = |path: &str| {
            path.split('/').any(|part| {
                let stem = part.split('.').next().unwrap_or_default();
                matches!(stem, "tests" | "test" | "testing" | "conftest")
                    || stem.starts_with("test_")
                    || stem.ends_with("_test")
                    || stem.ends_with("_tests")
            })
        };
        let mut others: Vec<_> = self
            .files
            .values()
            .filter(|entry| &*entry.path != own)
            .map(|entry| ((is_test(&entry.path), usize::MAX - shared(&entry.path)), entry))
            .collect();
        // Stable: files that are as near stay in the order of their paths.
        others.sort_by_key(|(key, _)| *key);
        others.into_iter().map(|(_, entry)| entry).collect()
    }
}

#[derive(Default)]
struct State {
    /// Until when the listing is believed.
    listed: Option<Instant>,
    /// Paths and stamps as they were listed.
    disk: Arc<Vec<(String, Stamp)>>,
    trees: HashMap<Language, Arc<Tree>>,
}

pub(super) struct Index {
    files: Box<dyn Files>,
    state: Mutex<State>,
    /// Held while the folder is listed.
    listing: Mutex<()>,
    /// The last first.
    trees: Mutex<Vec<(Arc<Entry>, Arc<Parsed>)>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Index {
    pub(super) fn new(files: Box<dyn Files>) -> Self {
        Self { files, state: Mutex::default(), listing: Mutex::default(), trees: Mutex::default() }
    }

    pub(super) fn inside(&self, name: &str) -> Option<String> {
        self.files.inside(name)
    }

    /// The files as they are now; those that were found in time. `None` when nobody waits
    /// for them any more.
    pub(super) fn tree(
        &self,
        language: Language,
        is_over: &dyn Fn() -> bool,
        is_late: &dyn Fn() -> bool,
    ) -> Option<Arc<Tree>> {
        let _turn = lock(&self.listing);
        if is_over() {
            return None;
        }
        let (is_fresh, disk, before) = {
            let state = lock(&self.state);
            let is_fresh = state.listed.is_some_and(|until| Instant::now() < until);
            (is_fresh, Arc::clone(&state.disk), state.trees.get(&language).cloned())
        };
        let disk = if is_fresh {
            disk
        } else {
            let mut listed = self.files.list(&|| is_over() || is_late());
            if is_over() {
                return None;
            }
            listed.truncate(FILES);
            Arc::new(listed)
        };
        let open = self.files.open();
        let mut versions: BTreeMap<&str, Version> = BTreeMap::new();
        let is_ours = |path: &str| language_of(Path::new(path)) == Some(language);
        for (path, stamp) in disk.iter().filter(|(path, _)| is_ours(path)) {
            versions.insert(path, Version::Disk(*stamp));
        }
        for (path, text) in open.iter().filter(|(path, _)| is_ours(path)) {
            versions.insert(path, Version::Open(Arc::clone(text)));
        }
        let tree = before.filter(|before| {
            before.files.len() == versions.len()
                && before.files.values().zip(&versions).all(|(entry, (path, version))| {
                    &*entry.path == *path && entry.version == *version
                })
        });
        let known = lock(&self.state).trees.get(&language).cloned().unwrap_or_default();
        let tree = tree.unwrap_or_else(|| Arc::new(made(&known, versions)));
        let mut state = lock(&self.state);
        if !is_fresh {
            let trusted = if is_late() { PARTIAL } else { TRUSTED };
            state.listed = Some(Instant::now() + trusted);
            state.disk = disk;
        }
        state.trees.insert(language, Arc::clone(&tree));
        Some(tree)
    }

    /// What a file imports and calls; `None` when it cannot be read or enough was.
    pub(super) fn summary<'a>(&self, tree: &Tree, entry: &'a Entry) -> Option<&'a Summary> {
        let language = language_of(Path::new(&*entry.path))?;
        if entry.summary.get().is_none() && tree.read.load(Ordering::Relaxed) > BYTES {
            return None;
        }
        let read = || {
            tree.read.fetch_add(entry.version.bytes(), Ordering::Relaxed);
            let text = self.text(entry)?;
            Some(Summary::of(language, &text))
        };
        entry.summary.get_or_init(read).as_ref()
    }

    fn text(&self, entry: &Entry) -> Option<Arc<str>> {
        match &entry.version {
            Version::Open(text) => Some(Arc::clone(text)),
            Version::Disk(stamp) if stamp.bytes <= LONGEST => self.files.read(&entry.path),
            Version::Disk(_) => None,
        }
    }

    /// A file with its tree. One that has to be parsed is taken off `left`.
    pub(super) fn parsed(&self, entry: &Arc<Entry>, left: &Cell<u32>) -> Option<Arc<Parsed>> {
        {
            let mut trees = lock(&self.trees);
            if let Some(at) = trees.iter().position(|(known, _)| Arc::ptr_eq(known, entry)) {
                let known = trees.remove(at);
                let parsed = Arc::clone(&known.1);
                trees.insert(0, known);
                return Some(parsed);
            }
        }
        left.set(left.get().checked_sub(1)?);
        let language = language_of(Path::new(&*entry.path))?;
        let source = Source::parse(language, &entry.path, self.text(entry)?).ok()?;
        let parsed = Arc::new(Parsed::new(source));
        let mut trees = lock(&self.trees);
        trees.insert(0, (Arc::clone(entry), Arc::clone(&parsed)));
        let mut bytes = 0;
        let kept = trees.iter().take(TREES).take_while(|(_, parsed)| {
            bytes += parsed.source.text().len();
            bytes <= TEXTS
        });
        // The newest stays, however long it is.
        let kept = kept.count().max(1);
        trees.truncate(kept);
        Some(parsed)
    }
}

/// The tree of these versions, with what is known of those that did not change.
fn made(known: &Tree, versions: BTreeMap<&str, Version>) -> Tree {
    let mut tree = Tree::default();
    for (path, version) in versions {
        let same = known.files.get(path).filter(|entry| entry.version == version);
        let entry = same.cloned().unwrap_or_else(|| {
            Arc::new(Entry { path: path.into(), version, summary: OnceLock::new() })
        });
        for (at, _) in path.match_indices('/') {
            let folder = path.get(..at).unwrap_or_default();
            if !tree.folders.contains(folder) {
                tree.folders.insert(folder.to_owned());
            }
        }
        if entry.summary.get().is_some() {
            *tree.read.get_mut() += entry.version.bytes();
        }
        tree.files.insert(Arc::clone(&entry.path), entry);
    }
    tree
}

/// A file with its tree.
pub(super) struct Parsed {
    pub(super) source: Source,
    pub(super) imports: Vec<Import>,
    pub(super) outline: Vec<Outline>,
    mentions: OnceLock<Mentions>,
    secrets: OnceLock<Vec<Range<usize>>>,
    shown: Mutex<HashMap<String, Clean>>,
}

impl Parsed {
    pub(super) fn new(source: Source) -> Self {
        Self {
            imports: source.imports(),
            outline: source.outline(),
            mentions: OnceLock::new(),
            secrets: OnceLock::new(),
            shown: Mutex::default(),
            source,
        }
    }

    /// Calls by what is imported, and what else has such a name.
    pub(super) fn mentions(&self) -> &Mentions {
        self.mentions.get_or_init(|| {
            let names: HashSet<&str> =
                self.imports.iter().map(|import| first_name(&import.alias)).collect();
            let is_rust = self.source.language() == Language::Rust;
            let is_wanted = |name: &str| {
                names.contains(name) || is_rust && matches!(name, "crate" | "self" | "super")
            };
            self.source.mentions(&(0..self.source.text().len()), &is_wanted)
        })
    }

    pub(super) fn redactor(&self) -> Redactor<'_> {
        let text = self.source.text();
        redactor(text, self.secrets.get_or_init(|| Redactor::new(text).found()))
    }

    pub(super) fn only(&self, path: &str) -> Option<&Outline> {
        only(&self.outline, path)
    }

    pub(super) fn modules_at(&self, at: usize) -> Vec<String> {
        modules_at(&self.outline, at)
    }

    pub(super) fn shown(&self, path: &str) -> Option<Clean> {
        lock(&self.shown).get(path).cloned()
    }

    pub(super) fn keep_shown(&self, path: &str, clean: &Clean) {
        lock(&self.shown).insert(path.to_owned(), clean.clone());
    }
}
