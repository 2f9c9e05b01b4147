//! Input that nobody writes: no panic, no overflow, no long wait.

use crate::docstring::Language;
use crate::syntax::{LANGUAGES, Source};

/// Runs everything over `text` on a small stack.
fn survive(text: String) {
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(move || {
        let source = Source::parse(Language::Rust, "odd.rs", text.as_str().into()).unwrap();
        let symbols = source.symbols(|_| true);
        assert_eq!(symbols.len(), source.outline().len());
        source.docstrings();
        source.is_sound();
        for offset in [0, text.len() / 2, text.len(), usize::MAX] {
            assert!(source.symbol_at(offset).is_some());
        }
        for symbol in symbols.iter().filter(|symbol| symbol.slot.is_some()).take(3) {
            let edit = source.insertion(symbol, "One.").unwrap();
            // Whether it is proven or refused, nothing breaks.
            let _ = source.verify(&[edit]);
        }
        let rust = LANGUAGES.iter().find(|language| language.language() == Language::Rust).unwrap();
        assert_eq!(rust.same_code(&text, &text), Ok(()));
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn deep_nesting() {
    const DEPTH: usize = 15_000;
    let nested = |open: &str, close: &str| open.repeat(DEPTH) + &close.repeat(DEPTH);
    survive(format!("fn a() -> u8 {{ {} }}", nested("(", ")")));
    survive(format!("fn a() -> u8 {{ {} }}", nested("[", "]")));
    survive(format!("fn a() {{ {} }}", nested("{", "}")));
    survive(nested("{", ""));
    survive(nested("(", ""));
    survive(nested("mod m {", "}"));
    survive(nested("fn a() {", "}"));
}

#[test]
fn deep_expressions() {
    const DEPTH: usize = 5_000;
    survive(format!("fn a() -> u8 {{ x{} }}", ".y()?".repeat(DEPTH)));
    survive(format!("fn a() -> u8 {{ 1{} }}", " + 1".repeat(DEPTH)));
    survive(format!("fn a() -> u8 {{ {}x }}", "!".repeat(DEPTH)));
    survive(format!("fn a() -> u8 {{ {}1{} }}", "f(".repeat(DEPTH), ")?".repeat(DEPTH)));
    survive(format!("fn a() -> u8 {{ {}1{} }}", "if x { ".repeat(DEPTH), "}".repeat(DEPTH)));
    survive(format!(
        "fn a() -> u8 {{ {}1{} }}",
        "match x { _ => ".repeat(DEPTH),
        "}".repeat(DEPTH)
    ));
    survive(format!("fn a() {{ {} }}", "if x { panic!() } else ".repeat(DEPTH) + "{}"));
    survive(format!("fn a() -> {}u8{} {{}}", "A<".repeat(DEPTH), ">".repeat(DEPTH)));
    survive(format!("fn a() {{ m!{}{} }}", "(".repeat(DEPTH), ")".repeat(DEPTH)));
    survive(format!("fn a() {{ {} }}", "|| ".repeat(DEPTH)));
}

#[test]
fn unbalanced_comments_and_strings() {
    for text in [
        "/*",
        "/**",
        "/*!",
        "fn a() {} /* /* */",
        "/// x",
        "//!",
        "\"",
        "r#\"",
        "r####",
        "'",
        "b'",
        "fn a() { r##\"x\"# }",
        "#!",
        "#![",
        "#[",
        "#[doc",
        "#[doc = ",
        "\u{feff}",
        "\u{feff}#!x",
        "\0",
        "fn",
        "fn a",
        "impl",
        "impl X for",
        "macro_rules! a",
        "struct S { x",
        "enum E { A(",
        "fn a() { x.unwrap( }",
        "fn a() { assert!( }",
        "fn a() { Err( }",
        "#!/x\r\n",
        "\r",
        "\r\r\n",
        "---\nx\n---\nfn a() {}",
        "fn é() { \"ü\".expect(\"ö\") }",
        "const _: u8 = 1;",
        "fn a() -> { match { => } }",
        "fn a() { let Some(x) = y else",
        "trait T: {}",
    ] {
        survive(text.to_owned());
        survive(text.repeat(100));
        survive(format!("{text}\nfn z() {{}}\n"));
    }
}

#[test]
fn long_lists() {
    survive(format!("struct S {{ {} }}", "x: u8, ".repeat(2_000)));
    survive(format!("enum E {{\n{} }}", "/// D.\n#[a]\nA,\n".repeat(2_000)));
    survive(format!("fn a() {{ m!({}) }}", "x, ".repeat(10_000)));
    survive(format!("fn a() {{ f({}); }}", "x, ".repeat(10_000)));
    survive(format!("fn a() {{ {} }}", "x.unwrap(); Err(E::V)?; self.x = 1; ".repeat(2_000)));
    survive("#[a] ".repeat(10_000) + "fn a() {}");
    survive("/// a\n".repeat(10_000) + "fn a() {}");
    survive("// a\n".repeat(10_000) + "fn a() {}");
    survive("fn a() {}\n".repeat(2_000));
}

#[test]
fn garbage() {
    // A fixed sequence of words and bytes: the same on every machine.
    const WORDS: [&str; 32] = [
        "fn ", "a", "(", ")", "{", "}", "[", "]", "<", ">", "#[", "#!", "///", "//", "/*", "*/",
        "\"", "'", "r#\"", "impl ", "struct ", "enum ", "::", "!", "?", ".", ",", ";", "=>", "\n",
        "é", "\u{0}",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut text = String::new();
    while text.len() < 1 << 17 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        text.push_str(WORDS[usize::try_from(state >> 32).unwrap() % WORDS.len()]);
    }
    survive(text);
}
