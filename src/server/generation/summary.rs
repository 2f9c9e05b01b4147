//! What is said about a job at its end: at most one message.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::Task;
use super::delivery::Delivered;
use crate::docstring::SymbolPath;

/// Reasons that are written out.
const MAX_REASONS: usize = 3;

/// What became of the symbols of a job.
#[derive(Default)]
pub(super) struct Tally {
    applied: usize,
    dropped: usize,
    failed: Vec<(SymbolPath, String)>,
    refused: Option<(usize, String)>,
    notices: BTreeSet<String>,
    /// Symbols that nobody was asked about.
    pub(super) untried: usize,
}

impl Tally {
    /// Something could not be made.
    pub(super) fn fail(&mut self, path: SymbolPath, reason: String) {
        self.failed.push((path, reason));
    }

    /// What whoever answered has to say. Many symbols mostly have one trouble in common.
    pub(super) fn notice(&mut self, notices: Vec<String>) {
        self.notices.extend(notices);
    }

    /// Of `sent` docstrings.
    pub(super) fn deliver(&mut self, sent: usize, delivered: Delivered) {
        self.applied += delivered.applied;
        self.dropped += delivered.dropped.len();
        if let Some(reason) = delivered.refused {
            let refused = sent.saturating_sub(delivered.applied + delivered.dropped.len());
            if refused > 0 {
                let before = self.refused.take().map_or(0, |(before, _)| before);
                self.refused = Some((before + refused, reason));
            }
        }
    }

    /// Whether nothing has arrived.
    pub(super) fn is_empty(&self) -> bool {
        self.applied == 0
    }

    /// What happened, in one line.
    pub(super) fn line(&self, task: Task) -> String {
        let done = match task {
            Task::Generate { .. } => "inserted",
            Task::Update => "updated",
            Task::Convert => "converted",
        };
        let mut parts = vec![format!("{} {done}", self.applied)];
        if let Some((count, reason)) = &self.refused {
            let reason = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
            parts.push(format!("{count} not taken by the editor{reason}"));
        }
        if self.dropped > 0 {
            parts.push(format!("{} dropped because the code changed meanwhile", self.dropped));
        }
        if self.untried > 0 {
            parts.push(format!("{} not tried", self.untried));
        }
        if !self.failed.is_empty() {
            parts.push(format!("{} failed", self.failed.len()));
        }
        parts.join(", ")
    }

    /// What the user is told; `None` when all went well.
    pub(super) fn message(&self, task: Task) -> Option<String> {
        let is_fine = self.failed.is_empty() && self.dropped == 0 && self.refused.is_none();
        let mut message = String::new();
        if !is_fine || self.untried > 0 {
            message = self.line(task);
            let reasons = self.failed.iter().take(MAX_REASONS);
            let reasons: Vec<String> =
                reasons.map(|(path, reason)| format!("`{path}`: {reason}")).collect();
            if !reasons.is_empty() {
                message.push_str(": ");
                message.push_str(&reasons.join("; "));
            }
            let more = self.failed.len().saturating_sub(MAX_REASONS);
            if more > 0 {
                let _ = write!(message, "; and {more} more");
            }
            message.push('.');
        }
        for notice in self.notices.iter().take(MAX_REASONS) {
            if !message.is_empty() {
                message.push(' ');
            }
            let _ = write!(message, "{notice}.");
        }
        (!message.is_empty()).then(|| format!("docstring-ls: {message}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Delivered, Tally, Task};
    use crate::docstring::SymbolPath;

    const GENERATE: Task = Task::Generate { replace: false };

    #[test]
    fn all_is_well_and_nothing_is_said() {
        let mut tally = Tally::default();
        tally.deliver(3, Delivered { applied: 3, ..Delivered::default() });
        assert_eq!((tally.line(GENERATE).as_str(), tally.message(GENERATE)), ("3 inserted", None));
        tally.notice(vec!["No answer from a".into(), "No answer from a".into()]);
        let said = tally.message(GENERATE).unwrap();
        assert_eq!(said, "docstring-ls: No answer from a.");
    }

    #[test]
    fn every_trouble_is_in_one_message() {
        let mut tally = Tally::default();
        let path = |name: &str| SymbolPath(name.to_owned());
        let refused = Some("busy".to_owned());
        let dropped = vec![path("d")];
        tally.deliver(5, Delivered { applied: 2, dropped, refused });
        for name in ["a", "b", "c", "e"] {
            tally.fail(path(name), "no answer".to_owned());
        }
        tally.untried = 7;
        insta::assert_snapshot!(tally.message(Task::Update).unwrap(), @"docstring-ls: 2 updated, 2 not taken by the editor (busy), 1 dropped because the code changed meanwhile, 7 not tried, 4 failed: `a`: no answer; `b`: no answer; `c`: no answer; and 1 more.");
    }
}
