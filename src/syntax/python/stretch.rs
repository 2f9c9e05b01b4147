//! How much of a changed text has to be read to tell whether it is sound, when what it was
//! before is known to be.

use std::ops::Range;

use tree_sitter::Node;

use super::grammar::{K, kind};
use crate::syntax::{InputEdit, Source};

/// The whole statements of the module around the `edits` that made a text out of `base`,
/// and around `offset`: bytes of the new text, which is `len` long.
///
/// The rest of it is read as before: the part begins and ends where a statement of a sound
/// text begins a line in column zero. One statement more is taken in on each side, for
/// what was typed may go on with the one before (`else:`) or belong to the one behind
/// (`@decorator`). `None` when nothing is known, because `base` was not sound.
pub(super) fn stretch(
    base: &Source,
    edits: &[InputEdit],
    len: usize,
    offset: usize,
) -> Option<Range<usize>> {
    if base.has_errors() {
        return None;
    }
    let hull = Hull::of(edits, offset);
    let (mut start, mut end) = (0, None);
    let mut has_next = false;
    let root = base.tree().root_node();
    let mut cursor = root.walk();
    let mut more = cursor.goto_first_child();
    while more && end.is_none() {
        let node = cursor.node();
        let at = node.start_byte();
        if kind(node) != K::Comment && begins_line(base.text(), node) {
            if at < hull.start {
                start = at;
            } else if at >= hull.old_end && has_next {
                end = Some(at - hull.old_end + hull.new_end);
            } else if at >= hull.old_end {
                has_next = true;
            }
        }
        more = cursor.goto_next_sibling();
    }
    Some(start..end.unwrap_or(len))
}

/// Whether a statement begins a line that does not continue the one above.
fn begins_line(text: &str, node: Node<'_>) -> bool {
    let head = text.get(..node.start_byte()).unwrap_or_default();
    let above = head.strip_suffix('\n').map(|above| above.strip_suffix('\r').unwrap_or(above));
    head.is_empty() || above.is_some_and(|above| !above.ends_with('\\'))
}

/// The bytes that edits, each in the coordinates of its own moment, have touched.
struct Hull {
    /// Where they begin, before and after.
    start: usize,
    /// Where they ended before the first edit.
    old_end: usize,
    /// Where they end after the last one.
    new_end: usize,
}

impl Hull {
    fn of(edits: &[InputEdit], offset: usize) -> Self {
        let first = edits.first().map_or(offset, |edit| edit.start_byte);
        let mut hull = Self { start: first, old_end: first, new_end: first };
        for edit in edits {
            hull.reach(edit.start_byte);
            hull.reach(edit.old_end_byte);
            hull.new_end = (hull.new_end + edit.new_end_byte).saturating_sub(edit.old_end_byte);
        }
        hull.reach(offset);
        hull
    }

    /// Grows to take in a place of the text as it is by then.
    fn reach(&mut self, offset: usize) {
        self.start = self.start.min(offset);
        self.old_end += offset.saturating_sub(self.new_end);
        self.new_end = self.new_end.max(offset);
    }
}

#[cfg(test)]
mod tests {
    use super::stretch;
    use crate::docstring::Language;
    use crate::syntax::{InputEdit, Point, Source};

    const TEXT: &str = "a = 1\n\n\ndef f():\n    pass\n\n\n# c\ndef g():\n    x = (\n1)\n\n\nif a:\n    b\n\n\nclass C:\n    d = 1\n\n\ne = 2\n";

    /// The part to be read after `with` was put in the place of each `(what, with)`, in turn.
    fn part(changes: &[(&str, &str)], place: &str) -> String {
        let base = Source::parse(Language::Python, "m.py", TEXT.into()).unwrap();
        let mut text = TEXT.to_owned();
        let mut edits = Vec::new();
        for (what, with) in changes {
            let start = text.find(what).unwrap();
            let (old_end_byte, new_end_byte) = (start + what.len(), start + with.len());
            text.replace_range(start..old_end_byte, with);
            let zero = Point { row: 0, column: 0 };
            edits.push(InputEdit {
                start_byte: start,
                old_end_byte,
                new_end_byte,
                start_position: zero,
                old_end_position: zero,
                new_end_position: zero,
            });
        }
        let part = stretch(&base, &edits, text.len(), text.find(place).unwrap()).unwrap();
        text[part].to_owned()
    }

    #[test]
    fn from_the_statement_at_the_edit_to_the_one_behind() {
        let f_and_g = "def f():\n    return\n\n\n# c\ndef g():\n    x = (\n1)\n\n\n";
        assert_eq!(part(&[("pass", "return")], "return"), f_and_g);
        let a_to_g = "a = 1\n\n\n@d\ndef f():\n    pass\n\n\n# c\ndef g():\n    x = (\n1)\n\n\n";
        assert_eq!(part(&[("def f", "@d\ndef f")], "pass"), a_to_g);
        assert_eq!(part(&[("e = 2\n", "e = 3")], "e = 3"), "class C:\n    d = 1\n\n\ne = 3");
    }

    #[test]
    fn several_edits_and_the_place_count_together() {
        let whole = |text: &str| text[..text.find("class C").unwrap()].to_owned();
        let both = part(&[("x = (", "y = ("), ("a = 1", "aa = 1")], "def f");
        assert_eq!(both, whole(&TEXT.replace("x = (", "y = (").replace("a = 1", "aa = 1")));
        let other_way = part(&[("a = 1", "aa = 1"), ("x = (", "y = (")], "def f");
        assert_eq!(both, other_way);
        let far = part(&[("b\n", "b + 1\n")], "a = 1");
        assert_eq!(far, TEXT[..TEXT.find("e = 2").unwrap()].replace("b\n", "b + 1\n"));
    }

    #[test]
    fn a_base_with_errors_says_nothing() {
        let base = Source::parse(Language::Python, "m.py", "def f(:\n".into()).unwrap();
        assert!(stretch(&base, &[], 8, 0).is_none());
    }
}
