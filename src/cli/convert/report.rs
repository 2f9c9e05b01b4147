//! What is printed: a diff, a list or JSON lines on stdout; what was refused and a summary
//! on stderr.

use std::io;
use std::path::Path;
use std::time::Instant;

use serde::Serialize;

use super::super::Output;
use super::super::diff::diff;
use super::super::output::{complain, plain};
use super::super::state::State;
use super::file::Converted;
use crate::generate::{Conversion, Failure};

/// What stdout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A unified diff.
    Diff,
    /// One line for each docstring that would be converted.
    List,
    /// One object for each docstring.
    Json,
    /// Nothing.
    Nothing,
}

/// Prints results and counts them.
pub(super) struct Reporter {
    out: Output,
    format: Format,
    to: &'static str,
    is_quiet: bool,
    is_verbose: bool,
    started: Instant,
    files: usize,
    changed: usize,
    converted: usize,
    skipped: usize,
    failures: usize,
    /// Docstrings that would lose something, told at the end.
    refusals: Vec<String>,
}

/// One line of `--output-format json`: as those of `generate`, where they apply.
#[derive(Serialize)]
struct Row<'a> {
    path: &'a str,
    symbol: &'a str,
    kind: &'a str,
    line: usize,
    /// The style that it was written in.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    style: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    docstring: Option<&'a str>,
}

impl Reporter {
    pub(super) fn new(
        out: Output,
        format: Format,
        to: &'static str,
        is_quiet: bool,
        is_verbose: bool,
    ) -> Self {
        Self {
            out,
            format,
            to,
            is_quiet,
            is_verbose,
            started: Instant::now(),
            files: 0,
            changed: 0,
            converted: 0,
            skipped: 0,
            failures: 0,
            refusals: Vec::new(),
        }
    }

    /// Files that something is wrong with.
    pub(super) fn failures(&self) -> usize {
        self.failures
    }

    /// Docstrings that were, or would be, converted.
    pub(super) fn converted(&self) -> usize {
        self.converted
    }

    pub(super) fn prints_to_terminal(&self) -> bool {
        self.out.is_terminal && self.format != Format::Nothing
    }

    /// Writes bytes to stdout.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.bytes(bytes)
    }

    /// Reports what became of a file.
    pub(super) fn add(&mut self, path: &Path, state: &State<Converted>) -> io::Result<()> {
        self.files += 1;
        let shown = plain(&path.to_string_lossy()).into_owned();
        match state {
            State::Skipped(reason) => {
                self.skipped += 1;
                if self.is_verbose {
                    complain(&format!("{shown}: skipped: {}", plain(reason)));
                }
                self.file_line(path, "skipped", reason)
            }
            State::Failed(reason) => {
                self.failures += 1;
                complain(&format!("{shown}: {}", plain(reason)));
                self.file_line(path, "failed", reason)
            }
            State::Done(Converted { conversions, before, after }) => {
                for conversion in conversions {
                    self.conversion(path, &shown, conversion)?;
                }
                let Some(after) = after else { return Ok(()) };
                self.changed += 1;
                if self.format == Format::Diff {
                    diff(&mut self.out, path, before, after)?;
                }
                Ok(())
            }
        }
    }

    fn conversion(&mut self, path: &Path, shown: &str, one: &Conversion) -> io::Result<()> {
        let (symbol, kind) = (one.path.to_string(), one.kind.id());
        let reason = one.result.as_ref().err().map(ToString::to_string);
        let (status, from, docstring) = match &one.result {
            Ok(converted) => {
                self.converted += 1;
                if self.format == Format::List {
                    let text = format!("{kind} {symbol} is written in {}", converted.from);
                    let text = format!("{shown}:{}: {}", one.line, plain(&text));
                    self.out.line(&text)?;
                }
                ("updated", Some(converted.from), Some(converted.text.as_str()))
            }
            Err(Failure::Skipped(skip)) => {
                if self.is_verbose {
                    let text = format!("{symbol}: {skip}");
                    complain(&format!("{shown}:{}: {}", one.line, plain(&text)));
                }
                ("unchanged", None, None)
            }
            Err(failure) => {
                let text = failure.to_string();
                // The line that is in the way says more than that of the symbol.
                let (line, text) = at_line(&text).unwrap_or((one.line, &text));
                let text = format!("{symbol}: {text}");
                self.refusals.push(format!("{shown}:{line}: {}", plain(&text)));
                ("failed", None, None)
            }
        };
        if self.format != Format::Json {
            return Ok(());
        }
        let path = path.to_string_lossy();
        self.json(&Row {
            path: &path,
            symbol: &symbol,
            kind,
            line: one.line,
            from,
            style: self.to,
            status,
            reason: reason.as_deref(),
            docstring,
        })
    }

    /// A whole file that was passed over, as the line of its module.
    fn file_line(&mut self, path: &Path, status: &str, reason: &str) -> io::Result<()> {
        if self.format != Format::Json {
            return Ok(());
        }
        self.json(&Row {
            path: &path.to_string_lossy(),
            symbol: "<module>",
            kind: "module",
            line: 1,
            from: None,
            style: self.to,
            status,
            reason: Some(reason),
            docstring: None,
        })
    }

    fn json(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.out.line(&serde_json::to_string(row)?)
    }

    /// Writes the rest and, unless quiet, what was refused and a summary to stderr.
    pub(super) fn finish(&mut self, is_done: bool) -> io::Result<()> {
        self.out.flush()?;
        if self.is_quiet {
            return Ok(());
        }
        for refusal in &self.refusals {
            complain(refusal);
        }
        let many =
            |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let mut parts = vec![format!(
            "{} {} {} in {} of {}",
            many(self.converted, "docstring"),
            if is_done { "converted to" } else { "to convert to" },
            self.to,
            self.changed,
            many(self.files, "file"),
        )];
        for (count, one, what) in [
            (self.refusals.len(), "docstring", "refused"),
            (self.skipped, "file", "skipped"),
            (self.failures, "file", "failed"),
        ] {
            if count > 0 {
                parts.push(format!("{} {what}", many(count, one)));
            }
        }
        let time = self.started.elapsed().as_secs_f64();
        complain(&format!("{} ({time:.2} s)", parts.join(", ")));
        Ok(())
    }
}

/// Line and reason of a refusal that names a line of the file.
fn at_line(text: &str) -> Option<(usize, &str)> {
    let (line, reason) = text.strip_prefix("line ")?.split_once(": ")?;
    Some((line.parse().ok()?, reason))
}
