//! Broken, deep and long input.

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
        let n = 5_000;
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
