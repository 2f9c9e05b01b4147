//! Names that the settings of a project's linters leave alone.

use regex::{Regex, RegexSet};

/// Patterns of names, as linters of Python have them in their settings.
///
/// They are read by an engine that needs no more than linear time, whoever wrote them. What
/// it does not know (Python's look-around) matches nothing.
#[derive(Clone, Debug, Default)]
pub struct Names {
    bare: RegexSet,
    dotted: RegexSet,
}

impl Names {
    /// `bare` match the start of a name (interrogate's `ignore-regex`), `dotted` any part of
    /// `module.Class.method` (numpydoc's `exclude`).
    pub fn new(bare: &[String], dotted: &[String]) -> Self {
        let bare: Vec<String> = bare.iter().map(|pattern| format!("^(?:{pattern})")).collect();
        Self { bare: set(&bare), dotted: set(dotted) }
    }

    /// Whether nothing is missed at a function or class of this name.
    pub(super) fn excuse(&self, name: &str) -> bool {
        self.bare.is_match(name)
    }

    /// Whether nothing is said about what `path` names in a file.
    pub(super) fn exclude(&self, file: &str, path: &str) -> bool {
        if self.dotted.is_empty() {
            return false;
        }
        let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
        let module = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let is_module = path.is_empty();
        let name = if is_module { module.to_owned() } else { format!("{module}.{path}") };
        self.dotted.is_match(&name)
    }
}

/// Those of the patterns that can be read.
fn set(patterns: &[String]) -> RegexSet {
    RegexSet::new(patterns.iter().filter(|pattern| Regex::new(pattern).is_ok())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_match_as_in_the_linters() {
        let list = |patterns: &[&str]| -> Vec<String> {
            patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
        };
        let names = Names::new(&list(&["get|set_", "(?!x)", "["]), &list(&[r"\.inner$", "^a$"]));
        assert!(names.excuse("getter") && names.excuse("set_x"));
        assert!(!names.excuse("reset_x") && !names.excuse("x"));
        assert!(names.exclude("src/a.py", "") && names.exclude("b.py", "C.inner"));
        assert!(!names.exclude("src/b.py", "") && !names.exclude("a.py", "C.inner_2"));
        assert!(!Names::default().exclude("a.py", "") && !Names::default().excuse(""));
    }
}
