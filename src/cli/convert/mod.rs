//! `docstring-ls convert`: existing docstrings in another style.
//!
//! Files are converted in parallel and done in the order of their paths. No provider is
//! asked: nothing is said anew.

mod file;
mod report;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;

use super::batch::batch;
use super::files::{self, Configs};
use super::generate::{kinds, progress, selected, stdin, stdin_target};
use super::output::complain;
use super::{Choices, Color, Output};
use crate::docstring::Language;
use crate::generate::Scope;
use crate::style::STYLES;

use file::{Request, State};
use report::{Format, Reporter};

/// Arguments of `docstring-ls convert`.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch")]
pub(super) struct Arguments {
    /// Files and folders; `-` reads stdin and writes the result to stdout
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// The style to convert to
    #[arg(long, value_name = "STYLE", value_parser = styles())]
    to: String,
    /// Edit the files in place
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Change nothing; exit with 1 when a docstring would be converted
    #[arg(long)]
    check: bool,
    /// What stdin is: its name says the project
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    /// How to report: a diff (with --check a list), or one JSON object a line
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output_format: OutputFormat,
    /// Which docstrings are converted
    #[arg(long, value_name = "SCOPE", value_parser = ["public", "all"], default_value = "all")]
    scope: String,
    /// Read this file instead of the project's own
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read no configuration file at all
    #[arg(long)]
    isolated: bool,
    /// Only these kinds of symbols
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = kinds())]
    kind: Vec<String>,
    /// Only this symbol and what it contains
    #[arg(long, value_name = "DOTTED.PATH")]
    symbol: Option<String>,
    /// Of folders, only files that match
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,
    /// Of folders, no files or folders that match
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Only files that differ from a revision of git, or are new
    #[arg(long, value_name = "REV", num_args = 0..=1, require_equals = true, default_missing_value = "HEAD")]
    changed: Option<String>,
    /// Converts so many files at a time (default: one for each processor)
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: Color,
    /// Report errors only
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Report also what is passed over, and why
    #[arg(short, long)]
    verbose: bool,
    /// Show no progress bar
    #[arg(long)]
    no_progress: bool,
}

/// How to report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// For people and patch
    Text,
    /// One object a line
    Json,
}

/// The styles of Python: Rust has one only.
fn styles() -> PossibleValuesParser {
    let python = STYLES.iter().filter(|style| style.language() == Language::Python);
    PossibleValuesParser::new(python.map(|style| style.id()))
}

/// Converts what the arguments name; the exit status.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let cwd = std::env::current_dir().context("the current folder cannot be found")?;
    let choices = Choices {
        style: Some(arguments.to.clone()),
        config: arguments.config.clone(),
        isolated: arguments.isolated,
        ..Choices::default()
    };
    let mut sources = choices.sources(env, &cwd);
    sources.flags.include.clone_from(&arguments.include);
    sources.flags.exclude.clone_from(&arguments.exclude);
    let mut configs = Configs::new(sources, &cwd);
    // Wrong settings are told even when there is nothing to do.
    configs.of(&cwd)?;
    let Some(to) = crate::style::by_id(&arguments.to) else { bail!("there is no such style") };
    let request = Request {
        to,
        kinds: (!arguments.kind.is_empty()).then(|| selected(&arguments.kind)),
        only: arguments.symbol.clone(),
        scope: if arguments.scope == "all" { Scope::All } else { Scope::Public },
        write: arguments.write,
    };
    let is_stdin = arguments.paths.iter().any(|path| path.as_os_str() == "-");
    let format = match (arguments.output_format, arguments.check, arguments.write) {
        (OutputFormat::Json, ..) => Format::Json,
        (OutputFormat::Text, true, _) => Format::List,
        (OutputFormat::Text, _, true) => Format::Nothing,
        (OutputFormat::Text, ..) if is_stdin => Format::Nothing,
        (OutputFormat::Text, ..) => Format::Diff,
    };
    let is_filter = is_stdin && format == Format::Nothing;
    let out = Output::new(arguments.color, env);
    let mut reporter = Reporter::new(out, format, to.id(), arguments.quiet, arguments.verbose);
    if is_stdin {
        if arguments.paths.len() > 1 || arguments.write || arguments.changed.is_some() {
            bail!("`-` stands alone: it takes no other path, no --write and no --changed");
        }
        let target = stdin_target(arguments.stdin_filename.as_deref(), &cwd, &mut configs)?;
        let bytes = stdin()?;
        let state = file::bytes(&target, &bytes, &request);
        if is_filter {
            let text = match &state {
                State::Done { after: Some(after), .. } => after,
                _ => &bytes,
            };
            reporter.raw(text)?;
        }
        reporter.add(&target.shown, &state)?;
    } else {
        let changed = match &arguments.changed {
            Some(revision) => Some(files::changed(&cwd, revision)?),
            None => None,
        };
        let found = files::find(&arguments.paths, changed.as_deref(), &cwd, &mut configs)?;
        for (path, reason) in &found.refused {
            reporter.add(path, &State::Failed(reason.clone()))?;
        }
        let python =
            |target: &files::Target| target.is_explicit || target.language == Language::Python;
        let targets: Vec<_> = found.targets.into_iter().filter(python).collect();
        if targets.is_empty() && found.refused.is_empty() && !arguments.quiet {
            complain("no Python files here");
        }
        let is_hidden = arguments.no_progress || arguments.quiet || reporter.prints_to_terminal();
        let bar = progress(targets.len(), is_hidden);
        let jobs = arguments.jobs.or_else(|| std::thread::available_parallelism().ok());
        let work = |index: usize| targets.get(index).map(|target| file::file(target, &request));
        let each = |index: usize, state: Option<State>| {
            bar.inc(1);
            match (targets.get(index), state) {
                (Some(target), Some(state)) => bar.suspend(|| reporter.add(&target.shown, &state)),
                _ => Ok(()),
            }
        };
        batch(targets.len(), jobs.map_or(1, NonZeroUsize::get), work, each)?;
        bar.finish_and_clear();
    }
    reporter.finish(arguments.write || is_filter)?;
    Ok(match (reporter.failures(), arguments.check && reporter.converted() > 0) {
        (1.., _) => 2,
        (0, true) => 1,
        (0, false) => 0,
    })
}
