//! The orchestrator of this crate, asked through its public interface.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use docstring_ls::docstring::{Language, Symbol, SymbolKind};
use docstring_ls::orchestrator::{
    Ask, Choice, Clock, Fallback, GenerationConfig, Orchestrator, Seeded,
};
use docstring_ls::provider::{
    Allowance, Answer, BoxFuture, Capabilities, Completion, CompletionRequest, ErrorKind, Limits,
    Prices, Prompt, Provider, ProviderError, ProviderId, Usage,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::world::{CALL_USD, End, INPUT, Left, OUTPUT, SITES, World};

/// A provider of the world.
struct Remote {
    index: usize,
    id: ProviderId,
    capabilities: Capabilities,
    world: Arc<World>,
}

impl Remote {
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn new(index: usize, world: Arc<World>) -> Self {
        let mut capabilities = Capabilities::unknown("openai-chat", "model");
        let price = SITES[index].price * CALL_USD / 2.0 * 1e6;
        let (input, output) = (price / INPUT as f64, price / OUTPUT as f64);
        capabilities.prices = Some(Prices::flat(input, input, output));
        capabilities.context = 100_000;
        Self { index, id: ProviderId(SITES[index].name.into()), capabilities, world }
    }
}

fn limits(left: Left) -> Limits {
    let allowance = |(limit, remaining, reset)| Allowance {
        limit,
        remaining,
        reset: Duration::from_secs_f64(reset),
    };
    Limits { requests: left.map(allowance), ..Limits::default() }
}

impl Provider for Remote {
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
            let prompt = request.prompt.as_ref().unwrap();
            let question = prompt.user.trim().parse().unwrap();
            let (end, left) = self.world.call(self.index, question).await;
            let limits = limits(left);
            let fail =
                |kind| Err(ProviderError { limits, ..ProviderError::new(kind, "it is simulated") });
            match end {
                End::Good | End::Invalid => Ok(Completion {
                    answer: Answer::Content(json!(end == End::Good)),
                    usage: Usage { input: INPUT, cached_input: 0, output: OUTPUT },
                    limits,
                    ..Completion::content(Value::Null)
                }),
                End::Overloaded => fail(ErrorKind::Overloaded),
                End::Auth => fail(ErrorKind::Auth),
                End::Quota => fail(ErrorKind::Quota),
                End::Limited(rest) => {
                    let retry_after = Some(Duration::from_secs_f64(rest));
                    let error = ProviderError::new(ErrorKind::RateLimited, "it is simulated");
                    Err(ProviderError { retry_after, limits, ..error })
                }
            }
        })
    }
}

/// The clock of the paused runtime; its day begins with the run.
struct Virtual(Instant);

impl Clock for Virtual {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + self.0.elapsed()
    }

    fn sleep_until(&self, moment: Instant) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep_until(moment))
    }
}

/// An orchestrator over the providers of a world.
pub(crate) fn orchestrator(
    world: &Arc<World>,
    mut config: GenerationConfig,
    seed: u64,
) -> Orchestrator {
    let provider = |index| Arc::new(Remote::new(index, Arc::clone(world))) as Arc<dyn Provider>;
    config.fallback = Fallback::None;
    Orchestrator::builder((0..SITES.len()).map(provider).collect())
        .config(config)
        .clock(Arc::new(Virtual(Instant::now())))
        .random(Arc::new(Seeded::new(seed)))
        .build()
}

fn symbol() -> Symbol {
    Symbol::new(Language::Python, SymbolKind::Function, "f")
}

/// A question that holds its number, and room up to its size.
pub(crate) fn question(number: u64) -> Ask {
    let size = usize::try_from(INPUT).unwrap() * 33 / 10;
    let prompt = Prompt {
        system: String::new(),
        context: String::new(),
        user: format!("{number:<size$}"),
        schema: Value::Null,
        max_output: 300,
    };
    let request = CompletionRequest::prompted(Arc::new(symbol()), Arc::new(prompt));
    Ask::new("google", Choice::Auto, request)
}

/// Accepts `true`.
pub(crate) fn accept(content: &Value) -> Result<(), Vec<String>> {
    if *content == Value::Bool(true) { Ok(()) } else { Err(vec!["must be true".to_owned()]) }
}
