//! Lines that stay as they are: what may begin a section, what hangs below what, and what
//! is wrapped because it no longer fits.

use super::super::wrap::{dedent, fill, indent, is_structure, width};

/// For each line whether a heading or a field may begin there: it is not empty, not
/// indented, and not inside a fence or the output of an interactive example.
pub(super) fn open(lines: &[&str]) -> Vec<bool> {
    let mut fence: Option<&str> = None;
    let mut is_example = false;
    let mut found = Vec::with_capacity(lines.len());
    for line in lines {
        let bare = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| bare.starts_with(mark));
        if let Some(open) = fence {
            if mark == Some(open) {
                fence = None;
            }
            found.push(false);
            continue;
        }
        if mark.is_some_and(|mark| !bare.get(3..).unwrap_or_default().contains(mark)) {
            fence = mark;
            found.push(false);
            continue;
        }
        if line.is_empty() {
            is_example = false;
        }
        is_example |= line.starts_with(">>>");
        found.push(!is_example && !line.is_empty() && indent(line) == 0);
    }
    found
}

/// Owned lines without common indentation and empty lines at either end.
pub(super) fn dedented(lines: &[&str]) -> Vec<String> {
    dedent(lines.iter().copied()).into_iter().map(str::to_owned).collect()
}

/// Whether an indented block below `line` belongs to it: a literal block or a directive.
fn takes_block(line: &str) -> bool {
    line.ends_with("::") || line.starts_with(".. ")
}

/// A description from the text in its first line and the lines that hang below.
///
/// As all readers do it, the lines below lose what indentation they have in common; but a
/// block that belongs to the first line keeps one step.
pub(super) fn hanging(first: &str, below: &[&str]) -> Vec<String> {
    let first = first.trim();
    let rest = dedented(below);
    if first.is_empty() || rest.is_empty() {
        return if first.is_empty() { rest } else { vec![first.to_owned()] };
    }
    let gap = below.iter().take_while(|line| line.trim().is_empty()).count();
    let step = if takes_block(first) { "    " } else { "" };
    let mut lines = vec![first.to_owned()];
    lines.extend(std::iter::repeat_n(String::new(), gap));
    lines.extend(rest.into_iter().map(
        |line| {
            if line.is_empty() { line } else { [step, &line].concat() }
        },
    ));
    lines
}

/// Whether `lines` come back from [`hanging`] as they are.
pub(super) fn hangs(lines: &[String]) -> bool {
    let Some((first, rest)) = lines.split_first() else { return true };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    indent(first) == 0 && !is_mark(first) && hanging(first, &rest) == lines
}

/// Whether a line begins with the mark of a list, a field, a directive, an example or a
/// table, or is indented.
pub(super) fn is_mark(line: &str) -> bool {
    if line.starts_with([' ', '\t']) {
        return true;
    }
    let word = line.split(' ').next().unwrap_or_default();
    // A role such as :class:`x` begins a sentence.
    let is_role = word.starts_with(':') && word.contains(":`");
    let is_word = word.starts_with(|c: char| c.is_alphanumeric()) && !word.ends_with(['.', ')']);
    !is_role && !is_word && !word.ends_with(':') && is_structure(word)
        || word.starts_with(':') && word.ends_with(':')
        || matches!(word, "•" | "·" | "–")
}

/// The paragraphs of `lines`, empty ones between empty lines included, each with whether it
/// is prose, which may be wrapped.
fn paragraphs(lines: &[String]) -> impl Iterator<Item = (bool, &[String])> {
    let mut is_fenced = false;
    lines.split(String::is_empty).map(move |paragraph| {
        let fences = paragraph.iter().filter(|line| {
            let line = line.trim_start();
            line.starts_with("```") || line.starts_with("~~~")
        });
        let count = fences.count();
        let is_code = is_fenced || count > 0;
        is_fenced ^= count % 2 == 1;
        let is_prose = !paragraph.iter().any(|line| is_mark(line) || line.ends_with("::"));
        (is_prose && !is_code, paragraph)
    })
}

/// `lines` with those paragraphs of prose wrapped of which a line does not fit: `first`
/// characters in the first line, `rest` in the others.
pub(super) fn fit(lines: &[String], first: usize, rest: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    for (index, (is_prose, paragraph)) in paragraphs(lines).enumerate() {
        if index > 0 {
            out.push(String::new());
        }
        let room = if index == 0 { first } else { rest };
        let is_too_long = paragraph.first().is_some_and(|line| width(line) > room)
            || paragraph.iter().skip(1).any(|line| width(line) > rest);
        if is_too_long && is_prose {
            out.extend(fill(&paragraph.join("\n"), room, rest));
        } else {
            out.extend(paragraph.iter().cloned());
        }
    }
    out
}

/// Adds `lines`, indented where they are not empty.
pub(super) fn push(out: &mut Vec<String>, by: usize, lines: Vec<String>) {
    super::super::wrap::push_indented(out, by, lines);
}

/// Adds a part behind one empty line.
pub(super) fn block(out: &mut Vec<String>, part: Vec<String>) {
    super::super::prose::block(out, part);
}

/// The text of lines, without white space at the ends.
pub(super) fn joined(lines: &[String]) -> String {
    super::super::prose::finish(lines)
}

/// What a text says, free of how it is wrapped: paragraphs of prose in one line each.
pub(super) fn essence(lines: &[String]) -> Vec<String> {
    let mut out = Vec::new();
    for (is_prose, paragraph) in paragraphs(lines).filter(|(_, lines)| !lines.is_empty()) {
        if is_prose {
            let words = paragraph.iter().flat_map(|line| line.split_whitespace());
            out.push(words.collect::<Vec<_>>().join(" "));
        } else {
            out.extend(paragraph.iter().cloned());
        }
        out.push(String::new());
    }
    out
}

/// Whether `text` is the name of a parameter or attribute, or several with commas.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.split(',').all(|name| {
            let name = name.trim_matches([' ', '`']);
            let bare = name.trim_start_matches(['\\', '*']);
            bare.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && bare.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'))
        })
}

/// Whether `text` names exceptions: dotted names, with commas or `or` between, or as roles.
pub(super) fn is_exception(text: &str) -> bool {
    let text = text.replace(" or ", ",");
    text.split(',').all(|name| {
        let name = name.trim();
        let name = match name.strip_prefix(':').and_then(|name| name.split_once(":`")) {
            Some((_, name)) => name.strip_suffix('`').unwrap_or(""),
            None => name,
        };
        is_name(name.trim_matches(['`', '~']))
    })
}
