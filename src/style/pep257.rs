//! The `pep257` style: prose only, a summary line and paragraphs.

use super::prose::{finish, head, ordered, split_head};
use super::wrap::fill;
use super::{Layout, Style};
use crate::docstring::{Docstring, Language, SectionBody};

/// The style `pep257`.
pub(super) struct Pep257;

impl Style for Pep257 {
    fn id(&self) -> &'static str {
        "pep257"
    }

    fn language(&self) -> Language {
        Language::Python
    }

    /// Sections of text become paragraphs; items have no place in this style.
    fn render(&self, docstring: &Docstring, layout: Layout) -> String {
        let mut lines = head(docstring, layout);
        for section in ordered(docstring) {
            if let SectionBody::Text(text) = &section.body {
                super::prose::block(&mut lines, fill(text, layout.width, layout.width));
            }
        }
        finish(&lines)
    }

    fn parse(&self, text: &str) -> Docstring {
        let lines: Vec<&str> = text.lines().collect();
        let (summary, description) = split_head(&lines);
        Docstring { summary, description, sections: Vec::new() }
    }

    /// Prose has no marks.
    fn score(&self, _text: &str) -> usize {
        0
    }
}
