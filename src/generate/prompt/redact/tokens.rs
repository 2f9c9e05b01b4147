//! Secrets that show themselves by their own form.

use std::ops::Range;

use super::entropy::{is_mixed, is_random};
use super::names::{Trust, trust};

/// Beginnings of tokens, and how many characters follow at least.
const PREFIXES: [(&str, usize); 30] = [
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("whsec_", 20),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("AKIA", 16),
    ("ASIA", 16),
    ("xoxa-", 10),
    ("xoxb-", 10),
    ("xoxp-", 10),
    ("xoxr-", 10),
    ("xoxs-", 10),
    ("xapp-", 10),
    ("AIza", 30),
    ("ya29.", 20),
    ("hf_", 30),
    ("npm_", 30),
    ("pypi-", 40),
    ("SG.", 30),
    ("gsk_", 20),
    ("dop_v1_", 30),
    ("shpat_", 30),
    ("AGE-SECRET-KEY-", 30),
];

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// Tokens that begin with a known prefix, and JSON web tokens.
pub(super) fn prefixed(line: &str, push: &mut impl FnMut(Range<usize>)) {
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes
            .get(at..)
            .and_then(|rest| rest.iter().position(|byte| !is_token_byte(*byte)))
            .map_or(bytes.len(), |length| at + length);
        if let Some(token) = line.get(at..end)
            && token.len() >= 14
            && is_token(token)
        {
            push(at..end);
        }
        at = end + 1;
    }
}

fn is_token(token: &str) -> bool {
    let is_known = PREFIXES.iter().any(|(prefix, least)| {
        token.strip_prefix(prefix).is_some_and(|rest| {
            let is_amazon = matches!(*prefix, "AKIA" | "ASIA");
            rest.len() >= *least
                && is_mixed(rest)
                && (!is_amazon || !rest.bytes().any(|byte| byte.is_ascii_lowercase()))
        }) || *prefix == "AKIA" && token.starts_with("AKIA") && token.len() == 20 && {
            token.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
    });
    let is_web_token = token.starts_with("eyJ") && {
        let mut parts = token.split('.');
        let (head, body) = (parts.next(), parts.next());
        head.is_some_and(|head| head.len() >= 10) && body.is_some_and(|body| body.len() >= 10)
    };
    is_known || is_web_token
}

/// Passwords in addresses: `scheme://user:password@host`.
pub(super) fn addresses(line: &str, push: &mut impl FnMut(Range<usize>)) {
    for (at, mark) in line.match_indices("://") {
        let start = at + mark.len();
        let rest = line.get(start..).unwrap_or_default();
        let end = |c: char| c.is_whitespace() || "/?#\"'`<>,;()".contains(c) || c == '\\';
        // A password may hold what ends an address, but then nobody can tell.
        let authority = rest.get(..rest.find(end).unwrap_or(rest.len())).unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { continue };
        let Some((name, password)) = user.split_once(':') else { continue };
        let is_filled_in = password.starts_with(['{', '$', '%', '[', '*']) || password == "pass";
        if !password.is_empty() && !is_filled_in {
            let from = start + name.len() + 1;
            push(from..from + password.len());
        }
    }
}

/// `API_KEY=…` without quotes, as in shell lines and comments.
pub(super) fn unquoted(line: &str, push: &mut impl FnMut(Range<usize>)) {
    for (at, _) in line.match_indices('=') {
        let rest = line.get(at + 1..).unwrap_or_default();
        let is_value = |c: char| c.is_ascii_alphanumeric() || "+/_-".contains(c);
        let length = rest.find(|c: char| !is_value(c)).unwrap_or(rest.len());
        let value = rest.get(..length).unwrap_or_default();
        let next = rest.get(length..).and_then(|rest| rest.chars().next());
        if value.len() < 8 || matches!(next, Some('(' | '.' | '[' | ':')) || !is_mixed(value) {
            continue;
        }
        let mut cut = at.saturating_sub(80);
        while !line.is_char_boundary(cut) {
            cut += 1;
        }
        let name = line.get(cut..at).and_then(super::trailing_name).unwrap_or_default();
        let is_secret = match trust(name) {
            // What has an underscore is an identifier: `password=settings_2_password`.
            Trust::Strong => !value.contains('_') || is_random(value),
            Trust::Constant | Trust::Weak => is_random(value),
            Trust::None => false,
        };
        if is_secret {
            push(at + 1..at + 1 + length);
        }
    }
}
