//! What is printed: a diff, a list or JSON lines on stdout; problems and a summary on stderr.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::super::Output;
use super::super::diff::diff;
use super::super::output::complain;
use super::super::state::State;
use super::document::{Document, Documented, Request};
use super::shown;
use crate::generate::{Failure, Outcome};

/// What stdout is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A unified diff.
    Diff,
    /// One line for each missing docstring.
    List,
    /// One object for each symbol.
    Json,
    /// Nothing.
    Nothing,
}

/// Notices that are shown at the end.
const MAX_NOTICES: usize = 3;

/// Prints results and counts them.
pub(super) struct Reporter {
    out: Output,
    format: Format,
    is_quiet: bool,
    is_verbose: bool,
    started: Instant,
    files: usize,
    docstrings: usize,
    changed: usize,
    skipped: usize,
    failures: usize,
    refused: usize,
    cost_usd: f64,
    /// What the user should know, and for how many docstrings it was said.
    notices: BTreeMap<String, usize>,
}

/// One line of `--output-format json`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    path: &'a str,
    symbol: &'a str,
    kind: &'a str,
    line: usize,
    style: &'a str,
    provider: &'a str,
    from_cache: bool,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    docstring: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    millis: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
    #[serde(skip_serializing_if = "is_nothing")]
    cost_usd: f64,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    notices: &'a [String],
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_nothing(cost: &f64) -> bool {
    *cost <= 0.0
}

impl Reporter {
    pub(super) fn new(out: Output, format: Format, is_quiet: bool, is_verbose: bool) -> Self {
        Self {
            out,
            format,
            is_quiet,
            is_verbose,
            started: Instant::now(),
            files: 0,
            docstrings: 0,
            changed: 0,
            skipped: 0,
            failures: 0,
            refused: 0,
            cost_usd: 0.0,
            notices: BTreeMap::new(),
        }
    }

    /// Files that something is wrong with.
    pub(super) fn failures(&self) -> usize {
        self.failures
    }

    /// Docstrings that were, or would be, inserted.
    pub(super) fn docstrings(&self) -> usize {
        self.docstrings
    }

    pub(super) fn format(&self) -> Format {
        self.format
    }

    pub(super) fn set_format(&mut self, format: Format) {
        self.format = format;
    }

    pub(super) fn prints_to_terminal(&self) -> bool {
        self.out.is_terminal && self.format != Format::Nothing
    }

    /// Writes bytes to stdout.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.bytes(bytes)
    }

    /// Reports a path that could not be looked at.
    pub(super) fn refuse(&mut self, path: &Path, reason: &str) {
        self.files += 1;
        self.failures += 1;
        complain(&format!("{}: {}", shown(path), super::plain(reason)));
    }

    /// Reports what became of a file.
    pub(super) fn add(&mut self, path: &Path, document: &Document) -> io::Result<()> {
        self.files += 1;
        match &document.state {
            State::Skipped(reason) => {
                self.skipped += 1;
                if self.is_verbose {
                    complain(&format!("{}: skipped: {}", shown(path), super::plain(reason)));
                }
                self.file_line(path, document, "skipped", reason)
            }
            State::Failed(reason) => {
                self.failures += 1;
                complain(&format!("{}: {}", shown(path), super::plain(reason)));
                self.file_line(path, document, "failed", reason)
            }
            State::Done(Documented { report, before, after, .. }) => {
                for outcome in &report.outcomes {
                    let Ok(generated) = &outcome.result else { continue };
                    self.docstrings += 1;
                    self.cost_usd += generated.cost_usd;
                    for notice in &generated.notices {
                        *self.notices.entry(notice.clone()).or_default() += 1;
                    }
                }
                self.changed += usize::from(after.is_some());
                for outcome in &report.outcomes {
                    self.outcome(path, document, outcome)?;
                }
                match after {
                    Some(after) if self.format == Format::Diff => {
                        diff(&mut self.out, path, before, after)
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    /// Writes the rest and, unless quiet, a summary to stderr.
    pub(super) fn finish(&mut self, request: &Request) -> io::Result<()> {
        self.out.flush()?;
        if self.is_quiet {
            return Ok(());
        }
        let many =
            |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
        let mut parts = vec![format!(
            "{} {} {} of {}",
            many(self.docstrings, "docstring"),
            if request.write { "written to" } else { "missing in" },
            self.changed,
            many(self.files, "file"),
        )];
        for (count, one, what) in [
            (self.skipped, "file", "skipped"),
            (self.failures, "file", "failed"),
            (self.refused, "symbol", "refused"),
        ] {
            if count > 0 {
                parts.push(format!("{} {what}", many(count, one)));
            }
        }
        if self.cost_usd > 0.0 {
            parts.push(format!("${:.4} spent", self.cost_usd));
        }
        let mut notices: Vec<(&String, &usize)> = self.notices.iter().collect();
        notices.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (notice, count) in notices.into_iter().take(MAX_NOTICES) {
            let of = many(*count, "docstring");
            complain(&format!("warning: {of}: {}", super::plain(notice)));
        }
        complain(&format!("{} ({})", parts.join(", "), seconds(self.started.elapsed())));
        Ok(())
    }

    fn outcome(&mut self, path: &Path, document: &Document, outcome: &Outcome) -> io::Result<()> {
        let (symbol, kind) = (outcome.path.to_string(), outcome.kind.id());
        let refusal = match &outcome.result {
            Ok(_) => None,
            Err(Failure::Skipped(skip)) => Some(("skipped", skip.to_string())),
            Err(failure) => Some(("failed", failure.to_string())),
        };
        if let Some((status, reason)) = &refusal {
            self.refused += usize::from(*status == "failed");
            if *status == "failed" && !self.is_quiet || self.is_verbose {
                let text = format!("{symbol}: {reason}");
                complain(&format!("{}:{}: {}", shown(path), outcome.line, super::plain(&text)));
            }
        }
        match self.format {
            Format::Diff | Format::Nothing => Ok(()),
            Format::List if refusal.is_some() => Ok(()),
            Format::List => {
                let text = format!("{kind} {symbol} has no docstring");
                let text = format!("{}:{}: {}", shown(path), outcome.line, super::plain(&text));
                self.out.line(&text)
            }
            Format::Json => {
                let name = path.to_string_lossy();
                let mut line = Row {
                    path: &name,
                    symbol: &symbol,
                    kind,
                    line: outcome.line,
                    style: document.style,
                    provider: &document.provider,
                    from_cache: false,
                    status: "inserted",
                    reason: None,
                    docstring: None,
                    tokens: None,
                    millis: Some(outcome.elapsed.as_millis()),
                    model: None,
                    cost_usd: 0.0,
                    notices: &[],
                };
                let provider;
                match (&outcome.result, &refusal) {
                    (Ok(generated), _) => {
                        provider = generated.provider.to_string();
                        line.style = generated.style;
                        line.provider = &provider;
                        line.from_cache = generated.from_cache;
                        line.docstring = Some(&generated.text);
                        line.tokens = Some(generated.tokens);
                        line.model = Some(&generated.model);
                        line.cost_usd = generated.cost_usd;
                        line.notices = &generated.notices;
                    }
                    (Err(_), Some((status, reason))) => {
                        line.status = status;
                        line.reason = Some(reason);
                    }
                    (Err(_), None) => {}
                }
                self.json(&line)
            }
        }
    }

    /// A whole file that was passed over, as the line of its module.
    fn file_line(
        &mut self,
        path: &Path,
        document: &Document,
        status: &str,
        reason: &str,
    ) -> io::Result<()> {
        if self.format != Format::Json {
            return Ok(());
        }
        let line = Row {
            path: &path.to_string_lossy(),
            symbol: "<module>",
            kind: "module",
            line: 1,
            style: document.style,
            provider: &document.provider,
            from_cache: false,
            status,
            reason: Some(reason),
            docstring: None,
            tokens: None,
            millis: Some(document.millis),
            model: None,
            cost_usd: 0.0,
            notices: &[],
        };
        self.json(&line)
    }

    fn json(&mut self, line: &Row<'_>) -> io::Result<()> {
        self.out.line(&serde_json::to_string(line)?)
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
