//! For people: what is wrong, and the line where it stands.

use std::io;
use std::path::Path;

use super::super::super::Output;
use super::super::super::output::plain;
use super::super::row::Row;
use super::shown;
use crate::style::width;

/// Columns of a tab.
const TAB: &str = "    ";

/// A finding in one line: `path:line:column: CODE [*] message`.
pub(super) fn concise(path: &Path, row: &Row, is_colored: bool) -> String {
    let paint = |code: &str, text: &str| {
        if is_colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let place = format!("{}:{}:{}:", shown(path), row.start.line, row.start.column);
    let mark = if row.fixable { " [*]" } else { "" };
    let (code, message) = (paint("1;31", row.code.id()), plain(&row.message));
    format!("{} {code}{mark} {message}", paint("1", &place))
}

/// A finding with the lines around it and what is wrong underlined, as ruff prints it.
pub(super) fn print(out: &mut Output, path: &Path, row: &Row) -> io::Result<()> {
    let is_colored = out.is_colored;
    let paint = |code: &str, text: &str| {
        if is_colored { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let mark = if row.fixable { " [*]" } else { "" };
    let (code, message) = (paint("1;31", row.code.id()), plain(&row.message));
    out.line(&format!("{code}{mark} {}", paint("1", &message)))?;
    let last = row.excerpt.last().map_or(row.start.line, |(number, _)| *number);
    let margin = " ".repeat(last.to_string().len());
    let bar = paint("1;34", "|");
    let place = format!("{}:{}:{}", shown(path), row.start.line, row.start.column);
    out.line(&format!("{margin}{} {place}", paint("1;34", "-->")))?;
    out.line(&format!("{margin} {bar}"))?;
    for (number, line) in &row.excerpt {
        let label = paint("1;34", &format!("{number:>width$} |", width = margin.len()));
        let text = visible(line);
        out.line(format!("{label} {text}").trim_end())?;
        if *number == row.start.line {
            let (before, meant) = carets(row, line);
            let under = paint("1;31", &"^".repeat(meant));
            out.line(&format!("{margin} {bar} {}{under}", " ".repeat(before)))?;
        }
    }
    out.line(&format!("{margin} {bar}"))?;
    out.line("")
}

/// A line as it is shown: tabs have a width, and nothing drives the terminal.
fn visible(line: &str) -> String {
    plain(&line.replace('\t', TAB)).into_owned()
}

/// The columns before what is meant, and its own, in the line as it is shown.
fn carets(row: &Row, line: &str) -> (usize, usize) {
    let start = row.start.column - 1;
    let before: String = line.chars().take(start).collect();
    let rest = line.chars().skip(start);
    let meant: String = if row.end.line == row.start.line {
        rest.take(row.end.column.saturating_sub(row.start.column)).collect()
    } else {
        rest.collect()
    };
    (width(&visible(&before)), width(&visible(meant.trim_end())).max(1))
}
