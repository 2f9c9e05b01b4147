//! What a function's own body does. One iterative walk; nested functions, classes and
//! lambdas are not entered.

use tree_sitter::Node;

use super::grammar::{G, K, kind};
use super::raises::{self, Block, Locals};
use super::signature::Results;
use super::targets::{attribute_of, last_value, pairs};
use super::text::{EXPR, flat, raw, short};
use super::{expr, place};
use crate::docstring::{Body, Call, Expr, ExprKind, Local, Lookup, Loop, Panic, Set};

/// Most entries of a list.
pub(super) const MOST: usize = 64;

/// The name of the first positional parameter.
pub(super) fn receiver<'a>(text: &'a str, function: Node<'_>) -> Option<&'a str> {
    let list = function.child_by_field_id(G.parameters)?;
    let mut cursor = list.walk();
    let mut params = list.named_children(&mut cursor);
    let first = params.find(|child| kind(*child) != K::Comment)?;
    let name = match kind(first) {
        K::Identifier => first,
        K::TypedParameter => first.named_child(0).filter(|name| kind(*name) == K::Identifier)?,
        K::DefaultParameter | K::TypedDefaultParameter => first.child_by_field_id(G.name)?,
        _ => return None,
    };
    Some(raw(text, name))
}

/// What a body says.
pub(super) struct Found {
    pub(super) facts: Body,
    /// What it says about the result.
    pub(super) results: Results,
    /// Functions or classes are defined in it.
    pub(super) has_definitions: bool,
}

/// The facts of a body.
pub(super) fn of(text: &str, function: Node<'_>, receiver: Option<&str>) -> Found {
    let Some(body) = function.child_by_field_id(G.body) else {
        return Found {
            facts: Body { is_stub: true, ..Body::default() },
            results: Results { is_stub: true, ..Results::default() },
            has_definitions: false,
        };
    };
    let mut walk = Walk {
        text,
        receiver,
        facts: Body::default(),
        results: Results::default(),
        has_definitions: false,
        parents: Vec::new(),
        around: Vec::new(),
        raises: Vec::new(),
        locals: Vec::new(),
    };
    walk.shape(body);
    walk.run(body);
    walk.facts.raises = raises::settle(walk.raises, &walk.locals);
    let Walk { facts, results, has_definitions, .. } = walk;
    Found { facts, results, has_definitions }
}

struct Walk<'a, 'tree> {
    text: &'a str,
    receiver: Option<&'a str>,
    facts: Body,
    results: Results,
    has_definitions: bool,
    /// The nodes around the current one.
    parents: Vec<(K, Node<'tree>)>,
    /// The blocks around the current node, each with its depth in `parents`.
    around: Vec<(usize, Block<'tree>)>,
    raises: Vec<raises::Found>,
    locals: Locals<'a>,
}

impl<'tree> Walk<'_, 'tree> {
    /// Counts the statements and tells stubs.
    fn shape(&mut self, body: Node<'tree>) {
        let mut cursor = body.walk();
        let (mut statements, mut stub) = (0, true);
        for (index, child) in body
            .named_children(&mut cursor)
            .filter(|child| !matches!(kind(*child), K::Comment | K::LineContinuation))
            .enumerate()
        {
            if index == 0 && place::docstring(self.text, child).is_some() {
                continue;
            }
            statements += 1;
            stub = stub && is_stub(self.text, child);
        }
        self.facts.statements = statements;
        self.facts.is_stub = stub;
        self.results.is_stub = stub;
    }

    fn run(&mut self, body: Node<'tree>) {
        let mut cursor = body.walk();
        self.parents.push((K::Block, body));
        let mut descend = true;
        loop {
            if descend && cursor.goto_first_child() {
                // The entered node was pushed when it was visited.
            } else {
                loop {
                    if self.parents.len() <= 1 {
                        return;
                    }
                    self.leave();
                    if cursor.goto_next_sibling() {
                        break;
                    }
                    cursor.goto_parent();
                }
            }
            let node = cursor.node();
            let node_kind = kind(node);
            descend = self.visit(node, node_kind);
            self.parents.push((node_kind, node));
        }
    }

    fn leave(&mut self) {
        self.parents.pop();
        let depth = self.parents.len();
        while self.around.last().is_some_and(|(at, _)| *at >= depth) {
            self.around.pop();
        }
    }

    /// Notes what a node does; says whether its inside belongs to this body.
    fn visit(&mut self, node: Node<'tree>, node_kind: K) -> bool {
        match node_kind {
            K::FunctionDefinition | K::ClassDefinition | K::DecoratedDefinition => {
                self.has_definitions = true;
                return false;
            }
            K::Lambda
            | K::Comment
            | K::Identifier
            | K::Token
            | K::Colon
            | K::Pass
            | K::Integer
            | K::Float
            | K::True
            | K::False
            | K::None
            | K::Ellipsis
            | K::StringStart
            | K::StringContent
            | K::StringEnd => return false,
            // `a.b` is the most frequent expression of all.
            K::Attribute => {
                let object = node.child_by_field_id(G.object);
                return object.is_none_or(|object| kind(object) != K::Identifier);
            }
            // Nothing but the fields of an f-string holds code.
            K::StringLiteral => {
                let prefix = raw(self.text, node).split(['"', '\'']).next().unwrap_or("");
                return prefix.contains(['f', 'F', 't', 'T']);
            }
            K::Block => self.block(node),
            K::Return => self.give_back(node),
            K::Yield => self.give_out(node),
            K::Raise if self.raises.len() < 16 * MOST => {
                self.raises.extend(raises::of(self.text, node, &self.around));
            }
            K::Assert => self.assert(node),
            K::Call => self.call(node),
            K::Assignment | K::AugmentedAssignment => self.assign(node, node_kind),
            K::For => self.each(node),
            K::While if self.facts.loops.len() < MOST => {
                let test = node.child_by_field_id(G.condition);
                let subject = test.map(|test| short(self.text, test, EXPR)).unwrap_or_default();
                self.facts.loops.push(Loop { variable: String::new(), subject });
            }
            K::WithItem => self.with(node),
            K::Comparison if self.facts.tests.len() < MOST => {
                self.facts.tests.push(short(self.text, node, EXPR));
            }
            K::Subscript if self.facts.lookups.len() < MOST => self.look_up(node),
            K::ForIn => self.bind(node.child_by_field_id(G.left)),
            K::Named => self.bind(node.child_by_field_id(G.name)),
            _ => {}
        }
        true
    }

    fn block(&mut self, node: Node<'tree>) {
        let text = self.text;
        let Some((parent_kind, parent)) = self.parents.last().copied() else { return };
        let block = match parent_kind {
            K::If | K::Elif => {
                parent.child_by_field_id(G.condition).map_or(Block::Plain, Block::When)
            }
            K::Else => match self.parents.iter().rev().nth(1) {
                Some((K::If, branch)) => Block::Otherwise(*branch),
                _ => Block::Plain,
            },
            K::Try if parent.child_by_field_id(G.body) == Some(node) => {
                let mut cursor = parent.walk();
                let clauses =
                    parent.children(&mut cursor).filter(|child| kind(*child) == K::Except);
                let types = clauses.take(MOST).flat_map(|clause| {
                    let (types, _) = raises::handler(text, clause);
                    if types.is_empty() { vec!["BaseException".to_owned()] } else { types }
                });
                Block::Guarded(types.collect())
            }
            K::Except => {
                let (types, alias) = raises::handler(text, parent);
                Block::Handler { types, alias }
            }
            K::Match => return,
            _ => Block::Plain,
        };
        self.around.push((self.parents.len(), block));
    }

    fn give_back(&mut self, node: Node<'tree>) {
        let Some(value) = value_of(node) else { return };
        let value = expr_or(self.facts.returns.len() < MOST, self.text, value);
        self.results.returns_value |= value.0;
        self.facts.returns.extend(value.1);
    }

    fn give_out(&mut self, node: Node<'tree>) {
        self.results.yields = true;
        if self.facts.yields.len() >= MOST {
            return;
        }
        let mut cursor = node.walk();
        let from = node.children(&mut cursor).any(|child| kind(child) == K::From);
        let mut value = match value_of(node) {
            Some(value) => expr::of(self.text, value),
            None => Expr { kind: ExprKind::None, text: "None".into(), head: None },
        };
        if from {
            value.head = Some("from".into());
        }
        self.facts.yields.push(value);
    }

    fn assert(&mut self, node: Node<'tree>) {
        if self.facts.panics.len() >= MOST {
            return;
        }
        let mut cursor = node.walk();
        let mut parts = node.named_children(&mut cursor).filter(|part| kind(*part) != K::Comment);
        let condition = parts.next().map(|test| short(self.text, test, EXPR));
        let message = parts.next().and_then(|part| raises::text_of(self.text, part));
        let line = node.start_position().row + 1;
        self.facts.panics.push(Panic { cause: "assert".into(), condition, message, line });
    }

    fn call(&mut self, node: Node<'tree>) {
        if self.facts.calls.len() >= MOST {
            return;
        }
        let mut parents = self.parents.iter().rev().map(|(kind, _)| *kind);
        let mut parent = parents.next();
        if parent == Some(K::Raise) {
            return;
        }
        if parent == Some(K::Await) {
            parent = parents.next();
        }
        let Some(callee) = node.child_by_field_id(G.function) else { return };
        let Some(list) = node.child_by_field_id(G.arguments) else { return };
        let args = if kind(list) == K::ArgumentList {
            let mut cursor = list.walk();
            list.named_children(&mut cursor)
                .filter(|argument| kind(*argument) != K::Comment)
                .take(16)
                .map(|argument| self.argument(argument))
                .collect()
        } else {
            vec![(None, short(self.text, list, 80))]
        };
        self.facts.calls.push(Call {
            callee: short(self.text, callee, 120),
            args,
            is_statement: parent == Some(K::ExpressionStatement),
            depth: self.around.len(),
        });
    }

    fn argument(&self, node: Node<'tree>) -> (Option<String>, String) {
        let name = node.child_by_field_id(G.name).filter(|_| kind(node) == K::KeywordArgument);
        let value = match name {
            Some(_) => node.child_by_field_id(G.value).unwrap_or(node),
            None => node,
        };
        (name.map(|name| flat(self.text, name)), short(self.text, value, 80))
    }

    fn assign(&mut self, node: Node<'tree>, node_kind: K) {
        let text = self.text;
        let Some(left) = node.child_by_field_id(G.left) else { return };
        let Some(right) = node.child_by_field_id(G.right) else { return };
        if node_kind == K::Assignment {
            if kind(left) == K::Identifier {
                self.locals.push((raw(text, left), raises::made(text, right)));
                if self.facts.locals.len() < MOST {
                    let value = expr::of(text, last_value(right));
                    self.facts.locals.push(Local { name: raw(text, left).to_owned(), value });
                }
            } else {
                self.bind(Some(left));
            }
        }
        let Some(receiver) = self.receiver else { return };
        for (target, value) in pairs(left, right) {
            if self.facts.sets.len() >= MOST {
                return;
            }
            if let Some(attribute) = attribute_of(text, target, receiver) {
                let mut value = expr::of(text, last_value(value));
                if node_kind == K::AugmentedAssignment {
                    value =
                        Expr { kind: ExprKind::Binary, text: short(text, node, EXPR), head: None };
                }
                self.facts.sets.push(Set { attribute: attribute.to_owned(), value });
            }
        }
    }

    fn look_up(&mut self, node: Node<'tree>) {
        let Some(container) = node.child_by_field_id(G.value) else { return };
        let mut cursor = node.walk();
        let mut keys = node.named_children(&mut cursor).filter(|child| {
            *child != container && matches!(kind(*child), K::Identifier | K::Attribute)
        });
        if let (Some(key), None) = (keys.next(), keys.next()) {
            self.facts.lookups.push(Lookup {
                container: short(self.text, container, 80),
                key: short(self.text, key, 80),
            });
        }
    }

    fn each(&mut self, node: Node<'tree>) {
        let left = node.child_by_field_id(G.left);
        self.bind(left);
        if let (Some(left), Some(right)) = (left, node.child_by_field_id(G.right))
            && self.facts.loops.len() < MOST
        {
            self.facts.loops.push(Loop {
                variable: short(self.text, left, EXPR),
                subject: short(self.text, right, EXPR),
            });
        }
    }

    fn with(&mut self, node: Node<'tree>) {
        let Some(mut value) = node.child_by_field_id(G.value) else { return };
        if kind(value) == K::AsPattern {
            self.bind(value.child_by_field_id(G.alias));
            let Some(inner) = value.named_child(0) else { return };
            value = inner;
        }
        if self.facts.withs.len() < MOST {
            self.facts.withs.push(short(self.text, value, EXPR));
        }
    }

    /// Notes the names that a target binds.
    fn bind(&mut self, target: Option<Node<'tree>>) {
        let mut pending: Vec<Node<'tree>> = target.into_iter().collect();
        while let Some(node) = pending.pop() {
            match kind(node) {
                K::Identifier => self.locals.push((raw(self.text, node), None)),
                K::Attribute | K::Subscript => {}
                _ if node.named_child_count() == 0 => {
                    self.locals.push((raw(self.text, node), None));
                }
                _ => {
                    let mut cursor = node.walk();
                    pending.extend(node.named_children(&mut cursor));
                }
            }
        }
    }
}

fn value_of(statement: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = statement.walk();
    statement.named_children(&mut cursor).find(|child| kind(*child) != K::Comment)
}

/// Whether the value is anything but `None`, and its description where there is room.
fn expr_or(room: bool, text: &str, value: Node<'_>) -> (bool, Option<Expr>) {
    let is_value = kind(expr::bare(value)) != K::None;
    (is_value, room.then(|| expr::of(text, value)))
}

fn is_stub(text: &str, statement: Node<'_>) -> bool {
    match kind(statement) {
        K::Pass => true,
        K::ExpressionStatement => {
            place::docstring(text, statement).is_some()
                || value_of(statement).is_some_and(|value| kind(value) == K::Ellipsis)
        }
        K::Raise => {
            let raised = raw(text, statement).trim_start_matches("raise").trim_start();
            raised
                .strip_prefix("NotImplementedError")
                .is_some_and(|rest| !rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
        }
        _ => false,
    }
}
