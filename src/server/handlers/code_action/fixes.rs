//! Which diagnostics of the request a docstring would answer: ours, and those of the
//! linters that ask for docstrings.

use serde_json::Value;
use tower_lsp::lsp_types::Range;

use crate::docstring::{Language, Symbol, SymbolKind, SymbolPath};
use crate::generate::Profile;
use crate::server::diagnostics::SOURCE;
use crate::server::session::Ready;

/// Diagnostics that are looked at.
const MAX_DIAGNOSTICS: usize = 64;
/// Symbols for which there are fixes; a selection may hold a whole file.
const MAX_SYMBOLS: usize = 8;

/// A symbol with the diagnostics that its docstring would answer.
pub(super) struct Asked {
    pub(super) symbol: Symbol,
    pub(super) diagnostics: Vec<Value>,
}

/// Whether a docstring answers any of the diagnostics.
pub(super) fn any(diagnostics: &[Value], language: Language) -> bool {
    diagnostics.iter().take(MAX_DIAGNOSTICS).any(|item| place(item, language).is_some())
}

/// The symbols that the diagnostics are about, in their order.
pub(super) fn asked(ready: &Ready, diagnostics: &[Value]) -> Vec<Asked> {
    let Ready { snapshot, source, .. } = ready;
    let language = source.language();
    let mut found: Vec<Asked> = Vec::new();
    for item in diagnostics.iter().take(MAX_DIAGNOSTICS) {
        let symbol = match place(item, language) {
            None => continue,
            Some(Place::Module) => source.symbol(&SymbolPath::default()),
            Some(Place::Symbol(path)) => source.symbol(&path),
            Some(Place::Range(range)) => {
                let text = snapshot.text();
                let offset = snapshot.lines.offset(text, range.start, snapshot.encoding);
                // A linter that means the module says so.
                source
                    .symbol_at(offset)
                    .filter(|symbol| symbol.kind != SymbolKind::Module || !symbol.path.0.is_empty())
            }
        };
        let Some(symbol) = symbol else { continue };
        if let Some(known) = found.iter_mut().find(|known| known.symbol.path == symbol.path) {
            known.diagnostics.push(item.clone());
        } else if found.len() < MAX_SYMBOLS {
            found.push(Asked { symbol, diagnostics: vec![item.clone()] });
        }
    }
    found
}

/// The lint profile of whoever made the diagnostics; `None` for our own.
pub(super) fn profile(diagnostics: &[Value], language: Language) -> Option<Profile> {
    let sources = diagnostics.iter().filter_map(|item| item.get("source")?.as_str());
    let mut sources = sources.map(str::to_ascii_lowercase).filter(|source| source != SOURCE);
    let source = sources.next()?;
    Some(match (language, source.as_str()) {
        (Language::Rust, _) => Profile::Clippy,
        (Language::Python, "pydoclint" | "flake8") => Profile::Pydoclint,
        (Language::Python, _) => Profile::Ruff,
    })
}

/// Where the symbol of a diagnostic is.
#[derive(Debug, PartialEq)]
enum Place {
    /// It is the module.
    Module,
    /// It has this path.
    Symbol(SymbolPath),
    /// It is around the start of the diagnostic's range.
    Range(Range),
}

/// Where the symbol is that a diagnostic wants documented; `None` when it is about
/// something else.
fn place(diagnostic: &Value, language: Language) -> Option<Place> {
    let code = match diagnostic.get("code")? {
        Value::String(code) => code.clone(),
        Value::Number(code) => code.to_string(),
        // As some clients and servers have it, not as the protocol does.
        Value::Object(code) => match code.get("value")? {
            Value::String(code) => code.clone(),
            Value::Number(code) => code.to_string(),
            _ => return None,
        },
        _ => return None,
    };
    let source = diagnostic.get("source").and_then(Value::as_str).unwrap_or_default();
    let source = source.to_ascii_lowercase();
    let range: Range = serde_json::from_value(diagnostic.get("range")?.clone()).ok()?;
    if source == SOURCE {
        let symbol = diagnostic.pointer("/data/symbol").and_then(Value::as_str);
        return Some(match symbol {
            Some(path) => Place::Symbol(SymbolPath(path.to_owned())),
            // Only the module has no name to underline.
            None if range.start == range.end => Place::Module,
            None => Place::Range(range),
        });
    }
    let (is_wanted, is_module) = match language {
        Language::Python => python(&source, &code),
        Language::Rust => rust(&source, &code, diagnostic),
    };
    is_wanted.then_some(if is_module { Place::Module } else { Place::Range(range) })
}

/// pydocstyle's `D1xx` (a docstring is missing) and `D417` (a parameter is), pydoclint's
/// `DOCxxx`, both also as ruff has them, and pylint's `C0114` to `C0116`.
fn python(source: &str, code: &str) -> (bool, bool) {
    const LINTERS: [&str; 7] =
        ["ruff", "pydocstyle", "pydoclint", "flake8", "pylint", "pycodestyle", ""];
    let code = code.split([' ', ':']).next().unwrap_or_default();
    let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let is_wanted = code == "D417"
        || code.len() == 4 && code.strip_prefix("D1").is_some_and(digits)
        || code.strip_prefix("DOC").is_some_and(digits)
        || matches!(code, "C0114" | "C0115" | "C0116");
    // D100 public module, D104 public package.
    let is_module = matches!(code, "D100" | "D104" | "C0114");
    (is_wanted && LINTERS.contains(&source), is_module)
}

/// rustc's `missing_docs`, and clippy's lints about what documentation lacks.
fn rust(source: &str, code: &str, diagnostic: &Value) -> (bool, bool) {
    const CHECKERS: [&str; 5] = ["rustc", "clippy", "rust-analyzer", "cargo", ""];
    let code = code.strip_prefix("clippy::").unwrap_or(code);
    let is_wanted = matches!(
        code,
        "missing_docs"
            | "missing_docs_in_private_items"
            | "missing_errors_doc"
            | "missing_panics_doc"
            | "missing_safety_doc"
    );
    let message = diagnostic.get("message").and_then(Value::as_str).unwrap_or_default();
    (is_wanted && CHECKERS.contains(&source), message.contains("for the crate"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Place, place};
    use crate::docstring::{Language, SymbolPath};

    fn is_wanted(language: Language, source: &str, code: &Value) -> bool {
        let range =
            json!({"start": {"line": 1, "character": 4}, "end": {"line": 1, "character": 7}});
        let item = json!({"range": range, "source": source, "code": code, "message": "m"});
        place(&item, language).is_some()
    }

    #[test]
    fn linters_that_ask_for_docstrings() {
        let python = |source: &str, code: Value| is_wanted(Language::Python, source, &code);
        for code in ["D100", "D103", "D107", "D417", "DOC201", "DOC501"] {
            assert!(python("Ruff", json!(code)), "{code}");
        }
        assert!(python("ruff", json!({"value": "D102", "target": "https://x"})));
        for code in
            [json!("D205"), json!("DOC"), json!("D1"), json!("D10x"), json!("E501"), json!(103)]
        {
            assert!(!python("Ruff", code.clone()), "{code}");
        }
        assert!(!python("Lua", json!("D103")));
        let rust = |source: &str, code: Value| is_wanted(Language::Rust, source, &code);
        assert!(rust("rustc", json!("missing_docs")));
        assert!(rust("clippy", json!("missing_errors_doc")));
        assert!(rust("clippy", json!("clippy::missing_safety_doc")));
        assert!(!rust("rustc", json!("unused_variables")));
        assert!(!rust("rustc", json!("D103")));
    }

    #[test]
    fn modules_and_our_own() {
        let zero = json!({"line": 0, "character": 0});
        let range = json!({"start": zero, "end": zero});
        let of = |item: Value, language| {
            let mut item = item;
            item["range"] = range.clone();
            place(&item, language)
        };
        let found = of(json!({"source": "Ruff", "code": "D100"}), Language::Python);
        assert_eq!(found, Some(Place::Module));
        let message = "missing documentation for the crate";
        let found = of(
            json!({"source": "rustc", "code": "missing_docs", "message": message}),
            Language::Rust,
        );
        assert_eq!(found, Some(Place::Module));
        let ours = json!({"source": "docstring-ls", "code": "missing", "data": {"symbol": "A.f"}});
        let symbol = Place::Symbol(SymbolPath("A.f".into()));
        assert_eq!(of(ours, Language::Python), Some(symbol));
        let ours = json!({"source": "docstring-ls", "code": "missing"});
        assert_eq!(of(ours, Language::Python), Some(Place::Module));
    }
}
