//! What can be wrong with a docstring: stable names, and the linters' rules that mean the same.

use crate::docstring::{Drift, Language, SectionKind, SymbolKind};
use crate::syntax::Outline;

/// Where the codes are described; each has its variant's anchor there.
const DOCS: &str = "https://docs.rs/docstring-ls/latest/docstring_ls/generate/enum.Code.html";

/// What is wrong with a docstring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// `DLS001` `missing-docstring`: there is none, where the project wants one.
    ///
    /// Python: the rules D100 to D107 of ruff. Rust: rustc's `missing_docs`.
    Missing,
    /// `DLS002` `out-of-date-docstring`: it disagrees with the code.
    ///
    /// A parameter, returned value or exception is documented that is gone, has another name
    /// or type, or stands in the code and not in a docstring that describes its like.
    OutOfDate,
    /// `DLS003` `malformed-docstring`: it cannot be read as what it seems to be.
    ///
    /// A section without content, an underline of the wrong length, an entry without a colon,
    /// a parameter that is described twice, a misspelt field or heading, a code block without
    /// an end, a docstring without words.
    Malformed,
}

/// How much attention a finding asks for in an editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Something could be better.
    Hint,
    /// Something is wrong.
    Warning,
}

impl Code {
    /// Every code, in order.
    pub const ALL: [Code; 3] = [Code::Missing, Code::OutOfDate, Code::Malformed];

    /// The stable identifier, as in `# noqa: DLS001`.
    pub fn id(self) -> &'static str {
        match self {
            Code::Missing => "DLS001",
            Code::OutOfDate => "DLS002",
            Code::Malformed => "DLS003",
        }
    }

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Code::Missing => "missing-docstring",
            Code::OutOfDate => "out-of-date-docstring",
            Code::Malformed => "malformed-docstring",
        }
    }

    /// What it means and what to do about it: one or two sentences.
    pub fn help(self) -> &'static str {
        match self {
            Code::Missing => {
                "A symbol that others can see has no docstring. `docstring-ls generate` writes one."
            }
            Code::OutOfDate => {
                "A docstring disagrees with the code that it describes. `docstring-ls check --fix` \
                 brings it up to date and keeps the prose that is there."
            }
            Code::Malformed => {
                "A docstring cannot be read as what it seems to be, so that it is shown wrongly \
                 and tools miss a part of it."
            }
        }
    }

    /// The page that describes it.
    pub fn url(self) -> String {
        let anchor = match self {
            Code::Missing => "Missing",
            Code::OutOfDate => "OutOfDate",
            Code::Malformed => "Malformed",
        };
        format!("{DOCS}#variant.{anchor}")
    }

    /// How much attention it asks for.
    pub fn severity(self) -> Severity {
        match self {
            Code::Missing => Severity::Hint,
            Code::OutOfDate | Code::Malformed => Severity::Warning,
        }
    }

    /// The codes that `text` selects: an identifier, the beginning of one, or a name.
    pub fn selected(text: &str) -> impl Iterator<Item = Code> {
        let is_prefix = text.len() >= 3;
        Code::ALL
            .into_iter()
            .filter(move |code| code.name() == text || is_prefix && code.id().starts_with(text))
    }
}

/// The linters' rules that ask for a docstring of this symbol, ruff's or rustc's first.
pub(super) fn missing_rules(outline: &Outline, file: &str) -> &'static [&'static str] {
    if outline.language == Language::Rust {
        return if outline.public {
            &["missing_docs", "warnings"]
        } else {
            &["clippy::missing_docs_in_private_items", "clippy::restriction", "missing_docs"]
        };
    }
    let is_method = matches!(outline.kind, SymbolKind::Method | SymbolKind::Property);
    match outline.kind {
        SymbolKind::Module if is_package(file) => &["D104", "C0114", "C0111"],
        SymbolKind::Module => &["D100", "C0114", "C0111"],
        SymbolKind::Class if outline.path.0.contains('.') => &["D106", "GL08", "C0115", "C0111"],
        SymbolKind::Class => &["D101", "GL08", "C0115", "C0111"],
        _ if is_method && outline.name == "__init__" => &["D107", "GL08", "C0116", "C0111"],
        _ if is_method
            && outline.flags.is_dunder
            && !matches!(outline.name.as_str(), "__new__" | "__call__") =>
        {
            &["D105", "GL08", "C0116", "C0111"]
        }
        _ if is_method => &["D102", "GL08", "C0116", "C0111"],
        _ => &["D103", "GL08", "C0116", "C0111"],
    }
}

fn is_package(file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(name, "__init__.py" | "__init__.pyi")
}

/// The linters' rules that complain of this disagreement: those of ruff, pydoclint, numpydoc
/// and darglint, or of clippy.
pub(super) fn drift_rules(drift: &Drift, language: Language) -> &'static [&'static str] {
    use SectionKind::{Attributes, Errors, Panics, Parameters, Raises, Returns, Safety, Yields};
    if language == Language::Rust {
        return match (drift, drift.kind()) {
            (_, Errors) => &["clippy::missing_errors_doc", "clippy::pedantic", "warnings"],
            (_, Panics) => &["clippy::missing_panics_doc", "clippy::pedantic", "warnings"],
            (Drift::Extra { .. }, Safety) => {
                &["clippy::unnecessary_safety_doc", "clippy::restriction", "warnings"]
            }
            (_, Safety) => &["clippy::missing_safety_doc", "clippy::style", "clippy::all"],
            _ => &["warnings"],
        };
    }
    match (drift, drift.kind()) {
        (Drift::Missing { .. }, Parameters) => &["D417", "DOC101", "DOC103", "PR01", "DAR101"],
        (Drift::Extra { .. }, Parameters) => &["DOC102", "DOC103", "PR02", "DAR102"],
        (Drift::Renamed { .. }, Parameters) => {
            &["D417", "DOC101", "DOC102", "DOC103", "PR01", "PR02", "DAR101", "DAR102"]
        }
        (Drift::Reordered { .. }, Parameters) => &["DOC104", "PR03"],
        (Drift::Retyped { .. }, Parameters) => &["DOC105", "DAR103"],
        (Drift::Missing { .. }, Returns) => &["DOC201", "RT01", "DAR201"],
        (Drift::Extra { .. }, Returns) => &["DOC202", "DAR202"],
        (_, Returns) => &["DOC203", "DAR203"],
        (Drift::Missing { .. }, Yields) => &["DOC402", "YD01", "DAR301"],
        (Drift::Extra { .. }, Yields) => &["DOC403", "DAR302"],
        (_, Yields) => &["DOC404"],
        (Drift::Missing { .. }, Raises) => &["DOC501", "DOC503", "DAR401"],
        (_, Raises) => &["DOC502", "DOC503", "DAR402"],
        (Drift::Missing { .. }, Attributes) => &["DOC601", "DOC603"],
        (Drift::Reordered { .. }, Attributes) => &["DOC604"],
        (Drift::Retyped { .. }, Attributes) => &["DOC605"],
        (_, Attributes) => &["DOC602", "DOC603"],
        _ => &[],
    }
}

/// The linters' rules that complain of a form.
pub(super) fn form_rules(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &[
            "D405", "D406", "D407", "D408", "D409", "D410", "D411", "D412", "D414", "D416", "D419",
            "D214", "D215", "DOC001", "DOC003", "GL06", "GL07", "PR10",
        ],
        Language::Rust => &[
            "clippy::empty_docs",
            "clippy::style",
            "clippy::all",
            "clippy::missing_errors_doc",
            "rustdoc::invalid_rust_codeblocks",
            "rustdoc::all",
            "warnings",
        ],
    }
}

/// Every rule about docstrings that a linter's settings can switch, ruff's and pydoclint's.
pub fn python_rules() -> impl Iterator<Item = &'static str> {
    const MISSING: [&str; 8] = ["D100", "D101", "D102", "D103", "D104", "D105", "D106", "D107"];
    const DRIFT: &[&str] = &[
        "D417", "DOC101", "DOC102", "DOC103", "DOC104", "DOC105", "DOC201", "DOC202", "DOC203",
        "DOC402", "DOC403", "DOC404", "DOC501", "DOC502", "DOC503", "DOC601", "DOC602", "DOC603",
        "DOC604", "DOC605",
    ];
    let form = form_rules(Language::Python).iter().filter(|rule| rule.starts_with('D'));
    MISSING.into_iter().chain(DRIFT.iter().copied()).chain(form.copied())
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_selected_as_ruff_users_expect() {
        let selected = |text: &str| Code::selected(text).map(Code::id).collect::<Vec<_>>();
        assert_eq!(selected("DLS001"), ["DLS001"]);
        assert_eq!(selected("DLS"), ["DLS001", "DLS002", "DLS003"]);
        assert_eq!(selected("malformed-docstring"), ["DLS003"]);
        assert!(selected("D").is_empty() && selected("").is_empty());
        assert!(selected("D100").is_empty() && selected("DLS9").is_empty());
    }

    #[test]
    fn each_code_has_a_page_of_its_own() {
        let urls: std::collections::BTreeSet<_> = Code::ALL.map(Code::url).into_iter().collect();
        assert_eq!(urls.len(), Code::ALL.len());
    }
}
