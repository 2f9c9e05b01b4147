//! A docstring's literal: its prefix, its quotes and what is between them.

use crate::syntax::Violation;

/// One string literal as it is spelled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quoted<'a> {
    /// Prefix and quotes.
    pub(super) opening: &'a str,
    pub(super) quotes: &'static str,
    /// Between the quotes.
    pub(super) inner: &'a str,
    /// Whether a backslash is a backslash.
    pub(super) is_raw: bool,
}

impl<'a> Quoted<'a> {
    /// # Errors
    ///
    /// When it is not one literal, or one of bytes or with code in it.
    pub(super) fn read(literal: &'a str) -> Result<Self, Violation> {
        let behind = literal.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let prefix = literal.get(..literal.len() - behind.len()).unwrap_or_default();
        if !matches!(prefix, "" | "r" | "R" | "u" | "U") {
            return Err(Violation::new("the docstring is not a plain string"));
        }
        let parts = ["\"\"\"", "'''", "\"", "'"].into_iter().find_map(|quotes| {
            let inner = behind.strip_prefix(quotes)?.strip_suffix(quotes)?;
            Some((quotes, inner))
        });
        let Some((quotes, inner)) = parts else {
            return Err(Violation::new("the docstring is not a single literal"));
        };
        if closes_early(inner, quotes) {
            return Err(Violation::new("the docstring is put together from several literals"));
        }
        let opening = literal.get(..prefix.len() + quotes.len()).unwrap_or_default();
        let is_raw = prefix.eq_ignore_ascii_case("r");
        Ok(Self { opening, quotes, inner, is_raw })
    }
}

/// Whether the quotes that close stand inside: then there are several literals, or it ends
/// elsewhere.
fn closes_early(inner: &str, quotes: &str) -> bool {
    let mut rest = inner;
    while let Some(at) = rest.find(['\\', '"', '\'']) {
        let tail = rest.get(at..).unwrap_or_default();
        if tail.starts_with(quotes) {
            return true;
        }
        // In a raw literal too, a backslash keeps a quote from closing.
        let is_escape = tail.starts_with('\\');
        let length = if is_escape { 1 + tail.chars().nth(1).map_or(0, char::len_utf8) } else { 1 };
        rest = tail.get(length..).unwrap_or_default();
    }
    false
}
