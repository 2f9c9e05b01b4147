//! What the embedded provider says about real source text.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test may stop at once")]
#![allow(clippy::panic, reason = "a test may stop at once")]

mod sections;

use std::sync::Arc;

use docstring_ls::docstring::Language;
use docstring_ls::provider::{Answer, CompletionRequest, Offline, Provider};
use docstring_ls::style;
use docstring_ls::syntax::Source;
use futures_util::FutureExt;
use serde_json::Value;

/// The content for the definition at `path`, admitted by the schema.
#[track_caller]
fn content(language: Language, source: &str, path: &str) -> (Value, Vec<String>) {
    let name = if language == Language::Python { "tables.py" } else { "tables.rs" };
    let parsed = Source::parse(language, name, Arc::from(source)).expect("parses");
    let symbol = parsed.symbols(|outline| outline.path.0 == path).into_iter().next();
    let request = CompletionRequest::about(Arc::new(symbol.expect("is there")));
    let provider = Offline::default();
    let completion = provider.complete(&request).now_or_never().expect("is immediate");
    let completion = completion.expect("always answers");
    let Answer::Content(content) = completion.answer else { panic!("is content") };
    style::read(&content, &request.symbol).expect("is admitted");
    (content, completion.guesses)
}

#[track_caller]
fn python(source: &str, path: &str, expected: &str) {
    let (content, _) = content(Language::Python, source, path);
    assert_eq!(content["summary"], expected, "{source}");
}

#[track_caller]
fn rust(source: &str, path: &str, expected: &str) {
    let (content, _) = content(Language::Rust, source, path);
    assert_eq!(content["summary"], expected, "{source}");
}

#[test]
fn functions_by_verb() {
    for (source, path, expected) in [
        ("def load_users(path): pass", "load_users", "Load the users from the given path."),
        ("def add_row(table): pass", "add_row", "Add a row to the given table."),
        ("def get_style(name): return STYLES[name]", "get_style", "Return the style by name."),
        ("def get_codes(self): yield from self.codes", "get_codes", "Yield the codes."),
        (
            "def load_and_parse_config(): pass",
            "load_and_parse_config",
            "Load and parse the config.",
        ),
        ("def warn_on_error(): pass", "warn_on_error", "Warn on the error."),
        ("def set_up_logging(): pass", "set_up_logging", "Set up the logging."),
        ("def init_db(): pass", "init_db", "Initialize the database."),
        ("def main(): pass", "main", "Run the main program."),
        ("def test_empty_table(): pass", "test_empty_table", "Test empty table."),
        ("def do_render(): pass", "do_render", "Render the tables."),
    ] {
        python(source, path, expected);
    }
}

#[test]
fn functions_by_noun() {
    for (source, path, expected) in [
        (
            "def cell_width(text): return 1",
            "cell_width",
            "Return the cell width for the given text.",
        ),
        ("def rows():\n    yield 1", "rows", "Yield the rows."),
        ("def to_string(value): return ''", "to_string", "Convert the given value to a string."),
        (
            "def line_lengths() -> list[int]: ...",
            "line_lengths",
            "Return the line lengths as a list.",
        ),
        ("def cert_verify(url): pass", "cert_verify", "Verify the cert for the given URL."),
    ] {
        python(source, path, expected);
    }
}

#[test]
fn predicates() {
    for (source, path, expected) in [
        (
            "class Table:\n    def is_empty(self): return not self.rows",
            "Table.is_empty",
            "Check whether the table is empty.",
        ),
        (
            "def is_module(node): return True",
            "is_module",
            "Check whether the given node is a module.",
        ),
        (
            "class Table:\n    def has_rows(self) -> bool: ...",
            "Table.has_rows",
            "Check whether the table has rows.",
        ),
        ("def should_retry() -> bool: ...", "should_retry", "Check whether to retry."),
        (
            "def path_has_suffix(path) -> bool: ...",
            "path_has_suffix",
            "Check whether the path has a suffix.",
        ),
        (
            "class Table:\n    @property\n    def is_open(self): return True",
            "Table.is_open",
            "Whether the table is open.",
        ),
    ] {
        python(source, path, expected);
    }
}

#[test]
fn methods_name_their_owner() {
    for (body, path, expected) in [
        (
            "def add_row(self, cells): ...",
            "T.add_row",
            "Add a row to the table with the given cells.",
        ),
        ("def clear(self): ...", "T.clear", "Clear the table."),
        ("def delete(self, name): ...", "T.delete", "Delete an item from the table by name."),
        ("def resize(self, width): ...", "T.resize", "Resize the table with the given width."),
        ("def move_cursor_up(self): ...", "T.move_cursor_up", "Move the cursor up."),
        ("def on_close(self): ...", "T.on_close", "Handle the close event of the table."),
        ("@property\n    def width(self): return 1", "T.width", "The width of the table."),
        ("def copy(self): return T()", "T.copy", "Copy the table."),
    ] {
        let source = format!("class BaseTable:\n    {body}\n");
        python(&source, &path.replace("T.", "BaseTable."), expected);
    }
}

#[test]
fn properties_say_what_they_return() {
    for (body, expected) in [
        ("return DegreeView(self)", "The weight of the table as a degree view."),
        ("return WeightTable(self)", "The weight of the table."),
        ("return self.heft", "The weight of the table, the same as `heft`."),
        ("return self._weight", "The weight of the table."),
    ] {
        let source = format!("class Table:\n    @property\n    def weight(self): {body}\n");
        python(&source, "Table.weight", expected);
    }
    let source = "class Table:\n    @property\n    def dayofweek(self): return self.day_of_week\n";
    python(source, "Table.dayofweek", "The day of the week of the table.");
    let source = "class Table:\n    @property\n    def in_edges(self): return 1\n";
    python(source, "Table.in_edges", "The in edges of the table.");
    let source = "def to_edges(G):\n    return DataFrame(G)\n";
    python(source, "to_edges", "Convert `G` to edges as a data frame.");
    let source = "class Table:\n    def copy_with(self, **changes): return 1\n";
    python(source, "Table.copy_with", "Copy the table.");
}

#[test]
fn special_methods() {
    for (body, path, expected) in [
        ("def __len__(self): return 1", "__len__", "Return the number of items in the table."),
        ("def __enter__(self): return self", "__enter__", "Enter the context of the table."),
        ("def __init__(self, rows, title): pass", "__init__", "Initialize the table."),
        ("def __init__(self, *args): pass", "__init__", "Initialize the table."),
        ("def __init__(self, rows): pass", "__init__", "Initialize the table with the given rows."),
    ] {
        let source = format!("class Table:\n    {body}\n");
        python(&source, &format!("Table.{path}"), expected);
    }
}

#[test]
fn what_the_body_hands_on() {
    python(
        "def dump_users(path):\n    return json.dump(path)",
        "dump_users",
        "Dump the users to the given path.",
    );
    python(
        "def get(url, **kwargs):\n    return request(\"GET\", url, **kwargs)",
        "get",
        "Send a `GET` request.",
    );
    python(
        "@contextmanager\ndef open_table():\n    yield 1",
        "open_table",
        "Return a context manager that opens the table.",
    );
    python(
        "def trace(func):\n    def inner(): ...\n    return inner",
        "trace",
        "Decorate the given function for the trace.",
    );
}

#[test]
fn classes_and_modules() {
    for (source, path, expected) in [
        ("class HTTPAdapter: pass", "HTTPAdapter", "An HTTP adapter."),
        ("class BaseTable: pass", "BaseTable", "Base class of tables."),
        ("class BarColumn(Column): pass", "BarColumn", "A bar column."),
        ("class Color(Enum):\n    RED = 1", "Color", "The possible colors."),
        ("class ReadTimeout(Exception): pass", "ReadTimeout", "Raised on a read timeout."),
        ("class Limits: pass", "Limits", "The limits."),
        ("class NDFrameReader: pass", "NDFrameReader", "An ND frame reader."),
        ("class _InValidator: pass", "_InValidator", "An in validator."),
        ("class Row(Protocol): pass", "Row", "Protocol of rows."),
        (
            "class Row(ABC):\n    @abstractmethod\n    def read(self): ...",
            "Row",
            "An abstract row.",
        ),
        ("class A: pass\ndef b(): pass\n", "", "Define `A` and `b`."),
    ] {
        python(source, path, expected);
    }
}

#[test]
fn rust_functions_by_convention() {
    let source = "pub struct Stack { items: Vec<u8> }\nimpl Stack {\n\
        pub fn new() -> Self { Stack { items: vec![] } }\n\
        pub fn with_capacity(n: usize) -> Self { todo!() }\n\
        pub fn len(&self) -> usize { 0 }\n\
        pub fn is_empty(&self) -> bool { true }\n\
        pub fn push(&mut self, item: u8) {}\n\
        pub fn as_bytes(&self) -> &[u8] { &[] }\n\
        pub fn limit(mut self, limit: usize) -> Self { self }\n\
        pub fn next(&mut self) -> Option<u8> { None }\n\
        pub fn swap_remove(&mut self, index: usize) -> u8 { 0 }\n\
        pub unsafe fn insert_unchecked(&mut self, item: u8) {}\n\
        pub fn print_recursive(&self) {}\n\
        pub fn from_boxed(boxed: Box<[u8]>) -> Self { todo!() }\n}\n";
    for (path, expected) in [
        ("Stack.new", "Creates a new `Stack`."),
        ("Stack.with_capacity", "Creates a new `Stack` with the given capacity."),
        ("Stack.len", "Returns the number of items in the stack."),
        ("Stack.is_empty", "Returns `true` if the stack is empty."),
        ("Stack.push", "Appends an item to the stack."),
        ("Stack.as_bytes", "Returns the stack as bytes."),
        ("Stack.limit", "Sets the limit and returns the stack."),
        ("Stack.next", "Returns the next item of the stack."),
        ("Stack.swap_remove", "Removes an item from the stack by index with a swap."),
        ("Stack.insert_unchecked", "Inserts an item into the stack without checks."),
        ("Stack.print_recursive", "Prints the stack recursively."),
        ("Stack.from_boxed", "Creates a `Stack` from a boxed value."),
        ("Stack", "A stack with items."),
    ] {
        rust(source, path, expected);
    }
}

#[test]
fn rust_items() {
    for (source, path, expected) in [
        ("enum Direction { Read, Write }", "Direction", "A direction: `Read` or `Write`."),
        ("enum Direction { Read, Write }", "Direction.Read", "The read direction."),
        ("struct Point { is_set: bool }", "Point.is_set", "Whether the point is set."),
        ("const MAX_SIZE: usize = 1;", "MAX_SIZE", "The maximum size."),
        ("type Rows = Vec<u8>;", "Rows", "Rows, an alias of `Vec<u8>`."),
        ("trait Read { fn read(&self); }", "Read", "The read interface, which provides `read`."),
    ] {
        rust(source, path, expected);
    }
}

#[test]
fn rust_failures() {
    let source = "pub unsafe fn load(at: *const u8, n: usize) -> Result<u8, Error> {\n\
        assert!(n > 0, \"empty\");\n\
        if n > 9 { return Err(Error::Long); }\n\
        let x = read(n)?;\n\
        Ok(x)\n}\n";
    let (content, _) = content(Language::Rust, source, "load");
    assert_eq!(
        content["errors"],
        "Returns `Error::Long` if `n` is greater than `9`. Also returns an error if `read` fails."
    );
    assert_eq!(content["panics"], "Panics if `n` is not positive.");
    assert_eq!(
        content["safety"],
        "The caller must ensure that `at` is a valid pointer for this use."
    );
}

#[test]
fn names_that_are_no_verb() {
    let source = "class RawReader:\n    def readable(self): return True\n    def tell(self): return self.at\n\
                  \x20   def isclosed(self): return self.fp is None\n\
                  \x20   def above(self, limit):\n        for row in self.rows:\n            yield row\n";
    python(source, "RawReader.readable", "Return whether the raw reader is readable.");
    python(source, "RawReader.tell", "Return the current position in the raw reader.");
    python(source, "RawReader.isclosed", "Check whether the raw reader is closed.");
    python(source, "RawReader.above", "Yield the rows above the given limit.");
    let source = "struct Ring;\nimpl Ring {\n    fn newest(&self) -> u8 { 1 }\n    \
                  async fn ready(&self) -> io::Result<()> { x().await }\n}\n";
    rust(source, "Ring.newest", "Returns the newest item of the ring.");
    rust(source, "Ring.ready", "Waits until the ring is ready.");
}

#[test]
fn fillers_and_manners_are_no_objects() {
    for (source, path, expected) in [
        ("def do_it(table): pass", "do_it", "Perform the operation for the given table."),
        ("def print_it(row): pass", "print_it", "Print the given row."),
        (
            "def _load_rows_impl(path): pass",
            "_load_rows_impl",
            "Load the rows from the given path.",
        ),
        ("def inner_load(path): pass", "inner_load", "Load the given path."),
        ("def maybe_load_rows(): pass", "maybe_load_rows", "Load the rows if needed."),
        ("def safe_join(paths): pass", "safe_join", "Join the given paths safely."),
        ("def poll_once(row): pass", "poll_once", "Poll the given row once."),
        ("def add_empty(): pass", "add_empty", "Add an empty item."),
        ("def get_from_cache(): return 1", "get_from_cache", "Return the value from the cache."),
        ("def triangulate_face(): pass", "triangulate_face", "Triangulate the face."),
        ("def getgroupid(name): return 1", "getgroupid", "Return the groupid by name."),
        ("def stringify(value): return 1", "stringify", "Stringify the given value."),
        (
            "def show_skipped(lines): pass",
            "show_skipped",
            "Show the skipped value for the given lines.",
        ),
        (
            "class RowVisitor:\n    def generic_visit(self, node): pass",
            "RowVisitor.generic_visit",
            "Visit a node that no other method visits.",
        ),
        (
            "class DontReadFromInput:\n    def seek(self, offset): pass",
            "DontReadFromInput.seek",
            "Seek the input with the given offset.",
        ),
        (
            "class Table:\n    def set_visible(self, on: bool): pass",
            "Table.set_visible",
            "Set whether the table is visible.",
        ),
        ("def run_fuzz(given_data): pass", "run_fuzz", "Run the fuzz for the given data."),
        (
            "class RowVisitor:\n    def visit_cell(self, node): pass",
            "RowVisitor.visit_cell",
            "Visit a cell node.",
        ),
        (
            "class RowVisitor:\n    def visit_name(self, name): pass",
            "RowVisitor.visit_name",
            "Visit the name.",
        ),
        (
            "class RowParser:\n    def parse_cells(self, text): pass",
            "RowParser.parse_cells",
            "Parse the cells from the given text.",
        ),
        (
            "class Table:\n    def assert_state(self, rows): pass",
            "Table.assert_state",
            "Assert the state for the table.",
        ),
    ] {
        python(source, path, expected);
    }
}

#[test]
fn rust_names_are_read_alike() {
    for (source, path, expected) in [
        (
            "struct Trie;\nimpl Trie {\n    fn add_empty(&mut self) {}\n}\n",
            "Trie.add_empty",
            "Adds an empty item to the trie.",
        ),
        (
            "struct Trie;\nimpl Trie {\n    fn set_complete(&mut self) {}\n}\n",
            "Trie.set_complete",
            "Marks the trie as complete.",
        ),
        (
            "struct Trie;\nimpl Trie {\n    fn contains(&self, key: &str) -> bool { true }\n}\n",
            "Trie.contains",
            "Returns `true` if the trie contains the given key.",
        ),
        (
            "struct Trie {\n    inner: Shared,\n    it: Iter<'static, u8>,\n}\n",
            "Trie.inner",
            "The inner value of the trie.",
        ),
        (
            "struct Trie {\n    inner: Shared,\n    it: Iter<'static, u8>,\n}\n",
            "Trie.it",
            "The `Iter` of the trie.",
        ),
        (
            "struct Trie;\nimpl Trie {\n    fn vectored(n: usize) -> Self { Trie }\n}\n",
            "Trie.vectored",
            "Creates a vectored `Trie`.",
        ),
        ("const POW_5: u8 = 1;", "POW_5", "The `POW_5` constant."),
        (
            "struct Trie {\n    pre: Option<util::Prefilter>,\n    prev: u8,\n}\n",
            "Trie.pre",
            "The prefilter of the trie, if any.",
        ),
        (
            "struct Trie {\n    pre: Option<util::Prefilter>,\n    prev: *const Shared,\n}\n",
            "Trie.prev",
            "The previous value of the trie.",
        ),
        (
            "struct Trie {\n    swap_greed: bool,\n}\n",
            "Trie.swap_greed",
            "Whether to swap the greed.",
        ),
        ("struct Inner {\n    rows: u8,\n}\n", "Inner.rows", "The rows of the inner value."),
    ] {
        rust(source, path, expected);
    }
}

#[test]
fn predicates_speak_of_what_is_named() {
    for (source, path, expected) in [
        ("def is_regular(G): return G.k == 1", "is_regular", "Check whether `G` is regular."),
        (
            "def is_maximal_matching(G, matching): return True",
            "is_maximal_matching",
            "Check whether the given matching is maximal.",
        ),
        (
            "def is_alias_of_row(table): return True",
            "is_alias_of_row",
            "Check whether the given table is an alias of row.",
        ),
        (
            "class Table:\n    @property\n    def row_is_empty(self): return not self.rows",
            "Table.row_is_empty",
            "Whether the row is empty.",
        ),
        (
            "class Table:\n    @property\n    def closed(self): return self.fp is None",
            "Table.closed",
            "Whether the table is closed.",
        ),
    ] {
        python(source, path, expected);
    }
}

#[test]
fn says_what_the_body_does_with_an_argument() {
    let source = "class Ledger:\n    def take(self, sku, count, limit, row, partial=False):\n        \
                  if sku not in self._stock:\n            raise KeyError(sku)\n        \
                  if total > limit and not partial:\n            raise ValueError\n        \
                  self.rows.append(row)\n        return self._stock[sku]\n";
    let (content, _) = content(Language::Python, source, "Ledger.take");
    let said: Vec<&str> = content["params"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|param| param["description"].as_str())
        .collect();
    assert_eq!(
        said,
        [
            "The SKU to take.",
            "The count to take.",
            "The limit to compare with `total`.",
            "The row to add to `self.rows`.",
            "Whether to allow a partial result.",
        ]
    );
    assert_eq!(content["returns"], "The stock for `sku`.");
    assert_eq!(
        content["raises"][1]["description"],
        "If `total` is greater than `limit` and `partial` is false."
    );
}

#[test]
fn an_argument_that_is_unwrapped_is_known_by_its_type() {
    for (ty, expected) in [
        ("Option<u8>", "Panics if `row` is `None`."),
        ("io::Result<u8>", "Panics if `row` is an error."),
        ("Row", "Panics if `row` is `None` or holds an error."),
    ] {
        let source = format!("fn take(row: {ty}) {{ row.unwrap(); }}\n");
        let (content, _) = content(Language::Rust, &source, "take");
        assert_eq!(content["panics"], expected);
    }
}

#[test]
fn never_repeats_what_reads_like_a_template() {
    let (content, _) =
        content(Language::Python, "def get_description(name):\n    return 1", "get_description");
    assert_eq!(content["summary"], "Return the description by name.");
    let source = "class Table:\n    @property\n    def description(self): return 1\n";
    python(source, "Table.description", "The description for the table.");
    python("def describe_here(): pass", "describe_here", "Run the function.");
}

#[test]
fn odd_names_are_answered() {
    for name in ["_", "__", "x", "ÄÖ", "名前", "a1b2", "_private", "__private"] {
        let source = format!("def {name}(a, {name}x=None): return a\n");
        let (content, _) = content(Language::Python, &source, name);
        assert!(content["summary"].as_str().is_some_and(|text| text.ends_with('.')), "{name}");
    }
}

#[test]
fn setters_and_deleters_change_the_property() {
    let source = "class Client:\n    @timeout.setter\n    def timeout(self, value: float): self._timeout = value\n    @timeout.deleter\n    def timeout(self): del self._timeout\n    @frozen.setter\n    def frozen(self, value: bool): self._frozen = value\n";
    python(source, "Client.timeout", "Set the timeout of the client.");
    python(source, "Client.timeout#2", "Delete the timeout of the client.");
    python(source, "Client.frozen", "Set whether the client is frozen.");
    let (content, _) = content(Language::Python, source, "Client.timeout");
    assert_eq!(content["params"][0]["description"], "The new timeout.");
    let (content, _) = self::content(Language::Python, source, "Client.frozen");
    assert_eq!(content["params"][0]["description"], "Whether the client is frozen.");
}
