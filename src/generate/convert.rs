//! Lays an existing docstring out in another style.
//!
//! Its lines stay as they are spelled in the source; only the notation of its sections
//! changes. What cannot be said in the other style without loss is refused.

use std::collections::{BTreeSet, HashMap};

use super::options::{Options, Scope};
use super::select::asked_for;
use super::{Failure, Skip};
use crate::docstring::{Edit, Language, Param, Symbol, SymbolKind, SymbolPath};
use crate::style::{self, Layout, Obstacle};
use crate::syntax::{Outline, Source};

/// A docstring in another style, proven to leave the code as it is.
#[derive(Clone, Debug)]
pub struct Converted {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// The style that it was written in.
    pub from: &'static str,
    /// The style that it is written in now.
    pub to: &'static str,
    /// The whole docstring as it is afterwards: no quotes or markers, no indentation.
    pub text: String,
    /// The change.
    pub edit: Edit,
}

/// What became of one docstring of a file.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// Which symbol.
    pub path: SymbolPath,
    /// What it is.
    pub kind: SymbolKind,
    /// One-based line of its name.
    pub line: usize,
    /// The docstring in the other style, or why it stays as it is.
    pub result: Result<Converted, Failure>,
}

/// Converts the docstring of `symbol` to the style of `options`.
///
/// # Errors
///
/// When it has none, is in that style already, or would lose something.
pub fn convert(source: &Source, symbol: &Symbol, options: &Options) -> Result<Converted, Failure> {
    let names = || match symbol.kind {
        SymbolKind::Class => source.symbol(&constructor(symbol)).map(|init| starred(&init)),
        _ => Some(starred(symbol)),
    };
    let converted = unproven(source, symbol, names, options)?;
    source.verify(std::slice::from_ref(&converted.edit)).map_err(Failure::Guard)?;
    Ok(converted)
}

/// Converts every docstring of a file that `options` selects, and proves all together: the
/// text afterwards, `None` when nothing changes.
///
/// One docstring's refusal does not stop the others.
pub fn convert_file(source: &Source, options: &Options) -> (Vec<Conversion>, Option<String>) {
    let is_init = |outline: &Outline| outline.name == "__init__";
    let is_meant = |outline: &Outline| {
        outline.documented
            && asked_for(outline, options).is_ok()
            && (options.scope == Scope::All || options.only.is_some() || outline.public)
    };
    let mut meant = BTreeSet::new();
    let symbols = source.symbols(|outline| {
        let is_meant = is_meant(outline);
        if is_meant {
            meant.insert(outline.path.clone());
        }
        is_meant || is_init(outline)
    });
    let inits = symbols.iter().filter(|symbol| symbol.name == "__init__");
    let inits: HashMap<&SymbolPath, &Symbol> = inits.map(|symbol| (&symbol.path, symbol)).collect();
    let meant = symbols.iter().filter(|symbol| meant.contains(&symbol.path));
    let mut conversions: Vec<Conversion> = meant
        .map(|symbol| {
            let names = || match symbol.kind {
                SymbolKind::Class => inits.get(&constructor(symbol)).map(|init| starred(init)),
                _ => Some(starred(symbol)),
            };
            let result = unproven(source, symbol, names, options);
            let (path, kind, line) = (symbol.path.clone(), symbol.kind, symbol.line);
            Conversion { path, kind, line, result }
        })
        .collect();
    let text = proven(source, &mut conversions);
    (conversions, text)
}

/// The text with all conversions; those that cannot be proven are turned into failures.
fn proven(source: &Source, conversions: &mut [Conversion]) -> Option<String> {
    let edits = |conversions: &[Conversion]| -> Vec<Edit> {
        let done = conversions.iter().filter_map(|conversion| conversion.result.as_ref().ok());
        done.map(|converted| converted.edit.clone()).collect()
    };
    let all = edits(conversions);
    if all.is_empty() {
        return None;
    }
    if let Ok(text) = source.verify(&all) {
        return Some(text);
    }
    for conversion in conversions.iter_mut() {
        let verdict = match &conversion.result {
            Ok(converted) => source.verify(std::slice::from_ref(&converted.edit)),
            Err(_) => continue,
        };
        if let Err(violation) = verdict {
            conversion.result = Err(Failure::Guard(violation));
        }
    }
    let rest = edits(conversions);
    match source.verify(&rest) {
        Ok(text) => (!rest.is_empty()).then_some(text),
        Err(violation) => {
            for conversion in conversions.iter_mut().filter(|one| one.result.is_ok()) {
                conversion.result = Err(Failure::Guard(violation.clone()));
            }
            None
        }
    }
}

/// As [`convert`], without the proof that the code stays as it is. `names` are the
/// parameters with their stars.
fn unproven(
    source: &Source,
    symbol: &Symbol,
    names: impl FnOnce() -> Option<Vec<String>>,
    options: &Options,
) -> Result<Converted, Failure> {
    let Some(existing) = &symbol.existing else {
        return Err(Failure::Skipped(Skip::Undocumented));
    };
    let to = options.style;
    if symbol.language != Language::Python || to.language() != Language::Python {
        return Err(Failure::Unclear("documentation of Rust has one style only".to_owned()));
    }
    let between = source.text().get(symbol.name_range.start..existing.range.start);
    let top = symbol.line + newlines(between.unwrap_or_default());
    let from = match style::written_in(&existing.text) {
        Ok(Some(from)) if from.id() != to.id() => from,
        Ok(_) => return Err(Failure::Skipped(Skip::UpToDate)),
        Err(obstacle) => return Err(unclear(top, &obstacle.reason)),
    };
    let spelling = source.spelling(symbol).map_err(|violation| unclear(top, &violation.reason))?;
    let indent = symbol.slot.as_ref().map_or(0, |slot| {
        slot.indent.chars().map(|c| if c == '\t' { 4 } else { 1 }).sum::<usize>()
    });
    let layout = Layout { width: options.line_length.saturating_sub(indent).max(40) };
    let names = names().unwrap_or_default();
    let write = |text: &str| style::transcribe(text, from, to, &names, layout);
    let at =
        |obstacle: Obstacle| unclear(top + spelling.first_line + obstacle.line, &obstacle.reason);
    let text = write(&spelling.text).map_err(at)?;
    let (edit, seen) = source.respelled(symbol, &spelling, &text).map_err(Failure::Guard)?;
    // What the escapes stand for must not be read otherwise than what is spelled.
    let wanted = if spelling.has_escapes { write(&existing.text).map_err(at)? } else { text };
    if !seen.split_whitespace().eq(wanted.split_whitespace()) {
        return Err(unclear(top, "its escapes mean something to the style"));
    }
    Ok(Converted {
        path: symbol.path.clone(),
        kind: symbol.kind,
        line: symbol.line,
        from: from.id(),
        to: to.id(),
        text: seen,
        edit,
    })
}

/// The path of a class's constructor.
fn constructor(class: &Symbol) -> SymbolPath {
    SymbolPath([&class.path.0, ".__init__"].concat())
}

/// The parameters with their stars.
fn starred(symbol: &Symbol) -> Vec<String> {
    symbol.signature.params.iter().map(Param::starred).collect()
}

fn newlines(text: &str) -> usize {
    let pairs = text.matches("\r\n").count();
    text.bytes().filter(|byte| matches!(byte, b'\n' | b'\r')).count() - pairs
}

/// A refusal with the line of the file.
fn unclear(line: usize, reason: &str) -> Failure {
    Failure::Unclear(format!("line {line}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::{convert, convert_file};
    use crate::docstring::Language;
    use crate::generate::{Failure, Options, Scope, Skip};
    use crate::style::by_id;
    use crate::syntax::Source;

    fn options(style: &str) -> Options {
        Options { scope: Scope::All, ..Options::new(by_id(style).unwrap()) }
    }

    fn parse(text: &str) -> Source {
        Source::parse(Language::Python, "m.py", text.into()).unwrap()
    }

    /// The text with all docstrings converted, or why the first one is not.
    fn converted(text: &str, style: &str) -> Result<String, String> {
        let source = parse(text);
        let (conversions, after) = convert_file(&source, &options(style));
        let failure = conversions.into_iter().find_map(|one| one.result.err());
        failure.map_or(Ok(after.unwrap_or_default()), |failure| Err(failure.to_string()))
    }

    #[test]
    fn changes_the_literal_and_nothing_around_it() {
        let text = "def f(a, *b):  # c\r\n\tu'''Do \\x41.\r\n\r\n\tArgs:\r\n\t\ta: One.\r\n\t\t*b (int): Two\r\n\t\t\tlines.\r\n\t''' ; return 1  # d\r\n";
        assert_eq!(
            converted(text, "sphinx").unwrap(),
            "def f(a, *b):  # c\r\n\tu'''Do \\x41.\r\n\r\n\t:param a: One.\r\n\t:param b: Two\r\n\t\tlines.\r\n\t:type b: int\r\n\t''' ; return 1  # d\r\n"
        );
        let there = converted(text, "sphinx").unwrap();
        assert_eq!(converted(&there, "google").unwrap(), text);
    }

    #[test]
    fn a_class_has_the_stars_of_its_constructor() {
        let text = "class A:\n    \"\"\"Do.\n\n    :param x: One.\n    \"\"\"\n    def __init__(self, *x): pass\n";
        let google = converted(text, "google").unwrap();
        assert!(google.contains("        *x: One.\n"), "{google}");
        assert_eq!(converted(&google, "sphinx").unwrap(), text);
        // Where the notation has stars, they are those of the signature.
        let numpy = converted(&google.replace("*x: One", "x: One"), "numpy").unwrap();
        assert!(numpy.contains("    *x\n        One.\n"), "{numpy}");
    }

    #[test]
    fn refusals_name_the_line_of_the_file() {
        let text = "import a\n\n\ndef f(x):\n    \"\"\"\n    Do.\n\n    Args:\n        x: One.\n        nothing\n    \"\"\"\n";
        assert_eq!(
            converted(text, "numpy").unwrap_err(),
            "line 10: the entry `nothing` has no colon"
        );
        assert_eq!(
            converted("def f(x):\n    'Do.\\n\\nArgs:\\n    x: One.'\n", "numpy").unwrap_err(),
            "line 2: the docstring stands in single quotes"
        );
        assert_eq!(
            converted("def f(x):\n    '''Do.\n\n    Args:\n        x: One.\n    '''\n", "pep257")
                .unwrap_err(),
            "line 4: pep257 has no place for a section such as this"
        );
    }

    #[test]
    fn what_has_no_sections_stays() {
        let source = parse("def f():\n    '''Do: it.\n\n    - a\n    '''\ndef g(): pass\n");
        let symbols = source.symbols(|_| true);
        let skips: Vec<_> = symbols
            .iter()
            .map(|symbol| convert(&source, symbol, &options("numpy")).unwrap_err())
            .collect();
        assert_eq!(
            skips,
            [
                Failure::Skipped(Skip::Undocumented),
                Failure::Skipped(Skip::UpToDate),
                Failure::Skipped(Skip::Undocumented)
            ]
        );
    }

    #[test]
    fn escapes_that_make_lines_are_no_lines() {
        let text =
            "def f(x):\n    '''Do.\n\n    Args:\n        x: One.\\n\\nReturns:\\n    a\n    '''\n";
        assert!(converted(text, "sphinx").is_err());
    }
}
