//! Watches the process that started us: an editor that was killed sends nothing, and
//! somebody else may still hold our input open.

use std::future::Future;
use std::time::Duration;

/// How often to look.
const EVERY: Duration = Duration::from_secs(3);

/// Completes when the process `id`, which lives now, is gone. Never completes when it
/// cannot be seen (an editor outside of our container).
pub(crate) fn gone(id: u32) -> impl Future<Output = ()> + Send {
    // Not inside the future: the process may die before that is polled.
    let born = look(id);
    async move {
        if born.is_none() {
            tracing::info!(id, "the editor's process cannot be watched");
            return std::future::pending().await;
        }
        let mut ticks = tokio::time::interval(EVERY);
        loop {
            ticks.tick().await;
            if look(id) != born {
                return;
            }
        }
    }
}

/// What identifies the process while it lives; a number may be given out anew.
#[cfg(target_os = "linux")]
fn look(id: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The second field is the name in parentheses and may contain anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    let started = fields.nth(18)?;
    let alive = !matches!(state, "Z" | "X" | "x");
    alive.then(|| started.to_owned())
}

#[cfg(all(unix, not(target_os = "linux")))]
fn look(id: u32) -> Option<()> {
    use rustix::io::Errno;
    use rustix::process::{Pid, test_kill_process};

    let process = Pid::from_raw(i32::try_from(id).ok()?)?;
    match test_kill_process(process) {
        Ok(()) | Err(Errno::PERM) => Some(()),
        Err(_) => None,
    }
}

/// Elsewhere the end of the input has to do.
#[cfg(not(unix))]
fn look(_id: u32) -> Option<()> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::look;

    #[test]
    fn sees_the_living_and_not_the_dead() {
        assert!(look(std::process::id()).is_some());
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let id = child.id();
        child.wait().unwrap();
        assert_eq!(look(id), None);
    }
}
