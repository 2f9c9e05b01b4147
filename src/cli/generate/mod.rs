//! `docstring-ls generate`: docstrings for undocumented symbols.
//!
//! Files are documented in parallel and done in the order of their paths.

mod document;
mod engine;
mod estimate;
mod report;

use std::collections::{BTreeSet, HashMap};
use std::io::{IsTerminal, Read};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::batch::batch;
use super::files::{self, Configs, Target};
use super::output::{complain, plain};
use super::read::LARGEST;
use super::{Choices, Color, Output};
use crate::docstring::{Language, SymbolKind};
use crate::syntax::language_of;

use document::{Document, Request, State};
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
    /// Documents so many files at a time (default: one for each processor)
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Print what would be sent to a remote provider, and send nothing
    #[arg(long, conflicts_with_all = ["write", "check"])]
    dry_run: bool,
    /// Agree to what the run may cost
    #[arg(short, long)]
    yes: bool,
    /// Ask again for what is kept in the cache
    #[arg(long)]
    refresh: bool,
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

pub(super) fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(SymbolKind::ALL.map(SymbolKind::id))
}

/// Documents what the arguments name; the exit status.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let cwd = std::env::current_dir().context("the current folder cannot be found")?;
    let mut sources = arguments.choices.sources(env, &cwd);
    sources.flags.include.clone_from(&arguments.include);
    sources.flags.exclude.clone_from(&arguments.exclude);
    let mut configs = Configs::new(sources, &cwd);
    // Wrong settings are told even when there is nothing to do.
    let config = configs.of(&cwd)?;
    let request = Request {
        kinds: (!arguments.kind.is_empty()).then(|| selected(&arguments.kind)),
        only: arguments.symbol.clone(),
        write: arguments.write,
        refresh: arguments.refresh,
        engine: Engine::new(&config, arguments.quiet),
    };
    let format = match (arguments.output_format, arguments.check, arguments.write) {
        (OutputFormat::Json, ..) => Format::Json,
        (OutputFormat::Text, true, _) => Format::List,
        (OutputFormat::Text, _, true) => Format::Nothing,
        (OutputFormat::Text, ..) => Format::Diff,
    };
    let out = Output::new(arguments.color, env);
    let mut reporter = Reporter::new(out, format, arguments.quiet, arguments.verbose);
    if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        if arguments.paths.len() > 1 || arguments.write || arguments.changed.is_some() {
            bail!("`-` stands alone: it takes no other path, no --write and no --changed");
        }
        let target = stdin_target(arguments.stdin_filename.as_deref(), &cwd, &mut configs)?;
        filter(&target, &request, &mut reporter)?;
    } else {
        let changed = match &arguments.changed {
            Some(revision) => Some(files::changed(&cwd, revision)?),
            None => None,
        };
        let found = files::find(&arguments.paths, changed.as_deref(), &cwd, &mut configs)?;
        for (path, reason) in &found.refused {
            reporter.refuse(path, reason);
        }
        if found.targets.is_empty() && found.refused.is_empty() && !arguments.quiet {
            complain("no Python or Rust files here");
        }
        if arguments.dry_run {
            let as_json = arguments.output_format == OutputFormat::Json;
            estimate::dry_run(&found.targets, &request, as_json, &mut reporter)?;
            return Ok(0);
        }
        estimate::confirm(&found.targets, &request, arguments.yes)?;
        let hidden = arguments.no_progress || arguments.quiet || reporter.prints_to_terminal();
        let bar = progress(found.targets.len(), hidden);
        let jobs = arguments.jobs.or_else(|| std::thread::available_parallelism().ok());
        let jobs = jobs.map_or(1, NonZeroUsize::get);
        let work =
            |index: usize| found.targets.get(index).map(|target| document::file(target, &request));
        let each = |index: usize, document: Option<Document>| {
            bar.inc(1);
            match (found.targets.get(index), document) {
                (Some(target), Some(document)) => {
                    bar.suspend(|| reporter.add(&target.shown, &document))
                }
                _ => Ok(()),
            }
        };
        batch(found.targets.len(), jobs, work, each)?;
        bar.finish_and_clear();
    }
    request.engine.finish();
    reporter.finish(&request)?;
    Ok(match (reporter.failures(), arguments.check && reporter.docstrings() > 0) {
        (1.., _) => 2,
        (0, true) => 1,
        (0, false) => 0,
    })
}

pub(super) fn selected(names: &[String]) -> BTreeSet<SymbolKind> {
    SymbolKind::ALL.into_iter().filter(|kind| names.iter().any(|name| name == kind.id())).collect()
}

/// A bar on a terminal that nothing else is written to.
pub(super) fn progress(files: usize, hidden: bool) -> ProgressBar {
    if hidden || files < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(u64::try_from(files).ok(), target);
    match ProgressStyle::with_template("{bar:30} {pos}/{len} files, {elapsed} ({eta} left)") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

pub(super) fn stdin_target(
    name: Option<&Path>,
    cwd: &Path,
    configs: &mut Configs,
) -> anyhow::Result<Target> {
    let shown = name.unwrap_or(Path::new("-")).to_path_buf();
    let path = cwd.join(name.unwrap_or(Path::new("stdin.py")));
    let language = match name {
        None => Language::Python,
        Some(name) => language_of(name).with_context(|| {
            format!("{}: it is neither Python (.py, .pyi) nor Rust (.rs)", name.display())
        })?,
    };
    let config = configs.of(path.parent().unwrap_or(cwd))?;
    Ok(Target { path, shown, language, is_explicit: true, config })
}

/// stdin to stdout. What cannot be documented comes out as it went in.
fn filter(target: &Target, request: &Request, reporter: &mut Reporter) -> anyhow::Result<()> {
    let bytes = stdin()?;
    let started = Instant::now();
    let document = document::bytes(target, &bytes, request, started);
    if reporter.format() == Format::Diff {
        reporter.set_format(Format::Nothing);
        let text = match &document.state {
            State::Done { after: Some(after), .. } => after,
            _ => &bytes,
        };
        reporter.raw(text)?;
    }
    reporter.add(&target.shown, &document)?;
    Ok(())
}

/// What stands on stdin.
///
/// # Errors
///
/// When it cannot be read, or is too much.
pub(super) fn stdin() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes).context("stdin")?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        bail!("stdin is larger than 10 MiB");
    }
    Ok(bytes)
}

/// `path` for a message.
fn shown(path: &Path) -> String {
    plain(&path.to_string_lossy()).into_owned()
}
