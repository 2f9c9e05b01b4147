//! What every storage must do.

use super::*;
use serde_json::json;

/// An entry with these words.
pub(super) fn entry(scope: &str, words: &str) -> Entry {
    Entry {
        content: json!({ "summary": words, "params": [], "description": null }),
        provider: "claude".to_owned(),
        model: "a-model".to_owned(),
        input: 1200,
        cached_input: 1000,
        output: 80,
        scope: scope.to_owned(),
        written: SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_456),
    }
}
