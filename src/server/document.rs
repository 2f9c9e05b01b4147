//! An open document: its text, and a tree that is made when somebody asks for it.
//!
//! Edits change the text at once and are only noted for the parser, so that a
//! keystroke costs no parse. A [`Snapshot`] is what a request works on: it never
//! changes, and the requests about one version share one parse.

use std::ops::Range;
use std::sync::Arc;

use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, Url};

use super::parse::{Input, Parse, Trunk, Workshop};
use super::position::{Encoding, Lines};
use crate::docstring::Language;
use crate::syntax::{InputEdit, Source, Violation};

/// Bytes of a text, above which nothing is offered.
const MAX_BYTES: usize = 2 * 1024 * 1024;
/// Characters of a line, above which nothing is offered.
const MAX_LINE: usize = 20_000;
/// Noted edits, above which a new parse is no dearer.
const MAX_EDITS: usize = 2048;

/// Why a document is not worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    /// Over a limit.
    #[error("is too large or has too long lines to be documented (2 MiB, 20000 characters)")]
    TooLarge,
    /// A change could not be understood.
    #[error("differs from what the editor shows, because a change was not understood; reopen it")]
    OutOfSync,
}

/// An open document.
pub(crate) struct Document {
    uri: Url,
    language: Option<Language>,
    version: i32,
    text: String,
    lines: Arc<Lines>,
    out_of_sync: bool,
    /// A `\r` stands alone somewhere: the parser counts rows in its own way then, so
    /// every parse starts anew.
    lone_returns: bool,
    snapshot: Option<Snapshot>,
    /// The text of a version, for who needs no tree.
    shared: Option<(i32, Arc<str>)>,
    /// What the parses share; a new one when trees are of no use any more.
    trunk: Arc<Trunk>,
    /// A tree of it.
    base: Option<Source>,
    /// How many edits `base` knows, counted since the trunk began.
    known: usize,
    /// What happened to the text since `base`.
    edits: Vec<InputEdit>,
    /// The newest parse that somebody asked for.
    asked: Option<Arc<Parse>>,
}

impl Document {
    /// A document as it was opened.
    pub(crate) fn new(uri: Url, language: Option<Language>, version: i32, text: String) -> Self {
        let lines = Arc::new(Lines::new(&text));
        let lone_returns = has_lone_return(&text, 0, text.len());
        Self {
            uri,
            language,
            version,
            text,
            lines,
            out_of_sync: false,
            lone_returns,
            snapshot: None,
            shared: None,
            trunk: Arc::default(),
            base: None,
            known: 0,
            edits: Vec::new(),
            asked: None,
        }
    }

    /// The version that the client gave it.
    pub(crate) fn version(&self) -> i32 {
        self.version
    }

    /// The text, the same in memory as long as it does not change; `None` when it is not
    /// known for certain.
    pub(crate) fn shared(&mut self) -> Option<Arc<str>> {
        if self.out_of_sync {
            return None;
        }
        let known = self.shared.take().filter(|(version, _)| *version == self.version);
        let (version, text) = known.unwrap_or_else(|| {
            let snapshot = self.snapshot.as_ref().map(|snapshot| Arc::clone(snapshot.text()));
            (self.version, snapshot.unwrap_or_else(|| self.text.as_str().into()))
        });
        self.shared = Some((version, Arc::clone(&text)));
        Some(text)
    }

    /// A change of it got lost: its text cannot be trusted until it is sent as a whole.
    pub(crate) fn lose_sync(&mut self) {
        self.out_of_sync = true;
        self.snapshot = None;
    }

    /// Applies the changes of one notification, in order.
    pub(crate) fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) {
        self.version = version;
        self.snapshot = None;
        self.supersede();
        for change in changes {
            if let Some(range) = change.range {
                let range = self.lines.range(&self.text, range, encoding);
                self.replace(range, &change.text);
            } else {
                let uri = self.uri.clone();
                *self = Self::new(uri, self.language, version, change.text);
            }
        }
    }

    /// The parse that runs, if one does, is of use only to who waits for it.
    fn supersede(&self) {
        if let Some(parse) = &self.asked {
            parse.supersede();
        }
    }

    fn replace(&mut self, range: Range<usize>, with: &str) {
        self.adopt();
        let start_position = self.lines.point(&self.text, range.start);
        let old_end_position = self.lines.point(&self.text, range.end);
        self.text.replace_range(range.clone(), with);
        let new_end_byte = range.start + with.len();
        Arc::make_mut(&mut self.lines).edit(&self.text, &range, with.len());
        self.lone_returns |= has_lone_return(&self.text, range.start, new_end_byte);
        if self.base.is_none() && self.asked.is_none() {
            return;
        }
        if self.edits.len() >= MAX_EDITS || self.lone_returns {
            self.forget_tree();
            return;
        }
        self.edits.push(InputEdit {
            start_byte: range.start,
            old_end_byte: range.end,
            new_end_byte,
            start_position,
            old_end_position,
            new_end_position: self.lines.point(&self.text, new_end_byte),
        });
    }

    /// A tree of it is kept.
    pub(crate) fn is_awake(&self) -> bool {
        self.snapshot.is_some() || self.asked.is_some() || self.base.is_some()
    }

    /// Keeps no more than the text: a tree takes twenty times its memory, and is made anew
    /// when somebody asks. Who works on a snapshot keeps what it needs.
    pub(crate) fn rest(&mut self) {
        self.snapshot = None;
        self.trunk = Arc::default();
        self.base = None;
        self.known = 0;
        self.edits = Vec::new();
        self.supersede();
        self.asked = None;
    }

    fn forget_tree(&mut self) {
        self.trunk = Arc::default();
        self.base = None;
        self.known = 0;
        self.edits.clear();
        if let Some(parse) = self.asked.take() {
            parse.close();
        }
    }

    /// Takes over the tree of a parse that has finished meanwhile.
    fn adopt(&mut self) {
        if let Some((source, known)) = self.trunk.since(self.known) {
            self.base = Some(source);
            self.edits.drain(..(known - self.known).min(self.edits.len()));
            self.known = known;
        }
    }

    /// The document as it is now; `None` when its language is not one of ours.
    ///
    /// # Errors
    ///
    /// When it cannot be worked on.
    pub(crate) fn snapshot(&mut self, encoding: Encoding) -> Result<Option<Snapshot>, Unusable> {
        let Some(language) = self.language else { return Ok(None) };
        if self.out_of_sync {
            return Err(Unusable::OutOfSync);
        }
        if let Some(snapshot) = &self.snapshot {
            return Ok(Some(snapshot.clone()));
        }
        if self.text.len() > MAX_BYTES || self.lines.has_line_longer_than(MAX_LINE, &self.text) {
            self.forget_tree();
            return Err(Unusable::TooLarge);
        }
        self.adopt();
        let input = Input {
            language,
            name: name(&self.uri),
            text: self.text.as_str().into(),
            base: self.base.clone(),
            known: self.known,
            edits: self.edits.clone(),
        };
        let parse = Arc::new(Parse::new(input, Arc::clone(&self.trunk)));
        self.asked = Some(Arc::clone(&parse));
        let snapshot = Snapshot {
            uri: self.uri.clone(),
            version: self.version,
            lines: Arc::clone(&self.lines),
            encoding,
            parse,
        };
        self.snapshot = Some(snapshot.clone());
        Ok(Some(snapshot))
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        if let Some(parse) = &self.asked {
            parse.close();
        }
    }
}

/// Whether a `\r` without `\n` stands in or beside the range.
fn has_lone_return(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let from = start.saturating_sub(1);
    let near = bytes.get(from..(end + 1).min(bytes.len())).unwrap_or_default();
    let mut returns = near.iter().enumerate().filter(|(_, byte)| **byte == b'\r');
    returns.any(|(index, _)| bytes.get(from + index + 1) != Some(&b'\n'))
}

/// The path of a document for the parser, which reads the module's name from it.
fn name(uri: &Url) -> String {
    match uri.to_file_path() {
        Ok(path) => path.display().to_string(),
        Err(()) => uri.path().to_owned(),
    }
}

/// A document at one moment. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Snapshot {
    /// Which document.
    pub(crate) uri: Url,
    /// Which version of it.
    pub(crate) version: i32,
    /// Where its lines begin.
    pub(crate) lines: Arc<Lines>,
    /// What the client counts in.
    pub(crate) encoding: Encoding,
    parse: Arc<Parse>,
}

impl Snapshot {
    /// The text.
    pub(crate) fn text(&self) -> &Arc<str> {
        &self.parse.input().text
    }

    /// The text with its tree. `None` when the parser gives up.
    pub(crate) async fn source(&self, workshop: &Workshop) -> Option<Source> {
        self.parse.wait(workshop).await
    }

    /// A tree was made of an earlier version, so that this one's is not made anew.
    pub(crate) fn has_base(&self) -> bool {
        self.parse.input().base.is_some()
    }

    /// A quote was typed since that tree was made: all that is behind it may be a string now,
    /// and the parser will take its time. One that later edits have moved may be overlooked.
    pub(crate) fn has_new_quotes(&self) -> bool {
        let Input { text, edits, .. } = self.parse.input();
        let mut typed =
            edits.iter().filter_map(|edit| text.get(edit.start_byte..edit.new_end_byte));
        typed.any(|typed| typed.contains(['"', '\'']))
    }

    /// The text with a tree of no more than the top-level definition at `offset`.
    ///
    /// # Errors
    ///
    /// See [`Source::parse_around`].
    pub(crate) fn around(&self, offset: usize) -> Result<Option<Source>, Violation> {
        let Input { language, name, text, base, edits, .. } = self.parse.input();
        let base = base.as_ref().map(|base| (base, edits.as_slice()));
        Source::parse_around(*language, name, Arc::clone(text), base, offset)
    }

    /// Its language.
    pub(crate) fn language(&self) -> Language {
        self.parse.input().language
    }
}

#[cfg(test)]
mod tests;
