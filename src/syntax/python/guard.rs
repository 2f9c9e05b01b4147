//! The edit guard: proves with ruff's parser that only docstrings differ.

use std::ops::Range;

use ruff_python_ast::comparable::ComparableStmt;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, Stmt, Suite};
use ruff_python_parser::{Parsed, parse_module};
use ruff_text_size::{Ranged, TextRange};

use super::depth::{DEEPEST, depth};
use super::grammar::{K, kind};
use super::insertion;
use super::leaves::same_leaves;
use super::literal::decode;
use crate::docstring::Edit;
use crate::syntax::{Source, Violation};

/// Proves that `after` is `before` but for docstrings.
///
/// Both must be free of syntax errors. Their trees, docstrings removed, must be equal,
/// and so must all tokens but docstrings, comments included: a tree does not tell
/// `'a'` from `"a"`. ruff's trees are compared and dropped by recursion, so that code
/// which is nested too deeply for that is compared by an iterative walk instead.
pub(super) fn same_code(before: &str, after: &str) -> Result<(), Violation> {
    if u32::try_from(before.len().max(after.len())).is_err() {
        return Err(Violation::new("the file is larger than 4 GiB"));
    }
    if depth(before).max(depth(after)) > DEEPEST {
        return same_leaves(before, after);
    }
    let (old, new) = (parse(before, "has")?, parse(after, "would get")?);
    same_trees((before, old), (after, new))
}

/// Proves that `after`, which came about from `before` by `edits`, is the same code.
///
/// As [`same_code`]; only that the trees need not be compared where every edit is known
/// to put a new docstring at the start of a body: equal tokens say the same then.
pub(super) fn same_after(before: &str, edits: &[Edit], after: &str) -> Result<(), Violation> {
    if u32::try_from(before.len().max(after.len())).is_err() || depth(before) > DEEPEST {
        return same_code(before, after);
    }
    same_as((before, parse(before, "has")?), edits, after)
}

/// Whether the function or class inside of another around a single edit shows that nothing
/// but a docstring differs. `false` says nothing: more of the file may show it.
///
/// Why it may be proven by itself: as with [`region`], only that the lines are indented. So
/// they are read below a header that stands in for what is around them, of which they are to
/// be the one statement: then no line of them ends the block in which they are.
pub(super) fn is_same_inside(source: &Source, edit: &Edit, after: &str) -> bool {
    inside(source, edit, after).is_some()
}

fn inside(source: &Source, edit: &Edit, after: &str) -> Option<()> {
    const HEADER: &str = "if 1:\n";
    let lines = inner_definition(source, &edit.range)?;
    let before = [HEADER, source.text().get(lines.clone())?].concat();
    let end = (lines.end + edit.text.len()).checked_sub(edit.range.len())?;
    let after = [HEADER, after.get(lines.start..end)?].concat();
    let moved = |at: usize| (at + HEADER.len()).checked_sub(lines.start);
    let range = moved(edit.range.start)?..moved(edit.range.end)?;
    if u32::try_from(before.len().max(after.len())).is_err() || depth(&before) > DEEPEST {
        return None;
    }
    let old = parse(&before, "has").ok()?;
    let [Stmt::If(header)] = &*old.syntax().body else { return None };
    if header.body.len() != 1 || !header.elif_else_clauses.is_empty() {
        return None;
    }
    same_as((&before, old), &[Edit { range, text: edit.text.clone() }], &after).ok()
}

/// The whole lines of the innermost definition around `range`, if it is indented.
fn inner_definition(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    let text = source.text();
    let root = source.tree().root_node();
    let mut cursor = root.walk();
    let mut found = None;
    while cursor.goto_first_child_for_byte(range.start).is_some() {
        let node = cursor.node();
        if range.start <= node.start_byte() || range.end > node.end_byte() {
            break;
        }
        if matches!(kind(node), K::FunctionDefinition | K::ClassDefinition) {
            found = Some(node);
        }
    }
    let node = found.filter(|node| !node.has_error())?;
    let head = text.get(..node.start_byte())?;
    let start = head.trim_end_matches([' ', '\t']).len();
    if start == head.len() {
        return None;
    }
    whole_lines(text, &(start..node.end_byte()))
}

fn same_as((before, old): Parse<'_>, edits: &[Edit], after: &str) -> Result<(), Violation> {
    let are_docstrings = insertion::are_docstrings(before, &old, edits);
    // New docstrings nest no deeper than the code around them.
    if !are_docstrings && depth(after) > DEEPEST {
        return same_leaves(before, after);
    }
    let new = parse(after, "would get")?;
    if are_docstrings {
        same_words((before, &old), (after, &new))
    } else {
        same_trees((before, old), (after, new))
    }
}

type Parse<'a> = (&'a str, Parsed<ModModule>);

/// Whether all tokens but docstrings are the same.
fn same_words(
    (before, old): (&str, &Parsed<ModModule>),
    (after, new): (&str, &Parsed<ModModule>),
) -> Result<(), Violation> {
    let mut gone = (Vec::new(), Vec::new());
    docstrings(&old.syntax().body, true, &mut gone.0);
    docstrings(&new.syntax().body, true, &mut gone.1);
    same_tokens((before, old, &gone.0), (after, new, &gone.1))
}

fn same_trees((before, old): Parse<'_>, (after, new): Parse<'_>) -> Result<(), Violation> {
    same_words((before, &old), (after, &new))?;
    let (mut old, mut new) = (old.into_syntax(), new.into_syntax());
    strip(&mut old.body, true);
    strip(&mut new.body, true);
    let same = old.body.len() == new.body.len()
        && old
            .body
            .iter()
            .zip(&new.body)
            .all(|(one, other)| ComparableStmt::from(one) == ComparableStmt::from(other));
    if same { Ok(()) } else { Err(Violation::new("the structure of the code would change")) }
}

fn parse(text: &str, verb: &str) -> Result<Parsed<ModModule>, Violation> {
    parse_module(text).map_err(|error| {
        let start = error.location.start().to_usize();
        let line = text.get(..start).unwrap_or(text).lines().count().max(1);
        Violation::new(format!("the code {verb} a syntax error near line {line}: {}", error.error))
    })
}

/// The docstring at the start of a body.
pub(super) fn docstring(body: &Suite) -> Option<&Stmt> {
    body.first().filter(|statement| {
        matches!(statement, Stmt::Expr(expression) if expression.value.is_string_literal_expr())
    })
}

/// Calls `visit` for each body inside `statement`, and whether it may hold a docstring.
macro_rules! bodies {
    ($statement:expr, $iter:ident, $body:ident, $holds:ident => $visit:expr) => {{
        #[allow(unused_mut, reason = "one of the two uses collects")]
        let mut visit = |$body, $holds| $visit;
        match $statement {
            Stmt::FunctionDef(function) => visit(bodies!($iter, function.body), true),
            Stmt::ClassDef(class) => visit(bodies!($iter, class.body), true),
            Stmt::If(branch) => {
                visit(bodies!($iter, branch.body), false);
                for clause in branch.elif_else_clauses.$iter() {
                    visit(bodies!($iter, clause.body), false);
                }
            }
            Stmt::For(each) => {
                visit(bodies!($iter, each.body), false);
                visit(bodies!($iter, each.orelse), false);
            }
            Stmt::While(each) => {
                visit(bodies!($iter, each.body), false);
                visit(bodies!($iter, each.orelse), false);
            }
            Stmt::With(with) => visit(bodies!($iter, with.body), false),
            Stmt::Match(choice) => {
                for case in choice.cases.$iter() {
                    visit(bodies!($iter, case.body), false);
                }
            }
            Stmt::Try(guarded) => {
                visit(bodies!($iter, guarded.body), false);
                for handler in guarded.handlers.$iter() {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    visit(bodies!($iter, handler.body), false);
                }
                visit(bodies!($iter, guarded.orelse), false);
                visit(bodies!($iter, guarded.finalbody), false);
            }
            _ => {}
        }
    }};
    (iter, $place:expr) => {
        &$place
    };
    (iter_mut, $place:expr) => {
        &mut $place
    };
}

fn docstrings(body: &Suite, holds: bool, found: &mut Vec<TextRange>) {
    if holds && let Some(statement) = docstring(body) {
        found.push(statement.range());
    }
    for statement in body {
        bodies!(statement, iter, body, holds => docstrings(body, holds, found));
    }
}

/// Where the bodies that may hold a docstring, but have none, begin: in source order.
pub(super) fn undocumented(body: &Suite, holds: bool, found: &mut Vec<usize>) {
    if holds && docstring(body).is_none() {
        found.extend(body.first().map(|first| first.range().start().to_usize()));
    }
    for statement in body {
        bodies!(statement, iter, body, holds => undocumented(body, holds, found));
    }
}

fn strip(body: &mut Suite, holds: bool) {
    if holds && docstring(body).is_some() {
        body.remove(0);
    }
    for statement in body.iter_mut() {
        bodies!(statement, iter_mut, body, holds => strip(body, holds));
    }
}

type Side<'a> = (&'a str, &'a Parsed<ModModule>, &'a [TextRange]);

/// The tokens that are not docstrings and not mere layout, which the tree shows.
fn tokens((text, parsed, gone): Side<'_>) -> impl Iterator<Item = (TokenKind, &str)> {
    let mut gone = gone.iter().peekable();
    parsed.tokens().iter().filter_map(move |token| {
        let range = token.range();
        while gone.next_if(|gone| gone.end() <= range.start()).is_some() {}
        let layout = matches!(
            token.kind(),
            TokenKind::Newline
                | TokenKind::NonLogicalNewline
                | TokenKind::Indent
                | TokenKind::Dedent
        );
        if layout || gone.peek().is_some_and(|gone| gone.contains_range(range)) {
            return None;
        }
        Some((token.kind(), text.get(range.to_std_range()).unwrap_or("")))
    })
}

fn same_tokens(before: Side<'_>, after: Side<'_>) -> Result<(), Violation> {
    let (mut old, mut new) = (tokens(before), tokens(after));
    loop {
        match (old.next(), new.next()) {
            (None, None) => return Ok(()),
            (one, other) if one == other => {}
            (one, other) => return Err(changed(one.map(|one| one.1), other.map(|one| one.1))),
        }
    }
}

/// The violation that `before` would become `after`.
pub(super) fn changed(before: Option<&str>, after: Option<&str>) -> Violation {
    let show = |text: Option<&str>| {
        let text = text.unwrap_or("the end of the code");
        text.chars().take(40).collect::<String>()
    };
    Violation::new(format!("`{}` would become `{}`", show(before), show(after)))
}

/// The compound statement of the module around `range`, whole lines.
///
/// Why it may be proven by itself: its first line begins in column zero and its last one
/// ends in a newline, so that, where both texts of the region parse as modules of their
/// own, the lexer is in its initial state at both ends in both (no open bracket, string
/// or indentation), and what stands outside is read as before. The edit begins behind the
/// first byte: a string in front of the statement would be taken for the region's own
/// docstring. The same holds for a region that is one bare string, hence "compound".
/// A docstring of the module itself is proven with the whole file.
pub(super) fn region(source: &Source, range: &Range<usize>) -> Option<Range<usize>> {
    let text = source.text();
    let root = source.tree().root_node();
    let mut cursor = root.walk();
    cursor.goto_first_child_for_byte(range.start)?;
    let node = cursor.node();
    if !matches!(
        kind(node),
        K::FunctionDefinition
            | K::ClassDefinition
            | K::DecoratedDefinition
            | K::If
            | K::Try
            | K::With
            | K::For
            | K::While
            | K::Match
    ) || node.has_error()
        || range.start <= node.start_byte()
        || range.end > node.end_byte()
    {
        return None;
    }
    whole_lines(text, &node.byte_range())
}

/// The whole lines of the top-level function or class at `offset`, if nothing else stands
/// on those lines. About a tenth of the time that a tree takes.
pub(super) fn definition_at(text: &str, offset: usize) -> Result<Option<Range<usize>>, Violation> {
    let module = parse_shallow(text)?;
    let body = &module.syntax().body;
    let after = body.partition_point(|statement| statement.range().start().to_usize() <= offset);
    let Some(statement) = after.checked_sub(1).and_then(|at| body.get(at)) else { return Ok(None) };
    if !matches!(statement, Stmt::FunctionDef(_) | Stmt::ClassDef(_)) {
        return Ok(None);
    }
    let range = statement.range();
    let lines = whole_lines(text, &(range.start().to_usize()..range.end().to_usize()));
    Ok(lines.filter(|lines| lines.contains(&offset)))
}

/// The texts of all docstrings, dedented; `None` when `text` is not sound code.
pub(super) fn docstring_texts(text: &str) -> Option<Vec<String>> {
    let module = parse_shallow(text).ok()?;
    let mut found = Vec::new();
    docstrings(&module.syntax().body, true, &mut found);
    let literals = found.iter().filter_map(|range| text.get(range.to_std_range()));
    Some(literals.map(decode).collect())
}

/// Parses code that is sound and not nested too deeply for ruff's trees.
fn parse_shallow(text: &str) -> Result<Parsed<ModModule>, Violation> {
    if u32::try_from(text.len()).is_err() || depth(text) > DEEPEST {
        return Err(Violation::new("the code is too large or too deep"));
    }
    parse(text, "has")
}

/// The lines of a top-level statement, if it has them for itself.
fn whole_lines(text: &str, statement: &Range<usize>) -> Option<Range<usize>> {
    let start = statement.start;
    let head = text.get(..start)?;
    if !head.is_empty() && !head.ends_with(['\n', '\r']) {
        return None;
    }
    let above = head.trim_end_matches(['\n', '\r']);
    if above.len() < head.len() && above.ends_with('\\') {
        return None;
    }
    let rest = text.get(statement.end..)?;
    let end = match rest.find(['\n', '\r']) {
        Some(at) if rest.get(at..)?.starts_with("\r\n") => at + 2,
        Some(at) => at + 1,
        None => rest.len(),
    };
    let tail = rest.get(..end)?.trim_matches([' ', '\t', '\x0c', '\n', '\r']);
    if !tail.is_empty() && !tail.starts_with('#') {
        return None;
    }
    Some(start..statement.end + end)
}

#[cfg(test)]
mod tests {
    use super::same_code;
    use crate::docstring::{Edit, Language, apply};
    use crate::syntax::python::depth::{DEEPEST, depth};
    use crate::syntax::python::leaves::same_leaves;
    use crate::syntax::{Source, Support};

    /// Both readers agree.
    fn check(before: &str, after: &str, same: bool) {
        assert_eq!(same_code(before, after).is_ok(), same, "{before} | {after}");
        assert_eq!(same_leaves(before, after).is_ok(), same, "leaves: {before} | {after}");
    }

    #[test]
    fn admits_docstrings() {
        check("x = 1\n", "\"\"\"M.\"\"\"\n\nx = 1\n", true);
        check("def f(): x; y\n", "def f():\n    \"\"\"D.\"\"\"\n    x; y\n", true);
        check("class A:\n    # c\n    x = 1", "class A:\n    'D.'\n\n    # c\n    x = 1", true);
        check("def f():\n    'Old'\n", "def f():\n    '''New'''\n", true);
        check("def f():\n    'Old'\n    x\n", "def f():\n    x\n", true);
        check("", "'M.'\n", true);
    }

    #[test]
    fn refuses_everything_else() {
        for (before, after) in [
            ("x = 1\n", "x = 2\n"),
            ("x = 'a'\n", "x = \"a\"\n"),
            ("x = 1  # c\n", "x = 1  # d\n"),
            ("x = 1  # c\n", "x = 1\n"),
            ("def f():\n    pass\n", "def f():\n    'D'\n    import os\n    pass\n"),
            ("def f():\n    x\n    y\n", "def f():\n    x\ny\n"),
            ("if x:\n    y\n", "if x:\n    'D'\n    y\n"),
            ("def f():\n    x\n", "def f():\n    f'D'\n    x\n"),
            ("def f():\n    x\n", "def f():\n    x\n    'D'\n"),
            ("def f():\n    x\n", "def f():\n    'A'\n    'B'\n    x\n"),
            ("def f():\n    x\n", "def f():\n    'D' + g()\n    x\n"),
            ("x = (1)\n", "x = 1\n"),
            ("x = 0x10\n", "x = 16\n"),
        ] {
            check(before, after, false);
        }
        assert!(same_code("x = (\n", "x = (\n").is_err());
    }

    /// Runs on a stack that any recursion over the input would exhaust.
    fn on_a_small_stack(run: impl FnOnce() + Send + 'static) {
        std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn deep_code_needs_no_stack() {
        on_a_small_stack(|| {
            let n = 3_000;
            for deep in [
                format!("x = {}1{}\n", "(".repeat(5 * n), ")".repeat(5 * n)),
                format!("x = {}{}\n", "[".repeat(5 * n), "]".repeat(5 * n)),
                format!("x = a{}\n", "+a".repeat(5 * n)),
                format!("x = a{}\n", ".b()".repeat(2 * n)),
                format!("x = {}a\n", "not ".repeat(n)),
                format!("x = {}a\n", "-".repeat(n)),
                format!("x = a{}\n", "**a".repeat(n)),
                format!("x = {}a\n", "lambda a, b: ".repeat(n)),
                format!("x = a{}\n", " if a else a".repeat(n)),
                format!("x = a{}\n", "[0]".repeat(n)),
                format!("x = a{}\n", " and a".repeat(n)),
            ] {
                assert!(depth(&deep) > DEEPEST);
                let before = format!("{deep}def f(): pass\n");
                let after = format!("{deep}def f():\n    'D.'\n    pass\n");
                // tree-sitter itself gives up on some of these: then nothing is admitted.
                let verdict = same_code(&before, &after);
                if deep.contains('[') {
                    assert!(same_code(&before, &after.replace("pass", "fail")).is_err());
                }
                if deep.len() < 30_000 && !deep.contains("lambda") {
                    assert_eq!(verdict, Ok(()), "{}", deep.get(..20).unwrap());
                }
            }
        });
    }

    #[test]
    fn what_is_just_not_too_deep_fits_a_small_stack() {
        on_a_small_stack(|| {
            for deep in [
                format!("x = {}1{}\n", "(".repeat(DEEPEST / 2 - 2), ")".repeat(DEEPEST / 2 - 2)),
                format!("x = {}1{}\n", "f(".repeat(DEEPEST / 2 - 2), ")".repeat(DEEPEST / 2 - 2)),
                format!("x = a{}\n", "+a".repeat(DEEPEST - 2)),
                format!("x = a{}\n", ".b()".repeat(DEEPEST / 3)),
                (0..DEEPEST - 5)
                    .map(|level| format!("{}if x:\n", " ".repeat(level)))
                    .chain([format!("{}x\n", " ".repeat(DEEPEST - 5))])
                    .collect(),
            ] {
                assert!(depth(&deep) <= DEEPEST && depth(&deep) > DEEPEST / 2);
                assert_eq!(same_code(&deep, &deep), Ok(()));
            }
        });
    }

    #[test]
    fn definitions_without_a_tree() {
        let text =
            "x = 1\n\n@d\ndef f(a):\n    return a\n\nclass A:\n    def m(self): pass\ny = 2\n";
        let at = |needle: &str| text.find(needle).unwrap();
        let found = |needle: &str| {
            let range = super::definition_at(text, at(needle)).unwrap();
            range.map(|range| text.get(range).unwrap().to_owned())
        };
        assert_eq!(found("@d").as_deref(), Some("@d\ndef f(a):\n    return a\n"));
        assert_eq!(found("def m").as_deref(), Some("class A:\n    def m(self): pass\n"));
        assert_eq!(found("x = 1"), None);
        assert_eq!(found("y = 2"), None);
        assert!(super::definition_at("def f(:\n    pass\n", 0).is_err());

        let source = Source::parse_around(Language::Python, "m.py", text.into(), None, at("def m"));
        let source = source.unwrap().unwrap();
        let symbol = source.symbol_at(at("def m")).unwrap();
        assert_eq!((symbol.path.0.as_str(), symbol.line), ("A.m", 8));
        let edit = source.insertion(&symbol, "Do it.").unwrap();
        assert!(source.verify(&[edit]).is_ok());
    }

    #[test]
    fn docstrings_without_a_tree() {
        let text = "'''M.'''\nif x:\n    def f():\n        r\"\"\"F.\n\n        More.\n        \"\"\"\nclass A:\n    'A' 'B'\n    'no'\n";
        let source = Source::parse(Language::Python, "m.py", text.into()).unwrap();
        let by_tree = crate::syntax::python::Python.docstrings(&source);
        assert_eq!(by_tree, ["M.", "F.\n\nMore.", "AB"]);
        assert_eq!(super::docstring_texts(text), Some(by_tree));
        assert_eq!(super::docstring_texts("def f(:\n"), None);
    }

    #[test]
    fn an_inner_definition_speaks_for_itself() {
        let text = "class A:\n    @d\n    def f(self):  # c\n        return (\n1)\n\n    x = 1\n    def g(self): pass\n\ndef h():\n    pass\n";
        let source = Source::parse(Language::Python, "m.py", text.into()).unwrap();
        let check = |at: &str, new: &str| {
            let at = text.find(at).unwrap();
            let edit = Edit { range: at..at, text: new.to_owned() };
            let after = apply(text, std::slice::from_ref(&edit)).unwrap();
            let is_same = super::is_same_inside(&source, &edit, &after);
            assert!(!is_same || same_code(text, &after).is_ok(), "{after}");
            is_same
        };
        let body = "        return (";
        assert!(check(body, "        'D.'\n"));
        for other in [
            "        x\n",
            "    'D.'\n",
            "'D.'\n",
            "        '''D.\n",
            "        'D.'\n        (\n",
            "        pass\nif 1:\n    def f(self):\n",
            "        'D.'\n    def f(self):\n",
            "        'D.'\n        return 1\n    def f(self):\n",
        ] {
            assert!(!check(body, other), "{other}");
        }
        // Of what stands at the top of the file, and of the class itself, more is read.
        assert!(!check("    pass\n", "    'D.'\n") && !check("    @d", "    'D.'\n"));
    }

    #[test]
    fn regions() {
        let text = "import a\n\n# c\ndef f():\n    pass  # d\n\nx = 1\nif x:\n    def g(): pass\n";
        let source = Source::parse(Language::Python, "m.py", text.into()).unwrap();
        let region = |at: usize| {
            super::region(&source, &(at..at)).map(|range| text.get(range).unwrap().to_owned())
        };
        let at = |needle: &str| text.find(needle).unwrap();
        assert_eq!(region(at("    pass")).as_deref(), Some("def f():\n    pass  # d\n"));
        assert_eq!(region(at(" pass\n")).as_deref(), Some("if x:\n    def g(): pass\n"));
        for outside in [0, at("def f"), at("x = 1")] {
            assert_eq!(region(outside), None, "{outside}");
        }
    }
}
