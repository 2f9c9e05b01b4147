//! The `google` style.

use super::{Layout, Style};
use crate::docstring::{Docstring, Language};

/// The style `google`.
pub struct Google;

impl Style for Google {
    fn id(&self) -> &'static str {
        "google"
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
