//! One file: read, check, mend.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::FutureExt;

use super::super::files::Target;
use super::super::state::State;
use super::super::text::{decode, encode};
use super::row::{Lines, Row};
use crate::docstring::{Edit, SymbolKind};
use crate::generate::{self, Code, Options, Report, Scope};
use crate::orchestrator::{Choice, Orchestrator};
use crate::provider::{Offline, ProviderId};
use crate::syntax::Source;

/// What is asked for.
pub(super) struct Request {
    pub(super) kinds: Option<BTreeSet<SymbolKind>>,
    pub(super) only: Option<String>,
    /// The scope that a switch chose.
    pub(super) scope: Option<Scope>,
    /// The codes that are reported.
    pub(super) codes: BTreeSet<Code>,
    /// Whether a missing docstring is counted even when it is not reported.
    pub(super) counts: bool,
    pub(super) fix: bool,
    /// Whether lines of the file are shown.
    pub(super) excerpts: bool,
    /// The embedded provider alone.
    pub(super) orchestrator: Orchestrator,
}

impl Request {
    /// The orchestrator of a run: nobody is asked but the embedded provider.
    pub(super) fn offline() -> Orchestrator {
        Orchestrator::builder(vec![Arc::new(Offline::default())]).build()
    }
}

/// The result for one file.
#[derive(Default)]
pub(super) struct Checked {
    /// What is wrong, in source order; after it was mended, what is left.
    pub(super) rows: Vec<Row>,
    /// Docstrings that were mended.
    pub(super) fixed: usize,
    /// Why a docstring that should be mended was not: the symbol and the reason.
    pub(super) unfixed: Vec<(String, String)>,
    /// Symbols that are to have a docstring, and those that have one.
    pub(super) wanted: usize,
    pub(super) documented: usize,
    /// The bytes that the file has now, if it was mended.
    pub(super) after: Option<Vec<u8>>,
}

/// Checks a file, and mends it if that is asked for.
pub(super) fn file(target: &Target, request: &Request) -> State<Checked> {
    let work = |bytes: &[u8]| self::bytes(target, bytes, request);
    State::of_file(target, work, |checked| checked.after.as_deref())
}

/// Checks a text.
pub(super) fn bytes(target: &Target, bytes: &[u8], request: &Request) -> State<Checked> {
    State::of(|| text(target, bytes, request))
}

fn text(target: &Target, bytes: &[u8], request: &Request) -> Result<Checked, String> {
    let (text, encoding) = decode(bytes, target.language)?;
    let source = parsed(target, text.into())?;
    if source.has_errors() || !source.is_sound() {
        // The second reader knows whether it is the code that is wrong.
        source.verify(&[]).map_err(|violation| format!("it does not parse: {violation}"))?;
        if !source.is_sound() {
            return Err("it does not parse".into());
        }
    }
    let options = options(target, &source, request);
    let report = generate::report(&source, &options);
    let mut checked = Checked::default();
    if request.fix {
        let edits = mend(&source, &report, &options, request, &mut checked);
        if !edits.is_empty() {
            let after = source.verify(&edits).map_err(|violation| violation.to_string())?;
            let added = edits.iter().map(|edit| edit.text.as_str());
            checked.after = Some(encode(&after, &encoding, added)?);
            let source = parsed(target, after.into())?;
            let report = generate::report(&source, &options);
            return Ok(listed(checked, &source, report, request));
        }
    }
    Ok(listed(checked, &source, report, request))
}

fn parsed(target: &Target, text: Arc<str>) -> Result<Source, String> {
    let name = target.path.to_string_lossy();
    Source::parse(target.language, &name, text).map_err(|violation| violation.to_string())
}

fn options(target: &Target, source: &Source, request: &Request) -> Options {
    let mut options = target.config.options_for(source, Some(&target.path));
    options.kinds.clone_from(&request.kinds);
    options.only.clone_from(&request.only);
    options.choice = Choice::Preferred(ProviderId::offline());
    let checks = &mut options.checks;
    if let Some(scope) = request.scope {
        checks.missing = Some(scope);
    }
    if !request.codes.contains(&Code::Missing) && !request.counts {
        checks.missing = None;
    }
    checks.out_of_date &= request.codes.contains(&Code::OutOfDate);
    checks.malformed &= request.codes.contains(&Code::Malformed);
    options
}

/// Mends what can be mended: the edits, one docstring's at a time proven.
fn mend(
    source: &Source,
    report: &Report,
    options: &Options,
    request: &Request,
    checked: &mut Checked,
) -> Vec<Edit> {
    let fixable = report.findings.iter().filter(|finding| finding.fixable);
    let paths: BTreeSet<_> = fixable.map(|finding| &finding.path).collect();
    if paths.is_empty() {
        return Vec::new();
    }
    let mut edits = Vec::new();
    for symbol in source.symbols(|outline| paths.contains(&outline.path)) {
        let name = symbol.path.to_string();
        let update = generate::update(source, symbol, options, &request.orchestrator);
        // The embedded provider answers at once.
        match update.now_or_never() {
            Some(Ok(updated)) => {
                checked.fixed += 1;
                edits.extend(updated.edits);
            }
            Some(Err(failure)) => checked.unfixed.push((name, failure.to_string())),
            None => checked.unfixed.push((name, "nobody answered at once".into())),
        }
    }
    edits
}

fn listed(mut checked: Checked, source: &Source, report: Report, request: &Request) -> Checked {
    let lines = Lines::new(source.text());
    let findings =
        report.findings.into_iter().filter(|finding| request.codes.contains(&finding.code));
    checked.rows = findings.map(|finding| lines.row(finding, request.excerpts)).collect();
    (checked.wanted, checked.documented) = (report.wanted, report.documented);
    checked
}
