//! An editor with one document: it applies the server's edits as editors do.

use std::time::Instant;

use serde_json::{Value, json};

use super::{Client, LIMIT, URI, applied, frame, offset, range};

/// The document and who shows it.
pub struct Editor {
    pub client: Client,
    pub text: String,
    pub version: i32,
    /// Edits that were taken.
    pub applied: usize,
    /// Edits of another version, which were not.
    pub refused: usize,
    /// Tells of a change only after it has answered.
    pub answers_first: bool,
}

impl Editor {
    /// Opens `text` in the editor behind `client`.
    pub fn open(mut client: Client, text: &str) -> Self {
        client.did_open(URI, "python", text);
        client.silent.insert("workspace/applyEdit".to_owned());
        let text = text.to_owned();
        Self { client, text, version: 1, applied: 0, refused: 0, answers_first: false }
    }

    /// The user replaces `old`, which is there once, by `new`.
    pub fn types(&mut self, old: &str, new: &str) {
        assert_eq!(self.text.matches(old).count(), 1, "{old:?} in {}", self.text);
        let start = self.text.find(old).unwrap();
        let place = range(position(&self.text, start), position(&self.text, start + old.len()));
        self.text.replace_range(start..start + old.len(), new);
        self.tell(&json!([{"range": place, "text": new}]));
    }

    fn tell(&mut self, changes: &Value) {
        self.version += 1;
        self.client.did_change(URI, self.version, changes.clone());
    }

    /// Takes or refuses the edits that have come.
    pub fn take_edits(&mut self) {
        let is_edit = |asked: &Value| asked["method"] == "workspace/applyEdit";
        while let Some(at) = self.client.asked.iter().position(is_edit) {
            let asked = self.client.asked.remove(at);
            let edit = &asked["params"]["edit"];
            let change = &edit["documentChanges"][0];
            let version = change["textDocument"]["version"].as_i64();
            if version.is_some_and(|version| version != i64::from(self.version)) {
                self.refused += 1;
                self.client.answer(&asked["id"], &json!({"applied": false}));
                continue;
            }
            let edits = if version.is_some() { &change["edits"] } else { &edit["changes"][URI] };
            let changes = self.apply(edits);
            self.applied += 1;
            let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": {"applied": true}});
            if self.answers_first {
                self.client.raw(&frame(&answer));
            }
            self.tell(&changes);
            if !self.answers_first {
                self.client.raw(&frame(&answer));
            }
        }
    }

    /// Applies edits; the changes to tell of, each in the text after those before it.
    fn apply(&mut self, edits: &Value) -> Value {
        let mut changes: Vec<Value> = edits.as_array().expect("edits").clone();
        let start = |edit: &Value| offset(&self.text, &edit["range"]["start"], char::len_utf16);
        changes.sort_by_key(|edit| std::cmp::Reverse(start(edit)));
        self.text = applied(&self.text, edits, char::len_utf16);
        let change = |edit: &Value| json!({"range": edit["range"], "text": edit["newText"]});
        changes.iter().map(change).collect()
    }

    /// Takes edits until `done` says so.
    pub fn until<T>(&mut self, mut done: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + LIMIT;
        loop {
            self.take_edits();
            if let Some(value) = done(self) {
                return value;
            }
            assert!(self.client.step(deadline), "the server has left");
        }
    }

    /// Takes edits until no job is running; asks the server again and again.
    pub fn until_idle(&mut self) {
        let deadline = Instant::now() + LIMIT * 3;
        loop {
            let id = self.client.post("docstring-ls/_jobs", json!({}));
            let running = self.until(|editor| editor.client.answered(id));
            if running["result"] == 0 {
                self.take_edits();
                return;
            }
            assert!(Instant::now() < deadline, "{running} jobs go on");
        }
    }

    /// Leaves in order, if both have the same text.
    pub fn finish(mut self) -> String {
        let text = self.client.text(URI);
        assert_eq!(text, self.text, "the server's text and the editor's");
        self.client.finish()
    }
}

/// Line and character of a byte of ASCII text.
fn position(text: &str, at: usize) -> (u32, u32) {
    let head = &text[..at];
    let line = head.matches('\n').count();
    let column = at - head.rfind('\n').map_or(0, |newline| newline + 1);
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}
