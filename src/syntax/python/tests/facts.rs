//! What signatures, bodies and classes say.

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
        ("def f(a=lambda x: (x, 1), b={'a': [1]}): ...", "a = lambda x: (x, 1); b = {'a': [1]}"),
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
        ("def f() -> typing.Never", "raise X", true, None),
        ("def f() -> 'typing.Never'", "raise X", true, None),
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
    assert_eq!(body.calls[1].args, [(None, "path".into()), (Some("mode".into()), "'r'".into())]);
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
        format!("{}{}{ty}{default}{comment}", if member.from_init { "." } else { "" }, member.name)
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
