//! Our sides: the orchestrator over the real provider and the real network, that
//! provider alone, and the bare HTTP client.

use std::io::{BufRead, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use docstring_ls::docstring::{Language, Symbol, SymbolKind};
use docstring_ls::orchestrator::{
    Ask, Choice, Fallback, GenerationConfig, Hedge, Orchestrator, Tuning,
};
use docstring_ls::provider::network::Network;
use docstring_ls::provider::{
    Capabilities, CompletionRequest, Dialect, Prices, Prompt, Provider, ProviderId, Quirks, Remote,
    Settings,
};
use serde_json::{Value, json};

use super::world::{CALL_USD, INPUT, OUTPUT, SITES};
use super::{PORTS, SCALE};

/// What an order asks for.
#[derive(Clone)]
enum Side {
    Ours(Arc<Orchestrator>),
    Provider(Arc<Remote>),
    Http(reqwest::Client),
}

/// Reads orders, a line each (side, concurrency, questions), and answers each with a line
/// of JSON.
pub(crate) fn obey() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!("ready");
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let mut words = line.split_whitespace();
        let (side, at_once, count) = (words.next(), words.next(), words.next());
        let [at_once, count] = [at_once, count].map(|word| word.unwrap().parse().unwrap());
        let answer = runtime.block_on(run(side.unwrap(), at_once, count));
        println!("{answer}");
        std::io::stdout().flush().unwrap();
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn remote(index: usize) -> Remote {
    let mut capabilities = Capabilities::unknown("openai-chat", "model");
    let price = SITES[index].price * CALL_USD / SCALE / 2.0 * 1e6;
    let (input, output) = (price / INPUT as f64, price / OUTPUT as f64);
    capabilities.prices = Some(Prices::flat(input, input, output));
    capabilities.context = 100_000;
    capabilities.streaming = false;
    capabilities.concurrency = 64;
    capabilities.expected_time = Duration::from_secs_f64(2.0 / SCALE);
    let settings = Settings {
        id: ProviderId(SITES[index].name.into()),
        dialect: Dialect::OpenAiChat,
        base_url: format!("http://127.0.0.1:{}/v1", PORTS[index]),
        key: None,
        auth: None,
        headers: Vec::new(),
        capabilities,
        effort: None,
        quirks: Quirks::default(),
        ca_bundle: None,
    };
    Remote::new(settings, Arc::new(Network::new(None)))
}

fn side(name: &str) -> Side {
    let hedge = match name {
        "provider" => return Side::Provider(Arc::new(remote(0))),
        "http" => return Side::Http(reqwest::Client::builder().no_proxy().build().unwrap()),
        "hedge-off" => Hedge::Off,
        _ => Hedge::Adaptive,
    };
    let scaled = |seconds: f64| Duration::from_secs_f64(seconds / SCALE);
    let usual = Tuning::default();
    let config = GenerationConfig {
        hedge,
        timeout: scaled(30.0),
        fallback: Fallback::None,
        tuning: Tuning {
            min_hedge: usual.min_hedge.div_f64(SCALE),
            min_attempt: usual.min_attempt.div_f64(SCALE),
            ..usual
        },
        ..GenerationConfig::default()
    };
    let providers = (0..3).map(|index| Arc::new(remote(index)) as Arc<dyn Provider>);
    Side::Ours(Arc::new(Orchestrator::builder(providers.collect()).config(config).build()))
}

async fn run(name: &str, at_once: u64, count: u64) -> Value {
    let side = side(name);
    // The first connection and the first use of everything are nobody's overhead.
    for number in 0..5 {
        ask(&side, 1_000_000 + number).await;
    }
    let next = Arc::new(AtomicU64::new(0));
    let (cpu, began) = (cpu(), Instant::now());
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..at_once {
        let (side, next) = (side.clone(), Arc::clone(&next));
        workers.spawn(async move {
            let mut times = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return times;
                }
                let began = Instant::now();
                let is_good = ask(&side, number).await;
                times.push((is_good, began.elapsed().as_secs_f64() * 1e3));
            }
        });
    }
    let times: Vec<(bool, f64)> = workers.join_all().await.into_iter().flatten().collect();
    let good: Vec<f64> = times.iter().filter(|(good, _)| *good).map(|(_, time)| *time).collect();
    json!({ "good": good, "count": count, "wall": began.elapsed().as_secs_f64(),
        "cpu": cpu_since(cpu), "rss": rss() })
}

async fn ask(side: &Side, number: u64) -> bool {
    let question = question(number);
    match side {
        Side::Ours(orchestrator) => {
            let ask = Ask::new("google", Choice::Auto, question);
            orchestrator.complete(ask, accept).await.is_ok()
        }
        Side::Provider(remote) => remote.complete(&question).await.is_ok(),
        Side::Http(client) => {
            let text = &question.prompt.as_ref().unwrap().user;
            let messages = json!([{ "role": "user", "content": text }]);
            let body = json!({ "model": "model", "messages": messages }).to_string();
            let url = format!("http://127.0.0.1:{}/v1/chat/completions", PORTS[0]);
            let request = client.post(url).header("content-type", "application/json").body(body);
            let Ok(response) = request.send().await else { return false };
            let Ok(bytes) = response.bytes().await else { return false };
            let read: Result<Value, _> = serde_json::from_slice(&bytes);
            read.is_ok_and(|read| read.pointer("/choices/0/message/content").is_some())
        }
    }
}

fn accept(content: &Value) -> Result<(), Vec<String>> {
    match content.get("ok") {
        Some(Value::Bool(true)) => Ok(()),
        _ => Err(vec!["`/ok` must be true".to_owned()]),
    }
}

fn question(number: u64) -> CompletionRequest {
    let symbol = Symbol::new(Language::Python, SymbolKind::Function, "f");
    let prompt = Prompt {
        system: String::new(),
        context: String::new(),
        user: format!("question {number}; {}", "word ".repeat(800)),
        schema: json!({ "type": "object" }),
        max_output: 300,
    };
    CompletionRequest::prompted(Arc::new(symbol), Arc::new(prompt))
}

/// Nanoseconds of processor time of the threads of this process.
fn cpu() -> u64 {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let spent = |task: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    };
    tasks.filter_map(spent).sum()
}

/// Seconds since.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn cpu_since(before: u64) -> f64 {
    cpu().saturating_sub(before) as f64 / 1e9
}

/// Megabytes.
fn rss() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes.and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1e3
}
