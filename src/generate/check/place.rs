//! Where in a docstring a disagreement stands.

use std::ops::Range;

use crate::docstring::Drift;

/// The bytes to underline: the documented name that is wrong, else the first line with words.
pub(super) fn wrong_part(file: &str, docstring: &Range<usize>, drift: &[Drift]) -> Range<usize> {
    let text = file.get(docstring.clone()).unwrap_or_default();
    let named = drift.iter().find_map(|drift| match drift {
        Drift::Extra { name: Some(name), .. } | Drift::Retyped { name: Some(name), .. } => {
            Some(name.as_str())
        }
        Drift::Renamed { from, .. } => Some(from.as_str()),
        _ => None,
    });
    let found = named.and_then(|name| entry(text, name)).or_else(|| first(text));
    match found {
        Some(range) => docstring.start + range.start..docstring.start + range.end,
        None => docstring.clone(),
    }
}

/// The place of an entry's name: the first word of a line, or what a field names.
fn entry(text: &str, name: &str) -> Option<Range<usize>> {
    let bare = name.trim_start_matches('*');
    if bare.is_empty() {
        return None;
    }
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(bare).map(|(at, _)| at..at + bare.len()).find(|range| {
        let before = text.get(..range.start).unwrap_or_default();
        let after = text.get(range.end..).unwrap_or_default();
        let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
        let lead = line.trim_start().trim_end_matches(['*', '\\', '`']);
        let is_entry =
            lead.is_empty() || lead.starts_with([':', '@', '-', '/']) || lead.ends_with(", ");
        is_entry && !before.ends_with(is_word) && !after.starts_with(is_word)
    })
}

/// The first line with words, without quotes and markers.
fn first(text: &str) -> Option<Range<usize>> {
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let words = line.trim_start_matches(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '/' | '!' | '*')
        });
        let trimmed = words.trim_end().trim_end_matches(['"', '\'']);
        if trimmed.contains(char::is_alphanumeric) {
            let at = start + line.len() - words.len();
            return Some(at..at + trimmed.len());
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::wrong_part;
    use crate::docstring::{Drift, SectionKind};

    fn check(text: &str, drift: Drift, expected: &str) {
        let range = wrong_part(text, &(0..text.len()), &[drift]);
        assert_eq!(&text[range], expected);
    }

    fn extra(name: Option<&str>) -> Drift {
        Drift::Extra { kind: SectionKind::Parameters, name: name.map(str::to_owned) }
    }

    #[test]
    fn a_name_is_underlined_where_it_is_described() {
        let google =
            "\"\"\"Takes ab and a.\n\n    Args:\n        ab: x\n        a (int): y\n    \"\"\"";
        let range = wrong_part(google, &(0..google.len()), &[extra(Some("a"))]);
        assert_eq!(&google[range.start..range.start + 7], "a (int)");
        check("\"\"\"Sum.\n\n    :param int size: x\n    \"\"\"", extra(Some("size")), "size");
        check("\"\"\"Sum.\n\n    **kwargs: x\n    \"\"\"", extra(Some("**kwargs")), "kwargs");
    }

    #[test]
    fn otherwise_the_summary_is() {
        check("\"\"\"\n    Sum up.\n    \"\"\"", extra(Some("gone")), "Sum up.");
        check("'''Sum up.'''", extra(None), "Sum up.");
        check("/// Sums `a`.\n/// More.", extra(None), "Sums `a`.");
        check("\"\"\"\"\"\"", extra(None), "\"\"\"\"\"\"");
    }
}
