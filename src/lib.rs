//! docstring-ls writes the docstrings of a codebase: a language server for the
//! editor and a command-line tool for the terminal and CI, over one engine.
//!
//! # The one idea
//!
//! **Facts come from the syntax tree, prose from a provider, layout from a style,
//! and an edit guard proves the code unchanged.** A provider never returns code or
//! a finished docstring: it returns JSON content, admitted against a schema and
//! against the facts. The style lays that content out. The guard parses the result
//! with a second, independent parser and compares. So no answer, however wrong, can
//! corrupt a file, invent a parameter or break the layout.
//!
//! # Layers
//!
//! A module may use what stands right of its arrow; `tests/tidy.rs` enforces it.
//!
//! ```text
//! main         -> cli
//! cli          -> server, config, telemetry, and all below
//! server       -> config, telemetry, and all below
//! config       -> generate, and all below (their option types and identifiers)
//! generate     -> orchestrator, provider, style, syntax, docstring
//! orchestrator -> provider
//! telemetry    -> provider
//! provider     -> docstring
//! style        -> docstring
//! syntax       -> docstring
//! docstring    -> nothing
//! ```
//!
//! | module | what it does |
//! |---|---|
//! | [`docstring`] | plain data: docstrings, facts about symbols, edits |
//! | [`syntax`] | source text to facts; places, encodes and proves an edit |
//! | [`style`] | renders and parses each convention; the schema of provider content |
//! | [`provider`] | sources of prose; the embedded `offline` provider |
//! | [`orchestrator`] | decides whom to ask, when and again; keeps answers; counts |
//! | [`generate`] | the use case: a symbol in, a proven text edit out |
//! | [`telemetry`] | the log, and spans for a collector |
//! | [`config`] | layered configuration, each value with its origin |
//! | [`server`] | the language server |
//! | [`cli`] | the command line |
//!
//! # Two parsers
//!
//! tree-sitter reads open documents and files: it is incremental, and it makes the
//! best of broken code. The guard uses a different reader on purpose: ruff's parser
//! for Python, the compiler's own lexer for Rust. A mistake of one is not repeated
//! by the other, and the second opinion is cheap: ruff's parser needs a tenth of
//! tree-sitter's time on the same bytes, the lexer a twentieth. Facts are not taken
//! from ruff's tree, although it would be faster still, because there must be one
//! definition of each fact, and it has to work while the user is typing. It only tells
//! where a definition stands when an answer cannot wait for the whole tree.
//!
//! # Changing what a person wrote
//!
//! A generated docstring is rendered from a model. An existing one never is: a rendering
//! would touch every line. *Update* reads where the entries of a docstring stand
//! (`style::Map`), tells in what they disagree with the facts (`docstring::Drift`), and
//! edits those lines only. *Convert* moves lines from one layout to the other
//! (`style::transcribe`) and has the result read back; what two readers do not understand
//! alike is refused. `check` reports by the same `Drift`, so that what is reported is what
//! an update mends.
//!
//! # The order of questions
//!
//! The symbols of a file are asked about in the order of the file, not callees first: a
//! prompt that holds the answers to others could be kept by nobody's cache, and one wrong
//! sentence would spread to every caller. What a prompt shows of callees is their code:
//! the signature and the first line that a person can see in the file, also of other files
//! (`generate::prompt::Workspace`), as they were before the run.
//!
//! The key of a kept answer is the whole question, so that a callee whose signature or
//! first line changes makes its callers new questions. That is meant: what was said of them
//! may rest on it. It costs little, because a question is only put where a docstring is
//! missing or out of date, and a change of one file is seen by few others.
//!
//! # Features
//!
//! `keyring` (off by default) reads keys from the platform's keyring. `otlp` (off by
//! default) exports the spans of questions and provider calls to an
//! OpenTelemetry collector that the user names with `telemetry.otlp-endpoint`.

pub mod cli;
pub mod config;
pub mod docstring;
pub mod generate;
pub mod orchestrator;
pub mod provider;
pub mod server;
pub mod style;
pub mod syntax;
pub mod telemetry;
