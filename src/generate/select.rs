//! Which symbols a batch documents, and in which style.

use std::fmt;

use super::options::{Options, Scope};
use crate::docstring::{Language, SymbolKind};
use crate::style::{self, Style};
use crate::syntax::{Outline, Source};

/// Why a symbol is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Skip {
    /// It has documentation.
    Documented,
    /// It is not public, and the scope is.
    NotPublic,
    /// Another kind was asked for.
    OtherKind,
    /// Another symbol was asked for.
    OtherSymbol,
    /// `@overload`: the implementation is documented.
    Overload,
    /// `impl Trait for Type`: the trait is documented.
    TraitImpl,
    /// A test, or inside `#[cfg(test)]`.
    Test,
    /// `#[doc(hidden)]`.
    Hidden,
    /// There is no place where a docstring would be one.
    NoPlace,
    /// Its docstring is as it should be.
    UpToDate,
    /// It has no docstring that could be changed.
    Undocumented,
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Skip::Documented => "it has a docstring",
            Skip::NotPublic => "it is not public (use `--scope all`)",
            Skip::OtherKind => "its kind was not asked for",
            Skip::OtherSymbol => "it was not asked for",
            Skip::Overload => "an overload is documented at its implementation",
            Skip::TraitImpl => "the trait documents it",
            Skip::Test => "it is a test",
            Skip::Hidden => "it is hidden from the documentation",
            Skip::NoPlace => "there is no place for a docstring that would leave the code as it is",
            Skip::UpToDate => "its docstring is as it should be",
            Skip::Undocumented => "it has no docstring",
        })
    }
}

/// Whether a batch documents this symbol.
///
/// # Errors
///
/// Why not.
pub fn considered(outline: &Outline, options: &Options) -> Result<(), Skip> {
    if outline.documented {
        return Err(Skip::Documented);
    }
    asked_for(outline, options)?;
    exempt(outline, options.scope, options.only.is_some())
}

/// Whether a symbol is among those that were asked for by kind and by name.
pub(super) fn asked_for(outline: &Outline, options: &Options) -> Result<(), Skip> {
    if let Some(kinds) = &options.kinds
        && !kinds.contains(&outline.kind)
    {
        return Err(Skip::OtherKind);
    }
    if let Some(only) = &options.only {
        let path = outline.path.0.as_str();
        let inside = path
            .strip_prefix(only.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
        if !inside {
            return Err(Skip::OtherSymbol);
        }
    }
    Ok(())
}

/// Whether a symbol of this kind and visibility needs a docstring at all. `is_named`: it,
/// or what is around it, was asked for by name.
pub(super) fn exempt(outline: &Outline, scope: Scope, is_named: bool) -> Result<(), Skip> {
    let flags = outline.flags;
    if flags.is_overload {
        return Err(Skip::Overload);
    }
    if flags.in_trait_impl {
        return Err(Skip::TraitImpl);
    }
    if flags.is_hidden {
        return Err(Skip::Hidden);
    }
    if flags.is_test && outline.kind != SymbolKind::Module && !is_named && is_rust(outline) {
        return Err(Skip::Test);
    }
    if scope == Scope::Public && !is_named && !outline.public {
        return Err(Skip::NotPublic);
    }
    Ok(())
}

fn is_rust(outline: &Outline) -> bool {
    outline.language == Language::Rust
}

/// The style for a file: the configured one, else the majority of the file's own
/// docstrings, else the project's, else Google (Rust: rustdoc).
pub fn choose_style(
    source: &Source,
    configured: Option<&'static dyn Style>,
    project: impl FnOnce() -> Option<&'static dyn Style>,
) -> &'static dyn Style {
    if source.language() == Language::Rust {
        return &style::Rustdoc;
    }
    configured
        .or_else(|| style::majority(source.docstrings().iter().map(String::as_str)))
        .or_else(project)
        .unwrap_or(&style::Google)
}
