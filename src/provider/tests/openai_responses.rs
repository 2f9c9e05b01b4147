//! Responses: what is sent, and what comes back.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::{Dialect, ErrorKind, Settings, Structured, Usage};
use super::{Reply, answer, ask, question, remote, repair, sent, words};

fn settings() -> Settings {
    Settings { effort: Some("none".to_owned()), ..super::settings(Dialect::OpenAiResponses) }
}

#[test]
fn the_question_as_it_is_sent() {
    let sent = sent(settings(), &question());
    assert_eq!(sent.url, "https://api.example/v1/responses");
    assert_eq!(sent.secret.as_deref(), Some("authorization"));
    assert_snapshot!(format!("{:#}", sent.body), @r#"
    {
      "model": "a-model",
      "instructions": "You write docstrings.",
      "text": {
        "format": {
          "type": "json_schema",
          "name": "docstring",
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
          },
          "strict": true
        }
      },
      "input": [
        {
          "role": "user",
          "content": "The file.\n\ndef load(path): ..."
        }
      ],
      "max_output_tokens": 700,
      "store": false,
      "reasoning": {
        "effort": "none"
      },
      "stream": true
    }
    "#);
}

#[test]
fn a_repair_turn_is_three_items() {
    let sent = sent(settings(), &repair());
    let roles = sent.body["input"].as_array().unwrap().iter().map(|item| item["role"].clone());
    assert_eq!(roles.collect::<Vec<_>>(), ["user", "assistant", "user"]);
    assert_eq!(sent.body["instructions"], "You write docstrings.");
}

#[test]
fn tiers_of_structure() {
    for (tier, format) in [
        (Structured::Schema, json!("json_schema")),
        (Structured::Object, json!("json_object")),
        (Structured::Prompted, Value::Null),
    ] {
        let mut settings = settings();
        settings.capabilities.structured = tier;
        let body = sent(settings, &question()).body;
        assert_eq!(body.pointer("/text/format/type").unwrap_or(&Value::Null), &format);
        let question = body["input"][0]["content"].as_str().unwrap();
        assert_eq!(question.contains("Its JSON Schema:"), tier < Structured::Schema);
    }
}

#[test]
fn answers_are_read_whole_and_in_pieces() {
    for name in ["stream-openai", "whole-openai"] {
        let reply = Reply::recorded(&format!("openai-responses/{name}.http"));
        let completion = answer(settings(), reply).unwrap();
        assert_eq!(completion.usage, Usage { input: 1311, cached_input: 1152, output: 91 });
        assert_eq!(completion.model.as_deref(), Some("gpt-6-luna-2026-09-30"));
        assert_eq!(words(Ok(completion)), r#"{"summary":"Load a naïve café 🦀 file."}"#);
    }
    let whole = words(answer(settings(), Reply::recorded("openai-responses/whole-llamacpp.http")));
    let pieces = answer(settings(), Reply::recorded("openai-responses/stream-llamacpp.http"));
    assert_eq!(whole, words(pieces));
}

fn message(phase: &str, text: &str) -> Value {
    json!({"type": "message", "role": "assistant", "phase": phase, "content": [{"type": "output_text", "text": text}]})
}

#[test]
fn what_is_said_before_the_answer_is_left_out() {
    let output = [message("commentary", "Let me look."), message("final_answer", "{}")];
    let body = json!({"status": "completed", "output": output});
    assert_eq!(words(answer(settings(), Reply::json(200, &body))), "{}");
    let stream = Reply::events(&[
        json!({"type": "response.output_text.delta", "delta": "Let me look."}),
        json!({"type": "response.output_text.delta", "delta": "{}"}),
        json!({"type": "response.completed", "response": body}),
    ]);
    assert_eq!(words(answer(settings(), stream)), "{}");
}

/// The same ending as a whole body and as the last event of a stream.
fn check(kind: &str, response: &Value, expected: ErrorKind, code: Option<&str>) {
    let event = json!({"type": format!("response.{kind}"), "response": response});
    let delta = json!({"type": "response.output_text.delta", "delta": "{"});
    for reply in [Reply::json(200, response), Reply::events(&[delta, event])] {
        let error = answer(settings(), reply).unwrap_err();
        assert_eq!(error.kind, expected, "{error}");
        assert_eq!(error.usage.output, 9, "{error}");
        if code.is_some() {
            assert_eq!(error.code.as_deref(), code);
        }
    }
}

#[test]
fn endings_other_than_a_good_one() {
    let usage = json!({"input_tokens": 5, "output_tokens": 9});
    let incomplete = |reason: &str| json!({"status": "incomplete", "incomplete_details": {"reason": reason}, "output": [message("final_answer", "{")], "usage": usage});
    check("incomplete", &incomplete("max_output_tokens"), ErrorKind::Truncated, None);
    check("incomplete", &incomplete("content_filter"), ErrorKind::Refused, Some("content_filter"));
    let refusal =
        json!([{"type": "message", "content": [{"type": "refusal", "refusal": "I can't."}]}]);
    let refused = json!({"status": "completed", "output": refusal, "usage": usage});
    check("completed", &refused, ErrorKind::Refused, Some("refusal"));
    let failed = json!({"status": "failed", "error": {"code": "server_error", "message": "The model broke."}, "output": [], "usage": usage});
    check("failed", &failed, ErrorKind::Overloaded, None);
    let unnamed = json!({"status": "failed", "error": null, "output": [], "usage": usage});
    check("failed", &unnamed, ErrorKind::Overloaded, None);
    let limited = json!({"status": "failed", "error": {"code": "rate_limit_exceeded", "message": "Please try again in 2s."}, "output": [], "usage": usage});
    check("failed", &limited, ErrorKind::RateLimited, None);
}

#[test]
fn a_refusal_in_pieces() {
    let refusal = json!({"type": "response.refusal.delta", "delta": "I"});
    let end =
        json!({"type": "response.completed", "response": {"status": "completed", "output": []}});
    let error = answer(settings(), Reply::events(&[refusal, end])).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Refused);
}

#[test]
fn an_error_event_is_an_error() {
    for event in [
        json!({"type": "error", "code": "server_error", "message": "Sorry.", "param": null, "sequence_number": 3}),
        json!({"type": "error", "error": {"type": "server_error", "code": "server_error", "message": "Sorry."}}),
        json!({"error": {"type": "server_error", "code": 500, "message": "Sorry."}}),
    ] {
        let error = answer(settings(), Reply::events(std::slice::from_ref(&event))).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Overloaded, "{event}: {error}");
    }
}

#[test]
fn effort_that_is_refused_is_left_out() {
    let body = json!({"error": {"message": "Unsupported parameter: 'reasoning.effort' is not supported with this model.", "type": "invalid_request_error", "param": "reasoning.effort", "code": "unsupported_parameter"}});
    let good = Reply::recorded("openai-responses/stream-openai.http");
    let (remote, scripted) = remote(settings(), [Ok(Reply::json(400, &body)), Ok(good)]);
    words(ask(&remote, &question()));
    let sent = scripted.take();
    assert_eq!(sent[0].body["reasoning"], json!({"effort": "none"}));
    assert_eq!(sent[1].body.get("reasoning"), None);
    assert_eq!(sent[1].body["store"], false);
}
