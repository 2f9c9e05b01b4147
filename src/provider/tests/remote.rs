//! What is common to all dialects: keys, headers, addresses, limits.

use serde_json::json;

use super::super::{CompletionRequest, Dialect, ErrorKind, KeySource, Provider, Settings};
use super::{KEY, Reply, answer, ask, question, remote, sent, settings, words};

fn chat() -> Settings {
    settings(Dialect::OpenAiChat)
}

#[test]
fn a_missing_key_is_named_before_anything_is_sent() {
    let key = KeySource::Environment { variable: "MY_API_KEY".into(), value: None };
    let (remote, scripted) = remote(Settings { key: Some(key), ..chat() }, []);
    let error = ask(&remote, &question()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.message.contains("`MY_API_KEY`"), "{error}");
    assert!(scripted.take().is_empty());
}

#[test]
#[cfg(unix)]
fn a_key_that_a_command_made_is_made_again_when_it_expired() {
    let good = || Ok(Reply::recorded("openai-chat/stream-openai.http"));
    let expired = || Ok(Reply::recorded("openai-chat/errors/401-key.http"));
    let key = KeySource::Command(vec!["echo".to_owned(), KEY.to_owned()]);
    let settings = Settings { key: Some(key), ..chat() };
    let (made, scripted) = remote(settings.clone(), [good(), expired(), good()]);
    words(ask(&made, &question()));
    words(ask(&made, &question()));
    assert_eq!(scripted.take().len(), 3);
    // A new key that is not taken is wrong.
    let (wrong, scripted) = remote(settings, [expired()]);
    assert_eq!(ask(&wrong, &question()).unwrap_err().kind, ErrorKind::Auth);
    assert_eq!(scripted.take().len(), 1);
}

#[test]
fn a_key_is_not_sent_in_the_clear() {
    let settings = |key: bool| {
        let key = key.then(super::key);
        Settings { base_url: "http://gpu.example:8000/v1".to_owned(), key, ..chat() }
    };
    let (keyed, scripted) = remote(settings(true), []);
    let error = ask(&keyed, &question()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Auth);
    assert!(error.message.contains("https"), "{error}");
    assert!(scripted.take().is_empty());
    // Without a key it is the user's own affair.
    let sent = sent(settings(false), &question());
    assert_eq!(sent.url, "http://gpu.example:8000/v1/chat/completions");
    assert_eq!(sent.secret, None);
}

#[test]
fn further_headers_are_sent_and_cannot_replace_the_key() {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = vec![
        header("HTTP-Referer", "https://me.example"),
        header("Authorization", "Bearer other"),
        header("Content-Type", "application/json; charset=utf-8"),
    ];
    let sent = sent(Settings { headers, ..chat() }, &question());
    let expected = [
        header("HTTP-Referer", "https://me.example"),
        header("Content-Type", "application/json; charset=utf-8"),
    ];
    assert_eq!(sent.headers, expected);
    assert_eq!(sent.secret.as_deref(), Some("authorization"));
}

#[test]
fn a_slash_at_the_end_of_the_address_does_not_matter() {
    let settings = Settings { base_url: "https://x.example/openai/v1/".to_owned(), ..chat() };
    assert_eq!(sent(settings, &question()).url, "https://x.example/openai/v1/chat/completions");
}

#[test]
fn the_output_limit_is_the_askers_within_the_models() {
    let limit = |request: &CompletionRequest, effort: Option<&str>| {
        let settings = Settings { effort: effort.map(str::to_owned), ..chat() };
        sent(settings, request).body["max_completion_tokens"].as_u64().unwrap()
    };
    let more = CompletionRequest { max_output: Some(1_400), ..question() };
    let most = CompletionRequest { max_output: Some(u32::MAX), ..question() };
    assert_eq!(limit(&question(), None), 700);
    assert_eq!(limit(&more, None), 1_400);
    assert_eq!(limit(&most, None), 4_096);
    assert_eq!(limit(&question(), Some("low")), 1_724);
    assert_eq!(limit(&question(), Some("max")), 4_096);
}

#[test]
fn an_error_keeps_the_names_that_a_support_needs() {
    let error = answer(chat(), Reply::recorded("openai-chat/errors/429-rate.http")).unwrap_err();
    assert_eq!(error.request_id.as_deref(), Some("req_8f2c4a6e0b1d4c3f"));
    let mut truncated = Reply::recorded("openai-chat/truncated-llamacpp.http");
    truncated.headers.push(("x-request-id".to_owned(), "req_77".to_owned()));
    let error = answer(chat(), truncated).unwrap_err();
    assert_eq!(error.request_id.as_deref(), Some("req_77"));
}

#[test]
fn a_redirect_is_not_followed() {
    let reply = Reply::recorded("openai-chat/errors/307-redirect.http");
    let (remote, scripted) = remote(chat(), [Ok(reply)]);
    ask(&remote, &question()).unwrap_err();
    assert_eq!(scripted.take().len(), 1);
}

#[test]
fn a_question_without_a_prompt_is_not_sent() {
    let (remote, _) = remote(chat(), []);
    let request = CompletionRequest::about(question().symbol);
    assert_eq!(ask(&remote, &request).unwrap_err().kind, ErrorKind::BadRequest);
    assert_eq!(remote.id().to_string(), "mine");
    assert_eq!(remote.capabilities().dialect, "openai-chat");
}

#[test]
fn a_stream_that_never_ends_after_its_end_is_not_awaited() {
    let chunk = json!({"choices": [{"delta": {"content": "{}"}, "finish_reason": "stop"}]});
    let mut reply = Reply::events(&[chunk]);
    reply.body.extend_from_slice(b"data: [DONE]\n\n");
    reply.body.extend_from_slice(": alive\n\n".repeat(10_000).as_bytes());
    assert_eq!(words(answer(chat(), reply.in_pieces(9))), "{}");
}
