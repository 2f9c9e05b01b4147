//! What the body of a callable was seen to do.

/// What a body was seen to do. Lists are in source order and bounded (64 entries each).
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Nothing but `pass`, `...`, a docstring or `raise NotImplementedError`; no body at all.
    pub is_stub: bool,
    /// Number of statements on the top level of the body, the docstring not counted.
    pub statements: usize,
    /// Own `return` values (Rust: also the tail expression).
    pub returns: Vec<Expr>,
    /// Own `yield` values; `yield from x` has `head` set to `from`.
    pub yields: Vec<Expr>,
    /// Own exceptions.
    pub raises: Vec<Raise>,
    /// Rust: places that can panic.
    pub panics: Vec<Panic>,
    /// Rust: errors that are made here.
    pub errors: Vec<ErrorCase>,
    /// Rust: callees whose error is passed on by `?` (`File::open`, `self.read`), unique.
    pub propagates: Vec<String>,
    /// Own calls.
    pub calls: Vec<Call>,
    /// Assignments to attributes of the receiver.
    pub sets: Vec<Set>,
    /// Own loops.
    pub loops: Vec<Loop>,
    /// Python: local variables, each with what it is given.
    pub locals: Vec<Local>,
    /// Python: subscripts by a name or an attribute (`self._rows[key]`).
    pub lookups: Vec<Lookup>,
    /// Python: comparisons as written.
    pub tests: Vec<String>,
    /// Context managers entered (`with open(path)`): the expressions as written.
    pub withs: Vec<String>,
    /// Rust: names of macros invoked, in order, unique.
    pub macros: Vec<String>,
}

/// An expression, in one line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// Its form.
    pub kind: ExprKind,
    /// The source, white space collapsed, cut at 200 bytes on a character boundary.
    pub text: String,
    /// The dotted name for a name or attribute, the callee's for a call, the base's for a subscript.
    pub head: Option<String>,
}

/// The form of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExprKind {
    /// `None`, `()`.
    None,
    /// `True`, `False`.
    Bool,
    /// A number.
    Number,
    /// A string, f-strings included.
    String,
    /// A bytes literal.
    Bytes,
    /// A list display, `vec![…]`, an array.
    List,
    /// A dict display.
    Dict,
    /// A set display.
    Set,
    /// A tuple.
    Tuple,
    /// A list comprehension.
    ListComp,
    /// A dict comprehension.
    DictComp,
    /// A set comprehension.
    SetComp,
    /// A generator expression.
    Generator,
    /// `lambda`, a closure.
    Lambda,
    /// A bare name.
    Name,
    /// `a.b`.
    Attribute,
    /// `a[b]`.
    Subscript,
    /// A call, `await` in front of it included.
    Call,
    /// A comparison, `in` and `is` included.
    Compare,
    /// `not x`, `!x`.
    Not,
    /// `a and b`, `a || b`.
    BoolOp,
    /// Arithmetic.
    Binary,
    /// `a if c else b`, `if c { a } else { b }`, `match`.
    Conditional,
    /// A struct expression `S { … }`.
    Struct,
    /// A macro call.
    Macro,
    /// Anything else.
    Other,
}

/// One exception that a body raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raise {
    /// The exception as written, dotted, without arguments.
    pub exception: String,
    /// The test that guards it, as written, negated by `not (…)` on an `else` path.
    pub condition: Option<String>,
    /// The literal message, placeholders of an f-string kept as `{expr}`.
    pub message: Option<String>,
    /// A statement of the body itself, in no block.
    pub is_direct: bool,
    /// Raised again from an `except` clause.
    pub is_reraise: bool,
    /// Handled by an enclosing `try` of the same function.
    pub is_caught: bool,
    /// The types of the `except` clause it stands in, as written; empty outside.
    pub handling: Vec<String>,
    /// One-based line.
    pub line: usize,
}

/// One place that can panic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panic {
    /// `panic`, `assert`, `assert_eq`, `assert_ne`, `unwrap`, `expect`.
    pub cause: String,
    /// `assert!`'s expression, the guarding test of a `panic!`, the receiver of `unwrap`, as written
    /// (of a receiver too long to repeat, the last call: `.build()`).
    pub condition: Option<String>,
    /// The literal message, as written between the quotes.
    pub message: Option<String>,
    /// One-based line.
    pub line: usize,
}

/// One error that a Rust body makes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorCase {
    /// The error as written without arguments (`Error::Empty`), or `None` for a bare message (`bail!`).
    pub error: Option<String>,
    /// The literal message, if there is one.
    pub message: Option<String>,
    /// The guarding test, as written.
    pub condition: Option<String>,
    /// One-based line.
    pub line: usize,
}

/// A call in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The callee as written, dotted (`self._pool.get`, `Vec::with_capacity`).
    pub callee: String,
    /// Arguments: keyword (if any) and text cut at 80 bytes.
    pub args: Vec<(Option<String>, String)>,
    /// The call is a statement of its own.
    pub is_statement: bool,
    /// Depth of `if`/`for`/`try`/… around it.
    pub depth: usize,
}

/// An assignment to an attribute of the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// The attribute's name (`x` of `self.x`).
    pub attribute: String,
    /// What is assigned.
    pub value: Expr,
}

/// A local variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// What is assigned.
    pub value: Expr,
}

/// A subscript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// What is looked into, as written.
    pub container: String,
    /// The key, as written.
    pub key: String,
}

/// A loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The loop variable as written; empty for `while`.
    pub variable: String,
    /// What is iterated or tested, as written.
    pub subject: String,
}
