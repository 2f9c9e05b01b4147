//! What a project wants to be told.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::names::Names;
use crate::generate::Scope;

/// What is looked for in a file.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches, each read by name")]
pub struct Checks {
    /// Which symbols need a docstring; `None` when a missing one is no finding.
    pub missing: Option<Scope>,
    /// Docstrings that disagree with the code are findings.
    pub out_of_date: bool,
    /// Docstrings that cannot be read as what they seem to be are findings.
    pub malformed: bool,
    /// A docstring without any section is to have those that the code asks for
    /// (pydoclint's `skip-checking-short-docstrings`, inverted).
    pub short: bool,
    /// A description of `*args` and `**kwargs` is missed.
    pub star_args: bool,
    /// Of Rust's private items, only those that the whole crate can see need documentation
    /// (clippy's `missing-docs-in-crate-items`).
    pub crate_items: bool,
    /// Rules of linters that the project switched off; their counterparts are no findings.
    pub off: Arc<BTreeSet<String>>,
    /// Rules of linters that the project switched on although they are off by default.
    pub on: Arc<BTreeSet<String>>,
    /// Decorators whose functions are left alone, dotted (ruff's `ignore-decorators`).
    pub ignore_decorators: Arc<[String]>,
    /// Decorators that make a property, dotted (ruff's `property-decorators`).
    pub property_decorators: Arc<[String]>,
    /// What is left alone by its name.
    pub names: Arc<Names>,
    /// Nothing in the file can be seen from outside: it belongs to a package whose name says
    /// that it is private, to a private module of a crate, or to tests and examples.
    pub is_private: bool,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            missing: Some(Scope::Public),
            out_of_date: true,
            malformed: true,
            short: false,
            star_args: true,
            crate_items: false,
            off: Arc::default(),
            on: Arc::default(),
            ignore_decorators: Arc::default(),
            property_decorators: Arc::default(),
            names: Arc::default(),
            is_private: false,
        }
    }
}

impl Checks {
    /// Whether the project switched these rules off; the first that it speaks of decides.
    pub(super) fn is_off(&self, rules: &[&str]) -> bool {
        !self.off.is_empty() && self.level(rules) == Some(false)
    }

    /// Whether a docstring without any section is to have the one that `rule` is about.
    pub(in crate::generate) fn demands(&self, rule: &str) -> bool {
        (self.short || self.on.contains(rule)) && !self.off.contains(rule)
    }

    fn level(&self, rules: &[&str]) -> Option<bool> {
        rules.iter().find_map(|rule| match (self.off.contains(*rule), self.on.contains(*rule)) {
            (true, _) => Some(false),
            (false, true) => Some(true),
            (false, false) => None,
        })
    }
}

/// Whether one of the decorators as written is among `names` (which are dotted).
///
/// The last part of a name is enough on one side: the decorator may be imported.
pub(super) fn is_decorated<'a>(
    decorators: impl IntoIterator<Item = &'a str>,
    names: &[String],
) -> bool {
    if names.is_empty() {
        return false;
    }
    decorators.into_iter().any(|decorator| {
        let name = decorator.trim_start_matches('@').trim_start();
        let name = name.split(['(', ' ', '\t', '#', '[']).next().unwrap_or_default().trim();
        let last = name.rsplit('.').next().unwrap_or_default();
        !last.is_empty()
            && names.iter().any(|known| {
                known == name || known.rsplit('.').next() == Some(last) && !name.contains('.')
            })
    })
}

#[cfg(test)]
mod tests {
    use super::is_decorated;

    #[test]
    fn a_decorator_is_known_by_its_path_or_its_imported_name() {
        let names = ["functools.cached_property".to_owned(), "app.route".to_owned()];
        let is = |decorator: &str| is_decorated([decorator], &names);
        assert!(is("functools.cached_property") && is("cached_property"));
        assert!(is("@app.route(\"/\")") && is("app.route  # noqa"));
        assert!(!is("other.route") && !is("property") && !is(""));
    }
}
