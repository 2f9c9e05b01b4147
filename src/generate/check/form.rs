//! What cannot be read as what it seems to be.
//!
//! Only what no reader of the style would understand is a fault; where two readings are
//! possible, the docstring is taken as prose.

mod fields;
mod google;
mod markdown;
mod numpy;
mod words;

use std::ops::Range;

use super::lines::{Line, lines};
use crate::docstring::{Language, Symbol};
use crate::syntax::Source;

/// Faults of one docstring that are told; more of them have one cause.
const MOST: usize = 16;

/// Something that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// Bytes of the file that are wrong.
    pub(super) range: Range<usize>,
    /// One sentence without a full stop.
    pub(super) message: String,
}

impl Fault {
    fn at(line: &Line<'_>, message: impl Into<String>) -> Self {
        Self { range: line.range(), message: message.into() }
    }
}

/// The faults of the docstring of `symbol`, in the order of the file.
pub(super) fn faults(source: &Source, symbol: &Symbol) -> Vec<Fault> {
    let Some(existing) = &symbol.existing else { return Vec::new() };
    if existing.text.trim().is_empty() {
        let what = match source.language() {
            Language::Python => "docstring is empty",
            Language::Rust => "doc comment is empty",
        };
        return vec![Fault { range: existing.range.clone(), message: what.into() }];
    }
    let Some(lines) = lines(source.language(), source.text(), &existing.range) else {
        return Vec::new();
    };
    let mut found = match source.language() {
        Language::Rust => markdown::faults(&lines, symbol.kind.is_callable()),
        Language::Python => {
            let (lines, fence) = markdown::without_fences(&lines);
            let mut found: Vec<Fault> = fence.into_iter().collect();
            found.extend(google::faults(&lines, symbol));
            found.extend(numpy::faults(&lines));
            found.extend(fields::faults(&lines));
            found
        }
    };
    found.sort_by_key(|fault| fault.range.start);
    found.truncate(MOST);
    found
}
