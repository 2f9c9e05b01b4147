//! Shapes of answers: what a schema lets through, and what is read from it.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{GENERAL, narrow, read, well_formed};
use crate::docstring::{Language, ParamKind, Symbol, SymbolKind};
use crate::style::fixture::{param, raise, symbol};

fn load() -> Symbol {
    let mut symbol = symbol(Language::Python, SymbolKind::Function);
    let regular = ParamKind::Regular;
    symbol.signature.params =
        ["path", "_", "mode"].map(|name| param(name, regular, None, None)).to_vec();
    symbol.signature.returns_value = true;
    symbol.body.raises = vec![raise("OSError"), raise("m.Bad"), raise("OSError")];
    symbol
}

fn content() -> Value {
    json!({
        "summary": "Load a file.",
        "description": null,
        "params": [
            {"name": "path", "description": "The path."},
            {"name": "mode", "description": "The mode."},
        ],
        "returns": "The text.",
        "yields": null,
        "raises": [{"name": "OSError", "description": "If it cannot be read."}],
        "attributes": [],
        "errors": null,
        "panics": null,
        "safety": null,
        "examples": [],
        "notes": null,
        "warnings": null,
        "deprecated": null,
    })
}

/// The faults of the sample content with one part replaced.
fn faults(pointer: &str, value: Value) -> Vec<String> {
    let mut content = content();
    *content.pointer_mut(pointer).expect("a part of the sample") = value;
    read(&content, &load()).err().map(|rejection| rejection.problems).unwrap_or_default()
}

#[test]
fn admits_what_agrees_with_the_facts() {
    assert!(read(&content(), &load()).is_ok());
    assert_eq!(faults("/raises", json!([])), [""; 0]);
}

#[test]
fn names_each_fault_with_its_place() {
    assert_eq!(faults("/returns", Value::Null), ["`/returns` must be described"]);
    assert_eq!(
        faults("/yields", "Each item.".into()),
        ["`/yields` must be null: the code has nothing of the kind"]
    );
    assert_eq!(
        faults("/params/0/name", "mode".into()),
        ["`/params` must be exactly, and in this order, `path`, `mode`"]
    );
    let raised = json!({"name": "KeyError", "description": "Never."});
    assert_eq!(faults("/raises/0", raised), ["`/raises/0/name` is not a name in the code"]);
    let twice = json!([
        {"name": "OSError", "description": "If a."},
        {"name": "OSError", "description": "If b."},
    ]);
    assert_eq!(faults("/raises", twice), ["`/raises/1/name` occurs twice"]);
    let wrong = "`/summary` must not be the name or the signature";
    assert_eq!(faults("/summary", "load".into()), [wrong]);
    assert_eq!(faults("/summary", "load(path, mode).".into()), [wrong]);
    assert_eq!(faults("/summary", "One.\nTwo.".into()), ["`/summary` must be one line"]);
    assert_eq!(faults("/summary", 3.into()).len(), 1);
    assert!(read(&json!({}), &load()).is_err());
    assert!(read(&Value::Null, &load()).is_err());
}

#[test]
fn refuses_what_would_act_or_hide() {
    for text in [
        "Red \u{1b}[31m.",
        "Hidden \u{202e}txt.",
        "Zero\u{200b}width.",
        "Tag \u{e0041}.",
        "Stop \u{e000}word\u{e001}.",
        "A <script>x</script>.",
        "See ![x](http://a/b).",
        "Go [here](command:run).",
        "Go [here](javascript:x).",
        "A.\n\n.. include:: /etc/passwd",
        "A.\n\n.. raw:: html",
        "A.\n\n.. note:: B",
        "A.\n\n>>> import os",
        "- >>> import os",
        "- .. include:: /etc/passwd",
        "1. .. raw:: html",
        "(a) * .. literalinclude:: /etc/passwd",
        ":x: .. include:: /etc/passwd",
        ".. |x| image:: http://a.example/b.png",
        ".. _x: javascript:alert(1)",
        "> .. raw:: html",
        "See [it](javascript\\:alert(1)).",
        "See [it](javascript&#58;alert(1)).",
        "See [it](JAVASCRIPT:alert(1)).",
        "See [it](ms-msdt:/id).",
        "See [it]( <smb://host/share>).",
        "Uses &colon; here.",
        "#[doc = include_str!(\"/etc/passwd\")]",
        "Text with #![doc = include_str!(\"x\")] inside.",
        "A.\n\n```\nimport os\n```",
        "A.\n\n```{include} /etc/passwd\n```",
        "A.\n\n~~~rust\nloop {}\n~~~",
        "- ```\n  x\n  ```",
        "Then vim: set ft=py",
        "-*- mode -*-",
        ":param x: y",
        "@param x: y",
        "# Heading",
        "Returns:",
        "Args",
        "---",
        "\r\n",
        " ",
    ] {
        assert_eq!(faults("/description", text.into()).len(), 1, "{text}");
    }
    for text in [
        "Plain.",
        "Uses ``<script>`` and `a <b>`.",
        "See <https://a.example>.",
        "The data: all.",
        "A note: this.",
        "If 1 < 2 and a < b.",
        "- one\n- two",
        "Naïve – „gut“.",
        "See [the guide](https://a.example/b).",
        "Like `#[inline]` and `&amp;`.",
        "Steps:\n\n1. one\n2. two",
        "Wait... then go.",
        "Uses ```x``` in a sentence.",
        "AT&T; and so on.",
    ] {
        assert_eq!(faults("/description", text.into()), [""; 0], "{text}");
    }
}

#[test]
fn refuses_what_rustdoc_would_compile() {
    let symbol = symbol(Language::Rust, SymbolKind::Struct);
    let mut content = content();
    content["params"] = json!([]);
    content["raises"] = json!([]);
    content["returns"] = Value::Null;
    for (text, is_good) in [
        ("A.\n\n    std::process::abort();", false),
        ("A.\n\n\tstd::process::abort();", false),
        ("    std::process::abort();", false),
        ("A.\n\n- B.\n\n      abort()", false),
        ("A.\n\n```\nabort()\n```", false),
        ("A.\n\n```should_panic\nabort()\n```", false),
        ("A.\n\n> ```rust\n> abort()\n> ```", false),
        ("A.\n\n````\nabort()\n````", false),
        ("- One.\n  More of it.\n- Two.", true),
        ("Calls `abort()` and [`Self::run`].", true),
    ] {
        content["description"] = text.into();
        assert_eq!(read(&content, &symbol).is_ok(), is_good, "{text}");
    }
}

#[test]
fn bounds_sizes() {
    assert_eq!(faults("/summary", format!("A{}.", "b".repeat(300)).into()).len(), 1);
    assert_eq!(faults("/description", "ab ".repeat(900).into()).len(), 1);
    let example = json!({"code": "x".repeat(2000), "note": "y".repeat(2000)});
    let examples = Value::Array(vec![example; 4]);
    assert_eq!(faults("/examples", examples.clone()), [""; 0]);
    let mut content = content();
    content["examples"] = examples;
    for part in ["description", "returns", "notes", "warnings"] {
        content[part] = "z".repeat(1999).into();
    }
    assert!(read(&content, &load()).is_err());
}

#[test]
fn the_narrowed_schema_holds_only_what_is_there() {
    let schema = narrow(&load());
    let part = |pointer: &str| schema.pointer(pointer).expect("a part of the schema");
    assert_eq!(*part("/properties/params/items/properties/name/enum"), json!(["path", "mode"]));
    assert_eq!(*part("/properties/raises/items/properties/name/enum"), json!(["OSError", "m.Bad"]));
    assert_eq!(part("/properties/attributes")["maxItems"], 0);
    assert_eq!(part("/properties/yields")["type"], "null");
    assert_eq!(part("/properties/returns")["type"], "string");
    assert_eq!(*part("/additionalProperties"), json!(false));
    assert_eq!(part("/required").as_array().map(Vec::len), Some(14));
}

fn maybe(words: &'static str) -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => Just(Value::Null),
        4 => Just(Value::from(words)),
        1 => Just(json!(1)),
        1 => Just(json!("")),
    ]
}

fn list(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let item = prop::sample::select(names)
        .prop_map(|name| json!({"name": name, "description": "Some words."}));
    prop::collection::vec(item, 0..4).prop_map(Value::Array)
}

fn answer() -> impl Strategy<Value = Value> {
    let names = &["path", "mode", "_", "other"];
    let raised = &["OSError", "m.Bad", "KeyError"];
    let exact = Just(json!([
        {"name": "path", "description": "A."},
        {"name": "mode", "description": "B."},
    ]));
    let params = prop_oneof![exact, list(names)];
    let parts = (maybe("Words."), params, maybe("Words."), maybe("Words."), list(raised));
    let rest = (list(&["a"]), maybe("Words."), maybe("Words."), maybe("Words."), 0..40usize);
    (parts, rest).prop_map(|(parts, rest)| {
        let mut content = json!({
            "summary": "Load a file.", "description": parts.0, "params": parts.1,
            "returns": parts.2, "yields": parts.3, "raises": parts.4, "attributes": rest.0,
            "errors": rest.1, "panics": rest.2, "safety": rest.3, "examples": [],
            "notes": null, "warnings": null, "deprecated": null,
        });
        let object = content.as_object_mut().expect("an object");
        match rest.4 {
            0 => drop(object.remove("notes")),
            1 => drop(object.insert("code".into(), "x".into())),
            _ => {}
        }
        content
    })
}

/// Order and uniqueness, which JSON Schema cannot say of names.
fn is_in_order(content: &Value) -> bool {
    let names = |part: &str| -> Vec<String> {
        let items = content[part].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["name"].as_str().unwrap_or_default().into()).collect()
    };
    let raises = names("raises");
    let unique: std::collections::BTreeSet<_> = raises.iter().collect();
    names("params") == ["path", "mode"] && unique.len() == raises.len()
}

#[test]
fn well_formed_is_what_the_general_schema_admits() {
    let check = |pointer: &str, value: Value| {
        let mut content = content();
        *content.pointer_mut(pointer).expect("a part of the sample") = value;
        let is_valid = GENERAL.as_ref().expect("a schema").is_valid(&content);
        assert_eq!(well_formed(&content).is_some(), is_valid, "{pointer} {content}");
        is_valid
    };
    assert!(check("/summary", "é".repeat(super::SUMMARY).into()));
    assert!(!check("/summary", "é".repeat(super::SUMMARY + 1).into()));
    assert!(!check("/summary", Value::Null));
    for text in ["/description", "/returns", "/notes", "/deprecated", "/params/0/description"] {
        assert!(check(text, "é".repeat(super::DESCRIPTION).into()));
        assert!(!check(text, "é".repeat(super::DESCRIPTION + 1).into()));
        assert!(!check(text, "".into()));
    }
    assert!(!check("/raises/0/name", "".into()));
    assert!(!check("/params/0", json!({"name": "a"})));
    assert!(!check("/params/0", json!(["path", "The path."])));
    assert!(!check("/params/0", json!({"name": "a", "description": "b", "type": "c"})));
    let item = json!({"name": "a", "description": "b"});
    assert!(check("/attributes", vec![item.clone(); 256].into()));
    assert!(!check("/attributes", vec![item; 257].into()));
    let example = json!({"code": "a", "note": null});
    assert!(check("/examples", vec![example.clone(); 4].into()));
    assert!(!check("/examples", vec![example; 5].into()));
    assert!(!check("/examples", json!([{"code": "a"}])));
    assert!(!check("/examples", json!([{"code": "", "note": null}])));
    assert!(!check("/examples", json!([{"code": "a", "note": ""}])));
    assert!(!check("/examples", json!({})));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn reading_agrees_with_the_narrowed_schema(content in answer()) {
        let symbol = load();
        let schema = jsonschema::draft202012::new(&narrow(&symbol)).expect("a schema");
        let is_valid = schema.is_valid(&content) && is_in_order(&content);
        prop_assert_eq!(is_valid, read(&content, &symbol).is_ok());
        let general = GENERAL.as_ref().expect("a schema");
        prop_assert_eq!(general.is_valid(&content), well_formed(&content).is_some());
    }
}
