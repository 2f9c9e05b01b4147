//! What all styles have in common: the frame of a docstring and its sections' order.

use super::wrap::{dedent, fill, indent, normalise, one_line};
use super::{Layout, wrap};
use crate::docstring::{Docstring, Item, Section, SectionBody, SectionKind};

/// The sections of a docstring in canonical order; the unknown ones come last, in their own order.
pub(super) fn ordered(docstring: &Docstring) -> Vec<&Section> {
    let mut sections: Vec<&Section> = docstring.sections.iter().collect();
    sections.sort_by(|a, b| match (&a.kind, &b.kind) {
        (SectionKind::Other(_), SectionKind::Other(_)) => std::cmp::Ordering::Equal,
        (a, b) => a.cmp(b),
    });
    sections
}

/// The lines of summary and description.
pub(super) fn head(docstring: &Docstring, layout: Layout) -> Vec<String> {
    let mut lines = Vec::new();
    let summary = one_line(&docstring.summary);
    if !summary.is_empty() {
        lines.push(summary);
    }
    if let Some(description) = &docstring.description {
        let text = fill(description, layout.width, layout.width);
        block(&mut lines, text);
    }
    lines
}

/// Adds a part behind an empty line.
pub(super) fn block(lines: &mut Vec<String>, part: Vec<String>) {
    if part.is_empty() {
        return;
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.extend(part);
}

/// The finished text: no white space at the end of a line or of the text.
pub(super) fn finish(lines: &[String]) -> String {
    let mut out = String::with_capacity(lines.iter().map(|line| line.len() + 1).sum());
    for line in lines {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

/// The summary (the first paragraph in one line) and the description of the lines
/// before the first section.
pub(super) fn split_head(lines: &[&str]) -> (String, Option<String>) {
    let lines = dedent(lines.iter().copied());
    let first = lines.iter().take_while(|line| !line.is_empty()).count();
    let (summary, rest) = lines.split_at(first);
    let description = normalise(&rest.join("\n"));
    (one_line(&summary.join("\n")), (!description.is_empty()).then_some(description))
}

/// The body of a section, as its style reads it, or its text if it holds no items.
pub(super) fn items_or_text(items: Option<Vec<Item>>, lines: &[&str]) -> SectionBody {
    match items {
        Some(items) if !items.is_empty() => SectionBody::Items(items),
        _ => SectionBody::Text(normalise(&dedent(lines.iter().copied()).join("\n"))),
    }
}

/// A description from the text in its first line and the lines that follow, which
/// stand `hang` bytes further in (as far as they do).
pub(super) fn description(first: &str, rest: &[&str], hang: usize) -> String {
    let hang = match rest.first() {
        // The line below tells how far people indent here.
        Some(line) if !line.trim().is_empty() && !first.trim().is_empty() => indent(line),
        _ => hang,
    };
    let mut text = String::from(first.trim());
    for line in rest {
        text.push('\n');
        text.push_str(line.get(hang.min(indent(line))..).unwrap_or(""));
    }
    normalise(&text)
}

/// Byte offset of the first `:` that is followed by white space or the end and stands
/// outside brackets, quotes and backticks.
pub(super) fn colon(line: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote = None;
    let mut chars = line.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(open), c) => quote = (c != open).then_some(open),
            (None, '`' | '"') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ':')
                if depth == 0 && chars.peek().is_none_or(|(_, next)| next.is_whitespace()) =>
            {
                return Some(at);
            }
            _ => {}
        }
    }
    None
}

/// Whether `text` could be a type: no space outside brackets but around `|`, or in
/// `list of str` and `int or None`.
pub(super) fn is_type(text: &str) -> bool {
    if is_one_type(text) {
        return true;
    }
    let parts: Vec<&str> = text.split(" or ").collect();
    let is_list = |part: &str| {
        part.split_once(" of ").is_some_and(|(outer, inner)| {
            CONTAINERS.contains(&outer.trim_matches('`')) && is_one_type(inner)
        })
    };
    let is_named = |part: &str| {
        let name = part.rsplit('.').next().unwrap_or(part).trim_matches('`');
        let is_class = name.starts_with(|c: char| c.is_ascii_uppercase());
        is_one_type(part) && (is_class || CONTAINERS.contains(&name) || SCALARS.contains(&name))
    };
    match parts.as_slice() {
        [one] => is_list(one),
        parts => parts.iter().all(|part| is_named(part) || is_list(part)),
    }
}

/// Types of which people say what they hold.
const CONTAINERS: &[&str] = &[
    "list",
    "List",
    "tuple",
    "Tuple",
    "set",
    "Set",
    "dict",
    "Dict",
    "frozenset",
    "iterable",
    "Iterable",
    "iterator",
    "Iterator",
    "sequence",
    "Sequence",
    "generator",
    "Generator",
    "array",
    "ndarray",
];
/// Built-in types that hold nothing.
const SCALARS: &[&str] =
    &["bool", "bytes", "bytearray", "complex", "float", "int", "object", "str", "None"];

/// Whether what makes up a whole description is a type: a built-in one, a generic one, a
/// class of a module.
pub(super) fn is_bare_type(text: &str) -> bool {
    const BUILT_IN: &[&str] = &[
        "bool",
        "bytes",
        "bytearray",
        "complex",
        "dict",
        "float",
        "frozenset",
        "int",
        "list",
        "object",
        "set",
        "str",
        "tuple",
        "None",
    ];
    let text = text.trim_matches('`');
    let starts = text.starts_with(|c: char| c.is_alphabetic() || c == '_');
    let is_class = text.rsplit_once('.').is_some_and(|(_, name)| {
        name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains('(')
    });
    let has_form = is_class || text.ends_with(']') || text.contains(" | ");
    BUILT_IN.contains(&text) || starts && has_form && is_type(text) && !text.ends_with('.')
}

/// Whether the first line of a value in the numpy style is its type, and not the beginning
/// of a sentence that goes on in `below`.
pub(super) fn is_value_type(first: &str, below: Option<&str>) -> bool {
    const WORDS: &[&str] = &[
        "a", "an", "and", "are", "as", "at", "be", "by", "for", "from", "if", "in", "is", "it",
        "its", "on", "that", "the", "this", "to", "when", "where", "whether", "which", "with",
    ];
    if is_type(first) {
        return first != "A" && !first.ends_with([',', ';', '.', ':']);
    }
    let Some(below) = below else { return false };
    let is_prose = first.split(' ').any(|word| WORDS.contains(&word.to_lowercase().as_str()));
    let goes_on = first.chars().count() > 40
        || first.ends_with([',', ';', '.', ':'])
        || !below.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
    !(is_prose && goes_on)
}

fn is_one_type(text: &str) -> bool {
    let mut depth = 0usize;
    let joined = text.replace(" | ", "|");
    !joined.is_empty()
        && joined.chars().all(|c| {
            match c {
                '(' | '[' | '{' => depth += 1,
                ')' | ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            !c.is_whitespace() || depth > 0
        })
}

/// The lines of a section's body, whatever it holds.
pub(super) fn text_lines(text: &str, indent: usize, layout: Layout) -> Vec<String> {
    let width = layout.width.saturating_sub(indent).max(20);
    let mut out = Vec::new();
    wrap::push_indented(&mut out, indent, fill(text, width, width));
    out
}
