//! The items of `# Arguments` beside the parameters.

use std::collections::HashSet;

use crate::docstring::{Drift, Param, SectionKind, Symbol};
use crate::style::{Map, MappedSection, Name};

const KIND: SectionKind = SectionKind::Parameters;

/// What is documented but not there, there but not documented, called differently, or in
/// another order. Nothing is said about a section that is not a list of names.
pub(super) fn drift(symbol: &Symbol, header: &str, map: &Map) -> Vec<Drift> {
    let Some(section) = only(map) else { return Vec::new() };
    let words: HashSet<&str> = header.split(|c: char| !(c.is_alphanumeric() || c == '_')).collect();
    let params = &symbol.signature.params;
    let place = |name: &str| params.iter().position(|param| is_same(param, name));
    let names: Vec<&str> = section.names().map(Name::bare).collect();
    // The receiver, a type parameter, a part of a pattern: not ours to judge.
    let ours = names.iter().filter(|name| place(name).is_some() || !words.contains(**name));
    let documented: Vec<(&str, Option<usize>)> = ours.map(|name| (*name, place(name))).collect();

    let mut found = Vec::new();
    let known: Vec<usize> = documented.iter().filter_map(|(_, place)| *place).collect();
    let is_ordered = known.is_sorted();
    let seen: HashSet<usize> = known.iter().copied().collect();
    let is_wanted = |index: usize, param: &Param| {
        !seen.contains(&index) && !param.name.starts_with('_') && param.name != "self"
    };
    let missing: Vec<usize> = params
        .iter()
        .enumerate()
        .filter(|(index, param)| is_wanted(*index, param))
        .map(|(index, _)| index)
        .collect();
    let extra: Vec<usize> = documented
        .iter()
        .enumerate()
        .filter(|(_, (_, place))| place.is_none())
        .map(|(index, _)| index)
        .collect();
    let mut renamed: Vec<(usize, usize)> = Vec::new();
    if is_ordered {
        for &at in &extra {
            // Between the same neighbours stands exactly one that is not documented.
            let before = documented.get(..at).unwrap_or_default();
            let after = documented.get(at + 1..).unwrap_or_default();
            let low = before.last().map_or(Some(0), |(_, place)| place.map(|place| place + 1));
            let high = after.first().map_or(Some(params.len()), |(_, place)| *place);
            let (Some(low), Some(high)) = (low, high) else { continue };
            let mut between = missing.iter().filter(|index| (low..high).contains(*index));
            if let (Some(index), None) = (between.next(), between.next()) {
                renamed.push((at, *index));
            }
        }
    }
    for (at, index) in &renamed {
        if let (Some((from, _)), Some(param)) = (documented.get(*at), params.get(*index)) {
            let (from, to) = ((*from).to_owned(), param.name.clone());
            found.push(Drift::Renamed { kind: KIND, from, to });
        }
    }
    for index in missing.iter().filter(|index| renamed.iter().all(|(_, new)| new != *index)) {
        if let Some(param) = params.get(*index) {
            found.push(Drift::Missing { kind: KIND, name: Some(param.name.clone()) });
        }
    }
    for at in extra.iter().filter(|at| renamed.iter().all(|(old, _)| old != *at)) {
        if let Some((name, _)) = documented.get(*at) {
            found.push(Drift::Extra { kind: KIND, name: Some((*name).to_owned()) });
        }
    }
    if !is_ordered {
        found.push(Drift::Reordered { kind: KIND });
    }
    found
}

/// The one section of arguments, if it is a list of names.
pub(super) fn only(map: &Map) -> Option<&MappedSection> {
    let mut sections = map.of(&KIND);
    let section = sections.next()?;
    (sections.next().is_none() && section.is_clear && !section.items.is_empty()).then_some(section)
}

/// Whether `name` documents `param`: `_x` is used as `x` when it is used at all.
pub(super) fn is_same(param: &Param, name: &str) -> bool {
    let bare = |name: &str| name.trim_start_matches("r#").trim_start_matches('_').to_owned();
    param.name == name || bare(&param.name) == bare(name)
}
