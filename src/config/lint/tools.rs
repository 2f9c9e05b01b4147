//! The other linters of Python docstrings: flake8, pydocstyle, pydoclint, numpydoc, interrogate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::rules::{Selection, is_missing, is_pydocstyle, resolve};
use super::{Said, at, boolean, ini, ruff, texts};
use crate::config::files;
use crate::config::globs::Globs;
use crate::generate::{Profile, python_rules};

/// Files of other tools in which linters' sections stand, nearest to the tool first.
const INI: &[&str] = &[".flake8", "setup.cfg", "tox.ini", ".pydocstyle", ".pydocstyle.ini"];

/// Switches that only pydoclint has, by which its settings are known among flake8's.
const PYDOCLINT: &[&str] = &[
    "arg-type-hints-in-docstring",
    "arg-type-hints-in-signature",
    "allow-init-docstring",
    "skip-checking-short-docstrings",
    "check-return-types",
    "check-yield-types",
    "check-class-attributes",
    "check-arg-order",
    "skip-checking-raises",
];

/// A linter's own table and the file that it stands in.
type Found = Option<(Table, PathBuf)>;

/// What each of them says, the nearest settings of each.
pub(super) fn around(folder: &Path, home: Option<&Path>) -> Vec<Said> {
    let (mut own, mut flake8, mut pydocstyle): (Found, Found, Found) = (None, None, None);
    let (mut pydoclint, mut numpydoc, mut interrogate): (Found, Found, Found) = (None, None, None);
    for folder in files::folders(folder, home) {
        own = own.or_else(|| ruff::settings(folder));
        let path = folder.join("pyproject.toml");
        let project: Option<Table> =
            files::read(&path).ok().flatten().and_then(|text| text.parse().ok());
        if let Some(project) = project {
            let tool = |name: &str| {
                let table = at(&project, &["tool", name])?.as_table()?.clone();
                Some((table, path.clone()))
            };
            flake8 = flake8.or_else(|| tool("flake8"));
            pydocstyle = pydocstyle.or_else(|| tool("pydocstyle"));
            pydoclint = pydoclint.or_else(|| tool("pydoclint"));
            numpydoc = numpydoc.or_else(|| tool("numpydoc_validation"));
            interrogate = interrogate.or_else(|| tool("interrogate"));
        }
        for name in INI {
            let path = folder.join(name);
            let Some(text) = files::read(&path).ok().flatten() else { continue };
            let all = ini::sections(&text);
            let section = |name: &str| {
                let table = all.get(name)?.clone();
                Some((table, path.clone()))
            };
            flake8 = flake8.or_else(|| section("flake8"));
            pydocstyle = pydocstyle.or_else(|| section("pydocstyle"));
            numpydoc = numpydoc.or_else(|| section("tool:numpydoc_validation"));
            interrogate = interrogate.or_else(|| section("tool:interrogate"));
        }
    }
    pydoclint = pydoclint.or_else(|| in_flake8(flake8.as_ref()));
    let mut found = Vec::new();
    found.extend(own.map(|(table, path)| ruff::said(table, &path)));
    found.extend(flake8.map(|(table, path)| flake8_said(&table, &path)));
    found.extend(pydocstyle.map(|(table, path)| pydocstyle_said(&table, &path)));
    found.extend(pydoclint.map(|(table, path)| pydoclint_said(&table, &path)));
    found.extend(numpydoc.map(|(table, path)| numpydoc_said(&table, &path)));
    found.extend(interrogate.map(|(table, path)| interrogate_said(&table, &path)));
    found
}

/// pydoclint's settings as options of flake8.
fn in_flake8(flake8: Option<&(Table, PathBuf)>) -> Found {
    let (table, _) = flake8?;
    PYDOCLINT.iter().any(|key| boolean(table, key).is_some()).then(|| flake8.cloned()).flatten()
}

/// pydoclint's settings in flake8's files of `folder`.
pub(in crate::config) fn pydoclint_in_flake8(folder: &Path) -> Found {
    INI.iter().find_map(|name| {
        let path = folder.join(name);
        let all = ini::sections(&files::read(&path).ok()??);
        in_flake8(Some(&(all.get("flake8")?.clone(), path)))
    })
}

fn owned<'a>(rules: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    rules.into_iter().map(str::to_owned).collect()
}

pub(super) fn missing_rules() -> impl Iterator<Item = &'static str> {
    python_rules().filter(|rule| is_missing(rule))
}

fn flake8_said(table: &Table, path: &Path) -> Said {
    let list = |key: &str| texts(table.get(key));
    let mut ignore = list("ignore").unwrap_or_default();
    ignore.extend(list("extend-ignore").unwrap_or_default());
    let extend_select = list("extend-select").unwrap_or_default();
    let selection = Selection { select: list("select"), extend_select, ignore };
    let convention = table.get("docstring-convention").and_then(Value::as_str);
    let resolved = resolve(&[selection], convention);
    let decides = resolved.has_docstrings;
    let is_off = |rule: &&'static str| !resolved.on.contains(rule);
    let rows = table.get("per-file-ignores").and_then(Value::as_str).unwrap_or_default();
    let per_file = rows.lines().flat_map(|row| {
        let (patterns, rules) = row.split_once(':').unwrap_or(("", ""));
        let rules = texts(Some(&Value::String(rules.to_owned()))).unwrap_or_default();
        let one = move |pattern: &str| ruff::one(path, pattern.trim(), &rules);
        patterns.split(',').filter_map(one).collect::<Vec<_>>()
    });
    Said {
        profile: Profile::Common,
        source: format!("flake8 in {}", path.display()),
        missing_off: decides.then(|| owned(missing_rules().filter(is_off))),
        off: owned(resolved.ignored.iter().copied()),
        per_file: per_file.collect(),
        ..Said::default()
    }
}

fn pydocstyle_said(table: &Table, path: &Path) -> Said {
    let list = |key: &str| texts(table.get(key).or_else(|| table.get(&key.replace('-', "_"))));
    let convention = table.get("convention").and_then(Value::as_str);
    let all = || Some(vec!["D".to_owned()]);
    let mut ignore = list("ignore").unwrap_or_default();
    ignore.extend(list("add-ignore").unwrap_or_default());
    let select = list("select").or_else(all);
    let extend_select = list("add-select").unwrap_or_default();
    let resolved = resolve(&[Selection { select, extend_select, ignore }], convention);
    let is_off = |rule: &&'static str| !resolved.on.contains(rule);
    let off = python_rules().filter(|rule| is_pydocstyle(rule)).filter(is_off);
    Said {
        profile: Profile::Common,
        source: format!("pydocstyle in {}", path.display()),
        missing_off: Some(owned(missing_rules().filter(is_off))),
        off: owned(off.filter(|rule| !is_missing(rule))),
        ..Said::default()
    }
}

fn pydoclint_said(table: &Table, path: &Path) -> Said {
    let is = |key: &str, value: bool| boolean(table, key) == Some(value);
    let mut off: Vec<&str> = Vec::new();
    if is("skip-checking-raises", true) {
        off.extend(["DOC501", "DOC502", "DOC503"]);
    }
    if is("check-arg-order", false) {
        off.push("DOC104");
    }
    if is("arg-type-hints-in-docstring", false) {
        off.push("DOC105");
    }
    if is("check-return-types", false) {
        off.push("DOC203");
    }
    if is("check-yield-types", false) {
        off.push("DOC404");
    }
    if is("check-class-attributes", false) {
        off.extend(["DOC601", "DOC602", "DOC603", "DOC604", "DOC605"]);
    }
    Said {
        profile: Profile::Pydoclint,
        source: format!("pydoclint in {}", path.display()),
        off: owned(off),
        short: boolean(table, "skip-checking-short-docstrings").map(|skips| !skips),
        star_args: boolean(table, "should-document-star-arguments"),
        ..Said::default()
    }
}

fn numpydoc_said(table: &Table, path: &Path) -> Said {
    const DRIFT: [&str; 5] = ["PR01", "PR02", "PR03", "RT01", "YD01"];
    let checks: BTreeSet<String> =
        texts(table.get("checks")).unwrap_or_default().into_iter().collect();
    // With `all` the others are exceptions.
    let excepts = checks.contains("all");
    let is_off = |rule: &str| checks.contains(rule) == excepts;
    let off: Vec<&str> = if checks.is_empty() {
        Vec::new()
    } else {
        DRIFT.into_iter().filter(|rule| excepts && is_off(rule)).collect()
    };
    let missing_off = (!checks.is_empty())
        .then(|| if is_off("GL08") { owned(missing_rules()) } else { BTreeSet::new() });
    Said {
        profile: Profile::Numpydoc,
        source: format!("numpydoc_validation in {}", path.display()),
        missing_off,
        off: owned(off),
        excluded: patterns(table, "exclude"),
        ..Said::default()
    }
}

/// Patterns, which hold what separates words elsewhere.
fn patterns(table: &Table, key: &str) -> Vec<String> {
    match table.get(key) {
        // A list as INI files have it.
        Some(Value::String(text)) => {
            let rows = text.split(['\n', ',']).map(str::trim);
            rows.filter(|row| !row.is_empty()).map(str::to_owned).collect()
        }
        value => texts(value).unwrap_or_default(),
    }
}

fn interrogate_said(table: &Table, path: &Path) -> Said {
    let switches = [
        ("ignore-init-method", "D107"),
        ("ignore-init-module", "D104"),
        ("ignore-magic", "D105"),
        ("ignore-module", "D100"),
        ("ignore-nested-classes", "D106"),
    ];
    let is_set = |(key, _): &&(&str, &str)| boolean(table, key) == Some(true);
    let mut off = owned(switches.iter().filter(is_set).map(|(_, rule)| *rule));
    if off.contains("D100") {
        off.insert("D104".to_owned());
    }
    Said {
        profile: Profile::Common,
        source: format!("interrogate in {}", path.display()),
        missing_off: Some(off),
        excludes: path.parent().and_then(|folder| excluded(table, folder)),
        excused: patterns(table, "ignore-regex"),
        ..Said::default()
    }
}

/// The paths that interrogate passes over, relative to its settings.
fn excluded(table: &Table, folder: &Path) -> Option<Globs> {
    let paths = texts(table.get("exclude")).unwrap_or_default();
    let anchored: Vec<String> =
        paths.iter().map(|path| format!("/{}", path.trim_start_matches("./"))).collect();
    let globs: Vec<&str> = anchored.iter().map(String::as_str).collect();
    Globs::new(folder, &globs)
}
