//! Where a docstring goes, and where one already is.

use tree_sitter::Node;

use super::grammar::{G, K, kind};
use crate::docstring::Slot;

/// Facts about the layout of a whole file.
pub(super) struct Layout {
    /// The first newline of the file.
    newline: &'static str,
    /// One step of indentation.
    unit: String,
}

impl Layout {
    pub(super) fn of(text: &str) -> Self {
        Self { newline: newline_in(text).unwrap_or("\n"), unit: unit(text) }
    }
}

/// The literal of a docstring, if `statement` is one: a string without `f`, `b` or `t`,
/// implicit concatenation and parentheses included.
pub(super) fn docstring<'tree>(text: &str, statement: Node<'tree>) -> Option<Node<'tree>> {
    if kind(statement) != K::ExpressionStatement {
        return None;
    }
    let mut node = only_child(statement)?;
    // Deeper parentheses are not worth following.
    for _ in 0..16 {
        match kind(node) {
            K::Parenthesized => {
                let mut cursor = node.walk();
                let mut inner = node.named_children(&mut cursor);
                node = inner.find(|child| kind(*child) != K::Comment)?;
            }
            K::StringLiteral => return is_plain(text, node).then_some(node),
            K::ConcatenatedString => {
                let mut cursor = node.walk();
                let mut parts = node.named_children(&mut cursor);
                let plain = parts.all(|part| {
                    kind(part) == K::Comment
                        || kind(part) == K::StringLiteral && is_plain(text, part)
                });
                return plain.then_some(node);
            }
            _ => return None,
        }
    }
    None
}

fn only_child(statement: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = statement.walk();
    let mut children = statement
        .children(&mut cursor)
        .filter(|child| !matches!(kind(*child), K::Comment | K::LineContinuation));
    let first = children.next()?;
    // `"a",` is a tuple.
    children.next().is_none().then_some(first)
}

fn is_plain(text: &str, string: Node<'_>) -> bool {
    let source = text.get(string.byte_range()).unwrap_or("");
    let quote = source.find(['"', '\'']).unwrap_or(0);
    let prefix = source.get(..quote).unwrap_or("");
    prefix.chars().all(|c| matches!(c, 'r' | 'R' | 'u' | 'U'))
}

/// The first statement of a body or module.
pub(super) fn first_statement(body: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = body.walk();
    let mut children = body.named_children(&mut cursor);
    children.find(|child| !matches!(kind(*child), K::Comment | K::LineContinuation))
}

/// The colon that ends the header of a definition.
pub(super) fn colon(definition: Node<'_>) -> Option<Node<'_>> {
    let mut cursor = definition.walk();
    definition.children(&mut cursor).filter(|child| kind(*child) == K::Colon).last()
}

/// The place in a function or class; `None` if its header is broken, or its body
/// begins in a way that leaves no line of its own for a docstring.
pub(super) fn in_definition(text: &str, definition: Node<'_>, layout: &Layout) -> Option<Slot> {
    let mut cursor = definition.walk();
    let body = definition.child_by_field_id(G.body)?;
    for child in definition.children(&mut cursor) {
        let is_body = child == body;
        if child.is_missing() || child.is_error() || !is_body && child.has_error() {
            return None;
        }
    }
    let first = first_statement(body).filter(|first| {
        !first.has_error() && !first.is_missing() && first.start_byte() < first.end_byte()
    })?;
    let is_class = kind(definition) == K::ClassDefinition;
    let colon = colon(definition)?.end_byte();
    let start = first.start_byte();
    let between = text.get(colon..start)?;
    let blanks = between.len() - between.trim_start_matches([' ', '\t', '\x0c']).len();
    let rest = between.get(blanks..)?;
    if rest.is_empty() {
        return split(text, definition, colon..start, is_class, layout);
    }
    // The header's line, with its comment, stays as it is.
    let line = rest.find(['\n', '\r'])?;
    let comment = rest.get(..line)?;
    if !comment.is_empty() && !comment.starts_with('#') {
        return None;
    }
    let newline = newline_in(rest)?;
    let at = colon + blanks + line + newline.len();
    let above = text.get(at..start)?;
    let indentation = above.len() - above.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let line_start = start - indentation;
    let indent = text.get(line_start..start)?;
    if !indent.chars().all(|c| matches!(c, ' ' | '\t' | '\x0c')) {
        return None;
    }
    // Anything but comments and blank lines above the first statement, such as a line
    // continuation, is too odd to touch.
    let clean = text.get(at..line_start)?.split(['\n', '\r']).all(|line| {
        let line = line.trim_matches([' ', '\t', '\x0c']);
        line.is_empty() || line.starts_with('#')
    });
    if !clean {
        return None;
    }
    // A form feed resets the column.
    let indent = indent.rsplit('\x0c').next().unwrap_or(indent).to_owned();
    if indent.is_empty() {
        return None;
    }
    // D204: one blank line after the docstring of a class.
    let next = text.get(at..)?.split(['\n', '\r']).next().unwrap_or("");
    let gap = is_class && !next.trim().is_empty();
    Some(Slot {
        replace: at..at,
        before: indent.clone(),
        after: if gap { newline.repeat(2) } else { newline.into() },
        indent,
        newline,
        marker: "",
    })
}

/// The place in `def f(): x`: the body moves to a line of its own.
fn split(
    text: &str,
    definition: Node<'_>,
    blanks: std::ops::Range<usize>,
    is_class: bool,
    layout: &Layout,
) -> Option<Slot> {
    let head = text.get(..definition.start_byte())?;
    let line_start = head.rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let indent = head.get(line_start..)?.trim_start_matches('\u{feff}');
    if !indent.chars().all(|c| matches!(c, ' ' | '\t' | '\x0c')) {
        return None;
    }
    let indent = indent.rsplit('\x0c').next().unwrap_or(indent);
    let indent = format!("{indent}{}", layout.unit);
    let body = text.get(blanks.end..)?;
    if has_pragma(body.split(['\n', '\r']).next()?) {
        return None;
    }
    let newline = newline_in(body).unwrap_or(layout.newline);
    let gap = if is_class { newline } else { "" };
    Some(Slot {
        replace: blanks,
        before: format!("{newline}{indent}"),
        after: format!("{gap}{newline}{indent}"),
        indent,
        newline,
        marker: "",
    })
}

/// Whether a line ends in a comment that speaks to a tool (`# noqa`, `# type: ignore`):
/// it would no longer stand on the line of the header that it is about.
fn has_pragma(line: &str) -> bool {
    const TOOLS: [&str; 9] =
        ["noqa", "type:", "pragma", "pylint:", "pyright:", "mypy:", "ruff:", "nosec", "fmt:"];
    let comment = line.rsplit('#').next().unwrap_or("").trim_start().to_ascii_lowercase();
    line.contains('#') && TOOLS.iter().any(|tool| comment.starts_with(tool))
}

/// The place in the module: after `#!`, the encoding and the comment block that begins
/// the file, above everything else, `from __future__` included.
pub(super) fn in_module(text: &str, root: Node<'_>, layout: &Layout) -> Option<Slot> {
    if kind(root) != K::Module {
        return None;
    }
    if first_statement(root).is_some_and(|first| first.is_error() || first.has_error()) {
        return None;
    }
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut newline = None;
    let mut unfinished = false;
    let mut number = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or("").trim_start_matches([' ', '\t', '\x0c']);
        let end = rest.get(length..).and_then(newline_in);
        let taken = line.starts_with('#')
            // A declared encoding counts in the second line too.
            || number == 0 && line.is_empty() && end.is_some_and(|end| cookie_next(rest, length + end.len()));
        if !taken {
            break;
        }
        unfinished = end.is_none();
        newline = newline.or(end);
        at += length + end.map_or(0, str::len);
        number += 1;
    }
    let newline = newline.or_else(|| newline_in(text.get(at..)?)).unwrap_or(layout.newline);
    let rest = text.get(at..)?;
    let next = rest.split(['\n', '\r']).next().unwrap_or("");
    let gap = !rest.is_empty() && !next.trim().is_empty();
    Some(Slot {
        replace: at..at,
        indent: String::new(),
        before: if unfinished { newline.into() } else { String::new() },
        after: if gap { newline.repeat(2) } else { newline.into() },
        newline,
        marker: "",
    })
}

fn cookie_next(rest: &str, at: usize) -> bool {
    let line = rest.get(at..).unwrap_or("").split(['\n', '\r']).next().unwrap_or("");
    let line = line.trim_start_matches([' ', '\t', '\x0c']);
    line.starts_with('#') && (line.contains("coding:") || line.contains("coding="))
}

/// The first newline in `text`.
pub(super) fn newline_in(text: &str) -> Option<&'static str> {
    let at = text.find(['\n', '\r'])?;
    let rest = text.get(at..)?;
    Some(if rest.starts_with("\r\n") {
        "\r\n"
    } else if rest.starts_with('\n') {
        "\n"
    } else {
        "\r"
    })
}

/// One step of indentation: that of the first line below a line that ends with `:`.
fn unit(text: &str) -> String {
    let mut header: Option<&str> = None;
    for line in text.split(['\n', '\r']) {
        let code = line.trim_start_matches([' ', '\t']);
        if code.trim().is_empty() || code.starts_with('#') {
            continue;
        }
        let indent = line.get(..line.len() - code.len()).unwrap_or("");
        if let Some(step) = header.and_then(|above| indent.strip_prefix(above))
            && !step.is_empty()
            && step.len() <= 8
        {
            return step.into();
        }
        let opens = ["def ", "class ", "if ", "for ", "while ", "with ", "try:", "else:", "async "]
            .iter()
            .any(|word| code.starts_with(word));
        header = (opens && code.trim_end().ends_with(':')).then_some(indent);
    }
    "    ".into()
}

/// The newline that is used at `offset`.
pub(super) fn newline_after(text: &str, offset: usize, layout: &Layout) -> &'static str {
    text.get(offset..).and_then(newline_in).unwrap_or(layout.newline)
}

/// The indentation of the body statement at `start`; that of a block to be where the
/// body stands beside the header.
pub(super) fn indent_of(text: &str, definition: Node<'_>, start: usize, layout: &Layout) -> String {
    let blanks = |at: usize| {
        let head = text.get(..at)?;
        let line = head.get(head.rfind(['\n', '\r']).map_or(0, |end| end + 1)..)?;
        let line = line.trim_start_matches('\u{feff}');
        let end = line.find(|c| !matches!(c, ' ' | '\t' | '\x0c')).unwrap_or(line.len());
        let blanks = line.get(..end)?;
        (end == line.len()).then(|| blanks.rsplit('\x0c').next().unwrap_or(blanks).to_owned())
    };
    blanks(start).unwrap_or_else(|| {
        format!("{}{}", blanks(definition.start_byte()).unwrap_or_default(), layout.unit)
    })
}

/// Whether `offset` is in a definition or on its first or last line beside it.
pub(super) fn reaches(source: &str, node: Node<'_>, offset: usize) -> bool {
    let blank = |text: &str| text.chars().all(|c| matches!(c, ' ' | '\t' | '\x0c'));
    if offset < node.start_byte() {
        return source.get(offset..node.start_byte()).is_some_and(blank)
            && source.get(..offset).is_some_and(|head| {
                let line = head.rfind(['\n', '\r']).map_or(0, |end| end + 1);
                head.get(line..).is_some_and(blank)
            });
    }
    let end = node.end_byte();
    offset <= end || source.get(end..offset).is_some_and(|rest| !rest.contains(['\n', '\r', ';']))
}
