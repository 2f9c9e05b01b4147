//! Jobs on a paused clock.

use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower_lsp::lsp_types::Url;

use super::{Jobs, Key, MAX_JOBS, Ordered, Ticket, Why};
use crate::docstring::SymbolPath;

const LIMIT: Duration = Duration::from_mins(1);

fn key(document: &str, symbol: &str) -> Key {
    Key {
        document: Url::parse(&format!("file:///{document}")).unwrap(),
        symbol: Some(SymbolPath(symbol.to_owned())),
        style: "google",
        work: "generate".to_owned(),
    }
}

fn hang(jobs: &Jobs, key: Key) -> Option<Ordered> {
    jobs.start(key, LIMIT, None, |_| std::future::pending())
}

/// A job that tells why it was stopped.
fn obedient(jobs: &Jobs, key: Key) -> (Ordered, oneshot::Receiver<Why>) {
    let (sender, receiver) = oneshot::channel();
    let work = |mut ticket: Ticket| async move {
        let _ = sender.send(ticket.stopped().await);
    };
    (jobs.start(key, LIMIT, None, work).unwrap(), receiver)
}

#[tokio::test]
async fn a_cancelled_job_may_deliver_and_is_joined_no_more() {
    let jobs = Jobs::default();
    let (first, why) = obedient(&jobs, key("a", "f"));
    assert!(jobs.cancel(first.id));
    let second = hang(&jobs, key("a", "f")).unwrap();
    assert!(!second.is_joined && second.id != first.id);
    assert_eq!(why.await, Ok(Why::Cancelled));
    let id = first.id;
    first.over().await;
    assert!(!jobs.cancel(id), "it has ended");
}

#[tokio::test]
async fn an_equal_order_joins() {
    let jobs = Jobs::default();
    let first = hang(&jobs, key("a", "f")).unwrap();
    let again = hang(&jobs, key("a", "f")).unwrap();
    assert_eq!((again.id, again.is_joined), (first.id, true));
    for other in [key("a", "g"), key("b", "f"), Key { style: "numpy", ..key("a", "f") }] {
        assert!(!hang(&jobs, other).unwrap().is_joined);
    }
    assert_eq!(jobs.count(), 4);
}

#[tokio::test]
async fn a_closed_document_drops_its_jobs() {
    let jobs = Jobs::default();
    let (sender, receiver) = oneshot::channel::<()>();
    let work = |_| async move {
        std::future::pending::<()>().await;
        drop(sender);
    };
    let job = jobs.start(key("a", "f"), LIMIT, None, work).unwrap();
    let other = hang(&jobs, key("b", "f")).unwrap();
    jobs.cancel_document(&key("a", "").document);
    assert!(receiver.await.is_err(), "the future is dropped");
    assert!(!jobs.cancel(job.id) && jobs.cancel(other.id));
    job.over().await;
}

#[tokio::test]
async fn is_bounded_and_closes() {
    let jobs = Jobs::default();
    for number in 0..MAX_JOBS {
        assert!(hang(&jobs, key("a", &number.to_string())).is_some());
    }
    assert!(hang(&jobs, key("a", "f")).is_none());
    assert!(hang(&jobs, key("a", "5")).is_some_and(|job| job.is_joined));
    jobs.cancel_document(&key("a", "").document);
    assert_eq!(jobs.count(), 0);
    jobs.close();
    assert!(hang(&jobs, key("a", "f")).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_takes_too_long_is_stopped_and_then_dropped() {
    let jobs = Jobs::default();
    let began = Instant::now();
    let (_, why) = obedient(&jobs, key("a", "f"));
    assert_eq!(why.await, Ok(Why::TooLong));
    assert_eq!(began.elapsed().as_secs(), LIMIT.as_secs());
    let stubborn = hang(&jobs, key("a", "g")).unwrap();
    stubborn.over().await;
    assert_eq!(began.elapsed().as_secs(), (LIMIT * 2 + super::GRACE).as_secs());
    assert_eq!(jobs.count(), 0);
}

#[tokio::test]
async fn edits_of_one_document_take_turns() {
    let jobs = Jobs::default();
    let document = key("a", "").document;
    let mut turn = jobs.turn(&document).await;
    let waiting = jobs.turn(&document);
    let mut waiting = std::pin::pin!(waiting);
    assert!((&mut waiting).now_or_never().is_none());
    drop(jobs.turn(&key("b", "").document).await);
    turn.applied(5);
    drop(turn);
    let turn = waiting.await;
    assert!(turn.is_unsettled(5) && !turn.is_unsettled(6));
    drop(turn);
    assert!(jobs.turn(&document).await.is_unsettled(5), "it is remembered");
    jobs.cancel_document(&document);
    assert!(!jobs.turn(&document).await.is_unsettled(5));
}
