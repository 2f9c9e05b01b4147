//! Field lists: `:param x: …` and `@param x: …`.

use std::collections::BTreeSet;

use super::super::lines::Line;
use super::Fault;
use super::google::twice;
use super::words::meant;

/// The fields that Sphinx's Python domain and epytext know.
const TAGS: &[&str] = &[
    "param",
    "parameter",
    "arg",
    "argument",
    "key",
    "keyword",
    "kwarg",
    "kwparam",
    "type",
    "raises",
    "raise",
    "except",
    "exception",
    "var",
    "ivar",
    "cvar",
    "vartype",
    "returns",
    "return",
    "rtype",
    "yields",
    "yield",
    "ytype",
    "meta",
];

/// Fields whose misspelling costs a description.
const MEANT: &[&str] =
    &["param", "type", "raises", "returns", "return", "rtype", "keyword", "exception", "ivar"];

/// Fields that describe one parameter.
const PARAMETERS: &[&str] =
    &["param", "parameter", "arg", "argument", "key", "keyword", "kwarg", "kwparam"];

/// The faults of the fields of a docstring.
pub(super) fn faults(lines: &[Line<'_>]) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for line in lines {
        let Some(mark) = line.text.chars().next().filter(|mark| matches!(mark, ':' | '@')) else {
            continue;
        };
        let rest = line.text.get(1..).unwrap_or_default();
        let end = rest.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(rest.len());
        let (tag, rest) = rest.split_at(end);
        let argument = match (rest.strip_prefix(' '), closing(rest)) {
            // `:param x the value`: nothing ends the field's name.
            (Some(_), None) if mark == ':' && TAGS.contains(&tag) && line.indent == 0 => {
                found.push(Fault::at(line, format!("field `:{tag}` has no closing colon")));
                continue;
            }
            (Some(rest), Some(at)) => rest.get(..at.saturating_sub(1)).unwrap_or_default().trim(),
            (None, Some(0)) => "",
            _ => continue,
        };
        if !TAGS.contains(&tag) {
            let is_meant = mark == ':' || !argument.is_empty();
            if is_meant && let Some(known) = meant(tag, MEANT) {
                let message = format!("unknown field `{mark}{tag}`; did you mean `{mark}{known}`?");
                found.push(Fault::at(line, message));
            }
            continue;
        }
        if PARAMETERS.contains(&tag) {
            let name =
                argument.rsplit(' ').next().unwrap_or_default().trim_start_matches(['*', '\\']);
            if name.is_empty() {
                found.push(Fault::at(line, format!("field `{mark}{tag}` names no parameter")));
            } else if !names.insert(name) {
                found.push(Fault::at(line, twice(name)));
            }
        }
    }
    found
}

/// Where the colon stands that ends a field's name: white space or nothing follows it.
fn closing(rest: &str) -> Option<usize> {
    let mut colons = rest.match_indices(':').map(|(at, _)| at);
    colons.find(|at| {
        rest.get(at + 1..).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
    })
}
