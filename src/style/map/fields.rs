//! The map of a docstring with fields: Sphinx (`:param x:`) and epytext (`@param x:`).

use std::ops::Range;

use super::names::{core, form, name, names, trimmed};
use super::{Form, Map, MappedItem, MappedSection, Place, Typed};
use crate::docstring::{Item, SectionKind};
use crate::style::Layout;
use crate::style::fields::{Dialect, has_items, is_type_tag, split};
use crate::style::prose::is_type;
use crate::style::wrap::{fill, indent, map_prose, push_indented, starts_kept, width};

/// One field and its lines.
struct Field<'a> {
    tag: &'a str,
    /// What stands between tag and colon, if anything does.
    argument: Option<Range<usize>>,
    /// What follows the colon in the same line.
    body: Range<usize>,
    lines: Range<usize>,
}

impl Field<'_> {
    fn at(&self) -> usize {
        self.lines.start
    }

    /// The type that the field gives, if it stands in one line.
    fn ty(&self, lines: &[&str]) -> Option<Place> {
        if self.lines.len() > 1 {
            return None;
        }
        core(lines.get(self.at())?, self.at(), self.body.clone())
    }
}

/// The parts of a text.
pub(in crate::style) fn map(lines: &[&str], dialect: &Dialect) -> Map {
    let fields = fields(lines, dialect);
    let mut sections: Vec<MappedSection> = Vec::new();
    for field in &fields {
        let Some(kind) = dialect.kind(field.tag) else { continue };
        // To the code they are parameters like the others.
        let is_more = *kind == SectionKind::OtherParameters;
        let kind = if is_more { &SectionKind::Parameters } else { kind };
        let (item, is_clear) = item(lines, field, kind);
        in_section(&mut sections, kind, |section| {
            section.items.push(item);
            section.is_clear &= is_clear;
        });
    }
    for field in fields.iter().filter(|field| is_type_tag(field.tag)) {
        attach(lines, field, &mut sections);
    }
    for section in &mut sections {
        let start = section.items.iter().map(MappedItem::start).min().unwrap_or(0);
        let end = section.items.iter().map(MappedItem::end).max().unwrap_or(0);
        section.lines = start..end;
        section.heading = start..start;
        section.form = form_of(lines, &section.items, dialect);
    }
    Map { sections }
}

/// Calls `change` with the section of `kind`, which is made if there is none.
fn in_section(
    sections: &mut Vec<MappedSection>,
    kind: &SectionKind,
    change: impl FnOnce(&mut MappedSection),
) {
    if let Some(section) = sections.iter_mut().find(|section| section.kind == *kind) {
        return change(section);
    }
    let mut section = MappedSection {
        kind: kind.clone(),
        heading: 0..0,
        lines: 0..0,
        items: Vec::new(),
        is_clear: has_items(kind),
        form: Form::default(),
    };
    change(&mut section);
    sections.push(section);
}

/// The fields with all of their lines, in order.
fn fields<'a>(lines: &[&'a str], dialect: &Dialect) -> Vec<Field<'a>> {
    let is_known = |tag: &str| is_type_tag(tag) || dialect.kind(tag).is_some();
    let begin = |line: &&'a str| {
        let start = indent(line);
        let (tag, ..) = split(line.get(start..)?.trim_end(), dialect.mark)?;
        Some((start, tag))
    };
    let known = lines.iter().find_map(|line| begin(line).filter(|(_, tag)| is_known(tag)));
    let Some((base, _)) = known else { return Vec::new() };
    let mut fields: Vec<Field<'a>> = Vec::new();
    // Empty lines since the last line of a field.
    let mut is_open = false;
    let mut is_apart = false;
    for (at, line) in lines.iter().enumerate() {
        if line.trim().is_empty() {
            is_apart = true;
            continue;
        }
        if let Some((start, tag)) = begin(line).filter(|(start, _)| *start == base) {
            let text = line.trim_end();
            let (argument, body) = parts(text, start, tag);
            fields.push(Field { tag, argument, body, lines: at..at + 1 });
            (is_open, is_apart) = (true, false);
            continue;
        }
        // What is indented belongs to the field; so do the lines right below that people
        // forget to indent.
        let is_directive = line.trim_start().starts_with(".. ");
        is_open &= indent(line) > base || !is_apart && !is_directive;
        if let Some(field) = fields.last_mut().filter(|_| is_open) {
            field.lines.end = at + 1;
        }
        is_apart = false;
    }
    fields
}

/// The argument and the body of a field in its first line.
fn parts(line: &str, start: usize, tag: &str) -> (Option<Range<usize>>, Range<usize>) {
    let from = start + 1 + tag.len();
    let rest = line.get(from..).unwrap_or_default();
    if rest.starts_with(':') {
        return (None, trimmed(line, from + 1..line.len()));
    }
    let end = rest.match_indices(':').map(|(at, _)| at).find(|at| {
        let behind = rest.get(at + 1..).unwrap_or_default();
        behind.is_empty() || behind.starts_with([' ', '\t'])
    });
    let end = from + end.unwrap_or(rest.len());
    (Some(trimmed(line, from..end)), trimmed(line, (end + 1).min(line.len())..line.len()))
}

/// The entry that a field is, and whether it was understood.
fn item(lines: &[&str], field: &Field<'_>, kind: &SectionKind) -> (MappedItem, bool) {
    let at = field.at();
    let line = lines.get(at).copied().unwrap_or_default();
    let is_described = !field.body.is_empty() || field.lines.len() > 1;
    let mut item =
        MappedItem { parts: vec![field.lines.clone()], is_described, ..MappedItem::default() };
    if matches!(kind, SectionKind::Returns | SectionKind::Yields) {
        return (item, true);
    }
    let Some(argument) = field.argument.clone() else { return (item, false) };
    let is_exception = matches!(kind, SectionKind::Raises | SectionKind::Warns);
    if is_exception {
        let found = names(line, at, argument, true);
        let is_clear = found.is_some();
        item.names = found.unwrap_or_default();
        return (item, is_clear);
    }
    // `:param int x:`.
    let text = line.get(argument.clone()).unwrap_or_default();
    let space = text.rfind(char::is_whitespace).filter(|_| !is_list(text));
    let own = match space {
        Some(space) => argument.start + space..argument.end,
        None => argument.clone(),
    };
    let found = match space {
        Some(_) => name(line, at, own, false).map(|name| vec![name]),
        None => names(line, at, own, false),
    };
    // `:param a and b:` is about two of them.
    let is_typed = space.is_none_or(|space| text.get(..space).is_some_and(is_type));
    item.ty = space.and_then(|space| core(line, at, argument.start..argument.start + space));
    let is_clear = found.is_some() && is_typed;
    item.names = found.unwrap_or_default();
    (item, is_clear)
}

/// Whether a comma parts names; those between brackets are of a type.
fn is_list(text: &str) -> bool {
    let mut depth = 0usize;
    text.chars().any(|c| {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    })
}

/// Gives a type to the entry that it belongs to, or makes an entry of a lone one.
fn attach(lines: &[&str], field: &Field<'_>, sections: &mut Vec<MappedSection>) {
    let at = field.at();
    let line = lines.get(at).copied().unwrap_or_default();
    let kinds: &[SectionKind] = match field.tag {
        "rtype" => &[SectionKind::Returns],
        "ytype" => &[SectionKind::Yields],
        "vartype" => &[SectionKind::Attributes],
        _ => &[SectionKind::Parameters, SectionKind::Attributes],
    };
    let is_value = matches!(field.tag, "rtype" | "ytype");
    let name = field.argument.clone().and_then(|argument| name(line, at, argument, false));
    let Some(first) = kinds.first() else { return };
    if !is_value && name.is_none() {
        return in_section(sections, first, |section| section.is_clear = false);
    }
    let owner = sections.iter_mut().filter(|section| kinds.contains(&section.kind));
    let mut items = owner.flat_map(|section| section.items.iter_mut());
    let found = items.find(|item| match &name {
        Some(name) => item.names.iter().any(|known| known.bare() == name.bare()),
        None => item.ty.is_none(),
    });
    let ty = field.ty(lines);
    if let Some(item) = found {
        item.parts.push(field.lines.clone());
        item.ty = item.ty.take().or(ty);
        if let Some(name) = name
            && let Some(known) = item.names.iter_mut().find(|known| known.bare() == name.bare())
        {
            known.places.extend(name.places);
        }
        return;
    }
    let parts = vec![field.lines.clone()];
    let names = name.into_iter().collect();
    let item = MappedItem { parts, names, ty, is_described: false };
    in_section(sections, first, |section| section.items.push(item));
}

fn form_of(lines: &[&str], items: &[MappedItem], dialect: &Dialect) -> Form {
    let typed = items.iter().filter(|item| item.ty.is_some()).count();
    let apart = items.iter().filter(|item| item.parts.len() > 1).count();
    let lead = items.iter().rev().find_map(|item| {
        let line = lines.get(item.start())?.trim_start();
        let tag = line.get(1..)?.split([' ', ':']).next()?;
        dialect.kind(tag).map(|_| format!("{}{tag}", dialect.mark))
    });
    let mut adjacent = items.windows(2).filter_map(|pair| match pair {
        [one, other] => other.start().checked_sub(one.end()),
        _ => None,
    });
    let has_stars =
        items.iter().flat_map(|item| &item.names).any(|name| name.text.starts_with('*'));
    let form = form(lines, items, 4);
    Form {
        types: match () {
            () if apart > 0 && apart * 2 >= items.len() => Typed::Apart,
            () if typed > 0 && typed * 2 >= items.len() => Typed::Beside,
            () => Typed::No,
        },
        lead: lead.unwrap_or_default(),
        is_below: false,
        gap: adjacent.next().map_or(0, |first| adjacent.fold(first, usize::min)),
        star: if has_stars { form.star } else { "" },
        ..form
    }
}

/// How a new field of `kind` looks in a docstring with others.
pub(in crate::style) fn new_form(kind: &SectionKind, map: &Map, dialect: &Dialect) -> Form {
    let like = map.section(&SectionKind::Parameters).or_else(|| map.sections.first());
    let form = like.map(|section| &section.form);
    let tag = dialect.tag(kind).unwrap_or_default();
    Form {
        indent: form.map_or(0, |form| form.indent),
        hang: form.map_or(4, |form| form.hang),
        types: match form.map(|form| form.types) {
            None | Some(Typed::No) => Typed::No,
            // Only a parameter has room for its type beside the name.
            Some(_) if *kind != SectionKind::Parameters => Typed::Apart,
            Some(types) => types,
        },
        lead: format!("{}{tag}", dialect.mark),
        gap: form.map_or(0, |form| form.gap),
        ..Form::default()
    }
}

/// The lines of a field, and of that with its type.
pub(in crate::style) fn entry(
    kind: &SectionKind,
    item: &Item,
    form: &Form,
    layout: Layout,
    dialect: &Dialect,
) -> Vec<String> {
    let ty = item.ty.as_deref();
    let head = match (item.name.as_deref(), ty.filter(|_| form.types == Typed::Beside)) {
        (Some(name), Some(ty)) if *kind == SectionKind::Parameters => {
            format!("{} {ty} {name}:", form.lead)
        }
        (Some(name), _) => format!("{} {name}:", form.lead),
        (None, _) => format!("{}:", form.lead),
    };
    let words = map_prose(&item.description, dialect.escape);
    let room = layout.width.saturating_sub(form.indent).max(20);
    let rest = room.saturating_sub(form.hang).max(20);
    let mut out = Vec::new();
    if starts_kept(&words) {
        push_indented(&mut out, form.indent, vec![head]);
        push_indented(&mut out, form.indent + form.hang, fill(&words, rest, rest));
    } else {
        let mut text = fill(&words, room.saturating_sub(width(&head) + 1), rest).into_iter();
        let opening = text.next().unwrap_or_default();
        let first = format!("{head} {opening}").trim_end().to_owned();
        push_indented(&mut out, form.indent, vec![first]);
        push_indented(&mut out, form.indent + form.hang, text.collect());
    }
    let tag = match kind {
        SectionKind::Parameters => Some("type"),
        SectionKind::Returns => Some("rtype"),
        SectionKind::Attributes => Some(dialect.attribute_type),
        SectionKind::Yields => dialect.yield_type,
        _ => None,
    };
    if let (Typed::Apart, Some(ty), Some(tag)) = (form.types, ty, tag) {
        let mark = dialect.mark;
        let field = match item.name.as_deref() {
            Some(name) => format!("{mark}{tag} {name}: {ty}"),
            None => format!("{mark}{tag}: {ty}"),
        };
        push_indented(&mut out, form.indent, vec![field]);
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::style::by_id;

    fn check(style: &str, text: &str, expected: &[&str]) {
        let lines: Vec<&str> = text.lines().collect();
        let map = by_id(style).unwrap().map(&lines);
        assert_eq!(super::super::tests::shown(&lines, &map), expected);
    }

    #[test]
    fn fields_and_their_types() {
        check(
            "sphinx",
            "Do it.\n\n:param int a: The a.\n:param b: The b,\n    and more.\n:type b: str, optional\n:param \\*args: Rest\ngoes on.\n\n:returns: The sum.\n:rtype: int\n:raises m.Bad: If.\n\nText.",
            &["2..8 Parameters: a|int b|str *args", "9..11 Returns: -|int", "11..12 Raises: m.Bad"],
        );
        check(
            "epytext",
            "@param a: The a.\n@type a: C{int}\n@return: It.",
            &["0..2 Parameters: a|C{int}", "2..3 Returns: -"],
        );
    }

    #[test]
    fn a_lone_type_counts() {
        check(
            "sphinx",
            ":type a: int\n:rtype: str",
            &["0..1 Parameters: a|int", "1..2 Returns: -|str"],
        );
    }

    #[test]
    fn what_is_not_understood_is_not_clear() {
        check(
            "sphinx",
            ":param a and b: Both.\n:raises: If.",
            &["0..1 Parameters ?", "1..2 Raises ?"],
        );
    }
}
