//! Documentation of Rust items that is out of date: what is said about it, and how it is
//! mended. Each case shows the file before and after.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops there"
)]

use std::sync::Arc;

use docstring_ls::docstring::{Drift, Language, SymbolPath};
use docstring_ls::generate::{self, Failure, Options, Profile, Scope, Skip, Updated};
use docstring_ls::orchestrator::Orchestrator;
use docstring_ls::provider::Offline;
use docstring_ls::style;
use docstring_ls::syntax::Source;
use futures_util::FutureExt;

fn options() -> Options {
    Options { line_length: 80, ..Options::new(style::by_id("rustdoc").unwrap()) }
}

fn clippy() -> Options {
    let mut options = options();
    options.rules.profile = Profile::Clippy;
    options
}

fn parse(text: &str) -> Source {
    Source::parse(Language::Rust, "/demo/src/net.rs", text.into()).unwrap()
}

fn drift(text: &str, path: &str, options: &Options) -> Vec<String> {
    let source = parse(text);
    let symbol = source.symbol(&SymbolPath(path.into())).unwrap();
    generate::drift(&source, &symbol, options).iter().map(Drift::to_string).collect()
}

fn update(text: &str, path: &str, options: &Options) -> Result<(Updated, String), Failure> {
    let source = parse(text);
    let symbol = source.symbol(&SymbolPath(path.into())).unwrap();
    let orchestrator = Orchestrator::new(vec![Arc::new(Offline::default())]);
    let updated = generate::update(&source, symbol, options, &orchestrator).now_or_never().unwrap();
    updated.map(|updated| {
        let after = source.verify(&updated.edits).unwrap();
        (updated, after)
    })
}

/// Updates `path`, and shows that nothing is left to do.
#[track_caller]
fn check_with(options: &Options, path: &str, before: &str, expected: &str) {
    let (updated, after) = update(before, path, options).unwrap();
    assert_eq!(after, expected);
    assert!(!updated.drift.is_empty());
    assert_eq!(drift(&after, path, options), Vec::<String>::new(), "{after}");
    let again = update(&after, path, options).unwrap_err();
    assert_eq!(again, Failure::Skipped(Skip::UpToDate));
    let symbol = parse(&after).symbol(&SymbolPath(path.into())).unwrap();
    assert_eq!(symbol.existing.unwrap().text, updated.text);
}

#[track_caller]
fn check(path: &str, before: &str, expected: &str) {
    check_with(&options(), path, before, expected);
}

#[track_caller]
fn current(path: &str, text: &str) {
    assert_eq!(drift(text, path, &options()), Vec::<String>::new());
}

#[test]
fn an_unsafe_function_needs_safety() {
    check(
        "read",
        "\
/// Reads a byte.
///
/// # Examples
///
/// ```
/// let x = 1;
/// ```
pub unsafe fn read(at: *const u8) -> u8 { *at }
",
        "\
/// Reads a byte.
///
/// # Safety
///
/// The caller must ensure that `at` is a valid pointer for this use.
///
/// # Examples
///
/// ```
/// let x = 1;
/// ```
pub unsafe fn read(at: *const u8) -> u8 { *at }
",
    );
}

#[test]
fn a_safe_function_needs_none() {
    check(
        "read",
        "\
/// Reads a byte.
///
/// # Safety
///
/// `at` must be valid.
///
///   - always
///
/// # Examples
///
/// None.
pub fn read(at: &u8) -> u8 { *at }
",
        "\
/// Reads a byte.
///
/// # Examples
///
/// None.
pub fn read(at: &u8) -> u8 { *at }
",
    );
    check(
        "Sound",
        "/// A.\n///\n/// # Safety\n///\n/// B.\npub trait Sound {}\n",
        "/// A.\npub trait Sound {}\n",
    );
}

#[test]
fn implementation_safety_counts_for_a_trait() {
    current(
        "Sound",
        "/// A.\n///\n/// # Implementation Safety\n///\n/// B.\npub unsafe trait Sound {}\n",
    );
    check(
        "Sound",
        "/// A.\npub unsafe trait Sound {}\n",
        "\
/// A.
///
/// # Safety
///
/// Implementations must uphold the invariants that users of the trait rely on.
pub unsafe trait Sound {}
",
    );
}

#[test]
fn only_what_other_crates_see_needs_safety() {
    current("read", "/// Reads.\nunsafe fn read() {}\n");
    current("hidden.read", "mod hidden {\n    /// Reads.\n    pub unsafe fn read() {}\n}\n");
    current("A.read", "impl B for A {\n    /// Reads.\n    unsafe fn read() {}\n}\n");
    let all = Options { scope: Scope::All, ..options() };
    assert_eq!(
        drift("/// Reads.\nunsafe fn read() {}\n", "read", &all),
        ["lacks `# Safety` section"]
    );
}

#[test]
fn errors_come_in_their_place() {
    check(
        "A.open",
        "\
impl A {
    /// Opens it.
    ///
    /// # Panics
    ///
    /// Panics if `n` is zero.
    ///
    /// # Examples
    ///
    /// None.
    ///
    /// [`File`]: std::fs::File
    pub fn open(n: usize) -> std::io::Result<u8> {
        assert!(n > 0);
        File::open(n)?.get()
    }
}
",
        "\
impl A {
    /// Opens it.
    ///
    /// # Panics
    ///
    /// Panics if `n` is zero.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be opened.
    ///
    /// # Examples
    ///
    /// None.
    ///
    /// [`File`]: std::fs::File
    pub fn open(n: usize) -> std::io::Result<u8> {
        assert!(n > 0);
        File::open(n)?.get()
    }
}
",
    );
}

#[test]
fn a_new_last_section_leaves_links_at_the_end() {
    check(
        "open",
        "\
/// Opens a [`File`].
///
/// [`File`]: std::fs::File
pub unsafe fn open() {}
",
        "\
/// Opens a [`File`].
///
/// # Safety
///
/// The caller must uphold the invariants that the body relies on.
///
/// [`File`]: std::fs::File
pub unsafe fn open() {}
",
    );
}

#[test]
fn a_removed_section_leaves_the_links_that_are_used() {
    check(
        "open",
        "\
/// Opens a [`File`].
///
/// # Errors
///
/// See [`Error`] and [x].
///
/// [x]: y
///
/// More.
///
/// [`Error`]: std::io::Error
/// [`File`]: std::fs::File
pub fn open() -> u8 { 1 }
",
        "\
/// Opens a [`File`].
///
/// [`Error`]: std::io::Error
/// [`File`]: std::fs::File
pub fn open() -> u8 { 1 }
",
    );
}

#[test]
fn errors_and_panics_are_pedantic() {
    let text = "\
/// Opens it.
pub fn open(n: usize) -> Result<u8, E> {
    assert!(n > 0);
    Err(E::Closed)
}
";
    current("open", text);
    assert_eq!(
        drift(text, "open", &clippy()),
        ["lacks `# Panics` section", "lacks `# Errors` section"]
    );
    check_with(
        &clippy(),
        "open",
        text,
        "\
/// Opens it.
///
/// # Panics
///
/// Panics if `n` is not positive.
///
/// # Errors
///
/// Returns `E::Closed`.
pub fn open(n: usize) -> Result<u8, E> {
    assert!(n > 0);
    Err(E::Closed)
}
",
    );
}

#[test]
fn prose_about_errors_counts() {
    let about = |words: &str| {
        format!(
            "/// Opens.\n///\n/// {words}\n///\n/// # Panics\n///\n/// If.\npub fn open() -> Result<(), E> {{ panic!() }}\n"
        )
    };
    current("open", &about("Returns an error if closed."));
    current("open", &about("Fails if closed."));
    assert_eq!(drift(&about("It."), "open", &options()), ["lacks `# Errors` section"]);
}

#[test]
fn unwrap_is_no_promise_but_to_clippy() {
    let text = "\
/// Opens.
///
/// # Errors
///
/// If.
pub fn open(x: Option<u8>) -> Result<u8, E> { Ok(x.unwrap()) }
";
    current("open", text);
    assert_eq!(drift(text, "open", &clippy()), ["lacks `# Panics` section"]);
    current("open", &text.replace("x.unwrap()", "self.parser.expect(Token::X)"));
    assert_eq!(
        drift(&text.replace("Ok(x.unwrap())", "{ assert!(x.a()); x }"), "open", &options()),
        ["lacks `# Panics` section"]
    );
}

#[test]
fn errors_of_what_cannot_fail_are_too_much() {
    let text = |ty: &str| {
        format!("/// A.\n///\n/// # Errors\n///\n/// If.\npub fn open() {ty} {{ x() }}\n")
    };
    for ty in ["", "-> u8", "-> Option<u8>", "-> Vec<String>"] {
        assert_eq!(
            drift(&text(ty), "open", &options()),
            ["documents `# Errors` section which is gone"],
            "{ty}"
        );
    }
    for ty in [
        "-> io::Result<u8>",
        "-> Poll<io::Result<()>>",
        "-> impl Future<Output = Result<u8, E>>",
        "-> fmt::Result",
        "-> impl Stream",
    ] {
        current("open", &text(ty));
    }
}

#[test]
fn returns_of_nothing_is_too_much() {
    check(
        "open",
        "/// A.\n///\n/// # Returns\n///\n/// The handle.\npub fn open() {}\n",
        "/// A.\npub fn open() {}\n",
    );
    current("open", "/// A.\n///\n/// # Returns\n///\n/// Nothing.\npub fn open() {}\n");
    current("open", "/// A.\n///\n/// # Returns\n///\n/// The handle.\npub fn open() -> u8 {1}\n");
}

#[test]
fn arguments_follow_the_signature() {
    check(
        "go",
        "\
/// Goes.
///
/// # Arguments
///
/// * `from` - Where it *starts*,
///   in the middle.
/// * `speed` - How fast.
/// * `to` - Where it ends.
pub fn go(from: u8, velocity: u8, to: u8, label: &str) {}
",
        "\
/// Goes.
///
/// # Arguments
///
/// * `from` - Where it *starts*,
///   in the middle.
/// * `velocity` - How fast.
/// * `to` - Where it ends.
/// * `label` - The label of the go.
pub fn go(from: u8, velocity: u8, to: u8, label: &str) {}
",
    );
}

#[test]
fn arguments_that_are_gone_go() {
    check(
        "go",
        "\
/// Goes.
///
/// # Parameters
///
/// - `a`: One.
///
/// - `b`: Two,
///   more.
///
/// - `c`: Three.
///
/// # Examples
///
/// None.
pub fn go(a: u8, c: u8) {}
",
        "\
/// Goes.
///
/// # Parameters
///
/// - `a`: One.
///
/// - `c`: Three.
///
/// # Examples
///
/// None.
pub fn go(a: u8, c: u8) {}
",
    );
    check(
        "go",
        "/// Goes.\n///\n/// # Arguments\n///\n/// * `a` - One.\npub fn go() {}\n",
        "/// Goes.\npub fn go() {}\n",
    );
}

#[test]
fn arguments_take_the_order_of_the_signature() {
    check(
        "A.go",
        "\
impl A {
    /// Goes.
    ///
    /// ## Args
    ///
    /// - `&self`: This.
    /// - **`b`** two
    ///     - inner
    /// - **`a`** one
    /// - **`d`** four
    #[inline]
    pub fn go(&self, a: u8, b: u8, c: u8, d: u8) {}
}
",
        "\
impl A {
    /// Goes.
    ///
    /// ## Args
    ///
    /// - `&self`: This.
    /// - **`a`** one
    /// - **`b`** two
    ///     - inner
    /// - `c`: The `u8` to use.
    /// - **`d`** four
    #[inline]
    pub fn go(&self, a: u8, b: u8, c: u8, d: u8) {}
}
",
    );
}

#[test]
fn arguments_in_other_words_are_left_alone() {
    for body in [
        "`worker` is the index.",
        "* `a` - one\n///\n/// Some more words.",
        "* the first one\n/// * `b` - x",
        "| a | b |\n/// |---|---|",
        "* `T` - the type\n/// * `a` - one\n/// * `_b` - none\n/// * `x` - in a pattern",
    ] {
        let text = format!(
            "/// Goes.\n///\n/// # Arguments\n///\n/// {body}\npub fn go<T>(a: T, b: u8, (x, y): (u8, u8)) {{}}\n"
        );
        current("go", &text);
    }
}

#[test]
fn headings_in_code_are_code() {
    current(
        "go",
        "\
/// Goes.
///
/// ```
/// # Safety
/// # let x = 1;
/// ```
///
/// ~~~text
/// # Errors
/// ~~~
pub fn go() {}
",
    );
}

#[test]
fn the_level_of_headings_is_kept() {
    check(
        "go",
        "/// Goes.\n///\n/// ## Examples\n///\n/// None.\npub unsafe fn go() {}\n",
        "\
/// Goes.
///
/// ## Safety
///
/// The caller must uphold the invariants that the body relies on.
///
/// ## Examples
///
/// None.
pub unsafe fn go() {}
",
    );
}

#[test]
fn attributes_between_lines_stay() {
    check(
        "go",
        "\
/// Goes.
///
/// # Safety
#[inline]
///
/// Never.
// A remark.
/// # Examples
///
/// None.
#[must_use]
pub fn go() -> u8 { 1 }
",
        "\
/// Goes.
///
#[inline]
// A remark.
/// # Examples
///
/// None.
#[must_use]
pub fn go() -> u8 { 1 }
",
    );
}

#[test]
fn newlines_and_odd_margins_are_kept() {
    check(
        "go",
        "///Goes.\r\n///\r\n///```\r\n///  x\r\n///```\r\npub unsafe fn go() {}\r\n",
        "///Goes.\r\n///\r\n///```\r\n///  x\r\n///```\r\n///\r\n///# Safety\r\n///\r\n///The caller must uphold the invariants that the body relies on.\r\npub unsafe fn go() {}\r\n",
    );
    check(
        "A.go",
        "impl A {\n\t/// Goes. \n\t/// \n\t/// # Safety\n\t///\n\t/// No.\n\tpub fn go() {}\n}\n",
        "impl A {\n\t/// Goes. \n\tpub fn go() {}\n}\n",
    );
}

#[test]
fn block_comments_are_mended() {
    check(
        "go",
        "\
/**
 * Goes.
 */
pub unsafe fn go() {}
",
        "\
/**
 * Goes.
 *
 * # Safety
 *
 * The caller must uphold the invariants that the body relies on.
 */
pub unsafe fn go() {}
",
    );
    check(
        "go",
        "\
/** Goes.

    # Safety

    No.

    # Notes

    None.
*/
pub fn go() {}
",
        "\
/** Goes.

    # Notes

    None.
*/
pub fn go() {}
",
    );
}

#[test]
fn what_cannot_be_edited_is_refused() {
    for (docs, reason) in [
        ("#[doc = \"Goes.\"]", "a part of the documentation is in a `doc` attribute"),
        ("/// Goes.\n#[doc = \"More.\"]", "a part of the documentation is in a `doc` attribute"),
        ("/// Goes.\n/** More. */", "the documentation mixes line comments and block comments"),
        ("/** Goes. */", "the block comment has no room for further lines"),
        ("/**\n * Goes. */", "the block comment has no room for further lines"),
    ] {
        let text = format!("{docs}\npub unsafe fn go() {{}}\n");
        let refused = update(&text, "go", &options()).unwrap_err();
        assert_eq!(refused, Failure::Unclear(reason.to_owned()), "{docs}");
    }
    let alone = "/// # Safety\n///\n/// No.\npub fn go() {}\n";
    let refused = update(alone, "go", &options()).unwrap_err();
    assert!(matches!(refused, Failure::Unclear(_)), "{refused}");
}

#[test]
fn nothing_is_said_about_words_from_elsewhere() {
    for docs in [
        "#[doc = include_str!(\"go.md\")]",
        "#[doc = concat!(\"Goes \", \"on.\")]",
        "/// Goes.\n#[doc = readme!()]",
        "#[cfg_attr(x, doc = \"Goes.\")]",
    ] {
        let text = format!("{docs}\npub unsafe fn go() {{}}\n");
        current("go", &text);
        let refused = update(&text, "go", &options()).unwrap_err();
        assert_eq!(refused, Failure::Skipped(Skip::UpToDate), "{docs}");
    }
    let none = update("pub unsafe fn go() {}\n", "go", &options()).unwrap_err();
    assert_eq!(none, Failure::Skipped(Skip::Undocumented));
}
