//! Words that are those of the prompts' examples: a small model likes to copy them. They
//! are well formed, and about something else.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::docstring::Symbol;
use crate::style::Content;

/// The texts that hold the examples.
const SYSTEMS: [&str; 2] = [
    include_str!("../prompt/templates/system.python.jinja"),
    include_str!("../prompt/templates/system.rust.jinja"),
];

/// What the examples are about. Sentences without one of these could be about anything.
const SUBJECTS: [&str; 4] = ["job", "queue", "instant", "epoch"];

/// Words that every sentence has.
const COMMON: [&str; 20] = [
    "a", "an", "the", "of", "to", "in", "on", "if", "or", "and", "for", "from", "is", "are", "was",
    "were", "be", "it", "that", "which",
];

/// The words of each sentence of the examples.
static EXAMPLES: LazyLock<Vec<BTreeSet<String>>> = LazyLock::new(|| {
    let answers = SYSTEMS.iter().flat_map(|system| system.lines());
    let answers = answers.filter_map(|line| line.strip_prefix("Answer: "));
    let mut sentences = Vec::new();
    let mut open: Vec<Value> = answers.filter_map(|line| serde_json::from_str(line).ok()).collect();
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) => sentences.extend(text.split(". ").map(words)),
            Value::Array(items) => open.extend(items),
            Value::Object(object) => open.extend(object.into_iter().map(|(_, value)| value)),
            _ => {}
        }
    }
    sentences
});

/// The summaries of the examples, word for word.
static SUMMARIES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let lines = SYSTEMS.iter().flat_map(|system| system.lines());
    let quoted = lines.filter_map(|line| line.strip_prefix("Answer: {\"summary\":\""));
    quoted.filter_map(|rest| rest.split('"').next()).collect()
});

/// The words of a text that tell something, without endings.
fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| !word.is_empty() && !COMMON.contains(&word.as_str())).map(stem).collect()
}

fn stem(word: String) -> String {
    let bare = word.strip_suffix("ed").or_else(|| word.strip_suffix('s')).unwrap_or(&word);
    let bare = bare.strip_suffix('e').unwrap_or(bare);
    if bare.len() < 3 { word } else { bare.to_owned() }
}

/// What is wrong with the texts that come from an example, or nearly so, or that are a form
/// nobody filled in.
pub(super) fn copied(content: &Content, symbol: &Symbol) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |place: String, text: &str| {
        if is_copied(text, symbol) {
            found.push(format!("`{place}` is that of the example, not of this code"));
        } else if is_form(text) || is_about_itself(text) {
            found.push(format!("`{place}` has a placeholder where words should be"));
        }
    };
    look("/summary".to_owned(), &content.summary);
    let lists = [
        ("params", &content.params),
        ("raises", &content.raises),
        ("attributes", &content.attributes),
    ];
    for (key, items) in lists {
        for (index, item) in items.iter().enumerate() {
            look(format!("/{key}/{index}/description"), &item.description);
        }
    }
    for (key, text) in [
        ("description", &content.description),
        ("returns", &content.returns),
        ("yields", &content.yields),
        ("errors", &content.errors),
        ("panics", &content.panics),
        ("safety", &content.safety),
        ("notes", &content.notes),
    ] {
        if let Some(text) = text {
            look(format!("/{key}"), text);
        }
    }
    found
}

/// Whether a text is a sentence of an example, or has most of its words from one or most
/// of the words of one, of what that is about too; unless the code is about the same.
fn is_copied(text: &str, symbol: &Symbol) -> bool {
    if SUMMARIES.contains(&text) {
        return true;
    }
    let words = words(text);
    let mut about = SUBJECTS.iter().map(|subject| stem((*subject).to_owned()));
    if !about.any(|subject| words.contains(&subject)) {
        return false;
    }
    // All that is known of the symbol.
    let facts = format!("{symbol:?}").to_lowercase();
    let is_foreign = |word: &str| {
        SUBJECTS
            .iter()
            .any(|subject| stem((*subject).to_owned()) == word && !facts.contains(subject))
    };
    EXAMPLES.iter().any(|example| {
        let shared: Vec<&String> = words.intersection(example).collect();
        let is_most =
            |whole: usize, least: usize| shared.len() >= least && shared.len() * 3 >= whole * 2;
        shared.iter().any(|word| is_foreign(word))
            && (is_most(words.len(), 2) || is_most(example.len(), 3))
    })
}

/// Whether a text has a placeholder (`[description]`, `{method}`) outside of literals.
fn is_form(text: &str) -> bool {
    const BLANKS: [&str; 8] =
        ["summary", "description", "type", "title", "method", "function", "name", "text"];
    let prose = text.split('`').step_by(2);
    let mut openings = prose.flat_map(|part| part.split(['[', '{', '<']).skip(1));
    openings.any(|rest| {
        let blank = rest.split([']', '}', '>']).next().filter(|blank| blank.len() < rest.len());
        blank.is_some_and(|blank| BLANKS.iter().any(|known| known.eq_ignore_ascii_case(blank)))
    })
}

/// Whether a text says that it is a description, in place of describing something.
fn is_about_itself(text: &str) -> bool {
    const CODE: [&str; 6] = ["function", "method", "code", "class", "module", "documentation"];
    let is = |word: Option<&str>, known: &[&str]| {
        word.is_some_and(|word| known.iter().any(|known| known.eq_ignore_ascii_case(word)))
    };
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut word = words.next();
    let says_this = is(word, &["this"]);
    if says_this && !is(words.next(), &["is"]) {
        return false;
    }
    if says_this {
        word = words.next();
    }
    if is(word, &["a", "the"]) {
        word = words.next();
    }
    if !is(word, &["summary", "description"]) {
        return false;
    }
    let is_of = is(words.next(), &["of"]);
    let of = words.find(|word| !is(Some(word), &["a", "an", "the", "this"]));
    says_this || is_of && is(of, &CODE)
}

#[cfg(test)]
mod tests {
    use super::{
        EXAMPLES, SUBJECTS, SUMMARIES, SYSTEMS, is_about_itself, is_copied, is_form, stem,
    };
    use crate::docstring::{Language, Symbol, SymbolKind};

    #[test]
    fn the_examples_are_found_in_the_prompts() {
        let count: usize = SYSTEMS.iter().map(|system| system.matches("\nAnswer: {").count()).sum();
        assert_eq!((SUMMARIES.len(), count), (6, 6), "{:?}", *SUMMARIES);
        assert!(EXAMPLES.len() > 15, "{:?}", *EXAMPLES);
        for subject in SUBJECTS {
            let word = stem(subject.to_owned());
            assert!(EXAMPLES.iter().any(|example| example.contains(&word)), "{subject}");
        }
    }

    #[test]
    fn a_form_that_nobody_filled_in() {
        for text in ["[summary].", "The method {method} returns.", "A <description>."] {
            assert!(is_form(text), "{text}");
        }
        for text in ["A `[type]` of it.", "A list [of types].", "[", "a < type", "[]", ""] {
            assert!(!is_form(text), "{text}");
        }
    }

    #[test]
    fn a_description_that_calls_itself_one() {
        for text in [
            "This is a summary of documentation that contains headers.",
            "This is a description.",
            "The description of a function contains headers.",
            "Summary of the `code`.",
        ] {
            assert!(is_about_itself(text), "{text}");
        }
        for text in [
            "A summary of the results.",
            "The description, for the help.",
            "This class is a description of a method.",
            "Description of the job.",
            "This.",
            "",
        ] {
            assert!(!is_about_itself(text), "{text}");
        }
    }

    #[test]
    fn copies_and_what_only_looks_like_one() {
        let symbol = |path| Symbol::new(Language::Python, SymbolKind::Method, path);
        // As a small model wrote them about other code.
        for text in [
            "Remove jobs from the front of the queue.",
            "Removes jobs from the front of the queue.",
            "Remove jobs from the queue.",
            "The largest number of jobs to remove.",
            "The class to remove jobs from the front of the queue.",
            "List of jobs to be removed from the queue.",
            "If the queue was closed before the call.",
            "The jobs in the order in which they were added.",
            "A span of time between two instants.",
            "Reads the byte that lies `offset` bytes behind `base`.",
        ] {
            assert!(is_copied(text, &symbol("Style.pick_first")), "{text}");
        }
        for text in [
            "The largest number of bytes to remove.",
            "The time between two calls.",
            "Add an item to the queue.",
            "Return a list of jobs that are due today.",
            "Reads a byte.",
            "If the file was closed before the call.",
            "",
        ] {
            assert!(!is_copied(text, &symbol("Style.pick_first")), "{text}");
        }
        assert!(!is_copied("The largest number of jobs to remove.", &symbol("Jobs.clear")));
        assert!(!is_copied("If the queue was closed before the call.", &symbol("JobQueue.put")));
    }
}
