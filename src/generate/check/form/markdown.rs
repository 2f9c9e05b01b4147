//! Markdown: code blocks without an end, headings with nothing below, misspelt headings.

use super::super::lines::Line;
use super::Fault;
use super::words::meant;

/// A code block that is open: its mark and how often it stands there.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
    /// Index of its line.
    line: usize,
}

/// What a line does to a code block.
fn fence<'a>(text: &'a str, marks: &[char]) -> Option<(char, usize, &'a str)> {
    let mark = text.chars().next().filter(|mark| marks.contains(mark))?;
    let rest = text.trim_start_matches(mark);
    let length = text.len() - rest.len();
    // A line such as "```a```" is a span of code.
    (length >= 3 && !(mark == '`' && rest.contains('`'))).then_some((mark, length, rest.trim()))
}

/// Which lines stand in code blocks, fences included, and the block that has no end.
fn fenced(lines: &[Line<'_>], marks: &[char]) -> (Vec<bool>, Option<Fence>) {
    let mut inside = Vec::with_capacity(lines.len());
    let mut open: Option<Fence> = None;
    for (index, line) in lines.iter().enumerate() {
        let mark = fence(line.text, marks);
        match (open, mark) {
            (None, Some((mark, length, _))) => {
                open = Some(Fence { mark, length, line: index });
                inside.push(true);
            }
            (None, None) => inside.push(false),
            (Some(fence), Some((mark, length, "")))
                if mark == fence.mark && length >= fence.length =>
            {
                open = None;
                inside.push(true);
            }
            (Some(_), _) => inside.push(true),
        }
    }
    (inside, open)
}

fn unclosed(lines: &[Line<'_>], open: Option<Fence>) -> Option<Fault> {
    let line = lines.get(open?.line)?;
    Some(Fault::at(line, "code block has no end"))
}

/// The lines with those of code blocks emptied, and the block that has no end.
pub(super) fn without_fences<'a>(lines: &[Line<'a>]) -> (Vec<Line<'a>>, Option<Fault>) {
    // Tildes underline a title in reStructuredText.
    let (inside, open) = fenced(lines, &['`']);
    let fault = unclosed(lines, open);
    let kept = lines.iter().zip(inside).map(|(line, inside)| {
        // Not empty: something stands there.
        if inside { Line { is_opaque: true, text: "", ..*line } } else { *line }
    });
    (kept.collect(), fault)
}

/// The faults of a doc comment.
pub(super) fn faults(lines: &[Line<'_>], is_callable: bool) -> Vec<Fault> {
    let mut found = Vec::new();
    // Attributes may hold any part: the fences of a code block, too.
    if lines.iter().any(|line| line.is_opaque) {
        return found;
    }
    let (inside, open) = fenced(lines, &['`', '~']);
    found.extend(unclosed(lines, open));
    let heading = |index: usize| {
        let line: &Line<'_> = lines.get(index)?;
        if inside.get(index) == Some(&true) || line.indent > 3 {
            return None;
        }
        let title = line.text.trim_start_matches('#');
        let level = line.text.len() - title.len();
        let is_heading = (1..=6).contains(&level) && (title.is_empty() || title.starts_with(' '));
        is_heading.then(|| (level, title.trim_matches([' ', '#']).trim()))
    };
    for (index, line) in lines.iter().enumerate() {
        let Some((level, title)) = heading(index) else { continue };
        if title.is_empty() {
            continue;
        }
        let below = lines.iter().enumerate().skip(index + 1).find(|(_, line)| !line.is_empty());
        let is_empty = match below {
            None => true,
            Some((index, _)) => heading(index).is_some_and(|(below, _)| below <= level),
        };
        if is_empty {
            found.push(Fault::at(line, format!("section `{title}` is empty")));
        }
        if is_callable
            && level <= 2
            && !matches!(title, "Error" | "Panic" | "Example")
            && title.chars().all(|c| c.is_alphabetic() || c == ' ')
            && let Some(known) = meant(title, &["Errors", "Panics", "Safety", "Examples"])
        {
            found.push(Fault::at(line, unknown(title, known)));
        }
    }
    found
}

/// The message about a misspelt heading.
pub(super) fn unknown(title: &str, known: &str) -> String {
    format!("unknown section `{title}`; did you mean `{known}`?")
}
