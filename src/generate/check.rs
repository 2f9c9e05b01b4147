//! Which docstrings are missing, out of date or malformed. The one engine behind
//! `docstring-ls check` and the editor's diagnostics.

mod checks;
mod code;
mod form;
mod lines;
mod names;
mod place;
mod suppress;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;

use super::{Options, Scope, drift, select};
use crate::docstring::{Drift, Language, SectionKind, Symbol, SymbolKind, SymbolPath};
use crate::syntax::{Outline, Source};

use checks::is_decorated;
use code::{drift_rules, form_rules, missing_rules};
use suppress::Suppressions;

pub use checks::Checks;
pub use code::{Code, Severity, python_rules};
pub use names::Names;

/// Something that `docstring-ls check` reports.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What is wrong.
    pub code: Code,
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// Bytes to underline: the name when the docstring is missing, else the part of the
    /// docstring that is wrong.
    pub range: Range<usize>,
    /// One sentence without a full stop.
    pub message: String,
    /// For [`Code::OutOfDate`]: in what it disagrees.
    pub drift: Vec<Drift>,
    /// The docstring can be mended without anybody's words ([`super::update`]).
    pub fixable: bool,
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Everything that is wrong, in source order.
    pub findings: Vec<Finding>,
    /// Symbols that are to have a docstring.
    pub wanted: usize,
    /// How many of them have one.
    pub documented: usize,
}

/// Everything that is wrong with the docstrings of a file, in source order. Never asks a
/// provider.
pub fn check(source: &Source, options: &Options) -> Vec<Finding> {
    report(source, options).findings
}

/// The same, with what is needed to tell how much of the file is documented.
pub fn report(source: &Source, options: &Options) -> Report {
    let checks = &options.checks;
    let suppressions = Suppressions::new(source);
    let mut report = Report::default();
    let reads = checks.out_of_date || checks.malformed;
    let symbols = source.symbols(|outline| {
        if select::asked_for(outline, options).is_err() {
            return false;
        }
        if wants(outline, source, options, &suppressions) {
            report.wanted += 1;
            report.documented += usize::from(outline.documented);
            if !outline.documented {
                report.findings.push(missing(outline));
            }
        }
        reads && outline.documented && !checks.names.exclude(source.name(), &outline.path.0)
    });
    for symbol in &symbols {
        let Some(existing) = &symbol.existing else { continue };
        let is_covered = |code: Code, rules: &[&str]| {
            checks.is_off(rules)
                || suppressions.cover(
                    code,
                    rules,
                    &symbol.header,
                    symbol.name_range.start,
                    Some(&existing.range),
                )
        };
        if checks.out_of_date {
            let wanted =
                |drift: &Drift| !is_covered(Code::OutOfDate, drift_rules(drift, symbol.language));
            let drift: Vec<Drift> =
                drift(source, symbol, options).into_iter().filter(wanted).collect();
            if !drift.is_empty() {
                report.findings.push(out_of_date(source, symbol, &existing.range, drift));
            }
        }
        if checks.malformed {
            let faults = form::faults(source, symbol);
            if !faults.is_empty() && !is_covered(Code::Malformed, form_rules(symbol.language)) {
                report.findings.extend(faults.into_iter().map(|fault| Finding {
                    code: Code::Malformed,
                    path: symbol.path.clone(),
                    kind: symbol.kind,
                    range: fault.range,
                    message: fault.message,
                    drift: Vec::new(),
                    fixable: false,
                }));
            }
        }
    }
    report.findings.sort_by_key(|finding| (finding.range.start, finding.code));
    report
}

/// Whether a symbol is to have a docstring, by the rules of the language's linters.
fn wants(
    outline: &Outline,
    source: &Source,
    options: &Options,
    suppressions: &Suppressions<'_>,
) -> bool {
    let checks = &options.checks;
    let Some(scope) = checks.missing else { return false };
    if select::exempt(outline, scope, options.only.is_some()).is_err() {
        return false;
    }
    if checks.is_private && scope == Scope::Public && options.only.is_none() {
        return false;
    }
    if checks.crate_items && !outline.public && !is_crate_item(outline, source.text()) {
        return false;
    }
    let rules = missing_rules(outline, source.name());
    if outline.language == Language::Python {
        let is_method = matches!(outline.kind, SymbolKind::Method | SymbolKind::Property);
        // The documentation of a stub is that of the module; an override has its base's.
        let is_exempt = is_stub(source.name()) || is_method && outline.flags.is_override;
        let names = &checks.names;
        let is_named = names.excuse(&outline.name) && outline.kind != SymbolKind::Module
            || names.exclude(source.name(), &outline.path.0);
        let is_ignored = || {
            let header = source.text().get(outline.header.clone()).unwrap_or_default();
            let decorators = header.lines().map(str::trim).filter(|line| line.starts_with('@'));
            is_decorated(decorators, &checks.ignore_decorators)
        };
        if is_exempt || is_named || is_ignored() {
            return false;
        }
    }
    let name = outline.name_range.start;
    !checks.is_off(rules) && !suppressions.cover(Code::Missing, rules, &outline.header, name, None)
}

/// Whether a file holds nothing but signatures.
fn is_stub(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "pyi")
}

/// Whether an item of Rust says that more than its own module can see it.
fn is_crate_item(outline: &Outline, text: &str) -> bool {
    let head = text.get(outline.header.start..outline.name_range.start).unwrap_or_default();
    head.split(|c: char| !c.is_alphanumeric()).any(|word| word == "pub")
}

fn missing(outline: &Outline) -> Finding {
    let kind = outline.kind.id();
    let message = match outline.path.0.as_str() {
        "" => format!("{kind} has no docstring"),
        path => format!("{kind} `{path}` has no docstring"),
    };
    Finding {
        code: Code::Missing,
        path: outline.path.clone(),
        kind: outline.kind,
        range: outline.name_range.clone(),
        message,
        drift: Vec::new(),
        fixable: false,
    }
}

fn out_of_date(
    source: &Source,
    symbol: &Symbol,
    docstring: &Range<usize>,
    drift: Vec<Drift>,
) -> Finding {
    /// Longer lists are cut in the message.
    const SHOWN: usize = 8;
    let mut clauses: Vec<String> = drift.iter().take(SHOWN).map(ToString::to_string).collect();
    if drift.len() > SHOWN {
        clauses.push(format!("disagrees in {} more points", drift.len() - SHOWN));
    }
    Finding {
        code: Code::OutOfDate,
        path: symbol.path.clone(),
        kind: symbol.kind,
        range: place::wrong_part(source.text(), docstring, &drift),
        message: format!("docstring {}", clauses.join(", ")),
        drift,
        fixable: true,
    }
}

/// Whether a disagreement is one that the project's settings do not overlook.
pub(super) fn is_looked_for(drift: &Drift, symbol: &Symbol, options: &Options) -> bool {
    let checks = &options.checks;
    if checks.is_off(drift_rules(drift, symbol.language)) {
        return false;
    }
    let Drift::Missing { kind, name } = drift else { return true };
    if !checks.star_args && name.as_ref().is_some_and(|name| name.starts_with('*')) {
        return false;
    }
    let decorators = || symbol.decorators.iter().map(String::as_str);
    *kind != SectionKind::Returns || !is_decorated(decorators(), &checks.property_decorators)
}
