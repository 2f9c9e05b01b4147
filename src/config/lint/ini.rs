//! The files of Python's `configparser`: `setup.cfg`, `tox.ini`, `.flake8`.

use std::collections::BTreeMap;

use toml::{Table, Value};

/// The sections of an INI file, every value a text. What is not understood is passed over.
pub(super) fn sections(text: &str) -> BTreeMap<String, Table> {
    let mut all: BTreeMap<String, Table> = BTreeMap::new();
    let mut name = String::new();
    let mut key: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let is_continued = line.starts_with([' ', '\t']);
        if is_continued && let Some(key) = &key {
            if let Some(Value::String(value)) = all.entry(name.clone()).or_default().get_mut(key) {
                value.push('\n');
                value.push_str(trimmed);
            }
            continue;
        }
        if let Some(inner) = trimmed.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            inner.trim().clone_into(&mut name);
            key = None;
        } else if let Some((before, after)) = trimmed.split_once(['=', ':']) {
            let before = before.trim().to_ascii_lowercase().replace('_', "-");
            let value = Value::String(after.trim().to_owned());
            all.entry(name.clone()).or_default().insert(before.clone(), value);
            key = Some(before);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn sections_hold_texts() {
        let all = sections(
            "[flake8]\nselect = D,\n    DOC\n# c\nper_file_ignores =\n  a.py: D1\n\n[x]\nk: v\n",
        );
        let get = |section: &str, key: &str| all[section][key].as_str().unwrap().to_owned();
        assert_eq!(get("flake8", "select"), "D,\nDOC");
        assert_eq!(get("flake8", "per-file-ignores"), "\na.py: D1");
        assert_eq!(get("x", "k"), "v");
        assert!(!sections("no section\n = \n[\n").contains_key("x"));
    }
}
