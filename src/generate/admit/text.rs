//! Texts of a model in the form in which content has them.

use crate::docstring::Language;

/// Longest text that is not cut at the end of a sentence, in characters; the schema's
/// own limit is a little higher.
const LONGEST: usize = 1_900;

/// Whether a text only says that there is nothing to say.
pub(super) fn is_nothing(text: &str) -> bool {
    let bare = text.trim().trim_matches(['.', '`', '"', '\'']).to_ascii_lowercase();
    matches!(
        bare.as_str(),
        "" | "null" | "none" | "n/a" | "na" | "nil" | "-" | "nothing" | "not applicable"
    )
}

/// Whether a text has no word of its own: only names, and what it is about.
pub(super) fn says_nothing(text: &str) -> bool {
    const EMPTY: [&str; 9] =
        ["a", "an", "the", "this", "code", "function", "method", "class", "python"];
    let is_empty = |word: &str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.is_empty() || EMPTY.iter().any(|empty| empty.eq_ignore_ascii_case(word))
    };
    let is_name = |literal: &str| {
        literal.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '(' | ')'))
    };
    let mut parts = text.split('`').enumerate();
    parts.all(|(index, part)| match index % 2 {
        0 => part.split_whitespace().all(is_empty),
        _ => is_name(part),
    })
}

/// The text inside of a code fence that is all there is; else the text, trimmed.
pub(super) fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix("```").and_then(|rest| rest.strip_suffix("```"));
    let Some(inside) = inside.filter(|inside| !inside.contains("```")) else { return text };
    // The language stands in the line of the fence.
    match inside.split_once('\n') {
        Some((tag, body)) if tag.trim().chars().all(|c| c.is_alphanumeric() || c == '-') => {
            body.trim_end().trim_start_matches('\n')
        }
        _ => inside.trim(),
    }
}

/// A text without fences and quotes around it, with `\n` for line ends and without
/// white space at the end of lines; one that is too long ends with a sentence.
pub(super) fn plain(text: &str) -> String {
    let mut text = unfenced(text);
    for quote in ["\"\"\"", "'''", "\"", "'", "“", "”"] {
        let inside = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
        if let Some(inside) = inside.filter(|inside| !inside.contains(quote)) {
            text = inside.trim();
        }
    }
    let has_ticks = text.starts_with('`') && text.ends_with('`');
    if has_ticks && text.bytes().filter(|byte| *byte == b'`').count() == 2 && text.contains(' ') {
        text = text.trim_matches('`').trim();
    }
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    match out.char_indices().nth(LONGEST) {
        Some((at, _)) => {
            let head = out.get(..at).unwrap_or_default();
            let end = ends(head).last().copied().unwrap_or(out.len());
            out.truncate(end);
            out
        }
        None => out,
    }
}

/// A text that ends as a sentence.
pub(super) fn sentence_end(text: &str) -> String {
    let text = text.trim_end();
    let closed = text.trim_end_matches(['"', '\'', ')', '`', '”', '’']);
    if closed.is_empty() || closed.ends_with(['.', '!', '?']) || text.ends_with("```") {
        return text.to_owned();
    }
    let stem = text.trim_end_matches([':', ',', ';', '…']).trim_end();
    format!("{}.", if stem.is_empty() { text } else { stem })
}

/// The byte offsets behind the sentences of a text, literals in backticks left alone.
fn ends(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut in_literal = false;
    let mut word = 0;
    for (at, c) in text.char_indices() {
        match c {
            '`' => in_literal = !in_literal,
            c if c.is_whitespace() || c == '(' => word = at + c.len_utf8(),
            '.' | '!' | '?' if !in_literal => {
                let end = at + 1;
                let after = text.get(end..).unwrap_or_default();
                let is_end = after.is_empty() || after.starts_with(char::is_whitespace);
                let next = || after.trim_start().chars().next();
                let is_short = || is_abbreviation(text.get(word..at).unwrap_or_default());
                if is_end
                    && next().is_none_or(|c| c.is_uppercase() || "`\"'([".contains(c))
                    && !is_short()
                {
                    found.push(end);
                }
            }
            _ => {}
        }
    }
    found
}

fn is_abbreviation(word: &str) -> bool {
    let known = ["e.g", "i.e", "etc", "vs", "cf", "approx", "resp", "incl", "no", "fig", "dr"];
    known.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// A summary of one sentence, and what else was said in it.
pub(super) fn summary(text: &str) -> (String, Option<String>) {
    let text = text.trim();
    let text = ["Summary:", "summary:", "Docstring:"]
        .iter()
        .find_map(|label| text.strip_prefix(label))
        .map_or(text, str::trim_start);
    let (first, rest) = match text.split_once("\n\n") {
        Some((first, rest)) => (first, rest.trim()),
        None => (text, ""),
    };
    let line = first.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = ends(&line).first().copied().unwrap_or(line.len());
    let (head, tail) = line.split_at_checked(end).unwrap_or((&line, ""));
    let parts: Vec<&str> =
        [tail.trim(), rest].into_iter().filter(|part| !part.is_empty()).collect();
    let rest = (!parts.is_empty()).then(|| parts.join("\n\n"));
    (sentence_end(head), rest)
}

/// A summary that names a function without repeating what it takes: `load(path)` is
/// the signature to a linter (D402).
pub(super) fn without_call(text: &str, name: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(name).filter(|_| !name.is_empty()) {
        out.push_str(before);
        out.push_str(name);
        let is_word = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        rest = match after.strip_prefix('(').and_then(|inner| inner.split_once(')')) {
            Some((inner, behind)) if is_word && !inner.contains('(') => behind,
            _ => after,
        };
    }
    out.push_str(rest);
    out
}

/// A summary that begins with what is done: not `This function returns ...`, but as the
/// language has it, `Return ...` or `Returns ...`.
pub(super) fn without_subject(text: &str, name: &str, language: Language) -> String {
    let mut words = text.split(' ').peekable();
    let is_article = |word: &&str| ["The", "This"].contains(word);
    let has_article = words.next_if(is_article).is_some();
    let mut is_subject = false;
    while let Some(word) = words.next_if(|word| {
        let bare = word.trim_matches('`').trim_end_matches("()");
        bare == name || ["function", "method", "Python"].contains(&bare)
    }) {
        is_subject |= has_article && word != "Python";
    }
    let Some(verb) = words.next().filter(|_| is_subject) else { return text.to_owned() };
    let Some((_, plain)) = VERBS.iter().find(|(third, _)| *third == verb) else {
        return text.to_owned();
    };
    let verb = if language == Language::Python { plain } else { verb };
    let mut verb = verb.to_owned();
    if let Some(first) = verb.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    [verb.as_str()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

/// Verbs with which a summary may begin: in the third person, and in the imperative.
const VERBS: [(&str, &str); 32] = [
    ("adds", "add"),
    ("applies", "apply"),
    ("builds", "build"),
    ("calculates", "calculate"),
    ("calls", "call"),
    ("checks", "check"),
    ("closes", "close"),
    ("computes", "compute"),
    ("converts", "convert"),
    ("copies", "copy"),
    ("creates", "create"),
    ("determines", "determine"),
    ("finds", "find"),
    ("generates", "generate"),
    ("gets", "get"),
    ("handles", "handle"),
    ("initializes", "initialize"),
    ("loads", "load"),
    ("makes", "make"),
    ("opens", "open"),
    ("parses", "parse"),
    ("prints", "print"),
    ("raises", "raise"),
    ("reads", "read"),
    ("removes", "remove"),
    ("returns", "return"),
    ("runs", "run"),
    ("sends", "send"),
    ("sets", "set"),
    ("updates", "update"),
    ("writes", "write"),
    ("yields", "yield"),
];

/// A description that does not begin with the name which it is about.
pub(super) fn without_name(text: &str, name: &str) -> String {
    let bare = text.trim_start_matches(['`', '*']);
    let rest = bare.strip_prefix(name).map(|rest| rest.trim_start_matches('`'));
    let rest = rest.and_then(|rest| {
        // `path (str): The file.`
        let rest = match rest.trim_start().strip_prefix('(').and_then(|r| r.split_once(')')) {
            Some((_, after)) if after.starts_with(':') => after,
            _ => rest,
        };
        let rest = rest.trim_start();
        rest.strip_prefix(':')
            .or_else(|| rest.strip_prefix("- "))
            .or_else(|| rest.strip_prefix('–'))
    });
    match rest.map(str::trim) {
        Some(rest) if !rest.is_empty() => rest.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        is_nothing, plain, says_nothing, sentence_end, summary, unfenced, without_call,
        without_name, without_subject,
    };
    use crate::docstring::Language;

    #[test]
    fn fences_and_quotes_go() {
        for (text, expected) in [
            ("```json\n{\"a\": 1}\n```", "{\"a\": 1}"),
            ("```\nx\n```", "x"),
            ("```x```", "x"),
            (" plain ", "plain"),
            ("```a``` and ```b```", "```a``` and ```b```"),
            ("```", "```"),
            ("``````", ""),
        ] {
            assert_eq!(unfenced(text), expected, "{text}");
        }
        for (text, expected) in [
            ("\"Quoted.\"", "Quoted."),
            ("\"\"\"Quoted.\"\"\"", "Quoted."),
            ("\"a\" and \"b\"", "\"a\" and \"b\""),
            ("`The whole text.`", "The whole text."),
            ("`name`", "`name`"),
            ("A. \r\n\r\nB.  ", "A.\n\nB."),
            ("\"", "\""),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
        let long = "Nine words are in this sentence, and no more. ".repeat(60);
        let cut = plain(&long);
        assert!(cut.chars().count() <= super::LONGEST && cut.ends_with("no more."), "{cut}");
    }

    #[test]
    fn a_summary_is_one_sentence() {
        for (text, head, rest) in [
            ("Load a file", "Load a file.", None),
            ("Load it. Then close it.", "Load it.", Some("Then close it.")),
            ("Load, e.g. a file. `x` too.", "Load, e.g. a file.", Some("`x` too.")),
            ("Use v1.2 of it.", "Use v1.2 of it.", None),
            ("Load\na file.\n\nMore.", "Load a file.", Some("More.")),
            ("Summary: Load.", "Load.", None),
            ("Why? Because.", "Why?", Some("Because.")),
            ("Load:", "Load.", None),
            ("", "", None),
            ("Call `a. B`. Go.", "Call `a. B`.", Some("Go.")),
        ] {
            assert_eq!(summary(text), (head.to_owned(), rest.map(str::to_owned)), "{text}");
        }
    }

    #[test]
    fn the_function_is_not_the_subject() {
        for (text, expected) in [
            ("This function returns a file.", "Return a file."),
            ("The function `load` reads a file.", "Read a file."),
            ("The load method creates it.", "Create it."),
            ("The `load()` function sets it.", "Set it."),
            ("This Python function parses it.", "Parse it."),
            ("The file returns.", "The file returns."),
            ("The function is called at the end.", "The function is called at the end."),
            ("load returns a file.", "load returns a file."),
            ("This Python returns.", "This Python returns."),
            ("The function", "The function"),
            ("The", "The"),
            ("", ""),
        ] {
            assert_eq!(without_subject(text, "load", Language::Python), expected, "{text}");
        }
        let rust = without_subject("This function returns a file.", "load", Language::Rust);
        assert_eq!(rust, "Returns a file.");
    }

    #[test]
    fn small_repairs() {
        assert!(["None", " n/a. ", "`null`", ""].iter().all(|text| is_nothing(text)));
        assert!(!is_nothing("None of them."));
        for text in ["`update_details`.", "The method.", "This function `a.b()`", "..."] {
            assert!(says_nothing(text), "{text}");
        }
        for text in ["Load.", "The `load` of it.", "`a + b`."] {
            assert!(!says_nothing(text), "{text}");
        }
        assert_eq!(sentence_end("(a)"), "(a).");
        assert_eq!(sentence_end("It says \"no.\""), "It says \"no.\"");
        assert_eq!(without_name("path: The file.", "path"), "The file.");
        assert_eq!(without_name("`path` (str): The file.", "path"), "The file.");
        assert_eq!(without_name("Path to it.", "path"), "Path to it.");
        assert_eq!(without_name("path", "path"), "path");
        assert_eq!(
            without_call("Call load(a, b), not reload(x).", "load"),
            "Call load, not reload(x)."
        );
        assert_eq!(without_call("load(a", "load"), "load(a");
        assert_eq!(without_call("Go.", ""), "Go.");
    }
}
