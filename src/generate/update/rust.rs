//! In what the documentation of a Rust item disagrees with its code.
//!
//! The rules are clippy's (`missing_safety_doc`, `unnecessary_safety_doc`,
//! `missing_errors_doc`, `missing_panics_doc`) where they can be decided from the item
//! alone. What cannot be proven is not reported: a `# Panics` section may be about what
//! is called, an `# Errors` section about a value that is not called `Result`.

mod arguments;
mod script;

pub(super) use script::script;

use super::reading::Reading;
use crate::docstring::{Drift, SectionKind, Symbol, SymbolKind};
use crate::generate::{Options, Profile, Scope};
use crate::style::Map;
use crate::syntax::Source;

/// The drift of a documented item; empty where its documentation cannot be read in full.
pub(super) fn drift(
    source: &Source,
    symbol: &Symbol,
    reading: &Reading<'_>,
    options: &Options,
) -> Vec<Drift> {
    if !source.is_literal(symbol) {
        return Vec::new();
    }
    let (lines, map) = (reading.lines.as_slice(), &reading.map);
    let header = source.text().get(symbol.header.clone()).unwrap_or_default();
    let docs = Docs { symbol, lines, map, options };
    let mut found = Vec::new();
    if symbol.kind.is_callable() {
        found.extend(arguments::drift(symbol, header, map));
        docs.returns(&mut found);
        docs.panics(&mut found);
        docs.errors(&mut found);
    }
    if symbol.kind.is_callable() || symbol.kind == SymbolKind::Trait {
        docs.safety(&mut found);
    }
    found
}

struct Docs<'a> {
    symbol: &'a Symbol,
    lines: &'a [&'a str],
    map: &'a Map,
    options: &'a Options,
}

impl Docs<'_> {
    fn has(&self, kind: &SectionKind) -> bool {
        self.map.section(kind).is_some()
    }

    /// Visible from outside, or to be documented all the same.
    fn is_exported(&self) -> bool {
        let flags = self.symbol.flags;
        let is_open = self.symbol.public || self.options.scope == Scope::All;
        is_open && !flags.in_trait_impl && !flags.is_hidden && !flags.is_test
    }

    /// Whether a section that the text lacks should be there. clippy's lints for `# Errors`
    /// and `# Panics` are pedantic: without them a text that has neither of the two, or that
    /// tells in its own words, is complete.
    fn is_due(&self, kind: &SectionKind, words: &[&str]) -> bool {
        if self.has(kind) || !self.is_exported() {
            return false;
        }
        if self.options.rules.profile == Profile::Clippy {
            return true;
        }
        let family = [SectionKind::Panics, SectionKind::Errors];
        family.iter().any(|kind| self.has(kind)) && !self.mentions(words)
    }

    fn mentions(&self, words: &[&str]) -> bool {
        self.lines.iter().any(|line| {
            let line = line.to_ascii_lowercase();
            words.iter().any(|word| line.contains(word))
        })
    }

    fn panics(&self, found: &mut Vec<Drift>) {
        let is_strict = self.options.rules.profile == Profile::Clippy;
        let panics = self.symbol.body.panics.iter().any(|panic| match panic.cause.as_str() {
            // What a person is sure of is no promise to the caller, unless clippy says so.
            "unwrap" => is_strict,
            // A method of another type may be called the same.
            "expect" => is_strict && panic.message.is_some(),
            _ => true,
        });
        if panics && self.is_due(&SectionKind::Panics, &["panic", "abort"]) {
            found.push(Drift::Missing { kind: SectionKind::Panics, name: None });
        }
    }

    fn errors(&self, found: &mut Vec<Drift>) {
        let signature = &self.symbol.signature;
        let returns = signature.returns.as_deref().unwrap_or_default();
        if signature.is_fallible {
            let words = ["error", "`err", "fail"];
            if is_result(returns) && self.is_due(&SectionKind::Errors, &words) {
                found.push(Drift::Missing { kind: SectionKind::Errors, name: None });
            }
        } else if self.has(&SectionKind::Errors) && self.is_infallible(returns) {
            found.push(Drift::Extra { kind: SectionKind::Errors, name: None });
        }
    }

    /// Whether a value of this type can be no error, as far as its name tells: a trait or a
    /// future hides what it gives, and a builder tells what comes later.
    fn is_infallible(&self, returns: &str) -> bool {
        let owner = self.symbol.owner.as_ref().map_or("Self", |owner| owner.name.as_str());
        let mut words = returns.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let parts = ["Result", "Err", "Fut", "Poll", "Stream"];
        !words.any(|word| {
            matches!(word, "impl" | "dyn" | "Self")
                || word == owner
                || parts.iter().any(|part| word.contains(part))
        })
    }

    fn safety(&self, found: &mut Vec<Drift>) {
        let kind = SectionKind::Safety;
        match (self.symbol.flags.is_unsafe, self.has(&kind)) {
            (true, false) if self.is_exported() => {
                found.push(Drift::Missing { kind, name: None });
            }
            // A private function may be safe in its signature only.
            (false, true) if self.is_exported() => {
                found.push(Drift::Extra { kind, name: None });
            }
            _ => {}
        }
    }

    /// `# Returns` of a function that gives nothing back.
    fn returns(&self, found: &mut Vec<Drift>) {
        let is_nothing = self.symbol.signature.returns.as_deref().is_none_or(|ty| ty == "()");
        if !is_nothing {
            return;
        }
        let sections = self.map.of(&SectionKind::Returns);
        let text =
            sections.filter_map(|section| self.lines.get(section.heading.end..section.lines.end));
        let text = text.flatten().copied().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        let says_so =
            ["nothing", "`()`", "unit", "none", "future"].iter().any(|word| text.contains(word));
        if !text.trim().is_empty() && !says_so {
            found.push(Drift::Extra { kind: SectionKind::Returns, name: None });
        }
    }
}

/// Whether a return type is a `Result` by its very name: `ParseResult` may be a struct.
fn is_result(returns: &str) -> bool {
    let ty = returns.split_once("Output =").map_or(returns, |(_, output)| output).trim_start();
    let path = ty.split('<').next().unwrap_or_default();
    let path = path.trim_end_matches(|c: char| !(c.is_alphanumeric() || c == '_'));
    path.rsplit("::").next().is_some_and(|last| last.trim() == "Result")
}
