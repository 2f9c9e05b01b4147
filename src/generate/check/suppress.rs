//! What a file itself asks not to be told: `# noqa`, `# docstring-ls: ignore-file`,
//! `#[allow(…)]` and their like.

use std::ops::Range;

use super::Code;
use crate::docstring::Language;
use crate::syntax::{LintLevel, Source};

/// The words that begin a comment for linters, in lower case; used to pass over files quickly.
const MARKS: [&str; 5] = ["noqa", "docstring-ls:", "numpydoc ignore", "pylint:", "nodoqa"];

/// What a file does not want to be told.
pub(super) struct Suppressions<'a> {
    text: &'a str,
    /// A comment for linters may be somewhere.
    is_marked: bool,
    /// What holds for the whole file.
    file: Listed,
    /// Rust's lint levels in the order of their starts, each with the one around it.
    levels: Vec<(LintLevel, Option<usize>)>,
}

/// Rules that a comment names.
#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    /// All of them, whatever they are called.
    all: bool,
    /// Identifiers in upper case, or beginnings of them; pylint's names in lower case.
    rules: Vec<String>,
}

impl Listed {
    fn holds(&self, code: Code, rules: &[&str]) -> bool {
        self.all
            || self.rules.iter().any(|listed| {
                code.id().starts_with(listed.as_str())
                    || code.name().eq_ignore_ascii_case(listed)
                    || rules.iter().any(|rule| rule.starts_with(listed.as_str()))
            })
    }

    fn add(&mut self, other: Listed) {
        self.all |= other.all;
        self.rules.extend(other.rules);
    }
}

impl<'a> Suppressions<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        let text: &str = source.text();
        let lower = text.to_ascii_lowercase();
        let is_marked = MARKS.iter().any(|mark| lower.contains(mark));
        let file = if is_marked { whole_file(source, &lower) } else { Listed::default() };
        let levels = match source.language() {
            Language::Rust => nested(source.lint_levels()),
            Language::Python => Vec::new(),
        };
        Self { text, is_marked, file, levels }
    }

    /// Whether a finding is not wanted. `rules`: the linters' rules that mean the same.
    /// `header`: the bytes of decorators and signature; `name`: where the name is;
    /// `docstring`: the bytes of the docstring, if there is one.
    pub(super) fn cover(
        &self,
        code: Code,
        rules: &[&str],
        header: &Range<usize>,
        name: usize,
        docstring: Option<&Range<usize>>,
    ) -> bool {
        if self.is_marked
            && (self.file.holds(code, rules) || self.beside(code, rules, header, docstring))
        {
            return true;
        }
        self.is_allowed(rules, name)
    }

    /// A comment in the lines of the header, or behind the docstring.
    fn beside(
        &self,
        code: Code,
        rules: &[&str],
        header: &Range<usize>,
        docstring: Option<&Range<usize>>,
    ) -> bool {
        let holds = |line: &str| comment(line).is_some_and(|listed| listed.holds(code, rules));
        let end = self.line_end(header.end);
        let lines = self.text.get(header.start..end).unwrap_or_default();
        if lines.split(['\n', '\r']).any(holds) {
            return true;
        }
        docstring.is_some_and(|docstring| {
            let end = self.line_end(docstring.end);
            holds(self.text.get(docstring.end..end).unwrap_or_default())
        })
    }

    fn line_end(&self, offset: usize) -> usize {
        let rest = self.text.get(offset..).unwrap_or_default();
        offset + rest.find(['\n', '\r']).unwrap_or(rest.len())
    }

    /// Whether the innermost level of one of these lints at `offset` is `allow` or `expect`.
    fn is_allowed(&self, lints: &[&str], offset: usize) -> bool {
        let is_meant =
            |level: &LintLevel| level.lints.iter().any(|lint| lints.contains(&lint.as_str()));
        self.around(offset).find(|level| is_meant(level)).is_some_and(|level| level.is_allowed)
    }

    /// The levels that hold at `offset`, the innermost first.
    fn around(&self, offset: usize) -> impl Iterator<Item = &LintLevel> {
        let after = self.levels.partition_point(|(level, _)| level.range.start <= offset);
        let mut next = after.checked_sub(1);
        std::iter::from_fn(move || {
            let (level, parent) = self.levels.get(next?)?;
            next = *parent;
            Some(level)
        })
        .filter(move |level| offset < level.range.end)
    }
}

/// Levels with the index of the one around each.
fn nested(mut levels: Vec<LintLevel>) -> Vec<(LintLevel, Option<usize>)> {
    levels.sort_by_key(|level| (level.range.start, std::cmp::Reverse(level.range.end)));
    let mut open: Vec<usize> = Vec::new();
    let mut out: Vec<(LintLevel, Option<usize>)> = Vec::with_capacity(levels.len());
    for (index, level) in levels.into_iter().enumerate() {
        let ends_before = |outer: &usize| {
            out.get(*outer).is_none_or(|(outer, _)| outer.range.end < level.range.end)
        };
        while open.last().is_some_and(ends_before) {
            open.pop();
        }
        let parent = open.last().copied();
        open.push(index);
        out.push((level, parent));
    }
    out
}

/// What comments on lines of their own say about the whole file.
fn whole_file(source: &Source, lower: &str) -> Listed {
    let text: &str = source.text();
    let mut found = Listed::default();
    let marks = [
        ("ruff: noqa", false),
        ("flake8: noqa", false),
        ("docstring-ls: ignore-file", false),
        ("pylint: skip-file", false),
        ("pylint: disable=", true),
    ];
    for (mark, is_at_margin) in marks {
        for (at, _) in lower.match_indices(mark) {
            let start = text
                .get(..at)
                .map_or(0, |head| head.rfind(['\n', '\r']).map_or(0, |newline| newline + 1));
            let before = text.get(start..at).unwrap_or_default();
            let lead = before.trim_start_matches('\u{feff}');
            let lead = if is_at_margin { lead } else { lead.trim_start() };
            let is_alone = ["#", "//", "//!"].contains(&lead.trim_end());
            let is_indented = lead.starts_with([' ', '\t']);
            if !is_alone || is_indented || !source.is_comment(at) {
                continue;
            }
            let end = text
                .get(at..)
                .map_or(at, |rest| at + rest.find(['\n', '\r']).unwrap_or(rest.len()));
            let rest = text.get(at + mark.len()..end).unwrap_or_default();
            found.add(match (mark, rest.trim_start().strip_prefix(':')) {
                ("pylint: disable=", _) => pylint(rest),
                (_, Some(list)) => rules(list),
                (_, None) => Listed { all: true, rules: Vec::new() },
            });
        }
    }
    found
}

/// What the comment at the end of a line says to linters.
fn comment(line: &str) -> Option<Listed> {
    let mut found = None;
    for (at, _) in line.match_indices('#') {
        let rest = line.get(at + 1..)?.trim_start();
        let lower =
            rest.get(..rest.len().min(64)).map_or_else(String::new, str::to_ascii_lowercase);
        let listed = if lower.starts_with("noqa") {
            let after = rest.get(4..)?;
            match after.trim_start().strip_prefix(':') {
                Some(list) => rules(list),
                None if after.starts_with(|c: char| c.is_alphanumeric() || c == '_') => continue,
                None => Listed { all: true, rules: Vec::new() },
            }
        } else if lower.starts_with("numpydoc ignore=") {
            rules(rest.get(16..)?)
        } else if lower.starts_with("pylint: disable=") {
            pylint(rest.get(16..)?)
        } else if lower.starts_with("nodoqa") {
            rules("D1")
        } else {
            continue;
        };
        found.get_or_insert_with(Listed::default).add(listed);
    }
    found
}

/// Identifiers separated by commas or white space, up to the first word that is none.
fn rules(list: &str) -> Listed {
    let words = list.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    let is_rule = |word: &&str| {
        word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && (word.contains(|c: char| c.is_ascii_digit())
                || word.chars().all(|c| c.is_ascii_uppercase())
                || Code::ALL.iter().any(|code| code.name() == *word))
    };
    let rules: Vec<String> = words.take_while(is_rule).map(str::to_ascii_uppercase).collect();
    // A list without a rule is a bare `noqa:`, which flake8 takes as one for all.
    Listed { all: rules.is_empty(), rules }
}

/// The messages of pylint about missing docstrings, as their identifiers.
fn pylint(list: &str) -> Listed {
    let list = list.split('#').next().unwrap_or_default();
    let rules = list.split(',').map(str::trim).filter_map(|name| match name {
        "missing-docstring" => Some("C0111"),
        "missing-module-docstring" => Some("C0114"),
        "missing-class-docstring" => Some("C0115"),
        "missing-function-docstring" => Some("C0116"),
        "C0111" | "C0114" | "C0115" | "C0116" => Some(name),
        _ => None,
    });
    Listed { all: false, rules: rules.map(str::to_owned).collect() }
}

#[cfg(test)]
mod tests {
    use super::{Listed, comment};
    use crate::generate::check::Code;

    fn listed(all: bool, rules: &[&str]) -> Listed {
        Listed { all, rules: rules.iter().map(|rule| (*rule).to_owned()).collect() }
    }

    #[test]
    fn comments_are_read_as_flake8_and_ruff_read_them() {
        assert_eq!(comment("x = 1  # noqa"), Some(listed(true, &[])));
        assert_eq!(
            comment("x = 1  #NoQA : d102,E501 D1"),
            Some(listed(false, &["D102", "E501", "D1"]))
        );
        assert_eq!(comment("# noqa: DLS001 as the name says it"), Some(listed(false, &["DLS001"])));
        assert_eq!(
            comment("# noqa: missing-docstring"),
            Some(listed(false, &["MISSING-DOCSTRING"]))
        );
        assert_eq!(comment("# type: ignore # noqa: D1"), Some(listed(false, &["D1"])));
        assert_eq!(comment("# noqa: because of that"), Some(listed(true, &[])));
        assert_eq!(comment("# numpydoc ignore=PR01,RT01"), Some(listed(false, &["PR01", "RT01"])));
        assert_eq!(
            comment("# pylint: disable=missing-function-docstring,invalid-name"),
            Some(listed(false, &["C0116"]))
        );
        assert_eq!(comment("# noqaed"), None);
        assert_eq!(comment("noqa"), None);
        assert_eq!(comment("# é noqa: ü"), None);
    }

    #[test]
    fn a_rule_covers_those_that_begin_with_it() {
        let holds = |line: &str, rules: &[&str]| comment(line).unwrap().holds(Code::Missing, rules);
        assert!(holds("# noqa: D", &["D102"]) && holds("# noqa: D10", &["D102"]));
        assert!(holds("# noqa: DLS001", &[]) && holds("# noqa: missing-docstring", &[]));
        assert!(!holds("# noqa: D103", &["D102"]) && !holds("# noqa: E501", &["D102"]));
        assert!(!holds("# noqa: DLS002", &["D102"]));
    }
}
