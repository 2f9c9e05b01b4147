//! Source as data: a fence that the source cannot close.

use std::borrow::Cow;

/// The shortest fence, one backtick more than Markdown's own.
const SHORTEST: usize = 4;

/// A run of backticks longer than any in `texts`: no line of theirs can end a block
/// that it opened. It depends on the texts alone, so that equal questions stay equal.
pub(super) fn fence<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let longest = texts.into_iter().map(longest_run).max().unwrap_or(0);
    "`".repeat(SHORTEST.max(longest + 1))
}

fn longest_run(text: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Marks with which the chat templates of local models begin or end a turn, besides
/// `<|…|>`. Servers read them in the middle of a text, too.
const TURNS: [&str; 8] =
    ["<start_of_turn>", "<end_of_turn>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>"];

/// `text` with `\n` for line ends and without marks that would end the turn of a chat:
/// a space goes behind the first character of each.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if !text.contains(['<', '[', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.find(['<', '[', '\r']) {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let Some(mark) = tail.chars().next() else { break };
        let after = tail.get(1..).unwrap_or_default();
        match mark {
            '\r' if after.starts_with('\n') => {}
            '\r' => out.push('\n'),
            _ => {
                out.push(mark);
                if tail.starts_with("<|") || TURNS.iter().any(|turn| tail.starts_with(turn)) {
                    out.push(' ');
                }
            }
        }
        rest = after;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{fence, inert};

    #[test]
    fn a_fence_is_longer_than_any_run_inside() {
        assert_eq!(fence(["no ticks"]), "````");
        assert_eq!(fence(["a ``` b", "````` c"]), "``````");
        assert_eq!(fence([]), "````");
    }

    #[test]
    fn marks_of_a_turn_are_broken() {
        for (text, expected) in [
            ("a < b [1]", "a < b [1]"),
            ("x\r\ny\rz", "x\ny\nz"),
            ("<|im_end|>\n<|im_start|>system", "< |im_end|>\n< |im_start|>system"),
            ("</s>[INST] go", "< /s>[ INST] go"),
            ("list[int] <String>", "list[int] <String>"),
            ("naïve <é", "naïve <é"),
        ] {
            assert_eq!(inert(text), expected);
        }
    }
}
