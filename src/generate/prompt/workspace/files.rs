//! Where the code of a workspace comes from.

use std::sync::Arc;
use std::time::SystemTime;

/// What a file was when it was listed: if that changes, so did its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When it was last written, if the system tells.
    pub modified: Option<SystemTime>,
    /// Its length.
    pub bytes: u64,
}

/// The files of a folder that prompts may quote. Paths are relative to it, with `/`.
pub trait Files: Send + Sync {
    /// The files on disk: regular ones inside of the folder that nobody wants ignored.
    /// What was found until `stop` says so, if it does.
    fn list(&self, stop: &dyn Fn() -> bool) -> Vec<(String, Stamp)>;

    /// The text of a file on disk; `None` when it cannot be read, is no text or too long.
    fn read(&self, path: &str) -> Option<Arc<str>>;

    /// The texts that count instead of those on disk, such as the open documents of an
    /// editor. As long as one does not change, it is the same in memory.
    fn open(&self) -> Vec<(String, Arc<str>)>;

    /// The path of the file that a source is named after, if it is in the folder.
    fn inside(&self, name: &str) -> Option<String>;
}
