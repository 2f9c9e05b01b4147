//! A docstring as it is spelled in the source: quotes, prefix, escapes, indentation and
//! newlines, taken apart so that its lines can be put in another order and nothing else.

use super::quoted::Quoted;
use crate::syntax::{Spelling, Violation};

/// Takes the literal apart.
///
/// # Errors
///
/// When it is not one literal in triple quotes, or its lines are indented in a way that
/// would not survive.
pub(super) fn spelling(literal: &str, indent: &str) -> Result<Spelling, Violation> {
    let Quoted { opening, quotes: quote, inner, is_raw } = Quoted::read(literal)?;
    if quote.len() == 1 {
        return Err(Violation::new("the docstring stands in single quotes"));
    }
    let newline = if inner.contains("\r\n") {
        "\r\n"
    } else if inner.contains('\r') {
        "\r"
    } else {
        "\n"
    };
    let unified = inner.replace("\r\n", "\n").replace('\r', "\n");
    // A backslash at the start joins the first line to the quotes.
    let (continued, body) = match unified.strip_prefix("\\\n") {
        Some(body) if !is_raw => ("\\\n", body),
        _ => ("", unified.as_str()),
    };
    let bare = body.trim_start_matches([' ', '\t', '\n']);
    let head = body.get(..body.len() - bare.len()).unwrap_or_default();
    let text = bare.trim_end_matches([' ', '\t', '\n']);
    let tail = bare.get(text.len()..).unwrap_or_default();
    let starts_below = !continued.is_empty() || head.contains('\n');
    let (step, lines) = dedented(text, head, starts_below, indent)?;
    if !is_raw && lines.lines().any(odd_backslash) {
        return Err(Violation::new("a line of it goes on in the next one by a backslash"));
    }
    let above = head.rsplit_once('\n').map_or("", |(above, _)| above);
    let before = match (starts_below, head.contains('\n')) {
        (false, _) => [opening, head].concat(),
        (true, true) => [opening, continued, above, "\n", &step.indent].concat(),
        (true, false) => [opening, continued, &step.indent].concat(),
    };
    Ok(Spelling {
        text: lines,
        first_line: continued.matches('\n').count() + head.matches('\n').count(),
        has_escapes: !is_raw && inner.contains('\\'),
        before,
        indent: step.indent,
        uses_tabs: step.uses_tabs,
        after: tail.to_owned(),
        quote,
        newline,
    })
}

fn odd_backslash(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

/// How the lines of a literal are indented.
struct Step {
    indent: String,
    uses_tabs: bool,
}

/// The lines without their common indentation, tabs in front as four blanks each.
fn dedented(
    text: &str,
    head: &str,
    starts_below: bool,
    indent: &str,
) -> Result<(Step, String), Violation> {
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let first_indent = head.rsplit('\n').next().unwrap_or_default();
    let mut hanging: Vec<&str> = Vec::new();
    if starts_below {
        hanging.push(first_indent);
    }
    let below = text.split('\n').skip(1).filter(|line| !line.trim().is_empty());
    hanging.extend(below.map(|line| line.get(..blanks(line)).unwrap_or_default()));
    let shortest = hanging.iter().min_by_key(|blanks| blanks.len()).copied();
    let common = shortest.unwrap_or(indent);
    if !hanging.iter().all(|blanks| blanks.starts_with(common)) {
        return Err(Violation::new("tabs and blanks are mixed in front of its lines"));
    }
    let deeper = hanging.iter().filter_map(|blanks| blanks.get(common.len()..));
    let has_tabs = deeper.clone().any(|blanks| blanks.contains('\t'));
    let uses_tabs = has_tabs || common.contains('\t');
    let lines = text.split('\n').enumerate().map(|(index, line)| {
        let rest = match index {
            0 if starts_below => {
                let own = first_indent.get(common.len()..).unwrap_or_default();
                return [&own.replace('\t', "    "), line].concat();
            }
            0 => return line.to_owned(),
            _ if line.trim().is_empty() => return String::new(),
            _ => line.get(common.len()..).unwrap_or_default(),
        };
        let (own, rest) = rest.split_at(blanks(rest));
        [&own.replace('\t', "    "), rest.trim_end_matches([' ', '\t'])].concat()
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    Ok((Step { indent: common.to_owned(), uses_tabs }, lines))
}

impl Spelling {
    /// The literal with `text` (dedented, spelled as in the source) in place of its own.
    pub(super) fn python(&self, text: &str) -> String {
        let mut out = self.before.clone();
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                out.push('\n');
                if !line.is_empty() {
                    out.push_str(&self.indent);
                }
            }
            let bare = line.trim_start_matches(' ');
            let depth = line.len() - bare.len();
            if self.uses_tabs {
                out.push_str(&"\t".repeat(depth / 4));
                out.push_str(&" ".repeat(depth % 4));
            } else {
                out.push_str(&" ".repeat(depth));
            }
            out.push_str(bare);
        }
        // Quotes beside the last line would swallow one of its own.
        let is_open = text.ends_with(['"', '\'', '\\']) && self.after.is_empty();
        if self.after.is_empty() && (is_open || !self.text.contains('\n')) {
            out.push('\n');
            out.push_str(&self.indent);
        }
        out.push_str(&self.after);
        if self.newline != "\n" {
            out = out.replace('\n', self.newline);
        }
        out.push_str(self.quote);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::spelling;
    use crate::syntax::python::literal::decode;

    /// The lines, and the literal with `text` in their place.
    fn check(literal: &str, lines: &str, text: &str, expected: &str) {
        let spelling = spelling(literal, "    ").unwrap();
        assert_eq!(spelling.text, lines);
        assert_eq!(decode(&spelling.python(lines)), decode(literal));
        assert_eq!(spelling.python(text), expected);
    }

    #[test]
    fn keeps_quotes_and_the_place_of_the_text() {
        check(
            "\"\"\"A.\n\n    B:\n        c\n    \"\"\"",
            "A.\n\nB:\n    c",
            "A.\n\nB\n  d",
            "\"\"\"A.\n\n    B\n      d\n    \"\"\"",
        );
        check("'''\n    A.\n\n    B.'''", "A.\n\nB.", "A.\n\nC.", "'''\n    A.\n\n    C.'''");
        check("R\"\"\" A.\n  \\d\n\"\"\"", "A.\n\\d", "A.\n\\e", "R\"\"\" A.\n  \\e\n\"\"\"");
        check("\"\"\"\\\nA.\n\nB.\n\"\"\"", "A.\n\nB.", "A.\nC.", "\"\"\"\\\nA.\nC.\n\"\"\"");
    }

    #[test]
    fn keeps_escapes_tabs_and_newlines() {
        check(
            "\"\"\"A \\x41 \\\\d.\r\n\r\n\tB:\r\n\t\tc\r\n\t\"\"\"",
            "A \\x41 \\\\d.\n\nB:\n    c",
            "A \\x41.\n    c",
            "\"\"\"A \\x41.\r\n\t\tc\r\n\t\"\"\"",
        );
    }

    #[test]
    fn closing_quotes_do_not_swallow_a_quote() {
        check("\"\"\"A.\n    B.\"\"\"", "A.\nB.", "A.\n\"B\"", "\"\"\"A.\n    \"B\"\n    \"\"\"");
    }

    #[test]
    fn refuses_what_would_not_survive() {
        for literal in [
            "'A.'",
            "'''A''' '''B'''",
            "\"\"\"A \\\n    b.\"\"\"",
            "\"\"\"A.\n\tb\n    c\n\"\"\"",
            "('''A''')",
        ] {
            assert!(spelling(literal, "    ").is_err(), "{literal}");
        }
    }
}
