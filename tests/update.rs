//! Docstrings that went out of date, before and after.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops there"
)]

use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use docstring_ls::docstring::{Language, SymbolPath, apply};
use docstring_ls::generate::{self, Failure, Options, Profile, Skip, Updated};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::{
    BoxFuture, Capabilities, Completion, CompletionRequest, Offline, Provider, ProviderError,
    ProviderId,
};
use docstring_ls::style;
use docstring_ls::syntax::Source;
use futures_util::FutureExt;
use serde_json::{Value, json};

fn options() -> Options {
    Options::new(style::by_id("google").unwrap())
}

fn parse(text: &str) -> Source {
    Source::parse(Language::Python, "module.py", text.into()).unwrap()
}

fn offline() -> Orchestrator {
    Orchestrator::new(vec![Arc::new(Offline::default())])
}

fn update_with(text: &str, path: &str, options: &Options) -> Result<(String, Updated), Failure> {
    let source = parse(text);
    let symbol = source.symbol(&SymbolPath(path.to_owned())).unwrap();
    let updated = generate::update(&source, symbol, options, &offline()).now_or_never().unwrap()?;
    Ok((apply(text, &updated.edits).unwrap(), updated))
}

/// What `f` of `before` is reported to disagree in.
fn drift(before: &str) -> Vec<String> {
    drift_with(before, "f", &options())
}

fn drift_with(before: &str, path: &str, options: &Options) -> Vec<String> {
    let source = parse(before);
    let symbol = source.symbol(&SymbolPath(path.to_owned())).unwrap();
    generate::drift(&source, &symbol, options).iter().map(ToString::to_string).collect()
}

/// Nothing is reported.
#[track_caller]
fn fine(text: &str) {
    assert_eq!(drift(text), [""; 0], "{text}");
}

/// The cases of a file: a line with path and name, the file before, `---`, and after.
fn cases(text: &str) -> Vec<(&str, &str, &str, &str)> {
    let cases = text.split("=== ").skip(1).map(|case| {
        let (head, rest) = case.split_once('\n').unwrap();
        let (path, name) = head.split_once(": ").unwrap();
        let (before, after) = rest.split_once("\n---\n").unwrap();
        (path, name, before, after)
    });
    cases.collect()
}

/// Every case of a file of cases; what they come to is left beside the other artefacts.
fn check_file(file: &str, newline: &str) {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/update");
    let text = std::fs::read_to_string(root.join(file)).unwrap();
    let mut actual = String::new();
    let mut wrong = Vec::new();
    for (path, name, before, after) in cases(&text) {
        let before_here = format!("{before}\n").replace('\n', newline);
        let (is, updated) = match update_with(&before_here, path, &options()) {
            Ok((is, updated)) => (is.replace(newline, "\n"), Some(updated)),
            Err(error) => (format!("{error}\n"), None),
        };
        let _ = write!(actual, "=== {path}: {name}\n{before}\n---\n{is}");
        if is != after {
            wrong.push(format!("=== {file}: {name}\n{is}--- should be\n{after}"));
        }
        let Some(updated) = updated else { continue };
        // A second look finds nothing.
        let again = parse(&is.replace('\n', newline));
        let symbol = again.symbol(&SymbolPath(path.to_owned())).unwrap();
        assert_eq!(symbol.existing.as_ref().unwrap().text, updated.text, "{name}");
        assert_eq!(generate::drift(&again, &symbol, &options()), [], "{name}");
        let (options, offline) = (options(), offline());
        let second = generate::update(&again, symbol, &options, &offline).now_or_never();
        let second = second.unwrap();
        assert_eq!(second.unwrap_err(), Failure::Skipped(Skip::UpToDate), "{name}");
    }
    std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(file), actual).unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn google() {
    check_file("google.txt", "\n");
    check_file("google.txt", "\r\n");
}

#[test]
fn numpy() {
    check_file("numpy.txt", "\n");
}

#[test]
fn sphinx() {
    check_file("sphinx.txt", "\n");
}

#[test]
fn epytext() {
    check_file("epytext.txt", "\n");
}

#[test]
fn literals() {
    check_file("literals.txt", "\n");
}

#[test]
fn a_docstring_that_is_true_is_left_alone() {
    // A short one, and one without sections.
    fine("def f(a, b):\n    \"\"\"Do it.\"\"\"\n    return a\n");
    fine("def f(a, b):\n    \"\"\"Do it.\n\n    With a lot of words.\n    \"\"\"\n    return a\n");
    // Stars may be left out, `_x` and `_` need no words, `self` is nobody's business.
    fine(
        "def f(a, _b, _, *args, **kw):\n    \"\"\"Do it.\n\n    Args:\n        a: A.\n        args: B.\n        kw: C.\n    \"\"\"\n",
    );
    // What stands behind `**kwargs`.
    fine(
        "def f(a, **kwargs):\n    \"\"\"Do it.\n\n    Args:\n        a: A.\n        timeout: B.\n    \"\"\"\n",
    );
    fine(
        "def f(a, **kwargs: Unpack[Options]):\n    \"\"\"Do it.\n\n    Args:\n        a: A.\n    \"\"\"\n",
    );
    // Exceptions of callees.
    fine(
        "def f(a):\n    \"\"\"Do it.\n\n    Raises:\n        OSError: If.\n    \"\"\"\n    open(a)\n",
    );
    // A kind of the documented exception, one that is caught, and one of a stub.
    fine(
        "def f(a):\n    \"\"\"Do it.\n\n    Raises:\n        LookupError: If.\n    \"\"\"\n    try:\n        raise TypeError\n    except TypeError:\n        raise KeyError(a)\n",
    );
    fine(
        "def f(a):\n    \"\"\"Do it.\n\n    Raises:\n        OSError: If.\n    \"\"\"\n    raise NotImplementedError\n",
    );
    // Returned values of stubs and abstract methods, and of what a decorator makes of it.
    for body in ["...", "pass", "raise NotImplementedError"] {
        fine(&format!(
            "def f(a):\n    \"\"\"Do it.\n\n    Args:\n        a: A.\n\n    Returns:\n        It.\n    \"\"\"\n    {body}\n"
        ));
    }
    fine("@task\ndef f():\n    \"\"\"Do it.\n\n    Returns:\n        It.\n    \"\"\"\n    g()\n");
    fine("def f():\n    \"\"\"Do it.\n\n    Returns:\n        None.\n    \"\"\"\n    g()\n");
    // A value that is told of in prose.
    fine("def f(a):\n    \"\"\"Return it.\n\n    Args:\n        a: A.\n    \"\"\"\n    return a\n");
    // Types for people.
    fine(
        "def f(a: Sequence[str], b: int | None = None):\n    \"\"\"Do it.\n\n    Args:\n        a (list of str): A.\n        b (int, optional): B.\n    \"\"\"\n",
    );
    // An overload, whatever it says.
    fine("@overload\ndef f(a):\n    \"\"\"Do it.\n\n    Args:\n        b: B.\n    \"\"\"\n");
    // Two styles at once, and a section that is not understood.
    fine(
        "def f(a):\n    \"\"\"Do it.\n\n    Args:\n        b: B.\n\n    :param c: C.\n    \"\"\"\n",
    );
    fine("def f(a):\n    \"\"\"Do it.\n\n    Args:\n        See `g` for all.\n    \"\"\"\n");
}

#[test]
fn what_disagrees_is_named() {
    let text = "def f(a, c: str):\n    \"\"\"Do it.\n\n    Args:\n        b: B.\n        c (int): C.\n        a: A.\n        d: D.\n    \"\"\"\n    return a\n";
    assert_eq!(
        drift(text),
        [
            "documents parameter `b` which is gone",
            "documents parameter `d` which is gone",
            "lists its parameters in another order",
            "gives parameter `c` the type `int` instead of `str`",
            "lacks returned value",
        ]
    );
}

#[test]
fn what_nobody_describes_is_not_left_out_on_purpose() {
    let docstring =
        "Do it.\n\n    See the other arguments.\n\n    :param a: A.\n    :param b: B.\n    ";
    let of = |params: &str| drift(&format!("def f({params}):\n    \"\"\"{docstring}\"\"\"\n"));
    assert_eq!(of("a, b, _mark=None, _=0"), [""; 0]);
    assert_eq!(of("a, b, c, _mark=None"), ["lacks parameter `c`"]);
    assert_eq!(of("a, b, c, d"), [""; 0], "it says where they are");
}

#[test]
fn a_base_class_may_have_what_a_class_has_not() {
    let text = "class C(Base):\n    \"\"\"It.\n\n    Attributes:\n        a: A.\n        gone: B.\n    \"\"\"\n\n    a: int = 1\n";
    assert_eq!(drift_with(text, "C", &options()), [""; 0]);
    let alone = text.replace("(Base)", "");
    assert_eq!(drift_with(&alone, "C", &options()), ["documents attribute `gone` which is gone"]);
    let used = alone.replace("= 1\n", "= 1\n\n    def f(self):\n        self.gone = 2\n");
    assert_eq!(drift_with(&used, "C", &options()), [""; 0]);
}

#[test]
fn the_profile_decides_about_types_and_caught_exceptions() {
    let mut options = options();
    let typed = "def f(a: Sequence[str]):\n    \"\"\"Do it.\n\n    Args:\n        a (list): A.\n    \"\"\"\n";
    let caught = "def f(a):\n    \"\"\"Do it.\n\n    Raises:\n        OSError: If.\n    \"\"\"\n    try:\n        raise TypeError\n    except TypeError:\n        pass\n";
    for text in [typed, caught] {
        assert_eq!(drift_with(text, "f", &options), [""; 0]);
    }
    options.rules.profile = Profile::Pydoclint;
    assert_eq!(
        drift_with(typed, "f", &options),
        ["gives parameter `a` the type `list` instead of `Sequence[str]`"]
    );
    assert_eq!(drift_with(caught, "f", &options), ["lacks exception `TypeError`"]);
}

#[test]
fn what_cannot_be_changed_line_by_line_is_refused() {
    for literal in [
        "\"\"\"Do it.\\n\\nArgs:\\n    b: B.\\n\"\"\"",
        "(\"Do it.\\n\\n\"\n     \"Args:\\n    a: A.\\n    b: B.\\n\")",
        "\"\"\"\\N{BULLET}\n\n    Args:\n        b: B.\n    \"\"\"",
    ] {
        let text = format!("def f(a):\n    {literal}\n");
        let error = update_with(&text, "f", &options()).unwrap_err();
        assert!(matches!(error, Failure::Unclear(_)), "{literal}: {error:?}");
    }
    let none = update_with("def f(a):\n    pass\n", "f", &options()).unwrap_err();
    assert_eq!(none, Failure::Skipped(Skip::Undocumented));
}

/// A remote model that keeps what it is asked, and answers with what it is told to.
struct Model {
    id: ProviderId,
    capabilities: Capabilities,
    answer: Value,
    asked: Mutex<Vec<(String, Value)>>,
    calls: AtomicUsize,
}

impl Model {
    fn new(answer: Value) -> Arc<Self> {
        let capabilities = Capabilities { is_immediate: false, ..Capabilities::immediate() };
        Arc::new(Self {
            id: ProviderId("model".into()),
            capabilities,
            answer,
            asked: Mutex::default(),
            calls: AtomicUsize::new(0),
        })
    }
}

impl Provider for Model {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        if let Some(prompt) = &request.prompt {
            let user = prompt.user.clone();
            self.asked.lock().unwrap().push((user, prompt.schema.clone()));
        }
        Box::pin(std::future::ready(Ok(Completion::content(self.answer.clone()))))
    }
}

#[tokio::test]
async fn a_model_is_asked_for_the_missing_words_only() {
    let model = Model::new(json!({
        "params": [{"name": "retries", "description": "How often to try again"}],
    }));
    let orchestrator = Orchestrator::new(vec![model.clone()]);
    let mut options = options();
    options.choice = docstring_ls::orchestrator::Choice::Preferred(model.id.clone());
    let text = "def load(path, mode, retries):\n    \"\"\"Load it.\n\n    Args:\n        path: The path.\n        mode: The mode.\n    \"\"\"\n";
    let source = parse(text);
    let symbol = source.symbol(&SymbolPath("load".into())).unwrap();
    let updated = generate::update(&source, symbol, &options, &orchestrator).await.unwrap();
    let after = apply(text, &updated.edits).unwrap();
    let expected =
        text.replace("The mode.\n", "The mode.\n        retries: How often to try again.\n");
    assert_eq!(after, expected);
    assert_eq!(updated.provider, model.id);
    let asked = model.asked.lock().unwrap();
    let [(user, schema)] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(user.contains("exactly these keys: params."), "{user}");
    assert!(user.contains("which stays as it is") && user.contains("mode: The mode."), "{user}");
    let properties = schema["properties"].as_object().unwrap();
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["params"]);
}

#[tokio::test]
async fn nobody_is_asked_when_no_words_are_missing() {
    let model = Model::new(json!({}));
    let orchestrator = Orchestrator::new(vec![model.clone()]);
    let mut options = options();
    options.choice = docstring_ls::orchestrator::Choice::Preferred(model.id.clone());
    let text = r#"
def load(path, modes, timeout: int):
    """Load it.

    Args:
        timeout (str): The time.
        gone: No more.
        mode: The mode.
        path: The path.
    """
"#;
    let source = parse(text);
    let symbol = source.symbol(&SymbolPath("load".into())).unwrap();
    let updated = generate::update(&source, symbol, &options, &orchestrator).await.unwrap();
    let after = apply(text, &updated.edits).unwrap();
    let expected = r#"
    Args:
        path: The path.
        modes: The mode.
        timeout (int): The time.
    """
"#;
    assert!(after.ends_with(expected), "{after}");
    assert_eq!(model.calls.load(Ordering::SeqCst), 0);
}
