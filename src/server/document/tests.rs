//! Random edits against an independent model.

use proptest::prelude::*;
use tower_lsp::lsp_types::{Position, Range, TextDocumentContentChangeEvent, Url};

use super::{Document, Unusable};
use crate::docstring::Language;
use crate::server::jobs::Jobs;
use crate::server::parse::Workshop;
use crate::server::position::{Encoding, Lines};
use crate::syntax::Source;

const ENCODINGS: [Encoding; 3] = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32];

/// What is typed and pasted: line ends of every kind, characters of every size, and
/// code that changes what the rest of the file means.
const PIECES: [&str; 21] = [
    "\n",
    "\r\n",
    "\t",
    " ",
    "    ",
    "x",
    "é",
    "e\u{301}",
    "😀",
    "\u{feff}",
    "\"\"\"",
    "'",
    "#",
    "def f(a, b=1):\n    return a\n",
    "class C:\r\n    def m(self):\r\n        pass\r\n",
    "@d\n",
    "fn g(x: u8) -> u8 {\n    x\n}\n",
    "/// doc\n",
    "{",
    "}",
    "(",
];

/// The model: the text as characters, positions found by walking it from the start.
struct Model(Vec<char>);

impl Model {
    fn index(&self, position: Position, encoding: Encoding) -> usize {
        let (mut at, mut line) = (0, 0);
        while line < position.line {
            match (self.0.get(at), self.0.get(at + 1)) {
                (None, _) => return self.0.len(),
                (Some('\r'), Some('\n')) => (at, line) = (at + 2, line + 1),
                (Some('\r' | '\n'), _) => (at, line) = (at + 1, line + 1),
                (Some(_), _) => at += 1,
            }
        }
        let mut units = 0;
        while let Some(letter) = self.0.get(at).filter(|letter| !matches!(letter, '\r' | '\n')) {
            units += match encoding {
                Encoding::Utf8 => letter.len_utf8(),
                Encoding::Utf16 => letter.len_utf16(),
                Encoding::Utf32 => 1,
            };
            if units > position.character as usize {
                break;
            }
            at += 1;
        }
        at
    }

    fn replace(&mut self, range: Range, with: &str, encoding: Encoding) {
        let start = self.index(range.start, encoding);
        let end = self.index(range.end, encoding);
        self.0.splice(start.min(end)..start.max(end), with.chars());
    }

    fn text(&self) -> String {
        self.0.iter().collect()
    }
}

fn uri() -> Url {
    Url::parse("untitled:model").unwrap()
}

fn workshop() -> Workshop {
    Workshop::new(Jobs::default(), 1)
}

fn parsed(document: &mut Document, encoding: Encoding) -> Source {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let snapshot = document.snapshot(encoding).unwrap().unwrap();
    runtime.block_on(snapshot.source(&workshop())).unwrap()
}

/// One edit, and whether somebody asks for the tree afterwards.
type Step = (Position, Position, String, bool);

/// With `returns`, lone `\r` as well, after which no tree is reused.
fn steps(returns: bool) -> impl Strategy<Value = Vec<Step>> {
    let position = || (0..12u32, 0..24u32).prop_map(|(line, at)| Position::new(line, at));
    let mut pieces = PIECES.to_vec();
    pieces.extend(returns.then_some("\r"));
    let typed = proptest::collection::vec(proptest::sample::select(pieces), 0..3);
    // Mostly insertions, so that there is something to edit.
    let range = (position(), position(), 0..4u8)
        .prop_map(|(start, end, kind)| if kind == 0 { (start, end) } else { (start, start) });
    let step = (range, typed, any::<bool>())
        .prop_map(|((start, end), typed, asks)| (start, end, typed.concat(), asks));
    proptest::collection::vec(step, 1..40)
}

fn check(language: Language, encoding: Encoding, steps: Vec<Step>) {
    let text = "# 😀é\r\ndef add(a, b):\n    return a + b\n\nfn mul(a: u8) -> u8 { a }\n";
    let mut document = Document::new(uri(), Some(language), 1, text.to_owned());
    let mut model = Model(text.chars().collect());
    for (start, end, with, asks) in steps {
        let range = Range::new(start, end);
        model.replace(range, &with, encoding);
        let change =
            TextDocumentContentChangeEvent { range: Some(range), range_length: None, text: with };
        document.change(2, vec![change], encoding);
        assert_eq!(document.text, model.text());
        assert_eq!(*document.lines, Lines::new(&document.text));
        if asks {
            parsed(&mut document, encoding);
        }
    }
    let incremental = parsed(&mut document, encoding);
    let name = incremental.name().to_owned();
    let whole = Source::parse(language, &name, document.text.as_str().into()).unwrap();
    assert_eq!(
        format!("{:#?}", incremental.outline()),
        format!("{:#?}", whole.outline()),
        "{:?}",
        document.text
    );
}

#[tokio::test]
async fn what_rests_keeps_its_text_and_works_on() {
    let uri = Url::parse("file:///m.py").unwrap();
    let text = "def f():\n    pass\n".to_owned();
    let mut document = Document::new(uri, Some(Language::Python), 1, text);
    let workshop = Workshop::new(Jobs::default(), 1);
    let snapshot = document.snapshot(Encoding::Utf8).unwrap().unwrap();
    let before = snapshot.source(&workshop).await.unwrap();
    assert!(document.is_awake());
    document.rest();
    assert!(!document.is_awake());
    let change = |range, text: &str| {
        let text = text.to_owned();
        vec![TextDocumentContentChangeEvent { range: Some(range), range_length: None, text }]
    };
    let name = Range::new(Position::new(0, 4), Position::new(0, 5));
    document.change(2, change(name, "g"), Encoding::Utf8);
    let snapshot = document.snapshot(Encoding::Utf8).unwrap().unwrap();
    assert!(!snapshot.has_base() && document.is_awake());
    let after = snapshot.source(&workshop).await.unwrap();
    assert_eq!(after.outline().last().map(|outline| outline.name.clone()).as_deref(), Some("g"));
    assert_eq!(before.outline().len(), after.outline().len());
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn f12_edits_of_python_equal_the_model(
        steps in any::<bool>().prop_flat_map(steps),
        encoding in proptest::sample::select(&ENCODINGS[..]),
    ) {
        check(Language::Python, encoding, steps);
    }

    #[test]
    fn f12_edits_of_rust_equal_the_model(
        steps in any::<bool>().prop_flat_map(steps),
        encoding in proptest::sample::select(&ENCODINGS[..]),
    ) {
        check(Language::Rust, encoding, steps);
    }
}

fn edit(text: &str, line: u32, from: u32, to: u32) -> TextDocumentContentChangeEvent {
    let range = Range::new(Position::new(line, from), Position::new(line, to));
    TextDocumentContentChangeEvent { range: Some(range), range_length: None, text: text.to_owned() }
}

#[test]
fn a_late_parse_is_still_of_use() {
    let text = "def f():\n    pass\n".to_owned();
    let mut document = Document::new(uri(), Some(Language::Python), 1, text);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let early = document.snapshot(Encoding::Utf8).unwrap().unwrap();
    document.change(2, vec![edit("g", 0, 4, 5)], Encoding::Utf8);
    // Only now does the parse of the first version finish.
    runtime.block_on(early.source(&workshop())).unwrap();
    document.change(3, vec![edit("h", 0, 4, 5)], Encoding::Utf8);
    assert_eq!(document.edits.len(), 2, "both edits are counted from the adopted tree");
    assert!(document.base.is_some());
    assert_eq!(parsed(&mut document, Encoding::Utf8).outline()[1].name, "h");
}

#[test]
fn what_is_too_large_or_out_of_sync_is_left_alone() {
    let long = format!("x = {}", "1".repeat(20_001));
    let mut document = Document::new(uri(), Some(Language::Python), 1, long);
    assert_eq!(document.snapshot(Encoding::Utf8).err(), Some(Unusable::TooLarge));
    document.change(2, vec![edit("", 0, 0, 100)], Encoding::Utf8);
    assert!(document.snapshot(Encoding::Utf8).unwrap().is_some());
    document.lose_sync();
    document.change(3, vec![edit("y", 0, 0, 1)], Encoding::Utf8);
    assert_eq!(document.snapshot(Encoding::Utf8).err(), Some(Unusable::OutOfSync));
    let whole =
        TextDocumentContentChangeEvent { range: None, range_length: None, text: "z".into() };
    document.change(4, vec![whole], Encoding::Utf8);
    assert_eq!(&**document.snapshot(Encoding::Utf8).unwrap().unwrap().text(), "z");
    let large = "#\n".repeat(1024 * 1024 + 1);
    let mut document = Document::new(uri(), Some(Language::Python), 1, large);
    assert_eq!(document.snapshot(Encoding::Utf8).err(), Some(Unusable::TooLarge));
    let mut text = Document::new(uri(), None, 1, String::new());
    assert!(text.snapshot(Encoding::Utf8).unwrap().is_none(), "not a language of ours");
}
