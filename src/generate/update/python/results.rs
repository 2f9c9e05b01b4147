//! What comes out of a function: returned and yielded values, and exceptions.

use super::Comparison;
use crate::docstring::{Drift, Raise, SectionKind, SymbolKind};
use crate::generate::options::Profile;
use crate::generate::types::printed;
use crate::style::MappedSection;

/// Decorators under which a function still gives what its body gives.
const TRANSPARENT: [&str; 10] = [
    "staticmethod",
    "classmethod",
    "abstractmethod",
    "override",
    "final",
    "wraps",
    "cache",
    "lru_cache",
    "deprecated",
    "typechecked",
];

impl Comparison<'_> {
    pub(super) fn results(&mut self) {
        if self.symbol.kind == SymbolKind::Property {
            return;
        }
        let returns = self.reading.map.section(&SectionKind::Returns).is_some();
        let yields = self.reading.map.section(&SectionKind::Yields).is_some();
        let missing = |kind| Drift::Missing { kind, name: None };
        let extra = |kind| Drift::Extra { kind, name: None };
        if !returns && !yields {
            if self.lacks_returns() {
                self.found.push(missing(SectionKind::Returns));
            } else if self.lacks_yields() {
                self.found.push(missing(SectionKind::Yields));
            }
        }
        if self.gives_nothing() {
            if returns && !self.says_nothing(&SectionKind::Returns) {
                self.found.push(extra(SectionKind::Returns));
            }
            if yields && !self.says_nothing(&SectionKind::Yields) {
                self.found.push(extra(SectionKind::Yields));
            }
        }
        self.retyped_result();
    }

    /// Documents the signature, and gives back a value that is mentioned nowhere.
    fn lacks_returns(&self) -> bool {
        let symbol = self.symbol;
        let annotation = symbol.signature.returns.as_deref().map(last);
        symbol.signature.returns_value
            && !matches!(annotation, Some("NoReturn" | "Never" | "None"))
            && !symbol.signature.is_generator
            && self.describes_signature("DOC201")
            && !self.is_promise()
            && !matches!(symbol.name.as_str(), "__init__" | "__new__")
            && !self.is_passed_on()
            && !self.tells_of(&["return"])
    }

    fn lacks_yields(&self) -> bool {
        let symbol = self.symbol;
        let gives = symbol.body.yields.iter().any(|value| value.text != "None")
            || self.options.rules.profile == Profile::Pydoclint;
        // What a context manager or a fixture yields, its user does not iterate over.
        let is_wrapped = symbol.decorators.iter().any(|decorator| {
            ["contextmanager", "fixture", "coroutine", "callbacks"]
                .iter()
                .any(|word| decorator.to_ascii_lowercase().contains(word))
        });
        symbol.signature.is_generator
            && gives
            && !is_wrapped
            && self.describes_signature("DOC402")
            && !self.tells_of(&["yield", "generat", "iterat", "return", "stream"])
    }

    /// A docstring that describes parameters is meant to be complete, as every one is for a
    /// project that has `rule` on.
    fn describes_signature(&self, rule: &str) -> bool {
        if self.options.checks.demands(rule) {
            return true;
        }
        let sections = self.reading.clear(&SectionKind::Parameters);
        sections.is_some_and(|sections| sections.iter().any(|section| !section.items.is_empty()))
    }

    /// A stub or an abstract method: its body promises nothing.
    fn is_promise(&self) -> bool {
        let symbol = self.symbol;
        let is_interface = symbol.owner.as_ref().is_some_and(|owner| owner.flags.is_interface);
        symbol.body.is_stub
            || symbol.flags.is_abstract
            || is_interface && symbol.body.statements <= 1
    }

    /// Only what another function gives back is given back (`return super().f()`), under
    /// no annotation: whether that is a value, nobody can tell from here.
    fn is_passed_on(&self) -> bool {
        let symbol = self.symbol;
        let is_bare = symbol.signature.returns.is_none();
        let returns = &symbol.body.returns;
        is_bare && !returns.is_empty() && returns.iter().all(|value| value.text.contains("super()"))
    }

    fn tells_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.reading.says(word))
    }

    /// Certain to give neither values nor anything to iterate over.
    fn gives_nothing(&self) -> bool {
        let symbol = self.symbol;
        let signature = &symbol.signature;
        let is_annotated = signature.returns.as_deref().is_some_and(|returns| returns != "None");
        let is_transparent = symbol.decorators.iter().all(|decorator| {
            let callee = decorator.split('(').next().unwrap_or(decorator);
            let last = callee.rsplit('.').next().unwrap_or(callee).trim();
            TRANSPARENT.contains(&last)
        });
        let only_raises = symbol.body.statements == 1 && !symbol.body.raises.is_empty();
        !signature.returns_value
            && !signature.is_generator
            && !is_annotated
            && !self.is_promise()
            && is_transparent
            && !only_raises
            && !symbol.flags.is_nested
    }

    /// `Returns: None`, and the like.
    fn says_nothing(&self, kind: &SectionKind) -> bool {
        let sections = self.reading.map.of(kind);
        sections.into_iter().any(|section| {
            let lines = self.section_lines(section);
            let words: Vec<&str> = lines
                .iter()
                .flat_map(|line| line.split(|c: char| !c.is_alphanumeric()))
                .filter(|word| !word.is_empty())
                .collect();
            words.iter().take(6).any(|word| {
                ["none", "nothing", "null", "void", "no"]
                    .iter()
                    .any(|nothing| nothing.eq_ignore_ascii_case(word))
            })
        })
    }

    /// The lines below the heading, or of the fields.
    fn section_lines(&self, section: &MappedSection) -> Vec<&str> {
        let holds = |at: &usize| section.holds(*at) && !section.heading.contains(at);
        let lines = self.reading.lines.iter().enumerate().filter(|(at, _)| holds(at));
        lines.map(|(_, line)| *line).collect()
    }

    fn retyped_result(&mut self) {
        let signature = &self.symbol.signature;
        let (kind, actual) = if signature.is_generator {
            (SectionKind::Yields, signature.yields.as_deref())
        } else {
            (SectionKind::Returns, signature.returns.as_deref())
        };
        let Some(actual) = actual.filter(|_| signature.returns_value || signature.is_generator)
        else {
            return;
        };
        let Some(sections) = self.reading.clear(&kind) else { return };
        let Some([item]) = sections.first().map(|section| section.items.as_slice()) else { return };
        let Some(documented) = item.ty.as_ref().and_then(|ty| self.reading.text(ty)) else {
            return;
        };
        if self.differs(documented, actual) {
            self.found.push(Drift::Retyped {
                kind,
                name: None,
                documented: documented.to_owned(),
                actual: printed(actual),
            });
        }
    }

    /// Exceptions that the body raises and the section does not name. Documented ones that
    /// it does not raise may come from callees.
    pub(super) fn exceptions(&mut self) {
        let kind = SectionKind::Raises;
        let Some(sections) = self.reading.clear(&kind) else { return };
        if self.is_promise() {
            return;
        }
        let names = sections.iter().flat_map(|section| section.names());
        let documented: Vec<&str> = names.map(|name| last(name.bare())).collect();
        let mut missing: Vec<Drift> = Vec::new();
        for raise in self.symbol.body.raises.iter().filter(|raise| self.is_raised(raise)) {
            let name = last(&raise.exception);
            let is_covered =
                documented.iter().any(|known| *known == name || is_kind_of(name, known));
            let drift = Drift::Missing { kind: kind.clone(), name: Some(raise.exception.clone()) };
            if !is_covered && !self.reading.mentions(name) && !missing.contains(&drift) {
                missing.push(drift);
            }
        }
        self.found.extend(missing);
    }

    /// Whether an exception leaves the function, and a docstring has to say so.
    fn is_raised(&self, raise: &Raise) -> bool {
        let rules = &self.options.rules;
        let counts_caught =
            rules.caught_raises || matches!(rules.profile, Profile::Ruff | Profile::Pydoclint);
        let name = last(&raise.exception);
        let is_name = raise.exception.split('.').all(|part| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        });
        is_name
            && name.starts_with(char::is_uppercase)
            && !raise.exception.starts_with(['_'])
            && !raise.exception.starts_with("self.")
            && name != "NotImplementedError"
            && (!raise.is_caught || counts_caught)
    }
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// Built-in exceptions and what they are kinds of.
const KINDS: [(&str, &[&str]); 9] = [
    (
        "OSError",
        &[
            "FileNotFoundError",
            "FileExistsError",
            "PermissionError",
            "IsADirectoryError",
            "NotADirectoryError",
            "ConnectionError",
            "TimeoutError",
            "BlockingIOError",
            "ChildProcessError",
            "ProcessLookupError",
            "InterruptedError",
        ],
    ),
    ("ConnectionError", &["BrokenPipeError", "ConnectionResetError", "ConnectionRefusedError"]),
    ("LookupError", &["KeyError", "IndexError"]),
    ("ValueError", &["UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError"]),
    ("ArithmeticError", &["ZeroDivisionError", "OverflowError", "FloatingPointError"]),
    ("RuntimeError", &["NotImplementedError", "RecursionError"]),
    ("ImportError", &["ModuleNotFoundError"]),
    ("SyntaxError", &["IndentationError", "TabError"]),
    ("IOError", &["OSError", "FileNotFoundError", "PermissionError", "FileExistsError"]),
];

/// Whether the documented exception stands for the raised one.
fn is_kind_of(raised: &str, documented: &str) -> bool {
    matches!(documented, "Exception" | "BaseException")
        || KINDS.iter().any(|(kind, below)| *kind == documented && below.contains(&raised))
}
