//! What a docstring is, and what is known of the code that it describes.
//!
//! Plain data and pure functions: no parser, no serialisation, no I/O. Everything
//! above exchanges these types: `syntax` fills a [`Symbol`] from the tree, a
//! provider supplies words, `generate` composes a [`Docstring`], a style lays it
//! out, and an [`Edit`] carries the result into the file.

mod body;
mod drift;
mod edit;
mod symbol;

pub use body::{Body, Call, ErrorCase, Expr, ExprKind, Local, Lookup, Loop, Panic, Raise, Set};
pub use drift::Drift;
pub use edit::{Edit, apply};
pub use symbol::{
    Existing, Flags, Language, Member, Owner, Param, ParamKind, Signature, Slot, Symbol,
    SymbolKind, SymbolPath,
};

/// The content of a docstring, free of any style's layout.
///
/// Text is prose with `\n\n` between paragraphs; a line break inside a paragraph
/// carries no meaning (styles wrap it anew), except in lines that begin with
/// white space, `- `, `* ` or `>>>`, which styles keep as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docstring {
    /// One sentence on one line, closing punctuation included.
    pub summary: String,
    /// The extended summary: paragraphs that follow the summary line.
    pub description: Option<String>,
    /// Sections in the order in which they stand (a style may reorder them).
    pub sections: Vec<Section>,
}

impl Docstring {
    /// The first section of `kind`, if there is one.
    pub fn section(&self, kind: &SectionKind) -> Option<&Section> {
        self.sections.iter().find(|section| section.kind == *kind)
    }

    /// The items of the first section of `kind`; empty when it has none.
    pub fn items(&self, kind: &SectionKind) -> &[Item] {
        match self.section(kind).map(|section| &section.body) {
            Some(SectionBody::Items(items)) => items,
            _ => &[],
        }
    }
}

/// One section: a heading and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Which section it is.
    pub kind: SectionKind,
    /// Its content.
    pub body: SectionBody,
}

/// The content of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SectionBody {
    /// Entries such as parameters or exceptions.
    Items(Vec<Item>),
    /// Free text such as notes.
    Text(String),
}

/// One entry of a section.
///
/// `Returns` and `Yields` use `name: None`; `Raises` puts the exception in `name`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The documented name, stars included (`*args`); the exception for `Raises`.
    pub name: Option<String>,
    /// The type as it is to be printed.
    pub ty: Option<String>,
    /// What it is: prose.
    pub description: String,
}

/// The sections that styles know, in canonical order (the order of [`Ord`]).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SectionKind {
    /// `Deprecated`.
    Deprecated,
    /// `Args` (Google), `Parameters` (NumPy), `:param:` (Sphinx), `# Arguments` (Rust).
    Parameters,
    /// `Attributes`: public attributes of a class.
    Attributes,
    /// `Returns`.
    Returns,
    /// `Yields`.
    Yields,
    /// `Keyword Args` (Google), `Other Parameters` (NumPy), `:keyword:` (Sphinx).
    OtherParameters,
    /// `Raises`.
    Raises,
    /// `Warns`.
    Warns,
    /// `# Panics` (Rust).
    Panics,
    /// `# Errors` (Rust).
    Errors,
    /// `# Safety` (Rust).
    Safety,
    /// `Warnings`.
    Warnings,
    /// `See Also`.
    SeeAlso,
    /// `Note` or `Notes`.
    Notes,
    /// `References`.
    References,
    /// `Examples`.
    Examples,
    /// A section with a heading that is not among the above.
    Other(String),
}
