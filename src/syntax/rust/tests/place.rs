//! Where documentation goes.

use super::{document, parse, symbol};
use crate::docstring::SymbolPath;

#[track_caller]
fn check(before: &str, path: &str, after: &str) {
    assert_eq!(document(before, path, "One.\n\nTwo."), after);
}

#[track_caller]
fn has_no_place(text: &str, path: &str) {
    assert_eq!(symbol(text, path).slot, None);
}

#[test]
fn above_all_attributes_and_below_comments() {
    check(
        "// Note.\n#[inline]\n// Why.\n#[cfg_attr(test, must_use)]\npub fn a() {}\n",
        "a",
        "// Note.\n/// One.\n///\n/// Two.\n#[inline]\n// Why.\n#[cfg_attr(test, must_use)]\npub fn a() {}\n",
    );
    check("#[inline] fn a() {}\n", "a", "/// One.\n///\n/// Two.\n#[inline] fn a() {}\n");
}

#[test]
fn with_the_indentation_of_the_item() {
    check(
        "mod m {\n    impl S {\n\tpub fn a() {}\n    }\n}\n",
        "m.S.a",
        "mod m {\n    impl S {\n\t/// One.\n\t///\n\t/// Two.\n\tpub fn a() {}\n    }\n}\n",
    );
    check(
        "struct S {\n    #[serde(skip)]\n    x: u8,\n    y: u8,\n}\n",
        "S.x",
        "struct S {\n    /// One.\n    ///\n    /// Two.\n    #[serde(skip)]\n    x: u8,\n    y: u8,\n}\n",
    );
    check(
        "enum E {\n    A,\n    B,\n}\n",
        "E.B",
        "enum E {\n    A,\n    /// One.\n    ///\n    /// Two.\n    B,\n}\n",
    );
}

#[test]
fn inline_modules_and_macros_are_documented_from_outside() {
    check(
        "mod m {\n    fn a() {}\n}\n",
        "m",
        "/// One.\n///\n/// Two.\nmod m {\n    fn a() {}\n}\n",
    );
    check(
        "#[macro_export]\nmacro_rules! m {\n    () => {};\n}\n",
        "m",
        "/// One.\n///\n/// Two.\n#[macro_export]\nmacro_rules! m {\n    () => {};\n}\n",
    );
    check(
        "trait T {\n    fn a();\n}\n",
        "T.a",
        "trait T {\n    /// One.\n    ///\n    /// Two.\n    fn a();\n}\n",
    );
}

#[test]
fn carriage_returns_and_byte_order_marks_are_kept() {
    check("fn a() {}\r\n", "a", "/// One.\r\n///\r\n/// Two.\r\nfn a() {}\r\n");
    check("\u{feff}fn a() {}\n", "a", "\u{feff}/// One.\n///\n/// Two.\nfn a() {}\n");
    check("\u{feff}fn a() {}\n", "", "\u{feff}//! One.\n//!\n//! Two.\n\nfn a() {}\n");
    check("fn a() {}", "a", "/// One.\n///\n/// Two.\nfn a() {}");
}

#[test]
fn items_that_share_a_line_have_no_place() {
    has_no_place("enum E { A, B }", "E.A");
    has_no_place("struct S { x: u8,\n y: u8 }", "S.x");
    has_no_place("fn a() {} fn b() {}", "b");
    has_no_place("/* c */ fn a() {}", "a");
    assert!(symbol("enum E { A, B }", "E").slot.is_some());
    assert!(symbol("struct S { x: u8,\n y: u8 }", "S.y").slot.is_some());
}

#[test]
fn items_that_cannot_be_parsed_have_no_place() {
    let source = parse("fn a(x: ) {}\n\nfn b() {}\n");
    let slot = |path: &str| source.symbol(&SymbolPath(path.into())).and_then(|found| found.slot);
    assert_eq!(slot("a"), None);
    assert!(slot("b").is_some());
}

#[test]
fn the_file_is_documented_at_its_top() {
    check("fn a() {}\n", "", "//! One.\n//!\n//! Two.\n\nfn a() {}\n");
    check("\n\nuse x;\n", "", "\n\n//! One.\n//!\n//! Two.\n\nuse x;\n");
}

#[test]
fn the_file_is_documented_below_its_licence() {
    check(
        "#!/usr/bin/env run\n// Copyright X\n// All rights.\n\n#![no_std]\nuse x;\n",
        "",
        "#!/usr/bin/env run\n// Copyright X\n// All rights.\n\n//! One.\n//!\n//! Two.\n\n#![no_std]\nuse x;\n",
    );
    check(
        "/* License\n * text */\nuse x;\n",
        "",
        "/* License\n * text */\n\n//! One.\n//!\n//! Two.\n\nuse x;\n",
    );
    check(
        "// Some remark.\n\nuse x;\n",
        "",
        "// Some remark.\n\n//! One.\n//!\n//! Two.\n\nuse x;\n",
    );
    // A comment that belongs to the first item stays with it.
    check("// Says a.\nfn a() {}\n", "", "//! One.\n//!\n//! Two.\n\n// Says a.\nfn a() {}\n");
    check(
        "// Copyright\r\n#![no_std]\r\nuse x;\r\n",
        "",
        "// Copyright\r\n\r\n//! One.\r\n//!\r\n//! Two.\r\n\r\n#![no_std]\r\nuse x;\r\n",
    );
}

#[test]
fn a_file_that_is_an_expression_has_no_place() {
    has_no_place("[1, 2, 3]\n", "");
    has_no_place("", "");
    has_no_place("// Nothing but a comment.\n", "");
}
