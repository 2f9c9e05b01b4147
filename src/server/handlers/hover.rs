//! `textDocument/hover`: the docstring that would be inserted, on a name that has none.
//!
//! Only what costs nothing is asked, and what is shown is inert: the text stands in a
//! code block that it cannot leave.

use std::sync::Arc;
use std::time::Duration;

use tower_lsp::lsp_types::{Hover, HoverContents, HoverParams, MarkupContent, MarkupKind};

use super::code_action::is_documentable;
use crate::docstring::{Symbol, SymbolKind};
use crate::generate::{Generated, Options, symbol_kept, symbol_now};
use crate::orchestrator::Choice;
use crate::provider::ProviderId;
use crate::server::panics;
use crate::server::session::{Ready, Session};

/// Lines of a preview.
const MAX_LINES: usize = 24;

/// The preview for the name at the position.
pub(crate) async fn handle(session: &Arc<Session>, params: HoverParams) -> Option<Hover> {
    let place = params.text_document_position_params;
    let snapshot = session.snapshot(&place.text_document.uri)?;
    let markdown = session.features().hover_markdown;
    let ready = session.ready_at(snapshot, place.position, false).await?;
    panics::blocking(move || {
        let Ready { snapshot, source, options, orchestrator, .. } = &ready;
        let offset = snapshot.lines.offset(snapshot.text(), place.position, snapshot.encoding);
        let symbol = source.symbol_at(offset).filter(is_documentable)?;
        let name = symbol.name_range.clone();
        let on_name = (name.start..=name.end).contains(&offset);
        if !on_name || symbol.kind == SymbolKind::Module {
            return None;
        }
        let kept = kept(&ready, &symbol);
        let generated = match kept {
            Some(kept) => kept,
            None => symbol_now(source, symbol, &embedded(options), orchestrator)?.ok()?,
        };
        let range = snapshot.lines.to_range(snapshot.text(), &name, snapshot.encoding);
        let contents = HoverContents::Markup(preview(&generated, markdown));
        Some(Hover { contents, range: Some(range) })
    })
    .await
    .flatten()
}

/// The same choices with the embedded provider, which costs nothing to ask.
fn embedded(options: &Options) -> Options {
    Options { choice: Choice::Preferred(ProviderId::offline()), ..options.clone() }
}

/// How long a cache may take while somebody hovers.
const PATIENCE: Duration = Duration::from_millis(30);

/// What a remote provider wrote before, if it is kept nearby. For a thread that may block.
pub(crate) fn kept(ready: &Ready, symbol: &Symbol) -> Option<Generated> {
    let Ready { source, options, orchestrator, .. } = ready;
    if orchestrator.is_immediate(&options.choice) {
        return None;
    }
    let runtime = tokio::runtime::Handle::try_current().ok()?;
    let looked_up = symbol_kept(source, symbol.clone(), options, orchestrator);
    runtime.block_on(async { tokio::time::timeout(PATIENCE, looked_up).await }).ok()?
}

fn preview(generated: &Generated, markdown: bool) -> MarkupContent {
    let (style, provider) = (generated.style, generated.provider.to_string());
    let text = shortened(&generated.text);
    if !markdown {
        let value = format!("Docstring preview: {style}, {provider}\n\n{text}");
        return MarkupContent { kind: MarkupKind::PlainText, value };
    }
    let fence = fence(&text);
    let provider = escaped(&provider);
    let value = format!("Docstring preview: {style}, {provider}\n\n{fence}text\n{text}\n{fence}");
    MarkupContent { kind: MarkupKind::Markdown, value }
}

fn shortened(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().take(MAX_LINES + 1).collect();
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push("…");
    }
    lines.join("\n")
}

/// More backticks than the text has in a row.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// Text without meaning in Markdown. A provider's name is the user's own choice.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_ascii_punctuation() && !matches!(letter, ',' | '.') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use tower_lsp::lsp_types::MarkupKind;

    use super::preview;
    use crate::docstring::{Edit, SymbolKind, SymbolPath};
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

    #[test]
    fn the_text_cannot_leave_its_block() {
        let shown = preview(&generated("```\n[x](command:a.b)\n````"), true);
        assert_eq!(shown.kind, MarkupKind::Markdown);
        assert_eq!(
            shown.value,
            "Docstring preview: google, my\\_\\<b\\>\n\n\
             `````text\n```\n[x](command:a.b)\n````\n`````"
        );
    }

    #[test]
    fn plain_text_is_short_and_unescaped() {
        let shown = preview(&generated(&"a_b\n".repeat(100)), false);
        assert_eq!(shown.kind, MarkupKind::PlainText);
        assert_eq!(shown.value.lines().count(), 27);
        assert!(shown.value.ends_with("a_b\n…"));
    }
}
