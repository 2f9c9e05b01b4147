//! Fields: what Sphinx (`:param x: …`) and epytext (`@param x: …`) have in common.

use super::prose::{block, description};
use super::wrap::{fill, push_indented, starts_kept, width};
use super::{Layout, wrap};
use crate::docstring::{Item, Section, SectionBody, SectionKind};

/// One field as it stands in a text.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) tag: String,
    pub(super) argument: Option<String>,
    pub(super) body: String,
}

/// How the two styles differ.
pub(super) struct Dialect {
    /// What a field begins with: `:` or `@`.
    pub(super) mark: char,
    /// Tags that are written, by kind.
    pub(super) tags: &'static [(&'static str, SectionKind)],
    /// The tag of an attribute's type.
    pub(super) attribute_type: &'static str,
    /// The tag of the type of another parameter.
    pub(super) keyword_type: &'static str,
    /// The tag of the type of what is yielded, if there is one.
    pub(super) yield_type: Option<&'static str>,
    /// Prose to the dialect's markup, and back.
    pub(super) escape: fn(&str) -> String,
    pub(super) unescape: fn(&str) -> String,
}

/// Tags that are read, beside those that are written.
static SYNONYMS: &[(&str, SectionKind)] = &[
    ("parameter", SectionKind::Parameters),
    ("arg", SectionKind::Parameters),
    ("argument", SectionKind::Parameters),
    ("key", SectionKind::OtherParameters),
    ("keyword", SectionKind::OtherParameters),
    ("kwarg", SectionKind::OtherParameters),
    ("kwparam", SectionKind::OtherParameters),
    ("var", SectionKind::Attributes),
    ("cvar", SectionKind::Attributes),
    ("return", SectionKind::Returns),
    ("returns", SectionKind::Returns),
    ("yield", SectionKind::Yields),
    ("yields", SectionKind::Yields),
    ("raise", SectionKind::Raises),
    ("raises", SectionKind::Raises),
    ("except", SectionKind::Raises),
    ("exception", SectionKind::Raises),
];

/// Tags of types; they belong to another field.
pub(super) fn is_type_tag(tag: &str) -> bool {
    matches!(tag, "type" | "kwtype" | "vartype" | "rtype" | "ytype")
}

impl Dialect {
    pub(super) fn tag(&self, kind: &SectionKind) -> Option<&'static str> {
        self.tags.iter().find(|(_, known)| known == kind).map(|(tag, _)| *tag)
    }

    pub(super) fn kind(&self, tag: &str) -> Option<&'static SectionKind> {
        let written = self.tags.iter().find(|(known, _)| *known == tag);
        written.or_else(|| SYNONYMS.iter().find(|(known, _)| *known == tag)).map(|(_, kind)| kind)
    }

    /// Whether sections of this kind are written as fields.
    pub(super) fn is_field(&self, kind: &SectionKind) -> bool {
        self.tag(kind).is_some()
    }

    /// The fields of a section.
    pub(super) fn render(&self, section: &Section, layout: Layout, out: &mut Vec<String>) {
        let Some(tag) = self.tag(&section.kind) else { return };
        match &section.body {
            SectionBody::Text(text) => self.push(out, tag, None, text, layout),
            SectionBody::Items(items) => {
                for item in items {
                    self.push(out, tag, item.name.as_deref(), &item.description, layout);
                    let Some(ty) = &item.ty else { continue };
                    let type_tag = match section.kind {
                        SectionKind::Returns => "rtype",
                        SectionKind::OtherParameters => self.keyword_type,
                        SectionKind::Attributes => self.attribute_type,
                        SectionKind::Yields => match self.yield_type {
                            Some(tag) => tag,
                            None => continue,
                        },
                        _ => "type",
                    };
                    self.push(out, type_tag, item.name.as_deref(), ty, layout);
                }
            }
        }
    }

    fn push(
        &self,
        out: &mut Vec<String>,
        tag: &str,
        argument: Option<&str>,
        text: &str,
        layout: Layout,
    ) {
        let mark = self.mark;
        let head = match argument {
            Some(argument) => format!("{mark}{tag} {argument}:"),
            None => format!("{mark}{tag}:"),
        };
        let text = wrap::map_prose(text, self.escape);
        let rest = layout.width.saturating_sub(4).max(20);
        if starts_kept(&text) {
            out.push(head);
            push_indented(out, 4, fill(&text, rest, rest));
            return;
        }
        // A type stays in one line.
        let room = if is_type_tag(tag) { usize::MAX } else { layout.width };
        let first = room.saturating_sub(width(&head) + 1);
        let mut lines = fill(&text, first, rest).into_iter();
        out.push(format!("{head} {}", lines.next().unwrap_or_default()));
        push_indented(out, 4, lines.collect());
    }

    /// The number of lines that begin a field which is known.
    pub(super) fn score(&self, text: &str) -> usize {
        let fields = text.lines().filter_map(|line| split(line, self.mark));
        fields.filter(|(tag, ..)| is_type_tag(tag) || self.kind(tag).is_some()).count()
    }

    /// The lines before the first field, and the fields.
    pub(super) fn read<'a, 'b>(&self, lines: &'b [&'a str]) -> (&'b [&'a str], Vec<Field>) {
        let is_field = |line: &&'a str| split(line, self.mark).is_some();
        let first = lines.iter().position(is_field).unwrap_or(lines.len());
        let (head, mut rest) = lines.split_at(first);
        let mut fields = Vec::new();
        while let Some((line, below)) = rest.split_first() {
            let count = below.iter().take_while(|line| !is_field(line)).count();
            let (own, next) = below.split_at(count);
            rest = next;
            if let Some((tag, argument, text)) = split(line, self.mark) {
                let body = wrap::map_prose(&description(text, own, 4), self.unescape);
                let (tag, argument) = (tag.to_owned(), argument.map(str::to_owned));
                fields.push(Field { tag, argument, body });
            }
        }
        (head, fields)
    }

    /// The sections that fields make up, in canonical order.
    pub(super) fn sections(&self, fields: Vec<Field>) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let mut types: Vec<Field> = Vec::new();
        for field in fields {
            if is_type_tag(&field.tag) {
                types.push(field);
                continue;
            }
            let known = self.kind(&field.tag).cloned();
            let kind = known.unwrap_or_else(|| SectionKind::Other(field.tag.clone()));
            if !has_items(&kind) {
                sections.push(Section { kind, body: SectionBody::Text(field.body) });
                continue;
            }
            let (ty, name) = match (&kind, field.argument) {
                // `:param int count: …`
                (SectionKind::Parameters, Some(argument)) => match argument.rsplit_once(' ') {
                    Some((ty, name)) => (Some(ty.to_owned()), Some(name.to_owned())),
                    None => (None, Some(argument)),
                },
                (_, argument) => (None, argument),
            };
            let item = Item { name, ty, description: field.body };
            match sections.iter_mut().find(|section| section.kind == kind) {
                Some(Section { body: SectionBody::Items(items), .. }) => items.push(item),
                _ => sections.push(Section { kind, body: SectionBody::Items(vec![item]) }),
            }
        }
        attach(&mut sections, types);
        sections
    }
}

/// Gives types to the items that they belong to, or makes an item of a lone one.
fn attach(sections: &mut Vec<Section>, types: Vec<Field>) {
    for field in types {
        let kinds: &[SectionKind] = match field.tag.as_str() {
            "rtype" => &[SectionKind::Returns],
            "ytype" => &[SectionKind::Yields],
            "vartype" => &[SectionKind::Attributes],
            "kwtype" => &[SectionKind::OtherParameters],
            _ => &[SectionKind::Parameters, SectionKind::OtherParameters, SectionKind::Attributes],
        };
        let owner = sections.iter_mut().filter(|section| kinds.contains(&section.kind));
        let mut items = owner.filter_map(|section| match &mut section.body {
            SectionBody::Items(items) => Some(items),
            SectionBody::Text(_) => None,
        });
        let found = items.find_map(|items| {
            items.iter_mut().find(|item| item.ty.is_none() && item.name == field.argument)
        });
        if let Some(item) = found {
            item.ty = Some(field.body);
        } else if let Some(kind) = kinds.first() {
            let ty = Some(field.body);
            let item = Item { name: field.argument, ty, description: String::new() };
            match sections.iter_mut().find(|section| section.kind == *kind) {
                Some(Section { body: SectionBody::Items(items), .. }) => items.push(item),
                _ => sections
                    .push(Section { kind: kind.clone(), body: SectionBody::Items(vec![item]) }),
            }
        }
    }
}

pub(super) fn has_items(kind: &SectionKind) -> bool {
    matches!(
        kind,
        SectionKind::Parameters
            | SectionKind::OtherParameters
            | SectionKind::Attributes
            | SectionKind::Returns
            | SectionKind::Yields
            | SectionKind::Raises
            | SectionKind::Warns
    )
}

/// Tag, argument and first text of a line that begins a field.
pub(super) fn split(line: &str, mark: char) -> Option<(&str, Option<&str>, &str)> {
    let rest = line.strip_prefix(mark)?;
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
    let (tag, rest) = rest.split_at(end);
    if !tag.starts_with(char::is_alphabetic) {
        return None;
    }
    if let Some(text) = rest.strip_prefix(':') {
        let is_field = text.is_empty() || text.starts_with([' ', '\t']);
        return is_field.then_some((tag, None, text.trim()));
    }
    let rest = rest.strip_prefix(' ')?;
    let at = rest.match_indices(':').map(|(at, _)| at).find(|at| {
        rest.get(at + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    })?;
    let argument = rest.get(..at)?.trim();
    (!argument.is_empty()).then_some((tag, Some(argument), rest.get(at + 1..)?.trim()))
}

/// Adds fields behind one empty line.
pub(super) fn push_fields(lines: &mut Vec<String>, fields: Vec<String>) {
    block(lines, fields);
}
