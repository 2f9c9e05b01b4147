//! SARIF 2.1.0, as GitHub's code scanning and others read it.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use super::super::super::Output;
use super::super::row::Row;
use super::{fingerprint, level, slashed};
use crate::generate::Code;

/// Where the format is defined.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Everything before the first result.
pub(super) fn begin(out: &mut Output) -> io::Result<()> {
    let rules: Vec<Value> = Code::ALL
        .into_iter()
        .map(|code| {
            json!({
                "id": code.id(),
                "name": code.name(),
                "shortDescription": {"text": code.name().replace('-', " ")},
                "fullDescription": {"text": code.help()},
                "help": {"text": code.help()},
                "helpUri": code.url(),
                "defaultConfiguration": {"level": level(code.severity())},
            })
        })
        .collect();
    let driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": "https://docs.rs/docstring-ls",
        "rules": rules,
    });
    let head = format!(
        "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\
         \"columnKind\":\"unicodeCodePoints\",\"results\":["
    );
    out.bytes(head.as_bytes())
}

/// Everything after the last result.
pub(super) fn end(out: &mut Output, failures: &[(String, String)]) -> io::Result<()> {
    let notifications: Vec<Value> = failures
        .iter()
        .map(|(path, reason)| {
            json!({
                "level": "error",
                "message": {"text": reason},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(path)}}}],
            })
        })
        .collect();
    let invocations = json!([{
        "executionSuccessful": failures.is_empty(),
        "toolExecutionNotifications": notifications,
    }]);
    out.line(&format!("\n],\"invocations\":{invocations}}}]}}"))
}

/// One finding.
pub(super) fn result(path: &Path, row: &Row, seen: &mut HashMap<String, usize>) -> Value {
    let index = Code::ALL.iter().position(|code| *code == row.code);
    json!({
        "ruleId": row.code.id(),
        "ruleIndex": index,
        "level": level(row.code.severity()),
        "message": {"text": row.message},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&slashed(path))},
                "region": {
                    "startLine": row.start.line,
                    "startColumn": row.start.column,
                    "endLine": row.end.line,
                    "endColumn": row.end.column,
                },
            },
            "logicalLocations": [{"fullyQualifiedName": row.symbol, "kind": row.kind}],
        }],
        "partialFingerprints": {"docstring/v1": fingerprint(path, row, seen)},
    })
}

/// A path as a URI: relative to the root of the run, or absolute.
fn uri(path: &str) -> String {
    use std::fmt::Write;

    let mut out = String::with_capacity(path.len() + 8);
    if path.starts_with('/') {
        out.push_str("file://");
    } else if cfg!(windows) && path.as_bytes().get(1) == Some(&b':') {
        out.push_str("file:///");
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_become_uris() {
        assert_eq!(uri("src/a b#c.py"), "src/a%20b%23c.py");
        assert_eq!(uri("/home/é.py"), "file:///home/%C3%A9.py");
        if cfg!(unix) {
            assert_eq!(uri("a:b.py"), "a%3Ab.py");
        }
    }
}
