//! What each attempt and each question at the cache counts as.

use std::time::Duration;

use super::*;
use crate::orchestrator::Ending;
use crate::provider::{ErrorKind, ProviderError, ProviderId, Usage};

fn attempt(provider: &str, ending: Ending) -> Attempt {
    Attempt {
        provider: ProviderId(provider.into()),
        ending,
        started: Duration::ZERO,
        elapsed: Duration::from_millis(100),
        usage: Usage { input: 30, cached_input: 20, output: 10 },
        cost_usd: 0.25,
        is_hedge: false,
        is_repair: false,
    }
}

fn failed(kind: ErrorKind) -> Ending {
    Ending::Failed(ProviderError::new(kind, ""))
}

fn facts(id: &str) -> ProviderFacts {
    ProviderFacts {
        id: ProviderId(id.into()),
        dialect: "anthropic".into(),
        model: "m-1".into(),
        state: BreakerState::Open,
    }
}

fn report(metrics: &Metrics) -> Report {
    metrics.report([], Size::default())
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= expected.abs() * 0.032 + 1e-9, "{found}, not {expected}");
}

#[test]
fn every_failure_is_counted_under_its_class() {
    let kinds = [
        ErrorKind::RateLimited,
        ErrorKind::Overloaded,
        ErrorKind::Connection,
        ErrorKind::Timeout,
        ErrorKind::Quota,
        ErrorKind::Auth,
        ErrorKind::BadRequest,
        ErrorKind::ContextOverflow,
        ErrorKind::Truncated,
        ErrorKind::Refused,
        ErrorKind::Invalid,
    ];
    let metrics = Metrics::default();
    for (index, kind) in kinds.iter().enumerate() {
        for _ in 0..=index {
            metrics.attempt("google", &attempt("a", failed(*kind)));
        }
    }
    let report = report(&metrics);
    let value = serde_json::to_value(report.providers["a"].failures).unwrap();
    for (index, kind) in kinds.iter().enumerate() {
        assert_eq!(value[kind.as_str()], index + 1, "{kind:?}");
    }
    assert_eq!(value.as_object().unwrap().len(), kinds.len() + 1);
    assert_eq!(report.providers["a"].failures.total(), 66);
    assert_eq!(report.providers["a"].total_attempts, 66);
}

#[test]
fn a_cancelled_attempt_costs_and_says_nothing_about_the_provider() {
    let metrics = Metrics::default();
    metrics.attempt("google", &attempt("a", Ending::Success));
    let slow = Attempt {
        elapsed: Duration::from_mins(1),
        usage: Usage { input: 7, cached_input: 0, output: 1 },
        ..attempt("a", Ending::Cancelled)
    };
    metrics.attempt("google", &slow);
    metrics.attempt("google", &slow);
    let report = report(&metrics);
    let provider = &report.providers["a"];
    assert_eq!((provider.total_attempts, provider.successes), (3, 1));
    assert_eq!(provider.failures.cancelled, 2);
    near(provider.success_rate, 1.0);
    near(provider.average_tokens, 40.0);
    near(provider.average_time_ms, 100.0);
    near(provider.latency_ms.p99, 100.0);
    near(provider.cost_usd, 0.75);
    assert_eq!(provider.tokens, Tokens { input: 44, cached_input: 20, output: 12 });
    near(report.styles["google"].success_rate, 1.0);
    near(report.styles["google"].provider_breakdown["a"].success_rate, 1.0);
    assert_eq!(report.styles["google"].provider_breakdown["a"].attempts, 3);
}

#[test]
fn averages_are_over_all_that_ended_and_percentiles_over_successes() {
    let metrics = Metrics::default();
    for millis in 1..=100 {
        let elapsed = Duration::from_millis(millis);
        metrics.attempt("google", &Attempt { elapsed, ..attempt("a", Ending::Success) });
    }
    let elapsed = Duration::from_millis(20_150);
    metrics.attempt("google", &Attempt { elapsed, ..attempt("a", failed(ErrorKind::Timeout)) });
    let provider = &report(&metrics).providers["a"];
    near(provider.success_rate, 100.0 / 101.0);
    near(provider.average_time_ms, (5_050.0 + 20_150.0) / 101.0);
    let Percentiles { p50, p90, p99 } = provider.latency_ms;
    near(p50, 50.0);
    near(p90, 90.0);
    near(p99, 99.0);
    let plotted: u64 = provider.histogram.iter().map(|(_, count)| count).sum();
    assert_eq!(plotted, 100);
}

#[test]
fn the_cache_is_counted_apart() {
    let metrics = Metrics::default();
    for event in [CacheEvent::Hit, CacheEvent::Hit, CacheEvent::Miss] {
        metrics.cache(event);
    }
    metrics.cache(CacheEvent::Coalesced);
    metrics.cache(CacheEvent::Fault);
    let report = metrics.report([facts("a")], Size { entries: 3, bytes: 99 });
    let CacheReport { hits, misses, coalesced, faults, entries, bytes } = report.cache;
    assert_eq!((hits, misses, coalesced, faults, entries, bytes), (2, 1, 1, 1, 3, 99));
    assert_eq!(report.providers["a"].total_attempts, 0);
    near(report.providers["a"].success_rate, 0.0);
    assert!(report.styles.is_empty());
}

#[test]
fn hedges_and_repairs_are_counted() {
    let metrics = Metrics::default();
    let hedge = |ending| Attempt { is_hedge: true, ..attempt("b", ending) };
    metrics.attempt("numpy", &hedge(Ending::Success));
    metrics.attempt("numpy", &hedge(Ending::Cancelled));
    metrics.attempt("numpy", &hedge(failed(ErrorKind::Overloaded)));
    metrics.attempt("numpy", &Attempt { is_repair: true, ..attempt("b", Ending::Success) });
    let provider = &report(&metrics).providers["b"];
    assert_eq!(provider.hedges, Hedges { started: 3, won: 1 });
    assert_eq!(provider.repairs, 1);
}

/// Two configurations of one model are two providers, and the name they are counted
/// under is the name they are read under.
#[test]
fn everything_is_kept_under_the_identifier() {
    let metrics = Metrics::default();
    metrics.attempt("google", &attempt("work", Ending::Success));
    metrics.attempt("numpy", &attempt("work", failed(ErrorKind::Invalid)));
    metrics.attempt("numpy", &attempt("home", Ending::Success));
    let report = metrics.report([facts("work"), facts("idle")], Size::default());
    let names: Vec<&str> = report.providers.keys().map(String::as_str).collect();
    assert_eq!(names, ["home", "idle", "work"]);
    let work = &report.providers["work"];
    assert_eq!((work.dialect.as_str(), work.model.as_str()), ("anthropic", "m-1"));
    assert_eq!((work.state, work.total_attempts), (BreakerState::Open, 2));
    near(work.success_rate, 0.5);
    assert_eq!(report.providers["idle"].total_attempts, 0);
    let numpy = &report.styles["numpy"];
    assert_eq!((numpy.total_attempts, numpy.provider_breakdown["home"].attempts), (2, 1));
    near(numpy.success_rate, 0.5);
}

#[test]
fn the_object_has_the_documented_shape() {
    let metrics =
        Metrics { parts: Mutex::new(Parts { fresh: Tally::since(1), ..Parts::default() }) };
    let metrics_of = |id: &str| metrics.attempt("google", &attempt(id, Ending::Success));
    metrics_of("a");
    let text = serde_json::to_string_pretty(&metrics.report([facts("a")], Size::default()));
    insta::assert_snapshot!(text.unwrap(), @r#"
    {
      "providers": {
        "a": {
          "dialect": "anthropic",
          "model": "m-1",
          "state": "open",
          "totalAttempts": 1,
          "successes": 1,
          "failures": {
            "rateLimited": 0,
            "overloaded": 0,
            "connection": 0,
            "timeout": 0,
            "quota": 0,
            "auth": 0,
            "badRequest": 0,
            "contextOverflow": 0,
            "truncated": 0,
            "refused": 0,
            "invalid": 0,
            "cancelled": 0
          },
          "successRate": 1.0,
          "averageTokens": 40.0,
          "averageTimeMs": 100.0,
          "latencyMs": {
            "p50": 100.3515,
            "p90": 100.3515,
            "p99": 100.3515
          },
          "tokens": {
            "input": 30,
            "cachedInput": 20,
            "output": 10
          },
          "costUsd": 0.25,
          "hedges": {
            "started": 0,
            "won": 0
          },
          "repairs": 0
        }
      },
      "styles": {
        "google": {
          "totalAttempts": 1,
          "successRate": 1.0,
          "providerBreakdown": {
            "a": {
              "attempts": 1,
              "successRate": 1.0
            }
          }
        }
      },
      "cache": {
        "hits": 0,
        "misses": 0,
        "coalesced": 0,
        "faults": 0,
        "entries": 0,
        "bytes": 0
      },
      "since": "1970-01-01T00:00:01Z"
    }
    "#);
}

#[test]
fn what_cannot_be_written_is_still_counted() {
    let metrics = Metrics::default();
    metrics.attempt("google", &attempt("a", Ending::Success));
    let leaving = metrics.leave([]);
    metrics.attempt("google", &attempt("a", Ending::Success));
    assert_eq!(report(&metrics).providers["a"].successes, 2);
    metrics.left(&leaving, None);
    assert_eq!(report(&metrics).providers["a"].successes, 2);
    assert_eq!(metrics.leave([]).tally.providers["a"].styles["google"].successes, 2);
}

#[test]
fn a_reset_during_a_flush_is_not_undone() {
    let metrics = Metrics::default();
    metrics.attempt("google", &attempt("a", Ending::Success));
    let leaving = metrics.leave([]);
    metrics.reset();
    let written = leaving.tally.clone();
    metrics.left(&leaving, Some(written));
    assert!(report(&metrics).providers.is_empty());
    assert!(metrics.leave([]).is_reset);
}

/// What a file holds may be anything; adding it up must not wrap or stop.
#[test]
fn numbers_beyond_measure_are_the_largest() {
    let text = r#"{"since": 18446744073709551615, "providers": {"a": {"styles": {"google":
        {"successes": 18446744073709551615, "failures": {"auth": 18446744073709551615},
         "latency": [[3, 4294967295], [3, 4294967295]]}}}}}"#;
    let metrics = Metrics::default();
    metrics.keep(serde_json::from_str(text).unwrap());
    metrics.attempt("google", &attempt("a", Ending::Success));
    let report = report(&metrics);
    assert_eq!(report.providers["a"].successes, u64::MAX);
    assert_eq!(report.styles["google"].total_attempts, u64::MAX);
}

#[test]
fn workspaces_are_told_apart_within_bounds() {
    let metrics = Metrics::default();
    metrics.workspace("a", &attempt("claude", Ending::Success));
    metrics.workspace("a", &attempt("claude", failed(ErrorKind::Timeout)));
    metrics.workspace("a", &attempt("offline", Ending::Cancelled));
    metrics.workspace("b", &attempt("offline", Ending::Success));
    metrics.workspace("", &attempt("offline", Ending::Success));
    let found = report(&metrics).workspaces;
    assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), ["a", "b"]);
    let a = &found["a"];
    assert_eq!((a.total_attempts, a.successes, a.tokens.output), (3, 1, 30));
    near(a.success_rate, 0.5);
    near(a.cost_usd, 0.75);
    assert_eq!(a.provider_breakdown["claude"].attempts, 2);
    for index in 0..1000 {
        metrics.workspace(&format!("w{index}"), &attempt("offline", Ending::Success));
    }
    let found = report(&metrics).workspaces;
    assert_eq!(found.len(), 65);
    let sum: u64 = found.values().map(|workspace| workspace.total_attempts).sum();
    assert_eq!(sum, 1004, "none is lost");
    let kept = Metrics::default();
    kept.keep(metrics.leave([]).tally);
    kept.workspace("b", &attempt("offline", Ending::Success));
    assert_eq!(report(&kept).workspaces["b"].total_attempts, 2, "kept and counted");
    metrics.reset();
    assert!(report(&metrics).workspaces.is_empty());
}
