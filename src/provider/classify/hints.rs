//! What headers and errors say about waiting and about limits.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::body::{Told, identifier};
use crate::provider::{Allowance, Limits};

/// Nothing is believed to last longer.
const LONGEST: Duration = Duration::from_hours(24);
/// The window of limits that do not say when they are whole again.
const WINDOW: Duration = Duration::from_mins(1);

/// Prefixes of header names: a `LiteLLM` gateway renames what came from the provider.
const ORIGINS: [&str; 2] = ["", "llm_provider-"];

/// The value of the header, given in lower case, of the server or the provider behind it.
pub(super) fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    ORIGINS.iter().find_map(|origin| {
        let is_it = |found: &str| found.strip_prefix(origin).is_some_and(|rest| rest == name);
        headers.iter().find(|(found, _)| is_it(found)).map(|(_, value)| value.trim())
    })
}

/// The provider's name for the request.
pub(super) fn request_id(headers: &[(String, String)]) -> Option<String> {
    ["request-id", "x-request-id", "x-amzn-requestid", "apim-request-id", "x-litellm-call-id"]
        .iter()
        .find_map(|name| header(headers, name).and_then(identifier))
}

/// How long to wait before the next call, if the response says so.
pub(super) fn retry_after(
    headers: &[(String, String)],
    told: &Told,
    now: SystemTime,
) -> Option<Duration> {
    let millis = header(headers, "retry-after-ms").and_then(|value| seconds(value, 1e-3));
    let after = || {
        let value = header(headers, "retry-after")?;
        let date = || httpdate::parse_http_date(value).ok().map(|date| until(date, now));
        seconds(value, 1.0).or_else(date)
    };
    millis.or_else(after).or_else(|| told_delay(told))
}

/// How long to wait by the words of an error.
pub(super) fn told_delay(told: &Told) -> Option<Duration> {
    const PHRASES: &[&str] = &["try again in ", "retry in ", "retry after ", "wait for "];
    told.retry_delay.as_deref().and_then(duration).or_else(|| {
        PHRASES.iter().find_map(|phrase| {
            let (_, rest) = told.text.split_once(phrase)?;
            let mut words = rest.split_whitespace();
            let first = words.next()?.trim_end_matches(['.', ',', ')', '"', '\\']);
            match words.next().unwrap_or_default() {
                unit if unit.starts_with("second") => seconds(first, 1.0),
                unit if unit.starts_with("minute") => seconds(first, 60.0),
                unit if unit.starts_with("hour") => seconds(first, 3600.0),
                unit if unit.starts_with("millisecond") => seconds(first, 1e-3),
                _ => duration(first),
            }
        })
    })
}

/// The longest reset of the allowances of which nothing is left.
pub(super) fn until_reset(limits: &Limits) -> Option<Duration> {
    let all = [limits.requests, limits.input_tokens, limits.output_tokens];
    all.into_iter().flatten().filter(|a| a.remaining == 0).map(|a| a.reset).max()
}

/// What the headers say about limits; what they leave open or say is unlimited (Azure
/// sends -1 and 0) stays unknown.
pub(crate) fn limits(headers: &[(String, String)], now: SystemTime) -> Limits {
    let anthropic =
        |kind: &str| allowance(headers, now, |part| format!("anthropic-ratelimit-{kind}-{part}"));
    let common = |kind: &str| allowance(headers, now, |part| format!("x-ratelimit-{part}-{kind}"));
    Limits {
        requests: anthropic("requests").or_else(|| common("requests")),
        input_tokens: anthropic("input-tokens")
            .or_else(|| anthropic("tokens"))
            .or_else(|| common("tokens")),
        output_tokens: anthropic("output-tokens"),
    }
}

fn allowance(
    headers: &[(String, String)],
    now: SystemTime,
    name: impl Fn(&str) -> String,
) -> Option<Allowance> {
    let value = |part| header(headers, &name(part));
    let limit = value("limit")?.parse().ok().filter(|limit| *limit > 0)?;
    let remaining = value("remaining")?.parse().ok()?;
    let reset = value("reset")
        .and_then(|reset| rfc3339(reset).map(|time| until(time, now)).or_else(|| duration(reset)));
    Some(Allowance { limit, remaining, reset: reset.unwrap_or(WINDOW) })
}

fn until(time: SystemTime, now: SystemTime) -> Duration {
    time.duration_since(now).unwrap_or_default().min(LONGEST)
}

/// A number of some unit, which is `scale` seconds.
fn seconds(number: &str, scale: f64) -> Option<Duration> {
    let is_number = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = number.parse().ok().filter(|_| is_number)?;
    // What is no number of seconds at all is long enough to be the longest.
    Some(Duration::try_from_secs_f64(number * scale).unwrap_or(LONGEST).min(LONGEST))
}

/// A duration as Go and protobuf write it: `6m0s`, `1.5s`, `12ms`, `1h2m`; or seconds.
fn duration(text: &str) -> Option<Duration> {
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, unit) = rest.split_at_checked(end)?;
        let (scale, width) = match unit {
            "" => (1.0, 0),
            unit if unit.starts_with("ms") => (1e-3, 2),
            unit if unit.starts_with("us") || unit.starts_with("ns") => (0.0, 2),
            unit if unit.starts_with('s') => (1.0, 1),
            unit if unit.starts_with('m') => (60.0, 1),
            unit if unit.starts_with('h') => (3600.0, 1),
            unit if unit.starts_with('d') => (86_400.0, 1),
            _ => return None,
        };
        total = total.saturating_add(seconds(number, scale)?).min(LONGEST);
        rest = unit.get(width..)?;
    }
    Some(total)
}

/// A moment as RFC 3339 writes it, such as `2026-11-22T10:00:00.5Z`; fractions of a
/// second are dropped.
fn rfc3339(text: &str) -> Option<SystemTime> {
    let (date, time) = text.split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let at = time.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = time.split_at_checked(at)?;
    let clock = clock.split_once('.').map_or(clock, |(whole, _)| whole);
    let mut clock = clock.splitn(3, ':').map(|part| part.parse::<u32>().ok());
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let is_moment = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !is_moment {
        return None;
    }
    let offset = match zone.strip_prefix(['+', '-']) {
        Some(offset) => {
            let (hours, minutes) = offset.split_once(':')?;
            let minutes =
                hours.parse::<i64>().ok()?.checked_mul(60)? + minutes.parse::<i64>().ok()?;
            let is_zone = (0..=24 * 60).contains(&minutes);
            if zone.starts_with('-') { -minutes } else { minutes }
                .checked_mul(60)
                .filter(|_| is_zone)?
        }
        None => 0,
    };
    // Days since 1970-01-01 by the civil calendar (Hinnant's `days_from_civil`).
    let (year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let shifted_year = if month > 2 { year } else { year - 1 };
    let (era, year_of_era) = (shifted_year / 400, shifted_year % 400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
        + day_of_year
        - 719_468;
    let seconds = days * 86_400 + i64::from(hour * 3600 + minute * 60 + second) - offset;
    UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(seconds).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        let millis = |text| duration(text).map(|time| time.as_millis());
        assert_eq!(millis("6m0s"), Some(360_000));
        assert_eq!(millis("12ms"), Some(12));
        assert_eq!(millis("1.5s"), Some(1500));
        assert_eq!(millis("34.074824224s"), Some(34_074));
        assert_eq!(millis("1h2m3.5s"), Some(3_723_500));
        assert_eq!(millis("7"), Some(7000));
        assert_eq!(millis("59.9"), Some(59_900));
        assert_eq!(millis("99999999999999999999s"), Some(LONGEST.as_millis()));
        for wrong in ["", "s", "-1s", "soon", "1x", "1.2.3s", "inf", "nan", "6m-1s"] {
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reads_moments() {
        let at = |text| rfc3339(text)?.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
        assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(at("2000-02-29T00:00:00Z"), Some(951_782_400));
        assert_eq!(at("2026-11-22T00:00:00Z"), Some(1_795_305_600));
        assert_eq!(at("2026-11-22T01:00:00.25+01:00"), Some(1_795_305_600));
        assert_eq!(at("2026-11-21T18:30:00-05:30"), Some(1_795_305_600));
        for wrong in ["", "2026-11-22", "2026-13-01T00:00:00Z", "2026-11-22T25:00:00Z", "T:Z"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
        assert_eq!(at("2026-11-22T00:00:00+99999999999999999:00"), None);
    }

    fn headers(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_hours(498_696)
    }

    #[test]
    fn reads_the_limits_of_anthropic() {
        let limits = limits(
            &headers(&[
                ("anthropic-ratelimit-requests-limit", "50"),
                ("anthropic-ratelimit-requests-remaining", "49"),
                ("anthropic-ratelimit-requests-reset", "2026-11-22T00:00:12Z"),
                ("anthropic-ratelimit-tokens-limit", "90000"),
                ("anthropic-ratelimit-tokens-remaining", "80000"),
                ("anthropic-ratelimit-tokens-reset", "2026-11-22T00:01:00Z"),
                ("anthropic-ratelimit-input-tokens-limit", "50000"),
                ("anthropic-ratelimit-input-tokens-remaining", "0"),
                ("anthropic-ratelimit-input-tokens-reset", "2026-11-22T00:00:30Z"),
                ("anthropic-ratelimit-output-tokens-limit", "10000"),
                ("anthropic-ratelimit-output-tokens-remaining", "9000"),
                ("anthropic-ratelimit-output-tokens-reset", "2025-01-01T00:00:00Z"),
            ]),
            now(),
        );
        let allowance = |limit, remaining, reset| {
            Some(Allowance { limit, remaining, reset: Duration::from_secs(reset) })
        };
        assert_eq!(limits.requests, allowance(50, 49, 12));
        assert_eq!(limits.input_tokens, allowance(50_000, 0, 30));
        assert_eq!(limits.output_tokens, allowance(10_000, 9_000, 0));
        assert_eq!(until_reset(&limits), Some(Duration::from_secs(30)));
    }

    #[test]
    fn reads_the_limits_of_openai_and_of_gateways() {
        let of = |prefix: &str, limit: &str, reset: &str| {
            let name = |part: &str| format!("{prefix}x-ratelimit-{part}-tokens");
            let pairs =
                [(name("limit"), limit), (name("remaining"), "149984"), (name("reset"), reset)];
            let headers: Vec<(String, String)> =
                pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
            limits(&headers, now()).input_tokens
        };
        let expected = |millis| {
            let reset = Duration::from_millis(millis);
            Some(Allowance { limit: 150_000, remaining: 149_984, reset })
        };
        assert_eq!(of("", "150000", "6m0s"), expected(360_000));
        assert_eq!(of("llm_provider-", "150000", "12ms"), expected(12));
        assert_eq!(of("", "150000", "soon"), expected(60_000));
        for unknown in ["-1", "0", "", "many"] {
            assert_eq!(of("", unknown, "1s"), None, "{unknown}");
        }
    }

    #[test]
    fn reads_when_to_try_again() {
        let after = |pairs: &[(&str, &str)], text: &str| {
            let told = Told { text: text.to_owned(), ..Told::default() };
            retry_after(&headers(pairs), &told, now()).map(|time| time.as_millis())
        };
        assert_eq!(after(&[("retry-after", "12")], ""), Some(12_000));
        assert_eq!(after(&[("retry-after", "0.5")], ""), Some(500));
        assert_eq!(after(&[("retry-after", "0")], ""), Some(0));
        assert_eq!(after(&[("retry-after", "3"), ("retry-after-ms", "250")], ""), Some(250));
        assert_eq!(after(&[("retry-after", "Sun, 22 Nov 2026 00:00:20 GMT")], ""), Some(20_000));
        assert_eq!(after(&[("retry-after", "Sun, 22 Nov 2020 00:00:20 GMT")], ""), Some(0));
        assert_eq!(after(&[("llm_provider-retry-after", "9")], ""), Some(9_000));
        let longest = Some(LONGEST.as_millis());
        assert_eq!(after(&[("retry-after", "100000000000000000000")], ""), longest);
        for wrong in ["soon", "-1", "NaN", "inf", ""] {
            assert_eq!(after(&[("retry-after", wrong)], ""), None, "{wrong}");
        }
        assert_eq!(after(&[], "please try again in 1.2s. visit"), Some(1_200));
        assert_eq!(after(&[], "try again in 20ms"), Some(20));
        assert_eq!(after(&[], "please try again in 7m12.5s."), Some(432_500));
        assert_eq!(after(&[], "please retry in 36.429760048s."), Some(36_429));
        assert_eq!(after(&[], "please retry after 26 seconds."), Some(26_000));
        assert_eq!(after(&[], "try again in 2 minutes"), Some(120_000));
        assert_eq!(after(&[], "try again in a while"), None);
    }
}
