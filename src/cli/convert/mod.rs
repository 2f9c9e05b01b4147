//! `docstring-ls convert`: existing docstrings in another style.
//!
//! Files are converted in parallel and done in the order of their paths. No provider is
//! asked: nothing is said anew.

mod file;
mod report;

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;

use super::batch::batch;
use super::files::{self, Configs};
use super::output::complain;
use super::stdin::{stdin, stdin_target};
use super::switches::{Manner, Selection};
use super::{Choices, Output};
use crate::docstring::Language;
use crate::generate::Scope;
use crate::style::STYLES;

use super::state::State;
use file::{Converted, Request};
use report::{Format, Reporter};

/// Arguments of `docstring-ls convert`.
#[derive(clap::Args)]
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
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    manner: Manner,
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
    arguments.selection.narrow(&mut sources.flags);
    let mut configs = Configs::new(sources, &cwd);
    // Wrong settings are told even when there is nothing to do.
    configs.of(&cwd)?;
    let Some(to) = crate::style::by_id(&arguments.to) else { bail!("there is no such style") };
    let request = Request {
        to,
        kinds: arguments.selection.kinds(),
        only: arguments.selection.symbol(),
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
    let out = Output::new(arguments.manner.color, env);
    let mut reporter =
        Reporter::new(out, format, to.id(), arguments.manner.quiet, arguments.manner.verbose);
    if is_stdin {
        if arguments.paths.len() > 1 || arguments.write || arguments.selection.changed.is_some() {
            bail!("`-` stands alone: it takes no other path, no --write and no --changed");
        }
        let target = stdin_target(arguments.stdin_filename.as_deref(), &cwd, &mut configs)?;
        let bytes = stdin()?;
        let state = file::bytes(&target, &bytes, &request);
        if is_filter {
            let text = match &state {
                State::Done(Converted { after: Some(after), .. }) => after,
                _ => &bytes,
            };
            reporter.raw(text)?;
        }
        reporter.add(&target.shown, &state)?;
    } else {
        let changed = arguments.selection.changed(&cwd)?;
        let found = files::find(&arguments.paths, changed.as_deref(), &cwd, &mut configs)?;
        for (path, reason) in &found.refused {
            reporter.add(path, &State::Failed(reason.clone()))?;
        }
        let python =
            |target: &files::Target| target.is_explicit || target.language == Language::Python;
        let targets: Vec<_> = found.targets.into_iter().filter(python).collect();
        if targets.is_empty() && found.refused.is_empty() && !arguments.manner.quiet {
            complain("no Python files here");
        }
        let has_bar = !arguments.manner.hides_progress() && !reporter.prints_to_terminal();
        let work = |target: &files::Target| file::file(target, &request);
        let report = |target: &files::Target, state| reporter.add(&target.shown, &state);
        batch(&targets, arguments.manner.jobs(), has_bar, work, report)?;
    }
    reporter.finish(arguments.write || is_filter)?;
    Ok(match (reporter.failures(), arguments.check && reporter.converted() > 0) {
        (1.., _) => 2,
        (0, true) => 1,
        (0, false) => 0,
    })
}
