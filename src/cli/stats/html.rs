//! Statistics as one page that is complete in itself: no script, nothing to load. Beside
//! every plot stands a table with the same numbers.

use std::fmt::Write;

use super::numbers::{bytes, count, float, percent, share, short, time, usd};
use super::plot::{About, Axis, Range, Row, Times, bars, escape, histograms, ranges};
use crate::orchestrator::state::Kept;
use crate::orchestrator::{ProviderReport, Report};

const STYLE: &str = include_str!("page.css");
/// Days of spending that are shown.
const DAYS: usize = 14;

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
        providers(&mut out, report);
        styles(&mut out, report);
        failures(&mut out, report);
        latency(&mut out, report);
        tokens(&mut out, report);
    } else {
        out.push_str("<section><h2>No provider was asked yet</h2><p>Generate a docstring, and look again.</p></section>\n");
    }
    cost(&mut out, kept);
    cache(&mut out, report);
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
            let _ = write!(out, "<th scope=\"col\"{}>{name}</th>", class(*is_text));
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
            format!("{} accepted answers", count(successes)),
        ),
        ("Tokens", short(float(tokens)), "input and output".to_owned()),
        ("Cost", usd(cost), "of all attempts".to_owned()),
        (
            "Cache hit rate",
            rate(cache.hits, asked),
            format!("{} of {} questions", count(cache.hits), count(asked)),
        ),
        ("Hedges won", rate(won, hedges), format!("{} of {}", count(won), count(hedges))),
    ];
    out.push_str("<dl class=\"tiles\">");
    for (name, number, more) in entries {
        let _ = write!(out, "<div><dt>{name}</dt><dd>{number}<small>{more}</small></dd></div>");
    }
    out.push_str("</dl>\n");
}

/// Those that were asked.
fn asked(report: &Report) -> impl Iterator<Item = (&String, &ProviderReport)> {
    report.providers.iter().filter(|(_, provider)| provider.total_attempts > 0)
}

const SHARES: Axis =
    Axis { title: "share of attempts that were not cancelled", end: Some(1.0), label: percent };

fn providers(out: &mut String, report: &Report) {
    let rate = |provider: &ProviderReport| {
        let is_rated = provider.total_attempts > provider.failures.cancelled;
        if is_rated { percent(provider.success_rate) } else { "–".to_owned() }
    };
    let rows: Vec<Row> = asked(report)
        .map(|(id, provider)| Row {
            heading: None,
            name: id.clone(),
            parts: vec![("a", provider.success_rate)],
            note: rate(provider),
        })
        .collect();
    let table = Table {
        caption: "Attempts and successes of each provider",
        columns: &[
            ("provider", true),
            ("model", true),
            ("state", true),
            ("attempts", false),
            ("ok", false),
            ("cancelled", false),
            ("hedges", false),
            ("repairs", false),
        ],
        rows: report
            .providers
            .iter()
            .map(|(id, provider)| {
                vec![
                    id.clone(),
                    provider.model.clone(),
                    provider.state.as_str().to_owned(),
                    count(provider.total_attempts),
                    count(provider.successes),
                    count(provider.failures.cancelled),
                    format!("{}/{}", count(provider.hedges.won), count(provider.hedges.started)),
                    count(provider.repairs),
                ]
            })
            .collect(),
    };
    let about =
        About { id: "providers", title: "Success rate by provider", description: spoken(&rows) };
    let words = "Accepted answers by attempts. Hedges are written as won/started.";
    section(out, about.title, words, "", &bars(&about, &rows, &SHARES), &table);
}

fn styles(out: &mut String, report: &Report) {
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for (id, style) in &report.styles {
        for (index, (provider, part)) in style.provider_breakdown.iter().enumerate() {
            rows.push(Row {
                heading: (index == 0).then(|| id.clone()),
                name: provider.clone(),
                parts: vec![("b", part.success_rate)],
                note: percent(part.success_rate),
            });
            cells.push(vec![
                id.clone(),
                provider.clone(),
                count(part.attempts),
                percent(part.success_rate),
            ]);
        }
    }
    let table = Table {
        caption: "Attempts and success rate of each style and provider",
        columns: &[("style", true), ("provider", true), ("attempts", false), ("success", false)],
        rows: cells,
    };
    let about = About {
        id: "styles",
        title: "Success rate by style and provider",
        description: spoken(&rows),
    };
    section(
        out,
        about.title,
        "The same for each style in which docstrings were asked for.",
        "",
        &bars(&about, &rows, &SHARES),
        &table,
    );
}

fn failures(out: &mut String, report: &Report) {
    let mut rows = Vec::new();
    let mut cells = Vec::new();
    for (id, provider) in asked(report) {
        let reasons = provider.failures.by_reason();
        let mut is_first = true;
        for (reason, number) in reasons.into_iter().filter(|(_, number)| *number > 0) {
            rows.push(Row {
                heading: is_first.then(|| id.clone()),
                name: reason.to_owned(),
                parts: vec![(if reason == "cancelled" { "c" } else { "bad" }, float(number))],
                note: count(number),
            });
            is_first = false;
            let part = share(number, provider.total_attempts).map_or_else(String::new, percent);
            cells.push(vec![id.clone(), reason.to_owned(), count(number), part]);
        }
    }
    if rows.is_empty() {
        return;
    }
    let table = Table {
        caption: "Attempts without an accepted answer by provider and reason",
        columns: &[("provider", true), ("reason", true), ("count", false), ("of attempts", false)],
        rows: cells,
    };
    let about = About {
        id: "failures",
        title: "Attempts without an accepted answer",
        description: spoken(&rows),
    };
    let axis = Axis { title: "attempts", end: None, label: short };
    section(
        out,
        about.title,
        "By provider and reason.",
        &legend(&[("bad", "failed"), ("c", "cancelled: another answer was there first")]),
        &bars(&about, &rows, &axis),
        &table,
    );
}

fn latency(out: &mut String, report: &Report) {
    let timed = || asked(report).filter(|(_, provider)| provider.successes > 0);
    let all = timed().flat_map(|(_, provider)| {
        let bars = provider.histogram.iter().filter(|(_, count)| *count > 0);
        let bounds = bars.flat_map(|(lower, _)| [lower.max(0.008), lower.max(0.008) * 2.0]);
        bounds.chain([provider.latency_ms.p50, provider.latency_ms.p99])
    });
    let Some(times) = Times::over(all) else { return };
    let rows: Vec<Range> = timed()
        .map(|(id, provider)| Range {
            name: id.clone(),
            p50: provider.latency_ms.p50,
            p90: provider.latency_ms.p90,
            p99: provider.latency_ms.p99,
        })
        .collect();
    let table = Table {
        caption: "Percentiles of the time of a success, and the mean of all attempts",
        columns: &[
            ("provider", true),
            ("p50", false),
            ("p90", false),
            ("p99", false),
            ("mean", false),
        ],
        rows: timed()
            .map(|(id, provider)| {
                let latency = provider.latency_ms;
                let times = [latency.p50, latency.p90, latency.p99, provider.average_time_ms];
                std::iter::once(id.clone()).chain(times.map(time)).collect()
            })
            .collect(),
    };
    let spoken: Vec<String> = rows
        .iter()
        .map(|row| {
            let Range { name, p50, p90, p99 } = row;
            format!("{name}: p50 {}, p90 {}, p99 {}", time(*p50), time(*p90), time(*p99))
        })
        .collect();
    let about =
        About { id: "latency", title: "Latency percentiles", description: spoken.join("; ") };
    section(
        out,
        about.title,
        "How long a success takes. The mean is over all attempts that were not cancelled.",
        &legend(&[("dot", "p50, the median"), ("tick", "p90"), ("ring", "p99")]),
        &ranges(&about, &rows, times),
        &table,
    );
    spread(out, &timed().collect::<Vec<_>>(), times);
}

/// The histograms of the latencies.
fn spread(out: &mut String, providers: &[(&String, &ProviderReport)], times: Times) {
    let fields: Vec<(String, &[(f64, u64)])> = providers
        .iter()
        .map(|(id, provider)| ((*id).clone(), provider.histogram.as_slice()))
        .collect();
    let mut cells = Vec::new();
    let mut spoken = Vec::new();
    for (id, bars) in &fields {
        let most = bars.iter().max_by_key(|(_, count)| *count);
        if let Some((lower, number)) = most {
            let to = time(lower.max(0.008) * 2.0);
            spoken.push(format!("{id}: most, {}, from {} to {to}", count(*number), time(*lower)));
        }
        for (lower, number) in bars.iter().filter(|(_, count)| *count > 0) {
            let to = time(lower.max(0.008) * 2.0);
            cells.push(vec![id.clone(), time(*lower), to, count(*number)]);
        }
    }
    let table = Table {
        caption: "Successes by time, each span twice as long as the one before",
        columns: &[("provider", true), ("from", false), ("to", false), ("successes", false)],
        rows: cells,
    };
    let about = About { id: "spread", title: "Latency histogram", description: spoken.join("; ") };
    section(
        out,
        about.title,
        "Successes by time; each bar spans a doubling. Every field has a scale of its own.",
        "",
        &histograms(&about, &fields, times),
        &table,
    );
}

fn tokens(out: &mut String, report: &Report) {
    let parts = |provider: &ProviderReport| {
        let tokens = provider.tokens;
        [tokens.input.saturating_sub(tokens.cached_input), tokens.cached_input, tokens.output]
    };
    let used = || asked(report).filter(|(_, provider)| parts(provider).iter().any(|n| *n > 0));
    let rows: Vec<Row> = used()
        .map(|(id, provider)| {
            let [fresh, cached, output] = parts(provider).map(float);
            Row {
                heading: None,
                name: id.clone(),
                parts: vec![("a", fresh), ("b", cached), ("c", output)],
                note: short(fresh + cached + output),
            }
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let table = Table {
        caption: "Tokens of each provider",
        columns: &[
            ("provider", true),
            ("input", false),
            ("cached", false),
            ("output", false),
            ("per attempt", false),
        ],
        rows: used()
            .map(|(id, provider)| {
                let [fresh, cached, output] = parts(provider).map(count);
                vec![id.clone(), fresh, cached, output, format!("{:.0}", provider.average_tokens)]
            })
            .collect(),
    };
    let about = About { id: "tokens", title: "Tokens", description: spoken(&rows) };
    let axis = Axis { title: "tokens", end: None, label: short };
    section(
        out,
        about.title,
        "Of all attempts, those of cancelled ones by estimate.",
        &legend(&[("a", "input"), ("b", "input from the prompt cache"), ("c", "output")]),
        &bars(&about, &rows, &axis),
        &table,
    );
}

fn cost(out: &mut String, kept: &Kept) {
    let bar = |name: &str, amount: f64| Row {
        heading: None,
        name: name.to_owned(),
        parts: vec![("c", amount)],
        note: usd(amount),
    };
    let axis = Axis { title: "US dollars", end: None, label: usd_short };
    let paid: Vec<_> =
        asked(&kept.report).filter(|(_, provider)| provider.cost_usd > 0.0).collect();
    if !paid.is_empty() {
        let rows: Vec<Row> = paid.iter().map(|(id, provider)| bar(id, provider.cost_usd)).collect();
        let table = Table {
            caption: "Cost of each provider",
            columns: &[("provider", true), ("cost", false), ("per success", false)],
            rows: paid
                .iter()
                .map(|(id, provider)| {
                    let each = provider.cost_usd / float(provider.successes.max(1));
                    let each = if provider.successes > 0 { usd(each) } else { "–".to_owned() };
                    vec![(*id).clone(), usd(provider.cost_usd), each]
                })
                .collect(),
        };
        let about = About { id: "cost", title: "Cost by provider", description: spoken(&rows) };
        let words = "Of all attempts, those of cancelled ones by estimate.";
        section(out, about.title, words, "", &bars(&about, &rows, &axis), &table);
    }
    let days: Vec<_> = kept.spending.iter().rev().take(DAYS).collect();
    if !days.is_empty() {
        let rows: Vec<Row> = days.iter().map(|(day, amount)| bar(day, **amount)).collect();
        let table = Table {
            caption: "Spending by day",
            columns: &[("day (UTC)", true), ("spent or reserved", false)],
            rows: days.iter().map(|(day, amount)| vec![(*day).clone(), usd(**amount)]).collect(),
        };
        let about = About { id: "days", title: "Spending by day", description: spoken(&rows) };
        let words = "What the daily budget is held against; days without spending are left out.";
        section(out, about.title, words, "", &bars(&about, &rows, &axis), &table);
    }
}

/// Numbers of an axis of money.
fn usd_short(amount: f64) -> String {
    if amount == 0.0 { "$0".to_owned() } else { format!("${}", short_money(amount)) }
}

fn short_money(amount: f64) -> String {
    if amount >= 1.0 {
        short(amount)
    } else {
        format!("{amount:.4}").trim_end_matches('0').to_owned()
    }
}

fn cache(out: &mut String, report: &Report) {
    let cache = report.cache;
    let all = [cache.hits, cache.coalesced, cache.misses];
    let asked = all.into_iter().fold(0, u64::saturating_add);
    if asked == 0 {
        return;
    }
    let names = ["hits", "coalesced", "misses"];
    let rows: Vec<Row> = names
        .into_iter()
        .zip(["b", "a", "c"])
        .zip(all)
        .map(|((name, class), number)| Row {
            heading: None,
            name: name.to_owned(),
            parts: vec![(class, float(number))],
            note: count(number),
        })
        .collect();
    let mut cells: Vec<Vec<String>> = names
        .into_iter()
        .zip(all)
        .map(|(name, number)| {
            let part = share(number, asked).map_or_else(String::new, percent);
            vec![name.to_owned(), count(number), part]
        })
        .collect();
    cells.push(vec!["faults".to_owned(), count(cache.faults), String::new()]);
    cells.push(vec!["entries".to_owned(), count(cache.entries), bytes(cache.bytes)]);
    let table = Table {
        caption: "Questions at the cache",
        columns: &[("cache", true), ("count", false), ("share or size", false)],
        rows: cells,
    };
    let about = About { id: "cache", title: "Cache", description: spoken(&rows) };
    let axis = Axis { title: "questions", end: None, label: short };
    let words = "A hit was answered at once, a coalesced question waited for the answer to an \
                 equal one, a miss went to a provider.";
    section(out, about.title, words, "", &bars(&about, &rows, &axis), &table);
}

/// The rows of a plot as words.
fn spoken(rows: &[Row]) -> String {
    let mut group = "";
    let mut words = Vec::new();
    for row in rows {
        group = row.heading.as_deref().unwrap_or(group);
        let gap = if group.is_empty() { "" } else { ", " };
        words.push(format!("{group}{gap}{}: {}", row.name, row.note));
    }
    words.join("; ")
}
