//! `docstring-ls check`: missing, out-of-date and malformed docstrings.
//!
//! Files are checked in parallel and reported in the order of their paths. Nobody is asked
//! but the embedded provider.

mod file;
mod format;
mod row;
mod summary;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use anyhow::{Context, bail};

use super::batch::batch;
use super::files::{self, Configs, Target};
use super::output::{complain, plain};
use super::stdin::{stdin, stdin_target};
use super::switches::{Manner, Selection};
use super::{Choices, Output};
use crate::generate::{Code, Scope};

use super::state::State;
use file::Request;
use format::{Format, Printer};
use summary::Summary;

/// Arguments of `docstring-ls check`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files and folders; `-` reads stdin
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Bring out-of-date docstrings up to date, with no provider but the embedded one; missing
    /// ones are what `generate` writes
    #[arg(long)]
    fix: bool,
    /// How to report
    #[arg(long, value_name = "FORMAT", default_value = "full")]
    output_format: Format,
    /// Only these codes, or all that begin so: `DLS001`, `DLS`, `missing-docstring`
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    select: Vec<String>,
    /// Not these codes
    #[arg(long, value_name = "CODE", value_delimiter = ',')]
    ignore: Vec<String>,
    /// Count findings instead of listing them
    #[arg(long)]
    statistics: bool,
    /// Fail when less than so many percent of the symbols have a docstring; a missing one
    /// alone is then no failure
    #[arg(long, value_name = "PCT", value_parser = percent)]
    fail_under: Option<f64>,
    /// Exit with 0 whatever is found
    #[arg(long)]
    exit_zero: bool,
    /// What stdin is: its name says the language (Python without it) and the project
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    manner: Manner,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.trim_end_matches('%').parse::<f64>().ok();
    number
        .filter(|number| (0.0..=100.0).contains(number))
        .ok_or_else(|| "a percentage from 0 to 100 is needed".into())
}

/// The codes that are meant.
///
/// # Errors
///
/// When there is no such code.
fn codes(select: &[String], ignore: &[String]) -> anyhow::Result<BTreeSet<Code>> {
    let named = |list: &[String]| {
        let mut codes = BTreeSet::new();
        for text in list {
            let before = codes.len();
            codes.extend(Code::selected(text));
            if codes.len() == before && Code::selected(text).next().is_none() {
                let known: Vec<_> = Code::ALL
                    .iter()
                    .map(|code| format!("{} ({})", code.id(), code.name()))
                    .collect();
                bail!("`{}` is no code; there are {}", plain(text), known.join(", "));
            }
        }
        Ok(codes)
    };
    let selected = if select.is_empty() { Code::ALL.into() } else { named(select)? };
    let ignored = named(ignore)?;
    Ok(selected.difference(&ignored).copied().collect())
}

/// Checks what the arguments name; the exit status.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let cwd = std::env::current_dir().context("the current folder cannot be found")?;
    let mut sources = arguments.choices.sources(env, &cwd);
    arguments.selection.narrow(&mut sources.flags);
    let mut configs = Configs::new(sources, &cwd);
    // Wrong settings are told even when there is nothing to do.
    configs.of(&cwd)?;
    let is_stdin = arguments.paths.iter().any(|path| path.as_os_str() == "-");
    let is_filter = is_stdin && arguments.fix;
    let counts = arguments.fail_under.is_some() || arguments.statistics;
    let request = Request {
        kinds: arguments.selection.kinds(),
        only: arguments.selection.symbol(),
        scope: arguments.choices.scope.as_deref().map(|scope| match scope {
            "all" => Scope::All,
            _ => Scope::Public,
        }),
        codes: codes(&arguments.select, &arguments.ignore)?,
        counts,
        fix: arguments.fix,
        excerpts: arguments.output_format == Format::Full && !arguments.statistics && !is_filter,
        orchestrator: Request::offline(),
    };
    let out = Output::new(arguments.manner.color, env);
    let printer = Printer::new(out, arguments.output_format);
    let mut summary = Summary::new(printer, arguments);
    if is_stdin {
        if arguments.paths.len() > 1 || arguments.selection.changed.is_some() {
            bail!("`-` stands alone: it takes no other path and no --changed");
        }
        let target = stdin_target(arguments.stdin_filename.as_deref(), &cwd, &mut configs)?;
        let bytes = stdin()?;
        let state = file::bytes(&target, &bytes, &request);
        if is_filter {
            let after = match &state {
                State::Done(checked) => checked.after.as_deref(),
                State::Skipped(_) | State::Failed(_) => None,
            };
            summary.filter(&target.shown, after.unwrap_or(&bytes), &state)?;
        } else {
            summary.begin()?;
            summary.add(&target.shown, &state)?;
        }
    } else {
        let changed = arguments.selection.changed(&cwd)?;
        let found = files::find(&arguments.paths, changed.as_deref(), &cwd, &mut configs)?;
        summary.begin()?;
        for (path, reason) in &found.refused {
            summary.add(path, &State::Failed(reason.clone()))?;
        }
        if found.targets.is_empty() && found.refused.is_empty() && !arguments.manner.quiet {
            complain("no Python or Rust files here");
        }
        let has_bar = !arguments.manner.hides_progress() && !summary.prints_to_terminal();
        let work = |target: &Target| file::file(target, &request);
        let report = |target: &Target, state| summary.add(&target.shown, &state);
        batch(&found.targets, arguments.manner.jobs(), has_bar, work, report)?;
    }
    summary.finish()
}
