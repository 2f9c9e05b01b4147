//! What the project's linters and formatters say about docstrings.
//!
//! Their files are only read, and what is wrong with them is theirs to report.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use toml::{Table, Value};

use super::files;
use super::lint::{self, Lint, Modules};
use crate::docstring::Language;
use crate::generate::Profile;
use crate::style::{self, Style};
use crate::syntax::{docstrings, language_of};

/// So many files of a project are asked for their style.
const SAMPLE: usize = 24;

/// Larger files are not asked.
const LARGEST_SAMPLE: u64 = 128 << 10;

/// Bytes that all of them together may have.
const LARGEST_SUM: usize = 1 << 20;

/// What holds in one folder.
#[derive(Clone, Default)]
pub(super) struct Conventions {
    /// The style of Python docstrings, and the setting that says so.
    pub(super) style: Option<(&'static dyn Style, String)>,
    /// Characters in a line of Python.
    pub(super) python_width: Option<usize>,
    /// Characters in a line of a Rust comment.
    pub(super) rust_width: Option<usize>,
    /// The one linter of docstrings that is configured.
    pub(super) profile: Profile,
    /// pydoclint's `arg-type-hints-in-docstring`.
    pub(super) wants_types: Option<bool>,
    /// pydoclint's `allow-init-docstring`.
    pub(super) allows_init_docs: bool,
    /// Which docstrings are looked for.
    pub(super) lint: Lint,
}

/// The conventions of every folder that was asked about.
#[derive(Default)]
pub(super) struct Linters {
    is_active: bool,
    home: Option<PathBuf>,
    conventions: Mutex<HashMap<PathBuf, Arc<Conventions>>>,
    majorities: Mutex<HashMap<PathBuf, Option<&'static str>>>,
    /// What Rust files say about their modules.
    pub(super) modules: Modules,
}

impl Linters {
    pub(super) fn new(isolated: bool, home: Option<PathBuf>) -> Self {
        Self { is_active: !isolated, home, ..Self::default() }
    }

    /// The conventions that hold in `folder`.
    pub(super) fn around(&self, folder: &Path) -> Arc<Conventions> {
        let mut known = self.conventions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(folder) {
            return Arc::clone(found);
        }
        let found = Arc::new(if self.is_active {
            Conventions::around(folder, self.home.as_deref())
        } else {
            Conventions { lint: Lint::alone(folder), ..Conventions::default() }
        });
        known.insert(folder.to_path_buf(), Arc::clone(&found));
        found
    }

    /// The style that most docstrings of the project around `folder` are in, by a
    /// sample of its files.
    pub(super) fn majority(&self, folder: &Path) -> Option<&'static dyn Style> {
        let root = root(folder, self.home.as_deref());
        let mut known = self.majorities.lock().unwrap_or_else(PoisonError::into_inner);
        let found = *known.entry(root).or_insert_with_key(|root| sample(root));
        found.and_then(style::by_id)
    }
}

/// The project's folder: the nearest with a manifest or a repository.
fn root(folder: &Path, home: Option<&Path>) -> PathBuf {
    let marks = ["pyproject.toml", "setup.py", "setup.cfg", ".git"];
    files::folders(folder, home)
        .find(|folder| marks.iter().any(|mark| folder.join(mark).exists()))
        .unwrap_or(folder)
        .to_path_buf()
}

fn sample(root: &Path) -> Option<&'static str> {
    let files = ignore::WalkBuilder::new(root)
        .max_depth(Some(6))
        .sort_by_file_name(Ord::cmp)
        .build()
        .filter_map(Result::ok)
        // A folder of other things must not be walked to its end.
        .take(4096)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter(|entry| language_of(entry.path()) == Some(Language::Python))
        .filter(|entry| entry.metadata().is_ok_and(|data| data.len() <= LARGEST_SAMPLE))
        .take(SAMPLE);
    let (mut texts, mut read) = (Vec::new(), 0);
    for file in files {
        let Ok(text) = std::fs::read_to_string(file.path()) else { continue };
        read += text.len();
        if read > LARGEST_SUM {
            break;
        }
        texts.extend(docstrings(Language::Python, &text));
    }
    style::majority(texts.iter().map(String::as_str)).map(Style::id)
}

impl Conventions {
    fn around(folder: &Path, home: Option<&Path>) -> Self {
        let mut found = Self::default();
        let (mut ruff, mut black, mut pydoclint, mut pydocstyle, mut numpydoc, mut rustfmt) =
            (None, None, None, None, None, None);
        for folder in files::folders(folder, home) {
            let own = [".ruff.toml", "ruff.toml"]
                .into_iter()
                .find_map(|name| Some((table(&folder.join(name))?, folder.join(name))));
            if ruff.is_none() {
                ruff = own;
            }
            let path = folder.join("pyproject.toml");
            if let Some(project) = table(&path) {
                let tool = |name: &str| {
                    let table = at(&project, &["tool", name])?.as_table()?.clone();
                    Some((table, path.clone()))
                };
                ruff = ruff.or_else(|| tool("ruff"));
                black = black.or_else(|| tool("black"));
                pydoclint = pydoclint.or_else(|| tool("pydoclint"));
                pydocstyle = pydocstyle.or_else(|| tool("pydocstyle"));
                numpydoc = numpydoc.or_else(|| tool("numpydoc_validation"));
            }
            pydoclint = pydoclint.or_else(|| lint::pydoclint_in_flake8(folder));
            rustfmt = rustfmt.or_else(|| {
                [".rustfmt.toml", "rustfmt.toml"].iter().find_map(|name| table(&folder.join(name)))
            });
        }
        let named = |source: &Option<(Table, PathBuf)>, keys: &[&str], label: &str| {
            let (table, path) = source.as_ref()?;
            let style = python_style(at(table, keys)?.as_str()?)?;
            Some((style, format!("{label} in {}", path.display())))
        };
        let convention = ["lint", "pydocstyle", "convention"];
        found.style = named(&ruff, &convention, "ruff's lint.pydocstyle.convention")
            .or_else(|| named(&ruff, &["pydocstyle", "convention"], "ruff's pydocstyle.convention"))
            .or_else(|| named(&pydoclint, &["style"], "pydoclint's style"))
            .or_else(|| named(&pydocstyle, &["convention"], "pydocstyle's convention"))
            .or_else(|| {
                let (_, path) = numpydoc.as_ref()?;
                Some((python_style("numpy")?, format!("numpydoc_validation in {}", path.display())))
            });
        let ruff = ruff.map(|(table, _)| table);
        found.python_width = ruff
            .as_ref()
            .and_then(|ruff| {
                let doc = width(at(ruff, &["lint", "pycodestyle", "max-doc-length"]));
                [width(ruff.get("line-length")), doc].into_iter().flatten().min()
            })
            .or_else(|| width(black.as_ref()?.0.get("line-length")));
        found.rust_width = rustfmt.as_ref().and_then(|table| {
            let code = width(table.get("max_width"));
            // rustfmt heeds it only when it wraps comments; whoever sets it means it.
            let comment = width(table.get("comment_width"));
            [code, comment].into_iter().flatten().min()
        });
        if let Some((table, _)) = &pydoclint {
            found.wants_types = boolean(table, "arg-type-hints-in-docstring");
            found.allows_init_docs = boolean(table, "allow-init-docstring") == Some(true);
        }
        let linters = [
            (ruff.as_ref().is_some_and(checks_docstrings), Profile::Ruff),
            (pydoclint.is_some(), Profile::Pydoclint),
            (numpydoc.is_some(), Profile::Numpydoc),
        ];
        let mut active = linters.into_iter().filter(|(is_active, _)| *is_active);
        if let (Some((_, profile)), None) = (active.next(), active.next()) {
            found.profile = profile;
        }
        found.lint = Lint::around(folder, home);
        found
    }
}

/// Whether ruff is told to check docstrings (`D…`, `DOC…`).
fn checks_docstrings(ruff: &Table) -> bool {
    let lists = [
        &["lint", "select"] as &[&str],
        &["lint", "extend-select"],
        &["select"],
        &["extend-select"],
    ];
    let rules = lists.iter().filter_map(|keys| at(ruff, keys)?.as_array()).flatten();
    rules.filter_map(Value::as_str).any(|rule| {
        let rest = rule.strip_prefix("DOC").or_else(|| rule.strip_prefix('D'));
        rule == "ALL" || rest.is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn table(path: &Path) -> Option<Table> {
    files::read(path).ok()??.parse().ok()
}

fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (last, tables) = keys.split_last()?;
    let mut table = table;
    for key in tables {
        table = table.get(*key)?.as_table()?;
    }
    table.get(*last)
}

fn width(value: Option<&Value>) -> Option<usize> {
    let number = u64::try_from(value?.as_integer()?).ok()?;
    super::allowed::LINE_LENGTH.contains(&number).then_some(())?;
    usize::try_from(number).ok()
}

fn boolean(table: &Table, key: &str) -> Option<bool> {
    // pydoclint reads both spellings, and texts.
    let value = table.get(key).or_else(|| table.get(&key.replace('-', "_")))?;
    value.as_bool().or_else(|| Some(value.as_str()?.eq_ignore_ascii_case("true")))
}

fn python_style(id: &str) -> Option<&'static dyn Style> {
    style::by_id(id).filter(|style| style.language() == Language::Python)
}
