//! Lays an existing docstring out in another style.
//!
//! Its lines stay as they are spelled in the source; only the notation of its sections
//! changes. What cannot be said in the other style without loss is refused.

use super::{Failure, Options, Skip};
use crate::docstring::{Edit, Language, Symbol, SymbolKind, SymbolPath};
use crate::style::{self, Layout, Obstacle};
use crate::syntax::Source;

/// A docstring in another style, proven to leave the code as it is.
#[derive(Clone, Debug)]
pub struct Converted {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// The style that it was written in.
    pub from: &'static str,
    /// The style that it is written in now.
    pub to: &'static str,
    /// The whole docstring as it is afterwards: no quotes or markers, no indentation.
    pub text: String,
    /// The change.
    pub edit: Edit,
}

/// Converts the docstring of `symbol` to the style of `options`.
///
/// # Errors
///
/// When it has none, is in that style already, or would lose something.
pub fn convert(source: &Source, symbol: &Symbol, options: &Options) -> Result<Converted, Failure> {
    let converted = unproven(source, symbol, options)?;
    source.verify(std::slice::from_ref(&converted.edit)).map_err(Failure::Guard)?;
    Ok(converted)
}

/// As [`convert`], without the proof that the code stays as it is.
fn unproven(source: &Source, symbol: &Symbol, options: &Options) -> Result<Converted, Failure> {
    let Some(existing) = &symbol.existing else {
        return Err(Failure::Skipped(Skip::Undocumented));
    };
    if symbol.language != Language::Python || options.style.language() != Language::Python {
        return Err(Failure::Unclear(format!(
            "{} has one style only",
            if symbol.language == Language::Rust { "Rust" } else { options.style.id() }
        )));
    }
    let to = options.style;
    let top = source.text().get(..existing.range.start).unwrap_or_default();
    let top = top.replace("\r\n", "\n").matches(['\n', '\r']).count() + 1;
    let from = style::written_in(&existing.text);
    let from = match from {
        Ok(Some(from)) if from.id() != to.id() => from,
        Ok(_) => return Err(Failure::Skipped(Skip::UpToDate)),
        Err(obstacle) => return Err(unclear(top, &obstacle.reason)),
    };
    let spelling = source.spelling(symbol).map_err(|violation| unclear(top, &violation.reason))?;
    let width = options.line_length.saturating_sub(symbol.slot.as_ref().map_or(0, |slot| {
        slot.indent.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>()
    }));
    let layout = Layout { width: width.max(40) };
    let names: Vec<String> =
        symbol.signature.params.iter().map(crate::docstring::Param::starred).collect();
    let write = |text: &str| style::transcribe(text, from, to, &names, layout);
    let at =
        |obstacle: Obstacle| unclear(top + spelling.first_line + obstacle.line, &obstacle.reason);
    let text = write(&spelling.text).map_err(at)?;
    let (edit, seen) = source.respelled(symbol, &spelling, &text).map_err(Failure::Guard)?;
    // What the escapes stand for must not be read otherwise than what is spelled.
    let wanted = if spelling.has_escapes { write(&existing.text).map_err(at)? } else { text };
    if !seen.split_whitespace().eq(wanted.split_whitespace()) {
        return Err(unclear(top, "its escapes mean something to the style"));
    }
    Ok(Converted {
        path: symbol.path.clone(),
        kind: symbol.kind,
        line: symbol.line,
        from: from.id(),
        to: to.id(),
        text: seen,
        edit,
    })
}

/// A refusal with the line of the file.
fn unclear(line: usize, reason: &str) -> Failure {
    Failure::Unclear(format!("line {line}: {reason}"))
}
