//! Import statements, calls by name, and what else names are bound to.

use std::ops::Range;

use tree_sitter::Node;

use super::text::raw;
use crate::syntax::imports::{MOST, Step, first_name, walk};
use crate::syntax::{Binding, Import, Mentions, NamedCall, Source};

/// Lines of one statement that are read without a tree.
const LINES: usize = 200;
/// Longest path of a call that is followed, in bytes.
const LONGEST: usize = 200;

/// All imports of a file, in source order.
pub(super) fn imports(source: &Source) -> Vec<Import> {
    let text = source.text();
    let mut found = Vec::new();
    walk(source.tree().walk(), &mut |path| {
        let Some(step) = path.last() else { return true };
        match step.node.kind() {
            "import_statement" | "import_from_statement" => {
                let around = scope(path).unwrap_or(0..text.len());
                let statements = statement(raw(text, step.node));
                found.extend(statements.map(|import| Import { scope: around.clone(), ..import }));
                false
            }
            "expression_statement" | "return_statement" | "parameters" | "decorator" => false,
            _ => true,
        }
    });
    found
}

/// The same without a tree: also what looks like a statement in a string.
pub(super) fn imports_of(text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        if !line.starts_with("import ") && !line.starts_with("from ") {
            continue;
        }
        let mut whole = line.to_owned();
        let mut is_open = line.contains('(') && !line.contains(')');
        for _ in 0..LINES {
            if !is_open && !whole.trim_end().ends_with('\\') {
                break;
            }
            let Some(next) = lines.next() else { break };
            whole.push('\n');
            whole.push_str(next);
            is_open = is_open && !next.split('#').next().unwrap_or_default().contains(')');
        }
        found.extend(statement(&whole));
    }
    found
}

/// What an import statement takes, for the whole file.
fn statement(text: &str) -> impl Iterator<Item = Import> {
    let code: Vec<&str> = text.lines().map(|line| line.split('#').next().unwrap_or("")).collect();
    let code = code.join(" ").replace(['\\', '(', ')', ';'], " ");
    let code = code.trim().to_owned();
    let (module, list) = match code.strip_prefix("from ") {
        Some(rest) => {
            let (module, list) = rest.split_once(" import ").unwrap_or(("", ""));
            (Some(module.split_whitespace().collect::<String>()), list.to_owned())
        }
        None => (None, code.strip_prefix("import ").unwrap_or_default().to_owned()),
    };
    let items: Vec<Import> = list
        .split(',')
        .filter_map(|item| {
            let mut words = item.split_whitespace();
            let name = words.next()?;
            let alias = match (words.next(), words.next()) {
                (Some("as"), Some(alias)) => alias,
                (None, _) => name,
                _ => return None,
            };
            let import = match &module {
                Some(module) if module.is_empty() => return None,
                Some(module) => (module.clone(), name.to_owned()),
                None => (name.to_owned(), String::new()),
            };
            Some(Import {
                module: import.0,
                name: import.1,
                alias: alias.to_owned(),
                scope: 0..usize::MAX,
                is_public: true,
            })
        })
        .collect();
    items.into_iter()
}

/// Calls by names that are `wanted` in `range`, and what else binds those names.
pub(super) fn mentions(
    source: &Source,
    range: &Range<usize>,
    wanted: &dyn Fn(&str) -> bool,
) -> Mentions {
    let text = source.text();
    let mut found = Mentions::default();
    walk(source.tree().walk(), &mut |path| {
        let Some(step) = path.last() else { return true };
        let node = step.node;
        if node.end_byte() <= range.start || node.start_byte() >= range.end {
            return false;
        }
        match node.kind() {
            "import_statement" | "import_from_statement" | "comment" => return false,
            "call" => {
                if let Some(callee) = node.child_by_field_name("function")
                    && let Some(callee) = dotted(text, callee)
                    && found.calls.len() < MOST
                    && wanted(first_name(&callee))
                {
                    found.calls.push(NamedCall { callee, at: node.start_byte() });
                }
            }
            "identifier" => {
                let name = raw(text, node);
                if found.bindings.len() < MOST
                    && wanted(name)
                    && let Some(scope) = bound(path)
                {
                    let scope = scope.unwrap_or(0..text.len());
                    found.bindings.push(Binding { name: name.to_owned(), scope });
                }
            }
            _ => {}
        }
        true
    });
    found
}

fn dotted(text: &str, node: Node<'_>) -> Option<String> {
    if !matches!(node.kind(), "identifier" | "attribute") || node.byte_range().len() > LONGEST {
        return None;
    }
    let name: String = raw(text, node).split_whitespace().collect();
    let is_plain = name.chars().all(|c| c == '.' || c == '_' || c.is_alphanumeric());
    is_plain.then_some(name)
}

/// The function or class around the last node, which is not meant itself.
fn scope(path: &[Step<'_>]) -> Option<Range<usize>> {
    let around = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
    let is_scope = |step: &&Step<'_>| {
        matches!(step.node.kind(), "function_definition" | "class_definition" | "lambda")
    };
    around.iter().rev().find(is_scope).map(|step| step.node.byte_range())
}

/// Whether the identifier at the end of `path` is given a meaning there, and where that
/// holds; `Some(None)` for the whole file.
#[expect(clippy::option_option, reason = "whether, and where if not everywhere")]
fn bound(path: &[Step<'_>]) -> Option<Option<Range<usize>>> {
    let mut field = path.last()?.field;
    for (depth, step) in path.iter().enumerate().rev().skip(1) {
        let is_bound = match step.node.kind() {
            "tuple_pattern"
            | "list_pattern"
            | "pattern_list"
            | "list_splat_pattern"
            | "dictionary_splat_pattern"
            | "as_pattern_target" => {
                field = step.field;
                if step.node.kind() == "as_pattern_target" {
                    return Some(scope(path));
                }
                continue;
            }
            "assignment" | "augmented_assignment" | "for_statement" | "for_in_clause" => {
                field == Some("left")
            }
            "named_expression" | "default_parameter" | "typed_default_parameter" => {
                field == Some("name")
            }
            "typed_parameter" => field != Some("type"),
            "parameters" | "lambda_parameters" | "global_statement" | "nonlocal_statement"
            | "delete_statement" | "case_pattern" | "type_parameter" => true,
            "dotted_name" | "splat_pattern" | "dict_pattern" | "class_pattern"
            | "union_pattern" => {
                field = step.field;
                continue;
            }
            "function_definition" | "class_definition" if field == Some("name") => {
                return Some(scope(path.get(..=depth)?));
            }
            _ => false,
        };
        return is_bound.then(|| scope(path));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{imports, imports_of, mentions};
    use crate::docstring::Language;
    use crate::syntax::{Import, Source};

    fn shown(found: Vec<Import>) -> Vec<String> {
        let show = |one: Import| format!("{}|{}|{}", one.module, one.name, one.alias);
        found.into_iter().map(show).collect()
    }

    const IMPORTS: &str = "\
import a, b.c
import d.e as f
from . import g
from ..h import (  # several
    i as j,  # one )
    k,
)
from l import \\
    m
from n import *
try:
    from o import p
except ImportError:
    p = None
";

    #[test]
    fn statements_are_read_with_and_without_a_tree() {
        let expected = [
            "a||a", "b.c||b.c", "d.e||f", ".|g|g", "..h|i|j", "..h|k|k", "l|m|m", "n|*|*", "o|p|p",
        ];
        let source = Source::parse(Language::Python, "", IMPORTS.into()).unwrap();
        assert_eq!(shown(imports(&source)), expected);
        assert_eq!(shown(imports_of(IMPORTS)), expected);
    }

    #[test]
    fn an_import_holds_in_its_function() {
        let text = "def f():\n    import a\n\n\"\"\"\nimport b\n\"\"\"\n";
        let source = Source::parse(Language::Python, "", text.into()).unwrap();
        let found = imports(&source);
        assert_eq!((found.len(), found[0].scope.clone()), (1, 0..21));
        assert_eq!(shown(imports_of(text)), ["a||a", "b||b"], "good enough to look closer");
    }

    #[test]
    fn names_that_mean_something_else() {
        for (text, is_bound) in [
            ("def f():\n    x.g()\n", false),
            ("def f(x):\n    x.g()\n", true),
            ("def f(a: x = x):\n    x.g()\n", false),
            ("def f(*x: int):\n    x.g()\n", true),
            ("def f(x: int = 1):\n    x.g()\n", true),
            ("def f():\n    x = 1\n    x.g()\n", true),
            ("def f():\n    (a, [x, b]) = c\n    x.g()\n", true),
            ("def f():\n    y = x\n    a[x] = 1\n    x.y = 2\n    x.g()\n", false),
            ("def f():\n    for x in y:\n        x.g()\n", true),
            ("def f():\n    for y in x:\n        x.g()\n", false),
            ("def f():\n    with y as x:\n        x.g()\n", true),
            ("def f():\n    with x as y:\n        x.g()\n", false),
            ("def f():\n    try:\n        pass\n    except E as x:\n        x.g()\n", true),
            ("def f():\n    if (x := 1):\n        x.g()\n", true),
            ("def f():\n    return [x.g() for x in y]\n", true),
            ("def f():\n    global x\n    x.g()\n", true),
            ("def f():\n    match y:\n        case x:\n            x.g()\n", true),
            ("def f():\n    y(x=1)\n    x.g()\n", false),
            ("def f():\n    import x\n    x.g()\n", false),
            ("def f():\n    x.g()\ndef x(): pass\n", true),
            ("def f():\n    x.g()\ndef h():\n    def x(): pass\n", false),
            ("class A:\n    def x(self): pass\ndef f():\n    x.g()\n", false),
            ("def f():\n    x.g()\nx = None\n", true),
        ] {
            let source = Source::parse(Language::Python, "", text.into()).unwrap();
            let found = mentions(&source, &(0..text.len()), &|name| name == "x");
            let call = found.calls.iter().find(|call| call.callee == "x.g").expect(text);
            assert_eq!(found.is_bound("x", call.at), is_bound, "{text}");
        }
    }
}
