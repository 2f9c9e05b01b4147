//! Text for people and pipes. A closed pipe ends a command quietly.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use super::Color;

/// Buffered standard output.
pub(super) struct Output {
    out: BufWriter<StdoutLock<'static>>,
    /// Whether to use colours.
    pub(super) is_colored: bool,
    /// Whether a person looks at it.
    pub(super) is_terminal: bool,
}

impl Output {
    pub(super) fn new(color: Color, env: &HashMap<String, String>) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let says = |name: &str| env.get(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env.get("TERM").is_some_and(|term| term == "dumb");
        let is_colored = match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => is_terminal && !says("NO_COLOR") && !is_dumb,
        };
        Self { out: BufWriter::new(io::stdout().lock()), is_colored, is_terminal }
    }

    /// Writes bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Writes a line.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a line to stderr; nobody can be told when that fails.
pub(super) fn complain(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Whether the reader of our output went away.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// `text` without anything that could drive a terminal or reorder what is read:
/// control, bidirectional and invisible characters are escaped.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return text.into();
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_unsafe(letter) {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out.into()
}

/// Whether a character must not reach a terminal (tabs are harmless).
pub(super) fn is_unsafe(letter: char) -> bool {
    (letter.is_control() && letter != '\t')
        || matches!(letter,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn escapes_what_drives_a_terminal() {
        assert_eq!(plain("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
        assert_eq!(plain("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(plain("größe\tλ"), "größe\tλ");
    }
}
