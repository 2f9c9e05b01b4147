//! The `rustdoc` style: Markdown with `# Panics`, `# Errors`, `# Safety`, `# Examples`.

use super::prose::{block, finish, items_or_text, ordered, split_head, text_lines};
use super::wrap::{fill, indent, push_indented, starts_kept, width};
use super::{Layout, Style};
use crate::docstring::{Docstring, Item, Language, Section, SectionBody, SectionKind};

/// The style `rustdoc`.
pub struct Rustdoc;

/// What `/// ` takes of a line.
const MARKER: usize = 4;

impl Style for Rustdoc {
    fn id(&self) -> &'static str {
        "rustdoc"
    }

    fn language(&self) -> Language {
        Language::Rust
    }

    fn render(&self, docstring: &Docstring, layout: Layout) -> String {
        let layout = Layout { width: layout.width.saturating_sub(MARKER).max(20) };
        let mut lines = Vec::new();
        let prose = |text: &str| fill(&tagged(text), layout.width, layout.width);
        block(&mut lines, prose(&docstring.summary));
        if let Some(description) = &docstring.description {
            block(&mut lines, prose(description));
        }
        for section in ordered(docstring) {
            let body = match &section.body {
                SectionBody::Text(text) => text_lines(&tagged(text), 0, layout),
                SectionBody::Items(items) => {
                    items.iter().flat_map(|item| item_lines(item, layout)).collect()
                }
            };
            if !body.is_empty() {
                block(&mut lines, vec![format!("# {}", heading(&section.kind))]);
                block(&mut lines, body);
            }
        }
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let starts = headings(&lines);
        let first = starts.first().map_or(lines.len(), |(index, _)| *index);
        let (summary, description) = split_head(lines.get(..first).unwrap_or_default());
        let ends = starts.iter().skip(1).map(|(index, _)| *index).chain([lines.len()]);
        let sections = starts.iter().zip(ends).map(|((start, kind), end)| {
            let lines = lines.get(start + 1..end).unwrap_or_default();
            let items = (*kind == SectionKind::Parameters).then(|| items(lines)).flatten();
            Section { kind: kind.clone(), body: items_or_text(items, lines) }
        });
        let sections = sections.collect();
        Docstring { summary, description, sections }
    }

    fn score(&self, text: &str) -> usize {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let known = |kind: &SectionKind| !matches!(kind, SectionKind::Other(_));
        headings(&lines).iter().filter(|(_, kind)| known(kind)).count()
    }
}

/// Headings that are read; the first one of a kind is written.
static HEADINGS: &[(&str, SectionKind)] = &[
    ("Arguments", SectionKind::Parameters),
    ("Parameters", SectionKind::Parameters),
    ("Attributes", SectionKind::Attributes),
    ("Returns", SectionKind::Returns),
    ("Yields", SectionKind::Yields),
    ("Raises", SectionKind::Raises),
    ("Warns", SectionKind::Warns),
    ("Panics", SectionKind::Panics),
    ("Errors", SectionKind::Errors),
    ("Safety", SectionKind::Safety),
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

fn heading(kind: &SectionKind) -> &str {
    match kind {
        SectionKind::Other(name) => name,
        kind => HEADINGS.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name),
    }
}

/// The headings outside of fenced code, and their lines.
fn headings(lines: &[&str]) -> Vec<(usize, SectionKind)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in lines.iter().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        let title = line.trim_start_matches('#');
        let level = line.len() - title.len();
        if fenced || !(1..=2).contains(&level) || !title.starts_with(' ') {
            continue;
        }
        let title = title.trim();
        let known = HEADINGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(title));
        let other = || SectionKind::Other(title.to_owned());
        found.push((index, known.map_or_else(other, |(_, kind)| kind.clone())));
    }
    found
}

/// Fenced code that no test runner compiles: an untagged fence is Rust to rustdoc.
fn tagged(text: &str) -> String {
    let mut fenced = false;
    let lines = text.lines().map(|line| {
        if !line.trim_start().starts_with("```") {
            return line.to_owned();
        }
        fenced = !fenced;
        if fenced && line.trim() == "```" { format!("{line}text") } else { line.to_owned() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A bullet; its further lines stand below its text (clippy `doc_lazy_continuation`,
/// `doc_overindented_list_items`).
fn item_lines(item: &Item, layout: Layout) -> Vec<String> {
    let head = match &item.name {
        Some(name) => format!("* `{name}` -"),
        None => "*".to_owned(),
    };
    let rest = layout.width.saturating_sub(2).max(20);
    let text = tagged(&item.description);
    if starts_kept(&text) {
        let mut out = vec![head, String::new()];
        push_indented(&mut out, 2, fill(&text, rest, rest));
        return out;
    }
    let mut lines = fill(&text, layout.width.saturating_sub(width(&head) + 1), rest).into_iter();
    let mut out = vec![format!("{head} {}", lines.next().unwrap_or_default())];
    push_indented(&mut out, 2, lines.collect());
    out
}

/// The bullets of `# Arguments`; `None` if there is anything else.
fn items(lines: &[&str]) -> Option<Vec<Item>> {
    let lines: Vec<&str> = lines.iter().copied().skip_while(|line| line.is_empty()).collect();
    let mut items = Vec::new();
    let mut rest = lines.as_slice();
    while let Some((first, below)) = rest.split_first() {
        let count = below.iter().take_while(|line| line.is_empty() || indent(line) > 0).count();
        let (own, next) = below.split_at(count);
        rest = next;
        let bullet = first.strip_prefix("* ").or_else(|| first.strip_prefix("- "))?;
        let (name, text) = bullet.strip_prefix('`')?.split_once('`')?;
        let text = text.trim_start().trim_start_matches(['-', '–', ':']);
        let description = super::prose::description(text, own, 2);
        items.push(Item { name: Some(name.to_owned()), ty: None, description });
    }
    Some(items)
}
