//! Spans that reach a collector, and what happens when there is none.
#![cfg(feature = "otlp")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;
mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::json;

use common::{Client, SAMPLE, URI, rich};
use support::{Project, Run};

const USER_FILE: &str = "../.config/docstring-ls/config.toml";
const KEY: &str = "0123456789abcdef";
const PYTHON: &str = "def load(zanzibar, size=1):\n    return open(zanzibar, size)\n";

/// What came: the head and the body.
type Came = (String, Vec<u8>);

/// Answers every request on a loopback port with `status` and `body`.
fn server(status: &'static str, body: String) -> (u16, Receiver<Came>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, came) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
            });
            let mut bytes = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut bytes).unwrap();
            // Before the answer: who asked may end as soon as it has that.
            if sender.send((head, bytes)).is_err() {
                break;
            }
            let length = body.len();
            let _ = write!(
                reader.get_mut(),
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
            );
        }
    });
    (port, came)
}

fn collector() -> (u16, Receiver<Came>) {
    server("200 OK", String::new())
}

/// A server for chat completions whose docstring is about quokkas.
fn chat(params: &[&str]) -> (u16, Receiver<Came>) {
    let params: Vec<_> =
        params.iter().map(|name| json!({"name": name, "description": "The quokka."})).collect();
    let content = json!({
        "summary": "Feed the quokka.", "description": null, "params": params,
        "returns": {"description": "The quokka."}, "yields": null, "raises": [], "attributes": [],
        "errors": null, "panics": null, "safety": null, "examples": [], "notes": null,
        "warnings": null, "deprecated": null,
    });
    let answer = json!({
        "model": "tiny-1",
        "choices": [{"index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": content.to_string()}}],
        "usage": {"prompt_tokens": 31, "completion_tokens": 5},
    });
    server("200 OK", answer.to_string())
}

fn telemetry(port: u16) -> String {
    format!("telemetry.otlp-endpoint = \"http://127.0.0.1:{port}\"\n")
}

fn provider(port: u16) -> String {
    format!(
        "provider = \"tiny\"\nfallback = \"none\"\n[providers.tiny]\ndialect = \"openai-chat\"\n\
         model = \"tiny\"\nbase-url = \"http://127.0.0.1:{port}/v1\"\napi-key-env = \"K\"\n\
         structured = \"object\"\n"
    )
}

/// Documents the function, with variables that other exporters obey.
fn generate(project: &Project, variables: &[(&str, &str)]) -> (i32, String, String) {
    let mut command = project.command(&["generate", "--kind", "function", "--yes", "--write"]);
    let output = command.env("K", KEY).envs(variables.iter().copied()).output().unwrap();
    let [out, errors] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    (output.status.code().unwrap(), out, errors)
}

fn attributes(list: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |pair: &KeyValue| match pair.value.clone().and_then(|value| value.value) {
        Some(any_value::Value::StringValue(text)) => text,
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        Some(any_value::Value::DoubleValue(number)) => number.to_string(),
        Some(any_value::Value::BoolValue(flag)) => flag.to_string(),
        other => panic!("{other:?}"),
    };
    list.iter().map(|pair| (pair.key.clone(), text(pair))).collect()
}

/// Everything that came to a collector, and the attributes of who sent it.
fn spans(came: &[Came]) -> (Vec<Span>, BTreeMap<String, String>) {
    let (mut spans, mut sender) = (Vec::new(), BTreeMap::new());
    for (head, body) in came {
        assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf\r\n"), "{head}");
        for batch in ExportTraceServiceRequest::decode(body.as_slice()).unwrap().resource_spans {
            sender = attributes(&batch.resource.unwrap().attributes);
            spans.extend(batch.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    (spans, sender)
}

/// The attributes without the output limit, which depends on the prompt.
fn listing(span: &Span) -> String {
    let lines: Vec<_> = attributes(&span.attributes)
        .into_iter()
        .filter(|(name, _)| name != "gen_ai.request.max_tokens")
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    lines.join("\n")
}

#[test]
fn a_collector_gets_the_spans_and_no_word_of_the_question() {
    let (collector, came) = collector();
    let (ambient, elsewhere) = self::collector();
    let (chat, questions) = chat(&["zanzibar", "size"]);
    let project = Project::new(&[("a.py", PYTHON)]);
    project.write(USER_FILE, telemetry(collector) + &provider(chat));
    let ambient = format!("http://127.0.0.1:{ambient}");
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", ambient.as_str()),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ambient.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization=ambient-secret"),
        ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other,who=me"),
        ("OTEL_SERVICE_NAME", "other"),
        ("OTEL_TRACES_SAMPLER", "always_off"),
        ("OTEL_SDK_DISABLED", "true"),
    ];
    let (code, _, errors) = generate(&project, &variables);
    assert_eq!(code, 0, "{errors}");
    assert!(!errors.contains("warning"), "{errors}");
    assert!(project.read("a.py").contains("Feed the quokka."), "{}", project.read("a.py"));
    assert_eq!(elsewhere.try_iter().count(), 0);
    let questions: Vec<_> = questions.try_iter().collect();
    assert_eq!(questions.len(), 1);
    assert!(questions[0].0.contains(KEY), "{}", questions[0].0);
    assert!(String::from_utf8_lossy(&questions[0].1).contains("zanzibar"));

    let all: Vec<Came> = came.try_iter().collect();
    let home = project.home().display().to_string();
    for (head, body) in &all {
        let bytes = head.clone() + &String::from_utf8_lossy(body);
        for secret in [KEY, "zanzibar", "quokka", "ambient", "load", "src/", home.as_str()] {
            assert!(!bytes.contains(secret), "{secret} is in {bytes}");
        }
    }
    let (spans, sender) = spans(&all);
    let sender: Vec<_> = sender.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let version = concat!("service.version=", env!("CARGO_PKG_VERSION"));
    assert_eq!(sender, ["service.name=docstring-ls", version]);

    assert_eq!(spans.len(), 2, "{spans:?}");
    let of = |name: &str| spans.iter().find(|span| span.name == name).unwrap();
    let (question, call) = (of("generate_docstring"), of("chat tiny"));
    assert_eq!(call.parent_span_id, question.span_id);
    assert_eq!(call.trace_id, question.trace_id);
    assert!(question.parent_span_id.is_empty());
    assert_eq!((question.kind, call.kind), (1, 3), "internal, client");
    assert!(question.start_time_unix_nano <= call.start_time_unix_nano);
    assert!(call.end_time_unix_nano <= question.end_time_unix_nano);
    assert!(question.events.is_empty() && call.events.is_empty());
    let limit = attributes(&call.attributes)["gen_ai.request.max_tokens"].parse::<u32>();
    assert!(limit.is_ok_and(|limit| limit > 0));
    insta::assert_snapshot!(listing(question), @r"
    docstring_ls.provider = tiny
    docstring_ls.style = google
    ");
    insta::assert_snapshot!(listing(call), @r#"
    docstring_ls.cost_usd = 0
    docstring_ls.hedge = false
    docstring_ls.provider = tiny
    docstring_ls.repair = false
    gen_ai.operation.name = chat
    gen_ai.output.type = json
    gen_ai.provider.name = openai
    gen_ai.request.model = tiny
    gen_ai.response.finish_reasons = ["stop"]
    gen_ai.response.model = tiny-1
    gen_ai.usage.cache_read.input_tokens = 0
    gen_ai.usage.input_tokens = 31
    gen_ai.usage.output_tokens = 5
    "#);
}

#[test]
fn a_failed_call_is_an_error_with_its_class_and_no_text_of_the_provider() {
    let (collector, came) = collector();
    let (chat, _questions) = server("401 Unauthorized", "{\"error\": \"quokka\"}".to_owned());
    let project = Project::new(&[("a.py", PYTHON)]);
    project.write(USER_FILE, telemetry(collector) + &provider(chat));
    generate(&project, &[]);
    let (spans, _) = spans(&came.try_iter().collect::<Vec<_>>());
    let call = spans.iter().find(|span| span.name == "chat tiny").unwrap();
    assert_eq!(call.status.clone().unwrap().code, 2);
    assert_eq!(attributes(&call.attributes)["error.type"], "auth");
    assert!(!format!("{spans:?}").contains("quokka"));
}

#[test]
fn the_variables_of_others_enable_nothing() {
    let (collector, came) = collector();
    let project = Project::new(&[("a.py", PYTHON)]);
    let address = format!("http://127.0.0.1:{collector}");
    let (code, ..) = generate(&project, &[("OTEL_EXPORTER_OTLP_ENDPOINT", address.as_str())]);
    assert_eq!((code, came.try_iter().count()), (0, 0));
    let project = Project::new(&[("a.py", PYTHON)]);
    let ours = [("DOCSTRING_LS_TELEMETRY_OTLP_ENDPOINT", address.as_str())];
    assert_eq!(generate(&project, &ours).0, 0);
    assert_eq!(
        spans(&came.try_iter().collect::<Vec<_>>()).0.len(),
        1,
        "the embedded provider makes no calls"
    );
}

#[test]
fn a_collector_that_is_not_there_costs_one_warning() {
    let run = |functions: usize, settings: &str| -> (Run, Duration) {
        let function = |n| format!("def load_{n}(path):\n    return open(path)\n\n\n");
        let code: String = (0..functions).map(function).collect();
        let project = Project::new(&[("a.py", &code)]);
        project.write(USER_FILE, settings);
        let began = Instant::now();
        (project.run(&["generate"]), began.elapsed())
    };
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (full, _came) = server("503 Service Unavailable", "later".to_owned());
    // Many are more than one batch.
    for (port, functions, reason) in [
        (closed, 1_100, "no connection could be made"),
        (full, 1_100, "the collector answered with status 503"),
        (silent.local_addr().unwrap().port(), 3, "the collector took too long"),
    ] {
        let (usual, _) = run(functions, "");
        assert!(usual.out().contains("+    \"\"\""));
        let (run, took) = run(functions, &telemetry(port));
        assert_eq!((run.code, run.stdout == usual.stdout), (usual.code, true), "{}", run.stderr);
        let (warnings, rest): (Vec<_>, Vec<_>) =
            run.stderr.lines().partition(|line| line.starts_with("warning: "));
        let expected =
            format!("warning: spans could not be sent to `telemetry.otlp-endpoint`: {reason}");
        assert_eq!(warnings, [expected]);
        assert_eq!(rest.join("\n"), usual.stderr);
        // A batch may take five seconds, the end may not.
        assert!(functions > 3 || took < Duration::from_secs(4), "it took {took:?}");
    }
}

#[test]
fn an_editor_may_name_the_collector() {
    let (first, came) = collector();
    let (second, later) = collector();
    let settings = |port: u16| json!({"docstring-ls": {"telemetry": {"otlpEndpoint": format!("http://127.0.0.1:{port}")}}});
    let (mut client, _) = Client::start_with(json!({
        "processId": null, "rootUri": null, "capabilities": rich(),
        "initializationOptions": settings(first),
    }));
    client.did_open(URI, "python", SAMPLE);
    client.hover(0, 5);
    client.notify("workspace/didChangeConfiguration", json!({"settings": settings(second)}));
    client.hover(0, 5);
    assert_eq!(client.finish(), "");
    let arrived = came.recv_timeout(common::LIMIT).unwrap();
    assert!(String::from_utf8_lossy(&arrived.1).contains("generate_docstring"));
    let (spans, _) = spans(&later.try_iter().collect::<Vec<_>>());
    assert!(!spans.is_empty());
    assert!(spans.iter().all(|span| span.name == "generate_docstring"), "{spans:?}");
}
