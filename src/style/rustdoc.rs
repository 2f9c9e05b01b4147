//! The `rustdoc` style.

use super::{Layout, Style};
use crate::docstring::{Docstring, Language};

/// The style `rustdoc`.
pub struct Rustdoc;

impl Style for Rustdoc {
    fn id(&self) -> &'static str {
        "rustdoc"
    }

    fn language(&self) -> Language {
        Language::Rust
    }

    fn render(&self, _docstring: &Docstring, _layout: Layout) -> String {
        todo!()
    }

    fn parse(&self, _text: &str) -> Docstring {
        todo!()
    }

    fn score(&self, _text: &str) -> usize {
        todo!()
    }
}
