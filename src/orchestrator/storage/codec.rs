//! An entry as bytes: JSON, bounded before anything reads it.

use std::time::{Duration, SystemTime};

use super::generation::micros;
use super::{Entry, StorageError};

/// Most bytes of an entry. A long docstring has a hundredth of it.
pub(super) const MAX_ENTRY: usize = 1 << 20;

/// What the bound counts for an entry besides its bytes: its key, scope and times, and
/// their indexes.
pub(super) const OVERHEAD: usize = 256;

/// The bytes of `entry`.
///
/// # Errors
///
/// When there are more than [`MAX_ENTRY`].
pub(super) fn encode(entry: &Entry) -> Result<Vec<u8>, StorageError> {
    let bytes = serde_json::to_vec(entry)
        .map_err(|error| StorageError(format!("an answer cannot be written down: {error}")))?;
    if bytes.len() > MAX_ENTRY {
        return Err(StorageError(format!(
            "an answer of {} bytes is too large to keep",
            bytes.len()
        )));
    }
    Ok(bytes)
}

/// The entry of these bytes, which may come from anybody; `None` when they are none.
pub(super) fn decode(bytes: &[u8]) -> Option<Entry> {
    if bytes.len() > MAX_ENTRY {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

/// What the bound counts for an entry of so many bytes and this scope.
pub(super) fn weight(bytes: usize, scope: &str) -> usize {
    bytes + scope.len() + OVERHEAD
}

/// When an entry that is written `now` is too old, in microseconds since 1970.
pub(super) fn expiry(now: SystemTime, ttl: Duration) -> i64 {
    micros(now).saturating_add(i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::tests::entry;
    use super::*;

    #[test]
    fn an_entry_comes_back_as_it_was() {
        let entry = entry("scope \u{1f980}", "Größe\u{2028}\"\\\0");
        assert_eq!(decode(&encode(&entry).unwrap()), Some(entry));
    }

    #[test]
    fn what_is_too_large_is_neither_written_nor_read() {
        let large = entry("s", &"x".repeat(MAX_ENTRY));
        assert!(encode(&large).unwrap_err().0.contains("too large"));
        assert_eq!(decode(&serde_json::to_vec(&large).unwrap()), None);
    }

    #[test]
    fn bytes_that_are_no_entry_are_none() {
        let mut nested = br#"{"content":"#.to_vec();
        nested.extend(vec![b'['; 500_000]);
        let huge = br#"{"content":1,"provider":"p","model":"m","input":0,"cached_input":0,"output":0,"scope":"","written":{"secs_since_epoch":18446744073709551615,"nanos_since_epoch":999999999}}"#;
        for bytes in [&b""[..], b"\xff\xfe", b"null", b"{}", b"[]", &nested, huge] {
            assert_eq!(decode(bytes), None);
        }
    }

    #[test]
    fn no_time_is_out_of_range() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(10);
        assert_eq!(expiry(now, Duration::from_secs(5)), 15_000_000);
        assert_eq!(expiry(now, Duration::MAX), i64::MAX);
    }
}
