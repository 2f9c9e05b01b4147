//! Messages: what is sent, and what comes back.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::{Capabilities, Dialect, ErrorKind, Limits, Settings, Structured, Usage};
use super::{Reply, answer, ask, question, remote, repair, sent, unstreamed, words};

fn settings() -> Settings {
    super::settings(Dialect::Anthropic)
}

/// Settings with another model.
fn model(name: &str, effort: Option<&str>) -> Settings {
    let settings = settings();
    let capabilities = Capabilities { model: name.into(), ..settings.capabilities };
    Settings { capabilities, effort: effort.map(str::to_owned), ..settings }
}

fn good() -> Reply {
    Reply::recorded("anthropic/stream-claude.http")
}

#[test]
fn the_question_as_it_is_sent() {
    let mut settings = model("claude-haiku-5-5", None);
    settings.base_url = "https://api.anthropic.com".to_owned();
    let sent = sent(settings, &question());
    assert_eq!(sent.url, "https://api.anthropic.com/v1/messages");
    assert_eq!(sent.secret.as_deref(), Some("x-api-key"));
    assert!(sent.headers.contains(&("anthropic-version".to_owned(), "2026-10-21".to_owned())));
    assert_snapshot!(format!("{:#}", sent.body), @r#"
    {
      "model": "claude-haiku-5-5",
      "max_tokens": 700,
      "thinking": {
        "type": "disabled"
      },
      "output_config": {
        "effort": "low",
        "format": {
          "type": "json_schema",
          "schema": {
            "type": "object",
            "properties": {
              "summary": {
                "type": "string"
              }
            },
            "required": [
              "summary"
            ],
            "additionalProperties": false
          }
        }
      },
      "system": [
        {
          "type": "text",
          "text": "You write docstrings."
        }
      ],
      "messages": [
        {
          "role": "user",
          "content": [
            {
              "type": "text",
              "text": "The file."
            },
            {
              "type": "text",
              "text": "def load(path): ..."
            }
          ]
        }
      ],
      "stream": true
    }
    "#);
}

#[test]
fn the_address_may_name_the_version() {
    assert_eq!(sent(settings(), &question()).url, "https://api.example/v1/messages");
}

#[test]
fn a_repair_turn_is_three_messages_and_ends_with_the_users() {
    let body = sent(settings(), &repair()).body;
    let roles = body["messages"].as_array().unwrap().iter().map(|message| &message["role"]);
    assert_eq!(roles.collect::<Vec<_>>(), ["user", "assistant", "user"]);
    assert_eq!(body["messages"][1]["content"], r#"{"summary":""}"#);
    let problems = body["messages"][2]["content"].as_str().unwrap();
    assert!(problems.contains("`/params` is missing"), "{problems}");
}

#[test]
fn nothing_is_sent_that_current_models_refuse() {
    for request in [question(), repair()] {
        for name in ["claude-haiku-5-5", "claude-opus-5-5", "claude-haiku-4-5", "other"] {
            let body = sent(model(name, Some("max")), &request).body;
            for key in ["temperature", "top_p", "top_k", "tools", "tool_choice"] {
                assert_eq!(body.get(key), None, "{name}");
            }
        }
    }
}

#[test]
fn effort_is_what_the_model_takes() {
    for (name, wanted, effort, thinking) in [
        ("claude-haiku-5-5", None, json!("low"), json!("disabled")),
        ("claude-haiku-5-5", Some("medium"), json!("medium"), Value::Null),
        ("claude-sonnet-5-5", Some("none"), json!("low"), json!("between_tools")),
        ("claude-opus-5-5", Some("none"), json!("low"), Value::Null),
        ("claude-opus-4-5", Some("max"), json!("high"), Value::Null),
        ("claude-haiku-4-5", Some("high"), Value::Null, Value::Null),
        ("other", None, Value::Null, Value::Null),
        ("other", Some("off"), json!("low"), json!("disabled")),
        ("other", Some("high"), json!("high"), Value::Null),
    ] {
        let body = sent(model(name, wanted), &question()).body;
        let at = |pointer: &str| body.pointer(pointer).cloned().unwrap_or_default();
        let found = (at("/output_config/effort"), at("/thinking/type"));
        assert_eq!(found, (effort, thinking), "{name} {wanted:?}");
    }
}

#[test]
fn without_schemas_the_form_is_told_in_words() {
    for tier in [Structured::Object, Structured::Prompted, Structured::None] {
        let mut settings = settings();
        settings.capabilities.structured = tier;
        let body = sent(settings, &question()).body;
        assert_eq!(body.get("output_config"), None);
        let question = body["messages"][0]["content"][1]["text"].as_str().unwrap();
        assert_eq!(question.contains("Its JSON Schema:"), tier != Structured::None, "{tier:?}");
    }
}

#[test]
fn what_is_sent_again_is_kept_in_the_cache() {
    let (remote, scripted) = remote(settings(), (0..4).map(|_| Ok(good())));
    for _ in 0..4 {
        words(ask(&remote, &question()));
    }
    let kept: Vec<(bool, bool)> = scripted
        .take()
        .iter()
        .map(|sent| {
            let is_kept = |pointer: &str| sent.body.pointer(pointer).is_some();
            (is_kept("/system/0/cache_control"), is_kept("/messages/0/content/0/cache_control"))
        })
        .collect();
    assert_eq!(kept, [(false, false), (true, false), (true, true), (true, true)]);
}

#[test]
fn answers_are_read_whole_and_in_pieces() {
    for name in ["stream-claude", "whole-claude"] {
        let completion = answer(settings(), Reply::recorded(&format!("anthropic/{name}.http")));
        let completion = completion.unwrap();
        assert_eq!(completion.usage, Usage { input: 1311, cached_input: 1239, output: 91 });
        assert_eq!(completion.model.as_deref(), Some("claude-haiku-5-5"));
        let tokens = completion.limits.input_tokens.unwrap();
        assert_eq!((tokens.limit, tokens.remaining), (50_000, 48_000));
        assert_ne!(completion.limits, Limits::default());
        assert_eq!(words(Ok(completion)), r#"{"summary":"Load a naïve café 🦀 file."}"#);
    }
    let whole = answer(settings(), Reply::recorded("anthropic/whole-llamacpp.http")).unwrap();
    assert_eq!(whole.usage, Usage { input: 76, cached_input: 37, output: 13 });
    let pieces = answer(settings(), Reply::recorded("anthropic/stream-llamacpp.http"));
    assert_eq!(words(Ok(whole)), words(pieces));
}

fn message(content: &Value, reason: &str, details: &Value) -> Reply {
    let body = json!({
        "type": "message", "role": "assistant", "model": "m", "content": content,
        "stop_reason": reason, "stop_details": details,
        "usage": {"input_tokens": 5, "output_tokens": 9},
    });
    Reply::json(200, &body)
}

/// The same as a whole body and as a stream.
fn check(reason: &str, details: &Value, expected: ErrorKind, code: Option<&str>) {
    let text = json!([{"type": "text", "text": "{\"summ"}]);
    let stream = Reply::events(&[
        json!({"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "{\"summ"}}),
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_details": details}, "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop"}),
    ]);
    for reply in [message(&text, reason, details), stream] {
        let error = answer(settings(), reply).unwrap_err();
        assert_eq!((error.kind, error.code.as_deref()), (expected, code), "{reason}");
        assert_eq!(error.usage, Usage { input: 5, cached_input: 0, output: 9 }, "{reason}");
    }
}

#[test]
fn endings_other_than_a_good_one() {
    check("max_tokens", &Value::Null, ErrorKind::Truncated, None);
    check("pause_turn", &Value::Null, ErrorKind::Truncated, None);
    check("model_context_window_exceeded", &Value::Null, ErrorKind::ContextOverflow, None);
    check("refusal", &Value::Null, ErrorKind::Refused, Some("refusal"));
    check("refusal", &json!({"category": "cyber"}), ErrorKind::Refused, Some("cyber"));
    check("refusal", &json!({"category": "def load(x)"}), ErrorKind::Refused, None);
}

#[test]
fn an_answer_without_words_is_invalid() {
    for content in [json!([]), json!([{"type": "tool_use", "input": {"summary": "x"}}])] {
        let error = answer(settings(), message(&content, "end_turn", &Value::Null)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{content}");
    }
}

#[test]
fn an_error_in_the_middle_of_a_stream_is_an_error() {
    let begin = json!({"type": "message_start", "message": {"usage": {"input_tokens": 5, "output_tokens": 1}}});
    for (event, kind) in [
        (
            json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            ErrorKind::Overloaded,
        ),
        (
            json!({"type": "error", "error": {"type": "rate_limit_error", "message": "x"}}),
            ErrorKind::RateLimited,
        ),
        (json!({"error": {"type": "api_error", "message": "x"}}), ErrorKind::Overloaded),
    ] {
        let error = answer(settings(), Reply::events(&[begin.clone(), event])).unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(error.usage.input, 5);
    }
    let body = json!({"type": "error", "error": {"type": "overloaded_error", "message": "x"}});
    let error = answer(unstreamed(Dialect::Anthropic), Reply::json(200, &body)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Overloaded);
}

/// What is left out after a failure with this message: the body and the version.
fn healed(settings: Settings, message: &str) -> (Value, String) {
    let body =
        json!({"type": "error", "error": {"type": "invalid_request_error", "message": message}});
    let (remote, scripted) = remote(settings, [Ok(Reply::json(400, &body)), Ok(good())]);
    words(ask(&remote, &question()));
    let sent = scripted.take().pop().expect("a second call");
    let version = sent.headers.into_iter().find(|(name, _)| name == "anthropic-version");
    (sent.body, version.expect("a version").1)
}

#[test]
fn what_a_server_refuses_is_left_out() {
    let claude = || model("claude-haiku-5-5", None);
    let (body, version) = healed(claude(), "This model does not support the effort parameter.");
    assert_eq!(body.pointer("/output_config/effort"), None);
    assert!(body.pointer("/output_config/format").is_some());
    assert_eq!(version, "2026-10-21");

    let (body, _) = healed(claude(), "\"thinking.type.disabled\" is not supported for this model.");
    assert_eq!(body.get("thinking"), None);
    assert_eq!(body["output_config"]["effort"], "low");

    for message in [
        "output_config.format: Extra inputs are not permitted",
        "output_config: Extra inputs are not permitted",
        "The compiled grammar is too large, which would cause performance issues.",
    ] {
        let (body, _) = healed(settings(), message);
        assert_eq!(body.get("output_config"), None, "{message}");
        let question = body["messages"][0]["content"][1]["text"].as_str().unwrap();
        assert!(question.contains("Its JSON Schema:"), "{message}");
    }

    let (_, version) = healed(settings(), "anthropic-version: 2026-10-21 is not a valid version");
    assert_eq!(version, "2023-06-01");
}
