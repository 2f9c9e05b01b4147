//! The `numpy` style.

use super::{Layout, Style};
use crate::docstring::{Docstring, Language};

/// The style `numpy`.
pub(crate) struct Numpy;

impl Style for Numpy {
    fn id(&self) -> &'static str {
        "numpy"
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
