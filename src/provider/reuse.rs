//! How often a part of a question was sent lately. A provider's prompt cache pays only
//! for what is sent again while it is kept: writing costs a quarter more, reading a tenth.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long the shortest prompt cache keeps what is not used.
const KEPT: Duration = Duration::from_mins(5);
/// How many parts are remembered.
const PARTS: usize = 64;

/// What was sent lately.
#[derive(Debug, Default)]
pub(super) struct Reuse {
    parts: Mutex<Vec<Part>>,
}

#[derive(Debug)]
struct Part {
    hash: u64,
    times: u32,
    last: Instant,
}

impl Reuse {
    /// Notes that `part` is sent now, and tells how often it was sent before without a
    /// pause in which a cache would have forgotten it.
    pub(super) fn note(&self, part: &str) -> u32 {
        let mut hasher = DefaultHasher::new();
        part.hash(&mut hasher);
        let (hash, now) = (hasher.finish(), Instant::now());
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        parts.retain(|part| now.duration_since(part.last) < KEPT);
        if let Some(known) = parts.iter_mut().find(|part| part.hash == hash) {
            let times = known.times;
            known.times = times.saturating_add(1);
            known.last = now;
            return times;
        }
        if parts.len() >= PARTS
            && let Some(oldest) = (0..parts.len()).min_by_key(|at| parts.get(*at).map(|p| p.last))
        {
            parts.swap_remove(oldest);
        }
        parts.push(Part { hash, times: 1, last: now });
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn counts_what_is_sent_again_in_time() {
        let reuse = Reuse::default();
        assert_eq!([reuse.note("a"), reuse.note("b"), reuse.note("a")], [0, 0, 1]);
        tokio::time::advance(Duration::from_secs(299)).await;
        assert_eq!(reuse.note("a"), 2);
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!([reuse.note("a"), reuse.note("b")], [3, 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn remembers_a_bounded_number() {
        let reuse = Reuse::default();
        for part in 0..1_000 {
            reuse.note(&part.to_string());
            tokio::time::advance(Duration::from_millis(1)).await;
        }
        assert_eq!(reuse.parts.lock().unwrap().len(), PARTS);
        assert_eq!([reuse.note("999"), reuse.note("0")], [1, 0]);
    }
}
