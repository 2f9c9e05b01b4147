//! The binary; everything is in `docstring_ls::cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    docstring_ls::cli::main()
}
