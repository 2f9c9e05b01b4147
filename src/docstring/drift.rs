//! In what a docstring and its code disagree.

use std::fmt;

use super::SectionKind;

/// One disagreement between a docstring and the code that it describes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Drift {
    /// The code has it, the docstring does not.
    Missing {
        /// The section in which it belongs.
        kind: SectionKind,
        /// The parameter (stars included), attribute or exception; `None` for a section
        /// without names such as `Returns`.
        name: Option<String>,
    },
    /// The docstring has it, the code does not.
    Extra {
        /// The section in which it stands.
        kind: SectionKind,
        /// See [`Drift::Missing`].
        name: Option<String>,
    },
    /// What the docstring calls `from` is `to` in the code, as far as position and type tell.
    Renamed {
        /// The section in which it stands.
        kind: SectionKind,
        /// The documented name.
        from: String,
        /// The name in the code.
        to: String,
    },
    /// The items stand in another order than in the code.
    Reordered {
        /// The section in which they stand.
        kind: SectionKind,
    },
    /// The documented type is not the annotated one.
    Retyped {
        /// The section in which it stands.
        kind: SectionKind,
        /// See [`Drift::Missing`].
        name: Option<String>,
        /// The type that the docstring names.
        documented: String,
        /// The annotation.
        actual: String,
    },
}

impl Drift {
    /// The section that it is about.
    pub fn kind(&self) -> &SectionKind {
        match self {
            Drift::Missing { kind, .. }
            | Drift::Extra { kind, .. }
            | Drift::Renamed { kind, .. }
            | Drift::Reordered { kind }
            | Drift::Retyped { kind, .. } => kind,
        }
    }
}

/// What an entry of a section is called in a sentence.
fn noun(kind: &SectionKind) -> &str {
    match kind {
        SectionKind::Parameters | SectionKind::OtherParameters => "parameter",
        SectionKind::Attributes => "attribute",
        SectionKind::Returns => "returned value",
        SectionKind::Yields => "yielded value",
        SectionKind::Raises => "exception",
        SectionKind::Warns => "warning",
        SectionKind::Panics => "`# Panics` section",
        SectionKind::Errors => "`# Errors` section",
        SectionKind::Safety => "`# Safety` section",
        SectionKind::Other(name) => name,
        _ => "section",
    }
}

/// A noun and a name: "parameter `b`", "returned value".
fn thing(kind: &SectionKind, name: Option<&String>) -> String {
    match name {
        Some(name) => format!("{} `{name}`", noun(kind)),
        None => noun(kind).to_owned(),
    }
}

/// A clause that goes on after "the docstring": "lacks parameter `b`".
impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Drift::Missing { kind, name } => write!(f, "lacks {}", thing(kind, name.as_ref())),
            Drift::Extra { kind, name } => {
                write!(f, "documents {} which is gone", thing(kind, name.as_ref()))
            }
            Drift::Renamed { kind, from, to } => {
                write!(f, "calls {} `{from}`", thing(kind, Some(to)))
            }
            Drift::Reordered { kind } => write!(f, "lists its {}s in another order", noun(kind)),
            Drift::Retyped { kind, name, documented, actual } => {
                let thing = thing(kind, name.as_ref());
                write!(f, "gives {thing} the type `{documented}` instead of `{actual}`")
            }
        }
    }
}
