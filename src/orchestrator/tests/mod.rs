//! The orchestrator on paused time, with providers that a test drives.

mod basics;
mod defects;
mod edges;
mod fake;
mod flow;
mod invariants;
mod load;
mod world;
