//! The `sphinx` style.

use super::{Layout, Style};
use crate::docstring::{Docstring, Language};

/// The style `sphinx`.
pub(crate) struct Sphinx;

impl Style for Sphinx {
    fn id(&self) -> &'static str {
        "sphinx"
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
