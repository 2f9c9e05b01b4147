//! `generate --batch`: gets the answers of a run into the cache by way of the provider's
//! batches, at a part of the price. What is made of them is left to the ordinary run.
//!
//! Files are read anew for each step, so that a run of many of them holds the questions
//! of one at a time, and so that an answer meets the code as it is when it arrives.

use std::collections::HashSet;
use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::super::files::Target;
use super::super::output::{complain, plain};
use super::document::{Request, source};
use super::estimate::{Estimate, agree};
use super::shown;
use crate::generate::{self, Asked, Shown};
use crate::orchestrator::batches::{Admitted, BatchError, Batching, Progress, Standing};
use crate::orchestrator::numbers;
use crate::orchestrator::storage::Key;

/// Reasons that are listed one by one.
const MOST_REASONS: usize = 20;

/// How the user wants to be talked to.
#[derive(Clone, Copy)]
pub(super) struct Talk {
    pub(super) is_quiet: bool,
    /// Whether there may be a bar on a terminal.
    pub(super) has_bar: bool,
    /// The user agreed to what it may cost.
    pub(super) agreed: bool,
}

impl Talk {
    fn say(self, text: &str) {
        if !self.is_quiet {
            complain(&plain(text));
        }
    }
}

/// Gets the answers. When it ends well, the ordinary run finds those that were admitted in
/// the cache, and may ask for the others.
///
/// # Errors
///
/// When there are no batches to be had, they fail, or nobody agrees to the price.
pub(super) fn answers(targets: &[Target], request: &Request, talk: Talk) -> anyhow::Result<()> {
    let Some(first) = targets.first() else { return Ok(()) };
    let mut batching = request.engine.orchestrator().batching(&first.config.choice())?;
    let work = async {
        if !submit(&mut batching, targets, request, talk).await? {
            return Ok(());
        }
        wait(&mut batching, talk).await?;
        batching.fetch().await?;
        collect(&mut batching, targets, request, talk).await
    };
    request.engine.run(false, work).map_err(anyhow::Error::msg)?
}

/// The questions of a file, each as the provider would be shown it. What cannot be read is
/// told when the file's turn comes.
async fn questions(
    target: &Target,
    request: &Request,
    batching: &Batching,
) -> anyhow::Result<Vec<(Asked, Option<Shown>)>> {
    let Ok((source, options)) = source(target, request) else { return Ok(Vec::new()) };
    let orchestrator = request.engine.orchestrator();
    let asked = generate::questions(&source, &options, orchestrator).await?;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let mut shown = generate::dry_run_all(&source, &options, orchestrator)?.into_iter();
    let mut paired = Vec::with_capacity(asked.len());
    for one in asked {
        // Both are in the order of the file.
        let of_one = shown.find(|(path, _)| *path == one.path);
        let to_provider = |(_, all): (_, Vec<Shown>)| {
            all.into_iter().find(|shown| shown.provider == *batching.provider())
        };
        paired.push((one, of_one.and_then(to_provider)));
    }
    Ok(paired)
}

/// Hands in what is neither kept nor on its way; whether there is something to wait for.
async fn submit(
    batching: &mut Batching,
    targets: &[Target],
    request: &Request,
    talk: Talk,
) -> anyhow::Result<bool> {
    let mut open = Estimate::default();
    let mut keys: HashSet<Key> = HashSet::new();
    let mut earlier = 0_usize;
    for target in targets {
        for (asked, shown) in questions(target, request, batching).await? {
            // Equal questions are one.
            let Some(key) = batching.key(&asked.ask).filter(|key| !keys.contains(key)) else {
                continue;
            };
            match batching.standing(&asked.ask, |content| asked.accept(content)).await {
                Standing::Answered | Standing::Single => continue,
                Standing::Submitted => earlier += 1,
                Standing::Open(dearest) => open.add_at(shown.as_ref(), dearest),
            }
            keys.insert(key);
        }
    }
    batching.keep_to(keys.iter().copied());
    if earlier > 0 {
        let batches = batching.on_their_way().join(", ");
        talk.say(&format!(
            "{} on the way in {batches}",
            many(earlier, "question is", "questions are")
        ));
    }
    if open.questions > 0 {
        if earlier > 0 {
            let new = many(count(open.questions), "question is", "questions are");
            talk.say(&format!("{new} new since then, or about code that has changed"));
        }
        let part = batching.part();
        let what = if part < 1.0 {
            format!("as a batch, at {} of the price: ", numbers::percent(part))
        } else {
            "as a batch: ".to_owned()
        };
        agree(&open, &what, talk.agreed)?;
        batching.afford(open.dearest).await?;
        hand_in(batching, targets, request, talk).await?;
        batching.keep_to(keys.into_iter());
    }
    Ok(!batching.on_their_way().is_empty())
}

async fn hand_in(
    batching: &mut Batching,
    targets: &[Target],
    request: &Request,
    talk: Talk,
) -> anyhow::Result<()> {
    let before: Vec<String> = batching.on_their_way().iter().map(ToString::to_string).collect();
    // Read first: the batch that is being filled keeps everybody else waiting.
    let provider = batching.provider().clone();
    let mut draft = batching.draft().await?;
    if draft.lost() > 0 {
        talk.say(
            "warning: an earlier run was stopped while it handed in a batch. Whether it arrived \
             is not known; its questions are handed in again and may be billed twice, which the \
             provider's console tells",
        );
    }
    for target in targets {
        let Ok((source, options)) = source(target, request) else { continue };
        for asked in generate::questions(&source, &options, request.engine.orchestrator()).await? {
            if !draft.is_kept(&asked.ask, |content| asked.accept(content)).await {
                draft.add(&asked.ask).await?;
            }
        }
    }
    draft.submit().await?;
    drop(draft);
    for batch in batching.on_their_way() {
        if !before.iter().any(|known| known == batch) {
            talk.say(&format!("handed in to `{provider}` as {batch}"));
        }
    }
    Ok(())
}

async fn wait(batching: &mut Batching, talk: Talk) -> Result<(), BatchError> {
    talk.say(
        "waiting for the answers, which may take hours: interrupted, the same command goes on \
         where it was",
    );
    let total = u64::try_from(batching.questions()).unwrap_or(u64::MAX);
    let bar = bar(total, talk.has_bar);
    let waited = batching.wait(|progress| match progress {
        Progress::Done { done, .. } => bar.set_position(done.min(total)),
        Progress::Trouble(reason) => {
            bar.suspend(|| talk.say(&format!("warning: {reason}; it is tried again")));
        }
        Progress::Lost { batch, reason } => {
            bar.suspend(|| talk.say(&format!("warning: {batch} came to nothing: {reason}")));
        }
    });
    let result = waited.await;
    bar.finish_and_clear();
    result
}

fn bar(total: u64, is_wanted: bool) -> ProgressBar {
    if !is_wanted || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    bar.enable_steady_tick(std::time::Duration::from_secs(1));
    match ProgressStyle::with_template("{bar:30} {pos}/{len} answers, {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Puts the answers into the cache and tells what is left. That is asked singly by the
/// ordinary run, which the user agrees to where it is much.
async fn collect(
    batching: &mut Batching,
    targets: &[Target],
    request: &Request,
    talk: Talk,
) -> anyhow::Result<()> {
    let mut left = Estimate::default();
    let mut reasons = Vec::new();
    for target in targets {
        for (asked, full) in questions(target, request, batching).await? {
            let place = || format!("{}:{}: {}", shown(&target.shown), asked.line, asked.path);
            match batching.admit(&asked.ask, |content| asked.accept(content)).await {
                Admitted::Kept => continue,
                Admitted::Refused(reason) => reasons.push(format!("{}: {reason}", place())),
                Admitted::None => {
                    let accept = |content: &serde_json::Value| asked.accept(content);
                    if batching.standing(&asked.ask, accept).await == Standing::Answered {
                        continue;
                    }
                }
            }
            left.add_at(full.as_ref(), full.as_ref().and_then(Shown::dearest_usd).unwrap_or(0.0));
        }
    }
    let fetched = batching.finish().await;
    let answers = many(count(fetched.answers), "answer", "answers");
    let cost = match fetched.cost_usd {
        cost if cost > 0.0 => format!(", {}", numbers::usd(cost)),
        _ => String::new(),
    };
    talk.say(&format!("the batch brought {answers} that can be used{cost}"));
    if fetched.unclaimed > 0 {
        let unclaimed = many(count(fetched.unclaimed), "more is", "more are");
        talk.say(&format!("{unclaimed} about other files, or code that has changed since"));
    }
    let listed = reasons.len().min(MOST_REASONS);
    reasons.iter().take(listed).for_each(|reason| talk.say(reason));
    if reasons.len() > listed {
        talk.say(&format!("and {} more", reasons.len() - listed));
    }
    if left.questions > 0 {
        agree(&left, "asked singly, for want of an answer: ", talk.agreed)?;
    }
    Ok(())
}

fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn many(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
