//! Edits of a text, in byte offsets.

use std::ops::Range;

/// Replaces the bytes in `range` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Byte range in the text before the edit; empty for an insertion.
    pub range: Range<usize>,
    /// What stands there afterwards.
    pub text: String,
}

/// Applies `edits` to `text`.
///
/// The edits refer to offsets of the original text, in any order. Returns `None`
/// when two of them overlap, or when a range is out of bounds or splits a character.
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut order: Vec<&Edit> = edits.iter().collect();
    order.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let grown: usize = order.iter().map(|edit| edit.text.len()).sum();
    let mut out = String::with_capacity(text.len() + grown);
    let mut done = 0;
    for edit in order {
        out.push_str(text.get(done..edit.range.start)?);
        out.push_str(&edit.text);
        // Rejects a reversed or split range as well.
        text.get(edit.range.clone())?;
        done = edit.range.end;
    }
    out.push_str(text.get(done..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{Edit, apply};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit { range: start..end, text: text.into() }
    }

    #[test]
    fn applies_edits_in_any_order() {
        let edits = [edit(4, 5, "E"), edit(0, 0, ">")];
        assert_eq!(apply("abcde", &edits).as_deref(), Some(">abcdE"));
    }

    #[test]
    fn refuses_overlaps_and_split_characters() {
        assert_eq!(apply("abc", &[edit(0, 2, ""), edit(1, 3, "")]), None);
        assert_eq!(apply("é", &[edit(1, 1, "x")]), None);
        assert_eq!(apply("abc", &[edit(3, 9, "")]), None);
    }
}
