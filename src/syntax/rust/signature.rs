//! What a function takes and gives, from its signature alone.

use tree_sitter::Node;

use super::body::Exit;
use super::expressions::{EXPRESSION, one_line, source};
use super::kinds::{Field, Kind, child, kind};
use crate::docstring::{Param, ParamKind, Signature};

/// The signature of a function, or the type of a field, constant, static or alias.
pub(super) fn signature(node: Node<'_>, text: &str) -> Signature {
    let mut signature = Signature::default();
    match kind(node) {
        Kind::FunctionItem | Kind::FunctionSignature => {
            if let Some(parameters) = child(node, Field::Parameters) {
                read_parameters(parameters, &mut signature, text);
            }
            let Some(returns) = child(node, Field::ReturnType) else { return signature };
            signature.returns = Some(one_line(source(returns, text), EXPRESSION));
            signature.returns_value = !matches!(kind(returns), Kind::UnitType | Kind::NeverType);
            signature.is_fallible = is_fallible(returns, text);
        }
        Kind::FieldDeclaration | Kind::ConstItem | Kind::StaticItem | Kind::TypeItem => {
            signature.value_type =
                child(node, Field::Type).map(|ty| one_line(source(ty, text), EXPRESSION));
        }
        _ => {}
    }
    signature
}

/// How the value of a function with this signature leaves it.
pub(super) fn exit(signature: &Signature) -> Exit {
    let returns = signature.returns.as_deref().unwrap_or_default();
    let is_future = returns.starts_with("impl ") && returns.contains("Future");
    Exit { gives_value: signature.returns_value, is_future }
}

fn read_parameters(parameters: Node<'_>, signature: &mut Signature, text: &str) {
    let mut cursor = parameters.walk();
    for node in parameters.named_children(&mut cursor) {
        match kind(node) {
            Kind::SelfParameter => {
                signature.receiver = Some(one_line(source(node, text), EXPRESSION));
            }
            Kind::Parameter => {
                let Some(pattern) = child(node, Field::Pattern) else { continue };
                if kind(pattern) == Kind::SelfName {
                    signature.receiver = Some(one_line(source(node, text), EXPRESSION));
                } else if let Some(name) = bound_name(pattern, text) {
                    let ty = child(node, Field::Type);
                    signature.params.push(Param {
                        name: name.to_owned(),
                        kind: ParamKind::Regular,
                        ty: ty.map(|ty| one_line(source(ty, text), EXPRESSION)),
                        default: None,
                    });
                }
            }
            _ => {}
        }
    }
}

/// The name that a pattern binds; `None` for one that takes a value apart.
fn bound_name<'a>(pattern: Node<'_>, text: &'a str) -> Option<&'a str> {
    let mut node = pattern;
    for _ in 0..4 {
        match kind(node) {
            Kind::Identifier => return Some(source(node, text)),
            Kind::MutPattern | Kind::RefPattern => {
                let mut cursor = node.walk();
                let inner = node.named_children(&mut cursor).find(|c| kind(*c) != Kind::Mutable)?;
                node = inner;
            }
            _ => return None,
        }
    }
    None
}

/// Whether a return type is a `Result`: its last path segment ends so, with any generics
/// (clippy's `missing_errors_doc`), or it is `impl Future` of one.
fn is_fallible(node: Node<'_>, text: &str) -> bool {
    let mut open = vec![node];
    let mut steps = 0;
    while let Some(node) = open.pop() {
        steps += 1;
        if steps > 64 {
            return false;
        }
        match kind(node) {
            Kind::TypeIdentifier if source(node, text).ends_with("Result") => return true,
            Kind::GenericType => open.extend(child(node, Field::Type)),
            Kind::ScopedTypeIdentifier => open.extend(child(node, Field::Name)),
            // `impl A + B` leans to the left, as a whole or inside `impl`.
            Kind::BoundedType => open.extend(node.named_child(0)),
            Kind::AbstractType => open.extend(future_output(node, text)),
            _ => {}
        }
    }
    false
}

/// `T` of `impl Future<Output = T> + …`.
fn future_output<'tree>(node: Node<'tree>, text: &str) -> Option<Node<'tree>> {
    let mut bound = child(node, Field::Trait)?;
    for _ in 0..16 {
        if kind(bound) != Kind::BoundedType {
            break;
        }
        // `A + B + C` leans to the left.
        bound = bound.named_child(0)?;
    }
    let name = child(bound, Field::Type)?;
    if kind(bound) != Kind::GenericType || source(name, text).rsplit("::").next() != Some("Future")
    {
        return None;
    }
    let mut cursor = bound.walk();
    let arguments = bound.named_children(&mut cursor).find(|c| kind(*c) == Kind::TypeArguments)?;
    let mut cursor = arguments.walk();
    let binding = arguments.named_children(&mut cursor).find(|c| {
        kind(*c) == Kind::TypeBinding
            && child(*c, Field::Name).is_some_and(|name| source(name, text) == "Output")
    })?;
    child(binding, Field::Type)
}
