//! Which items are found, and what is known of them at first sight.

use super::{parse, symbol};
use crate::docstring::{Language, SymbolKind};
use crate::syntax::{Outline, Source};

/// One line an item: kind, path, `pub` if public, and what else holds.
fn listing(text: &str) -> String {
    let lines: Vec<String> = parse(text).outline().iter().skip(1).map(shown).collect();
    lines.join("\n")
}

fn shown(outline: &Outline) -> String {
    let flags = outline.flags;
    let marks = [
        (outline.public, "pub"),
        (outline.documented, "documented"),
        (flags.is_test, "test"),
        (flags.is_hidden, "hidden"),
        (flags.is_nested, "nested"),
        (flags.in_trait_impl, "trait-impl"),
        (flags.is_unsafe, "unsafe"),
        (flags.is_async, "async"),
        (flags.is_const, "const"),
        (flags.is_abstract, "abstract"),
    ];
    let marks = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark);
    let parts = [outline.kind.id(), outline.path.0.as_str()].into_iter().chain(marks);
    parts.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    assert_eq!(listing(text), expected.join("\n"));
}

#[test]
fn every_kind_of_item_is_found() {
    check(
        "pub fn a() {}
         pub struct S { pub x: u8, y: u8 }
         pub struct T(pub u8);
         pub union U { x: u8 }
         pub enum E { A, B(u8), C { z: u8 } }
         pub trait R { type O; const K: u8; fn m(&self); fn n(&self) {} }
         pub const C: u8 = 1;
         pub static D: u8 = 1;
         pub type L = u8;
         pub mod m { pub fn inner() {} }
         #[macro_export] macro_rules! mac { () => {} }
         impl S { pub const N: u8 = 1; pub fn new() -> Self {} fn private(&self) {} }",
        "function a pub
         struct S pub
         field S.x pub
         field S.y
         struct T pub
         union U pub
         field U.x
         enum E pub
         variant E.A pub
         variant E.B pub
         variant E.C pub
         field E.C.z pub
         trait R pub
         type R.O pub
         constant R.K pub
         method R.m pub abstract
         method R.n pub
         constant C pub
         static D pub
         type L pub
         module m pub
         function m.inner pub
         macro mac pub
         constant S.N pub
         method S.new pub
         method S.private",
    );
}

#[test]
fn what_needs_no_documentation_is_not_an_item() {
    check(
        "use a::b; extern crate c; mod elsewhere; const _: () = (); impl A {} foo! { fn x() {} }",
        "",
    );
}

#[test]
fn visibility_needs_pub_all_the_way() {
    check(
        "pub(crate) fn a() {}
         mod private { pub fn b() {} pub enum E { A } }
         trait T { fn m(&self); }
         enum F { A { x: u8 } }
         macro_rules! local { () => {} }
         pub fn main() {}",
        "function a
         module private
         function private.b
         enum private.E
         variant private.E.A
         trait T
         method T.m abstract
         enum F
         variant F.A
         field F.A.x
         macro local
         function main",
    );
}

#[test]
fn tests_and_hidden_items_are_marked() {
    check(
        "#[test] fn a() {}
         #[tokio::test] async fn b() {}
         #[bench] fn c(b: &mut B) {}
         #[cfg(test)] mod tests { fn helper() {} }
         #[cfg(test)] impl S { fn d() {} }
         #[cfg(not(test))] fn e() {}
         #[doc(hidden)] pub fn f() {}
         #[doc(hidden)] pub mod g { pub fn h() {} }",
        "function a test
         function b test async
         function c test
         module tests test
         function tests.helper test
         method S.d test
         function e
         function f hidden
         module g hidden
         function g.h",
    );
}

#[test]
fn methods_of_trait_impls_are_marked_and_numbered() {
    check(
        "impl fmt::Display for a::S<T> { fn fmt(&self) {} }
         impl Debug for &S { type X = u8; fn fmt(&self) {} }",
        "method S.fmt trait-impl
         type S.X trait-impl
         method S.fmt#2 trait-impl",
    );
}

#[test]
fn modifiers_are_read() {
    check(
        "pub unsafe fn a() {} const fn b() {} async unsafe fn c() {} unsafe trait D {} \
         extern \"C\" fn e() { unsafe {} }",
        "function a pub unsafe
         function b const
         function c unsafe async
         trait D unsafe
         function e",
    );
    check(
        "extern \"C\" { pub fn a(); static B: u8; }
         unsafe extern \"C\" { pub safe fn c(); }",
        "function a pub unsafe
         static B
         function c pub",
    );
}

#[test]
fn functions_in_functions_are_nested() {
    check(
        "pub fn a() { fn b() { struct C; } let x = { fn d() {} }; foo! { fn e() {} } }",
        "function a pub
         function a.b nested
         struct a.b.C nested
         function a.d nested",
    );
}

#[test]
fn every_form_of_documentation_counts() {
    for text in [
        "/// Doc.\nfn a() {}",
        "/** Doc. */\nfn a() {}",
        "#[doc = \"Doc.\"]\nfn a() {}",
        "#[doc = include_str!(\"a.md\")] #[inline] fn a() {}",
        "#[inline]\n/// Doc.\n#[must_use]\nfn a() {}",
        "#[cfg_attr(docsrs, doc = \"Doc.\")]\nfn a() {}",
        "fn a() { //! Doc.\n}",
    ] {
        check(text, "function a documented");
    }
    check("mod m {\n    //! Doc.\n}", "module m documented");
    check("mod m {\n    #![doc = \"Doc.\"]\n}", "module m documented");
    for text in
        ["//// No.\nfn a() {}", "/*** No. */ fn a() {}", "/**/ fn a() {}", "// No.\nfn a() {}"]
    {
        check(text, "function a");
    }
    check("#[doc(alias = \"x\")] fn a() {}", "function a");
}

#[test]
fn documentation_of_another_item_does_not_count() {
    check(
        "/// Doc.\nuse x;\nfn a() {}\n#[test]\nfoo! {}\nfn b() {}",
        "function a
         function b",
    );
}

#[test]
fn the_file_is_documented_by_inner_comments() {
    let documented = |text: &str| parse(text).outline()[0].documented;
    assert!(documented("//! Doc.\nfn a() {}"));
    assert!(documented("#!/usr/bin/env run\n// Licence\n\n/*! Doc. */\nfn a() {}"));
    assert!(documented("#![no_std]\n#![doc = include_str!(\"../README.md\")]"));
    assert!(!documented("/// Doc.\nfn a() {}"));
    assert!(!documented("mod m { //! Doc.\n}"));
}

#[test]
fn only_a_crate_root_is_public() {
    let public = |name: &str| {
        let source = Source::parse(Language::Rust, name, "fn a() {}".into()).unwrap();
        (source.outline()[0].public, source.symbols(|_| true)[0].module.clone())
    };
    assert_eq!(public("/demo/src/lib.rs"), (true, "demo".into()));
    assert_eq!(public("/demo/src/net/mod.rs"), (false, "net".into()));
    assert_eq!(public("/demo/src/net.rs"), (false, "net".into()));
}

#[test]
fn the_innermost_item_is_found_by_offset() {
    let text = "\
/// Doc.
#[inline]
fn a() {
    1;
}

impl S {

    fn b(&self) {
        fn c() { 2; }
    }
}
";
    let source = parse(text);
    let at = |needle: &str| {
        let symbol = source.symbol_at(text.find(needle).unwrap()).unwrap();
        symbol.path.to_string()
    };
    assert_eq!(at("Doc"), "a");
    assert_eq!(at("inline"), "a");
    assert_eq!(at("1;"), "a");
    assert_eq!(at("impl"), "<module>");
    assert_eq!(at("\n    fn b"), "<module>");
    assert_eq!(at("&self"), "S.b");
    assert_eq!(at("2;"), "S.b.c");
}

#[test]
fn ranges_cover_attributes_and_end_with_the_signature() {
    let text = "/// Doc.\n#[inline]\npub fn a(x: u8) -> u8\nwhere\n    u8: Copy,\n{\n    x\n}\n";
    let found = symbol(text, "a");
    assert_eq!(&text[found.header], "#[inline]\npub fn a(x: u8) -> u8\nwhere\n    u8: Copy,");
    assert_eq!(&text[found.name_range], "a");
    assert_eq!(found.range, 0..text.len() - 1);
    assert_eq!(found.line, 3);
    assert_eq!(found.decorators, ["inline"]);
    let existing = found.existing.unwrap();
    assert_eq!((&text[existing.range], existing.text.as_str()), ("/// Doc.", "Doc."));
}

#[test]
fn broken_code_hides_nothing_that_can_be_read() {
    let source = parse("fn a( {\n}\n\nfn b() {}\n\nstruct S { x: u8 }\n");
    let kinds: Vec<_> = source.symbols(|outline| outline.name == "b" || outline.name == "S");
    assert!(kinds.iter().any(|found| found.kind == SymbolKind::Struct));
    assert!(!source.is_sound());
    assert!(parse("fn a() { m!(~) }\nmacro_rules! n { (~) => {} }").is_sound());
    assert!(parse("unsafe extern \"C\" { safe fn a(); }").is_sound());
}

#[test]
fn all_documentation_of_a_file_is_collected() {
    let text = "//! File.\n\n/// One.\n///\n///   More.\nfn a() {}\n/** Two. */ struct S { #[doc = \"Three.\"] x: u8 }";
    assert_eq!(parse(text).docstrings(), ["File.", "One.\n\n  More.", "Two.", "Three."]);
}
