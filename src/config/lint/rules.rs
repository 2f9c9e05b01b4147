//! Which rules a list of selectors switches on, as ruff and flake8 decide it.

use std::collections::BTreeSet;

use crate::generate::python_rules;

/// One file's choice of rules.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// Takes the place of what other files chose.
    pub(super) select: Option<Vec<String>>,
    pub(super) extend_select: Vec<String>,
    pub(super) ignore: Vec<String>,
}

/// The rules about docstrings that are on, and those that are off because they were named.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Resolved {
    pub(super) on: BTreeSet<&'static str>,
    pub(super) ignored: BTreeSet<&'static str>,
    /// Any rule of pydocstyle (`D…`) was selected.
    pub(super) has_docstrings: bool,
}

/// Whether `rule` is about a missing docstring.
pub(super) fn is_missing(rule: &str) -> bool {
    rule.starts_with("D10")
}

/// How exact a selector is, if it selects `rule` at all. `D` is a linter of its own, not the
/// beginning of `DOC`.
fn exactness(selector: &str, rule: &str) -> Option<usize> {
    if selector == "ALL" {
        return Some(0);
    }
    let letters = |text: &str| text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_same_linter = letters(selector) == letters(rule);
    (is_same_linter && rule.starts_with(selector)).then_some(selector.len())
}

/// The rules that `selectors` name.
pub(super) fn named(selectors: &[String]) -> BTreeSet<&'static str> {
    let is_named =
        |rule: &&'static str| selectors.iter().any(|selector| exactness(selector, rule).is_some());
    python_rules().filter(is_named).collect()
}

/// The rules that a convention of pydocstyle switches off.
fn against(convention: &str) -> &'static [&'static str] {
    match convention {
        "google" => &["D215", "D406", "D407", "D408", "D409", "D413"],
        "numpy" => &["D107", "D402", "D413", "D416", "D417"],
        "pep257" => &[
            "D214", "D215", "D405", "D406", "D407", "D408", "D409", "D410", "D411", "D413", "D416",
            "D417",
        ],
        _ => &[],
    }
}

/// What a chain of choices comes to, the outermost first: of two selectors the more exact one
/// decides, and of equals the one that ignores.
pub(super) fn resolve(chain: &[Selection], convention: Option<&str>) -> Resolved {
    let mut found = Resolved::default();
    for choice in chain {
        if choice.select.is_some() {
            found = Resolved::default();
        }
        let selected: Vec<&String> =
            choice.select.iter().flatten().chain(&choice.extend_select).collect();
        for rule in python_rules() {
            let most = |selectors: &mut dyn Iterator<Item = &String>| {
                selectors.filter_map(|selector| exactness(selector, rule)).max()
            };
            let by_select = most(&mut selected.iter().copied());
            let by_ignore = most(&mut choice.ignore.iter());
            let is_against = convention.is_some_and(|name| against(name).contains(&rule));
            match (by_select, by_ignore) {
                (None, None) => {}
                (Some(select), ignore) if ignore.is_none_or(|ignore| select > ignore) => {
                    // Only who names the very rule means it, against the convention.
                    if !is_against || select == rule.len() {
                        found.on.insert(rule);
                        found.ignored.remove(rule);
                    }
                }
                _ => {
                    found.on.remove(rule);
                    found.ignored.insert(rule);
                }
            }
        }
        found.has_docstrings |= selected.iter().any(|selector| is_pydocstyle(selector));
    }
    found
}

/// Whether a selector is about pydocstyle's rules.
pub(super) fn is_pydocstyle(selector: &str) -> bool {
    selector == "ALL"
        || selector.strip_prefix('D').is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Selection, named, resolve};

    fn list(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn selection(select: &str, ignore: &str) -> Selection {
        Selection { select: Some(list(select)), ignore: list(ignore), ..Selection::default() }
    }

    fn missing(chain: &[Selection], convention: Option<&str>) -> String {
        let resolved = resolve(chain, convention);
        let on = resolved.on.into_iter().filter(|rule| rule.starts_with("D10"));
        on.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_more_exact_selector_decides() {
        assert_eq!(missing(&[selection("D1", "D105 D107")], None), "D100 D101 D102 D103 D104 D106");
        assert_eq!(missing(&[selection("D D101", "D1")], None), "D101");
        assert_eq!(missing(&[selection("ALL", "D")], None), "");
        assert_eq!(missing(&[selection("DOC E", "")], None), "");
        assert_eq!(missing(&[selection("D107", "D107")], None), "");
    }

    #[test]
    fn a_convention_switches_rules_off() {
        let numpy = missing(&[selection("D", "D100 D101 D102 D103 D104 D105 D106")], Some("numpy"));
        assert_eq!(numpy, "");
        assert_eq!(missing(&[selection("D107", "")], Some("numpy")), "D107");
    }

    #[test]
    fn a_nearer_file_adds_or_replaces() {
        let outer = selection("D1", "D100");
        let adds = Selection { extend_select: list("D100"), ..Selection::default() };
        assert!(missing(&[outer.clone(), adds], None).starts_with("D100"));
        let narrows = Selection { ignore: list("D10"), ..Selection::default() };
        assert_eq!(missing(&[outer.clone(), narrows], None), "");
        assert_eq!(missing(&[outer, selection("D101", "")], None), "D101");
    }

    #[test]
    fn a_letter_is_no_beginning_of_another_linter() {
        assert!(named(&list("D")).iter().all(|rule| !rule.starts_with("DOC")));
        assert!(named(&list("DOC2")).contains("DOC201"));
    }
}
