//! What a file says about itself as a module.

/// The name under which a file is imported: its stem, or its folder for `__init__`.
pub(super) fn module_name(path: &str) -> String {
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or("");
    let stem = file.split('.').next().unwrap_or(file);
    let name = if stem == "__init__" { parts.next().unwrap_or("") } else { stem };
    name.to_owned()
}

pub(super) fn is_private(module: &str) -> bool {
    module.starts_with('_') && !super::class::is_dunder(module)
}

/// Whether the comments at the top say that a program wrote the file.
pub(super) fn is_generated(text: &str) -> bool {
    text.split(['\n', '\r'])
        .take(20)
        .take_while(|line| line.is_empty() || line.starts_with(['#', '\u{feff}']))
        .any(|line| line.contains("@generated") || line.contains("DO NOT EDIT"))
}
