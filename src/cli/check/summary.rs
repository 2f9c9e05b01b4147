//! What was found in all files: counts, coverage, the exit status.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Instant;

use serde_json::json;

use super::super::output::{complain, plain};
use super::super::state::State;
use super::Arguments;
use super::file::Checked;
use super::format::{Printer, concise};
use super::row::Row;
use crate::generate::Code;

/// Prints what is found, and counts it.
pub(super) struct Summary<'a> {
    printer: Printer,
    arguments: &'a Arguments,
    started: Instant,
    files: usize,
    /// Files with findings.
    affected: usize,
    skipped: usize,
    failures: usize,
    fixed: usize,
    /// For each code: findings, and those that can be mended.
    counts: BTreeMap<Code, (usize, usize)>,
    wanted: usize,
    documented: usize,
}

impl<'a> Summary<'a> {
    pub(super) fn new(printer: Printer, arguments: &'a Arguments) -> Self {
        Self {
            printer,
            arguments,
            started: Instant::now(),
            files: 0,
            affected: 0,
            skipped: 0,
            failures: 0,
            fixed: 0,
            counts: BTreeMap::new(),
            wanted: 0,
            documented: 0,
        }
    }

    /// Whether stdout is a terminal that findings go to.
    pub(super) fn prints_to_terminal(&self) -> bool {
        self.printer.out.is_terminal
    }

    pub(super) fn begin(&mut self) -> io::Result<()> {
        if self.arguments.statistics { Ok(()) } else { self.printer.begin() }
    }

    /// Reports what became of a file.
    pub(super) fn add(&mut self, path: &Path, state: &State<Checked>) -> io::Result<()> {
        let counted = self.count(path, state);
        if self.arguments.statistics {
            return Ok(());
        }
        match counted {
            Ok(rows) => self.printer.file(path, rows),
            Err(reason) => self.printer.failed(path, reason),
        }
    }

    /// stdin that was mended goes to stdout, what is left to stderr.
    pub(super) fn filter(
        &mut self,
        path: &Path,
        text: &[u8],
        state: &State<Checked>,
    ) -> io::Result<()> {
        self.printer.out.bytes(text)?;
        if let Ok(rows) = self.count(path, state) {
            for row in rows {
                complain(&concise(path, row));
            }
        }
        self.printer.out.flush()
    }

    /// Counts what became of a file: its findings, or why it could not be checked.
    fn count<'s>(&mut self, path: &Path, state: &'s State<Checked>) -> Result<&'s [Row], &'s str> {
        self.files += 1;
        let shown = plain(&path.to_string_lossy()).into_owned();
        match state {
            State::Skipped(reason) => {
                self.skipped += 1;
                if self.arguments.manner.verbose {
                    complain(&format!("{shown}: skipped: {}", plain(reason)));
                }
                Ok(&[])
            }
            State::Failed(reason) => {
                self.failures += 1;
                complain(&format!("{shown}: {}", plain(reason)));
                Err(reason)
            }
            State::Done(checked) => {
                self.checked(&shown, checked);
                Ok(&checked.rows)
            }
        }
    }

    fn checked(&mut self, shown: &str, checked: &Checked) {
        self.affected += usize::from(!checked.rows.is_empty());
        self.fixed += checked.fixed;
        self.wanted += checked.wanted;
        self.documented += checked.documented;
        for row in &checked.rows {
            let (count, fixable) = self.counts.entry(row.code).or_default();
            *count += 1;
            *fixable += usize::from(row.fixable);
        }
        if !self.arguments.manner.quiet {
            for (symbol, reason) in &checked.unfixed {
                complain(&format!("{shown}: {} was left: {}", plain(symbol), plain(reason)));
            }
        }
    }

    /// Percent of the symbols that are to have a docstring and have one, rounded down to
    /// tenths: no gap shows as 100.
    fn coverage(&self) -> f64 {
        if self.wanted == 0 {
            return 100.0;
        }
        let tenths = self.documented.saturating_mul(1000) / self.wanted;
        f64::from(u32::try_from(tenths).unwrap_or(1000)) / 10.0
    }

    /// Writes the rest and, unless quiet, a summary to stderr; the exit status.
    pub(super) fn finish(&mut self) -> anyhow::Result<u8> {
        let is_filter =
            self.arguments.fix && self.arguments.paths.iter().any(|path| path.as_os_str() == "-");
        if self.arguments.statistics && !is_filter {
            self.statistics()?;
        } else if !is_filter {
            self.printer.finish()?;
        }
        let coverage = self.coverage();
        let is_under = self.arguments.fail_under.is_some_and(|least| coverage < least);
        if !self.arguments.manner.quiet {
            self.tell();
        }
        if let Some(least) = self.arguments.fail_under
            && (!self.arguments.manner.quiet || is_under)
        {
            let verdict = if is_under { "less than" } else { "at least" };
            complain(&format!(
                "{coverage:.1} % of {} have a docstring, {verdict} {least} %",
                many(self.wanted, "symbol"),
            ));
        }
        // With a threshold, single gaps are what it is there to allow.
        let is_told = |code: &Code| self.arguments.fail_under.is_none() || *code != Code::Missing;
        let has_findings = self.counts.keys().any(is_told);
        Ok(match (self.failures, has_findings || is_under) {
            (1.., _) => 2,
            (0, true) if !self.arguments.exit_zero => 1,
            _ => 0,
        })
    }

    fn tell(&self) {
        let found: usize = self.counts.values().map(|(count, _)| count).sum();
        let fixable: usize = self.counts.values().map(|(_, fixable)| fixable).sum();
        let mut parts = vec![format!(
            "{} in {} of {}",
            many(found, "finding"),
            self.affected,
            many(self.files, "file")
        )];
        if self.fixed > 0 {
            parts.push(format!("{} brought up to date", many(self.fixed, "docstring")));
        } else if fixable > 0 {
            parts.push(format!("{fixable} fixable with `--fix`"));
        }
        for (count, what) in [(self.skipped, "skipped"), (self.failures, "failed")] {
            if count > 0 {
                parts.push(format!("{} {what}", many(count, "file")));
            }
        }
        let seconds = self.started.elapsed().as_secs_f64();
        complain(&format!("{} ({seconds:.2} s)", parts.join(", ")));
    }

    fn statistics(&mut self) -> anyhow::Result<()> {
        let coverage = self.coverage();
        let mut rows: Vec<_> = self.counts.iter().collect();
        rows.sort_by_key(|(code, (count, _))| (std::cmp::Reverse(*count), **code));
        if self.printer.is_text() {
            for (code, (count, fixable)) in rows {
                let mark = if *fixable > 0 { "[*]" } else { "[ ]" };
                let line = format!("{count:>6}  {}  {mark}  {}", code.id(), code.name());
                self.printer.out.line(&line)?;
            }
            let (documented, wanted) = (self.documented, many(self.wanted, "symbol"));
            let line = format!("{coverage:>6.1} % documented ({documented} of {wanted})");
            self.printer.out.line(&line)?;
        } else {
            let codes: Vec<_> = rows
                .iter()
                .map(|(code, (count, fixable))| {
                    json!({"code": code.id(), "name": code.name(), "count": count, "fixable": fixable})
                })
                .collect();
            let all = json!({
                "findings": codes,
                "coverage": {"wanted": self.wanted, "documented": self.documented, "percent": coverage},
            });
            self.printer.out.line(&serde_json::to_string_pretty(&all)?)?;
        }
        self.printer.out.flush()?;
        Ok(())
    }
}

/// A number with its noun.
fn many(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}
