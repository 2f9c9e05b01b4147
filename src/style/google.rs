//! The `google` style: indented sections under `Args:`, `Returns:` and the like
//! (Google Python Style Guide, 3.8).

use super::prose::{
    block, colon, description, finish, head, is_bare_type, is_type, items_or_text, ordered,
    split_head, text_lines,
};
use super::wrap::{fill, goes_on, indent, normalise, push_indented, starts_kept, width};
use super::{Form, Layout, Map, Style, map::google as mapped};
use crate::docstring::{Docstring, Item, Language, Section, SectionBody, SectionKind};

/// The style `google`.
pub struct Google;

impl Style for Google {
    fn id(&self) -> &'static str {
        "google"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    fn render(&self, docstring: &Docstring, layout: Layout) -> String {
        let mut lines = head(docstring, layout);
        for section in ordered(docstring) {
            let mut part = vec![format!("{}:", heading(&section.kind))];
            match &section.body {
                SectionBody::Text(text) => part.extend(text_lines(text, 4, layout)),
                SectionBody::Items(items) if is_value(&section.kind) => {
                    for item in items {
                        part.extend(value_lines(item, layout));
                    }
                }
                SectionBody::Items(items) => {
                    for item in items {
                        push_item(&mut part, item, layout);
                    }
                }
            }
            if part.len() > 1 {
                block(&mut lines, part);
            }
        }
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let starts: Vec<(usize, SectionKind)> = lines
            .iter()
            .enumerate()
            .filter_map(|(index, line)| Some((index, section_at(&lines, index, line)?)))
            .collect();
        let first = starts.first().map_or(lines.len(), |(index, _)| *index);
        let (summary, mut description) = split_head(lines.get(..first).unwrap_or_default());
        let ends = starts.iter().skip(1).map(|(index, _)| *index).chain([lines.len()]);
        let sections = starts.iter().zip(ends).map(|((start, kind), end)| {
            let lines = lines.get(start + 1..end).unwrap_or_default();
            let count = lines.iter().take_while(|line| goes_on(line)).count();
            let (lines, stray) = lines.split_at(count);
            // Prose behind a section belongs to the description.
            let stray = normalise(&stray.join("\n"));
            if !stray.is_empty() {
                let text = description.take().map_or(stray.clone(), |text| text + "\n\n" + &stray);
                description = Some(text);
            }
            let body = if is_value(kind) {
                SectionBody::Items(vec![value(lines)])
            } else {
                items_or_text(has_items(kind).then(|| items(lines)).flatten(), lines)
            };
            Section { kind: kind.clone(), body }
        });
        let sections = sections.collect();
        Docstring { summary, description, sections }
    }

    fn score(&self, text: &str) -> usize {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let known = |(index, line): (usize, &&str)| matches!(section_at(&lines, index, line), Some(kind) if !matches!(kind, SectionKind::Other(_)));
        lines.iter().enumerate().filter(|line| known(*line)).count()
    }

    fn map(&self, lines: &[&str]) -> Map {
        mapped::map(lines)
    }

    fn opening(&self, kind: &SectionKind, _map: &Map) -> Vec<String> {
        mapped::opening_of(kind)
    }

    fn form(&self, kind: &SectionKind, map: &Map) -> Form {
        mapped::new_form(kind, map)
    }

    fn entry(&self, kind: &SectionKind, item: &Item, form: &Form, layout: Layout) -> Vec<String> {
        mapped::entry(kind, item, form, layout)
    }
}

/// Headings that are read, in lower case; the first one of a kind is written.
pub(super) static HEADINGS: &[(&str, SectionKind)] = &[
    ("Args", SectionKind::Parameters),
    ("Arguments", SectionKind::Parameters),
    ("Parameters", SectionKind::Parameters),
    ("Params", SectionKind::Parameters),
    ("Keyword Args", SectionKind::OtherParameters),
    ("Keyword Arguments", SectionKind::OtherParameters),
    ("Other Parameters", SectionKind::OtherParameters),
    ("Attributes", SectionKind::Attributes),
    ("Returns", SectionKind::Returns),
    ("Return", SectionKind::Returns),
    ("Yields", SectionKind::Yields),
    ("Yield", SectionKind::Yields),
    ("Raises", SectionKind::Raises),
    ("Raise", SectionKind::Raises),
    ("Warns", SectionKind::Warns),
    ("Warn", SectionKind::Warns),
    ("Warning", SectionKind::Warnings),
    ("Warnings", SectionKind::Warnings),
    ("Note", SectionKind::Notes),
    ("Notes", SectionKind::Notes),
    ("See Also", SectionKind::SeeAlso),
    ("References", SectionKind::References),
    ("Examples", SectionKind::Examples),
    ("Example", SectionKind::Examples),
    ("Deprecated", SectionKind::Deprecated),
    ("Panics", SectionKind::Panics),
    ("Errors", SectionKind::Errors),
    ("Safety", SectionKind::Safety),
];

pub(super) fn heading(kind: &SectionKind) -> &str {
    if let SectionKind::Other(name) = kind {
        return name;
    }
    HEADINGS.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name)
}

fn is_value(kind: &SectionKind) -> bool {
    matches!(kind, SectionKind::Returns | SectionKind::Yields)
}

fn has_items(kind: &SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Parameters
            | SectionKind::OtherParameters
            | SectionKind::Attributes
            | SectionKind::Raises
            | SectionKind::Warns
            | SectionKind::Other(_)
    )
}

/// The section that begins at this line: a heading with something indented below it.
fn section_at(lines: &[&str], index: usize, line: &str) -> Option<SectionKind> {
    let name = line.strip_suffix(':')?;
    if !name.starts_with(|c: char| c.is_ascii_uppercase())
        || !name.chars().all(|c| c.is_alphanumeric() || c == ' ')
        || name.ends_with(' ')
    {
        return None;
    }
    let below = lines.get(index + 1..)?.iter().find(|line| !line.is_empty())?;
    if indent(below) == 0 {
        return None;
    }
    let known = HEADINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    if let Some((_, kind)) = known {
        return Some(kind.clone());
    }
    // An unknown heading stands by itself; otherwise it is the end of a sentence.
    let is_apart = index == 0 || lines.get(index - 1).is_some_and(|line| line.is_empty());
    let below = lines.get(index + 1).is_some_and(|line| !line.is_empty());
    (is_apart && below).then(|| SectionKind::Other(name.to_owned()))
}

fn push_item(out: &mut Vec<String>, item: &Item, layout: Layout) {
    let name = item.name.as_deref().unwrap_or_default();
    let head = match &item.ty {
        Some(ty) => format!("{name} ({ty}):"),
        None => format!("{name}:"),
    };
    let rest = layout.width.saturating_sub(8).max(20);
    if starts_kept(&item.description) {
        out.push(format!("    {head}"));
        push_indented(out, 8, fill(&item.description, rest, rest));
        return;
    }
    let first = layout.width.saturating_sub(4 + width(&head) + 1);
    let mut lines = fill(&item.description, first, rest).into_iter();
    let opening = lines.next().unwrap_or_default();
    // A first word that does not fit begins the next line; what reads items sees one colon.
    out.push(format!("    {head} {opening}"));
    push_indented(out, 8, lines.collect());
}

/// `Returns` and `Yields`: all lines stand at the same indentation.
fn value_lines(item: &Item, layout: Layout) -> Vec<String> {
    let room = layout.width.saturating_sub(4).max(20);
    let mut lines = Vec::new();
    let mut push = |text| push_indented(&mut lines, 4, text);
    match &item.ty {
        Some(ty) if starts_kept(&item.description) => {
            push(vec![format!("{ty}:")]);
            push(vec![String::new()]);
            push(fill(&item.description, room, room));
        }
        Some(ty) => {
            let first = room.saturating_sub(width(ty) + 2);
            let mut text = fill(&item.description, first, room);
            match text.first_mut() {
                Some(line) => line.insert_str(0, &format!("{ty}: ")),
                None => text.push(format!("{ty}:")),
            }
            push(text);
        }
        None => push(fill(&untyped(&item.description), room, room)),
    }
    lines
}

/// A description that no parser takes for `type: description`.
pub(crate) fn untyped(text: &str) -> String {
    match colon(text.lines().next().unwrap_or_default()) {
        Some(at) if text.get(..at).is_some_and(is_type) => {
            let (ty, rest) = text.split_at(at);
            [ty, " -", rest.get(1..).unwrap_or_default()].concat()
        }
        _ => text.to_owned(),
    }
}

/// The items of a section; `None` if a line at their indentation has no colon.
fn items(lines: &[&str]) -> Option<Vec<Item>> {
    let lines: Vec<&str> = lines.iter().copied().skip_while(|line| line.is_empty()).collect();
    let base = indent(lines.first()?);
    let mut items = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, below)) = rest.split_first() {
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > base).count();
        let (own, next) = below.split_at(count);
        rest = next;
        if indent(first) < base {
            return None;
        }
        let first = first.get(base..).unwrap_or_default();
        let at = colon(first)?;
        let (name, text) = (first.get(..at)?, first.get(at + 1..)?);
        let (name, ty) = match name.strip_suffix(')').and_then(|head| head.split_once(" (")) {
            Some((name, ty)) => (name, Some(ty.to_owned())),
            None => (name, None),
        };
        let description = description(text, own, base + 4);
        items.push(Item { name: Some(name.trim().to_owned()), ty, description });
    }
    Some(items)
}

fn value(lines: &[&str]) -> Item {
    let lines = super::wrap::dedent(lines.iter().copied());
    let Some((first, rest)) = lines.split_first() else { return Item::default() };
    match colon(first) {
        Some(at) if first.get(..at).is_some_and(is_type) => {
            let (ty, text) = first.split_at(at);
            let description = description(text.get(1..).unwrap_or_default(), rest, 0);
            Item { name: None, ty: Some(ty.to_owned()), description }
        }
        _ if rest.is_empty() && is_bare_type(first) => {
            Item { name: None, ty: Some((*first).to_owned()), description: String::new() }
        }
        _ => Item { name: None, ty: None, description: description(first, rest, 0) },
    }
}
