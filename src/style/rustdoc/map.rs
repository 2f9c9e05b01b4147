//! Where the sections of a Markdown text stand, and the items of `# Arguments`.

use std::ops::Range;

use super::headings::{Part, headings, parts};
use crate::docstring::SectionKind;
use crate::style::map::{Form, Map, MappedItem, MappedSection, Name, Place, Typed};
use crate::style::wrap::indent;

/// The map of a dedented text.
///
/// A section ends in front of the next heading of its level or above. Definitions of
/// links at its end belong to the whole text.
pub(super) fn map(lines: &[&str]) -> Map {
    let parts = parts(lines);
    let headings = headings(lines, &parts);
    let mut sections = Vec::new();
    for (index, heading) in headings.iter().enumerate() {
        let below = headings.get(index + 1..).unwrap_or_default();
        let next = below.iter().find(|next| next.level <= heading.level);
        let end = next.map_or(lines.len(), |next| next.lines.start);
        let end = without_links(lines, &parts, heading.lines.end..end);
        let inner = below.first().map_or(end, |next| next.lines.start.min(end));
        let kind = heading.kind();
        let body = heading.lines.end..inner;
        let items = match kind {
            SectionKind::Parameters => items(lines, &parts, body),
            _ => None,
        };
        let is_clear = kind != SectionKind::Parameters || items.is_some() && inner == end;
        let items = items.unwrap_or_default();
        let marks = "#".repeat(heading.level);
        let form = Form { marks, ..form(lines, &items) };
        let lines = heading.lines.start..end;
        let heading = heading.lines.clone();
        sections.push(MappedSection { kind, heading, lines, items, is_clear, form });
    }
    Map { sections }
}

/// The end of a section that begins with a heading and goes on through `body`: definitions
/// of links and empty lines at its end are left out.
fn without_links(lines: &[&str], parts: &[Part], body: Range<usize>) -> usize {
    let mut end = body.end;
    while end > body.start {
        let line = lines.get(end - 1).copied().unwrap_or_default();
        let is_text = parts.get(end - 1) == Some(&Part::Text);
        if !(is_text && (line.trim().is_empty() || is_link(line))) {
            break;
        }
        end -= 1;
    }
    end
}

/// Whether a line defines what a link or footnote in the text stands for.
fn is_link(line: &str) -> bool {
    let bare = line.trim_start_matches(' ');
    let label = bare.strip_prefix('[').and_then(|rest| rest.split_once("]:"));
    line.len() - bare.len() <= 3
        && label.is_some_and(|(label, rest)| !label.contains([']', '[']) && !rest.trim().is_empty())
}

/// The bullets in `body`; `None` if there is anything else.
fn items(lines: &[&str], parts: &[Part], body: Range<usize>) -> Option<Vec<MappedItem>> {
    let mut items: Vec<MappedItem> = Vec::new();
    let mut margin = None;
    for index in body {
        let line = lines.get(index).copied().unwrap_or_default();
        if line.trim().is_empty() {
            continue;
        }
        let own = indent(line);
        let is_text = parts.get(index) == Some(&Part::Text);
        if let Some(text) = bullet(line)
            && is_text
            && margin.is_none_or(|margin| own <= margin)
        {
            margin.get_or_insert(own);
            items.push(item(index, line, text)?);
            continue;
        }
        // What goes on below a bullet stands further in, or directly below it.
        let last = items.last_mut()?;
        let part = last.parts.last_mut()?;
        if own <= margin? && part.end < index {
            return None;
        }
        part.end = index + 1;
        last.is_described = true;
    }
    (!items.is_empty()).then_some(items)
}

/// Where the text of a bullet begins.
fn bullet(line: &str) -> Option<usize> {
    let bare = line.trim_start_matches(' ');
    let rest = bare.strip_prefix(['*', '-', '+'])?;
    let text = rest.trim_start_matches(' ');
    (text.len() < rest.len() && !text.is_empty()).then(|| line.len() - text.len())
}

/// The item of a bullet, if it begins with the name of an argument.
fn item(index: usize, line: &str, start: usize) -> Option<MappedItem> {
    let mut names = Vec::new();
    let mut ty = None;
    let mut at = start;
    let mut is_marked;
    loop {
        let found = name(line, at)?;
        is_marked = found.is_marked;
        let place = Place { line: index, range: found.name.clone() };
        let text = line.get(found.name)?.to_owned();
        names.push(Name { text, places: vec![place] });
        ty = ty.or(found.ty.map(|range| Place { line: index, range }));
        at = found.end;
        let rest = line.get(at..)?;
        let Some(more) = [", ", " and ", "/", " / "].iter().find(|link| {
            rest.strip_prefix(**link).is_some_and(|rest| rest.starts_with(['`', '*', '_']))
        }) else {
            break;
        };
        at += more.len();
    }
    let rest = line.get(at..)?;
    let words = rest.trim_start_matches([' ', '-', '–', '—', ':', '=', '.', ',']);
    // A bare word is a name only in front of a colon or a dash.
    let is_named = is_marked
        || rest.starts_with(':')
        || [" - ", " – ", " — ", " : ", " -- "].iter().any(|dash| rest.starts_with(dash));
    is_named.then(|| MappedItem {
        parts: std::iter::once(index..index + 1).collect(),
        names,
        ty,
        is_described: !words.is_empty(),
    })
}

struct Found {
    name: Range<usize>,
    ty: Option<Range<usize>>,
    /// Behind the name and its marks.
    end: usize,
    /// It stands in backticks or is emphasised.
    is_marked: bool,
}

/// The name at `at`, in whatever marks: `` `x` ``, `` `x: T` ``, `**x**`, `` [`x`] ``.
fn name(line: &str, at: usize) -> Option<Found> {
    let rest = line.get(at..)?;
    let text = rest.trim_start_matches(['*', '_', '`', '[']);
    let open = rest.get(..rest.len() - text.len())?;
    let (open, text) = match open.strip_suffix('_') {
        // `_x` in backticks begins with its underscore.
        Some(shorter) if open.contains('`') => (shorter, rest.get(shorter.len()..)?),
        _ => (open, text),
    };
    let bare = text.strip_prefix('&').unwrap_or(text);
    let bare = bare.strip_prefix("mut ").unwrap_or(bare);
    let bare = bare.strip_prefix("r#").unwrap_or(bare);
    let length = bare.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(bare.len());
    let start = line.len() - bare.len();
    let end = start + length;
    if length == 0 || bare.starts_with(|c: char| c.is_numeric()) {
        return None;
    }
    let behind = line.get(end..)?;
    let (ty, behind) = match behind.strip_prefix(": ").filter(|_| open.ends_with('`')) {
        Some(typed) => {
            let length = typed.find('`')?;
            let from = end + 2;
            (Some(from..from + length), typed.get(length..)?)
        }
        None => (None, behind),
    };
    let closing: String = open.chars().rev().map(|c| if c == '[' { ']' } else { c }).collect();
    let behind = behind.strip_prefix(closing.as_str())?;
    Some(Found {
        name: start..end,
        ty,
        end: line.len() - behind.len(),
        is_marked: !open.is_empty(),
    })
}

/// How an item looks where no other tells: as this style renders it.
pub(super) fn usual() -> Form {
    Form { lead: "* `".into(), close: "` - ".into(), hang: 2, ..Form::default() }
}

/// The marks of a new heading: those of the sections that are there.
pub(super) fn marks(map: &Map) -> &str {
    let marked = map.sections.iter().filter(|section| !section.form.marks.is_empty());
    let known = |section: &&MappedSection| !matches!(section.kind, SectionKind::Other(_));
    let like = marked.clone().find(known).or_else(|| marked.clone().next());
    like.map_or("#", |section| section.form.marks.as_str())
}

/// How the next item has to look: like the first one with a name of its own.
fn form(lines: &[&str], items: &[MappedItem]) -> Form {
    let found = items.iter().find_map(|item| {
        let [name] = item.names.as_slice() else { return None };
        let place = name.places.first()?;
        let line = *lines.get(place.line)?;
        let margin = indent(line);
        let lead = line.get(margin..place.range.start)?;
        let lead = lead.trim_end_matches("r#").trim_end_matches("mut ").trim_end_matches('&');
        let end = item.ty.as_ref().map_or(place.range.end, |ty| ty.range.end);
        let rest = line.get(end..)?;
        let words = rest.trim_start_matches(['`', '*', '_', ']', ' ', '-', '–', '—', ':', '=']);
        if words.is_empty() && item.is_described {
            return None;
        }
        let close = rest.get(..rest.len() - words.len())?;
        let text = bullet(line)?;
        let below =
            item.parts.first().and_then(|part| lines.get(part.start + 1..part.end)?.first());
        let hang = below.filter(|line| !line.trim().is_empty()).map_or(text, |line| indent(line));
        Some(Form {
            indent: margin,
            hang: hang.saturating_sub(margin),
            types: if item.ty.is_some() { Typed::Beside } else { Typed::No },
            lead: lead.to_owned(),
            joint: if item.ty.is_some() { ": ".to_owned() } else { String::new() },
            close: close.to_owned(),
            ..Form::default()
        })
    });
    let mut form = found.unwrap_or_else(usual);
    if let [first, second, ..] = items {
        form.gap = second.start().saturating_sub(first.end());
    }
    form
}
