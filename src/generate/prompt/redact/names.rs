//! Names that are given secrets.

use super::entropy::is_mixed;

/// How much a name says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nothing.
    None,
    /// It may be a secret: it is one if it does not look like a word.
    Weak,
    /// A constant such as `SERVICE_KEY`: a long word counts as well.
    Constant,
    /// It is a secret, unless it says itself what it stands for.
    Strong,
}

/// The last word of names that hold a secret.
const STRONG: [&str; 13] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "passwort",
    "secret",
    "credential",
    "credentials",
    "apikey",
    "secretkey",
    "privatekey",
    "authtoken",
    "accesstoken",
];
/// What precedes `key` in such names.
const KEY_OF: [&str; 14] = [
    "access",
    "account",
    "api",
    "app",
    "auth",
    "client",
    "encryption",
    "hmac",
    "master",
    "private",
    "secret",
    "service",
    "signing",
    "subscription",
];
/// What precedes `token` in such names.
const TOKEN_OF: [&str; 10] =
    ["access", "api", "auth", "bearer", "bot", "deploy", "refresh", "secret", "service", "session"];
/// The last word of names that may hold one.
const WEAK: [&str; 6] = ["key", "token", "auth", "authorization", "salt", "pass"];

/// How much `name` says about its value.
pub(super) fn trust(name: &str) -> Trust {
    let words = words(name);
    let mut words = words.iter().rev().map(String::as_str).skip_while(|word| {
        // `api_key_2`, `password_default`.
        word.bytes().all(|byte| byte.is_ascii_digit()) || matches!(*word, "default" | "value")
    });
    let (last, previous) = (words.next().unwrap_or_default(), words.next());
    if STRONG.contains(&last) {
        return Trust::Strong;
    }
    if !WEAK.contains(&last) {
        return Trust::None;
    }
    let is_strong = previous.is_some_and(|previous| match last {
        "key" => KEY_OF.contains(&previous),
        "token" => TOKEN_OF.contains(&previous),
        _ => false,
    });
    if is_strong {
        return Trust::Strong;
    }
    let is_constant = !name.bytes().any(|byte| byte.is_ascii_lowercase());
    if is_constant && previous.is_some() { Trust::Constant } else { Trust::Weak }
}

/// The words of an identifier in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars().take(80) {
        let is_end = !c.is_alphanumeric() || c.is_uppercase() && was_lower;
        if is_end && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

impl Trust {
    /// Whether a value under such a name is a secret.
    pub(super) fn holds(self, value: &str) -> bool {
        if self == Trust::None || value.len() < 4 || is_placeholder(value) {
            return false;
        }
        let words = words(value);
        let says_what = words
            .iter()
            .any(|word| STRONG.contains(&word.as_str()) || WEAK.contains(&word.as_str()));
        // "Enter the password:", "access_token", "--api-key".
        if says_what && !is_mixed(value) {
            return false;
        }
        match self {
            Trust::None => false,
            Trust::Weak => value.len() >= 12 && is_mixed(value) && is_one_word(value),
            Trust::Constant => {
                is_one_word(value)
                    && (is_mixed(value) && value.len() >= 8
                        || value.len() >= 12 && value.bytes().all(|b| b.is_ascii_alphanumeric()))
            }
            Trust::Strong => {
                let spaces = value.bytes().filter(|byte| *byte == b' ').count();
                spaces <= 1 || is_mixed(value)
            }
        }
    }
}

fn is_one_word(value: &str) -> bool {
    !value.contains(char::is_whitespace) && !value.contains(['/', '\\', '(', '%', '{', '<'])
        || value.starts_with("Bearer ")
        || value.starts_with("Basic ")
}

/// What is filled in later, or stands for something.
fn is_placeholder(value: &str) -> bool {
    value.starts_with(['{', '$', '%', '<', '['])
        || value.contains("${")
        || value.contains("{}")
        || value.bytes().all(|byte| !byte.is_ascii_alphanumeric())
        || value.chars().all(|c| matches!(c, 'x' | 'X' | '*' | '.' | '-' | '_'))
}
