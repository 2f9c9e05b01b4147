//! The `numpy` style: underlined headings, `name : type` items (numpydoc).

use super::prose::{block, finish, is_value_type, ordered, split_head, text_lines};
use super::wrap::{dedent, fill, indent, normalise, one_line, push_indented};
use super::{Form, Layout, Map, Style, map::numpy as mapped};
use crate::docstring::{Docstring, Item, Language, Section, SectionBody, SectionKind};

/// The style `numpy`.
pub(super) struct Numpy;

impl Style for Numpy {
    fn id(&self) -> &'static str {
        "numpy"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    fn render(&self, docstring: &Docstring, layout: Layout) -> String {
        let mut lines = Vec::new();
        let summary = one_line(&docstring.summary);
        block(&mut lines, if summary.is_empty() { Vec::new() } else { vec![summary] });
        let deprecated = docstring.section(&SectionKind::Deprecated);
        if let Some(SectionBody::Text(text)) = deprecated.map(|section| &section.body) {
            // Ahead of the extended summary (numpydoc GL09).
            block(&mut lines, deprecation(text, layout));
        }
        if let Some(description) = &docstring.description {
            block(&mut lines, fill(description, layout.width, layout.width));
        }
        for section in ordered(docstring) {
            if section.kind == SectionKind::Deprecated {
                continue;
            }
            let title = heading(&section.kind);
            let mut part = vec![title.to_owned(), "-".repeat(title.chars().count())];
            match &section.body {
                SectionBody::Text(text) => part.extend(text_lines(text, 0, layout)),
                SectionBody::Items(items) => {
                    for item in items {
                        push_item(&mut part, item, &section.kind, layout);
                    }
                }
            }
            if part.len() > 2 {
                block(&mut lines, part);
            }
        }
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let starts = headings(&lines);
        let first = starts.first().map_or(lines.len(), |(index, _)| *index);
        let (deprecated, head) = split_deprecation(lines.get(..first).unwrap_or_default());
        let (summary, description) = split_head(&head);
        let mut sections: Vec<Section> = Vec::new();
        if let Some(text) = deprecated {
            let body = SectionBody::Text(text);
            sections.push(Section { kind: SectionKind::Deprecated, body });
        }
        let ends = starts.iter().skip(1).map(|(index, _)| *index).chain([lines.len()]);
        for ((start, kind), end) in starts.iter().zip(ends) {
            let lines = dedent(lines.get(start + 2..end).unwrap_or_default().iter().copied());
            let body = if has_items(kind) && !lines.is_empty() {
                SectionBody::Items(items(&lines, kind))
            } else {
                SectionBody::Text(normalise(&lines.join("\n")))
            };
            sections.push(Section { kind: kind.clone(), body });
        }
        Docstring { summary, description, sections }
    }

    fn score(&self, text: &str) -> usize {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let known = |kind: &SectionKind| !matches!(kind, SectionKind::Other(_));
        headings(&lines).iter().filter(|(_, kind)| known(kind)).count()
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

/// Headings that are read; the first one of a kind is written.
pub(super) static HEADINGS: &[(&str, SectionKind)] = &[
    ("Parameters", SectionKind::Parameters),
    ("Args", SectionKind::Parameters),
    ("Arguments", SectionKind::Parameters),
    ("Other Parameters", SectionKind::OtherParameters),
    ("Keyword Args", SectionKind::OtherParameters),
    ("Keyword Arguments", SectionKind::OtherParameters),
    ("Attributes", SectionKind::Attributes),
    ("Returns", SectionKind::Returns),
    ("Return", SectionKind::Returns),
    ("Yields", SectionKind::Yields),
    ("Yield", SectionKind::Yields),
    ("Raises", SectionKind::Raises),
    ("Raise", SectionKind::Raises),
    ("Warns", SectionKind::Warns),
    ("Warnings", SectionKind::Warnings),
    ("Warning", SectionKind::Warnings),
    ("See Also", SectionKind::SeeAlso),
    ("Notes", SectionKind::Notes),
    ("Note", SectionKind::Notes),
    ("References", SectionKind::References),
    ("Examples", SectionKind::Examples),
    ("Example", SectionKind::Examples),
    ("Panics", SectionKind::Panics),
    ("Errors", SectionKind::Errors),
    ("Safety", SectionKind::Safety),
];

pub(super) fn heading(kind: &SectionKind) -> &str {
    match kind {
        SectionKind::Other(name) => name,
        SectionKind::Deprecated => "Deprecated",
        kind => HEADINGS.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name),
    }
}

fn has_items(kind: &SectionKind) -> bool {
    match kind {
        SectionKind::Parameters
        | SectionKind::OtherParameters
        | SectionKind::Attributes
        | SectionKind::Returns
        | SectionKind::Yields
        | SectionKind::Raises
        | SectionKind::Warns => true,
        SectionKind::Other(name) => name == "Receives",
        _ => false,
    }
}

/// The underlined headings and their lines.
pub(super) fn headings(lines: &[&str]) -> Vec<(usize, SectionKind)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, pair) in lines.windows(2).enumerate() {
        let [title, rule] = pair else { continue };
        if title.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let is_rule =
            rule.len() >= 3 && (rule.chars().all(|c| c == '-') || rule.chars().all(|c| c == '='));
        if fenced || !is_rule || indent(title) > 0 {
            continue;
        }
        let known = HEADINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(title));
        let is_name = title.starts_with(char::is_alphabetic)
            && title.chars().all(|c| c.is_alphanumeric() || c == ' ');
        match known {
            Some((_, kind)) => found.push((index, kind.clone())),
            None if is_name => found.push((index, SectionKind::Other((*title).to_owned()))),
            None => {}
        }
    }
    found
}

fn push_item(out: &mut Vec<String>, item: &Item, kind: &SectionKind, layout: Layout) {
    let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
    out.push(match (&item.name, &item.ty) {
        (Some(name), Some(ty)) => format!("{name} : {ty}"),
        (Some(name), None) => name.clone(),
        (None, Some(ty)) => ty.clone(),
        // The line of the type must not be left out (numpydoc RT02).
        (None, None) if is_value => "object".to_owned(),
        (None, None) => return,
    });
    let room = layout.width.saturating_sub(4).max(20);
    push_indented(out, 4, fill(&item.description, room, room));
}

fn items(lines: &[&str], kind: &SectionKind) -> Vec<Item> {
    let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
    let is_exception = matches!(kind, SectionKind::Raises | SectionKind::Warns);
    let mut items = Vec::new();
    let mut rest = lines;
    while let Some((first, below)) = rest.split_first() {
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > 0).count();
        let (own, next) = below.split_at(count);
        rest = next;
        let own = dedent(own.iter().copied());
        let first = first.trim();
        if is_value && !first.contains(" : ") && !is_value_type(first, own.first().copied()) {
            // A sentence in the place of a type.
            let lines = std::iter::once(first).chain(own);
            let description = normalise(&lines.collect::<Vec<_>>().join("\n"));
            items.push(Item { name: None, ty: None, description });
            continue;
        }
        let description = normalise(&own.join("\n"));
        let (name, ty) = if is_exception {
            (Some(first.trim().to_owned()), None)
        } else {
            match first.split_once(" : ") {
                Some((name, ty)) => (Some(name.trim().to_owned()), Some(ty.trim().to_owned())),
                None if is_value => (None, Some(first.trim().to_owned())),
                None => (Some(first.trim().trim_end_matches(" :").to_owned()), None),
            }
        };
        items.push(Item { name, ty, description });
    }
    items
}

const DIRECTIVE: &str = ".. deprecated::";
const NOTICE: &str = "Deprecated: ";

/// A deprecation: a directive if its first word is a version, else a paragraph.
fn deprecation(text: &str, layout: Layout) -> Vec<String> {
    let (version, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    if !version.starts_with(|c: char| c.is_ascii_digit()) {
        let text = [NOTICE, text].concat();
        return fill(&text, layout.width, layout.width);
    }
    let mut lines = vec![format!("{DIRECTIVE} {version}")];
    lines.extend(text_lines(rest, 4, layout));
    lines
}

/// Takes the deprecation out of the lines before the first section.
fn split_deprecation<'a>(lines: &[&'a str]) -> (Option<String>, Vec<&'a str>) {
    let Some(at) =
        lines.iter().position(|line| line.starts_with(DIRECTIVE) || line.starts_with(NOTICE))
    else {
        return (None, lines.to_vec());
    };
    let (head, tail) = lines.split_at(at);
    let Some((first, below)) = tail.split_first() else { return (None, lines.to_vec()) };
    let (text, count) = if let Some(version) = first.strip_prefix(DIRECTIVE) {
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > 0).count();
        let text = dedent(below.iter().take(count).copied()).join("\n");
        (normalise(&[version.trim(), "\n", &text].concat()), count)
    } else {
        let count = below.iter().take_while(|line| !line.is_empty()).count();
        let text = std::iter::once(first.strip_prefix(NOTICE).unwrap_or(first))
            .chain(below.iter().take(count).copied());
        (normalise(&text.collect::<Vec<_>>().join("\n")), count)
    };
    let rest = below.get(count..).unwrap_or_default();
    (Some(text), head.iter().chain(rest).copied().collect())
}
