//! Documentation as it is written in the file, line by line.
//!
//! The text of an [`Existing`](crate::docstring::Existing) docstring has lost its quotes,
//! markers, margins, escapes, tabs and newlines. [`Written`] keeps them, so that single
//! lines can be changed, moved, added and taken out while all others keep every byte.

use std::ops::Range;

/// The lines of one docstring, empty ones at either end left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The lines; their texts joined by `\n` are the text of the documentation.
    pub lines: Vec<WrittenLine>,
    /// What begins a line of the documentation: the margin, and in Rust the marker.
    pub margin: String,
    /// The newline at this place of the file.
    pub newline: &'static str,
    /// What follows the last line.
    pub close: Close,
    /// How text is written here.
    pub ink: Ink,
}

/// How text is written in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// As it is; three such quotes in a row would end a literal.
    Plain {
        /// The quotes.
        quotes: &'static str,
    },
    /// With backslashes and the literal's quotes escaped.
    Escaped {
        /// The quotes.
        quotes: &'static str,
    },
    /// As it is, in a line comment.
    Comment,
}

/// What follows the last line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// A newline: whatever the last line ends with is harmless.
    Line,
    /// The closing quotes.
    Quotes,
}

/// One line as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenLine {
    /// Bytes of the file, margin and marker included, the newline not; may hold line
    /// continuations.
    pub range: Range<usize>,
    /// What it says.
    pub text: String,
    /// For each byte of `text`, and for its end, where that stands in the file.
    pub offsets: Vec<usize>,
    /// The line begins with its margin. The first one may stand behind the opening quotes.
    pub has_margin: bool,
}

impl WrittenLine {
    /// The bytes of the file for a stretch of the text.
    pub fn place(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let start = *self.offsets.get(range.start)?;
        let end = *self.offsets.get(range.end)?;
        (start <= end).then_some(start..end)
    }
}
