//! Changes of a function by text, and what an update may do about them.

#![allow(dead_code, unreachable_pub, reason = "each user takes its part")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test stops there"
)]

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use docstring_ls::docstring::{Drift, Language, SectionKind, Symbol, SymbolKind, SymbolPath};
use docstring_ls::generate::{self, Options, Updated};
use docstring_ls::syntax::Source;

/// Parses a file.
pub fn parse(text: &str) -> Source {
    Source::parse(Language::Rust, "/demo/src/one.rs", text.into()).unwrap()
}

/// A function in a file of its own, in the `impl` or trait that it belongs to.
pub fn alone(source: &Source, symbol: &Symbol) -> Option<(Source, Symbol)> {
    if !symbol.kind.is_callable() || symbol.flags.in_trait_impl || symbol.flags.is_nested {
        return None;
    }
    let text = source.text();
    let start = text[..symbol.range.start].rfind('\n').map_or(0, |newline| newline + 1);
    let item = &text[start..symbol.range.end];
    let (before, after) = match &symbol.owner {
        Some(owner) if owner.kind == SymbolKind::Trait && symbol.flags.is_abstract => {
            (format!("pub trait {} {{\n", owner.name), "\n}\n")
        }
        Some(owner) => (format!("impl {} {{\n", owner.name), "\n}\n"),
        None => (String::new(), "\n"),
    };
    let alone = parse(&[&before, item, after].concat());
    let path = symbol
        .owner
        .as_ref()
        .map_or_else(|| symbol.name.clone(), |owner| format!("{}.{}", owner.name, symbol.name));
    let found = alone.symbol(&SymbolPath(path)).filter(|found| found.existing.is_some())?;
    Some((alone, found))
}

/// A file with one function changed.
pub struct Mutation {
    pub name: &'static str,
    pub text: String,
}

/// The same function with `# Arguments` in front of its other sections: real code has few.
pub fn with_arguments(source: &Source, symbol: &Symbol) -> Option<(Source, Symbol)> {
    let docs = symbol.existing.as_ref()?;
    let params = &symbol.signature.params;
    if params.is_empty() || docs.text.contains("# Arg") || docs.text.contains("# Param") {
        return None;
    }
    let text = source.text();
    let first = text[docs.range.clone()].lines().next()?;
    let end = docs.range.start + first.len();
    let margin =
        &text[text[..docs.range.start].rfind('\n').map_or(0, |at| at + 1)..docs.range.start];
    let is_alone = first.starts_with("/// ") && docs.text.lines().nth(1).is_none_or(str::is_empty);
    if !is_alone || !margin.trim().is_empty() {
        return None;
    }
    let mut section = format!("\n{margin}///\n{margin}/// # Arguments\n{margin}///");
    for param in params {
        let item = ["* `", &param.name, "` - What it is,\n", margin, "///   and why."].concat();
        let _ = write!(section, "\n{margin}/// {item}");
    }
    let with = parse(&[&text[..end], &section, &text[end..]].concat());
    let found = with.symbol(&symbol.path)?;
    Some((with, found))
}

/// Every change that applies to `symbol`.
pub fn mutations(text: &str, symbol: &Symbol) -> Vec<Mutation> {
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
    found
}

/// Changes of the parameters, one by one.
pub fn arguments(text: &str, symbol: &Symbol) -> Vec<Mutation> {
    let mut found = Vec::new();
    let mut push = |name, from: usize, to: usize, new: &str| {
        let (head, tail) = (&text[..from], &text[to..]);
        found.push(Mutation { name, text: [head, new, tail].concat() });
    };
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
        return Vec::new();
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
    found
}

/// What is wrong with an update.
pub fn fault(
    source: &Source,
    symbol: &Symbol,
    updated: &Updated,
    options: &Options,
) -> Option<String> {
    let after = match source.verify(&updated.edits) {
        Ok(after) => after,
        Err(violation) => return Some(violation.to_string()),
    };
    let again = Source::parse(Language::Rust, source.name(), after.into()).unwrap();
    let Some(new) = again.symbol(&symbol.path) else { return Some("it is gone".to_owned()) };
    let left = generate::drift(&again, &new, options);
    if !left.is_empty() {
        return Some(format!("still {left:?}"));
    }
    let (old, new) = (symbol.existing.as_ref()?, new.existing.as_ref()?);
    if new.text != updated.text {
        return Some("the text is another one".to_owned());
    }
    let raw = |source: &Source, range: &Range<usize>| {
        source.text().get(range.clone()).unwrap_or_default().to_owned()
    };
    unrelated(&raw(source, &old.range), &raw(&again, &new.range), &updated.drift)
}

/// The first line of `before` that is neither in `after` nor touched by the drift.
fn unrelated(before: &str, after: &str, drift: &[Drift]) -> Option<String> {
    let mut left: HashMap<&str, usize> = HashMap::new();
    for line in after.split('\n') {
        // Where a first line stands is not part of it.
        let line = line.trim_start();
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
    let parts = parts(before);
    let in_removed = |part: &Part<'_>| {
        let title = part.section.to_ascii_lowercase();
        removed.iter().any(|kind| {
            let kind = format!("{kind:?}").to_ascii_lowercase();
            title.starts_with(kind.trim_end_matches('s'))
        })
    };
    let in_item = |part: &Part<'_>| {
        part.section.starts_with(['A', 'P']) && names.iter().any(|name| part.item.contains(name))
    };
    // Lines that are the same are the same, whichever of them went.
    let gone: Vec<&str> = parts
        .iter()
        .filter(|part| in_removed(part) || in_item(part))
        .map(|part| part.line)
        .collect();
    for part in &parts {
        if let Some(count) = left.get_mut(part.line)
            && *count > 0
        {
            *count -= 1;
            continue;
        }
        let is_empty = part.line.len() <= 3 && !(removed.is_empty() && names.is_empty());
        if !gone.contains(&part.line) && !is_empty {
            return Some(format!("changed the line {:?}", part.line));
        }
    }
    None
}

/// A line, the section that it belongs to, and the first line of its item.
struct Part<'a> {
    line: &'a str,
    section: &'a str,
    item: &'a str,
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let (mut section, mut item, mut is_code) = ("", "", false);
    let lines = text.split('\n').map(|line| {
        let bare = line.trim_start().trim_start_matches(['/', '!']).trim();
        if bare.starts_with("```") {
            is_code = !is_code;
        } else if !is_code && (bare.starts_with("# ") || bare.starts_with("## ")) {
            (section, item) = (bare.trim_start_matches('#').trim(), "");
        } else if bare.starts_with(['*', '-']) {
            item = bare;
        }
        Part { line: line.trim_start(), section, item }
    });
    lines.collect()
}
