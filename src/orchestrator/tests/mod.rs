//! The orchestrator on paused time, with providers that a test drives.

mod basics;
mod fake;
mod flow;
mod invariants;
mod world;
