//! Pure where possible: maps in, settings out.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::{Config, Origin, Overrides, Sources};
use crate::generate::Scope;

mod providers;

fn env(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The settings that differ from the defaults, or the errors.
fn summary(sources: &Sources) -> String {
    match Config::load(sources) {
        Err(errors) => errors.to_string(),
        Ok(config) => config
            .settings()
            .filter(|setting| setting.origin != Origin::Default)
            .map(|setting| format!("{} = {} ({})", setting.key, setting.value, setting.origin))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

/// The same for a project's folder with these files, its path shown as `~`.
fn project(files: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let start = folder.path().join("a/b");
    fs::create_dir_all(&start).unwrap();
    fs::create_dir_all(folder.path().join(".git")).unwrap();
    let sources = Sources { start: Some(start), ..Sources::default() };
    summary(&sources).replace(&folder.path().display().to_string(), "~")
}

#[test]
fn the_environment_sets_every_kind_of_value() {
    let sources = Sources {
        env: env(&[
            ("DOCSTRING_LS_STYLE", "numpy"),
            ("DOCSTRING_LS_LINE_LENGTH", "100"),
            ("DOCSTRING_LS_EXCLUDE", "gen/, *_pb2.py"),
            ("DOCSTRING_LS_PYTHON_ASSERTS", "true"),
            ("DOCSTRING_LS_SCOPE", ""),
            ("DOCSTRING_LS_LOG", "debug"),
            ("PATH", "/bin"),
        ]),
        ..Sources::default()
    };
    insta::assert_snapshot!(summary(&sources), @r#"
    exclude = ["gen/","*_pb2.py"] (environment variable DOCSTRING_LS_EXCLUDE)
    line-length = 100 (environment variable DOCSTRING_LS_LINE_LENGTH)
    python.asserts = true (environment variable DOCSTRING_LS_PYTHON_ASSERTS)
    style.python = "numpy" (environment variable DOCSTRING_LS_STYLE)
    "#);
}

#[test]
fn a_wrong_variable_is_told() {
    let sources = Sources {
        env: env(&[("DOCSTRING_LS_SCOPPE", "all"), ("DOCSTRING_LS_LINE_LENGTH", "wide")]),
        ..Sources::default()
    };
    insta::assert_snapshot!(summary(&sources), @r#"
    environment variable DOCSTRING_LS_SCOPPE: there is no such setting; did you mean `DOCSTRING_LS_SCOPE`?
    environment variable DOCSTRING_LS_LINE_LENGTH: `line-length` is "wide"; allowed: a number from 40 to 1000, or "auto"
    "#);
}

#[test]
fn an_editor_may_write_its_settings_in_every_usual_way() {
    let ways = [
        json!({"docstring-ls": {"lineLength": 99, "python": {"initDocs": "class"}, "scope": null}}),
        json!({"docstring-ls.line-length": 99, "docstring-ls.python.init-docs": "class", "editor.x": 1}),
        json!({"line-length": 99, "python": {"init-docs": "class"}, "trace": {"server": "off"}}),
        json!({"docstringLs": {"lineLength": 99, "python.initDocs": "class"}}),
    ];
    for way in ways {
        let sources = Sources { editor: Some(way.clone()), ..Sources::default() };
        assert_eq!(
            summary(&sources),
            "line-length = 99 (editor settings)\npython.init-docs = \"class\" (editor settings)",
            "{way}"
        );
    }
}

#[test]
fn flags_stand_above_the_environment_and_that_above_the_editor() {
    let sources = Sources {
        env: env(&[("DOCSTRING_LS_SCOPE", "public"), ("DOCSTRING_LS_STYLE", "sphinx")]),
        editor: Some(json!({"scope": "all", "style": "google", "line-length": 77})),
        flags: Overrides { style: Some("epytext".into()), ..Overrides::default() },
        ..Sources::default()
    };
    insta::assert_snapshot!(summary(&sources), @r#"
    line-length = 77 (editor settings)
    scope = "public" (environment variable DOCSTRING_LS_SCOPE)
    style.python = "epytext" (--style)
    "#);
    let config = Config::load(&sources).unwrap();
    assert_eq!(config.scope, Scope::Public);
}

#[test]
fn the_nearest_file_of_the_project_decides() {
    let pyproject = "[project]\nname = 'x'\n\n[tool.docstring-ls]\nscope = 'all'\nstyle = { python = 'numpy' }\n";
    insta::assert_snapshot!(project(&[("pyproject.toml", pyproject)]), @r#"
    scope = "all" (~/pyproject.toml:5)
    style.python = "numpy" (~/pyproject.toml:6)
    "#);
    let nearer = [("pyproject.toml", pyproject), ("a/.docstring-ls.toml", "line-length = 72\n")];
    insta::assert_snapshot!(project(&nearer), @"line-length = 72 (~/a/.docstring-ls.toml:1)");
    let cargo = "[package.metadata.docstring-ls]\nrust = { arguments = true }\n";
    insta::assert_snapshot!(project(&[("Cargo.toml", cargo), ("a/pyproject.toml", "[tool.x]\n")]), @"rust.arguments = true (~/Cargo.toml:2)");
}

#[test]
fn wrong_files_name_line_key_and_what_is_allowed() {
    let text = "scop = 'all'\nstyle = 'gogle'\n\n[python]\ntypes = 3\nexamples = true\n\n[lint]\n[pyhton]\n";
    insta::assert_snapshot!(project(&[("docstring-ls.toml", text)]), @r#"
    ~/docstring-ls.toml:1: unknown key `scop`; did you mean `scope`?
    ~/docstring-ls.toml:2: `style` is "gogle"; allowed: "auto", "google", "numpy", "sphinx", "epytext", "pep257", "rustdoc"; did you mean "google"?
    ~/docstring-ls.toml:5: `python.types` is 3; allowed: "auto", "always", "unannotated-only", "never"
    ~/docstring-ls.toml:6: unknown key `python.examples`; `docstring-ls config` lists the keys
    ~/docstring-ls.toml:9: unknown key `pyhton`; did you mean `python`?
    "#);
    insta::assert_snapshot!(project(&[("docstring-ls.toml", "scope = 'all'\nstyle = \n")]), @"~/docstring-ls.toml:2: it is not valid TOML: string values must be quoted, expected literal string");
    insta::assert_snapshot!(project(&[("docstring-ls.toml", "python = 1\nexclude = ['[z-a]']\n")]), @r#"
    ~/docstring-ls.toml:1: `python` is 1; allowed: a table
    ~/docstring-ls.toml:2: `exclude` is ["[z-a]"]; allowed: a list of globs such as ["tests/**"]
    "#);
}

#[test]
fn a_project_may_not_choose_where_code_is_sent() {
    let text = "provider = 'claude'\n[providers.claude]\nbase-url = 'http://evil.example'\n[orchestrator]\ndaily-budget-usd = 1e9\n";
    insta::assert_snapshot!(project(&[("docstring-ls.toml", text)]), @r#"
    ~/docstring-ls.toml:1: `provider` may not be set in a project's file, because opening a folder must not decide where code is sent; set it in your own configuration file, in the environment or by a switch
    ~/docstring-ls.toml:3: `providers` may not be set in a project's file, because opening a folder must not decide where code is sent; set it in your own configuration file, in the environment or by a switch
    ~/docstring-ls.toml:5: `orchestrator` may not be set in a project's file, because opening a folder must not decide where code is sent; set it in your own configuration file, in the environment or by a switch
    "#);
    assert_eq!(
        project(&[("docstring-ls.toml", "provider = 'offline'\n")]),
        "provider = \"offline\" (~/docstring-ls.toml:1)"
    );
}

#[test]
fn broken_files_of_others_are_their_concern() {
    assert_eq!(project(&[("pyproject.toml", "[tool\n"), ("Cargo.toml", "=")]), "");
    insta::assert_snapshot!(project(&[("pyproject.toml", "[tool.docstring-ls]\nscope\n")]), @"~/pyproject.toml:2: it is not valid TOML: key with no value, expected `=`");
}

#[test]
fn the_user_file_need_not_be_there_and_can_be_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    fs::write(&path, "provider = 'nobody'\nproviders = 1\n").unwrap();
    let sources = Sources { user_file: Some(path.clone()), ..Sources::default() };
    let found = summary(&sources).replace(&path.display().to_string(), "config.toml");
    insta::assert_snapshot!(found, @"config.toml:2: `providers` is 1; allowed: tables such as [providers.claude]");
    let isolated = Sources { isolated: true, ..sources };
    assert_eq!(summary(&isolated), "");
    let missing = Sources { user_file: Some("/no/such/file".into()), ..Sources::default() };
    assert_eq!(summary(&missing), "");
}

#[test]
fn an_explicit_file_must_be_there() {
    let sources = Sources { explicit: Some("/no/such.toml".into()), ..Sources::default() };
    assert_eq!(summary(&sources), "/no/such.toml:1: there is no such file");
}

#[test]
fn the_search_ends_at_the_repository_and_below_home() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("repository/src");
    fs::create_dir_all(&inner).unwrap();
    fs::write(folder.path().join("docstring-ls.toml"), "scope = 'all'\n").unwrap();
    let scope = |home: Option<&Path>| {
        let env = home.map(|home| env(&[("HOME", home.to_str().unwrap())])).unwrap_or_default();
        let sources = Sources { start: Some(inner.clone()), env, ..Sources::default() };
        Config::load(&sources).unwrap().scope
    };
    assert_eq!(scope(None), Scope::All);
    assert_eq!(scope(Some(folder.path())), Scope::Public);
    fs::create_dir(folder.path().join("repository/.git")).unwrap();
    assert_eq!(scope(None), Scope::Public);
}
