//! `docstring-ls generate`: docstrings for undocumented symbols.
//!
//! Files are documented in parallel and done in the order of their paths.

mod batches;
mod document;
mod engine;
mod estimate;
mod report;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::batch::batch;
use super::files::{self, Configs, Target};
use super::output::{complain, plain};
use super::stdin::{stdin, stdin_target};
use super::switches::{Manner, Selection};
use super::{Choices, Output};

use super::state::State;
use document::{Documented, Request};
use engine::Engine;
use report::{Format, Reporter};

/// Arguments of `docstring-ls generate`.
#[derive(clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch")]
pub(super) struct Arguments {
    /// Files and folders; `-` reads stdin and writes the result to stdout
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// Edit the files in place
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// Change nothing; exit with 1 when a docstring is missing
    #[arg(long)]
    check: bool,
    /// What stdin is: its name says the language (Python without it) and the project
    #[arg(long, value_name = "FILE")]
    stdin_filename: Option<PathBuf>,
    /// How to report: a diff (with --check a list), or one JSON object a line
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    output_format: OutputFormat,
    #[command(flatten)]
    choices: Choices,
    #[command(flatten)]
    selection: Selection,
    /// Print what would be sent to a remote provider, and send nothing
    #[arg(long, conflicts_with_all = ["write", "check"])]
    dry_run: bool,
    /// Agree to what the run may cost
    #[arg(short, long)]
    yes: bool,
    /// Ask again for what is kept in the cache
    #[arg(long)]
    refresh: bool,
    /// Ask through the provider's batches: cheaper, and answered within hours
    #[arg(long, conflicts_with_all = ["check", "dry_run"])]
    batch: bool,
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

/// Documents what the arguments name; the exit status.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let cwd = std::env::current_dir().context("the current folder cannot be found")?;
    let mut sources = arguments.choices.sources(env, &cwd);
    arguments.selection.narrow(&mut sources.flags);
    let mut configs = Configs::new(sources, &cwd);
    // Wrong settings are told even when there is nothing to do.
    let config = configs.of(&cwd)?;
    let mut request = Request {
        kinds: arguments.selection.kinds(),
        only: arguments.selection.symbol(),
        write: arguments.write,
        refresh: arguments.refresh,
        engine: Engine::new(&config, arguments.manner.quiet),
    };
    let format = match (arguments.output_format, arguments.check, arguments.write) {
        (OutputFormat::Json, ..) => Format::Json,
        (OutputFormat::Text, true, _) => Format::List,
        (OutputFormat::Text, _, true) => Format::Nothing,
        (OutputFormat::Text, ..) => Format::Diff,
    };
    let out = Output::new(arguments.manner.color, env);
    let mut reporter = Reporter::new(out, format, arguments.manner.quiet, arguments.manner.verbose);
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        if arguments.paths.len() > 1 || arguments.write || arguments.selection.changed.is_some() {
            bail!("`-` stands alone: it takes no other path, no --write and no --changed");
        }
        if arguments.batch {
            bail!("--batch is for files: what waits for stdin does not wait for hours");
        }
        let target = stdin_target(arguments.stdin_filename.as_deref(), &cwd, &mut configs)?;
        filter(&target, &request, &mut reporter)?;
    } else {
        let changed = arguments.selection.changed(&cwd)?;
        let found = files::find(&arguments.paths, changed.as_deref(), &cwd, &mut configs)?;
        for (path, reason) in &found.refused {
            reporter.refuse(path, reason);
        }
        if found.targets.is_empty() && found.refused.is_empty() && !arguments.manner.quiet {
            complain("no Python or Rust files here");
        }
        if arguments.dry_run {
            let as_json = arguments.output_format == OutputFormat::Json;
            estimate::dry_run(&found.targets, &request, as_json, &mut reporter)?;
            return Ok(0);
        }
        if arguments.batch {
            let talk = batches::Talk {
                is_quiet: arguments.manner.quiet,
                has_bar: !arguments.manner.hides_progress(),
                agreed: arguments.yes,
            };
            batches::answers(&found.targets, &request, talk)?;
            // The answers are new, and were asked for.
            request.refresh = false;
        } else {
            estimate::confirm(&found.targets, &request, arguments.yes)?;
        }
        let has_bar = !arguments.manner.hides_progress() && !reporter.prints_to_terminal();
        let work = |target: &Target| document::file(target, &request);
        let report = |target: &Target, document| reporter.add(&target.shown, &document);
        batch(&found.targets, arguments.manner.jobs(), has_bar, work, report)?;
    }
    request.engine.finish();
    reporter.finish(&request)?;
    Ok(match (reporter.failures(), arguments.check && reporter.docstrings() > 0) {
        (1.., _) => 2,
        (0, true) => 1,
        (0, false) => 0,
    })
}

/// stdin to stdout. What cannot be documented comes out as it went in.
fn filter(target: &Target, request: &Request, reporter: &mut Reporter) -> anyhow::Result<()> {
    let bytes = stdin()?;
    let document = document::bytes(target, &bytes, request);
    if reporter.format() == Format::Diff {
        reporter.set_format(Format::Nothing);
        let text = match &document.state {
            State::Done(Documented { after: Some(after), .. }) => after,
            _ => &bytes,
        };
        reporter.raw(text)?;
    }
    reporter.add(&target.shown, &document)?;
    Ok(())
}

/// `path` for a message.
fn shown(path: &Path) -> String {
    plain(&path.to_string_lossy()).into_owned()
}
