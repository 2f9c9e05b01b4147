//! docstring-ls writes and keeps true the docstrings of a codebase.

pub mod config;
pub mod docstring;
pub mod generate;
pub mod orchestrator;
pub mod provider;
pub mod style;
pub mod syntax;
