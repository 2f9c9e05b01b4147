//! The files of Python's `configparser`: `setup.cfg`, `tox.ini`, `.flake8`.

use toml::{Table, Value};

/// The sections of an INI file, every value a text. What is not understood is passed over.
pub(super) fn sections(text: &str) -> Table {
    let mut all = Table::new();
    let mut name = String::new();
    let mut key: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let is_continued = line.starts_with([' ', '\t']);
        if is_continued && let Some(key) = &key {
            if let Some(Value::String(value)) = section(&mut all, &name).get_mut(key) {
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
            section(&mut all, &name).insert(before.clone(), value);
            key = Some(before);
        }
    }
    all
}

fn section<'a>(all: &'a mut Table, name: &str) -> &'a mut Table {
    let entry = all.entry(name.to_owned()).or_insert_with(|| Value::Table(Table::new()));
    if !entry.is_table() {
        *entry = Value::Table(Table::new());
    }
    match entry {
        Value::Table(table) => table,
        // It was made one above.
        _ => all,
    }
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
        assert!(sections("no section\n = \n[\n").get("x").is_none());
    }
}
