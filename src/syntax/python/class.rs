//! What decorators, base classes and `__all__` say about a definition.

use std::collections::HashSet;

use tree_sitter::Node;

use super::grammar::{G, K, kind};
use super::text::{flat, last, raw};
use crate::docstring::Flags;

/// How a class gets its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fields {
    /// Plain assignments.
    #[default]
    Plain,
    /// `@dataclass`, `msgspec.Struct`: annotated names are parameters.
    Dataclass,
    /// attrs: annotated names and `attr.ib()` are parameters.
    Attrs,
    /// pydantic: annotated names are keyword parameters.
    Pydantic,
    /// `NamedTuple`, `TypedDict`.
    Record,
}

/// What is known of a class besides its flags.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traits {
    pub(super) fields: Fields,
    pub(super) is_protocol: bool,
    /// Every field is keyword-only.
    pub(super) kw_only: bool,
}

/// The decorators of a `decorated_definition`: the expressions.
pub(super) fn decorators(decorated: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = decorated.walk();
    decorated
        .children(&mut cursor)
        .filter(|child| kind(*child) == K::Decorator)
        .filter_map(|decorator| {
            let mut cursor = decorator.walk();
            decorator.named_children(&mut cursor).find(|child| kind(*child) != K::Comment)
        })
        .collect()
}

/// The dotted name of a decorator, its call's arguments left out.
pub(super) fn callee<'a>(text: &'a str, decorator: Node<'_>) -> &'a str {
    let name = match kind(decorator) {
        K::Call => decorator.child_by_field_id(G.function).unwrap_or(decorator),
        _ => decorator,
    };
    raw(text, name)
}

/// The base classes of a class, keyword arguments left out.
pub(super) fn bases(text: &str, class: Node<'_>) -> Vec<String> {
    let Some(list) = class.child_by_field_id(G.superclasses) else { return Vec::new() };
    let mut cursor = list.walk();
    list.named_children(&mut cursor)
        .filter(|base| !matches!(kind(*base), K::KeywordArgument | K::Comment | K::Error))
        .take(64)
        .map(|base| flat(text, base))
        .collect()
}

/// The flags and traits of a class.
pub(super) fn class_flags(
    text: &str,
    class: Node<'_>,
    name: &str,
    bases: &[String],
    decorators: &[Node<'_>],
) -> (Flags, Traits) {
    let mut flags = Flags { is_dunder: is_dunder(name), ..Flags::default() };
    let mut traits = Traits::default();
    for base in bases {
        let dotted = base.split('[').next().unwrap_or(base).trim();
        match last(dotted) {
            "Protocol" => traits.is_protocol = true,
            "NamedTuple" | "TypedDict" => traits.fields = Fields::Record,
            "BaseModel" | "BaseSettings" | "SQLModel" | "RootModel" => {
                traits.fields = Fields::Pydantic;
            }
            "Struct" if dotted == "msgspec.Struct" => traits.fields = Fields::Dataclass,
            "Flag" | "IntFlag" => flags.is_enum = true,
            "BaseException" | "KeyboardInterrupt" | "SystemExit" | "StopIteration"
            | "ExceptionGroup" | "BaseExceptionGroup" => flags.is_exception = true,
            base if base.ends_with("Enum") => flags.is_enum = true,
            base if ["Error", "Exception", "Warning"].iter().any(|end| base.ends_with(end)) => {
                flags.is_exception = true;
            }
            _ => {}
        }
    }
    for decorator in decorators {
        let dotted = callee(text, *decorator);
        let module = dotted.split('.').next().unwrap_or("");
        let is_attrs = matches!(module, "attr" | "attrs");
        match last(dotted) {
            "define" | "frozen" | "mutable" if is_attrs || !dotted.contains('.') => {
                traits.fields = Fields::Attrs;
            }
            "s" | "attrs" | "attributes" | "attrib" if is_attrs => traits.fields = Fields::Attrs,
            "dataclass" => traits.fields = Fields::Dataclass,
            _ => continue,
        }
        let arguments: String = raw(text, *decorator).split_whitespace().collect();
        traits.kw_only |= arguments.contains("kw_only=True");
    }
    flags.is_dataclass =
        matches!(traits.fields, Fields::Dataclass | Fields::Attrs | Fields::Pydantic);
    flags.is_interface = traits.is_protocol || has_abstract_method(text, class);
    (flags, traits)
}

fn has_abstract_method(text: &str, class: Node<'_>) -> bool {
    // Most files have none: looking at the text is cheaper than at the tree.
    if !raw(text, class).contains("abstract") {
        return false;
    }
    let Some(body) = class.child_by_field_id(G.body) else { return false };
    let mut cursor = body.walk();
    body.children(&mut cursor).filter(|child| kind(*child) == K::DecoratedDefinition).any(|child| {
        decorators(child).iter().any(|decorator| is_abstract(last(callee(text, *decorator))))
    })
}

fn is_abstract(name: &str) -> bool {
    matches!(
        name,
        "abstractmethod" | "abstractproperty" | "abstractclassmethod" | "abstractstaticmethod"
    )
}

/// The flags of a function, and whether it is read as an attribute.
pub(super) fn function_flags(text: &str, name: &str, decorators: &[Node<'_>]) -> (Flags, bool) {
    let mut flags = Flags { is_dunder: is_dunder(name), ..Flags::default() };
    let mut is_property = false;
    for decorator in decorators {
        let dotted = callee(text, *decorator);
        let word = last(dotted);
        match word {
            "staticmethod" => flags.is_static = true,
            "classmethod" | "abstractclassmethod" => flags.is_classmethod = true,
            "overload" => flags.is_overload = true,
            "override" | "overrides" => flags.is_override = true,
            "property" | "cached_property" | "abstractproperty" => is_property = true,
            // Only `@name.setter` of the very name: ruff and pydoclint read it so.
            "setter" | "deleter" if dotted != word => flags.is_accessor = true,
            _ => {}
        }
        flags.is_abstract |= is_abstract(word);
    }
    (flags, is_property)
}

/// `__name__`.
pub(super) fn is_dunder(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

/// Mentions of `__all__` in a file that are looked at.
const MENTIONS: usize = 256;

/// The names in the module's `__all__`; `None` if there is none, or if any part of it is
/// not a literal (or there are too many), as it could name anything then.
pub(super) fn exports(text: &str, root: Node<'_>) -> Option<HashSet<String>> {
    let mut names = HashSet::new();
    let mut found = false;
    for (count, (at, _)) in text.match_indices("__all__").enumerate() {
        if count >= MENTIONS {
            return None;
        }
        if let Some(statement) = module_statement(root, at)
            && let Some(value) = exported(text, statement)
        {
            found = true;
            collect(text, value, &mut names)?;
        }
    }
    found.then_some(names)
}

/// The expression statement of the module, not of a definition, that begins at `at`.
fn module_statement(root: Node<'_>, at: usize) -> Option<Node<'_>> {
    let mut cursor = root.walk();
    loop {
        cursor.goto_first_child_for_byte(at)?;
        let node = cursor.node();
        match kind(node) {
            K::ExpressionStatement => return (node.start_byte() == at).then_some(node),
            K::Block | K::If | K::Elif | K::Else | K::Try | K::Except | K::Finally | K::With => {}
            _ => return None,
        }
    }
}

/// What a statement adds to `__all__`.
fn exported<'tree>(text: &str, statement: Node<'tree>) -> Option<Node<'tree>> {
    if !raw(text, statement).starts_with("__all__") {
        return None;
    }
    let inner = statement.named_child(0)?;
    match kind(inner) {
        K::Assignment | K::AugmentedAssignment => (raw(text, inner.child_by_field_id(G.left)?)
            == "__all__")
            .then(|| inner.child_by_field_id(G.right))?,
        K::Call => {
            let method = raw(text, inner.child_by_field_id(G.function)?);
            matches!(method, "__all__.extend" | "__all__.append" | "__all__.remove")
                .then(|| inner.child_by_field_id(G.arguments))?
        }
        _ => None,
    }
}

fn collect(text: &str, value: Node<'_>, names: &mut HashSet<String>) -> Option<()> {
    let mut pending = vec![value];
    while let Some(node) = pending.pop() {
        match kind(node) {
            K::List
            | K::Tuple
            | K::ExpressionList
            | K::Parenthesized
            | K::ArgumentList
            | K::Binary => {
                let mut cursor = node.walk();
                pending.extend(node.named_children(&mut cursor));
            }
            K::StringLiteral => {
                names.insert(raw(text, node).trim_matches(['"', '\'']).into());
            }
            K::Comment => {}
            _ => return None,
        }
    }
    Some(())
}
