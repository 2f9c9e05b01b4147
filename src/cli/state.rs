//! What becomes of one file of a run. Whatever goes wrong stays with this file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::files::Target;
use super::read::{not_handwritten, read};
use super::replace::{Refusal, replace};

/// What became of a file.
pub(super) enum State<T> {
    /// It was gone through.
    Done(T),
    /// It is not ours to change.
    Skipped(String),
    /// Something is wrong with it.
    Failed(String),
}

impl<T> From<Refusal> for State<T> {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unfit(reason) => Self::Skipped(reason.into()),
            Refusal::Io(reason) => Self::Failed(reason),
        }
    }
}

impl<T> State<T> {
    /// What `work` made of a text, or why it made nothing of it.
    pub(super) fn of(work: impl FnOnce() -> Result<T, String>) -> Self {
        // A bug must cost one file, not the run.
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(done)) => Self::Done(done),
            Ok(Err(reason)) => Self::Failed(reason),
            Err(_) => Self::Failed("a bug in docstring-ls; please report it with this file".into()),
        }
    }

    /// What `work` made of a file's bytes. The file is replaced by what `after` finds in it.
    pub(super) fn of_file(
        target: &Target,
        work: impl FnOnce(&[u8]) -> Self,
        after: impl FnOnce(&T) -> Option<&[u8]>,
    ) -> Self {
        let bytes = match read(&target.path) {
            Ok(bytes) => bytes,
            Err(refusal) => return refusal.into(),
        };
        if !target.is_explicit
            && let Some(reason) = not_handwritten(&bytes)
        {
            return Self::Skipped(reason.into());
        }
        let state = work(&bytes);
        if let Self::Done(done) = &state
            && let Some(after) = after(done)
            && let Err(refusal) = replace(&target.path, &bytes, after)
        {
            return refusal.into();
        }
        state
    }
}
