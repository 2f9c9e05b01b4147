//! Statistics as aligned tables.

use super::super::output::plain;
use crate::orchestrator::ProviderReport;
use crate::orchestrator::numbers::{bytes, count, percent, share, time, usd};
use crate::orchestrator::state::Kept;

/// Days of spending that are shown.
const DAYS: usize = 7;

/// How a column stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

use Side::{Left, Right};

/// Rows under a heading.
struct Table {
    title: &'static str,
    columns: Vec<(&'static str, Side)>,
    rows: Vec<Vec<String>>,
}

/// All of it, a line each.
pub(super) fn lines(kept: &Kept, is_colored: bool) -> Vec<String> {
    let report = &kept.report;
    let mut lines = vec![format!("Counted since {}", plain(&report.since))];
    for table in tables(kept) {
        lines.push(String::new());
        table.write(is_colored, &mut lines);
    }
    lines
}

fn tables(kept: &Kept) -> Vec<Table> {
    let report = &kept.report;
    let mut tables = vec![
        Table {
            title: "Providers",
            columns: vec![
                ("provider", Left),
                ("model", Left),
                ("state", Left),
                ("attempts", Right),
                ("ok", Right),
                ("failed", Right),
                ("cancelled", Right),
                ("success", Right),
                ("hedges won", Right),
                ("repairs", Right),
            ],
            rows: report.providers.iter().map(|(id, provider)| outcome(id, provider)).collect(),
        },
        Table {
            title: "Time, tokens and money",
            columns: vec![
                ("provider", Left),
                ("p50", Right),
                ("p90", Right),
                ("p99", Right),
                ("mean", Right),
                ("input", Right),
                ("cached", Right),
                ("output", Right),
                ("per attempt", Right),
                ("cost", Right),
            ],
            rows: report.providers.iter().map(|(id, provider)| usage(id, provider)).collect(),
        },
    ];
    let mut failures = Vec::new();
    for (id, provider) in &report.providers {
        let reasons = provider.failures.by_reason().into_iter().filter(|(_, count)| *count > 0);
        failures.extend(reasons.map(|(reason, count)| (count, id, reason)));
    }
    failures.sort_by_key(|(number, ..)| std::cmp::Reverse(*number));
    tables.push(Table {
        title: "Attempts without an answer",
        columns: vec![("count", Right), ("provider", Left), ("reason", Left)],
        rows: failures
            .into_iter()
            .map(|(number, id, reason)| vec![count(number), id.clone(), reason.to_owned()])
            .collect(),
    });
    let mut styles = Vec::new();
    for (id, style) in &report.styles {
        for (provider, part) in &style.provider_breakdown {
            styles.push(vec![
                id.clone(),
                provider.clone(),
                count(part.attempts),
                percent(part.success_rate),
            ]);
        }
    }
    tables.push(Table {
        title: "Styles",
        columns: vec![("style", Left), ("provider", Left), ("attempts", Right), ("success", Right)],
        rows: styles,
    });
    tables.push(cache(kept));
    let days = kept.spending.iter().rev().take(DAYS);
    tables.push(Table {
        title: "Spending by day (UTC)",
        columns: vec![("day", Left), ("cost", Right)],
        rows: days.map(|(day, amount)| vec![day.clone(), usd(*amount)]).collect(),
    });
    tables.retain(|table| !table.rows.is_empty());
    tables
}

fn outcome(id: &str, provider: &ProviderReport) -> Vec<String> {
    let failures = provider.failures;
    let is_rated = provider.total_attempts > failures.cancelled;
    vec![
        id.to_owned(),
        provider.model.clone(),
        provider.state.as_str().to_owned(),
        count(provider.total_attempts),
        count(provider.successes),
        count(failures.total().saturating_sub(failures.cancelled)),
        count(failures.cancelled),
        if is_rated { percent(provider.success_rate) } else { "-".to_owned() },
        format!("{} of {}", count(provider.hedges.won), count(provider.hedges.started)),
        count(provider.repairs),
    ]
}

fn usage(id: &str, provider: &ProviderReport) -> Vec<String> {
    let unless = |is_empty: bool, text: String| if is_empty { "-".to_owned() } else { text };
    let percentile = |millis: f64| unless(provider.successes == 0, time(millis));
    let is_unrated = provider.total_attempts <= provider.failures.cancelled;
    vec![
        id.to_owned(),
        percentile(provider.latency_ms.p50),
        percentile(provider.latency_ms.p90),
        percentile(provider.latency_ms.p99),
        unless(is_unrated, time(provider.average_time_ms)),
        count(provider.tokens.input),
        count(provider.tokens.cached_input),
        count(provider.tokens.output),
        unless(is_unrated, format!("{:.0}", provider.average_tokens)),
        usd(provider.cost_usd),
    ]
}

fn cache(kept: &Kept) -> Table {
    let cache = kept.report.cache;
    let asked = cache.hits.saturating_add(cache.misses).saturating_add(cache.coalesced);
    Table {
        title: "Cache",
        columns: vec![
            ("hits", Right),
            ("coalesced", Right),
            ("misses", Right),
            ("hit rate", Right),
            ("faults", Right),
            ("entries", Right),
            ("size", Right),
        ],
        rows: vec![vec![
            count(cache.hits),
            count(cache.coalesced),
            count(cache.misses),
            share(cache.hits, asked).map_or_else(|| "-".to_owned(), percent),
            count(cache.faults),
            count(cache.entries),
            bytes(cache.bytes),
        ]],
    }
}

impl Table {
    fn write(&self, is_colored: bool, lines: &mut Vec<String>) {
        let rows: Vec<Vec<String>> = self
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| plain(cell).into_owned()).collect())
            .collect();
        let width = |index: usize, (name, _): &(&str, Side)| {
            let cells = rows.iter().filter_map(|row| row.get(index));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(name.chars().count())
        };
        let widths: Vec<usize> =
            self.columns.iter().enumerate().map(|(index, column)| width(index, column)).collect();
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut out = String::from(" ");
            for ((cell, (_, side)), width) in cells.zip(&self.columns).zip(&widths) {
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                match side {
                    Left => out.extend([" ", cell, &padding, " "]),
                    Right => out.extend([" ", &padding, cell, " "]),
                }
            }
            out.trim_end().to_owned()
        };
        let (bold, dim, end) =
            if is_colored { ("\u{1b}[1m", "\u{1b}[2m", "\u{1b}[0m") } else { ("", "", "") };
        lines.push(format!("{bold}{}{end}", self.title));
        let names = line(&mut self.columns.iter().map(|(name, _)| *name));
        lines.push(format!("{dim}{names}{end}"));
        lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    }
}
