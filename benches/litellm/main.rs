//! The orchestrator beside `LiteLLM`'s router, over the same failing providers on
//! loopback. See `benches/litellm/README.md`.
//!
//! One binary in three roles: `mock` is the three providers, `ours` a side that reads
//! its orders from standard input, and without a role it is the driver, which starts
//! the others, takes turns between the sides and prints the tables.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a bench prints, and stops when it cannot run"
)]

mod driver;
mod mock;
mod ours;
#[allow(dead_code, reason = "titles are for the simulation")]
#[path = "../simulation/world.rs"]
mod world;

/// Everything is twenty times as fast as it would be.
const SCALE: f64 = 20.0;
/// The ports of the three providers.
const PORTS: [u16; 3] = [18_741, 18_742, 18_743];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).find(|argument| *argument != "--bench") {
        Some("mock") => mock::serve(),
        Some("ours") => ours::obey(),
        _ => driver::drive(&arguments),
    }
}
