//! What the project's linters say about which docstrings are looked for, and how.
//!
//! Their files are only read; what is wrong in them is theirs to report.

mod chosen;
mod ini;
mod manifests;
mod reach;
mod ruff;
mod rules;
mod tools;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use toml::{Table, Value};

use super::globs::Globs;
use crate::docstring::Language;
use crate::generate::{Checks, Names, Profile, Scope};

pub(super) use chosen::{Chosen, profile};
pub(super) use reach::Modules;
pub(super) use tools::pydoclint_in_flake8;

/// What the linters around a folder say.
#[derive(Clone, Default)]
pub(super) struct Lint {
    /// For Python, in order of precedence.
    tools: Vec<Said>,
    /// For Rust.
    cargo: Said,
    /// clippy's `missing-docs-in-crate-items`.
    crate_items: bool,
    /// The folder belongs to a Python package whose name says that it is private.
    is_private_package: bool,
}

/// What one linter's settings say.
#[derive(Clone, Default)]
pub(super) struct Said {
    /// The profile that stands for it.
    profile: Profile,
    /// Its name and the file, for display.
    source: String,
    /// Of the rules about missing docstrings, those that are off; `None` when it does not
    /// look for missing ones.
    missing_off: Option<BTreeSet<String>>,
    /// The other rules that are off.
    off: BTreeSet<String>,
    /// Rules that are on although they are off by default.
    on: BTreeSet<String>,
    /// Whether docstrings without a section are to have those that the code asks for.
    short: Option<bool>,
    /// Whether `*args` and `**kwargs` are to be described.
    star_args: Option<bool>,
    ignore_decorators: Vec<String>,
    property_decorators: Vec<String>,
    /// Files in which no docstring is missed.
    excludes: Option<Globs>,
    /// Patterns of names that no docstring is missed at.
    excused: Vec<String>,
    /// Patterns of dotted names about which nothing is said.
    excluded: Vec<String>,
    /// Rules that are off in files that match; in all others, if so marked.
    per_file: Vec<PerFile>,
}

/// Rules that are off in some files.
#[derive(Clone)]
pub(super) struct PerFile {
    globs: Globs,
    is_negated: bool,
    rules: Vec<String>,
}

impl PerFile {
    fn matches(&self, path: &Path) -> bool {
        self.globs.matches(path, false) != self.is_negated
    }
}

impl Lint {
    /// What holds in `folder`. `pyproject` and its like were read already.
    pub(super) fn around(folder: &Path, home: Option<&Path>) -> Self {
        Self {
            tools: tools::around(folder, home),
            cargo: manifests::around(folder, home),
            crate_items: manifests::wants_crate_items(folder, home),
            is_private_package: reach::is_private_package(folder),
        }
    }

    /// Without any linter: what the folders alone say.
    pub(super) fn alone(folder: &Path) -> Self {
        let is_private_package = reach::is_private_package(folder);
        Self { is_private_package, ..Self::default() }
    }

    /// What is looked for in one file.
    pub(super) fn checks(
        &self,
        language: Language,
        path: &Path,
        modules: &Modules,
        chosen: &Chosen,
    ) -> Checks {
        // clippy has no opinion on Python.
        let profile = chosen.profile.filter(|profile| *profile != Profile::Clippy);
        let is_heard = |said: &&Said| profile.is_none_or(|profile| said.profile == profile);
        let heard: Vec<&Said> = match language {
            Language::Python => self.tools.iter().filter(is_heard).collect(),
            Language::Rust => vec![&self.cargo],
        };
        let (mut off, mut on) = (BTreeSet::new(), BTreeSet::new());
        for said in &heard {
            off.extend(said.off.iter().cloned());
            on.extend(said.on.iter().cloned());
            for rules in said.per_file.iter().filter(|one| one.matches(path)) {
                off.extend(rules.rules.iter().cloned());
            }
        }
        if language == Language::Rust && chosen.profile == Some(Profile::Clippy) {
            on.insert("clippy::pedantic".to_owned());
        }
        // About missing docstrings, the first that looks for them has the word.
        let judge = heard.iter().find(|said| said.missing_off.is_some());
        off.extend(judge.and_then(|said| said.missing_off.clone()).unwrap_or_default());
        let excludes = judge.and_then(|said| said.excludes.as_ref());
        if excludes.is_some_and(|excludes| excludes.matches(path, false)) {
            off.extend(tools::missing_rules().map(str::to_owned));
        }
        let exempt = judge.map(|said| &*said.excused).unwrap_or_default();
        let silenced: Vec<String> =
            heard.iter().flat_map(|said| said.excluded.iter().cloned()).collect();
        on.retain(|rule| !off.contains(rule));
        let all = on.contains("clippy::missing_docs_in_private_items");
        let missing = chosen.missing.or(if all { Scope::All } else { chosen.scope });
        let decorators = |own: &[String], of: fn(&Said) -> &[String]| -> Arc<[String]> {
            own.iter().chain(heard.iter().flat_map(|said| of(said))).cloned().collect()
        };
        let short = heard.iter().find_map(|said| said.short);
        Checks {
            missing,
            out_of_date: chosen.out_of_date,
            malformed: chosen.malformed,
            short: chosen.short.or(short).unwrap_or(false),
            star_args: heard.iter().find_map(|said| said.star_args).unwrap_or(true),
            crate_items: self.crate_items && all,
            off: Arc::new(off),
            on: Arc::new(on),
            ignore_decorators: decorators(&chosen.ignore_decorators, |said| {
                &said.ignore_decorators
            }),
            property_decorators: decorators(&chosen.property_decorators, |said| {
                &said.property_decorators
            }),
            names: Arc::new(Names::new(exempt, &silenced)),
            is_private: match language {
                Language::Python => self.is_private_package,
                Language::Rust => !modules.is_reachable(path),
            },
        }
    }

    /// Whether the crate wants clippy's pedantic word on documentation.
    pub(super) fn is_pedantic(&self) -> bool {
        let lints =
            ["clippy::pedantic", "clippy::missing_errors_doc", "clippy::missing_panics_doc"];
        lints.iter().any(|lint| self.cargo.on.contains(*lint))
    }

    /// The linter settings that decide here, for display.
    pub(super) fn sources(&self) -> impl Iterator<Item = &str> {
        let all = self.tools.iter().chain([&self.cargo]);
        all.map(|said| said.source.as_str()).filter(|source| !source.is_empty())
    }
}

/// The texts of a list, or of a text with commas or white space between.
fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    match value? {
        Value::String(text) => {
            let words = text.split([',', '\n', ' ', '\t']).map(str::trim);
            Some(words.filter(|word| !word.is_empty()).map(str::to_owned).collect())
        }
        Value::Array(items) => {
            Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// The value below these keys.
fn at<'a>(table: &'a Table, keys: &[&str]) -> Option<&'a Value> {
    let (last, tables) = keys.split_last()?;
    let mut table = table;
    for key in tables {
        table = table.get(*key)?.as_table()?;
    }
    table.get(*last)
}

/// A switch, in either spelling of its name, also as a text.
fn boolean(table: &Table, key: &str) -> Option<bool> {
    let value = table.get(key).or_else(|| table.get(&key.replace('-', "_")))?;
    value.as_bool().or_else(|| match value.as_str()?.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
