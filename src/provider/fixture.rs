//! Recorded responses for tests, as they stand in `tests/fixtures/providers`: a status
//! line, headers, a blank line, the body.

use std::path::PathBuf;

/// A response.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/providers")
}

/// The response recorded in this file below the folder.
#[track_caller]
pub(super) fn recorded(name: &str) -> Recorded {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .replace("\r\n", "\n");
    let (head, body) = text.split_once("\n\n").expect("a blank line after the headers");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(": "));
    Recorded {
        status: status.expect("a status line"),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        body: body.to_owned(),
    }
}

/// The names of the files in this folder below the folder, in order.
pub(super) fn names(below: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder().join(below)).expect("a folder of recordings");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
