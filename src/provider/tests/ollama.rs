//! Ollama's own dialect: what is sent, and what comes back.

use std::sync::Arc;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::super::{CompletionRequest, Dialect, ErrorKind, Prompt, Settings, Structured, Usage};
use super::{Reply, answer, ask, question, remote, repair, sent, unstreamed, words};

fn settings() -> Settings {
    Settings {
        base_url: "http://127.0.0.1:11434".to_owned(),
        key: None,
        ..super::settings(Dialect::Ollama)
    }
}

#[test]
fn the_question_as_it_is_sent() {
    let sent = sent(settings(), &question());
    assert_eq!(sent.url, "http://127.0.0.1:11434/api/chat");
    assert_eq!(sent.secret, None);
    assert_snapshot!(format!("{:#}", sent.body), @r#"
    {
      "model": "a-model",
      "stream": true,
      "format": {
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
      "messages": [
        {
          "role": "system",
          "content": "You write docstrings."
        },
        {
          "role": "user",
          "content": "The file.\n\ndef load(path): ..."
        }
      ],
      "options": {
        "num_ctx": 4096,
        "num_predict": 700
      }
    }
    "#);
    let roles = self::sent(settings(), &repair()).body["messages"].as_array().unwrap().len();
    assert_eq!(roles, 4);
}

#[test]
fn the_context_grows_with_the_question_up_to_the_models_own() {
    let context = |characters: usize, settings: Settings| {
        let prompt = Prompt {
            system: String::new(),
            context: String::new(),
            user: "x".repeat(characters),
            schema: Value::Null,
            max_output: 700,
        };
        let question = question();
        let request = CompletionRequest::prompted(question.symbol, Arc::new(prompt));
        sent(settings, &request).body["options"]["num_ctx"].clone()
    };
    assert_eq!(context(100, settings()), 4_096);
    assert_eq!(context(8_000, settings()), 4_096);
    assert_eq!(context(9_000, settings()), 8_192);
    assert_eq!(context(30_000, settings()), 16_384);
    assert_eq!(context(900_000, settings()), 32_768);
    let mut small = settings();
    small.capabilities.context = 2_048;
    assert_eq!(context(100, small), 2_048);
}

#[test]
fn tiers_of_structure_and_of_thinking() {
    for (tier, format) in [
        (Structured::Schema, Some("object")),
        (Structured::Object, None),
        (Structured::Prompted, None),
    ] {
        let mut settings = settings();
        settings.capabilities.structured = tier;
        let body = sent(settings, &question()).body;
        match tier {
            Structured::Object => assert_eq!(body["format"], "json"),
            _ => assert_eq!(body.pointer("/format/type").and_then(Value::as_str), format),
        }
    }
    for (effort, think) in [
        (None, Value::Null),
        (Some("none"), json!(false)),
        (Some("medium"), json!("medium")),
        (Some("max"), json!("high")),
    ] {
        let settings = Settings { effort: effort.map(str::to_owned), ..settings() };
        assert_eq!(sent(settings, &question()).body["think"], think, "{effort:?}");
    }
}

#[test]
fn answers_are_read_whole_and_in_pieces() {
    for (settings, name) in [
        (settings(), "stream.http"),
        (settings(), "whole.http"),
        (unstreamed(Dialect::Ollama), "whole.http"),
    ] {
        let completion = answer(settings, Reply::recorded(&format!("ollama/{name}"))).unwrap();
        assert_eq!(completion.usage, Usage { input: 426, cached_input: 0, output: 29 });
        assert_eq!(completion.model.as_deref(), Some("qwen4:8b"));
        assert_eq!(words(Ok(completion)), r#"{"summary": "Load a naïve café 🦀 file."}"#);
    }
}

#[test]
fn a_cut_answer_and_an_error_between_lines() {
    let error = answer(settings(), Reply::recorded("ollama/truncated.http")).unwrap_err();
    assert_eq!((error.kind, error.usage.output), (ErrorKind::Truncated, 29));
    let error = answer(settings(), Reply::recorded("ollama/broken-runner.http")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Overloaded, "{error}");
    assert!(!error.to_string().contains("CUDA"), "{error}");
}

#[test]
fn a_model_that_cannot_think_is_not_asked_to_again() {
    let refused = json!({"error": "\"llama3.2\" does not support thinking"});
    let good = Reply::recorded("ollama/stream.http");
    let settings = Settings { effort: Some("low".to_owned()), ..settings() };
    let (remote, scripted) = remote(settings, [Ok(Reply::json(400, &refused)), Ok(good)]);
    words(ask(&remote, &question()));
    let sent = scripted.take();
    assert_eq!(sent[0].body["think"], "low");
    assert_eq!(sent[1].body.get("think"), None);
}
