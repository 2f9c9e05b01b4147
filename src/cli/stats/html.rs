//! Statistics as one page that is complete in itself: no script, nothing to load. Beside
//! every plot stands a table with the same numbers.

mod sections;
#[cfg(test)]
mod tests;

use std::fmt::Write;

use super::plot::escape;
use crate::orchestrator::ProviderReport;
use crate::orchestrator::numbers::{count, float, percent, share, short, usd};
use crate::orchestrator::state::Kept;

const STYLE: &str = include_str!("html/page.css");

/// The whole page.
pub(super) fn page(kept: &Kept) -> String {
    let report = &kept.report;
    let mut out = format!(
        concat!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
            "<meta name=\"color-scheme\" content=\"light dark\">\n",
            "<meta http-equiv=\"Content-Security-Policy\" ",
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
            "<title>docstring-ls statistics</title>\n<style>\n{}</style>\n</head>\n<body>\n",
            "<header><h1>docstring-ls statistics</h1><p>Counted on this machine since {}</p>",
            "</header>\n<main>\n"
        ),
        STYLE,
        escape(&report.since.replace('T', " ").replace('Z', " UTC")),
    );
    tiles(&mut out, kept);
    if report.providers.values().any(|provider| provider.total_attempts > 0) {
        sections::providers(&mut out, report);
        sections::styles(&mut out, report);
        sections::failures(&mut out, report);
        sections::latency(&mut out, report);
        sections::tokens(&mut out, report);
    } else {
        out.push_str("<section><h2>No provider was asked yet</h2><p>Generate a docstring, and look again.</p></section>\n");
    }
    sections::cost(&mut out, kept);
    sections::cache(&mut out, report);
    let _ = write!(
        out,
        concat!(
            "</main>\n<footer><p>docstring-ls {}. Answers from the cache are no attempts. ",
            "Cancelled attempts count with estimated tokens and cost, and are left out of ",
            "rates, averages and percentiles.</p></footer>\n</body>\n</html>\n"
        ),
        env!("CARGO_PKG_VERSION"),
    );
    out
}

/// A table: its caption, its columns (with whether they are text), its rows.
struct Table<'a> {
    caption: &'a str,
    columns: &'a [(&'a str, bool)],
    rows: Vec<Vec<String>>,
}

impl Table<'_> {
    fn html(&self) -> String {
        let mut out =
            format!("<div class=\"table\"><table><caption>{}</caption><thead><tr>", self.caption);
        let class = |is_text: bool| if is_text { " class=\"left\"" } else { "" };
        for (name, is_text) in self.columns {
            let (class, name) = (class(*is_text), escape(name));
            let _ = write!(out, "<th scope=\"col\"{class}>{name}</th>");
        }
        out.push_str("</tr></thead><tbody>");
        for row in &self.rows {
            out.push_str("<tr>");
            for (index, (cell, (_, is_text))) in row.iter().zip(self.columns).enumerate() {
                let (class, cell) = (class(*is_text), escape(cell));
                let _ = if index == 0 {
                    write!(out, "<th scope=\"row\"{class}>{cell}</th>")
                } else {
                    write!(out, "<td{class}>{cell}</td>")
                };
            }
            out.push_str("</tr>");
        }
        out.push_str("</tbody></table></div>");
        out
    }
}

/// A plot with its table.
fn section(
    out: &mut String,
    title: &str,
    words: &str,
    legend: &str,
    plot: &str,
    table: &Table<'_>,
) {
    let _ = writeln!(
        out,
        "<section><h2>{title}</h2><p>{words}</p><div class=\"pair\"><figure>{legend}{plot}</figure>{}</div></section>",
        table.html()
    );
}

/// Squares with the classes of colours, and what they stand for.
fn legend(entries: &[(&str, &str)]) -> String {
    let mut out = String::from("<ul class=\"legend\" aria-hidden=\"true\">");
    for (class, name) in entries {
        let shape = match *class {
            "ring" => r#"<circle cx="6" cy="6" r="5" class="ring"/>"#.to_owned(),
            "dot" => r#"<circle cx="6" cy="6" r="5" class="a"/>"#.to_owned(),
            "tick" => r#"<rect x="4" width="4" height="12" class="c"/>"#.to_owned(),
            class => format!(r#"<rect width="12" height="12" class="{class}"/>"#),
        };
        let _ = write!(out, r#"<li><svg viewBox="0 0 12 12">{shape}</svg>{name}</li>"#);
    }
    out.push_str("</ul>");
    out
}

fn tiles(out: &mut String, kept: &Kept) {
    let providers = || kept.report.providers.values();
    let sum = |of: fn(&ProviderReport) -> u64| providers().map(of).fold(0, u64::saturating_add);
    let attempts = sum(|provider| provider.total_attempts);
    let cancelled = sum(|provider| provider.failures.cancelled);
    let successes = sum(|provider| provider.successes);
    let tokens = sum(|provider| provider.tokens.input.saturating_add(provider.tokens.output));
    let hedges = sum(|provider| provider.hedges.started);
    let won = sum(|provider| provider.hedges.won);
    let cost: f64 = providers().map(|provider| provider.cost_usd).sum();
    let cache = kept.report.cache;
    let asked = cache.hits.saturating_add(cache.misses).saturating_add(cache.coalesced);
    let none = || "–".to_owned();
    let rate = |part, whole| share(part, whole).map_or_else(none, percent);
    let entries = [
        ("Attempts", count(attempts), format!("{} cancelled", count(cancelled))),
        (
            "Success rate",
            rate(successes, attempts.saturating_sub(cancelled)),
            format!("{} accepted", count(successes)),
        ),
        ("Tokens", short(float(tokens)), "input and output".to_owned()),
        ("Cost", usd(cost), "of all attempts".to_owned()),
        (
            "Cache hit rate",
            rate(cache.hits, asked),
            format!("{} of {}", count(cache.hits), count(asked)),
        ),
        ("Hedges won", rate(won, hedges), format!("{} of {}", count(won), count(hedges))),
    ];
    out.push_str("<dl class=\"tiles\">");
    for (name, number, more) in entries {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{number}<small>{more}</small></dd></div>");
    }
    out.push_str("</dl>\n");
}
