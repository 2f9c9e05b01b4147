//! The `pep257` style.

use super::{Layout, Style};
use crate::docstring::{Docstring, Language};

/// The style `pep257`.
pub(crate) struct Pep257;

impl Style for Pep257 {
    fn id(&self) -> &'static str {
        "pep257"
    }

    fn language(&self) -> Language {
        Language::Python
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
