//! What holds for every style: what is rendered is read back as it was.

use proptest::prelude::*;

use super::wrap::{is_heading, normalise, width};
use super::{Layout, STYLES, Style, by_id, majority};
use crate::docstring::{Docstring, Item, Section, SectionBody, SectionKind};

/// Words, among them those that mean something to some parser.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => "[a-zA-Z]{1,12}",
        1 => "[a-z]{1,6}[,;]",
        1 => Just("``a b: c``".to_owned()),
        1 => Just("``x[1]{2}``".to_owned()),
        1 => prop::sample::select(vec![
            "-", "*", "+", "1.", "(2)", "#", "Returns:", "Args:", ":param", "@param", ">>>", "---",
            "note", "..", "{", "}", "a|b", "é…", "x:", "(int)", "https://a.example/b", "'s", "Note:",
        ]).prop_map(str::to_owned),
    ]
}

fn prose() -> impl Strategy<Value = String> {
    ("[A-Z][a-z]{1,8}", prop::collection::vec(word(), 0..40))
        .prop_map(|(first, rest)| std::iter::once(first).chain(rest).collect::<Vec<_>>().join(" "))
        .prop_filter("no heading", |text| !is_heading(text))
}

fn block() -> impl Strategy<Value = String> {
    prop_oneof![
        5 => prose(),
        1 => Just("- one\n- two\n  more".to_owned()),
        1 => Just("```text\ncode\n\n  more\n```".to_owned()),
    ]
}

/// Text in normal form that begins with prose.
fn text() -> impl Strategy<Value = String> {
    (prose(), prop::collection::vec(block(), 0..3)).prop_map(|(first, rest)| {
        normalise(&std::iter::once(first).chain(rest).collect::<Vec<_>>().join("\n\n"))
    })
}

fn name() -> impl Strategy<Value = String> {
    "[a-z_][a-z0-9_]{0,10}"
}

fn ty() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["int", "dict[str, int]", "str | None", "Callable[[int], str]"])
        .prop_map(str::to_owned)
}

fn section(kind: SectionKind, body: SectionBody) -> Section {
    Section { kind, body }
}

fn items(
    kind: SectionKind,
    name: impl Strategy<Value = String>,
    ty: impl Strategy<Value = Option<String>>,
) -> impl Strategy<Value = Option<Section>> {
    let item = (name, ty, text()).prop_map(|(name, ty, description)| Item {
        name: Some(name),
        ty,
        description,
    });
    prop::option::of(prop::collection::vec(item, 1..4).prop_map(move |mut items| {
        let mut seen = std::collections::BTreeSet::new();
        items.retain(|item| seen.insert(item.name.clone()));
        section(kind.clone(), SectionBody::Items(items))
    }))
}

fn value(
    kind: SectionKind,
    ty: impl Strategy<Value = Option<String>>,
) -> impl Strategy<Value = Option<Section>> {
    prop::option::of((ty, text()).prop_map(move |(ty, description)| {
        let description = if ty.is_none() { super::untyped(&description) } else { description };
        section(kind.clone(), SectionBody::Items(vec![Item { name: None, ty, description }]))
    }))
}

fn free(kind: SectionKind) -> impl Strategy<Value = Option<Section>> {
    prop::option::of(text().prop_map(move |text| section(kind.clone(), SectionBody::Text(text))))
}

/// NumPy's directive begins with a version.
fn versioned(section: Option<Section>, is_numpy: bool) -> Option<Section> {
    match section {
        Some(Section { kind, body: SectionBody::Text(text) }) if is_numpy => {
            Some(Section { kind, body: SectionBody::Text(format!("1.2 {text}")) })
        }
        section => section,
    }
}

/// A docstring that a Python style with sections can express.
fn python(style: &'static str) -> impl Strategy<Value = Docstring> {
    let is_numpy = style == "numpy";
    let maybe = move || prop::option::of(ty()).boxed();
    let returned = if is_numpy { ty().prop_map(Some).boxed() } else { maybe() };
    let yielded = match style {
        "numpy" => ty().prop_map(Some).boxed(),
        "sphinx" => Just(None).boxed(),
        _ => maybe(),
    };
    let starred = if matches!(style, "google" | "numpy") {
        "\\*{0,2}[a-z_][a-z0-9_]{0,10}".boxed()
    } else {
        name().boxed()
    };
    // One name cannot be both: epytext has one field for both types.
    let attributes = "a_[a-z]{1,8}";
    let exceptions = "[A-Z][a-z]{1,8}(\\.[A-Z][a-z]{1,5})?";
    let described = (
        items(SectionKind::Parameters, starred, maybe()),
        items(SectionKind::Attributes, attributes, maybe()),
        value(SectionKind::Returns, returned),
        value(SectionKind::Yields, yielded),
        items(SectionKind::Raises, exceptions, Just(None)),
        items(SectionKind::Warns, exceptions, Just(None)),
    );
    let remarks = (
        free(SectionKind::Warnings),
        free(SectionKind::SeeAlso),
        free(SectionKind::Notes),
        free(SectionKind::References),
        free(SectionKind::Examples),
        free(SectionKind::Deprecated).prop_map(move |section| versioned(section, is_numpy)),
    );
    (prose(), prop::option::of(text()), described, remarks).prop_map(
        |(summary, description, (a, b, c, d, e, f), (g, h, i, j, k, l))| {
            let mut sections: Vec<Section> =
                [a, b, c, d, e, f, g, h, i, j, k, l].into_iter().flatten().collect();
            sections.sort_by(|a, b| a.kind.cmp(&b.kind));
            Docstring { summary, description, sections }
        },
    )
}

fn rust() -> impl Strategy<Value = Docstring> {
    let sections = (
        items(SectionKind::Parameters, name(), Just(None)),
        free(SectionKind::Returns),
        free(SectionKind::Panics),
        free(SectionKind::Errors),
        free(SectionKind::Safety),
        free(SectionKind::Examples),
        free(SectionKind::Other("Usage".to_owned())),
    );
    (prose(), prop::option::of(text()), sections).prop_map(
        |(summary, description, (a, b, c, d, e, f, g))| {
            let sections = [a, b, c, d, e, f, g].into_iter().flatten().collect();
            Docstring { summary, description, sections }
        },
    )
}

fn checked(style: &str, docstring: &Docstring, room: usize) -> Result<(), TestCaseError> {
    let style = by_id(style).expect("registered");
    let text = style.render(docstring, Layout { width: room });
    prop_assert_eq!(&style.parse(&text), docstring, "{}", text);
    prop_assert!(text.lines().all(|line| line.trim_end() == line), "trailing space: {}", text);
    let marked: String = text.lines().next().unwrap_or_default().to_owned();
    prop_assert!(style.id() == "rustdoc" || style.id() == "epytext" || marked == docstring.summary);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn google_reads_what_it_writes(docstring in python("google"), room in 40usize..100) {
        checked("google", &docstring, room)?;
    }

    #[test]
    fn numpy_reads_what_it_writes(docstring in python("numpy"), room in 40usize..100) {
        checked("numpy", &docstring, room)?;
    }

    #[test]
    fn sphinx_reads_what_it_writes(docstring in python("sphinx"), room in 40usize..100) {
        checked("sphinx", &docstring, room)?;
    }

    #[test]
    fn epytext_reads_what_it_writes(docstring in python("epytext"), room in 40usize..100) {
        checked("epytext", &docstring, room)?;
    }

    #[test]
    fn pep257_reads_what_it_writes(
        summary in prose(),
        description in prop::option::of(text()),
        room in 40usize..100,
    ) {
        checked("pep257", &Docstring { summary, description, sections: Vec::new() }, room)?;
    }

    #[test]
    fn rustdoc_reads_what_it_writes(docstring in rust(), room in 40usize..100) {
        checked("rustdoc", &docstring, room)?;
    }

    #[test]
    fn no_text_makes_a_style_fail(text in "[ \\t\\n:@#*`{}()>.A-Ca-c\\-é]{0,200}", room in 1usize..30) {
        for style in STYLES {
            let docstring = style.parse(&text);
            let _ = style.score(&text);
            style.render(&docstring, Layout { width: room });
        }
    }

    #[test]
    fn prose_stays_within_its_room(text in "[a-z]{1,9}( [a-z]{1,9}){0,60}", room in 20usize..80) {
        for line in super::wrap::fill(&text, room, room) {
            prop_assert!(width(&line) <= room || is_heading(line.rsplit(' ').next().unwrap()), "{}", line);
        }
    }
}

#[test]
fn tab_stop_marks_do_not_change_the_layout() {
    let plain = "Reads `a b` and - or 1. then the rest of it, whatever that may be in the end.";
    let marked = plain.replace("Reads", "\u{E000}Reads").replace("- or", "\u{E000}- or\u{E001}");
    let strip = |text: String| text.replace(['\u{E000}', '\u{E001}'], "");
    let marked: Vec<String> = super::wrap::fill(&marked, 20, 20).into_iter().map(strip).collect();
    assert_eq!(super::wrap::fill(plain, 20, 20), marked);
}

const GOOGLE: &str = "\
Fetches rows.

Retrieves rows pertaining to the given keys. String keys will be UTF-8
encoded.

Args:
    table_handle: An open table.
    keys: A sequence of strings representing the key of each table row to
      fetch.  String keys will be UTF-8 encoded.
    flag (bool, optional): Whether. Defaults to False.

Returns:
    A dict mapping keys to the corresponding table row data
    fetched. For example:

    {b'Serak': ('Rigel VII', 'Preparer')}

Raises:
    IOError: An error occurred accessing the smalltable.

Note:
    Careful.
";

const NUMPY: &str = "\
Return evenly spaced values.

Parameters
----------
start : int, optional
    Start of interval.
*args
    The rest.

Returns
-------
arange : ndarray
    Array of evenly spaced values.

See Also
--------
linspace : Evenly spaced numbers.

Examples
--------
>>> np.arange(3)
array([0, 1, 2])
";

const SPHINX: &str = "\
Sends a message.

:param str sender: The person sending the message
:param priority: The priority of the message,
    can be a number 1-5
:type priority: int or None
:return: the message id
:rtype: int
:raises ValueError: if the message_body exceeds 160 characters
";

const EPYTEXT: &str = "\
Return C{x} as L{int}.

@param a: The E{lb}first.
@type a: C{int}
@return: The sum.
@raise KeyError: Never.
";

const RUSTDOC: &str = "\
Reads all bytes until EOF
in this source.

More.

# Errors

If this function encounters an error.

# Examples

```no_run
# use std::io;
```
";

fn parsed(style: &str, text: &str) -> Docstring {
    by_id(style).expect("registered").parse(text)
}

fn item(docstring: &Docstring, kind: &SectionKind, index: usize) -> (String, String, String) {
    let item = docstring.items(kind)[index].clone();
    (item.name.unwrap_or_default(), item.ty.unwrap_or_default(), item.description)
}

fn triple(name: &str, ty: &str, text: &str) -> (String, String, String) {
    (name.into(), ty.into(), text.into())
}

#[test]
fn reads_google_as_people_write_it() {
    let google = parsed("google", GOOGLE);
    assert_eq!(google.summary, "Fetches rows.");
    assert_eq!(google.items(&SectionKind::Parameters).len(), 3);
    let keys = "A sequence of strings representing the key of each table row to fetch. \
                String keys will be UTF-8 encoded.";
    assert_eq!(item(&google, &SectionKind::Parameters, 1), triple("keys", "", keys));
    let flag = triple("flag", "bool, optional", "Whether. Defaults to False.");
    assert_eq!(item(&google, &SectionKind::Parameters, 2), flag);
    let returns = "A dict mapping keys to the corresponding table row data fetched. \
                   For example:\n\n{b'Serak': ('Rigel VII', 'Preparer')}";
    assert_eq!(item(&google, &SectionKind::Returns, 0), triple("", "", returns));
    let note = google.section(&SectionKind::Notes).unwrap();
    assert_eq!(note.body, SectionBody::Text("Careful.".into()));
}

#[test]
fn reads_numpy_as_people_write_it() {
    let numpy = parsed("numpy", NUMPY);
    let start = triple("start", "int, optional", "Start of interval.");
    assert_eq!(item(&numpy, &SectionKind::Parameters, 0), start);
    assert_eq!(item(&numpy, &SectionKind::Parameters, 1), triple("*args", "", "The rest."));
    let returns = triple("arange", "ndarray", "Array of evenly spaced values.");
    assert_eq!(item(&numpy, &SectionKind::Returns, 0), returns);
    let examples = numpy.section(&SectionKind::Examples).unwrap();
    assert_eq!(examples.body, SectionBody::Text(">>> np.arange(3)\narray([0, 1, 2])".into()));
}

#[test]
fn reads_fields_as_people_write_them() {
    let sphinx = parsed("sphinx", SPHINX);
    let sender = triple("sender", "str", "The person sending the message");
    assert_eq!(item(&sphinx, &SectionKind::Parameters, 0), sender);
    let priority = "The priority of the message, can be a number 1-5";
    assert_eq!(
        item(&sphinx, &SectionKind::Parameters, 1),
        triple("priority", "int or None", priority)
    );
    assert_eq!(item(&sphinx, &SectionKind::Returns, 0), triple("", "int", "the message id"));
    let epytext = parsed("epytext", EPYTEXT);
    assert_eq!(epytext.summary, "Return ``x`` as L{int}.");
    assert_eq!(item(&epytext, &SectionKind::Parameters, 0), triple("a", "``int``", "The {first."));
    assert_eq!(item(&epytext, &SectionKind::Raises, 0), triple("KeyError", "", "Never."));
}

#[test]
fn reads_rustdoc_as_people_write_it() {
    let rustdoc = parsed("rustdoc", RUSTDOC);
    assert_eq!(rustdoc.summary, "Reads all bytes until EOF in this source.");
    assert_eq!(rustdoc.description.as_deref(), Some("More."));
    let kinds: Vec<_> = rustdoc.sections.iter().map(|section| section.kind.clone()).collect();
    assert_eq!(kinds, [SectionKind::Errors, SectionKind::Examples]);
}

#[test]
fn scores_tell_the_styles_apart() {
    let samples = [("google", GOOGLE), ("numpy", NUMPY), ("sphinx", SPHINX), ("epytext", EPYTEXT)];
    for (style, text) in samples {
        assert_eq!(majority([text, "Plain prose: nothing."]).map(Style::id), Some(style));
        assert_eq!(parsed_score("rustdoc", text), 0, "{style}");
    }
    for style in STYLES {
        assert_eq!(style.score("Plain prose.\n\nWith a list: yes.\n\n- Args\n"), 0);
    }
    assert_eq!(majority(["Plain."]).map(Style::id), None);
}

fn parsed_score(style: &str, text: &str) -> usize {
    by_id(style).expect("registered").score(text)
}

#[test]
fn reads_sections_in_the_order_of_google() {
    let text = "Do.\n\nReturns:\n    int: The count: all.\n\nUsage Notes:\n    Free\n    text.\n";
    let google = parsed("google", text);
    assert_eq!(item(&google, &SectionKind::Returns, 0), triple("", "int", "The count: all."));
    let other = google.section(&SectionKind::Other("Usage Notes".into())).unwrap();
    assert_eq!(other.body, SectionBody::Text("Free text.".into()));
}

#[test]
fn an_untyped_value_is_not_taken_for_a_typed_one() {
    assert_eq!(super::untyped("int: the count"), "int - the count");
    assert_eq!(super::untyped("The count: all"), "The count: all");
}
