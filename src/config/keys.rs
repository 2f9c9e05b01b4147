//! The keys that there are: the one place that knows their names and values.
//!
//! Errors, the JSON Schema, environment variables and `docstring-ls config` derive
//! from [`KEYS`]. A key stands here only if it does something.

use super::allowed::Allowed;
use crate::docstring::Language;

/// One setting.
pub(super) struct Key {
    /// Its dotted kebab-case name.
    pub(super) name: &'static str,
    /// What it decides: one sentence for the schema.
    pub(super) help: &'static str,
    /// What it may be.
    pub(super) allowed: Allowed,
}

/// Keys that decide where code is sent and what it costs.
pub(super) const ANSWERING: &[&str] = &["provider", "providers", "orchestrator", "fallback"];

/// Keys that decide where something else is sent.
pub(super) const TELLING: &[&str] = &["telemetry"];

/// Every key.
pub(super) const KEYS: &[Key] = &[
    Key {
        name: "style.python",
        help: "Docstring style of Python files; `auto` follows the linter's settings, then most docstrings of the file, then of the project.",
        allowed: Allowed::Style(Language::Python),
    },
    Key {
        name: "style.rust",
        help: "Docstring style of Rust files.",
        allowed: Allowed::Style(Language::Rust),
    },
    Key {
        name: "provider",
        help: "Who writes the words: `offline`, `auto` (whoever is best at the moment), a table of `providers`, or a preset. Not in a project's own files, unless it is `offline`.",
        allowed: Allowed::Provider,
    },
    Key {
        name: "fallback",
        help: "Who answers when every provider failed; with `none` the failure is reported.",
        allowed: Allowed::Choice(&["offline", "none"]),
    },
    Key {
        name: "orchestrator.max-retries",
        help: "Calls after the first for one docstring, over all providers. While many are documented, calls that meet a rate limit do not count, unless this is 0.",
        allowed: Allowed::Count(0..=20, 3),
    },
    Key {
        name: "orchestrator.timeout",
        help: "The whole of a generation that a person waits for, retries included.",
        allowed: Allowed::Span(1..=3_600, "30s"),
    },
    Key {
        name: "orchestrator.bulk-timeout",
        help: "The same for one docstring of many.",
        allowed: Allowed::Span(1..=86_400, "2m"),
    },
    Key {
        name: "orchestrator.cache",
        help: "Where answers are kept: in memory, on disk, or in a Redis server.",
        allowed: Allowed::Cache,
    },
    Key {
        name: "orchestrator.cache-ttl",
        help: "How long an answer is kept.",
        allowed: Allowed::Span(0..=31_536_000, "30d"),
    },
    Key {
        name: "orchestrator.hedge",
        help: "When a second provider is asked while the first has not answered: never, when it is slow, or at once (which pays every answer twice).",
        allowed: Allowed::Choice(&["adaptive", "off", "race"]),
    },
    Key {
        name: "orchestrator.parallel-attempts",
        help: "Calls at the same time for one docstring.",
        allowed: Allowed::Count(1..=8, 2),
    },
    Key {
        name: "orchestrator.daily-budget-usd",
        help: "Most US dollars in a day (UTC).",
        allowed: Allowed::Dollars(Some(5.0)),
    },
    Key {
        name: "orchestrator.run-budget-usd",
        help: "Most US dollars in one run of the command, or one session of the server.",
        allowed: Allowed::Dollars(None),
    },
    Key {
        name: "telemetry.otlp-endpoint",
        help: "The OpenTelemetry collector that gets the spans of questions and provider calls (OTLP over HTTP, `/v1/traces` below this address), in a build with the feature `otlp`. Not in a project's own files.",
        allowed: Allowed::Collector,
    },
    Key {
        name: "prompts.code",
        help: "What code a prompt may quote: that of the folder (the signatures of what a symbol calls in other files, and calls of it there), or of the symbol's own file alone. A project's own file may only narrow it.",
        allowed: Allowed::Choice(&["folder", "file"]),
    },
    Key {
        name: "prompts.instructions",
        help: "The project's own wishes for the wording, such as a natural language or a tone: plain text that every prompt repeats.",
        allowed: Allowed::Prose,
    },
    Key {
        name: "prompts.templates",
        help: "A folder of prompt templates that take the place of the built-in ones: `system`, `context` and `user`, also with a style, a kind or a language as in `system.numpy`, each in a file that ends with `.jinja`. In a project's own file: inside the project.",
        allowed: Allowed::Folder,
    },
    Key {
        name: "scope",
        help: "Which symbols need a docstring: those visible from outside, or all.",
        allowed: Allowed::Choice(&["public", "all"]),
    },
    Key {
        name: "line-length",
        help: "Characters in a line, indentation included; `auto` follows ruff, black or rustfmt.",
        allowed: Allowed::Length,
    },
    Key {
        name: "include",
        help: "Only files that match one of these globs (relative to the configuration file).",
        allowed: Allowed::Globs,
    },
    Key {
        name: "exclude",
        help: "No files or folders that match one of these globs (relative to the configuration file).",
        allowed: Allowed::Globs,
    },
    Key {
        name: "python.types",
        help: "When types are printed in Python docstrings.",
        allowed: Allowed::Choice(&["auto", "always", "unannotated-only", "never"]),
    },
    Key {
        name: "python.init-docs",
        help: "Where the parameters of `__init__` are described; `auto` follows the lint profile.",
        allowed: Allowed::Choice(&["auto", "init", "class"]),
    },
    Key {
        name: "python.private-params",
        help: "Describe parameters whose name begins with an underscore.",
        allowed: Allowed::Bool(true),
    },
    Key {
        name: "python.defaults",
        help: "Say what a parameter defaults to; `auto` does unless the lint profile is pydoclint's.",
        allowed: Allowed::BoolOrAuto,
    },
    Key {
        name: "python.caught-raises",
        help: "Name exceptions that the same function handles itself; `auto` follows the lint profile.",
        allowed: Allowed::BoolOrAuto,
    },
    Key {
        name: "python.asserts",
        help: "Name `AssertionError` for `assert` statements.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "rust.arguments",
        help: "Write `# Arguments` and `# Returns` sections.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "editor.completion",
        help: "Offer a docstring where its quotes or slashes are typed.",
        allowed: Allowed::Bool(true),
    },
    Key {
        name: "editor.code-lens",
        help: "Show what can be documented or updated above each definition.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "editor.missing",
        help: "How an editor shows that a docstring is missing.",
        allowed: Allowed::Choice(&["hint", "information", "warning", "error", "off"]),
    },
    Key {
        name: "editor.out-of-date",
        help: "How an editor shows that a docstring disagrees with its code.",
        allowed: Allowed::Choice(&["warning", "hint", "information", "error", "off"]),
    },
    Key {
        name: "editor.malformed",
        help: "How an editor shows that a docstring cannot be read as what it seems to be.",
        allowed: Allowed::Choice(&["warning", "hint", "information", "error", "off"]),
    },
    Key {
        name: "lint.profile",
        help: "The linter that decides where two contradict each other; `auto` takes the one that the project configures.",
        allowed: Allowed::Choice(&["auto", "common", "ruff", "pydoclint", "numpydoc", "clippy"]),
    },
    Key {
        name: "lint.missing",
        help: "Which symbols `check` and the editor miss a docstring of; `auto` follows `scope` and the rules that the project's linters have on.",
        allowed: Allowed::Choice(&["auto", "public", "all", "off"]),
    },
    Key {
        name: "lint.out-of-date",
        help: "Report docstrings that disagree with the code.",
        allowed: Allowed::Bool(true),
    },
    Key {
        name: "lint.malformed",
        help: "Report docstrings that cannot be read as what they seem to be.",
        allowed: Allowed::Bool(true),
    },
    Key {
        name: "lint.short-docstrings",
        help: "Report what a docstring without any section lacks; `auto` follows pydoclint, and otherwise does not.",
        allowed: Allowed::BoolOrAuto,
    },
    Key {
        name: "lint.ignore-decorators",
        help: "Functions with one of these decorators (dotted names) need no docstring.",
        allowed: Allowed::Names,
    },
    Key {
        name: "lint.property-decorators",
        help: "Decorators (dotted names) that make a property, whose docstring needs no section for what is returned.",
        allowed: Allowed::Names,
    },
];

/// The keys of a table of `providers` that say where its key comes from: one of them.
pub(super) const KEY_SOURCES: [&str; 3] = ["api-key-env", "api-key-command", "api-key-from"];

/// The keys of a table of `providers`.
pub(super) const PROVIDER_KEYS: &[Key] = &[
    Key { name: "enabled", help: "Whether it may be asked.", allowed: Allowed::Bool(true) },
    Key {
        name: "preset",
        help: "Where dialect, address, model and key variable come from unless they are set; a table named like a preset follows it.",
        allowed: Allowed::Preset,
    },
    Key { name: "dialect", help: "The wire format that it speaks.", allowed: Allowed::Dialect },
    Key { name: "model", help: "The model that is asked for.", allowed: Allowed::Text },
    Key {
        name: "base-url",
        help: "Where it is, up to and without the path of a call.",
        allowed: Allowed::Url,
    },
    Key {
        name: "api-key-env",
        help: "The environment variable that holds the key.",
        allowed: Allowed::Variable,
    },
    Key {
        name: "api-key-command",
        help: "A program with its arguments whose first line of output is the key; run once, when the key is needed.",
        allowed: Allowed::Command,
    },
    Key {
        name: "api-key-from",
        help: "Where the key is kept under the provider's name: the editor's secret storage, or the platform's keyring (service `docstring-ls`; in a build with the feature `keyring`).",
        allowed: Allowed::Choice(&["editor", "keyring"]),
    },
    Key {
        name: "auth",
        help: "How the key is sent: `bearer`, or the name of a header.",
        allowed: Allowed::Auth,
    },
    Key {
        name: "effort",
        help: "How hard the model thinks: the nearest level that it has, the lowest unless set.",
        allowed: Allowed::Choice(&["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
    },
    Key {
        name: "preferred-styles",
        help: "Styles for which `auto` prefers it.",
        allowed: Allowed::Styles,
    },
    Key {
        name: "context",
        help: "Most tokens in a request, question and answer together.",
        allowed: Allowed::Count(512..=100_000_000, 8_192),
    },
    Key {
        name: "max-output",
        help: "Most tokens in an answer.",
        allowed: Allowed::Count(64..=10_000_000, 2_048),
    },
    Key {
        name: "structured",
        help: "How it can be held to JSON: by a schema, to some object, by the prompt, or not at all.",
        allowed: Allowed::Choice(&["schema", "object", "prompted", "none"]),
    },
    Key {
        name: "concurrency",
        help: "Most calls at the same time.",
        allowed: Allowed::Count(1..=1_000, 8),
    },
    Key {
        name: "batches",
        help: "Whether it takes batches (`generate --batch`). Unless set, the vendor's own address does where the dialect is `anthropic`, `openai-responses` or `openai-chat`.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "ca-bundle",
        help: "Certificates (PEM) that are trusted besides those of the platform.",
        allowed: Allowed::Path,
    },
    Key {
        name: "prices.input",
        help: "US dollars per million tokens of input.",
        allowed: Allowed::Price,
    },
    Key {
        name: "prices.cached-input",
        help: "US dollars per million tokens of input that the provider had cached; as `input` unless set.",
        allowed: Allowed::Price,
    },
    Key {
        name: "prices.output",
        help: "US dollars per million tokens of output.",
        allowed: Allowed::Price,
    },
    Key {
        name: "quirks.max-tokens",
        help: "The server calls the limit `max_tokens`, not `max_completion_tokens`.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "quirks.system-role",
        help: "The server takes `system` messages, not `developer` ones.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "quirks.no-store",
        help: "The server does not understand `store`.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "quirks.no-stream-options",
        help: "The server does not understand `stream_options`.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "quirks.require-parameters",
        help: "OpenRouter: only servers that take every parameter.",
        allowed: Allowed::Bool(false),
    },
    Key {
        name: "quirks.schema-in-prompt",
        help: "The schema is given in the prompt as well.",
        allowed: Allowed::Bool(false),
    },
];

/// A header that is sent along: `headers.<name>`.
pub(super) const HEADER: Key = Key {
    name: "headers",
    help: "Headers that are sent along, none of them secret.",
    allowed: Allowed::Header,
};

/// The key of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The key of this name in a table of `providers`; every header is one.
pub(super) fn find_of_provider(name: &str) -> Option<&'static Key> {
    if name.starts_with("headers.") {
        return Some(&HEADER);
    }
    PROVIDER_KEYS.iter().find(|key| key.name == name)
}

/// The candidate nearest to `word`, if it is near enough to be meant.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A name longer than any of ours is no misspelling, and would cost time.
    if word.len() > 64 {
        return None;
    }
    let limit = (word.chars().count() / 3).max(2);
    let scored = candidates.into_iter().map(|candidate| (distance(word, candidate), candidate));
    scored.filter(|(cost, _)| *cost <= limit).min().map(|(_, candidate)| candidate)
}

/// Insertions, deletions and replacements (Levenshtein).
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut diagonal = i;
        let mut previous = i + 1;
        let mut next = vec![previous];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let cost = (diagonal + usize::from(a != *b)).min(above + 1).min(previous + 1);
            diagonal = *above;
            previous = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{KEYS, PROVIDER_KEYS, distance, nearest};

    #[test]
    fn every_default_is_allowed() {
        for key in KEYS {
            assert!(key.admits(&key.default()), "{}", key.name);
        }
        for key in PROVIDER_KEYS {
            let default = key.default();
            assert!(default.is_null() || key.admits(&default), "{}", key.name);
        }
    }

    #[test]
    fn names_the_nearest_word() {
        let keys = || KEYS.iter().map(|key| key.name);
        assert_eq!(nearest("line-lenght", keys()), Some("line-length"));
        assert_eq!(nearest("scop", keys()), Some("scope"));
        assert_eq!(nearest("telephone", keys()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }
}
