//! One file: read, convert, replace.

use std::collections::BTreeSet;

use super::super::files::Target;
use super::super::state::State;
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

/// The result for one file.
pub(super) struct Converted {
    pub(super) conversions: Vec<Conversion>,
    pub(super) before: Vec<u8>,
    /// With the docstrings converted; `None` when nothing is to be changed.
    pub(super) after: Option<Vec<u8>>,
}

/// Converts a file, and replaces it if that is asked for.
pub(super) fn file(target: &Target, request: &Request) -> State<Converted> {
    let work = |bytes: &[u8]| self::bytes(target, bytes, request);
    State::of_file(target, work, |done| done.after.as_deref().filter(|_| request.write))
}

/// Converts a text.
pub(super) fn bytes(target: &Target, bytes: &[u8], request: &Request) -> State<Converted> {
    if target.language != Language::Python {
        return State::Skipped("documentation of Rust has one style only".into());
    }
    State::of(|| text(target, bytes, request))
}

fn text(target: &Target, bytes: &[u8], request: &Request) -> Result<Converted, String> {
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
    Ok(Converted { conversions, before: bytes.to_vec(), after })
}
