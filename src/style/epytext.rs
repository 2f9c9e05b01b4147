//! The `epytext` style (epydoc, pydoctor): `@param x: …`, `C{code}`.

use super::fields::{Dialect, push_fields};
use super::prose::{block, finish, ordered, split_head};
use super::wrap::{fill, map_prose, one_line};
use super::{Form, Layout, Map, Style, map::fields as mapped};
use crate::docstring::{Docstring, Item, Language, Section, SectionBody, SectionKind};

/// The style `epytext`.
pub(super) struct Epytext;

pub(super) static DIALECT: Dialect = Dialect {
    mark: '@',
    tags: &[
        ("param", SectionKind::Parameters),
        ("keyword", SectionKind::OtherParameters),
        ("ivar", SectionKind::Attributes),
        ("return", SectionKind::Returns),
        ("yield", SectionKind::Yields),
        ("raise", SectionKind::Raises),
        ("warns", SectionKind::Warns),
        ("deprecated", SectionKind::Deprecated),
        ("warning", SectionKind::Warnings),
        ("see", SectionKind::SeeAlso),
        ("note", SectionKind::Notes),
        ("references", SectionKind::References),
        ("example", SectionKind::Examples),
        ("panics", SectionKind::Panics),
        ("errors", SectionKind::Errors),
        ("safety", SectionKind::Safety),
    ],
    attribute_type: "type",
    keyword_type: "type",
    yield_type: Some("ytype"),
    escape,
    unescape,
};

impl Style for Epytext {
    fn id(&self) -> &'static str {
        "epytext"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    fn render(&self, docstring: &Docstring, layout: Layout) -> String {
        let mut lines = Vec::new();
        let summary = escape(&one_line(&docstring.summary));
        block(&mut lines, if summary.is_empty() { Vec::new() } else { vec![summary] });
        if let Some(description) = &docstring.description {
            let text = map_prose(description, escape);
            block(&mut lines, fill(&text, layout.width, layout.width));
        }
        let mut fields = Vec::new();
        for section in ordered(docstring) {
            match (&section.kind, &section.body) {
                // epytext has no free headings; a field of any name is one.
                (SectionKind::Other(name), SectionBody::Text(text)) => {
                    let tag: String =
                        name.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
                    let text = map_prose(text, escape);
                    let mut part = fill(
                        &format!("@{}: {text}", tag.to_lowercase()),
                        layout.width,
                        layout.width.saturating_sub(4),
                    );
                    for line in part.iter_mut().skip(1).filter(|line| !line.is_empty()) {
                        line.insert_str(0, "    ");
                    }
                    fields.extend(part);
                }
                _ => DIALECT.render(section, layout, &mut fields),
            }
        }
        push_fields(&mut lines, fields);
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let (before, fields) = DIALECT.read(&lines);
        let (summary, description) = split_head(before);
        let docstring = Docstring {
            summary: unescape(&summary),
            description: description.map(|text| map_prose(&text, unescape)),
            sections: DIALECT.sections(fields),
        };
        let sections: Vec<Section> = ordered(&docstring).into_iter().cloned().collect();
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

/// Literals become `C{…}`, braces `E{lb}` and `E{rb}`.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let braces = |text: &str, out: &mut String| {
        for c in text.chars() {
            match c {
                '{' => out.push_str("E{lb}"),
                '}' => out.push_str("E{rb}"),
                c => out.push(c),
            }
        }
    };
    let mut done = 0;
    for (start, end) in super::wrap::literals(text) {
        let span = text.get(start..end).unwrap_or_default();
        let Some(inside) = span.strip_prefix("``").and_then(|span| span.strip_suffix("``")) else {
            continue;
        };
        if inside.starts_with('`') || inside.is_empty() {
            continue;
        }
        braces(text.get(done..start).unwrap_or_default(), &mut out);
        out.push_str("C{");
        braces(inside, &mut out);
        out.push('}');
        done = end;
    }
    braces(text.get(done..).unwrap_or_default(), &mut out);
    out
}

/// The reverse of [`escape`]; other markup stays.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // What closes each open brace.
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        if rest.starts_with("E{lb}") || rest.starts_with("E{rb}") {
            out.push(if rest.starts_with("E{l") { '{' } else { '}' });
            length = 5;
        } else if rest.starts_with("C{") {
            out.push_str("``");
            open.push("``");
            length = 2;
        } else if c == '{' {
            out.push(c);
            open.push("}");
        } else if c == '}' {
            out.push_str(open.pop().unwrap_or("}"));
        } else {
            out.push(c);
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}
