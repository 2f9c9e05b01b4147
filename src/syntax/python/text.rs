//! Source text in one line: annotations, defaults, conditions.

use tree_sitter::Node;

use super::grammar::{K, kind};

/// Longest text of an expression, in bytes.
pub(super) const EXPR: usize = 200;

/// Longest text of an annotation or a default, in bytes.
const LONG: usize = 2000;

/// The source of a node.
pub(super) fn raw<'a>(text: &'a str, node: Node<'_>) -> &'a str {
    text.get(node.byte_range()).unwrap_or("")
}

/// The source of a node in one line: white space collapsed, comments dropped.
pub(super) fn flat(text: &str, node: Node<'_>) -> String {
    one_line(raw(text, node), LONG)
}

/// Like [`flat`], cut at `limit` bytes on a character boundary.
pub(super) fn short(text: &str, node: Node<'_>, limit: usize) -> String {
    one_line(raw(text, node), limit)
}

/// Collapses white space outside of string literals and drops comments, line
/// continuations and the trailing comma of a bracket that was broken over lines.
pub(super) fn one_line(source: &str, limit: usize) -> String {
    let mut out = String::new();
    // For each open bracket: it may lose a trailing comma.
    let mut brackets: Vec<(char, usize, bool)> = Vec::new();
    let mut chars = source.char_indices().peekable();
    let (mut blank, mut broken) = (false, false);
    while let Some((at, c)) = chars.next() {
        if out.len() > limit {
            break;
        }
        match c {
            '#' => {
                while chars.next_if(|(_, c)| !matches!(c, '\n' | '\r')).is_some() {}
                blank = true;
                continue;
            }
            '\\' if matches!(chars.peek(), Some((_, '\n' | '\r'))) => {
                blank = true;
                continue;
            }
            c if c.is_whitespace() => {
                blank = true;
                broken |= matches!(c, '\n' | '\r');
                continue;
            }
            _ => {}
        }
        let closes = matches!(c, ')' | ']' | '}');
        if closes
            && let Some((open, commas, call)) = brackets.pop()
            && broken
            && out.ends_with(',')
            && (open != '(' || commas > 1 || call)
        {
            out.pop();
        }
        if blank && !out.is_empty() && !closes && !out.ends_with(['(', '[', '{']) {
            out.push(' ');
        } else if blank && !broken && !out.is_empty() {
            // As written: `f( x )` on one line keeps its blanks.
            out.push(' ');
        }
        (blank, broken) = (false, false);
        match c {
            '(' | '[' | '{' => {
                let call = out.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ']');
                brackets.push((c, 0, call));
            }
            ',' => {
                if let Some((_, commas, _)) = brackets.last_mut() {
                    *commas += 1;
                }
            }
            '"' | '\'' => {
                let length = literal(source.get(at..).unwrap_or(""));
                let end = at + length;
                for c in source.get(at..end).unwrap_or("").chars() {
                    out.push(if matches!(c, '\n' | '\r') { ' ' } else { c });
                    if out.len() > limit {
                        break;
                    }
                }
                while chars.next_if(|(next, _)| *next < end).is_some() {}
                continue;
            }
            _ => {}
        }
        out.push(c);
    }
    cut(&mut out, limit);
    out
}

/// The length of the string literal (prefix excluded) at the start of `source`.
fn literal(source: &str) -> usize {
    let quote = source.get(..1).unwrap_or("\"");
    let triple = source.get(..3).filter(|three| three.chars().all(|c| quote.contains(c)));
    let mark = triple.unwrap_or(quote);
    let mut from = mark.len();
    while let Some(rest) = source.get(from..) {
        let Some(at) = rest.find(['\\', quote.chars().next().unwrap_or('"')]) else { break };
        let here = rest.get(at..).unwrap_or("");
        if here.starts_with('\\') {
            from += at + 1 + here.chars().nth(1).map_or(0, char::len_utf8);
        } else if here.starts_with(mark) {
            return from + at + mark.len();
        } else {
            from += at + 1;
        }
    }
    source.len()
}

/// Cuts `text` at `limit` bytes on a character boundary.
pub(super) fn cut(text: &mut String, limit: usize) {
    if text.len() > limit {
        let mut end = limit;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
}

/// An annotation as it is printed: one line, quotes around the whole removed.
pub(super) fn annotation(text: &str, node: Node<'_>) -> String {
    let flat = flat(text, node);
    unquoted(&flat).map_or(flat.clone(), |inner| one_line(inner.trim(), LONG))
}

/// The inside of a string literal without prefix, escapes or inner quotes.
fn unquoted(text: &str) -> Option<&str> {
    ["\"\"\"", "'''", "\"", "'"].iter().find_map(|quote| {
        let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
        let mark = quote.chars().next()?;
        (!inner.is_empty() && !inner.contains(['\\', mark])).then_some(inner)
    })
}

/// The dotted name that a node is, if it is nothing but one.
pub(super) fn dotted(text: &str, node: Node<'_>) -> Option<String> {
    if !matches!(kind(node), K::Identifier | K::Attribute) {
        return None;
    }
    let name = raw(text, node);
    if name.len() > 4 * EXPR {
        return None;
    }
    let plain = |name: &str| name.chars().all(|c| c == '.' || c == '_' || c.is_alphanumeric());
    if plain(name) {
        return Some(name.into());
    }
    // Broken over lines: `a\n    .b`.
    let name: String = one_line(name, EXPR).split(' ').collect();
    plain(&name).then_some(name)
}

/// The last segment of a dotted name.
pub(super) fn last(dotted: &str) -> &str {
    dotted.rsplit('.').next().unwrap_or(dotted)
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn puts_text_on_one_line() {
        for (source, expected) in [
            ("Union[\n    int,  # one\n    str,\n]", "Union[int, str]"),
            ("(\n    1,\n)", "(1,)"),
            ("f(\n    1,\n)", "f(1)"),
            ("a  +   b", "a + b"),
            ("'a  b'", "'a  b'"),
            ("'#'  'b'", "'#' 'b'"),
            ("a \\\n  + b", "a + b"),
            ("\"\"\"a\n'b\"\"\"", "\"\"\"a 'b\"\"\""),
            ("'\\'", "'\\'"),
        ] {
            assert_eq!(one_line(source, 200), expected, "{source}");
        }
        assert_eq!(one_line("ééé", 3), "é");
    }
}
