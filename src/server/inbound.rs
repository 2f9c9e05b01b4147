//! What is put right in a call before the framework sees it.
//!
//! The framework's types end with an older version of the protocol and its rules for
//! absent parameters are strict; clients are newer and not strict.

use serde_json::{Map, Value};

use super::features::Features;
use super::session::Session;

/// Requests and notifications of ours whose parameters may be left out.
const LENIENT: [&str; 3] =
    ["docstring-ls/providerStats", "docstring-ls/preview", "docstring-ls/symbols"];

/// Methods that are served under a name of our own, because their parameters have to
/// be looked at even when they are wrong, or their results need younger types.
pub(crate) const RENAMED: [(&str, &str); 7] = [
    ("textDocument/didOpen", "docstring-ls/_didOpen"),
    ("textDocument/didChange", "docstring-ls/_didChange"),
    ("textDocument/didClose", "docstring-ls/_didClose"),
    ("textDocument/codeAction", "docstring-ls/_codeAction"),
    ("textDocument/completion", "docstring-ls/_completion"),
    ("textDocument/codeLens", "docstring-ls/_codeLens"),
    ("textDocument/diagnostic", "docstring-ls/_diagnostic"),
];

/// The method under which `method` is served.
pub(crate) fn route(method: &str) -> &str {
    RENAMED.iter().find(|(from, _)| *from == method).map_or(method, |(_, to)| to)
}

/// Puts the parameters of a call right.
pub(crate) fn normalise(session: &Session, method: &str, params: Option<Value>) -> Option<Value> {
    match method {
        // The framework takes no parameters at all here.
        "shutdown" => None,
        "initialized" => Some(params.filter(Value::is_object).unwrap_or_else(empty)),
        "initialize" => params.map(|params| announce(session, params)),
        _ if LENIENT.contains(&method) => match params {
            None | Some(Value::Null) => Some(empty()),
            Some(Value::Array(list)) if list.is_empty() => Some(empty()),
            other => other,
        },
        _ => params,
    }
}

/// Reads the capabilities, and leaves none for the framework to stumble over.
fn announce(session: &Session, mut params: Value) -> Value {
    if let Some(object) = params.as_object_mut() {
        let capabilities = object.insert("capabilities".into(), empty()).unwrap_or_default();
        session.announce(Features::read(&capabilities));
    }
    params
}

fn empty() -> Value {
    Value::Object(Map::new())
}
