//! Numbers as people read them, with their units.

/// A whole number with its thousands apart: `12,345`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Three digits and a magnitude: `950`, `12.3k`, `4.56M`.
pub fn short(number: f64) -> String {
    let (scaled, magnitude) = match number {
        _ if number >= 999.5e6 => (number / 1e9, "G"),
        _ if number >= 999.5e3 => (number / 1e6, "M"),
        _ if number >= 999.5 => (number / 1e3, "k"),
        _ => (number, ""),
    };
    format!("{}{magnitude}", three_digits(scaled))
}

/// Three digits that count, without zeros at the end.
fn three_digits(number: f64) -> String {
    let digits = match number {
        _ if number >= 100.0 => 0,
        _ if number >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{number:.digits$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A share, such as `98.3%`; all is `100%`, and what is not all is never rounded to it.
pub fn percent(share: f64) -> String {
    match share * 100.0 {
        _ if share <= 0.0 => "0%".to_owned(),
        _ if share >= 1.0 => "100%".to_owned(),
        percent if percent >= 99.95 => ">99.9%".to_owned(),
        percent if percent < 0.05 => "<0.1%".to_owned(),
        percent => format!("{percent:.1}%"),
    }
}

/// A time given in milliseconds, in its own unit: `85.0 µs`, `120 ms`, `1.25 s`.
pub fn time(millis: f64) -> String {
    let (number, unit) = in_unit(millis);
    let digits = match number {
        _ if number >= 99.95 || number == 0.0 => 0,
        _ if number >= 9.995 => 1,
        _ => 2,
    };
    format!("{number:.digits$} {unit}")
}

/// The same for a round number, as an axis has it: `1 s`.
pub fn round_time(millis: f64) -> String {
    let (number, unit) = in_unit(millis);
    format!("{} {unit}", three_digits(number))
}

fn in_unit(millis: f64) -> (f64, &'static str) {
    match millis {
        _ if millis < 0.9995 => (millis * 1e3, "µs"),
        _ if millis < 999.5 => (millis, "ms"),
        _ if millis < 119_500.0 => (millis / 1e3, "s"),
        _ => (millis / 6e4, "min"),
    }
}

/// US dollars: cents, and more digits for less than a dollar.
pub fn usd(amount: f64) -> String {
    let digits = match amount {
        _ if amount == 0.0 || amount >= 0.99995 => 2,
        _ if amount >= 0.001 => 4,
        _ => 7,
    };
    format!("${amount:.digits$}")
}

/// Bytes: `512 B`, `1.5 KiB`, `20 MiB`.
pub fn bytes(number: u64) -> String {
    let number = float(number);
    match number {
        _ if number < 1024.0 => format!("{number:.0} B"),
        _ if number < 1024.0 * 1023.5 => format!("{} KiB", three_digits(number / 1024.0)),
        _ => format!("{} MiB", three_digits(number / (1024.0 * 1024.0))),
    }
}

/// A count for arithmetic.
#[expect(clippy::cast_precision_loss, reason = "a digit that nobody sees is lost")]
pub fn float(number: u64) -> f64 {
    number as f64
}

/// A part of a whole; `None` without a whole.
pub fn share(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| float(part) / float(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(
            [0.0, 5.0, 12.34, 950.0, 999.6, 12_340.0, 4.56e6, 2e9].map(short),
            ["0", "5", "12.3", "950", "1k", "12.3k", "4.56M", "2G"]
        );
        assert_eq!(
            [0.0, 0.0001, 0.5, 0.983, 0.9999, 1.0].map(percent),
            ["0%", "<0.1%", "50.0%", "98.3%", ">99.9%", "100%"]
        );
        assert_eq!(
            [0.0, 0.085, 1.0, 120.4, 999.7, 1_250.0, 12_340.0, 1.2e6].map(time),
            ["0 µs", "85.0 µs", "1.00 ms", "120 ms", "1.00 s", "1.25 s", "12.3 s", "20.0 min"]
        );
        assert_eq!(
            [0.01, 1.0, 500.0, 1e3, 1e5, 6e5].map(round_time),
            ["10 µs", "1 ms", "500 ms", "1 s", "100 s", "10 min"]
        );
        assert_eq!(
            [0.0, 12.0, 0.125, 0.001_23, 0.000_01].map(usd),
            ["$0.00", "$12.00", "$0.1250", "$0.0012", "$0.0000100"]
        );
        assert_eq!([0, 1536, 20 << 20].map(bytes), ["0 B", "1.5 KiB", "20 MiB"]);
    }
}
