//! JSON objects in the shape of ruff's, with what we know beyond them.

use std::path::Path;

use serde_json::{Value, json};

use super::super::row::{Place, Row};
use super::{level, slashed};

/// A place as ruff writes it.
fn place(place: Place) -> Value {
    json!({"row": place.line, "column": place.column})
}

/// One finding.
pub(super) fn object(path: &Path, row: &Row) -> Value {
    let fix = row
        .fixable
        .then(|| json!({"applicability": "safe", "message": "Bring the docstring up to date"}));
    json!({
        "code": row.code.id(),
        "name": row.code.name(),
        "message": row.message,
        "severity": level(row.code.severity()),
        "filename": slashed(path),
        "location": place(row.start),
        "end_location": place(row.end),
        "symbol": row.symbol,
        "kind": row.kind,
        "drift": row.drift.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "fix": fix,
        "url": row.code.url(),
    })
}
