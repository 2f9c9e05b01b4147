//! `textDocument/hover`: the docstring that would be inserted, on a name that has none,
//! and what would change in one that is out of date.
//!
//! Only what costs nothing is asked, and what is shown is inert: the text stands in
//! code blocks that it cannot leave.

use std::fmt::Write;
use std::sync::Arc;

use similar::TextDiff;
use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use super::code_action::is_documentable;
use crate::docstring::{Drift, Symbol, SymbolKind};
use crate::generate::{Generated, Updated, drift};
use crate::server::session::{Ready, Session};
use crate::server::{panics, quick};

/// Lines of a preview.
const MAX_LINES: usize = 24;
/// Sentences of one kind.
const MAX_SENTENCES: usize = 8;
/// Characters of a line of code.
const MAX_CODE: usize = 80;

/// The preview for the name at the position.
pub(crate) async fn handle(session: &Arc<Session>, params: HoverParams) -> Option<Hover> {
    let place = params.text_document_position_params;
    let snapshot = session.snapshot(&place.text_document.uri)?;
    let page = Page { is_markdown: session.features().hover_markdown, out: String::new() };
    let ready = session.ready_at(snapshot, place.position, false).await?;
    panics::blocking(move || {
        let Ready { snapshot, source, .. } = &ready;
        let offset = snapshot.lines.offset(snapshot.text(), place.position, snapshot.encoding);
        let symbol = source.symbol_at(offset)?;
        let name = symbol.name_range.clone();
        let on_name =
            symbol.kind != SymbolKind::Module && (name.start..=name.end).contains(&offset);
        let (range, contents) = if is_documentable(&ready, &symbol) {
            let generated = on_name.then(|| quick::generated(&ready, &symbol)).flatten()?;
            (name, page.of_missing(&generated, &symbol, source.text()))
        } else {
            let existing = symbol.existing.clone()?;
            let in_docstring = existing.range.contains(&offset);
            if !on_name && !in_docstring {
                return None;
            }
            let drift = drift(source, &symbol, &ready.options);
            // Other servers show a docstring that is as it should be.
            if drift.is_empty() {
                return None;
            }
            let updated = quick::updated_anyhow(&ready, &symbol);
            let updated = updated.as_ref().map(|updated| (existing.text.as_str(), updated));
            let range = if on_name { name } else { existing.range };
            (range, page.of_stale(&drift, updated, &symbol, source.text()))
        };
        let range = snapshot.lines.to_range(snapshot.text(), &range, snapshot.encoding);
        Some(Hover { contents: HoverContents::Markup(contents), range: Some(range) })
    })
    .await
    .flatten()
}

/// What is shown, as Markdown or as plain text.
struct Page {
    is_markdown: bool,
    out: String,
}

impl Page {
    fn of_missing(mut self, generated: &Generated, symbol: &Symbol, text: &str) -> MarkupContent {
        self.title("Docstring preview", generated.style, &generated.provider.to_string());
        self.block("text", &shortened(&generated.text));
        self.reasons(symbol, text);
        self.finish()
    }

    fn of_stale(
        mut self,
        drift: &[Drift],
        updated: Option<(&str, &Updated)>,
        symbol: &Symbol,
        text: &str,
    ) -> MarkupContent {
        match updated {
            Some((_, new)) => {
                self.title("Docstring out of date", new.style, &new.provider.to_string());
            }
            None => self.out.push_str("Docstring out of date\n\n"),
        }
        for drift in drift.iter().take(MAX_SENTENCES) {
            let sentence = self.escaped(&format!("it {drift}"));
            let _ = writeln!(self.out, "- {sentence}");
        }
        if drift.len() > MAX_SENTENCES {
            self.out.push_str("- …\n");
        }
        self.out.push('\n');
        if let Some((old, new)) = updated {
            let diff = TextDiff::from_lines(old, &new.text);
            let diff = diff.unified_diff().context_radius(2).to_string();
            self.block("diff", &shortened(diff.trim_end()));
        }
        self.reasons(symbol, text);
        self.finish()
    }

    fn title(&mut self, title: &str, style: &str, provider: &str) {
        let provider = self.escaped(provider);
        let _ = write!(self.out, "{title}: {style}, {provider}\n\n");
    }

    /// A code block with more backticks than the text has in a row.
    fn block(&mut self, language: &str, text: &str) {
        if !self.is_markdown {
            self.out.push_str(text);
            self.out.push('\n');
            return;
        }
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let _ = writeln!(self.out, "{fence}{language}\n{text}\n{fence}");
    }

    /// The line of code behind each exception, error and panic.
    fn reasons(&mut self, symbol: &Symbol, text: &str) {
        let body = &symbol.body;
        let raises = body.raises.iter().filter(|raise| !raise.is_caught);
        let raises = raises.map(|raise| (format!("raises {}", raise.exception), raise.line));
        let errors = body.errors.iter().map(|case| {
            let error = case.error.as_deref().unwrap_or("an error");
            (format!("returns {error}"), case.line)
        });
        let panics = body.panics.iter().map(|panic| ("panics".to_owned(), panic.line));
        let mut reasons: Vec<(String, usize)> = raises.chain(errors).chain(panics).collect();
        reasons.dedup();
        if reasons.is_empty() {
            return;
        }
        self.out.push('\n');
        for (reason, line) in reasons.iter().take(MAX_SENTENCES) {
            let code = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().trim();
            let (reason, code) = (self.escaped(reason), self.code(code));
            let _ = writeln!(self.out, "- {reason}: line {line} {code}");
        }
        if reasons.len() > MAX_SENTENCES {
            self.out.push_str("- …\n");
        }
    }

    /// A line of code in a sentence.
    fn code(&self, line: &str) -> String {
        let mut code: String = line.chars().take(MAX_CODE).collect();
        if line.chars().nth(MAX_CODE).is_some() {
            code.push('…');
        }
        if !self.is_markdown {
            return code;
        }
        let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest + 1);
        if longest > 0 {
            format!("{fence} {code} {fence}")
        } else {
            format!("{fence}{code}{fence}")
        }
    }

    /// Text without meaning in Markdown. A provider's name is the user's own choice, and
    /// a docstring says what it likes.
    fn escaped(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for letter in text.chars() {
            if letter.is_control() {
                out.push(' ');
                continue;
            }
            if self.is_markdown && letter.is_ascii_punctuation() && !matches!(letter, ',' | '.') {
                out.push('\\');
            }
            out.push(letter);
        }
        out
    }

    fn finish(self) -> MarkupContent {
        let kind = if self.is_markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
        MarkupContent { kind, value: self.out.trim_end().to_owned() }
    }
}

/// A docstring as it is shown beside a completion.
pub(crate) fn preview(generated: &Generated, is_markdown: bool) -> MarkupContent {
    let mut page = Page { is_markdown, out: String::new() };
    page.block("text", &shortened(&generated.text));
    page.finish()
}

fn shortened(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push("…");
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::MarkupKind;

    use super::Page;
    use crate::docstring::{
        Drift, Edit, Language, Panic, Raise, SectionKind, Symbol, SymbolKind, SymbolPath,
    };
    use crate::generate::Generated;
    use crate::provider::ProviderId;

    fn generated(text: &str) -> Generated {
        Generated {
            path: SymbolPath("f".into()),
            kind: SymbolKind::Function,
            line: 1,
            style: "google",
            provider: ProviderId("my_<b>".into()),
            from_cache: false,
            model: "m".into(),
            tokens: 0,
            cost_usd: 0.0,
            notices: Vec::new(),
            text: text.into(),
            edit: Edit { range: 0..0, text: String::new() },
            snippet: None,
        }
    }

    fn page(is_markdown: bool) -> Page {
        Page { is_markdown, out: String::new() }
    }

    fn symbol() -> Symbol {
        Symbol::new(Language::Python, SymbolKind::Function, "f")
    }

    #[test]
    fn the_line_behind_each_reason() {
        let mut symbol = symbol();
        let raise = |exception: &str, line, is_caught| Raise {
            exception: exception.into(),
            condition: None,
            message: None,
            is_reraise: false,
            is_direct: false,
            is_caught,
            handling: Vec::new(),
            line,
        };
        symbol.body.raises =
            vec![raise("ValueError", 2, false), raise("KeyError", 3, true), raise("E", 4, false)];
        let panic = Panic { cause: "unwrap".into(), condition: None, message: None, line: 1 };
        symbol.body.panics = vec![panic];
        let text = format!("a_b\n  raise ValueError(`x`)\nc\n{}\n", "d".repeat(100));
        let shown = page(true).of_missing(&generated("F."), &symbol, &text).value;
        let cut = "d".repeat(80);
        assert_eq!(
            shown,
            format!(
                "Docstring preview: google, my\\_\\<b\\>\n\n```text\nF.\n```\n\n\
                 - raises ValueError: line 2 `` raise ValueError(`x`) ``\n\
                 - raises E: line 4 `{cut}…`\n- panics: line 1 `a_b`"
            )
        );
    }

    #[test]
    fn a_stale_docstring_is_shown_with_its_faults() {
        let drift = [Drift::Missing { kind: SectionKind::Parameters, name: Some("*b".into()) }];
        let shown = page(true).of_stale(&drift, None, &symbol(), "").value;
        assert_eq!(shown, "Docstring out of date\n\n- it lacks parameter \\`\\*b\\`");
        let shown = page(false).of_stale(&drift, None, &symbol(), "").value;
        assert_eq!(shown, "Docstring out of date\n\n- it lacks parameter `*b`");
    }

    #[test]
    fn the_text_cannot_leave_its_block() {
        let generated = generated("```\n[x](command:a.b)\n````");
        let shown = page(true).of_missing(&generated, &symbol(), "");
        assert_eq!(shown.kind, MarkupKind::Markdown);
        assert_eq!(
            shown.value,
            "Docstring preview: google, my\\_\\<b\\>\n\n\
             `````text\n```\n[x](command:a.b)\n````\n`````"
        );
    }

    #[test]
    fn plain_text_is_short_and_unescaped() {
        let shown = page(false).of_missing(&generated(&"a_b\n".repeat(100)), &symbol(), "");
        assert_eq!(shown.kind, MarkupKind::PlainText);
        assert_eq!(shown.value.lines().count(), 27);
        assert!(shown.value.ends_with("a_b\n…"));
    }
}
