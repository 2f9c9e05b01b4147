//! Growing pauses after failures, so that a storage that is away costs little.

use std::time::Duration;

use tokio::time::Instant;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

/// Whether it is worth trying again.
#[derive(Debug, Default)]
pub(super) struct Pause {
    failures: u32,
    until: Option<Instant>,
}

impl Pause {
    /// How long it is waited still.
    pub(super) fn left(&self) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// After a failure: waits for twice as long as the last time.
    pub(super) fn fail(&mut self) {
        // Those that were under way together fail together.
        if self.left().is_none() {
            let pause = FIRST.saturating_mul(2u32.saturating_pow(self.failures)).min(LONGEST);
            self.failures = self.failures.saturating_add(1);
            self.until = Some(Instant::now() + pause);
        }
    }

    /// After a success.
    pub(super) fn succeed(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_to_a_minute_and_end_with_a_success() {
        let mut pause = Pause::default();
        assert_eq!(pause.left(), None);
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            pause.fail();
            pause.fail();
            assert_eq!(pause.left(), Some(Duration::from_secs(seconds)));
            tokio::time::advance(Duration::from_secs(seconds)).await;
            assert_eq!(pause.left(), None);
        }
        pause.succeed();
        pause.fail();
        assert_eq!(pause.left(), Some(FIRST));
    }
}
