//! Text as doc comments: what is refused, and what is made harmless.

use super::{document, parse};
use crate::docstring::SymbolPath;

/// The lines of the doc comment for `text`, without markers.
fn lines(text: &str) -> String {
    let after = document("fn a() {}", "a", text);
    let docs = after.strip_suffix("\nfn a() {}").unwrap();
    docs.lines().map(|l| l.strip_prefix("///").unwrap()).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(lines(text), expected);
}

fn is_refused(text: &str) -> bool {
    let source = parse("fn a() {}");
    let symbol = source.symbol(&SymbolPath("a".into())).unwrap();
    source.insertion(&symbol, text).is_err()
}

#[test]
fn lines_get_the_marker_and_no_trailing_space() {
    check("One.  \n\n  Two.\n", " One.\n\n   Two.");
    check("One.\r\nTwo.", " One.\n Two.");
    check("a\tb", " a    b".replace("    ", " ").as_str());
}

#[test]
fn dangerous_characters_are_refused() {
    for c in [
        '\r',
        '\0',
        '\u{7}',
        '\u{1b}',
        '\u{7f}',
        '\u{85}',
        '\u{9b}',
        '\u{202a}',
        '\u{202e}',
        '\u{2066}',
        '\u{2069}',
        '\u{2028}',
        '\u{2029}',
        '\u{feff}',
        '\u{e0041}',
        '\u{e000}',
        '\u{e001}',
        '\u{200e}',
        '\u{61c}',
    ] {
        assert!(is_refused(&format!("One{c}two.")), "U+{:04X}", u32::from(c));
    }
    assert!(!is_refused("Größe, 日本語, `*/`, /* open, \\u{202e}, 👩\u{200d}🔬."));
}

#[test]
fn fences_do_not_run() {
    check("```\nx();\n```", " ```text\n x();\n ```");
    check("```rust\nx();\n```", " ```text\n x();\n ```");
    check("```should_panic\nx();\n```", " ```text\n x();\n ```");
    check("~~~\nx();\n~~~", " ```text\n x();\n ```");
    check("~~~\n```\nx();\n~~~", " ````text\n ```\n x();\n ````");
    check("```rust,text\nx();\n```", " ```text\n x();\n ```");
    check("```json\n{}\n```", " ```json\n {}\n ```");
    check("```rust,ignore\nx();\n```", " ```rust,ignore\n x();\n ```");
    check("````\n```\nx();\n````", " ````text\n ```\n x();\n ````");
}

#[test]
fn an_open_fence_is_closed() {
    check("```text\nx();", " ```text\n x();\n ```");
}

#[test]
fn nested_fences_are_moved_or_defused() {
    check("- a\n  ```\n      x();\n  ```", " - a\n ```text\n     x();\n ```");
    check("> ```\n> x();\n> ```", " > \\`\\`\\`\n > x();\n > \\`\\`\\`");
    check("- ~~~\n  x();", " - \\~\\~\\~\n   x();");
    check("1. ```rust", " 1. \\`\\`\\`rust");
}

#[test]
fn nothing_is_indented_enough_to_be_code() {
    check("a\n\n    x();", " a\n\n    x();");
    check("a\n\n\tx();", " a\n\n    x();");
    check("-     x();", " - x();");
    check(">     x();", " > x();");
    check("1.      x();", " 1. x();");
    check("- > -      x();", " - > - x();");
}

#[test]
fn html_does_not_hide_a_fence() {
    check("<!--\n```\n-->", " \\<!--\n ```text\n -->\n ```");
    check("- <pre>", " - \\<pre>");
    check("<https://example.org>", " <https://example.org>");
    check("a < b", " a < b");
}

#[test]
fn a_comment_end_in_the_text_is_harmless() {
    assert_eq!(document("fn a() {}", "a", "*/ fn b() {} /*"), "/// */ fn b() {} /*\nfn a() {}");
}

/// rustdoc's rules as far as they matter here: no fence without a tag that keeps it from
/// running, nothing indented far enough to be code outside of fences.
fn assert_harmless(docs: &str, input: &str) {
    let mut open: Option<usize> = None;
    for line in docs.lines() {
        let line = line.strip_prefix("///").unwrap();
        assert!(line.is_empty() || line.starts_with(' '), "{input:?}");
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let marks = bare.len() - bare.trim_start_matches('`').len();
        match open {
            Some(length) if indent <= 4 && marks >= length && marks == bare.len() => open = None,
            Some(_) => {}
            None if marks >= 3 && !bare.trim_start_matches('`').contains('`') => {
                assert_eq!(bare.trim_start_matches('`'), "text", "{input:?}");
                open = Some(marks);
            }
            None => assert!(bare.is_empty() || indent <= 4, "{input:?}"),
        }
    }
    assert_eq!(open, None, "{input:?}");
}

#[test]
fn no_text_becomes_code() {
    const PIECES: [&str; 20] = [
        "```", "~~~", "````", "rust", "\n", "\n\n", "    ", "  ", "\t", "- ", "1. ", "> ", "x();",
        "*/", "/*", "\"", "\\", "<!--", "-->", "# H",
    ];
    let mut state = 1_u64;
    for _ in 0..3_000 {
        let mut text = String::from("a");
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(PIECES[usize::try_from(state >> 33).unwrap() % PIECES.len()]);
        }
        let after = document("fn a() {}", "a", &text);
        assert_harmless(after.strip_suffix("fn a() {}").unwrap(), &text);
    }
}
