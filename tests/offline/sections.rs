//! What it says about parameters, results, exceptions and attributes.

use docstring_ls::docstring::Language;

use super::{content, python};

#[test]
fn describes_parameters() {
    let source = "class Client:\n    def send_request(self, request, timeout, verify=True, \
                  key: str = 'k', *args, **kwargs):\n        run(*args, **kwargs)\n";
    let (content, guesses) = content(Language::Python, source, "Client.send_request");
    let said: Vec<&str> = content["params"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|param| param["description"].as_str())
        .collect();
    assert_eq!(
        said,
        [
            "The request to send.",
            "The timeout for the request.",
            "Whether to verify.",
            "The key of the request.",
            "Additional positional arguments passed to `run`.",
            "Additional keyword arguments passed to `run`.",
        ]
    );
    assert_eq!(guesses, ["/params/1/description", "/params/3/description"]);
}

#[test]
fn omits_parameters_of_underscores() {
    let (content, _) = content(Language::Python, "def f(_, __, x): pass", "f");
    let names: Vec<_> = content["params"].as_array().expect("a list").iter().collect();
    assert_eq!(names.len(), 1);
    assert_eq!(names[0]["name"], "x");
}

#[test]
fn says_when_exceptions_are_raised() {
    let source = "def f(x):\n    if x < 0:\n        raise ValueError('no')\n    if not x.ok:\n        \
                  raise KeyError(x)\n    raise NotImplementedError\n";
    let (content, _) = content(Language::Python, source, "f");
    assert_eq!(content["raises"][0]["name"], "ValueError");
    assert_eq!(content["raises"][0]["description"], "If `x` is negative.");
    assert_eq!(content["raises"][1]["description"], "If `x.ok` is empty or not set.");
    assert_eq!(content["raises"].as_array().map(Vec::len), Some(2));
}

#[test]
fn says_what_is_returned() {
    for (source, expected) in [
        ("def f(x):\n    return x is None", "`True` if `x` is `None`, `False` otherwise."),
        ("def f(x):\n    return Table(x)", "A `Table` instance."),
        ("def f(x):\n    return x.name", "The name."),
        ("def f(x):\n    return first, second", "A tuple of the first and the second."),
        ("def make_rows(x):\n    return [r for r in x]", "The rows as a list."),
        ("def f(x):\n    if x:\n        return None\n    return row", "The row, or `None`."),
    ] {
        let path = if source.contains("make_rows") { "make_rows" } else { "f" };
        let (content, _) = content(Language::Python, source, path);
        assert_eq!(content["returns"], expected, "{source}");
    }
}

#[test]
fn says_when_rust_calls_fail() {
    for (code, section, expected) in [
        ("self.slots.last().expect(\"no\")", "panics", "Panics if `self.slots` is empty."),
        ("self.lock.lock().unwrap()", "panics", "Panics if the lock `self.lock` is poisoned."),
        ("text.trim().parse::<u8>().unwrap()", "panics", "Panics if `text` cannot be parsed."),
        ("find(text).unwrap()", "panics", "Panics if `find(text)` is `None` or an error."),
        (
            "runtime::Builder::new_multi_thread()\n.worker_threads(4)\n.enable_all()\n.build().unwrap()",
            "panics",
            "Panics if `build` fails.",
        ),
        (
            "self.rows.iter().filter(|row| row.is_ready() && row.is_open()).nth(2).unwrap()",
            "panics",
            "Panics if `nth` returns `None`.",
        ),
        (
            "match Regex::new(text, 1) { Err(_) => panic!(\"no\"), Ok(r) => r }",
            "panics",
            "Panics if `Regex::new(text, 1)` is an error.",
        ),
        ("text.trim().parse()?", "errors", "Returns an error if `text` cannot be parsed."),
        (
            "if self.is_full() { return Err(Error::Full); } read(text)?",
            "errors",
            "Returns `Error::Full` if the ring is full. Also returns an error if `read` fails.",
        ),
    ] {
        let source = format!(
            "struct Ring;\nimpl Ring {{\n    fn take(&self, text: &str) -> Result<u8, Error> {{\n        \
             {code}\n    }}\n}}\n"
        );
        let (content, _) = content(Language::Rust, &source, "Ring.take");
        assert_eq!(content[section], expected, "{code}");
    }
    let chain = "a_step_of_the_chain()\n        .".repeat(20);
    let source = format!("fn rt() -> Runtime {{\n    start().{chain}build().unwrap()\n}}\n");
    let (content, _) = content(Language::Rust, &source, "rt");
    assert_eq!(content["panics"], "Panics if `build` fails.");
}

#[test]
fn says_what_else_must_hold_for_an_exception() {
    let source = "def parse(row, default=True):\n    if not isinstance(row, dict):\n        try:\n            \
                  row = dict(row)\n        except TypeError as e:\n            \
                  raise ParseError(row) from e\n    return default\n";
    let (content, _) = content(Language::Python, source, "parse");
    assert_eq!(
        content["raises"][0]["description"],
        "If `row` is not a `dict` and a `TypeError` is raised inside."
    );
    assert_eq!(content["params"][1]["description"], "The value to use when there is none.");
}

#[test]
fn comparisons_and_iterators_return_what_their_protocol_says() {
    let source = "class Row:\n    def __eq__(self, other) -> bool:\n        if not other:\n            \
                  return NotImplemented\n        return self.x == other.x\n    \
                  def __iter__(self):\n        return (x for x in self.cells)\n";
    for (path, expected) in [
        ("Row.__eq__", "Whether the comparison holds."),
        ("Row.__iter__", "An iterator over the items."),
    ] {
        let (content, _) = content(Language::Python, source, path);
        assert_eq!(content["returns"], expected);
    }
}

#[test]
fn says_which_panic_it_is() {
    for (code, expected) in [
        ("panic!(\"no way\")", "Panics with the message `no way`."),
        (
            "if text.len() == 0 { panic!(\"x\") }\n panic!(\"no way\")",
            "Panics if `text` is empty, or with the message `no way`.",
        ),
        ("match text.len() { 0 => panic!(), _ => {} }", "Panics if `text.len()` is `0`."),
    ] {
        let source = format!("fn take(text: &str) {{\n    {code}\n}}\n");
        let (content, _) = content(Language::Rust, &source, "take");
        assert_eq!(content["panics"], expected, "{code}");
    }
}

#[test]
fn exceptions_by_their_name() {
    for (name, expected) in [
        ("OutOfStock", "Raised when out of stock."),
        ("TooManyRedirects", "Raised when there are too many redirects."),
        ("ResponseNotRead", "Raised when the response is not read."),
        ("StreamClosed", "Raised when the stream is closed."),
        ("ConnectionError", "A connection error."),
    ] {
        python(&format!("class {name}(Exception): pass"), name, expected);
    }
}

#[test]
fn a_wrapper_does_not_return_itself() {
    let source = "def d(f):\n    def wrapper(*args):\n        if args:\n            return f(*args)\n        return g(1)\n    return wrapper\n";
    let (content, _) = content(Language::Python, source, "d.wrapper");
    let returns = content["returns"].as_str().unwrap();
    assert!(!returns.contains("wrapper"), "{returns}");
}

#[test]
fn attributes_that_say_yes_or_no() {
    let source = "class Composite:\n    is_whole: ClassVar[bool] = True\n    has_parts: t.Final[bool | None] = None\n    parts: ClassVar[list[int]]\n    flags: Final = 3\n";
    let (content, _) = content(Language::Python, source, "Composite");
    let attributes = content["attributes"].as_array().expect("a list");
    let described: Vec<_> = attributes.iter().map(|item| item["description"].as_str()).collect();
    let expected = [
        "Whether the composite is whole.",
        "Whether the composite has parts.",
        "The parts of the composite.",
        "The flags of the composite, `3` by default.",
    ];
    assert_eq!(described, expected.map(Some));
}

#[test]
fn parameters_that_say_yes_or_no() {
    let source = "def run(go_on, continue_on_failure=True, expose_value=False, no_args_is_help=False, path_is_valid=False): pass\n";
    let (content, _) = content(Language::Python, source, "run");
    let params = content["params"].as_array().expect("a list");
    let described: Vec<_> = params.iter().map(|item| item["description"].as_str()).collect();
    let expected = [
        "Whether to continue on the failure.",
        "Whether to expose the value.",
        "Whether `no_args_is_help` applies.",
        "Whether the path is valid.",
    ];
    assert_eq!(described[1..], expected.map(Some));
}

#[test]
fn types_that_say_too_little_to_be_named() {
    let source = "def merge(schema: core.ListSchema | core.CounterSchema):\n    return RUNNER_CLASS(schema)\n";
    let (content, _) = content(Language::Python, source, "merge");
    let of_one = content["params"][0]["description"].as_str().expect("a text");
    assert!(of_one.contains("schema") && !of_one.contains("counter"), "{of_one}");
    let returned = content["returns"].as_str().expect("a text");
    assert!(!returned.contains("instance"), "{returned}");
}

#[test]
fn what_only_raises_always_raises() {
    let raised = |body: &str| {
        let source = format!("def default_factory(kind):\n{body}");
        let (content, _) = content(Language::Python, &source, "default_factory");
        let summary = content["summary"].as_str().expect("a text").to_owned();
        (summary, content["raises"][0]["description"].as_str().expect("a text").to_owned())
    };
    let (summary, when) = raised("    raise RuntimeError\n");
    assert_eq!((&*summary, &*when), ("Raise a `RuntimeError`.", "Always."));
    let (_, when) = raised("    raise RuntimeError('not here')\n");
    assert_eq!(when, "Always, with the message `not here`.");
    for inside in
        ["for x in kind:", "while kind:", "with kind:", "if kind:", "match kind:\n      case 1:"]
    {
        let (summary, when) = raised(&format!("    {inside}\n        raise RuntimeError\n"));
        assert!(!when.starts_with("Always") && !summary.starts_with("Raise"), "{inside}: {when}");
    }
}

#[test]
fn forms_are_named_once() {
    python(
        "class Data:\n    def as_const(self) -> str: return self.x\n",
        "Data.as_const",
        "Return the data as a constant.",
    );
    let returned = |name: &str| {
        let source =
            format!("class Data:\n    def {name}(self): return {{k: v for k, v in self.x}}\n");
        let (content, _) = content(Language::Python, &source, &format!("Data.{name}"));
        content["returns"].as_str().expect("a text").to_owned()
    };
    assert_eq!(returned("to_info_dict"), "The information dictionary.");
    assert_eq!(returned("to_dict"), "The dictionary.");
    assert_eq!(returned("get_rows"), "The rows as a dictionary.");
    assert_eq!(returned("last_predict"), "The last predict as a dictionary.");
    assert_eq!(returned("__getstate__"), "The state.");
    let typed = |ty: &str| {
        let source =
            format!("def to_camel(name) -> {ty}:\n    if name: return a[0]\n    return b[0]\n");
        let (content, _) = content(Language::Python, &source, "to_camel");
        content["returns"].as_str().expect("a text").to_owned()
    };
    assert_eq!((&*typed("str"), &*typed("Any")), ("The string.", "The camel."));
}
