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

/// Whether a text from the source may be repeated in prose.
pub(super) fn is_safe(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_plain = text.chars().all(|c| !c.is_control() && is_visible(c));
    let marks = ["TODO", "FIXME", "XXX", ">>>", "```", "\"\"\"", "'''", ".. ", "::="];
    let fillers = [
        "description of",
        "_summary_",
        "_description_",
        "_type_",
        "[type]",
        "[summary]",
        "lorem ipsum",
        "missing docstring",
        "summary line",
        "[description]",
        "[extended_summary]",
        "<summary>",
        "<description>",
        "!description",
        "_extended_summary_",
    ];
    let is_here = |word: &str| word == "here";
    let asks =
        lower.contains("describe") && lower.split(|c: char| !c.is_alphanumeric()).any(is_here);
    is_plain
        && !asks
        && !marks.iter().any(|mark| text.contains(mark))
        && !fillers.iter().any(|filler| lower.contains(filler))
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
}
