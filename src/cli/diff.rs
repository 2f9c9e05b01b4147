//! A unified diff, for patch and for people.

use std::io;
use std::path::Path;

use similar::{ChangeTag, TextDiff};

use super::Output;
use super::output::{is_unsafe, plain};

/// Writes a unified diff of bytes: what is not UTF-8 is printed as it is.
pub(super) fn diff(out: &mut Output, path: &Path, before: &[u8], after: &[u8]) -> io::Result<()> {
    let name = plain(&path.to_string_lossy()).into_owned();
    let name = name.trim_start_matches('/').replace('\\', "/");
    line(out, "1", format!("--- a/{name}\n+++ b/{name}\n").as_bytes())?;
    let diff = TextDiff::from_lines(before, after);
    let mut unified = diff.unified_diff();
    for hunk in unified.context_radius(3).iter_hunks() {
        line(out, "36", format!("{}\n", hunk.header()).as_bytes())?;
        for change in hunk.iter_changes() {
            let (sign, color) = match change.tag() {
                ChangeTag::Delete => (b'-', "31"),
                ChangeTag::Insert => (b'+', "32"),
                ChangeTag::Equal => (b' ', ""),
            };
            let mut text = vec![sign];
            text.extend_from_slice(change.value());
            if change.missing_newline() {
                text.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
            line(out, color, &text)?;
        }
    }
    Ok(())
}

/// Writes part of a diff, which ends with a newline, in a colour; escaped for a terminal.
fn line(out: &mut Output, color: &str, bytes: &[u8]) -> io::Result<()> {
    let escaped;
    let bytes = if out.is_terminal {
        escaped = for_terminal(bytes);
        escaped.as_bytes()
    } else {
        bytes
    };
    if !out.is_colored || color.is_empty() {
        return out.bytes(bytes);
    }
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    out.bytes(format!("\x1b[{color}m").as_bytes())?;
    out.bytes(text)?;
    out.bytes(b"\x1b[0m\n")
}

fn for_terminal(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut out = String::with_capacity(text.len());
    for letter in text.replace("\r\n", "\n").chars() {
        if is_unsafe(letter) && letter != '\n' {
            out.extend(letter.escape_default());
        } else {
            out.push(letter);
        }
    }
    out
}
