//! What is said in one notation is said in the other.

use proptest::prelude::*;

use super::super::{Layout, Style, by_id};
use super::{transcribe, written_in};

const LAYOUT: Layout = Layout { width: 72 };

fn style(id: &str) -> &'static dyn Style {
    by_id(id).unwrap()
}

/// `text`, written in whatever style, in the style `to`.
fn converted(text: &str, to: &str) -> Result<String, String> {
    let from = written_in(text).map_err(|obstacle| obstacle.reason)?.expect("it has sections");
    let names = ["*args".to_owned(), "**kwargs".to_owned()];
    transcribe(text, from, style(to), &names, LAYOUT)
        .map_err(|obstacle| format!("{}: {}", obstacle.line, obstacle.reason))
}

/// Each of the texts becomes each of the others.
fn same(texts: &[(&str, &str)]) {
    for (from, text) in texts {
        assert_eq!(written_in(text).unwrap().map(Style::id), Some(*from), "{text}");
        for (to, expected) in texts {
            assert_eq!(converted(text, to).as_deref(), Ok(*expected), "{from} to {to}");
        }
    }
}

const GOOGLE: &str = "\
Load rows.

1. Opens the file,
2. reads it:

   ====  ====
   a     b
   ====  ====

.. note::
    Slow.

Args:
    path (str): Where the rows are,
        and nothing else.
    *args: The rest.
    mode:
        - one
        - two

Returns:
    dict[str, int]: The rows::

        {'a': 1}

Raises:
    OSError: When the file
        is gone.
    a.b.Error";

const NUMPY: &str = "\
Load rows.

1. Opens the file,
2. reads it:

   ====  ====
   a     b
   ====  ====

.. note::
    Slow.

Parameters
----------
path : str
    Where the rows are,
    and nothing else.
*args
    The rest.
mode
    - one
    - two

Returns
-------
dict[str, int]
    The rows::

        {'a': 1}

Raises
------
OSError
    When the file
    is gone.
a.b.Error";

const SPHINX: &str = "\
Load rows.

1. Opens the file,
2. reads it:

   ====  ====
   a     b
   ====  ====

.. note::
    Slow.

:param path: Where the rows are,
    and nothing else.
:type path: str
:param args: The rest.
:param mode:
    - one
    - two
:returns: The rows::

        {'a': 1}
:rtype: dict[str, int]
:raises OSError: When the file
    is gone.
:raises a.b.Error:";

#[test]
fn sections_change_and_nothing_else_does() {
    let google = GOOGLE.replace("    a.b.Error", "    a.b.Error:");
    same(&[("google", &google), ("numpy", NUMPY), ("sphinx", SPHINX)]);
    // An exception without a description needs no colon to be understood.
    assert_eq!(converted(GOOGLE, "numpy").as_deref(), Ok(NUMPY));
}

#[test]
fn remarks_are_headings_or_rubrics() {
    same(&[
        (
            "google",
            "Do.\n\nArgs:\n    a: One.\n\nNotes:\n    Careful.\n\n    >>> f()\n    Args:\n\nExamples:\n    .. code-block:: python\n\n        f()",
        ),
        (
            "numpy",
            "Do.\n\nParameters\n----------\na\n    One.\n\nNotes\n-----\nCareful.\n\n>>> f()\nArgs:\n\nExamples\n--------\n.. code-block:: python\n\n    f()",
        ),
        (
            "sphinx",
            "Do.\n\n.. rubric:: Notes\n\nCareful.\n\n>>> f()\nArgs:\n\n.. rubric:: Examples\n\n.. code-block:: python\n\n    f()\n\n:param a: One.",
        ),
    ]);
}

#[test]
fn admonitions_of_google_are_directives_elsewhere() {
    let google = "Do.\n\nArgs:\n    a: One.\n\nTip:\n    Try it.";
    let sphinx = "Do.\n\n.. tip::\n    Try it.\n\n:param a: One.";
    assert_eq!(converted(google, "sphinx").as_deref(), Ok(sphinx));
    let numpy = "Do.\n\n.. tip::\n    Try it.\n\nParameters\n----------\na\n    One.";
    assert_eq!(converted(google, "numpy").as_deref(), Ok(numpy));
    // Where they are directives they stay so.
    assert_eq!(
        converted(numpy, "google").as_deref(),
        Ok("Do.\n\n.. tip::\n    Try it.\n\nArgs:\n    a: One.")
    );
}

#[test]
fn a_value_without_a_type_gets_none() {
    same(&[
        ("google", "Do.\n\nReturns:\n    The rows of it,\n    all of them.\n\n    And more."),
        ("numpy", "Do.\n\nReturns\n-------\nThe rows of it,\n    all of them.\n\n    And more."),
        ("sphinx", "Do.\n\n:returns: The rows of it,\n    all of them.\n\n    And more."),
    ]);
    same(&[
        ("google", "Do.\n\nYields:\n    int:"),
        ("numpy", "Do.\n\nYields\n------\nint"),
        ("sphinx", "Do.\n\n:ytype: int"),
    ]);
    assert_eq!(
        converted("Do.\n\n:return: bool", "google").as_deref(),
        Ok("Do.\n\nReturns:\n    bool:")
    );
    assert_eq!(
        converted("Do.\n\nReturns:\n    list of str or None: It.", "sphinx").as_deref(),
        Ok("Do.\n\n:returns: It.\n:rtype: list of str or None")
    );
}

#[test]
fn fields_are_read_as_people_write_them() {
    let text = "Do.\n\n:param int x: One,\n              aligned.\n:keyword y: Two.\n:kwtype y: str\n    or None\n:return: It.\n:rtype: bool\n:raise ValueError, KeyError: Never.\n:ivar z: Three.\n\n.. versionadded:: 1.0\n\n:meta private:";
    insta::assert_snapshot!(converted(text, "google").unwrap(), @r"
    Do.

    Args:
        x (int): One,
            aligned.

    Keyword Args:
        y (str or None): Two.

    Returns:
        bool: It.

    Raises:
        ValueError, KeyError: Never.

    Attributes:
        z: Three.

    .. versionadded:: 1.0

    :meta private:
    ");
    insta::assert_snapshot!(converted(text, "numpy").unwrap(), @r"
    Do.

    .. versionadded:: 1.0

    :meta private:

    Parameters
    ----------
    x : int
        One,
        aligned.

    Attributes
    ----------
    z
        Three.

    Returns
    -------
    bool
        It.

    Other Parameters
    ----------------
    y : str or None
        Two.

    Raises
    ------
    ValueError, KeyError
        Never.
    ");
}

#[test]
fn numpy_is_read_as_people_write_it() {
    let text = "Do.\n\nParameters\n----------\n\nx, y : int, optional\n    Both.\n\nz: str\n    One.\nReturns\n-------\nx : int\n    One.\ny : int\n    Two.";
    assert_eq!(converted(text, "google").unwrap_err(), "14: google describes one value only");
    let text = text.split("Returns").next().unwrap();
    assert_eq!(
        converted(text, "google").as_deref(),
        Ok("Do.\n\nArgs:\n    x, y (int, optional): Both.\n    z (str): One.")
    );
    assert_eq!(
        converted(text, "sphinx").unwrap_err(),
        "5: sphinx describes one name at a time, not `x, y`"
    );
}

#[test]
fn epytext_speaks_another_markup() {
    let text = "Do C{x} and I{more}.\n\n@param a: The E{lb}L{b.C}.\n@type a: C{int}\n@return: B{It}.\n@note: Slow.";
    let sphinx = "Do ``x`` and *more*.\n\n.. note::\n    Slow.\n\n:param a: The {`b.C`.\n:type a: int\n:returns: **It**.";
    assert_eq!(converted(text, "sphinx").as_deref(), Ok(sphinx));
    let back = "Do C{x} and I{more}.\n\n@param a: One.\n@type a: dict[str, int]\n@return: B{It}.";
    let google =
        "Do ``x`` and *more*.\n\nArgs:\n    a (dict[str, int]): One.\n\nReturns:\n    **It**.";
    assert_eq!(converted(google, "epytext").as_deref(), Ok(back));
    assert_eq!(converted(back, "google").as_deref(), Ok(google));
}

/// What is refused, and where.
fn refused(text: &str, to: &str, reason: &str) {
    assert_eq!(converted(text, to).unwrap_err(), reason, "{text}");
}

#[test]
fn what_would_be_lost_is_refused() {
    refused(
        "Do.\n\nArgs:\n    a: One.\n    and more",
        "numpy",
        "4: the entry `and more` has no colon",
    );
    refused(
        "Do.\n\nArgs:\n    a: One.\n\nArgs:\n    b: Two.",
        "numpy",
        "5: `Args` stands in a second place",
    );
    refused(
        "Do.\n\nArgs:\n    a: One.\n\nProse.",
        "numpy",
        "5: prose behind a section would become part of it in numpy",
    );
    refused(
        "Do.\n\nArgs:\na: One.\n\nReturns:\n    It.",
        "numpy",
        "2: nothing is indented below `Args:`",
    );
    refused("Do.\n\n:param a: One\ntwo.", "google", "3: it is neither indented nor a field");
    refused("Do.\n\n:param a: One.\n:foo: two", "google", "3: the field `foo` has no counterpart");
    refused(
        "Do.\n\n:param a: One.\n:param b:two",
        "google",
        "3: it is neither indented nor a field",
    );
    refused(
        "Do.\n\n:param b:two\n\n:param a: One.",
        "google",
        "2: it is no field: a blank is missing behind the colon",
    );
    refused("Do.\n\nArgs:\n    **x: One.", "sphinx", "3: the stars of `**x` would be lost");
    refused("Do.\n\nArgs:\n    a: One.\n\n:param b: Two.", "numpy", "it mixes google and sphinx");
    refused(
        "Do.\n\n.. note::\n    No.\n\nArgs:\n    a: One.",
        "epytext",
        "0: a directive, table or heading has no counterpart in epytext",
    );
    refused(
        "Do.\n\nArgs:\n    a: One.",
        "pep257",
        "2: pep257 has no place for a section such as this",
    );
}

#[test]
fn only_what_does_not_fit_is_wrapped() {
    let numpy = "Do.\n\nParameters\n----------\na_name : dict[str, int]\n    Words that were broken here\n    for a reason. Code ``a  b``.\n\n    A line that fits below its name, but not in the column of Google's style.\n\n    - A list item that is far too long to fit anywhere, which is its own matter.";
    insta::assert_snapshot!(converted(numpy, "google").unwrap(), @r"
    Do.

    Args:
        a_name (dict[str, int]): Words that were broken here
            for a reason. Code ``a  b``.

            A line that fits below its name, but not in the column of
            Google's style.

            - A list item that is far too long to fit anywhere, which is its own matter.
    ");
}

/// Lines of all kinds, among them those that begin something somewhere.
fn line() -> impl Strategy<Value = String> {
    let starts = prop::sample::select(vec![
        "Args:",
        "Returns:",
        "Raises:",
        "Note:",
        "Parameters",
        "Returns",
        "----------",
        "-------",
        ":param a: b",
        ":type a: int",
        ":returns: c",
        ":rtype:",
        ":raises E:",
        "@param a: C{b}",
        "@return: L{c}",
        ".. note::",
        ".. rubric:: Notes",
        ">>> a",
        "```",
        "- a",
        "1. b",
        "a : int",
        "a (int): b",
        "int: c",
        "*a: b",
        "E",
        "",
        "",
    ]);
    let indent = prop::sample::select(vec!["", "", "    ", "        ", "  "]);
    prop_oneof![
        6 => (indent, starts).prop_map(|(indent, start)| format!("{indent}{start}")),
        1 => "[ a-c:`{}*.]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    /// What was written is read back as it is, and written so again.
    #[test]
    fn what_is_written_is_read_back(lines in prop::collection::vec(line(), 0..24)) {
        let text = super::super::wrap::dedent(lines.iter().map(String::as_str)).join("\n");
        let Ok(Some(from)) = written_in(&text) else { return Ok(()) };
        for to in ["google", "numpy", "sphinx", "epytext", "pep257"].map(style) {
            let Ok(there) = transcribe(&text, from, to, &[], LAYOUT) else { continue };
            let again = transcribe(&there, to, to, &[], LAYOUT);
            prop_assert_eq!(again.as_deref(), Ok(there.as_str()), "{}", text);
        }
    }
}
