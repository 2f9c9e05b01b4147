//! From what disagrees to the lines of a docstring that agrees.
//!
//! Only lines of entries that are wrong change. An entry that stays is moved as a whole if
//! at all, and its words are never touched.

mod entries;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::reading::Reading;
use super::script::Line;
use crate::docstring::{Docstring, Drift, Item, SectionKind};
use crate::style::{Form, Layout, MappedItem, MappedSection, Name};

use entries::{described, end_of, gap, outside, runs};

/// What the code says about the order of names.
pub(super) struct Order<'a> {
    /// Parameters or attributes, bare, in the order of the code.
    pub(super) names: Vec<&'a str>,
}

impl Order<'_> {
    fn position(&self, name: &str) -> Option<usize> {
        let bare = name.trim_start_matches('*');
        self.names.iter().position(|known| *known == bare)
    }
}

/// Makes the lines of a docstring from those of another.
pub(super) struct Mending<'a> {
    reading: &'a Reading<'a>,
    layout: Layout,
    /// What is replaced inside of lines.
    changes: BTreeMap<usize, Vec<(Range<usize>, String)>>,
    /// Lines that go.
    gone: BTreeSet<usize>,
    /// What stands where a line stood: moved entries.
    moved: BTreeMap<usize, Vec<usize>>,
    /// What is added in front of a line.
    added: BTreeMap<usize, Vec<Line>>,
}

impl<'a> Mending<'a> {
    pub(super) fn new(reading: &'a Reading<'a>, layout: Layout) -> Self {
        Self {
            reading,
            layout,
            changes: BTreeMap::new(),
            gone: BTreeSet::new(),
            moved: BTreeMap::new(),
            added: BTreeMap::new(),
        }
    }

    /// The lines after all of `drift` is mended, with the words of `words` for what is
    /// missing. `order` tells the order of the names of a section.
    pub(super) fn lines<'b>(
        mut self,
        drift: &[Drift],
        words: &Docstring,
        order: impl Fn(&SectionKind) -> Order<'b>,
    ) -> Vec<Line> {
        for one in drift {
            match one {
                Drift::Renamed { kind, from, to } => self.rename(kind, from, to),
                Drift::Retyped { kind, name, actual, .. } => {
                    self.retype(kind, name.as_deref(), actual);
                }
                _ => {}
            }
        }
        let mut kinds: Vec<&SectionKind> = drift.iter().map(Drift::kind).collect();
        kinds.sort();
        kinds.dedup();
        for kind in kinds {
            let own: Vec<&Drift> = drift.iter().filter(|one| one.kind() == kind).collect();
            self.section(kind, &own, words, &order(kind));
        }
        self.finish()
    }

    fn items(&self, kind: &SectionKind) -> impl Iterator<Item = &'a MappedItem> + use<'a> {
        let sections = self.reading.map.sections.iter();
        let kind = kind.clone();
        sections.filter(move |section| section.kind == kind).flat_map(|section| &section.items)
    }

    fn rename(&mut self, kind: &SectionKind, from: &str, to: &str) {
        let names = self.items(kind).flat_map(|item| &item.names);
        let places = names.filter(|name| name.bare() == from).flat_map(|name| &name.places);
        for place in places.collect::<Vec<_>>() {
            self.change(place.line, place.range.clone(), to.to_owned());
        }
    }

    fn retype(&mut self, kind: &SectionKind, name: Option<&str>, actual: &str) {
        let bare = name.map(|name| name.trim_start_matches('*'));
        let item = self.items(kind).find(|item| match bare {
            Some(bare) => item.names.iter().any(|name| name.bare() == bare),
            None => item.ty.is_some(),
        });
        if let Some(place) = item.and_then(|item| item.ty.as_ref()) {
            self.change(place.line, place.range.clone(), actual.to_owned());
        }
    }

    fn change(&mut self, line: usize, range: Range<usize>, text: String) {
        let changes = self.changes.entry(line).or_default();
        changes.push((range, text));
        changes.sort_by_key(|(range, _)| (range.start, range.end));
    }

    /// Takes out, puts in order and adds what `drift` names.
    fn section(
        &mut self,
        kind: &SectionKind,
        drift: &[&Drift],
        words: &Docstring,
        order: &Order<'_>,
    ) {
        let mut extra: Vec<Option<&str>> = Vec::new();
        let mut missing: Vec<Option<&str>> = Vec::new();
        let mut is_reordered = false;
        for one in drift {
            match one {
                Drift::Extra { name, .. } => extra.push(name.as_deref()),
                Drift::Missing { name, .. } => missing.push(name.as_deref()),
                Drift::Reordered { .. } => is_reordered = true,
                _ => {}
            }
        }
        // What the names of entries are afterwards.
        let renamed = |name: &Name| {
            let found = drift.iter().find_map(|one| match one {
                Drift::Renamed { from, to, .. } if *from == name.bare() => Some(to.as_str()),
                _ => None,
            });
            order.position(found.unwrap_or(name.bare()))
        };
        let sections: Vec<&'a MappedSection> =
            self.reading.map.sections.iter().filter(|section| section.kind == *kind).collect();
        let missing: Vec<&Item> =
            missing.iter().filter_map(|name| described(words, kind, *name)).collect();
        if sections.is_empty() {
            self.open(kind, &missing);
            return;
        }
        let mut left: Vec<Vec<&'a MappedItem>> = Vec::new();
        for section in &sections {
            let kept = self.take_out(section, &extra);
            if is_reordered {
                self.reorder(&kept, &renamed);
            }
            left.push(kept);
        }
        // Where the entries stand once they are in order: each with its position.
        let mut standing: Vec<(usize, usize, usize)> = Vec::new();
        for (index, kept) in left.iter().enumerate() {
            let mut positions: Vec<usize> =
                kept.iter().filter_map(|item| item.names.iter().rev().find_map(&renamed)).collect();
            if is_reordered {
                positions.sort_unstable();
            }
            let named = kept.iter().filter(|item| item.names.iter().any(|n| renamed(n).is_some()));
            standing.extend(named.zip(positions).map(|(item, at)| (at, index, end_of(item))));
        }
        let mut placed: Vec<usize> = vec![0; sections.len()];
        for item in missing {
            let at = item.name.as_deref().and_then(|name| order.position(name));
            let before = standing
                .iter()
                .filter(|(position, ..)| at.is_none_or(|at| *position < at))
                .max_by_key(|(position, ..)| *position);
            let last = sections.len() - 1;
            let (index, line) = match (before, at) {
                (Some((_, index, line)), Some(_)) => (*index, Some(*line)),
                (None, Some(_)) => (0, None),
                // Exceptions have no order of their own: behind the last one.
                (_, None) => {
                    let end = left.last().and_then(|kept| kept.last()).map(|item| end_of(item));
                    (last, end)
                }
            };
            let Some(section) = sections.get(index) else { continue };
            let kept = left.get(index).map(Vec::as_slice).unwrap_or_default();
            let count = placed.get(index).copied().unwrap_or(0);
            self.add(section, item, line, kept, count);
            if let Some(count) = placed.get_mut(index) {
                *count += 1;
            }
        }
        for (index, section) in sections.iter().enumerate() {
            let is_empty = left.get(index).is_some_and(Vec::is_empty)
                && placed.get(index).is_none_or(|count| *count == 0);
            if is_empty && !extra.is_empty() {
                self.gone.extend(section.heading.clone());
            }
        }
    }

    /// Takes entries out of a section, and gives back those that stay.
    fn take_out(
        &mut self,
        section: &'a MappedSection,
        extra: &[Option<&str>],
    ) -> Vec<&'a MappedItem> {
        let is_extra = |name: &Name| {
            extra.iter().flatten().any(|extra| extra.trim_start_matches('*') == name.bare())
        };
        // A value has no name: the whole section goes.
        let is_whole = extra.contains(&None);
        if is_whole {
            for line in section.lines.clone().filter(|line| section.holds(*line)) {
                self.gone.insert(line);
            }
            return Vec::new();
        }
        let mut kept = Vec::new();
        for (index, item) in section.items.iter().enumerate() {
            let going = item.names.iter().filter(|name| is_extra(name)).count();
            if going > 0 && going == item.names.len() {
                self.gone.extend(item.parts.iter().cloned().flatten());
                // With the space to the next one: none must follow a heading.
                let next = section.items.get(index + 1).map_or(0, MappedItem::start);
                let space = item.end()..next;
                let is_blank = |at: usize| {
                    self.reading.lines.get(at).is_some_and(|line| line.trim().is_empty())
                };
                if space.clone().all(is_blank) {
                    self.gone.extend(space);
                }
                continue;
            }
            if going > 0 {
                self.shorten(item, is_extra);
            }
            kept.push(item);
        }
        kept
    }

    /// Takes some names out of an entry that has others.
    fn shorten(&mut self, item: &MappedItem, is_extra: impl Fn(&Name) -> bool) {
        let mut previous: Option<&Name> = None;
        for (index, name) in item.names.iter().enumerate() {
            if !is_extra(name) {
                previous = Some(name);
                continue;
            }
            let Some(place) = name.places.first() else { continue };
            let cut = if let Some(before) = previous.and_then(|name| name.places.first()) {
                Some(before.range.end..place.range.end)
            } else {
                // Up to the next one, which keeps its own marks.
                let next = item.names.get(index + 1).and_then(|name| name.places.first());
                let line = self.reading.lines.get(place.line).copied().unwrap_or_default();
                next.map(|next| outside(line, place.range.start)..outside(line, next.range.start))
            };
            // Two neighbours that go make one cut.
            if let Some(cut) = cut {
                let changes = self.changes.entry(place.line).or_default();
                match changes.iter_mut().find(|(old, text)| {
                    text.is_empty() && old.start <= cut.end && cut.start <= old.end
                }) {
                    Some((old, _)) => *old = old.start.min(cut.start)..old.end.max(cut.end),
                    None => changes.push((cut, String::new())),
                }
                changes.sort_by_key(|(range, _)| (range.start, range.end));
            }
        }
    }

    /// Puts entries in order: each run of lines takes the place of another.
    fn reorder(&mut self, kept: &[&'a MappedItem], position: &impl Fn(&Name) -> Option<usize>) {
        // Entries of which the code knows nothing stay behind the one before them.
        let mut last = None;
        let keyed = kept.iter().enumerate().map(|(index, item)| {
            let own = item.names.iter().find_map(position);
            last = own.or(last);
            ((last.map_or(0, |last| last + 1), index), *item)
        });
        let mut order: Vec<((usize, usize), &MappedItem)> = keyed.collect();
        order.sort_by_key(|(key, _)| *key);
        let most = kept.iter().map(|item| runs(item).len()).max().unwrap_or(0);
        // The first runs among themselves, then the second ones (types in a list of theirs).
        for depth in 0..most {
            let run = |item: &MappedItem| runs(item).get(depth).cloned();
            let mut slots: Vec<Range<usize>> = kept.iter().filter_map(|item| run(item)).collect();
            slots.sort_by_key(|slot| slot.start);
            let runs = order.iter().filter_map(|(_, item)| run(item));
            for (slot, new) in slots.into_iter().zip(runs) {
                if slot != new {
                    let mut lines = slot.clone();
                    if let Some(first) = lines.next() {
                        self.moved.insert(first, new.collect());
                    }
                    for line in lines {
                        self.moved.insert(line, Vec::new());
                    }
                }
            }
        }
    }

    /// Adds an entry in front of the line `at`, or before the first one of its section.
    fn add(
        &mut self,
        section: &MappedSection,
        item: &Item,
        at: Option<usize>,
        kept: &[&MappedItem],
        placed: usize,
    ) {
        let mut form = section.form.clone();
        // The only entry that there was is no pattern for the space between two.
        if kept.len() + placed == 0 {
            form.gap = 0;
        }
        let like = section.items.first().map(MappedItem::start);
        let entry = self.entry(&section.kind, item, &form, like);
        let blank = || std::iter::repeat_n(Line::new(String::new(), None), form.gap);
        let (place, new): (usize, Vec<Line>) = if let Some(at) = at {
            (at, blank().chain(entry).collect())
        } else {
            let first = kept.iter().map(|item| item.start()).min();
            let first_gone = section.items.first().map(MappedItem::start);
            let start = first.or(first_gone).unwrap_or(section.heading.end);
            let gap: Vec<Line> = if first.is_some() { blank().collect() } else { Vec::new() };
            (start, entry.into_iter().chain(gap).collect())
        };
        self.added.entry(place).or_default().extend(new);
    }

    /// The lines of an entry.
    fn entry(
        &self,
        kind: &SectionKind,
        item: &Item,
        form: &Form,
        like: Option<usize>,
    ) -> Vec<Line> {
        let name = item.name.as_deref().map(|name| {
            let bare = name.trim_start_matches('*');
            format!("{}{bare}", form.star.repeat(name.len() - bare.len()))
        });
        let item = Item { name, ..item.clone() };
        let lines = self.reading.style.entry(kind, &item, form, self.layout);
        lines.into_iter().map(|text| Line::new(text, like)).collect()
    }

    /// Adds a section, at its place in the usual order.
    fn open(&mut self, kind: &SectionKind, items: &[&Item]) {
        if items.is_empty() {
            return;
        }
        let reading = self.reading;
        let map = &reading.map;
        let rank = |kind: &SectionKind| match kind {
            SectionKind::Other(_) => None,
            known => Some(known.clone()),
        };
        let comes_first =
            |section: &&MappedSection| rank(&section.kind).is_some_and(|one| one < *kind);
        let sections = &map.sections;
        let before = sections.iter().filter(comes_first).max_by_key(|section| section.lines.end);
        let form = reading.style.form(kind, map);
        let opening = reading.style.opening(kind, map);
        let gap = gap(sections, usize::from(!opening.is_empty()));
        let mut lines: Vec<Line> = opening.into_iter().map(|text| Line::new(text, None)).collect();
        let like = sections.iter().find(|section| section.form.indent == form.indent);
        let like = like.and_then(|section| section.items.first()).map(MappedItem::start);
        for item in items {
            lines.extend(self.entry(kind, item, &form, like));
        }
        let blank = || std::iter::repeat_n(Line::new(String::new(), None), gap);
        if let Some(before) = before {
            let lines = blank().chain(lines).collect::<Vec<_>>();
            self.added.entry(before.lines.end).or_default().extend(lines);
        } else {
            let first = sections.iter().map(|section| section.lines.start).min().unwrap_or(0);
            lines.extend(blank());
            self.added.entry(first).or_default().extend(lines);
        }
    }

    /// The lines in the end.
    fn finish(mut self) -> Vec<Line> {
        let count = self.reading.lines.len();
        let is_blank = |at: usize| self.reading.lines.get(at).is_none_or(|l| l.trim().is_empty());
        // Empty lines around what goes: one of the two gaps goes with it.
        let mut out: Vec<Line> = Vec::new();
        let mut at = 0;
        let mut changes = std::mem::take(&mut self.changes);
        let mut kept = |index: usize| Line::Kept {
            index,
            changes: changes.remove(&index).unwrap_or_default(),
        };
        let ends_blank = |out: &[Line]| match out.last() {
            None => true,
            Some(Line::New { text, .. }) => text.is_empty(),
            Some(Line::Kept { index, .. }) => is_blank(*index),
        };
        while at < count {
            if let Some(lines) = self.added.remove(&at) {
                out.extend(lines);
            }
            if self.gone.contains(&at) {
                let was_blank = ends_blank(&out);
                while at < count && self.gone.contains(&at) {
                    at += 1;
                    if let Some(lines) = self.added.remove(&at) {
                        out.extend(lines);
                    }
                }
                let is_end = at >= count;
                if is_end {
                    while !out.is_empty() && ends_blank(&out) {
                        out.pop();
                    }
                } else if was_blank && ends_blank(&out) && is_blank(at) {
                    while at < count && is_blank(at) && !self.added.contains_key(&at) {
                        at += 1;
                    }
                }
                continue;
            }
            match self.moved.get(&at) {
                Some(lines) => out.extend(lines.iter().map(|line| kept(*line))),
                None => out.push(kept(at)),
            }
            at += 1;
        }
        if let Some(lines) = self.added.remove(&count) {
            out.extend(lines);
        }
        out
    }
}
