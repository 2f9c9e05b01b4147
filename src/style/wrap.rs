//! Wrapping of prose to a width, and the lines that wrapping must leave alone.
//!
//! Text consists of blocks with one empty line between them: prose, which is
//! wrapped, and kept lines (lists, indented lines, examples, fenced code), which are
//! not. [`normalise`] brings text into that form; wrapping and reading back what was
//! wrapped gives the normalised text again.

/// Begins a word that becomes a tab stop; has no width.
pub(crate) const STOP_OPEN: char = '\u{E000}';
/// Ends a word that becomes a tab stop; has no width.
pub(crate) const STOP_CLOSE: char = '\u{E001}';

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Words, to be wrapped.
    Prose(Vec<String>),
    /// Lines that stay as they are.
    Kept(Vec<String>),
}

/// Characters that `text` takes on the screen, tab-stop marks not counted.
pub(crate) fn width(text: &str) -> usize {
    text.chars().filter(|c| !matches!(*c, STOP_OPEN | STOP_CLOSE)).count()
}

/// `text` without leading tab-stop marks.
fn bare(text: &str) -> &str {
    text.trim_start_matches([STOP_OPEN, STOP_CLOSE])
}

/// Whether a line stays as it is.
fn is_kept(line: &str) -> bool {
    let line = bare(line);
    line.starts_with([' ', '\t'])
        || ["- ", "* ", ">>>", "```", "~~~"].iter().any(|mark| line.starts_with(mark))
}

fn fence(line: &str) -> Option<&'static str> {
    let line = line.trim_start();
    ["```", "~~~"].into_iter().find(|mark| line.starts_with(mark))
}

/// Whether `text` begins with lines that are kept, so that nothing may precede them in their line.
pub(super) fn starts_kept(text: &str) -> bool {
    text.lines().find(|line| !line.trim().is_empty()).is_some_and(is_kept)
}

/// The lines of `text` without the indentation that they have in common, trailing
/// white space, and empty lines at either end.
pub(super) fn dedent<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut lines: Vec<&str> = lines.into_iter().map(str::trim_end).collect();
    while lines.last().is_some_and(|line| line.is_empty()) {
        lines.pop();
    }
    let empty = lines.iter().take_while(|line| line.is_empty()).count();
    lines.drain(..empty);
    let common = lines.iter().filter(|line| !line.is_empty()).map(|line| indent(line)).min();
    let common = common.unwrap_or(0);
    lines.into_iter().map(|line| line.get(common..).unwrap_or("")).collect()
}

/// Bytes of white space at the start of a line.
pub(super) fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Whether a line is indented or empty, and so goes on with what stands above.
pub(super) fn goes_on(line: &str) -> bool {
    line.is_empty() || indent(line) > 0
}

/// The blocks of `text`.
pub(super) fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut prose = String::new();
    let mut kept: Vec<String> = Vec::new();
    let mut open_fence = None;
    let mut is_example = false;
    let end = |prose: &mut String, kept: &mut Vec<String>, blocks: &mut Vec<Block>| {
        let words = words(prose);
        if !words.is_empty() {
            blocks.push(Block::Prose(words));
        }
        prose.clear();
        if !kept.is_empty() {
            blocks.push(Block::Kept(std::mem::take(kept)));
        }
    };
    for line in dedent(text.lines()) {
        if let Some(mark) = open_fence {
            kept.push(line.to_owned());
            if line.trim() == mark {
                open_fence = None;
                end(&mut prose, &mut kept, &mut blocks);
            }
        } else if line.is_empty() {
            is_example = false;
            end(&mut prose, &mut kept, &mut blocks);
        } else if is_example || is_kept(line) {
            if !prose.is_empty() {
                end(&mut prose, &mut kept, &mut blocks);
            }
            open_fence = fence(line);
            if open_fence.is_some() && !kept.is_empty() {
                end(&mut prose, &mut kept, &mut blocks);
            }
            is_example |= line.starts_with(">>>");
            kept.push(line.to_owned());
        } else {
            if !kept.is_empty() {
                end(&mut prose, &mut kept, &mut blocks);
            }
            prose.push_str(line);
            prose.push('\n');
        }
    }
    while open_fence.is_some() && kept.last().is_some_and(String::is_empty) {
        kept.pop();
    }
    end(&mut prose, &mut kept, &mut blocks);
    blocks
}

/// `text` in the form in which it comes back from a rendered docstring: common
/// indentation removed, prose in one line, one empty line between blocks.
pub(crate) fn normalise(text: &str) -> String {
    if is_one_line(text) {
        return one_line(text);
    }
    let blocks = blocks(text).into_iter().map(|block| match block {
        Block::Prose(words) => words.join(" "),
        Block::Kept(lines) => lines.join("\n"),
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}

/// Whether `text` is prose without any line break.
fn is_one_line(text: &str) -> bool {
    let breaks = text.bytes().any(|byte| matches!(byte, b'\n' | b'\r'));
    !breaks && !is_kept(text) && !text.ends_with(char::is_whitespace)
}

/// White space collapsed into single spaces.
pub(crate) fn one_line(text: &str) -> String {
    if is_collapsed(text) {
        return text.to_owned();
    }
    words(text).join(" ")
}

/// Whether no white space stands at either end, beside other white space, or is
/// anything but a space.
fn is_collapsed(text: &str) -> bool {
    let mut is_space = true;
    let is_single = text.bytes().all(|byte| {
        let was_space = std::mem::replace(&mut is_space, byte == b' ');
        !(is_space && was_space || matches!(byte, b'\t' | b'\n' | b'\r'))
    });
    is_single && (!is_space || text.is_empty())
}

/// The words of prose: split at white space, but never inside a literal in backticks
/// or between a word and one that must not begin a line.
fn words(prose: &str) -> Vec<String> {
    let closed = literals(prose);
    if closed.is_empty() {
        let words = prose.split([' ', '\t', '\n', '\r']);
        return words.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut literal_end = 0;
    let mut starts = closed.into_iter().peekable();
    for (at, c) in prose.char_indices() {
        if let Some((start, end)) = starts.peek().copied()
            && at == start
        {
            literal_end = end;
            starts.next();
        }
        if matches!(c, ' ' | '\t' | '\n' | '\r') {
            if at < literal_end {
                word.push(' ');
            } else if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
        } else {
            word.push(c);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Backticks in a row from which on they fence a block, which may hold empty lines.
const FENCE: usize = 3;

/// Byte ranges of the literals in backticks: runs of equal length that open and close, in
/// one paragraph unless they fence a block.
pub(super) fn literals(prose: &str) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    let mut paragraphs: Vec<usize> = Vec::new();
    let (mut paragraph, mut is_blank) = (0, false);
    for (at, byte) in prose.bytes().enumerate() {
        match byte {
            b'`' => match runs.last_mut() {
                Some((start, length)) if *start + *length == at => *length += 1,
                _ => {
                    runs.push((at, 1));
                    paragraphs.push(paragraph);
                }
            },
            b'\n' if is_blank => paragraph += 1,
            _ => {}
        }
        is_blank = byte == b'\n' || is_blank && matches!(byte, b' ' | b'\t' | b'\r');
    }
    if runs.len() < 2 {
        return Vec::new();
    }
    // For each run the next one of the same length, found from behind in one pass.
    let mut next = vec![None; runs.len()];
    let mut seen = std::collections::BTreeMap::new();
    for (index, ((_, length), paragraph)) in runs.iter().zip(paragraphs).enumerate().rev() {
        let place = if *length < FENCE { paragraph } else { 0 };
        if let Some(slot) = next.get_mut(index) {
            *slot = seen.insert((*length, place), index);
        }
    }
    let mut found = Vec::new();
    let mut index = 0;
    while let (Some((start, _)), Some(closing)) = (runs.get(index), next.get(index)) {
        match closing.and_then(|closing| Some((closing, runs.get(closing)?))) {
            Some((closing, (end, length))) => {
                found.push((*start, end + length));
                index = closing + 1;
            }
            None => index += 1,
        }
    }
    found
}

/// Words that some reader of docstrings takes for the heading of a section.
const HEADINGS: &[&str] = &[
    "arg",
    "args",
    "arguments",
    "also",
    "attention",
    "attribute",
    "attributes",
    "caution",
    "classes",
    "danger",
    "deprecated",
    "error",
    "errors",
    "example",
    "examples",
    "except",
    "exceptions",
    "functions",
    "hint",
    "important",
    "keyword",
    "methods",
    "modules",
    "note",
    "notes",
    "panics",
    "parameter",
    "parameters",
    "params",
    "raise",
    "raises",
    "receive",
    "receives",
    "reference",
    "references",
    "related",
    "return",
    "returns",
    "safety",
    "summary",
    "tip",
    "todo",
    "warn",
    "warning",
    "warnings",
    "warns",
    "yield",
    "yields",
];

/// Whether a word at the start of a line would be read as a heading, a field, a
/// list item, a directive or an underline by one of the parsers of any style.
pub(super) fn is_structure(word: &str) -> bool {
    let word = bare(word);
    if word.is_empty() {
        return false;
    }
    if word.chars().all(|c| c.is_ascii_punctuation()) {
        return !word.starts_with(['`', '"', '\'']) || word.starts_with("```");
    }
    if [":", "@", "..", "#", ">", "|", "```", "~~~", "</", "<!"].iter().any(|m| word.starts_with(m))
        || word.starts_with('[') && word.contains("]:")
    {
        return true;
    }
    if let Some(heading) = word.strip_suffix(':')
        && HEADINGS.contains(&heading.to_ascii_lowercase().as_str())
    {
        return true;
    }
    let item = word.strip_prefix('(').unwrap_or(word);
    item.strip_suffix(['.', ')']).is_some_and(|mark| {
        let roman = |c: char| "ivxlcdmIVXLCDM".contains(c);
        !mark.is_empty()
            && (mark.chars().all(|c| c.is_ascii_digit())
                || mark.len() == 1 && mark.chars().all(|c| c.is_ascii_alphabetic())
                || mark.chars().all(roman))
    })
}

/// Whether a whole line would be read as the heading of a section.
pub(super) fn is_heading(line: &str) -> bool {
    let line = bare(line.trim()).trim_end_matches([STOP_OPEN, STOP_CLOSE, ':']);
    let mut words = line.split(' ');
    let last = words.next_back().unwrap_or_default().to_ascii_lowercase();
    HEADINGS.contains(&last.as_str())
        && words.all(|word| {
            let word = word.to_ascii_lowercase();
            ["other", "see", "keyword", "extended", "short", "type"].contains(&word.as_str())
        })
}

/// The lines of `text`: prose filled to `first` characters in the first line and `rest`
/// in the others, kept lines as they are, empty strings between blocks.
pub(super) fn fill(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if is_one_line(text) {
        let line = one_line(text);
        if line.is_empty() {
            return lines;
        }
        if width(&line) <= first {
            lines.push(line);
            return lines;
        }
    }
    for (index, block) in blocks(text).into_iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        match block {
            Block::Kept(kept) => lines.extend(kept),
            Block::Prose(words) => {
                fill_prose(&words, if index == 0 { first } else { rest }, rest, &mut lines);
            }
        }
    }
    lines
}

fn fill_prose(words: &[String], first: usize, rest: usize, lines: &mut Vec<String>) {
    let start = lines.len();
    let mut line = String::new();
    let mut used = 0;
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let mut unit = word.clone();
        while let Some(next) = words.next_if(|next| is_structure(next)) {
            unit.push(' ');
            unit.push_str(next);
        }
        let room = if lines.len() == start { first } else { rest };
        let length = width(&unit);
        if !line.is_empty() && used + 1 + length > room {
            push_line(lines, start, std::mem::take(&mut line));
            used = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += 1;
        }
        line.push_str(&unit);
        used += length;
    }
    if !line.is_empty() {
        push_line(lines, start, line);
    }
}

/// Adds a line of a paragraph; one that looks like a heading joins the line before.
fn push_line(lines: &mut Vec<String>, start: usize, line: String) {
    if lines.len() > start
        && is_heading(&line)
        && let Some(last) = lines.last_mut()
    {
        last.push(' ');
        last.push_str(&line);
    } else {
        lines.push(line);
    }
}

/// Adds `lines`, those that are not empty behind `indent` spaces.
pub(super) fn push_indented(out: &mut Vec<String>, indent: usize, lines: Vec<String>) {
    for line in lines {
        out.push(if line.is_empty() { line } else { format!("{:indent$}{line}", "") });
    }
}

/// `text`, normalised, with its prose and its lists changed by `change`; code stays.
pub(super) fn map_prose(text: &str, change: fn(&str) -> String) -> String {
    let blocks = blocks(text).into_iter().map(|block| match block {
        Block::Prose(words) => change(&words.join(" ")),
        Block::Kept(lines)
            if lines.first().is_some_and(|line| bare(line).starts_with(['-', '*'])) =>
        {
            lines.iter().map(|line| change(line)).collect::<Vec<_>>().join("\n")
        }
        Block::Kept(lines) => lines.join("\n"),
    });
    blocks.collect::<Vec<_>>().join("\n\n")
}
