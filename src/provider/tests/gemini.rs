//! `generateContent`: what is sent, and what comes back.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::{Capabilities, Dialect, ErrorKind, Settings, Structured, Usage};
use super::{Reply, answer, ask, question, remote, repair, sent, unstreamed, words};

fn settings() -> Settings {
    let settings = super::settings(Dialect::Gemini);
    Settings { base_url: "https://generativelanguage.googleapis.com".to_owned(), ..settings }
}

/// Settings with another model.
fn model(name: &str, effort: Option<&str>) -> Settings {
    let settings = settings();
    let capabilities = Capabilities { model: name.into(), ..settings.capabilities };
    Settings { capabilities, effort: effort.map(str::to_owned), ..settings }
}

#[test]
fn the_question_as_it_is_sent() {
    let sent = sent(model("gemini-3.5-flash-lite", None), &question());
    assert_eq!(
        sent.url,
        "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.5-flash-lite\
         :streamGenerateContent?alt=sse"
    );
    assert_eq!(sent.secret.as_deref(), Some("x-goog-api-key"));
    assert_snapshot!(format!("{:#}", sent.body), @r#"
    {
      "systemInstruction": {
        "parts": [
          {
            "text": "You write docstrings."
          }
        ]
      },
      "contents": [
        {
          "role": "user",
          "parts": [
            {
              "text": "The file."
            },
            {
              "text": "def load(path): ..."
            }
          ]
        }
      ],
      "generationConfig": {
        "responseMimeType": "application/json",
        "responseJsonSchema": {
          "type": "object",
          "properties": {
            "summary": {
              "type": "string"
            }
          },
          "required": [
            "summary"
          ],
          "additionalProperties": false,
          "propertyOrdering": [
            "summary"
          ]
        },
        "maxOutputTokens": 700,
        "thinkingConfig": {
          "thinkingLevel": "MINIMAL"
        }
      }
    }
    "#);
}

#[test]
fn the_address_of_a_call() {
    let url = |base: &str, name: &str, streaming: bool| {
        let mut settings = Settings { base_url: base.to_owned(), ..model(name, None) };
        settings.capabilities.streaming = streaming;
        sent(settings, &question()).url
    };
    assert_eq!(url("https://x", "m", false), "https://x/v1beta/models/m:generateContent");
    assert_eq!(url("https://x/v1", "m", false), "https://x/v1/models/m:generateContent");
    assert_eq!(
        url("https://x", "tunedModels/a", false),
        "https://x/v1beta/tunedModels/a:generateContent"
    );
    assert_eq!(
        url("https://x", "m?k=1#é", true),
        "https://x/v1beta/models/m%3Fk%3D1%23%C3%A9:streamGenerateContent?alt=sse"
    );
}

#[test]
fn a_repair_turn_ends_with_the_users_words() {
    let body = sent(settings(), &repair()).body;
    let roles = body["contents"].as_array().unwrap().iter().map(|content| &content["role"]);
    assert_eq!(roles.collect::<Vec<_>>(), ["user", "model", "user"]);
    assert_eq!(body["contents"][1]["parts"][0]["text"], r#"{"summary":""}"#);
}

#[test]
fn the_properties_of_every_object_are_in_order() {
    let mut request = question();
    let mut prompt = (*request.prompt.unwrap()).clone();
    let item = json!({
        "type": "object",
        "properties": {"description": {"type": "string"}, "name": {"type": "string"}},
        "required": ["name", "description"],
        "additionalProperties": false,
    });
    prompt.schema = json!({
        "type": "object",
        "properties": {"params": {"type": "array", "items": item}, "summary": {"type": "string"}},
        "required": ["summary", "params"],
        "additionalProperties": false,
    });
    request.prompt = Some(prompt.into());
    let schema = sent(settings(), &request).body["generationConfig"]["responseJsonSchema"].clone();
    assert_eq!(schema["propertyOrdering"], json!(["summary", "params"]));
    let items = &schema["properties"]["params"]["items"];
    assert_eq!(items["propertyOrdering"], json!(["name", "description"]));
}

#[test]
fn effort_is_what_the_model_takes() {
    for (name, wanted, level) in [
        ("gemini-3.5-flash-lite", Some("none"), json!("MINIMAL")),
        ("gemini-3.8-flash", None, json!("LOW")),
        ("gemini-3.8-flash", Some("medium"), json!("MEDIUM")),
        ("gemini-3.8-flash", Some("max"), json!("HIGH")),
        ("gemini-2.5-flash", Some("low"), Value::Null),
        ("other", None, Value::Null),
        ("other", Some("low"), json!("LOW")),
    ] {
        let body = sent(model(name, wanted), &question()).body;
        let found = body.pointer("/generationConfig/thinkingConfig/thinkingLevel");
        assert_eq!(found.unwrap_or(&Value::Null), &level, "{name} {wanted:?}");
    }
}

#[test]
fn tiers_of_structure() {
    for (tier, has_type, has_schema, is_told) in [
        (Structured::Schema, true, true, false),
        (Structured::Object, true, false, true),
        (Structured::Prompted, false, false, true),
        (Structured::None, false, false, false),
    ] {
        let mut settings = settings();
        settings.capabilities.structured = tier;
        let body = sent(settings, &question()).body;
        let config = &body["generationConfig"];
        assert_eq!(config.get("responseMimeType").is_some(), has_type, "{tier:?}");
        assert_eq!(config.get("responseJsonSchema").is_some(), has_schema, "{tier:?}");
        assert_eq!(config.get("temperature"), None);
        let question = body["contents"][0]["parts"][1]["text"].as_str().unwrap();
        assert_eq!(question.contains("Its JSON Schema:"), is_told, "{tier:?}");
    }
}

#[test]
fn answers_are_read_whole_and_in_pieces() {
    for name in ["stream-gemini", "whole-gemini"] {
        let completion = answer(settings(), Reply::recorded(&format!("gemini/{name}.http")));
        let completion = completion.unwrap();
        assert_eq!(completion.usage, Usage { input: 1311, cached_input: 1239, output: 91 });
        assert_eq!(completion.model.as_deref(), Some("gemini-3.5-flash-lite"));
        assert_eq!(words(Ok(completion)), r#"{"summary":"Load a naïve café 🦀 file."}"#);
    }
}

fn chunk(text: &str, reason: Option<&str>) -> Value {
    let mut candidate = json!({"content": {"role": "model", "parts": [{"text": text}]}});
    if let Some(reason) = reason {
        candidate["finishReason"] = reason.into();
    }
    let usage = json!({"promptTokenCount": 5, "candidatesTokenCount": 2, "thoughtsTokenCount": 7});
    json!({"candidates": [candidate], "usageMetadata": usage})
}

#[test]
fn a_stream_may_come_as_a_list() {
    let list = json!([chunk("{\"a\"", None), chunk(":1}", Some("STOP"))]);
    assert_eq!(words(answer(settings(), Reply::json(200, &list))), "{\"a\":1}");
}

#[test]
fn endings_other_than_a_good_one() {
    for (reason, kind, code) in [
        ("MAX_TOKENS", ErrorKind::Truncated, None),
        ("SAFETY", ErrorKind::Refused, Some("SAFETY")),
        ("RECITATION", ErrorKind::Refused, Some("RECITATION")),
        ("LANGUAGE", ErrorKind::Refused, Some("LANGUAGE")),
        ("BLOCKLIST", ErrorKind::Refused, Some("BLOCKLIST")),
        ("PROHIBITED_CONTENT", ErrorKind::Refused, Some("PROHIBITED_CONTENT")),
        ("SPII", ErrorKind::Refused, Some("SPII")),
        ("MALFORMED_RESPONSE", ErrorKind::Invalid, Some("MALFORMED_RESPONSE")),
        ("UNEXPECTED_TOOL_CALL", ErrorKind::Invalid, Some("UNEXPECTED_TOOL_CALL")),
        ("OTHER", ErrorKind::Overloaded, Some("OTHER")),
    ] {
        let stream = Reply::events(&[chunk("{\"summ", None), chunk("", Some(reason))]);
        for reply in [Reply::json(200, &chunk("{\"summ", Some(reason))), stream] {
            let error = answer(settings(), reply).unwrap_err();
            assert_eq!((error.kind, error.code.as_deref()), (kind, code), "{reason}");
            assert_eq!(error.usage, Usage { input: 5, cached_input: 0, output: 9 }, "{reason}");
        }
    }
}

#[test]
fn a_question_that_is_blocked_is_refused() {
    let body = json!({
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": 5},
    });
    for reply in [Reply::json(200, &body), Reply::events(std::slice::from_ref(&body))] {
        let error = answer(settings(), reply).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Refused);
        assert_eq!(error.code.as_deref(), Some("PROHIBITED_CONTENT"));
        assert_eq!(error.usage.input, 5);
    }
}

#[test]
fn an_error_in_the_middle_of_a_stream_is_an_error() {
    let error = json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": "x"}});
    let stream = Reply::events(&[chunk("{\"summ", None), error.clone()]);
    for reply in [stream, Reply::json(200, &error), Reply::json(200, &json!([error]))] {
        let error = answer(unstreamed(Dialect::Gemini), reply).unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Overloaded, Some(503)));
    }
}

/// What is sent again after a failure with this message.
fn healed(message: &str) -> Value {
    let body = json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": message}});
    let good = Reply::recorded("gemini/stream-gemini.http");
    let settings = model("gemini-3.5-flash-lite", None);
    let (remote, scripted) = remote(settings, [Ok(Reply::json(400, &body)), Ok(good)]);
    words(ask(&remote, &question()));
    scripted.take().pop().expect("a second call").body
}

#[test]
fn what_a_server_refuses_is_left_out() {
    let unknown = |name: &str| {
        format!(
            "Invalid JSON payload received. Unknown name \"{name}\" at 'generation_config': Cannot find field."
        )
    };
    for message in [
        unknown("thinkingConfig"),
        "Thinking level MINIMAL is not supported for this model.".to_owned(),
    ] {
        let body = healed(&message);
        assert_eq!(body.pointer("/generationConfig/thinkingConfig"), None, "{message}");
        assert!(body.pointer("/generationConfig/responseJsonSchema").is_some());
    }
    let body = healed(&unknown("responseJsonSchema"));
    assert_eq!(body.pointer("/generationConfig/responseJsonSchema"), None);
    assert_eq!(
        body.pointer("/generationConfig/responseMimeType"),
        Some(&json!("application/json"))
    );
    let question = body["contents"][0]["parts"][1]["text"].as_str().unwrap();
    assert!(question.contains("Its JSON Schema:"));
}
