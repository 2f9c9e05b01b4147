//! Where a document is, as its URI tells.
//!
//! Notebook cells, unsaved documents and files of another machine are documents like
//! any other: their text comes from the client. Only for the configuration a place on
//! this machine matters.

use std::path::PathBuf;

use tower_lsp::lsp_types::Url;

/// Schemes of documents that are a part of a notebook or a console.
const CELLS: [&str; 2] = ["vscode-notebook-cell", "vscode-interactive-input"];

/// Whether the document is a cell: code of a notebook, but no module by itself.
pub(crate) fn is_cell(uri: &Url) -> bool {
    CELLS.contains(&uri.scheme())
}

/// The path of the document, for a cell that of its notebook; `None` when it is not a
/// file of this machine.
pub(crate) fn path_of(uri: &Url) -> Option<PathBuf> {
    if is_cell(uri) && uri.host().is_none() {
        return Url::parse(&format!("file://{}", uri.path())).ok()?.to_file_path().ok();
    }
    uri.to_file_path().ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tower_lsp::lsp_types::Url;

    use super::{is_cell, path_of};

    #[cfg(unix)]
    #[test]
    fn places() {
        for (uri, path, cell) in [
            ("file:///a/b%20c.py", Some("/a/b c.py"), false),
            ("vscode-notebook-cell:/a/n.ipynb#W0sZmlsZQ%3D%3D", Some("/a/n.ipynb"), true),
            ("vscode-notebook-cell://ssh-remote%2Bhost/a/n.ipynb#W0", None, true),
            ("vscode-remote://ssh-remote%2Bhost/a/b.py", None, false),
            ("vscode-vfs://github/a/b.py", None, false),
            ("untitled:Untitled-1", None, false),
            ("untitled:/a/b.py", Some("/a/b.py"), false),
        ] {
            let uri = Url::parse(uri).unwrap();
            assert_eq!(path_of(&uri).as_deref(), path.map(Path::new), "{uri}");
            assert_eq!(is_cell(&uri), cell, "{uri}");
        }
    }
}
