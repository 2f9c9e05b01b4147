//! What a message body is: a call, an answer, or neither.

use serde_json::{Map, Value};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};

/// A body that was understood as far as the protocol's envelope goes.
#[derive(Debug)]
pub(crate) enum Message {
    /// A request or a notification.
    Call(Call),
    /// The client's answer to one of our requests.
    Answer(Response),
    /// Neither; the reply that says so.
    Refused(Response),
}

/// A request or a notification, taken apart.
#[derive(Debug)]
pub(crate) struct Call {
    /// The method's name.
    pub(crate) method: String,
    /// `None` for a notification.
    pub(crate) id: Option<Id>,
    /// `None` when absent.
    pub(crate) params: Option<Value>,
}

impl Call {
    /// As the service wants it.
    pub(crate) fn into_request(self) -> Request {
        let mut request = Request::build(self.method);
        if let Some(id) = self.id {
            request = request.id(id);
        }
        if let Some(params) = self.params {
            request = request.params(params);
        }
        request.finish()
    }
}

/// Reads a body.
pub(crate) fn read(body: &[u8]) -> Message {
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => classify(object),
        Ok(_) => refused(Id::Null, invalid("a message is an object; batches are not supported")),
        Err(error) => {
            let mut reply = Error::parse_error();
            reply.message = format!("the message is not JSON: {error}").into();
            refused(Id::Null, reply)
        }
    }
}

fn classify(mut object: Map<String, Value>) -> Message {
    let id = match object.remove("id") {
        None => None,
        Some(value) => match read_id(value) {
            Some(id) => Some(id),
            None => return refused(Id::Null, invalid("an id is an integer or a string")),
        },
    };
    let spoken = object.get("jsonrpc").and_then(Value::as_str) == Some("2.0");
    if !spoken {
        return refused(id.unwrap_or_default(), invalid("`jsonrpc` is not \"2.0\""));
    }
    match (object.remove("method"), id) {
        (Some(Value::String(method)), id) => {
            Message::Call(Call { method, id, params: object.remove("params") })
        }
        (Some(_), id) => refused(id.unwrap_or_default(), invalid("`method` is not a string")),
        (None, Some(id)) => match (object.remove("result"), object.remove("error")) {
            (Some(result), None) => Message::Answer(Response::from_ok(id, result)),
            (None | Some(Value::Null), Some(error)) => {
                let error = serde_json::from_value(error).unwrap_or_else(|_| {
                    let mut error = Error::internal_error();
                    error.message = "the client sent an error that is none".into();
                    error
                });
                Message::Answer(Response::from_error(id, error))
            }
            _ => refused(Id::Null, invalid("neither a call nor an answer")),
        },
        (None, None) => refused(Id::Null, invalid("neither a call nor an answer")),
    }
}

fn read_id(value: Value) -> Option<Id> {
    match value {
        Value::Number(number) => number.as_i64().map(Id::Number),
        Value::String(text) => Some(Id::String(text)),
        Value::Null => Some(Id::Null),
        _ => None,
    }
}

fn invalid(message: &'static str) -> Error {
    let mut error = Error::new(ErrorCode::InvalidRequest);
    error.message = message.into();
    error
}

fn refused(id: Id, error: Error) -> Message {
    Message::Refused(Response::from_error(id, error))
}

#[cfg(test)]
mod tests {
    use super::{Message, read};

    fn code(body: &str) -> i64 {
        match read(body.as_bytes()) {
            Message::Refused(reply) => reply.error().unwrap().code.code(),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn tells_calls_from_answers() {
        let call = r#"{"jsonrpc":"2.0","id":"a","method":"m","params":null}"#;
        let Message::Call(call) = read(call.as_bytes()) else { panic!() };
        assert_eq!((call.method.as_str(), call.params), ("m", Some(serde_json::Value::Null)));
        for body in [
            r#"{"jsonrpc":"2.0","id":1,"result":null}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":"odd"}"#,
        ] {
            assert!(matches!(read(body.as_bytes()), Message::Answer(_)), "{body}");
        }
    }

    #[test]
    fn refuses_what_is_neither() {
        for body in ["[]", "[{}]", "5", "{}", r#"{"jsonrpc":"2.0","id":{},"method":"m"}"#] {
            assert_eq!(code(body), -32600, "{body}");
        }
        for body in [r#"{"jsonrpc":"1.0","id":1,"method":"m"}"#, r#"{"jsonrpc":"2.0","id":1}"#] {
            assert_eq!(code(body), -32600, "{body}");
        }
        assert_eq!(code("{oops"), -32700);
        assert_eq!(code(&format!("{}{}", "[".repeat(200), "]".repeat(200))), -32700);
        assert!(
            matches!(read(b"{\"a\":\"\xff\"}"), Message::Refused(r) if r.error().unwrap().code.code() == -32700)
        );
    }
}
