//! The edit guard for Rust: the compiler's own lexer reads both texts.
//!
//! Everything but white space and doc comments must be the same, plain comments
//! included, and a doc comment that is new must have its lines to itself.

use std::collections::HashSet;
use std::ops::Range;

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, strip_shebang, tokenize};

use crate::syntax::Violation;

const BOM: char = '\u{feff}';

/// Proves that `after` is `before` but for doc comments.
pub(super) fn same_code(before: &str, after: &str) -> Result<(), Violation> {
    let (before, after) = (beginning(before)?, beginning(after)?);
    if before.0 != after.0 {
        return Err(Violation::new("the first line would change"));
    }
    let (before, after) = (before.1, after.1);
    let (mut old, mut new) = (tokens(before), tokens(after));
    loop {
        let (old_docs, old_token) = next(&mut old);
        let (new_docs, new_token) = next(&mut new);
        check_docs((before, &old_docs), (after, &new_docs))?;
        let (left, right) = (slice(before, old_token.as_ref()), slice(after, new_token.as_ref()));
        if left != right {
            return Err(Violation::new(format!("{} would become {}", shown(left), shown(right))));
        }
        if left.is_none() {
            return Ok(());
        }
    }
}

/// The byte order mark and shebang, and what follows them.
fn beginning(text: &str) -> Result<(&str, &str), Violation> {
    if u32::try_from(text.len()).is_err() {
        return Err(Violation::new("the file is too large"));
    }
    let body = text.strip_prefix(BOM).unwrap_or(text);
    let skipped = text.len() - body.len() + strip_shebang(body).unwrap_or(0);
    Ok(text.split_at_checked(skipped).unwrap_or(("", text)))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Code,
    Doc { is_closed: bool },
    Space,
}

fn tokens(text: &str) -> impl Iterator<Item = (Class, Range<usize>)> + '_ {
    let mut at = 0;
    tokenize(text, FrontmatterAllowed::Yes).map(move |token| {
        let start = at;
        at += token.len as usize;
        let class = match token.kind {
            TokenKind::Whitespace => Class::Space,
            TokenKind::LineComment { doc_style: Some(_) } => Class::Doc { is_closed: true },
            TokenKind::BlockComment { doc_style: Some(_), terminated } => {
                Class::Doc { is_closed: terminated }
            }
            _ => Class::Code,
        };
        (class, start..at)
    })
}

/// A doc comment: whether it is closed, and where it stands.
type Doc = (bool, Range<usize>);

/// The next token of code and the doc comments in front of it.
fn next(
    tokens: &mut impl Iterator<Item = (Class, Range<usize>)>,
) -> (Vec<Doc>, Option<Range<usize>>) {
    let mut docs = Vec::new();
    for (class, range) in tokens {
        match class {
            Class::Code => return (docs, Some(range)),
            Class::Doc { is_closed } => docs.push((is_closed, range)),
            Class::Space => {}
        }
    }
    (docs, None)
}

/// A text, and doc comments in it.
type Docs<'a> = (&'a str, &'a [Doc]);

fn texts(docs: Docs<'_>) -> impl Iterator<Item = Option<&str>> {
    docs.1.iter().map(move |(_, range)| docs.0.get(range.clone()))
}

/// New doc comments are closed, stand on lines of their own, and are no code in disguise.
fn check_docs(old: Docs<'_>, new: Docs<'_>) -> Result<(), Violation> {
    if new.1.is_empty() || texts(old).eq(texts(new)) {
        return Ok(());
    }
    let known: HashSet<&str> =
        old.1.iter().filter_map(|(_, range)| old.0.get(range.clone())).collect();
    for (is_closed, range) in new.1 {
        let doc = new.0.get(range.clone()).unwrap_or_default();
        if known.contains(doc) {
            continue;
        }
        let before = new.0.get(..range.start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let after = new.0.get(range.end..).unwrap_or_default();
        let starts_line = line.trim_matches(BOM).trim().is_empty();
        let ends_line = after.is_empty() || after.starts_with(['\n', '\r']);
        if !is_closed || !starts_line || !ends_line {
            return Err(Violation::new("a doc comment would share its line with code"));
        }
        if doc.contains('\r') && doc.trim_end_matches('\r').replace("\r\n", "").contains('\r') {
            return Err(Violation::new("a doc comment would hold a bare carriage return"));
        }
    }
    Ok(())
}

fn slice<'a>(text: &'a str, range: Option<&Range<usize>>) -> Option<&'a str> {
    range.and_then(|range| text.get(range.clone()))
}

fn shown(token: Option<&str>) -> String {
    match token {
        None => "the end of the file".to_owned(),
        Some(text) => {
            let cut: String = text.chars().take(40).collect();
            format!("{cut:?}")
        }
    }
}
