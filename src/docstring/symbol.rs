//! Facts about a definition, as the syntax tree shows them.
//!
//! A [`Symbol`] states only what was read in the source: it is the sole input of
//! the offline provider and the yardstick for every other provider's answer.

use std::fmt;
use std::ops::Range;

use super::body::Body;

/// The languages whose definitions can be documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Python 3, `.py` and `.pyi`.
    Python,
    /// Rust, `.rs`.
    Rust,
}

impl Language {
    /// The identifier that LSP and our configuration use.
    pub fn id(self) -> &'static str {
        match self {
            Language::Python => "python",
            Language::Rust => "rust",
        }
    }
}

/// What kind of definition a symbol is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A Python module, a Rust file (`//!`) or an inline `mod`.
    Module,
    /// A Python class.
    Class,
    /// A free function, nested ones included.
    Function,
    /// A function of a class, `impl` or trait.
    Method,
    /// A Python method read as an attribute.
    Property,
    /// A Rust struct.
    Struct,
    /// A Rust union.
    Union,
    /// A Rust enum.
    Enum,
    /// A variant of a Rust enum.
    Variant,
    /// A named field of a Rust struct, union or variant.
    Field,
    /// A Rust trait.
    Trait,
    /// A Rust `type`, associated ones included.
    TypeAlias,
    /// A Rust `const`, associated ones included.
    Constant,
    /// A Rust `static`.
    Static,
    /// A `macro_rules!` definition.
    Macro,
}

impl SymbolKind {
    /// Every kind, in the order of the command line's help.
    pub const ALL: [SymbolKind; 15] = [
        SymbolKind::Module,
        SymbolKind::Class,
        SymbolKind::Function,
        SymbolKind::Method,
        SymbolKind::Property,
        SymbolKind::Struct,
        SymbolKind::Union,
        SymbolKind::Enum,
        SymbolKind::Variant,
        SymbolKind::Field,
        SymbolKind::Trait,
        SymbolKind::TypeAlias,
        SymbolKind::Constant,
        SymbolKind::Static,
        SymbolKind::Macro,
    ];

    /// The name used on the command line and in JSON.
    pub fn id(self) -> &'static str {
        match self {
            SymbolKind::Module => "module",
            SymbolKind::Class => "class",
            SymbolKind::Function => "function",
            SymbolKind::Method => "method",
            SymbolKind::Property => "property",
            SymbolKind::Struct => "struct",
            SymbolKind::Union => "union",
            SymbolKind::Enum => "enum",
            SymbolKind::Variant => "variant",
            SymbolKind::Field => "field",
            SymbolKind::Trait => "trait",
            SymbolKind::TypeAlias => "type",
            SymbolKind::Constant => "constant",
            SymbolKind::Static => "static",
            SymbolKind::Macro => "macro",
        }
    }

    /// Whether the symbol is called with arguments.
    pub fn is_callable(self) -> bool {
        matches!(self, SymbolKind::Function | SymbolKind::Method | SymbolKind::Property)
    }
}

/// The dotted path of a symbol inside its file: `Class.method`, `Type.new`.
///
/// Empty for the file's own module. A name that occurs more than once at the same
/// place carries an ordinal from the second on: `load`, `load#2`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SymbolPath(pub String);

impl fmt::Display for SymbolPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("<module>") } else { f.write_str(&self.0) }
    }
}

/// A definition, with everything that its docstring may state.
#[derive(Clone, Debug)]
pub struct Symbol {
    /// The language of the file.
    pub language: Language,
    /// What it is.
    pub kind: SymbolKind,
    /// Its bare name; for a module the name that the file gives it (may be empty).
    pub name: String,
    /// Where it stands in the file.
    pub path: SymbolPath,
    /// Bytes of the whole definition, decorators or attributes included.
    pub range: Range<usize>,
    /// Bytes from the first decorator or attribute to the end of the signature.
    pub header: Range<usize>,
    /// Bytes of the name (empty at the start for a module).
    pub name_range: Range<usize>,
    /// One-based line of the name.
    pub line: usize,
    /// Visible from outside by the rules of the language.
    pub public: bool,
    /// What else is special about it.
    pub flags: Flags,
    /// The documentation that is already there.
    pub existing: Option<Existing>,
    /// Where new documentation goes; `None` if there is no safe place for it.
    pub slot: Option<Slot>,
    /// Decorators or attributes as written, without `@` or `#[…]`.
    pub decorators: Vec<String>,
    /// Python: base classes as written. Rust: supertraits.
    pub bases: Vec<String>,
    /// What it takes and gives.
    pub signature: Signature,
    /// What its own body does (nested definitions excluded).
    pub body: Body,
    /// Attributes of a class, fields of a struct, variants of an enum, in order.
    pub members: Vec<Member>,
    /// Names of the functions and classes directly inside, in order.
    pub children: Vec<String>,
    /// The class, trait, `impl`, enum or struct around it.
    pub owner: Option<Owner>,
    /// The name of the module that holds it (file stem, or package for `__init__`/`mod`/`lib`); may be empty.
    pub module: String,
}

impl Symbol {
    /// A definition of which nothing is known but its name: public, in the first line of
    /// an unnamed file, with no facts and no place for documentation.
    pub fn new(language: Language, kind: SymbolKind, path: &str) -> Self {
        let name = path.rsplit('.').next().unwrap_or_default();
        Self {
            language,
            kind,
            name: name.to_owned(),
            path: SymbolPath(path.to_owned()),
            range: 0..0,
            header: 0..0,
            name_range: 0..0,
            line: 1,
            public: true,
            flags: Flags::default(),
            existing: None,
            slot: None,
            decorators: Vec::new(),
            bases: Vec::new(),
            signature: Signature::default(),
            body: Body::default(),
            members: Vec::new(),
            children: Vec::new(),
            owner: None,
            module: String::new(),
        }
    }
}

/// Yes-or-no facts of a symbol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts, each read by name")]
pub struct Flags {
    /// `async def`, `async fn`.
    pub is_async: bool,
    /// `@staticmethod`.
    pub is_static: bool,
    /// `@classmethod`.
    pub is_classmethod: bool,
    /// `@abstractmethod`, a method of a `Protocol`, or a trait method without body.
    pub is_abstract: bool,
    /// `@overload`: documented at the implementation only.
    pub is_overload: bool,
    /// `@override`.
    pub is_override: bool,
    /// `@x.setter`, `@x.deleter`.
    pub is_accessor: bool,
    /// Python: `__name__`.
    pub is_dunder: bool,
    /// Inside another function.
    pub is_nested: bool,
    /// A test function, or inside `#[cfg(test)]`.
    pub is_test: bool,
    /// `#[doc(hidden)]`; what is inside such an item is merely not public.
    pub is_hidden: bool,
    /// In `impl Trait for Type`: documented by the trait.
    pub in_trait_impl: bool,
    /// `unsafe fn`, `unsafe trait`.
    pub is_unsafe: bool,
    /// `const fn`.
    pub is_const: bool,
    /// `@dataclass`, attrs or pydantic class: the fields are the parameters of `__init__`.
    pub is_dataclass: bool,
    /// Derived from `Enum` and the like.
    pub is_enum: bool,
    /// Derived from `Exception` and the like.
    pub is_exception: bool,
    /// Derived from `Protocol`, or with abstract methods.
    pub is_interface: bool,
    /// The file's top comments say `@generated` or `DO NOT EDIT`.
    pub is_generated: bool,
}

/// Documentation that is already in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Bytes of the literal or of the run of comment lines or attributes.
    pub range: Range<usize>,
    /// The text, without markers and common indentation, lines joined by `\n`.
    pub text: String,
}

/// A place for documentation. The edit replaces `replace` by `before`, the encoded
/// text, and `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// White space that gives way (empty for a pure insertion).
    pub replace: Range<usize>,
    /// Indentation of every line of the documentation.
    pub indent: String,
    /// What precedes the first line (newlines and the indentation).
    pub before: String,
    /// What follows the last line.
    pub after: String,
    /// The newline of the file: `\n`, `\r\n` or `\r`.
    pub newline: &'static str,
    /// What begins every line of the documentation: `///` or `//!`; empty for Python.
    pub marker: &'static str,
}

/// What a callable takes and gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Parameters in order, without the receiver (`self`, `cls`, `&self`) and without `/` and `*`.
    pub params: Vec<Param>,
    /// The receiver as written (`self`, `cls`, `&mut self`), if there is one.
    pub receiver: Option<String>,
    /// The annotated return type as written, white space collapsed, outer quotes removed.
    pub returns: Option<String>,
    /// Own body yields.
    pub is_generator: bool,
    /// Gives a value back by the rules of the language: own `return expr` other than
    /// `None`, or an annotation other than `None`, `NoReturn`, `Never`, `()`, `!`.
    /// For a generator: the third type argument or a `return` with a value.
    pub returns_value: bool,
    /// The element type that a generator's annotation names.
    pub yields: Option<String>,
    /// Rust: the return type's last segment is `Result` (also through `async` and `impl Future<Output = …>`).
    pub is_fallible: bool,
    /// Python: the value type of the field, constant or alias. Rust: the same.
    pub value_type: Option<String>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param {
    /// The bare name, without stars.
    pub name: String,
    /// How it is passed.
    pub kind: ParamKind,
    /// The annotation as written, white space collapsed, outer quotes removed.
    pub ty: Option<String>,
    /// The default as written, white space collapsed.
    pub default: Option<String>,
}

impl Param {
    /// The name with its stars, as Google and NumPy print it.
    pub fn starred(&self) -> String {
        match self.kind {
            ParamKind::VarPositional => format!("*{}", self.name),
            ParamKind::VarKeyword => format!("**{}", self.name),
            _ => self.name.clone(),
        }
    }
}

/// How a parameter is passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParamKind {
    /// Before `/`.
    PositionalOnly,
    /// Ordinary.
    #[default]
    Regular,
    /// `*args`.
    VarPositional,
    /// After `*`.
    KeywordOnly,
    /// `**kwargs`.
    VarKeyword,
}

/// An attribute of a class, a field or a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its type as written, white space collapsed, outer quotes removed.
    pub ty: Option<String>,
    /// Its default or value as written.
    pub default: Option<String>,
    /// Set in `__init__` rather than in the class body.
    pub from_init: bool,
    /// A comment beside or above it, or its own documentation.
    pub comment: Option<String>,
}

/// The definition around a symbol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Its bare name (`Vec` for `impl<T> Vec<T>`).
    pub name: String,
    /// What it is.
    pub kind: SymbolKind,
    /// Its base classes as written.
    pub bases: Vec<String>,
    /// Its flags.
    pub flags: Flags,
}
