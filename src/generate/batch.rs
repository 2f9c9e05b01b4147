//! Docstrings for several symbols of one file, a few at a time.

use std::time::Instant;

use super::question::Questions;
use super::{Failure, Generated, Options, Outcome, Wanted, unproven};
use crate::docstring::Symbol;
use crate::orchestrator::{Orchestrator, Priority};
use crate::syntax::Source;

/// Questions of one file on their way at the same time; the orchestrator keeps each
/// provider's own limits.
const AT_ONCE: usize = 16;

/// What the questions about the symbols of one file have in common.
pub struct Batch<'a> {
    source: &'a Source,
    options: &'a Options,
    orchestrator: &'a Orchestrator,
    questions: Questions<'a>,
}

impl<'a> Batch<'a> {
    /// A batch about `source`. Nobody waits for it: it is patient, and costs less.
    pub fn new(source: &'a Source, options: &'a Options, orchestrator: &'a Orchestrator) -> Self {
        let questions = Questions::new(source, options, orchestrator, Priority::Bulk);
        Self { source, options, orchestrator, questions }
    }

    /// How many of them may be asked for at the same time. No more than can be asked:
    /// whoever waits for a place, waits in vain for a while.
    pub fn width(&self) -> usize {
        if self.questions.is_immediate() {
            return 1;
        }
        self.orchestrator.width(&self.options.choice).clamp(1, AT_ONCE)
    }

    /// How many of `count` symbols, of which `first` is the first, are asked for before the
    /// others: one, where the provider keeps the beginning of its prompt for those.
    pub fn alone(&self, first: Option<&Symbol>, count: usize) -> usize {
        let is_worth_it = |first: &Symbol| self.questions.is_worth_warming(first);
        usize::from(count > 2 && !self.questions.is_immediate() && first.is_some_and(is_worth_it))
    }

    /// The docstring of `symbol`. Its edit is not proven: that is done for all together.
    ///
    /// # Errors
    ///
    /// When the symbol should have none, or no provider answers.
    pub async fn generate(&self, symbol: Symbol) -> Result<Generated, Failure> {
        let Self { source, options, orchestrator, questions } = self;
        unproven(source, symbol, options, orchestrator, questions, Wanted::Edit).await
    }

    /// The same, with what it is about and how long it took.
    pub(super) async fn outcome(&self, symbol: Symbol) -> Outcome {
        let (path, kind, line) = (symbol.path.clone(), symbol.kind, symbol.line);
        let started = Instant::now();
        let result = self.generate(symbol).await;
        Outcome { path, kind, line, elapsed: started.elapsed(), result }
    }
}
