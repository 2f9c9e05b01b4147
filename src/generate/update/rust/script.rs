//! The lines of a Rust item's documentation as they are to be.

use std::ops::Range;

use super::super::reading::Reading;
use super::super::script::Line;
use super::arguments::{is_same, only};
use crate::docstring::{Docstring, Drift, Item, Section, SectionBody, SectionKind, Symbol};
use crate::generate::Failure;
use crate::style::{Layout, Map, MappedItem, MappedSection, Style};

/// The lines of a documentation text that has no `drift` any more. New words are those of
/// `docstring`; what it has none for stays as it is.
///
/// # Errors
///
/// When a change would leave nothing, or tear a line apart.
pub(in crate::generate::update) fn script(
    symbol: &Symbol,
    reading: &Reading<'_>,
    drift: &[Drift],
    docstring: &Docstring,
    layout: Layout,
) -> Result<Vec<Line>, Failure> {
    let (lines, map, style) = (reading.lines.as_slice(), &reading.map, reading.style);
    let mut plan = Plan::new(lines);
    let text = Text { lines, map, style, layout };
    let kind = SectionKind::Parameters;
    if let Some(section) = only(map)
        && drift.iter().any(|drift| *drift.kind() == kind)
    {
        let items = Items { section, symbol, drift, new: docstring.items(&kind), text: &text };
        items.plan(&mut plan)?;
    }
    for drift in drift {
        match drift {
            Drift::Extra { kind, name: None } => {
                for section in map.of(kind) {
                    plan.remove(section, lines);
                }
            }
            Drift::Missing { kind, name: None } => {
                if let Some(section) = docstring.section(kind) {
                    let at = text.place(kind);
                    plan.insert(at, Block { lines: text.section(section), is_apart: true });
                }
            }
            _ => {}
        }
    }
    plan.script(lines)
}

/// The documentation as it is.
struct Text<'a> {
    lines: &'a [&'a str],
    map: &'a Map,
    style: &'a dyn Style,
    layout: Layout,
}

impl Text<'_> {
    /// The lines of a new section.
    fn section(&self, section: &Section) -> Vec<Line> {
        let kind = &section.kind;
        let form = self.style.form(kind, self.map);
        let mut lines = self.style.opening(kind, self.map);
        let mut entry = |item: &Item| {
            lines.extend(self.style.entry(kind, item, &form, self.layout));
        };
        match &section.body {
            SectionBody::Items(items) => items.iter().for_each(&mut entry),
            SectionBody::Text(text) => {
                entry(&Item { name: None, ty: None, description: text.clone() });
            }
        }
        lines.into_iter().map(|line| Line::new(line, None)).collect()
    }

    /// In front of which line a new section of `kind` goes: behind the last of those that
    /// come before it, else in front of the first that comes after it, else at the end.
    fn place(&self, kind: &SectionKind) -> usize {
        let known = |section: &&MappedSection| !matches!(section.kind, SectionKind::Other(_));
        let mut sections = self.map.sections.iter().filter(known);
        let before = sections.clone().rev().find(|section| section.kind < *kind);
        if let Some(section) = before {
            return section.lines.end;
        }
        if let Some(section) = sections.find(|section| section.kind > *kind) {
            return section.lines.start;
        }
        // Definitions of links stay at the very end.
        let is_tail = |line: &&&str| line.is_empty() || label(line).is_some();
        let tail = self.lines.iter().rev().take_while(is_tail).count();
        self.lines.len() - tail
    }
}

/// New lines that go somewhere.
struct Block {
    lines: Vec<Line>,
    /// With an empty line above and below.
    is_apart: bool,
}

/// What stays, what goes and what comes.
struct Plan {
    stays: Vec<bool>,
    /// What comes in front of each line, and at the end.
    comes: Vec<Vec<Block>>,
}

impl Plan {
    fn new(lines: &[&str]) -> Self {
        let comes = (0..=lines.len()).map(|_| Vec::new()).collect();
        Self { stays: vec![true; lines.len()], comes }
    }

    fn insert(&mut self, at: usize, block: Block) {
        if let Some(blocks) = self.comes.get_mut(at) {
            blocks.push(block);
        }
    }

    fn drop(&mut self, lines: Range<usize>) {
        if let Some(lines) = self.stays.get_mut(lines) {
            lines.fill(false);
        }
    }

    /// Takes a section out, but for links that are used elsewhere.
    fn remove(&mut self, section: &MappedSection, lines: &[&str]) {
        for index in section.lines.clone() {
            let label = lines.get(index).and_then(|line| label(line));
            let is_used = label.is_some_and(|label| {
                let outside = lines.iter().enumerate().filter(|(at, _)| !section.holds(*at));
                outside.into_iter().any(|(_, line)| line.contains(label))
            });
            if !is_used {
                self.drop(index..index + 1);
            }
        }
    }

    /// All lines in order. Where something went, one empty line is left of two.
    fn script(self, lines: &[&str]) -> Result<Vec<Line>, Failure> {
        let mut out = Script { lines, made: Vec::new(), has_gap: false, wants_gap: false };
        let mut comes = self.comes.into_iter();
        for (index, stays) in self.stays.iter().enumerate() {
            comes.next().into_iter().flatten().for_each(|block| out.block(block));
            if *stays {
                out.kept(index);
            } else {
                out.has_gap = true;
            }
        }
        comes.flatten().for_each(|block| out.block(block));
        if out.has_gap {
            while out.ends_blank() {
                out.made.pop();
            }
        }
        if out.made.is_empty() {
            return Err(Failure::Unclear("nothing would be left of the documentation".to_owned()));
        }
        Ok(out.made)
    }
}

/// A line as it is.
fn kept(index: usize) -> Line {
    Line::Kept { index, changes: Vec::new() }
}

/// `[label]` of a line that defines what a link stands for.
fn label(line: &str) -> Option<&str> {
    let bare = line.trim_start();
    let end = bare.find("]:")?;
    bare.get(..=end).filter(|label| label.starts_with('[') && !label.contains(' '))
}

struct Script<'a> {
    lines: &'a [&'a str],
    made: Vec<Line>,
    /// Something went directly above.
    has_gap: bool,
    /// What comes next stands apart.
    wants_gap: bool,
}

impl Script<'_> {
    fn is_blank(&self, line: &Line) -> bool {
        match line {
            Line::New { text, .. } => text.is_empty(),
            Line::Kept { index, .. } => self.lines.get(*index).is_none_or(|line| line.is_empty()),
        }
    }

    /// Nothing, or an empty line, stands above.
    fn is_apart(&self) -> bool {
        self.made.last().is_none_or(|line| self.is_blank(line))
    }

    fn ends_blank(&self) -> bool {
        self.made.last().is_some_and(|line| self.is_blank(line))
    }

    fn kept(&mut self, index: usize) {
        let line = kept(index);
        if self.is_blank(&line) {
            if self.has_gap && self.is_apart() {
                return;
            }
        } else {
            self.part();
            self.has_gap = false;
        }
        self.made.push(line);
    }

    fn part(&mut self) {
        if self.wants_gap && !self.is_apart() {
            self.made.push(Line::new(String::new(), None));
        }
        self.wants_gap = false;
    }

    fn block(&mut self, block: Block) {
        self.wants_gap |= block.is_apart;
        self.part();
        self.made.extend(block.lines);
        self.wants_gap = block.is_apart;
        self.has_gap = false;
    }
}

/// The items of `# Arguments`.
struct Items<'a> {
    section: &'a MappedSection,
    symbol: &'a Symbol,
    drift: &'a [Drift],
    new: &'a [Item],
    text: &'a Text<'a>,
}

/// An item as it is to be.
enum Entry<'a> {
    Old { item: &'a MappedItem, param: Option<usize> },
    New { item: &'a Item, param: usize },
}

impl Entry<'_> {
    fn param(&self) -> Option<usize> {
        match self {
            Entry::Old { param, .. } => *param,
            Entry::New { param, .. } => Some(*param),
        }
    }
}

impl Items<'_> {
    fn plan(&self, plan: &mut Plan) -> Result<(), Failure> {
        let mut entries = Vec::new();
        for item in &self.section.items {
            let gone = item.names.iter().filter(|name| self.is_gone(name.bare())).count();
            if gone == 0 {
                let places = item.names.iter().filter_map(|name| self.place(name.bare()));
                entries.push(Entry::Old { item, param: places.min() });
            } else if gone < item.names.len() {
                let reason = "one of several arguments that share an item is gone";
                return Err(Failure::Unclear(reason.to_owned()));
            }
        }
        let is_reordered = self.drift.iter().any(
            |drift| matches!(drift, Drift::Reordered { kind } if *kind == SectionKind::Parameters),
        );
        if is_reordered {
            // What is no parameter stays in front (the receiver) or goes behind.
            let first = entries.iter().position(|entry| entry.param().is_some()).unwrap_or(0);
            if let Some(entries) = entries.get_mut(first..) {
                entries.sort_by_key(|entry| entry.param().unwrap_or(usize::MAX));
            }
        }
        for (param, item) in self.missing() {
            let before =
                entries.iter().rposition(|entry| entry.param().is_some_and(|at| at < param));
            let after = entries.iter().position(|entry| entry.param().is_some());
            let at = before.map(|at| at + 1).or(after).unwrap_or(entries.len());
            entries.insert(at, Entry::New { item, param });
        }
        if entries.is_empty() {
            plan.remove(self.section, self.text.lines);
            return Ok(());
        }
        let (Some(first), Some(last)) = (self.section.items.first(), self.section.items.last())
        else {
            return Ok(());
        };
        plan.drop(first.start()..last.end());
        plan.insert(first.start(), Block { lines: self.lines(&entries), is_apart: false });
        Ok(())
    }

    fn is_gone(&self, name: &str) -> bool {
        self.drift.iter().any(|drift| {
            matches!(drift, Drift::Extra { kind: SectionKind::Parameters, name: Some(gone) } if gone == name)
        })
    }

    fn renamed(&self, name: &str) -> Option<&str> {
        self.drift.iter().find_map(|drift| match drift {
            Drift::Renamed { kind: SectionKind::Parameters, from, to } if from == name => {
                Some(to.as_str())
            }
            _ => None,
        })
    }

    /// The parameter that a documented name is, or will be.
    fn place(&self, name: &str) -> Option<usize> {
        let name = self.renamed(name).unwrap_or(name);
        self.symbol.signature.params.iter().position(|param| is_same(param, name))
    }

    /// The parameters that need an item, for which there are words.
    fn missing(&self) -> impl Iterator<Item = (usize, &Item)> {
        self.drift.iter().filter_map(|drift| {
            let Drift::Missing { kind: SectionKind::Parameters, name: Some(name) } = drift else {
                return None;
            };
            let item = self.new.iter().find(|item| item.name.as_ref() == Some(name))?;
            Some((self.place(name)?, item))
        })
    }

    fn lines(&self, entries: &[Entry<'_>]) -> Vec<Line> {
        let mut out: Vec<Line> = Vec::new();
        let form = &self.section.form;
        let like = self.section.items.first().map(MappedItem::start);
        for (index, entry) in entries.iter().enumerate() {
            let is_last = index + 1 == entries.len();
            let mut gap = form.gap;
            match entry {
                Entry::Old { item, .. } => {
                    out.extend(item.parts.iter().cloned().flatten().map(|at| self.line(item, at)));
                    // The empty lines below it are its own.
                    let below = self.text.lines.get(item.end()..).unwrap_or_default();
                    let blank = below.iter().take_while(|line| line.is_empty()).count();
                    let is_inner = item.end() + blank < self.section.lines.end;
                    if is_inner && !is_last {
                        out.extend((item.end()..item.end() + blank).map(kept));
                        gap = 0;
                    }
                }
                Entry::New { item, param } => {
                    let ty = self.symbol.signature.params.get(*param);
                    let item =
                        Item { ty: ty.and_then(|param| param.ty.clone()), ..(*item).clone() };
                    let layout = self.text.layout;
                    let lines = self.text.style.entry(&self.section.kind, &item, form, layout);
                    out.extend(lines.into_iter().map(|line| Line::new(line, like)));
                }
            }
            if !is_last {
                out.extend((0..gap).map(|_| Line::new(String::new(), None)));
            }
        }
        out
    }

    /// A line of an item, with its names as they are now.
    fn line(&self, item: &MappedItem, index: usize) -> Line {
        let mut changes = Vec::new();
        for name in &item.names {
            let Some(to) = self.renamed(name.bare()) else { continue };
            for place in name.places.iter().filter(|place| place.line == index) {
                changes.push((place.range.clone(), to.to_owned()));
            }
        }
        Line::Kept { index, changes }
    }
}
