//! Reads a source file, unless it is none that a person edits.

use std::io::Read;
use std::path::Path;

use super::replace::Refusal;

/// Larger files are not read, in bytes.
pub(super) const LARGEST: u64 = 10 << 20;

/// A mean line longer than this is no one's handwriting, in bytes.
const LONGEST_MEAN_LINE: usize = 500;

/// The bytes of a file.
///
/// # Errors
///
/// When it cannot be read, or is none that is read.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Refusal> {
    let failed = |error: std::io::Error| Refusal::Io(format!("it cannot be read: {error}"));
    // Asked before it is opened: opening a pipe would wait for ever.
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(Refusal::Io("it is not a regular file".into()));
    }
    let too_large = Refusal::Unfit("it is larger than 10 MiB");
    if metadata.len() > LARGEST {
        return Err(too_large);
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(too_large);
    }
    Ok(bytes)
}

/// Why a file that nobody named is none that a person edits.
pub(super) fn not_handwritten(bytes: &[u8]) -> Option<&'static str> {
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
