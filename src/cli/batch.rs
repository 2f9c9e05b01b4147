//! Work on many files in parallel, reported in order.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::files::Target;

/// Parsers may recurse; the code decides how deep. In bytes.
const STACK: usize = 16 << 20;

/// Does `work` for every file in up to `jobs` threads, and hands each result to `report` as
/// soon as those before it are done. Stops early when `report` fails. `has_bar`: shows how
/// far it is, on a terminal that nothing else is written to.
///
/// # Errors
///
/// What `report` says, or when no thread can be started.
pub(super) fn batch<T: Send>(
    targets: &[Target],
    jobs: usize,
    has_bar: bool,
    work: impl Fn(&Target) -> T + Sync,
    mut report: impl FnMut(&Target, T) -> io::Result<()>,
) -> anyhow::Result<()> {
    let bar = progress(targets.len(), has_bar);
    let work = |index: usize| targets.get(index).map(&work);
    let each = |index: usize, result: Option<T>| {
        bar.inc(1);
        match (targets.get(index), result) {
            (Some(target), Some(result)) => bar.suspend(|| report(target, result)),
            _ => Ok(()),
        }
    };
    in_order(targets.len(), jobs, work, each)?;
    bar.finish_and_clear();
    Ok(())
}

fn progress(files: usize, is_wanted: bool) -> ProgressBar {
    if !is_wanted || files < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(u64::try_from(files).ok(), target);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} files, {elapsed} ({eta} left)") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Does `work` for every number below `count` in up to `jobs` threads, and hands each result
/// to `each` as soon as those before it are done. Stops early when `each` fails.
fn in_order<T: Send>(
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

    use super::in_order;

    #[test]
    fn results_come_in_order_whatever_the_jobs() {
        for jobs in [1, 2, 7] {
            let mut seen = Vec::new();
            let each = |index, value| {
                seen.push((index, value));
                Ok(())
            };
            in_order(100, jobs, |index| index * 2, each).unwrap();
            assert_eq!(seen, (0..100).map(|index| (index, index * 2)).collect::<Vec<_>>());
        }
        in_order(0, 4, |_| (), |_, ()| Ok(())).unwrap();
    }

    #[test]
    fn the_first_failure_ends_it() {
        let mut count = 0;
        let each = |_, ()| {
            count += 1;
            Err(io::Error::from(io::ErrorKind::BrokenPipe))
        };
        assert!(in_order(100, 2, |_| (), each).is_err());
        assert_eq!(count, 1);
    }
}
