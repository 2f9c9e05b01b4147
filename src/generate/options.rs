//! What the user chose, resolved for one file.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::check::Checks;
use super::prompt::{Templates, Workspace};
use crate::docstring::SymbolKind;
use crate::orchestrator::{CacheUse, Choice};
use crate::provider::ProviderId;
use crate::style::Style;

/// The choices that a generation depends on.
#[derive(Clone)]
pub struct Options {
    /// The layout.
    pub style: &'static dyn Style,
    /// Who writes the words.
    pub choice: Choice,
    /// How the cache is used.
    pub cache: CacheUse,
    /// The part of the cache to which answers belong: a hash of the workspace's place.
    pub workspace: String,
    /// The wording of prompts.
    pub templates: Arc<Templates>,
    /// The code around the file, which prompts may quote; `None` for the file alone.
    pub code: Option<Arc<Workspace>>,
    /// Which symbols count as needing documentation in a batch.
    pub scope: Scope,
    /// Only these kinds; `None` for all.
    pub kinds: Option<BTreeSet<SymbolKind>>,
    /// Only this symbol and what it contains (a dotted path).
    pub only: Option<String>,
    /// Characters in a line of the file, indentation included.
    pub line_length: usize,
    /// What docstrings say.
    pub rules: Rules,
    /// What is looked for in those that are there.
    pub checks: Checks,
}

impl Options {
    /// What holds when nothing is chosen: the embedded provider, public symbols, the
    /// usual width of Python code.
    pub fn new(style: &'static dyn Style) -> Self {
        Self {
            style,
            choice: Choice::Preferred(ProviderId::offline()),
            cache: CacheUse::Full,
            workspace: String::new(),
            templates: Templates::built_in(),
            code: None,
            scope: Scope::default(),
            kinds: None,
            only: None,
            line_length: 88,
            rules: Rules::default(),
            checks: Checks::default(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("style", &self.style.id())
            .field("choice", &self.choice)
            .field("scope", &self.scope)
            .field("rules", &self.rules)
            .finish_non_exhaustive()
    }
}

/// Which symbols a batch documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// What is visible from outside.
    #[default]
    Public,
    /// Everything that the language lets be documented.
    All,
}

/// What docstrings say, where projects differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent switches, each a configuration key")]
pub struct Rules {
    /// The linter whose view decides where two contradict each other.
    pub profile: Profile,
    /// When parameter and return types are printed.
    pub types: Types,
    /// Where the parameters of `__init__` are described.
    pub init_docs: InitDocs,
    /// Name exceptions that the same function handles itself.
    pub caught_raises: bool,
    /// Name `AssertionError` for `assert`.
    pub asserts: bool,
    /// Leave `_name` parameters out (`_` and `__` always are).
    pub omit_private_params: bool,
    /// Say "Defaults to …" in parameter descriptions.
    pub defaults: bool,
    /// Rust: write `# Arguments` and `# Returns`.
    pub rust_arguments: bool,
}

/// The linter that decides where two contradict each other (README, "Lint profiles").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// The common subset that ruff, pydoclint and numpydoc all accept.
    #[default]
    Common,
    /// ruff `D` and `DOC`.
    Ruff,
    /// pydoclint with its defaults.
    Pydoclint,
    /// numpydoc's validation.
    Numpydoc,
    /// clippy with its pedantic lints; as [`Profile::Common`] for Python.
    Clippy,
}

/// When types are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Types {
    /// What the style is used to: NumPy always, Google and the others when the signature has none.
    #[default]
    Auto,
    /// Always, as annotated.
    Always,
    /// Only what the signature does not say.
    UnannotatedOnly,
    /// Never.
    Never,
}

/// Where the parameters of `__init__` are described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitDocs {
    /// In `__init__` itself.
    #[default]
    Init,
    /// In the class.
    Class,
}
