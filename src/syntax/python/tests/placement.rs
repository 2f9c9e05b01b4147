//! Where docstrings go.

use super::{check_insert, insert, parse, symbol};

#[test]
fn below_the_header() {
    check_insert("def f():\n    pass\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    pass\n");
    check_insert("def f():\n\tpass\n", "f", "def f():\n\t\"\"\"Doc.\"\"\"\n\tpass\n");
    check_insert("async def f():\n  pass", "f", "async def f():\n  \"\"\"Doc.\"\"\"\n  pass");
}

#[test]
fn keeps_comments_where_they_are() {
    check_insert(
        "def f(  # noqa\n    a,  # one\n):  # type: ignore\n    # above\n    pass\n",
        "f",
        "def f(  # noqa\n    a,  # one\n):  # type: ignore\n    \"\"\"Doc.\"\"\"\n    # above\n    pass\n",
    );
    check_insert(
        "def f():\n# odd\n\n    pass\n",
        "f",
        "def f():\n    \"\"\"Doc.\"\"\"\n# odd\n\n    pass\n",
    );
}

#[test]
fn classes_get_a_blank_line() {
    check_insert(
        "class A:  # c\n    x = 1\n",
        "A",
        "class A:  # c\n    \"\"\"Doc.\"\"\"\n\n    x = 1\n",
    );
    check_insert("class A:\n\n    x = 1\n", "A", "class A:\n    \"\"\"Doc.\"\"\"\n\n    x = 1\n");
    check_insert("class A: pass\n", "A", "class A:\n    \"\"\"Doc.\"\"\"\n\n    pass\n");
}

#[test]
fn leaves_a_one_line_body_with_a_pragma_alone() {
    for comment in ["# type: ignore[override]", "#noqa: E704", "# x # pragma: no cover"] {
        let text = format!("def f(): ...  {comment}\n");
        assert_eq!(symbol(&text, "f").slot, None, "{comment}");
    }
    assert!(symbol("def f(): ...  # as the type says\n", "f").slot.is_some());
}

#[test]
fn splits_one_line_bodies() {
    check_insert("def f(): x; y\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    x; y\n");
    check_insert("def f():...", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    ...");
    check_insert(
        "class A:\n\tdef f(self): return (1,\n2)  # c\n",
        "A.f",
        "class A:\n\tdef f(self):\n\t\t\"\"\"Doc.\"\"\"\n\t\treturn (1,\n2)  # c\n",
    );
    check_insert(
        "if x:\n  @dec\n  def f(): pass\n",
        "f",
        "if x:\n  @dec\n  def f():\n    \"\"\"Doc.\"\"\"\n    pass\n",
    );
}

#[test]
fn a_string_that_is_no_docstring() {
    check_insert("def f():\n    f'x'\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    f'x'\n");
    check_insert("def f():\n    b'x'\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    b'x'\n");
    check_insert("def f():\n    'x',\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    'x',\n");
    for documented in ["'a' 'b'", "('a'\n 'b')", "u'ab'", "r'ab'", "'''\n    ab\n    '''"] {
        let symbol = symbol(&format!("def f():\n    {documented}\n"), "f");
        assert_eq!(symbol.existing.unwrap().text, "ab", "{documented}");
    }
}

#[test]
fn every_kind_of_newline() {
    for newline in ["\n", "\r\n", "\r"] {
        let text = "class A:\n    def f(self):\n        pass\n".replace('\n', newline);
        let expected =
                "class A:\n    def f(self):\n        \"\"\"A.\n\n        B.\n        \"\"\"\n        pass\n"
                    .replace('\n', newline);
        assert_eq!(insert(&text, "A.f", "A.\n\nB."), expected);
        let module = insert(&text, "", "A.\n\nB.");
        assert!(module.starts_with(&"\"\"\"A.\n\nB.\n\"\"\"\n\nclass A".replace('\n', newline)));
    }
}

#[test]
fn modules() {
    check_insert("import a\n", "", "\"\"\"Doc.\"\"\"\n\nimport a\n");
    check_insert("", "", "\"\"\"Doc.\"\"\"\n");
    check_insert("# only\n", "", "# only\n\"\"\"Doc.\"\"\"\n");
    check_insert("# only", "", "# only\n\"\"\"Doc.\"\"\"\n");
    check_insert(
        "#!/bin/python\n# coding: utf-8\n# Licence\n\nfrom __future__ import a\n",
        "",
        "#!/bin/python\n# coding: utf-8\n# Licence\n\"\"\"Doc.\"\"\"\n\nfrom __future__ import a\n",
    );
    check_insert(
        "\n# coding: utf-8\nx = 1\n",
        "",
        "\n# coding: utf-8\n\"\"\"Doc.\"\"\"\n\nx = 1\n",
    );
    check_insert("\u{feff}x = 1\n", "", "\u{feff}\"\"\"Doc.\"\"\"\n\nx = 1\n");
    check_insert("\u{feff}# c\nx = 1\n", "", "\u{feff}# c\n\"\"\"Doc.\"\"\"\n\nx = 1\n");
    check_insert("\x0c\nx = 1\n", "", "\"\"\"Doc.\"\"\"\n\x0c\nx = 1\n");
}

#[test]
fn form_feeds_and_byte_order_marks() {
    check_insert(
        "\u{feff}def f(): pass\n",
        "f",
        "\u{feff}def f():\n    \"\"\"Doc.\"\"\"\n    pass\n",
    );
    check_insert(
        "\x0cdef f():\n\x0c    pass\n",
        "f",
        "\x0cdef f():\n    \"\"\"Doc.\"\"\"\n\x0c    pass\n",
    );
}

#[test]
fn no_place_where_it_is_not_safe() {
    for (text, path) in [
        ("def f(a:\n    pass\n", "f"),
        ("def f(: pass\n", "f"),
        ("def f():\n", "f"),
        ("def f(): \\\n    pass\n", "f"),
        ("def f():\n    \\\n    pass\n", "f"),
        ("def f():\n    x = (\n", "f"),
        ("class A(\n    def f(self):\n        pass\n", "f"),
    ] {
        let source = parse(text);
        for symbol in source.symbols(|outline| outline.path.0 == path) {
            assert_eq!(symbol.slot, None, "{text}");
        }
    }
}

#[test]
fn replaces_what_is_there() {
    assert_eq!(
        insert("def f():\n    'Old.'\n    pass\n", "f", "A.\n\nB."),
        "def f():\n    \"\"\"A.\n\n    B.\n    \"\"\"\n    pass\n"
    );
    assert_eq!(
        insert("class A:\n    def f(): 'Old.'\n", "A.f", "A.\n\nB."),
        "class A:\n    def f(): \"\"\"A.\n\n        B.\n        \"\"\"\n"
    );
}

#[test]
fn elsewhere_in_a_broken_file() {
    let text = "def f():\n    pass\n\n\ndef g(:\n    pass\n";
    let after = insert(text, "f", "Doc.");
    assert!(after.starts_with("def f():\n    \"\"\"Doc.\"\"\"\n    pass\n"));
}
