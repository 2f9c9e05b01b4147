//! English from identifiers: splitting, expanding abbreviations, articles, number.

use super::lexicon::{acronym, expansion};

/// Splits an identifier at underscores, humps and the ends of acronyms.
///
/// `HTTPAdapter` gives `HTTP adapter`, `get_ctx` gives `get ctx`. Words come out in
/// lower case but for acronyms.
pub(super) fn split(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    for part in name.split(|c: char| !c.is_alphanumeric()) {
        split_humps(part, &mut words);
    }
    for (parts, whole) in NAMES {
        while let Some(at) = words.windows(2).position(|pair| pair == parts) {
            words.remove(at);
            if let Some(word) = words.get_mut(at) {
                (*whole).clone_into(word);
            }
        }
    }
    words
}

/// Names that their own capitals take apart.
static NAMES: &[([&str; 2], &str)] = &[
    (["di", "graph"], "digraph"),
    (["g", "zip"], "gzip"),
    (["git", "hub"], "GitHub"),
    (["i", "pv"], "IPv"),
    (["i", "pv4"], "IPv4"),
    (["i", "pv6"], "IPv6"),
    (["i", "python"], "IPython"),
    (["java", "script"], "JavaScript"),
    (["maria", "DB"], "MariaDB"),
    (["my", "SQL"], "MySQL"),
    (["num", "py"], "NumPy"),
    (["o", "auth"], "OAuth"),
    (["o", "auth2"], "OAuth 2"),
    (["postgre", "SQL"], "PostgreSQL"),
    (["SQ", "lite"], "SQLite"),
];

fn split_humps(part: &str, words: &mut Vec<String>) {
    let chars: Vec<char> = part.chars().collect();
    let shouting = chars.iter().all(|c| !c.is_lowercase());
    let mut current = String::new();
    for (index, &c) in chars.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|i| chars.get(i)).copied();
        let next = chars.get(index + 1).copied();
        let starts = c.is_uppercase()
            && !shouting
            && previous.is_some_and(|p| {
                !p.is_uppercase() || next.is_some_and(|n| n.is_lowercase() && n != 's')
            });
        if starts && !current.is_empty() {
            words.push(cased(&current, shouting));
            current.clear();
        }
        current.push(c);
    }
    if !current.is_empty() {
        words.push(cased(&current, shouting));
    }
}

/// Acronyms keep their capitals, other words lose them. Among humps, a run of capitals
/// is an acronym (`NDFrame`); in a name all in capitals nothing tells which words are.
fn cased(word: &str, shouting: bool) -> String {
    let lower = word.to_lowercase();
    if let Some(known) = acronym(&lower) {
        return known.to_owned();
    }
    let is_run = !shouting
        && word.chars().filter(|c| c.is_uppercase()).count() > 1
        && !word.chars().any(char::is_lowercase);
    if is_run { word.to_owned() } else { lower }
}

/// The word itself or what it abbreviates.
pub(super) fn expand(word: &str) -> &str {
    expansion(word).unwrap_or(word)
}

/// The words of a name, abbreviations spelt out, in one string.
pub(super) fn spell(name: &str) -> String {
    join(&split(name))
}

/// Words that are already split, spelt out. `num_x` becomes `number of x`.
pub(super) fn join(words: &[String]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        let counts = index + 1 < words.len() && matches!(word.as_str(), "num" | "nb" | "n");
        text.push_str(if counts { "number of" } else { expand(word) });
    }
    text
}

/// `a` or `an`, by the sound of the next word.
pub(super) fn article(next: &str) -> &'static str {
    let bare = next.trim_start_matches('`');
    let lower = bare.to_lowercase();
    let first_word = lower.split(' ').next().unwrap_or_default();
    let shouts = bare.chars().take_while(|c| *c != ' ').all(|c| !c.is_lowercase());
    let is_unsayable = first_word.len() > 1 && !first_word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    if shouts && (acronym(first_word).is_some() || is_unsayable) {
        let spelt = !matches!(
            first_word,
            "json"
                | "posix"
                | "cidr"
                | "ram"
                | "gil"
                | "gui"
                | "sku"
                | "skus"
                | "uid"
                | "usb"
                | "jwt"
        );
        let vowel = lower.starts_with(['a', 'e', 'i', 'o', 'f', 'h', 'l', 'm', 'n', 'r', 's', 'x']);
        return if spelt && vowel { "an" } else { "a" };
    }
    let mut letters = lower.chars();
    if let (Some(first), Some(second)) = (letters.next(), letters.next())
        && second.is_ascii_digit()
    {
        return if matches!(
            first,
            'a' | 'e' | 'f' | 'h' | 'i' | 'l' | 'm' | 'n' | 'o' | 'r' | 's' | 'x' | '8'
        ) {
            "an"
        } else {
            "a"
        };
    }
    let consonant_sound =
        ["una", "uni", "usi", "use", "usa", "usu", "uti", "eu", "one", "once", "ubi"];
    let vowel_sound = ["hour", "honest", "heir", "honor", "unin", "unim"];
    if vowel_sound.iter().any(|sound| lower.starts_with(sound)) {
        return "an";
    }
    if consonant_sound.iter().any(|sound| lower.starts_with(sound))
        && !lower.starts_with("unin")
        && !lower.starts_with("unim")
    {
        return "a";
    }
    if lower.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

/// Whether a noun phrase is plural, by its last word.
pub(super) fn is_plural(phrase: &str) -> bool {
    let head = phrase.split(" of ").next().unwrap_or(phrase);
    let last = head.rsplit(' ').next().unwrap_or(head);
    let lower = last.to_lowercase();
    if matches!(lower.as_str(), "data" | "children" | "people" | "indices" | "criteria" | "media") {
        return true;
    }
    lower.len() > 3
        && lower.ends_with('s')
        && !["ss", "us", "is", "as", "ics", "ies"].iter().any(|end| lower.ends_with(end))
        && !matches!(
            lower.as_str(),
            "alias"
                | "series"
                | "https"
                | "canvas"
                | "progress"
                | "address"
                | "lens"
                | "dns"
                | "ns"
        )
        || lower.len() > 4 && lower.ends_with("ies") && lower != "series"
}

/// Words that need no article: mass nouns and acronyms of formats.
pub(super) fn is_uncountable(phrase: &str) -> bool {
    let last = phrase.rsplit(' ').next().unwrap_or(phrase);
    matches!(
        last,
        "ANSI"
            | "ASCII"
            | "AST"
            | "CSS"
            | "CSV"
            | "HTML"
            | "HTTP"
            | "HTTPS"
            | "JSON"
            | "SQL"
            | "SSL"
            | "SVG"
            | "TLS"
            | "TOML"
            | "UTF-8"
            | "XML"
            | "YAML"
            | "access"
            | "authentication"
            | "bytes"
            | "code"
            | "content"
            | "data"
            | "documentation"
            | "information"
            | "input"
            | "markdown"
            | "memory"
            | "metadata"
            | "output"
            | "padding"
            | "progress"
            | "stderr"
            | "stdin"
            | "stdout"
            | "support"
            | "text"
            | "time"
            | "whitespace"
            | "work"
            | "GMT"
            | "UTC"
            | "completion"
            | "shape"
            | "utf8"
            | "unicode"
    )
}

/// The phrase with `a` or `an`, or without an article where none belongs.
pub(super) fn indefinite(phrase: &str) -> String {
    if phrase.is_empty() || is_plural(phrase) || is_uncountable(phrase) || has_determiner(phrase) {
        return phrase.to_owned();
    }
    format!("{} {phrase}", article(phrase))
}

/// The phrase with `the`, unless it has a determiner.
pub(super) fn definite(phrase: &str) -> String {
    if phrase.is_empty() || has_determiner(phrase) {
        return phrase.to_owned();
    }
    format!("the {phrase}")
}

fn has_determiner(phrase: &str) -> bool {
    let first = phrase.split(' ').next().unwrap_or_default();
    matches!(
        first,
        "a" | "an"
            | "the"
            | "all"
            | "any"
            | "each"
            | "every"
            | "no"
            | "this"
            | "that"
            | "its"
            | "some"
            | "both"
            | "another"
            | "multiple"
            | "many"
            | "only"
            | "everything"
            | "nothing"
    )
}

/// The same text with a capital first letter.
pub(super) fn capitalize(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// A sentence: capital first letter, one full stop.
pub(super) fn sentence(text: &str) -> String {
    // A summary that says "description of" reads like a template that nobody filled in.
    let mut text = capitalize(text.trim()).replace("escription of ", "escription for ");
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_identifiers() {
        for (name, expected) in [
            ("get_ctx", "get context"),
            ("HTTPAdapter", "HTTP adapter"),
            ("parseURLs", "parse URLs"),
            ("__init__", "initial"),
            ("MAX_SIZE", "maximum size"),
            ("num_rows", "number of rows"),
            ("JSONDecodeError", "JSON decode error"),
            ("NDFrame", "ND frame"),
            ("MySQLDialect", "MySQL dialect"),
            ("SQLiteCompiler", "SQLite compiler"),
            ("GZipFile", "gzip file"),
            ("IPv6Address", "IPv6 address"),
            ("ORM_PATH", "orm path"),
            ("x", "x"),
            ("", ""),
        ] {
            assert_eq!(spell(name), expected, "{name}");
        }
    }

    #[test]
    fn chooses_articles() {
        for (phrase, expected) in [
            ("URL", "a URL"),
            ("HTTP adapter", "an HTTP adapter"),
            ("hour", "an hour"),
            ("user", "a user"),
            ("item", "an item"),
            ("rows", "rows"),
            ("JSON", "JSON"),
            ("the row", "the row"),
            ("unicode string", "a unicode string"),
            ("class", "a class"),
            ("ND frame", "an ND frame"),
            ("ORM path", "an ORM path"),
            ("SAS reader", "a SAS reader"),
        ] {
            assert_eq!(indefinite(phrase), expected);
        }
    }
}
