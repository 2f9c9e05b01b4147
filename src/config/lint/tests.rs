//! Files of linters in, what is looked for out.

use std::collections::BTreeMap;
use std::fs;

use super::{Chosen, Lint, Modules};
use crate::generate::{Checks, Profile, Scope};

/// What holds for `file` in a project of these files.
fn checks_with(files: &[(&str, &str)], file: &str, profile: Option<Profile>) -> Checks {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let path = folder.path().join(file);
    let lint = Lint::around(path.parent().unwrap(), None);
    let language = crate::syntax::language_of(std::path::Path::new(file)).unwrap();
    let chosen = Chosen { profile, ..Chosen::new(&BTreeMap::new()) };
    lint.checks(language, &path, &Modules::default(), &chosen)
}

fn checks(files: &[(&str, &str)], file: &str) -> Checks {
    checks_with(files, file, None)
}

/// The rules that are off, and after a slash those that are on.
fn rules(files: &[(&str, &str)], file: &str) -> String {
    let checks = checks(files, file);
    let list = |rules: &std::collections::BTreeSet<String>| {
        rules.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    format!("{}/{}", list(&checks.off), list(&checks.on))
}

fn ruff(text: &str) -> String {
    rules(&[("ruff.toml", text)], "a.py")
}

#[test]
fn ruff_decides_which_are_missed() {
    assert_eq!(ruff("line-length = 100"), "/");
    assert_eq!(ruff("lint.select = [\"E\", \"F\"]"), "/");
    assert_eq!(
        ruff("[lint]\nselect = [\"D\"]\nignore = [\"D100\", \"D104\", \"D107\", \"E501\"]"),
        "D100 D104 D107/"
    );
    assert_eq!(ruff("[lint]\nselect = [\"D4\"]"), "D100 D101 D102 D103 D104 D105 D106 D107/");
    // Settings from before `lint` was a table.
    assert_eq!(ruff("extend-select = [\"D1\"]\nextend-ignore = [\"D105\"]"), "D105/");
    assert_eq!(ruff("[lint]\nselect = [\"DOC2\"]\nignore = [\"D417\"]"), "D417/DOC201 DOC202");
    let numpy = ruff("[lint]\nselect = [\"D\"]\npydocstyle.convention = \"numpy\"");
    assert_eq!(numpy, "D107/");
}

#[test]
fn ruff_files_extend_each_other() {
    let files = [
        ("ruff.toml", "[lint]\nselect = [\"D1\"]\nignore = [\"D100\"]"),
        ("p/ruff.toml", "extend = \"../ruff.toml\"\n[lint]\nignore = [\"D105\"]"),
        ("q/.ruff.toml", "extend = \".ruff.toml\"\nlint.select = [\"D1\"]"),
        ("r/pyproject.toml", "[tool.ruff]\nextend = \"../ruff.toml\"\nlint.select = [\"D101\"]"),
    ];
    assert_eq!(rules(&files, "p/a.py"), "D100 D105/");
    assert_eq!(rules(&files, "q/a.py"), "/");
    assert_eq!(rules(&files, "r/a.py"), "D100 D102 D103 D104 D105 D106 D107/");
}

#[test]
fn ruff_leaves_some_files_alone() {
    let text = "[tool.ruff.lint]\nselect = [\"D1\"]\n[tool.ruff.lint.per-file-ignores]\n\
                \"tests/*\" = [\"D\"]\n\"__init__.py\" = [\"D104\"]\n\"!src/**.py\" = [\"D100\"]\n";
    let of = |file: &str| rules(&[("pyproject.toml", text)], file);
    assert!(of("tests/deep/test_a.py").starts_with("D100 D101 D102"));
    assert_eq!(of("src/p/__init__.py"), "D104/");
    assert_eq!(of("src/a.py"), "/");
    assert_eq!(of("setup.py"), "D100/");
}

#[test]
fn ruff_names_decorators() {
    let text = "lint.pydocstyle = { ignore-decorators = [\"typing.overload\"], \
                property-decorators = [\"a.prop\"], ignore-var-parameters = true }";
    let checks = checks(&[("ruff.toml", text)], "a.py");
    assert_eq!(*checks.ignore_decorators, ["typing.overload"]);
    assert_eq!(*checks.property_decorators, ["a.prop"]);
    assert!(!checks.star_args);
}

#[test]
fn the_other_linters_are_heard() {
    let toml = |text: &str| rules(&[("pyproject.toml", text)], "a.py");
    assert_eq!(
        toml("[tool.pydoclint]\nskip-checking-raises = true\ncheck-arg-order = \"false\""),
        "DOC104 DOC501 DOC502 DOC503/"
    );
    assert_eq!(
        toml("[tool.interrogate]\nignore-magic = true\nignore-module = true"),
        "D100 D104 D105/"
    );
    assert_eq!(toml("[tool.numpydoc_validation]\nchecks = [\"all\", \"PR01\", \"EX01\"]"), "PR01/");
    assert!(
        toml("[tool.numpydoc_validation]\nchecks = [\"all\", \"GL08\"]").starts_with("D100 D101")
    );
    assert!(toml("[tool.numpydoc_validation]\nchecks = [\"SS03\"]").starts_with("D100 D101"));
    assert_eq!(toml("[tool.pydocstyle]\nconvention = \"numpy\""), "D107 D416 D417/");
    let flake8 =
        "[flake8]\nselect = D,E\nextend-ignore = D105\nper-file-ignores =\n    tests/*: D1\n";
    assert_eq!(rules(&[("setup.cfg", flake8)], "a.py"), "D105/");
    assert!(rules(&[("tox.ini", flake8)], "tests/a.py").starts_with("D100 D101"));
    // ruff's word about missing ones is the last.
    let both = "[tool.ruff]\nlint.select = [\"D1\"]\n[tool.interrogate]\nignore-magic = true";
    assert_eq!(toml(both), "/");
}

#[test]
fn files_and_names_are_left_alone() {
    let interrogate = "[tool.interrogate]\nexclude = [\"setup.py\", \"docs\"]\n\
                       ignore-regex = [\"get\"]";
    let of = |file: &str| rules(&[("pyproject.toml", interrogate)], file);
    assert!(of("setup.py").starts_with("D100 D101") && of("docs/conf.py").starts_with("D100"));
    assert_eq!((of("a.py"), of("src/setup.py")), ("/".to_owned(), "/".to_owned()));
    let ruff = format!("[tool.ruff]\nlint.select = [\"D1\"]\n{interrogate}");
    assert_eq!(rules(&[("pyproject.toml", &ruff)], "setup.py"), "/", "ruff looks there");
    let names = |text: &str| {
        let checks = checks(&[("pyproject.toml", text)], "a.py");
        format!("{:?}", checks.names)
    };
    assert_eq!(names(&ruff), names(""));
    assert!(names(interrogate).contains("^(?:get)"));
    let numpydoc = "[tool.numpydoc_validation]\nchecks = [\"all\"]\nexclude = ['\\.f$', '(']";
    assert!(names(numpydoc).contains("\\\\.f$"), "{}", names(numpydoc));
}

#[test]
fn a_profile_silences_the_other_linters() {
    let text = "[tool.ruff]\nlint.select = [\"D1\"]\nlint.ignore = [\"D100\"]\n\
                [tool.pydoclint]\nskip-checking-short-docstrings = false";
    let files = [("pyproject.toml", text)];
    let with = |profile| {
        let checks = checks_with(&files, "a.py", profile);
        (checks.off.len(), checks.short)
    };
    assert_eq!(with(None), (1, true));
    assert_eq!(with(Some(Profile::Ruff)), (1, false));
    assert_eq!(with(Some(Profile::Pydoclint)), (0, true));
}

#[test]
fn cargo_and_the_root_of_the_crate_are_heard() {
    let of = |manifest: &str, root: &str| {
        rules(&[("Cargo.toml", manifest), ("src/lib.rs", root)], "src/lib.rs")
    };
    assert_eq!(of("[package]\nname = \"a\"", ""), "/");
    assert_eq!(
        of(
            "[lints.clippy]\npedantic = { level = \"warn\", priority = -1 }\nmissing_errors_doc = \"allow\"",
            ""
        ),
        "clippy::missing_errors_doc/clippy::pedantic"
    );
    assert_eq!(
        of("", "#![allow(missing_docs)]\n#![deny(clippy::missing_panics_doc)]"),
        "missing_docs/clippy::missing_panics_doc"
    );
    // What a module says is not the crate's.
    assert_eq!(of("", "mod a { #![allow(missing_docs)] }\n#[allow(missing_docs)] fn f() {}"), "/");
    let files = [
        ("Cargo.toml", "[workspace.lints.rust]\nmissing_docs = \"allow\""),
        ("p/Cargo.toml", "[lints]\nworkspace = true"),
    ];
    assert_eq!(rules(&files, "p/src/a.rs"), "missing_docs/");
}

#[test]
fn private_items_count_where_clippy_counts_them() {
    let lints = "[lints.clippy]\nmissing_docs_in_private_items = \"warn\"";
    let found = checks(&[("Cargo.toml", lints)], "src/a.rs");
    assert_eq!((found.missing, found.crate_items), (Some(Scope::All), false));
    let clippy = ("clippy.toml", "missing-docs-in-crate-items = true");
    assert!(checks(&[("Cargo.toml", lints), clippy], "src/a.rs").crate_items);
    let found = checks(&[("Cargo.toml", ""), clippy], "src/a.rs");
    assert_eq!((found.missing, found.crate_items), (Some(Scope::Public), false));
}

#[test]
fn what_cannot_be_read_says_nothing() {
    let broken = [
        ("ruff.toml", "select = ["),
        ("setup.cfg", "[flake8\nselect"),
        ("Cargo.toml", "lints = 3"),
        ("clippy.toml", "\u{0}"),
    ];
    assert_eq!(rules(&broken, "a.py"), "/");
    assert_eq!(rules(&broken, "src/a.rs"), "/");
}
