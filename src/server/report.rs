//! The report of `docstring-ls.metrics`: the metrics object as Markdown.

use std::fmt::Write;

use crate::orchestrator::numbers::{bytes, count, percent, share, time, usd};
use crate::orchestrator::{ProviderReport, Report};

/// The report. Names in it are escaped: a model is called what its user likes.
pub(crate) fn markdown(report: &Report) -> String {
    let mut out = format!("# docstring-ls\n\nCounted since {}.\n", text(&report.since));
    out.push_str(
        "\n## Providers\n\n\
         | provider | model | state | attempts | ok | success | cancelled | hedges won | repairs |\n\
         |---|---|---|--:|--:|--:|--:|--:|--:|\n",
    );
    for (id, provider) in &report.providers {
        let failures = provider.failures;
        let is_rated = provider.total_attempts > failures.cancelled;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {} of {} | {} |",
            text(id),
            text(&provider.model),
            provider.state.as_str(),
            count(provider.total_attempts),
            count(provider.successes),
            unless(!is_rated, percent(provider.success_rate)),
            count(failures.cancelled),
            count(provider.hedges.won),
            count(provider.hedges.started),
            count(provider.repairs),
        );
    }
    out.push_str(
        "\n## Time, tokens and money\n\n\
         | provider | p50 | p90 | p99 | mean | input | cached | output | per attempt | cost |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (id, provider) in &report.providers {
        usage(&mut out, id, provider);
    }
    failures(&mut out, report);
    if !report.styles.is_empty() {
        out.push_str(
            "\n## Styles\n\n| style | provider | attempts | success |\n|---|---|--:|--:|\n",
        );
    }
    for (style, shares) in &report.styles {
        for (provider, part) in &shares.provider_breakdown {
            let (style, provider) = (text(style), text(provider));
            let (attempts, rate) = (count(part.attempts), percent(part.success_rate));
            let _ = writeln!(out, "| {style} | {provider} | {attempts} | {rate} |");
        }
    }
    workspaces(&mut out, report);
    let cache = report.cache;
    let asked = cache.hits.saturating_add(cache.misses).saturating_add(cache.coalesced);
    let _ = writeln!(
        out,
        "\n## Cache\n\n\
         | hits | coalesced | misses | hit rate | faults | entries | size |\n\
         |--:|--:|--:|--:|--:|--:|--:|\n\
         | {} | {} | {} | {} | {} | {} | {} |",
        count(cache.hits),
        count(cache.coalesced),
        count(cache.misses),
        share(cache.hits, asked).map_or_else(|| "-".to_owned(), percent),
        count(cache.faults),
        count(cache.entries),
        bytes(cache.bytes),
    );
    out
}

/// The workspaces, those of this session by their folders.
fn workspaces(out: &mut String, report: &Report) {
    if report.workspaces.is_empty() {
        return;
    }
    out.push_str(
        "\n## Workspaces\n\n\
         | workspace | attempts | success | input | output | cost |\n\
         |---|--:|--:|--:|--:|--:|\n",
    );
    for (name, workspace) in &report.workspaces {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            text(workspace.folder.as_deref().unwrap_or(name)),
            count(workspace.total_attempts),
            percent(workspace.success_rate),
            count(workspace.tokens.input),
            count(workspace.tokens.output),
            usd(workspace.cost_usd),
        );
    }
}

fn usage(out: &mut String, id: &str, provider: &ProviderReport) {
    let is_unrated = provider.total_attempts <= provider.failures.cancelled;
    let percentile = |millis: f64| unless(provider.successes == 0, time(millis));
    let _ = writeln!(
        out,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        text(id),
        percentile(provider.latency_ms.p50),
        percentile(provider.latency_ms.p90),
        percentile(provider.latency_ms.p99),
        unless(is_unrated, time(provider.average_time_ms)),
        count(provider.tokens.input),
        count(provider.tokens.cached_input),
        count(provider.tokens.output),
        unless(is_unrated, format!("{:.0}", provider.average_tokens)),
        usd(provider.cost_usd),
    );
}

fn failures(out: &mut String, report: &Report) {
    let mut all = Vec::new();
    for (id, provider) in &report.providers {
        let reasons = provider.failures.by_reason().into_iter();
        all.extend(reasons.filter(|(_, n)| *n > 0).map(|(reason, n)| (n, id, reason)));
    }
    if all.is_empty() {
        return;
    }
    all.sort_by_key(|(n, ..)| std::cmp::Reverse(*n));
    out.push_str(
        "\n## Attempts without an answer\n\n| count | provider | reason |\n|--:|---|---|\n",
    );
    for (n, id, reason) in all {
        let _ = writeln!(out, "| {} | {} | {reason} |", count(n), text(id));
    }
}

fn unless(is_empty: bool, text: String) -> String {
    if is_empty { "-".to_owned() } else { text }
}

/// A name inside a table: neither markup nor the end of a cell.
fn text(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '|' | '[' | ']' | '!' | '~' => out.extend(['\\', letter]),
            _ if letter.is_control() => out.push(' '),
            _ => out.push(letter),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::orchestrator::storage::Size;
    use crate::orchestrator::{Attempt, BreakerState, CacheEvent, Ending, Metrics, ProviderFacts};
    use crate::provider::{ErrorKind, ProviderError, ProviderId, Usage};

    #[test]
    fn tells_everything_that_was_counted() {
        let metrics = Metrics::default();
        let mut attempt = Attempt {
            provider: ProviderId("a|b".into()),
            ending: Ending::Success,
            started: Duration::ZERO,
            elapsed: Duration::ZERO,
            usage: Usage { input: 1_000, cached_input: 400, output: 50 },
            cost_usd: 0.25,
            is_hedge: true,
            is_repair: false,
        };
        metrics.attempt("google", &attempt);
        attempt.ending = Ending::Failed(ProviderError::new(ErrorKind::Timeout, ""));
        attempt.elapsed = Duration::from_secs(3);
        metrics.attempt("google", &attempt);
        metrics.workspace("1f2e", &attempt);
        metrics.cache(CacheEvent::Hit);
        let idle = ProviderFacts {
            id: ProviderId("idle".into()),
            dialect: "ollama".into(),
            model: "<b>m_1".into(),
            state: BreakerState::HalfOpen,
        };
        let mut report = metrics.report([idle], Size { entries: 2, bytes: 2048 });
        report.since = "2026-11-22T00:00:00Z".into();
        insta::assert_snapshot!(markdown(&report), @r"
        # docstring-ls

        Counted since 2026-11-22T00:00:00Z.

        ## Providers

        | provider | model | state | attempts | ok | success | cancelled | hedges won | repairs |
        |---|---|---|--:|--:|--:|--:|--:|--:|
        | a\|b |  | closed | 2 | 1 | 50.0% | 0 | 1 of 2 | 0 |
        | idle | &lt;b>m\_1 | halfOpen | 0 | 0 | - | 0 | 0 of 0 | 0 |

        ## Time, tokens and money

        | provider | p50 | p90 | p99 | mean | input | cached | output | per attempt | cost |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
        | a\|b | 0 µs | 0 µs | 0 µs | 1.50 s | 2,000 | 800 | 100 | 1050 | $0.5000 |
        | idle | - | - | - | - | 0 | 0 | 0 | - | $0.00 |

        ## Attempts without an answer

        | count | provider | reason |
        |--:|---|---|
        | 1 | a\|b | timeout |

        ## Styles

        | style | provider | attempts | success |
        |---|---|--:|--:|
        | google | a\|b | 2 | 50.0% |

        ## Workspaces

        | workspace | attempts | success | input | output | cost |
        |---|--:|--:|--:|--:|--:|
        | 1f2e | 1 | 0% | 1,000 | 50 | $0.2500 |

        ## Cache

        | hits | coalesced | misses | hit rate | faults | entries | size |
        |--:|--:|--:|--:|--:|--:|--:|
        | 1 | 0 | 0 | 100% | 0 | 2 | 2 KiB |
        ");
    }
}
