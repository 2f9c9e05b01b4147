//! How deep the syntax tree of a text can be, before anything recurses over it.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Deepest syntax tree that may be compared and dropped by recursion.
pub(super) const DEEPEST: usize = 100;

/// What is known of one bracket (or the statement itself) while its tokens pass.
#[derive(Default)]
struct Level {
    /// Operators, attributes and calls since the last comma: each may nest the others.
    operators: usize,
    /// `lambda`: commas between its parameters do not end it.
    lambdas: usize,
    /// The deepest bracket since the last comma.
    inner: usize,
    /// The deepest element so far.
    deepest: usize,
    /// The text of an f-string, where replacement fields stand side by side.
    text: bool,
}

impl Level {
    fn end_element(&mut self) {
        self.deepest = self.deepest.max(self.operators + self.inner);
        (self.operators, self.inner) = (0, 0);
    }

    fn depth(mut self) -> usize {
        self.end_element();
        self.deepest + self.lambdas
    }
}

/// An upper bound of the depth of the syntax tree, from the lexer, which does not recurse.
pub(super) fn depth(text: &str) -> usize {
    let mut lexer = lexer::lex(text, Mode::Module);
    let (mut deepest, mut indentation) = (0, 0usize);
    let mut outer: Vec<Level> = Vec::new();
    let mut level = Level::default();
    loop {
        match lexer.next_token() {
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                level.operators += usize::from(!level.text);
                outer.push(std::mem::take(&mut level));
                level.text = false;
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if let Some(parent) = outer.pop() {
                    let child = std::mem::replace(&mut level, parent).depth() + 1;
                    level.inner = level.inner.max(child);
                }
            }
            TokenKind::Comma => level.end_element(),
            TokenKind::Lambda => level.lambdas += 1,
            end @ (TokenKind::Newline | TokenKind::Semi | TokenKind::EndOfFile) => {
                // Brackets that stay open belong to a syntax error: count them all.
                while let Some(parent) = outer.pop() {
                    let child = std::mem::replace(&mut level, parent).depth() + 1;
                    level.inner = level.inner.max(child);
                }
                deepest = deepest.max(std::mem::take(&mut level).depth() + indentation);
                if end == TokenKind::EndOfFile {
                    return deepest;
                }
            }
            TokenKind::Indent => indentation += 1,
            TokenKind::Dedent => indentation = indentation.saturating_sub(1),
            TokenKind::FStringMiddle | TokenKind::TStringMiddle => level.text = true,
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::Comment
            | TokenKind::Colon
            | TokenKind::NonLogicalNewline => {}
            _ => level.operators += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn depth_is_bounded_by_elements() {
        let flat = format!("x = [{}]\n", "f(a.b, -1), ".repeat(5000));
        assert!(depth(&flat) < 12);
        let text = format!("x = f'{}'\n", "{a.b} ".repeat(500));
        assert!(depth(&text) < 12);
    }
}
