//! The binary.

use std::process::ExitCode;

use docstring_ls::config;
use docstring_ls::server::{ServeOptions, serve};

fn main() -> ExitCode {
    let env = config::environment();
    let options = ServeOptions {
        user_file: config::user_file(&env),
        testing: env.contains_key("DOCSTRING_LS_TEST"),
        env,
        isolated: false,
    };
    serve(&options).map_or(ExitCode::from(2), ExitCode::from)
}
