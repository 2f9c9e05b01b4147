//! An existing docstring, read for its parts.

use crate::docstring::{Language, SectionKind, Symbol};
use crate::style::{Map, MappedSection, Place, Rustdoc, STYLES, Style};

/// A docstring in the style in which it is written, whatever style is configured.
pub(super) struct Reading<'a> {
    /// The style.
    pub(super) style: &'static dyn Style,
    /// The lines of its text.
    pub(super) lines: Vec<&'a str>,
    /// Where its parts stand.
    pub(super) map: Map,
}

impl<'a> Reading<'a> {
    /// Reads `text`; `None` without a part of any style, or with those of two. Rust has one
    /// style, in which a text without any part is as good as another.
    pub(super) fn of(text: &'a str, language: Language, usual: &dyn Style) -> Option<Self> {
        let lines: Vec<&str> = text.split('\n').collect();
        if language == Language::Rust {
            let style: &'static dyn Style = &Rustdoc;
            let map = style.map(&lines);
            return Some(Self { style, lines, map });
        }
        let styles = STYLES.iter().copied().filter(|style| style.language() == language);
        let scored = styles.map(|style| (style.score(text), style)).filter(|(score, _)| *score > 0);
        let scored: Vec<(usize, &'static dyn Style)> = scored.collect();
        let best = scored.iter().map(|(score, _)| *score).max()?;
        let mut leading = scored.iter().filter(|(score, _)| *score == best);
        let first = leading.clone().next()?;
        let (_, style) = leading.find(|(_, style)| style.id() == usual.id()).unwrap_or(first);
        let map = style.map(&lines);
        // Parameters in two styles: neither of the two tells everything.
        let has_params = |map: &Map| map.section(&SectionKind::Parameters).is_some();
        let others = scored.iter().filter(|(_, other)| other.id() != style.id());
        let is_mixed = has_params(&map)
            && others.map(|(_, other)| other.map(&lines)).any(|other| has_params(&other));
        (!map.sections.is_empty() && !is_mixed).then_some(Self { style: *style, lines, map })
    }

    /// Reads the docstring of `symbol`.
    pub(super) fn of_symbol(symbol: &'a Symbol, usual: &dyn Style) -> Option<Self> {
        Self::of(&symbol.existing.as_ref()?.text, symbol.language, usual)
    }

    /// The clear sections of a kind; `None` if there is none, or one of them is not clear.
    pub(super) fn clear(&self, kind: &SectionKind) -> Option<Vec<&MappedSection>> {
        let sections = self.map.sections.iter().filter(|section| section.kind == *kind);
        let sections: Vec<&MappedSection> = sections.collect();
        let is_clear = !sections.is_empty() && sections.iter().all(|section| section.is_clear);
        is_clear.then_some(sections)
    }

    /// The text of a place.
    pub(super) fn text(&self, place: &Place) -> Option<&'a str> {
        self.lines.get(place.line)?.get(place.range.clone())
    }

    /// Whether a word that begins with `start` (in lower case) stands outside of all
    /// sections.
    pub(super) fn says(&self, start: &str) -> bool {
        self.has_prose(|word| {
            word.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
        })
    }

    /// Whether `word` (in lower case) stands outside of all sections.
    pub(super) fn says_word(&self, word: &str) -> bool {
        self.has_prose(|other| other.eq_ignore_ascii_case(word))
    }

    fn has_prose(&self, is_it: impl Fn(&str) -> bool) -> bool {
        let prose = self.lines.iter().enumerate().filter(|(at, _)| self.map.is_prose(*at));
        prose.into_iter().any(|(_, line)| {
            let words = line.split(|c: char| !c.is_alphanumeric());
            words.into_iter().any(&is_it)
        })
    }

    /// Whether `name` stands anywhere as a word.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.lines.iter().any(|line| has_word(line, name))
    }
}

/// Whether `name` stands in `text` as an identifier of its own.
pub(super) fn has_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|head| head.chars().next_back());
            let after = text.get(at + name.len()..).and_then(|tail| tail.chars().next());
            !before.is_some_and(is_part) && !after.is_some_and(is_part)
        })
}
