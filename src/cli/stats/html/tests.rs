//! The page is complete in itself, whatever the names in it are.

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::orchestrator::storage::Size;
use crate::orchestrator::{Attempt, CacheEvent, Ending, Metrics};
use crate::provider::{ErrorKind, ProviderError, ProviderId, Usage};

fn kept(id: &str) -> Kept {
    let metrics = Metrics::default();
    let attempt = |ending, millis| Attempt {
        provider: ProviderId(id.into()),
        ending,
        started: Duration::ZERO,
        elapsed: Duration::from_millis(millis),
        usage: Usage { input: 1_000, cached_input: 400, output: 50 },
        cost_usd: 0.01,
        is_hedge: false,
        is_repair: false,
    };
    for millis in [90, 100, 130] {
        metrics.attempt("google", &attempt(Ending::Success, millis));
    }
    let error = ProviderError::new(ErrorKind::Timeout, "");
    metrics.attempt("google", &attempt(Ending::Failed(error), 500));
    metrics.attempt("google", &attempt(Ending::Cancelled, 500));
    metrics.cache(CacheEvent::Hit);
    metrics.cache(CacheEvent::Miss);
    let spending = BTreeMap::from([("2026-11-22".to_owned(), 0.05)]);
    Kept { report: metrics.report([], Size::default()), spending }
}

/// The text between tags, a line each.
fn words(page: &str) -> String {
    let body = page.split("</style>").nth(1).unwrap();
    let texts = body.split('<').filter_map(|part| part.split_once('>'));
    texts.map(|(_, text)| text.trim()).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("|")
}

#[test]
fn every_plot_has_a_name_a_description_and_a_table() {
    let page = page(&kept("claude"));
    let plots = page.matches("role=\"img\"").count();
    assert_eq!(plots, 9);
    assert_eq!(page.matches("<figure>").count(), plots);
    assert_eq!(page.matches("<caption>").count(), plots);
    for id in
        ["providers", "styles", "failures", "latency", "spread", "tokens", "cost", "days", "cache"]
    {
        assert!(page.contains(&format!("aria-labelledby=\"{id}-t {id}-d\"")), "{id}");
        assert!(page.contains(&format!("<title id=\"{id}-t\">")), "{id}");
        assert!(page.contains(&format!("<desc id=\"{id}-d\">")), "{id}");
    }
    let words = words(&page);
    for expected in [
        "Attempts|5|1 cancelled|Success rate|75.0%|3 accepted|Tokens|5.25k",
        "|Cost|$0.0500|",
        "|Cache hit rate|50.0%|1 of 2|",
        "|claude: 75.0%|",
        "|google, claude: 75.0%|",
        "|claude, timeout: 1; claude, cancelled: 1|",
        "|input from the prompt cache|",
        "|2026-11-22: $0.0500|",
        "|hits: 1; coalesced: 0; misses: 1|",
    ] {
        assert!(words.contains(expected), "{expected} is not in {words}");
    }
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_runs() {
    let page = page(&kept("claude"));
    for foreign in ["<script", "http:", "https:", "url(", "@import", "<link", "<img", " on", "href"]
    {
        let found = page.find(foreign).map(|at| &page[at.saturating_sub(40)..at + 40]);
        // Words between tags may begin with `on`.
        assert!(foreign == " on" || found.is_none(), "{foreign}: {found:?}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.contains("prefers-color-scheme: dark"));
}

#[test]
fn hostile_names_stay_text() {
    let page = page(&kept("<img src=x onerror=\"a()\">&\u{202e}"));
    assert!(!page.contains("<img"));
    assert!(!page.contains('\u{202e}'));
    assert!(page.contains("&lt;img src=x onerror=&quot;a()&quot;&gt;&amp;"));
}

#[test]
fn without_numbers_there_is_still_a_page() {
    let report = Metrics::default().report([], Size::default());
    let page = page(&Kept { report, spending: BTreeMap::new() });
    assert!(page.contains("No provider was asked yet"));
    assert!(!page.contains("role=\"img\""));
    assert!(!page.contains("NaN") && !page.contains("inf"));
}
