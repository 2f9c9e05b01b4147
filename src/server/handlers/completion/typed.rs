//! What was typed: the beginning of documentation, and nothing else in its line.
//!
//! Found in the text alone. An opened string swallows the rest of the file, so that
//! there is no tree of use at that moment.

use std::ops::Range;

use crate::docstring::Language;
use crate::syntax::is_code;

/// The beginning of documentation, alone in its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// Where its line begins.
    pub(super) line: usize,
    /// Quotes or slashes, closing quotes behind the cursor included.
    pub(super) range: Range<usize>,
    /// The cursor.
    pub(super) cursor: usize,
    /// `//!`, for what is around it.
    pub(super) is_inner: bool,
}

impl Typed {
    /// What was typed before `cursor`, if it begins documentation.
    pub(super) fn read(language: Language, text: &str, cursor: usize) -> Option<Self> {
        let head = text.get(..cursor)?;
        let line = head.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        // Long lines are no concern of ours.
        let before = head.get(line..).filter(|before| before.len() < 256)?;
        let before = before.trim_start_matches('\u{feff}');
        let mark = before.trim_start_matches([' ', '\t']);
        let rest = text.get(cursor..)?;
        let after = rest.split(['\n', '\r']).next()?;
        let (length, is_inner) = match language {
            Language::Python => (quotes(mark, after)?, false),
            Language::Rust => (slashes(mark, after)?, mark.starts_with("//!")),
        };
        let range = cursor - mark.len()..cursor + length;
        is_code(language, text, line).then_some(Self { line, range, cursor, is_inner })
    }

    /// What stands before it in its line.
    pub(super) fn indent<'a>(&self, text: &'a str) -> &'a str {
        let indent = text.get(self.line..self.range.start).unwrap_or_default();
        indent.trim_start_matches('\u{feff}')
    }

    /// The text without it, as if it had never been typed. A definition that has no body
    /// yet gets one (`pass`), so that the text is code.
    pub(super) fn removed(&self, language: Language, text: &str) -> String {
        let before = text.get(..self.range.start).unwrap_or_default();
        let after = text.get(self.range.end..).unwrap_or_default();
        let indent = self.indent(text);
        let stands_alone = language == Language::Python && !indent.is_empty() && {
            let mut lines = after.split(['\n', '\r']).skip(1);
            let code = lines.find(|line| {
                let code = line.trim_start();
                !code.is_empty() && !code.starts_with('#')
            });
            !code.is_some_and(|line| line.starts_with(indent))
        };
        [before, if stands_alone { "pass" } else { "" }, after].concat()
    }
}

/// Bytes behind the cursor that belong to the quotes before it: those that the editor
/// closed by itself, and blanks.
fn quotes(mark: &str, after: &str) -> Option<usize> {
    let quotes = mark.strip_prefix(['r', 'R', 'u', 'U']).unwrap_or(mark);
    let quote = match quotes {
        "\"\"\"" => '"',
        "'''" => '\'',
        _ => return None,
    };
    let closing = after.chars().take(3).take_while(|letter| *letter == quote).count();
    let blank = after.get(closing..)?;
    blank.trim().is_empty().then_some(after.len())
}

/// Bytes behind the cursor that belong to the slashes before it: blanks.
fn slashes(mark: &str, after: &str) -> Option<usize> {
    let is_doc = matches!(mark.trim_end_matches(' '), "///" | "//!");
    (is_doc && after.trim().is_empty()).then_some(after.len())
}

/// Whether these lines hold no code.
pub(super) fn is_blank(text: &str, comment: &str) -> bool {
    text.split(['\n', '\r']).all(|line| {
        let line = line.trim();
        line.is_empty() || line.starts_with(comment)
    })
}
