//! What a project wants to be told.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::generate::Scope;

/// What is looked for in a file.
#[derive(Clone, Debug)]
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
    /// Rules of linters that the project switched off; their counterparts are no findings.
    pub off: Arc<BTreeSet<String>>,
    /// Rules of linters that the project switched on although they are off by default.
    pub on: Arc<BTreeSet<String>>,
    /// Decorators whose functions are left alone, dotted (ruff's `ignore-decorators`).
    pub ignore_decorators: Arc<[String]>,
    /// Decorators that make a property, dotted (ruff's `property-decorators`).
    pub property_decorators: Arc<[String]>,
    /// The file belongs to a package whose name says that it is private.
    pub is_private: bool,
}

impl Default for Checks {
    fn default() -> Self {
        Self {
            missing: Some(Scope::Public),
            out_of_date: true,
            malformed: true,
            short: false,
            off: Arc::default(),
            on: Arc::default(),
            ignore_decorators: Arc::default(),
            property_decorators: Arc::default(),
            is_private: false,
        }
    }
}

impl Checks {
    /// Whether the project switched off what all of these rules are about.
    pub(super) fn is_off(&self, rules: &[&str]) -> bool {
        !self.off.is_empty() && rules.iter().any(|rule| self.off.contains(*rule))
    }

    /// Whether the project switched on one of these rules.
    pub(super) fn is_on(&self, rules: &[&str]) -> bool {
        !self.on.is_empty() && rules.iter().any(|rule| self.on.contains(*rule))
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
