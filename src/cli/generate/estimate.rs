//! What a run would send and cost, before anything is sent.

use std::io::{BufRead, IsTerminal, Write};

use anyhow::bail;
use serde_json::Value;

use super::super::files::Target;
use super::super::output::{complain, plain};
use super::document::{Request, source};
use super::report::Reporter;
use crate::generate::{self, Shown};
use crate::orchestrator::Choice;

/// US dollars from which a person is asked first.
const ASK_FROM: f64 = 1.0;

/// What a run would send.
#[derive(Default)]
pub(super) struct Estimate {
    pub(super) questions: u64,
    tokens: u64,
    /// US dollars with answers as long as they may be.
    pub(super) dearest: f64,
    redacted: usize,
}

/// Prints everything that would be sent, and to whom; sends nothing.
pub(super) fn dry_run(
    targets: &[Target],
    request: &Request,
    as_json: bool,
    reporter: &mut Reporter,
) -> anyhow::Result<()> {
    let mut sum = Estimate::default();
    each(targets, request, |target, symbol, shown| {
        sum.add(shown);
        if as_json {
            let mut line = shown.to_json();
            if let Value::Object(line) = &mut line {
                line.insert("path".into(), target.shown.to_string_lossy().into());
                line.insert("symbol".into(), symbol.into());
            }
            reporter.raw(format!("{line}\n").as_bytes())?;
        } else {
            // A source may hold what drives a terminal.
            let text = readable(target, symbol, shown);
            for line in text.lines().map(plain) {
                reporter.raw(format!("{line}\n").as_bytes())?;
            }
        }
        Ok(())
    })?;
    match sum.questions {
        0 => complain(
            "nothing would be sent: the provider is in this program, or no docstring is missing",
        ),
        _ => complain(&sum.to_string()),
    }
    Ok(())
}

/// Says what a run will cost, and asks where it is much.
///
/// # Errors
///
/// When it is much and nobody agrees.
pub(super) fn confirm(targets: &[Target], request: &Request, agreed: bool) -> anyhow::Result<()> {
    let Some(target) = targets.first() else { return Ok(()) };
    let orchestrator = request.engine.orchestrator();
    let choice = target.config.choice();
    let is_wanted = |id| matches!(&choice, Choice::Auto) || choice == Choice::Preferred(id);
    let mut providers = orchestrator.all().filter(|one| is_wanted(one.id().clone()));
    let is_paid = providers.any(|one| one.capabilities().prices.is_some());
    if orchestrator.is_immediate(&choice) || !is_paid {
        return Ok(());
    }
    let mut sum = Estimate::default();
    each(targets, request, |_, _, shown| {
        sum.add(shown);
        Ok(())
    })?;
    if sum.questions == 0 {
        return Ok(());
    }
    agree(&sum, "", agreed)
}

/// Says what questions will cost, beginning with `what` they are, and asks where it is much.
///
/// # Errors
///
/// When it is much and nobody agrees.
pub(super) fn agree(sum: &Estimate, what: &str, agreed: bool) -> anyhow::Result<()> {
    complain(&format!("{what}{sum}"));
    if agreed || sum.dearest < ASK_FROM {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        bail!("this may cost ${:.2}: say so with --yes", sum.dearest);
    }
    complain("Go on? [y/N]");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    if !answer.trim().eq_ignore_ascii_case("y") {
        bail!("nothing was sent");
    }
    Ok(())
}

/// Calls `see` for every question of the run: with the chosen provider, or the dearest
/// if there is a choice.
fn each(
    targets: &[Target],
    request: &Request,
    mut see: impl FnMut(&Target, &str, &Shown) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    for target in targets {
        // What cannot be read is told when the file's turn comes.
        let Ok((source, options)) = source(target, request) else { continue };
        let asked = generate::dry_run_all(&source, &options, request.engine.orchestrator())?;
        for (symbol, shown) in asked {
            let wanted = shown.iter().filter(|one| match &options.choice {
                Choice::Preferred(id) => one.provider == *id,
                Choice::Auto => true,
            });
            let cost = |one: &&Shown| one.dearest_usd().unwrap_or_default();
            if let Some(one) = wanted.max_by(|a, b| cost(a).total_cmp(&cost(b))) {
                see(target, &symbol.0, one)?;
            }
        }
    }
    Ok(())
}

fn readable(target: &Target, symbol: &str, shown: &Shown) -> String {
    let prompt = &shown.rendered.prompt;
    let cost = shown.dearest_usd().map(|cost| format!(", at most ${cost:.6}")).unwrap_or_default();
    let redacted = match shown.rendered.redacted {
        0 => String::new(),
        1 => ", 1 secret cut out".to_owned(),
        count => format!(", {count} secrets cut out"),
    };
    let name = if symbol.is_empty() { "the module" } else { symbol };
    format!(
        "=== {}: {name}\nto {} ({}): about {} tokens, answer up to {}{cost}{redacted}\n\
         --- system\n{}\n--- context\n{}\n--- question\n{}\n--- schema\n{}\n\n",
        target.shown.display(),
        shown.provider,
        shown.capabilities.model,
        shown.rendered.tokens,
        prompt.max_output,
        prompt.system,
        prompt.context,
        prompt.user,
        prompt.schema,
    )
}

impl Estimate {
    fn add(&mut self, shown: &Shown) {
        self.add_at(Some(shown), shown.dearest_usd().unwrap_or_default());
    }

    /// Adds a question at another price.
    pub(super) fn add_at(&mut self, shown: Option<&Shown>, dearest: f64) {
        self.questions += 1;
        self.dearest += dearest;
        if let Some(Shown { rendered, .. }) = shown {
            self.tokens += rendered.tokens;
            self.redacted += rendered.redacted;
        }
    }
}

impl std::fmt::Display for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { questions, tokens, dearest, redacted } = self;
        let plural = if *questions == 1 { "" } else { "s" };
        write!(f, "{questions} question{plural}, about {tokens} tokens")?;
        if *dearest > 0.0 {
            write!(f, ", at most ${dearest:.4}")?;
        }
        if *redacted > 0 {
            write!(f, "; {redacted} secrets are cut out")?;
        }
        Ok(())
    }
}
