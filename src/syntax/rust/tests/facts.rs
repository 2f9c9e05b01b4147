//! What signatures and bodies tell.

use super::symbol;
use crate::docstring::{Body, ExprKind, SymbolKind};

fn body(code: &str) -> Body {
    symbol(&format!("impl S {{ fn f(&mut self) -> io::Result<u8> {{ {code} }} }}"), "S.f").body
}

/// `cause: condition: message` of each panic.
fn panics(code: &str) -> Vec<String> {
    let found = body(code).panics;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    found
        .iter()
        .map(|p| format!("{}: {}: {}", p.cause, text(&p.condition), text(&p.message)))
        .collect()
}

/// `error: condition: message` of each error.
fn errors(code: &str) -> Vec<String> {
    let found = body(code).errors;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    found
        .iter()
        .map(|e| format!("{}: {}: {}", text(&e.error), text(&e.condition), text(&e.message)))
        .collect()
}

fn returns(code: &str) -> Vec<(ExprKind, String)> {
    body(code).returns.into_iter().map(|found| (found.kind, found.text)).collect()
}

#[test]
fn signatures_are_read() {
    let found = symbol(
        "impl S { pub fn f<T>(self: Pin<&mut Self>, mut a: &'a [u8], _: u8, (b, c): (u8, u8), \
         _d: Vec<\n    T,\n>) -> Option<T> {} }",
        "S.f",
    );
    let params: Vec<_> =
        found.signature.params.iter().map(|p| (p.name.as_str(), p.ty.as_deref())).collect();
    assert_eq!(params, [("a", Some("&'a [u8]")), ("_d", Some("Vec<T>"))]);
    assert_eq!(found.signature.receiver.as_deref(), Some("self: Pin<&mut Self>"));
    assert_eq!(found.signature.returns.as_deref(), Some("Option<T>"));
    assert!(found.signature.returns_value);
    assert_eq!(found.kind, SymbolKind::Method);
    let owner = found.owner.unwrap();
    assert_eq!((owner.name.as_str(), owner.kind), ("S", SymbolKind::Struct));
    assert_eq!(
        symbol("trait T { fn f(&self); }", "T.f").signature.receiver.as_deref(),
        Some("&self")
    );
}

#[test]
fn results_are_recognised_by_their_last_segment() {
    let is_fallible = |ty: &str| symbol(&format!("fn f() -> {ty} {{}}"), "f").signature.is_fallible;
    for ty in [
        "Result<u8, E>",
        "io::Result<()>",
        "anyhow::Result<u8>",
        "fmt::Result",
        "std::result::Result<u8, Box<dyn E>>",
        "LockResult<u8>",
        "impl Future<Output = Result<u8, E>> + Send + 'static",
        "impl std::future::Future<Output = io::Result<u8>>",
    ] {
        assert!(is_fallible(ty), "{ty}");
    }
    for ty in [
        "Option<u8>",
        "Option<Result<u8, E>>",
        "()",
        "!",
        "Box<Result<u8, E>>",
        "impl Future<Output = u8>",
        "impl Iterator<Item = Result<u8, E>>",
        "&Result<u8, E>",
    ] {
        assert!(!is_fallible(ty), "{ty}");
    }
    assert!(symbol("async fn f() -> Result<u8, E> {}", "f").signature.is_fallible);
    assert!(symbol("trait T { fn f() -> Result<u8, E>; }", "T.f").signature.is_fallible);
}

#[test]
fn panics_are_found_where_clippy_finds_them() {
    assert_eq!(
        panics("assert!(x > 0, \"x must be positive\")"),
        ["assert: x > 0: x must be positive"]
    );
    assert_eq!(panics("assert!(f::<A, B>(x))"), ["assert: f::<A, B>(x): "]);
    assert_eq!(panics("std::assert_eq!(a, b, \"no {}\", c)"), ["assert_eq: a == b: no {}"]);
    assert_eq!(panics("assert_ne!(a, b)"), ["assert_ne: a != b: "]);
    assert_eq!(
        panics("if x.is_empty() { panic!(\"empty: {x}\") }"),
        ["panic: x.is_empty(): empty: {x}"]
    );
    assert_eq!(panics("self.a.lock().unwrap()"), ["unwrap: self.a.lock(): "]);
    assert_eq!(panics("x\n    .y()\n    .expect(\"present\")"), ["expect: x.y(): present"]);
    assert_eq!(panics("match x { None => panic!(), Some(y) => y }"), ["panic: x.is_none(): "]);
}

#[test]
fn what_does_not_panic_for_the_caller_is_left_out() {
    for code in [
        "debug_assert!(x)",
        "unreachable!()",
        "todo!()",
        "x.unwrap_or(1)",
        "x.unwrap_or_default()",
        "x.expect_err(\"a\", 1)",
        "fn g() { x.unwrap(); }",
        "y.map(|x| x.unwrap())",
        "const { assert!(X) }",
        "const A: u8 = B.unwrap();",
        "other!(x.unwrap())",
        "\"panic!()\"; // x.unwrap()\n",
        "x[0]",
    ] {
        assert_eq!(panics(code), [""; 0], "{code}");
    }
}

#[test]
fn errors_come_with_their_guard() {
    assert_eq!(errors("if x == 0 { return Err(E::Zero); } Ok(x)"), ["E::Zero: x == 0: "]);
    assert_eq!(errors("if ok { Ok(1) } else { Err(E::Bad { at: 1 }) }"), ["E::Bad: !ok: "]);
    assert_eq!(errors("if !ok { } else { return Err(E::Bad(1)) }"), ["E::Bad: ok: "]);
    assert_eq!(errors("if a == b { } else { Err(E::V)? }"), ["E::V: a != b: "]);
    assert_eq!(
        errors("let Some(x) = self.x else { return Err(E::V) };"),
        ["E::V: self.x.is_none(): "]
    );
    assert_eq!(errors("let A::B = x else { bail!(E::V(1)) };"), ["E::V: !matches!(x, A::B): "]);
    assert_eq!(
        errors("if let Some(x) = y { Err(E::V) } else { Ok(1) }"),
        ["E::V: let Some(x) = y: "]
    );
    assert_eq!(
        errors("match self.get(x) { Some(_) => Ok(1), None => Err(E::V) }"),
        ["E::V: self.get(x).is_none(): "]
    );
    assert_eq!(
        errors("match x { A | B => Err(E::V), _ => Err(E::W) }"),
        ["E::V: matches!(x, A | B): ", "E::W: : "]
    );
    assert_eq!(errors("match x { y if y > 1 => Err(E::V), _ => Ok(1) }"), ["E::V: y > 1: "]);
}

#[test]
fn every_way_to_make_an_error_is_read() {
    assert_eq!(errors("bail!(\"no {x}\")"), [": : no {x}"]);
    assert_eq!(errors("ensure!(x > 0, \"too small\")"), [": !(x > 0): too small"]);
    assert_eq!(errors("Err(anyhow!(\"no {x}\"))"), [": : no {x}"]);
    assert_eq!(errors("Err(format!(\"no {x}\").into())"), [": : no {x}"]);
    assert_eq!(errors("Err(\"no\".to_string())"), [": : no"]);
    assert_eq!(errors("Err(io::Error::new(io::ErrorKind::Other, \"no\"))"), ["io::Error: : no"]);
    assert_eq!(errors("x.get().ok_or(E::V)?;"), ["E::V: x.get().is_none(): "]);
    assert_eq!(errors("x.ok_or_else(|| E::V(1))?;"), ["E::V: x.is_none(): "]);
    assert_eq!(errors("f(x).map_err(E::Io)?;"), ["E::Io: f(x).is_err(): "]);
    assert_eq!(errors("f(x).map_err(|e| { E::Io(e) })?;"), ["E::Io: f(x).is_err(): "]);
    assert_eq!(errors("Err::<u8, _>(e)"), [""; 0]);
    assert_eq!(errors("match f() { Err(e) => return Err(e.into()), Ok(x) => Ok(x) }"), [""; 0]);
    assert_eq!(errors("y.map(|x| Err(E::V)); async { Err(E::V) };"), [""; 0]);
}

#[test]
fn question_marks_name_their_callee() {
    let found = body(
        "File::open(p)?.read(b)?; self.a.load::<u8>().await?; x?; g().context(\"c\")?; \
                      h(1).map_err(E::V)?; i(1).map_err(log)?; y.ok_or(E::W)?; g()?; y.map(|z| inner()?);",
    );
    assert_eq!(found.propagates, ["File::open", "File::open().read", "self.a.load", "x", "g", "i"]);
}

#[test]
fn calls_sets_loops_and_macros_are_listed() {
    let found = body(
        "self.count += 1; self.name = name.into(); self.a.b = 1; Vec::<u8>::with_capacity(1); \
         for (i, x) in xs.iter() { self.push(x, \"a\")?; } while a < b { info!(\"x\"); } loop {}",
    );
    let sets: Vec<_> =
        found.sets.iter().map(|set| (set.attribute.as_str(), set.value.text.as_str())).collect();
    assert_eq!(sets, [("count", "self.count + 1"), ("name", "name.into()")]);
    let loops: Vec<_> =
        found.loops.iter().map(|l| (l.variable.as_str(), l.subject.as_str())).collect();
    assert_eq!(loops, [("(i, x)", "xs.iter()"), ("", "a < b"), ("", "")]);
    let calls: Vec<_> =
        found.calls.iter().map(|c| (c.callee.as_str(), c.is_statement, c.depth)).collect();
    assert_eq!(
        calls,
        [
            ("name.into", false, 0),
            ("Vec::with_capacity", true, 0),
            ("xs.iter", false, 0),
            ("self.push", true, 1)
        ]
    );
    assert_eq!(found.calls[3].args, [(None, "x".into()), (None, "\"a\"".into())]);
    assert_eq!(found.macros, ["info"]);
    assert_eq!(found.statements, 7);
}

#[test]
fn returned_values_are_explicit_ones_and_the_tail() {
    assert_eq!(
        returns("if a { return None; } Some(1)"),
        [(ExprKind::Name, "None".into()), (ExprKind::Call, "Some(1)".into())]
    );
    assert_eq!(
        returns("if a { true } else if b { x == y } else { !c }"),
        [
            (ExprKind::Bool, "true".into()),
            (ExprKind::Compare, "x == y".into()),
            (ExprKind::Not, "!c".into())
        ]
    );
    assert_eq!(
        returns("match a { A => 1, B => { f(); \"x\" } }"),
        [(ExprKind::Number, "1".into()), (ExprKind::String, "\"x\"".into())]
    );
    assert_eq!(returns("&self.x"), [(ExprKind::Attribute, "&self.x".into())]);
    assert_eq!(returns("Self { x, y: 1 }"), [(ExprKind::Struct, "Self { x, y: 1 }".into())]);
    assert_eq!(returns("vec![1]"), [(ExprKind::List, "vec![1]".into())]);
    assert_eq!(returns("f();"), []);
    assert_eq!(returns("match a { A => unreachable!(), B => panic!() }"), []);
    assert_eq!(returns("y.map(|x| { return 1; });"), []);
    assert_eq!(symbol("fn f() { g() }", "f").body.returns, []);
}

#[test]
fn stubs_are_told_from_bodies() {
    assert!(symbol("trait T { fn f(); }", "T.f").body.is_stub);
    assert!(body("todo!()").is_stub && body("unimplemented!(\"later\");").is_stub);
    assert!(!body("").is_stub && !body("unreachable!()").is_stub && !body("x(); todo!()").is_stub);
}

#[test]
fn members_come_with_type_and_comment() {
    let text = "\
enum E {
    /// The first one.
    ///
    /// More.
    A = 1,
    // Above.
    B(u8, u8),
    C { x: u8 }, // Beside.
    D,
}
";
    let found = symbol(text, "E");
    let members: Vec<_> = found
        .members
        .iter()
        .map(|m| (m.name.as_str(), m.ty.as_deref(), m.default.as_deref(), m.comment.as_deref()))
        .collect();
    assert_eq!(
        members,
        [
            ("A", None, Some("1"), Some("The first one.")),
            ("B", Some("(u8, u8)"), None, Some("Above.")),
            ("C", Some("{ x: u8 }"), None, Some("Beside.")),
            ("D", None, None, None),
        ]
    );
    let found = symbol("pub struct S<T> { pub x: Vec<T>, y: u8 }", "S");
    let types: Vec<_> = found.members.iter().map(|m| (m.name.as_str(), m.ty.as_deref())).collect();
    assert_eq!(types, [("x", Some("Vec<T>")), ("y", Some("u8"))]);
}

#[test]
fn traits_name_their_bounds_and_methods() {
    let found =
        symbol("pub trait T: Clone + fmt::Debug + 'static { type A; fn a(); fn b() {} }", "T");
    assert_eq!(found.bases, ["Clone", "fmt::Debug", "'static"]);
    assert_eq!(found.children, ["A", "a", "b"]);
    let method = symbol("enum E {} impl Read for E { fn r(&self) {} }", "E.r");
    let owner = method.owner.unwrap();
    assert_eq!(
        (owner.name.as_str(), owner.kind, owner.bases),
        ("E", SymbolKind::Enum, vec!["Read".to_owned()])
    );
    assert!(owner.flags.in_trait_impl);
}

#[test]
fn values_have_their_type() {
    let ty = |text: &str, path: &str| symbol(text, path).signature.value_type;
    assert_eq!(ty("const A: &str = \"x\";", "A").as_deref(), Some("&str"));
    assert_eq!(ty("static A: u8 = 1;", "A").as_deref(), Some("u8"));
    assert_eq!(ty("type A<T> = Vec<T>;", "A").as_deref(), Some("Vec<T>"));
    assert_eq!(ty("struct S { x: Option<u8> }", "S.x").as_deref(), Some("Option<u8>"));
}

#[test]
fn long_text_is_cut_on_a_character_boundary() {
    let found = body(&format!("f(\"{}\")", "é".repeat(500)));
    assert!(found.returns[0].text.len() <= 200 && found.calls[0].args[0].1.len() <= 80);
}

#[test]
fn attributes_are_listed_without_brackets() {
    let found =
        symbol("/// Doc.\n#[derive(Debug, Clone)]\n#[serde(rename = \"x\")]\nstruct S;", "S");
    assert_eq!(found.decorators, ["derive(Debug, Clone)", "serde(rename = \"x\")"]);
}

#[test]
fn comments_inside_expressions_are_left_out() {
    let found = body("f(\n    a, // first\n    /* second */ b,\n)");
    assert_eq!(found.returns[0].text, "f(a, b)");
}
