//! Chat Completions: what is sent to whom, and what comes back.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::{Auth, Dialect, ErrorKind, Quirks, Settings, Structured, Usage};
use super::{Reply, answer, ask, question, remote, repair, sent, unstreamed, words};

fn settings() -> Settings {
    super::settings(Dialect::OpenAiChat)
}

fn body(settings: Settings) -> Value {
    sent(settings, &question()).body
}

fn check_body(settings: Settings, expected: &[(&str, Value)]) {
    let body = body(settings);
    for (pointer, value) in expected {
        assert_eq!(body.pointer(pointer).unwrap_or(&Value::Null), value, "{pointer}: {body:#}");
    }
}

#[test]
fn the_question_as_openai_gets_it() {
    let mut settings = settings();
    settings.effort = Some("none".to_owned());
    let sent = sent(settings, &question());
    assert_eq!(sent.url, "https://api.example/v1/chat/completions");
    assert_eq!(sent.secret.as_deref(), Some("authorization"));
    assert_eq!(sent.headers, [("content-type".to_owned(), "application/json".to_owned())]);
    assert_snapshot!(format!("{:#}", sent.body), @r#"
    {
      "model": "a-model",
      "response_format": {
        "type": "json_schema",
        "json_schema": {
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
      "messages": [
        {
          "role": "developer",
          "content": "You write docstrings."
        },
        {
          "role": "user",
          "content": "The file.\n\ndef load(path): ..."
        }
      ],
      "max_completion_tokens": 700,
      "store": false,
      "stream": true,
      "stream_options": {
        "include_usage": true
      },
      "reasoning_effort": "none"
    }
    "#);
}

#[test]
fn each_quirk_changes_what_it_says() {
    let with = |quirks| Settings { quirks, ..settings() };
    let none = Quirks::default;
    let null = Value::Null;
    check_body(
        with(Quirks { max_tokens: true, ..none() }),
        &[("/max_tokens", json!(700)), ("/max_completion_tokens", null.clone())],
    );
    check_body(
        with(Quirks { system_role: true, ..none() }),
        &[("/messages/0/role", json!("system"))],
    );
    check_body(with(Quirks { no_store: true, ..none() }), &[("/store", null.clone())]);
    check_body(
        with(Quirks { no_stream_options: true, ..none() }),
        &[("/stream_options", null), ("/stream", json!(true))],
    );
    check_body(
        with(Quirks { require_parameters: true, ..none() }),
        &[("/provider/require_parameters", json!(true))],
    );
    let body = body(with(Quirks { schema_in_prompt: true, ..none() }));
    assert_eq!(body["response_format"]["type"], "json_schema");
    assert!(body["messages"][1]["content"].as_str().unwrap().contains("\"additionalProperties\""));
}

#[test]
fn the_model_is_held_to_json_as_firmly_as_it_can_be() {
    for (tier, format, is_told) in [
        (Structured::Schema, json!("json_schema"), false),
        (Structured::Object, json!("json_object"), true),
        (Structured::Prompted, Value::Null, true),
        (Structured::None, Value::Null, false),
    ] {
        let mut settings = settings();
        settings.capabilities.structured = tier;
        let body = body(settings);
        assert_eq!(body["response_format"]["type"], format, "{tier:?}");
        let question = body["messages"][1]["content"].as_str().unwrap();
        assert_eq!(question.contains("Its JSON Schema:"), is_told, "{tier:?}: {question}");
    }
}

#[test]
fn nothing_is_sent_that_models_refuse() {
    let body = body(settings());
    for name in ["temperature", "top_p", "top_k", "seed", "n", "stop", "reasoning_effort"] {
        assert_eq!(body.get(name), None, "{name}");
    }
    assert_eq!(self::body(unstreamed(Dialect::OpenAiChat)).get("stream"), None);
    assert_eq!(self::body(unstreamed(Dialect::OpenAiChat)).get("stream_options"), None);
}

#[test]
fn a_repair_turn_ends_with_what_is_wrong() {
    let sent = sent(settings(), &repair());
    let [_, question, answer, problems] = sent.body["messages"].as_array().unwrap().as_slice()
    else {
        panic!("{:#}", sent.body)
    };
    assert_eq!(question["content"], "The file.\n\ndef load(path): ...");
    assert_eq!(*answer, json!({ "role": "assistant", "content": "{\"summary\":\"\"}" }));
    assert_eq!(problems["role"], "user");
    assert_snapshot!(problems["content"].as_str().unwrap(), @r"
    The answer was not accepted:
    - `/summary` is empty
    - `/params` is missing
    Answer again with the corrected JSON object only.
    ");
}

#[test]
fn azure_takes_the_key_in_its_own_header() {
    let settings = Settings { auth: Some(Auth::Header("api-key")), ..settings() };
    assert_eq!(sent(settings, &question()).secret.as_deref(), Some("api-key"));
}

#[test]
fn answers_are_read_with_usage_model_and_limits() {
    for name in ["stream-openai.http", "whole-openai.http"] {
        let completion = answer(settings(), Reply::recorded(&format!("openai-chat/{name}")));
        let completion = completion.unwrap();
        assert_eq!(completion.usage, Usage { input: 1311, cached_input: 1152, output: 27 });
        assert_eq!(completion.model.as_deref(), Some("gpt-6-luna-2026-09-30"));
        assert_eq!(completion.limits.requests.map(|requests| requests.remaining), Some(499));
        assert_eq!(words(Ok(completion)), r#"{"summary":"Load a naïve café 🦀 file."}"#);
    }
}

#[test]
fn every_servers_way_of_counting_is_understood() {
    for (name, input, cached_input, output) in [
        ("stream-llamacpp", 67, 66, 22),
        ("whole-llamacpp", 67, 0, 22),
        ("stream-openrouter", 300, 0, 40),
        ("stream-azure", 300, 0, 9),
        ("stream-groq", 210, 0, 31),
        ("whole-mistral", 120, 0, 60),
        ("whole-deepseek", 1500, 1472, 50),
    ] {
        let completion = answer(settings(), Reply::recorded(&format!("openai-chat/{name}.http")));
        let completion = completion.unwrap();
        assert_eq!(completion.usage, Usage { input, cached_input, output }, "{name}");
        let words = words(Ok(completion));
        assert!(words.starts_with('{') && words.ends_with('}'), "{name}: {words}");
    }
    let usage = json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 115});
    let xai = json!({"choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}], "usage": usage});
    let completion = answer(settings(), Reply::json(200, &xai)).unwrap();
    assert_eq!(completion.usage.output, 105);
}

#[test]
fn a_key_is_not_sent_to_an_azure_header_that_says_nothing() {
    let completion = answer(settings(), Reply::recorded("openai-chat/stream-azure.http")).unwrap();
    assert_eq!(completion.limits.input_tokens, None);
}

fn check_ending(reply: Reply, kind: ErrorKind, code: Option<&str>) {
    let error = answer(settings(), reply).unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (kind, code), "{error}");
}

#[test]
fn an_answer_that_is_cut_off_keeps_its_price() {
    let error = answer(settings(), Reply::recorded("openai-chat/truncated-llamacpp.http"));
    let error = error.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Truncated);
    assert_eq!(error.usage, Usage { input: 36, cached_input: 1, output: 4 });
    assert_eq!(error.to_string(), "the answer was cut off at the output limit (700 tokens)");
    let chunk = json!({"choices": [{"delta": {"content": "{\"summ"}, "finish_reason": "length"}]});
    check_ending(Reply::events(&[chunk]), ErrorKind::Truncated, None);
    let full = json!({"choices": [{"delta": {}, "finish_reason": "model_length"}]});
    check_ending(Reply::events(&[full]), ErrorKind::ContextOverflow, None);
}

#[test]
fn a_refusal_is_not_an_answer() {
    let refusal = |delta: Value, finish: &str| {
        Reply::events(&[
            json!({"choices": [{"delta": delta, "finish_reason": null}]}),
            json!({"choices": [{"delta": {}, "finish_reason": finish}]}),
        ])
    };
    let words = json!({"refusal": "I can't help with that."});
    check_ending(refusal(words, "stop"), ErrorKind::Refused, Some("refusal"));
    let filtered = refusal(json!({"content": "{"}), "content_filter");
    check_ending(filtered, ErrorKind::Refused, Some("content_filter"));
    let whole = json!({"choices": [{"message": {"content": null, "refusal": "No."}, "finish_reason": "stop"}]});
    check_ending(Reply::json(200, &whole), ErrorKind::Refused, Some("refusal"));
}

#[test]
fn an_error_with_status_200_is_an_error() {
    let error = json!({"error": {"code": 429, "message": "Rate limit exceeded", "metadata": {"provider_name": "X"}}});
    let first = json!({"choices": [{"delta": {"content": "{"}, "finish_reason": null}]});
    for reply in [
        Reply::json(200, &error),
        Reply::events(std::slice::from_ref(&error)),
        Reply::events(&[first.clone(), error]),
    ] {
        let kind = answer(settings(), reply).unwrap_err().kind;
        assert!([ErrorKind::RateLimited, ErrorKind::Quota].contains(&kind), "{kind:?}");
    }
    let inner = json!({"choices": [{"delta": {}, "finish_reason": "error", "error": {"code": 502, "message": "Upstream"}}]});
    check_kind(Reply::events(&[first.clone(), inner]), ErrorKind::Overloaded);
    let bare = json!({"choices": [{"delta": {}, "finish_reason": "error"}]});
    check_kind(Reply::events(&[first, bare]), ErrorKind::Overloaded);
}

#[track_caller]
fn check_kind(reply: Reply, kind: ErrorKind) {
    let error = answer(settings(), reply).unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
}

#[test]
fn an_empty_answer_is_invalid() {
    let empty = json!({"choices": [{"delta": {"content": " \n"}, "finish_reason": "stop"}]});
    check_kind(Reply::events(&[empty]), ErrorKind::Invalid);
    let none = json!({"choices": [], "usage": null});
    check_kind(Reply::json(200, &none), ErrorKind::Invalid);
}

#[test]
fn thinking_aloud_is_left_out() {
    let thought = json!({"choices": [{"message": {"content": "<think>{\"summary\": 1}</think>\n\n{}"}, "finish_reason": "stop"}]});
    assert_eq!(words(answer(settings(), Reply::json(200, &thought))), "{}");
}

/// Asks twice; the first call is refused once, the second one must know.
fn check_healing(error: &Value, status: u16, check: impl Fn(&Value)) {
    let good = Reply::recorded("openai-chat/stream-openai.http");
    let mut settings = settings();
    settings.effort = Some("low".to_owned());
    let replies = [Ok(Reply::json(status, error)), Ok(good.clone()), Ok(good)];
    let (remote, scripted) = remote(settings, replies);
    words(ask(&remote, &question()));
    words(ask(&remote, &question()));
    let sent = scripted.take();
    assert_eq!(sent.len(), 3);
    assert!(sent[0].body.get("store").is_some());
    check(&sent[1].body);
    assert_eq!(sent[1].body, sent[2].body);
}

#[test]
fn a_parameter_that_is_refused_is_left_out_from_then_on() {
    let unsupported = |param: &str, message: &str| json!({"error": {"message": message, "type": "invalid_request_error", "param": param, "code": "unsupported_parameter"}});
    check_healing(&unsupported("store", "Unknown parameter: 'store'."), 400, |body| {
        assert_eq!(body.get("store"), None);
        assert_eq!(body["reasoning_effort"], "low");
    });
    let effort = unsupported("reasoning_effort", "Unsupported value.");
    check_healing(&effort, 400, |body| assert_eq!(body.get("reasoning_effort"), None));
    let limit = unsupported("max_completion_tokens", "Use 'max_tokens' instead.");
    check_healing(&limit, 400, |body| {
        assert_eq!(body.get("max_completion_tokens"), None);
        // Room for thinking.
        assert_eq!(body["max_tokens"], 700 + 1024);
    });
    let role = json!({"error": {"message": "Unsupported value: 'messages[0].role' does not support 'developer' with this model.", "param": "messages[0].role", "code": "unsupported_value"}});
    check_healing(&role, 400, |body| assert_eq!(body["messages"][0]["role"], "system"));
    let format = json!({"error": {"message": "This response_format type is unavailable now", "type": "invalid_request_error", "param": null, "code": "invalid_request_error"}});
    check_healing(&format, 400, |body| {
        assert_eq!(body["response_format"], json!({"type": "json_object"}));
        assert!(body["messages"][1]["content"].as_str().unwrap().contains("Its JSON Schema:"));
    });
    let mistral = json!({"object": "error", "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "store"], "msg": "Extra inputs are not permitted", "input": false}]}, "type": "invalid_request_error", "param": null, "code": null});
    check_healing(&mistral, 422, |body| assert_eq!(body.get("store"), None));
}

#[test]
fn healing_happens_once_a_call() {
    let refused = |param: &str| {
        Ok(Reply::json(400, &json!({"error": {"message": "Unknown parameter.", "param": param}})))
    };
    let (remote, scripted) = remote(settings(), [refused("store"), refused("stream_options")]);
    assert_eq!(ask(&remote, &question()).unwrap_err().kind, ErrorKind::BadRequest);
    assert_eq!(scripted.take().len(), 2);
}

#[test]
fn what_is_not_about_a_parameter_is_not_sent_again() {
    for error in [
        "400-context",
        "400-context-vllm",
        "400-context-llamacpp",
        "400-content-filter-azure",
        "401-key",
        "404-model",
        "429-rate",
        "500-error",
    ] {
        let reply = Reply::recorded(&format!("openai-chat/errors/{error}.http"));
        let (remote, scripted) = remote(settings(), [Ok(reply)]);
        ask(&remote, &question()).unwrap_err();
        assert_eq!(scripted.take().len(), 1, "{error}");
    }
}
