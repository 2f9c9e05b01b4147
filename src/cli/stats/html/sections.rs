//! The sections of the page, each a plot with its table.

use super::super::plot::{About, Axis, Range, Row, SHORTEST, Times, bars, histograms, ranges};
use super::{Table, legend, section};
use crate::orchestrator::numbers::{bytes, count, float, percent, share, short, time, usd};
use crate::orchestrator::state::Kept;
use crate::orchestrator::{BreakerState, ProviderReport, Report};

/// Days of spending that are shown.
const DAYS: usize = 14;

/// Those that were asked.
fn asked(report: &Report) -> impl Iterator<Item = (&String, &ProviderReport)> {
    report.providers.iter().filter(|(_, provider)| provider.total_attempts > 0)
}

const SHARES: Axis = Axis {
    title: "share of attempts that were not cancelled",
    end: Some(1.0),
    label: whole_percent,
};

pub(super) fn providers(out: &mut String, report: &Report) {
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
            ("attempts", false),
            ("ok", false),
            ("hedges", false),
            ("repairs", false),
        ],
        rows: report
            .providers
            .iter()
            .map(|(id, provider)| {
                let hedges = provider.hedges;
                vec![
                    id.clone(),
                    match provider.state {
                        BreakerState::Closed => provider.model.clone(),
                        state => format!("{} ({})", provider.model, state.as_str()),
                    },
                    count(provider.total_attempts),
                    count(provider.successes),
                    format!("{}/{}", count(hedges.won), count(hedges.started)),
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

pub(super) fn styles(out: &mut String, report: &Report) {
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

pub(super) fn failures(out: &mut String, report: &Report) {
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

pub(super) fn latency(out: &mut String, report: &Report) {
    let successful = || asked(report).filter(|(_, provider)| provider.successes > 0);
    let percentiles = successful().flat_map(|(_, provider)| {
        let latency = provider.latency_ms;
        [latency.p50, latency.p90, latency.p99]
    });
    let Some(times) = Times::over(percentiles) else { return };
    let rows: Vec<Range> = successful()
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
        rows: successful()
            .map(|(id, provider)| {
                let latency = provider.latency_ms;
                let cells = [latency.p50, latency.p90, latency.p99, provider.average_time_ms];
                std::iter::once(id.clone()).chain(cells.map(time)).collect()
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
    spread(out, &successful().collect::<Vec<_>>());
}

/// The histograms of the latencies.
fn spread(out: &mut String, providers: &[(&String, &ProviderReport)]) {
    let fields: Vec<(String, &[(f64, u64)])> = providers
        .iter()
        .map(|(id, provider)| ((*id).clone(), provider.histogram.as_slice()))
        .collect();
    let end = |lower: f64| lower.max(SHORTEST) * 2.0;
    let mut spans: Vec<f64> = Vec::new();
    let mut spoken = Vec::new();
    for (id, bars) in &fields {
        let counted = bars.iter().filter(|(_, count)| *count > 0);
        spans.extend(counted.clone().map(|(lower, _)| *lower));
        if let Some((lower, number)) = counted.max_by_key(|(_, count)| *count) {
            let (from, to) = (time(*lower), time(end(*lower)));
            spoken.push(format!("{id}: most, {}, from {from} to {to}", count(*number)));
        }
    }
    spans.sort_by(f64::total_cmp);
    spans.dedup();
    let Some(times) = Times::over(spans.iter().flat_map(|lower| [*lower, end(*lower)])) else {
        return;
    };
    let row = |lower: &f64| {
        let cell = |(_, bars): &(String, &[(f64, u64)])| {
            let found = bars.iter().find(|(other, _)| other.total_cmp(lower).is_eq());
            found.filter(|(_, n)| *n > 0).map_or_else(String::new, |(_, n)| count(*n))
        };
        let span = format!("{} – {}", time(*lower), time(end(*lower)));
        std::iter::once(span).chain(fields.iter().map(cell)).collect()
    };
    let mut columns = vec![("time", true)];
    columns.extend(fields.iter().map(|(id, _)| (id.as_str(), false)));
    let table = Table {
        caption: "Successes by time, each span twice as long as the one before",
        columns: &columns,
        rows: spans.iter().map(row).collect(),
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

pub(super) fn tokens(out: &mut String, report: &Report) {
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
            ("fresh input", false),
            ("cached input", false),
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
        &legend(&[("a", "fresh input"), ("b", "input from the prompt cache"), ("c", "output")]),
        &bars(&about, &rows, &axis),
        &table,
    );
}

pub(super) fn cost(out: &mut String, kept: &Kept) {
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
    match amount {
        0.0 => "$0".to_owned(),
        _ if amount >= 10.0 => format!("${}", short(amount)),
        _ if amount >= 0.0095 => format!("${amount:.2}"),
        _ => usd(amount),
    }
}

/// Numbers of an axis of shares.
fn whole_percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

pub(super) fn cache(out: &mut String, report: &Report) {
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
