//! One parse of one version of a document: detached from whoever asked for it, made
//! once, and given up as soon as the version is superseded and nobody waits for it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};

use super::jobs::Jobs;
use super::panics;
use crate::docstring::Language;
use crate::syntax::{InputEdit, Source};

/// Edits since its base, from which on a parse is not given up.
const FAR: usize = 16;
/// How long a parse goes on in any case. Most are done by then, and the next one builds
/// on them; only one that turns out long (a quote was opened) is worth giving up.
const SHORT: Duration = Duration::from_millis(20);

/// Where parses run.
#[derive(Clone)]
pub(crate) struct Workshop {
    jobs: Jobs,
    /// Bounds the documents that are parsed at the same time.
    room: Arc<Semaphore>,
}

impl Workshop {
    /// Parses run as tasks of `jobs`, `room` of them at a time.
    pub(crate) fn new(jobs: Jobs, room: usize) -> Self {
        Self { jobs, room: Arc::new(Semaphore::new(room)) }
    }
}

/// What is to be parsed.
pub(crate) struct Input {
    /// In which language.
    pub(crate) language: Language,
    /// The path, for the module's name.
    pub(crate) name: String,
    /// The text.
    pub(crate) text: Arc<str>,
    /// An earlier tree.
    pub(crate) base: Option<Source>,
    /// How many edits it knows, counted since the trunk began.
    pub(crate) known: usize,
    /// What happened to the text since.
    pub(crate) edits: Vec<InputEdit>,
}

/// What the parses of one document share.
pub(crate) struct Trunk {
    /// The tree to build on, and how many edits it knows.
    newest: Mutex<Option<(Source, usize)>>,
    /// They run one after the other, so that each can build on the one before.
    turn: Arc<Semaphore>,
}

impl Default for Trunk {
    fn default() -> Self {
        Self { newest: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Trunk {
    /// The tree to build on, if it knows at least so many edits, and how many it knows.
    pub(crate) fn since(&self, known: usize) -> Option<(Source, usize)> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.clone().filter(|(_, edits)| *edits >= known)
    }

    /// Takes a newer tree, but keeps a sound one for as long as it is near: out of a tree
    /// with errors the parser can reuse little, so that mending the code would be slow.
    fn grow(&self, source: Source, edits: usize) {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        let is_better = newest.as_ref().is_none_or(|(base, known)| {
            *known <= edits && (!source.has_errors() || base.has_errors() || edits - known >= FAR)
        });
        if is_better {
            *newest = Some((source, edits));
        }
    }
}

#[derive(Clone)]
enum Stage {
    /// Nobody asked yet, or it was given up.
    Idle,
    Running,
    /// `None` when the parser gave up.
    Done(Option<Source>),
}

/// One parse, made once at most.
pub(crate) struct Parse {
    input: Input,
    trunk: Arc<Trunk>,
    stage: watch::Sender<Stage>,
    superseded: AtomicBool,
    closed: AtomicBool,
    waiting: AtomicUsize,
}

/// Somebody waits.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Ends a run that has no result: others may start again, but not after a panic.
struct Run(Arc<Parse>);

impl Drop for Run {
    fn drop(&mut self) {
        self.0.stage.send_if_modified(|stage| {
            let running = matches!(stage, Stage::Running);
            if running {
                let panics = std::thread::panicking();
                *stage = if panics { Stage::Done(None) } else { Stage::Idle };
            }
            running
        });
    }
}

impl Parse {
    /// A parse that starts when somebody asks for it.
    pub(crate) fn new(input: Input, trunk: Arc<Trunk>) -> Self {
        Self {
            input,
            trunk,
            stage: watch::Sender::new(Stage::Idle),
            superseded: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
        }
    }

    /// What is parsed.
    pub(crate) fn input(&self) -> &Input {
        &self.input
    }

    /// There is a newer version: who waits still gets the tree, nobody else needs it.
    pub(crate) fn supersede(&self) {
        self.superseded.store(true, Ordering::Release);
    }

    /// The document is gone.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.supersede();
    }

    /// Starts the parse unless it runs or is done, and waits for it. Who stops waiting
    /// does not stop the parse. `None` when the parser gives up.
    pub(crate) async fn wait(self: &Arc<Self>, workshop: &Workshop) -> Option<Source> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let _waiting = Waiting(&self.waiting);
        let mut stages = self.stage.subscribe();
        loop {
            let idle = match &*stages.borrow_and_update() {
                Stage::Done(source) => return source.clone(),
                Stage::Idle => true,
                Stage::Running => false,
            };
            if idle && !self.start(workshop) {
                return None;
            }
            stages.changed().await.ok()?;
        }
    }

    /// Whether it runs; it does not when the session is over.
    fn start(self: &Arc<Self>, workshop: &Workshop) -> bool {
        let started = self.stage.send_if_modified(|stage| {
            let idle = matches!(stage, Stage::Idle);
            if idle {
                *stage = Stage::Running;
            }
            idle
        });
        if !started {
            return true;
        }
        let run = Run(Arc::clone(self));
        let room = Arc::clone(&workshop.room);
        let task = async move {
            let turn = Arc::clone(&run.0.trunk.turn).acquire_owned().await;
            let room = room.acquire_owned().await;
            if run.0.is_unwanted() {
                return;
            }
            // The next one begins when this one ends, even if nobody polls this task again.
            panics::blocking(move || {
                let _held = (turn, room);
                run.0.run();
            })
            .await;
        };
        workshop.jobs.spawn(task).is_some()
    }

    fn is_unwanted(&self) -> bool {
        self.superseded.load(Ordering::Acquire) && self.waiting.load(Ordering::Acquire) == 0
    }

    fn run(&self) {
        let Input { language, name, text, base, known, edits } = &self.input;
        let newer = self.trunk.since(*known);
        let (base, known) = match &newer {
            Some((source, newer)) if newer - known <= edits.len() => (Some(source), newer - known),
            _ => (base.as_ref(), 0),
        };
        let edits_since = edits.get(known..).unwrap_or_default();
        // One that is far from its base is made in any case: were it given up again and
        // again, ever more edits would make each parse slower than the one before.
        let is_brief = base.is_some() && edits_since.len() < FAR;
        let began = Instant::now();
        let stop = || {
            self.is_unwanted()
                && (self.closed.load(Ordering::Acquire) || is_brief && began.elapsed() > SHORT)
        };
        let base = base.map(|base| (base, edits_since));
        match Source::parse_unless(*language, name, Arc::clone(text), base, &stop) {
            Ok(source) => {
                self.trunk.grow(source.clone(), self.input.known + edits.len());
                self.stage.send_replace(Stage::Done(Some(source)));
            }
            Err(_) if stop() => {}
            Err(error) => {
                tracing::warn!(document = %name, %error, "cannot be parsed");
                self.stage.send_replace(Stage::Done(None));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::sync::Arc;
    use std::task::{Context, Poll, Waker};

    use super::{Input, Parse, Stage, Workshop};
    use crate::docstring::Language;
    use crate::server::jobs::Jobs;

    fn parse() -> Arc<Parse> {
        let input = Input {
            language: Language::Python,
            name: "m.py".to_owned(),
            text: "def f(): pass\n".into(),
            base: None,
            known: 0,
            edits: Vec::new(),
        };
        Arc::new(Parse::new(input, Arc::default()))
    }

    #[tokio::test]
    async fn who_stops_waiting_does_not_stop_the_parse() {
        let (workshop, parse) = (Workshop::new(Jobs::default(), 1), parse());
        {
            let mut first = Box::pin(parse.wait(&workshop));
            let poll = first.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(poll, Poll::Pending));
        }
        let mut stages = parse.stage.subscribe();
        let done = stages.wait_for(|stage| matches!(stage, Stage::Done(Some(_)))).await;
        drop(done.unwrap());
        assert!(parse.trunk.since(0).is_some());
    }

    #[tokio::test]
    async fn what_is_superseded_is_parsed_only_for_who_waits() {
        let (workshop, parse) = (Workshop::new(Jobs::default(), 1), parse());
        parse.supersede();
        {
            let mut first = Box::pin(parse.wait(&workshop));
            let poll = first.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(poll, Poll::Pending));
        }
        let mut stages = parse.stage.subscribe();
        drop(stages.wait_for(|stage| matches!(stage, Stage::Idle)).await.unwrap());
        assert!(parse.trunk.since(0).is_none(), "nobody waited");
        assert!(parse.wait(&workshop).await.is_some());
    }

    #[tokio::test]
    async fn nothing_waits_for_a_session_that_is_over() {
        let jobs = Jobs::default();
        jobs.close();
        assert!(parse().wait(&Workshop::new(jobs, 1)).await.is_none());
    }
}
