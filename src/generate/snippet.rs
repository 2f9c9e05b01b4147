//! The edit as an LSP snippet: words that rest on a name only become tab stops.
//!
//! The docstring is rendered a second time, with the guessed words between marks
//! that have no width and so do not disturb the layout. The encoded text holds every
//! line of the plain rendering; the marks of a line are carried over to it. Where
//! this does not work out exactly (a line that had to be escaped), there is no snippet.

use std::fmt::Write as _;

use super::options::Options;
use super::{compose, render};
use crate::docstring::{Edit, Symbol};
use crate::style::{Content, STOP_CLOSE, STOP_OPEN};

/// A place in the encoded text where a tab stop begins or ends.
type Mark = (usize, char);

/// `edit.text` as the body of a snippet; `None` without guesses.
pub(super) fn snippet(
    symbol: &Symbol,
    content: &Content,
    guesses: &[String],
    options: &Options,
    text: &str,
    edit: &Edit,
) -> Option<String> {
    let mut content = content.clone();
    let mut is_marked = false;
    for guess in guesses {
        if let Some(words) = target(&mut content, guess) {
            words.insert(0, STOP_OPEN);
            words.push(STOP_CLOSE);
            is_marked = true;
        }
    }
    if !is_marked {
        return None;
    }
    let docstring = compose(symbol, &content, options);
    let marked = render(&docstring, symbol, options.style, options);
    body(&edit.text, &marks(text, &marked, &edit.text)?)
}

/// The words that a JSON pointer into the content names.
fn target<'a>(content: &'a mut Content, pointer: &str) -> Option<&'a mut String> {
    let mut parts = pointer.strip_prefix('/')?.split('/');
    let (field, index, leaf) = (parts.next()?, parts.next(), parts.next());
    if parts.next().is_some() {
        return None;
    }
    let Some(index) = index else {
        return match field {
            "summary" => Some(&mut content.summary),
            "description" => content.description.as_mut(),
            "returns" => content.returns.as_mut(),
            "yields" => content.yields.as_mut(),
            "errors" => content.errors.as_mut(),
            "panics" => content.panics.as_mut(),
            "safety" => content.safety.as_mut(),
            "notes" => content.notes.as_mut(),
            "warnings" => content.warnings.as_mut(),
            "deprecated" => content.deprecated.as_mut(),
            _ => None,
        };
    };
    let list = match field {
        "params" => &mut content.params,
        "raises" => &mut content.raises,
        "attributes" => &mut content.attributes,
        _ => return None,
    };
    let described = list.get_mut(index.parse::<usize>().ok()?)?;
    (leaf == Some("description")).then_some(&mut described.description)
}

/// Where the marks of `marked` come to stand in `encoded`.
fn marks(plain: &str, marked: &str, encoded: &str) -> Option<Vec<Mark>> {
    let mut marks = Vec::new();
    let mut cursor = 0;
    let mut lines = marked.lines();
    for plain in plain.lines() {
        let marked = lines.next()?;
        let at = cursor + encoded.get(cursor..)?.find(plain)?;
        let mut column = 0;
        let mut rest = plain.chars();
        for c in marked.chars() {
            if matches!(c, STOP_OPEN | STOP_CLOSE) {
                marks.push((at + column, c));
            } else if rest.next() == Some(c) {
                column += c.len_utf8();
            } else {
                return None;
            }
        }
        if rest.next().is_some() {
            return None;
        }
        cursor = at + plain.len();
    }
    lines.next().is_none().then_some(marks)
}

/// The snippet: text escaped, stops numbered, the cursor at the end.
fn body(encoded: &str, marks: &[Mark]) -> Option<String> {
    let mut out = String::with_capacity(encoded.len() + 16 * marks.len());
    let mut done = 0;
    let mut number = 0;
    let mut is_open = false;
    for (at, mark) in marks {
        escape(encoded.get(done..*at)?, &mut out);
        done = *at;
        if (*mark == STOP_OPEN) == is_open {
            return None;
        }
        is_open = *mark == STOP_OPEN;
        if is_open {
            number += 1;
            write!(out, "${{{number}:").ok()?;
        } else {
            out.push('}');
        }
    }
    escape(encoded.get(done..)?, &mut out);
    out.push_str("$0");
    (!is_open && number > 0).then_some(out)
}

/// Escapes what means something in a snippet.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        if matches!(c, '\\' | '$' | '}') {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::{body, marks};

    fn check(plain: &str, marked: &str, encoded: &str) -> Option<String> {
        let marked = marked.replace('«', "\u{E000}").replace('»', "\u{E001}");
        body(encoded, &marks(plain, &marked, encoded)?)
    }

    #[test]
    fn marks_words_across_lines_and_escapes_the_rest() {
        assert_eq!(
            check(
                "Adds $x.\n\nArgs:\n    a: The {a}\n        value.",
                "«Adds $x.»\n\nArgs:\n    a: «The {a}\n        value.»",
                "    \"\"\"Adds $x.\n\n    Args:\n        a: The {a}\n            value.\n    \"\"\"\n",
            )
            .as_deref(),
            Some(
                "    \"\"\"${1:Adds \\$x.}\n\n    Args:\n        a: ${2:The {a\\}\n            value.}\n    \"\"\"\n$0"
            )
        );
    }

    #[test]
    fn gives_up_where_the_encoding_changed_a_line() {
        assert_eq!(check("A \"\"\" b.", "«A \"\"\" b.»", "\"\"\"A \\\"\"\" b.\"\"\""), None);
    }

    #[test]
    fn gives_up_where_the_marks_changed_the_layout() {
        assert_eq!(check("A b.", "«A\nb.»", "\"\"\"A b.\"\"\""), None);
        assert_eq!(check("A b.", "«A b.", "\"\"\"A b.\"\"\""), None);
    }

    #[test]
    fn without_marks_there_is_no_snippet() {
        assert_eq!(check("A.", "A.", "\"\"\"A.\"\"\""), None);
    }
}
