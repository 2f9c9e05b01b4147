//! `use` declarations, calls by path, and what else names are bound to.

use std::ops::Range;

use tree_sitter::Node;

use super::expressions::{plain, source as raw};
use crate::syntax::imports::{MOST, Step, first_name, walk};
use crate::syntax::{Binding, Import, Mentions, NamedCall, Source};

/// Longest path of a call that is followed, in bytes.
const LONGEST: usize = 300;
/// Longest declaration that is read without a tree, in bytes.
const DECLARATION: usize = 8_000;

/// All `use` declarations of a file, in source order.
pub(super) fn imports(source: &Source) -> Vec<Import> {
    let text = source.text();
    let mut found = Vec::new();
    walk(source.tree().walk(), &mut |path| {
        let Some(step) = path.last() else { return true };
        match step.node.kind() {
            "use_declaration" => {
                let around = scope(path).unwrap_or(0..text.len());
                let read = declaration(raw(step.node, text));
                found.extend(read.map(|import| Import { scope: around.clone(), ..import }));
                false
            }
            "expression_statement" | "let_declaration" | "parameters" | "token_tree" => false,
            _ => true,
        }
    });
    found
}

/// The same without a tree: also what looks like a declaration in a comment of several
/// lines or a string.
pub(super) fn imports_of(text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    let mut done = 0;
    for line in text.split_inclusive('\n') {
        let start = done + line.len() - line.trim_start().len();
        done += line.len();
        let line = line.trim_start();
        if !line.starts_with("use ") && !line.starts_with("pub") {
            continue;
        }
        let head = line.split_once("use ").map_or("-", |(head, _)| head.trim());
        if !(head.is_empty() || head == "pub" || head.starts_with("pub(") && head.ends_with(')')) {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        if let Some(end) = rest.bytes().take(DECLARATION).position(|byte| byte == b';') {
            found.extend(declaration(rest.get(..=end).unwrap_or_default()));
        }
    }
    found
}

/// What a `use` declaration takes, for the whole file.
fn declaration(text: &str) -> impl Iterator<Item = Import> {
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect();
    let code = code.join(" ");
    let (head, tree) = code.split_once("use ").unwrap_or(("", ""));
    let is_public = head.trim_start().starts_with("pub");
    let mut found = Vec::new();
    let mut prefix = String::new();
    let mut lengths: Vec<usize> = Vec::new();
    let mut part = String::new();
    let mut emit = |prefix: &str, part: &mut String| {
        let written = std::mem::take(part);
        let (path, alias) = match written.split_once(" as ") {
            Some((path, alias)) => (path.trim(), Some(alias.trim().to_owned())),
            None => (written.trim(), None),
        };
        if path.is_empty() {
            return;
        }
        let path: String = [prefix, path].concat().split_whitespace().collect();
        let path = path.strip_suffix("::self").unwrap_or(&path);
        let (module, name) = path.rsplit_once("::").unwrap_or(("", path));
        found.push(Import {
            module: module.to_owned(),
            name: name.to_owned(),
            alias: alias.unwrap_or_else(|| name.to_owned()),
            scope: 0..usize::MAX,
            is_public,
        });
    };
    for c in tree.chars() {
        match c {
            '{' => {
                lengths.push(prefix.len());
                prefix.push_str(part.trim());
                part.clear();
            }
            ',' => emit(&prefix, &mut part),
            '}' => {
                emit(&prefix, &mut part);
                prefix.truncate(lengths.pop().unwrap_or(0));
            }
            ';' => break,
            c => part.push(c),
        }
        if prefix.len() > LONGEST {
            break;
        }
    }
    emit(&prefix, &mut part);
    found.into_iter()
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
            "use_declaration" | "token_tree" | "line_comment" | "block_comment" => return false,
            "call_expression" => {
                if let Some(callee) = node.child_by_field_name("function")
                    && let Some(callee) = path_of(text, callee)
                    && found.calls.len() < MOST
                    && wanted(first_name(&callee))
                {
                    found.calls.push(NamedCall { callee, at: node.start_byte() });
                }
            }
            "identifier" | "type_identifier" => {
                let name = raw(node, text);
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

fn path_of(text: &str, node: Node<'_>) -> Option<String> {
    let is_path = matches!(node.kind(), "identifier" | "scoped_identifier" | "generic_function");
    if !is_path || node.byte_range().len() > LONGEST {
        return None;
    }
    let path = plain(raw(node, text));
    path.chars().all(|c| c == ':' || c == '_' || c.is_alphanumeric()).then_some(path)
}

/// The function or module around the last node, which is not meant itself.
fn scope(path: &[Step<'_>]) -> Option<Range<usize>> {
    let around = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
    let is_scope = |step: &&Step<'_>| {
        matches!(step.node.kind(), "function_item" | "closure_expression" | "mod_item")
    };
    around.iter().rev().find(is_scope).map(|step| step.node.byte_range())
}

/// Whether the name at the end of `path` is given a meaning there, and where that holds;
/// `Some(None)` for the whole file.
#[expect(clippy::option_option, reason = "whether, and where if not everywhere")]
fn bound(path: &[Step<'_>]) -> Option<Option<Range<usize>>> {
    let mut field = path.last()?.field;
    for (depth, step) in path.iter().enumerate().rev().skip(1) {
        let kind = step.node.kind();
        if kind.ends_with("_pattern") {
            if field == Some("type") {
                return None;
            }
            field = step.field;
            continue;
        }
        let is_bound = match kind {
            "let_declaration" | "parameter" | "for_expression" | "let_condition" | "match_arm" => {
                field == Some("pattern")
            }
            "closure_parameters" | "type_parameters" => true,
            "type_parameter" | "const_parameter" => field == Some("name"),
            kind if kind.ends_with("_item") && field == Some("name") => {
                // What stands in an `impl` or a trait is no name by itself.
                let around = depth.checked_sub(2).and_then(|above| path.get(above));
                if around
                    .is_some_and(|around| matches!(around.node.kind(), "impl_item" | "trait_item"))
                {
                    return None;
                }
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
        let show = |one: Import| {
            let mark = if one.is_public { "pub " } else { "" };
            format!("{mark}{}|{}|{}", one.module, one.name, one.alias)
        };
        found.into_iter().map(show).collect()
    }

    const IMPORTS: &str = "\
use std::fs;
pub(crate) use self::a::{
    b, // one
    c::{self, D as E, *},
};
use super::f as g;
fn h() {}
";

    #[test]
    fn declarations_are_read_with_and_without_a_tree() {
        let expected = [
            "std|fs|fs",
            "pub self::a|b|b",
            "pub self::a|c|c",
            "pub self::a::c|D|E",
            "pub self::a::c|*|*",
            "super|f|g",
        ];
        let source = Source::parse(Language::Rust, "", IMPORTS.into()).unwrap();
        assert_eq!(shown(imports(&source)), expected);
        assert_eq!(shown(imports_of(IMPORTS)), expected);
    }

    #[test]
    fn names_that_mean_something_else() {
        for (text, is_bound) in [
            ("fn f() { x::g(); }", false),
            ("fn f(x: u8) { x::g(); }", true),
            ("fn f() { let x = 1; x::g(); }", true),
            ("fn f() { let (a, Some(mut x)) = y; x::g(); }", true),
            ("fn f() { let y = x; x::g(); }", false),
            ("fn f() { for x in y { x::g(); } }", true),
            ("fn f() { match y { x => x::g() } }", true),
            ("fn f() { if let Some(x) = y { x::g(); } }", true),
            ("fn f() { y(|x| x::g()); }", true),
            ("fn f() { x::g(); } mod x {}", true),
            ("impl A { fn x() {} } fn f() { x::g(); }", false),
            ("fn h() { let x = 1; } fn f() { x::g(); }", false),
        ] {
            let source = Source::parse(Language::Rust, "", text.into()).unwrap();
            let found = mentions(&source, &(0..text.len()), &|name| name == "x");
            let call = found.calls.iter().find(|call| call.callee == "x::g").expect(text);
            assert_eq!(found.is_bound("x", call.at), is_bound, "{text}");
        }
    }
}
