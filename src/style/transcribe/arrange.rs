//! Which part goes where in the other notation: nothing is dropped, nothing is said twice.

use super::super::prose::is_bare_type;
use super::google::OTHERS;
use super::lines::is_mark;
use super::{Body, Obstacle, Part, Parts, numpy};
use crate::docstring::SectionKind;

/// The parts in an order that the notation `to` can express.
///
/// # Errors
///
/// When there is none in which they would mean the same.
pub(super) fn arranged(mut parts: Vec<Part>, to: &str) -> Parts {
    for (index, part) in parts.iter().enumerate() {
        let above = parts.get(..index).unwrap_or_default();
        if part.has_entries() && above.iter().any(|other| other.kind == part.kind) {
            let reason = format!("`{}` stands in a second place", part.title);
            return Err(Obstacle::new(part.line, reason));
        }
    }
    type_values(&mut parts);
    if to == "numpy" {
        return for_numpy(parts);
    }
    if to == "google" {
        parts = with_headings(parts)?;
    }
    let first = parts.iter().position(|part| part.kind.is_some()).unwrap_or(parts.len());
    let has_stray = parts.iter().skip(first).any(|part| part.kind.is_none());
    if to == "sphinx" {
        for part in &mut parts {
            if let (Some(name), Body::Lines(lines)) = (admonition(part), &part.body) {
                *part = Part::prose(part.line, directive(name, lines));
            }
        }
        merge(&mut parts);
    }
    if to == "google" {
        if !has_stray {
            // As people write it: the interface first, remarks and examples last.
            parts.sort_by_key(|part| {
                (part.kind.is_some(), part.kind.is_some() && !part.has_entries())
            });
        }
        return Ok(parts);
    }
    if !has_stray {
        // What follows the fields would be read as part of the last one by some tools.
        parts.sort_by_key(|part| (part.kind.is_some(), part.has_entries()));
        return Ok(parts);
    }
    for pair in parts.windows(2) {
        let [above, below] = pair else { continue };
        let is_rubric = above.kind.is_some() && !above.has_entries() && to == "sphinx";
        if is_rubric && below.kind.is_none() {
            let reason = format!("this would become part of `{}` above", above.title);
            return Err(Obstacle::new(below.line, reason));
        }
    }
    Ok(parts)
}

/// A value that is described by a type and nothing else has that type.
fn type_values(parts: &mut [Part]) {
    let is_value =
        |part: &&mut Part| matches!(part.kind, Some(SectionKind::Returns | SectionKind::Yields));
    for part in parts.iter_mut().filter(is_value) {
        let Body::Entries(entries) = &mut part.body else { continue };
        for entry in entries.iter_mut().filter(|entry| entry.ty.is_none()) {
            if let [line] = entry.lines.as_slice()
                && is_bare_type(line)
            {
                entry.ty = entry.lines.pop();
            }
        }
    }
}

/// People write `Example:` with something indented below in any style; here it is a section.
fn with_headings(parts: Vec<Part>) -> Parts {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        let (None, Body::Lines(lines)) = (&part.kind, &part.body) else {
            out.push(part);
            continue;
        };
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let found = super::google::read(&lines)
            .map_err(|obstacle| Obstacle::new(part.line + obstacle.line, obstacle.reason))?;
        for inner in found {
            if inner.has_entries() {
                let reason = format!("google would read `{}` as a section", inner.title);
                return Err(Obstacle::new(part.line + inner.line, reason));
            }
            out.push(Part { line: part.line + inner.line, ..inner });
        }
    }
    Ok(out)
}

/// NumPy knows no prose behind a section, each section once, and an order of sections.
fn for_numpy(parts: Vec<Part>) -> Parts {
    let mut head: Vec<Part> = Vec::new();
    let mut sections: Vec<Part> = Vec::new();
    for part in parts {
        match (&part.kind, &part.body) {
            (None, Body::Lines(lines)) => {
                if !sections.is_empty() && !is_directives(lines) {
                    let reason = "prose behind a section would become part of it in numpy";
                    return Err(Obstacle::new(part.line, reason));
                }
                head.push(part);
            }
            (Some(kind), Body::Lines(lines)) => match (numpy::is_known(kind), admonition(&part)) {
                (false, Some(name)) => head.push(Part::prose(part.line, directive(name, lines))),
                (false, None) => {
                    let reason = format!("numpy has no section `{}`", part.title);
                    return Err(Obstacle::new(part.line, reason));
                }
                (true, _) => {
                    let other = sections.iter_mut().find(|other| other.kind == part.kind);
                    match other.map(|other| &mut other.body) {
                        // One section, as numpydoc refuses a second one.
                        Some(Body::Lines(above)) => {
                            above.push(String::new());
                            above.extend(lines.iter().cloned());
                        }
                        _ => sections.push(part),
                    }
                }
            },
            (_, Body::Entries(_)) => sections.push(part),
        }
    }
    sections.sort_by_key(|part| part.kind.as_ref().map_or(0, numpy::rank));
    head.append(&mut sections);
    Ok(head)
}

/// Gives parameters the stars of the signature, or takes them away for fields: there they
/// would begin markup.
///
/// # Errors
///
/// When stars would be lost that the signature does not show.
pub(super) fn name(parts: &mut [Part], to: &str, names: &[String]) -> Result<(), Obstacle> {
    let is_fields = |id: &str| matches!(id, "sphinx" | "epytext");
    for part in parts {
        let is_params =
            matches!(part.kind, Some(SectionKind::Parameters | SectionKind::OtherParameters));
        let Body::Entries(entries) = &mut part.body else { continue };
        for entry in entries.iter_mut().filter(|_| is_params) {
            let Some(name) = &mut entry.name else { continue };
            let bare = name.trim_start_matches('*');
            if is_fields(to) && bare.len() < name.len() {
                if !names.contains(name) {
                    let reason = format!("the stars of `{name}` would be lost");
                    return Err(Obstacle::new(entry.line, reason));
                }
                *name = bare.to_owned();
            } else if !is_fields(to)
                && let Some(starred) =
                    names.iter().find(|starred| starred.trim_start_matches('*') == name)
            {
                name.clone_from(starred);
            }
        }
    }
    Ok(())
}

/// Whether lines are directives and nothing else, which mean the same in another place.
fn is_directives(lines: &[String]) -> bool {
    let mut tops = lines.iter().filter(|line| !line.is_empty() && !line.starts_with(' '));
    tops.all(|line| line.starts_with(".. ") && line.contains("::") || line.starts_with(":meta "))
}

/// Sections that reST has a directive for: the heading and the directive.
static DIRECTIVES: &[(&str, &str, SectionKind)] =
    &[("Note", "note", SectionKind::Notes), ("Warning", "warning", SectionKind::Warnings)];

/// The directive that says the same as the heading of a section.
pub(super) fn admonition(part: &Part) -> Option<&'static str> {
    if let Some(SectionKind::Other(name)) = &part.kind {
        return OTHERS.iter().find(|(title, _)| title == name).map(|(_, name)| *name);
    }
    let found = DIRECTIVES.iter().find(|(title, ..)| *title == part.title)?;
    Some(found.1)
}

/// The lines of a directive.
pub(super) fn directive(name: &str, lines: &[String]) -> Vec<String> {
    let mut out = vec![format!(".. {name}::")];
    if lines.first().is_some_and(|line| is_mark(line)) {
        out.push(String::new());
    }
    super::lines::push(&mut out, 4, lines.to_vec());
    out
}

/// Joins prose beside prose.
fn merge(parts: &mut Vec<Part>) {
    let mut merged: Vec<Part> = Vec::with_capacity(parts.len());
    for part in parts.drain(..) {
        match (merged.last_mut(), &part.body) {
            (Some(Part { kind: None, body: Body::Lines(above), .. }), Body::Lines(lines))
                if part.kind.is_none() =>
            {
                above.push(String::new());
                above.extend(lines.iter().cloned());
            }
            _ => merged.push(part),
        }
    }
    *parts = merged;
}
