//! Names, visibility, kinds and flags.

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
    check_paths("class A:\n    def f(self):\n        def g(): pass\n", &["", "A", "A.f", "A.f.g"]);
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
    let accessors =
        "class A:\n    @property\n    def x(self): pass\n    @x.setter\n    def x(self, v): pass\n";
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
