//! The edit guard for the common case: new docstrings at the start of bodies.
//!
//! Why no trees need to be compared. The tokens of the text before say where a body begins and
//! that nothing but comments and blank lines stands between there and the line above.
//! A string literal on a line of its own, indented like the body's first statement, is
//! read there as one more statement, and leaves the lexer in the state in which it found
//! it, so that all other tokens stay what they were. A body beside its header moves to a
//! line of its own, indented deeper than the header, which makes a block of the same
//! statements. Whatever is not exactly so is left to the comparison of two trees.

use std::ops::Range;

use ruff_python_ast::ModModule;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_parser::{Mode, Parsed, lexer, parse_module};
use ruff_text_size::Ranged;

use super::guard::{docstring, undocumented};
use crate::docstring::Edit;

/// Whether each of `edits` puts a docstring into a body that has none.
///
/// `false` says nothing: the edits may still be harmless.
pub(super) fn are_docstrings(text: &str, parsed: &Parsed<ModModule>, edits: &[Edit]) -> bool {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut bodies = Vec::new();
    if !edits.is_empty() {
        undocumented(&parsed.syntax().body, true, &mut bodies);
    }
    let mut bodies = bodies.into_iter();
    let tokens: &[Token] = parsed.tokens();
    edits.into_iter().all(|edit| {
        // The first body behind the edit; it is used up, so that none gets two docstrings.
        let Some(body) = bodies.find(|body| *body >= edit.range.end) else { return false };
        is_docstring(text, tokens, body, edit).unwrap_or(false)
    })
}

/// Whether `edit` puts a docstring in front of the statement at `body`.
fn is_docstring(text: &str, tokens: &[Token], body: usize, edit: &Edit) -> Option<bool> {
    let first = tokens.partition_point(|token| token.range().start().to_usize() < body);
    let tokens = tokens.get(..first)?;
    let above = tokens.iter().rev().find(|token| !is_blank(token.kind()));
    let end = above.map_or(0, |token| token.range().end().to_usize());
    // A line continuation, a form feed or a byte order mark hides where a line begins.
    if end > edit.range.start || text.get(end..body)?.contains(['\\', '\x0c', '\u{feff}']) {
        return Some(false);
    }
    match above.map(Token::kind) {
        Some(TokenKind::Colon) => {
            let header = header_indent(text, tokens)?;
            Some(edit.range == (end..body) && is_split(&edit.text, header))
        }
        None | Some(TokenKind::Newline) => {
            let indent = text.get(line_start(text, body)..body)?;
            let literal = edit.text.strip_prefix(indent)?;
            Some(
                edit.range.is_empty()
                    && is_indent(indent)
                    && above.is_some() != indent.is_empty()
                    && is_line_start(text, &edit.range)
                    && is_literal_line(literal),
            )
        }
        Some(_) => Some(false),
    }
}

/// Tokens that may stand between a header and its body.
fn is_blank(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Comment | TokenKind::NonLogicalNewline | TokenKind::Indent)
}

fn is_indent(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t'))
}

fn line_start(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|head| head.rfind(['\n', '\r'])).map_or(0, |newline| newline + 1)
}

/// Whether a line begins here, and no `\r\n` would be torn.
fn is_line_start(text: &str, at: &Range<usize>) -> bool {
    let (Some(head), Some(tail)) = (text.get(..at.start), text.get(at.start..)) else {
        return false;
    };
    head.is_empty() || head.ends_with('\n') || head.ends_with('\r') && !tail.starts_with('\n')
}

/// The indentation of the header whose colon is the last of `tokens`.
fn header_indent<'a>(text: &'a str, tokens: &[Token]) -> Option<&'a str> {
    let keyword = tokens
        .iter()
        .rev()
        .find(|token| matches!(token.kind(), TokenKind::Def | TokenKind::Class))?;
    let head = text.get(..keyword.range().start().to_usize())?;
    let (above, line) = head.split_at_checked(line_start(head, head.len()))?;
    let indent = line.strip_suffix("async ").unwrap_or(line);
    let is_whole = !above.trim_end_matches(['\n', '\r']).ends_with('\\');
    (is_whole && is_indent(indent)).then_some(indent)
}

/// Whether `text` ends the header's line and begins the body's, a docstring between them.
fn is_split(text: &str, header: &str) -> bool {
    let Some(text) = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n')) else {
        return false;
    };
    let literal = text.trim_start_matches([' ', '\t']);
    let indent = text.get(..text.len() - literal.len()).unwrap_or("");
    let is_deeper = indent.strip_prefix(header).is_some_and(|step| !step.is_empty());
    is_deeper && literal.strip_suffix(indent).is_some_and(is_literal_line)
}

/// Whether `line` is a string literal that can be a docstring, and the end of its line.
fn is_literal_line(line: &str) -> bool {
    let quotes = line.strip_prefix(['r', 'R', 'u', 'U']).unwrap_or(line);
    if !quotes.starts_with(['"', '\'']) || !line.ends_with('\n') {
        return false;
    }
    let mut lexer = lexer::lex(line, Mode::Module);
    if lexer.next_token() != TokenKind::String || lexer.next_token() != TokenKind::Newline {
        return false;
    }
    let end = loop {
        let kind = lexer.next_token();
        if kind != TokenKind::NonLogicalNewline {
            break kind;
        }
    };
    end == TokenKind::EndOfFile && is_closed(line)
}

/// Whether the literal ends and its escapes mean something, which its token does not say.
/// (A single token does not nest: it can be parsed.)
fn is_closed(line: &str) -> bool {
    parse_module(line).is_ok_and(|module| docstring(&module.syntax().body).is_some())
}

#[cfg(test)]
mod tests {
    use ruff_python_parser::parse_module;

    use super::are_docstrings;
    use crate::docstring::{Edit, apply};
    use crate::syntax::python::guard::same_code;

    /// Whether an insertion at `|` is admitted without a second tree.
    fn check(marked: &str, text: &str, expected: bool) {
        check_edit(marked, 0, text, expected);
    }

    /// As [`check`], for an edit that replaces `length` bytes.
    fn check_edit(marked: &str, length: usize, text: &str, expected: bool) {
        let at = marked.find('|').unwrap();
        let before = marked.replacen('|', "", 1);
        let edit = Edit { range: at..at + length, text: text.to_owned() };
        let parsed = parse_module(&before).unwrap();
        let found = are_docstrings(&before, &parsed, std::slice::from_ref(&edit));
        assert_eq!(found, expected, "{marked:?} {text:?}");
        let after = apply(&before, &[edit]).unwrap();
        assert!(!found || same_code(&before, &after).is_ok(), "{before:?} {after:?}");
    }

    #[test]
    fn admits_new_docstrings() {
        check("|x = 1\n", "'''M.'''\n\n", true);
        check("# c\n\n|def f(): pass\n", "'M.'\n", true);
        check("def f():\n|    x\n", "    'D.'\n", true);
        check("def f():\n|    # c\n    x\n", "    'D.'\n\n", true);
        check("def f():  # c\r\n|    x\r\n", "    '''D.\r\n    '''\r\n", true);
        check("@d\nclass A(B):\n|\t@d\n\tdef f(): pass\n", "\tr'\\d'\n", true);
        check("if x:\n    async def f(\n  a):\n|        x\n", "        'D\\n.'\n", true);
        check_edit("def f():| x; y\n", 1, "\n    'D.'\n    ", true);
        check_edit(
            "if 1:\n  class A: \\\n    pass\n  async def f(a)->lambda: 1:|pass\nz\n",
            0,
            "\n    'D.'\n    ",
            true,
        );
    }

    #[test]
    fn admits_several_at_once() {
        let text = "def f():\n  if x: y\n  def g():  z\n";
        let edits = [(29..31, "\n   'G.'\n\n   "), (9..9, "  'F.'\n"), (0..0, "'M.'\n")];
        let edits = edits.map(|(range, text)| Edit { range, text: text.to_owned() });
        assert!(are_docstrings(text, &parse_module(text).unwrap(), &edits));
        assert_eq!(same_code(text, &apply(text, &edits).unwrap()), Ok(()));
    }

    #[test]
    fn leaves_other_texts_to_the_comparison() {
        for text in [
            "",
            "    'D.'",
            "    'D.' + x\n",
            "    f'D.'\n",
            "    b'D.'\n",
            "    'D.'; x\n",
            "    'D.'\n    x\n",
            "    'a' 'b'\n",
            "  'D.'\n",
            "        'D.'\n",
            "    'D.'  # c\n",
            "    'D.\n",
            "    '\\N{no}'\n",
            "    ('D.')\n",
            "    'D.'\r",
            "    '''D.'''\n    '''\n",
            "\n    'D.'\n",
            "    'D.' \\\n",
        ] {
            check("def f():\n|    x\n", text, false);
        }
        check_edit("def f():| x\n", 1, "\n'D.'\n", false);
        check_edit("def f():| x\n", 1, "\n    'D.'\n  ", false);
        check_edit("if 1:\n  def f():| x\n", 1, "\n  'D.'\n  ", false);
    }

    #[test]
    fn leaves_other_places_to_the_comparison() {
        check("if a:\n|    x\n", "    'D.'\n", false);
        check("for a in b:\n|    x\n", "    'D.'\n", false);
        check("def f():\n    x\n|    y\n", "    'D.'\n", false);
        check("def f():\n|    'Old.'\n", "    'D.'\n", false);
        check("def f():\n    |x\n", "    'D.'\n", false);
        check("def f(|):\n    x\n", "    'D.'\n", false);
        check("def f():\n# |c\n    x\n", "    'D.'\n", false);
        check("def f():\r|\n    x\n", "    'D.'\n", false);
        check("def f():\n\\\n|    x\n", "    'D.'\n", false);
        check("x = 1\n|y = 1\n", "'D.'\n", false);
        check("|\u{feff}x = 1\n", "'D.'\n", false);
        check_edit("if a:| x\n", 1, "\n    'D.'\n    ", false);
        check_edit("def f():\n|    x\n", 4, "    'D.'\n", false);
        check_edit("if 1:\n        \\\n  def f():| x\n", 1, "\n    'D.'\n    ", false);
        let text = "def f():\n    def g():\n        x\n";
        let twice =
            ["    'A.'\n", "    'B.'\n"].map(|text| Edit { range: 9..9, text: text.into() });
        assert!(!are_docstrings(text, &parse_module(text).unwrap(), &twice));
    }
}
