//! Ten thousand questions at the same time, and as many through the cache: none is lost,
//! none is answered twice or with the answer of another one, and nothing is left over.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use serde_json::{Value, json};

use super::fake::question;
use super::flow::config;
use crate::orchestrator::storage::Memory;
use crate::orchestrator::{
    Ask, Builder, Choice, GenerationConfig, Hedge, Orchestrator, Priority, Seeded,
};
use crate::provider::{
    Capabilities, Completion, CompletionRequest, Provider, ProviderError, ProviderId,
};

/// Says back what it is asked, after a time that depends on the question.
struct Echo {
    id: ProviderId,
    capabilities: Capabilities,
    calls: AtomicUsize,
    running: AtomicUsize,
}

struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Provider for Echo {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::SeqCst);
            self.running.fetch_add(1, Ordering::SeqCst);
            let _running = Running(&self.running);
            let text = &request.prompt.as_ref().unwrap().user;
            let millis = text.bytes().map(u64::from).sum::<u64>() * 37 % 1_500;
            tokio::time::sleep(Duration::from_millis(500 + millis)).await;
            Ok(Completion::content(json!({"echo": text})))
        })
    }
}

fn echo(id: &str, concurrency: usize) -> Arc<Echo> {
    let mut capabilities = Capabilities::unknown("openai-chat", "model");
    capabilities.concurrency = concurrency;
    let (calls, running) = Default::default();
    Arc::new(Echo { id: ProviderId(id.into()), capabilities, calls, running })
}

fn builder(echoes: &[Arc<Echo>], hedge: Hedge) -> Builder {
    let providers = echoes.iter().map(|echo| Arc::clone(echo) as Arc<dyn Provider>);
    let builder = Orchestrator::builder(providers.collect()).random(Arc::new(Seeded::new(3)));
    builder.config(GenerationConfig { hedge, ..config() })
}

/// Puts a question, and holds the answer against it.
async fn ask(orchestrator: &Orchestrator, text: String, priority: Priority) -> bool {
    let wanted = text.clone();
    let accept = move |content: &Value| match content["echo"].as_str() {
        Some(echo) if echo == wanted => Ok(()),
        _ => Err(vec!["it is the answer of another question".to_owned()]),
    };
    let ask = Ask { priority, ..Ask::new("google", Choice::Auto, question(&text)) };
    orchestrator.complete(ask, accept).await.unwrap().from_cache
}

async fn many(hedge: Hedge, concurrency: usize, priority: Priority, number: usize) {
    let echoes = [echo("a", concurrency), echo("b", concurrency)];
    let orchestrator = Arc::new(builder(&echoes, hedge).build());
    let core = Arc::downgrade(&orchestrator.core);
    let mut asked: FuturesUnordered<_> = (0..number)
        .map(|one| {
            let orchestrator = Arc::clone(&orchestrator);
            tokio::task::spawn(async move {
                ask(&orchestrator, format!("question {one}"), priority).await
            })
        })
        .collect();
    let mut answered = 0;
    while let Some(answer) = asked.next().await {
        answer.unwrap();
        answered += 1;
    }
    assert_eq!(answered, number);
    let report = orchestrator.report();
    let successes: u64 = report.providers.values().map(|one| one.successes).sum();
    let attempts: u64 = report.providers.values().map(|one| one.total_attempts).sum();
    let calls: usize = echoes.iter().map(|echo| echo.calls.load(Ordering::SeqCst)).sum();
    assert_eq!((successes, attempts), (number as u64, calls as u64));
    assert!(echoes.iter().all(|echo| echo.running.load(Ordering::SeqCst) == 0));
    assert_eq!(orchestrator.flights.len(), 0);
    assert!(orchestrator.core.arms.iter().all(|arm| arm.is_idle()));
    drop(orchestrator);
    assert!(core.upgrade().is_none(), "nothing holds what the questions shared");
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_questions_at_the_same_time() {
    many(Hedge::Adaptive, 20_000, Priority::Interactive, 10_000).await;
}

#[tokio::test(start_paused = true)]
async fn thousands_of_questions_in_a_queue() {
    many(Hedge::Off, 200, Priority::Bulk, 5_000).await;
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_questions_and_a_cache() {
    let echoes = [echo("a", 1_000), echo("b", 1_000)];
    let builder = builder(&echoes, Hedge::Off).storage(Arc::new(Memory::new(1 << 26)));
    let orchestrator = builder.build();
    let mut hits = 0;
    for _ in 0..10 {
        let all = (0..200).flat_map(|one| {
            let orchestrator = &orchestrator;
            (0..5).map(move |_| ask(orchestrator, format!("{one}"), Priority::Interactive))
        });
        let mut all: FuturesUnordered<_> = all.collect();
        while let Some(hit) = all.next().await {
            hits += usize::from(hit);
        }
    }
    let calls: usize = echoes.iter().map(|echo| echo.calls.load(Ordering::SeqCst)).sum();
    assert_eq!((calls, orchestrator.flights.len()), (200, 0));
    let cache = orchestrator.report().cache;
    assert_eq!(cache.hits + cache.misses + cache.coalesced, 10_000);
    assert!(hits >= 9_000, "{hits}");
}
