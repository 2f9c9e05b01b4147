//! The command line: arguments in, files and text out.
//!
//! Invariant: nothing but this module and the server's transport writes to stdout,
//! and what comes from files is escaped before it goes to a terminal.

mod batch;
mod check;
mod completions;
mod config;
mod convert;
mod diff;
mod doctor;
mod files;
mod generate;
mod installed;
mod output;
mod probe;
mod read;
mod replace;
mod serve;
mod state;
mod stats;
mod stdin;
mod switches;
mod text;

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};

use crate::config::{Overrides, Sources, environment, user_file};
use crate::style::STYLES;

use output::{Output, complain};

/// Writes docstrings: facts from the syntax tree, prose from a provider, layout from
/// a style, and a guard that proves the code unchanged.
#[derive(Parser)]
#[command(name = "docstring-ls", version, max_term_width = 100)]
struct Arguments {
    /// Run the language server on stdin and stdout, like `docstring-ls serve`
    #[arg(long)]
    stdio: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the language server on stdin and stdout
    Serve(serve::Arguments),
    /// Write docstrings for undocumented symbols
    Generate(Box<generate::Arguments>),
    /// Find missing, out-of-date and malformed docstrings
    Check(Box<check::Arguments>),
    /// Write existing docstrings in another style
    Convert(Box<convert::Arguments>),
    /// Show the resolved configuration, each value with its origin
    Config(config::Arguments),
    /// Check the installation: grammars, configuration, providers
    Doctor(doctor::Arguments),
    /// Show what the providers, the styles and the cache did on this machine
    Stats(stats::Arguments),
    /// Print a completion script for a shell
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Switches that stand above the configuration.
#[derive(clap::Args, Clone, Debug, Default)]
struct Choices {
    /// Docstring style: of Python files, or `rustdoc`
    #[arg(long, value_name = "STYLE", value_parser = styles())]
    style: Option<String>,
    /// Who writes the words: `offline`, `auto`, a configured provider, or a preset
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// Which symbols need a docstring
    #[arg(long, value_name = "SCOPE", value_parser = ["public", "all"])]
    scope: Option<String>,
    /// Read this file instead of the project's own
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read no configuration file at all
    #[arg(long)]
    isolated: bool,
}

fn styles() -> PossibleValuesParser {
    let ids = STYLES.iter().map(|style| style.id());
    PossibleValuesParser::new(std::iter::once("auto").chain(ids))
}

impl Choices {
    /// All sources of the configuration for what is below `start`.
    fn sources(&self, env: &HashMap<String, String>, cwd: &std::path::Path) -> Sources {
        Sources {
            start: Some(cwd.to_path_buf()),
            env: env.clone(),
            user_file: user_file(env),
            explicit: self.config.as_ref().map(|path| cwd.join(path)),
            isolated: self.isolated,
            editor: None,
            flags: Overrides {
                style: self.style.clone(),
                provider: self.provider.clone(),
                scope: self.scope.clone(),
                root: Some(cwd.to_path_buf()),
                ..Overrides::default()
            },
            secrets: None,
        }
    }
}

/// Runs the program.
///
/// The exit status is 0 when there was nothing to do or it was done, 1 when `--check`
/// found something, 2 after an error of usage, configuration or input and output.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // A closed pipe is no reason to fail.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let env = environment();
    let command = match arguments.command {
        Some(command) => command,
        None if arguments.stdio => Command::Serve(serve::Arguments::default()),
        None => {
            complain(&Arguments::command().render_help().to_string());
            return ExitCode::from(2);
        }
    };
    let result = match command {
        Command::Serve(arguments) => serve::run(&arguments, env),
        Command::Generate(arguments) => generate::run(&arguments, &env),
        Command::Check(arguments) => check::run(&arguments, &env),
        Command::Convert(arguments) => convert::run(&arguments, &env),
        Command::Config(arguments) => config::run(&arguments, &env),
        Command::Doctor(arguments) => doctor::run(&arguments, &env),
        Command::Stats(arguments) => stats::run(&arguments, &env),
        Command::Completions { shell } => completions::run(shell),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            for line in format!("{error:#}").lines() {
                complain(&format!("error: {}", output::plain(line)));
            }
            ExitCode::from(2)
        }
    }
}
