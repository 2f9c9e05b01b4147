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
    check("~~~\nx();\n~~~", " ~~~text\n x();\n ~~~");
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
