//! The lines of a docstring's literal, each with its place in the file.

use std::ops::Range;

use super::literal::forbidden;
use super::place::newline_in;
use super::quoted::Quoted;
use crate::docstring::Symbol;
use crate::syntax::{Close, Ink, Violation, Written, WrittenLine};

/// The columns to which Python expands a tab.
const TAB: usize = 8;

/// The lines of a literal with their tabs expanded, before any white space is taken away.
/// `start` is where it begins in the file.
fn raw_lines(quoted: &Quoted<'_>, start: usize) -> Result<Vec<Raw>, Violation> {
    let start = start + quoted.opening.len();
    let mut lines = Vec::new();
    let mut line = Raw::new(start);
    let mut rest = quoted.inner;
    loop {
        let at = start + (quoted.inner.len() - rest.len());
        let Some(c) = rest.chars().next() else {
            line.range.end = at;
            line.offsets.push(at);
            lines.push(line);
            return Ok(lines);
        };
        let mut length = c.len_utf8();
        match c {
            '\n' | '\r' => {
                length = if rest.starts_with("\r\n") { 2 } else { 1 };
                line.range.end = at;
                line.offsets.push(at);
                lines.push(std::mem::replace(&mut line, Raw::new(at + length)));
            }
            '\\' if !quoted.is_raw => length = escape(rest, at, &mut line)?,
            _ => line.push(c, at, length),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
}

/// A line of a literal's value.
struct Raw {
    range: Range<usize>,
    text: String,
    offsets: Vec<usize>,
    columns: usize,
}

impl Raw {
    fn new(start: usize) -> Self {
        Self { range: start..start, text: String::new(), offsets: Vec::new(), columns: 0 }
    }

    /// Adds a character that is written in `length` bytes at `at`.
    fn push(&mut self, c: char, at: usize, length: usize) {
        if c == '\t' {
            let width = TAB - self.columns % TAB;
            self.text.extend(std::iter::repeat_n(' ', width));
            self.offsets.extend(std::iter::repeat_n(at, width));
            self.columns += width;
            return;
        }
        self.text.push(c);
        let is_plain = length == c.len_utf8();
        self.offsets.extend((0..c.len_utf8()).map(|byte| if is_plain { at + byte } else { at }));
        self.columns += 1;
    }

    fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// The line without `margin` bytes at its start and white space at its end.
    fn cut(self, margin: usize, has_margin: bool) -> WrittenLine {
        let margin = margin.min(self.text.len());
        let text = self.text.get(margin..).unwrap_or_default().trim_end().to_owned();
        let offsets = self.offsets.into_iter().skip(margin).take(text.len() + 1).collect();
        WrittenLine { range: self.range, text, offsets, has_margin }
    }
}

/// Reads an escape at the start of `rest`, and says how long it is.
fn escape(rest: &str, at: usize, line: &mut Raw) -> Result<usize, Violation> {
    let hex = |count: usize| {
        let digits = rest.get(2..2 + count)?;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    };
    let unreadable = || Violation::new("the docstring holds an escape that cannot be kept apart");
    let Some(c) = rest.chars().nth(1) else { return Err(unreadable()) };
    let (value, length) = match c {
        '\r' if rest.starts_with("\\\r\n") => return Ok(3),
        '\n' | '\r' => return Ok(2),
        'n' | 'r' => return Err(Violation::new("the docstring holds an escaped newline")),
        't' => ('\t', 2),
        '\\' | '\'' | '"' => (c, 2),
        'x' => (hex(2).ok_or_else(unreadable)?, 4),
        'u' => (hex(4).ok_or_else(unreadable)?, 6),
        'U' => (hex(8).ok_or_else(unreadable)?, 10),
        'a' => ('\x07', 2),
        'b' => ('\x08', 2),
        'f' => ('\x0c', 2),
        'v' => ('\x0b', 2),
        '0'..='7' => {
            let digits = rest.get(1..).unwrap_or_default().bytes().take(3);
            let digits = digits.take_while(|digit| matches!(digit, b'0'..=b'7'));
            let (value, count) = digits.fold((0u32, 0usize), |(value, count), digit| {
                (value * 8 + u32::from(digit - b'0'), count + 1)
            });
            (char::from_u32(value).ok_or_else(unreadable)?, 1 + count)
        }
        'N' => return Err(unreadable()),
        // Not an escape: the backslash stays.
        _ => {
            line.push('\\', at, 1);
            return Ok(1);
        }
    };
    line.push(value, at, length);
    Ok(length)
}

/// The docstring of `symbol` line by line.
///
/// # Errors
///
/// When it is not one plain literal in three quotes whose lines are lines of the file.
pub(super) fn written(text: &str, symbol: &Symbol) -> Result<Written, Violation> {
    let Some(existing) = &symbol.existing else {
        return Err(Violation::new("there is no docstring"));
    };
    let quoted = Quoted::read(text.get(existing.range.clone()).unwrap_or_default())?;
    let raw = raw_lines(&quoted, existing.range.start)?;
    if quoted.quotes.len() == 1 {
        return Err(Violation::new("the docstring stands in single quotes"));
    }
    let indent = |line: &Raw| line.text.len() - line.text.trim_start_matches(' ').len();
    let below = raw.iter().skip(1).filter(|line| !line.is_empty());
    let margin = below.map(indent).min().unwrap_or(0);
    let first = raw.iter().position(|line| !line.is_empty());
    let last = raw.iter().rposition(|line| !line.is_empty());
    let (Some(first), Some(last)) = (first, last) else {
        return Err(Violation::new("the docstring is empty"));
    };
    let close = if last + 1 == raw.len() { Close::Quotes } else { Close::Line };
    let lines: Vec<WrittenLine> = raw
        .into_iter()
        .enumerate()
        .skip(first)
        .take(last + 1 - first)
        .map(|(index, line)| match index {
            0 => {
                let blank = line.text.len() - line.text.trim_start().len();
                line.cut(blank, false)
            }
            _ => line.cut(margin, true),
        })
        .collect();
    let known = lines.iter().filter(|line| line.has_margin && !line.text.is_empty());
    let mut at_margin = known.filter(|line| !line.text.starts_with(' '));
    let margin = at_margin.next().and_then(|line| {
        let raw = text.get(line.range.start..*line.offsets.first()?)?;
        raw.chars().all(|c| matches!(c, ' ' | '\t')).then(|| raw.to_owned())
    });
    let slot = symbol.slot.as_ref();
    let newline = newline_in(quoted.inner).or_else(|| slot.map(|slot| slot.newline));
    Ok(Written {
        lines,
        margin: margin.or_else(|| slot.map(|slot| slot.indent.clone())).unwrap_or_default(),
        newline: newline.unwrap_or("\n"),
        close,
        ink: if quoted.is_raw {
            Ink::Plain { quotes: quoted.quotes }
        } else {
            Ink::Escaped { quotes: quoted.quotes }
        },
    })
}

/// One line of new text as it is written in a literal.
///
/// # Errors
///
/// When it holds what cannot be seen, or what a raw literal has no way to say.
pub(super) fn encode(text: &str, ink: Ink) -> Result<String, Violation> {
    if let Some(bad) = text.chars().find(|c| forbidden(*c) || *c == '\n') {
        let code = u32::from(bad);
        return Err(Violation::new(format!("the text holds the character U+{code:04X}")));
    }
    match ink {
        Ink::Escaped { quotes } => {
            let text = text.replace('\\', "\\\\");
            let Some(quote) = quotes.chars().next().filter(|_| text.contains(quotes)) else {
                return Ok(text);
            };
            let escaped = format!("\\{quote}").repeat(quotes.len());
            Ok(text.replace(quotes, &escaped))
        }
        Ink::Plain { quotes } if text.contains(quotes) => {
            Err(Violation::new("the words hold the quotes of the raw docstring"))
        }
        Ink::Plain { .. } | Ink::Comment => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use crate::docstring::Language;
    use crate::syntax::{Close, Ink, Source, Violation, Written};

    fn written(text: &str) -> Result<Written, Violation> {
        let source = Source::parse(Language::Python, "m", text.into()).unwrap();
        let symbol = source.symbols(|outline| outline.path.0 == "f").remove(0);
        source.written(&symbol)
    }

    /// Each line's text beside what stands in the file.
    fn check(text: &str, expected: &[(&str, &str)]) {
        let written = written(text).unwrap();
        let lines =
            written.lines.iter().map(|line| (line.text.as_str(), &text[line.range.clone()]));
        assert_eq!(lines.collect::<Vec<_>>(), expected);
        for line in &written.lines {
            assert_eq!(line.offsets.len(), line.text.len() + 1);
        }
    }

    #[test]
    fn lines_are_found() {
        check(
            "def f():\n    \"\"\"A.\n\n    Args:\n        x: B. \n    \"\"\"\n",
            &[("A.", "A."), ("", ""), ("Args:", "    Args:"), ("    x: B.", "        x: B. ")],
        );
        check("def f():\n\t'''\n\tA.\r\n\t\tx\n\t'''\n", &[("A.", "\tA."), ("        x", "\t\tx")]);
        check(
            "def f():\n    \"\"\"\\\n    A\\\n    b.\"\"\"\n",
            &[("A    b.", "\\\n    A\\\n    b.")],
        );
    }

    #[test]
    fn bytes_are_found() {
        let text = "def f():\n    \"\"\"A \\\\ \\x41é.\n    \"\"\"\n";
        let line = &written(text).unwrap().lines[0];
        assert_eq!(line.text, "A \\ Aé.");
        assert_eq!(&text[line.place(&(4..5)).unwrap()], "\\x41");
        assert_eq!(&text[line.place(&(5..7)).unwrap()], "é");
        assert_eq!(&text[line.place(&(7..8)).unwrap()], ".");
    }

    #[test]
    fn the_literal_is_described() {
        let one = written("def f():\n  r'''A.\n\n  B'''\n").unwrap();
        assert_eq!((one.close, one.ink), (Close::Quotes, Ink::Plain { quotes: "'''" }));
        assert_eq!((one.margin.as_str(), one.newline), ("  ", "\n"));
        let other = written("def f():\r\n    \"\"\"A.\r\n    \"\"\"\r\n").unwrap();
        assert_eq!((other.close, other.newline), (Close::Line, "\r\n"));
        assert_eq!(other.ink, Ink::Escaped { quotes: "\"\"\"" });
    }

    #[test]
    fn what_is_no_plain_literal_is_refused() {
        for text in [
            "def f():\n    \"\"\"A.\"\"\" \"\"\"B.\"\"\"\n",
            "def f():\n    ('A.'\n     'B.')\n",
            "def f():\n    \"\"\"A.\\nB.\"\"\"\n",
            "def f():\n    \"\"\"A \\N{BULLET}.\"\"\"\n",
            "def f():\n    \"A.\"\n",
        ] {
            assert!(written(text).is_err(), "{text}");
        }
    }
}
