//! The `epytext` style.

use super::{Layout, Style};
use crate::docstring::{Docstring, Language};

/// The style `epytext`.
pub(crate) struct Epytext;

impl Style for Epytext {
    fn id(&self) -> &'static str {
        "epytext"
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
