//! Words that take no article: adjectives and participles.

/// Adjectives that no ending tells. Sorted.
#[rustfmt::skip]
static ADJECTIVES: &[&str] = &[
    "absent", "absolute", "abstract", "accurate", "active", "alive", "alphabetic", "anonymous",
    "async", "available", "big", "binary", "bipartite", "blank", "builtin", "busy", "clean",
    "clear", "complete", "complex", "concrete", "concurrent", "consistent", "constant", "correct",
    "current", "dead", "default", "dependent", "deprecated", "different", "dirty", "disjoint",
    "distinct", "done", "dry", "elementwise", "empty", "enough", "equal", "equivalent", "even",
    "exact", "exclusive", "external", "false", "fast", "fatal", "final", "finite", "first", "free",
    "frozen", "full", "generic", "global", "greedy", "hidden", "idle", "immutable", "independent",
    "infinite", "inner", "insecure", "internal", "invalid", "known", "last", "lazy", "legal",
    "live", "local", "lowercase", "main", "missing", "mutable", "native", "negative", "nested",
    "new", "null", "numeric", "odd", "offline", "ok", "old", "online", "open", "optional",
    "ordered", "outdated", "outer", "partial", "pending", "persistent", "planar", "positive",
    "present", "previous", "private", "protected", "public", "pure", "quiet", "raw", "ready",
    "real", "recursive", "redundant", "relative", "remote", "safe", "same", "secure", "sensitive",
    "set", "silent", "simple", "sorted", "special", "stable", "stale", "static", "strict", "strong",
    "sync", "synthetic", "transparent", "trivial", "true", "undirected", "unique", "unknown", "up",
    "uppercase", "valid", "verbose", "visible", "weak", "writable", "zero",
];

/// Nouns that end like an adjective. Sorted.
#[rustfmt::skip]
static NOUNS: &[&str] = &[
    "archive", "awaitable", "binding", "breed", "caching", "callable", "directive", "docstring",
    "embed", "encoding", "exceed", "executable", "feed", "greed", "grouping", "heading", "hundred",
    "iterable", "listing", "logging", "mapping", "matching", "meaning", "need", "ordering",
    "padding", "parsing", "primitive", "proceed", "ranking", "renderable", "rendering", "routing",
    "seed", "selectable", "setting", "shed", "spacing", "speed", "string", "substring", "succeed",
    "table", "timing", "variable", "warning", "weed",
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

/// Qualities that are no thing by themselves, each with the noun that makes it one. Sorted.
#[rustfmt::skip]
static LONE: &[(&str, &str)] = &[
    ("active", "item"), ("available", "item"), ("current", "value"), ("dirty", "item"),
    ("empty", "item"), ("hidden", "item"), ("inner", "value"), ("invalid", "item"),
    ("missing", "item"), ("new", "value"), ("next", "value"), ("old", "value"),
    ("outer", "value"), ("pending", "item"), ("previous", "value"), ("simple", "form"),
    ("stale", "item"),
    ("unknown", "item"), ("valid", "item"), ("visible", "item"),
];

/// The noun that a quality lacks where a thing is meant: an empty *item*.
pub(super) fn noun_for(quality: &str) -> Option<&'static str> {
    let index = LONE.binary_search_by(|(word, _)| (*word).cmp(quality)).ok()?;
    LONE.get(index).map(|(_, noun)| *noun)
}

/// The noun that a participle lacks where a thing is meant: the skipped *value*.
pub(super) fn noun_for_state(participle: &str) -> Option<&'static str> {
    let is_state = participle.len() > 4 && participle.ends_with("ed") && is_adjective(participle);
    is_state.then_some("value")
}

/// Whether a word after "is" is a quality: there, endings tell more than elsewhere.
pub(super) fn is_quality(word: &str) -> bool {
    let is_noun = matches!(
        word,
        "animal"
            | "arithmetic"
            | "bar"
            | "calendar"
            | "capital"
            | "char"
            | "character"
            | "clinic"
            | "comic"
            | "decimal"
            | "festival"
            | "fabric"
            | "goal"
            | "grammar"
            | "heuristic"
            | "interval"
            | "journal"
            | "lexical"
            | "literal"
            | "logic"
            | "magic"
            | "manual"
            | "metal"
            | "metric"
            | "music"
            | "panic"
            | "portal"
            | "principal"
            | "pronoun"
            | "rational"
            | "rival"
            | "scalar"
            | "seminar"
            | "serial"
            | "signal"
            | "star"
            | "statistic"
            | "terminal"
            | "topic"
            | "total"
            | "traffic"
            | "trial"
            | "tutorial"
            | "variant"
            | "vertical"
            | "constant"
    );
    is_adjective(word)
        || word.len() > 4
            && !is_noun
            && ["ic", "al", "ar", "ian", "ant", "ite"].iter().any(|end| word.ends_with(end))
            && ![
                "suite",
                "site",
                "write",
                "sprite",
                "container",
                "participant",
                "tenant",
                "assistant",
                "merchant",
                "applicant",
            ]
            .contains(&word)
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
    fn tells_qualities_after_is() {
        for word in ["regular", "bipartite", "isomorphic", "monotonic", "closed"] {
            assert!(is_quality(word), "{word}");
        }
        for word in ["scalar", "terminal", "module", "variant", "suite"] {
            assert!(!is_quality(word), "{word}");
        }
    }

    #[test]
    fn tables_are_sorted_for_the_binary_search() {
        for table in [ADJECTIVES, NOUNS] {
            assert!(table.windows(2).all(|pair| matches!(pair, [a, b] if a < b)));
        }
        assert!(LONE.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0)));
    }
}
