//! Verbs: which words are one, how they are inflected, which preposition follows.

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

/// Verbs without a preposition of their own. Sorted.
#[rustfmt::skip]
static PLAIN: &[&str] = &[
    "abbreviate", "absorb", "accumulate", "adapt", "approximate", "arrange", "ascend", "blend", "bootstrap", "bump", "bypass", "chop", "clip", "colorize", "complain", "compose", "confirm", "correct", "customize", "decide", "demand", "deprecate", "descend", "disallow", "discover", "dismiss", "distribute", "elide", "embed", "emphasize", "emulate", "encapsulate", "enforce", "erase", "establish", "exempt", "exhaust", "explode", "fade", "forbid", "grant", "halt", "hydrate", "identify", "implement", "improve", "inform", "instantiate", "instrument", "intercept", "interleave", "interpolate", "interrupt", "intersect", "introduce", "invert", "isolate", "italicize", "justify", "lint", "localize", "manage", "materialize", "maximize", "migrate", "minimize", "mix", "monitor", "mutate", "mute", "narrow", "navigate", "negate", "observe", "optimize", "paint", "parametrize", "paste", "persist", "pickle", "pluck", "prefer", "preserve", "prevent", "promote", "protect", "prove", "provide", "quantize", "randomize", "rearrange", "rebase", "recalculate", "recompute", "recover", "recreate", "recurse", "recycle", "refer", "refine", "reflect", "reformat", "regenerate", "reindex", "relate", "relax", "remap", "remember", "remind", "renew", "reorder", "repair", "replay", "repopulate", "represent", "reproduce", "reraise", "rerun", "rescale", "reschedule", "restrict", "retain", "rethrow", "reuse", "revoke", "satisfy", "shorten", "silence", "simulate", "skim", "slugify", "sniff", "spread", "squeeze", "standardize", "stash", "steal", "stitch", "summarize", "supply", "surround", "survive", "tabulate", "throttle", "throw", "tidy", "tokenise", "tolerate", "tune", "tweak", "unfreeze", "unify", "uninstall", "unparse", "unpickle", "unroll", "unwind", "unzip", "upsert", "vectorize", "wake", "weigh", "widen", "wipe", "yank"
];

#[allow(clippy::too_many_lines, reason = "a lexicon")]
fn lookup(word: &str) -> Option<(&'static str, &'static str)> {
    if let Ok(index) = PLAIN.binary_search(&word) {
        return PLAIN.get(index).map(|verb| (*verb, "of"));
    }
    Some(match word {
        // to
        "add" => ("add", "to"),
        "append" => ("append", "to"),
        "apply" => ("apply", "to"),
        "assign" => ("assign", "to"),
        "attach" => ("attach", "to"),
        "bind" => ("bind", "to"),
        "connect" => ("connect", "to"),
        "dump" => ("dump", "to"),
        "dumps" => ("serialize", "with"),
        "loads" => ("deserialize", "with"),
        "emit" => ("emit", "to"),
        "export" => ("export", "from"),
        "extend" => ("extend", "of"),
        "feed" => ("feed", "to"),
        "forward" => ("forward", "to"),
        "join" => ("join", "with"),
        "prepend" => ("prepend", "to"),
        "push" => ("push", "onto"),
        "put" => ("put", "into"),
        "register" => ("register", "with"),
        "send" => ("send", "through"),
        "write" => ("write", "to"),
        // from
        "delete" | "del" => ("delete", "from"),
        "detach" => ("detach", "from"),
        "discard" => ("discard", "from"),
        "disconnect" => ("disconnect", "from"),
        "drop" => ("drop", "from"),
        "extract" => ("extract", "from"),
        "fetch" => ("fetch", "from"),
        "get" => ("return", "of"),
        "getattr" => ("return", "of"),
        "import" => ("import", "into"),
        "load" => ("load", "from"),
        "lookup" => ("look up", "in"),
        "pop" => ("pop", "from"),
        "pull" => ("pull", "from"),
        "read" | "readinto" => ("read", "from"),
        "receive" | "recv" => ("receive", "from"),
        "remove" | "rm" => ("remove", "from"),
        "retrieve" => ("retrieve", "from"),
        "strip" => ("strip", "from"),
        "take" => ("take", "from"),
        "trim" => ("trim", "from"),
        "unregister" | "deregister" => ("unregister", "from"),
        "unset" => ("unset", "of"),
        // in
        "cache" => ("cache", "in"),
        "count" => ("count", "in"),
        "display" => ("display", "in"),
        "find" => ("find", "in"),
        "highlight" => ("highlight", "in"),
        "hide" => ("hide", "in"),
        "insert" => ("insert", "into"),
        "locate" => ("locate", "in"),
        "lock" => ("lock", "of"),
        "move" => ("move", "of"),
        "print" => ("print", "to"),
        "record" => ("record", "in"),
        "replace" => ("replace", "in"),
        "save" => ("save", "in"),
        "scan" => ("scan", "in"),
        "search" => ("search", "in"),
        "seek" => ("seek", "in"),
        "show" => ("show", "in"),
        "skip" => ("skip", "in"),
        "store" => ("store", "in"),
        "toggle" => ("toggle", "in"),
        // of
        "activate" => ("activate", "of"),
        "adjust" => ("adjust", "of"),
        "calculate" | "calc" => ("calculate", "of"),
        "change" => ("change", "of"),
        "clear" => ("clear", "of"),
        "clone" => ("clone", "of"),
        "close" => ("close", "of"),
        "compute" => ("compute", "of"),
        "copy" => ("copy", "of"),
        "deactivate" => ("deactivate", "of"),
        "disable" => ("disable", "of"),
        "enable" => ("enable", "of"),
        "flush" => ("flush", "of"),
        "initialize" | "init" | "initialise" => ("initialize", "of"),
        "iter" | "iterate" => ("iterate over", "of"),
        "list" => ("list", "of"),
        "modify" => ("modify", "of"),
        "open" => ("open", "of"),
        "query" => ("query", "of"),
        "refresh" => ("refresh", "of"),
        "rename" => ("rename", "of"),
        "reset" => ("reset", "of"),
        "restore" => ("restore", "of"),
        "set" => ("set", "of"),
        "setattr" => ("set", "of"),
        "sort" => ("sort", "of"),
        "swap" => ("swap", "of"),
        "unlock" => ("unlock", "of"),
        "update" => ("update", "of"),
        // with or for
        "abort" => ("abort", "for"),
        "accept" => ("accept", "for"),
        "acquire" => ("acquire", "for"),
        "advance" => ("advance", "of"),
        "aggregate" => ("aggregate", "for"),
        "align" => ("align", "for"),
        "allocate" | "alloc" => ("allocate", "for"),
        "allow" => ("allow", "for"),
        "analyze" | "analyse" => ("analyze", "for"),
        "annotate" => ("annotate", "for"),
        "announce" => ("announce", "for"),
        "ask" => ("ask for", "for"),
        "assert" => ("assert", "for"),
        "augment" => ("augment", "for"),
        "authenticate" => ("authenticate", "for"),
        "await" => ("await", "for"),
        "begin" => ("begin", "for"),
        "break" => ("break", "for"),
        "broadcast" => ("broadcast", "for"),
        "build" => ("build", "for"),
        "call" => ("call", "for"),
        "cancel" => ("cancel", "of"),
        "capture" => ("capture", "of"),
        "cast" => ("cast", "for"),
        "check" => ("check", "of"),
        "choose" => ("choose", "for"),
        "clamp" => ("clamp", "for"),
        "classify" => ("classify", "for"),
        "clean" | "cleanup" => ("clean up", "of"),
        "coerce" => ("coerce", "for"),
        "collapse" => ("collapse", "of"),
        "collect" => ("collect", "of"),
        "combine" => ("combine", "for"),
        "commit" => ("commit", "of"),
        "compare" => ("compare", "of"),
        "compile" => ("compile", "for"),
        "complete" => ("complete", "of"),
        "compress" => ("compress", "for"),
        "concat" | "concatenate" => ("concatenate", "for"),
        "configure" => ("configure", "of"),
        "consume" => ("consume", "of"),
        "construct" => ("construct", "for"),
        "consolidate" => ("consolidate", "of"),
        "convert" => ("convert", "for"),
        "create" => ("create", "for"),
        "crop" => ("crop", "of"),
        "debug" => ("debug", "of"),
        "decode" => ("decode", "for"),
        "decompress" => ("decompress", "for"),
        "decorate" => ("decorate", "for"),
        "decrement" => ("decrement", "of"),
        "dedent" => ("dedent", "for"),
        "deduplicate" | "dedup" => ("deduplicate", "of"),
        "define" => ("define", "for"),
        "delegate" => ("delegate", "for"),
        "derive" => ("derive", "for"),
        "describe" => ("describe", "of"),
        "deserialize" => ("deserialize", "for"),
        "destroy" => ("destroy", "of"),
        "detect" => ("detect", "for"),
        "determine" => ("determine", "for"),
        "dispatch" => ("dispatch", "for"),
        "divide" => ("divide", "of"),
        "download" => ("download", "for"),
        "drain" => ("drain", "from"),
        "draw" => ("draw", "for"),
        "duplicate" => ("duplicate", "of"),
        "echo" => ("echo", "to"),
        "edit" => ("edit", "of"),
        "encode" => ("encode", "for"),
        "encrypt" => ("encrypt", "for"),
        "decrypt" => ("decrypt", "for"),
        "end" => ("end", "of"),
        "enqueue" => ("enqueue", "in"),
        "dequeue" => ("dequeue", "from"),
        "ensure" => ("ensure", "for"),
        "enter" => ("enter", "of"),
        "enumerate" => ("enumerate", "of"),
        "escape" => ("escape", "for"),
        "estimate" => ("estimate", "of"),
        "evaluate" | "eval" => ("evaluate", "of"),
        "evict" => ("evict", "from"),
        "exchange" => ("exchange", "of"),
        "exclude" => ("exclude", "from"),
        "execute" | "exec" => ("execute", "of"),
        "exit" => ("exit", "of"),
        "expand" => ("expand", "of"),
        "expect" => ("expect", "of"),
        "explain" => ("explain", "of"),
        "fail" => ("fail", "of"),
        "fill" => ("fill", "of"),
        "filter" => ("filter", "of"),
        "finalize" => ("finalize", "of"),
        "finish" => ("finish", "of"),
        "fit" => ("fit", "to"),
        "fix" => ("fix", "of"),
        "flatten" => ("flatten", "of"),
        "fold" => ("fold", "of"),
        "follow" => ("follow", "of"),
        "force" => ("force", "of"),
        "format" => ("format", "for"),
        "freeze" => ("freeze", "of"),
        "gather" => ("gather", "of"),
        "generate" | "gen" => ("generate", "for"),
        "give" => ("give", "to"),
        "group" => ("group", "of"),
        "grow" => ("grow", "of"),
        "guess" => ("guess", "of"),
        "handle" => ("handle", "of"),
        "hash" => ("hash", "of"),
        "ignore" => ("ignore", "of"),
        "include" => ("include", "in"),
        "increment" => ("increment", "of"),
        "indent" => ("indent", "of"),
        "infer" => ("infer", "for"),
        "inherit" => ("inherit", "for"),
        "inject" => ("inject", "into"),
        "inspect" => ("inspect", "of"),
        "install" => ("install", "for"),
        "interpret" => ("interpret", "for"),
        "invalidate" => ("invalidate", "of"),
        "invoke" => ("invoke", "of"),
        "kill" => ("kill", "of"),
        "launch" => ("launch", "for"),
        "leave" => ("leave", "of"),
        "link" => ("link", "to"),
        "listen" => ("listen for", "on"),
        "log" => ("log", "for"),
        "login" => ("log in", "to"),
        "logout" => ("log out", "of"),
        "make" | "mk" | "mkdir" => ("create", "for"),
        "map" => ("map", "of"),
        "mark" => ("mark", "of"),
        "match" => ("match", "against"),
        "measure" => ("measure", "of"),
        "merge" => ("merge", "into"),
        "mount" => ("mount", "on"),
        "name" => return None,
        "negotiate" => ("negotiate", "for"),
        "normalize" | "normalise" => ("normalize", "for"),
        "notify" => ("notify", "of"),
        "obtain" => ("obtain", "from"),
        "override" => ("override", "of"),
        "pack" => ("pack", "into"),
        "pad" => ("pad", "of"),
        "parse" => ("parse", "for"),
        "partition" => ("partition", "of"),
        "patch" => ("patch", "of"),
        "pause" => ("pause", "of"),
        "peek" => ("peek at", "of"),
        "perform" => ("perform", "for"),
        "pick" => ("pick", "from"),
        "ping" => ("ping", "of"),
        "plot" => ("plot", "of"),
        "poll" => ("poll", "of"),
        "populate" => ("populate", "of"),
        "post" => ("post", "to"),
        "prepare" => ("prepare", "for"),
        "preprocess" => ("preprocess", "for"),
        "process" => ("process", "for"),
        "produce" => ("produce", "for"),
        "prompt" => ("prompt for", "for"),
        "propagate" => ("propagate", "of"),
        "prune" => ("prune", "from"),
        "publish" => ("publish", "to"),
        "purge" => ("purge", "from"),
        "quit" => ("quit", "of"),
        "quote" => ("quote", "for"),
        "unquote" => ("unquote", "for"),
        "raise" => ("raise", "for"),
        "rebuild" => ("rebuild", "of"),
        "reconnect" => ("reconnect", "of"),
        "redirect" => ("redirect", "of"),
        "reduce" => ("reduce", "of"),
        "reject" => ("reject", "of"),
        "release" => ("release", "of"),
        "reload" => ("reload", "of"),
        "render" => ("render", "for"),
        "reopen" => ("reopen", "of"),
        "repeat" => ("repeat", "of"),
        "report" => ("report", "for"),
        "request" => ("request", "from"),
        "require" => ("require", "of"),
        "reserve" => ("reserve", "in"),
        "resize" => ("resize", "of"),
        "resolve" => ("resolve", "for"),
        "respond" => ("respond", "for"),
        "restart" => ("restart", "of"),
        "resume" => ("resume", "of"),
        "retry" => ("retry", "of"),
        "return" => ("return", "of"),
        "reverse" => ("reverse", "of"),
        "revert" => ("revert", "of"),
        "rewind" => ("rewind", "of"),
        "rewrite" => ("rewrite", "of"),
        "rotate" => ("rotate", "of"),
        "round" => ("round", "of"),
        "run" => ("run", "of"),
        "sanitize" => ("sanitize", "for"),
        "schedule" => ("schedule", "for"),
        "scroll" => ("scroll", "of"),
        "select" => ("select", "from"),
        "serialize" => ("serialize", "for"),
        "serve" => ("serve", "from"),
        "setup" => ("set up", "of"),
        "share" => ("share", "of"),
        "shift" => ("shift", "of"),
        "shrink" => ("shrink", "of"),
        "shuffle" => ("shuffle", "of"),
        "shutdown" => ("shut down", "of"),
        "sign" => ("sign", "for"),
        "simplify" => ("simplify", "of"),
        "sleep" => ("sleep", "for"),
        "slice" => ("slice", "of"),
        "solve" => ("solve", "for"),
        "spawn" => ("spawn", "for"),
        "split" => ("split", "of"),
        "splice" => ("splice", "into"),
        "squash" => ("squash", "of"),
        "start" => ("start", "of"),
        "stop" => ("stop", "of"),
        "stream" => ("stream", "of"),
        "stringify" => ("convert to a string", "for"),
        "submit" => ("submit", "to"),
        "subscribe" => ("subscribe to", "of"),
        "substitute" | "sub" => ("substitute", "in"),
        "subtract" => ("subtract", "from"),
        "suggest" => ("suggest", "for"),
        "suppress" => ("suppress", "of"),
        "suspend" => ("suspend", "of"),
        "switch" => ("switch", "of"),
        "sync" | "synchronize" => ("synchronize", "with"),
        "teardown" => ("tear down", "of"),
        "tell" => return None,
        "terminate" => ("terminate", "of"),
        "tokenize" => ("tokenize", "for"),
        "touch" => ("touch", "of"),
        "trace" => ("trace", "of"),
        "track" => ("track", "of"),
        "train" => ("train", "of"),
        "transfer" => ("transfer", "to"),
        "transform" => ("transform", "for"),
        "translate" => ("translate", "for"),
        "transmit" => ("transmit", "to"),
        "traverse" => ("traverse", "of"),
        "trigger" => ("trigger", "of"),
        "truncate" => ("truncate", "of"),
        "try" => ("try to", "of"),
        "undo" => ("undo", "of"),
        "redo" => ("redo", "of"),
        "unescape" => ("unescape", "for"),
        "unlink" => ("unlink", "from"),
        "unpack" => ("unpack", "from"),
        "unwrap" => ("unwrap", "of"),
        "upgrade" => ("upgrade", "of"),
        "upload" => ("upload", "to"),
        "use" => ("use", "of"),
        "validate" => ("validate", "for"),
        "verify" => ("verify", "of"),
        "visit" => ("visit", "of"),
        "wait" => ("wait for", "of"),
        "walk" => ("walk", "of"),
        "warn" => ("warn about", "of"),
        "watch" => ("watch", "of"),
        "wrap" => ("wrap", "for"),
        "yield" => ("yield", "of"),
        "zip" => ("zip", "of"),
        _ => return None,
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
        Some(rest) => format!("{inflected} {rest}"),
        None => inflected,
    }
}

/// Whether a word reads as an adjective or participle: no article before it.
pub(super) fn is_adjective(word: &str) -> bool {
    let known = matches!(
        word,
        "absolute"
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

    #[test]
    fn no_imperative_looks_like_a_third_person() {
        // numpydoc's SS05: a first word that ends in one `s` is taken for a third person.
        for word in ["process", "compress", "focus", "alias", "add", "get"] {
            if let Some(verb) = find(word) {
                let first = verb.text.split(' ').next().unwrap_or_default();
                assert!(!first.ends_with('s') || first.ends_with("ss"), "{word}");
            }
        }
    }
}
