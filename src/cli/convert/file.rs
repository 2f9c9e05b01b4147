//! One file: read, convert, replace. Whatever goes wrong stays with this file.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::super::files::Target;
use super::super::read::{not_handwritten, read};
use super::super::replace::{Refusal, replace};
use super::super::text::{decode, encode};
use crate::docstring::{Language, SymbolKind};
use crate::generate::{self, Conversion, Scope};
use crate::style::Style;
use crate::syntax::Source;

/// What is asked for.
pub(super) struct Request {
    pub(super) to: &'static dyn Style,
    pub(super) kinds: Option<BTreeSet<SymbolKind>>,
    pub(super) only: Option<String>,
    pub(super) scope: Scope,
    /// Whether files are to be edited in place.
    pub(super) write: bool,
}

/// What became of a file.
pub(super) enum State {
    /// It was gone through.
    Done {
        conversions: Vec<Conversion>,
        before: Vec<u8>,
        /// With the docstrings converted; `None` when nothing is to be changed.
        after: Option<Vec<u8>>,
    },
    /// It is not ours to change.
    Skipped(String),
    /// Something is wrong with it.
    Failed(String),
}

impl From<Refusal> for State {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unfit(reason) => State::Skipped(reason.into()),
            Refusal::Io(reason) => State::Failed(reason),
        }
    }
}

/// Converts a file, and replaces it if that is asked for.
pub(super) fn file(target: &Target, request: &Request) -> State {
    let bytes = match read(&target.path) {
        Ok(bytes) => bytes,
        Err(refusal) => return refusal.into(),
    };
    if !target.is_explicit
        && let Some(reason) = not_handwritten(&bytes)
    {
        return State::Skipped(reason.into());
    }
    let state = self::bytes(target, &bytes, request);
    if let State::Done { before, after: Some(after), .. } = &state
        && request.write
        && let Err(refusal) = replace(&target.path, before, after)
    {
        return refusal.into();
    }
    state
}

/// Converts a text.
pub(super) fn bytes(target: &Target, bytes: &[u8], request: &Request) -> State {
    // A bug must cost one file, not the run.
    match catch_unwind(AssertUnwindSafe(|| text(target, bytes, request))) {
        Ok(Ok(state)) => state,
        Ok(Err(reason)) => State::Failed(reason),
        Err(_) => State::Failed("a bug in docstring-ls; please report it with this file".into()),
    }
}

fn text(target: &Target, bytes: &[u8], request: &Request) -> Result<State, String> {
    if target.language != Language::Python {
        return Ok(State::Skipped("documentation of Rust has one style only".into()));
    }
    let (text, encoding) = decode(bytes, target.language)?;
    let name = target.path.to_string_lossy();
    let source = Source::parse(target.language, &name, text.into())
        .map_err(|violation| violation.to_string())?;
    source.verify(&[]).map_err(|violation| format!("it does not parse: {violation}"))?;
    let mut options = target.config.options_for(&source, Some(&target.path));
    options.style = request.to;
    options.kinds.clone_from(&request.kinds);
    options.only.clone_from(&request.only);
    options.scope = request.scope;
    let (conversions, after) = generate::convert_file(&source, &options);
    let done = conversions.iter().filter_map(|conversion| conversion.result.as_ref().ok());
    let added = done.map(|converted| converted.edit.text.as_str());
    let after = match after {
        Some(after) => Some(encode(&after, &encoding, added)?),
        None => None,
    };
    Ok(State::Done { conversions, before: bytes.to_vec(), after })
}
