//! What the orchestrator adds to a question, and what it holds: with providers that
//! answer at once, so that nothing else is measured.
//!
//! ```text
//! cargo bench --bench questions
//! ```

#![allow(clippy::unwrap_used, reason = "a bench that cannot run has to stop")]
#![allow(clippy::print_stdout, clippy::indexing_slicing, reason = "a bench says what it measured")]

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use docstring_ls::docstring::Language;
use docstring_ls::orchestrator::storage::Memory;
use docstring_ls::orchestrator::{Ask, Builder, Choice, GenerationConfig, Hedge, Orchestrator};
use docstring_ls::provider::{
    BoxFuture, Capabilities, Completion, CompletionRequest, Prompt, Provider, ProviderError,
    ProviderId,
};
use docstring_ls::syntax::Source;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::runtime::{Builder as RuntimeBuilder, Runtime};

/// Questions at the same time.
const QUESTIONS: usize = 10_000;

fn main() {
    flat();
    divan::main();
}

/// Says back what it is asked, at once or after a while.
struct Echo {
    id: ProviderId,
    capabilities: Capabilities,
    after: Option<Duration>,
    calls: AtomicUsize,
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
            self.calls.fetch_add(1, Ordering::Relaxed);
            if let Some(after) = self.after {
                tokio::time::sleep(after).await;
            }
            let text = request.prompt.as_ref().map(|prompt| prompt.user.as_str());
            Ok(Completion::content(json!({ "echo": text })))
        })
    }
}

fn echo(id: &str, after: Option<Duration>) -> Arc<Echo> {
    let mut capabilities = Capabilities::unknown("openai-chat", "model");
    capabilities.concurrency = 2 * QUESTIONS;
    Arc::new(Echo { id: ProviderId(id.into()), capabilities, after, calls: AtomicUsize::new(0) })
}

fn builder(echoes: &[Arc<Echo>]) -> Builder {
    let providers = echoes.iter().map(|echo| Arc::clone(echo) as Arc<dyn Provider>);
    let config = GenerationConfig { hedge: Hedge::Off, ..GenerationConfig::default() };
    Orchestrator::builder(providers.collect()).config(config)
}

fn runtime(paused: bool) -> Runtime {
    RuntimeBuilder::new_current_thread().enable_time().start_paused(paused).build().unwrap()
}

/// The questions, about one function.
fn questions() -> impl Iterator<Item = Ask> {
    let source = Source::parse(Language::Python, "a.py", "def f(x):\n    return x\n".into());
    let symbol = Arc::new(source.unwrap().symbols(|_| true).remove(0));
    (0_usize..).map(move |number| {
        let prompt = Prompt {
            system: "You write docstrings.".repeat(50),
            context: String::new(),
            user: format!("question {number}"),
            schema: json!({ "type": "object" }),
            max_output: 300,
        };
        let request = CompletionRequest::prompted(Arc::clone(&symbol), Arc::new(prompt));
        Ask::new("google", Choice::Auto, request)
    })
}

async fn put(orchestrator: &Orchestrator, ask: Ask) {
    let accept = |content: &Value| content["echo"].as_str().map(drop).ok_or_else(Vec::new);
    black_box(orchestrator.complete(ask, accept).await.unwrap());
}

/// Kilobytes that this process holds; `None` where that is not to be had.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Says how much is held after each of several rounds of questions at the same time, and
/// after as many from the cache: it must not grow.
fn flat() {
    let echoes = [echo("a", Some(Duration::from_secs(1))), echo("b", Some(Duration::from_secs(1)))];
    let orchestrator = builder(&echoes).storage(Arc::new(Memory::new(1 << 26))).build();
    runtime(true).block_on(async {
        for round in 0..12 {
            let asks: Vec<Ask> = questions().take(QUESTIONS).collect();
            join_all(asks.into_iter().map(|ask| put(&orchestrator, ask))).await;
            let calls: usize = echoes.iter().map(|echo| echo.calls.load(Ordering::Relaxed)).sum();
            let held = resident().unwrap_or_default() / 1_024;
            println!("round {round}: {QUESTIONS} questions, {calls} calls so far, {held} MB held");
        }
    });
}

/// One question to one of three providers that answer at once.
#[divan::bench]
fn a_question(bencher: Bencher<'_, '_>) {
    let orchestrator = builder(&[echo("a", None), echo("b", None), echo("c", None)]).build();
    let (runtime, mut questions) = (runtime(false), questions());
    bencher
        .with_inputs(|| questions.next().unwrap())
        .bench_local_values(|ask| runtime.block_on(put(&orchestrator, ask)));
}

/// The same question again and again, from the cache in memory.
#[divan::bench]
fn b_cached(bencher: Bencher<'_, '_>) {
    let storage = Arc::new(Memory::new(1 << 26));
    let orchestrator = builder(&[echo("a", None)]).storage(storage).build();
    let (runtime, ask) = (runtime(false), questions().next().unwrap());
    bencher
        .with_inputs(|| ask.clone())
        .bench_local_values(|ask| runtime.block_on(put(&orchestrator, ask)));
}

/// A thousand callers of one question.
#[divan::bench(sample_count = 20)]
fn c_joined(bencher: Bencher<'_, '_>) {
    let orchestrator = builder(&[echo("a", Some(Duration::from_millis(1)))]).build();
    let (runtime, mut questions) = (runtime(true), questions());
    bencher
        .counter(ItemsCount::new(1_000_usize))
        .with_inputs(|| questions.next().unwrap())
        .bench_local_values(|ask| {
            let all = (0..1_000).map(|_| put(&orchestrator, ask.clone()));
            runtime.block_on(join_all(all))
        });
}
