//! One tiny question that proves a provider: address, key, model, and the shape of the answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use serde_json::{Value, json};

use crate::docstring::Language;
use crate::provider::{Answer, Completion, CompletionRequest, Prompt, Provider, Structured};
use crate::syntax::Source;

/// Enough for the answer, and for a model that cannot be kept from thinking.
const MAX_OUTPUT: u32 = 1_024;

/// What came of a question.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Probe {
    /// The provider answered, and its answer was the object that was asked for.
    pub(super) is_good: bool,
    /// One sentence.
    pub(super) message: String,
}

/// The question: `{"ok": true}` is the only good answer.
///
/// # Errors
///
/// When the grammar is broken.
pub(super) fn question() -> anyhow::Result<CompletionRequest> {
    // Every question is about a symbol; nothing of the user's code goes into this one.
    let source = Source::parse(Language::Python, "probe.py", "def probe():\n    pass\n".into())
        .map_err(|violation| anyhow!("{violation}"))?;
    let symbol = source.symbols(|_| true).into_iter().find(|symbol| symbol.name == "probe");
    let symbol = symbol.ok_or_else(|| anyhow!("the grammar finds no function"))?;
    let prompt = Prompt {
        system: "You answer with one JSON object and nothing else.".into(),
        context: String::new(),
        user: "Reply with the JSON {\"ok\":true}".into(),
        schema: json!({
            "type": "object",
            "properties": {"ok": {"type": "boolean"}},
            "required": ["ok"],
            "additionalProperties": false,
        }),
        max_output: MAX_OUTPUT,
    };
    Ok(CompletionRequest::prompted(Arc::new(symbol), Arc::new(prompt)))
}

/// Asks `provider` and waits for `limit` at most.
pub(super) async fn probe(
    provider: &dyn Provider,
    question: &CompletionRequest,
    limit: Duration,
) -> Probe {
    let started = Instant::now();
    match tokio::time::timeout(limit, provider.complete(question)).await {
        Err(_) => {
            Probe { is_good: false, message: format!("no answer within {} s", limit.as_secs_f64()) }
        }
        Ok(Err(error)) => Probe { is_good: false, message: error.to_string() },
        Ok(Ok(completion)) => {
            let structured = provider.capabilities().structured;
            judge(&completion, structured, started.elapsed())
        }
    }
}

/// Says how an answer is.
fn judge(completion: &Completion, structured: Structured, elapsed: Duration) -> Probe {
    let (object, is_bare) = match &completion.answer {
        Answer::Content(content) => (Some(content.clone()), true),
        Answer::Text(text) => match serde_json::from_str(text.trim()) {
            Ok(value) => (Some(value), true),
            Err(_) => (inner_object(text), false),
        },
    };
    let is_good = object.as_ref().and_then(|object| object.get("ok")) == Some(&Value::Bool(true));
    let tier = match structured {
        Structured::Schema => "JSON by schema",
        Structured::Object => "JSON objects",
        Structured::Prompted => "JSON by prompt",
        Structured::None => "JSON in prose",
    };
    let verdict = match (is_good, is_bare) {
        (true, true) => format!("{tier} works"),
        (true, false) => format!("{tier} works, with other text around it"),
        (false, _) => format!(
            "{tier} does not work: the answer is not {{\"ok\":true}}; try a lower `structured`, or \
             another model"
        ),
    };
    let model = completion.model.as_deref().unwrap_or("a model that is not named");
    let usage = completion.usage;
    Probe {
        is_good,
        message: format!(
            "answered in {} ms by {model}, {} + {} tokens; {verdict}",
            elapsed.as_millis(),
            usage.input,
            usage.output
        ),
    }
}

/// The object between the first and the last brace.
fn inner_object(text: &str) -> Option<Value> {
    let (start, end) = (text.find('{')?, text.rfind('}')?);
    serde_json::from_str(text.get(start..=end)?).ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;
    use futures_util::future::{BoxFuture, pending, ready};
    use serde_json::json;

    use super::{judge, probe, question};
    use crate::provider::{
        Answer, Capabilities, Completion, CompletionRequest, ErrorKind, Provider, ProviderError,
        ProviderId, Structured, Usage,
    };

    fn judged(answer: Answer, structured: Structured) -> (bool, String) {
        let usage = Usage { input: 41, cached_input: 0, output: 7 };
        let model = Some("m-1".to_owned());
        let completion = Completion { answer, usage, model, ..Completion::content(json!({})) };
        let probe = judge(&completion, structured, Duration::from_millis(812));
        (probe.is_good, probe.message)
    }

    #[test]
    fn an_answer_is_judged_by_its_shape() {
        let text = |text: &str| Answer::Text(text.to_owned());
        let (is_good, message) = judged(text(" {\"ok\": true}\n"), Structured::Schema);
        assert!(is_good);
        assert_eq!(message, "answered in 812 ms by m-1, 41 + 7 tokens; JSON by schema works");
        let (is_good, message) =
            judged(text("Sure!\n```json\n{\"ok\":true}\n```"), Structured::Prompted);
        assert!(is_good && message.ends_with("JSON by prompt works, with other text around it"));
        for bad in ["Sure!", "{\"ok\":false}", "}{", "[true]", "\"ok\"", ""] {
            let (is_good, message) = judged(text(bad), Structured::Object);
            assert!(!is_good && message.contains("JSON objects does not work"), "{bad}: {message}");
        }
        assert!(judged(Answer::Content(json!({"ok": true})), Structured::Schema).0);
    }

    /// Fails, or never answers.
    struct Failing(ProviderId, Capabilities, Option<ProviderError>);

    impl Provider for Failing {
        fn id(&self) -> &ProviderId {
            &self.0
        }

        fn capabilities(&self) -> &Capabilities {
            &self.1
        }

        fn complete<'a>(
            &'a self,
            request: &'a CompletionRequest,
        ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
            assert!(request.prompt.as_ref().unwrap().user.contains("{\"ok\":true}"));
            match &self.2 {
                Some(error) => ready(Err(error.clone())).boxed(),
                None => pending().boxed(),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_in_its_own_words_and_silence_after_a_while() {
        let failing =
            |error| Failing(ProviderId("x".into()), Capabilities::unknown("anthropic", "m"), error);
        let mut error = ProviderError::new(ErrorKind::Auth, "the key is not accepted");
        error.status = Some(401);
        let question = question().unwrap();
        let limit = Duration::from_secs(30);
        let told = probe(&failing(Some(error)), &question, limit).await;
        assert_eq!((told.is_good, &*told.message), (false, "the key is not accepted (HTTP 401)"));
        let silent = probe(&failing(None), &question, limit).await;
        assert_eq!((silent.is_good, &*silent.message), (false, "no answer within 30 s"));
    }
}
