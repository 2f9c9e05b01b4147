//! The source of a symbol, cut to what tells something about it.

use std::ops::Range;

use super::redact::{Clean, Redactor};
use crate::docstring::Language;

/// Lines that are sent of a definition; of longer ones the middle is left out.
pub(super) const LINES: usize = 400;

/// Longest line that is sent, in bytes: generated tables are not code to read.
const LONGEST_LINE: usize = 400;

/// Beginnings of lines that tell how a body ends, per language.
fn endings(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["return", "raise", "yield", "assert "],
        Language::Rust => &[
            "return",
            "panic!",
            "assert!",
            "assert_eq!",
            "assert_ne!",
            "bail!",
            "ensure!",
            "Err(",
            "Ok(",
        ],
    }
}

/// What may stand in a line of Rust that ends a body, though not at its beginning.
const INSIDE: [&str; 3] = [".unwrap()", ".expect(", "?;"];

/// What stands for source that was left out.
pub(super) fn gap(language: Language, lines: usize) -> String {
    let mark = if language == Language::Python { "#" } else { "//" };
    let noun = if lines == 1 { "line" } else { "lines" };
    format!("{mark} [{lines} {noun} left out]")
}

/// The text of `range` without secrets, without `holes`, and without common indentation.
pub(super) fn cleaned(
    redactor: &Redactor<'_>,
    text: &str,
    range: Range<usize>,
    holes: &[(Range<usize>, &str)],
) -> Clean {
    // From the start of its line, so that the indentation is the same for all lines.
    let before = text.get(..range.start).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let is_margin = before.get(line..).is_some_and(|margin| margin.trim().is_empty());
    let mut done = if is_margin { line } else { range.start };
    let mut clean = Clean::default();
    for (hole, instead) in holes {
        if hole.start < done || hole.end > range.end {
            continue;
        }
        let part = redactor.slice(done..hole.start);
        clean.text.push_str(&part.text);
        clean.text.push_str(instead);
        clean.secrets.extend(part.secrets);
        done = hole.end;
    }
    let rest = redactor.slice(done..range.end.max(done));
    clean.text.push_str(&rest.text);
    clean.secrets.extend(rest.secrets);
    clean.text = dedent(&clean.text);
    clean
}

/// `text` without the indentation that its lines share, without empty lines at its
/// ends, and with long lines cut.
pub(super) fn dedent(text: &str) -> String {
    let margin = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let filled = || text.lines().filter(|line| !line.trim().is_empty());
    let common = filled().map(margin).min().unwrap_or(0);
    let lines = text.lines().map(|line| {
        let line = line.get(common.min(margin(line))..).unwrap_or_default().trim_end();
        if line.len() <= LONGEST_LINE {
            return line.to_owned();
        }
        let cut = (0..=LONGEST_LINE).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
        format!("{}…", line.get(..cut).unwrap_or_default())
    });
    lines.collect::<Vec<_>>().join("\n").trim_matches('\n').to_owned()
}

/// At most `most` lines of `text`: its beginning, its end, and between them the lines
/// that tell how it ends. Gaps are marked.
pub(super) fn elided(text: &str, language: Language, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    if lines.len() <= most {
        return text.to_owned();
    }
    // A mark takes a line, too.
    let most = most.saturating_sub(1).max(1);
    let head = (most * 3 / 5).max(1);
    let tail = most / 5;
    let room = most.saturating_sub(head + tail) / 2;
    let middle = head..lines.len().saturating_sub(tail);
    let is_ending = |line: &str| {
        let line = line.trim_start();
        endings(language).iter().any(|ending| line.starts_with(ending))
            || language == Language::Rust && INSIDE.iter().any(|mark| line.contains(mark))
    };
    let chosen = lines.iter().enumerate().skip(middle.start).take(middle.len());
    let chosen = chosen.filter(|(_, line)| is_ending(line)).map(|(index, _)| index).take(room);
    let kept = (0..middle.start).chain(chosen).chain(middle.end..lines.len());
    let mut out: Vec<String> = Vec::with_capacity(most + 1);
    let mut next = 0;
    for index in kept {
        if index > next {
            out.push(gap(language, index - next));
        }
        out.extend(lines.get(index).map(|line| (*line).to_owned()));
        next = index + 1;
    }
    if next < lines.len() {
        out.push(gap(language, lines.len() - next));
    }
    out.join("\n")
}

/// Source in one line, at most `most` characters of it.
pub(super) fn in_one_line(text: &str, most: usize) -> String {
    let mut line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (loose, tight) in [("( ", "("), (", )", ")"), (" )", ")")] {
        if line.contains(loose) {
            line = line.replace(loose, tight);
        }
    }
    if let Some((at, _)) = line.char_indices().nth(most) {
        line.truncate(at);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{dedent, elided, in_one_line};
    use crate::docstring::Language;

    #[test]
    fn the_middle_goes_but_for_the_lines_that_end_it() {
        let mut lines: Vec<String> = (0..30).map(|n| format!("    x = {n}")).collect();
        lines[14] = "        raise KeyError(x)".to_owned();
        let text = elided(&lines.join("\n"), Language::Python, 11);
        assert_eq!(
            text,
            "    x = 0\n    x = 1\n    x = 2\n    x = 3\n    x = 4\n    x = 5\n\
             # [8 lines left out]\n        raise KeyError(x)\n# [13 lines left out]\n    \
             x = 28\n    x = 29"
        );
        assert_eq!(elided("a\nb", Language::Rust, 2), "a\nb");
        assert_eq!(elided("a\nb\nc", Language::Rust, 1), "a\n// [2 lines left out]");
    }

    #[test]
    fn never_more_lines_than_asked_for() {
        let text = "return 1\n".repeat(500);
        for most in 2..120 {
            let lines = elided(&text, Language::Python, most).lines().count();
            assert!(lines <= most, "{lines} > {most}");
        }
    }

    #[test]
    fn margins_and_breaks_go() {
        assert_eq!(dedent("\n    a\n\n      b  \n"), "a\n\n  b");
        assert_eq!(dedent(&"é".repeat(500)).chars().count(), 201);
        assert_eq!(in_one_line("def f(\n    a,\n    b,\n):", 50), "def f(a, b):");
        assert_eq!(in_one_line("def f(a, b):", 5), "def f…");
    }
}
