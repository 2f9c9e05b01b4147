//! What holds for every dialect and every recorded answer: however a body is cut into
//! pieces, it says the same, and half a body is never an answer.

use super::super::fixture::names;
use super::super::http::TransportError;
use super::super::{Completion, Dialect, ErrorKind};
use super::{Reply, answer, ask, question, remote, settings, unstreamed, words};

/// The recorded answers of a dialect whose names begin so.
fn recordings(dialect: Dialect, prefix: &str) -> Vec<String> {
    let names: Vec<String> = names(dialect.id())
        .into_iter()
        .filter(|name| name.starts_with(prefix))
        .map(|name| format!("{}/{name}", dialect.id()))
        .collect();
    assert!(!names.is_empty(), "no {prefix} is recorded for {}", dialect.id());
    names
}

fn streams() -> impl Iterator<Item = (Dialect, String)> {
    let of = |dialect| recordings(dialect, "stream").into_iter().map(move |name| (dialect, name));
    Dialect::ALL.into_iter().flat_map(of)
}

fn bodies() -> impl Iterator<Item = (Dialect, String)> {
    let of = |dialect| recordings(dialect, "whole").into_iter().map(move |name| (dialect, name));
    Dialect::ALL.into_iter().flat_map(of)
}

#[track_caller]
fn complete(dialect: Dialect, reply: Reply, what: &str) -> Completion {
    answer(settings(dialect), reply).unwrap_or_else(|error| panic!("{what}: {error}"))
}

#[test]
fn a_body_says_the_same_however_it_is_cut() {
    for (dialect, name) in streams().chain(bodies()) {
        let reply = Reply::recorded(&name);
        let expected = complete(dialect, reply.clone(), &name);
        for size in [1, 2, 3, 7, 64] {
            assert_eq!(complete(dialect, reply.clone().in_pieces(size), &name), expected, "{name}");
        }
    }
}

#[test]
fn line_ends_and_comments_do_not_matter() {
    for (dialect, name) in streams() {
        let reply = Reply::recorded(&name);
        let expected = complete(dialect, reply.clone(), &name);
        let text = String::from_utf8(reply.body.clone()).unwrap();
        let with = |body: String| Reply { body: body.into_bytes(), ..reply.clone() }.in_pieces(1);
        let crlf = text.replace('\n', "\r\n");
        assert_eq!(complete(dialect, with(crlf), &name), expected, "{name}");
        if dialect != Dialect::Ollama {
            let alive = format!(": OPENROUTER PROCESSING\n\n{}", text.replace("\n\n", "\n\n:\n\n"));
            assert_eq!(complete(dialect, with(alive), &name), expected, "{name}");
        }
    }
}

/// Where a body is cut: around the ends of lines, and here and there.
fn places(body: &[u8]) -> Vec<usize> {
    let is_end = |at: usize| body.get(at).is_some_and(|byte| *byte == b'\n');
    let near = |at: usize| is_end(at) || is_end(at + 1) || at > 0 && is_end(at - 1);
    (0..body.len()).filter(|at| at % 13 == 0 || near(*at)).collect()
}

#[test]
fn a_stream_that_breaks_off_is_no_answer() {
    for (dialect, name) in streams() {
        let reply = Reply::recorded(&name);
        let expected = words(answer(settings(dialect), reply.clone()));
        let mut broken = 0;
        let places = places(&reply.body);
        for at in places.iter().copied() {
            match answer(settings(dialect), reply.clone().cut(at)) {
                // The end of the answer was there, and only the end of the body was not.
                Ok(completion) => assert_eq!(words(Ok(completion)), expected, "{name} at {at}"),
                Err(error) => {
                    assert_eq!(error.kind, ErrorKind::Connection, "{name} at {at}: {error}");
                    broken += 1;
                }
            }
            // The same with a clean end of the connection.
            let mut silent = reply.clone().cut(at);
            silent.fault = None;
            match answer(settings(dialect), silent) {
                Ok(completion) => assert_eq!(words(Ok(completion)), expected, "{name} at {at}"),
                Err(error) => {
                    let kinds = [ErrorKind::Connection, ErrorKind::Invalid];
                    assert!(kinds.contains(&error.kind), "{name} at {at}: {error}");
                }
            }
        }
        assert!(broken * 2 > places.len(), "{name} answered too early");
    }
}

#[test]
fn half_a_body_is_no_answer() {
    for (dialect, name) in bodies() {
        let reply = Reply::recorded(&name);
        let length = String::from_utf8(reply.body.clone()).unwrap().trim_end().len();
        for at in (0..length).step_by(7) {
            let error = answer(unstreamed(dialect), reply.clone().cut(at)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Connection, "{name} at {at}: {error}");
        }
    }
}

#[test]
fn what_is_no_answer_is_told_apart() {
    let deep = "[".repeat(100_000);
    for dialect in Dialect::ALL {
        for body in ["", "null", "[]", "{}", "7", "\"\"", "<html></html>", deep.as_str()] {
            let reply = Reply::text(200, "application/json", body);
            let error = answer(unstreamed(dialect), reply).unwrap_err();
            let kinds = [ErrorKind::Invalid, ErrorKind::Refused, ErrorKind::Connection];
            assert!(kinds.contains(&error.kind), "{dialect:?} {body:.20}: {error}");
        }
        for kind in ["text/html", "text/html; charset=utf-8"] {
            let reply = Reply::text(200, kind, "<!doctype html><title>Sign in</title>");
            let error = answer(settings(dialect), reply).unwrap_err();
            assert!(error.to_string().contains("check `base-url`"), "{dialect:?}: {error}");
        }
    }
}

#[test]
fn more_than_an_answer_can_be_is_not_read() {
    for dialect in Dialect::ALL {
        let line = format!("data: {{\"x\": \"{}\"}}\n\n", "x".repeat(10_000_000));
        for (kind, body) in [("text/event-stream", &line), ("application/json", &line)] {
            let reply = Reply::text(200, kind, body).in_pieces(60_000);
            let error = answer(settings(dialect), reply).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Invalid, "{dialect:?}: {error}");
        }
        let many = ": alive\n\n".repeat(600_000);
        let reply = Reply::text(200, "text/event-stream", &many);
        let error = answer(settings(dialect), reply).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "{dialect:?}: {error}");
    }
}

#[test]
fn every_recorded_failure_is_an_error_that_shows_nothing() {
    for dialect in Dialect::ALL {
        for name in names(&format!("{}/errors", dialect.id())) {
            let reply = Reply::recorded(&format!("{}/errors/{name}", dialect.id()));
            let status = reply.status;
            // A second one, because a parameter that is refused is left out once.
            let (remote, _) = remote(settings(dialect), [Ok(reply.clone()), Ok(reply)]);
            let error = ask(&remote, &question()).expect_err(&name);
            assert_eq!(error.status, Some(status), "{name}");
        }
    }
}

#[test]
fn a_transport_that_fails_is_classified() {
    for dialect in Dialect::ALL {
        for (fault, kind) in [
            (TransportError::Connect, ErrorKind::Connection),
            (TransportError::Broken, ErrorKind::Connection),
            (TransportError::Idle, ErrorKind::Timeout),
        ] {
            let (remote, _) = remote(settings(dialect), [Err(fault)]);
            assert_eq!(ask(&remote, &question()).unwrap_err().kind, kind);
        }
    }
}
