//! The use case through the library: what is documented, what is refused, and why.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops there"
)]

use std::sync::Arc;

use docstring_ls::docstring::Language;
use docstring_ls::generate::{self, Failure, FileReport, Options, Scope, Skip, considered};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::{
    BoxFuture, Capabilities, Completion, CompletionRequest, Offline, Provider, ProviderError,
    ProviderId,
};
use docstring_ls::style;
use docstring_ls::syntax::Source;
use futures_util::FutureExt;
use serde_json::{Value, json};

fn options(style: &str) -> Options {
    Options { scope: Scope::All, ..Options::new(style::by_id(style).unwrap()) }
}

fn source(language: Language, text: &str) -> Source {
    Source::parse(language, "module", text.into()).unwrap()
}

fn run(source: &Source, options: &Options, provider: impl Provider + 'static) -> FileReport {
    let orchestrator = Orchestrator::new(vec![Arc::new(provider)]);
    generate::file(source, options, &orchestrator).now_or_never().unwrap()
}

fn offline(language: Language, text: &str, style: &str) -> FileReport {
    run(&source(language, text), &options(style), Offline::default())
}

/// Answers every question with the same content.
struct Scripted(ProviderId, Capabilities, Value);

impl Scripted {
    fn new(content: Value) -> Self {
        Self(ProviderId::offline(), Capabilities::immediate(), content)
    }
}

impl Provider for Scripted {
    fn id(&self) -> &ProviderId {
        &self.0
    }

    fn capabilities(&self) -> &Capabilities {
        &self.1
    }

    fn complete<'a>(
        &'a self,
        _request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        let completion =
            Completion { guesses: vec!["/summary".into()], ..Completion::content(self.2.clone()) };
        Box::pin(std::future::ready(Ok(completion)))
    }
}

fn content(summary: &str, params: &Value) -> Value {
    json!({
        "summary": summary, "description": null, "params": params, "returns": null,
        "yields": null, "raises": [], "attributes": [], "errors": null, "panics": null,
        "safety": null, "examples": [], "notes": null, "warnings": null, "deprecated": null,
    })
}

#[test]
fn a_python_file_is_documented_and_a_second_run_changes_nothing() {
    let text = "\"\"\"Doc.\"\"\"\n\n\ndef load(path, strict=False):\n    if strict:\n        raise ValueError(path)\n    return open(path)\n";
    let report = offline(Language::Python, text, "google");
    let after = report.text.unwrap();
    for part in ["Args:\n        path: ", "strict: ", "Returns:\n", "Raises:\n        ValueError: "]
    {
        assert!(after.contains(part), "{part} is not in\n{after}");
    }
    let again = offline(Language::Python, &after, "google");
    assert!(again.text.is_none() && again.outcomes.is_empty());
}

#[test]
fn a_file_that_does_not_parse_keeps_its_bytes() {
    for (language, text) in [
        (Language::Python, "def f(a):\n    return a\n\ndef g(:\n    pass\n"),
        (Language::Rust, "pub fn f() {}\n\npub fn g( {}\n"),
    ] {
        let style = if language == Language::Python { "google" } else { "rustdoc" };
        let report = offline(language, text, style);
        assert!(report.text.is_none(), "{text}");
        assert!(report.unreadable.is_some(), "{text}");
        assert!(report.outcomes.iter().all(|outcome| outcome.result.is_err()), "{text}");
    }
}

#[test]
fn a_symbol_in_a_sound_part_of_a_broken_file_can_be_documented_alone() {
    let text = "def f(a):\n    return a\n\n\ndef g(:\n    pass\n";
    let source = source(Language::Python, text);
    let symbol = source.symbol_at(5).unwrap();
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let generated =
        generate::symbol_now(&source, symbol, &options("google"), &orchestrator).unwrap().unwrap();
    assert!(generated.edit.text.contains("Args:"));
}

#[test]
fn words_that_do_not_fit_the_facts_are_not_let_in() {
    let text = "def f(a):\n    pass\n";
    for (params, pointer) in [
        (json!([]), "/params"),
        (json!([{"name": "b", "description": "The other."}]), "/params"),
        (json!([{"name": "a", "description": "Two\u{202e} ways."}]), "/params/0/description"),
    ] {
        let provider = Scripted::new(content("Do it.", &params));
        let report = run(&source(Language::Python, text), &options("google"), provider);
        let refused = report.outcomes.iter().find(|outcome| outcome.path.0 == "f").unwrap();
        let Err(Failure::Provider(error)) = &refused.result else { panic!("{refused:?}") };
        assert!(error.to_string().contains(pointer), "{error}");
    }
}

#[test]
fn hostile_words_stay_words() {
    let text = "def f(a):\n    pass\n";
    for words in [
        "Close \"\"\" and import os.",
        "End with a backslash \\.",
        "Say \"so\".",
        "Go to `C:\\Users\\N{x}`.",
    ] {
        let params = json!([{"name": "a", "description": words}]);
        let provider = Scripted::new(content("Do it.", &params));
        let source = source(Language::Python, text);
        let mut options = options("google");
        options.only = Some("f".into());
        let report = run(&source, &options, provider);
        let after = report.text.unwrap_or_else(|| panic!("{:?}", report.outcomes));
        let documented = Source::parse(Language::Python, "m", after.as_str().into()).unwrap();
        let symbol = documented.symbols(|outline| outline.path.0 == "f").remove(0);
        // Code is marked in the style's own way.
        let expected = words.replace('`', "``");
        assert!(symbol.existing.unwrap().text.contains(&expected), "{after}");
    }
}

#[test]
fn a_snippet_has_tab_stops_where_only_a_name_is_known() {
    let provider = Scripted::new(content("Do it.", &json!([])));
    let source = source(Language::Python, "def f():\n    pass\n");
    let symbol = source.symbol_at(5).unwrap();
    let orchestrator = Orchestrator::new(vec![Arc::new(provider)]);
    let generated =
        generate::symbol_now(&source, symbol, &options("google"), &orchestrator).unwrap().unwrap();
    insta::assert_snapshot!(generated.edit.text, @r#"    """Do it.""""#);
    insta::assert_snapshot!(generated.snippet.as_deref().unwrap(), @r#"
        """${1:Do it.}"""
    $0
    "#);
}

#[test]
fn the_batch_passes_over_what_the_rules_exclude() {
    let text = "\
from typing import overload

@overload
def f(a: int) -> int: ...
def f(a): return a

class _A:
    def m(self): pass
";
    let source = source(Language::Python, text);
    let why = |path: &str, options: &Options| {
        let all = source.outline();
        let outline = all.iter().find(|outline| outline.path.0 == path).unwrap();
        considered(outline, options)
    };
    let all = options("google");
    let public = Options { scope: Scope::Public, ..options("google") };
    let only = Options { only: Some("_A".into()), ..options("google") };
    assert_eq!(why("f", &all), Err(Skip::Overload));
    assert_eq!(why("f#2", &all), Ok(()));
    assert_eq!(why("_A.m", &all), Ok(()));
    assert_eq!(why("_A.m", &public), Err(Skip::NotPublic));
    assert_eq!(why("_A.m", &only), Ok(()));
    assert_eq!(why("f#2", &only), Err(Skip::OtherSymbol));
}

/// A remote provider that remembers how many calls were over when each began.
struct Remembering {
    id: ProviderId,
    capabilities: Capabilities,
    over: Arc<std::sync::Mutex<(usize, Vec<usize>)>>,
}

impl Provider for Remembering {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        _request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(async {
            {
                let mut over = self.over.lock().unwrap();
                let before = over.0;
                over.1.push(before);
            }
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            self.over.lock().unwrap().0 += 1;
            let content = json!({"summary": "Do it.", "description": null});
            Ok(Completion::content(content))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_warms_a_cache_that_lowers_the_price() {
    let functions = ["a", "b", "c", "d", "e"].map(|name| format!("\n\ndef {name}():\n    pass\n"));
    let text =
        format!("\"\"\"{}.\"\"\"\n{}", "A long introduction. ".repeat(80), functions.concat());
    let source = source(Language::Python, &text);
    let begun = async |prices| {
        let over = Arc::new(std::sync::Mutex::new((0, Vec::new())));
        let capabilities =
            Capabilities { context: 100_000, prices, ..Capabilities::unknown("openai-chat", "m") };
        let id = ProviderId("p".into());
        let provider = Remembering { id: id.clone(), capabilities, over: Arc::clone(&over) };
        let orchestrator = Orchestrator::new(vec![Arc::new(provider)]);
        let choice = docstring_ls::orchestrator::Choice::Preferred(id);
        let kinds = Some([docstring_ls::docstring::SymbolKind::Function].into());
        let options = Options { choice, kinds, ..options("google") };
        let report = generate::file(&source, &options, &orchestrator).await;
        assert!(report.outcomes.iter().all(|outcome| outcome.result.is_ok()));
        over.lock().unwrap().1.clone()
    };
    let prices = |cached_input| docstring_ls::provider::Prices::flat(1.0, cached_input, 5.0);
    assert_eq!(begun(Some(prices(0.1))).await[..2], [0, 1]);
    assert_eq!(begun(Some(prices(1.0))).await[..2], [0, 0]);
    assert_eq!(begun(None).await[..2], [0, 0]);
}
