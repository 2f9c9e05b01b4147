//! What becomes of facts and words.

use super::compose;
use crate::docstring::{
    Expr, ExprKind, Flags, Language, Member, Owner, Panic, ParamKind, Symbol, SymbolKind,
};
use crate::generate::{InitDocs, Options, Profile, Rules, Scope, Types};
use crate::style::fixture::{param, raise, symbol};
use crate::style::{Content, Described, Example, Layout, by_id};

fn options(style: &str) -> Options {
    Options {
        scope: Scope::All,
        line_length: 72,
        rules: Rules { defaults: true, ..Rules::default() },
        ..Options::new(by_id(style).expect("registered"))
    }
}

fn described(name: &str, description: &str) -> Described {
    Described { name: name.into(), description: description.into() }
}

fn load() -> (Symbol, Content) {
    let mut load = symbol(Language::Python, SymbolKind::Function);
    load.signature.params = vec![
        param("path", ParamKind::Regular, Some("str | Path"), None),
        param("_", ParamKind::Regular, None, None),
        param("limit", ParamKind::Regular, Some("int"), Some("10")),
        param("mode", ParamKind::KeywordOnly, None, Some("None")),
        param("rest", ParamKind::VarPositional, None, None),
        param("options", ParamKind::VarKeyword, None, None),
    ];
    load.signature.returns = Some("list[\"Row\"]".into());
    load.signature.returns_value = true;
    load.body.raises = vec![raise("OSError"), raise("errors.Bad"), raise("OSError")];
    let content = Content {
        summary: "load the rows of a file".into(),
        params: vec![
            described("path", "where the file is"),
            described(
                "limit",
                "how many rows to read at most, which may be more than there are in it",
            ),
            described("mode", "`read_mode` of the file"),
            described("rest", "passed on"),
            described("options", "passed on"),
        ],
        returns: Some("the rows: all of them".into()),
        raises: vec![
            described("errors.Bad", "if a row is **bad**"),
            described("OSError", "if the file cannot be read"),
        ],
        ..Content::default()
    };
    (load, content)
}

fn check(symbol: &Symbol, content: &Content, options: &Options) -> String {
    let docstring = compose(symbol, content, options);
    options.style.render(&docstring, Layout { width: options.line_length - 4 })
}

#[test]
fn google() {
    let (load, content) = load();
    insta::assert_snapshot!(check(&load, &content, &options("google")), @"
    Load the rows of a file.

    Args:
        path: Where the file is.
        limit: How many rows to read at most, which may be more than
            there are in it. Defaults to ``10``.
        mode: ``read_mode`` of the file.
        *rest: Passed on.
        **options: Passed on.

    Returns:
        The rows: all of them.

    Raises:
        OSError: If the file cannot be read.
        errors.Bad: If a row is ``**bad**``.
    ");
}

#[test]
fn numpy() {
    let (load, content) = load();
    insta::assert_snapshot!(check(&load, &content, &options("numpy")), @"
    Load the rows of a file.

    Parameters
    ----------
    path : str | Path
        Where the file is.
    limit : int
        How many rows to read at most, which may be more than there are
        in it. Defaults to ``10``.
    mode : object
        ``read_mode`` of the file.
    *rest : object
        Passed on.
    **options : object
        Passed on.

    Returns
    -------
    list[Row]
        The rows: all of them.

    Raises
    ------
    OSError
        If the file cannot be read.
    errors.Bad
        If a row is ``**bad**``.
    ");
}

#[test]
fn sphinx() {
    let (load, content) = load();
    let mut options = options("sphinx");
    options.rules.types = Types::Always;
    insta::assert_snapshot!(check(&load, &content, &options), @"
    Load the rows of a file.

    :param path: Where the file is.
    :type path: str | Path
    :param limit: How many rows to read at most, which may be more than
        there are in it. Defaults to ``10``.
    :type limit: int
    :param mode: ``read_mode`` of the file.
    :param rest: Passed on.
    :param options: Passed on.
    :returns: The rows: all of them.
    :rtype: list[Row]
    :raises OSError: If the file cannot be read.
    :raises errors.Bad: If a row is ``**bad**``.
    ");
}

#[test]
fn epytext() {
    let (load, content) = load();
    insta::assert_snapshot!(check(&load, &content, &options("epytext")), @"
    Load the rows of a file.

    @param path: Where the file is.
    @param limit: How many rows to read at most, which may be more than
        there are in it. Defaults to C{10}.
    @param mode: C{read_mode} of the file.
    @param rest: Passed on.
    @param options: Passed on.
    @return: The rows: all of them.
    @raise OSError: If the file cannot be read.
    @raise errors.Bad: If a row is C{**bad**}.
    ");
}

#[test]
fn pep257_is_prose() {
    let (load, mut content) = load();
    content.description = Some("Rows are separated by `;`.".into());
    insta::assert_snapshot!(check(&load, &content, &options("pep257")), @"
    Load the rows of a file.

    Rows are separated by ``;``.
    ");
}

#[test]
fn rustdoc() {
    let mut load = symbol(Language::Rust, SymbolKind::Function);
    load.signature.params = vec![param("path", ParamKind::Regular, Some("&Path"), None)];
    load.signature.is_fallible = true;
    load.signature.returns_value = true;
    load.flags = Flags { is_unsafe: true, ..Flags::default() };
    load.body.panics =
        vec![Panic { cause: "unwrap".into(), condition: None, message: None, line: 1 }];
    let content = Content {
        summary: "Loads a Vec<u8> through read_all() of BufReader".into(),
        params: vec![described("path", "the path")],
        returns: Some("the bytes".into()),
        errors: Some("Returns `Error::Io` if reading fails".into()),
        panics: Some("panics if [x] is ``None``".into()),
        safety: Some("See https://a.example.".into()),
        examples: vec![Example { code: "load(\"a\")".into(), note: None }],
        ..Content::default()
    };
    let mut options = options("rustdoc");
    options.rules.rust_arguments = true;
    insta::assert_snapshot!(check(&load, &content, &options), @r#"
    Loads a `Vec<u8>` through `read_all()` of `BufReader`.

    # Arguments

    * `path` - The path.

    # Returns

    The bytes.

    # Panics

    Panics if `[x]` is `None`.

    # Errors

    Returns `Error::Io` if reading fails.

    # Safety

    See <https://a.example>.

    # Examples

    ```text
    load("a")
    ```
    "#);
}

#[test]
fn attributes_of_a_class_leave_out_the_private_ones() {
    let mut class = symbol(Language::Python, SymbolKind::Class);
    let member = |name: &str, ty: Option<&str>| Member {
        name: name.into(),
        ty: ty.map(Into::into),
        default: None,
        from_init: false,
        comment: None,
    };
    class.members = vec![member("x", Some("int")), member("_y", None), member("z", None)];
    class.signature.params = vec![param("x", ParamKind::Regular, None, None)];
    let content = Content {
        summary: "A point.".into(),
        params: vec![described("x", "the first")],
        attributes: vec![described("z", "height"), described("x", "across"), described("_y", "no")],
        ..Content::default()
    };
    let mut options = options("numpy");
    insta::assert_snapshot!(check(&class, &content, &options), @"
    A point.

    Attributes
    ----------
    x : int
        Across.
    z
        Height.
    ");
    options.rules.init_docs = InitDocs::Class;
    assert!(check(&class, &content, &options).contains("Parameters\n----------\nx : object\n"));
    class.flags.is_dataclass = true;
    assert!(!check(&class, &content, &options).contains("Parameters"));
}

#[test]
fn a_long_summary_is_cut_where_a_clause_ends() {
    let (load, mut content) = load();
    content.summary = "Load the rows of the file, checking each of them against the schema \
                       that was given before."
        .into();
    let text = check(&load, &content, &options("pep257"));
    insta::assert_snapshot!(text, @"
    Load the rows of the file.

    Checking each of them against the schema that was given before.
    ");
}

#[test]
fn properties_return_where_a_linter_looks_for_it() {
    let mut property = symbol(Language::Python, SymbolKind::Property);
    property.decorators = vec!["property".into()];
    property.signature.returns_value = true;
    property.body.returns =
        vec![Expr { kind: ExprKind::Compare, text: "a < b".into(), head: None }];
    let content = Content {
        summary: "Whether it is small.".into(),
        returns: Some("whether it is small".into()),
        ..Content::default()
    };
    assert!(!check(&property, &content, &options("google")).contains("Returns"));
    let numpy = check(&property, &content, &options("numpy"));
    assert!(numpy.contains("Returns\n-------\nbool\n    Whether"), "{numpy}");
    property.decorators = vec!["cached_property".into()];
    assert!(check(&property, &content, &options("google")).contains("Returns:"));
}

#[test]
fn the_profile_decides_on_caught_and_unimplemented_exceptions() {
    let mut method = symbol(Language::Python, SymbolKind::Method);
    method.owner = Some(Owner {
        name: "Base".into(),
        kind: SymbolKind::Class,
        bases: Vec::new(),
        flags: Flags::default(),
    });
    let mut caught = raise("KeyError");
    caught.is_caught = true;
    method.body.raises = vec![raise("NotImplementedError"), caught];
    method.body.is_stub = true;
    let content = Content {
        summary: "Run.".into(),
        raises: vec![described("KeyError", "if it is not there")],
        panics: Some("Panics if it is empty.".into()),
        ..Content::default()
    };
    let mut options = options("google");
    let common = check(&method, &content, &options);
    assert!(common.contains("NotImplementedError: If a subclass does not implement it.\n"));
    assert!(common.contains("KeyError: If it is not there."));
    options.rules.profile = Profile::Numpydoc;
    assert_eq!(check(&method, &content, &options), "Run.");
    options.rules.asserts = true;
    assert_eq!(
        check(&method, &content, &options),
        "Run.\n\nRaises:\n    AssertionError: If it is empty."
    );
}

#[test]
fn examples_are_not_run() {
    let (_, mut content) = load();
    let mut plain = symbol(Language::Python, SymbolKind::Module);
    plain.name = "m".into();
    content.examples =
        vec![Example { code: ">>> load()\n[]\n".into(), note: Some("Load it".into()) }];
    let text = check(&plain, &content, &options("google"));
    assert!(text.ends_with("Examples:\n    Load it::\n\n        load()\n        # []"), "{text}");
}
