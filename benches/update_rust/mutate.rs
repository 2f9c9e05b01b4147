//! Changes of a function by text, and what an update may do about them.

use std::collections::HashMap;

use docstring_ls::docstring::{Drift, SectionKind, Symbol};

/// A file with one function changed.
pub(crate) struct Mutation {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

/// Every change that applies to `symbol`.
pub(crate) fn mutations(text: &str, symbol: &Symbol) -> Vec<Mutation> {
    let mut found = Vec::new();
    if !symbol.kind.is_callable() || symbol.flags.in_trait_impl {
        return found;
    }
    let header = &text[symbol.header.clone()];
    let mut push = |name, from: usize, to: usize, new: &str| {
        let (head, tail) = (&text[..from], &text[to..]);
        found.push(Mutation { name, text: [head, new, tail].concat() });
    };
    let name_at = symbol.name_range.start;
    let keyword =
        text[symbol.header.start..name_at].rfind("fn ").map(|at| symbol.header.start + at);
    let Some(keyword) = keyword else { return found };
    let is_plain = text[..keyword].ends_with("pub ") || text[..keyword].ends_with("    ");
    if !symbol.flags.is_unsafe && is_plain {
        push("add `unsafe`", keyword, keyword, "unsafe ");
    }
    if let Some(at) = text[symbol.header.start..keyword].rfind("unsafe ") {
        let at = symbol.header.start + at;
        push("drop `unsafe`", at, at + "unsafe ".len(), "");
    }
    if let Some(returns) = &symbol.signature.returns {
        if let Some(at) = header.rfind(returns.as_str()) {
            let at = symbol.header.start + at;
            let end = at + returns.len();
            if !symbol.signature.is_fallible && !returns.contains("impl ") {
                push("return a `Result`", at, end, &format!("Result<{returns}, Error>"));
            } else if symbol.signature.is_fallible {
                push("return no `Result`", at, end, "u8");
            }
            push("return nothing", at, end, "()");
        }
    } else if header.ends_with(')') {
        let end = symbol.header.end;
        push("return a `Result`", end, end, " -> Result<(), Error>");
    }
    if let Some(brace) = text[symbol.header.end..].strip_prefix(" {") {
        let at = text.len() - brace.len();
        push("add an `assert!`", at, at, " assert!(self.ready > 0);");
    }
    arguments(text, symbol, &mut push);
    found
}

/// Changes of the parameters, one by one.
fn arguments(text: &str, symbol: &Symbol, push: &mut dyn FnMut(&'static str, usize, usize, &str)) {
    let header = &text[symbol.header.clone()];
    let params: Vec<(usize, usize)> = symbol
        .signature
        .params
        .iter()
        .filter_map(|param| {
            let written = format!("{}: {}", param.name, param.ty.as_deref()?);
            let at = symbol.header.start + header.find(&written)?;
            Some((at, at + written.len()))
        })
        .collect();
    if params.len() != symbol.signature.params.len() {
        return;
    }
    if let Some((first, _)) = params.first() {
        push("add an argument", *first, *first, "added: usize, ");
        let name = &symbol.signature.params[0].name;
        push("rename an argument", *first, first + name.len(), "renamed");
    }
    if let [(first, end), (next, _), ..] = params[..] {
        push("drop an argument", first, next, "");
        let swapped = [&text[next..params[1].1], &text[end..next], &text[first..end]].concat();
        push("swap two arguments", first, params[1].1, &swapped);
    }
}

/// The first line of `before` that is neither in `after` nor touched by the drift.
pub(crate) fn unrelated(before: &str, after: &str, drift: &[Drift]) -> Option<String> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in after.split('\n') {
        *left.entry(line).or_default() += 1;
    }
    let removed: Vec<&SectionKind> = drift
        .iter()
        .filter_map(|drift| match drift {
            Drift::Extra { kind, name: None } => Some(kind),
            _ => None,
        })
        .collect();
    let names: Vec<&str> = drift
        .iter()
        .filter_map(|drift| match drift {
            Drift::Extra { name: Some(name), .. } => Some(name.as_str()),
            Drift::Renamed { from, .. } => Some(from.as_str()),
            _ => None,
        })
        .collect();
    let mut section = "";
    let mut item = "";
    for line in before.split('\n') {
        let bare = line.trim_start().trim_start_matches(['/', '!']).trim();
        if bare.starts_with("# ") || bare.starts_with("## ") {
            section = bare.trim_start_matches('#').trim();
            item = "";
        }
        if bare.starts_with(['*', '-']) {
            item = bare;
        }
        if let Some(count) = left.get_mut(line)
            && *count > 0
        {
            *count -= 1;
            continue;
        }
        let in_removed = removed.iter().any(|kind| {
            let title = section.to_ascii_lowercase();
            title.starts_with(
                format!("{kind:?}").trim_end_matches('s').to_ascii_lowercase().as_str(),
            )
        });
        let in_item =
            section.starts_with(['A', 'P']) && names.iter().any(|name| item.contains(name));
        let is_empty = bare.is_empty() && !(removed.is_empty() && names.is_empty());
        if !in_removed && !in_item && !is_empty {
            return Some(format!("changed the line {line:?}"));
        }
    }
    None
}
