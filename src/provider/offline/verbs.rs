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

/// What has been done to the object of a verb that changes it: `normalize` gives `normalized`.
pub(super) fn participle(word: &str) -> Option<String> {
    let verb = find(word)?.text;
    let changes = [
        "abbreviate",
        "adapt",
        "adjust",
        "align",
        "annotate",
        "clean",
        "coerce",
        "collapse",
        "combine",
        "compile",
        "compress",
        "convert",
        "decode",
        "decompress",
        "decorate",
        "decrypt",
        "dedent",
        "deserialize",
        "encode",
        "encrypt",
        "escape",
        "evaluate",
        "expand",
        "filter",
        "format",
        "indent",
        "merge",
        "normalize",
        "parse",
        "process",
        "quote",
        "reduce",
        "render",
        "resolve",
        "reverse",
        "rotate",
        "round",
        "sanitize",
        "serialize",
        "simplify",
        "transform",
        "translate",
        "truncate",
        "unescape",
        "unquote",
        "update",
        "validate",
        "wrap",
    ];
    if !changes.contains(&verb) {
        return None;
    }
    let stem = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o']));
    Some(match verb {
        "format" => "formatted".to_owned(),
        "wrap" => "wrapped".to_owned(),
        _ if verb.ends_with('e') => format!("{verb}d"),
        _ => stem.map_or_else(|| format!("{verb}ed"), |stem| format!("{stem}ied")),
    })
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
        // `return or insert`: both verbs.
        Some(rest) if rest.starts_with("or ") || rest.starts_with("and ") => {
            let (link, second) = rest.split_once(' ').unwrap_or((rest, ""));
            match find(second.split(' ').next().unwrap_or_default()) {
                Some(_) => format!("{inflected} {link} {}", third_person(second)),
                None => format!("{inflected} {rest}"),
            }
        }
        Some(rest) => format!("{inflected} {rest}"),
        None => inflected,
    }
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
            ("load or create", "loads or creates"),
        ] {
            assert_eq!(third_person(verb), expected);
        }
    }
}
