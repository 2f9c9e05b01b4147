//! Verbs: which words are one, how they are inflected, which preposition follows.

use super::verb_table::VERBS;

/// How the object of a verb meets its surroundings.
pub(super) struct Verb {
    /// The verb as it is written in a sentence, imperative.
    pub(super) text: &'static str,
    /// The preposition between the object and the thing it is done to.
    pub(super) preposition: &'static str,
    /// The object is new: `a row` rather than `the row`.
    pub(super) is_creative: bool,
}

/// The verb that a leading word of a name stands for.
pub(super) fn find(word: &str) -> Option<Verb> {
    let (text, preposition) = lookup(word)?;
    let is_creative = matches!(
        text,
        "add"
            | "append"
            | "create"
            | "build"
            | "make"
            | "insert"
            | "register"
            | "generate"
            | "push"
            | "define"
            | "construct"
            | "spawn"
            | "allocate"
            | "emit"
            | "raise"
            | "declare"
            | "schedule"
            | "attach"
            | "produce"
            | "send"
            | "prepend"
            | "derive"
    );
    Some(Verb { text, preposition, is_creative })
}

fn lookup(word: &str) -> Option<(&'static str, &'static str)> {
    let index = VERBS.binary_search_by(|(name, ..)| (*name).cmp(word)).ok()?;
    VERBS.get(index).map(|(_, text, preposition)| (*text, *preposition))
}

/// `write` becomes `writes`, `look up` becomes `looks up`.
pub(super) fn third_person(phrase: &str) -> String {
    let (verb, rest) = match phrase.split_once(' ') {
        Some((verb, rest)) => (verb, Some(rest)),
        None => (phrase, None),
    };
    let stem_y = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    let inflected = match (verb, stem_y) {
        ("be", _) => "is".to_owned(),
        ("have", _) => "has".to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| verb.ends_with(end)) => {
            format!("{verb}es")
        }
        _ => format!("{verb}s"),
    };
    match rest {
        Some(rest) => format!("{inflected} {rest}"),
        None => inflected,
    }
}

/// Whether a word reads as an adjective or participle: no article before it.
pub(super) fn is_adjective(word: &str) -> bool {
    let known = matches!(
        word,
        "absolute"
            | "accurate"
            | "abstract"
            | "active"
            | "alive"
            | "async"
            | "available"
            | "big"
            | "binary"
            | "blank"
            | "builtin"
            | "busy"
            | "clean"
            | "clear"
            | "complete"
            | "complex"
            | "concrete"
            | "concurrent"
            | "consistent"
            | "constant"
            | "correct"
            | "dead"
            | "default"
            | "different"
            | "dirty"
            | "done"
            | "dry"
            | "empty"
            | "enough"
            | "equal"
            | "even"
            | "exact"
            | "exclusive"
            | "external"
            | "false"
            | "fatal"
            | "fast"
            | "final"
            | "finite"
            | "first"
            | "free"
            | "frozen"
            | "full"
            | "generic"
            | "global"
            | "greedy"
            | "hidden"
            | "idle"
            | "immutable"
            | "infinite"
            | "insecure"
            | "internal"
            | "invalid"
            | "known"
            | "last"
            | "lazy"
            | "legal"
            | "live"
            | "local"
            | "main"
            | "missing"
            | "mutable"
            | "native"
            | "negative"
            | "nested"
            | "new"
            | "null"
            | "odd"
            | "ok"
            | "old"
            | "online"
            | "offline"
            | "open"
            | "optional"
            | "ordered"
            | "outdated"
            | "pending"
            | "persistent"
            | "positive"
            | "present"
            | "private"
            | "protected"
            | "public"
            | "pure"
            | "quiet"
            | "raw"
            | "ready"
            | "real"
            | "recursive"
            | "redundant"
            | "relative"
            | "remote"
            | "safe"
            | "same"
            | "secure"
            | "sensitive"
            | "set"
            | "silent"
            | "simple"
            | "sorted"
            | "special"
            | "stable"
            | "stale"
            | "static"
            | "strict"
            | "synthetic"
            | "trivial"
            | "true"
            | "unique"
            | "unknown"
            | "up"
            | "valid"
            | "verbose"
            | "visible"
            | "writable"
            | "zero"
            | "alphabetic"
            | "numeric"
            | "lowercase"
            | "uppercase"
            | "transparent"
            | "anonymous"
            | "sync"
            | "strong"
            | "weak"
            | "deprecated"
    );
    known
        || word.len() > 4
            && ["ed", "able", "ible", "ful", "less", "ous", "ical", "ive"]
                .iter()
                .any(|end| word.ends_with(end))
            && !matches!(
                word,
                "variable"
                    | "table"
                    | "directive"
                    | "archive"
                    | "renderable"
                    | "seed"
                    | "callable"
                    | "iterable"
                    | "executable"
                    | "primitive"
                    | "awaitable"
                    | "speed"
                    | "feed"
                    | "embed"
            )
        || word.len() > 5
            && word.ends_with("ing")
            && !matches!(
                word,
                "string"
                    | "warning"
                    | "setting"
                    | "heading"
                    | "mapping"
                    | "encoding"
                    | "padding"
                    | "binding"
                    | "listing"
                    | "timing"
                    | "substring"
                    | "docstring"
                    | "spacing"
            )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inflects() {
        for (verb, expected) in [
            ("write", "writes"),
            ("copy", "copies"),
            ("push", "pushes"),
            ("destroy", "destroys"),
            ("look up", "looks up"),
            ("process", "processes"),
            ("echo", "echoes"),
            ("have", "has"),
        ] {
            assert_eq!(third_person(verb), expected);
        }
    }
}
