//! The `sphinx` style: reST field lists (`:param x: …`, `:returns: …`).

use super::fields::{Dialect, push_fields};
use super::prose::{block, finish, head, ordered, split_head, text_lines};
use super::wrap::{dedent, goes_on, normalise};
use super::{Form, Layout, Map, Style, map::fields as mapped};
use crate::docstring::{Docstring, Item, Language, Section, SectionBody, SectionKind};

/// The style `sphinx`.
pub(super) struct Sphinx;

pub(super) static DIALECT: Dialect = Dialect {
    mark: ':',
    tags: &[
        ("param", SectionKind::Parameters),
        ("keyword", SectionKind::OtherParameters),
        ("ivar", SectionKind::Attributes),
        ("returns", SectionKind::Returns),
        ("yields", SectionKind::Yields),
        ("raises", SectionKind::Raises),
        ("warns", SectionKind::Warns),
        ("deprecated", SectionKind::Deprecated),
    ],
    attribute_type: "vartype",
    keyword_type: "kwtype",
    yield_type: None,
    escape: str::to_owned,
    unescape: str::to_owned,
};

/// Sections that reST has a directive for.
static DIRECTIVES: &[(&str, SectionKind)] = &[
    (".. warning::", SectionKind::Warnings),
    (".. seealso::", SectionKind::SeeAlso),
    (".. note::", SectionKind::Notes),
];

/// The headings of the others.
static RUBRICS: &[(&str, SectionKind)] = &[
    ("References", SectionKind::References),
    ("Examples", SectionKind::Examples),
    ("Example", SectionKind::Examples),
    ("Panics", SectionKind::Panics),
    ("Errors", SectionKind::Errors),
    ("Safety", SectionKind::Safety),
];

const RUBRIC: &str = ".. rubric:: ";

impl Style for Sphinx {
    fn id(&self) -> &'static str {
        "sphinx"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    fn render(&self, docstring: &Docstring, layout: Layout) -> String {
        let mut lines = head(docstring, layout);
        let sections = ordered(docstring);
        // What follows a field would belong to it: directives come first.
        for section in sections.iter().filter(|section| !DIALECT.is_field(&section.kind)) {
            let SectionBody::Text(text) = &section.body else { continue };
            let directive = DIRECTIVES.iter().find(|(_, kind)| *kind == section.kind);
            if let Some((directive, _)) = directive {
                let mut part = vec![(*directive).to_owned()];
                part.extend(text_lines(text, 4, layout));
                block(&mut lines, part);
            } else {
                block(&mut lines, vec![format!("{RUBRIC}{}", rubric(&section.kind))]);
                block(&mut lines, text_lines(text, 0, layout));
            }
        }
        let mut fields = Vec::new();
        for section in sections {
            DIALECT.render(section, layout, &mut fields);
        }
        push_fields(&mut lines, fields);
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let (before, fields) = DIALECT.read(&lines);
        let is_start = |line: &&str| directive_at(line).is_some();
        let first = before.iter().position(is_start).unwrap_or(before.len());
        let (top, mut rest) = before.split_at(first);
        let (summary, mut description) = split_head(top);
        let mut sections = DIALECT.sections(fields);
        while let Some((line, below)) = rest.split_first() {
            let Some(kind) = directive_at(line) else { break };
            let is_rubric = line.starts_with(RUBRIC);
            let count = below
                .iter()
                .take_while(|line| !is_start(line) && (is_rubric || goes_on(line)))
                .count();
            let (own, next) = below.split_at(count);
            let first = if is_rubric { "" } else { inline_text(line) };
            let text = dedent(own.iter().copied()).join("\n");
            let text = normalise(&[first, "\n", &text].concat());
            sections.push(Section { kind, body: SectionBody::Text(text) });
            // Prose after a directive belongs to the description.
            let stray = next.iter().take_while(|line| !is_start(line)).count();
            let (stray, next) = next.split_at(stray);
            let stray = normalise(&stray.join("\n"));
            if !stray.is_empty() {
                let text = description.take().map_or(stray.clone(), |text| text + "\n\n" + &stray);
                description = Some(text);
            }
            rest = next;
        }
        let docstring = Docstring { summary, description, sections };
        let sections = ordered(&docstring).into_iter().cloned().collect();
        Docstring { sections, ..docstring }
    }

    fn score(&self, text: &str) -> usize {
        DIALECT.score(text)
    }

    fn map(&self, lines: &[&str]) -> Map {
        mapped::map(lines, &DIALECT)
    }

    fn form(&self, kind: &SectionKind, map: &Map) -> Form {
        mapped::new_form(kind, map, &DIALECT)
    }

    fn entry(&self, kind: &SectionKind, item: &Item, form: &Form, layout: Layout) -> Vec<String> {
        mapped::entry(kind, item, form, layout, &DIALECT)
    }
}

fn rubric(kind: &SectionKind) -> &str {
    match kind {
        SectionKind::Other(name) => name,
        kind => RUBRICS.iter().find(|(_, known)| known == kind).map_or("", |(name, _)| name),
    }
}

fn inline_text(line: &str) -> &str {
    line.split_once("::").map_or("", |(_, text)| text.trim())
}

/// The section that a directive begins.
fn directive_at(line: &str) -> Option<SectionKind> {
    if let Some(name) = line.strip_prefix(RUBRIC) {
        let known = RUBRICS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
        let other = || SectionKind::Other(name.trim().to_owned());
        return Some(known.map_or_else(other, |(_, kind)| kind.clone()));
    }
    let found = DIRECTIVES.iter().find(|(mark, _)| line.starts_with(mark));
    found.map(|(_, kind)| kind.clone())
}
