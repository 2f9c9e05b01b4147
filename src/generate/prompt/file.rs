//! What a prompt says about the rest of the file.
//!
//! A [`File`] is made once and serves every symbol of the file: its parts are the same
//! for all of them, so that a provider's prompt cache can keep them, and a batch does
//! not walk the file for each symbol again.

mod near;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

use super::redact::{Clean, Redactor};
use super::target::{dedent, in_one_line};
use crate::docstring::{Language, Symbol, SymbolKind, SymbolPath};
use crate::style::Style;
use crate::syntax::{Outline, Source};

/// Bytes of the parts that are the same for a whole file.
const ABOUT: usize = 500;
const IMPORTS: usize = 700;
const OUTLINE: usize = 800;
/// Docstrings that are shown as samples.
const SAMPLES: usize = 2;
/// Longest docstring that is shown as a sample, and the shortest, in bytes.
const SAMPLE: std::ops::RangeInclusive<usize> = 50..=700;
/// Characters of a signature.
const SIGNATURE: usize = 160;
/// Places that are kept for a name that is called.
const PLACES: usize = 12;

/// Most callees of a symbol, most callers, and lines around each of those.
pub(super) const CALLEES: usize = 6;
pub(super) const CALLERS: usize = 2;
const AROUND: usize = 2;

/// A file, read once for the prompts of all its symbols.
pub struct File<'a> {
    source: &'a Source,
    pub(super) redactor: Redactor<'a>,
    outline: Vec<Outline>,
    by_path: HashMap<SymbolPath, usize>,
    /// What is defined directly in a definition.
    inside: HashMap<String, Vec<usize>>,
    /// The methods of a name.
    methods: HashMap<String, Vec<usize>>,
    /// Symbols that are documented or hold others, by path.
    known: BTreeMap<SymbolPath, Symbol>,
    /// Where a name stands before an opening bracket.
    calls: HashMap<&'a str, Vec<usize>>,
    /// Where lines begin.
    lines: Vec<usize>,
    about: Clean,
    imports: Clean,
    definitions: Clean,
    /// Good docstrings, the best first; one more than are shown.
    samples: Vec<(SymbolPath, Clean)>,
}

fn holds_others(kind: SymbolKind) -> bool {
    matches!(
        kind,
        SymbolKind::Class
            | SymbolKind::Struct
            | SymbolKind::Enum
            | SymbolKind::Union
            | SymbolKind::Trait
            | SymbolKind::Module
    )
}

impl<'a> File<'a> {
    /// Reads what the prompts of a file have in common; samples are preferred that are
    /// written in `style`.
    pub fn new(source: &'a Source, style: &dyn Style) -> Self {
        let text: &'a str = source.text();
        let outline = source.outline();
        let known = source.symbols(|one| one.documented || holds_others(one.kind));
        let known: BTreeMap<SymbolPath, Symbol> =
            known.into_iter().map(|symbol| (symbol.path.clone(), symbol)).collect();
        let by_path = outline.iter().enumerate();
        let by_path = by_path.map(|(index, one)| (one.path.clone(), index)).collect();
        let mut inside: HashMap<String, Vec<usize>> = HashMap::new();
        let mut methods: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, one) in outline.iter().enumerate() {
            if let Some((parent, _)) = one.path.0.rsplit_once('.') {
                inside.entry(parent.to_owned()).or_default().push(index);
            }
            if one.kind == SymbolKind::Method {
                methods.entry(one.name.clone()).or_default().push(index);
            }
        }
        let lines = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect::<Vec<_>>();
        let mut file = Self {
            source,
            redactor: Redactor::new(text),
            by_path,
            inside,
            methods,
            known,
            calls: calls(text, &outline),
            outline,
            lines,
            about: Clean::default(),
            imports: Clean::default(),
            definitions: Clean::default(),
            samples: Vec::new(),
        };
        file.about = file.about();
        file.imports = file.imports();
        file.definitions = file.definitions();
        file.samples = file.samples(style);
        file
    }

    fn language(&self) -> Language {
        self.source.language()
    }

    pub(super) fn text(&self) -> &str {
        self.source.text()
    }

    /// The header of a definition in one line.
    fn signature(&self, one: &Outline) -> Clean {
        self.head(&one.header, one.name_range.start)
    }

    /// A signature from the line of its name on, in one line, without bounds.
    fn head(&self, header: &Range<usize>, name: usize) -> Clean {
        head(&self.redactor, self.source, header, name)
    }

    /// The first paragraph of the module's documentation.
    fn about(&self) -> Clean {
        let module = self.known.get(&SymbolPath::default());
        let text = module.and_then(|module| module.existing.as_ref());
        let text = text.map(|existing| existing.text.as_str()).unwrap_or_default();
        // A title with a line below it says less than what follows.
        let is_title = |paragraph: &&str| {
            let last = paragraph.lines().next_back().unwrap_or_default().trim();
            last.chars().all(|c| c.is_ascii_punctuation())
        };
        let mut paragraphs = text.trim().split("\n\n");
        let paragraph = paragraphs.find(|paragraph| !is_title(paragraph)).unwrap_or_default();
        let mut clean = self.redactor.text(paragraph);
        limit(&mut clean.text, ABOUT);
        clean
    }

    /// Import statements outside of every definition.
    fn imports(&self) -> Clean {
        let words: &[&str] = match self.language() {
            Language::Python => &["import ", "from "],
            Language::Rust => &["use ", "pub use ", "pub(crate) use ", "extern crate "],
        };
        let text = self.text();
        let module = SymbolPath::default();
        let documentation = self.known.get(&module).and_then(|module| module.existing.as_ref());
        let documentation = documentation.map(|existing| existing.range.clone());
        let taken = self.outline.iter().filter(|one| one.kind != SymbolKind::Module);
        let taken: Vec<Range<usize>> = taken.map(|one| one.range.clone()).collect();
        let mut clean = Clean::default();
        let mut passed = 0;
        let mut end = 0;
        for (index, start) in self.lines.iter().copied().enumerate() {
            while taken.get(passed).is_some_and(|range| range.end <= start) {
                passed += 1;
            }
            let is_inside = start < end
                || taken.get(passed).is_some_and(|range| range.contains(&start))
                || documentation.as_ref().is_some_and(|range| range.contains(&start));
            let line = text.get(start..).unwrap_or_default();
            if is_inside || !words.iter().any(|word| line.starts_with(word)) {
                continue;
            }
            let last = self.statement_end(index);
            end = self.lines.get(last + 1).copied().unwrap_or(text.len());
            let part = self.redactor.slice(start..end);
            let statement = in_one_line(&part.text, SIGNATURE);
            if clean.text.len() + statement.len() > IMPORTS {
                break;
            }
            clean.text.push_str(&statement);
            clean.text.push('\n');
            clean.secrets.extend(part.secrets);
        }
        clean.text.truncate(clean.text.trim_end().len());
        clean
    }

    /// The index of the line in which the brackets of a statement are closed.
    fn statement_end(&self, first: usize) -> usize {
        let mut depth = 0usize;
        for index in first..first + 40 {
            let line = self.line(index);
            for byte in line.bytes() {
                match byte {
                    b'(' | b'{' => depth += 1,
                    b')' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
            if depth == 0 {
                return index;
            }
        }
        first
    }

    fn line(&self, index: usize) -> &str {
        let start = self.lines.get(index).copied().unwrap_or(self.text().len());
        let end = self.lines.get(index + 1).copied().unwrap_or(self.text().len());
        self.text().get(start..end).unwrap_or_default()
    }

    /// The types on the top level, with the names of what is in them.
    fn definitions(&self) -> Clean {
        let mut clean = Clean::default();
        for one in &self.outline {
            let is_top = !one.path.0.is_empty() && !one.path.0.contains('.');
            if !is_top || !holds_others(one.kind) || one.kind == SymbolKind::Module {
                continue;
            }
            let names = self.children(&one.path.0).filter(|child| child.kind.is_callable());
            let names = names.map(|child| child.name.as_str()).filter(|n| !n.starts_with('_'));
            let shown: Vec<&str> = names.take(12).collect();
            let header = match one.kind {
                SymbolKind::Class => in_one_line(&self.signature(one).text, 80),
                kind => format!("{} {}:", kind.id(), one.name),
            };
            let header = if shown.is_empty() { header.trim_end_matches(':') } else { &header };
            let line = format!("{header} {}", shown.join(", "));
            if clean.text.len() + line.len() > OUTLINE {
                break;
            }
            clean.text.push_str(line.trim_end());
            clean.text.push('\n');
        }
        clean.text.truncate(clean.text.trim_end().len());
        clean
    }

    fn children(&self, parent: &str) -> impl Iterator<Item = &Outline> {
        let indices = self.inside.get(parent).map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|index| self.outline.get(*index))
    }

    /// What the module says of itself.
    pub(super) fn module(&self, symbol: &Symbol) -> Clean {
        if symbol.path.0.is_empty() { Clean::default() } else { self.about.clone() }
    }

    /// What the file imports.
    pub(super) fn imported(&self) -> Clean {
        self.imports.clone()
    }

    /// The types of the file.
    pub(super) fn defined(&self) -> Clean {
        self.definitions.clone()
    }

    /// The shortest good docstrings of the file: one with sections, if there is one, and
    /// others after it.
    fn samples(&self, style: &dyn Style) -> Vec<(SymbolPath, Clean)> {
        let mut good: Vec<(usize, bool, &Symbol, &str)> = self
            .known
            .values()
            .filter(|known| known.kind.is_callable() && !known.flags.is_test)
            .filter_map(|known| Some((known, known.existing.as_ref()?.text.trim())))
            .filter(|(_, text)| is_good(text))
            .map(|(known, text)| (text.len(), style.score(text) > 0, known, text))
            .collect();
        good.sort_by_key(|(length, _, known, _)| (*length, known.range.start));
        let first = good.iter().position(|(_, has_sections, _, _)| *has_sections);
        let others = (0..good.len()).filter(|index| Some(*index) != first);
        let chosen = first.into_iter().chain(others).take(SAMPLES + 1);
        let samples = chosen.filter_map(|index| good.get(index)).map(|(_, _, known, text)| {
            let head = self.head(&known.header, known.name_range.start);
            let mut clean = self.redactor.text(text);
            clean.text = documented(self.language(), &head.text, &dedent(&clean.text));
            clean.secrets.extend(head.secrets);
            (known.path.clone(), clean)
        });
        samples.collect()
    }

    /// The samples for a symbol: the same for every one but those that they are taken from.
    pub(super) fn sampled(&self, symbol: &Symbol) -> Clean {
        let mut clean = Clean::default();
        let others = self.samples.iter().filter(|(path, _)| *path != symbol.path);
        for (_, sample) in others.take(SAMPLES) {
            if !clean.text.is_empty() {
                clean.text.push_str("\n\n");
            }
            clean.text.push_str(&sample.text);
            clean.secrets.extend(sample.secrets.iter().cloned());
        }
        clean
    }
}

/// A signature from the line of its name on, in one line, without bounds.
pub(super) fn head(
    redactor: &Redactor<'_>,
    source: &Source,
    header: &Range<usize>,
    name: usize,
) -> Clean {
    let before = source.text().get(..name).unwrap_or_default();
    let line = before.rfind('\n').map_or(0, |at| at + 1).max(header.start);
    let mut clean = redactor.slice(line..header.end.max(line));
    let text = in_one_line(&clean.text, SIGNATURE);
    clean.text = match text.split_once(" where ") {
        Some((head, _)) if source.language() == Language::Rust => head.to_owned(),
        _ => text,
    };
    clean
}

/// The lines around a place.
pub(super) fn around(text: &str, at: usize) -> Range<usize> {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let mut starts = before.rmatch_indices('\n').map(|(newline, _)| newline + 1);
    let start = starts.nth(AROUND).unwrap_or(0);
    let mut ends = after.match_indices('\n').map(|(newline, _)| at + newline + 1);
    start..ends.nth(AROUND).unwrap_or(text.len())
}

/// A signature with documentation, as the language writes it.
pub(super) fn documented(language: Language, signature: &str, text: &str) -> String {
    if text.is_empty() {
        return signature.to_owned();
    }
    if language == Language::Python {
        let text = text.replace('\n', "\n    ").replace("\n    \n", "\n\n");
        return format!("{signature}\n    \"\"\"{text}\"\"\"");
    }
    let lines = text.lines().map(|line| format!("/// {line}").trim_end().to_owned());
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!("{lines}\n{signature}")
}

/// Whether documentation is worth imitating.
fn is_good(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default().trim_end();
    SAMPLE.contains(&text.len())
        && first.ends_with('.')
        && first.starts_with(|c: char| c.is_uppercase() || c == '`')
        && first.contains(' ')
        && ![">>>", "```"].iter().any(|mark| text.contains(mark))
        && !["TODO", "FIXME", "XXX"].iter().any(|mark| text.contains(mark))
}

/// Where the names of the file's definitions are called, at most so many each, in one pass.
fn calls<'a>(text: &'a str, outline: &[Outline]) -> HashMap<&'a str, Vec<usize>> {
    let names: BTreeSet<&str> = outline.iter().map(|one| one.name.as_str()).collect();
    let defined: BTreeSet<usize> = outline.iter().map(|one| one.name_range.start).collect();
    let mut calls: HashMap<&str, Vec<usize>> = HashMap::new();
    let bytes = text.as_bytes();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let skip = rest.iter().position(is_word).unwrap_or(rest.len());
        let start = at + skip;
        let rest = bytes.get(start..).unwrap_or_default();
        let end = start + rest.iter().position(|byte| !is_word(byte)).unwrap_or(rest.len());
        if bytes.get(end) == Some(&b'(')
            && let Some(name) = text.get(start..end)
            && names.contains(name)
            && !defined.contains(&start)
        {
            let places = calls.entry(name).or_default();
            if places.len() < PLACES {
                places.push(start);
            }
        }
        at = end + 1;
    }
    calls
}

/// Cuts `text` to at most `most` bytes.
fn limit(text: &mut String, most: usize) {
    if text.len() > most {
        let cut = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
        text.push('…');
    }
}
