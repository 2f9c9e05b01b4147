//! The attributes of a class and the parameters of its constructor.

use std::collections::HashSet;

use tree_sitter::Node;

use super::body::receiver;
use super::class::{Fields, Traits, callee, decorators, is_dunder};
use super::expr::bare;
use super::grammar::{G, K, kind};
use super::literal;
use super::place;
use super::signature;
use super::targets::{attribute_of, last_value, pairs};
use super::text::{annotation, flat, last, raw};
use crate::docstring::{Member, Param, ParamKind, Signature};

/// Most members of a class.
const MOST: usize = 256;

/// What a class's body says.
#[derive(Default)]
pub(super) struct ClassFacts {
    /// Public attributes.
    pub(super) members: Vec<Member>,
    /// What its constructor takes.
    pub(super) signature: Signature,
}

/// The facts of a class.
pub(super) fn of(text: &str, class: Node<'_>, traits: Traits) -> ClassFacts {
    let Some(body) = class.child_by_field_id(G.body) else { return ClassFacts::default() };
    let mut read = Reading {
        text,
        traits,
        members: Vec::new(),
        names: HashSet::new(),
        params: Vec::new(),
        rest: if traits.kw_only || traits.fields == Fields::Pydantic {
            ParamKind::KeywordOnly
        } else {
            ParamKind::Regular
        },
    };
    let mut init = None;
    // Comments above the first statement stand in front of the block.
    let mut comments = leading(class);
    // The members that the last statement made: what follows may describe them.
    let mut fresh = read.members.len()..read.members.len();
    let mut last_row = usize::MAX;
    let mut cursor = body.walk();
    for child in body.children(&mut cursor) {
        match kind(child) {
            K::Comment if child.start_position().row == last_row => read.describe(&fresh, child),
            K::Comment => comments.push(child),
            K::ExpressionStatement => {
                if let Some(string) = place::docstring(text, child) {
                    let text = literal::decode(raw(text, string));
                    read.document(&fresh, &text);
                    fresh = read.members.len()..read.members.len();
                } else {
                    let start = read.members.len();
                    if let Some(assignment) = child.named_child(0) {
                        read.assignment(assignment);
                    }
                    fresh = start..read.members.len();
                    read.above(&fresh, &comments, child.start_position().row);
                }
                last_row = child.end_position().row;
                comments.clear();
            }
            K::FunctionDefinition | K::DecoratedDefinition => {
                fresh = read.members.len()..read.members.len();
                init = constructor(text, child).or(init);
                comments.clear();
            }
            K::Token | K::Colon => {}
            _ => {
                fresh = read.members.len()..read.members.len();
                comments.clear();
            }
        }
    }
    let mut signature = Signature::default();
    if let Some(init) = init {
        signature = signature::of(text, init, true, signature::Results::default());
        read.instance(init, &signature.params);
        // What is returned is said of functions only.
        signature.returns = None;
        signature.returns_value = false;
    } else if matches!(traits.fields, Fields::Dataclass | Fields::Attrs | Fields::Pydantic) {
        signature.params = read.params;
    }
    ClassFacts { members: read.members, signature }
}

/// The comments between the line of the header and the body.
fn leading(class: Node<'_>) -> Vec<Node<'_>> {
    let Some(colon) = place::colon(class) else { return Vec::new() };
    let row = colon.start_position().row;
    let mut cursor = class.walk();
    class
        .children(&mut cursor)
        .filter(|child| kind(*child) == K::Comment && child.start_position().row > row)
        .collect()
}

/// `__init__`, unless it is an overload.
fn constructor<'tree>(text: &str, node: Node<'tree>) -> Option<Node<'tree>> {
    let function = match kind(node) {
        K::DecoratedDefinition => {
            if decorators(node).iter().any(|decorator| last(callee(text, *decorator)) == "overload")
            {
                return None;
            }
            node.child_by_field_id(G.definition)?
        }
        _ => node,
    };
    (kind(function) == K::FunctionDefinition
        && raw(text, function.child_by_field_id(G.name)?) == "__init__")
        .then_some(function)
}

struct Reading<'a> {
    text: &'a str,
    traits: Traits,
    members: Vec<Member>,
    names: HashSet<String>,
    /// Fields as parameters.
    params: Vec<Param>,
    /// How the fields from here on are passed.
    rest: ParamKind,
}

impl Reading<'_> {
    fn assignment(&mut self, node: Node<'_>) {
        if kind(node) != K::Assignment {
            return;
        }
        let Some(left) = node.child_by_field_id(G.left) else { return };
        let ty = node.child_by_field_id(G.kind).map(|ty| annotation(self.text, ty));
        let right = node.child_by_field_id(G.right);
        let value = right.map(last_value);
        if let Some(ty) = &ty {
            if last(ty) == "KW_ONLY" {
                self.rest = ParamKind::KeywordOnly;
                return;
            }
            if kind(left) == K::Identifier {
                self.field(raw(self.text, left), ty, value);
                return;
            }
        }
        let Some(right) = right else { return };
        for (target, value) in pairs(left, right) {
            if kind(target) == K::Identifier {
                self.plain(raw(self.text, target), last_value(value));
            }
        }
        // `a = b = 1` names both.
        let mut next = right;
        for _ in 0..16 {
            if kind(next) != K::Assignment {
                break;
            }
            let (Some(left), Some(right)) =
                (next.child_by_field_id(G.left), next.child_by_field_id(G.right))
            else {
                break;
            };
            if kind(left) == K::Identifier {
                self.plain(raw(self.text, left), last_value(right));
            }
            next = right;
        }
    }

    /// `name: ty = value`.
    fn field(&mut self, name: &str, ty: &str, value: Option<Node<'_>>) {
        let head = last(ty.split('[').next().unwrap_or(ty).trim());
        let options = value.map(|value| Options::of(self.text, value)).unwrap_or_default();
        let is_setting = self.traits.fields == Fields::Pydantic
            && (name == "model_config" || options.is_private || name.starts_with('_'));
        if head != "ClassVar" && !options.no_init && !is_setting && !is_dunder(name) {
            let ty = match head {
                "InitVar" => inside(ty),
                _ => ty,
            };
            // attrs takes `_name` as `name`.
            let name = match self.traits.fields {
                Fields::Attrs => name.trim_start_matches('_'),
                _ => name,
            };
            self.params.push(Param {
                name: options.alias.clone().unwrap_or_else(|| name.to_owned()),
                kind: if options.kw_only { ParamKind::KeywordOnly } else { self.rest },
                ty: Some(ty.to_owned()),
                default: options.default.clone(),
            });
        }
        if head != "InitVar" && !is_setting {
            let default = value.map(|value| flat(self.text, value));
            self.member(name, Some(ty.to_owned()), default, false);
        }
    }

    /// `name = value`.
    fn plain(&mut self, name: &str, value: Node<'_>) {
        if self.traits.fields == Fields::Attrs
            && kind(value) == K::Call
            && let Some(maker) = value.child_by_field_id(G.function)
            && matches!(last(raw(self.text, maker)), "ib" | "attrib" | "field")
        {
            let options = Options::of(self.text, value);
            if !options.no_init {
                self.params.push(Param {
                    name: options.alias.unwrap_or_else(|| name.trim_start_matches('_').to_owned()),
                    kind: if options.kw_only { ParamKind::KeywordOnly } else { self.rest },
                    ty: options.ty.clone(),
                    default: options.default,
                });
            }
            self.member(name, options.ty, Some(flat(self.text, value)), false);
            return;
        }
        if self.traits.fields == Fields::Pydantic && name == "model_config" {
            return;
        }
        self.member(name, None, Some(flat(self.text, value)), false);
    }

    fn member(&mut self, name: &str, ty: Option<String>, default: Option<String>, from_init: bool) {
        if name.starts_with('_') || self.members.len() >= MOST || self.names.contains(name) {
            return;
        }
        self.names.insert(name.to_owned());
        self.members.push(Member { name: name.to_owned(), ty, default, from_init, comment: None });
    }

    /// Public `self.x = …` of the constructor, in its blocks but not in its functions.
    fn instance(&mut self, init: Node<'_>, params: &[Param]) {
        let text = self.text;
        let Some(receiver) = receiver(text, init) else { return };
        let Some(body) = init.child_by_field_id(G.body) else { return };
        let mut cursor = body.walk();
        let mut depth = 0usize;
        let mut descend = true;
        let mut comments: Vec<Node<'_>> = Vec::new();
        let mut fresh = 0..0;
        let mut last_row = usize::MAX;
        loop {
            if descend && cursor.goto_first_child() {
                depth += 1;
            } else {
                while !cursor.goto_next_sibling() {
                    if depth <= 1 || !cursor.goto_parent() {
                        return;
                    }
                    depth -= 1;
                }
            }
            if depth == 0 {
                return;
            }
            let node = cursor.node();
            descend = matches!(
                kind(node),
                K::Block
                    | K::If
                    | K::Elif
                    | K::Else
                    | K::For
                    | K::While
                    | K::Try
                    | K::Except
                    | K::Finally
                    | K::With
                    | K::Match
                    | K::Case
            );
            match kind(node) {
                K::Comment if node.start_position().row == last_row => self.describe(&fresh, node),
                K::Comment => comments.push(node),
                K::ExpressionStatement => {
                    if let Some(string) = place::docstring(text, node) {
                        let text = literal::decode(raw(text, string));
                        self.document(&fresh, &text);
                        fresh = 0..0;
                    } else {
                        let start = self.members.len();
                        if let Some(assignment) = node.named_child(0) {
                            self.instance_attribute(assignment, receiver, params);
                        }
                        fresh = start..self.members.len();
                        self.above(&fresh, &comments, node.start_position().row);
                    }
                    last_row = node.end_position().row;
                    comments.clear();
                }
                _ => {
                    comments.clear();
                    fresh = 0..0;
                }
            }
        }
    }

    fn instance_attribute(&mut self, node: Node<'_>, receiver: &str, params: &[Param]) {
        let text = self.text;
        let mut next = node;
        for _ in 0..16 {
            if kind(next) != K::Assignment {
                break;
            }
            let Some(left) = next.child_by_field_id(G.left) else { break };
            let right = next.child_by_field_id(G.right);
            let declared = next.child_by_field_id(G.kind).map(|ty| annotation(text, ty));
            let Some(right) = right else {
                if let Some(name) = attribute_of(text, left, receiver) {
                    self.member(name, declared, None, true);
                }
                break;
            };
            for (target, value) in pairs(left, right) {
                let Some(name) = attribute_of(text, target, receiver) else { continue };
                let value = flat(text, last_value(value));
                let ty = declared.clone().or_else(|| {
                    let param = params.iter().find(|param| param.name == value)?;
                    matches!(
                        param.kind,
                        ParamKind::PositionalOnly | ParamKind::Regular | ParamKind::KeywordOnly
                    )
                    .then(|| param.ty.clone())?
                });
                self.member(name, ty, Some(value), true);
            }
            next = right;
        }
    }

    /// A comment at the end of the line.
    fn describe(&mut self, fresh: &std::ops::Range<usize>, comment: Node<'_>) {
        if let Some(text) = remark(raw(self.text, comment)) {
            self.document(fresh, text);
        }
    }

    /// The comment lines directly above a statement in `row`.
    fn above(&mut self, fresh: &std::ops::Range<usize>, comments: &[Node<'_>], row: usize) {
        let mut row = row;
        let mut lines = Vec::new();
        for comment in comments.iter().rev() {
            if comment.start_position().row + 1 != row {
                break;
            }
            row -= 1;
            match remark(raw(self.text, *comment)) {
                Some(text) => lines.push(text),
                None => break,
            }
        }
        lines.reverse();
        if !lines.is_empty() {
            self.document(fresh, &lines.join(" "));
        }
    }

    fn document(&mut self, fresh: &std::ops::Range<usize>, text: &str) {
        for member in self.members.get_mut(fresh.clone()).unwrap_or_default() {
            if !text.is_empty() {
                member.comment = Some(text.to_owned());
            }
        }
    }
}

/// The words of a comment; `None` for one that speaks to a program.
fn remark(comment: &str) -> Option<&str> {
    let text = comment.trim_start_matches('#').trim_start_matches(':').trim();
    let lower = text.to_ascii_lowercase();
    let directive = [
        "type:", "noqa", "pragma", "pylint", "fmt:", "mypy", "pyright", "ruff", "isort", "nosec",
        "!",
    ];
    let word = text.contains(char::is_alphanumeric);
    (word && !directive.iter().any(|start| lower.starts_with(start))).then_some(text)
}

/// `T` of `InitVar[T]`.
fn inside(ty: &str) -> &str {
    let inner = ty.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
    inner.map_or(ty, str::trim)
}

/// What `field(…)`, `attr.ib(…)` or `Field(…)` says; for any other value its default.
#[derive(Default)]
struct Options {
    default: Option<String>,
    ty: Option<String>,
    alias: Option<String>,
    no_init: bool,
    kw_only: bool,
    is_private: bool,
}

impl Options {
    fn of(text: &str, value: Node<'_>) -> Self {
        let mut options = Self::default();
        let maker = bare(value)
            .child_by_field_id(G.function)
            .filter(|_| kind(bare(value)) == K::Call)
            .map(|maker| last(raw(text, maker)))
            .unwrap_or_default();
        if !matches!(maker, "field" | "Field" | "ib" | "attrib" | "PrivateAttr") {
            options.default = Some(flat(text, value));
            return options;
        }
        options.is_private = maker == "PrivateAttr";
        let Some(list) = bare(value).child_by_field_id(G.arguments) else { return options };
        let mut cursor = list.walk();
        for (index, argument) in list
            .named_children(&mut cursor)
            .filter(|argument| kind(*argument) != K::Comment)
            .take(64)
            .enumerate()
        {
            if kind(argument) != K::KeywordArgument {
                // `Field(…)` and `attr.ib(…)` take the default first; `...` is none.
                if index == 0 && maker != "field" && kind(argument) != K::Ellipsis {
                    options.default = Some(flat(text, argument));
                }
                continue;
            }
            let name = argument.child_by_field_id(G.name).map(|name| raw(text, name));
            let Some(value) = argument.child_by_field_id(G.value) else { continue };
            match name.unwrap_or_default() {
                "default" if kind(value) != K::Ellipsis => {
                    options.default = Some(flat(text, value));
                }
                "default_factory" | "factory" => {
                    let factory = flat(text, value);
                    let plain =
                        factory.chars().all(|c| c == '.' || c == '_' || c.is_alphanumeric());
                    options.default =
                        Some(if plain { format!("{factory}()") } else { "...".into() });
                }
                "init" => options.no_init = kind(value) == K::False,
                "kw_only" => options.kw_only = kind(value) == K::True,
                "type" => options.ty = Some(annotation(text, value)),
                "alias" => {
                    let alias = raw(text, value).trim_matches(['"', '\'']);
                    options.alias = Some(alias.to_owned());
                }
                _ => {}
            }
        }
        options
    }
}
