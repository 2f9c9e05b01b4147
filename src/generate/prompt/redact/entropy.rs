//! Texts that look drawn at random.

/// The shortest text that is looked at.
pub(super) const SHORTEST: usize = 24;

/// Whether a literal as a whole looks like a key: one run of an alphabet of base 64, in
/// which capitals, small letters and digits take turns as chance has it.
///
/// Hexadecimal text is left alone: it is a hash or an identifier far more often.
pub(super) fn is_random(text: &str) -> bool {
    if !(SHORTEST..=512).contains(&text.len()) {
        return false;
    }
    let bytes = text.as_bytes();
    let is_alphabet = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
    };
    if !bytes.iter().all(is_alphabet) || bytes.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-') {
        return false;
    }
    let count = |test: fn(&u8) -> bool| bytes.iter().filter(|byte| test(byte)).count();
    let digits = count(u8::is_ascii_digit);
    let (upper, lower) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    if digits < 2 || upper < 3 || lower < 3 {
        return false;
    }
    // Words keep to a class for long; chance changes it every second time.
    let class = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let pairs = || bytes.iter().zip(bytes.iter().skip(1));
    let changes = pairs().filter(|(a, b)| class(**a) != class(**b)).count();
    let steps = pairs().filter(|(a, b)| a.abs_diff(**b) <= 1).count();
    changes * 5 >= bytes.len() * 2 && steps * 5 <= bytes.len() && bits(bytes) >= 3.8
}

/// Shannon's entropy of the bytes, in bits for each.
#[expect(clippy::cast_precision_loss, reason = "at most 512 bytes")]
fn bits(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let total = bytes.len() as f64;
    let seen = counts.iter().filter(|count| **count > 0);
    seen.map(|count| f64::from(*count) / total).map(|share| -share * share.log2()).sum()
}

/// Whether a short text mixes letters and digits as a key does and a word does not.
pub(super) fn is_mixed(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let has_both_cases = text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_lowercase());
    letters > 0 && (digits >= 3 || digits >= 1 && has_both_cases)
}
