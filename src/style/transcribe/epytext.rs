//! The notation of epytext: fields (`@param x: …`) and inline markup (`C{code}`).
//!
//! Inside, all notations speak reST: markup is translated at the border, and what the
//! other language cannot say is refused.

use super::super::{Layout, epytext};
use super::fields::Tags;
use super::lines::{block, dedented, is_mark};
use super::{Body, Entry, Marks, Obstacle, Part, Parts};
use crate::docstring::SectionKind;

static EPYTEXT: Tags = Tags {
    id: "epytext",
    dialect: &epytext::DIALECT,
    types: &[
        ("type", &[SectionKind::Parameters, SectionKind::OtherParameters, SectionKind::Attributes]),
        ("rtype", &[SectionKind::Returns]),
        ("returntype", &[SectionKind::Returns]),
        ("ytype", &[SectionKind::Yields]),
    ],
    texts: &[
        ("note", SectionKind::Notes),
        ("warning", SectionKind::Warnings),
        ("see", SectionKind::SeeAlso),
        ("seealso", SectionKind::SeeAlso),
    ],
};

pub(super) fn marks(lines: &[&str]) -> Marks {
    EPYTEXT.marks(lines)
}

pub(super) fn read(lines: &[&str]) -> Parts {
    let mut parts = EPYTEXT.read(lines, |lines, start, parts| {
        let text = dedented(lines);
        if !text.is_empty() {
            parts.push(Part::prose(start, text));
        }
    })?;
    for part in &mut parts {
        match &mut part.body {
            Body::Lines(lines) => *lines = translated(lines, part.line, to_rest)?,
            Body::Entries(entries) => {
                for entry in entries {
                    entry.lines = translated(&entry.lines, entry.line, to_rest)?;
                    if let Some(ty) = &mut entry.ty {
                        *ty = to_plain(ty).map_err(|reason| Obstacle::new(entry.line, reason))?;
                    }
                }
            }
        }
    }
    Ok(parts)
}

pub(super) fn write(parts: &[Part], layout: Layout) -> Result<Vec<String>, Obstacle> {
    let mut out = Vec::new();
    let mut was_fields = false;
    for part in parts {
        let mut fields = Vec::new();
        match (&part.kind, &part.body) {
            (None, Body::Lines(lines)) => {
                block(&mut out, translated(lines, part.line, to_epytext)?);
            }
            (Some(kind), Body::Lines(lines)) => {
                let Some((tag, _)) = EPYTEXT.texts.iter().find(|(_, known)| known == kind) else {
                    let reason = format!("epytext has no field for `{}`", part.title);
                    return Err(Obstacle::new(part.line, reason));
                };
                let lines = translated(lines, part.line, to_epytext)?;
                let first = layout.width.saturating_sub(tag.len() + 3);
                let rest = layout.width.saturating_sub(4).max(20);
                fields.extend(super::google::beside(format!("@{tag}:"), &lines, first, rest));
            }
            (Some(kind), Body::Entries(entries)) => {
                let entries = entries.iter().map(|entry| {
                    let lines = translated(&entry.lines, entry.line, to_epytext)?;
                    let ty = entry.ty.as_deref().map(escaped);
                    Ok(Entry { lines, ty, name: entry.name.clone(), line: entry.line })
                });
                let entries = entries.collect::<Result<Vec<_>, Obstacle>>()?;
                EPYTEXT.write(kind, &entries, layout, &mut fields)?;
            }
            (None, Body::Entries(_)) => {}
        }
        let is_fields = part.kind.is_some();
        if was_fields && is_fields {
            out.extend(fields);
        } else {
            block(&mut out, fields);
        }
        was_fields = is_fields;
    }
    Ok(out)
}

type Translation = fn(&str) -> Result<String, &'static str>;

/// Prose in the other markup; code stays as it is.
fn translated(lines: &[String], line: usize, to: Translation) -> Result<Vec<String>, Obstacle> {
    let mut out: Vec<String> = Vec::with_capacity(lines.len());
    let mut prose: Vec<&str> = Vec::new();
    // The indentation of the line that a literal block hangs below.
    let mut literal: Option<usize> = None;
    let mut is_example = false;
    let flush = |prose: &mut Vec<&str>, out: &mut Vec<String>| {
        if prose.is_empty() {
            return Ok(());
        }
        let text = to(&prose.join("\n")).map_err(|reason| Obstacle::new(line, reason))?;
        out.extend(text.split('\n').map(str::to_owned));
        prose.clear();
        Ok(())
    };
    for text in lines {
        let indent = super::super::wrap::indent(text);
        if text.is_empty() {
            is_example = false;
        } else if literal.is_some_and(|above| indent <= above) {
            literal = None;
        }
        is_example |= text.trim_start().starts_with(">>>");
        if text.is_empty() || literal.is_some() || is_example {
            flush(&mut prose, &mut out)?;
            out.push(text.clone());
            continue;
        }
        let bare = text.trim_start();
        if bare.starts_with(".. ")
            || bare.starts_with('|')
            || is_mark(bare) && bare.len() > 3 && bare.bytes().all(|b| b"=-+~^ ".contains(&b))
        {
            return Err(Obstacle::new(
                line,
                "a directive, table or heading has no counterpart in epytext",
            ));
        }
        if text.ends_with("::") {
            literal = Some(indent);
        }
        prose.push(text);
    }
    flush(&mut prose, &mut out)?;
    Ok(out)
}

/// Braces as epytext writes them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '{' => out.push_str("E{lb}"),
            '}' => out.push_str("E{rb}"),
            c => out.push(c),
        }
    }
    out
}

/// Inline markup of reST in epytext.
fn to_epytext(text: &str) -> Result<String, &'static str> {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let opens = !before.is_alphanumeric();
        let found =
            [("``", 'C'), ("**", 'B'), ("*", 'I'), ("`", 'L')].iter().find_map(|(mark, tag)| {
                let inside = rest.strip_prefix(mark).filter(|_| opens)?;
                let end = inside.find(mark)?;
                let (inside, after) = inside.split_at(end);
                let is_tight = !inside.is_empty() && inside.trim() == inside;
                is_tight.then_some((*tag, inside, after.get(mark.len()..)?))
            });
        if let Some((tag, inside, after)) = found {
            if tag == 'L' && (before == ':' || after.starts_with('_')) {
                return Err("a role or link of reST has no counterpart in epytext");
            }
            out.push(tag);
            out.push('{');
            out.push_str(&escaped(inside));
            out.push('}');
            before = '}';
            rest = after;
        } else {
            out.push_str(&escaped(c.encode_utf8(&mut [0; 4])));
            before = c;
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    Ok(out)
}

/// Inline markup of epytext in reST.
fn to_rest(text: &str) -> Result<String, &'static str> {
    convert(text, |tag, inside| match tag {
        'C' if !inside.contains('`') => Some(format!("``{inside}``")),
        'I' => Some(format!("*{inside}*")),
        'B' => Some(format!("**{inside}**")),
        'M' => Some(format!(":math:`{inside}`")),
        'L' if !inside.contains('<') => Some(format!("`{inside}`")),
        'L' | 'U' => match inside.strip_suffix('>').and_then(|inside| inside.rsplit_once('<')) {
            Some((text, to)) if tag == 'U' => Some(format!("`{} <{to}>`_", text.trim())),
            Some((text, to)) => Some(format!("`{} <{to}>`", text.trim())),
            None if tag == 'U' => Some(inside.to_owned()),
            None => None,
        },
        _ => None,
    })
}

/// A type without any markup.
fn to_plain(text: &str) -> Result<String, &'static str> {
    convert(text, |tag, inside| match tag {
        'C' | 'L' | 'I' | 'B' if !inside.contains('<') => Some(inside.to_owned()),
        _ => None,
    })
}

fn convert(text: &str, to: impl Fn(char, &str) -> Option<String>) -> Result<String, &'static str> {
    const UNKNOWN: &str = "epytext markup is not understood";
    let mut out = String::with_capacity(text.len());
    // For each open brace its tag, if it has one, and where its inside begins.
    let mut open: Vec<(Option<char>, usize)> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_tagged = c.is_ascii_uppercase() && chars.peek().is_some_and(|(_, c)| *c == '{');
        if is_tagged {
            if open.iter().any(|(tag, _)| tag.is_some()) && c != 'E' {
                return Err("epytext markup inside of markup has no counterpart");
            }
            chars.next();
            open.push((Some(c), out.len()));
        } else if c == '{' {
            open.push((None, out.len()));
            out.push(c);
        } else if c == '}' {
            match open.pop() {
                None => return Err(UNKNOWN),
                Some((None, _)) => out.push('}'),
                Some((Some(tag), start)) => {
                    let inside = out.split_off(start);
                    match (tag, inside.as_str()) {
                        ('E', "lb") => out.push('{'),
                        ('E', "rb") => out.push('}'),
                        ('E', one) if one.chars().count() == 1 => out.push_str(one),
                        _ => {
                            let is_tight = !inside.is_empty() && inside.trim() == inside;
                            let made = to(tag, &inside).filter(|_| is_tight);
                            out.push_str(&made.ok_or(UNKNOWN)?);
                        }
                    }
                }
            }
        } else {
            let next = text.get(at + c.len_utf8()..).and_then(|rest| rest.chars().next());
            let is_start = c == '*' && next.is_some_and(|next| !next.is_whitespace());
            if open.is_empty() && (c == '`' || is_start) {
                return Err("what reST would take for markup is text in epytext");
            }
            out.push(c);
        }
    }
    if open.is_empty() { Ok(out) } else { Err(UNKNOWN) }
}
