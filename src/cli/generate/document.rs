//! One file: read, document, replace. Whatever goes wrong stays with this file.

use std::collections::BTreeSet;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use super::super::files::Target;
use super::super::replace::{Refusal, replace};
use super::super::text::{Encoding, decode, encode};
use super::engine::Engine;
use crate::docstring::SymbolKind;
use crate::generate::{self, FileReport, Options};
use crate::orchestrator::CacheUse;
use crate::syntax::Source;

/// Larger files are not read, in bytes.
pub(super) const LARGEST: u64 = 10 << 20;

/// A mean line longer than this is no one's handwriting, in bytes.
const LONGEST_MEAN_LINE: usize = 500;

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
    pub(super) state: State,
    /// The style and provider that were to be used, for reports.
    pub(super) style: &'static str,
    pub(super) provider: String,
    pub(super) millis: u128,
}

/// The end of it.
pub(super) enum State {
    /// It was gone through.
    Done {
        report: FileReport,
        before: Vec<u8>,
        /// With the docstrings; `None` when nothing is to be changed.
        after: Option<Vec<u8>>,
    },
    /// It is not ours to change.
    Skipped(String),
    /// Something is wrong with it.
    Failed(String),
}

/// Documents a file, and replaces it if that is asked for.
pub(super) fn file(target: &Target, request: &Request) -> Document {
    let started = Instant::now();
    let bytes = match read(&target.path) {
        Ok(bytes) => bytes,
        Err(state) => return Document::without(state, target, started),
    };
    if !target.is_explicit
        && let Some(reason) = not_handwritten(&bytes)
    {
        return Document::without(State::Skipped(reason.into()), target, started);
    }
    let mut document = self::bytes(target, &bytes, request, started);
    if let State::Done { before, after: Some(after), .. } = &document.state
        && request.write
        && let Err(refusal) = replace(&target.path, before, after)
    {
        document.state = match refusal {
            Refusal::Unfit(reason) => State::Skipped(reason.into()),
            Refusal::Io(reason) => State::Failed(reason),
        };
    }
    document
}

/// Documents a text.
pub(super) fn bytes(
    target: &Target,
    bytes: &[u8],
    request: &Request,
    started: Instant,
) -> Document {
    // A bug must cost one file, not the run.
    let result = catch_unwind(AssertUnwindSafe(|| text(target, bytes, request)));
    match result {
        Ok(Ok((state, options))) => Document {
            state,
            style: options.style.id(),
            provider: target.config.provider().to_string(),
            millis: started.elapsed().as_millis(),
        },
        Ok(Err(reason)) => Document::without(State::Failed(reason), target, started),
        Err(_) => {
            let reason = "a bug in docstring-ls; please report it with this file";
            Document::without(State::Failed(reason.into()), target, started)
        }
    }
}

fn text(target: &Target, bytes: &[u8], request: &Request) -> Result<(State, Options), String> {
    let (text, encoding) = decode(bytes, target.language)?;
    let name = target.path.to_string_lossy();
    let source = Source::parse(target.language, &name, text.into())
        .map_err(|violation| violation.to_string())?;
    let mut options = target.config.options_for(&source, Some(&target.path));
    options.kinds.clone_from(&request.kinds);
    options.only.clone_from(&request.only);
    if request.refresh {
        options.cache = CacheUse::Refresh;
    }
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
        return Ok((State::Failed(format!("it does not parse: {violation}")), options));
    }
    let after = match &report.text {
        Some(text) => Some(encode_added(text, &encoding, &report)?),
        None => None,
    };
    Ok((State::Done { report, before: bytes.to_vec(), after }, options))
}

fn encode_added(text: &str, encoding: &Encoding, report: &FileReport) -> Result<Vec<u8>, String> {
    let generated = report.outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    encode(text, encoding, generated.map(|generated| generated.edit.text.as_str()))
}

impl Document {
    fn without(state: State, target: &Target, started: Instant) -> Self {
        let style = match target.language {
            crate::docstring::Language::Python => "auto",
            crate::docstring::Language::Rust => "rustdoc",
        };
        let provider = target.config.provider().to_string();
        Self { state, style, provider, millis: started.elapsed().as_millis() }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, State> {
    let failed = |error: std::io::Error| State::Failed(format!("it cannot be read: {error}"));
    // Asked before it is opened: opening a pipe would wait for ever.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(State::Failed("it is not a regular file".into()));
    }
    let too_large = || State::Skipped("it is larger than 10 MiB".into());
    if metadata.len() > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(too_large());
    }
    Ok(bytes)
}

/// Why a file that nobody named is none that a person edits.
fn not_handwritten(bytes: &[u8]) -> Option<&'static str> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(2048))?);
    let is_marked = head.lines().any(|line| {
        let line = line.trim_start();
        ["#", "//", "/*", "*"].iter().any(|mark| line.starts_with(mark))
            && (line.contains("@generated") || line.contains("DO NOT EDIT"))
    });
    if is_marked {
        return Some("it says that it is generated");
    }
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
    let is_minified = bytes.len() > 8192 && bytes.len() / lines > LONGEST_MEAN_LINE;
    is_minified.then_some("its lines are too long to be written by hand")
}

#[cfg(test)]
mod tests {
    use super::not_handwritten;

    #[test]
    fn knows_generated_files_by_their_comments() {
        assert!(not_handwritten(b"# Generated by protoc.  DO NOT EDIT!\n").is_some());
        assert!(not_handwritten(b"// @generated by a tool\n").is_some());
        assert!(not_handwritten(b"MARK = '@generated'\n").is_none());
        assert!(not_handwritten(b"x = 1\n".repeat(10_000).as_slice()).is_none());
        assert!(not_handwritten("x;".repeat(10_000).as_bytes()).is_some());
        assert!(not_handwritten(b"x = 1\r".repeat(10_000).as_slice()).is_none());
        assert!(not_handwritten(b"").is_none());
    }
}
