//! The `rustdoc` style: Markdown with `# Panics`, `# Errors`, `# Safety`, `# Examples`.

mod headings;
mod map;

use std::ops::Range;

use self::headings::title;
use super::prose::{block, finish, items_or_text, ordered, split_head, text_lines};
use super::wrap::{fill, indent, push_indented, starts_kept, width};
use super::{Form, Layout, Map, Style, Typed};
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
                block(&mut lines, vec![format!("# {}", title(&section.kind))]);
                block(&mut lines, body);
            }
        }
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let starts = starts(&lines);
        let first = starts.first().map_or(lines.len(), |(range, _)| range.start);
        let (summary, description) = split_head(lines.get(..first).unwrap_or_default());
        let ends = starts.iter().skip(1).map(|(range, _)| range.start).chain([lines.len()]);
        let sections = starts.iter().zip(ends).map(|((start, kind), end)| {
            let lines = lines.get(start.end..end).unwrap_or_default();
            let items = (*kind == SectionKind::Parameters).then(|| items(lines)).flatten();
            Section { kind: kind.clone(), body: items_or_text(items, lines) }
        });
        let sections = sections.collect();
        Docstring { summary, description, sections }
    }

    fn score(&self, text: &str) -> usize {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let known = |kind: &SectionKind| !matches!(kind, SectionKind::Other(_));
        starts(&lines).iter().filter(|(_, kind)| known(kind)).count()
    }

    fn map(&self, lines: &[&str]) -> Map {
        map::map(lines)
    }

    fn opening(&self, kind: &SectionKind, map: &Map) -> Vec<String> {
        vec![format!("{} {}", map::marks(map), title(kind)), String::new()]
    }

    fn form(&self, kind: &SectionKind, map: &Map) -> Form {
        let known = map.of(kind).find(|section| !section.items.is_empty());
        known.map_or_else(map::usual, |section| section.form.clone())
    }

    fn entry(&self, kind: &SectionKind, item: &Item, form: &Form, layout: Layout) -> Vec<String> {
        if item.name.is_none() || *kind != SectionKind::Parameters {
            return text_lines(&tagged(&item.description), 0, layout);
        }
        bullet(item, form, layout)
    }
}

/// The level-1 and level-2 headings outside of code, and their lines. An underlined one is
/// left to [`map`], which knows that the text is Rust's: NumPy writes its sections so.
fn starts(lines: &[&str]) -> Vec<(Range<usize>, SectionKind)> {
    let found = headings::headings(lines, &headings::parts(lines));
    let found = found.into_iter().filter(|heading| heading.level <= 2 && heading.lines.len() == 1);
    found.map(|heading| (heading.lines.clone(), heading.kind())).collect()
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

/// An item as `form` has it.
fn bullet(item: &Item, form: &Form, layout: Layout) -> Vec<String> {
    let name = item.name.as_deref().unwrap_or_default();
    let ty = item.ty.as_deref().filter(|_| form.types == Typed::Beside);
    let ty = ty.map(|ty| [form.joint.as_str(), ty].concat()).unwrap_or_default();
    let head = [&" ".repeat(form.indent), &form.lead, name, &ty, form.close.trim_end()].concat();
    let hang = form.indent + form.hang;
    let rest = layout.width.saturating_sub(hang).max(20);
    let first = layout.width.saturating_sub(width(&head) + 1);
    let mut lines = fill(&tagged(&item.description), first, rest).into_iter();
    let mut out = vec![format!("{head} {}", lines.next().unwrap_or_default())];
    push_indented(&mut out, hang, lines.collect());
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
