//! Placement and facts, source in and text out.

use crate::docstring::{Language, ParamKind, Symbol, SymbolKind};
use crate::syntax::Source;

pub(super) fn parse(text: &str) -> Source {
    Source::parse(Language::Python, "pkg/sample.py", text.into()).unwrap()
}

pub(super) fn symbol(text: &str, path: &str) -> Symbol {
    let source = parse(text);
    let found = source.symbols(|outline| outline.path.0 == path);
    found.into_iter().next().unwrap_or_else(|| panic!("no {path} in {text}"))
}

/// The text after a docstring was put in the symbol, proven by the guard.
fn insert(text: &str, path: &str, docstring: &str) -> String {
    let source = parse(text);
    let symbol = symbol(text, path);
    let edit = source.insertion(&symbol, docstring).unwrap();
    let after = source.verify(&[edit]).unwrap();
    let again = self::symbol(&after, path);
    assert_eq!(again.existing.map(|existing| existing.text).as_deref(), Some(docstring), "{after}");
    after
}

fn check_insert(text: &str, path: &str, expected: &str) {
    assert_eq!(insert(text, path, "Doc."), expected);
}

mod placement {
    use super::{check_insert, insert, parse, symbol};

    #[test]
    fn below_the_header() {
        check_insert("def f():\n    pass\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    pass\n");
        check_insert("def f():\n\tpass\n", "f", "def f():\n\t\"\"\"Doc.\"\"\"\n\tpass\n");
        check_insert("async def f():\n  pass", "f", "async def f():\n  \"\"\"Doc.\"\"\"\n  pass");
    }

    #[test]
    fn keeps_comments_where_they_are() {
        check_insert(
            "def f(  # noqa\n    a,  # one\n):  # type: ignore\n    # above\n    pass\n",
            "f",
            "def f(  # noqa\n    a,  # one\n):  # type: ignore\n    \"\"\"Doc.\"\"\"\n    # above\n    pass\n",
        );
        check_insert(
            "def f():\n# odd\n\n    pass\n",
            "f",
            "def f():\n    \"\"\"Doc.\"\"\"\n# odd\n\n    pass\n",
        );
    }

    #[test]
    fn classes_get_a_blank_line() {
        check_insert(
            "class A:  # c\n    x = 1\n",
            "A",
            "class A:  # c\n    \"\"\"Doc.\"\"\"\n\n    x = 1\n",
        );
        check_insert(
            "class A:\n\n    x = 1\n",
            "A",
            "class A:\n    \"\"\"Doc.\"\"\"\n\n    x = 1\n",
        );
        check_insert("class A: pass\n", "A", "class A:\n    \"\"\"Doc.\"\"\"\n\n    pass\n");
    }

    #[test]
    fn splits_one_line_bodies() {
        check_insert("def f(): x; y\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    x; y\n");
        check_insert("def f():...", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    ...");
        check_insert(
            "class A:\n\tdef f(self): return (1,\n2)  # c\n",
            "A.f",
            "class A:\n\tdef f(self):\n\t\t\"\"\"Doc.\"\"\"\n\t\treturn (1,\n2)  # c\n",
        );
        check_insert(
            "if x:\n  @dec\n  def f(): pass\n",
            "f",
            "if x:\n  @dec\n  def f():\n    \"\"\"Doc.\"\"\"\n    pass\n",
        );
    }

    #[test]
    fn a_string_that_is_no_docstring() {
        check_insert("def f():\n    f'x'\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    f'x'\n");
        check_insert("def f():\n    b'x'\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    b'x'\n");
        check_insert("def f():\n    'x',\n", "f", "def f():\n    \"\"\"Doc.\"\"\"\n    'x',\n");
        for documented in ["'a' 'b'", "('a'\n 'b')", "u'ab'", "r'ab'", "'''\n    ab\n    '''"] {
            let symbol = symbol(&format!("def f():\n    {documented}\n"), "f");
            assert_eq!(symbol.existing.unwrap().text, "ab", "{documented}");
        }
    }

    #[test]
    fn every_kind_of_newline() {
        for newline in ["\n", "\r\n", "\r"] {
            let text = "class A:\n    def f(self):\n        pass\n".replace('\n', newline);
            let expected =
                "class A:\n    def f(self):\n        \"\"\"A.\n\n        B.\n        \"\"\"\n        pass\n"
                    .replace('\n', newline);
            assert_eq!(insert(&text, "A.f", "A.\n\nB."), expected);
            let module = insert(&text, "", "A.\n\nB.");
            assert!(
                module.starts_with(&"\"\"\"A.\n\nB.\n\"\"\"\n\nclass A".replace('\n', newline))
            );
        }
    }

    #[test]
    fn modules() {
        check_insert("import a\n", "", "\"\"\"Doc.\"\"\"\n\nimport a\n");
        check_insert("", "", "\"\"\"Doc.\"\"\"\n");
        check_insert("# only\n", "", "# only\n\"\"\"Doc.\"\"\"\n");
        check_insert("# only", "", "# only\n\"\"\"Doc.\"\"\"\n");
        check_insert(
            "#!/bin/python\n# coding: utf-8\n# Licence\n\nfrom __future__ import a\n",
            "",
            "#!/bin/python\n# coding: utf-8\n# Licence\n\"\"\"Doc.\"\"\"\n\nfrom __future__ import a\n",
        );
        check_insert(
            "\n# coding: utf-8\nx = 1\n",
            "",
            "\n# coding: utf-8\n\"\"\"Doc.\"\"\"\n\nx = 1\n",
        );
        check_insert("\u{feff}x = 1\n", "", "\u{feff}\"\"\"Doc.\"\"\"\n\nx = 1\n");
        check_insert("\u{feff}# c\nx = 1\n", "", "\u{feff}# c\n\"\"\"Doc.\"\"\"\n\nx = 1\n");
        check_insert("\x0c\nx = 1\n", "", "\"\"\"Doc.\"\"\"\n\x0c\nx = 1\n");
    }

    #[test]
    fn form_feeds_and_byte_order_marks() {
        check_insert(
            "\u{feff}def f(): pass\n",
            "f",
            "\u{feff}def f():\n    \"\"\"Doc.\"\"\"\n    pass\n",
        );
        check_insert(
            "\x0cdef f():\n\x0c    pass\n",
            "f",
            "\x0cdef f():\n    \"\"\"Doc.\"\"\"\n\x0c    pass\n",
        );
    }

    #[test]
    fn no_place_where_it_is_not_safe() {
        for (text, path) in [
            ("def f(a:\n    pass\n", "f"),
            ("def f(: pass\n", "f"),
            ("def f():\n", "f"),
            ("def f(): \\\n    pass\n", "f"),
            ("def f():\n    \\\n    pass\n", "f"),
            ("def f():\n    x = (\n", "f"),
            ("class A(\n    def f(self):\n        pass\n", "f"),
        ] {
            let source = parse(text);
            for symbol in source.symbols(|outline| outline.path.0 == path) {
                assert_eq!(symbol.slot, None, "{text}");
            }
        }
    }

    #[test]
    fn replaces_what_is_there() {
        assert_eq!(
            insert("def f():\n    'Old.'\n    pass\n", "f", "A.\n\nB."),
            "def f():\n    \"\"\"A.\n\n    B.\n    \"\"\"\n    pass\n"
        );
        assert_eq!(
            insert("class A:\n    def f(): 'Old.'\n", "A.f", "A.\n\nB."),
            "class A:\n    def f(): \"\"\"A.\n\n        B.\n        \"\"\"\n"
        );
    }

    #[test]
    fn elsewhere_in_a_broken_file() {
        let text = "def f():\n    pass\n\n\ndef g(:\n    pass\n";
        let after = insert(text, "f", "Doc.");
        assert!(after.starts_with("def f():\n    \"\"\"Doc.\"\"\"\n    pass\n"));
    }
}

mod definitions {
    use super::{SymbolKind, parse, symbol};
    use crate::docstring::Language;
    use crate::syntax::Source;

    fn check_paths(text: &str, expected: &[&str]) {
        let paths: Vec<String> =
            parse(text).outline().into_iter().map(|outline| outline.path.0).collect();
        assert_eq!(paths, expected, "{text}");
    }

    #[test]
    fn paths() {
        check_paths(
            "class A:\n    def f(self):\n        def g(): pass\n",
            &["", "A", "A.f", "A.f.g"],
        );
        check_paths("if x:\n    def f(): pass\nelse:\n    def f(): pass\n", &["", "f", "f#2"]);
        check_paths(
            "try:\n    class A: pass\nexcept E:\n    class A:\n        def f(self): pass\nfinally:\n    def g(): pass\n",
            &["", "A", "A#2", "A#2.f", "g"],
        );
        check_paths("match x:\n    case 1:\n        def f(): pass\n", &["", "f"]);
        check_paths(
            "x = lambda: 1\nwith a:\n    for b in c:\n        async def f(): pass\n",
            &["", "f"],
        );
    }

    fn public(name: &str, text: &str) -> Vec<String> {
        let source = Source::parse(Language::Python, name, text.into()).unwrap();
        let public = source.outline().into_iter().filter(|outline| outline.public);
        public.map(|outline| outline.path.0).collect()
    }

    #[test]
    fn visibility() {
        let text = "class A:\n    def f(self): pass\n    def _g(self): pass\n    def __eq__(self, o): pass\n    class B: pass\nclass _C:\n    def f(self): pass\ndef h():\n    def i(): pass\n";
        assert_eq!(public("m.py", text), ["", "A", "A.f", "A.__eq__", "A.B", "h"]);
        assert_eq!(public("a/_m.py", text), [""; 0]);
        assert_eq!(public("a/__init__.py", "def f(): pass\n"), ["", "f"]);
        let accessors = "class A:\n    @property\n    def x(self): pass\n    @x.setter\n    def x(self, v): pass\n";
        assert_eq!(public("m.py", accessors), ["", "A", "A.x"]);
    }

    #[test]
    fn dunder_all() {
        let text = "def f(): pass\ndef g(): pass\nclass A:\n    def h(self): pass\n";
        for (all, expected) in [
            ("__all__ = ['f']", vec!["", "f"]),
            ("__all__ = ('f', \"A\")", vec!["", "f", "A", "A.h"]),
            ("__all__: list[str] = ['f']\n__all__ += ['g']", vec!["", "f", "g"]),
            ("__all__ = ['f']\n__all__.extend(['g'])", vec!["", "f", "g"]),
            ("__all__ = ['f'] + other.__all__", vec!["", "f", "g", "A", "A.h"]),
        ] {
            assert_eq!(public("m.py", &format!("{text}{all}\n")), expected, "{all}");
        }
    }

    #[test]
    fn kinds_and_flags() {
        let text = "
class A(Protocol):
    @property
    def p(self): ...
    @functools.cached_property
    def c(self): ...
    @p.setter
    def p(self, v): ...
    @staticmethod
    def s(): ...
    @classmethod
    def k(cls): ...
    @typing.overload
    def o(self): ...
    @override
    async def v(self): ...
class B(abc.ABC):
    @abc.abstractmethod
    def a(self): ...
@dataclass(frozen=True)
class D: ...
@attr.s
class E: ...
@define
class F: ...
class G(pydantic.BaseModel): ...
class H(enum.IntEnum): ...
class I(ValueError): ...
";
        let get = |path| symbol(text, path);
        assert_eq!(get("A.p").kind, SymbolKind::Property);
        assert_eq!(get("A.c").kind, SymbolKind::Property);
        assert_eq!(get("A.p#2").kind, SymbolKind::Method);
        assert!(get("A.p#2").flags.is_accessor);
        assert!(get("A.s").flags.is_static);
        assert!(get("A.k").flags.is_classmethod);
        assert!(get("A.o").flags.is_overload);
        assert!(get("A.v").flags.is_override && get("A.v").flags.is_async);
        assert!(get("A.v").flags.is_abstract && get("A").flags.is_interface);
        assert!(get("B").flags.is_interface && get("B.a").flags.is_abstract);
        for path in ["D", "E", "F", "G"] {
            assert!(get(path).flags.is_dataclass, "{path}");
        }
        assert!(get("H").flags.is_enum && get("I").flags.is_exception);
        assert_eq!(get("A").children, ["p", "c", "s", "k", "o", "v"]);
        assert_eq!(get("A.s").owner.unwrap().name, "A");
        assert_eq!(get("I").bases, ["ValueError"]);
        assert_eq!(get("A.o").decorators, ["typing.overload"]);
        assert_eq!(get("A.o").module, "sample");
    }

    #[test]
    fn at_an_offset() {
        let text = "import a\n\nclass A:\n    x = 1\n\n    @dec\n    def f(self):  # c\n        pass\n\n    def g(self): pass\n\n\ny = 2\n";
        let source = parse(text);
        for (at, expected) in [
            ("import", ""),
            ("x = 1", "A"),
            ("@dec", "A.f"),
            ("ec\n", "A.f"),
            ("# c", "A.f"),
            ("pass\n\n    def", "A.f"),
            ("    def g", "A.g"),
            ("\n    def g", "A"),
            ("y = 2", ""),
        ] {
            let offset = text.find(at).unwrap();
            assert_eq!(source.symbol_at(offset).unwrap().path.0, expected, "{at}");
        }
        assert_eq!(source.symbol_at(usize::MAX).unwrap().path.0, "");
    }
}

mod facts {
    use super::{ParamKind, symbol};

    fn params(text: &str, path: &str) -> String {
        let symbol = symbol(text, path);
        let shown = symbol.signature.params.iter().map(|param| {
            let mark = match param.kind {
                ParamKind::PositionalOnly => "/",
                ParamKind::KeywordOnly => "!",
                _ => "",
            };
            let ty = param.ty.as_ref().map(|ty| format!(": {ty}")).unwrap_or_default();
            let default = param.default.as_ref().map(|d| format!(" = {d}")).unwrap_or_default();
            format!("{mark}{}{ty}{default}", param.starred())
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn parameters() {
        for (text, expected) in [
            (
                "def f(a, /, b: int = 2, *args, c='x', **kw): ...",
                "/a; b: int = 2; *args; !c = 'x'; **kw",
            ),
            ("def f(*, _x): ...", "!_x"),
            ("def f(a: 'A', b: \"list['B']\"): ...", "a: A; b: list['B']"),
            (
                "def f(a: Union[\n    int,  # c\n    str,\n], *a2: int, **k: Unpack[TD]): ...",
                "a: Union[int, str]; *a2: int; **k: Unpack[TD]",
            ),
            (
                "def f(a=lambda x: (x, 1), b={'a': [1]}): ...",
                "a = lambda x: (x, 1); b = {'a': [1]}",
            ),
        ] {
            assert_eq!(params(text, "f"), expected, "{text}");
        }
    }

    #[test]
    fn receivers() {
        for (method, expected, receiver) in [
            ("def f(this, a): ...", "a", Some("this")),
            ("@dec\n    def f(self: T, a): ...", "a", Some("self")),
            ("def f(self, /, a): ...", "a", Some("self")),
            ("@classmethod\n    def f(cls, a): ...", "a", Some("cls")),
            ("@staticmethod\n    def f(a, b): ...", "a; b", None),
            ("def f(*args, a): ...", "*args; !a", None),
        ] {
            let text = format!("class A:\n    {method}\n");
            assert_eq!(params(&text, "A.f"), expected, "{method}");
            assert_eq!(symbol(&text, "A.f").signature.receiver.as_deref(), receiver, "{method}");
        }
        assert_eq!(params("class A:\n    def __new__(cls, a): ...\n", "A.__new__"), "a");
        assert_eq!(
            params("class A:\n    def __class_getitem__(cls, a): ...\n", "A.__class_getitem__"),
            "a"
        );
    }

    #[test]
    fn returns_and_yields() {
        for (header, body, returns_value, yields) in [
            ("def f()", "return 1", true, None),
            ("def f()", "return", false, None),
            ("def f()", "return (None)", false, None),
            ("def f() -> None", "return g()", true, None),
            ("def f() -> None", "return", false, None),
            ("def f() -> NoReturn", "raise X", false, None),
            ("def f() -> 'typing.Never'", "raise X", false, None),
            ("def f() -> int", "...", true, None),
            ("def f()", "...", false, None),
            ("def f()", "def g():\n        return 1", false, None),
            ("def f()", "x = lambda: (yield)", false, None),
            ("def f() -> Iterator[int]", "yield 1", false, Some("int")),
            ("def f() -> Iterator[int]", "return g()", true, None),
            (
                "def f() -> Generator[dict[str, int], None, str]",
                "yield 1",
                true,
                Some("dict[str, int]"),
            ),
            ("def f() -> t.Generator[int, None, None]", "yield 1", false, Some("int")),
            ("def f() -> Generator[int]", "yield 1\n    return", false, Some("int")),
            ("async def f() -> AsyncIterator[int]", "yield 1", false, Some("int")),
            ("async def f() -> int", "return await g()", true, None),
        ] {
            let text = format!("{header}:\n    {body}\n");
            let signature = symbol(&text, "f").signature;
            assert_eq!(signature.returns_value, returns_value, "{text}");
            assert_eq!(signature.yields.as_deref(), yields, "{text}");
            let own = body.starts_with("yield");
            assert_eq!(signature.is_generator, own, "{text}");
        }
    }

    fn raises(body: &str) -> String {
        let symbol = symbol(&format!("def f(a):\n    {}\n", body.replace('\n', "\n    ")), "f");
        let shown = symbol.body.raises.iter().map(|raise| {
            let mut text = raise.exception.clone();
            if raise.is_reraise {
                text += " again";
            }
            if raise.is_caught {
                text += " caught";
            }
            if let Some(condition) = &raise.condition {
                text += " if ";
                text += condition;
            }
            if let Some(message) = &raise.message {
                text = format!("{text} `{message}`");
            }
            if !raise.handling.is_empty() {
                text += " on ";
                text += &raise.handling.join(",");
            }
            text
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn exceptions() {
        for (body, expected) in [
            ("raise X", "X"),
            ("raise X('a' \"b\\n{c}\") from e", "X `ab {c}`"),
            ("raise m.X(f'no {a!r:>3} {{}}')", "m.X `no {a} {}`"),
            ("raise A\nraise B\nraise A(1)", "A; B"),
            (
                "if a < 0:\n    raise A\nelif b:\n    raise B\nelse:\n    raise C",
                "A if a < 0; B if b; C if not (a < 0 or b)",
            ),
            ("for x in y:\n    if x:\n        raise A", "A if x"),
            ("for x in y: pass\nelse:\n    raise A", "A"),
            ("try: g()\nexcept (A, m.B): raise", "A again on A,m.B; m.B again on A,m.B"),
            ("try: g()\nexcept A as e:\n    raise e", "A again on A"),
            ("try: g()\nexcept A as e:\n    raise e.with_traceback(t)", "A again on A"),
            ("try: g()\nexcept Exception: raise", ""),
            ("try: g()\nexcept: raise", ""),
            ("try: g()\nexcept A as e:\n    raise B('x') from e", "B `x` on A"),
            ("raise X.from_y(1)", "X"),
            ("raise make_error(1)", ""),
            ("raise self.error(1)", ""),
            ("raise error", ""),
            ("exc = X('a')\nraise exc", "X"),
            ("exc = X('a')\nexc = Y('a')\nraise exc", ""),
            ("for Exc in (A, B):\n    raise Exc(1)", ""),
            ("try:\n    raise KeyError(1)\nexcept LookupError:\n    pass", "KeyError caught"),
            ("try:\n    raise A\nexcept:\n    pass\nraise A('m')", "A `m`"),
            ("try:\n    pass\nexcept A:\n    raise A", "A on A"),
            ("try:\n    pass\nexcept B:\n    pass\nelse:\n    raise B", "B"),
            ("try:\n    raise A\nexcept A:\n    raise", "A again on A"),
            ("def g():\n    raise A\nclass C:\n    raise B\nraise D", "D"),
            ("assert a, 'm'", ""),
            ("raise (X)", "X"),
            ("raise", ""),
            ("match a:\n    case 1:\n        raise A", "A"),
            ("raise X(a)", "X"),
        ] {
            assert_eq!(raises(body), expected, "{body}");
        }
        let asserts = symbol("def f(a):\n    assert a > 0, 'no a'\n", "f").body.panics;
        assert_eq!(asserts.len(), 1);
        assert_eq!(asserts[0].condition.as_deref(), Some("a > 0"));
        assert_eq!(asserts[0].message.as_deref(), Some("no a"));
    }

    #[test]
    fn what_a_body_does() {
        let text = "class A:
    def f(self, path):
        '''Doc.'''
        self.x, self.y = path, None
        self.z: int = [1]
        for a, b in path.items():
            with open(path, mode='r') as file, lock:
                await self._pool.get(a, key=b)
        while not done(): pass
        return [x for x in path] or None
";
        let body = symbol(text, "A.f").body;
        assert_eq!(body.statements, 5);
        assert!(!body.is_stub);
        let sets: Vec<_> =
            body.sets.iter().map(|set| format!("{}={}", set.attribute, set.value.text)).collect();
        assert_eq!(sets, ["x=path", "y=None", "z=[1]"]);
        let loops: Vec<_> =
            body.loops.iter().map(|each| format!("{}<{}", each.variable, each.subject)).collect();
        assert_eq!(loops, ["a, b<path.items()", "<not done()"]);
        assert_eq!(body.withs, ["open(path, mode='r')", "lock"]);
        let calls: Vec<_> = body
            .calls
            .iter()
            .map(|call| format!("{} {} {}", call.callee, call.is_statement, call.depth))
            .collect();
        assert_eq!(
            calls,
            ["path.items false 0", "open false 1", "self._pool.get true 2", "done false 0"]
        );
        assert_eq!(
            body.calls[1].args,
            [(None, "path".into()), (Some("mode".into()), "'r'".into())]
        );
        assert_eq!(body.returns.len(), 1);
    }

    #[test]
    fn stubs() {
        for (body, expected) in [
            ("pass", true),
            ("...", true),
            ("'Doc.'", true),
            ("raise NotImplementedError('x')", true),
            ("'Doc.'\n    raise NotImplementedError", true),
            ("raise NotImplementedErrors", false),
            ("x = 1", false),
        ] {
            let text = format!("def f():\n    {body}\n");
            assert_eq!(symbol(&text, "f").body.is_stub, expected, "{body}");
        }
    }

    fn members(text: &str) -> String {
        let shown = symbol(text, "A").members.into_iter().map(|member| {
            let ty = member.ty.map(|ty| format!(": {ty}")).unwrap_or_default();
            let default = member.default.map(|d| format!(" = {d}")).unwrap_or_default();
            let comment = member.comment.map(|c| format!(" # {c}")).unwrap_or_default();
            format!(
                "{}{}{ty}{default}{comment}",
                if member.from_init { "." } else { "" },
                member.name
            )
        });
        shown.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn class_attributes() {
        let text = "class A:
    # The first.
    x: int = 1  # noqa
    y = 2  # The second.
    #: The
    #: third.
    z = w = 3
    _private = 4
    v: ClassVar[int]
    '''The fifth.'''

    def __init__(self, a: int, *b: str):
        self.a = a
        self.b, self._c = b, 1
        if a:
            self.d: str = 'd'  # The last.
        def g():
            self.e = 1
        self.x = 2
";
        assert_eq!(
            members(text),
            "x: int = 1 # The first.; y = 2 # The second.; z = 3 # The third.; w = 3 # The third.; \
             v: ClassVar[int] # The fifth.; .a: int = a; .b = b; .d: str = 'd' # The last."
        );
        assert_eq!(params(text, "A"), "a: int; *b: str");
    }

    #[test]
    fn fields_as_parameters() {
        let text = "@dataclass
class A:
    x: int
    c: ClassVar[int] = 1
    i: InitVar[str] = 'a'
    _: KW_ONLY
    y: list[int] = field(default_factory=list)
    z: int = field(default=1, init=False)
";
        assert_eq!(params(text, "A"), "x: int; i: str = 'a'; !y: list[int] = list()");
        assert_eq!(
            members(text),
            "x: int; c: ClassVar[int] = 1; y: list[int] = field(default_factory=list); \
             z: int = field(default=1, init=False)"
        );
        assert_eq!(
            params(
                "class A(BaseModel):\n    model_config = 1\n    x: int = Field(3)\n    y: str = Field(...)\n",
                "A"
            ),
            "!x: int = 3; !y: str"
        );
        assert_eq!(
            params("@attr.s\nclass A:\n    x = attr.ib(default=1)\n    _y: int = attr.ib()\n", "A"),
            "x = 1; y: int"
        );
    }

    #[test]
    fn the_last_constructor_counts() {
        let text = "class A:\n    @overload\n    def __init__(self, a): ...\n    def __init__(self, b, c=1): ...\n";
        assert_eq!(params(text, "A"), "b; c = 1");
    }
}

mod odd_input {
    use super::parse;

    /// `line` five hundred times, each one step deeper.
    fn steps(line: &str) -> String {
        let lines: Vec<String> = (0..500).map(|level| " ".repeat(level) + line).collect();
        lines.concat()
    }

    /// Every way to read `text`, without an opinion on the result.
    fn exercise(text: &str) {
        let source = parse(text);
        let symbols = source.symbols(|_| true);
        let _ = source.docstrings();
        let _ = source.symbol_at(text.len() / 2);
        for symbol in symbols.iter().take(20) {
            if let Ok(edit) = source.insertion(symbol, "A \\ \"\"\".\n\nB.\"") {
                let _ = source.verify(&[edit]);
            }
        }
    }

    #[test]
    fn never_panics() {
        let whole = "@d\nclass A(B, m=C):\n    'D'\n    x: int = f(a, *b)  # c\n    async def f(self, a, /, *b: 'x', c=1, **d) -> Iterator['é']:\n        if a:\n            raise X(f'{a!r}') from e\n        try:\n            yield\n        except (A, B) as e:\n            raise\n        else: self.x, y = 1, lambda: 2\n        with a as b: return [é for é in a]\n";
        for (at, _) in whole.char_indices() {
            exercise(whole.get(..at).unwrap());
            exercise(whole.get(at..).unwrap());
        }
        for (at, c) in whole.char_indices() {
            exercise(&[whole.get(..at).unwrap(), whole.get(at + c.len_utf8()..).unwrap()].concat());
        }
        for text in [
            "\0",
            "\u{feff}",
            "\r",
            "\r\r\n\n\r",
            "\x0c",
            "\\",
            "#",
            "\"\"\"",
            "def",
            "class",
            "@",
            "def f",
            "def f(",
            "def f(self):",
            "class A",
            "\\\n",
            ";",
            "raise",
            "    x",
            "\t\n x",
        ] {
            exercise(text);
            exercise(&format!("def f():\n    x\n{text}"));
            exercise(&format!("{text}\ndef f():\n    x\n"));
        }
    }

    #[test]
    fn deep_and_long_input_on_a_small_stack() {
        let run = || {
            let n = 20_000;
            for text in [
                "(".repeat(10 * n),
                format!("{}{}", "(".repeat(5 * n), ")".repeat(5 * n)),
                "\"\"\"".repeat(n),
                format!("def f():\n    return {}1{}\n", "[".repeat(5 * n), "]".repeat(5 * n)),
                format!("def f():\n    return a{}\n", "+a".repeat(5 * n)),
                format!("def f():\n    raise a{}\n", ".b()".repeat(n)),
                format!("def f():\n    raise {}A{}\n", "(".repeat(n), ")".repeat(n)),
                format!("def f(a={}1{}): pass\n", "(".repeat(n), ")".repeat(n)),
                format!("class A:\n    {}1\n", "x = ".repeat(n)),
                format!("class A:\n{}", "    x: int = 1  # c\n".repeat(n)),
                format!(
                    "class A:\n    def __init__(self):\n{}",
                    "        self.x, self.y = 1, 2\n".repeat(n)
                ),
                "def f(): pass\n".repeat(n),
                format!("def f():\n    if a: pass\n{}", "    elif a: raise A\n".repeat(n / 10)),
                steps("def f():\n"),
                steps("if x:\n"),
                "@a\n".repeat(n),
                "# c\n".repeat(n),
                "\r".repeat(n),
                "def f(\n".repeat(n / 10),
                "class A(\n".repeat(n / 10),
                "\0\u{1}\u{fffd}binary\n".repeat(n),
            ] {
                let source = parse(&text);
                let symbols = source.symbols(|_| true);
                let _ = source.docstrings();
                let _ = source.symbol_at(text.len() / 2);
                if let Some(symbol) = symbols.last()
                    && let Ok(edit) = source.insertion(symbol, "Doc.")
                {
                    let _ = source.verify(&[edit]);
                }
            }
        };
        std::thread::Builder::new().stack_size(512 * 1024).spawn(run).unwrap().join().unwrap();
    }
}
