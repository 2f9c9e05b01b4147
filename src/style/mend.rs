//! Prose that breaks a rule by its form alone, put right without asking again.
//!
//! Small models write `Vec<u8>` without backticks, begin a sentence with `#` or leave a
//! backtick open. Such text is made to mean what its letters say: marks that a tool would
//! take for structure go, and words that one would take for markup become literals. What
//! no honest answer holds (text in disguise, links that act) is left as it is, so that
//! [`super::rules`], which has the last word, refuses it.

use super::rules::{behind_mark, character_fault, has_html, has_modeline, prose_fault};
use super::wrap::{is_heading, is_structure, literals};
use crate::docstring::Language;

/// A tag in a sentence is no longer than this, in bytes.
const TAG: usize = 120;
/// Marks in front of one line that are taken away.
const MARKS: usize = 16;

/// `text` as prose that `prose_fault` has nothing against, as far as its faults are only
/// a matter of form; empty when nothing but form was there.
pub(crate) fn mend(text: &str, language: Language) -> String {
    if prose_fault(text, language).is_none() {
        return text.to_owned();
    }
    let visible = visible(text);
    let mut paragraphs = Vec::new();
    for paragraph in without_code(&visible, language).split("\n\n") {
        let is_first = paragraphs.is_empty();
        let paragraph = mended(paragraph, language, is_first);
        if !paragraph.trim().is_empty() {
            paragraphs.push(paragraph);
        }
    }
    paragraphs.join("\n\n")
}

/// The text as one line, which begins with a word.
pub(crate) fn mend_line(text: &str, language: Language) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = mend(&line, language);
    let mut rest = line.as_str();
    for _ in 0..MARKS {
        rest = rest.trim_start_matches(|c: char| {
            c.is_whitespace() || c.is_ascii_punctuation() && !OPENING.contains(c)
        });
        let Some((_, behind)) = rest.split_once(' ').filter(|(word, _)| is_number(word)) else {
            break;
        };
        rest = behind;
    }
    mend(rest, language)
}

/// Whether a word numbers the item of a list.
fn is_number(word: &str) -> bool {
    let number = word.strip_prefix('(').unwrap_or(word).strip_suffix(['.', ')']);
    number.is_some_and(|number| {
        !number.is_empty() && number.chars().all(|c| c.is_ascii_digit())
            || number.len() == 1 && number.chars().all(char::is_alphabetic)
    })
}

/// Punctuation with which a sentence may begin.
const OPENING: &str = "`\"'([_";

/// The text without characters that cannot be seen and mean nothing. Escape sequences
/// and marks that turn text around are no accident and stay, to be refused.
fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_disguise = |c| matches!(c, '\u{1b}' | '\u{80}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_kept =
        |c: char| is_disguise(c) || character_fault(c.encode_utf8(&mut [0; 4]), false).is_none();
    let blank = |c: char| if matches!(c, '\t' | '\u{b}' | '\u{c}') { ' ' } else { c };
    text.chars().map(blank).filter(|c| is_kept(*c)).collect()
}

/// The text without blocks of code, interactive examples and directives: what they hold
/// is no prose.
fn without_code(text: &str, language: Language) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<char> = None;
    // Lines that are indented more than this belong to what was dropped.
    let mut below: Option<usize> = None;
    for line in text.lines() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        let inner = behind_marks(bare);
        let mark = ['`', '~'].into_iter().find(|mark| is_fence(inner, *mark));
        if let Some(open) = fence {
            if mark == Some(open) {
                fence = None;
            }
            continue;
        }
        if mark.is_some() {
            fence = mark;
            continue;
        }
        if below.is_some_and(|least| !bare.is_empty() && indent > least) {
            continue;
        }
        below = (is_directive(inner) || inner.starts_with(">>>")).then_some(indent);
        if below.is_some() {
            continue;
        }
        out.push_str(
            if language == Language::Rust && indent >= 4 { bare } else { line }.trim_end(),
        );
        out.push('\n');
    }
    out
}

/// What stands behind all marks that begin a line.
fn behind_marks(line: &str) -> &str {
    let mut line = line.trim_start();
    for _ in 0..MARKS {
        if line.starts_with(">>>") || is_directive(line) {
            break;
        }
        let Some(rest) = behind_mark(line) else { break };
        line = rest;
    }
    line
}

fn is_fence(line: &str, mark: char) -> bool {
    line.chars().take_while(|c| *c == mark).count() >= 3
        && !line.trim_start_matches(mark).contains(mark)
}

fn is_directive(line: &str) -> bool {
    line.starts_with("..") && line.contains("::")
}

/// A paragraph without the marks that would make something else of it.
fn mended(paragraph: &str, language: Language, is_first: bool) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in paragraph.lines() {
        let is_start = lines.is_empty();
        let line = if is_start || begins_badly(line, language) {
            let rest = unmarked(line, is_start && is_first);
            if is_start && is_heading(rest) { "" } else { rest }
        } else {
            line
        };
        if !line.trim().is_empty() {
            lines.push(line.to_owned());
        }
    }
    // `[name]:` defines a link, and an editor obeys `-*- … -*-`.
    let mut text = lines.join("\n").replace("]:", "] :");
    if text.contains("-*-") {
        text = text.replace("-*", "- *");
    }
    quoted(&closed(&text))
}

/// Whether a line by itself breaks a rule that its beginning decides.
fn begins_badly(line: &str, language: Language) -> bool {
    line.trim_start().starts_with(BAD_START) || prose_fault(line, language).is_some()
}

/// Characters that make a line a field, a heading, a quotation, a table or an underline.
const BAD_START: [char; 11] = [':', '@', '#', '>', '|', '=', '~', '^', '+', '%', '!'];

/// A line without the marks in front of it; those of a list stay unless the whole text
/// begins with it.
fn unmarked(line: &str, is_text_start: bool) -> &str {
    let mut rest = line;
    for _ in 0..MARKS {
        let bare = rest.trim_start();
        let is_list = bare.starts_with("- ") || bare.starts_with("* ");
        if is_list && !is_text_start {
            return rest;
        }
        let word = bare.split(char::is_whitespace).next().unwrap_or_default();
        let is_mark = is_structure(word)
            && word.chars().all(|c| c.is_ascii_punctuation())
            && !word.starts_with(['`', '"', '\'']);
        let shorter = match () {
            () if bare.starts_with(BAD_START) => behind_field(bare)
                .unwrap_or_else(|| bare.trim_start_matches(BAD_START).trim_start()),
            () if is_mark => bare.get(word.len()..).unwrap_or_default().trim_start(),
            () => return rest,
        };
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
    rest
}

/// What stands behind `:param x:` or `@return:`.
fn behind_field(line: &str) -> Option<&str> {
    let inner = line.strip_prefix([':', '@'])?;
    let (name, rest) = inner.split_once(':')?;
    let is_field = name.len() <= 60
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || " _*.".contains(c))
        && rest.starts_with(char::is_whitespace);
    is_field.then(|| rest.trim_start())
}

/// The text without backticks that close nothing.
fn closed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end) in literals(text) {
        out.push_str(&text.get(done..start).unwrap_or_default().replace('`', "'"));
        out.push_str(text.get(start..end).unwrap_or_default());
        done = end;
    }
    out.push_str(&text.get(done..).unwrap_or_default().replace('`', "'"));
    out
}

/// The text with the words in backticks that a tool would not take for words. Every
/// backtick of `text` belongs to a literal.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for (start, end) in literals(text) {
        quote_words(text.get(done..start).unwrap_or_default(), &mut out);
        // Two literals beside each other would be one.
        if out.ends_with('`') {
            out.push(' ');
        }
        out.push_str(text.get(start..end).unwrap_or_default());
        done = end;
    }
    quote_words(text.get(done..).unwrap_or_default(), &mut out);
    out
}

fn quote_words(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            c if c.is_whitespace() => rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()),
            _ => word_end(rest),
        };
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        if has_modeline(word) {
            out.push_str(&word.replace(':', " :"));
            continue;
        }
        if !is_risky(word) {
            if out.ends_with('`') && word.starts_with('`') {
                out.push(' ');
            }
            out.push_str(word);
            continue;
        }
        let core = word.trim_start_matches(['(', '"', '\'']);
        let (before, core) = word.split_at_checked(word.len() - core.len()).unwrap_or(("", word));
        let tail = core.trim_end_matches(['.', ',', ':', '"', '\'', '!', '?']).len();
        let (core, after) = core.split_at_checked(tail).unwrap_or((core, ""));
        let (core, after) = match core.strip_suffix([')', ';']) {
            Some(shorter) if !core.contains(['(', '&']) => {
                (shorter, word.get(before.len() + shorter.len()..).unwrap_or(after))
            }
            _ => (core, after),
        };
        out.push_str(before);
        if out.ends_with(|c: char| c.is_alphanumeric() || c == '`') {
            out.push(' ');
        }
        out.push('`');
        out.push_str(core);
        out.push('`');
        out.push_str(after);
    }
}

/// The end of a word; a tag or a type in angle brackets counts as one, blanks and all.
fn word_end(text: &str) -> usize {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let Some(open) = text.get(..end).and_then(|word| word.find('<')) else { return end };
    if !text
        .get(open + 1..)
        .unwrap_or_default()
        .starts_with(|c: char| c.is_alphabetic() || c == '/')
    {
        return end;
    }
    let near = text.char_indices().take_while(|(at, c)| *at < open + TAG && *c != '\n');
    let close = near.skip_while(|(at, _)| *at <= open).find(|(_, c)| matches!(c, '<' | '>'));
    let Some((close, '>')) = close.filter(|(at, _)| *at >= end) else { return end };
    let rest = text.get(close..).unwrap_or_default();
    close + rest.find(char::is_whitespace).unwrap_or(rest.len())
}

/// Whether a word would be taken for markup.
fn is_risky(word: &str) -> bool {
    word.contains(['<', '&', '#', '[', '!'])
        && (has_html(word)
            || word.contains("#[")
            || word.contains("#![")
            || word.contains("![")
            || word.contains('&') && word.contains(';'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{mend, mend_line};
    use crate::docstring::Language;
    use crate::style::rules::prose_fault;

    #[test]
    fn what_is_harmless_is_put_right() {
        for (text, expected) in [
            ("Plain.", "Plain."),
            ("Return a Vec<u8> of it.", "Return a `Vec<u8>` of it."),
            ("A (HashMap<K, V>), too.", "A (`HashMap<K, V>`), too."),
            ("An <img src=x onerror=alert(1)> tag.", "An `<img src=x onerror=alert(1)>` tag."),
            ("An <open tag.", "An `<open` tag."),
            ("Say <b>this</b>.", "Say `<b>this</b>`."),
            ("Is a<b or 1 < 2.", "Is `a<b` or 1 < 2."),
            ("See <https://a.example> and <b>.", "See <https://a.example> and `<b>`."),
            ("Uses &amp; here.", "Uses `&amp;` here."),
            ("Adds #[inline] to it.", "Adds `#[inline]` to it."),
            ("Shows ![x](http://a/b).", "Shows `![x](http://a/b)`."),
            ("[x]: http://a.example", "[x] : http://a.example"),
            ("Then vim: set.", "Then vim : set."),
            ("Then vim:set ft=py.", "Then vim :set ft=py."),
            ("A -*- mode: x -*- b.", "A - *- mode: x - *- b."),
            ("# Heading of it", "Heading of it"),
            ("> Quoted.", "Quoted."),
            (":param x: The file.", "The file."),
            ("@return: The file.", "The file."),
            ("::: = | Words.", "Words."),
            ("--- Words.", "Words."),
            ("Returns:", ""),
            ("A.\n\nArgs\n\nB.", "A.\n\nB."),
            ("A.\n\n>>> import os\n>>> os.x()\n\nB.", "A.\n\nB."),
            ("A.\n\n- >>> import os", "A."),
            ("A.\n\n.. include:: /etc/passwd\n   :literal:\n\nB.", "A.\n\nB."),
            ("- .. include:: /etc/passwd", ""),
            ("A.\n\n```python\nx()\n```\n\nB.", "A.\n\nB."),
            ("A.\n\n~~~\nx()", "A."),
            ("A `b` and ` <c>.", "A `b` and ' `<c>`."),
            ("A `b`<c> d.", "A `b` `<c>` d."),
            ("A <c>`b` d.", "A `<c>` `b` d."),
            ("Bell\u{7} and\u{200b} tab\there.", "Bell and tab here."),
            ("A.\n\n- <b>\n- c", "A.\n\n- `<b>`\n- c"),
        ] {
            assert_eq!(mend(text, Language::Python), expected, "{text}");
        }
        assert_eq!(mend("A.\n\n    abort()", Language::Rust), "A.\n\nabort()");
    }

    #[test]
    fn a_line_begins_with_a_word() {
        for (text, expected) in [
            ("- Load it.", "Load it."),
            ("1. Load it.", "Load it."),
            ("** Load\nit.", "Load it."),
            ("> # Load it.", "Load it."),
            (",; Load it.", "Load it."),
            ("`x` and y.", "`x` and y."),
            ("(It) loads.", "(It) loads."),
            ("\u{e9}t\u{e9} passes.", "\u{e9}t\u{e9} passes."),
            ("...", ""),
        ] {
            assert_eq!(mend_line(text, Language::Python), expected, "{text}");
        }
    }

    #[test]
    fn disguise_is_left_to_be_refused() {
        for text in [
            "A \u{1b}]0;title\u{7}.",
            "Hidden \u{202e}txt.",
            "See [it](javascript:alert(1)).",
            "See [it](javascript\\:alert(1)).",
            "See [it](ms-msdt:/id).",
            "Open file:///etc/passwd now.",
        ] {
            let mended = mend(text, Language::Python);
            assert!(prose_fault(&mended, Language::Python).is_some(), "{text}: {mended}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_048, ..ProptestConfig::default() })]

        /// Random bytes, as a model without training writes them, are never lost for
        /// their form.
        #[test]
        fn noise_becomes_prose(text in "[ -~]{1,160}") {
            for language in [Language::Python, Language::Rust] {
                let mended = mend_line(&text, language);
                let fault = prose_fault(&mended, language);
                let is_link = fault.is_some_and(|fault| fault.contains("link"));
                prop_assert!(fault.is_none() || is_link, "{text:?}: {mended:?}: {fault:?}");
            }
        }

        #[test]
        fn what_is_mended_stays_as_it_is(text in "([-a-z<>&;#:.`*@= ]|>>>|\n|```|\\.\\. a::){1,80}") {
            for language in [Language::Python, Language::Rust] {
                let once = mend(&text, language);
                if prose_fault(&once, language).is_none() {
                    prop_assert_eq!(mend(&once, language), once);
                }
            }
        }
    }
}
