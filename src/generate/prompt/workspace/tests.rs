//! Small folders in memory: who calls what across files, and what is not shown.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{Around, Files, Stamp, Workspace};
use crate::docstring::SymbolPath;
use crate::syntax::{Source, language_of};

/// A folder in memory, and how often a file of it was read.
#[derive(Default)]
struct Memory {
    disk: BTreeMap<String, String>,
    open: Mutex<Vec<(String, Arc<str>)>>,
    read: AtomicUsize,
}

impl Files for Arc<Memory> {
    fn list(&self, _: &dyn Fn() -> bool) -> Vec<(String, Stamp)> {
        let stamp = |text: &String| Stamp { modified: None, bytes: text.len() as u64 };
        self.disk.iter().map(|(path, text)| (path.clone(), stamp(text))).collect()
    }

    fn read(&self, path: &str) -> Option<Arc<str>> {
        self.read.fetch_add(1, Ordering::Relaxed);
        self.disk.get(path).map(|text| text.as_str().into())
    }

    fn open(&self) -> Vec<(String, Arc<str>)> {
        self.open.lock().unwrap().clone()
    }

    fn inside(&self, name: &str) -> Option<String> {
        name.strip_prefix("/w/").map(str::to_owned)
    }
}

/// A folder of `== path` lines, each with the text of a file below it.
fn folder(text: &str) -> Arc<Memory> {
    let mut memory = Memory::default();
    for file in text.split("== ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap();
        memory.disk.insert(path.to_owned(), text.to_owned());
    }
    Arc::new(memory)
}

fn ask(memory: &Arc<Memory>, place: &str) -> Around {
    let (file, path) = place.split_once(' ').unwrap();
    let workspace = Workspace::new(Box::new(Arc::clone(memory)));
    let language = language_of(file.as_ref()).unwrap();
    let text = memory.disk.get(file).expect(file);
    let source = Source::parse(language, &format!("/w/{file}"), text.as_str().into()).unwrap();
    let symbol = source.symbol(&SymbolPath(path.into())).expect(place);
    workspace.around(&source, &symbol, super::BULK_WAIT, &|| false)
}

/// What is shown of the symbol at `place` (`file path`): callees, then callers.
fn shown(files: &str, place: &str) -> String {
    let Around { callees, callers } = ask(&folder(files), place);
    let outwards = callees.into_iter().map(|clean| clean.text);
    let inwards = callers.into_iter().map(|clean| format!("<- {}", clean.text));
    outwards.chain(inwards).collect::<Vec<_>>().join("\n")
}

const HELPERS: &str = "
== pkg/__init__.py
from .helpers import handed_on
== pkg/helpers.py
def load(path: str) -> bytes:
    \"\"\"Read a file.

    All of it.
    \"\"\"

def handed_on(): ...

def twice(): ...
if x:
    def twice(): ...

class Base:
    \"\"\"What all have.\"\"\"

    def __init__(self, size: int): ...
    def close(self, hard=False): ...
    @classmethod
    def make(cls): ...
";

/// Of a function in `pkg/main.py` whose body calls something.
fn callee(imports: &str, call: &str) -> String {
    let main = format!("{HELPERS}== pkg/main.py\n{imports}\ndef run(x):\n    return {call}\n");
    shown(&main, "pkg/main.py run")
}

#[test]
fn callees_are_found_through_imports() {
    let load = "def load(path: str) -> bytes:\n    \"\"\"Read a file.\"\"\"";
    for (imports, call) in [
        ("from .helpers import load", "load(x)"),
        ("from pkg.helpers import load as l", "l(x)"),
        ("from . import helpers", "helpers.load(x)"),
        ("from . import helpers as h", "h.load(x)"),
        ("import pkg.helpers", "pkg.helpers.load(x)"),
        ("import pkg.helpers as h", "h.load(x)"),
        ("from ..pkg.helpers import load", "load(x)"),
        ("try:\n    from .helpers import load\nexcept E:\n    pass", "load(x)"),
    ] {
        assert_eq!(callee(imports, call), load, "{imports}");
    }
    assert_eq!(callee("from pkg import handed_on", "handed_on()"), "def handed_on():");
    assert_eq!(callee("import pkg", "pkg.handed_on()"), "def handed_on():");
    assert_eq!(
        callee("from .helpers import Base", "Base(x)"),
        "class Base:\n    \"\"\"What all have.\"\"\"\n    def __init__(self, size: int):"
    );
    assert_eq!(callee("from .helpers import Base", "Base.make()"), "def make(cls):");
}

#[test]
fn what_is_not_certain_is_not_shown() {
    for (imports, call) in [
        ("", "load(x)"),
        ("from .other import load", "load(x)"),
        ("from elsewhere.helpers import load", "load(x)"),
        ("from .helpers import load", "x.load(1)"),
        ("from .helpers import load\nload = None", "load(x)"),
        ("from .helpers import load\nif x:\n    def load(): ...", "load(x)"),
        ("from .helpers import load as x", "x(1)"),
        ("from .helpers import twice", "twice()"),
        ("from .helpers import *", "load(x)"),
        ("try:\n    from fast import load\nexcept E:\n    from .helpers import load", "load(x)"),
        ("def other():\n    from .helpers import load", "load(x)"),
        ("from .helpers import Base", "Base.missing()"),
        ("from .helpers import Base", "x.Base.close()"),
    ] {
        assert_eq!(callee(imports, call), "", "{imports}; {call}");
    }
}

#[test]
fn a_file_is_not_what_the_standard_library_is_called() {
    let files = "== a.py\nimport queue\ndef run():\n    queue.put()\n== queue.py\ndef put(): ...\n";
    assert_eq!(shown(files, "a.py run"), "");
    let library = format!("{files}== os.py\n== abc.py\n");
    assert_eq!(shown(&library, "a.py run"), "def put():");
}

#[test]
fn a_package_is_found_from_its_tests_and_below_src() {
    let files = "== src/pkg/__init__.py\n== src/pkg/m.py\ndef go(): ...\n\
                 == tests/unit/test_m.py\nfrom pkg.m import go\ndef test():\n    go()\n";
    assert_eq!(shown(files, "tests/unit/test_m.py test"), "def go():");
    assert_eq!(shown(files, "src/pkg/m.py go"), "<- from pkg.m import go\ndef test():\n    go()");
}

#[test]
fn methods_are_found_in_imported_bases() {
    let class = |imports: &str, bases: &str, call: &str| {
        let text = format!(
            "{HELPERS}== pkg/main.py\n{imports}\nclass Sub({bases}):\n    def run(self):\n        \
             {call}\n"
        );
        shown(&text, "pkg/main.py Sub.run")
    };
    let close = "def close(self, hard=False):";
    let import = "from .helpers import Base";
    assert_eq!(class(import, "Base", "self.close()"), close);
    assert_eq!(class(import, "Base", "super().close()"), close);
    assert_eq!(class("from . import helpers", "helpers.Base", "self.close()"), close);
    assert_eq!(class(import, "Generic[T], Base", "self.close()"), close);
    // The first base could have it.
    assert_eq!(class(import, "Unknown, Base", "self.close()"), "");
    assert_eq!(class(import, "Base, Unknown", "self.close()"), close);
    assert_eq!(class(import, "Base", "self.open()"), "");
    assert_eq!(class(import, "Base", "self.other.close()"), "");
    assert_eq!(class("", "Base", "self.close()"), "");
}

#[test]
fn names_are_handed_on_a_few_times_only() {
    let files = "== p/__init__.py\nfrom .a import *\nfrom .b import *\n== p/a.py\ndef one(): ...\n\
                 def both(): ...\n== p/b.py\ndef two(): ...\ndef both(): ...\n\
                 def _private(): ...\n== m.py\nimport p\ndef run():\n    p.one()\n    p.both()\n    \
                 p.two()\n    p._private()\n== x.py\nfrom y import f\ndef run():\n    f()\n\
                 == y.py\nfrom x import f\n";
    assert_eq!(shown(files, "m.py run"), "def one():\ndef two():");
    assert_eq!(shown(files, "x.py run"), "", "a ring of imports ends");
}

#[test]
fn callers_import_what_they_call() {
    let files = "== pkg/__init__.py\nfrom .m import go\n== pkg/m.py\ndef go(n): ...\n\
        class C:\n    def __init__(self): ...\n    @classmethod\n    def make(cls): ...\n\
        == pkg/a.py\nfrom .m import go\n\nx = 1\n\ndef first():\n    # go(1)\n    s = 'go(2)'\n    \
        return go(3)\n\n\n# far\n\
        == pkg/b.py\ndef go(): ...\ndef second():\n    go(4)\n\
        == pkg/c.py\nfrom pkg import go as g, m\nfrom .m import C\nmade = C.make()\n\n\n\
        g(5)\nc = C()\n\n\n\n\
        == tests/d.py\nimport pkg.m\ndef test():\n    pkg.m.go(6)\n";
    assert_eq!(
        shown(files, "pkg/m.py go"),
        "<- # go(1)\ns = 'go(2)'\nreturn go(3)\n<- g(5)\nc = C()"
    );
    assert_eq!(
        shown(files, "pkg/m.py C.make"),
        "<- from pkg import go as g, m\nfrom .m import C\nmade = C.make()"
    );
    assert_eq!(shown(files, "pkg/m.py C.__init__"), "<- g(5)\nc = C()");
    let alone = files.replace("== pkg/a.py", "== pkg/a.txt").replace("== pkg/c.py", "== c.txt");
    assert_eq!(
        shown(&alone, "pkg/m.py go"),
        "<- import pkg.m\ndef test():\n    pkg.m.go(6)",
        "a test if there is nothing else"
    );
}

const CRATE: &str = "
== src/lib.rs
mod net;
mod text;
pub use text::wrap;
== src/net/mod.rs
pub mod tcp;
use crate::text::{self, split};
pub fn send() {
    split(1);
    text::join(2);
    self::tcp::open();
    tcp::close();
    crate::wrap();
    other::split();
}
mod tests {
    use super::send;
    fn check() {
        send();
        super::tcp::open();
    }
}
== src/net/tcp.rs
/// Opens.
pub fn open<T>(at: T) -> u8
where
    T: Copy,
{
}
pub fn close() {}
pub struct Link;
impl Link {
    /// Connects it.
    pub fn new(to: &str) -> Self {}
}
== src/text.rs
/// Splits.
///
/// Twice.
pub fn split(n: u8) {}
pub fn join(n: u8) {}
pub fn wrap() {}
== src/main.rs
use demo::net;
== src/user.rs
use crate::net::tcp::Link;
use super::net::{self};
pub fn work() {
    let link = Link::new(\"a\");
    let split = 5;
    net::send();
}
";

#[test]
fn rust_paths_are_followed_in_their_crate() {
    assert_eq!(
        shown(CRATE, "src/net/mod.rs send"),
        "/// Splits.\npub fn split(n: u8)\npub fn join(n: u8)\n\
         /// Opens.\npub fn open<T>(at: T) -> u8\npub fn wrap()\n\
         <-     let link = Link::new(\"a\");\n    let split = 5;\n    net::send();\n}"
    );
    assert_eq!(
        shown(CRATE, "src/net/mod.rs tests.check"),
        "/// Opens.\npub fn open<T>(at: T) -> u8",
        "what is in the same file is shown by who knows that"
    );
    assert_eq!(
        shown(CRATE, "src/user.rs work"),
        "/// Connects it.\npub fn new(to: &str) -> Self\npub fn send()"
    );
    assert_eq!(
        shown(CRATE, "src/net/tcp.rs Link.new"),
        "<- use super::net::{self};\npub fn work() {\n    let link = Link::new(\"a\");\n    \
         let split = 5;\n    net::send();"
    );
    let bound = CRATE.replace("pub fn send()", "pub fn send(split: F)");
    assert!(!shown(&bound, "src/net/mod.rs send").contains("Splits"), "a parameter is meant");
}

#[test]
fn secrets_of_other_files_are_cut_out() {
    let files = "== a.py\nfrom b import connect\ndef run():\n    connect()\n== b.py\n\
                 def connect(key=\"sk-Abc123Def456Ghi789Jkl0\"): ...\n\
                 from a import run\nAPI_KEY = \"hunter2hunter2\"\nrun()\n";
    let Around { callees, callers } = ask(&folder(files), "a.py run");
    assert_eq!(callees[0].text, "def connect(key=\"[redacted]\"):");
    assert_eq!(callees[0].secrets.len(), 1);
    assert!(callers[0].text.ends_with("API_KEY = \"[redacted]\"\nrun()"), "{}", callers[0].text);
}

#[test]
fn an_open_document_counts_and_nothing_is_read_twice() {
    let memory = folder("== a.py\nfrom b import f\ndef run():\n    f()\n== b.py\ndef f(): ...\n");
    let workspace = Workspace::new(Box::new(Arc::clone(&memory)));
    let text = memory.disk["a.py"].as_str();
    let source = Source::parse(crate::docstring::Language::Python, "/w/a.py", text.into()).unwrap();
    let symbol = source.symbol(&SymbolPath("run".into())).unwrap();
    let ask = || {
        let around = workspace.around(&source, &symbol, super::BULK_WAIT, &|| false);
        around.callees.into_iter().map(|clean| clean.text).collect::<Vec<_>>()
    };
    assert_eq!(ask(), ["def f():"]);
    let read = memory.read.load(Ordering::Relaxed);
    assert_eq!(ask(), ["def f():"]);
    assert_eq!(memory.read.load(Ordering::Relaxed), read, "what is known is not read again");
    let open = |text: &str| {
        *memory.open.lock().unwrap() = vec![("b.py".to_owned(), text.into())];
    };
    open("def f(new): ...\n");
    assert_eq!(ask(), ["def f(new):"]);
    open("def f(newer): ...\n");
    assert_eq!(ask(), ["def f(newer):"]);
    memory.open.lock().unwrap().clear();
    assert_eq!(ask(), ["def f():"], "it was closed without being saved");
}

#[test]
fn who_stops_gets_nothing() {
    let memory = folder(&format!(
        "{HELPERS}== pkg/main.py\nfrom .helpers import load\ndef run():\n    load()\n"
    ));
    let workspace = Workspace::new(Box::new(Arc::clone(&memory)));
    let text = memory.disk["pkg/main.py"].as_str();
    let source =
        Source::parse(crate::docstring::Language::Python, "/w/pkg/main.py", text.into()).unwrap();
    let symbol = source.symbol(&SymbolPath("run".into())).unwrap();
    assert!(workspace.around(&source, &symbol, super::BULK_WAIT, &|| true).callees.is_empty());
    assert_eq!(memory.read.load(Ordering::Relaxed), 0);
    assert_eq!(workspace.around(&source, &symbol, super::BULK_WAIT, &|| false).callees.len(), 1);
}
