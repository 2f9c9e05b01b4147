//! What a listener of the spans sees.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use super::*;
use crate::provider::{ProviderError, Usage};

type Fields = BTreeMap<String, String>;

/// The name of a span, its parent's, and its fields.
type Seen = (String, Option<String>, Fields);

/// Every span.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<BTreeMap<u64, Seen>>>);

struct Collect<'a>(&'a mut Fields);

impl Visit for Collect<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Captured {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Collect(&mut fields));
        let span = context.span(id).unwrap();
        let parent = span.parent().map(|parent| parent.name().to_owned());
        self.0.lock().unwrap().insert(id.into_u64(), (span.name().to_owned(), parent, fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        values.record(&mut Collect(&mut spans.get_mut(&id.into_u64()).unwrap().2));
    }
}

fn attempt_of(ending: Ending) -> Attempt {
    Attempt {
        provider: ProviderId("groq".into()),
        ending,
        started: Duration::ZERO,
        elapsed: Duration::from_secs(1),
        usage: Usage { input: 900, cached_input: 600, output: 80 },
        cost_usd: 0.5,
        is_hedge: true,
        is_repair: false,
    }
}

/// The spans of one question with one call.
fn spans(dialect: &'static str, ending: Ending) -> (Fields, Fields) {
    // Without a listener for all threads, another test's thread that makes such a span
    // first would have it noted that nobody listens.
    static EVERYWHERE: Once = Once::new();
    EVERYWHERE.call_once(|| {
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    });
    let captured = Captured::default();
    let subscriber = tracing_subscriber::registry().with(captured.clone());
    tracing::subscriber::with_default(subscriber, || {
        let id = ProviderId("groq".into());
        let parent = request("google", Some(&id));
        let _entered = parent.enter();
        let span = attempt(&Capabilities::unknown(dialect, "m-1"), &id);
        finish(&span, &attempt_of(ending));
    });
    let spans = captured.0.lock().unwrap().clone();
    let of = |wanted: &str| spans.values().find(|(name, ..)| name == wanted).unwrap().clone();
    assert_eq!(of("chat").1.as_deref(), Some("generate_docstring"));
    (of("generate_docstring").2, of("chat").2)
}

fn lines(fields: &Fields) -> String {
    let lines: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    lines.join("\n")
}

#[test]
fn a_success_has_its_usage_and_no_error() {
    let (parent, call) = spans("openai-chat", Ending::Success);
    insta::assert_snapshot!(lines(&parent), @r"
    docstring_ls.provider = groq
    docstring_ls.style = google
    otel.kind = internal
    ");
    insta::assert_snapshot!(lines(&call), @r#"
    docstring_ls.cost_usd = 0.5
    docstring_ls.hedge = true
    docstring_ls.provider = groq
    docstring_ls.repair = false
    gen_ai.operation.name = chat
    gen_ai.output.type = json
    gen_ai.provider.name = groq
    gen_ai.request.model = m-1
    gen_ai.response.finish_reasons = ["stop"]
    gen_ai.usage.cache_read.input_tokens = 600
    gen_ai.usage.input_tokens = 900
    gen_ai.usage.output_tokens = 80
    otel.kind = client
    otel.name = chat m-1
    "#);
}

#[test]
fn a_failure_has_its_class() {
    let failed = |kind| Ending::Failed(ProviderError::new(kind, "what the provider said"));
    let (_, call) = spans("anthropic", failed(ErrorKind::Truncated));
    assert_eq!(call[ERROR_TYPE], "truncated");
    assert_eq!(call[FINISH_REASONS], "[\"length\"]");
    assert_eq!(call["otel.status_code"], "ERROR");
    assert_eq!(call[PROVIDER_NAME], "anthropic");
    assert!(!lines(&call).contains("said"));
    let (_, call) = spans("gemini", failed(ErrorKind::Overloaded));
    assert_eq!((call[ERROR_TYPE].as_str(), call.get(FINISH_REASONS)), ("overloaded", None));
    assert_eq!(call[PROVIDER_NAME], "gcp.gemini");
}

#[test]
fn a_loser_is_no_error() {
    let (_, call) = spans("ollama", Ending::Cancelled);
    assert_eq!(call[ERROR_TYPE], "cancelled");
    assert_eq!(call.get("otel.status_code"), None);
    assert_eq!(call[PROVIDER_NAME], "ollama");
}
