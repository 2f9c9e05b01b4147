//! Durations as people write them: `30s`, `1m30s`, `30d`.

use std::time::Duration;

/// The units, each with its milliseconds, largest first.
const UNITS: &[(&str, u64)] =
    &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// [`duration`] as a pattern.
pub(super) const DURATION_PATTERN: &str = "^([0-9]+(ms|s|m|h|d))+$";

/// The duration that a text such as `1m30s` is.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut sum = 0_u64;
    // A year has ten digits of milliseconds; more parts than units are no duration.
    for _ in 0..=UNITS.len() {
        if rest.is_empty() {
            break;
        }
        let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let number: u64 = rest.get(..end)?.parse().ok()?;
        rest = rest.get(end..)?;
        let end = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let unit = rest.get(..end)?;
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
        sum = sum.checked_add(number.checked_mul(*millis)?)?;
        rest = rest.get(end..)?;
    }
    (rest.is_empty() && !text.is_empty()).then(|| Duration::from_millis(sum))
}

/// So many seconds in the largest unit that fits.
pub(super) fn spelled(seconds: u64) -> String {
    let millis = seconds.saturating_mul(1_000);
    let fits = |(_, size): &&(&str, u64)| millis >= *size && millis.is_multiple_of(*size);
    UNITS
        .iter()
        .find(fits)
        .map_or_else(|| format!("{seconds}s"), |(name, size)| format!("{}{name}", millis / size))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{duration, spelled};

    #[test]
    fn reads_durations() {
        let millis = |text| duration(text).map(|span| span.as_millis());
        assert_eq!(millis("30s"), Some(30_000));
        assert_eq!(millis("1m30s"), Some(90_000));
        assert_eq!(millis("250ms"), Some(250));
        assert_eq!(millis("0s"), Some(0));
        assert_eq!(duration("30d"), Some(Duration::from_hours(720)));
        for wrong in ["", "30", "s", "30 s", "-1s", "1.5s", "1w", "3é", "99999999999999999999s"] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
        assert_eq!(duration(&"1s".repeat(100)), None);
        assert_eq!(duration("300000000000000000d"), None, "more than fits");
    }

    #[test]
    fn spells_seconds() {
        assert_eq!(spelled(0), "0s");
        assert_eq!(spelled(90), "90s");
        assert_eq!(spelled(3600), "1h");
        assert_eq!(spelled(365 * 86_400), "365d");
    }
}
