//! Text to doc comment lines.
//!
//! rustdoc compiles and runs untagged and indented code blocks. This is the last
//! place where that is prevented, whatever the text's origin: every fence gets a tag
//! that does not run, nothing is indented far enough to be a code block, and no HTML
//! block hides a fence from this reader that rustdoc would see.

use crate::docstring::Slot;
use crate::syntax::Violation;

/// Fence tags of languages that rustdoc does not run, kept if they stand alone.
const PLAIN: [&str; 5] = ["text", "console", "toml", "json", "sh"];

/// Fence tags by which an author kept Rust from running.
const HELD: [&str; 3] = ["ignore", "no_run", "compile_fail"];

/// The doc comment for `text` at `slot`.
pub(super) fn encode(text: &str, slot: &Slot) -> Result<String, Violation> {
    let text = text.replace("\r\n", "\n");
    refuse_unsafe(&text)?;
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

/// `text` as a part of documentation that is there: as harmless as [`encode`] makes it.
pub(super) fn harmless(text: &str) -> Result<String, Violation> {
    let text = text.replace("\r\n", "\n");
    refuse_unsafe(&text)?;
    let ends = text.len() - text.trim_end_matches('\n').len();
    Ok(markdown(text.trim_end_matches('\n')).join("\n") + &"\n".repeat(ends))
}

fn refuse_unsafe(text: &str) -> Result<(), Violation> {
    let Some(found) = text.chars().find(|c| is_unsafe(*c)) else { return Ok(()) };
    Err(Violation::new(format!(
        "the text holds the character U+{:04X}, which does not belong into a doc comment",
        u32::from(found)
    )))
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
    let mut rest = text;
    while !rest.is_empty() {
        let (line, tail) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = tail;
        let line = line.replace('\t', "    ");
        let line = line.trim_end();
        let bare = line.trim_start_matches(' ');
        let indent = line.len() - bare.len();
        if let Some(open) = &fence {
            let inner = open.inner(line);
            if open.is_closed_by(inner) {
                lines.push(open.marks());
                fence = None;
            } else {
                lines.push(inner.to_owned());
            }
        } else if let Some((mut open, tag)) = Fence::open(bare, indent) {
            open.outgrow(rest);
            lines.push(format!("{}{tag}", open.marks()));
            fence = Some(open);
        } else {
            lines.push(prose(bare, indent));
        }
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
    // An HTML block or a fence inside a list or quote would end where this reader does
    // not see it, and what follows could be code.
    let content = behind_marks(&out);
    let at = out.len() - content.len();
    let is_link = content.starts_with("<http://") || content.starts_with("<https://");
    let is_fence = content.starts_with("```") || content.starts_with("~~~");
    if is_fence {
        let escaped = content.replace('`', "\\`").replace('~', "\\~");
        out.truncate(at);
        out.push_str(&escaped);
    } else if content.starts_with('<') && !is_link {
        out.insert(at, '\\');
    }
    out
}

/// A line without the list and quote marks at its start.
fn behind_marks(line: &str) -> &str {
    let mut rest = line.trim_start_matches(' ');
    loop {
        let number = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let mark = match number.chars().next() {
            Some('.' | ')') if number.len() < rest.len() => number,
            _ => rest,
        };
        let is_mark = mark.len() < rest.len() || mark.starts_with(['>', '-', '*', '+']);
        let Some(inner) = mark.get(1..).filter(|_| is_mark) else { return rest };
        if !inner.starts_with(' ') && !mark.starts_with('>') {
            return rest;
        }
        rest = inner.trim_start_matches(' ');
    }
}

/// An open code fence.
struct Fence {
    mark: char,
    length: usize,
    indent: usize,
    /// Backticks that it is written with.
    written: usize,
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
        let words = || info.split([',', ' ']);
        let is_held = words().any(|word| HELD.contains(&word))
            && words().all(|word| word == "rust" || HELD.contains(&word));
        let tag = if PLAIN.contains(&info) || is_held { info } else { "text" };
        Some((Self { mark, length, indent, written: length }, tag))
    }

    /// Tilde fences are written with backticks: more of them than stand in the block.
    fn outgrow(&mut self, rest: &str) {
        if self.mark == '`' {
            return;
        }
        let block = rest.split('\n').map(|line| self.inner(line));
        let block = block.take_while(|line| !self.is_closed_by(line.trim_end()));
        let runs = block.map(|line| line.len() - line.trim_start_matches([' ', '`']).len());
        self.written = self.length.max(runs.max().map_or(0, |run| run + 1));
    }

    /// A line of the block, moved left with the fence.
    fn inner<'a>(&self, line: &'a str) -> &'a str {
        let indent = line.len() - line.trim_start_matches(' ').len();
        line.get(indent.min(self.indent)..).unwrap_or_default()
    }

    fn is_closed_by(&self, line: &str) -> bool {
        let bare = line.trim_start_matches(' ');
        let rest = bare.trim_start_matches(self.mark);
        line.len() - bare.len() <= 3 && bare.len() - rest.len() >= self.length && rest.is_empty()
    }

    fn marks(&self) -> String {
        "`".repeat(self.written)
    }
}
