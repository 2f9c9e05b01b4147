//! What the edit guard lets through.

use super::{document, parse};
use crate::docstring::{Edit, Language, SymbolPath};
use crate::syntax::{LANGUAGES, Source};

fn same(before: &str, after: &str) -> Result<(), String> {
    let rust = LANGUAGES.iter().find(|language| language.language() == Language::Rust).unwrap();
    rust.same_code(before, after).map_err(|violation| violation.reason)
}

#[test]
fn doc_comments_may_come_go_and_change() {
    let code = "fn a() {}\nstruct S {\n    x: u8,\n}\n";
    assert_eq!(same(code, "/// A.\nfn a() {}\nstruct S {\n    /// X.\n    x: u8,\n}\n"), Ok(()));
    assert_eq!(same("/// Old.\nfn a() {}", "/// New.\nfn a() {}"), Ok(()));
    assert_eq!(same("/// Old.\nfn a() {}", "fn a() {}"), Ok(()));
    assert_eq!(same("fn a() {}", "/** A.\n * B. */\nfn a() {}"), Ok(()));
    assert_eq!(
        same("struct S { x: u8, /// y\n y: u8 }", "/// A.\nstruct S { x: u8, /// y\n y: u8 }"),
        Ok(())
    );
    assert_eq!(same("#!/bin/x\nfn a() {}", "#!/bin/x\n//! A.\nfn a() {}"), Ok(()));
}

#[test]
fn everything_else_may_not() {
    for (before, after) in [
        ("fn a() {}", "fn b() {}"),
        ("fn a() {}", "fn a() {} fn b() {}"),
        ("fn a() {}", "fn a() {"),
        ("fn a() {}", ""),
        ("fn a() {}", "// plain\nfn a() {}"),
        ("// plain\nfn a() {}", "fn a() {}"),
        ("// plain\nfn a() {}", "// other\nfn a() {}"),
        ("fn a() {}", "//// plain\nfn a() {}"),
        ("fn a() {}", "/*** plain */\nfn a() {}"),
        ("fn a() {}", "/// A.\rfn a() {}"),
        ("fn a() {}", "/** A. */ fn a() {}"),
        ("fn a() {}", "fn /// A.\na() {}"),
        ("fn a() {}", "/** A. /* \nfn a() {}"),
        ("fn a() {}", "#![x]\nfn a() {}"),
        ("a \"x  y\"", "a \"x y\""),
        ("#!/bin/x\nfn a() {}", "//! A.\n#!/bin/x\nfn a() {}"),
        ("\u{feff}fn a() {}", "fn a() {}"),
        ("let x = 'a';", "let x = 'b';"),
        ("r#\"x\"#", "r\"x\""),
    ] {
        assert!(same(before, after).is_err(), "{before:?} became {after:?}");
    }
}

#[test]
fn a_text_with_strings_and_lifetimes_is_read_as_the_compiler_does() {
    let code = "fn a<'a>(x: &'a str) { let y = r##\"/// \" no \"# doc\"##; let z = b'\\''; \"//! \\\" no\"; }\n";
    assert_eq!(same(code, &format!("/// A.\n{code}")), Ok(()));
    assert!(same(code, &code.replace("no", "yes")).is_err());
}

#[test]
fn violations_name_what_would_change() {
    let reason = same("fn a() {}", "fn b() {}").unwrap_err();
    assert_eq!(reason, "\"a\" would become \"b\"");
}

#[test]
fn a_large_file_is_verified_around_the_edit() {
    let filler = "/// A.\npub fn filler(x: u32) -> u32 { x + 1 }\n".repeat(30_000);
    let text = format!("{filler}\n#[inline]\npub fn last() {{}}\n{filler}");
    let after = document(&text, "last", "One.");
    assert_eq!(after.len(), text.len() + "/// One.\n".len());
    let source = Source::parse(Language::Rust, "a.rs", text.as_str().into()).unwrap();
    let at = text.find("#[inline]").unwrap();
    for bad in ["/* ", "fn x() {} ", "\"", "/// One. "] {
        let edit = Edit { range: at..at, text: bad.into() };
        assert!(source.verify(&[edit]).is_err(), "{bad:?}");
    }
}

#[test]
fn a_second_look_finds_the_documentation() {
    let text = "#[inline]\nfn a() {}\nmod m {\n    struct S {\n        x: u8,\n    }\n}\n";
    let mut documented = text.to_owned();
    for path in ["", "a", "m", "m.S", "m.S.x"] {
        documented = document(&documented, path, "One.\n\n- two\n- three");
    }
    let source = parse(&documented);
    for outline in source.outline() {
        assert!(outline.documented, "{}", outline.path);
        let existing = source.symbol(&SymbolPath(outline.path.0)).unwrap().existing.unwrap();
        assert_eq!(existing.text, "One.\n\n- two\n- three");
    }
}
