//! `docstring-ls completions SHELL`.

use clap::CommandFactory;

use super::{Arguments, Color, Output};

/// Prints the script.
pub(super) fn run(shell: clap_complete::Shell) -> anyhow::Result<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "docstring-ls", &mut script);
    let mut out = Output::new(Color::Never, &std::collections::HashMap::new());
    out.bytes(&script)?;
    out.flush()?;
    Ok(0)
}
