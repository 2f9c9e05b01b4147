//! Annotations of GitHub Actions: `::warning file=…,line=…::message`.

use std::path::Path;

use super::super::row::Row;
use super::slashed;
use crate::generate::Severity;

/// One finding.
pub(super) fn line(path: &Path, row: &Row) -> String {
    let command = match row.code.severity() {
        Severity::Hint => "notice",
        Severity::Warning => "warning",
    };
    let (start, end) = (row.start, row.end);
    let place = format!("{}:{}:{}", slashed(path), start.line, start.column);
    // A column of the end without one of the same line is refused.
    let columns = if start.line == end.line {
        format!("col={},endLine={},endColumn={}", start.column, end.line, end.column)
    } else {
        format!("col={},endLine={}", start.column, end.line)
    };
    format!(
        "::{command} title={},file={},line={},{columns}::{}",
        property(&format!("docstring-ls ({})", row.code.id())),
        property(&slashed(path)),
        start.line,
        data(&format!("{place}: {} {}", row.code.id(), row.message)),
    )
}

/// A file that could not be checked.
pub(super) fn failure(path: &Path, reason: &str) -> String {
    format!("::error title=docstring-ls,file={}::{}", property(&slashed(path)), data(reason))
}

/// Text after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn what_would_end_a_command_is_escaped() {
        assert_eq!(data("50%\r\n::error::"), "50%25%0D%0A::error::");
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
