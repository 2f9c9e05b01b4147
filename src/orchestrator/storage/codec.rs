//! An entry as bytes: JSON, bounded before anything reads it.

use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

use super::generation::micros;
use super::{Entry, Key, StorageError};

/// Most bytes of an entry. A long docstring has a hundredth of it.
pub(super) const MAX_ENTRY: usize = 1 << 20;

/// What the bound counts for an entry besides its bytes: its key, scope and times, and
/// their indexes.
pub(super) const OVERHEAD: usize = 256;

/// The bytes of `entry`, kept under `key`: a checksum over both, and the entry as JSON.
/// A bit that flips somewhere, or an entry under a key of another, is found out by it.
///
/// # Errors
///
/// When there are more than [`MAX_ENTRY`].
pub(super) fn encode(key: &Key, entry: &Entry) -> Result<Vec<u8>, StorageError> {
    let json = serde_json::to_vec(entry)
        .map_err(|error| StorageError(format!("an answer cannot be written down: {error}")))?;
    let bytes = [&checksum(key, &json)[..], &json].concat();
    if bytes.len() > MAX_ENTRY {
        let size = bytes.len();
        return Err(StorageError(format!("an answer of {size} bytes is too large to keep")));
    }
    Ok(bytes)
}

/// The entry of these bytes, which may come from anybody; `None` when they are none, or
/// not that of `key`.
pub(super) fn decode(key: &Key, bytes: &[u8]) -> Option<Entry> {
    if bytes.len() > MAX_ENTRY {
        return None;
    }
    let (sum, json) = bytes.split_first_chunk::<32>()?;
    if *sum != checksum(key, json) {
        return None;
    }
    serde_json::from_slice(json).ok()
}

fn checksum(key: &Key, json: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(key.0).chain_update(json).finalize().into()
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

    const KEY: Key = Key([7; 32]);

    /// As [`encode`], for anything.
    fn sealed(json: &[u8]) -> Vec<u8> {
        [&checksum(&KEY, json)[..], json].concat()
    }

    #[test]
    fn an_entry_comes_back_as_it_was() {
        let entry = entry("scope \u{1f980}", "Größe\u{2028}\"\\\0");
        assert_eq!(decode(&KEY, &encode(&KEY, &entry).unwrap()), Some(entry));
    }

    #[test]
    fn what_is_too_large_is_neither_written_nor_read() {
        let large = entry("s", &"x".repeat(MAX_ENTRY));
        assert!(encode(&KEY, &large).unwrap_err().0.contains("too large"));
        assert_eq!(decode(&KEY, &sealed(&serde_json::to_vec(&large).unwrap())), None);
    }

    #[test]
    fn no_flipped_bit_gets_through() {
        let bytes = encode(&KEY, &entry("scope", "Words.")).unwrap();
        for place in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[place / 8] ^= 1 << (place % 8);
            assert_eq!(decode(&KEY, &flipped), None, "{place}");
        }
        assert_eq!(decode(&Key([8; 32]), &bytes), None);
        for length in 0..bytes.len() {
            assert_eq!(decode(&KEY, &bytes[..length]), None, "{length}");
        }
    }

    #[test]
    fn bytes_that_are_no_entry_are_none() {
        let mut nested = br#"{"content":"#.to_vec();
        nested.extend(vec![b'['; 500_000]);
        let far = br#"{"content":1,"provider":"p","model":"m","input":0,"cached_input":0,"output":0,"scope":"","written":{"secs_since_epoch":18446744073709551615,"nanos_since_epoch":999999999}}"#;
        for json in [&b""[..], b"\xff\xfe", b"null", b"{}", b"[]", &nested, far] {
            assert_eq!(decode(&KEY, &sealed(json)), None);
        }
        let sound = serde_json::to_vec(&entry("s", "Words.")).unwrap();
        assert!(decode(&KEY, &sealed(&sound)).is_some());
    }

    #[test]
    fn no_time_is_out_of_range() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(10);
        assert_eq!(expiry(now, Duration::from_secs(5)), 15_000_000);
        assert_eq!(expiry(now, Duration::MAX), i64::MAX);
    }
}
