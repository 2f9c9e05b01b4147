//! Work on many files in parallel, reported in order.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Parsers may recurse; the code decides how deep. In bytes.
const STACK: usize = 16 << 20;

/// Does `work` for every number below `count` in up to `jobs` threads, and hands each result
/// to `each` as soon as those before it are done. Stops early when `each` fails.
///
/// # Errors
///
/// What `each` says, or when no thread can be started.
pub(super) fn batch<T: Send>(
    count: usize,
    jobs: usize,
    work: impl Fn(usize) -> T + Sync,
    mut each: impl FnMut(usize, T) -> io::Result<()>,
) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    let is_over = AtomicBool::new(false);
    let (results, receiver) = mpsc::sync_channel::<(usize, T)>(64);
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(count) {
            let (sender, next, is_over, work) = (results.clone(), &next, &is_over, &work);
            let run = move || {
                while !is_over.load(Ordering::Relaxed) {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= count || sender.send((index, work(index))).is_err() {
                        break;
                    }
                }
            };
            std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run)?;
        }
        drop(results);
        let mut waiting = BTreeMap::new();
        let mut done = 0;
        let mut result = Ok(());
        for (index, value) in receiver {
            waiting.insert(index, value);
            while let Some(value) = waiting.remove(&done) {
                if result.is_ok() {
                    result = each(done, value);
                }
                if result.is_err() {
                    is_over.store(true, Ordering::Relaxed);
                }
                done += 1;
            }
        }
        result
    })
    .map_err(anyhow::Error::from)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::batch;

    #[test]
    fn results_come_in_order_whatever_the_jobs() {
        for jobs in [1, 2, 7] {
            let mut seen = Vec::new();
            let each = |index, value| {
                seen.push((index, value));
                Ok(())
            };
            batch(100, jobs, |index| index * 2, each).unwrap();
            assert_eq!(seen, (0..100).map(|index| (index, index * 2)).collect::<Vec<_>>());
        }
        batch(0, 4, |_| (), |_, ()| Ok(())).unwrap();
    }

    #[test]
    fn the_first_failure_ends_it() {
        let mut count = 0;
        let each = |_, ()| {
            count += 1;
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        };
        assert!(batch(100, 2, |_| (), each).is_err());
        assert_eq!(count, 1);
    }
}
