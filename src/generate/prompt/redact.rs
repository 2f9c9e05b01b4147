//! Secrets are cut out of source before anything is sent.
//!
//! Found are: blocks of private keys, passwords in addresses, tokens with a known
//! prefix, literals that are given to a name such as `API_KEY` or `password`, and
//! literals that look drawn at random. What code needs to be understood stays: names,
//! hashes in hexadecimal, identifiers, paths, alphabets.
//!
//! Every scan is linear in the text, whatever it holds.

mod entropy;
mod names;
mod tokens;

use std::collections::BTreeSet;
use std::ops::Range;

use names::{Trust, trust};

/// What stands in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// Values are looked for in other texts up to this number and from this length on.
const VALUES: usize = 64;
const SHORTEST_VALUE: usize = 6;

/// The text without its secrets, and how many there were.
pub fn redact(text: &str) -> (String, usize) {
    let found = secrets(text);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for secret in &found {
        out.push_str(text.get(done..secret.start).unwrap_or_default());
        out.push_str(REDACTED);
        done = secret.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    (out, found.len())
}

/// The secrets of a file, and its parts without them.
pub(super) struct Redactor<'a> {
    text: &'a str,
    secrets: Vec<Range<usize>>,
    /// Those that are looked for in other texts.
    values: Vec<&'a str>,
}

/// A text without secrets, and the secrets that were in it.
#[derive(Clone, Debug, Default)]
pub(super) struct Clean {
    pub(super) text: String,
    pub(super) secrets: BTreeSet<String>,
}

impl<'a> Redactor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self::knowing(text, secrets(text))
    }

    /// The same when the secrets are known.
    pub(super) fn knowing(text: &'a str, secrets: Vec<Range<usize>>) -> Self {
        let values = secrets.iter().filter_map(|secret| text.get(secret.clone()));
        let values = values.filter(|value| value.len() >= SHORTEST_VALUE).take(VALUES).collect();
        Self { text, secrets, values }
    }

    /// Where the secrets stand.
    pub(super) fn found(self) -> Vec<Range<usize>> {
        self.secrets
    }

    /// A part of the file. A secret that begins or ends outside of it is found, too.
    pub(super) fn slice(&self, range: Range<usize>) -> Clean {
        let mut clean = Clean::default();
        let mut done = range.start;
        let first = self.secrets.partition_point(|secret| secret.end <= range.start);
        for secret in self.secrets.iter().skip(first).take_while(|s| s.start < range.end) {
            let start = secret.start.max(range.start);
            clean.text.push_str(self.text.get(done..start).unwrap_or_default());
            clean.text.push_str(REDACTED);
            clean.secrets.insert(self.text.get(secret.clone()).unwrap_or_default().to_owned());
            done = secret.end.min(range.end);
        }
        clean.text.push_str(self.text.get(done..range.end).unwrap_or_default());
        clean
    }

    /// A text that was made from the file: a condition, a message, a docstring without
    /// its indentation.
    pub(super) fn text(&self, text: &str) -> Clean {
        let mut clean = Clean::default();
        let mut done = 0;
        for secret in secrets(text) {
            clean.text.push_str(text.get(done..secret.start).unwrap_or_default());
            clean.text.push_str(REDACTED);
            clean.secrets.insert(text.get(secret.clone()).unwrap_or_default().to_owned());
            done = secret.end;
        }
        clean.text.push_str(text.get(done..).unwrap_or_default());
        for value in &self.values {
            if clean.text.contains(value) {
                clean.text = clean.text.replace(value, REDACTED);
                clean.secrets.insert((*value).to_owned());
            }
        }
        clean
    }

    /// A value that stands apart from the name it is given to, such as a default.
    pub(super) fn value(&self, name: &str, value: &str) -> Clean {
        let head = format!("{name} = ");
        let mut clean = self.text(&[head.as_str(), value].concat());
        clean.text = clean.text.strip_prefix(&head).unwrap_or(REDACTED).to_owned();
        clean
    }
}

/// The byte ranges of the secrets in `text`, in order and apart from each other.
fn secrets(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    key_blocks(text, &mut found);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_worth_a_look(line) {
            line_secrets(line, at, &mut found);
        }
        at += line.len();
    }
    found.sort_by_key(|secret| (secret.start, secret.end));
    let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
    for secret in found {
        match apart.last_mut() {
            Some(last) if secret.start < last.end => last.end = last.end.max(secret.end),
            _ => apart.push(secret),
        }
    }
    apart
}

/// Most lines of code hold neither a literal nor an assignment nor an address.
fn is_worth_a_look(line: &str) -> bool {
    line.len() > 8
        && line.bytes().any(|byte| matches!(byte, b'"' | b'\'' | b'=' | b'/' | b'_' | b'-' | b'.'))
        || line.len() > 20
}

/// `-----BEGIN … PRIVATE KEY-----` and what follows, if it is a key and not a mention of one.
fn key_blocks(text: &str, found: &mut Vec<Range<usize>>) {
    const DASHES: &str = "-----";
    let marks: Vec<usize> = text.match_indices(DASHES).map(|(at, _)| at).collect();
    let mut index = 0;
    while let Some(start) = marks.get(index).copied() {
        index += 1;
        let Some(close) = marks.get(index).copied() else { break };
        let label = text.get(start..close).unwrap_or_default();
        if !label.starts_with("-----BEGIN ") || !label.ends_with("PRIVATE KEY") || label.len() > 64
        {
            continue;
        }
        index += 1;
        let body_start = close + DASHES.len();
        let body_end = marks.get(index).copied().unwrap_or(text.len());
        let body = text.get(body_start..body_end).unwrap_or_default();
        let letters = body.bytes().filter(u8::is_ascii_alphanumeric).count();
        let spaces = body.bytes().filter(|byte| matches!(byte, b' ' | b',' | b':')).count();
        if letters < 40 || spaces * 4 > letters {
            continue;
        }
        found.push(body_start..body_end);
    }
}

/// A literal of one line: where its content stands.
struct Literal {
    content: Range<usize>,
    /// Where its opening quote stands.
    open: usize,
}

/// The literals of a line, as well as one line shows them.
fn literals(line: &str) -> Vec<Literal> {
    let bytes = line.as_bytes();
    let mut found = Vec::new();
    let mut unclosed = [false; 2];
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let kind = match byte {
            b'"' => 0,
            b'\'' => 1,
            b'\\' => {
                at += 2;
                continue;
            }
            _ => {
                at += 1;
                continue;
            }
        };
        if unclosed.get(kind) == Some(&true) {
            at += 1;
            continue;
        }
        let mut end = at + 1;
        while let Some(inner) = bytes.get(end) {
            match inner {
                b'\\' => end += 2,
                inner if inner == byte => break,
                _ => end += 1,
            }
        }
        if bytes.get(end).is_none() {
            // Nothing closes it: an apostrophe, or a literal of several lines.
            if let Some(flag) = unclosed.get_mut(kind) {
                *flag = true;
            }
            at += 1;
            continue;
        }
        found.push(Literal { content: at + 1..end, open: at });
        at = end + 1;
    }
    found
}

fn line_secrets(line: &str, offset: usize, found: &mut Vec<Range<usize>>) {
    let mut push = |range: Range<usize>| found.push(range.start + offset..range.end + offset);
    tokens::prefixed(line, &mut push);
    tokens::addresses(line, &mut push);
    tokens::unquoted(line, &mut push);
    let mut before: Option<(&str, bool)> = None;
    for literal in literals(line) {
        let Some(content) = line.get(literal.content.clone()) else { continue };
        let head = line.get(..literal.open).unwrap_or_default();
        let name = assigned_name(head, before);
        let is_secret = name.map_or(Trust::None, trust).holds(content)
            || content.len() >= entropy::SHORTEST && entropy::is_random(content);
        if is_secret && !content.contains(REDACTED) {
            // The scheme of an `Authorization` header is no secret.
            let scheme = ["Bearer ", "Basic ", "bearer ", "token "];
            let skip = scheme.iter().find(|scheme| content.starts_with(*scheme));
            push(literal.content.start + skip.map_or(0, |s| s.len())..literal.content.end);
        }
        before = Some((content, head.ends_with('(')));
    }
}

/// The name that a literal is given to; `head` is what precedes it in its line,
/// `before` the literal before it, and whether it is the first argument of a call.
fn assigned_name<'a>(head: &'a str, before: Option<(&'a str, bool)>) -> Option<&'a str> {
    // Far enough for a name and its type; so that a long line takes no square of its length.
    let mut cut = head.len().saturating_sub(120);
    while !head.is_char_boundary(cut) {
        cut += 1;
    }
    let head = head.get(cut..)?.trim_end_matches(['b', 'r', 'f', 'u', 'B', 'R', 'F', 'U', '#']);
    let head = head.trim_end();
    let before_it = |head: &str| head.ends_with(['"', '\'']).then_some(before).flatten();
    let last_string = |head: &str| before_it(head).map(|(content, _)| content);
    if let Some(rest) = head.strip_suffix(',') {
        // `setdefault("API_KEY", "…")`, but not the names of a list.
        let first = before_it(rest.trim_end()).filter(|(content, is_first)| {
            let is_constant = !content.bytes().any(|byte| byte.is_ascii_lowercase());
            *is_first && is_constant
        });
        return first.map(|(content, _)| content);
    }
    if let Some(rest) = head.strip_suffix('(') {
        return trailing_name(rest);
    }
    if let Some(rest) = head.strip_suffix(':').filter(|rest| !rest.ends_with(':')) {
        let rest = rest.trim_end();
        return last_string(rest).or_else(|| trailing_name(rest));
    }
    let rest = head.strip_suffix("=>").or_else(|| head.strip_suffix('='))?;
    let rest = rest.trim_end_matches(['=', '!', ':', '+', '|', '?']).trim_end();
    let rest = rest.strip_suffix(']').unwrap_or(rest);
    if let Some(name) = last_string(rest) {
        return Some(name);
    }
    // `NAME: &'static str = "…"`.
    let typed = rest
        .rsplit_once(':')
        .filter(|(name, ty)| !name.ends_with(':') && !ty.contains(['=', ',', '(', ')', '{', '"']));
    match typed {
        Some((name, _)) => trailing_name(name.trim_end()),
        None => trailing_name(rest),
    }
}

/// The identifier at the end of `text`.
fn trailing_name(text: &str) -> Option<&str> {
    let start = text
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | '-'))
        .last()
        .map(|(at, _)| at)?;
    text.get(start..)
}

#[cfg(test)]
mod tests;
