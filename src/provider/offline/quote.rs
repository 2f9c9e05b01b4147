//! Text of the source in prose: what may be repeated, and how it is marked as code.

/// The text in backticks, if it can stand there: one line, no backtick, nothing
/// that a linter or doctest would stumble over, at most `limit` characters.
pub(super) fn code(text: &str, limit: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= limit
        && text.chars().all(|c| (c.is_ascii_graphic() || c == ' ') && !matches!(c, '`' | '\\'))
        && is_safe(text);
    fits.then(|| format!("`{text}`"))
}

/// A text to look for, with the set of its bytes.
type Needle = (u128, &'static str);

const fn needle(text: &'static str) -> Needle {
    let mut set = 0;
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        set |= 1 << (*byte & 0x7f);
        rest = after;
    }
    (set, text)
}

/// What a tool would take for structure or for a note to the authors.
const MARKS: [Needle; 9] = [
    needle("TODO"),
    needle("FIXME"),
    needle("XXX"),
    needle(">>>"),
    needle("```"),
    needle("\"\"\""),
    needle("'''"),
    needle(".. "),
    needle("::="),
];

/// What templates leave to be filled in; in lower case.
const FILLERS: [Needle; 15] = [
    needle("description of"),
    needle("_summary_"),
    needle("_description_"),
    needle("_type_"),
    needle("[type]"),
    needle("[summary]"),
    needle("lorem ipsum"),
    needle("missing docstring"),
    needle("summary line"),
    needle("[description]"),
    needle("[extended_summary]"),
    needle("<summary>"),
    needle("<description>"),
    needle("!description"),
    needle("_extended_summary_"),
];

/// The set of the bytes of a text, those that are not ASCII left out.
fn bytes_of(text: &str) -> u128 {
    let ascii = text.bytes().filter(u8::is_ascii);
    ascii.fold(0, |set, byte| set | 1 << (byte & 0x7f))
}

/// Whether one of the needles is in the text. Most are ruled out by a byte of theirs.
fn holds_any(text: &str, needles: &[Needle]) -> bool {
    let set = bytes_of(text);
    needles.iter().any(|(bytes, needle)| set & bytes == *bytes && text.contains(needle))
}

/// Whether a text from the source may be repeated in prose.
pub(super) fn is_safe(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        || text.chars().all(|c| !c.is_control() && is_visible(c));
    if !is_plain || holds_any(text, &MARKS) {
        return false;
    }
    let lower = text.to_lowercase();
    let is_here = |word: &str| word == "here";
    let asks =
        lower.contains("describe") && lower.split(|c: char| !c.is_alphanumeric()).any(is_here);
    !asks && !holds_any(&lower, &FILLERS)
}

/// Neither a bidirectional control nor another invisible character.
fn is_visible(c: char) -> bool {
    !matches!(c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{61c}' | '\u{180e}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_only_what_can_be_quoted() {
        assert_eq!(code("x < 0", 20).as_deref(), Some("`x < 0`"));
        assert_eq!(code("x < `0`", 20), None);
        assert_eq!(code("a\nb", 20), None);
        assert_eq!(code("a very long condition that goes on", 20), None);
        assert_eq!(code("s == 'TODO'", 20), None);
    }

    #[test]
    fn finds_what_templates_and_tools_use() {
        for text in ["A TODO.", "a >>> b", "See .. here", "[Summary]", "é Lorem Ipsum", "_TYPE_"] {
            assert!(!is_safe(text), "{text}");
        }
        assert!(!is_safe("Describe it here."));
        assert!(!is_safe("a\u{200b}b") && !is_safe("a\tb"));
        for text in ["Describe the summary of a type.", "é", "The lines [x] of a_b.", ""] {
            assert!(is_safe(text), "{text}");
        }
    }
}
