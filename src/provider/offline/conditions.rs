//! Conditions of the source in English: `x is None` becomes "`x` is `None`".

use super::adjectives::is_adjective;
use super::nouns::owner_noun;
use super::quote::code;
use super::truth::{self, Truth};
use super::words::{article, join, split};
use crate::docstring::{Language, Symbol};

/// How long a quoted expression may be.
const LIMIT: usize = 60;

/// Where a condition stands: what is known about the names in it.
#[derive(Clone, Copy)]
struct Scope<'a> {
    language: Language,
    symbol: Option<&'a Symbol>,
}

/// The clause that follows "if", or `None` if it cannot be said in one safe line.
pub(super) fn clause(condition: &str, symbol: &Symbol) -> Option<String> {
    clause_in(condition, Scope { language: symbol.language, symbol: Some(symbol) })
}

fn clause_in(condition: &str, scope: Scope<'_>) -> Option<String> {
    let (text, negated) = peel(condition, false);
    let (or, and) = match scope.language {
        Language::Python => (" or ", " and "),
        Language::Rust => (" || ", " && "),
    };
    for (operator, plain, turned) in [(or, " or ", " and "), (and, " and ", " or ")] {
        let parts = split_top(text, operator);
        if parts.len() > 1 {
            if parts.len() > 3 {
                break;
            }
            let other = if operator == or { and } else { or };
            if parts.iter().any(|part| split_top(part, other).len() > 1) {
                break;
            }
            let clauses: Option<Vec<String>> =
                parts.into_iter().map(|part| atom(part, negated, scope)).collect();
            return Some(joined(&clauses?, if negated { turned } else { plain }));
        }
    }
    atom(text, negated, scope)
}

/// Clauses with one subject name it once.
fn joined(clauses: &[String], link: &str) -> String {
    let mut text = String::new();
    let subject = clauses.first().and_then(|first| {
        let end = first.find("` is ")? + 2;
        first.get(..end)
    });
    for (index, clause) in clauses.iter().enumerate() {
        if index > 0 {
            text.push_str(link);
        }
        let rest = subject.filter(|_| index > 0).and_then(|subject| clause.strip_prefix(subject));
        text.push_str(rest.filter(|rest| rest.starts_with("is ")).unwrap_or(clause));
    }
    text
}

/// Takes off parentheses and negations around the whole expression.
fn peel(text: &str, mut negated: bool) -> (&str, bool) {
    let mut text = text.trim();
    loop {
        if let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')'))
            && is_balanced(inner)
        {
            text = inner.trim();
            continue;
        }
        let bare = text
            .strip_prefix("not ")
            .or_else(|| text.strip_prefix("not(").map(|_| text.get(3..).unwrap_or(text)))
            .or_else(|| text.strip_prefix('!').filter(|t| !t.starts_with('=')));
        let Some(bare) = bare else { return (text, negated) };
        let bare = bare.trim();
        let is_whole =
            [" or ", " and ", " || ", " && "].iter().all(|op| split_top(bare, op).len() < 2);
        if !is_whole {
            return (text, negated);
        }
        text = bare;
        negated = !negated;
    }
}

fn is_balanced(text: &str) -> bool {
    let mut depth = 0i32;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Splits at an operator outside brackets and quotes.
fn split_top<'a>(text: &'a str, operator: &str) -> Vec<&'a str> {
    let bytes = text.as_bytes();
    let mut parts = Vec::new();
    let (mut start, mut depth, mut quote, mut index) = (0, 0i32, None, 0);
    while let Some(&byte) = bytes.get(index) {
        match (quote, byte) {
            (Some(_), b'\\') => index += 1,
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth -= 1,
            (None, _) => {
                if depth == 0
                    && bytes.get(index..).is_some_and(|rest| rest.starts_with(operator.as_bytes()))
                    && let Some(part) = text.get(start..index)
                {
                    parts.push(part.trim());
                    start = index + operator.len();
                    index = start;
                    continue;
                }
            }
        }
        index += 1;
    }
    if let Some(rest) = text.get(start..) {
        parts.push(rest.trim());
    }
    parts
}

/// The callee and the arguments of the call that ends the text.
fn last_call(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_suffix(')')?;
    let (mut open, mut depth, mut quote, mut is_escaped) = (None, 0usize, None, false);
    for (at, byte) in inner.bytes().enumerate() {
        match (quote, byte) {
            _ if is_escaped => is_escaped = false,
            (Some(_), b'\\') => is_escaped = true,
            (Some(start), _) if start == byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => {
                if depth == 0 {
                    open = (byte == b'(').then_some(at);
                }
                depth += 1;
            }
            (None, b')' | b']' | b'}') => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    let open = open.filter(|_| depth == 1 && quote.is_none())?;
    Some((inner.get(..open)?, inner.get(open + 1..)?))
}

fn split_once_top<'a>(text: &'a str, operator: &str) -> Option<(&'a str, &'a str)> {
    match split_top(text, operator).as_slice() {
        [left, right] if !left.is_empty() && !right.is_empty() => Some((left, right)),
        _ => None,
    }
}

/// One test without `and` and `or`.
fn atom(text: &str, negated: bool, scope: Scope<'_>) -> Option<String> {
    let (text, negated) = peel(text, negated);
    let known = comparison(text, negated)
        .or_else(|| query(text, negated, scope.language))
        .or_else(|| quality(text, negated, scope));
    if known.is_some() {
        return known;
    }
    if text.starts_with("let ") {
        return None;
    }
    let quoted = code(text, LIMIT)?;
    if scope.language == Language::Rust || is_compound(text) {
        return Some(format!("{quoted} is {}", if negated { "false" } else { "true" }));
    }
    let known = scope.symbol.map_or(Truth::Unknown, |symbol| truth::of(text, symbol));
    let (yes, no) = known.words();
    Some(format!("{quoted} is {}", if negated { no } else { yes }))
}

/// `self.is_full()`: what the name says about the subject.
fn quality(text: &str, negated: bool, scope: Scope<'_>) -> Option<String> {
    let bare = text.strip_suffix("()").unwrap_or(text);
    let (subject, last) = bare.rsplit_once('.')?;
    let words = split(last.strip_prefix("is_")?);
    let (first, end) = (words.first()?, words.last()?);
    if first == "not" || !is_adjective(end) {
        return None;
    }
    if split_top(subject, " ").len() > 1 {
        return None;
    }
    let owner = scope.symbol.filter(|_| matches!(subject, "self" | "cls")).and_then(owner_noun);
    let subject = match owner {
        Some(owner) => format!("the {owner}"),
        None => code(subject, LIMIT)?,
    };
    let not = if negated { " not" } else { "" };
    if let [rest @ .., last] = words.as_slice()
        && last == "set"
        && !rest.is_empty()
    {
        return Some(format!("the {} of {subject} is{not} set", join(rest)));
    }
    Some(format!("{subject} is{not} {}", join(&words)))
}

/// More than a dotted name.
fn is_compound(text: &str) -> bool {
    text.chars().any(|c| !(c.is_alphanumeric() || c == '_' || c == '.')) || is_predicate(text)
}

/// A name that says that it is a yes or no.
fn is_predicate(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or(text).trim_start_matches('_');
    ["is_", "has_", "can_", "should_", "was_", "allow_"].iter().any(|start| last.starts_with(start))
        || last.ends_with("ed") && last.len() > 3
}

/// Operators with what they mean and what their negation means.
static OPERATORS: &[(&str, &str, &str)] = &[
    (" is not ", "is not", "is"),
    (" not in ", "is not in", "is in"),
    (" is ", "is", "is not"),
    (" in ", "is in", "is not in"),
    (" == ", "equals", "does not equal"),
    (" != ", "does not equal", "equals"),
    (" <= ", "is at most", "is greater than"),
    (" >= ", "is at least", "is less than"),
    (" < ", "is less than", "is at least"),
    (" > ", "is greater than", "is at most"),
];

fn comparison(text: &str, negated: bool) -> Option<String> {
    for (operator, meaning, opposite) in OPERATORS {
        let Some((left, right)) = split_once_top(text, operator) else { continue };
        if OPERATORS.iter().any(|(other, ..)| split_top(right, other).len() > 1) {
            return None;
        }
        let verb = if negated { opposite } else { meaning };
        let length = left
            .strip_prefix("len(")
            .and_then(|t| t.strip_suffix(')'))
            .or_else(|| left.strip_suffix(".len()"));
        if let Some(measured) = length.filter(|t| is_balanced(t)) {
            let measured = code(measured, LIMIT)?;
            return Some(match (*verb, right) {
                ("equals", "0") => format!("{measured} is empty"),
                ("does not equal" | "is greater than", "0") => format!("{measured} is not empty"),
                _ => format!("the length of {measured} {verb} {}", code(right, LIMIT)?),
            });
        }
        let subject = code(left, LIMIT)?;
        return Some(match (*verb, right) {
            ("is less than", "0") => format!("{subject} is negative"),
            ("equals", "0") => format!("{subject} is zero"),
            ("does not equal", "0") => format!("{subject} is not zero"),
            ("is at most", "0") => format!("{subject} is not positive"),
            ("is greater than", "0") => format!("{subject} is positive"),
            _ => format!("{subject} {verb} {}", code(right, LIMIT)?),
        });
    }
    None
}

/// Calls that ask something.
fn query(text: &str, negated: bool, language: Language) -> Option<String> {
    let (callee, inside) = last_call(text)?;
    let arguments = split_top(inside, ",");
    let no = if negated { " not" } else { "" };
    if language == Language::Python {
        match (callee, arguments.as_slice()) {
            ("isinstance", [subject, class]) => {
                return Some(format!("{} is{no} {}", code(subject, LIMIT)?, instance_of(class)?));
            }
            ("issubclass", [subject, class]) => {
                return Some(format!(
                    "{} is{no} a subclass of {}",
                    code(subject, LIMIT)?,
                    code(class, LIMIT)?
                ));
            }
            ("callable", [subject]) => {
                return Some(format!("{} is{no} callable", code(subject, LIMIT)?));
            }
            ("hasattr", [subject, name]) => {
                let name = code(name.trim_matches(['"', '\'']), LIMIT)?;
                let has = if negated { "has no" } else { "has the" };
                return Some(format!("{} {has} attribute {name}", code(subject, LIMIT)?));
            }
            _ => {}
        }
    }
    if let ("matches!", [value, pattern, ..]) = (callee, arguments.as_slice()) {
        // A pattern may hold a comma outside of brackets no more than a value may.
        return (arguments.len() == 2).then(|| matched(value, pattern, negated))?;
    }
    let (receiver, method) = callee.rsplit_once('.')?;
    if split_top(receiver, " ").len() > 1 {
        return None;
    }
    let Some(subject) = code(receiver, LIMIT) else {
        // What is too long to be repeated goes by the name of what is called.
        let function = code(last_call(receiver)?.0, LIMIT)?;
        return match (method, arguments.as_slice(), negated) {
            ("is_err", [""], false) | ("is_ok", [""], true) => Some(format!("{function} fails")),
            ("is_none", [""], false) | ("is_some", [""], true) => {
                Some(format!("{function} returns `None`"))
            }
            _ => None,
        };
    };
    let does =
        |yes: &str, base: &str| if negated { format!("does not {base}") } else { yes.to_owned() };
    match (method, arguments.as_slice()) {
        ("startswith" | "starts_with", [start]) => {
            Some(format!("{subject} {} {}", does("starts with", "start with"), code(start, LIMIT)?))
        }
        ("endswith" | "ends_with", [end]) => {
            Some(format!("{subject} {} {}", does("ends with", "end with"), code(end, LIMIT)?))
        }
        ("contains" | "contains_key", [item]) => {
            Some(format!("{subject} {} {}", does("contains", "contain"), code(item, LIMIT)?))
        }
        ("is_empty", [""]) => Some(format!("{subject} is{no} empty")),
        ("is_none", [""]) => Some(format!("{subject} is{no} `None`")),
        ("is_some", [""]) => {
            Some(format!("{subject} is {}", if negated { "`None`" } else { "`Some`" }))
        }
        ("is_err", [""]) => {
            Some(format!("{subject} is {}", if negated { "`Ok`" } else { "an error" }))
        }
        ("is_ok", [""]) => {
            Some(format!("{subject} is {}", if negated { "an error" } else { "`Ok`" }))
        }
        ("exists", [""]) => Some(format!("{subject} {}", does("exists", "exist"))),
        ("isdigit" | "isnumeric", [""]) => Some(format!("{subject} is{no} numeric")),
        ("isidentifier", [""]) => Some(format!("{subject} is{no} an identifier")),
        ("is_file", [""]) => Some(format!("{subject} is{no} a file")),
        ("is_dir", [""]) => Some(format!("{subject} is{no} a directory")),
        _ => None,
    }
}

/// `matches!(value, pattern)`.
fn matched(value: &str, pattern: &str, negated: bool) -> Option<String> {
    let (value, quoted) = (code(value, LIMIT)?, code(pattern, LIMIT)?);
    let is_value = pattern.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '.'));
    Some(match (is_value && pattern != "_", negated) {
        (true, false) => format!("{value} is {quoted}"),
        (true, true) => format!("{value} is not {quoted}"),
        (false, false) => format!("{value} matches {quoted}"),
        (false, true) => format!("{value} does not match {quoted}"),
    })
}

fn instance_of(class: &str) -> Option<String> {
    let inner = class.strip_prefix('(').and_then(|t| t.strip_suffix(')'));
    if let Some(inner) = inner {
        let quoted: Option<Vec<String>> = split_top(inner, ",")
            .into_iter()
            .filter(|t| !t.is_empty())
            .map(|t| code(t, LIMIT))
            .collect();
        let quoted = quoted?;
        let first = quoted.first()?;
        return Some(format!("{} {}", article(first), quoted.join(" or ")));
    }
    let quoted = code(class, LIMIT)?;
    Some(format!("{} {quoted}", article(&quoted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(language: Language, cases: &[(&str, &str)]) {
        for (condition, expected) in cases {
            let scope = Scope { language, symbol: None };
            assert_eq!(clause_in(condition, scope).as_deref(), Some(*expected), "{condition}");
        }
    }

    #[test]
    fn says_python_conditions() {
        check(
            Language::Python,
            &[
                ("x is None", "`x` is `None`"),
                ("x is not None", "`x` is not `None`"),
                ("not x", "`x` is empty or not set"),
                ("x < 0", "`x` is negative"),
                ("not (x < 0)", "`x` is at least `0`"),
                ("not isinstance(x, int)", "`x` is not an `int`"),
                ("isinstance(x, (int, str))", "`x` is an `int` or `str`"),
                ("key not in self.m", "`key` is not in `self.m`"),
                ("not self.is_open", "`self` is not open"),
                ("n > 0", "`n` is positive"),
                ("a is None or b is None", "`a` is `None` or `b` is `None`"),
                ("not (a or b)", "`a` is empty or not set and `b` is empty or not set"),
                ("len(x) == 0", "`x` is empty"),
                ("len(x) > 5", "the length of `x` is greater than `5`"),
                ("not name.startswith(\"_\")", "`name` does not start with `\"_\"`"),
                ("not hasattr(x, 'read')", "`x` has no attribute `read`"),
                ("check(x)", "`check(x)` is true"),
                ("find(x).startswith('(')", "`find(x)` starts with `'('`"),
                ("not path(x).exists()", "`path(x)` does not exist"),
                ("a + b.isdigit()", "`a + b.isdigit()` is true"),
                ("a < b < c", "`a < b < c` is true"),
            ],
        );
    }

    #[test]
    fn says_rust_conditions() {
        check(
            Language::Rust,
            &[
                ("!x.is_empty()", "`x` is not empty"),
                ("index >= self.len()", "`index` is at least `self.len()`"),
                ("a == 0 || b == 0", "`a` is zero or `b` is zero"),
                ("a == 0 || a > b", "`a` is zero or is greater than `b`"),
                ("!ok", "`ok` is false"),
                ("matches!(n.len(), 0)", "`n.len()` is `0`"),
                ("parse(a, b).is_err()", "`parse(a, b)` is an error"),
                ("parse(a, b).is_ok()", "`parse(a, b)` is `Ok`"),
                ("find(a).next().is_none()", "`find(a).next()` is `None`"),
                ("find(a).next().is_some()", "`find(a).next()` is `Some`"),
                ("!rows(a).is_empty()", "`rows(a)` is not empty"),
                ("rows(')').is_empty()", "`rows(')')` is empty"),
                ("arg.is_help_text_set()", "the help text of `arg` is set"),
                ("rows(a).is_sorted()", "`rows(a)` is sorted"),
                (
                    "Builder::new(a_very_long_argument, another_very_long_argument, more).is_err()",
                    "`Builder::new` fails",
                ),
                ("!matches!(state, State::Open)", "`state` is not `State::Open`"),
                ("matches!(x, Some(0 | 1))", "`x` matches `Some(0 | 1)`"),
                (
                    "!matches!(x, Some((a, _)) if a > 0)",
                    "`x` does not match `Some((a, _)) if a > 0`",
                ),
            ],
        );
    }

    #[test]
    fn leaves_out_what_cannot_be_quoted() {
        for (condition, language) in
            [("x == '`'", Language::Python), ("let Some(x) = y", Language::Rust)]
        {
            assert_eq!(clause_in(condition, Scope { language, symbol: None }), None);
        }
    }
}
