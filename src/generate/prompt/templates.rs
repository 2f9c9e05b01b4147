//! The wording of prompts: files of ours, or texts of the user's.
//!
//! Templates are strict: a name that is not there is an error, found when the templates
//! are loaded and not when a user waits. They have no loader, no includes, a limit on
//! their work and one on their length, since a project's own files may choose them.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};

use crate::docstring::{Language, SymbolKind};
use crate::style::STYLES;

/// The templates that come with the program, by name.
const BUILT_IN: [(&str, &str); 4] = [
    ("system.python", include_str!("templates/system.python.jinja")),
    ("system.rust", include_str!("templates/system.rust.jinja")),
    ("context", include_str!("templates/context.jinja")),
    ("user", include_str!("templates/user.jinja")),
];

/// The three parts of a prompt.
const PARTS: [&str; 3] = ["system", "context", "user"];

/// The name under which a project adds its own wishes to the built-in system text.
const HOUSE: &str = "house";

/// Instructions that a template may take: the built-in ones need a few hundred.
const FUEL: u64 = 20_000;
/// Longest template, in bytes.
const LONGEST: usize = 32 * 1024;
/// Longest text that a template may make, in bytes, besides what it is given.
const LONGEST_OUTPUT: usize = 64 * 1024;

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("prompt template `{name}`{}: {problem}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct TemplateError {
    /// The template.
    pub name: String,
    /// One-based line, where there is one.
    pub line: Option<usize>,
    /// What is wrong, without a full stop.
    pub problem: String,
}

impl TemplateError {
    fn new(name: &str, problem: impl Into<String>) -> Self {
        Self { name: name.to_owned(), line: None, problem: problem.into() }
    }

    fn of(name: &str, error: &minijinja::Error) -> Self {
        let what = error.kind().to_string();
        let problem = match (error.kind(), error.detail()) {
            (ErrorKind::OutOfFuel, _) => "it does too much work".to_owned(),
            (_, Some(detail)) => format!("{what}: {detail}"),
            (_, None) => what,
        };
        let line = error.line().filter(|_| error.kind() != ErrorKind::OutOfFuel);
        Self { name: name.to_owned(), line, problem }
    }
}

/// The templates of a session: the built-in ones and what the user put in their place.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    house: String,
}

impl Default for Templates {
    fn default() -> Self {
        let mut environment = environment();
        for (name, text) in BUILT_IN {
            // A test renders each of them.
            let _ = environment.add_template(name, text);
        }
        Self { environment, house: String::new() }
    }
}

/// The built-in templates, read once.
static SHARED: LazyLock<Arc<Templates>> = LazyLock::new(Arc::default);

impl Templates {
    /// The built-in templates, for all who change nothing about them.
    pub fn built_in() -> Arc<Self> {
        Arc::clone(&SHARED)
    }

    /// The built-in templates, with `overrides` in place of those of the same name.
    ///
    /// A name is `system`, `context` or `user`, alone or followed by a dot and a style
    /// (`system.numpy`), a kind (`user.class`) or a language (`system.rust`); the most
    /// special one that there is counts, in this order. `house` is plain text that the
    /// built-in system text shows as the project's own wishes.
    ///
    /// # Errors
    ///
    /// The first template that has no such name, cannot be read, or fails on a sample.
    pub fn new(overrides: BTreeMap<String, String>) -> Result<Self, TemplateError> {
        let mut templates = Self::default();
        let mut names = Vec::new();
        for (name, text) in overrides {
            if text.len() > LONGEST {
                return Err(TemplateError::new(
                    &name,
                    format!("it is longer than {LONGEST} bytes"),
                ));
            }
            if name == HOUSE {
                text.trim().clone_into(&mut templates.house);
                continue;
            }
            if !is_name(&name) {
                return Err(TemplateError::new(&name, unknown()));
            }
            let added = templates.environment.add_template_owned(name.clone(), text);
            added.map_err(|error| TemplateError::of(&name, &error))?;
            names.push(name);
        }
        for name in names {
            for is_full in [true, false] {
                templates.run(&name, &Variables::sample(is_full))?;
            }
        }
        Ok(templates)
    }

    /// Renders the most special template of a part.
    ///
    /// # Errors
    ///
    /// When it fails on these values, although it did not on the sample.
    pub(super) fn render(
        &self,
        part: &str,
        variables: &Variables<'_>,
    ) -> Result<String, TemplateError> {
        let special = [variables.style, variables.kind, variables.language];
        let names = special.iter().map(|what| format!("{part}.{what}")).chain([part.to_owned()]);
        let mut names = names.filter(|name| self.environment.get_template(name).is_ok());
        let name = names.next().ok_or_else(|| TemplateError::new(part, unknown()))?;
        self.run(&name, variables)
    }

    fn run(&self, name: &str, variables: &Variables<'_>) -> Result<String, TemplateError> {
        let failed = |error: &minijinja::Error| TemplateError::of(name, error);
        let template = self.environment.get_template(name).map_err(|error| failed(&error))?;
        let text = template.render(variables.value(&self.house)).map_err(|error| failed(&error))?;
        if text.len() > LONGEST_OUTPUT + variables.length() + self.house.len() {
            return Err(TemplateError::new(name, "it makes too long a text"));
        }
        Ok(text.trim().to_owned())
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("default", minijinja::filters::default);
    environment.add_filter("length", minijinja::filters::length);
    environment.add_filter("lines", minijinja::filters::lines);
    environment.add_filter("lower", minijinja::filters::lower);
    environment.add_filter("trim", minijinja::filters::trim);
    environment.add_filter("upper", minijinja::filters::upper);
    environment.add_test("defined", minijinja::tests::is_defined);
    environment
}

fn is_name(name: &str) -> bool {
    let (part, special) = name.split_once('.').unwrap_or((name, ""));
    PARTS.contains(&part) && (special.is_empty() && !name.contains('.') || is_special(special))
}

fn is_special(name: &str) -> bool {
    STYLES.iter().any(|style| style.id() == name)
        || SymbolKind::ALL.iter().any(|kind| kind.id() == name)
        || [Language::Python, Language::Rust].iter().any(|language| language.id() == name)
}

fn unknown() -> String {
    "there is no such template; known are `house`, `system`, `context` and `user`, the last \
     three also with a style, a kind or a language behind a dot"
        .to_owned()
}

/// What templates are given. Each is there always; what does not apply is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables<'a> {
    pub(super) language: &'a str,
    pub(super) style: &'a str,
    pub(super) kind: &'a str,
    pub(super) fence: &'a str,
    pub(super) about: &'a str,
    pub(super) imports: &'a str,
    pub(super) outline: &'a str,
    pub(super) samples: &'a str,
    pub(super) facts: &'a str,
    pub(super) target: &'a str,
    pub(super) existing: &'a str,
    pub(super) owner: &'a str,
    pub(super) siblings: &'a str,
    pub(super) callees: &'a str,
    pub(super) callers: &'a str,
    pub(super) keys: &'a str,
    pub(super) schema: &'a str,
    pub(super) brief: bool,
    /// Without an example.
    pub(super) bare: bool,
    /// Only what the documentation lacks is asked for.
    pub(super) missing: bool,
}

impl<'a> Variables<'a> {
    fn texts(&self) -> [(&'static str, &'a str); 17] {
        [
            ("language", self.language),
            ("style", self.style),
            ("kind", self.kind),
            ("fence", self.fence),
            ("about", self.about),
            ("imports", self.imports),
            ("outline", self.outline),
            ("samples", self.samples),
            ("facts", self.facts),
            ("target", self.target),
            ("existing", self.existing),
            ("owner", self.owner),
            ("siblings", self.siblings),
            ("callees", self.callees),
            ("callers", self.callers),
            ("keys", self.keys),
            ("schema", self.schema),
        ]
    }

    fn length(&self) -> usize {
        self.texts().iter().map(|(_, text)| text.len()).sum()
    }

    fn value(&self, house: &str) -> Value {
        let texts = self.texts().into_iter().map(|(name, text)| (name, Value::from(text)));
        let others = [
            ("brief", Value::from(self.brief)),
            ("bare", Value::from(self.bare)),
            ("missing", Value::from(self.missing)),
            ("house", Value::from(house)),
        ];
        Value::from(texts.chain(others).collect::<BTreeMap<_, _>>())
    }

    /// Values to try a template with: all there, or none but those that always are.
    fn sample(is_full: bool) -> Variables<'static> {
        let some = |text: &'static str| if is_full { text } else { "" };
        Variables {
            language: "python",
            style: "google",
            kind: "function",
            fence: "````",
            about: some("Reads files."),
            imports: some("import os"),
            outline: some("class A: b, c"),
            samples: some("def a(): \"\"\"Return a.\"\"\""),
            facts: "{\"kind\":\"function\"}",
            target: "def f(): ...",
            existing: some("Do it."),
            owner: some("class A:"),
            siblings: some("def g():"),
            callees: some("def h():"),
            callers: some("f()"),
            keys: "summary, description",
            schema: some("{}"),
            brief: is_full,
            bare: !is_full,
            missing: is_full,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{BUILT_IN, Templates, Variables};

    fn with(name: &str, text: &str) -> Result<Templates, String> {
        let overrides = BTreeMap::from([(name.to_owned(), text.to_owned())]);
        Templates::new(overrides).map_err(|error| error.to_string())
    }

    #[test]
    fn the_built_in_templates_render() {
        let templates = Templates::default();
        for (name, text) in BUILT_IN {
            assert!(text.is_ascii(), "{name}");
            for is_full in [true, false] {
                let text = templates.run(name, &Variables::sample(is_full)).expect(name);
                assert!(!text.contains("\n\n\n"), "{name}: {text}");
                assert_eq!(text.is_empty(), name == "context" && !is_full, "{name}");
            }
        }
    }

    #[test]
    fn the_most_special_template_counts() {
        let overrides = [("system.numpy", "N"), ("system", "S"), ("user.class", "C {{ kind }}")];
        let overrides = overrides.map(|(name, text)| (name.to_owned(), text.to_owned()));
        let templates = Templates::new(BTreeMap::from(overrides)).expect("good templates");
        let of = |part: &str, style: &'static str, kind: &'static str| {
            let variables = Variables { style, kind, ..Variables::sample(false) };
            templates.render(part, &variables).expect("a text")
        };
        assert_eq!(of("system", "numpy", "class"), "N");
        assert!(of("system", "google", "class").starts_with("You write"));
        assert_eq!(of("user", "google", "class"), "C class");
        assert!(of("user", "google", "function").starts_with("# The function"));
    }

    #[test]
    fn the_house_adds_to_the_built_in_text() {
        let templates =
            with("house", " Write British English.\n{{ not a template }} ").expect("ok");
        let text = templates.render("system", &Variables::sample(true)).expect("a text");
        assert!(text.ends_with("\n\nWrite British English.\n{{ not a template }}"), "{text}");
    }

    #[test]
    fn a_bad_template_is_named_with_its_line() {
        let cases = [
            ("user", "a\n{{ tragets }}", "prompt template `user`, line 2: undefined value"),
            ("user", "a\n{% if %}", "prompt template `user`, line 2: syntax error: "),
            ("user", "{% include 'x' %}", "prompt template `user`, line 1: syntax error: "),
            ("user", "{{ facts|tojson }}", "prompt template `user`, line 1: unknown filter"),
            ("user.cobol", "a", "prompt template `user.cobol`: there is no such template"),
            ("user.", "a", "prompt template `user.`: there is no such template"),
            ("prompt", "a", "prompt template `prompt`: there is no such template"),
            (
                "user",
                "{% for a in 'x' * 100000 %}{{ a }}{% endfor %}",
                "prompt template `user`: it does too much work",
            ),
            ("user", "{{ 'x' * 1000000 }}", "prompt template `user`: it makes too long a text"),
        ];
        for (name, text, expected) in cases {
            let error = with(name, text).expect_err(text);
            assert!(error.starts_with(expected), "{error}");
        }
        let long = "x".repeat(40_000);
        assert!(with("user", &long).expect_err("too long").contains("longer than 32768 bytes"));
    }
}
