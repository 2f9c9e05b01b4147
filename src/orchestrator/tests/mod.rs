//! The orchestrator on paused time, with providers that a test drives.

#![allow(clippy::disallowed_methods, reason = "a test awaits the tasks that it spawns")]

mod basics;
mod defects;
mod edges;
mod fake;
mod flow;
mod invariants;
mod load;
mod world;
