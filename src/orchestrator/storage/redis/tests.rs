//! The contract on a real server, and everything that can happen to one. Where no
//! `redis-server` is installed, what needs it is skipped and says so.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

use super::super::tests::{check_storage, entry, get, key, put};
use super::super::{Memory, Tiered};
use super::*;

const HOUR: Duration = Duration::from_hours(1);

/// A server of our own, which ends with the test.
struct Server {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// With limits that a busy machine does not reach.
fn patient(mut storage: Redis) -> Redis {
    let long = Duration::from_secs(30);
    storage.link.limits = link::Limits { connect: long, read: long, write: long };
    storage
}

/// A port at which nothing listens.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    /// `None` where the program is not installed.
    fn start(options: &[&str]) -> Option<Self> {
        // A port may be taken by another test before the server has it.
        let mut ports = (0..5).map(|_| free_port());
        ports.find_map(|port| Self::start_at(port, options))
    }

    fn start_at(port: u16, options: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--appendonly", "no", "--daemonize", "no"]).args(options);
        command.arg("--dir").arg(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut process) = command.spawn() else {
            println!("skipped: no `redis-server` is installed");
            return None;
        };
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let server = Self { process, port, _folder: folder };
        let mut lines = (&mut output).lines().map_while(Result::ok);
        if !lines.any(|line| line.contains("Ready to accept connections")) {
            return None;
        }
        // It must not wait for somebody to read.
        thread::spawn(move || output.read_to_end(&mut Vec::new()));
        Some(server)
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/0", self.port)
    }

    fn storage(&self) -> Redis {
        patient(Redis::new(&self.url()).unwrap())
    }

    /// Another client.
    async fn client(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        let patient = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(None)
            .set_response_timeout(None);
        client.get_multiplexed_async_connection_with_config(&patient).await.unwrap()
    }
}

async fn send<T: redis::FromRedisValue>(client: &mut MultiplexedConnection, words: &[&str]) -> T {
    let (name, arguments) = words.split_first().unwrap();
    let mut command = cmd(name);
    command.arg(arguments);
    command.query_async(client).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn redis_keeps_the_contract() {
    let Some(server) = Server::start(&[]) else { return };
    check_storage(Arc::new(server.storage()), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_over_redis_keeps_the_contract() {
    let Some(server) = Server::start(&[]) else { return };
    let tiered = Tiered::new(Memory::default(), Arc::new(server.storage()));
    assert_eq!(tiered.name(), "redis");
    put(&tiered, 1, &entry("a", "Words.")).await;
    let other = Tiered::new(Memory::default(), Arc::new(server.storage()));
    assert_eq!(get(&other, 1).await, Some(entry("a", "Words.")));
    // What is in memory needs no server.
    drop(server);
    assert_eq!(get(&other, 1).await, Some(entry("a", "Words.")));
    assert!(other.get(&key(2)).await.is_err());
}

#[tokio::test]
async fn only_what_is_ours_is_touched_and_everything_ends() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client().await;
    let () = send(&mut client, &["SET", "theirs", "kept"]).await;
    let () = send(&mut client, &["SET", "docstring-ls:2:e:later", "kept"]).await;
    let storage = server.storage();
    for number in 0..2500 {
        put(&storage, number, &entry("/home/me/secret-project", "Words.")).await;
    }
    let names: Vec<String> = send(&mut client, &["KEYS", "*"]).await;
    assert_eq!(names.len(), 5002);
    assert!(!names.iter().any(|name| name.contains("secret")));
    for name in names.iter().filter(|name| name.starts_with(PREFIX)).step_by(100) {
        let ttl: i64 = send(&mut client, &["PTTL", name]).await;
        assert!((1..=3_600_000).contains(&ttl), "{name} {ttl}");
    }
    for which in [Which::Scope("/home/me/secret-project".to_owned()), Which::All] {
        storage.clear(&which).await.unwrap();
        let mut names: Vec<String> = send(&mut client, &["KEYS", "*"]).await;
        names.retain(|name| !name.starts_with(&cleared_name("")));
        names.sort();
        assert_eq!(names, ["docstring-ls:2:e:later", "theirs"]);
        put(&storage, 1, &entry("b", "Words.")).await;
    }
}

#[tokio::test]
async fn a_clearing_of_another_process_wins_too() {
    let Some(server) = Server::start(&[]) else { return };
    let clock = super::super::tests::TestClock::default();
    let storage = || patient(Redis::with_clock(&server.url(), clock.clock()).unwrap());
    let (here, there) = (storage(), storage());
    let before = here.begin();
    clock.advance(Duration::from_millis(1));
    there.clear(&Which::Scope("a".to_owned())).await.unwrap();
    here.put(&key(1), entry("a", "Late."), HOUR, before).await.unwrap();
    here.put(&key(2), entry("b", "Another's."), HOUR, before).await.unwrap();
    assert_eq!(get(&here, 1).await, None);
    assert!(get(&here, 2).await.is_some());
    clock.advance(Duration::from_millis(1));
    put(&here, 1, &entry("a", "New.")).await;
    assert!(get(&there, 1).await.is_some());
    there.clear(&Which::All).await.unwrap();
    here.put(&key(2), entry("b", "Late."), HOUR, before).await.unwrap();
    assert_eq!(get(&here, 2).await, None);
}

#[tokio::test]
async fn what_others_put_there_is_no_answer_and_is_deleted() {
    let Some(server) = Server::start(&[]) else { return };
    let mut client = server.client().await;
    let storage = server.storage();
    let name = entry_name(&key(1));
    let planted = encode(&key(2), &entry("a", "Planted.")).unwrap();
    let large = "x".repeat(100 << 20);
    for plant in 0..5 {
        let () = match plant {
            0 => send(&mut client, &["SET", &name, "{\"content\": \"\\\"\\\"\\\"\"}"]).await,
            1 => send(&mut client, &["HSET", &name, "a", "b"]).await,
            2 => send(&mut client, &["RPUSH", &name, "a"]).await,
            3 => cmd("SET").arg(&name).arg(&planted).query_async(&mut client).await.unwrap(),
            _ => send(&mut client, &["SET", &name, &large]).await,
        };
        assert_eq!(get(&storage, 1).await, None, "{plant}");
        let left: u64 = send(&mut client, &["EXISTS", &name]).await;
        assert_eq!(left, 0, "{plant}");
    }
    put(&storage, 1, &entry("a", "Words.")).await;
    assert!(get(&storage, 1).await.is_some());
}

#[tokio::test]
async fn a_paused_server_costs_little_and_is_found_again() {
    let Some(server) = Server::start(&[]) else { return };
    let mut storage = server.storage();
    put(&storage, 1, &entry("a", "Words.")).await;
    storage.link.limits.read = link::Limits::default().read;
    let mut client = server.client().await;
    let () = send(&mut client, &["CLIENT", "PAUSE", "3000", "ALL"]).await;
    let paused = Instant::now();
    let late = storage.get(&key(1)).await.unwrap_err();
    assert!(late.0.contains("in time"), "{late}");
    assert!(paused.elapsed() < Duration::from_millis(1500), "{:?}", paused.elapsed());
    // Then it is left alone.
    for _ in 0..100 {
        assert!(storage.get(&key(1)).await.unwrap_err().0.contains("a moment ago"));
        assert!(storage.put(&key(1), entry("a", "x"), HOUR, storage.begin()).await.is_err());
    }
    assert!(paused.elapsed() < Duration::from_millis(2500), "{:?}", paused.elapsed());
    // Answered when the pause is over.
    let _: String = send(&mut client, &["PING"]).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    storage.link.limits = server.storage().link.limits;
    assert_eq!(get(&storage, 1).await, Some(entry("a", "Words.")));
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_made_again() {
    let Some(server) = Server::start(&[]) else { return };
    let storage = server.storage();
    put(&storage, 1, &entry("a", "Words.")).await;
    let mut client = server.client().await;
    for _ in 0..3 {
        let killed: u64 = send(&mut client, &["CLIENT", "KILL", "TYPE", "normal"]).await;
        assert_eq!(killed, 1);
        assert_eq!(get(&storage, 1).await, Some(entry("a", "Words.")));
    }
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back_is_found_again() {
    let Some(server) = Server::start(&[]) else { return };
    let storage = server.storage();
    put(&storage, 1, &entry("a", "Words.")).await;
    let port = server.port;
    drop(server);
    assert!(storage.get(&key(1)).await.is_err());
    let server = Server::start_at(port, &[]).unwrap();
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(1)).await;
    tokio::time::resume();
    assert_eq!(get(&storage, 1).await, None);
    put(&storage, 1, &entry("a", "Words.")).await;
    drop(server);
}

#[tokio::test]
async fn a_clearing_that_does_not_reach_the_server_holds_for_what_is_under_way() {
    let Some(server) = Server::start(&[]) else { return };
    let mut storage = server.storage();
    let before = storage.begin();
    let mut client = server.client().await;
    assert_eq!(get(&storage, 1).await, None);
    storage.link.limits.write = Duration::from_millis(100);
    let () = send(&mut client, &["CLIENT", "PAUSE", "500", "ALL"]).await;
    assert!(storage.clear(&Which::All).await.is_err());
    let _: String = send(&mut client, &["PING"]).await;
    tokio::time::pause();
    tokio::time::advance(Duration::from_mins(1)).await;
    tokio::time::resume();
    let storage = Redis { link: server.storage().link, ..storage };
    storage.put(&key(1), entry("a", "Late."), HOUR, before).await.unwrap();
    assert_eq!(get(&storage, 1).await, None);
}

#[tokio::test]
async fn a_dead_address_costs_little() {
    let storage = Redis::new(&format!("redis://127.0.0.1:{}", free_port())).unwrap();
    let started = Instant::now();
    let first = storage.get(&key(1)).await.unwrap_err();
    assert!(first.0.contains("nothing listens"), "{first}");
    let second = storage.get(&key(1)).await.unwrap_err();
    assert!(second.0.contains("a moment ago"), "{second}");
    assert!(storage.clear(&Which::All).await.is_err());
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_server_that_says_nothing_costs_the_same_for_one_and_for_many() {
    // The system accepts for it; nobody ever answers.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let storage = Redis::new(&format!("redis://127.0.0.1:{port}")).unwrap();
    let started = Instant::now();
    let keys: Vec<Key> = (0..16).map(key).collect();
    let asked = futures_util::future::join_all(keys.iter().map(|key| storage.get(key))).await;
    assert!(asked.iter().all(Result::is_err));
    assert!(started.elapsed() < Duration::from_millis(2500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_server_that_talks_nonsense_is_an_error() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let talker = thread::spawn(move || {
        use std::io::Write as _;
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
    });
    let storage = Redis::new(&format!("redis://127.0.0.1:{port}")).unwrap();
    assert!(storage.get(&key(1)).await.is_err());
    assert!(storage.get(&key(1)).await.is_err());
    talker.join().unwrap();
}

#[tokio::test]
async fn the_password_is_used_and_never_shown() {
    let Some(server) = Server::start(&["--requirepass", "CANARY-good"]) else { return };
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}/3", server.port);
    let storage = patient(Redis::new(&url("CANARY-good")).unwrap());
    put(&storage, 1, &entry("a", "Words.")).await;
    assert!(get(&storage, 1).await.is_some());
    assert_eq!(format!("{storage:?}"), format!("Redis(\"127.0.0.1:{}\")", server.port));
    let refused = patient(Redis::new(&url("CANARY-bad")).unwrap()).get(&key(1)).await.unwrap_err();
    assert!(refused.0.contains("refuses the user or the password"), "{refused}");
    assert!(!refused.0.contains("CANARY"));
    let without = server.storage().get(&key(1)).await.unwrap_err();
    assert!(without.0.contains("refuses the user or the password"), "{without}");
}

#[test]
fn an_address_that_cannot_be_used_is_refused_without_repeating_it() {
    for (url, reason) in [
        ("rediss://:CANARY@host:6379/0", "no TLS"),
        ("REDISS://:CANARY@host:6379/0", "no TLS"),
        ("unix:///CANARY/socket", "must be"),
        ("redis+unix:///CANARY/socket", "must be"),
        ("http://CANARY@host", "must be"),
        ("CANARY", "must be"),
        ("", "must be"),
        ("redis://user:CANARY@host:99999999/0", "cannot be read"),
        ("redis://user:CANARY@host:1/many", "cannot be read"),
        ("redis://", "cannot be read"),
    ] {
        let refused = Redis::new(url).unwrap_err();
        assert!(refused.0.contains(reason), "{url}: {refused}");
        assert!(!refused.0.contains("CANARY"), "{url}: {refused}");
    }
    assert_eq!(format!("{:?}", Redis::new("redis://host").unwrap()), "Redis(\"host:6379\")");
}
