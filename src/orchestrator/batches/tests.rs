//! Batches on a clock of their own: looks, money, what is remembered, who else is there.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;
use serde_json::json;
use tokio::time::Instant;

use super::journal::{Group, Record};
use super::*;
use crate::docstring::{Language, Symbol, SymbolKind};
use crate::orchestrator::ledger::SetAside;
use crate::orchestrator::state::StateFile;
use crate::orchestrator::storage::{Memory, Storage};
use crate::orchestrator::{GenerationConfig, SystemClock};
use crate::provider::{
    Answer, BatchLimits, BatchState, Batched, Capabilities, Completion, Prices, Prompt, Provider,
    Usage,
};

type Looked = Result<BatchState, ProviderError>;

/// An endpoint that does what a test tells it.
struct Endpoint {
    id: ProviderId,
    capabilities: Capabilities,
    limits: BatchLimits,
    /// What becomes of what is handed in next; then it is taken.
    refusals: Mutex<VecDeque<ProviderError>>,
    /// What looks tell; then batches have ended.
    states: Mutex<VecDeque<Looked>>,
    looks: Mutex<Vec<Instant>>,
    /// The questions of each batch, by name.
    batches: Mutex<Vec<Vec<String>>>,
    /// What is answered about a question, by its text.
    answer: fn(&str) -> Option<Batched>,
}

const USAGE: Usage = Usage { input: 1_000, cached_input: 0, output: 200 };

#[expect(clippy::unnecessary_wraps, reason = "what an endpoint has")]
fn said(text: &str) -> Batched {
    Ok(Completion {
        answer: Answer::Text(text.to_owned()),
        usage: USAGE,
        model: Some("m-1".to_owned()),
        ..Completion::content(Value::Null)
    })
}

#[expect(clippy::unnecessary_wraps, reason = "what an endpoint has")]
fn good(_: &str) -> Option<Batched> {
    Some(said("{\"ok\": true}"))
}

impl Endpoint {
    fn new(answer: fn(&str) -> Option<Batched>) -> Self {
        let mut capabilities = Capabilities::unknown("anthropic", "m");
        capabilities.prices = Some(Prices { batch: 0.5, ..Prices::flat(1_000.0, 100.0, 2_000.0) });
        capabilities.context = 2_000;
        let (refusals, states, looks, batches) = Default::default();
        Self {
            id: ProviderId("remote".into()),
            capabilities,
            limits: BatchLimits { questions: 100, bytes: 100_000 },
            refusals,
            states,
            looks,
            batches,
            answer,
        }
    }

    fn looking(self, states: impl IntoIterator<Item = Looked>) -> Self {
        *self.states.lock().unwrap() = states.into_iter().collect();
        self
    }

    /// How many questions each batch had.
    fn sizes(&self) -> Vec<usize> {
        self.batches.lock().unwrap().iter().map(Vec::len).collect()
    }
}

impl Provider for Endpoint {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn complete<'a>(
        &'a self,
        _request: &'a CompletionRequest,
    ) -> BoxFuture<'a, Result<Completion, ProviderError>> {
        Box::pin(async { panic!("nothing is asked singly") })
    }

    fn batches(&self) -> Option<&dyn Batches> {
        Some(self)
    }
}

impl Batches for Endpoint {
    fn limits(&self) -> BatchLimits {
        self.limits
    }

    fn item(&self, name: &str, request: &CompletionRequest) -> Option<String> {
        Some(format!("{name} {}", request.prompt.as_ref()?.user))
    }

    fn submit<'a>(&'a self, items: &'a [String]) -> BoxFuture<'a, Result<String, ProviderError>> {
        Box::pin(async move {
            if let Some(refusal) = self.refusals.lock().unwrap().pop_front() {
                return Err(refusal);
            }
            let mut batches = self.batches.lock().unwrap();
            batches.push(items.to_vec());
            Ok((batches.len() - 1).to_string())
        })
    }

    fn state<'a>(&'a self, _batch: &'a str) -> BoxFuture<'a, Looked> {
        self.looks.lock().unwrap().push(Instant::now());
        let state = self.states.lock().unwrap().pop_front();
        Box::pin(async { state.unwrap_or(Ok(BatchState::Ended)) })
    }

    fn results<'a>(
        &'a self,
        batch: &'a str,
    ) -> BoxFuture<'a, Result<HashMap<String, Batched>, ProviderError>> {
        Box::pin(async move {
            let batches = self.batches.lock().unwrap();
            let items = &batches[batch.parse::<usize>().unwrap()];
            let answered = items.iter().filter_map(|item| {
                let (name, text) = item.split_once(' ')?;
                Some((name.to_owned(), (self.answer)(text)?))
            });
            Ok(answered.collect())
        })
    }
}

/// A process with this folder for its state.
struct Process {
    orchestrator: Orchestrator,
    storage: Arc<Memory>,
}

impl Process {
    fn new(endpoint: &Arc<Endpoint>, folder: &Path) -> Self {
        Self::with(endpoint, folder, GenerationConfig::default())
    }

    fn with(endpoint: &Arc<Endpoint>, folder: &Path, config: GenerationConfig) -> Self {
        let storage = Arc::new(Memory::default());
        let provider = Arc::clone(endpoint) as Arc<dyn Provider>;
        let orchestrator = Orchestrator::builder(vec![provider])
            .clock(Arc::new(SystemClock))
            .config(config)
            .storage(Arc::clone(&storage) as Arc<dyn Storage>)
            .state(Arc::new(StateFile::new(folder.join("state.json"))))
            .build();
        Self { orchestrator, storage }
    }

    fn batching(&self) -> Batching {
        self.orchestrator.batching(&Choice::Auto).unwrap()
    }

    fn spent(&self) -> f64 {
        self.orchestrator.core.ledger.spent_today()
    }
}

fn ask(text: &str) -> Ask {
    let prompt = Prompt {
        system: "You write docstrings.".into(),
        context: String::new(),
        user: text.into(),
        schema: json!({"type": "object"}),
        max_output: 300,
    };
    let symbol = Symbol::new(Language::Python, SymbolKind::Function, "f");
    let request = CompletionRequest::prompted(Arc::new(symbol), Arc::new(prompt));
    let mut ask = Ask::new("google", Choice::Auto, request);
    ask.scope = "workspace".to_owned();
    ask
}

fn accept(content: &Value) -> Result<(), Vec<String>> {
    match content.get("ok").and_then(Value::as_bool) {
        Some(true) => Ok(()),
        _ => Err(vec!["`/ok` must be true".to_owned()]),
    }
}

async fn hand_in(batching: &mut Batching, texts: &[&str]) -> Result<(), BatchError> {
    let mut draft = batching.draft().await?;
    for text in texts {
        draft.add(&ask(text)).await?;
    }
    draft.submit().await
}

fn failing(kind: ErrorKind) -> ProviderError {
    ProviderError::new(kind, "not now")
}

/// How many records there are.
fn records(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder.join("batches")).into_iter().flatten().flatten();
    files.filter(|file| file.path().extension().is_some_and(|end| end == "json")).count()
}

#[tokio::test(start_paused = true)]
async fn from_the_question_to_the_kept_answer() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Arc::new(Endpoint::new(|text| match text {
        "silent" => None,
        "wrong" => Some(said("{\"ok\": false}")),
        "expired" => Some(Err(failing(ErrorKind::Timeout))),
        _ => good(text),
    }));
    let process = Process::new(&endpoint, folder.path());
    let mut batching = process.batching();
    let texts = ["a", "b", "wrong", "silent", "expired", "a"];
    for text in texts {
        let standing = batching.standing(&ask(text), accept).await;
        assert!(matches!(standing, Standing::Open(cost) if cost > 0.0), "{standing:?}");
    }
    let long = ask(&"x".repeat(10_000));
    assert_eq!(batching.standing(&long, accept).await, Standing::Single);
    assert!(process.spent() <= 0.0);
    hand_in(&mut batching, &texts).await.unwrap();
    // Equal questions are one.
    assert_eq!(endpoint.sizes(), [5]);
    assert_eq!(batching.standing(&ask("a"), accept).await, Standing::Submitted);
    assert!(process.spent() > 1.5, "{}", process.spent());
    assert_eq!((batching.on_their_way(), batching.questions()), (vec!["0"], 5));
    batching.wait(|_| ()).await.unwrap();
    batching.fetch().await.unwrap();
    let mut admitted = Vec::new();
    for text in ["a", "wrong", "silent", "expired", "unknown"] {
        admitted.push(batching.admit(&ask(text), accept).await);
    }
    let refused = |reason: &str| Admitted::Refused(reason.to_owned());
    assert_eq!(
        admitted,
        [
            Admitted::Kept,
            refused("the answer was not accepted: `/ok` must be true"),
            refused("the batch has no answer for it"),
            refused("not now"),
            Admitted::None,
        ]
    );
    // Nobody asked about `b` any more; it is kept all the same, and was paid.
    let fetched = batching.finish().await;
    assert_eq!((fetched.answers, fetched.unclaimed), (1, 1));
    let each = 0.5 * (1_000.0 * 1_000.0 + 200.0 * 2_000.0) / 1e6;
    assert!((fetched.cost_usd - 3.0 * each).abs() < 1e-9, "{}", fetched.cost_usd);
    assert!((process.spent() - 3.0 * each).abs() < 1e-6, "{}", process.spent());
    for text in ["a", "b"] {
        assert_eq!(batching.standing(&ask(text), accept).await, Standing::Answered);
    }
    assert_eq!((records(folder.path()), process.storage.size().entries), (0, 2));
    let answer = process.orchestrator.complete(ask("a"), accept).await.unwrap();
    assert!(answer.from_cache && &*answer.model == "m-1");
    // Counted, but not timed.
    let report = process.orchestrator.report();
    let counted = &report.providers["remote"];
    assert_eq!((counted.successes, counted.total_attempts), (2, 5));
    assert!(counted.average_time_ms <= 0.0);
    assert!((counted.cost_usd - 3.0 * each).abs() < 1e-9);
}

#[tokio::test(start_paused = true)]
async fn looks_are_less_and_less_often_and_troubles_pass() {
    let folder = tempfile::tempdir().unwrap();
    let running = |done| Ok(BatchState::Running { done, total: 2 });
    let limited = ProviderError {
        retry_after: Some(Duration::from_secs(90)),
        ..failing(ErrorKind::RateLimited)
    };
    let mut states: Vec<Looked> = (0..10).map(|_| running(0)).collect();
    states.extend([
        Err(failing(ErrorKind::Connection)),
        Err(limited),
        Err(failing(ErrorKind::Overloaded)),
        running(1),
    ]);
    let endpoint = Arc::new(Endpoint::new(good).looking(states));
    let process = Process::new(&endpoint, folder.path());
    let mut batching = process.batching();
    hand_in(&mut batching, &["a", "b"]).await.unwrap();
    let mut told = Vec::new();
    batching.wait(|progress| told.push(progress)).await.unwrap();
    let looks = endpoint.looks.lock().unwrap();
    let pauses = looks.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64().round());
    assert_eq!(
        pauses.collect::<Vec<_>>(),
        [0.0, 1.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0, 90.0, 60.0, 60.0]
    );
    let troubles = told.iter().filter(|told| matches!(told, Progress::Trouble(_)));
    assert_eq!(troubles.count(), 1);
    assert!(told.contains(&Progress::Done { done: 1, total: 2 }), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn another_process_goes_on_where_one_was_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Arc::new(Endpoint::new(good));
    let first = Process::new(&endpoint, folder.path());
    let mut batching = first.batching();
    hand_in(&mut batching, &["a", "b"]).await.unwrap();
    let reserved = first.spent();
    drop((batching, first));
    let second = Process::new(&endpoint, folder.path());
    assert!((second.spent() - reserved).abs() < 1e-9, "{} {reserved}", second.spent());
    let mut batching = second.batching();
    assert_eq!(batching.standing(&ask("a"), accept).await, Standing::Submitted);
    // What stands in the way of another folder is its own.
    let keys: Vec<Key> = batching.key(&ask("elsewhere")).into_iter().collect();
    batching.keep_to(keys.into_iter());
    assert_eq!(batching.questions(), 0);
    let mut batching = second.batching();
    hand_in(&mut batching, &["a", "c"]).await.unwrap();
    assert_eq!((endpoint.sizes(), batching.questions()), (vec![2, 1], 3));
    batching.wait(|_| ()).await.unwrap();
    batching.fetch().await.unwrap();
    for text in ["a", "c"] {
        assert_eq!(batching.admit(&ask(text), accept).await, Admitted::Kept);
    }
    let fetched = batching.finish().await;
    assert_eq!((fetched.answers, fetched.unclaimed), (2, 1));
    assert!((second.spent() - fetched.cost_usd).abs() < 1e-6, "{}", second.spent());
    assert_eq!(records(folder.path()), 0);
}

#[tokio::test(start_paused = true)]
async fn two_processes_at_once_pay_once() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Arc::new(Endpoint::new(good));
    let (one, two) =
        (Process::new(&endpoint, folder.path()), Process::new(&endpoint, folder.path()));
    let (mut first, mut second) = (one.batching(), two.batching());
    let both = tokio::join!(hand_in(&mut first, &["a", "b"]), hand_in(&mut second, &["b", "a"]));
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(endpoint.sizes(), [2]);
    for batching in [&mut first, &mut second] {
        batching.wait(|_| ()).await.unwrap();
        batching.fetch().await.unwrap();
        batching.finish().await;
    }
    assert_eq!((one.storage.size().entries, two.storage.size().entries), (2, 0));
    // Whoever holds the folder too long is not waited for.
    let lock = first.lock().await.unwrap();
    assert!(matches!(second.fetch().await, Err(BatchError::Busy)));
    drop(lock);
    second.fetch().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_split_at_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    let mut endpoint = Endpoint::new(good);
    endpoint.limits = BatchLimits { questions: 2, bytes: 1_000 };
    let endpoint = Arc::new(endpoint);
    let process = Process::new(&endpoint, folder.path());
    let mut batching = process.batching();
    let wide = "w".repeat(900);
    hand_in(&mut batching, &["a", "b", "c", &wide, "d"]).await.unwrap();
    assert_eq!((endpoint.sizes(), records(folder.path())), (vec![2, 1, 1, 1], 4));
    for batch in endpoint.batches.lock().unwrap().iter() {
        assert!(batch.iter().map(|item| item.len() + 1).sum::<usize>() <= 1_000);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_taken_is_not_paid() {
    for (kind, is_paid) in [
        (ErrorKind::Auth, false),
        (ErrorKind::BadRequest, false),
        (ErrorKind::Overloaded, false),
        // It may have arrived.
        (ErrorKind::Connection, true),
        (ErrorKind::Timeout, true),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let endpoint = Arc::new(Endpoint::new(good));
        endpoint.refusals.lock().unwrap().push_back(failing(kind));
        let process = Process::new(&endpoint, folder.path());
        let mut batching = process.batching();
        let error = hand_in(&mut batching, &["a"]).await.unwrap_err().to_string();
        assert_eq!(error.contains("may have arrived"), is_paid, "{error}");
        assert_eq!(process.spent() > 0.0, is_paid, "{kind:?}");
        assert_eq!((records(folder.path()), batching.questions()), (0, 0));
        hand_in(&mut batching, &["a"]).await.unwrap();
        assert_eq!(endpoint.sizes(), [1]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_as_a_whole_is_forgotten() {
    let gone = ProviderError { status: Some(404), ..failing(ErrorKind::BadRequest) };
    for (state, is_paid) in
        [(Ok(BatchState::Failed(failing(ErrorKind::RateLimited))), false), (Err(gone), true)]
    {
        let folder = tempfile::tempdir().unwrap();
        let endpoint = Arc::new(Endpoint::new(good).looking([state]));
        let process = Process::new(&endpoint, folder.path());
        let mut batching = process.batching();
        hand_in(&mut batching, &["a"]).await.unwrap();
        let mut told = Vec::new();
        batching.wait(|progress| told.push(progress)).await.unwrap();
        assert!(matches!(&told[..], [Progress::Lost { .. }]), "{told:?}");
        assert_eq!(process.spent() > 0.0, is_paid);
        assert_eq!((records(folder.path()), batching.questions()), (0, 0));
        batching.fetch().await.unwrap();
        assert_eq!(batching.admit(&ask("a"), accept).await, Admitted::None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_lets_nobody_look_keeps_the_batch() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Arc::new(Endpoint::new(good).looking([Err(failing(ErrorKind::Auth))]));
    let process = Process::new(&endpoint, folder.path());
    let mut batching = process.batching();
    hand_in(&mut batching, &["a"]).await.unwrap();
    batching.wait(|_| ()).await.unwrap_err();
    assert_eq!((records(folder.path()), process.batching().questions()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_budget_is_a_hard_stop() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Arc::new(Endpoint::new(good));
    let config = GenerationConfig { daily_budget_usd: Some(1.0), ..GenerationConfig::default() };
    let process = Process::with(&endpoint, folder.path(), config);
    let mut batching = process.batching();
    // About a third of a dollar each, at most.
    batching.afford(1.0).await.unwrap();
    assert!(matches!(batching.afford(1.01).await, Err(BatchError::Budget(_))));
    let error = hand_in(&mut batching, &["a", "b", "c", "d"]).await.unwrap_err();
    assert!(matches!(&error, BatchError::Budget(_)), "{error}");
    assert_eq!((endpoint.sizes(), records(folder.path())), (vec![], 0));
    assert!(process.spent() <= 0.0);
    hand_in(&mut batching, &["a", "b"]).await.unwrap();
    assert_eq!(endpoint.sizes(), [2]);
}

#[tokio::test(start_paused = true)]
async fn what_is_remembered_may_be_anything() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Arc::new(Endpoint::new(good));
    let process = Process::new(&endpoint, folder.path());
    let journal = Journal::new(folder.path().join("batches"));
    let write = |provider: &str, batch: Option<&str>, days: u64, key: &str| {
        let keys = vec![key.to_owned()];
        let group = Group { style: "google".into(), scope: String::new(), keys };
        let at = SystemTime::now() - Duration::from_hours(24 * days);
        let mut record = Record::new(provider, SetAside::default(), vec![group], at);
        record.batch = batch.map(str::to_owned);
        journal.write(&record).unwrap()
    };
    let key = |digit: &str| digit.repeat(64);
    write("remote", Some("0"), 1, &key("a"));
    write("other", Some("1"), 1, &key("b"));
    let broken_off = write("remote", None, 1, &key("c"));
    let old = write("remote", Some("2"), 40, &key("d"));
    write("remote", Some("3"), 2, "no key");
    for (name, text) in [("x.json", "{"), ("y.json", "{\"format\": 7}"), ("z.txt", "")] {
        std::fs::write(folder.path().join("batches").join(name), text).unwrap();
    }
    std::fs::create_dir(folder.path().join("batches/folder.json")).unwrap();
    let mut batching = process.batching();
    assert_eq!(batching.on_their_way(), ["3", "0"]);
    assert!(!old.exists() && broken_off.exists());
    let draft = batching.draft().await.unwrap();
    assert_eq!(draft.lost(), 1);
    drop(draft);
    assert!(!broken_off.exists());
    let mode = std::fs::metadata(folder.path().join("batches")).unwrap();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode.permissions()) & 0o777, 0o700);
}

#[test]
fn a_key_is_read_as_it_is_written() {
    let key = Key(std::array::from_fn(|at| u8::try_from(at * 8).unwrap()));
    assert_eq!(Key::from_hex(&key.to_string()), Some(key));
    let digits = "0".repeat(63);
    for wrong in
        ["", "00", &format!("{digits}g"), &format!("{digits}00"), &format!("{digits}\u{e9}")]
    {
        assert_eq!(Key::from_hex(wrong), None, "{wrong}");
    }
}
