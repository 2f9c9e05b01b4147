//! Text to doc comment lines.
//!
//! rustdoc compiles and runs untagged and indented code blocks. This is the last
//! place where that is prevented, whatever the text's origin: every fence gets a tag
//! that does not run, nothing is indented far enough to be a code block, and no HTML
//! block hides a fence from this reader that rustdoc would see.

use crate::docstring::Slot;
use crate::syntax::Violation;

/// Fence tags that are kept: rustdoc does not run such blocks.
const TAGS: [&str; 8] =
    ["text", "ignore", "no_run", "compile_fail", "console", "toml", "json", "sh"];

/// The doc comment for `text` at `slot`.
pub(super) fn encode(text: &str, slot: &Slot) -> Result<String, Violation> {
    let text = text.replace("\r\n", "\n");
    if let Some(found) = text.chars().find(|c| is_unsafe(*c)) {
        return Err(Violation::new(format!(
            "the text holds the character U+{:04X}, which does not belong into a doc comment",
            u32::from(found)
        )));
    }
    let marker = if slot.marker.is_empty() { "///" } else { slot.marker };
    let mut out = String::with_capacity(text.len() * 2);
    for (index, line) in markdown(text.trim_matches('\n')).into_iter().enumerate() {
        if index > 0 {
            out.push_str(slot.newline);
            out.push_str(&slot.indent);
        }
        out.push_str(marker);
        if !line.is_empty() {
            out.push(' ');
            out.push_str(&line);
        }
    }
    Ok(out)
}

/// Characters that rustc refuses, that editors hide, or that end lines elsewhere.
fn is_unsafe(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(
            c,
            '\u{61c}'
                | '\u{200b}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'
                | '\u{2066}'..='\u{2069}'
                | '\u{e000}'
                | '\u{e001}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// The lines of `text`, made harmless.
fn markdown(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fence: Option<Fence> = None;
    for line in text.split('\n') {
        let line = line.replace('\t', "    ");
        let line = line.trim_end();
        let bare = line.trim_start_matches(' ');
        let indent = line.len() - bare.len();
        if let Some(open) = &fence {
            let line = line.get(indent.min(open.indent)..).unwrap_or_default();
            if open.is_closed_by(line) {
                lines.push(open.marks());
                fence = None;
            } else {
                lines.push(line.to_owned());
            }
            continue;
        }
        if let Some((open, tag)) = Fence::open(bare, indent) {
            lines.push(format!("{}{tag}", open.marks()));
            fence = Some(open);
            continue;
        }
        lines.push(prose(bare, indent));
    }
    if let Some(open) = fence {
        lines.push(open.marks());
    }
    lines
}

/// One line outside of fences.
fn prose(bare: &str, indent: usize) -> String {
    let mut out = " ".repeat(indent.min(3));
    let mut spaces = 0;
    for c in bare.chars() {
        if c == ' ' {
            spaces += 1;
            continue;
        }
        // Behind a list or quote mark, four spaces begin a code block.
        out.push_str(&" ".repeat(if spaces > 3 { 1 } else { spaces }));
        spaces = 0;
        out.push(c);
    }
    let content = out.trim_start_matches([' ', '>', '-', '*', '+']);
    let content = match content.split_once([' ']) {
        Some((number, rest)) if is_number(number) => {
            rest.trim_start_matches([' ', '>', '-', '*', '+'])
        }
        _ => content,
    };
    let at = out.len() - content.len();
    let is_link = content.starts_with("<http://") || content.starts_with("<https://");
    if (content.starts_with('<') && !is_link)
        || content.starts_with("```")
        || content.starts_with("~~~")
    {
        out.insert(at, '\\');
        if let Some(rest) = out.get(at + 1..).filter(|rest| rest.starts_with("```")) {
            let escaped = rest.replacen("```", "`\\`\\`", 1);
            out.truncate(at + 1);
            out.push_str(&escaped);
        }
    }
    out
}

fn is_number(word: &str) -> bool {
    let digits = word.trim_end_matches(['.', ')']);
    digits.len() + 1 == word.len() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// An open code fence.
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
}

impl Fence {
    /// The fence that `bare` opens, and the tag it gets.
    fn open(bare: &str, indent: usize) -> Option<(Self, &str)> {
        let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = bare.trim_start_matches(mark);
        let length = bare.len() - info.len();
        if length < 3 || (mark == '`' && info.contains('`')) {
            return None;
        }
        let info = info.trim();
        let keeps = info.split([',', ' ']).any(|word| TAGS.contains(&word));
        Some((Self { mark, length, indent }, if keeps { info } else { "text" }))
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let bare = line.trim_start_matches(' ');
        let rest = bare.trim_start_matches(self.mark);
        line.len() - bare.len() <= 3 && bare.len() - rest.len() >= self.length && rest.is_empty()
    }

    fn marks(&self) -> String {
        self.mark.to_string().repeat(self.length)
    }
}
