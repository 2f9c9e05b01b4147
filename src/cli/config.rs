//! `docstring-ls config`: what holds here, and why.

use std::collections::HashMap;
use std::path::PathBuf;

use anyhow::Context;

use super::output::plain;
use super::{Choices, Color, Output};
use crate::config::{Config, schema};

/// Arguments of `docstring-ls config`.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder or file that it is about
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Print the JSON Schema of the configuration file instead
    #[arg(long)]
    schema: bool,
    #[command(flatten)]
    choices: Choices,
}

/// Prints every setting with its origin, as TOML.
pub(super) fn run(arguments: &Arguments, env: &HashMap<String, String>) -> anyhow::Result<u8> {
    let mut out = Output::new(Color::Never, env);
    if arguments.schema {
        out.line(&serde_json::to_string_pretty(&schema())?)?;
        out.flush()?;
        return Ok(0);
    }
    let cwd = std::env::current_dir().context("the current folder cannot be found")?;
    let path = cwd.join(&arguments.path);
    let path = path.canonicalize().with_context(|| format!("{}", arguments.path.display()))?;
    let folder = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(&path) };
    let mut sources = arguments.choices.sources(env, &cwd);
    sources.start = Some(folder.to_path_buf());
    let config = Config::load(&sources)?;
    let lines: Vec<(String, String)> = config
        .settings()
        .map(|setting| (format!("{} = {}", setting.key, setting.value), setting.origin.to_string()))
        .collect();
    let width = lines.iter().map(|(line, _)| line.chars().count()).max().unwrap_or(0).min(48);
    for (line, origin) in lines {
        out.line(&plain(&format!("{line:width$}  # {origin}")))?;
    }
    if let Some((style, setting)) = config.linter_style(folder) {
        out.line(&plain(&format!("# Python files here are in style {style}: {setting}")))?;
    }
    for source in config.linter_sources(folder) {
        out.line(&plain(&format!("# which docstrings `check` looks for here follows {source}")))?;
    }
    out.flush()?;
    Ok(0)
}
