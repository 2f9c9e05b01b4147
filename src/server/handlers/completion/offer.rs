//! The completion itself: whose documentation was begun, and what takes its place.

use std::ops::Range;
use std::sync::Arc;

use super::typed::{Typed, is_blank};
use crate::docstring::{Language, Slot, Symbol, SymbolKind, SymbolPath};
use crate::generate::Generated;
use crate::syntax::{InputEdit, Source, Violation};

/// Documentation in the place of what was typed.
#[derive(Debug)]
pub(super) struct Offer {
    /// Bytes of the document, in one line, the cursor among them.
    pub(super) range: Range<usize>,
    /// What stands there afterwards.
    pub(super) text: String,
    /// The same with tab stops.
    pub(super) snippet: Option<String>,
    /// Where it comes from.
    pub(super) generated: Generated,
}

/// The text as if nothing had been typed, parsed as far as needed.
///
/// # Errors
///
/// When the parser gives up.
pub(super) fn source(
    language: Language,
    name: &str,
    text: &str,
    typed: &Typed,
    base: Option<(&Source, InputEdit)>,
) -> Result<Option<Source>, Violation> {
    let removed: Arc<str> = typed.removed(language, text).into();
    if let Some((base, edit)) = base {
        return base.reparse(removed, &[edit]).map(Some);
    }
    if language == Language::Python {
        match Source::parse_around(language, name, Arc::clone(&removed), None, typed.range.start) {
            Ok(Some(source)) => return Ok(Some(source)),
            // Outside of every definition only the module is left to be documented.
            Ok(None) if !is_blank(text.get(..typed.line).unwrap_or_default(), "#") => {
                return Ok(None);
            }
            Ok(None) | Err(_) => {}
        }
    }
    Source::parse(language, name, removed).map(Some)
}

/// The definition whose documentation was begun; `None` when it has one already, or
/// when this is not its place.
pub(super) fn symbol(source: &Source, typed: &Typed) -> Option<Symbol> {
    let text = source.text();
    let line_end = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.find(['\n', '\r']).unwrap_or(rest.len())
    };
    let below = line_end(typed.range.start);
    let symbol = match source.language() {
        Language::Python => source.symbol_at(typed.range.start)?,
        Language::Rust if typed.is_inner => source.symbol(&SymbolPath::default())?,
        Language::Rust => {
            let rest = text.get(below..)?;
            let next = below + (rest.len() - rest.trim_start().len());
            source.symbol_at(next).filter(|symbol| symbol.range.start == next)?
        }
    };
    let slot = symbol.slot.as_ref().filter(|slot| slot.replace.is_empty())?;
    let at = slot.replace.start;
    let comment = if source.language() == Language::Python { "#" } else { "//" };
    let is_here = if symbol.kind == SymbolKind::Module && at > typed.line {
        is_blank(text.get(below..at)?, comment)
    } else if source.language() == Language::Rust && !typed.is_inner {
        // It is the next item, and its slot is at it.
        at >= typed.line
    } else {
        is_blank(text.get(at..typed.line)?, comment)
    };
    (is_here && symbol.existing.is_none()).then_some(symbol)
}

/// Puts documentation that was made for the text without what was typed in its place.
pub(super) fn offer(
    text: &str,
    typed: &Typed,
    symbol: &Symbol,
    generated: Generated,
) -> Option<Offer> {
    let slot = symbol.slot.as_ref()?;
    let literal = generated.edit.text.strip_prefix(slot.before.as_str())?;
    let literal = literal.strip_suffix(slot.after.as_str())?;
    let snippet = generated.snippet.as_ref().and_then(|snippet| {
        let snippet = snippet.strip_prefix(slot.before.as_str())?.strip_suffix("$0")?;
        Some(snippet.strip_suffix(slot.after.as_str())?.to_owned())
    });
    // Where the editor indents differently, its indentation gives way.
    let is_indented = typed.indent(text) == slot.indent;
    let start =
        if is_indented { typed.range.start } else { typed.range.start - typed.indent(text).len() };
    let head = if is_indented { "" } else { slot.indent.as_str() };
    let tail = gap(text, typed, symbol, slot);
    Some(Offer {
        range: start..typed.range.end,
        text: [head, literal, tail].concat(),
        snippet: snippet.map(|snippet| [head, &snippet, "$0", tail].concat()),
        generated,
    })
}

/// The blank line between the documentation and the code of a module (and of a Python
/// class: D204), unless there is one.
fn gap<'a>(text: &str, typed: &Typed, symbol: &Symbol, slot: &'a Slot) -> &'a str {
    let is_apart = match symbol.language {
        Language::Python => matches!(symbol.kind, SymbolKind::Module | SymbolKind::Class),
        Language::Rust => typed.is_inner,
    };
    let after = text.get(typed.range.end..).unwrap_or_default();
    let after = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r']));
    let next = after.and_then(|after| after.split(['\n', '\r']).next());
    let is_tight = next.is_some_and(|next| !next.trim().is_empty());
    if is_apart && is_tight { slot.newline } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{Options, symbol_now};
    use crate::orchestrator::Orchestrator;
    use crate::provider::Offline;
    use crate::style;

    /// The text after the completion at `|` was taken, the words of its docstring left
    /// out; `None` when there is none.
    fn check(language: Language, marked: &str) -> Option<String> {
        let cursor = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        let typed = Typed::read(language, &text, cursor)?;
        let source = source(language, "m", &text, &typed, None).unwrap()?;
        let symbol = symbol(&source, &typed)?;
        let styles: [&'static dyn style::Style; 2] = [&style::Google, &style::Rustdoc];
        let style = styles.into_iter().find(|style| style.language() == language)?;
        let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
        let options = Options::new(style);
        let made = symbol_now(&source, symbol.clone(), &options, &orchestrator)?.unwrap();
        let words = made.text.clone();
        let offer = offer(&text, &typed, &symbol, made).unwrap();
        assert!(offer.range.contains(&cursor) || offer.range.end == cursor);
        assert!(!text[offer.range.clone()].contains('\n'), "one line");
        let mut after = text.clone();
        after.replace_range(offer.range, &offer.text);
        let parsed = Source::parse(language, "m", after.as_str().into()).unwrap();
        let documented = parsed.symbol(&symbol.path).and_then(|symbol| symbol.existing);
        assert_eq!(documented.map(|existing| existing.text), Some(words), "{after}");
        // What is inside is the provider's concern.
        let first = offer.text.lines().next().unwrap().trim_start().to_owned();
        let at = after.find(&first)?;
        let end = match language {
            Language::Python => at + 3 + after[at + 3..].find("\"\"\"")? + 3,
            Language::Rust => {
                let lines = offer.text.trim_end().len()
                    - (offer.text.len() - offer.text.trim_start().len());
                at + lines
            }
        };
        after.replace_range(at..end, "«doc»");
        Some(after)
    }

    fn python(marked: &str, expected: Option<&str>) {
        assert_eq!(check(Language::Python, marked).as_deref(), expected, "{marked}");
    }

    fn rust(marked: &str, expected: Option<&str>) {
        assert_eq!(check(Language::Rust, marked).as_deref(), expected, "{marked}");
    }

    #[test]
    fn under_a_signature() {
        for typed in [
            "\"\"\"|",
            "\"\"\"|\"\"\"",
            "\"\"\"|\"",
            "'''|'''",
            "r\"\"\"|\"\"\"",
            "\"\"\"|\"\"\"  ",
        ] {
            python(
                &format!("def f(a):\n    {typed}\n    return a\n\n\ndef g(): pass\n"),
                Some("def f(a):\n    «doc»\n    return a\n\n\ndef g(): pass\n"),
            );
        }
        // No body yet: at the end of the file, and above other code.
        python("def f(a):\n    \"\"\"|\"\"\"", Some("def f(a):\n    «doc»"));
        python(
            "def f(a):\n    \"\"\"|\"\"\"\n\ndef g(): pass\n",
            Some("def f(a):\n    «doc»\n\ndef g(): pass\n"),
        );
        python(
            "class A:\n    def f(self):\n        '''|'''\n    def g(self): pass\n",
            Some("class A:\n    def f(self):\n        «doc»\n    def g(self): pass\n"),
        );
        // A long signature, a comment, a decorator, other line ends.
        python(
            "@d\ndef f(\n    a,\n    b=\"x\",\n) -> int:  # c\n    # d\n    \"\"\"|\"\"\"\n    return 1\n",
            Some(
                "@d\ndef f(\n    a,\n    b=\"x\",\n) -> int:  # c\n    # d\n    «doc»\n    return 1\n",
            ),
        );
        python(
            "async def f(a):\r\n\t\"\"\"|\"\"\"\r\n\treturn a\r\n",
            Some("async def f(a):\r\n\t«doc»\r\n\treturn a\r\n"),
        );
    }

    #[test]
    fn the_line_is_indented_as_the_body_is() {
        python(
            "def f(a):\n  \"\"\"|\"\"\"\n  return a\n",
            Some("def f(a):\n  «doc»\n  return a\n"),
        );
    }

    #[test]
    fn classes_and_modules() {
        python(
            "class A:\n    \"\"\"|\"\"\"\n    x: int = 1\n",
            Some("class A:\n    «doc»\n\n    x: int = 1\n"),
        );
        python(
            "class A:\n    \"\"\"|\"\"\"\n\n    x = 1\n",
            Some("class A:\n    «doc»\n\n    x = 1\n"),
        );
        python("class A(Exception):\n    \"\"\"|\n", Some("class A(Exception):\n    «doc»\n"));
        python("\"\"\"|\"\"\"\nimport os\n", Some("«doc»\n\nimport os\n"));
        python(
            "#!/bin/python\n# c\n\n\"\"\"|\n\nimport os\n",
            Some("#!/bin/python\n# c\n\n«doc»\n\nimport os\n"),
        );
    }

    #[test]
    fn other_code_may_be_broken() {
        python(
            "def f(a):\n    \"\"\"|\"\"\"\n    return a\n\n\ndef g(:\n    x = (\n",
            Some("def f(a):\n    «doc»\n    return a\n\n\ndef g(:\n    x = (\n"),
        );
    }

    #[test]
    fn not_in_strings_comments_or_elsewhere() {
        for elsewhere in [
            "def f():\n    x = \"\"\"|\"\"\"\n",
            "def f():\n    x = 1\n    \"\"\"|\"\"\"\n",
            "def f():\n    \"\"\"Done.\"\"\"\n    \"\"\"|\"\"\"\n",
            "def f():\n    \"\"\"Done.\n\n    \"\"\"|\n    return 1\n",
            "def f():\n    x = \"\"\"\n    \"\"\"|\n",
            "s = \"\"\"\ndef f():\n    \"\"\"|\n",
            "s = '''\ndef f():\n    \"\"\"|\"\"\"\n    '''\n",
            "def f():\n    # \"\"\"|\"\"\"\n    pass\n",
            "def f():\n    \"\"|\n    pass\n",
            "def f():\n    \"|\"\n    pass\n",
            "def f():\n    \"\"\"\"|\n    pass\n",
            "def f():\n    \"\"\"| text\"\"\"\n    pass\n",
            "import os\n\"\"\"|\"\"\"\n",
            "import os\n\n\n\"\"\"|\n",
            "f(\n    \"\"\"|\"\"\"\n)\n",
            "def f(\n    \"\"\"|\n",
            "if x:\n    \"\"\"|\"\"\"\n",
            "def f(): pass\n    \"\"\"|\"\"\"\n",
            "@overload\ndef f(a: int):\n    \"\"\"|\"\"\"\n    \"\"\"No.\"\"\"\n",
        ] {
            python(elsewhere, None);
        }
    }

    #[test]
    fn above_an_item() {
        rust(
            "///|\npub fn f(a: u8) -> u8 {\n    a\n}\n",
            Some("«doc»\npub fn f(a: u8) -> u8 {\n    a\n}\n"),
        );
        rust(
            "/// |\n#[must_use]\npub fn f() -> u8 {\n    1\n}\n",
            Some("«doc»\n#[must_use]\npub fn f() -> u8 {\n    1\n}\n"),
        );
        rust(
            "pub struct S {\n    ///|\n    pub a: u8,\n}\n",
            Some("pub struct S {\n    «doc»\n    pub a: u8,\n}\n"),
        );
        rust(
            "impl S {\n    ///|\n    fn f(&self) {}\n}\n",
            Some("impl S {\n    «doc»\n    fn f(&self) {}\n}\n"),
        );
        rust("//!|\nuse std::fmt;\n\nfn f() {}\n", Some("«doc»\n\nuse std::fmt;\n\nfn f() {}\n"));
    }

    #[test]
    fn not_in_other_comments_or_strings() {
        for elsewhere in [
            "//|\nfn f() {}\n",
            "////|\nfn f() {}\n",
            "/// a|\nfn f() {}\n",
            "/// Done.\n///|\nfn f() {}\n",
            "///|\n/// Done.\nfn f() {}\n",
            "/*\n///|\n*/\nfn f() {}\n",
            "const S: &str = \"\n///|\n\";\nfn f() {}\n",
            "fn f() {\n    ///|\n    g();\n}\n",
            "fn f() {}\n\n///|\n",
            "use std::fmt;\n//!|\nfn f() {}\n",
        ] {
            rust(elsewhere, None);
        }
    }
}
