//! Inline markup: identifiers and code in prose as the documentation tools of a
//! language want them, whatever the provider wrote.

use super::wrap::{STOP_CLOSE, STOP_OPEN, literals};
use crate::docstring::Language;

/// Prose with its code in literals: double backticks in Python (reST, which napoleon
/// and numpydoc feed on), single ones in Rust (Markdown; clippy `doc_markdown`).
/// Words that would mean something to the markup become literals too.
pub(crate) fn markup(text: &str, language: Language) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut done = 0;
    for (start, end) in literals(text) {
        let ticks =
            text.get(start..end).map_or(0, |span| span.len() - span.trim_start_matches('`').len());
        let inside = text.get(start + ticks..end - ticks).unwrap_or_default().trim();
        words(text.get(done..start).unwrap_or_default(), language, &mut out);
        done = end;
        let starts_line = text
            .get(..start)
            .is_none_or(|before| before.rsplit('\n').next().unwrap_or_default().trim().is_empty());
        let is_role = ticks == 1 && out.ends_with(':');
        let is_broken = inside.contains('\n');
        if is_broken && ticks > 2 && !starts_line {
            // Neither a literal nor a block.
            words(inside, language, &mut out);
            continue;
        }
        if is_role || is_broken {
            out.push_str(text.get(start..end).unwrap_or_default());
            continue;
        }
        if out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '.') {
            out.push(' ');
        }
        let rest = text.get(end..).unwrap_or_default();
        // `x`() is a call, and `x()`() the same said twice.
        let has_call = inside.ends_with("()");
        let is_call = rest.starts_with("()")
            && (has_call || inside.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        let call = if is_call && !has_call { "()" } else { "" };
        literal(&[inside, call].concat(), language, &mut out);
        if is_call {
            done += "()".len();
        }
        if text.get(done..).is_some_and(|rest| rest.starts_with(|c| !may_follow(c))) {
            out.push(' ');
        }
    }
    words(text.get(done..).unwrap_or_default(), language, &mut out);
    out
}

/// Whether a literal ends in front of this character. In reST it does not in front of a
/// letter or of an opening bracket (section "inline markup recognition rules"); in Markdown
/// what comes could become a literal too, and one with it.
fn may_follow(next: char) -> bool {
    if next.is_ascii() {
        next.is_whitespace() || "'\")]}>-/\\:.,;!?".contains(next)
    } else {
        !next.is_alphanumeric()
    }
}

fn literal(inside: &str, language: Language, out: &mut String) {
    // It would end there.
    let is_cut = inside.contains("``") || inside.starts_with('`') || inside.ends_with('`');
    let inside = if is_cut { &*inside.replace('`', "'") } else { inside };
    let ticks = match language {
        Language::Rust if !inside.contains('`') => "`",
        _ => "``",
    };
    out.push_str(ticks);
    out.push_str(inside);
    out.push_str(ticks);
}

/// Prose outside of literals.
fn words(text: &str, language: Language, out: &mut String) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = if c.is_whitespace() {
            rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len())
        } else {
            word_end(rest)
        };
        let (piece, after) = rest.split_at(end);
        if c.is_whitespace() {
            out.push_str(piece);
        } else {
            word(piece, language, out);
        }
        rest = after;
    }
}

/// The end of the first word; a generic type with spaces in it counts as one.
fn word_end(text: &str) -> usize {
    let mut depth = 0usize;
    let mut spaces = 0;
    let mut first = None;
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            c if c.is_whitespace() => {
                first.get_or_insert(at);
                spaces += 1;
                if depth == 0 || spaces > 6 || c == '\n' {
                    return if depth == 0 { at } else { first.unwrap_or(at) };
                }
            }
            _ => {}
        }
    }
    if depth == 0 { text.len() } else { first.unwrap_or(text.len()) }
}

fn word(word: &str, language: Language, out: &mut String) {
    let is_bare = match language {
        Language::Python => word.bytes().all(|byte| byte.is_ascii_alphabetic()),
        // Capitals may make an identifier of it.
        Language::Rust => word.bytes().all(|byte| byte.is_ascii_lowercase()),
    };
    if is_bare {
        out.push_str(word);
        return;
    }
    // In Markdown a bracket begins a link.
    let opening = if language == Language::Rust { "(\"'" } else { "([{\"'" };
    let marks = |c: char| opening.contains(c) || matches!(c, STOP_OPEN | STOP_CLOSE);
    let start = word.len() - word.trim_start_matches(marks).len();
    let (before, rest) = word.split_at(start);
    let tail = |c: char| ".,;:!?)\"'".contains(c) || matches!(c, STOP_OPEN | STOP_CLOSE);
    let mut core = rest.trim_end_matches(tail);
    if rest.get(core.len()..).is_some_and(|rest| rest.starts_with(')')) && core.ends_with('(') {
        core = rest.get(..=core.len()).unwrap_or(core);
    }
    let after = rest.get(core.len()..).unwrap_or_default();
    if core.is_empty() || is_bracketed(before, after) && !needs_literal(core, language) {
        plain(before, out);
        plain(core, out);
        plain(after, out);
        return;
    }
    plain(before, out);
    let is_address = ["http://", "https://"].iter().any(|scheme| core.starts_with(scheme));
    if is_address && language == Language::Rust && !before.ends_with('(') {
        out.push('<');
        out.push_str(core);
        out.push('>');
    } else if !is_address && needs_literal(core, language) {
        literal(&core.replace(['`', STOP_OPEN, STOP_CLOSE], ""), language, out);
    } else {
        plain(core, out);
    }
    plain(after, out);
}

fn is_bracketed(before: &str, after: &str) -> bool {
    before.ends_with('(') && after.starts_with(')')
}

/// A backtick that closes nothing means nothing.
fn plain(text: &str, out: &mut String) {
    out.extend(
        text.split('`')
            .enumerate()
            .flat_map(|(index, part)| [if index > 0 { "'" } else { "" }, part]),
    );
}

fn needs_literal(core: &str, language: Language) -> bool {
    if core.chars().all(|c| !c.is_alphanumeric() && c != '_') {
        return core.contains(['*', '|', '\\', '<', '[']) && core.len() > 1;
    }
    let has_code = core.contains(['_', '*', '|', '\\']) || core.ends_with("()");
    match language {
        Language::Python => has_code,
        Language::Rust => {
            has_code
                || core.contains("::")
                || core.contains(['<', '>', '[', ']', '#', '&', '='])
                || is_camel_case(core)
        }
    }
}

/// Words that clippy takes for identifiers by their capitals.
fn is_camel_case(word: &str) -> bool {
    word.split(['.', '-', '/']).any(|part| {
        let part = part.strip_suffix('s').unwrap_or(part);
        part.chars().filter(|c| c.is_uppercase()).nth(1).is_some()
            && part.chars().any(char::is_lowercase)
    })
}

#[cfg(test)]
mod tests {
    use super::markup;
    use crate::docstring::Language;

    #[test]
    fn code_stands_in_literals_that_end() {
        let check = |before: &str, python: &str, rust: &str| {
            assert_eq!(markup(before, Language::Python), python);
            assert_eq!(markup(before, Language::Rust), rust);
        };
        check("Call `f` or `g()`.", "Call ``f`` or ``g()``.", "Call `f` or `g()`.");
        check("Call `f`().", "Call ``f()``.", "Call `f()`.");
        check("Has a `f()`() method.", "Has a ``f()`` method.", "Has a `f()` method.");
        check("Returns `(a, b)`().", "Returns ``(a, b)`` ().", "Returns `(a, b)` ().");
        check("The `a`s and `b`[0].", "The ``a`` s and ``b`` [0].", "The `a` s and `b` `[0]`.");
        // A backtick in one paragraph does not close another's.
        check("A `L\n\nin `x` 3.", "A 'L\n\nin ``x`` 3.", "A 'L\n\nin `x` 3.");
        check("A `L\n \t\nin `x` 3.", "A 'L\n \t\nin ``x`` 3.", "A 'L\n \t\nin `x` 3.");
        check("The ```f``` is.", "The ``f`` is.", "The `f` is.");
        check("The `a``b` c.", "The ``a''b`` c.", "The `a''b` c.");
        check("The ``a`b`` c.", "The ``a`b`` c.", "The ``a`b`` c.");
        check("The `a````b`` c.", "The 'a''''b'' c.", "The 'a''''b'' c.");
        check("The ```f\n g``` is.", "The f\n g is.", "The f\n g is.");
        check("```\na\n\nb\n```", "```\na\n\nb\n```", "```\na\n\nb\n```");
    }
}
