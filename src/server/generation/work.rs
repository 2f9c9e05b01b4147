//! What a job does: asks for one symbol, or for all of a file that need it.
//!
//! An editor takes each edit as one step that can be undone. So what is made for a file
//! is collected and sent together: at once when it is made at once, at the end when it is
//! not, and now and then when that takes long ([`EVERY`]), so that little is lost with a
//! session and the user sees it grow. What is ready when a job is stopped is sent, too.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use tokio::sync::oneshot;
use tokio::time::Instant;
use tower_lsp::lsp_types::MessageType;

use super::delivery::{Change, Delivered, Delivery, Made};
use super::summary::Tally;
use super::{Choice, Place, Subject, Task};
use crate::docstring::SymbolPath;
use crate::generate::{self, Batch, Code, Failure, Generated, Options, considered};
use crate::server::error::Refusal;
use crate::server::jobs::{Ticket, Why};
use crate::server::progress::{PACE, Progress};
use crate::server::session::{Ready, Session};
use crate::server::{answering, panics};
use crate::syntax::Source;

/// How often a long job for a whole file sends what it has.
const EVERY: Duration = Duration::from_secs(30);
/// Symbols after which a job that never waits lets others have the thread.
const STRIDE: usize = 16;

/// How long a job may take. Each question has a deadline of its own, and this ends what
/// goes on for ever all the same.
pub(super) fn limit(is_file: bool) -> Duration {
    if is_file { Duration::from_hours(2) } else { Duration::from_mins(10) }
}

/// What was ordered.
pub(super) struct Ordered {
    pub(super) task: Task,
    pub(super) options: Options,
    /// Everything is made without waiting.
    pub(super) is_immediate: bool,
    pub(super) choice: Choice,
}

/// A running job.
pub(super) struct Work {
    pub(super) session: Arc<Session>,
    pub(super) ready: Ready,
    pub(super) order: Ordered,
    pub(super) progress: Progress,
    pub(super) ticket: Ticket,
}

/// What is on its way to the editor: how many, and what becomes of them.
type Sending<'a> = (usize, Pin<Box<dyn Future<Output = Delivered> + Send + 'a>>);

type Making = Result<(Made, Vec<String>), (SymbolPath, Failure)>;

impl Work {
    /// Does it. `sent` completes when the edit is on its way, or that will take a while.
    pub(super) async fn run(mut self, subject: Option<Subject>, sent: oneshot::Sender<()>) {
        let sent = self.order.is_immediate.then_some(sent);
        let done = match subject {
            Some(subject) => self.one(subject, sent).await,
            None => self.file(sent).await,
        };
        if let Err(sentence) = done {
            self.progress.abandon(None);
            self.session.client.show(MessageType::WARNING, &sentence);
        }
    }

    fn delivery(&self) -> Delivery {
        Delivery {
            session: Arc::clone(&self.session),
            ready: self.ready.clone(),
            task: self.order.task,
            confirm: self.order.choice.confirm,
        }
    }

    async fn one(
        &mut self,
        subject: Subject,
        sent: Option<oneshot::Sender<()>>,
    ) -> Result<(), String> {
        let path = subject.symbol.path.clone();
        let task = self.order.task;
        let made = tokio::select! {
            biased;
            why = self.ticket.stopped() => {
                return match why {
                    Why::Cancelled => { self.progress.abandon(None); Ok(()) }
                    Why::TooLong => Err(format!("No docstring for `{path}`: it took too long.")),
                };
            }
            made = one(&self.ready, &self.order, subject) => made,
        };
        answering::tell(&self.session);
        let (made, notices) = made.map_err(|(path, failure)| sentence(task, &path, &failure))?;
        for notice in notices {
            self.session.client.show(MessageType::WARNING, &format!("docstring-ls: {notice}."));
        }
        let delivery = self.delivery();
        let delivered = tokio::select! {
            biased;
            delivered = delivery.send(vec![made], announce(sent)) => delivered,
            _ = self.ticket.stopped() => {
                self.progress.abandon(None);
                return Ok(());
            }
        };
        let Delivered { dropped, refused, .. } = delivered;
        if !dropped.is_empty() {
            return Err("The code changed meanwhile; nothing was inserted.".to_owned());
        }
        if let Some(reason) = refused {
            let reason = if reason.is_empty() { reason } else { format!(": {reason}") };
            return Err(format!("The editor did not take the docstring{reason}."));
        }
        self.progress.finish(path.to_string());
        Ok(())
    }

    async fn file(&mut self, sent: Option<oneshot::Sender<()>>) -> Result<(), String> {
        let task = self.order.task;
        let (source, options) = (self.ready.source.clone(), self.order.options.clone());
        let subjects = panics::blocking(move || subjects(&source, task, &options)).await;
        let subjects = subjects.unwrap_or_default();
        if subjects.is_empty() {
            return Err(match task {
                Task::Generate { .. } => "No docstring is missing in this file.",
                Task::Update => "No docstring in this file is out of date.",
                Task::Convert => "There is no docstring in this file.",
            }
            .to_owned());
        }
        if !self.ready.source.is_sound() {
            return Err("The file does not parse as it is; nothing was done.".to_owned());
        }
        let mut tally = Tally::default();
        let why = self.all(subjects, sent, &mut tally).await;
        answering::tell(&self.session);
        let line = tally.line(task);
        match why {
            Some(Why::Cancelled) if tally.is_empty() => self.progress.abandon(None),
            Some(Why::Cancelled) => self.progress.abandon(Some(&format!("cancelled: {line}"))),
            Some(Why::TooLong) | None => self.progress.finish(line),
        }
        let is_quiet = why == Some(Why::Cancelled);
        if let Some(message) = tally.message(task).filter(|_| !is_quiet) {
            self.session.client.show(MessageType::WARNING, &message);
        }
        Ok(())
    }

    /// Makes and sends everything; why that was stopped, if it was.
    async fn all(
        &mut self,
        subjects: Vec<Subject>,
        sent: Option<oneshot::Sender<()>>,
        tally: &mut Tally,
    ) -> Option<Why> {
        let total = subjects.len();
        let delivery = self.delivery();
        let Self { ready, order, progress, ticket, .. } = self;
        let every = order.choice.batch_seconds.map_or(EVERY, |n| Duration::from_secs(n.into()));
        let batch = Batch::new(&ready.source, &order.options, &ready.orchestrator);
        let width = if order.is_immediate { 1 } else { batch.width() };
        let ask = |subject| many(ready, order, &batch, subject);
        let mut first = subjects;
        let alone = batch.alone(first.first().map(|subject| &subject.symbol), total);
        let others = first.split_off(alone);
        let mut making = stream::iter(first)
            .map(ask)
            .buffer_unordered(1)
            .chain(stream::iter(others).map(ask).buffer_unordered(width));
        let mut made: Vec<Made> = Vec::new();
        let mut sending: Option<Sending<'_>> = None;
        let mut due = Instant::now() + every;
        let mut done = 0;
        let mut is_told = progress.report(0, total);
        let why = loop {
            tokio::select! {
                biased;
                why = ticket.stopped() => break Some(why),
                delivered = async { match &mut sending {
                    Some((_, sending)) => sending.await,
                    None => std::future::pending().await,
                } } => {
                    let count = sending.take().map_or(0, |(count, _)| count);
                    tally.deliver(count, delivered);
                    due = Instant::now() + every;
                }
                () = tokio::time::sleep_until(due),
                    if sending.is_none() && !made.is_empty() && !order.is_immediate =>
                {
                    let ready = std::mem::take(&mut made);
                    sending = Some((ready.len(), Box::pin(delivery.send(ready, || ()))));
                }
                next = making.next() => {
                    match next {
                        Some(Ok((one, notices))) => {
                            tally.notice(notices);
                            made.push(one);
                        }
                        // What needs nothing has not failed.
                        Some(Err((_, Failure::Skipped(_)))) => {}
                        Some(Err((path, failure))) => tally.fail(path, failure.to_string()),
                        None => break None,
                    }
                    done += 1;
                    is_told = progress.report(done, total);
                }
                () = tokio::time::sleep(PACE), if !is_told => {
                    is_told = progress.report(done, total);
                }
            }
            if order.is_immediate && done % STRIDE == 0 {
                tokio::task::yield_now().await;
            }
        };
        // Whoever is still asked is asked no longer.
        drop(making);
        tally.untried = total - done;
        if let Some((count, sending)) = sending {
            tally.deliver(count, sending.await);
        }
        if made.is_empty() {
            return why;
        }
        let count = made.len();
        let last = delivery.send(made, announce(sent));
        if why.is_some() {
            tally.deliver(count, last.await);
            return why;
        }
        tokio::select! {
            biased;
            delivered = last => tally.deliver(count, delivered),
            why = ticket.stopped() => return Some(why),
        }
        None
    }
}

fn announce(sent: Option<oneshot::Sender<()>>) -> impl FnOnce() {
    || {
        if let Some(sent) = sent {
            let _ = sent.send(());
        }
    }
}

/// What a job for a whole file is about.
fn subjects(source: &Source, task: Task, options: &Options) -> Vec<Subject> {
    let symbols = match task {
        Task::Generate { .. } => source.symbols(|outline| considered(outline, options).is_ok()),
        Task::Update => {
            let findings = generate::check(source, options);
            let stale: HashSet<SymbolPath> = findings
                .into_iter()
                .filter(|finding| finding.code == Code::OutOfDate)
                .map(|finding| finding.path)
                .collect();
            source.symbols(|outline| stale.contains(&outline.path))
        }
        Task::Convert => source.symbols(|outline| outline.documented),
    };
    let places = Place::of_all(source, &symbols);
    let subjects = symbols.into_iter().zip(places);
    subjects.map(|(symbol, place)| Subject { symbol, place }).collect()
}

/// For one symbol, whose edit is proven.
async fn one(ready: &Ready, order: &Ordered, subject: Subject) -> Making {
    let Ready { source, orchestrator, .. } = ready;
    let Ordered { options, .. } = order;
    match order.task {
        Task::Generate { replace } => {
            let Subject { symbol, place } = subject;
            let start = symbol.existing.as_ref().map(|existing| existing.range.start);
            let path = symbol.path.clone();
            let generated = if replace {
                generate::anew(source, symbol, options, orchestrator).await
            } else {
                generate::symbol(source, symbol, options, orchestrator).await
            };
            made(place, start, generated).map_err(|failure| (path, failure))
        }
        Task::Update | Task::Convert => changed(ready, order, subject).await,
    }
}

/// For one of many symbols.
async fn many(ready: &Ready, order: &Ordered, batch: &Batch<'_>, subject: Subject) -> Making {
    match order.task {
        Task::Generate { .. } => {
            let Subject { symbol, place } = subject;
            let path = symbol.path.clone();
            made(place, None, batch.generate(symbol).await).map_err(|failure| (path, failure))
        }
        Task::Update | Task::Convert => changed(ready, order, subject).await,
    }
}

fn made(
    place: Place,
    start: Option<usize>,
    generated: Result<Generated, Failure>,
) -> Result<(Made, Vec<String>), Failure> {
    let Generated { text, edit, notices, .. } = generated?;
    Ok((Made { place, change: Change::of(start, text, edit) }, notices))
}

/// A docstring that is there, updated or converted.
async fn changed(ready: &Ready, order: &Ordered, subject: Subject) -> Making {
    let Ready { source, orchestrator, .. } = ready;
    let Ordered { options, .. } = order;
    let Subject { symbol, place } = subject;
    let path = symbol.path.clone();
    let start = symbol.existing.as_ref().map_or(0, |existing| existing.range.start);
    let changed = if order.task == Task::Convert {
        let (source, options) = (source.clone(), options.clone());
        let converted = panics::blocking(move || generate::convert(&source, &symbol, &options));
        converted.await.map(|converted| converted.map(|made| (vec![made.edit], Vec::new())))
    } else {
        let updated = generate::update(source, symbol, options, orchestrator).await;
        Some(updated.map(|made| (made.edits, made.notices)))
    };
    match changed {
        Some(Ok((edits, notices))) => {
            Ok((Made { place, change: Change::Rewrite { start, edits } }, notices))
        }
        Some(Err(failure)) => Err((path, failure)),
        // The process is ending.
        None => Err((path, Failure::Unclear("the server is ending".to_owned()))),
    }
}

fn sentence(task: Task, path: &SymbolPath, failure: &Failure) -> String {
    match (task, failure) {
        (Task::Generate { .. }, _) => match Refusal::of(path, failure) {
            Refusal::Expected(sentence) => sentence,
            _ => failure.to_string(),
        },
        (Task::Update | Task::Convert, Failure::Skipped(skip)) => {
            format!("`{path}` stays as it is: {skip}.")
        }
        (Task::Update, _) => format!("`{path}` was not updated: {failure}."),
        (Task::Convert, _) => format!("`{path}` was not converted: {failure}."),
    }
}
