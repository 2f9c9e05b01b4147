//! What a function's own body does: one walk, nested items and closures left out.

use tree_sitter::{Node, TreeCursor};

use super::causes;
use super::conditions::Guard;
use super::expressions::{callee, expression, one_line, source};
use super::kinds::{Field, Kind, child, is_in, kind};
use crate::docstring::{Body, Call, Expr, ExprKind, Loop, Set};

/// Longest list of facts.
pub(super) const LIST: usize = 64;

/// Longest text of an argument, in bytes.
const ARGUMENT: usize = 80;

/// How a function's value leaves it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Exit {
    /// The signature has a type other than `()`.
    pub(super) gives_value: bool,
    /// The value is a future, made by an `async` block.
    pub(super) is_future: bool,
}

/// The facts about `block`, the body of a function; a stub if there is none.
pub(super) fn body(block: Option<Node<'_>>, exit: Exit, text: &str) -> Body {
    let Some(block) = block else { return Body { is_stub: true, ..Body::default() } };
    let mut body = Body::default();
    let mut only = None;
    let mut cursor = block.walk();
    for statement in block.named_children(&mut cursor) {
        let kind = kind(statement);
        if !kind.is_comment()
            && !matches!(kind, Kind::AttributeItem | Kind::InnerAttribute | Kind::EmptyStatement)
        {
            body.statements += 1;
            only = Some(statement);
        }
    }
    body.is_stub = body.statements == 1 && only.is_some_and(|only| is_placeholder(only, text));
    let mut walk = Walk {
        text,
        exit,
        body,
        frames: Vec::new(),
        guards: Vec::new(),
        depth: 0,
        asyncs: 0,
        tries: 0,
        attempts: 0,
        scratch: block.walk(),
    };
    cursor.reset(block);
    walk.frames.push(Frame { kind: Kind::Block, node: block, effects: 0 });
    if cursor.goto_first_child() {
        walk.run(&mut cursor);
    }
    let mut body = walk.body;
    if exit.gives_value {
        super::tails::tails(block, &mut body.returns, text);
    }
    body
}

/// `todo!()` or `unimplemented!()`.
fn is_placeholder(statement: Node<'_>, text: &str) -> bool {
    let node = match kind(statement) {
        Kind::ExpressionStatement => statement.named_child(0),
        _ => Some(statement),
    };
    node.filter(|node| kind(*node) == Kind::MacroInvocation)
        .and_then(|node| child(node, Field::Macro))
        .is_some_and(|name| {
            let name = source(name, text);
            matches!(name.rsplit("::").next(), Some("todo" | "unimplemented"))
        })
}

const GUARDED: u8 = 1;
const DEEPER: u8 = 2;
const ASYNC: u8 = 4;
const TRY: u8 = 8;

struct Frame<'tree> {
    kind: Kind,
    node: Node<'tree>,
    /// What to undo on leaving.
    effects: u8,
}

struct Walk<'tree, 'text> {
    text: &'text str,
    exit: Exit,
    body: Body,
    frames: Vec<Frame<'tree>>,
    guards: Vec<Guard<'tree>>,
    depth: usize,
    asyncs: usize,
    tries: usize,
    /// For looks at a node's children; a new cursor each time would cost an allocation.
    scratch: TreeCursor<'tree>,
    /// Looks at `?`, bounded because equal callees are found only after reading them.
    attempts: usize,
}

impl<'tree> Walk<'tree, '_> {
    fn run(&mut self, cursor: &mut TreeCursor<'tree>) {
        loop {
            if self.enter(cursor) && cursor.goto_first_child() {
                continue;
            }
            self.leave();
            while !cursor.goto_next_sibling() {
                if self.frames.len() <= 1 || !cursor.goto_parent() {
                    return;
                }
                self.leave();
                if self.frames.is_empty() {
                    return;
                }
            }
        }
    }

    /// Leaves the node whose children have been visited.
    fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if frame.effects & GUARDED != 0 {
            self.guards.pop();
        }
        self.depth -= usize::from(frame.effects & DEEPER != 0);
        self.asyncs -= usize::from(frame.effects & ASYNC != 0);
        self.tries -= usize::from(frame.effects & TRY != 0);
        if frame.kind == Kind::Try {
            // On leaving: what is called first comes first.
            self.propagates(frame.node);
        }
    }

    /// Handles the node under the cursor and pushes its frame; whether to go inside.
    fn enter(&mut self, cursor: &TreeCursor<'tree>) -> bool {
        let node = cursor.node();
        let kind = kind(node);
        let effects = self.effects(kind, cursor);
        let has_pattern = self.frames.last().is_some_and(|parent| {
            matches!(parent.kind, Kind::LetDeclaration | Kind::LetCondition | Kind::For)
        });
        self.frames.push(Frame { kind, node, effects });
        if !node.is_named()
            || kind.is_leaf()
            || kind.is_item()
            || kind.is_type()
            || kind.is_comment()
        {
            return false;
        }
        match kind {
            Kind::Closure | Kind::ConstBlock => false,
            Kind::MacroInvocation => {
                self.macro_call(node);
                false
            }
            Kind::Call => {
                self.call(node);
                true
            }
            Kind::Return => {
                if self.is_own_flow()
                    && let Some(value) = node.named_child(0)
                {
                    self.push_return(value);
                }
                true
            }
            Kind::Assignment | Kind::CompoundAssignment => {
                self.set(node, kind);
                true
            }
            Kind::For => {
                let part = |field| {
                    child(node, field).map_or_else(String::new, |part| {
                        one_line(source(part, self.text), ARGUMENT)
                    })
                };
                let found = Loop { variable: part(Field::Pattern), subject: part(Field::Value) };
                push(&mut self.body.loops, found);
                true
            }
            Kind::While | Kind::Loop => {
                let subject = child(node, Field::Condition)
                    .map_or_else(String::new, |test| one_line(source(test, self.text), ARGUMENT));
                push(&mut self.body.loops, Loop { variable: String::new(), subject });
                true
            }
            // Patterns are no expressions.
            _ => !(has_pattern && is_in(cursor, Field::Pattern)),
        }
    }

    /// What entering the node under the cursor changes, from its place in its parent.
    fn effects(&mut self, kind: Kind, cursor: &TreeCursor<'tree>) -> u8 {
        let Some(parent) = self.frames.last() else { return 0 };
        let guard = match (parent.kind, kind) {
            (Kind::If, Kind::Block) => {
                child(parent.node, Field::Condition).map(|test| Guard::Branch(test, true))
            }
            (Kind::If, Kind::ElseClause) => {
                child(parent.node, Field::Condition).map(|test| Guard::Branch(test, false))
            }
            (Kind::MatchArm, _) if is_in(cursor, Field::Value) => {
                let pattern = child(parent.node, Field::Pattern);
                let outer = self.frames.iter().rev().nth(2).map(|frame| frame.node);
                let value = outer.and_then(|outer| child(outer, Field::Value));
                value.zip(pattern).map(|(value, pattern)| Guard::Arm(value, pattern))
            }
            (Kind::LetDeclaration, Kind::Block) if is_in(cursor, Field::Alternative) => {
                Some(Guard::LetElse(parent.node))
            }
            _ => None,
        };
        let in_loop = matches!(parent.kind, Kind::For | Kind::While | Kind::Loop);
        let mut effects = 0;
        if let Some(guard) = guard {
            self.guards.push(guard);
            effects |= GUARDED;
        }
        if guard.is_some() || in_loop && kind == Kind::Block {
            self.depth += 1;
            effects |= DEEPER;
        }
        match parent.kind {
            Kind::AsyncBlock | Kind::GenBlock => {
                self.asyncs += 1;
                effects |= ASYNC;
            }
            Kind::TryBlock => {
                self.tries += 1;
                effects |= TRY;
            }
            _ => {}
        }
        effects
    }

    /// Whether `return` and `?` leave the function itself.
    fn is_own_flow(&self) -> bool {
        self.asyncs == 0 || self.exit.is_future && self.asyncs == 1
    }

    fn guard(&self) -> Option<&Guard<'tree>> {
        self.guards.last()
    }

    fn macro_call(&mut self, node: Node<'tree>) {
        let Some(name) = child(node, Field::Macro) else { return };
        let name = one_line(source(name, self.text), ARGUMENT);
        if self.body.macros.len() < LIST && !self.body.macros.contains(&name) {
            self.body.macros.push(name);
        }
        if self.body.panics.len() < LIST
            && let Some(panic) = causes::macro_panic(node, self.guard(), self.text)
        {
            self.body.panics.push(panic);
        }
        if self.body.errors.len() < LIST
            && self.is_own_flow()
            && let Some(error) = causes::macro_error(node, self.guard(), self.text)
        {
            self.body.errors.push(error);
        }
    }

    fn call(&mut self, node: Node<'tree>) {
        if self.body.panics.len() < LIST
            && let Some(panic) = causes::method_panic(node, self.text)
        {
            self.body.panics.push(panic);
        }
        if self.body.errors.len() < LIST
            && self.is_own_flow()
            && let Some(error) = causes::call_error(node, self.guard(), self.text)
        {
            self.body.errors.push(error);
        }
        if self.body.calls.len() >= LIST {
            return;
        }
        let Some(function) = child(node, Field::Function) else { return };
        let (text, mut args) = (self.text, Vec::new());
        if let Some(arguments) = child(node, Field::Arguments) {
            let given = arguments.named_children(&mut self.scratch);
            for argument in given.filter(|node| !kind(*node).is_comment()).take(16) {
                args.push((None, one_line(source(argument, text), ARGUMENT)));
            }
        }
        let outer = self.frames.iter().rev().skip(1).take(8);
        let is_statement = outer
            .map(|frame| frame.kind)
            .find(|kind| !matches!(kind, Kind::Try | Kind::Await))
            .is_some_and(|kind| kind == Kind::ExpressionStatement);
        let call =
            Call { callee: callee(function, self.text), args, is_statement, depth: self.depth };
        self.body.calls.push(call);
    }

    fn propagates(&mut self, node: Node<'tree>) {
        self.attempts += 1;
        if !self.is_own_flow()
            || self.tries > 0
            || self.attempts > 8 * LIST
            || self.body.propagates.len() >= LIST
        {
            return;
        }
        let Some(callee) = fallible(node, self.text) else { return };
        if !callee.is_empty() && !self.body.propagates.contains(&callee) {
            self.body.propagates.push(callee);
        }
    }

    fn set(&mut self, node: Node<'tree>, kind: Kind) {
        let (Some(left), Some(right)) = (child(node, Field::Left), child(node, Field::Right))
        else {
            return;
        };
        let Some(attribute) = source(left, self.text).strip_prefix("self.") else { return };
        let is_plain = attribute.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_plain || attribute.len() > ARGUMENT || self.body.sets.len() >= LIST {
            return;
        }
        let mut value = expression(right, self.text);
        if kind == Kind::CompoundAssignment {
            let operator = child(node, Field::Operator).map_or("", |node| source(node, self.text));
            let operator = operator.trim_end_matches('=');
            value = Expr {
                kind: ExprKind::Binary,
                text: format!("self.{attribute} {operator} {}", value.text),
                head: None,
            };
        }
        self.body.sets.push(Set { attribute: attribute.to_owned(), value });
    }

    fn push_return(&mut self, value: Node<'tree>) {
        if self.body.returns.len() < LIST {
            self.body.returns.push(expression(value, self.text));
        }
    }
}

fn push<T>(list: &mut Vec<T>, value: T) {
    if list.len() < LIST {
        list.push(value);
    }
}

/// The callee whose error `?` passes on; adapters of the error in between are left out.
/// `None` where the error is made on the spot.
fn fallible(node: Node<'_>, text: &str) -> Option<String> {
    let mut node = node.named_child(0)?;
    for _ in 0..16 {
        let next = match kind(node) {
            Kind::Await | Kind::Parenthesized => node.named_child(0)?,
            Kind::Call => match causes::method_call(node, text) {
                Some((_, "map_err", _)) if causes::call_error(node, None, text).is_some() => {
                    return None;
                }
                Some((target, "map_err" | "context" | "with_context" | "wrap_err" | "map", _)) => {
                    target
                }
                Some((_, "ok_or" | "ok_or_else", _)) => return None,
                _ => {
                    let function = child(node, Field::Function)?;
                    let name = callee(function, text);
                    return (name != "Err").then_some(name);
                }
            },
            Kind::MacroInvocation => {
                let name = one_line(source(child(node, Field::Macro)?, text), ARGUMENT);
                return Some(format!("{name}!"));
            }
            Kind::Identifier | Kind::FieldExpression => return Some(callee(node, text)),
            _ => return None,
        };
        node = next;
    }
    None
}
