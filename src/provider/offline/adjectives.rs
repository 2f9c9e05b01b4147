//! Words that take no article: adjectives and participles.

/// Adjectives that no ending tells. Sorted.
#[rustfmt::skip]
static ADJECTIVES: &[&str] = &[
    "absolute", "abstract", "accurate", "active", "alive", "alphabetic", "anonymous", "async",
    "available", "big", "binary", "blank", "builtin", "busy", "clean", "clear", "complete",
    "complex", "concrete", "concurrent", "consistent", "constant", "correct", "dead", "default",
    "deprecated", "different", "dirty", "disjoint", "done", "dry", "empty", "enough", "equal", "even", "exact",
    "exclusive", "external", "false", "fast", "fatal", "final", "finite", "first", "free", "frozen",
    "full", "generic", "global", "greedy", "hidden", "idle", "immutable", "infinite", "insecure",
    "internal", "invalid", "known", "last", "lazy", "legal", "live", "local", "lowercase", "main",
    "missing", "mutable", "native", "negative", "nested", "new", "null", "numeric", "odd",
    "offline", "ok", "old", "online", "open", "optional", "ordered", "outdated", "partial", "pending",
    "persistent", "positive", "present", "private", "protected", "public", "pure", "quiet", "raw",
    "ready", "real", "recursive", "redundant", "relative", "remote", "safe", "same", "secure",
    "sensitive", "set", "silent", "simple", "sorted", "special", "stable", "stale", "static",
    "strict", "strong", "sync", "synthetic", "transparent", "trivial", "true", "unique", "unknown",
    "up", "uppercase", "valid", "verbose", "visible", "weak", "writable", "zero",
];

/// Nouns that end like an adjective. Sorted.
#[rustfmt::skip]
static NOUNS: &[&str] = &[
    "archive", "awaitable", "binding", "callable", "directive", "docstring", "embed", "encoding",
    "executable", "feed", "heading", "iterable", "listing", "mapping", "padding", "primitive",
    "renderable", "seed", "setting", "spacing", "speed", "string", "substring", "table", "timing",
    "variable", "warning",
];

/// Whether a word reads as an adjective or participle.
pub(super) fn is_adjective(word: &str) -> bool {
    if ADJECTIVES.binary_search(&word).is_ok() {
        return true;
    }
    let endings = ["ed", "able", "ible", "ful", "less", "ous", "ical", "ive"];
    let has_ending = word.len() > 4 && endings.iter().any(|end| word.ends_with(end))
        || word.len() > 5 && word.ends_with("ing");
    has_ending && NOUNS.binary_search(&word).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_adjectives_from_nouns() {
        for word in ["empty", "closed", "expandable", "running"] {
            assert!(is_adjective(word), "{word}");
        }
        for word in ["string", "variable", "speed", "redirect"] {
            assert!(!is_adjective(word), "{word}");
        }
    }

    #[test]
    fn tables_are_sorted_for_the_binary_search() {
        for table in [ADJECTIVES, NOUNS] {
            assert!(table.windows(2).all(|pair| matches!(pair, [a, b] if a < b)));
        }
    }
}
