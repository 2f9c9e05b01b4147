//! One file: read, document, replace.

use std::collections::BTreeSet;
use std::time::Instant;

use super::super::files::Target;
use super::super::read::{not_handwritten, read};
use super::super::state::State;
use super::super::text::{Encoding, decode, encode};
use super::engine::Engine;
use crate::docstring::{Language, SymbolKind};
use crate::generate::{self, FileReport, Options};
use crate::orchestrator::CacheUse;
use crate::syntax::Source;

/// What is asked for.
pub(super) struct Request {
    pub(super) kinds: Option<BTreeSet<SymbolKind>>,
    pub(super) only: Option<String>,
    /// Whether files are to be edited in place.
    pub(super) write: bool,
    /// Whether kept answers are to be asked for again.
    pub(super) refresh: bool,
    pub(super) engine: Engine,
}

/// What became of a file.
pub(super) struct Document {
    pub(super) state: State<Documented>,
    /// The style and provider that were to be used, for reports.
    pub(super) style: &'static str,
    pub(super) provider: String,
    pub(super) millis: u128,
}

/// A file that was gone through.
pub(super) struct Documented {
    style: &'static str,
    pub(super) report: FileReport,
    pub(super) before: Vec<u8>,
    /// With the docstrings; `None` when nothing is to be changed.
    pub(super) after: Option<Vec<u8>>,
}

/// Documents a file, and replaces it if that is asked for.
pub(super) fn file(target: &Target, request: &Request) -> Document {
    let started = Instant::now();
    let work = |bytes: &[u8]| State::of(|| text(target, bytes, request));
    let state = State::of_file(target, work, |done| {
        let after = done.after.as_deref().filter(|_| request.write)?;
        let is_immediate = request.engine.orchestrator().is_immediate(&target.config.choice());
        if !is_immediate && let Ok((text, _)) = decode(&done.before, target.language) {
            request.engine.keep(&target.path, text);
        }
        Some(after)
    });
    Document::new(state, target, started)
}

/// Documents a text.
pub(super) fn bytes(target: &Target, bytes: &[u8], request: &Request) -> Document {
    let started = Instant::now();
    Document::new(State::of(|| text(target, bytes, request)), target, started)
}

/// A file, parsed, with what is chosen for it.
///
/// # Errors
///
/// When it cannot be read, is no text, or is not ours to change.
pub(super) fn source(target: &Target, request: &Request) -> Result<(Source, Options), String> {
    let bytes = read(&target.path).map_err(|_| "it cannot be read".to_owned())?;
    if !target.is_explicit
        && let Some(reason) = not_handwritten(&bytes)
    {
        return Err(reason.to_owned());
    }
    let (text, _) = decode(&bytes, target.language)?;
    parsed(target, text, request)
}

fn parsed(target: &Target, text: String, request: &Request) -> Result<(Source, Options), String> {
    let name = target.path.to_string_lossy();
    let source = Source::parse(target.language, &name, text.into())
        .map_err(|violation| violation.to_string())?;
    let mut options = target.config.options_for(&source, Some(&target.path));
    options.kinds.clone_from(&request.kinds);
    options.only.clone_from(&request.only);
    options.code = request.engine.code(&target.config);
    if request.refresh {
        options.cache = CacheUse::Refresh;
    }
    Ok((source, options))
}

fn text(target: &Target, bytes: &[u8], request: &Request) -> Result<Documented, String> {
    let (text, encoding) = decode(bytes, target.language)?;
    let (source, options) = parsed(target, text, request)?;
    let orchestrator = request.engine.orchestrator();
    let is_immediate = orchestrator.is_immediate(&options.choice);
    let work = generate::file(&source, &options, orchestrator);
    let report = request.engine.run(is_immediate, work)?;
    // Without an edit nothing was proven, and broken code hides its definitions.
    let unreadable = match (&report.unreadable, &report.text) {
        (None, None) => source.verify(&[]).err(),
        (found, _) => found.clone(),
    };
    if let Some(violation) = unreadable {
        return Err(format!("it does not parse: {violation}"));
    }
    let after = match &report.text {
        Some(text) => Some(encode_added(text, &encoding, &report)?),
        None => None,
    };
    Ok(Documented { style: options.style.id(), report, before: bytes.to_vec(), after })
}

fn encode_added(text: &str, encoding: &Encoding, report: &FileReport) -> Result<Vec<u8>, String> {
    let generated = report.outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    encode(text, encoding, generated.map(|generated| generated.edit.text.as_str()))
}

impl Document {
    fn new(state: State<Documented>, target: &Target, started: Instant) -> Self {
        let style = match (&state, target.language) {
            (State::Done(done), _) => done.style,
            (_, Language::Python) => "auto",
            (_, Language::Rust) => "rustdoc",
        };
        let provider = target.config.provider().to_string();
        Self { state, style, provider, millis: started.elapsed().as_millis() }
    }
}
