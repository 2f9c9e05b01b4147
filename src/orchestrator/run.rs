//! One question, from the first call to the first accepted answer: whom to ask, when
//! to ask a second one, what follows a failure, and when to give up.
//!
//! ```text
//! failure                       what follows
//! overloaded, connection,       the next provider that is ready, at once; without one,
//!   timeout                       the same after a pause, if it has retries left
//! rate limited                  the same, and needs no retry: it is in order to ask again
//!                                 when the limit allows it. In a batch, which has time,
//!                                 it counts for no attempt where there may be several
//! quota, key, bad request       the next provider
//! too dear for the budget       the next provider
//! too long                      the shorter question, else the next provider
//! cut off                       the same once more with twice the room, then the next
//! refused                       one other provider, then the end
//! not accepted                  one repair turn with the exact faults, then the next
//! ```
//!
//! Everything happens before one deadline, with at most so many attempts, of which at
//! most so many at the same time. A call that lost is dropped, which closes it.

mod plan;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt, select_all};
use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::Instant;

use super::arm::{Arm, Place, Readiness, View};
use super::attempt::{Outcome, Plan, Question, Tried, Won, attempt};
use super::matrix::fits;
use super::{Ask, OrchestratorError, Priority};
use crate::provider::{CompletionRequest, ErrorKind, Prompt, ProviderId};
use plan::Step;

/// A provider with less of its limits left than this gets no second calls.
const SLACK: f64 = 0.2;
/// The second call goes to the provider of the first when its median is below this share
/// of any other's. Most calls that are late are late by themselves (a long queue on one
/// machine, a long way through a network), so that asking again is faster and cheaper
/// than a slower provider. Where they are late together, the provider is restless.
const FASTER: f64 = 0.8;

/// Ends a question: the answer with who gave it, or why there is none.
pub(super) type Ended = Result<(Arc<Arm>, Won), OrchestratorError>;

pub(super) struct Run {
    question: Question,
    ask: Ask,
    arms: Vec<Arc<Arm>>,
    deadline: Instant,
    started: u32,
    /// Attempts in this question by provider.
    tried: HashMap<ProviderId, u32>,
    /// Providers that cannot help with this question.
    excluded: HashSet<ProviderId>,
    /// Providers that turned this question away last time because others had come before.
    limited: HashSet<ProviderId>,
    refusals: u32,
    has_hedged: bool,
    has_repaired: bool,
    /// A second turn that waits until no other attempt is running.
    repair: Option<(Arc<Arm>, CompletionRequest)>,
    too_dear: Option<String>,
}

/// What follows a failure at once.
enum Next {
    /// The same provider is asked this.
    Same(BoxFuture<'static, Tried>),
    /// Another provider is asked, also while one is running.
    Other,
    /// Nothing while another one is running.
    Nothing,
}

type Running = FuturesUnordered<BoxFuture<'static, Tried>>;

impl Run {
    pub(super) fn new(question: Question, ask: Ask, arms: Vec<Arc<Arm>>) -> Self {
        let config = &question.core.config;
        let time = match ask.priority {
            Priority::Interactive => config.timeout,
            Priority::Bulk => config.bulk_timeout,
        };
        Self {
            // A year is for ever, and can be added to any moment.
            deadline: question.began + time.min(Duration::from_hours(365 * 24)),
            question,
            ask,
            arms,
            started: 0,
            tried: HashMap::new(),
            excluded: HashSet::new(),
            limited: HashSet::new(),
            refusals: 0,
            has_hedged: false,
            has_repaired: false,
            repair: None,
            too_dear: None,
        }
    }

    /// Runs to the end.
    pub(super) async fn run(mut self) -> Ended {
        let core = Arc::clone(&self.question.core);
        core.hedges.earn(core.config.tuning.hedge_share);
        let mut running = Running::new();
        let mut hedge_at: Option<(Instant, Arc<Arm>)> = None;
        loop {
            let now = core.clock.now();
            if now >= self.deadline {
                drop(running);
                return Err(self.too_late(now));
            }
            if running.is_empty() {
                match self.next_step(now) {
                    Step::Start { arm, beside } => {
                        hedge_at = self.hedge_at(&arm, now);
                        running.push(self.ask(&arm, false, now));
                        if let Some(other) = beside {
                            self.has_hedged = true;
                            running.push(self.ask(&other, true, now));
                        }
                    }
                    Step::StartAt(at, arm) => {
                        core.clock.sleep_until(at.min(self.deadline)).await;
                        let now = core.clock.now();
                        if now >= self.deadline {
                            continue;
                        }
                        hedge_at = self.hedge_at(&arm, now);
                        running.push(self.ask(&arm, false, now));
                    }
                    Step::Queue(arms, until) => {
                        let wake = until.map_or(self.deadline, |at| at.min(self.deadline));
                        let free = tokio::select! {
                            biased;
                            free = first_place(arms, self.ask.priority) => free,
                            () = core.clock.sleep_until(wake) => None,
                        };
                        let now = core.clock.now();
                        let Some((arm, place)) = free.filter(|_| now < self.deadline) else {
                            continue;
                        };
                        hedge_at = self.hedge_at(&arm, now);
                        let request = self.request_for(&arm);
                        running.push(self.start(&arm, request, false, Some(place), now));
                    }
                    Step::Repair(arm, request) => {
                        // Another provider is asked the question itself.
                        hedge_at = self.hedge_at(&arm, now);
                        running.push(self.start(&arm, request, false, None, now));
                    }
                    Step::Wait(until) => {
                        core.clock.sleep_until(self.spread(until, now)).await;
                        continue;
                    }
                    Step::GiveUp(reason) => return Err(self.failed(&reason)),
                }
            }
            let wake = hedge_at.as_ref().map_or(self.deadline, |(at, _)| self.deadline.min(*at));
            let first = tokio::select! {
                biased;
                tried = running.next() => tried,
                () = core.clock.sleep_until(wake) => None,
            };
            let Some(first) = first else {
                if let Some((_, first)) = hedge_at.take() {
                    self.hedge(&first, &mut running);
                }
                continue;
            };
            if let Some(won) = self.ended(first, &mut running) {
                drop(running);
                return Ok(won);
            }
            if running.is_empty() {
                hedge_at = None;
            }
        }
    }

    /// Takes in a call that has ended, and all others that have ended by now, so that
    /// the best of them wins and not the one that was looked at first.
    fn ended(&mut self, first: Tried, running: &mut Running) -> Option<(Arc<Arm>, Won)> {
        let mut ended = vec![first];
        while let Some(Some(tried)) = running.next().now_or_never() {
            ended.push(tried);
        }
        let mut won = Vec::new();
        let mut lost = Vec::new();
        for tried in ended {
            match tried.outcome {
                Outcome::Accepted(answer) => won.push((answer, tried.order, tried.arm)),
                _ => lost.push(tried),
            }
        }
        let best = won.into_iter().min_by(|(a, first, _), (b, second, _)| {
            a.cost_usd.total_cmp(&b.cost_usd).then(first.cmp(second))
        });
        if let Some((answer, _, arm)) = best {
            return Some((arm, *answer));
        }
        for tried in lost {
            match self.after_failure(tried) {
                Next::Same(call) => running.push(call),
                Next::Other if !running.is_empty() => self.replace(running),
                Next::Other | Next::Nothing => {}
            }
        }
        None
    }

    /// The most attempts.
    fn most(&self) -> u32 {
        self.question.core.config.max_retries.saturating_add(1)
    }

    /// Whether one more call may run beside those that do.
    fn may_add(&self, running: &Running) -> bool {
        let most = self.question.core.config.parallel_attempts;
        self.started < self.most() && running.len() < most && self.refusals < 2
    }

    fn too_late(&self, now: Instant) -> OrchestratorError {
        let elapsed = now.saturating_duration_since(self.question.began);
        OrchestratorError::DeadlineExceeded { elapsed, attempts: self.question.log.take() }
    }

    fn failed(&self, reason: &str) -> OrchestratorError {
        if let Some(sentence) = &self.too_dear {
            return OrchestratorError::Budget(sentence.clone());
        }
        let attempts = self.question.log.take();
        if attempts.is_empty() {
            OrchestratorError::Unavailable(reason.to_owned())
        } else {
            OrchestratorError::Failed { attempts }
        }
    }

    /// The question as this provider can take it.
    fn request_for(&self, arm: &Arm) -> CompletionRequest {
        let whole = self.ask.request_for(arm.id());
        match &self.ask.shorter {
            Some(shorter) if !fits(arm.capabilities(), &whole) => with(&whole, shorter),
            _ => whole,
        }
    }

    /// Whether the provider can take the question at all.
    fn can_take(&self, arm: &Arm) -> bool {
        !self.excluded.contains(arm.id()) && fits(arm.capabilities(), &self.request_for(arm))
    }

    fn is_new(&self, arm: &Arm) -> bool {
        !self.tried.contains_key(arm.id())
    }

    /// Asks a second provider, if there is one and the budget for it.
    fn hedge(&mut self, first: &Arm, running: &mut Running) {
        if self.has_hedged || !self.may_add(running) {
            return;
        }
        let core = Arc::clone(&self.question.core);
        let now = core.clock.now();
        let ranked = self.ranked(now);
        let is_good = |(_, view): &&(Arc<Arm>, View)| {
            view.readiness == Readiness::Ready && view.slack > SLACK
        };
        let other = ranked.iter().filter(is_good).find(|(arm, _)| self.is_new(arm));
        let same = ranked.iter().filter(is_good).find(|(arm, view)| {
            let is_first = first.id() == arm.id();
            let is_faster = other.is_none_or(|(_, other)| view.p50 < FASTER * other.p50);
            is_first && is_faster && view.is_at_ease
        });
        if let Some((second, _)) = same.or(other)
            && core.hedges.spend()
        {
            self.has_hedged = true;
            running.push(self.ask(second, true, now));
        }
    }

    /// One failed while another runs: the next begins at once.
    fn replace(&mut self, running: &mut Running) {
        if self.ask.priority != Priority::Interactive || !self.may_add(running) {
            return;
        }
        let now = self.question.core.clock.now();
        let ranked = self.ranked(now);
        let is_good = |(arm, view): &&(Arc<Arm>, View)| {
            view.readiness == Readiness::Ready && self.is_new(arm)
        };
        if let Some((other, _)) = ranked.iter().find(is_good) {
            running.push(self.ask(other, false, now));
        }
    }

    /// What follows a failure, as in the table above.
    fn after_failure(&mut self, tried: Tried) -> Next {
        let Tried { arm, request, outcome, .. } = tried;
        let id = arm.id().clone();
        let (error, repair) = match outcome {
            Outcome::Failed(error, repair) => (error, repair),
            Outcome::TooDear(sentence) => {
                // A cheaper one may still be asked.
                self.not_begun(&id);
                self.excluded.insert(id);
                self.too_dear = Some(sentence);
                return Next::Other;
            }
            Outcome::NotBegun | Outcome::Accepted(_) => {
                self.not_begun(&id);
                if request.repair.is_some() {
                    self.has_repaired = false;
                    self.repair = Some((arm, request));
                }
                return Next::Nothing;
            }
        };
        let may_go_on = self.started < self.most();
        let now = self.question.core.clock.now();
        self.limited.remove(&id);
        match error.kind {
            ErrorKind::RateLimited => {
                self.limited.insert(id);
                if self.ask.priority == Priority::Bulk && self.most() > 1 {
                    self.started = self.started.saturating_sub(1);
                }
                Next::Other
            }
            ErrorKind::Overloaded | ErrorKind::Connection | ErrorKind::Timeout => Next::Other,
            ErrorKind::Quota | ErrorKind::Auth | ErrorKind::BadRequest => {
                self.excluded.insert(id);
                Next::Other
            }
            ErrorKind::ContextOverflow => match &self.ask.shorter {
                Some(shorter) if may_go_on && !is_same(&request, shorter) => {
                    let request = with(&request, shorter);
                    Next::Same(self.start(&arm, request, false, None, now))
                }
                _ => {
                    self.excluded.insert(id);
                    Next::Other
                }
            },
            ErrorKind::Truncated => match more_room(&arm, &request) {
                Some(room) if may_go_on => {
                    let request = CompletionRequest { max_output: Some(room), ..request };
                    Next::Same(self.start(&arm, request, false, None, now))
                }
                _ => {
                    self.excluded.insert(id);
                    Next::Other
                }
            },
            ErrorKind::Refused => {
                self.refusals += 1;
                self.excluded.insert(id);
                Next::Other
            }
            ErrorKind::Invalid => {
                // Whatever comes next, the same question would get the same answer.
                self.excluded.insert(id);
                let can_repair = !self.has_repaired && self.repair.is_none() && may_go_on;
                match repair {
                    Some(repair) if can_repair => {
                        let request = CompletionRequest { repair: Some(repair), ..request };
                        self.repair = Some((arm, request));
                        Next::Nothing
                    }
                    _ => Next::Other,
                }
            }
        }
    }

    fn not_begun(&mut self, id: &ProviderId) {
        self.started = self.started.saturating_sub(1);
        if let Some(count) = self.tried.get_mut(id) {
            *count -= 1;
            if *count == 0 {
                self.tried.remove(id);
            }
        }
    }

    /// Asks this provider the question.
    fn ask(&mut self, arm: &Arc<Arm>, is_hedge: bool, now: Instant) -> BoxFuture<'static, Tried> {
        let request = self.request_for(arm);
        self.start(arm, request, is_hedge, None, now)
    }

    fn start(
        &mut self,
        arm: &Arc<Arm>,
        request: CompletionRequest,
        is_hedge: bool,
        place: Option<Place>,
        now: Instant,
    ) -> BoxFuture<'static, Tried> {
        let timeout = self.timeout(arm, now);
        let order = self.started;
        self.started += 1;
        *self.tried.entry(arm.id().clone()).or_default() += 1;
        let plan = Plan { arm: Arc::clone(arm), request, order, timeout, is_hedge, place };
        attempt(self.question.clone(), plan)
    }
}

/// The first of these providers that has a place for a call.
async fn first_place(arms: Vec<Arc<Arm>>, priority: Priority) -> Option<(Arc<Arm>, Place)> {
    let places =
        arms.into_iter().map(|arm| async move { Some((arm.place(priority).await?, arm)) }.boxed());
    let (first, ..) = select_all(places).await;
    first.map(|(place, arm)| (arm, place))
}

fn with(request: &CompletionRequest, prompt: &Arc<Prompt>) -> CompletionRequest {
    CompletionRequest { prompt: Some(Arc::clone(prompt)), ..request.clone() }
}

fn is_same(request: &CompletionRequest, prompt: &Arc<Prompt>) -> bool {
    request.prompt.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, prompt))
}

/// Twice the room for the answer, once.
fn more_room(arm: &Arm, request: &CompletionRequest) -> Option<u32> {
    let now = request.prompt.as_ref()?.max_output;
    let more = now.saturating_mul(2).min(arm.capabilities().max_output);
    (request.max_output.is_none() && more > now).then_some(more)
}
