//! Finds symbols again after the document changed.
//!
//! A symbol is the same when its path and its signature are; its body and everything
//! around it may differ. The ordinal of a path (`load#2`) shifts when a namesake comes or
//! goes, so it does not count: of several with one signature, the body tells which it was.

use std::collections::{HashMap, HashSet};

use crate::docstring::{Symbol, SymbolPath};
use crate::server::anchor::{Anchor, digest};
use crate::syntax::Source;

/// Where a symbol stood, and what it was.
#[derive(Clone, Debug)]
pub(super) struct Place {
    anchor: Anchor,
    /// Of everything behind the signature but the docstring.
    body: String,
    /// How many had the same name and signature, this one counted.
    twins: usize,
}

/// What twins have in common.
type Family = (String, String);

impl Place {
    /// The place of one symbol of `source`.
    pub(super) fn of(source: &Source, symbol: &Symbol) -> Self {
        let families = families(source);
        Self::among(source, symbol, &families)
    }

    /// The places of several symbols of `source`.
    pub(super) fn of_all(source: &Source, symbols: &[Symbol]) -> Vec<Self> {
        let families = families(source);
        symbols.iter().map(|symbol| Self::among(source, symbol, &families)).collect()
    }

    fn among(source: &Source, symbol: &Symbol, families: &HashMap<Family, usize>) -> Self {
        let anchor = Anchor::of(symbol, source.text());
        let family = (unnumbered(&anchor.path), anchor.hash.clone());
        let twins = families.get(&family).copied().unwrap_or(1);
        Self { body: body(source, symbol), anchor, twins }
    }

    /// Its path when it was last seen.
    pub(super) fn path(&self) -> &SymbolPath {
        &self.anchor.path
    }

    /// Which of `family`, the symbols with its name and signature, it is.
    fn choose<'a>(&self, source: &Source, family: &[&'a Symbol]) -> Option<&'a Symbol> {
        if let ([only], 1) = (family, self.twins) {
            return Some(only);
        }
        let same: Vec<&Symbol> =
            family.iter().copied().filter(|symbol| body(source, symbol) == self.body).collect();
        let by_path = |symbols: &[&'a Symbol]| {
            symbols.iter().copied().find(|symbol| symbol.path == self.anchor.path)
        };
        match same.as_slice() {
            [only] => Some(only),
            // Their ordinals still stand for what they stood for.
            [] if family.len() == self.twins => by_path(family),
            same => by_path(same),
        }
    }
}

/// Each of `places` in `source`, or `None` where it is gone or has another signature.
pub(super) fn find(source: &Source, places: &[&Place]) -> Vec<Option<Symbol>> {
    let names: HashSet<String> =
        places.iter().map(|place| unnumbered(&place.anchor.path)).collect();
    let symbols = source.symbols(|outline| names.contains(&unnumbered(&outline.path)));
    let mut families: HashMap<Family, Vec<&Symbol>> = HashMap::new();
    for symbol in &symbols {
        let Anchor { path, hash } = Anchor::of(symbol, source.text());
        families.entry((unnumbered(&path), hash)).or_default().push(symbol);
    }
    let found = places.iter().map(|place| {
        let family = (unnumbered(&place.anchor.path), place.anchor.hash.clone());
        place.choose(source, families.get(&family)?).cloned()
    });
    found.collect()
}

/// The symbol with this signature whose path is `path` but for ordinals, if it is certain.
pub(super) fn signed(source: &Source, path: &SymbolPath, signature: &str) -> Option<Symbol> {
    let name = unnumbered(path);
    let symbols = source.symbols(|outline| unnumbered(&outline.path) == name);
    let mut family =
        symbols.into_iter().filter(|symbol| Anchor::of(symbol, source.text()).hash == signature);
    let first = family.next()?;
    let mut others = family.peekable();
    if first.path == *path || others.peek().is_none() {
        return Some(first);
    }
    others.find(|symbol| symbol.path == *path)
}

/// How many symbols of each name and signature there are.
fn families(source: &Source) -> HashMap<Family, usize> {
    let mut families = HashMap::new();
    for outline in source.outline() {
        let header = source.text().get(outline.header).unwrap_or_default();
        *families.entry((unnumbered(&outline.path), digest(&[header]))).or_default() += 1;
    }
    families
}

fn body(source: &Source, symbol: &Symbol) -> String {
    let text = |start: usize, end: usize| source.text().get(start..end).unwrap_or_default();
    let (start, end) = (symbol.header.end, symbol.range.end);
    match &symbol.existing {
        Some(existing) if existing.range.start >= start => {
            digest(&[text(start, existing.range.start), text(existing.range.end, end)])
        }
        _ => digest(&[text(start, end)]),
    }
}

/// The path without ordinals.
fn unnumbered(path: &SymbolPath) -> String {
    let names = path.0.split('.').map(|name| match name.rsplit_once('#') {
        Some((name, ordinal)) if ordinal.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    });
    names.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::{Place, find};
    use crate::docstring::{Language, SymbolPath};
    use crate::syntax::Source;

    fn parse(text: &str) -> Source {
        Source::parse(Language::Python, "m.py", text.into()).unwrap()
    }

    /// Where the symbol at `path` of `before` is in `after`: the line, or nothing.
    #[track_caller]
    fn check(before: &str, path: &str, after: &str, expected: Option<usize>) {
        let (before, after) = (parse(before), parse(after));
        let symbol = before.symbol(&SymbolPath(path.to_owned())).unwrap();
        let place = Place::of(&before, &symbol);
        let found = find(&after, &[&place]).remove(0);
        assert_eq!(found.map(|symbol| symbol.line), expected);
    }

    const TWINS: &str = "if x:\n    def f(a): return 1\nelse:\n    def f(a): return 2\n";

    #[test]
    fn a_new_body_is_no_new_symbol() {
        check("def f(a): return 1\n", "f", "x = 1\ndef f( a ): return 2\n", Some(2));
        check("def f(a): pass\n", "f", "def f(a, b): pass\n", None);
        check("def f(a): pass\n", "f", "def g(a): pass\n", None);
    }

    #[test]
    fn ordinals_do_not_count() {
        let before = "def f(a): pass\ndef f(b): pass\n";
        check(before, "f#2", "def f(b): pass\n", Some(1));
        check(before, "f#2", "def f(c): pass\ndef f(a): pass\ndef f(b): pass\n", Some(3));
        let nested = "class A:\n    def m(self): pass\n\nclass A(B):\n    def m(self): return\n";
        check(nested, "A#2.m", "class A(B):\n    def m(self): return\n", Some(2));
    }

    #[test]
    fn of_twins_the_body_tells() {
        check(TWINS, "f#2", TWINS, Some(4));
        check(TWINS, "f#2", "def f(a): return 2\n", Some(1));
        check(TWINS, "f#2", "def f(a): return 1\n", None);
        // One of the two was changed: they are still two, in the same order.
        check(TWINS, "f#2", &TWINS.replace("return 2", "return 3"), Some(4));
        // Nobody can tell.
        check(TWINS, "f#2", "def f(a): return 5\n", None);
        let three = format!("def f(a): return 7\n{}", TWINS.replace("return 2", "return 3"));
        check(TWINS, "f#2", &three, None);
    }

    #[test]
    fn a_docstring_is_no_part_of_the_body() {
        let after = "if x:\n    def f(a):\n        \"\"\"A.\"\"\"\n        return 1\nelse:\n    def f(a): return 9\n";
        check(TWINS, "f", after, Some(2));
    }
}
