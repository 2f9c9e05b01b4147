//! Source in, findings out: `line: code message`, underlined text behind it.

use std::sync::Arc;

use super::{Checks, check, report};
use crate::docstring::Language;
use crate::generate::{Options, Scope};
use crate::style::{Rustdoc, by_id};
use crate::syntax::{Source, language_of};

fn language(name: &str) -> Language {
    language_of(std::path::Path::new(name)).unwrap()
}

fn source(name: &str, text: &str) -> Source {
    Source::parse(language(name), name, text.into()).unwrap()
}

fn options(name: &str) -> Options {
    Options::new(match language(name) {
        Language::Rust => &Rustdoc,
        Language::Python => by_id("google").unwrap(),
    })
}

/// One line for each finding.
fn listed(name: &str, text: &str, options: &Options) -> String {
    let findings = check(&source(name, text), options);
    let lines = findings.iter().map(|finding| {
        let line = text[..finding.range.start].lines().count().max(1)
            + usize::from(text[..finding.range.start].ends_with('\n'));
        format!("{line}: {} {}", finding.code.id(), finding.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn found(name: &str, text: &str) -> String {
    listed(name, text, &options(name))
}

/// The malformed docstring of a function with these lines.
fn form(docstring: &str) -> String {
    let docstring = docstring.replace('\n', "\n    ");
    let text = format!("\"\"\"M.\"\"\"\ndef f(x, y):\n    \"\"\"{docstring}\n    \"\"\"\n");
    let mut options = options("a.py");
    options.checks.out_of_date = false;
    listed("a.py", &text, &options)
}

#[test]
fn what_ruff_calls_public_needs_a_docstring() {
    let text = "\
class A:
    class B:
        def c(self): ...
    def __init__(self): ...
    def __len__(self): ...
    def __call__(self): ...
    def d(self): ...
    def _e(self): ...
    @property
    def g(self): ...
    @g.setter
    def g(self, value): ...
    @override
    def h(self): ...
    @overload
    def i(self): ...
def _j(): ...
def k():
    def l(): ...
";
    insta::assert_snapshot!(found("a.py", text), @r"
    1: DLS001 module has no docstring
    1: DLS001 class `A` has no docstring
    2: DLS001 class `A.B` has no docstring
    3: DLS001 method `A.B.c` has no docstring
    4: DLS001 method `A.__init__` has no docstring
    5: DLS001 method `A.__len__` has no docstring
    6: DLS001 method `A.__call__` has no docstring
    7: DLS001 method `A.d` has no docstring
    10: DLS001 property `A.g` has no docstring
    18: DLS001 function `k` has no docstring
    ");
    assert_eq!(found("a.pyi", text), "");
    assert_eq!(found("a.py", ""), "1: DLS001 module has no docstring");
}

#[test]
fn rules_that_are_off_are_not_told() {
    let text = "class A:\n    def __init__(self): ...\n    def __len__(self): ...\n    @app.hook\n    def d(self): ...\n";
    let with = |off: &[&str], ignored: &[&str]| {
        let mut options = options("a.py");
        options.checks = Checks {
            off: Arc::new(off.iter().map(|rule| (*rule).to_owned()).collect()),
            ignore_decorators: ignored.iter().map(|name| (*name).to_owned()).collect(),
            ..Checks::default()
        };
        listed("p/__init__.py", text, &options)
    };
    assert_eq!(
        with(&["D104", "D101", "D107", "D105"], &[]),
        "5: DLS001 method `A.d` has no docstring"
    );
    assert_eq!(with(&["D104", "D101", "D107", "D105"], &["app.hook"]), "");
    // A package's rule is not a module's.
    assert!(with(&["D100"], &[]).starts_with("1: DLS001 module has no docstring"));
}

#[test]
fn the_scope_decides() {
    let mut options = options("a.py");
    options.checks.missing = Some(Scope::All);
    let text = "\"\"\"M.\"\"\"\ndef _a():\n    def b(): ...\n";
    insta::assert_snapshot!(listed("a.py", text, &options), @r"
    2: DLS001 function `_a` has no docstring
    3: DLS001 function `_a.b` has no docstring
    ");
    options.checks.missing = None;
    assert_eq!(listed("a.py", text, &options), "");
    options.checks = Checks { is_private: true, ..Checks::default() };
    assert_eq!(listed("a.py", "def a(): ...\n", &options), "");
}

#[test]
fn rust_follows_missing_docs() {
    let text = "\
pub struct A {
    pub b: u8,
    c: u8,
}
pub enum D { E }
impl A {
    pub fn f(&self) {}
    fn g(&self) {}
}
impl Clone for A { fn clone(&self) -> A { A { b: 0, c: 0 } } }
fn h() {}
#[doc(hidden)]
pub fn i() {}
pub(crate) fn j() {}
#[cfg(test)]
mod tests { pub fn k() {} }
";
    insta::assert_snapshot!(found("src/lib.rs", text), @r"
    1: DLS001 module has no docstring
    1: DLS001 struct `A` has no docstring
    2: DLS001 field `A.b` has no docstring
    5: DLS001 enum `D` has no docstring
    5: DLS001 variant `D.E` has no docstring
    7: DLS001 method `A.f` has no docstring
    ");
}

#[test]
fn comments_and_attributes_suppress() {
    let python = "\
\"\"\"M.\"\"\"
def a():  # noqa: D103
    pass
@b  # noqa
def c():
    pass
def d(
    x,
):  # noqa: DLS001
    pass
def e():  # noqa: D102, E501
    pass
def f():
    \"\"\"\"\"\"  # noqa: D419
def g():
    \"\"\"\"\"\"  # noqa: D418
";
    insta::assert_snapshot!(found("a.py", python), @r"
    11: DLS001 function `e` has no docstring
    16: DLS003 docstring is empty
    ");
    let rust = "\
//! M.
#[allow(missing_docs)]
pub struct A { pub b: u8 }
#[expect(missing_docs)]
impl A {
    pub fn c() {}
    #[warn(missing_docs)]
    pub fn d() {}
}
pub mod e {
    #![allow(clippy::empty_docs, reason = \"m\")]
    ///
    pub fn f() {}
}
";
    insta::assert_snapshot!(found("src/lib.rs", rust), @r"
    8: DLS001 method `A.d` has no docstring
    10: DLS001 module `e` has no docstring
    ");
}

#[test]
fn a_whole_file_can_be_left_alone() {
    for line in [
        "# ruff: noqa",
        "# ruff: noqa: D103, D1",
        "#  flake8: noqa",
        "# docstring-ls: ignore-file",
        "# docstring-ls: ignore-file: DLS001",
        "# pylint: disable=missing-docstring",
    ] {
        assert_eq!(found("a.py", &format!("x = 1\n{line}\ndef a(): ...\n")), "", "{line}");
    }
    for line in ["# ruff: noqa: D103", "x = '# ruff: noqa'", "'''\n# ruff: noqa\n'''"] {
        let text = format!("x = 1\n{line}\nclass A: ...\n");
        assert!(found("a.py", &text).contains("class `A`"), "{line}");
    }
    assert_eq!(found("src/lib.rs", "// docstring-ls: ignore-file\npub fn a() {}\n"), "");
}

#[test]
fn sections_of_google_are_read() {
    insta::assert_snapshot!(form("S.\n\nArgs:\n    x: a\n\nReturns:\n"), @"8: DLS003 section `Returns` is empty");
    insta::assert_snapshot!(form("S.\n\nArgs:\n\nReturns:\n    It."), @"5: DLS003 section `Args` is empty");
    insta::assert_snapshot!(form("S.\n\nRetruns:\n    It."), @"5: DLS003 unknown section `Retruns`; did you mean `Returns`?");
    insta::assert_snapshot!(
        form("S.\n\nArgs:\n    x: one thing that is\n    continued here\n    y (int): b"),
        @"7: DLS003 line in `Args` is neither an entry nor indented"
    );
    insta::assert_snapshot!(form("S.\n\nArgs:\n    x the thing\n    y: b"), @"6: DLS003 entry `x` of `Args` has no colon");
    insta::assert_snapshot!(form("S.\n\nArgs:\n    x: a\n    x (int): b"), @"7: DLS003 parameter `x` is documented twice");
}

#[test]
fn what_can_be_read_as_prose_is_none_of_ours() {
    for text in [
        "S.\n\nArgs:\n    x: a\n        b\n\n    y: c\n",
        "S.\n\nArgs:\n    - x: a\n    - y: b",
        "S.\n\nArgs:\n    See `f`.",
        "S.\n\nReturns:\nIt.",
        "S.\n\nUsage:\n    f()",
        "The order is:\n\nRates:\n    a",
        "S.\n\nExample:\n    x y\n    z",
        "S.\n\nHistory\n-------\nLong.",
        "S.\n\n:func:`f` is called.\n\n:since: 1.0",
        "S.\n\n@decorator\ndef f(): ...",
        "S.\n\n```\na\n```\n\n    ```py\n    b\n    ```",
        "S with ``` in it.",
        "::\n\n    a",
        "S.\n\nRaises:\n    ValueError\n    KeyError: If.",
        "Title\n~~~~~\n\nText.",
        "S.\n\nArgs:\n    x: a\n    y -- b",
        "S.\n\nArgs:\n    x -- a\n    y the b",
        "S.\n\nArgs:\n    x: a\n\n    y (POSIX only)\n\n    more of it",
        "S.\n\nArgs:\n    x: a\n    y and z: b",
    ] {
        assert_eq!(form(text), "", "{text}");
    }
}

#[test]
fn underlined_sections_are_read() {
    insta::assert_snapshot!(
        form("S.\n\nParameters\n---------\nx : int\n    A.\nx, y : int\n    B.\n\nReturns\n-------\n"),
        @r"
    6: DLS003 underline of `Parameters` has 9 characters, not 10
    9: DLS003 parameter `x` is documented twice
    12: DLS003 section `Returns` is empty
    "
    );
    insta::assert_snapshot!(form("S.\n\nParamters\n---------\nx : int\n"), @"5: DLS003 unknown section `Paramters`; did you mean `Parameters`?");
}

#[test]
fn fields_are_read() {
    insta::assert_snapshot!(
        form("S.\n\n:parm x: a\n:param y the b\n:param: c\n:retruns: d\n@parm x: e\n:type x: int\n"),
        @r"
    5: DLS003 unknown field `:parm`; did you mean `:param`?
    6: DLS003 field `:param` has no closing colon
    7: DLS003 field `:param` names no parameter
    8: DLS003 unknown field `:retruns`; did you mean `:returns`?
    9: DLS003 unknown field `@parm`; did you mean `@param`?
    "
    );
    insta::assert_snapshot!(form("S.\n\n:param int x: a\n:keyword x: b"), @"6: DLS003 parameter `x` is documented twice");
}

#[test]
fn markdown_is_read() {
    insta::assert_snapshot!(form("S.\n\n```python\nf()\n"), @"5: DLS003 code block has no end");
    let rust = |doc: &str| {
        let doc = doc.replace('\n', "\n/// ");
        let mut options = options("src/lib.rs");
        options.checks.out_of_date = false;
        listed("src/lib.rs", &format!("//! M.\n/// {doc}\npub fn f() {{}}\n"), &options)
    };
    insta::assert_snapshot!(rust("S.\n\n```\nf();\n"), @"4: DLS003 code block has no end");
    insta::assert_snapshot!(rust("S.\n\n# Examples\n\n# Panics\n\nNo."), @"4: DLS003 section `Examples` is empty");
    insta::assert_snapshot!(rust("S.\n\n# Erorrs\n\nNo."), @"4: DLS003 unknown section `Erorrs`; did you mean `Errors`?");
    for text in [
        "S.\n\n```\n# Examples\n```",
        "S.\n\n# A\n\n## B\n\nc",
        "S.\n\n~~~\n```\n~~~",
        "S.\n\n````\n```\n````",
        "#[derive(A)] is meant",
        "S.\n\n# Example\n\na",
        "S.\n\n# Panics:\n\na",
    ] {
        assert_eq!(rust(text), "", "{text}");
    }
    assert_eq!(
        found(
            "src/lib.rs",
            "//! M.\n/// ```\n#[cfg_attr(a, doc = \"```\")]\n/// # a\npub fn f() {}\n"
        ),
        ""
    );
    insta::assert_snapshot!(found("src/lib.rs", "//! M.\n///\npub fn f() {}\n"), @"2: DLS003 doc comment is empty");
}

/// A function with a docstring that disagrees with it.
const DRIFTED: &str = "\
\"\"\"M.\"\"\"
def f(x, y):
    \"\"\"Sum up.

    Args:
        x: One.
        y: Two.
        gone: Three.
    \"\"\"
    print(x, y)
";

#[test]
fn what_disagrees_is_told_where_it_stands() {
    let findings = check(&source("a.py", DRIFTED), &options("a.py"));
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.code, finding.fixable), (super::Code::OutOfDate, true));
    assert_eq!(finding.message, "docstring documents parameter `gone` which is gone");
    assert_eq!(&DRIFTED[finding.range.clone()], "gone");
    assert_eq!(finding.drift.len(), 1);
}

#[test]
fn a_disagreement_is_suppressed_by_its_own_rules() {
    let with = |comment: &str| {
        found(
            "a.py",
            &DRIFTED.replace("\"\"\"\n    print", &format!("\"\"\"  {comment}\n    print")),
        )
    };
    for comment in ["# noqa: DOC102", "# noqa: DLS002", "# noqa"] {
        assert_eq!(with(comment), "", "{comment}");
    }
    assert_eq!(with("# noqa: DOC101"), found("a.py", DRIFTED));
    let mut options = options("a.py");
    options.checks.off = Arc::new(["DOC102".to_owned()].into());
    assert_eq!(listed("a.py", DRIFTED, &options), "");
    options.checks = Checks { out_of_date: false, ..Checks::default() };
    assert_eq!(listed("a.py", DRIFTED, &options), "");
}

#[test]
fn short_docstrings_are_complete_unless_the_project_says_otherwise() {
    let text = "\"\"\"M.\"\"\"\ndef f(x, *args):\n    \"\"\"Sum up.\"\"\"\n    return x\n";
    assert_eq!(found("a.py", text), "");
    let mut options = options("a.py");
    options.checks = Checks { short: true, star_args: false, ..Checks::default() };
    insta::assert_snapshot!(
        listed("a.py", text, &options),
        @"3: DLS002 docstring lacks parameter `x`, lacks returned value"
    );
}

#[test]
fn coverage_counts_what_is_wanted() {
    let text =
        "def a():\n    \"\"\"A.\"\"\"\ndef b(): ...\ndef _c(): ...\ndef d(): ...  # noqa: D103\n";
    let report = report(&source("a.py", text), &options("a.py"));
    assert_eq!((report.wanted, report.documented), (3, 1));
}

#[test]
fn odd_input_is_survived() {
    let quotes = ["\"\"\"", "'", "r\"\"\""];
    let inner = [
        "",
        "\\",
        ":",
        ":param",
        "@",
        "Args:",
        "Args:\n",
        "---\n---",
        "```",
        "é:\n ü",
        "\r\r\n\t:param é",
        "Parameters\n---",
        ":param \u{202e}x",
        "#",
        "# \n#",
        "\u{feff}",
    ];
    for quote in quotes {
        for text in inner {
            let close = quote.trim_start_matches('r');
            let _ = found("a.py", &format!("def f(é, *a):\n    {quote}{text}{close}\n"));
            let _ = found("a.py", &format!("def f(é, *a):\n    {quote}{text}"));
        }
    }
    for text in inner {
        let _ = found("a.rs", &format!("/// {text}\npub fn é() {{}}\n/**{text}*/ pub struct S;"));
        let _ = found("a.rs", &format!("/**{text}"));
    }
}
