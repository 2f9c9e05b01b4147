//! The notation of Sphinx: fields (`:param x: …`), rubrics and admonitions, prose beside them.

use super::super::Layout;
use super::super::fields::{Dialect, split};
use super::super::sphinx;
use super::super::wrap::{indent, width};
use super::google::beside;
use super::lines::{block, dedented, fit, hanging, is_exception, is_name, open};
use super::{Body, Entry, Marks, Obstacle, Part, Parts, is_entries};
use crate::docstring::SectionKind;

/// Tags of a notation: what its dialect has, and what is told apart in converting only.
pub(super) struct Tags {
    pub(super) id: &'static str,
    pub(super) dialect: &'static Dialect,
    /// Tags of types, and to which kinds they belong.
    pub(super) types: &'static [(&'static str, &'static [SectionKind])],
    /// Tags of free text.
    pub(super) texts: &'static [(&'static str, SectionKind)],
}

static SPHINX: Tags = Tags {
    id: "sphinx",
    dialect: &sphinx::DIALECT,
    types: &[
        ("type", &[SectionKind::Parameters, SectionKind::OtherParameters, SectionKind::Attributes]),
        ("paramtype", &[SectionKind::Parameters]),
        ("kwtype", &[SectionKind::OtherParameters]),
        ("vartype", &[SectionKind::Attributes]),
        ("rtype", &[SectionKind::Returns]),
        ("ytype", &[SectionKind::Yields]),
    ],
    texts: &[],
};

/// Headings of rubrics that are sections.
static RUBRICS: &[(&str, SectionKind)] = &[
    ("Examples", SectionKind::Examples),
    ("Example", SectionKind::Examples),
    ("Notes", SectionKind::Notes),
    ("Warnings", SectionKind::Warnings),
    ("See Also", SectionKind::SeeAlso),
    ("References", SectionKind::References),
];

const RUBRIC: &str = ".. rubric:: ";

/// A field as it stands in the text.
pub(super) struct Field<'a> {
    line: usize,
    tag: &'a str,
    argument: Option<&'a str>,
    lines: Vec<String>,
}

impl Tags {
    fn entry(&self, tag: &str) -> Option<&'static SectionKind> {
        self.dialect.kind(tag).filter(|kind| is_entries(kind))
    }

    fn text(&self, tag: &str) -> Option<&'static SectionKind> {
        self.texts.iter().find(|(known, _)| *known == tag).map(|(_, kind)| kind)
    }

    fn of_type(&self, tag: &str) -> Option<&'static [SectionKind]> {
        self.types.iter().find(|(known, _)| *known == tag).map(|(_, kinds)| *kinds)
    }

    fn is_known(&self, tag: &str) -> bool {
        self.entry(tag).is_some() || self.text(tag).is_some() || self.of_type(tag).is_some()
    }

    pub(super) fn marks(&self, lines: &[&str]) -> Marks {
        let mut marks = Marks::default();
        for (line, _) in lines.iter().zip(open(lines)).filter(|(_, open)| *open) {
            let Some((tag, argument, _)) = split(line, self.dialect.mark) else { continue };
            // The type of a property has no name, and is not about a section.
            let is_type = self.of_type(tag).is_some() && (argument.is_some() || tag != "type");
            marks.entries += usize::from(self.entry(tag).is_some() || is_type);
            marks.texts += usize::from(self.text(tag).is_some());
        }
        marks
    }

    /// The parts of a text; `prose` reads the lines beside the fields.
    pub(super) fn read(&self, lines: &[&str], prose: fn(&[&str], usize, &mut Vec<Part>)) -> Parts {
        let open = open(lines);
        let is_open = |at: usize| open.get(at).copied().unwrap_or(false);
        let mut parts: Vec<Part> = Vec::new();
        let mut types: Vec<Field<'_>> = Vec::new();
        let (mut at, mut start, mut group) = (0, 0, 0);
        while let Some(line) = lines.get(at) {
            let found = if is_open(at) { split(line, self.dialect.mark) } else { None };
            // Says something to the tool, whatever the style.
            let found = found.filter(|(tag, ..)| *tag != "meta");
            let Some((tag, argument, first)) = found else {
                self.refuse_lookalike(line, at, is_open(at))?;
                at += 1;
                continue;
            };
            if !self.is_known(tag) {
                let reason = format!("the field `{tag}` has no counterpart");
                return Err(Obstacle::new(at, reason));
            }
            let before = lines.get(start..at).unwrap_or_default();
            if before.iter().any(|line| !line.is_empty()) {
                prose(before, start, &mut parts);
                group = parts.len();
            }
            let below = lines.get(at + 1..).unwrap_or_default();
            let count = below.iter().take_while(|line| line.is_empty() || indent(line) > 0).count();
            let own = below.get(..count).unwrap_or_default();
            let field = Field { line: at, tag, argument, lines: hanging(first, own) };
            at += 1 + count;
            start = at;
            let is_apart = own.last().is_some_and(|line| line.is_empty());
            if !is_apart
                && lines.get(at).is_some_and(|line| split(line, self.dialect.mark).is_none())
            {
                return Err(Obstacle::new(at, "it is neither indented nor a field"));
            }
            if self.of_type(tag).is_some() {
                types.push(field);
            } else {
                self.add(field, group, &mut parts)?;
            }
        }
        let rest = lines.get(start..).unwrap_or_default();
        if rest.iter().any(|line| !line.is_empty()) {
            prose(rest, start, &mut parts);
        }
        for field in types {
            self.attach(field, &mut parts)?;
        }
        Ok(parts)
    }

    /// What looks like a field and is none to any tool (`:param x:text`) is a mistake.
    fn refuse_lookalike(&self, line: &str, at: usize, is_open: bool) -> Result<(), Obstacle> {
        let Some(rest) = line.strip_prefix(self.dialect.mark).filter(|_| is_open) else {
            return Ok(());
        };
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (tag, rest) = rest.split_at(end);
        if self.is_known(tag) && rest.starts_with([' ', ':']) && !rest.starts_with(":`") {
            return Err(Obstacle::new(at, "it is no field: a blank is missing behind the colon"));
        }
        Ok(())
    }

    /// Adds a field to the parts, of which those from `group` on stand in the same list.
    fn add(&self, field: Field<'_>, group: usize, parts: &mut Vec<Part>) -> Result<(), Obstacle> {
        let Field { line, tag, argument, lines } = field;
        if let Some(kind) = self.text(tag) {
            if argument.is_some() {
                return Err(Obstacle::new(line, format!("the field `{tag}` takes no name")));
            }
            if lines.is_empty() {
                return Err(Obstacle::new(line, format!("the field `{tag}` is empty")));
            }
            let body = Body::Lines(lines);
            parts.push(Part { line, kind: Some(kind.clone()), title: heading(kind), body });
            return Ok(());
        }
        let Some(kind) = self.entry(tag) else { return Ok(()) };
        let argument = argument.map(str::trim);
        let (name, ty) = match (kind, argument) {
            (SectionKind::Returns | SectionKind::Yields, None) => (None, None),
            (SectionKind::Returns | SectionKind::Yields, Some(name)) => {
                return Err(Obstacle::new(line, format!("`{name}` is out of place here")));
            }
            (_, None) => {
                return Err(Obstacle::new(line, format!("the field `{tag}` names nothing")));
            }
            (SectionKind::Raises | SectionKind::Warns, Some(name)) => (Some(name), None),
            (_, Some(name)) if self.dialect.mark == ':' => match name.rsplit_once(' ') {
                Some((ty, name)) if !ty.trim().ends_with(',') => (Some(name), Some(ty.trim())),
                _ => (Some(name), None),
            },
            (_, Some(name)) => (Some(name), None),
        };
        let is_known = match (kind, name) {
            (_, None) => true,
            (SectionKind::Raises | SectionKind::Warns, Some(name)) => is_exception(name),
            (_, Some(name)) => is_name(name),
        };
        if !is_known {
            let name = name.unwrap_or_default();
            return Err(Obstacle::new(line, format!("`{name}` is no name")));
        }
        let entry = Entry { line, name: name.map(str::to_owned), ty: ty.map(str::to_owned), lines };
        let own = parts.iter_mut().skip(group).find(|part| part.kind.as_ref() == Some(kind));
        match own.map(|part| &mut part.body) {
            Some(Body::Entries(_))
                if matches!(kind, SectionKind::Returns | SectionKind::Yields) =>
            {
                return Err(Obstacle::new(line, "the value is described a second time"));
            }
            Some(Body::Entries(entries)) => entries.push(entry),
            _ => {
                let body = Body::Entries(vec![entry]);
                parts.push(Part { line, kind: Some(kind.clone()), title: tag.to_owned(), body });
            }
        }
        Ok(())
    }

    /// Gives a type to the entry that it belongs to, or makes an entry of it.
    fn attach(&self, field: Field<'_>, parts: &mut Vec<Part>) -> Result<(), Obstacle> {
        let Field { line, tag, argument, lines } = field;
        let kinds = self.of_type(tag).unwrap_or_default();
        let ty = lines.join(" ");
        let is_value =
            kinds.iter().all(|k| matches!(k, SectionKind::Returns | SectionKind::Yields));
        if ty.is_empty() || lines.iter().any(String::is_empty) || is_value == argument.is_some() {
            return Err(Obstacle::new(line, format!("the field `{tag}` is not understood")));
        }
        let owners = parts
            .iter_mut()
            .filter(|part| part.kind.as_ref().is_some_and(|kind| kinds.contains(kind)));
        for part in owners {
            let Body::Entries(entries) = &mut part.body else { continue };
            let found = entries.iter_mut().find(|entry| entry.name.as_deref() == argument);
            if let Some(entry) = found {
                if entry.ty.is_some() {
                    return Err(Obstacle::new(line, "the type is given a second time"));
                }
                entry.ty = Some(ty);
                return Ok(());
            }
        }
        let Some(kind) = kinds.first().filter(|_| argument.is_none_or(is_name)) else {
            return Err(Obstacle::new(line, format!("the field `{tag}` is not understood")));
        };
        let name = argument.map(str::to_owned);
        let entry = Entry { line, name, ty: Some(ty), lines: Vec::new() };
        let own = parts.iter_mut().find(|part| part.kind.as_ref() == Some(kind));
        if let Some(Body::Entries(entries)) = own.map(|part| &mut part.body) {
            entries.push(entry);
        } else {
            // Where the type stands, and not behind prose that follows it.
            let at = parts.iter().take_while(|part| part.line < line).count();
            let body = Body::Entries(vec![entry]);
            let part = Part { line, kind: Some(kind.clone()), title: tag.to_owned(), body };
            parts.insert(at, part);
        }
        Ok(())
    }

    /// The fields of a section.
    pub(super) fn write(
        &self,
        kind: &SectionKind,
        entries: &[Entry],
        layout: Layout,
        out: &mut Vec<String>,
    ) -> Result<(), Obstacle> {
        let found = self.dialect.tag(kind).filter(|_| is_entries(kind));
        let is_value = matches!(kind, SectionKind::Returns | SectionKind::Yields);
        for (index, entry) in entries.iter().enumerate() {
            let Some(tag) = found else {
                return Err(Obstacle::new(
                    entry.line,
                    format!("{} has no field for this", self.id),
                ));
            };
            let argument = match &entry.name {
                Some(name) if is_value => {
                    let reason =
                        format!("{} has no place for the name `{name}` of a value", self.id);
                    return Err(Obstacle::new(entry.line, reason));
                }
                Some(name) if name.contains(['`', ',']) && !matches!(kind, SectionKind::Raises) => {
                    let reason = format!("{} describes one name at a time, not `{name}`", self.id);
                    return Err(Obstacle::new(entry.line, reason));
                }
                Some(name) => format!(" {name}"),
                None if is_value && index > 0 => {
                    let reason = format!("{} describes one value only", self.id);
                    return Err(Obstacle::new(entry.line, reason));
                }
                None => String::new(),
            };
            let mark = self.dialect.mark;
            if !entry.lines.is_empty() || entry.ty.is_none() {
                let head = format!("{mark}{tag}{argument}:");
                let first = layout.width.saturating_sub(width(&head) + 1);
                let rest = layout.width.saturating_sub(4).max(20);
                out.extend(beside(head, &entry.lines, first, rest));
            }
            if let Some(ty) = &entry.ty {
                let special = self.types.iter().rev().find(|(_, kinds)| *kinds == [kind.clone()]);
                let general = self.types.iter().find(|(_, kinds)| kinds.contains(kind));
                let Some((tag, _)) = special.or(general) else {
                    let reason = format!("{} has no field for the type", self.id);
                    return Err(Obstacle::new(entry.line, reason));
                };
                let tag = if *tag == "paramtype" { "type" } else { tag };
                out.push(format!("{mark}{tag}{argument}: {ty}"));
            }
        }
        Ok(())
    }
}

/// The heading that says the same as a field of free text.
fn heading(kind: &SectionKind) -> String {
    let title = match kind {
        SectionKind::Warnings => "Warning",
        SectionKind::SeeAlso => "See Also",
        _ => "Note",
    };
    title.to_owned()
}

pub(super) fn sphinx(lines: &[&str]) -> Marks {
    SPHINX.marks(lines)
}

pub(super) fn read(lines: &[&str]) -> Parts {
    SPHINX.read(lines, prose)
}

/// Prose, with the sections that rubrics in it make up.
fn prose(lines: &[&str], start: usize, parts: &mut Vec<Part>) {
    let open = open(lines);
    let rubric = |at: &usize| -> Option<&(&str, SectionKind)> {
        let is_open = open.get(*at).copied().unwrap_or(false);
        let name = lines.get(*at)?.strip_prefix(RUBRIC).filter(|_| is_open)?.trim();
        RUBRICS.iter().find(|(known, _)| *known == name)
    };
    let mut rubrics = (0..lines.len()).filter_map(|at| Some((at, rubric(&at)?))).peekable();
    let first = rubrics.peek().map_or(lines.len(), |(at, _)| *at);
    let text = dedented(lines.get(..first).unwrap_or_default());
    if !text.is_empty() {
        parts.push(Part::prose(start, text));
    }
    while let Some((at, (title, kind))) = rubrics.next() {
        let next = rubrics.peek().map_or(lines.len(), |(at, _)| *at);
        let body = dedented(lines.get(at + 1..next).unwrap_or_default());
        if body.is_empty() {
            // A rubric over nothing says nothing elsewhere.
            parts.push(Part::prose(start + at, vec![format!("{RUBRIC}{title}")]));
            continue;
        }
        let (kind, title, body) = (Some(kind.clone()), (*title).to_owned(), Body::Lines(body));
        parts.push(Part { line: start + at, kind, title, body });
    }
}

pub(super) fn write(parts: &[Part], layout: Layout) -> Result<Vec<String>, Obstacle> {
    let mut out = Vec::new();
    let mut was_fields = false;
    for part in parts {
        match (&part.kind, &part.body) {
            (None, Body::Lines(lines)) => block(&mut out, lines.clone()),
            (Some(kind), Body::Lines(lines)) => {
                if let Some((title, _)) = RUBRICS
                    .iter()
                    .find(|(title, _)| *title == part.title)
                    .or_else(|| RUBRICS.iter().find(|(_, known)| known == kind))
                {
                    block(&mut out, vec![format!("{RUBRIC}{title}")]);
                    block(&mut out, fit(lines, layout.width, layout.width));
                } else {
                    let reason = format!("sphinx has no section `{}`", part.title);
                    return Err(Obstacle::new(part.line, reason));
                }
            }
            (Some(kind), Body::Entries(entries)) => {
                let mut fields = Vec::new();
                SPHINX.write(kind, entries, layout, &mut fields)?;
                if was_fields { out.extend(fields) } else { block(&mut out, fields) }
            }
            (None, Body::Entries(_)) => {}
        }
        was_fields = part.has_entries();
    }
    Ok(out)
}
