//! What holds for one file: our own choices, and the linters' where ours leave it to them.

use std::path::Path;
use std::sync::Arc;

use super::Config;
use super::linters::Conventions;
use crate::docstring::Language;
use crate::generate::{InitDocs, Options, Profile, Rules, Types, choose_style};
use crate::syntax::Source;

impl Config {
    /// What holds for one file. `path` is absolute; `None` for a text without a file.
    ///
    /// Reads the settings of the linters around the file, once for each folder.
    pub fn options_for(&self, source: &Source, path: Option<&Path>) -> Options {
        let folder = path.and_then(Path::parent);
        let conventions = folder.map_or_else(Arc::default, |folder| self.linters.around(folder));
        let configured = self.style_python.or(conventions.style.as_ref().map(|(style, _)| *style));
        let style = choose_style(source, configured, || {
            folder.and_then(|folder| self.linters.majority(folder))
        });
        let mut rules = self.rules_with(&conventions);
        if self.profile.is_none() && source.language() == Language::Rust {
            let is_pedantic = conventions.lint.is_pedantic();
            rules.profile = if is_pedantic { Profile::Clippy } else { Profile::Common };
        }
        Options {
            choice: self.choice(),
            workspace: self.workspace.clone(),
            templates: Arc::clone(&self.templates),
            scope: self.scope,
            line_length: self.line_length.unwrap_or_else(|| match source.language() {
                Language::Python => conventions.python_width.unwrap_or(88),
                Language::Rust => conventions.rust_width.unwrap_or(100),
            }),
            rules,
            checks: path.map_or_else(
                || self.lint.checks(),
                |path| {
                    let modules = &self.linters.modules;
                    conventions.lint.checks(source.language(), path, modules, &self.lint)
                },
            ),
            ..Options::new(style)
        }
    }

    /// The rules, where they follow the linter of the project. pydoclint forbids a
    /// docstring of `__init__` (DOC301) and compares types (DOC105); numpydoc expects
    /// parameters in the class; ruff (DOC501) and pydoclint count every raise.
    fn rules_with(&self, conventions: &Conventions) -> Rules {
        let profile = self.profile.unwrap_or(conventions.profile);
        let class_is_home = match profile {
            Profile::Pydoclint => !conventions.allows_init_docs,
            Profile::Numpydoc => true,
            Profile::Common | Profile::Ruff | Profile::Clippy => false,
        };
        let by_profile = if class_is_home { InitDocs::Class } else { InitDocs::Init };
        Rules {
            profile,
            types: match (self.rules.types, profile, conventions.wants_types) {
                (Types::Auto, Profile::Pydoclint, Some(false)) => Types::Never,
                (Types::Auto, Profile::Pydoclint, _) => Types::Always,
                (types, ..) => types,
            },
            init_docs: self.init_docs.unwrap_or(by_profile),
            caught_raises: self
                .caught_raises
                .unwrap_or(matches!(profile, Profile::Ruff | Profile::Pydoclint)),
            // To pydoclint a default in the docstring is a violation (`check-arg-defaults`).
            defaults: self.defaults.unwrap_or(profile != Profile::Pydoclint),
            ..self.rules
        }
    }

    /// The style of Python files in `folder` that a linter's settings choose, and
    /// which setting that is; `None` when ours decides, or none does.
    pub fn linter_style(&self, folder: &Path) -> Option<(&'static str, String)> {
        if self.style_python.is_some() {
            return None;
        }
        let conventions = self.linters.around(folder);
        conventions.style.as_ref().map(|(style, setting)| (style.id(), setting.clone()))
    }

    /// The linters' settings that decide which docstrings of `folder` are looked for.
    pub fn linter_sources(&self, folder: &Path) -> Vec<String> {
        self.linters.around(folder).lint.sources().map(str::to_owned).collect()
    }
}
