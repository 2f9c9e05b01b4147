//! GitLab's Code Quality report (a subset of Code Climate's).

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Value, json};

use super::super::row::{Place, Row};
use super::{fingerprint, slashed};
use crate::generate::Severity;

fn place(place: Place) -> Value {
    json!({"line": place.line, "column": place.column})
}

/// One finding.
pub(super) fn object(path: &Path, row: &Row, seen: &mut HashMap<String, usize>) -> Value {
    let severity = match row.code.severity() {
        Severity::Hint => "info",
        Severity::Warning => "minor",
    };
    json!({
        "check_name": row.code.id(),
        "description": format!("{}: {}", row.code.id(), row.message),
        "severity": severity,
        "fingerprint": fingerprint(path, row, seen),
        "location": {
            "path": slashed(path),
            "positions": {"begin": place(row.start), "end": place(row.end)},
        },
    })
}
