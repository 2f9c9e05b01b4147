//! Fifty jobs on a slow and moody provider, while somebody types.
//!
//! The document is known line by line: which line is the user's, and which came with an
//! edit of the server. So each edit is checked when it comes: it adds whole lines, below
//! the header of the very function that they are about, where none were before. Nothing
//! else of the text ever changes but by the user.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::format_collect,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    reason = "a test may panic, and reads better with values"
)]

mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::provider::{Chat, Reply};
use common::{Client, URI, range, rich, with};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

const FUNCTIONS: usize = 60;
const JOBS: usize = 50;
const EDITS: usize = 2000;
/// KiB that more threads than the first job needed keep: stacks, and what each allocates from.
/// About half of it is seen; without an allocator that gives back it is twice as much.
#[cfg(target_os = "linux")]
const NEAR: i64 = 10 * 1024;
/// Twice of what the allocator waits, and time for a busy machine.
#[cfg(target_os = "linux")]
const PATIENCE: Duration = Duration::from_mins(1);

/// A line without its end, and whether the server wrote it.
struct Line {
    text: String,
    is_doc: bool,
}

struct Typist {
    client: Client,
    lines: Vec<Line>,
    version: i32,
    random: StdRng,
    /// A line that was broken and its place, until it is mended.
    broken: bool,
    applied: usize,
    refused: usize,
    serial: usize,
}

impl Typist {
    fn open(mut client: Client, seed: u64) -> Self {
        let text: String = (0..FUNCTIONS)
            .map(|n| format!("def f{n}(a{n}):\n    x = {n}\n    return x + a{n}\n\n\n"))
            .collect();
        client.silent.insert("workspace/applyEdit".to_owned());
        client.did_open(URI, "python", &text);
        let line = |text: &str| Line { text: text.to_owned(), is_doc: false };
        let lines = text.lines().map(line).collect();
        let random = StdRng::seed_from_u64(seed);
        Self { client, lines, version: 1, random, broken: false, applied: 0, refused: 0, serial: 0 }
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{}\n", line.text)).collect()
    }

    /// Puts `with` in the place of `count` lines at `at`.
    fn replace(&mut self, at: usize, count: usize, with: &[String]) {
        let line = |text: &String| Line { text: text.clone(), is_doc: false };
        self.lines.splice(at..at + count, with.iter().map(line));
        let text: String = with.iter().map(|line| format!("{line}\n")).collect();
        let number = |line: usize| u32::try_from(line).unwrap();
        let place = range((number(at), 0), (number(at + count), 0));
        self.version += 1;
        self.client.did_change(URI, self.version, json!([{"range": place, "text": text}]));
    }

    /// Lines of the user for which `wanted` says yes.
    fn places(&self, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
        let lines = self.lines.iter().enumerate();
        let ours = lines.filter(|(_, line)| !line.is_doc && wanted(&line.text));
        ours.map(|(at, _)| at).collect()
    }

    fn pick(&mut self, wanted: impl Fn(&str) -> bool) -> Option<usize> {
        let places = self.places(wanted);
        (!places.is_empty()).then(|| places[self.random.random_range(0..places.len())])
    }

    /// The end of the function whose header is at `at`.
    fn end(&self, at: usize) -> usize {
        let starts = |line: &Line| !line.is_doc && line.text.starts_with(['d', '#', 'x']);
        let rest = self.lines[at + 1..].iter().position(starts);
        rest.map_or(self.lines.len(), |rest| at + 1 + rest)
    }

    /// One random thing that people do.
    fn edit(&mut self) {
        self.serial += 1;
        let serial = self.serial;
        let header = |line: &str| line.starts_with("def ");
        if self.broken && self.random.random_bool(0.7) {
            if let Some(at) = self.pick(|line| line.ends_with(" + (")) {
                let mended = self.lines[at].text.trim_end_matches(" + (").to_owned();
                self.replace(at, 1, &[mended]);
            }
            self.broken = false;
            return;
        }
        match self.random.random_range(0..100) {
            // A comment or a function between others.
            0..25 => {
                if let Some(at) = self.pick(header) {
                    self.replace(at, 0, &[format!("# Note {serial}.")]);
                }
            }
            25..35 => {
                if let Some(at) = self.pick(header) {
                    let new = [format!("def g{serial}():"), "    pass".into(), String::new()];
                    self.replace(at, 0, &new);
                }
            }
            // A body.
            35..65 => {
                if let Some(at) = self.pick(|line| line.starts_with("    return ")) {
                    self.replace(at, 0, &[format!("    x = {serial}")]);
                }
            }
            65..80 => {
                if let Some(at) = self.pick(|line| line.starts_with("    x = ")) {
                    self.replace(at, 1, &[format!("    x = {serial} - 1")]);
                }
            }
            80..88 => {
                if let Some(at) = self.pick(|line| line.starts_with("# Note")) {
                    self.replace(at, 1, &[]);
                }
            }
            // Half a line, which is mended soon.
            88..93 => {
                if let Some(at) = self.pick(|line| line.starts_with("    return ")) {
                    let half = format!("{} + (", self.lines[at].text);
                    self.replace(at, 1, &[half]);
                    self.broken = true;
                }
            }
            // A signature.
            93..94 => {
                let is_due = self.random.random_bool(0.4);
                let fits = |line: &str| is_due && line.starts_with("def f") && !line.contains(',');
                if let Some(at) = self.pick(fits) {
                    let new = self.lines[at].text.replace("):", ", b=None):");
                    self.replace(at, 1, &[new]);
                }
            }
            // A namesake, far away.
            94..96 => {
                if let Some(at) = self.pick(|line| line.starts_with("def f")) {
                    let name = self.lines[at].text.split('(').next().unwrap().to_owned();
                    let new = [format!("{name}(*, other{serial}):"), "    pass".into()];
                    let place = self.pick(header).unwrap();
                    self.replace(place, 0, &new);
                }
            }
            // A function moves or goes.
            _ => {
                let Some(at) = self.pick(|line| line.starts_with("def f")) else { return };
                let end = self.end(at);
                let own = self.lines[at..end].iter();
                if own.clone().any(|line| line.is_doc) {
                    return;
                }
                let taken: Vec<String> = own.map(|line| line.text.clone()).collect();
                let is_gone = self.random.random_bool(0.1);
                self.replace(at, end - at, &[]);
                if !is_gone && let Some(place) = self.pick(header) {
                    self.replace(place, 0, &taken);
                }
            }
        }
    }

    /// Takes or refuses the edits of the server that have come.
    fn take_edits(&mut self) {
        let is_edit = |asked: &Value| asked["method"] == "workspace/applyEdit";
        while let Some(at) = self.client.asked.iter().position(is_edit) {
            let asked = self.client.asked.remove(at);
            let change = &asked["params"]["edit"]["documentChanges"][0];
            if change["textDocument"]["version"] != self.version {
                self.refused += 1;
                self.client.answer(&asked["id"], &json!({"applied": false}));
                continue;
            }
            let edits = change["edits"].as_array().unwrap();
            assert_eq!(edits.len(), 1, "one symbol is one edit: {change}");
            self.check_and_apply(&edits[0]);
            self.applied += 1;
            self.version += 1;
            let changes = json!([{"range": edits[0]["range"], "text": edits[0]["newText"]}]);
            self.client.did_change(URI, self.version, changes);
            self.client.answer(&asked["id"], &json!({"applied": true}));
        }
    }

    fn check_and_apply(&mut self, edit: &Value) {
        let (start, end) = (&edit["range"]["start"], &edit["range"]["end"]);
        assert!(start == end && start["character"] == 0, "whole lines are added: {edit}");
        let at = usize::try_from(start["line"].as_u64().unwrap()).unwrap();
        let text = edit["newText"].as_str().unwrap();
        assert!(text.ends_with('\n'), "{edit}");
        let header = &self.lines[at - 1];
        let name = header.text.strip_prefix("def ").and_then(|rest| rest.split_once('('));
        let (name, _) = name.unwrap_or_else(|| panic!("not below a header: {}", header.text));
        assert!(text.starts_with(&format!("    \"\"\"Do {name}.\n")), "{text} below {name}");
        assert_eq!(text.matches("\"\"\"").count(), 2, "{text}");
        assert!(!self.lines[at].is_doc, "{name} has one already");
        let line = |text: &str| Line { text: text.to_owned(), is_doc: true };
        self.lines.splice(at..at, text.lines().map(line));
    }

    /// How many jobs are running; takes in what has come by then.
    fn running(&mut self) -> u64 {
        let id = self.client.post("docstring-ls/_jobs", json!({}));
        let running = self.client.wait(id)["result"].as_u64().unwrap();
        self.take_edits();
        running
    }
}

/// Delays and failures by the number of the question.
fn moody(seed: u64) -> Chat {
    Chat::start(move |_, nth| {
        let mut random = StdRng::seed_from_u64(seed ^ (nth as u64) << 8);
        match random.random_range(0..20) {
            0 => Reply::Status(500),
            1 => Reply::Status(400),
            _ => Reply::After(Duration::from_millis(random.random_range(20..1500))),
        }
    })
}

fn torture(client: Client, seed: u64) -> Typist {
    let mut typist = Typist::open(client, seed);
    for step in 0..EDITS {
        if step % 10 == 0 && step / 10 < JOBS {
            let order = json!({"uri": URI, "symbol": format!("f{}", step / 10)});
            let params = json!({"command": "docstring-ls.generate", "arguments": [order]});
            typist.client.post("workspace/executeCommand", params);
        }
        typist.edit();
        typist.client.take_all();
        typist.take_edits();
        if step % 5 == 0 {
            typist.running();
        }
        if step % 50 == 0 {
            typist.client.hover(0, 5);
        }
    }
    while typist.running() > 0 {}
    typist
}

/// The memory of a server that has done one job for a document and closed it: threads,
/// connections and tables are there.
#[cfg(target_os = "linux")]
fn warmed(client: &mut Client) -> i64 {
    client.did_open(URI, "python", "def f(a):\n    return a\n");
    let place = json!({"textDocument": {"uri": URI}, "position": {"line": 0, "character": 5}});
    client.result("docstring-ls/preview", place);
    client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
    client.result("docstring-ls/_jobs", json!({}));
    client.kilobytes()
}

/// Waits until the memory is back, as the allocator of `Cargo.toml` gives it; another one
/// keeps what it once had.
#[cfg(target_os = "linux")]
fn returned(client: &Client, baseline: i64) -> i64 {
    let most = client.kilobytes();
    if cfg!(not(all(target_env = "gnu", target_arch = "x86_64"))) {
        return most;
    }
    let started = Instant::now();
    while client.kilobytes() > baseline + NEAR {
        let (now, waited) = (client.kilobytes(), started.elapsed());
        assert!(
            waited < PATIENCE,
            "{now} KiB after {waited:?}, {most} at the end, {baseline} at first"
        );
        thread::sleep(Duration::from_millis(100));
    }
    client.kilobytes()
}

#[test]
fn every_edit_lands_on_its_symbol() {
    let seed = 20_261_122;
    let chat = moody(seed);
    let capabilities = with(rich(), "/window", json!({}));
    let (mut client, _) = Client::start_with(json!({
        "processId": null,
        "capabilities": capabilities,
        "initializationOptions": chat.settings(),
    }));
    #[cfg(target_os = "linux")]
    let baseline = warmed(&mut client);
    for seed in seed..seed + 3 {
        let mut typist = torture(client, seed);
        let (text, expected) = (typist.client.text(URI), typist.text());
        assert_eq!(text, expected, "the server's text and the editor's");
        println!(
            "{} of {JOBS} applied, {} refused, {} questions, {} versions",
            typist.applied,
            typist.refused,
            chat.asked().len(),
            typist.version
        );
        assert!(typist.applied >= JOBS / 2, "only {} were applied", typist.applied);
        // Each of the others was explained once.
        let notes = typist.client.notes.iter();
        let said = notes.filter(|note| note["method"] == "window/showMessage");
        let said: Vec<&Value> = said.map(|note| &note["params"]["message"]).collect();
        assert_eq!(said.len(), JOBS - typist.applied, "{said:#?}");

        typist.client.notify("textDocument/didClose", json!({"textDocument": {"uri": URI}}));
        client = typist.client;
        client.notes.clear();
        client.result("docstring-ls/_jobs", json!({}));
    }
    #[cfg(target_os = "linux")]
    println!("{baseline} KiB after one job, {} in the end", returned(&client, baseline));
    client.finish();
}
