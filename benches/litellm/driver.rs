//! Starts the providers and the sides, takes turns, and puts the numbers together.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;

use super::PORTS;

/// Turns; the medians of them are told.
const TURNS: u64 = 3;
/// Questions of a run with faults.
const QUESTIONS: u64 = 100;
/// At the same time: more would have LiteLLM wait for its processor, which counts twenty
/// times at this speed.
const AT_ONCE: u64 = 2;

/// Scenario files (without their ending), with what they are called here.
const SCENARIOS: [(&str, &str); 5] = [
    ("01-healthy", "healthy"),
    ("02-errors", "a: 20 % errors"),
    ("05-hangs", "a: 3 % hang"),
    ("06-two-degraded", "a and b: 30 % errors"),
    ("07-down", "a: down"),
];
const SIDES: [(&str, &str); 4] = [
    ("adaptive", "ours"),
    ("litellm", "LiteLLM, fallbacks"),
    ("hedge-off", "ours, hedge off"),
    ("litellm-group", "LiteLLM, one group"),
];
const FLOORS: [(&str, &str); 6] = [
    ("http", "reqwest alone"),
    ("aiohttp", "aiohttp alone"),
    ("provider", "our provider alone"),
    ("adaptive", "ours"),
    ("litellm", "LiteLLM, fallbacks"),
    ("litellm-group", "LiteLLM, one group"),
];
/// Calls at the same time, and questions (`LiteLLM` takes so long that it gets a tenth).
const LOADS: [(u64, u64); 3] = [(1, 1_000), (8, 1_600), (32, 1_600)];

/// A process that takes orders.
struct Worker {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Worker {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the side starts");
        let orders = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut worker = Self { child, orders, answers };
        assert_eq!(worker.line().trim(), "ready");
        worker
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line
    }

    fn order(&mut self, side: &str, at_once: u64, count: u64) -> Ran {
        writeln!(self.orders, "{side} {at_once} {count}").unwrap();
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{side}: {error}: {line}"))
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a side says of a run.
#[derive(Deserialize)]
struct Ran {
    good: Vec<f64>,
    count: u64,
    wall: f64,
    cpu: f64,
    rss: f64,
}

#[derive(Default, Deserialize)]
struct Bill {
    cost: f64,
    calls: f64,
}

/// A run in numbers: success in percent, milliseconds at the 50th, 95th and 99th
/// percentile, calls and cost for a question, milliseconds of processor time for a
/// question, megabytes, questions in a second.
type Numbers = [f64; 9];

/// All runs by table row and side.
type Runs = BTreeMap<(usize, usize), Vec<(Numbers, Vec<f64>)>>;

fn control(path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", PORTS[0])).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned()
}

/// The nearest rank.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "an index of a short list"
)]
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn numbers(ran: &Ran, bill: &Bill) -> Numbers {
    let mut times = ran.good.clone();
    times.sort_by(f64::total_cmp);
    let count = ran.count as f64;
    // The questions that warm up are billed as well.
    let billed = count + 5.0;
    [
        100.0 * times.len() as f64 / count,
        quantile(&times, 0.5),
        quantile(&times, 0.95),
        quantile(&times, 0.99),
        bill.calls / billed,
        bill.cost / billed,
        ran.cpu * 1e3 / count,
        ran.rss,
        count / ran.wall,
    ]
}

/// One number over the turns, with the smallest and the largest.
fn cell(runs: &[(Numbers, Vec<f64>)], index: usize, digits: usize) -> String {
    let mut all: Vec<f64> = runs.iter().map(|run| run.0[index]).collect();
    all.sort_by(f64::total_cmp);
    let (least, most, middle) = (all[0], all[all.len() - 1], middle(runs, index));
    format!("{middle:.digits$} ({least:.digits$} to {most:.digits$})")
}

/// Times are of the answers of all turns together, the rest is the median of the turns.
fn middle(runs: &[(Numbers, Vec<f64>)], index: usize) -> f64 {
    if let Some(share) = [None, Some(0.5), Some(0.95), Some(0.99)].get(index).copied().flatten() {
        let mut times: Vec<f64> = runs.iter().flat_map(|run| run.1.iter().copied()).collect();
        times.sort_by(f64::total_cmp);
        return quantile(&times, share);
    }
    let mut all: Vec<f64> = runs.iter().map(|run| run.0[index]).collect();
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

pub(crate) fn drive(arguments: &[String]) {
    let python = arguments.iter().position(|argument| argument == "--python");
    let python = python.and_then(|at| arguments.get(at + 1));
    let this = std::env::current_exe().unwrap();
    let mut mock = Command::new(&this);
    mock.arg("mock");
    let _mock = Worker::start(mock);
    let mut ours = Command::new(&this);
    ours.arg("ours");
    let mut ours = Worker::start(ours);
    let mut theirs = python.map(|python| {
        let mut command = Command::new(python);
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/litellm/router.py");
        command.arg(script);
        Worker::start(command)
    });
    let mut run = |side: &str, scenario: &str, seed: u64, at_once: u64, count: u64| {
        let is_theirs = side.starts_with("litellm") || side == "aiohttp";
        let worker = if is_theirs { theirs.as_mut()? } else { &mut ours };
        control(&format!("/begin/{scenario}/{seed}"));
        let ran = worker.order(side, at_once, count);
        let bill = serde_json::from_str(&control("/bill")).unwrap_or_default();
        Some((numbers(&ran, &bill), ran.good))
    };
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let (turns, share) = if is_quick { (1, 10) } else { (TURNS, 1) };
    let mut faults = Runs::new();
    let mut floors = Runs::new();
    for turn in 1..=turns {
        for (row, (scenario, _)) in SCENARIOS.iter().enumerate() {
            for (side, (name, _)) in SIDES.iter().enumerate() {
                if let Some(numbers) = run(name, scenario, turn, AT_ONCE, QUESTIONS / share) {
                    faults.entry((row, side)).or_default().push(numbers);
                }
            }
        }
        for (row, (at_once, count)) in LOADS.iter().enumerate() {
            for (side, (name, _)) in FLOORS.iter().enumerate() {
                let share = if name.starts_with("litellm") { 10 } else { 1 } * share;
                if let Some(numbers) = run(name, "instant", turn, *at_once, *count / share) {
                    floors.entry((row, side)).or_default().push(numbers);
                }
            }
        }
        eprintln!("turn {turn} of {turns}");
    }
    println!("{}\n{}", fault_tables(&faults), floor_tables(&floors));
}

fn fault_tables(runs: &Runs) -> String {
    let mut text = String::new();
    for (row, (_, title)) in SCENARIOS.iter().enumerate() {
        write!(text, "\n### {title}\n\n").unwrap();
        text.push_str(
            "| side | success % | p50 ms | p95 ms | p99 ms | calls | cost | CPU ms | RSS MB |\n",
        );
        text.push_str("| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for (side, (_, name)) in SIDES.iter().enumerate() {
            let Some(runs) = runs.get(&(row, side)) else { continue };
            let cells: Vec<String> =
                [(0, 1), (1, 0), (2, 0), (3, 0), (4, 2), (5, 2), (6, 2), (7, 0)]
                    .map(|(index, digits)| cell(runs, index, digits))
                    .into();
            writeln!(text, "| {name} | {} |", cells.join(" | ")).unwrap();
        }
    }
    text
}

fn floor_tables(runs: &Runs) -> String {
    let mut text = String::new();
    for (row, (at_once, _)) in LOADS.iter().enumerate() {
        write!(text, "\n### {at_once} at a time\n\n").unwrap();
        text.push_str("| side | p50 ms | p99 ms | above bare client: p50 us | p99 us | questions/s | CPU ms |\n");
        text.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
        for (side, (key, name)) in FLOORS.iter().enumerate() {
            let Some(mine) = runs.get(&(row, side)) else { continue };
            let floor = usize::from(*key == "aiohttp" || key.starts_with("litellm"));
            let Some(floor) = runs.get(&(row, floor)) else { continue };
            let over = |index| 1e3 * (middle(mine, index) - middle(floor, index));
            writeln!(
                text,
                "| {name} | {} | {} | {:.0} | {:.0} | {} | {} |",
                cell(mine, 1, 2),
                cell(mine, 3, 2),
                over(1),
                over(3),
                cell(mine, 8, 0),
                cell(mine, 6, 2),
            )
            .unwrap();
        }
    }
    text
}
