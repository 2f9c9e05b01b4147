//! The headings of a Markdown text, code and HTML comments aside.

use std::ops::Range;

use crate::docstring::SectionKind;

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// Its line; two of them when it is underlined.
    pub(super) lines: Range<usize>,
    /// 1 to 6.
    pub(super) level: usize,
    /// Its text.
    pub(super) title: String,
}

impl Heading {
    /// The section that it begins.
    pub(super) fn kind(&self) -> SectionKind {
        let bare = self.title.trim_matches(['*', '_', '`', ':', ' ']);
        let known = TITLES.iter().find(|(known, _)| known.eq_ignore_ascii_case(bare));
        known.map_or_else(|| SectionKind::Other(self.title.clone()), |(_, kind)| kind.clone())
    }
}

/// Titles that are read; the first one of a kind is written.
pub(super) static TITLES: &[(&str, SectionKind)] = &[
    ("Arguments", SectionKind::Parameters),
    ("Argument", SectionKind::Parameters),
    ("Args", SectionKind::Parameters),
    ("Parameters", SectionKind::Parameters),
    ("Params", SectionKind::Parameters),
    ("Attributes", SectionKind::Attributes),
    ("Returns", SectionKind::Returns),
    ("Return", SectionKind::Returns),
    ("Return value", SectionKind::Returns),
    ("Yields", SectionKind::Yields),
    ("Raises", SectionKind::Raises),
    ("Warns", SectionKind::Warns),
    ("Panics", SectionKind::Panics),
    ("Panic", SectionKind::Panics),
    ("Errors", SectionKind::Errors),
    ("Error", SectionKind::Errors),
    ("Safety", SectionKind::Safety),
    // clippy accepts it for a trait (`missing_safety_doc`).
    ("Implementation safety", SectionKind::Safety),
    ("Warnings", SectionKind::Warnings),
    ("Warning", SectionKind::Warnings),
    ("See also", SectionKind::SeeAlso),
    ("Notes", SectionKind::Notes),
    ("Note", SectionKind::Notes),
    ("References", SectionKind::References),
    ("Examples", SectionKind::Examples),
    ("Example", SectionKind::Examples),
    ("Deprecated", SectionKind::Deprecated),
];

/// The title that is written for a kind.
pub(super) fn title(kind: &SectionKind) -> &str {
    match kind {
        SectionKind::Other(name) => name,
        kind => TITLES.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name),
    }
}

/// What a line is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Prose, lists and the like.
    Text,
    /// Fenced code, its fences included, or an HTML comment.
    Verbatim,
}

/// For each line what it is part of.
pub(super) fn parts(lines: &[&str]) -> Vec<Part> {
    let mut parts = Vec::with_capacity(lines.len());
    let mut fence: Option<(char, usize)> = None;
    let mut in_comment = false;
    for line in lines {
        let bare = line.trim();
        if in_comment {
            in_comment = !bare.contains("-->");
            parts.push(Part::Verbatim);
            continue;
        }
        let run = fence_run(bare);
        match (fence, run) {
            (None, Some((mark, length, info))) if mark == '~' || !info.contains('`') => {
                fence = Some((mark, length));
                parts.push(Part::Verbatim);
            }
            (None, _) if bare.starts_with("<!--") => {
                in_comment = !bare.contains("-->");
                parts.push(Part::Verbatim);
            }
            (None, _) => parts.push(Part::Text),
            (Some((open, length)), run) => {
                let closes = run.is_some_and(|(mark, run, info)| {
                    mark == open && run >= length && info.is_empty()
                });
                if closes {
                    fence = None;
                }
                parts.push(Part::Verbatim);
            }
        }
    }
    parts
}

/// The mark, the length and the tag of a line that could be a fence.
fn fence_run(bare: &str) -> Option<(char, usize, &str)> {
    let mark = bare.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let info = bare.trim_start_matches(mark);
    let length = bare.len() - info.len();
    (length >= 3).then(|| (mark, length, info.trim()))
}

/// The headings in order.
pub(super) fn headings(lines: &[&str], parts: &[Part]) -> Vec<Heading> {
    let mut found: Vec<Heading> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if parts.get(index) != Some(&Part::Text) {
            continue;
        }
        if let Some((level, title)) = marked(line) {
            found.push(Heading { lines: index..index + 1, level, title: title.to_owned() });
            continue;
        }
        // A line of its own, underlined.
        let Some(above) = index.checked_sub(1) else { continue };
        let is_text = |at: usize| {
            parts.get(at) == Some(&Part::Text)
                && lines.get(at).is_some_and(|line| !line.trim().is_empty())
        };
        if let Some(level) = underline(line)
            && is_text(above)
            && !above.checked_sub(1).is_some_and(is_text)
            && let Some(title) = lines.get(above)
            && title.starts_with(|c: char| c.is_alphanumeric() || c == '`')
        {
            let title = title.trim().to_owned();
            found.push(Heading { lines: above..index + 1, level, title });
        }
    }
    found
}

/// Level and title of a line that begins with `#`.
fn marked(line: &str) -> Option<(usize, &str)> {
    let bare = line.trim_start_matches(' ');
    let rest = bare.trim_start_matches('#');
    let level = bare.len() - rest.len();
    let is_heading = (1..=6).contains(&level)
        && line.len() - bare.len() <= 3
        && rest.starts_with([' ', '\t'])
        && !rest.trim().is_empty();
    let title = rest.trim();
    let closed = title.trim_end_matches('#');
    let title = if closed.ends_with(' ') { closed.trim_end() } else { title };
    is_heading.then_some((level, title))
}

/// The level of a heading underlined by this line.
fn underline(line: &str) -> Option<usize> {
    let bare = line.trim();
    let is_run = |mark: char| bare.len() >= 3 && bare.chars().all(|c| c == mark);
    match () {
        () if is_run('=') => Some(1),
        () if is_run('-') => Some(2),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{headings, parts};

    #[track_caller]
    fn check(text: &str, expected: &[(usize, usize, &str)]) {
        let lines: Vec<&str> = text.lines().collect();
        let found = headings(&lines, &parts(&lines));
        let found: Vec<_> =
            found.iter().map(|h| (h.lines.start, h.level, h.title.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_headings() {
        check("A.\n\n# Errors\n\nE.\n\n## Panics ##\n", &[(2, 1, "Errors"), (6, 2, "Panics")]);
        check("A.\n\nErrors\n------\n\nE.", &[(2, 2, "Errors")]);
    }

    #[test]
    fn code_and_comments_hold_none() {
        check("```\n# Errors\n```\n# Panics", &[(3, 1, "Panics")]);
        check("~~~text\n# Errors\n```\n~~~\n# Panics", &[(4, 1, "Panics")]);
        check("````\n```\n# Errors\n````\n# Panics", &[(4, 1, "Panics")]);
        check("<!--\n# Errors\n-->\n# Panics", &[(3, 1, "Panics")]);
        check("    # Errors\n#[test]\n#Panics\n#", &[]);
    }

    #[test]
    fn rules_and_tables_are_none() {
        check("One\ntwo.\n---\n", &[]);
        check("| a |\n|---|\n\n---\n", &[]);
    }
}
