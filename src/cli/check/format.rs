//! How findings are printed.

mod full;
mod github;
mod gitlab;
mod json;
mod sarif;

use std::io;
use std::path::Path;

use clap::ValueEnum;

use super::super::Output;
use super::super::output::plain;
use super::row::Row;
use crate::generate::Severity;

/// How to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// The lines that are meant, with what is wrong underlined
    Full,
    /// One line for each finding
    Concise,
    /// An array of objects, in the shape of ruff's
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
    /// GitLab's Code Quality report
    Gitlab,
}

/// Prints findings, file by file.
pub(super) struct Printer {
    pub(super) out: Output,
    format: Format,
    /// Objects printed so far.
    count: usize,
    failures: Vec<(String, String)>,
    /// Fingerprints so far, so that equal findings get different ones.
    seen: std::collections::HashMap<String, usize>,
}

impl Printer {
    pub(super) fn new(out: Output, format: Format) -> Self {
        let (failures, seen) = (Vec::new(), std::collections::HashMap::new());
        Self { out, format, count: 0, failures, seen }
    }

    /// Whether a person reads it.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.format, Format::Full | Format::Concise)
    }

    /// What comes before the first finding.
    pub(super) fn begin(&mut self) -> io::Result<()> {
        match self.format {
            Format::Json | Format::Gitlab => self.out.bytes(b"["),
            Format::Sarif => sarif::begin(&mut self.out),
            Format::Full | Format::Concise | Format::Github => Ok(()),
        }
    }

    /// The findings of one file.
    pub(super) fn file(&mut self, path: &Path, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            let object = match self.format {
                Format::Full => {
                    full::print(&mut self.out, path, row)?;
                    continue;
                }
                Format::Concise => {
                    let line = full::concise(path, row, self.out.is_colored);
                    self.out.line(&line)?;
                    continue;
                }
                Format::Github => {
                    self.out.line(&github::line(path, row))?;
                    continue;
                }
                Format::Json => json::object(path, row),
                Format::Sarif => sarif::result(path, row, &mut self.seen),
                Format::Gitlab => gitlab::object(path, row, &mut self.seen),
            };
            self.out.bytes(if self.count > 0 { b",\n" } else { b"\n" })?;
            self.out.bytes(serde_json::to_string(&object)?.as_bytes())?;
            self.count += 1;
        }
        Ok(())
    }

    /// A file that could not be checked; only some formats have a place for it.
    pub(super) fn failed(&mut self, path: &Path, reason: &str) -> io::Result<()> {
        match self.format {
            Format::Github => self.out.line(&github::failure(path, reason)),
            Format::Sarif => {
                self.failures.push((slashed(path), reason.to_owned()));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// What comes after the last finding.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match self.format {
            Format::Json | Format::Gitlab => {
                self.out.bytes(if self.count > 0 { b"\n]\n" } else { b"]\n" })?;
            }
            Format::Sarif => sarif::end(&mut self.out, &self.failures)?,
            Format::Full | Format::Concise | Format::Github => {}
        }
        self.out.flush()
    }
}

/// A finding in one line, without colours.
pub(super) fn concise(path: &Path, row: &Row) -> String {
    full::concise(path, row, false)
}

/// A path as other programs expect it, with slashes.
fn slashed(path: &Path) -> String {
    let path = path.to_string_lossy();
    if cfg!(windows) { path.replace('\\', "/") } else { path.into_owned() }
}

/// A path for a person.
fn shown(path: &Path) -> String {
    plain(&path.to_string_lossy()).into_owned()
}

/// The word for a severity that SARIF, and with another spelling others, use.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Hint => "note",
        Severity::Warning => "warning",
    }
}

/// A name for a finding that outlives changes elsewhere in the file: what is wrong with which
/// symbol, with a number when the same is found again.
fn fingerprint(
    path: &Path,
    row: &Row,
    seen: &mut std::collections::HashMap<String, usize>,
) -> String {
    use std::fmt::Write;

    use sha2::{Digest, Sha256};

    let about = [&slashed(path), row.code.id(), &row.symbol, &row.message].join("\0");
    let count = seen.entry(about.clone()).or_insert(0);
    *count += 1;
    let hash = Sha256::digest(format!("{about}\0{count}").as_bytes());
    hash.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
