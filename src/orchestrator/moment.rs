//! Moments and days in UTC, written as RFC 3339 has them.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment in UTC to the second; 1970 for what lies before it.
pub(super) fn rfc3339(time: SystemTime) -> String {
    let seconds = seconds(time);
    let (second, minute, hour) = (seconds % 60, seconds / 60 % 60, seconds / 3_600 % 24);
    format!("{}T{hour:02}:{minute:02}:{second:02}Z", day(time))
}

/// A day in UTC, such as `2026-11-22`, by the civil calendar (days since 1970-01-01 to
/// year, month and day as in Hinnant's `civil_from_days`).
pub(super) fn day(time: SystemTime) -> String {
    let days = seconds(time) / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// Whole seconds since 1970.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn writes_moments_in_utc() {
        let at = |seconds| rfc3339(UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(at(0), "1970-01-01T00:00:00Z");
        assert_eq!(at(951_782_399), "2000-02-28T23:59:59Z");
        assert_eq!(at(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(at(1_795_305_600), "2026-11-22T00:00:00Z");
        assert_eq!(day(UNIX_EPOCH - Duration::from_secs(1)), "1970-01-01");
    }
}
