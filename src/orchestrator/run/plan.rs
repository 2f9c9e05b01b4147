//! What to do next: whom to ask, beside whom, for how long, and when to wait. Looks at
//! what is known and decides; nothing is begun here.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Run;
use crate::orchestrator::arm::{Arm, Readiness, View};
use crate::orchestrator::select::{Candidate, rank};
use crate::orchestrator::{Hedge, Priority};
use crate::provider::CompletionRequest;

/// An attempt may take so many times its usual longest.
const PATIENCE: f64 = 2.0;
/// An attempt may take this share of the time that is left, while others are ready.
const SHARE: f64 = 0.55;
/// What to do when nothing is running.
pub(super) enum Step {
    /// Ask now, perhaps two.
    Start { arm: Arc<Arm>, beside: Option<Arc<Arm>> },
    /// Ask the first of these that has a place; look again then, if nobody has.
    Queue(Vec<Arc<Arm>>, Option<Instant>),
    /// Ask after a pause.
    StartAt(Instant, Arc<Arm>),
    /// A second turn.
    Repair(Arc<Arm>, CompletionRequest),
    /// Look again then.
    Wait(Instant),
    /// There is nobody to ask; one sentence says why.
    GiveUp(String),
}

impl Run {
    /// The providers with what is known about them, best first.
    pub(super) fn ranked(&self, now: Instant) -> Vec<(Arc<Arm>, View)> {
        let arms: Vec<&Arc<Arm>> = self.arms.iter().filter(|arm| self.can_take(arm)).collect();
        let candidate = |arm: &&Arc<Arm>| {
            let capabilities = arm.capabilities();
            Candidate {
                // By the very request that it would get: a smaller one might pass here and
                // not when the call begins.
                view: arm.view(&self.request_for(arm), now),
                quality: capabilities.quality,
                is_preferred: self.ask.prefers(arm.id()),
                likes_style: capabilities.preferred_styles.iter().any(|id| id == self.ask.style),
            }
        };
        let candidates: Vec<Candidate> = arms.iter().map(candidate).collect();
        let order = rank(&candidates, &*self.question.core.random);
        let pair = |index: usize| {
            let arm = Arc::clone(arms.get(index)?);
            Some((arm, candidates.get(index)?.view.clone()))
        };
        order.into_iter().filter_map(pair).collect()
    }

    pub(super) fn next_step(&mut self, now: Instant) -> Step {
        if self.started >= self.most() {
            return Step::GiveUp("every attempt failed".to_owned());
        }
        if self.refusals > 1 {
            return Step::GiveUp("two providers refused".to_owned());
        }
        let mut repair_at = None;
        if let Some((arm, request)) = self.repair.take() {
            match arm.view(&request, now).readiness {
                Readiness::Never(_) => {}
                Readiness::At(until) => {
                    repair_at = Some(until).filter(|until| *until <= self.patience(now));
                    self.repair = repair_at.map(|_| (arm, request));
                }
                Readiness::Ready | Readiness::Probe | Readiness::Busy => {
                    self.has_repaired = true;
                    return Step::Repair(arm, request);
                }
            }
        }
        let ranked = self.ranked(now);
        let found = |readiness: &Readiness| {
            let fits =
                |(arm, view): &&(Arc<Arm>, View)| self.is_new(arm) && view.readiness == *readiness;
            ranked.iter().find(fits)
        };
        if let Some((best, _)) = found(&Readiness::Ready) {
            let beside = self.beside(best, &ranked);
            return Step::Start { arm: Arc::clone(best), beside };
        }
        if let Some((probe, _)) = found(&Readiness::Probe) {
            return Step::Start { arm: Arc::clone(probe), beside: None };
        }
        repair_at.map_or_else(|| self.wait_or_retry(&ranked, now), Step::Wait)
    }

    /// Until when it is worth waiting for a provider. A person waits for half of what is
    /// left at most, and then rather gets the words of the embedded provider.
    pub(super) fn patience(&self, now: Instant) -> Instant {
        match self.ask.priority {
            Priority::Interactive => now + self.deadline.saturating_duration_since(now) / 2,
            Priority::Bulk => self.deadline,
        }
    }

    /// When to look again for a provider that will be back at a moment which others wait
    /// for as well: not before it, and not all at once.
    pub(super) fn spread(&self, until: Instant, now: Instant) -> Instant {
        let core = &self.question.core;
        let tuning = &core.config.tuning;
        let wait = until.saturating_duration_since(now);
        let most = wait.mul_f64(tuning.spread).min(tuning.longest_spread);
        let later = until + most.mul_f64(core.random.unit());
        later.min(self.deadline).max(until)
    }

    /// Nobody new can be asked now: a second try where one failed, or patience.
    pub(super) fn wait_or_retry(&self, ranked: &[(Arc<Arm>, View)], now: Instant) -> Step {
        let mut soonest: Option<Instant> = None;
        let mut again = None;
        let mut full = Vec::new();
        let mut reasons = Vec::new();
        for (arm, view) in ranked {
            match &view.readiness {
                // A place becomes free when one of its calls ends: they are waited for
                // in the order in which they came.
                Readiness::Busy if self.is_new(arm) => full.push(Arc::clone(arm)),
                Readiness::Ready | Readiness::Probe | Readiness::Busy => {
                    again = again.or(Some(arm));
                }
                Readiness::At(until) => {
                    soonest = Some(soonest.map_or(*until, |at| at.min(*until)));
                }
                Readiness::Never(reason) => reasons.push(format!("{}: {reason}", arm.id())),
            }
        }
        if !full.is_empty() {
            return Step::Queue(full, soonest);
        }
        let patience = self.patience(now);
        let soonest = soonest.filter(|until| *until <= patience);
        if let Some(arm) = again {
            let tries = self.tried.get(arm.id()).copied().unwrap_or(1).saturating_sub(1);
            let tuning = &self.question.core.config.tuning;
            let pause = tuning.retry_pause.saturating_mul(1 << tries.min(8));
            let pause = pause.min(tuning.longest_retry_pause);
            let at = now + pause.mul_f64(self.question.core.random.unit());
            match soonest {
                Some(until) if until < at => return Step::Wait(until),
                _ if self.limited.contains(arm.id()) || arm.take_retry() => {
                    return Step::StartAt(at, Arc::clone(arm));
                }
                _ => reasons.push(format!("{} failed too often lately", arm.id())),
            }
        }
        match soonest {
            Some(until) => Step::Wait(until),
            None if reasons.is_empty() => {
                Step::GiveUp("none of the providers wants to be asked soon enough".to_owned())
            }
            None => Step::GiveUp(reasons.join("; ")),
        }
    }

    /// Who is asked beside the best one at once: in a race the second; else a provider
    /// that was down or slow and may be well again, so that finding out costs a call
    /// and nobody's time.
    pub(super) fn beside(&self, best: &Arm, ranked: &[(Arc<Arm>, View)]) -> Option<Arc<Arm>> {
        let config = &self.question.core.config;
        let is_allowed = config.parallel_attempts > 1
            && self.ask.priority == Priority::Interactive
            && !self.has_hedged
            && self.started.saturating_add(1) < self.most();
        let is_worth_it = |(arm, view): &&(Arc<Arm>, View)| {
            let is_other = arm.id() != best.id() && self.is_new(arm);
            is_other
                && match config.hedge {
                    Hedge::Off => false,
                    Hedge::Race => view.readiness == Readiness::Ready,
                    Hedge::Adaptive => {
                        view.readiness == Readiness::Probe
                            || view.readiness == Readiness::Ready && view.is_due
                    }
                }
        };
        let (other, _) = ranked.iter().filter(|_| is_allowed).find(is_worth_it)?;
        let is_paid = config.hedge == Hedge::Race || self.question.core.hedges.spend();
        is_paid.then(|| Arc::clone(other))
    }

    /// When a second provider is asked if this one has not answered.
    pub(super) fn hedge_at(&self, arm: &Arc<Arm>, now: Instant) -> Option<(Instant, Arc<Arm>)> {
        let config = &self.question.core.config;
        let is_allowed = config.hedge != Hedge::Off
            && config.parallel_attempts > 1
            && self.ask.priority == Priority::Interactive
            && !self.has_hedged;
        if !is_allowed {
            return None;
        }
        let view = arm.view(&self.request_for(arm), now);
        // Where a failure is likely, there is no point in waiting for the slowest.
        let usual = if view.readiness == Readiness::Probe { view.p50 } else { view.hedge_after };
        let delay = Duration::try_from_secs_f64(usual).ok()?;
        Some((now + delay.max(config.tuning.min_hedge), Arc::clone(arm)))
    }

    /// How long an attempt may take: a few times what is usual, and not so much that no
    /// other could follow.
    pub(super) fn timeout(&self, arm: &Arm, now: Instant) -> Duration {
        let left = self.deadline.saturating_duration_since(now);
        let is_other = |other: &&Arc<Arm>| {
            other.id() != arm.id() && self.can_take(other) && self.is_new(other)
        };
        let is_ready = |other: &&Arc<Arm>| {
            other.view(&self.request_for(other), now).readiness == Readiness::Ready
        };
        let is_last = self.started.saturating_add(1) >= self.most();
        if is_last || !self.arms.iter().filter(is_other).any(|other| is_ready(&other)) {
            return left;
        }
        let usual = PATIENCE * arm.view(&self.request_for(arm), now).p90;
        let shortest = self.question.core.config.tuning.min_attempt;
        let usual = Duration::try_from_secs_f64(usual).unwrap_or(left).max(shortest);
        usual.min(left.mul_f64(SHARE))
    }
}
