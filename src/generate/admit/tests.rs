//! Answers of real models and of hostile ones, and what becomes of them.

use serde_json::{Value, json};

use super::admit;
use crate::docstring::{Language, ParamKind, Symbol, SymbolKind};
use crate::generate::{Options, Scope, compose};
use crate::style::fixture::{param, raise, symbol};
use crate::style::{Content, Layout, STYLES};

/// `def load(path, *args)` that returns and raises.
fn load() -> Symbol {
    let mut symbol = symbol(Language::Python, SymbolKind::Function);
    symbol.signature.params = vec![
        param("path", ParamKind::Regular, None, None),
        param("args", ParamKind::VarPositional, None, None),
    ];
    symbol.signature.returns_value = true;
    symbol.body.raises = vec![raise("OSError"), raise("m.Bad")];
    symbol
}

/// A function that takes and gives nothing.
fn run() -> Symbol {
    symbol(Language::Python, SymbolKind::Function)
}

fn good() -> Value {
    json!({
        "summary": "Load a file.",
        "params": [
            {"name": "path", "description": "The file."},
            {"name": "args", "description": "What to keep."},
        ],
        "returns": "The text.",
    })
}

/// The good answer with one key replaced, admitted.
fn with(key: &str, value: Value) -> Result<Content, Vec<String>> {
    let mut answer = good();
    answer[key] = value;
    admit(&answer, &load())
}

fn names(content: &Content) -> Vec<(&str, &str)> {
    content.params.iter().map(|p| (p.name.as_str(), p.description.as_str())).collect()
}

#[test]
fn missing_and_foreign_keys_do_not_matter() {
    let content = admit(&good(), &load()).expect("a good answer");
    assert_eq!(content.summary, "Load a file.");
    assert_eq!(content.description, None);
    let content = with("confidence", json!(0.9)).expect("an answer with a foreign key");
    assert_eq!(content.returns.as_deref(), Some("The text."));
    let content = admit(&json!({"docstring": good()}), &load()).expect("a wrapped answer");
    assert_eq!(content.params.len(), 2);
    assert!(admit(&json!([good()]), &load()).is_ok());
}

#[test]
fn parameters_come_in_many_shapes() {
    let expected = [("path", "The file."), ("args", "What to keep.")];
    for params in [
        json!({"path": "The file.", "*args": "What to keep."}),
        json!({"args": {"description": "What to keep."}, "path": {"type": "str", "desc": "The file."}}),
        json!([{"name": "*args", "description": "What to keep."}, {"name": "`path`", "type": "str", "desc": "path: The file."}]),
        json!(["path (str): The file.", "args: What to keep."]),
        json!([{"path": "The file."}, {"args": "What to keep."}]),
        json!([
            {"name": "self", "description": "The object."},
            {"name": "path", "description": "The file."},
            {"name": "path", "description": "Again."},
            {"name": "args", "description": "What to keep."},
            {"name": "mode", "description": "Made up."},
        ]),
    ] {
        let content = with("params", params.clone())
            .unwrap_or_else(|problems| panic!("{params}: {problems:?}"));
        assert_eq!(
            names(&content).iter().map(|(n, _)| *n).collect::<Vec<_>>(),
            ["path", "args"],
            "{params}"
        );
        assert!(names(&content)[1] == expected[1], "{params}");
        assert!(names(&content)[0].1.ends_with("The file."), "{params}: {content:?}");
    }
    let mut answer = good();
    let params = answer.as_object_mut().expect("an object").remove("params").expect("params");
    answer["args"] = params;
    assert!(admit(&answer, &load()).is_ok());
}

#[test]
fn nothing_is_invented() {
    let missing = with("params", json!([{"name": "path", "description": "The file."}]));
    assert_eq!(
        missing.expect_err("one is missing"),
        ["`/params` must be exactly, and in this order, `path`, `args`"]
    );
    assert_eq!(
        with("returns", Value::Null).expect_err("it returns"),
        ["`/returns` must be described"]
    );
    assert!(admit(&json!({}), &load()).is_err());
    assert!(admit(&json!(3), &run()).is_err());
    assert!(admit(&Value::Null, &run()).is_err());
    assert!(admit(&json!([]), &run()).is_err());
}

#[test]
fn what_the_code_does_not_have_goes() {
    let answer = json!({
        "summary": "Run it.", "returns": "Nothing at all.", "yields": "Things.",
        "raises": [{"name": "ValueError", "description": "Never."}],
        "errors": "Returns an error.", "panics": "Panics.", "safety": "None needed.",
        "attributes": {"x": "y"}, "params": {"a": "b"},
    });
    let content = admit(&answer, &run()).expect("what is left is good");
    assert_eq!(content, Content { summary: "Run it.".into(), ..Content::default() });
    let raises = json!([
        {"type": "Bad", "desc": "If it is bad."},
        {"name": "KeyError", "description": "Never."},
        {"exception": "OSError", "condition": "If it cannot be read."},
        {"name": "OSError", "description": "Again."},
    ]);
    let content = with("raises", raises).expect("two of them are real");
    let shown: Vec<_> = content.raises.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(shown, ["m.Bad", "OSError"]);
}

#[test]
fn an_exception_that_was_left_out_gets_the_words_of_its_test() {
    let mut symbol = load();
    let guarded = |name: &str, test: &str| {
        let condition = Some(test.to_owned());
        crate::docstring::Raise { condition, ..raise(name) }
    };
    let caught = crate::docstring::Raise { is_caught: true, ..guarded("KeyError", "a") };
    symbol.body.raises =
        vec![guarded("OSError", "not path"), guarded("ValueError", "path is None"), caught];
    let mut answer = good();
    answer["raises"] = json!([{"name": "ValueError", "description": "If the path is bad."}]);
    let content = admit(&answer, &symbol).expect("a good answer");
    let shown: Vec<_> = content.raises.iter().map(|r| (&*r.name, &*r.description)).collect();
    assert_eq!(
        shown,
        [("ValueError", "If the path is bad."), ("OSError", "If `path` is empty or not set.")],
        "the model's words stay, and what is caught inside is nobody's business"
    );
    // Asked for nothing but what was missing, the same holds.
    let parts = super::admit_parts(
        &json!({"params": good()["params"], "returns": "The text."}),
        &symbol,
        "There.",
    );
    assert_eq!(parts.expect("a good answer").raises.len(), 2);
}

#[test]
fn texts_come_in_many_shapes() {
    for (value, expected) in [
        (json!({"type": "str", "description": "The text."}), "The text."),
        (json!("```\nThe text.\n```"), "The text."),
        (json!("\"The text.\""), "The text."),
        (json!(["The text", "And more."]), "The text. And more."),
    ] {
        let content = with("returns", value).expect(expected);
        assert_eq!(content.returns.as_deref(), Some(expected));
    }
    for nothing in [json!("N/A"), json!("None."), json!(""), json!({}), json!([])] {
        assert_eq!(with("description", nothing).expect("nothing").description, None);
    }
    assert!(with("returns", json!(7)).is_err());
    let content = with("examples", json!(["load('a')", {"code": "```python\nx\n```"}, {}, 3]));
    let codes: Vec<_> =
        content.expect("two of them").examples.into_iter().map(|e| e.code).collect();
    assert_eq!(codes, ["load('a')", "x"]);
}

#[test]
fn summaries_are_brought_to_one_sentence() {
    let long = format!("Load a file. {}", "It is read as a whole and then split. ".repeat(8));
    let content = with("summary", json!(long)).expect("a long summary");
    assert_eq!(content.summary, "Load a file.");
    assert!(content.description.expect("the rest").starts_with("It is read as a whole"));
    let mut answer = good();
    answer["summary"] = "Load it\nquickly. Or not.".into();
    answer["description"] = "There is more.".into();
    let content = admit(&answer, &load()).expect("two lines");
    assert_eq!(content.summary, "Load it quickly.");
    assert_eq!(content.description.as_deref(), Some("Or not.\n\nThere is more."));
    let content = with("description", json!("Load a file")).expect("the same twice");
    assert_eq!(content.description, None);
    assert!(with("summary", json!("word ".repeat(60))).is_err(), "it has no end");
}

#[test]
fn prose_is_a_summary_where_that_is_enough() {
    for (text, summary) in [
        ("Run the thing", "Run the thing."),
        ("```\nRun the thing.\n```", "Run the thing."),
        ("\"Run the thing.\"", "Run the thing."),
        ("```json\n{\"summary\": \"Run the thing\"}\n```", "Run the thing."),
        ("{\"summary\": \"Run the thing\", \"args\": {}}", "Run the thing."),
    ] {
        assert_eq!(admit(&text.into(), &run()).expect(text).summary, summary);
    }
    assert!(admit(&json!("Load a file."), &load()).is_err(), "its parameters are missing");
    assert!(admit(&json!("{\"summary\": \"Run"), &run()).is_err_and(|p| !p.is_empty()));
}

#[test]
fn hostile_answers_are_refused() {
    let deep = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    for answer in [
        json!({"summary": deep}),
        json!({"summary": {"summary": {"summary": {}}}}),
        json!({"summary": "\u{202e}evil"}),
        json!({"summary": "A \u{1b}]0;title\u{7}."}),
        json!({"summary": ">>> import os; os.system('x')"}),
        json!({"summary": ".. include:: /etc/passwd"}),
        json!({"summary": "Run it.", "description": "See [it](javascript:alert(1))."}),
        json!({"summary": "Run it.", "description": "See [it](javascript\\:alert(1))."}),
        json!({"summary": "Run it.", "notes": "Open command:workbench.run now."}),
        json!({"summary": "load(x)"}),
        json!({"summary": ""}),
        json!({"summary": "\"\"\""}),
        json!("a".repeat(100_000)),
        json!(". ".repeat(50_000)),
        json!("`".repeat(100_000)),
    ] {
        let answer_text = answer.to_string();
        let shown: String = answer_text.chars().take(60).collect();
        assert!(admit(&answer, &run()).is_err(), "{shown}");
    }
}

/// What is said about `run` and laid out in every style of its language.
fn rendered(answer: &Value, language: Language) -> Vec<String> {
    let symbol = symbol(language, SymbolKind::Function);
    let Ok(content) = admit(answer, &symbol) else { return Vec::new() };
    let styles = STYLES.iter().copied().filter(|style| style.language() == language);
    let texts = styles.map(|style| {
        let options = Options { scope: Scope::All, ..Options::new(style) };
        style.render(&compose(&symbol, &content, &options), Layout { width: 88 })
    });
    texts.collect()
}

#[test]
fn what_could_act_is_made_inert() {
    for (hostile, expected) in [
        ("An <img src=x onerror=alert(1)> here.", "An `<img src=x onerror=alert(1)>` here."),
        ("A <script>alert(1)</script>.", "A `<script>alert(1)</script>`."),
        ("A <!-- b --> c.", "A `<!--` b --> c."),
        ("See ![x](http://a/b).", "See `![x](http://a/b)`."),
        ("Uses &colon; here.", "Uses `&colon;` here."),
        ("Has #![doc=include_str!(\"x\")] in it.", "Has `#![doc=include_str!(\"x\")]` in it."),
        ("A.\n\n>>> import os\n>>> os.x()", "A."),
        ("A.\n\n- >>> import os\n\nB.", "A.\n\nB."),
        ("A.\n\n.. include:: /etc/passwd\n   :literal:", "A."),
        ("A.\n\n> 1. .. raw:: html\n\nB.", "A.\n\nB."),
        ("A.\n\n```{include} /etc/passwd\n```", "A."),
        ("A.\n\n~~~rust\nloop {}\n~~~", "A."),
        (":param x: y", "y"),
        ("# Heading", "Heading"),
        ("Args:\n\n# Safety\n\nB.", "B."),
        ("See [it]( <smb://host/share>).", "See [it]( `<smb://host/share>`)."),
        ("Word \u{e000}here\u{e001}.", "Word here."),
    ] {
        let answer = json!({"summary": "Run it.", "description": hostile});
        let content = admit(&answer, &run()).expect(hostile);
        assert_eq!(content.description.as_deref(), Some(expected), "{hostile}");
        for language in [Language::Python, Language::Rust] {
            for text in rendered(&answer, language) {
                assert!(!is_run(&text, language), "{hostile}\n{text}");
                let is_open = |text: &str| text.split('`').step_by(2).any(|out| out.contains('<'));
                assert!(
                    !is_open(&text.replace("``", "`").replace(['{', '}'], "`")),
                    "{hostile}\n{text}"
                );
            }
        }
    }
    let nothing = json!({"summary": "Run it.", "description": ".. include:: /etc/passwd"});
    assert_eq!(admit(&nothing, &run()).expect("the rest is good").description, None);
    let tag = admit(&json!({"summary": "<img src=x onerror=alert(1)>"}), &run());
    assert_eq!(tag.expect("a literal").summary, "`<img src=x onerror=alert(1)>`.");
}

/// What rustdoc and doctest would run of a rendered docstring.
fn is_run(text: &str, language: Language) -> bool {
    let mut open = false;
    text.lines().any(|line| {
        let line = line.trim_start();
        if language == Language::Python {
            return line.starts_with(">>>");
        }
        let is_fence = line.starts_with("```") || !open && line.starts_with("~~~");
        let is_bad = is_fence && !open && line != "```text";
        open ^= is_fence;
        is_bad
    })
}

#[test]
fn no_code_of_an_answer_is_ever_run() {
    let codes = [
        ">>> import os",
        ">>> >>> import os",
        "... >>> import os",
        ">>>>>> import os",
        "  >>> x\n... ...>>> y\nz",
        "x = 1\n>>> y",
        "```\nstd::process::abort()\n```",
        "````\n```rust\nabort()",
        "~~~\nabort()",
        "# hidden\n\n    abort()",
        "*/ abort() /*",
        "\"\"\"\nimport os\n\"\"\"",
        "::\n\n.. include:: /etc/passwd",
    ];
    for language in [Language::Python, Language::Rust] {
        let symbol = symbol(language, SymbolKind::Function);
        for style in STYLES.iter().copied().filter(|style| style.language() == language) {
            for (code, note) in codes.iter().flat_map(|code| [(code, None), (code, Some("A note"))])
            {
                let examples = json!([{"code": code, "note": note}]);
                let answer = json!({"summary": "Run it.", "examples": examples});
                let Ok(content) = admit(&answer, &symbol) else { continue };
                let options = Options { scope: Scope::All, ..Options::new(style) };
                let docstring = compose(&symbol, &content, &options);
                let text = style.render(&docstring, Layout { width: 88 });
                assert!(!is_run(&text, language), "{}: {code}\n{text}", style.id());
            }
        }
    }
}

#[test]
fn an_answer_that_copies_the_example_of_the_prompt_is_refused() {
    let copied = json!({
        "summary": "Remove jobs from the front of the queue.",
        "params": [
            {"name": "path", "description": "The largest number of jobs to remove."},
            {"name": "args", "description": "What to keep."},
        ],
        "returns": "The jobs in the order in which they were added.",
    });
    assert_eq!(
        admit(&copied, &load()).expect_err("it is about something else"),
        [
            "`/summary` is that of the example, not of this code",
            "`/params/0/description` is that of the example, not of this code",
            "`/returns` is that of the example, not of this code",
        ]
    );
    let summary = with("summary", json!("Removes jobs from the queue."));
    assert_eq!(
        summary.expect_err("nearly the same"),
        ["`/summary` is that of the example, not of this code"]
    );
}

#[test]
fn a_summary_without_a_word_of_its_own_is_none() {
    for summary in ["`load`.", "This function."] {
        let problems = with("summary", json!(summary)).expect_err(summary);
        assert_eq!(problems, ["`/summary` says nothing about the code"]);
    }
}

#[test]
fn a_summary_says_at_once_what_the_function_does() {
    let content = with("summary", json!("This function loads a file.")).expect("a good summary");
    assert_eq!(content.summary, "Load a file.");
}
