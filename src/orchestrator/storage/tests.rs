//! What every storage must do, whatever it is made of.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::json;
use tokio::task::JoinSet;

use super::*;
use crate::docstring::{Language, Symbol, SymbolKind};

const HOUR: Duration = Duration::from_hours(1);

/// An entry with these words.
pub(super) fn entry(scope: &str, words: &str) -> Entry {
    Entry {
        content: json!({ "summary": words, "params": [], "description": null }),
        provider: "claude".to_owned(),
        model: "a-model".to_owned(),
        input: 1200,
        cached_input: 1000,
        output: 80,
        scope: scope.to_owned(),
        written: SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_123_456),
    }
}

/// The facts about a function of this name.
pub(super) fn symbol(name: &str) -> Symbol {
    Symbol::new(Language::Python, SymbolKind::Function, name)
}

/// A key that belongs to this number.
pub(super) fn key(number: u64) -> Key {
    let mut key = [0xa5; 32];
    key[..8].copy_from_slice(&number.to_le_bytes());
    Key(key)
}

/// A clock that goes on when it is told to.
#[derive(Clone, Default)]
pub(super) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(super) fn advance(&self, by: Duration) {
        self.0.fetch_add(u64::try_from(by.as_millis()).unwrap(), Ordering::SeqCst);
    }

    pub(super) fn clock(&self) -> Clock {
        let millis = Arc::clone(&self.0);
        Arc::new(move || {
            let begin = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
            begin + Duration::from_millis(millis.load(Ordering::SeqCst))
        })
    }
}

/// Puts what begins now.
pub(super) async fn put(storage: &dyn Storage, number: u64, entry: &Entry) {
    let began = storage.begin();
    storage.put(&key(number), entry.clone(), HOUR, began).await.unwrap();
}

pub(super) async fn get(storage: &dyn Storage, number: u64) -> Option<Entry> {
    storage.get(&key(number)).await.unwrap()
}

async fn has(storage: &dyn Storage, numbers: impl IntoIterator<Item = u64>) -> Vec<u64> {
    let mut found = Vec::new();
    for number in numbers {
        if get(storage, number).await.is_some() {
            found.push(number);
        }
    }
    found
}

/// Runs everything that all storages promise. `advance` moves the storage's clock; one
/// that has none of its own is waited for.
pub(super) async fn check_storage(
    storage: Arc<dyn Storage>,
    advance: Option<&(dyn Fn(Duration) + Send + Sync)>,
) {
    what_is_put_is_got(&*storage).await;
    entries_grow_old(&*storage, advance).await;
    scopes_are_cleared_apart(&*storage).await;
    late_answers_stay_out(&*storage).await;
    size_follows(&*storage).await;
    many_write_at_once(&storage).await;
    a_clearing_wins_over_writers_under_way(&storage).await;
}

async fn what_is_put_is_got(storage: &dyn Storage) {
    assert_eq!(get(storage, 1).await, None);
    let first = entry("a", "Größe \u{1f980}\u{2028}\"'\\\0 of\r\nit.");
    put(storage, 1, &first).await;
    put(storage, 2, &entry("\u{1f980} /Ω", "Other.")).await;
    assert_eq!(get(storage, 1).await, Some(first));
    assert_eq!(get(storage, 1).await.unwrap().usage().total(), 1280);
    let second = entry("b", "Newer.");
    put(storage, 1, &second).await;
    assert_eq!(get(storage, 1).await, Some(second));
    assert_eq!(get(storage, 2).await, Some(entry("\u{1f980} /Ω", "Other.")));
    storage.remove(&key(1)).await.unwrap();
    storage.remove(&key(99)).await.unwrap();
    assert_eq!(has(storage, 0..4).await, [2]);
    let large = entry("a", &"x".repeat(2 << 20));
    let refused = storage.put(&key(3), large, HOUR, storage.begin()).await;
    assert!(refused.unwrap_err().0.contains("too large"));
    assert_eq!(get(storage, 3).await, None);
}

async fn entries_grow_old(
    storage: &dyn Storage,
    advance: Option<&(dyn Fn(Duration) + Send + Sync)>,
) {
    let short = Duration::from_millis(40);
    storage.put(&key(11), entry("a", "Long."), HOUR, storage.begin()).await.unwrap();
    storage.put(&key(12), entry("a", "Short."), short, storage.begin()).await.unwrap();
    storage.put(&key(13), entry("a", "Ages."), Duration::MAX, storage.begin()).await.unwrap();
    if let Some(advance) = advance {
        advance(Duration::from_millis(39));
        assert_eq!(has(storage, 11..14).await, [11, 12, 13]);
        advance(Duration::from_millis(1));
    } else {
        let started = Instant::now();
        while get(storage, 12).await.is_some() {
            assert!(started.elapsed() < Duration::from_secs(5), "it does not grow old");
        }
    }
    assert_eq!(has(storage, 11..14).await, [11, 13]);
    // A newer one lives as long as itself.
    put(storage, 12, &entry("a", "New.")).await;
    if let Some(advance) = advance {
        advance(HOUR / 2);
    }
    assert_eq!(has(storage, 11..14).await, [11, 12, 13]);
    if let Some(advance) = advance {
        advance(HOUR);
        assert_eq!(has(storage, 11..14).await, [13]);
    }
}

async fn scopes_are_cleared_apart(storage: &dyn Storage) {
    for (number, scope) in [(21, "a"), (22, "b"), (23, "a*"), (24, ""), (25, "a")] {
        put(storage, number, &entry(scope, "Words.")).await;
    }
    storage.clear(&Which::Scope("a".to_owned())).await.unwrap();
    assert_eq!(has(storage, 21..26).await, [22, 23, 24]);
    put(storage, 21, &entry("a", "Words.")).await;
    storage.clear(&Which::Scope("*".to_owned())).await.unwrap();
    storage.clear(&Which::Scope(String::new())).await.unwrap();
    assert_eq!(has(storage, 21..26).await, [21, 22, 23]);
    storage.clear(&Which::All).await.unwrap();
    assert_eq!(has(storage, 0..30).await, [0; 0]);
}

async fn late_answers_stay_out(storage: &dyn Storage) {
    let before = storage.begin();
    storage.clear(&Which::Scope("a".to_owned())).await.unwrap();
    storage.put(&key(31), entry("a", "Late."), HOUR, before).await.unwrap();
    storage.put(&key(32), entry("b", "Another's."), HOUR, before).await.unwrap();
    put(storage, 33, &entry("a", "New.")).await;
    assert_eq!(has(storage, 31..34).await, [32, 33]);
    storage.clear(&Which::All).await.unwrap();
    storage.put(&key(32), entry("b", "Late."), HOUR, before).await.unwrap();
    assert_eq!(has(storage, 31..34).await, [0; 0]);
    put(storage, 32, &entry("b", "New.")).await;
    assert_eq!(has(storage, 31..34).await, [32]);
}

async fn size_follows(storage: &dyn Storage) {
    storage.clear(&Which::All).await.unwrap();
    assert_eq!(storage.size(), Size::default());
    for number in 40..50 {
        put(storage, number, &entry("a", &"x".repeat(1000))).await;
    }
    let size = storage.size();
    assert_eq!(size.entries, 10);
    assert!((10_000..30_000).contains(&size.bytes), "{size:?}");
    storage.clear(&Which::All).await.unwrap();
    assert_eq!(storage.size(), Size::default());
}

async fn many_write_at_once(storage: &Arc<dyn Storage>) {
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let storage = Arc::clone(storage);
        writers.spawn(async move {
            for number in 0..16 {
                // Half of them are written by everybody.
                let number = if number % 2 == 0 { number } else { 100 * writer + number };
                put(&*storage, 1000 + number, &entry("a", &format!("Number {number}."))).await;
                assert!(get(&*storage, 1000 + number).await.is_some());
            }
        });
    }
    writers.join_all().await;
    for number in (0..16).step_by(2).chain((0..16).map(|writer| 100 * writer + 7)) {
        let found = get(&**storage, 1000 + number).await.unwrap();
        assert_eq!(found.content["summary"], format!("Number {number}."));
    }
}

async fn a_clearing_wins_over_writers_under_way(storage: &Arc<dyn Storage>) {
    for which in [Which::All, Which::Scope("a".to_owned())] {
        let mut writers = JoinSet::new();
        for number in 0..16 {
            let (storage, began) = (Arc::clone(storage), storage.begin());
            writers.spawn(async move {
                let late = entry("a", "Late.");
                storage.put(&key(60 + number), late, HOUR, began).await.unwrap();
            });
        }
        storage.clear(&which).await.unwrap();
        writers.join_all().await;
        assert_eq!(has(&**storage, 60..76).await, [0; 0], "{which:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_keeps_the_contract() {
    let clock = TestClock::default();
    let memory = Memory::with_clock(Memory::MAX_BYTES, clock.clock());
    check_storage(Arc::new(memory), Some(&|by| clock.advance(by))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tiers_keep_the_contract() {
    let clock = TestClock::default();
    let memory = || Memory::with_clock(Memory::MAX_BYTES, clock.clock());
    let tiered = Tiered::new(memory(), Arc::new(memory()));
    check_storage(Arc::new(tiered), Some(&|by| clock.advance(by))).await;
}

#[tokio::test]
async fn memory_stays_within_its_bound_and_keeps_what_is_used() {
    let memory = Memory::new(100_000);
    put(&memory, 0, &entry("a", "Used.")).await;
    for number in 1..1000 {
        put(&memory, number, &entry("a", &"x".repeat(1000))).await;
        assert!(get(&memory, 0).await.is_some(), "{number}");
        assert!(memory.size().bytes <= 100_000, "{:?}", memory.size());
    }
    assert!(get(&memory, 999).await.is_some());
    assert_eq!(get(&memory, 1).await, None);
    assert!(memory.size().entries > 50, "{:?}", memory.size());
}

#[tokio::test]
async fn what_is_too_old_leaves_memory_when_it_is_asked_for() {
    let clock = TestClock::default();
    let memory = Memory::with_clock(Memory::MAX_BYTES, clock.clock());
    put(&memory, 1, &entry("a", "Words.")).await;
    clock.advance(2 * HOUR);
    assert_eq!(memory.size().entries, 1);
    assert_eq!(get(&memory, 1).await, None);
    assert_eq!(memory.size().entries, 0);
}

/// A storage that is down, or counts how often it is asked.
#[derive(Default)]
struct Probe {
    is_down: bool,
    asked: AtomicU64,
    memory: Memory,
}

impl Probe {
    fn answer<'a, T: Send + 'a>(
        &self,
        answer: BoxFuture<'a, Result<T, StorageError>>,
    ) -> BoxFuture<'a, Result<T, StorageError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.is_down {
            return Box::pin(async { Err(StorageError("it is down".to_owned())) });
        }
        answer
    }
}

impl Storage for Probe {
    fn name(&self) -> &'static str {
        "probe"
    }

    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Entry>, StorageError>> {
        self.answer(self.memory.get(key))
    }

    fn put<'a>(
        &'a self,
        key: &'a Key,
        entry: Entry,
        ttl: Duration,
        began: Generation,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        self.answer(self.memory.put(key, entry, ttl, began))
    }

    fn remove<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<(), StorageError>> {
        self.answer(self.memory.remove(key))
    }

    fn clear<'a>(&'a self, which: &'a Which) -> BoxFuture<'a, Result<(), StorageError>> {
        self.answer(self.memory.clear(which))
    }

    fn size(&self) -> Size {
        self.memory.size()
    }
}

#[tokio::test]
async fn what_is_used_again_comes_from_memory() {
    let second = Arc::new(Probe::default());
    put(&*second, 1, &entry("a", "Words.")).await;
    let tiered = Tiered::new(Memory::default(), Arc::clone(&second) as Arc<dyn Storage>);
    assert_eq!(tiered.name(), "probe");
    for _ in 0..5 {
        assert_eq!(get(&tiered, 1).await, Some(entry("a", "Words.")));
    }
    // Once to put, once to get.
    assert_eq!(second.asked.load(Ordering::SeqCst), 2);
    put(&tiered, 2, &entry("a", "More.")).await;
    assert_eq!(get(&*second, 2).await, Some(entry("a", "More.")));
}

#[tokio::test]
async fn memory_goes_on_when_the_second_storage_is_down() {
    let second = Probe { is_down: true, ..Probe::default() };
    let tiered = Tiered::new(Memory::default(), Arc::new(second));
    assert_eq!(tiered.get(&key(1)).await.unwrap_err().0, "it is down");
    let put = tiered.put(&key(1), entry("a", "Words."), HOUR, tiered.begin()).await;
    assert_eq!(put.unwrap_err().0, "it is down");
    assert_eq!(get(&tiered, 1).await, Some(entry("a", "Words.")));
    assert_eq!(tiered.size().entries, 1);
    assert!(tiered.clear(&Which::All).await.is_err());
    assert!(tiered.get(&key(1)).await.is_err());
}
