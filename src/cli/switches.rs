//! Switches that `generate`, `convert` and `check` have in common.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;

use super::{Color, files};
use crate::config::Overrides;
use crate::docstring::SymbolKind;

/// Which symbols of which files.
#[derive(clap::Args)]
pub(super) struct Selection {
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
    pub(super) changed: Option<String>,
}

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(SymbolKind::ALL.map(SymbolKind::id))
}

impl Selection {
    /// Lays the globs over those of the configuration.
    pub(super) fn narrow(&self, flags: &mut Overrides) {
        flags.include.clone_from(&self.include);
        flags.exclude.clone_from(&self.exclude);
    }

    /// The kinds that were asked for; `None` for all.
    pub(super) fn kinds(&self) -> Option<BTreeSet<SymbolKind>> {
        let is_meant = |kind: &SymbolKind| self.kind.iter().any(|name| name == kind.id());
        (!self.kind.is_empty()).then(|| SymbolKind::ALL.into_iter().filter(is_meant).collect())
    }

    /// The symbol that was asked for; `None` for all.
    pub(super) fn symbol(&self) -> Option<String> {
        self.symbol.clone()
    }

    /// The files that differ from the revision; `None` for all.
    ///
    /// # Errors
    ///
    /// When git does not tell.
    pub(super) fn changed(&self, cwd: &Path) -> anyhow::Result<Option<Vec<PathBuf>>> {
        self.changed.as_ref().map(|revision| files::changed(cwd, revision)).transpose()
    }
}

/// How a run works and talks.
#[derive(clap::Args)]
pub(super) struct Manner {
    /// So many files at a time (default: one for each processor)
    #[arg(long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// When to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(super) color: Color,
    /// Report findings and errors only
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Report also what is passed over, and why
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Show no progress bar
    #[arg(long)]
    no_progress: bool,
}

impl Manner {
    /// Files at a time.
    pub(super) fn jobs(&self) -> usize {
        let jobs = self.jobs.or_else(|| std::thread::available_parallelism().ok());
        jobs.map_or(1, NonZeroUsize::get)
    }

    /// Whether there is no bar, whatever stderr is.
    pub(super) fn hides_progress(&self) -> bool {
        self.no_progress || self.quiet
    }
}
